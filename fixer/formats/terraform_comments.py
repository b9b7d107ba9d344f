"""The comments of a Terraform file: which belong to a block, which head a section or the file."""

import re

from fixer.formats.lines import blank_at, comment_above, line_start, next_line, starts_line
from fixer.model import Span

LINE = re.compile(r"[ \t]*(#|//|/\*.*\*/[ \t\r]*\n)")
RULER = re.compile(r"^[ \t]*(?:#|//|/\*+|\*)?[ \t]*([-=#*~/_])\1{4,}", re.MULTILINE)
# Comments, and the strings in which their marks mean nothing.
TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"|(?P<comment>(?:#|//)[^\n]*|/\*.*?\*/)', re.DOTALL)
LICENCE = re.compile(r"copyright|spdx-|licen[cs]e", re.IGNORECASE)


def comments_above(text: str, offset: int) -> int:
    """The start of the comments directly above the line of an offset, `/* ... */` over several lines among them."""
    start = comment_above(text, offset, LINE)
    while start and text[line_start(text, start - 1) : start].rstrip().endswith("*/"):
        opening = text.rfind("/*", 0, start)
        if opening < 0 or not starts_line(text, opening):
            break
        start = comment_above(text, opening, LINE)
    return start


def comments_in(text: str, span: Span) -> list[str]:
    """The comments in a part of a text, each without the blanks around it."""
    return [found["comment"].strip() for found in TOKEN.finditer(text, span.start, span.end) if found["comment"]]


def is_banner(comment: str) -> bool:
    """Whether a comment is a section's heading: it is underlined or boxed with a ruler."""
    return RULER.search(comment) is not None


def heads_file(comment: str, name: str) -> bool:
    """Whether the comment that a file starts with is about the file: names it, documents it or is its licence."""
    return name in comment or comment.startswith("/*") or LICENCE.search(comment) is not None


def banner_above(text: str, start: int) -> int:
    """The start of the banner that stands one blank line above an offset, or the offset itself."""
    if not start or not blank_at(text, start - 1):
        return start
    above = line_start(text, start - 1)
    first = comments_above(text, above)
    return first if first < above and is_banner(text[first:above]) else start


def next_banner(text: str, offset: int) -> int:
    """The start of the next banner after an offset, or the end of the text."""
    for found in TOKEN.finditer(text, offset):
        at = found.start()
        if found["comment"] and starts_line(text, at) and is_banner(text[at : paragraph_end(text, at)]):
            return at
    return len(text)


def paragraph_end(text: str, offset: int) -> int:
    """The end of the comment lines from an offset on."""
    while LINE.match(text, offset):
        offset = next_line(text, offset)
    return offset
