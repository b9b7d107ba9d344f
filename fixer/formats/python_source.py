"""Python source as a tree: exact spans, parents, and what refuses a file.

`ast` finds (it is some seven times as fast as libcst, and unlike libcst it survives any nesting); libcst, which keeps
commas, parentheses and comments, reads the single call or import that is edited (`python_layout`).
"""

import ast
import re
import sys
import warnings
from collections.abc import Iterator
from functools import cached_property
from typing import TypeVar

from fixer.formats.lines import line_start
from fixer.model import Refused, Span

N = TypeVar("N", bound=ast.AST)
MARKS = (ast.expr_context, ast.operator, ast.cmpop, ast.unaryop, ast.boolop)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


class PythonSource:
    """A parsed file; nodes are compared by identity, offsets are code points of `text`."""

    def __init__(self, text: str, tree: ast.Module) -> None:
        self.text = text
        self.tree = tree

    @cached_property
    def line_offsets(self) -> list[int]:
        """Where each line starts; Python ends a line at a lone carriage return as well."""
        return [0, *(newline.end() for newline in re.finditer(r"\r\n|\r|\n", self.text))]

    def offset(self, line: int, column: int) -> int:
        """The offset of a line (from 1) and a column in UTF-8 bytes, as `ast` counts them."""
        start = self.line_offsets[line - 1]
        ahead = self.text[start : start + column]
        return start + (column if ahead.isascii() else len(self.text[start:].encode()[:column].decode()))

    def span(self, node: ast.AST) -> Span:
        """The range of an expression or statement, without parentheses around it."""
        line, column = node.lineno, node.col_offset  # type: ignore[attr-defined]
        end_line, end_column = node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]
        return Span(self.offset(line, column), self.offset(end_line, end_column))

    def segment(self, node: ast.AST) -> str:
        span = self.span(node)
        return self.text[span.start : span.end]

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """What each node but the module stands in; the keys are in the order of the source, outer before inner."""
        found: dict[ast.AST, ast.AST] = {}
        stack: list[ast.AST] = [self.tree]
        while stack:
            node = stack.pop()
            inner = [child for child in ast.iter_child_nodes(node) if not isinstance(child, MARKS)]
            found.update(dict.fromkeys(inner, node))
            stack += reversed(inner)
        return found

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """What the node stands in, from inner to outer, without itself."""
        while (parent := self.parents.get(node)) is not None:
            yield parent
            node = parent

    def enclosing(self, node: ast.AST, kind: type[N]) -> N | None:
        """The nearest node of a kind that the node stands in."""
        return next((found for found in self.ancestors(node) if isinstance(found, kind)), None)

    def function(self, node: ast.AST) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        """The function or method that a node stands in."""
        return next((found for found in self.ancestors(node) if isinstance(found, FUNCTIONS)), None)

    def statement(self, node: ast.AST) -> ast.stmt:
        """The statement that an expression is part of, or the node itself."""
        return node if isinstance(node, ast.stmt) else self.enclosing(node, ast.stmt) or self.tree.body[0]

    def block(self, statement: ast.stmt) -> list[ast.stmt]:
        """The statements beside a statement, itself among them."""
        parent = self.parents[statement]
        for name in BLOCKS:
            if statement in (beside := getattr(parent, name, None) or []):
                return list(beside)
        return [statement]

    def first_line(self, statement: ast.stmt) -> int:
        """The offset of the line on which a statement starts, its decorators included."""
        decorators = getattr(statement, "decorator_list", [])
        return line_start(self.text, min(self.span(node).start for node in [statement, *decorators]))


def parse(text: str) -> PythonSource:
    """Parse a file; Refused where the Python that runs this does not accept it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return PythonSource(text, ast.parse(text))
    except SyntaxError as error:
        version = ".".join(map(str, sys.version_info[:2]))
        advice = f"fix the syntax, or run iacfix with the Python version that the file is for (this is {version})"
        raise Refused(f"not valid Python ({error.msg})", advice, syntax_offset(text, error)) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise Refused(f"Python can't parse it ({error or 'too deep'})", "simplify the file or leave it out") from error


def syntax_offset(text: str, error: SyntaxError) -> int:
    lines = PythonSource(text, ast.Module([], [])).line_offsets
    line = min(error.lineno or 1, len(lines))
    return min(lines[line - 1] + max((error.offset or 1) - 1, 0), len(text))


def dotted(node: ast.expr) -> list[str] | None:
    """The names of `a.b.c`, or None where the expression is no such chain."""
    names = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return [node.id, *reversed(names)] if isinstance(node, ast.Name) else None
