"""Objects and lists of a Terraform expression, edited in place in the style of their neighbours."""

import re
from typing import TYPE_CHECKING

from fixer.formats.lines import indent_at, line_end, next_line, starts_line
from fixer.formats.syntax import hcl
from fixer.formats.terraform_values import NAME, rendered
from fixer.model import Edit, Span

if TYPE_CHECKING:
    from fixer.formats.terraform_block import Block

SEPARATOR = re.compile(r"\s*(=|:)\s*")


def add_item(block: "Block", mapping: hcl.Mapping, key: str, value: str) -> list[Edit]:
    """A new entry at the end of an object; `value` is HCL text."""
    text = block.file.text
    if not mapping.children:
        return [block.edit(mapping.span, f"{{ {spelled(key)} = {value} }}")]
    last = mapping.children[-1]
    assert isinstance(last, hcl.Item)
    quoted = text[last.key_span.start] == '"'
    name = rendered(key) if quoted else spelled(key)
    between = SEPARATOR.match(text, last.key_span.end)
    separator = between[0] if between else " = "
    if own_lines(text, mapping) and "=" in separator:
        width = column(text, mapping)
        separator = f"{' ' * max(width - len(name), 1)}= " if width > len(name) else " = "
    return add_last(block, mapping, f"{name}{separator}{value}")


def add_element(block: "Block", sequence: hcl.Sequence, value: str) -> list[Edit]:
    """A new element at the end of a list; `value` is HCL text."""
    if not sequence.children:
        return [block.edit(sequence.span, f"[{value}]")]
    return add_last(block, sequence, value)


def remove_element(block: "Block", holder: hcl.Sequence | hcl.Mapping, child: hcl.Expression) -> list[Edit]:
    """Take one element or entry out with its comma, and its line where it stands alone on it."""
    text, children = block.file.text, list(holder.children)
    at = children.index(child)
    comma = comma_after(text, child.span.end)
    end = child.span.end if comma is None else comma + 1
    if starts_line(text, child.span.start) and not text[end : line_end(text, end)].strip():
        start = child.span.start - len(indent_at(text, child.span.start))
        return [block.edit(Span(start, next_line(text, end)), "")]
    if comma is None and at > 0:
        return [block.edit(Span(children[at - 1].span.end, child.span.end), "")]
    following = children[at + 1].span.start if at + 1 < len(children) else end
    return [block.edit(Span(child.span.start, following), "")]


def add_last(block: "Block", holder: hcl.Sequence | hcl.Mapping, added: str) -> list[Edit]:
    """Something behind the last child of a collection: on a line of its own where that one has one."""
    text, last = block.file.text, holder.children[-1]
    comma = comma_after(text, last.span.end)
    if not own_lines(text, holder):
        at = last.span.end if comma is None else comma
        return [block.insert(at, f", {added}")]
    indent = indent_at(text, last.span.start)
    trailing = "," if comma is not None else ""
    needed = comma is None and (isinstance(holder, hcl.Sequence) or commas_between(text, holder))
    behind = last.span.end if comma is None else comma + 1
    closed = holder.span.end <= line_end(text, behind)  # the bracket stands on the line of the last child
    line = block.insert(behind if closed else line_end(text, behind), f"\n{indent}{added}{trailing}")
    return [block.insert(last.span.end, ","), line] if needed else [line]


def own_lines(text: str, holder: hcl.Sequence | hcl.Mapping) -> bool:
    """Whether the last child starts a line, and so should the next."""
    return starts_line(text, holder.children[-1].span.start)


def comma_after(text: str, offset: int) -> int | None:
    """The offset of the comma behind a child, if there is one on its line."""
    found = re.compile(r"[ \t]*,").match(text, offset)
    return found.end() - 1 if found else None


def commas_between(text: str, mapping: hcl.Mapping) -> bool:
    return any(comma_after(text, child.span.end) is not None for child in mapping.children[:-1])


def column(text: str, mapping: hcl.Mapping) -> int:
    """Characters from the start of a key to its `=` where all entries agree, else 0."""
    columns = set()
    for child in mapping.children:
        if isinstance(child, hcl.Item) and (found := SEPARATOR.match(text, child.key_span.end)):
            columns.add(found.start(1) - child.key_span.start)
    return columns.pop() if len(columns) == 1 else 0


def spelled(key: str) -> str:
    return key if NAME.match(key) else rendered(key)
