"""Which comment lines of a YAML text belong to what stands beside them."""

import re
from collections.abc import Iterator

from fixer.formats.lines import blank_at, column, indent_at, line_end, line_start, next_line
from fixer.formats.syntax.node import Node, Scalar, walk
from fixer.model import Span

BANNER = re.compile(r"#\s*([-=#*~_+])\1{2,}|##")
COMMENT = re.compile(r"(?:^|(?<=\s))#[^\r\n]*", re.MULTILINE)
HEADER = re.compile(r"[^\n]*?[|>][-+\d]*[ \t]+(#[^\r\n]*)")
BLANK_LINE = re.compile(r"\n[ \t\r]*\n")


def comments_in(text: str, span: Span, *nodes: Node) -> Iterator[Span]:
    """The comments in a span that holds these nodes and no other: what follows a # between scalars.

    The header of a block scalar may have one as well.
    """
    at = span.start
    scalars = (found for node in nodes for found in walk(node) if isinstance(found, Scalar))
    for scalar in sorted(scalars, key=lambda found: found.span):
        yield from (Span(*found.span()) for found in COMMENT.finditer(text, at, scalar.span.start))
        if scalar.style in ("|", ">") and (header := HEADER.match(text, scalar.span.start)):
            yield Span(*header.span(1))
        at = scalar.span.end
    yield from (Span(*found.span()) for found in COMMENT.finditer(text, at, span.end))


def end_below(text: str, end: int, indent: int) -> int:
    """The end of the last comment line right below a text that stands at this indent or deeper."""
    end = line_end(text, end)
    while end < len(text):
        start = next_line(text, end)
        following = text[start : line_end(text, start)]
        if not following.lstrip(" \t").startswith("#") or len(indent_at(text, start)) < indent:
            break
        end = start + len(following)
    return end


def start_above(text: str, start: int) -> int:
    """The start of the lines that belong to what begins a line: its own and the comments right above at its indent.

    A banner is the heading of more than one thing, and so are the comments over it: they stay.
    """
    indent, start = column(text, start), line_start(text, start)
    while start > 0:
        above = line_start(text, start - 1)
        line = text[above : start - 1]
        comment = line.lstrip(" \t")
        if not comment.startswith("#") or len(line) - len(comment) != indent or BANNER.match(comment):
            break
        start = above
    return start


def blank_between(text: str, left: Span, right: Span) -> bool:
    return BLANK_LINE.search(text, left.end, right.start) is not None


def lines_of(text: str, start: int, end: int, indent: int) -> Span:
    """Whole lines to take out, from a line's start to a line's end: with one newline, and one of two blank lines.

    Lines of blanks deeper than `indent` go too: under a block scalar above they would become a part of its text.
    """
    if end == len(text) and start > 0:
        start -= 1
    end = next_line(text, end)
    if (start == 0 or blank_at(text, start - 1)) and blank_at(text, end):
        end = next_line(text, end)
    while blank_at(text, end) and line_end(text, end) - end > indent:
        end = next_line(text, end)
    return Span(start, end)
