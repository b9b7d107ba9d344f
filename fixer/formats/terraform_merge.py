"""Whether two Terraform blocks say the same, and the union of blocks that hold named entries."""

import json
from collections.abc import Sequence
from typing import Any

from fixer.formats.lines import line_end, next_line, starts_line
from fixer.formats.syntax import hcl
from fixer.formats.terraform_block import Block
from fixer.formats.terraform_comments import comments_above, comments_in
from fixer.formats.terraform_values import UNKNOWN, plain
from fixer.model import Edit, Span, Withheld


def says_same(one: Block, other: Block) -> bool:
    """Whether two blocks hold the same arguments and blocks; order, layout and comments apart."""
    return meaning(one.node, one.file.text) == meaning(other.node, other.file.text)


def meaning(item: hcl.Attribute | hcl.Block, text: str) -> tuple[Any, ...]:
    if isinstance(item, hcl.Attribute):
        value = plain(item.expression, text)
        source = text[item.expression.span.start : item.expression.span.end]
        spelled = " ".join(source.split()) if value is UNKNOWN else json.dumps(value, sort_keys=True)
        return "argument", item.name, spelled
    return "block", item.kind, item.labels, tuple(sorted(meaning(inner, text) for inner in item.body.items))


def missing_entries(source: Block, target: Block) -> list[hcl.Attribute] | Withheld:
    """The arguments of one block that another one lacks; Withheld where both set one, to different values."""
    missing = []
    for name, entry in source.node.body.attributes.items():
        held = target.attribute(name)
        if held is None:
            missing.append(entry)
        elif meaning(entry, source.file.text) != meaning(held, target.file.text):
            line, _ = target.file.position(held.span.start)
            return Withheld(f"{name} is set differently in {target.path}:{line}; decide which one is right")
    return missing


def lines_with_comments(text: str, item: hcl.Attribute | hcl.Block) -> Span:
    """The whole lines of an argument or block with the comments above it, their last newline included."""
    return Span(comments_above(text, item.span.start), next_line(text, max(item.span.end - 1, item.span.start)))


def added_entries(source: Block, target: Block, entries: list[hcl.Attribute]) -> Edit | Withheld | tuple[()]:
    """The arguments of one block written at the end of another, with their comments."""
    if not entries:
        return ()
    opened = target.file.text[target.node.open : target.node.close]
    if "\n" not in opened:
        return Withheld(f"{target.path} writes {target.kind} on one line; merge them by hand")
    last = target.node.body.items[-1].span.end if target.node.body.items else target.node.open
    text = source.file.text
    if crowded := [entry for entry in entries if not has_its_lines(text, entry)]:
        line, _ = source.file.position(crowded[0].span.start)
        return Withheld(f"{crowded[0].name} in {source.path}:{line} shares its line; merge them by hand")
    spans = [lines_with_comments(text, entry) for entry in entries]
    lines = [reindented(text[at.start : at.end], source.inner, target.inner) for at in spans]
    at = line_end(target.file.text, last)
    return target.insert(at, "\n" + "".join(lines).rstrip("\n"))


def has_its_lines(text: str, item: hcl.Attribute) -> bool:
    """Whether nothing but a comment stands beside an argument."""
    beside = text[item.span.end : line_end(text, item.span.end)].strip()
    return starts_line(text, item.span.start) and (not beside or beside.startswith(("#", "//", "/*")))


def reindented(lines: str, indent: str, wanted: str) -> str:
    return "\n".join(wanted + line.removeprefix(indent) if line.strip() else line for line in lines.split("\n"))


def lost_comments(block: Block, kept: Block, carried: Sequence[hcl.Attribute]) -> list[str]:
    """The comments inside a block that neither another block holds nor the arguments that are carried over to it."""
    text = block.file.text
    held = comments_in(kept.file, kept.node.span)
    for entry in carried:
        held += comments_in(block.file, lines_with_comments(text, entry))
    inside = Span(block.node.open, line_end(text, block.node.close))
    return [comment for comment in comments_in(block.file, inside) if comment not in held]
