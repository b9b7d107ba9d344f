"""A parsed YAML or JSON file and the edits that can be made in it."""

from collections.abc import Sequence as Spans
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from fixer.formats.lines import column, indent_at, line_end, line_start, starts_line
from fixer.formats.syntax.comments import blank_between, comments_in, end_below, lines_of, start_above
from fixer.formats.syntax.node import Document, Entry, Mapping, Node, Scalar, Sequence, resolved
from fixer.formats.syntax.render import Raw, block, braces, flat_style, item, key_text, member, scalar
from fixer.formats.syntax.sharing import Places, Sharing
from fixer.formats.syntax.style import Style, style_of
from fixer.model import Edit, Span, Withheld

COMMENTED = Withheld("a comment stands where the text would change")


@dataclass(frozen=True)
class ParsedFile:
    """Each verb gives one edit; an edit that adds a key declares it, so that no two fixes add the same one.

    An edit inside what an anchor repeats says whom it serves. `inert` are the top-level keys whose content means
    nothing by itself; `scope` tells addresses of this document from those of the others in the file.
    """

    path: str
    document: Document
    inert: tuple[str, ...] = ()
    scope: str = ""

    @property
    def text(self) -> str:
        return self.document.text

    @cached_property
    def style(self) -> Style:
        return style_of(self.document)

    @cached_property
    def sharing(self) -> Sharing:
        return Sharing(self.document, self.inert)

    def insert(self, parent: Mapping, name: str, data: Any, after: Entry | None = None) -> Edit | Withheld:
        """Add an entry to a mapping that has some, after one of them or at its end."""
        last = after is None or after is parent.entries[-1]
        after = after or parent.entries[-1]
        if parent.flow:
            return self.insert_in_braces(parent, after, last, name, data)
        indent = column(self.text, parent.entries[0].key.span.start)
        at = end_below(self.text, after.span.end, indent if last else indent + 1)
        gap = "\n" if self.spaced(parent) else ""
        return self.adding(parent, name, at, f"\n{gap}{member(name, data, self.style, ' ' * indent)}")

    def insert_first(self, parent: Mapping, name: str, data: Any) -> Edit | Withheld:
        """Add an entry to a mapping that has some, before the first."""
        start = parent.entries[0].key.span.start
        if not parent.flow:
            at = line_start(self.text, start)
            gap = "\n" if self.spaced(parent) else ""
            return self.adding(parent, name, at, f"{member(name, data, self.style, ' ' * (start - at))}\n{gap}")
        own_line, indent = starts_line(self.text, start), indent_at(self.text, start)
        between = f",\n{indent}" if own_line else self.style.comma
        return self.adding(parent, name, start, self.pair(name, data, start) + between)

    def insert_in_braces(self, parent: Mapping, after: Entry, last: bool, name: str, data: Any) -> Edit | Withheld:
        start, end = after.key.span.start, after.span.end
        until = parent.span.end - 1 if last else parent.entries[parent.entries.index(after) + 1].span.start
        behind = self.text[end:until]
        if "#" in behind:
            return COMMENTED
        own_line = starts_line(self.text, start)
        pair, indent = self.pair(name, data, start), indent_at(self.text, start)
        if last and "," in behind:
            at = end + behind.index(",") + 1
            text = f",\n{indent}{pair}," if own_line else f", {pair},"
            return self.edit(at - 1, at, text, self.sharing.of(parent.span, name))
        return self.adding(parent, name, end, f",\n{indent}{pair}" if own_line else self.style.comma + pair)

    def fill(self, parent: Mapping, entry: Entry, data: dict[str, Any]) -> Edit | Withheld:
        """Give entries to a key whose value is empty (`{}`, null or nothing)."""
        start, value = entry.key.span.start, entry.value.span
        shared = self.sharing.of(entry.span)
        if self.anchored(entry.span):
            return self.repeats(entry.span)
        if any(comments_in(self.text, value, entry.value)) or entry.value.anchor:
            return COMMENTED
        if parent.flow:
            return self.edit(value.start, value.end, self.in_braces(data, start), shared)
        end = line_end(self.text, value.end)
        head = self.text[start : value.start].rstrip() + self.text[value.end : end].rstrip(" \t")
        return self.edit(start, end, head + block(data, self.style, " " * column(self.text, start)), shared)

    def replace(self, parent: Mapping, entry: Entry, data: Any) -> Edit | Withheld:
        """Write another value for a key."""
        old, start = entry.value, entry.key.span.start
        colon = self.text.index(":", entry.key.span.end) + 1
        if self.anchored(entry.span):
            return self.repeats(entry.span)
        if any(comments_in(self.text, Span(colon, old.span.end), old)):
            return COMMENTED
        shared = self.sharing.of(entry.span)
        if parent.flow:
            return self.edit(old.span.start, old.span.end, self.in_braces(data, start), shared)
        if isinstance(old, Scalar) and not isinstance(data, dict | list) and old.span.start > colon:
            quote = old.style if isinstance(data, str) and old.style in ("'", '"') and not old.tag else ""
            blank = self.text[colon : old.span.start]
            new = blank + scalar(data, self.style, quote) if quote else block(data, self.style, self.indent(start))
            return self.edit(colon, old.span.end, new, shared)
        return self.edit(colon, old.span.end, block(data, self.style, self.indent(start)), shared)

    def replace_node(self, parent: Node, old: Node, data: Any) -> Edit | Withheld:
        """Write another value for a node that stands in this mapping or list."""
        match resolved(parent):
            case Mapping() as mapping:
                for entry in mapping.entries:
                    if entry.value is old:
                        return self.replace(mapping, entry, data)
                [call] = mapping.entries  # an argument of a function in the long form
                return self.replace_node(call.value, old, data)
            case Sequence() as items:
                at = next(at for at, item in enumerate(items.items) if item is old)
                return self.replace_item(items, at, data)
        raise TypeError(parent)

    def replace_item(self, parent: Sequence, at: int, data: Any) -> Edit | Withheld:
        """Write another value for an item of a list."""
        old = parent.items[at]
        if self.anchored(old.span):
            return self.repeats(old.span)
        if any(comments_in(self.text, old.span, old)):
            return COMMENTED
        shared = self.sharing.of(old.span)
        if parent.flow:
            return self.edit(old.span.start, old.span.end, self.in_braces(data, old.span.start), shared)
        if (dash := self.dash(old)) is None:
            return COMMENTED
        return self.edit(dash, old.span.end, item(data, self.style, self.indent(dash)).lstrip(" "), shared)

    def remove(self, parent: Mapping, entry: Entry) -> Edit | Withheld:
        """Take out an entry that is not the only one, with the comments that belong to it."""
        spans, at = [e.span for e in parent.entries], parent.entries.index(entry)
        if self.anchored(entry.span) or self.repeated(parent.span):
            return self.repeats(entry.span)
        if parent.flow:
            return self.remove_between_commas(spans, at)
        if starts_line(self.text, entry.span.start):
            return self.remove_lines(entry.span, entry.value)
        return self.remove_up_to(entry.span, spans[at + 1].start)

    def remove_item(self, parent: Sequence, at: int) -> Edit | Withheld:
        """Take out an item that is not the only one of a list."""
        spans = [node.span for node in parent.items]
        if self.anchored(spans[at]) or self.repeated(parent.span):
            return self.repeats(spans[at])
        if parent.flow:
            return self.remove_between_commas(spans, at)
        dash = self.dash(parent.items[at])
        if dash is None or not starts_line(self.text, dash):
            return Withheld("the list item does not stand alone behind its dash")
        return self.remove_lines(Span(dash, spans[at].end), parent.items[at])

    def dash(self, item: Node) -> int | None:
        """The dash that an item of a block list stands behind; None where it is not on the item's line."""
        start = line_start(self.text, item.span.start)
        before = self.text[start : item.span.start].rstrip(" \t")
        return start + len(before) - 1 if before.endswith("-") else None

    def remove_lines(self, span: Span, node: Node) -> Edit | Withheld:
        indent = column(self.text, span.start)
        end = end_below(self.text, span.end, indent + 1)
        lines = lines_of(self.text, start_above(self.text, span.start), end, indent)
        for comment in comments_in(self.text, lines, node):
            said = self.text[comment.start : comment.end].strip()
            return Withheld(f"a comment speaks of it, which would be lost: {said}")
        return self.edit(lines.start, lines.end, "")

    def remove_up_to(self, span: Span, following: int) -> Edit | Withheld:
        """What stands behind a dash gives its place to the next key."""
        if "#" in self.text[span.end : following]:
            return COMMENTED
        return self.edit(span.start, following, "")

    def remove_between_commas(self, spans: Spans[Span], at: int) -> Edit | Withheld:
        if at:
            start, end = spans[at - 1].end, spans[at].end
            between = self.text[start : spans[at].start]
        else:
            start, end = spans[0].start, spans[1].start
            between = self.text[spans[0].end : end]
        return COMMENTED if "#" in between else self.edit(start, end, "")

    def raw(self, node: Node) -> Raw:
        """A node's own text, to be put into a new value with its indent kept relative."""
        block_text = isinstance(node, Scalar) and node.style in ("|", ">")
        bare = isinstance(node, Mapping | Sequence) and not node.flow
        first, *others = self.text[node.span.start : node.span.end].split("\n")
        margin = self.margin(node, block_text)
        lines = (first, *(line.removeprefix(margin) if line.strip() else line for line in others))
        return Raw(lines, inline=not (block_text or bare or (others and not self.document.json)))

    def margin(self, node: Node, block_text: bool) -> str:
        """The indent that a node's further lines lose when the node moves: that of its line or, bare, its own."""
        text, start = self.text, node.span.start
        margin = indent_at(text, start)
        if not block_text and not self.document.json:
            return " " * column(text, start) if starts_line(text, start) else margin
        return margin

    def pair(self, name: str, data: Any, beside: int) -> str:
        return key_text(name, self.style) + self.style.colon + self.in_braces(data, beside)

    def in_braces(self, data: Any, beside: int) -> str:
        """A value inside brackets: over several lines where what stands beside it begins a line."""
        own_line = starts_line(self.text, beside)
        return braces(data, self.style if own_line else flat_style(self.style), indent_at(self.text, beside))

    def spaced(self, parent: Mapping) -> bool:
        """Whether blank lines separate the entries here; in a section of one long entry, those of all sections."""
        sections = [e.value for e in self.document.root.entries if isinstance(e.value, Mapping)]
        pairs = list(pairwise(parent.entries))
        if (
            not pairs
            and any(section is parent for section in sections)
            and "\n" in self.text[parent.span.start : parent.span.end]
        ):
            pairs = [pair for section in (self.document.root, *sections) for pair in pairwise(section.entries)]
        gaps = [blank_between(self.text, before.span, after.span) for before, after in pairs]
        return sum(gaps) * 2 > len(gaps)

    def indent(self, offset: int) -> str:
        return " " * column(self.text, offset)

    def repeated(self, span: Span) -> bool:
        """Whether a span is in a node that an alias repeats: an edit would reach those places as well."""
        return any(span in alias.target.span for alias in self.document.aliases)

    def anchored(self, span: Span) -> bool:
        """Whether a span holds such a node: without it the alias would name nothing."""
        return any(alias.target.span in span for alias in self.document.aliases)

    def repeats(self, span: Span) -> Withheld:
        """That a YAML anchor around a span or in it is used elsewhere."""
        aliases = (a for a in self.document.aliases if a.target.span in span or span in a.target.span)
        places = ", ".join(dict.fromkeys(filter(None, (self.sharing.name(alias.span) for alias in aliases))))
        return Withheld(f"a YAML anchor repeats it in {places or 'another place'}")

    def adding(self, parent: Mapping, name: str, at: int, text: str) -> Edit:
        declares = f"{self.path}:{parent.span.start}:{name}"
        return Edit(self.path, Span(at, at), text, declares, self.sharing.of(parent.span, name))

    def edit(self, start: int, end: int, text: str, shared: Places = ()) -> Edit:
        return Edit(self.path, Span(start, end), text, shared=shared)
