"""Adding and removing call arguments, dict entries and imported names, laid out as their neighbours are."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

import libcst
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

from fixer.formats.lines import indent_at, line_end, line_start, next_line, starts_line
from fixer.formats.python_source import PythonSource
from fixer.model import Refused, Span

LINE_LENGTH = 120
DEEPEST = 72  # the column up to which a new line under the first item reads better than a line that is too long
DEPTH = 60  # of nested nodes, each some ten frames in libcst's recursive walk


@dataclass(frozen=True, slots=True)
class Item:
    """One element, without and with its comma."""

    span: Span
    comma: Span | None

    @property
    def end(self) -> int:
        return self.comma.end if self.comma else self.span.end


@dataclass(frozen=True, slots=True)
class Listing:
    """What stands between two brackets; `inside` runs from after the opening to before the closing one."""

    text: str
    inside: Span
    items: tuple[Item, ...]

    def gap(self, index: int) -> str:
        """The blanks and comments before an item."""
        start = self.items[index - 1].end if index else self.inside.start
        return self.text[start : self.items[index].span.start]

    def line_head(self) -> int:
        """The index of the first item on the line on which the last item starts."""
        index = len(self.items) - 1
        while index > 0 and "\n" not in self.gap(index):
            index -= 1
        return index


Splice = tuple[Span, str]


def listing(source: PythonSource, node: ast.expr | ast.ImportFrom) -> Listing:
    """The items of a call, dict, list, tuple or `from` import; Refused where it is nested too deeply for libcst."""
    if depth(node) > DEPTH:
        raise Refused("nested too deeply to edit", "simplify the expression", source.span(node).start)
    span = source.span(node)
    segment = source.text[span.start : span.end]
    try:
        wrapper = MetadataWrapper(libcst.parse_module(f"{segment}\n"), unsafe_skip_copy=True)
        spans = wrapper.resolve(ByteSpanPositionProvider)
    except (libcst.ParserSyntaxError, RecursionError) as error:
        raise Refused("libcst can't parse it", "simplify the expression", span.start) from error
    encoded = segment.encode()

    def place(part: libcst.CSTNode) -> Span:
        start, end = spans[part].start, spans[part].start + spans[part].length
        if segment.isascii():
            return Span(span.start + start, span.start + end)
        return Span(span.start + len(encoded[:start].decode()), span.start + len(encoded[:end].decode()))

    statement = wrapper.module.body[0]
    assert isinstance(statement, libcst.SimpleStatementLine)
    parts = items(statement.body[0])
    commas = [part.comma if isinstance(part.comma, libcst.Comma) else None for part in parts]
    found = tuple(Item(place(part), place(comma) if comma else None) for part, comma in zip(parts, commas, strict=True))
    closed = source.text[span.end - 1] in ")]}"
    return Listing(source.text, Span(opening(source, node), span.end - closed), found)


Part = libcst.Arg | libcst.BaseDictElement | libcst.BaseElement | libcst.ImportAlias


def items(statement: libcst.BaseSmallStatement) -> tuple[Part, ...]:
    match statement:
        case libcst.Expr(value=libcst.Call(args=args)):
            return tuple(args)
        case libcst.Expr(value=libcst.Dict(elements=entries)):
            return tuple(entries)
        case libcst.Expr(value=libcst.List(elements=elements) | libcst.Tuple(elements=elements)):
            return tuple(elements)
        case libcst.ImportFrom(names=names):
            return tuple(names) if not isinstance(names, libcst.ImportStar) else ()
    return ()


def opening(source: PythonSource, node: ast.AST) -> int:
    """The offset after the opening bracket, or after the word `import`."""
    span = source.span(node)
    match node:
        case ast.Call():
            return source.text.index("(", source.span(node.func).end) + 1
        case ast.ImportFrom():
            head = source.text.index(" import", span.start) + len(" import")
            bracket = source.text.find("(", head, span.end)
            return head + 1 if bracket < 0 else bracket + 1
        case _:
            return span.start + 1


def depth(node: ast.AST) -> int:
    """How deeply the nodes below a node are nested, counted without recursion."""
    level, nodes = 0, [node]
    while nodes:
        level, nodes = level + 1, [child for parent in nodes for child in ast.iter_child_nodes(parent)]
    return level


def insert(within: Listing, *new: str, before: int | None = None) -> Splice:
    """Add items after the last one, or before another: on lines of their own where the items are so."""
    if before is not None:
        start = within.items[before].span.start
        line = indent_at(within.text, start) if starts_line(within.text, start) else None
        gap = " " if line is None else f"\n{line}"
        return Span(start, start), "".join(f"{item},{gap}" for item in new)
    if not within.items:
        ahead = "" if not within.text[within.inside.start : within.inside.end].strip() else ", "
        return Span(within.inside.start, within.inside.start), ", ".join(new) + ahead
    head = within.line_head()
    if "\n" in within.gap(head):
        return insert_lines(within, within.items[head].span.start, new)
    return insert_beside(within, new)


def insert_lines(within: Listing, head: int, new: tuple[str, ...]) -> Splice:
    text, last = within.text, within.items[-1]
    indent = text[line_start(text, head) : head]
    lines = [f"\n{indent}{indented(item, indent)}" for item in new]
    end = line_end(text, last.end)
    rest = text[last.end : end]
    if rest.strip() and not rest.lstrip().startswith("#"):
        end, rest = last.end, ""
    if last.comma:
        return Span(end, end), "".join(f"{line}," for line in lines)
    # One replacement, not a comma and lines: two fixes that add items here in one round must not share the comma.
    return Span(last.end, end), f",{rest}{','.join(lines)}"


def insert_beside(within: Listing, new: tuple[str, ...]) -> Splice:
    """On the line of the last item, or below the first one where the line would get too long."""
    text, last = within.text, within.items[-1]
    start, first = line_start(text, last.end), within.items[0].span.start
    gap = " "
    too_long = line_end(text, last.end) - start + sum(len(item) + 2 for item in new) > LINE_LENGTH
    if too_long and start <= first <= start + DEEPEST:
        margin = text[start:first]
        blank = indent_at(text, first)
        gap = "\n" + blank + " " * (len(margin) - len(blank))
    items = [gap + indented(item, gap.strip(" ") and gap[1:]) for item in new]
    added = "".join(f"{item}," for item in items) if last.comma else "".join(f",{item}" for item in items)
    return Span(last.end, last.end), added


def indented(item: str, indent: str) -> str:
    """An item of several lines with the lines after the first one moved in."""
    return item.replace("\n", f"\n{indent}")


def remove(within: Listing, index: int) -> Iterator[Splice]:
    """Take an item out with its line; a comment behind it stays, on a line of its own."""
    text, item = within.text, within.items[index]
    following = within.items[index + 1] if index + 1 < len(within.items) else None
    end = line_end(text, item.end)
    rest = text[item.end : end].strip()
    if starts_line(text, item.span.start) and (not rest or rest.startswith("#")):
        if rest:
            yield Span(item.span.start, text.index("#", item.end)), ""
        else:
            yield Span(line_start(text, item.span.start), next_line(text, item.end)), ""
        if following is None and not item.comma and index and (comma := within.items[index - 1].comma):
            yield comma, ""
    elif following is not None and "\n" not in within.gap(index + 1):
        yield Span(item.span.start, following.span.start), ""
    elif index and "#" not in within.gap(index):
        before = within.items[index - 1]
        yield (Span(before.end, item.end) if following else Span(before.span.end, item.span.end)), ""
    else:
        yield Span(item.span.start, item.end), ""
