"""Arguments of a Terraform block added, renamed and taken out, aligned as `terraform fmt` aligns them."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from fixer.formats.lines import blank_at, line_end, next_line, starts_line, whole_lines
from fixer.formats.syntax import hcl
from fixer.model import Changes, Edit, Span

if TYPE_CHECKING:
    from fixer.formats.terraform_block import Block

# Arguments that Terraform itself reads, and tags: a new argument goes above them.
TRAILING = frozenset({"count", "for_each", "provider", "depends_on", "tags", "tags_all", "lifecycle", "timeouts"})
LEADING = frozenset({"count", "for_each", "provider"})
# A group of more lines is left as it is when a longer name comes: the new argument gets a group of its own.
REALIGNED = 6
EQUALS = re.compile(r"(?:\s|/\*.*?\*/)*=", re.DOTALL)


def add_arguments(block: "Block", arguments: dict[str, str]) -> Changes:
    """New arguments, by name and HCL text, below the last one of the block's own."""
    if "\n" not in block.file.text[block.node.open : block.node.close]:
        return unfolded(block, lines_of({**held_alone(block), **arguments}, ""), held=not held_alone(block))
    anchor = anchor_of(block)
    if anchor is None:
        return at_the_top(block, arguments)
    group = [] if anchor.name in LEADING else neighbours(block, anchor)
    column = column_of(block, group)
    below = line_end(block.file.text, anchor.span.end)
    if column > max(map(len, arguments)):
        return block.insert(below, "\n" + lines_of(arguments, block.inner, column))
    if anchor.name not in LEADING and not column:
        return block.insert(below, "\n" + unaligned_lines(block, group, anchor, arguments))
    if 0 < len(group) <= REALIGNED:
        return widened(block, group, anchor, arguments)
    at = line_end(block.file.text, (group[-1] if group else anchor).span.end)
    after = "" if blank_at(block.file.text, next_line(block.file.text, at)) or closes_after(block, at) else "\n"
    return block.insert(at, f"\n\n{lines_of(arguments, block.inner)}{after}")


def lines_of(arguments: dict[str, str], indent: str, column: int = 0) -> str:
    """The arguments one a line, with the `=` in a column (that of the longest name where 0 is given)."""
    column = column or max(map(len, arguments)) + 1
    return "\n".join(f"{indent}{name.ljust(column - 1)} = {value}" for name, value in arguments.items())


def unaligned_lines(
    block: "Block", group: list[hcl.Attribute], anchor: hcl.Attribute, arguments: dict[str, str]
) -> str:
    """The arguments below a group without a column: as the anchor has it, or each by itself where none is padded."""
    text = block.file.text
    if group and all(equals(text, argument) == argument.name_span.end + 1 for argument in group):
        return "\n".join(lines_of({name: value}, block.inner) for name, value in arguments.items())
    column = equals(text, anchor) - anchor.name_span.start
    return lines_of(arguments, block.inner, column if column > max(map(len, arguments)) else 0)


def at_the_top(block: "Block", arguments: dict[str, str]) -> Edit:
    """New arguments as the first of a block, a blank line before what follows."""
    at = line_end(block.file.text, block.node.open)
    gap = "" if blank_at(block.file.text, next_line(block.file.text, at)) or closes_after(block, at) else "\n"
    return block.insert(at, f"\n{lines_of(arguments, block.inner)}{gap}")


def held_alone(block: "Block") -> dict[str, str]:
    """The one argument of a one-line block, by name; empty where it holds none, or a comment beside it."""
    text, items = block.file.text, block.node.body.items
    inside = text[block.node.open + 1 : block.node.close].strip()
    if (
        len(items) != 1
        or not isinstance(item := items[0], hcl.Attribute)
        or inside != text[item.span.start : item.span.end]
    ):
        return {}
    return {item.name: block.source(item.expression)}


def unfolded(block: "Block", added: str, *, first: bool = False, held: bool = True) -> Edit:
    """A one-line block on several lines with others, set apart when first; `held` says to keep what it holds."""
    kept = block.file.text[block.node.open + 1 : block.node.close].strip() if held else ""
    inner = block.indent + ("\t" if block.indent.startswith("\t") else "  ")
    order = (f"{added}\n" if kept else added, kept) if first else (kept, added)
    lines = [line for part in order if part for line in part.split("\n")]
    body = "".join(f"{inner}{line}\n" if line else "\n" for line in lines)
    return block.edit(Span(block.node.open + 1, block.node.close), f"\n{body}{block.indent}")


def closes_after(block: "Block", offset: int) -> bool:
    return not block.file.text[offset : block.node.close].strip()


def anchor_of(block: "Block") -> hcl.Attribute | None:
    """The argument to add others below: the last of the block's own above its nested blocks, best one of one line.

    A leading one such as `count` where there is no other.
    """
    text, body = block.file.text, block.node.body
    own_lines = [a for a in body.attributes.values() if starts_line(text, a.span.start)]
    first_block = min((b.span.start for b in body.blocks), default=block.node.close)
    plain = [a for a in own_lines if a.name not in TRAILING]
    plain = [a for a in plain if a.span.start < first_block] or plain
    plain = [a for a in plain if "\n" not in text[a.span.start : a.span.end]] or plain
    candidates = plain or [a for a in own_lines if a.name in LEADING]
    return candidates[-1] if candidates else None


def neighbours(block: "Block", anchor: hcl.Attribute) -> list[hcl.Attribute]:
    """The arguments on adjacent lines with this one, which `terraform fmt` aligns as a group.

    One whose value opens brackets over several lines belongs to no group; a heredoc does.
    """
    text = block.file.text
    single = [a for a in block.node.body.attributes.values() if fits_line(text, a)]
    if anchor not in single:
        return []
    first = last = single.index(anchor)
    while first > 0 and adjacent(text, single[first - 1].span, single[first].span):
        first -= 1
    while last + 1 < len(single) and adjacent(text, single[last].span, single[last + 1].span):
        last += 1
    return single[first : last + 1]


def fits_line(text: str, argument: hcl.Attribute) -> bool:
    value = text[equals(text, argument) + 1 : argument.span.end].lstrip(" \t")
    return "\n" not in value or value.startswith("<<")


def adjacent(text: str, above: Span, below: Span) -> bool:
    return text.count("\n", above.end, below.start) == 1


def equals(text: str, argument: hcl.Attribute) -> int:
    """The offset of an argument's `=`; a comment may stand before it."""
    found = EQUALS.match(text, argument.name_span.end)
    return found.end() - 1 if found else text.index("=", argument.name_span.end)


def column_of(block: "Block", group: list[hcl.Attribute]) -> int:
    """Characters from the indent to the `=` of a group; 0 where its lines are not aligned."""
    columns = {equals(block.file.text, a) - a.name_span.start for a in group}
    return columns.pop() if len(columns) == 1 else 0


def realigned(block: "Block", group: list[hcl.Attribute], column: int) -> Iterator[Edit]:
    """The edits that bring the `=` of each line of a group to a column."""
    for argument in group:
        gap = Span(argument.name_span.end, equals(block.file.text, argument))
        wanted = " " * (column - len(argument.name))
        there = block.file.text[gap.start : gap.end]
        if there != wanted and not there.strip():  # a comment there stays where it is
            yield block.edit(gap, wanted)


def widened(block: "Block", group: list[hcl.Attribute], anchor: hcl.Attribute, arguments: dict[str, str]) -> Changes:
    """New arguments below the anchor, with the lines of its group moved to their column."""
    column = max(map(len, arguments)) + 1
    added = "\n" + lines_of(arguments, block.inner, column)
    return [*realigned(block, group, column), block.insert(line_end(block.file.text, anchor.span.end), added)]


def rename_argument(block: "Block", old: str, new: str) -> Changes:
    """Another name for an argument; the `=` stays in its column where the name fits, else its group moves."""
    found = block.node.body.attributes[old]
    text = block.file.text
    if text[found.name_span.end : equals(text, found)].strip():
        return block.edit(found.name_span, new)
    group = neighbours(block, found)
    column = column_of(block, group) or equals(text, found) - found.name_span.start
    if column > len(new):
        padded = new.ljust(column) if column > len(old) + 1 or len(group) > 1 else f"{new} "
        return block.edit(Span(found.name_span.start, equals(text, found)), padded)
    column = len(new) + 1
    others = [a for a in group if a is not found] if column_of(block, group) else []
    return [
        block.edit(Span(found.name_span.start, equals(text, found)), f"{new} "),
        *realigned(block, others, column),
    ]


def remove_argument(block: "Block", name: str) -> Changes:
    """Take an argument out with its line, or only it where other things stand on the line."""
    found, text = block.node.body.attributes[name], block.file.text
    rest = text[found.span.end : line_end(text, found.span.end)].strip()
    if starts_line(text, found.span.start) and (not rest or rest.startswith(("#", "//"))):
        inside = Span(block.node.open + 1, block.node.close)
        return block.edit(whole_lines(text, found.span, inside), "")
    return block.edit(found.span, "")
