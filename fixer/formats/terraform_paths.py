"""Dotted paths such as `a.b[0].c`: into the objects of a Terraform expression, and to nested blocks."""

import re

from fixer.formats.syntax import hcl
from fixer.formats.terraform_values import value_of
from fixer.formats.value import Absent, Unresolved, Value

PART = re.compile(r"([^.\[\]]+)(?:\[(\d+|\*)\])?")


def has_computed_key(mapping: hcl.Mapping) -> bool:
    return any(isinstance(item, hcl.Item) and item.key is None for item in mapping.children)


def parted(head: str) -> tuple[str, int]:
    """`name[2]` as name and index; the index is 0 where none is written."""
    found = PART.fullmatch(head)
    if found is None:
        raise ValueError(f"not a path part: {head!r}")
    return found[1], int(found[2] or 0)


def inside(expression: hcl.Expression, rest: str, text: str) -> Value:
    """The value at a path inside an object expression."""
    for part in rest.split(".") if rest else ():
        name, index = parted(part)
        if isinstance(expression, hcl.Mapping):
            item = expression.get(name)
            if item is None:
                return value_of(expression, text) if has_computed_key(expression) else Absent()
            expression = item.value
        else:
            return Unresolved(text[expression.span.start : expression.span.end], expression.span)
        if isinstance(expression, hcl.Sequence) and "[" in part:
            if index >= len(expression.children):
                return Absent()
            expression = expression.children[index]
    return value_of(expression, text)


def nested_text(parts: list[str], value: str, step: str) -> str:
    """Nested blocks with one argument, from the path of it."""
    *outer, name = parts
    lines = [f"{step * depth}{parted(part)[0]} {{" for depth, part in enumerate(outer)]
    lines.append(f"{step * len(outer)}{name} = {value}")
    lines += [f"{step * depth}}}" for depth in reversed(range(len(outer)))]
    return "\n".join(lines)
