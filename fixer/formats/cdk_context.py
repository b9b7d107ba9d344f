"""Asking for a context value in a CDK app, and writing what depends on it."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from fixer.formats.cdk_flow import is_self
from fixer.formats.lines import comment_above, indent_at
from fixer.formats.python_blocks import runs, under
from fixer.formats.python_layout import Splice
from fixer.formats.python_module import PythonModule
from fixer.model import Span
from fixer.workspace import SourceFile

COMMENT = re.compile(r"[ \t]*#")


@dataclass(frozen=True, slots=True)
class Flag:
    """A context value; what is not given counts as the default."""

    name: str
    default: bool

    def test(self, scope: str, quote: str) -> str:
        """The expression; a context value from the command line is a string."""
        value = f"str({scope}.node.try_get_context({quote}{self.name}{quote})).lower()"
        return f"{value} != {quote}false{quote}" if self.default else f"{value} == {quote}true{quote}"

    def holds(self, given: object) -> bool:
        """What the test makes of a context value that is given, as JSON writes it."""
        text = str(given).lower()
        return text != "false" if self.default else text == "true"


@dataclass(eq=False)
class Place:
    """One function, or the top level of a file: statements to gate, and arguments that are None without the flag."""

    file: SourceFile
    module: PythonModule
    function: ast.AST
    statements: dict[ast.stmt, None] = field(default_factory=dict)
    choices: dict[ast.expr, None] = field(default_factory=dict)

    def splices(self, flag: Flag) -> Iterator[Splice]:
        """The text edits; the test is held by a variable where it is needed more than once."""
        source = self.module.source
        groups = runs(source, list(self.statements))
        choices = [node for node in self.choices if source.statement(node) not in self.statements]
        heads = [*(group[0] for group in groups), *(source.statement(node) for node in choices)]
        tests = {head: flag.test(scope_at(self.module, head) or "", self.module.quote) for head in heads}
        if len(set(tests.values())) == 1:
            name, declared = self.variable(flag, heads, tests[heads[0]])
            tests = dict.fromkeys(heads, name)
            yield from declared
        for group in groups:
            yield under(source, group, tests[group[0]], list(defaults(self.module, group)))
        for node in choices:
            end = source.span(node).end
            yield Span(end, end), f" if {tests[source.statement(node)]} else None"

    def variable(self, flag: Flag, heads: list[ast.stmt], test: str) -> tuple[str, list[Splice]]:
        """What stands for a test that all of these statements need, with what declares it before the first of them."""
        first = self.first(heads)
        if (known := self.holder(first, test)) is not None:
            return known, []
        if len(heads) < 2 or not self.knows(scope_at(self.module, heads[0]), first):
            return test, []
        name = free_name(self.module, flag.name)
        text = self.module.source.text
        start = comment_above(text, self.module.source.first_line(first), COMMENT)
        return name, [(Span(start, start), f"{indent_at(text, start)}{name} = {test}\n")]

    def first(self, statements: list[ast.stmt]) -> ast.stmt:
        """The statement directly in the function's body that holds the first of these."""
        parents = self.module.source.parents
        node: ast.AST = min(statements, key=lambda statement: statement.lineno)
        while parents[node] is not self.function:
            node = parents[node]
        assert isinstance(node, ast.stmt)
        return node

    def holder(self, first: ast.stmt, test: str) -> str | None:
        """The variable that holds a test already, set in the function's body before a statement."""
        for node in getattr(self.function, "body", []):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)]) if node.lineno < first.lineno:
                    if self.module.source.segment(node.value) == test:
                        return name
        return None

    def knows(self, scope: str | None, first: ast.stmt) -> bool:
        """Whether a name is a parameter, or is set in the function's body before a statement."""
        found = self.module.names.scope(first).find(scope or "")
        return found is not None and all(self.comes_before(binding.node, first) for binding in found[1])

    def comes_before(self, node: ast.AST, first: ast.stmt) -> bool:
        source = self.module.source
        statement = source.statement(node)
        return isinstance(node, ast.arg) or (
            source.parents[statement] is self.function and statement.lineno < first.lineno
        )


def defaults(module: PythonModule, group: list[ast.stmt]) -> Iterator[str]:
    """What gives the attributes of `self` that a group sets a value where the flag is off."""
    for statement in group:
        for target in targets_of(statement):
            if isinstance(target, ast.Attribute) and is_self(module, target.value):
                yield f"{ast.unparse(target)} = None"


def targets_of(statement: ast.stmt) -> list[ast.expr]:
    """What a statement assigns to."""
    match statement:
        case ast.Assign(targets=targets):
            return targets
        case ast.AnnAssign(target=target):
            return [target]
    return []


def scope_at(module: PythonModule, node: ast.AST) -> str | None:
    """The construct to ask for the context at a place: `self`, or the scope of a construct that is made there."""
    function = module.source.function(node)
    own = None
    if function is not None and isinstance(owner := module.source.parents[function], ast.ClassDef) and owner.bases:
        own = function.args.args[0].arg if function.args.args else None
    scopes = [first.id for first in first_arguments(module, node) if isinstance(first, ast.Name)]
    return scopes[0] if scopes and own not in scopes else own


def first_arguments(module: PythonModule, node: ast.AST) -> Iterator[ast.expr]:
    """The scopes of the constructs that are made in a statement."""
    for call in ast.walk(module.source.statement(node)):
        if isinstance(call, ast.Call) and (name := module.names.qualified(call.func)) and name.startswith("aws_cdk."):
            last = name.rsplit(".", 1)[-1]
            named = [keyword.value for keyword in call.keywords if keyword.arg == "scope"]
            if last[0].isupper() or last.startswith("from_"):
                yield from named or call.args[: len(call.args) > 1]


def free_name(module: PythonModule, wanted: str) -> str:
    """A name that nothing in the file has."""
    choices = [wanted, *(f"{wanted}_{number}" for number in range(2, 100))]
    return next(name for name in choices if not module.names.taken(name))
