"""Places in a text by line: where one starts and ends, its indent, the comment above it."""

import re

from fixer.model import Span


def line_start(text: str, offset: int) -> int:
    return text.rfind("\n", 0, offset) + 1


def line_end(text: str, offset: int) -> int:
    """The end of the line, before its newline."""
    end = text.find("\n", offset)
    end = len(text) if end < 0 else end
    return end - 1 if end > offset and text[end - 1] == "\r" else end


def next_line(text: str, offset: int) -> int:
    """The start of the line after, or the end of the text."""
    end = text.find("\n", offset)
    return len(text) if end < 0 else end + 1


def indent_at(text: str, offset: int) -> str:
    """The white space that the line of an offset starts with."""
    start = line_start(text, offset)
    end = start
    while end < len(text) and text[end] in " \t":
        end += 1
    return text[start:end]


def column(text: str, offset: int) -> int:
    """Characters from the start of the line."""
    return offset - line_start(text, offset)


def starts_line(text: str, offset: int) -> bool:
    return not text[line_start(text, offset) : offset].strip()


def blank_at(text: str, offset: int) -> bool:
    """Whether the line of an offset is blank; what lies beyond the text is not."""
    return offset < len(text) and not text[line_start(text, offset) : line_end(text, offset)].strip()


def comment_above(text: str, offset: int, comment: re.Pattern[str]) -> int:
    """The start of the comment lines that stand directly above the line of an offset, or of that line itself."""
    start = line_start(text, offset)
    while start > 0:
        above = line_start(text, start - 1)
        if not comment.match(text, above, start):
            break
        start = above
    return start


def whole_lines(text: str, span: Span, within: Span | None = None) -> Span:
    """The lines of a span with their last newline, and one blank line that its removal would leave over.

    That is one of two together, or one at the start or end of the text, or of the block whose inside is `within`.
    """
    start, end = line_start(text, span.start), next_line(text, max(span.end - 1, span.start))
    around = within or Span(0, len(text))
    first, last = not text[around.start : start].strip(), not text[end : around.end].strip()
    blank_above = start > 0 and blank_at(text, start - 1)
    if last and blank_above and not first:
        return Span(line_start(text, start - 1), end)
    if (first or blank_above) and blank_at(text, end):
        return Span(start, next_line(text, end))
    return Span(start, end)
