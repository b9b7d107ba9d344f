"""A parsed Python file with its names, and the library calls in it."""

import ast
from functools import cached_property

from fixer.formats.python_names import Names
from fixer.formats.python_source import PythonSource, parse
from fixer.workspace import SourceFile


class PythonModule:
    """One file: its source, its names, and its calls by the full name of what is called."""

    def __init__(self, source: PythonSource) -> None:
        self.source = source

    @cached_property
    def names(self) -> Names:
        return Names(self.source)

    @cached_property
    def calls(self) -> dict[str, list[ast.Call]]:
        """The calls of library names, in the order of the source."""
        found: dict[str, list[ast.Call]] = {}
        for node in self.source.parents:
            if isinstance(node, ast.Call) and (name := self.names.qualified(node.func)):
                found.setdefault(name, []).append(node)
        return found

    @cached_property
    def in_order(self) -> list[tuple[str, ast.Call]]:
        """All library calls with the full names of what they call, in the order of the source."""
        every = [(name, call) for name, calls in self.calls.items() for call in calls]
        return sorted(every, key=lambda found: (found[1].lineno, found[1].col_offset))

    @cached_property
    def imported(self) -> frozenset[str]:
        """The full names of all that is imported anywhere in the file."""
        every = (
            binding for scope in self.names.scopes.values() for found in scope.bindings.values() for binding in found
        )
        return frozenset(binding.imported for binding in every if binding.imported)

    @cached_property
    def quote(self) -> str:
        """The quote that most strings of the file have."""
        return "'" if self.source.text.count("'") > self.source.text.count('"') else '"'


def module_of(file: SourceFile) -> PythonModule:
    """A file parsed, once for each text; Refused where it is no Python."""
    source = file.parsed(parse)
    if PythonModule not in file.memo:
        file.memo[PythonModule] = PythonModule(source)
    module: PythonModule = file.memo[PythonModule]
    return module
