"""Putting statements of a Python file under a condition, with everything else of their text kept."""

import ast
import re

from fixer.formats.lines import indent_at, line_end, line_start, next_line
from fixer.formats.python_layout import Splice
from fixer.formats.python_source import PythonSource
from fixer.model import Span

USUAL = ("    ", "  ", "   ")


def alone(source: PythonSource, statement: ast.stmt) -> bool:
    """Whether a statement has its lines to itself, but for a comment behind it."""
    span = source.span(statement)
    before = source.text[line_start(source.text, span.start) : span.start]
    behind = source.text[span.end : line_end(source.text, span.end)].strip()
    return not before.strip() and (not behind or behind.startswith("#"))


def runs(source: PythonSource, statements: list[ast.stmt]) -> list[list[ast.stmt]]:
    """The statements in groups of those that follow each other directly in one block."""
    found: list[list[ast.stmt]] = []
    chosen = set(statements)
    for statement in sorted(chosen, key=lambda node: node.lineno):
        block = source.block(statement)
        at = block.index(statement)
        if found and at and found[-1][-1] is block[at - 1]:
            found[-1].append(statement)
        else:
            found.append([statement])
    return found


def under(source: PythonSource, statements: list[ast.stmt], condition: str, ahead: list[str]) -> Splice:
    """Consecutive statements moved into `if condition:`; `ahead` are lines to put before that."""
    text = source.text
    start, end = source.first_line(statements[0]), next_line(text, source.span(statements[-1]).end)
    margin = indent_at(text, start)
    unit = indent_unit(source, statements[0])
    kept = inside_strings(source, statements)
    lines = [f"{margin}{line}" for line in [*ahead, f"if {condition}:"]]
    at = start
    for line in text[start:end].removesuffix("\n").split("\n"):
        lines.append(line if at in kept or not line.strip() else unit + line)
        at += len(line) + 1
    last = "\n" if text[start:end].endswith("\n") else ""
    return Span(start, end), "\n".join(lines) + last


def indent_unit(source: PythonSource, statement: ast.stmt) -> str:
    """One level of indent: that of the block around, where it is a usual one."""
    margin = indent_at(source.text, source.span(statement).start)
    parent = source.parents[statement]
    outer = indent_at(source.text, source.span(parent).start) if not isinstance(parent, ast.Module) else ""
    step = margin.removeprefix(outer)
    if step and not step.strip("\t"):
        return step
    if "\t" in margin:
        return "\t"
    if step in USUAL:
        return step
    first = re.search(r"^(?:class|def|if|for|with)\b[^\n]*:\n([ \t]+)\S", source.text, re.MULTILINE)
    return first[1] if first and not margin and (first[1] in USUAL or not first[1].strip("\t")) else USUAL[0]


def inside_strings(source: PythonSource, statements: list[ast.stmt]) -> set[int]:
    """The starts of lines that lie inside a string, where white space is content."""
    found: set[int] = set()
    for statement in statements:
        for node in ast.walk(statement):
            if not isinstance(node, ast.Constant | ast.JoinedStr) or node.lineno == node.end_lineno:
                continue
            segment = source.segment(node)
            if '"""' in segment or "'''" in segment or "\\\n" in segment:
                found |= {source.line_offsets[line] for line in range(node.lineno, node.end_lineno or node.lineno)}
    return found
