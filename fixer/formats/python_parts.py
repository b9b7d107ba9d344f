"""The statements, arguments and comments of a Python file, by which the engine proves what a fix left alone."""

import ast
import re
from collections.abc import Iterator

from fixer.formats.python_source import BLOCKS, PythonSource, parse
from fixer.model import Part, Span
from fixer.workspace import SourceFile

STRING = r'"""(?:\\.|[^\\])*?"""' + r"|'''(?:\\.|[^\\])*?'''" + r'|"(?:\\.|[^\\"\n])*"' + r"|'(?:\\.|[^\\'\n])*'"
COMMENT_OR_STRING = re.compile(rf"(#[^\r\n]*)|{STRING}", re.DOTALL)


def parts(file: SourceFile) -> list[Part]:
    """Every statement (of one with a body: what stands before that) and every argument, by the names around it."""
    if not file.path.endswith(".py"):
        return []
    source = file.parsed(parse)
    found: list[Part] = []
    stack: list[tuple[ast.AST, str, tuple[Span, ...]]] = [(source.tree, "", ())]
    while stack:
        node, path, names = stack.pop()
        inner = [child for block in BLOCKS for child in getattr(node, block, []) if isinstance(child, ast.AST)]
        if hasattr(node, "lineno"):
            head = header(source, node, inner)
            path = f"{path}/{name_of(source, node)}"
            found += [Part(path, head, names), *arguments(source, node, path, names)]
            names = (*names, head) if inner else names
        stack += [(child, path, names) for child in inner]
    return found


def header(source: PythonSource, node: ast.AST, inner: list[ast.AST]) -> Span:
    """A statement, up to where its body starts."""
    span = source.span(node)
    starts = [source.span(child).start for child in inner if hasattr(child, "lineno")]
    end = min(starts, default=span.end)
    return Span(span.start, span.start + len(source.text[span.start : end].rstrip()))


def name_of(source: PythonSource, node: ast.AST) -> str:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return node.name
        case ast.If() | ast.While():
            return f"{type(node).__name__} {source.segment(node.test)}"
        case ast.Assign(targets=[ast.Name() | ast.Attribute() as target]):
            return source.segment(target)
    return type(node).__name__


def arguments(source: PythonSource, node: ast.AST, path: str, names: tuple[Span, ...]) -> Iterator[Part]:
    """The arguments of calls in a statement; before Python 3.12 positions inside an f-string are unreliable."""
    stack: list[ast.AST] = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
    while stack:
        child = stack.pop()
        if isinstance(child, ast.keyword):
            yield Part(f"{path}({child.arg})", source.span(child), names)
        if not isinstance(child, ast.JoinedStr | ast.Lambda):
            stack += [inner for inner in ast.iter_child_nodes(child) if isinstance(inner, ast.expr | ast.keyword)]


def comments(file: SourceFile) -> list[Span]:
    return comments_in(file.text) if file.path.endswith(".py") else []


def comments_in(text: str) -> list[Span]:
    """The comments of a Python text; what looks like one in a string is none."""
    return [Span(*found.span(1)) for found in COMMENT_OR_STRING.finditer(text) if found[1]]
