"""The comments of a file as ignores are read from them: what each is about, and whether it leads the file."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fixer.formats import load
from fixer.formats.lines import blank_at, line_end, line_start, next_line, starts_line
from fixer.model import Refused, Span
from fixer.workspace import SourceFile

# One of these stands in every ignore that is a comment.
WORDS = re.compile(r"iacfix|skip=|:ignore:|kics-scan")
LINE_COMMENT = re.compile(r"[ \t]*(?:#|//)")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment of one line; `about` is the line it ends, or else the first below that is no comment (empty if blank).

    It `leads` where nothing but comments and YAML's `---` stands above it.
    """

    at: int
    text: str
    about: Span
    leads: bool


def comments_of(file: SourceFile, format: str) -> list[Comment]:
    """Those that may be an ignore; what looks like one in a string is none, and what does not parse has none."""
    try:
        spans = load(format).comments(file)
    except Refused:
        return []
    first = first_code(file.text, spans)
    below: dict[int, Span] = {}
    found = []
    for span in reversed(spans):  # so that what is below a run of comments is looked for once
        text = file.text[span.start : span.end]
        if text.startswith(("#", "//")) and WORDS.search(text):
            about = below[line_start(file.text, span.start)] = code_at(file.text, span.start, below)
            found.append(Comment(span.start, text, about, span.start < first))
    return found[::-1]


def first_code(text: str, comments: Iterable[Span]) -> int:
    """Where the first text stands that is neither comment nor blank nor YAML's `---`."""
    end = 0
    for span in comments:
        if text[end : span.start].strip(" \t\r\n\f-"):
            return end
        end = span.end
    return len(text)


def code_at(text: str, offset: int, below: Mapping[int, Span]) -> Span:
    """The line that a comment ends, else the first below that is no comment; `below` holds it for some lines."""
    if starts_line(text, offset):
        while LINE_COMMENT.match(text, offset := next_line(text, offset)):
            if offset in below:
                return below[offset]
    start = line_start(text, offset)
    return Span(start, start if blank_at(text, start) else line_end(text, start))


def block_below(text: str, head: Span) -> Span:
    """A line and those below it that are indented deeper, or blank."""
    indent, end = depth(text, head.start), head.end
    while (start := next_line(text, end)) < len(text) and (blank_at(text, start) or depth(text, start) > indent):
        end = line_end(text, start)
    return Span(head.start, end)


def depth(text: str, start: int) -> int:
    line = text[start : line_end(text, start)]
    return len(line) - len(line.lstrip())
