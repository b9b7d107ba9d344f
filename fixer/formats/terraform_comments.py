"""The comments of a Terraform file: which belong to a block, which head a section or the file."""

import re
from bisect import bisect_left
from dataclasses import dataclass

from fixer.formats.lines import blank_at, comment_above, line_end, line_start, next_line, starts_line
from fixer.formats.syntax import hcl
from fixer.model import Edit, Span
from fixer.workspace import SourceFile

LINE = re.compile(r"[ \t]*(#|//|/\*(?:(?!\*/).)*\*/[ \t\r]*\n)")
OPENING = re.compile(r"^[ \t]*/\*", re.MULTILINE)
RULER = re.compile(r"^[ \t]*(?:#|//|/\*+|\*)?[ \t]*([-=#*~/_])\1{4,}", re.MULTILINE)
LICENCE = re.compile(r"copyright|spdx-|licen[cs]e", re.IGNORECASE)


def comments_above(text: str, offset: int) -> int:
    """The start of the comments directly above the line of an offset, `/* ... */` over several lines among them."""
    start = comment_above(text, offset, LINE)
    while start and text[line_start(text, start - 1) : start].rstrip().endswith("*/"):
        opening = opened(text, start)
        if opening is None:
            break
        start = comment_above(text, opening, LINE)
    return start


def opened(text: str, end: int) -> int | None:
    """Where the comment over several lines starts that ends before an offset; it may hold other opening marks."""
    closed = text.rfind("*/", 0, text.rindex("*/", 0, end))
    opening = OPENING.search(text, max(closed, 0), end)
    return opening.end() - 2 if opening else None


def comments_in(file: SourceFile, span: Span) -> list[str]:
    """The text of the comments in a part of a file."""
    return [file.text[found.start : found.end].rstrip() for found in file.parsed(hcl.comments) if found in span]


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


def next_banner(file: SourceFile, offset: int) -> int:
    """The start of the next banner after an offset, or the end of the text."""
    text = file.text
    below = (found.start for found in file.parsed(hcl.comments) if found.start >= offset)
    banners = (at for at in below if starts_line(text, at) and is_banner(text[at : paragraph_end(text, at)]))
    return next(banners, len(text))


def paragraph_end(text: str, offset: int) -> int:
    """The end of the comment lines from an offset on."""
    while LINE.match(text, offset):
        offset = next_line(text, offset)
    return offset


@dataclass(frozen=True)
class Commented:
    """A line with a comment behind its code: the code's span from the line's start, and where the comment starts."""

    code: Span
    comment: int

    @property
    def width(self) -> int:
        return self.code.end - self.code.start

    @property
    def column(self) -> int:
        return self.comment - self.code.start


def commented(file: SourceFile, offset: int) -> Commented | None:
    text, comments = file.text, file.parsed(hcl.comments)
    start, end = line_start(text, offset), line_end(text, offset)
    for found in comments[bisect_left(comments, Span(start, start)) : bisect_left(comments, Span(end, end))]:
        if code := text[start : found.start].rstrip():
            return Commented(Span(start, start + len(code)), found.start)
    return None


def comment_run(file: SourceFile, offset: int) -> list[Commented]:
    """The line of an offset and those above and below it whose comments stand in one column with its own."""
    own = commented(file, offset)
    if own is None:
        return []
    run = [own]
    while (at := run[0].code.start) and (above := commented(file, at - 1)) and above.column == own.column:
        run.insert(0, above)
    while (at := next_line(file.text, run[-1].comment)) < len(file.text):
        below = commented(file, at)
        if below is None or below.column != own.column:
            break
        run.append(below)
    return run


def written(file: SourceFile, values: dict[Span, str]) -> list[Edit]:
    """The edits that replace values, and that keep the comments behind them aligned with those beside."""
    text, edits, done = file.text, [], set[int]()
    for span, value in values.items():
        edits.append(Edit(file.path, span, value))
        run = comment_run(file, span.end)
        if len(run) < 2 or run[0].comment in done:
            continue
        done.add(run[0].comment)
        grown = {line: sum(len(v) - (s.end - s.start) for s, v in values.items() if s in line.code) for line in run}
        needed = max(line.width + grown[line] for line in run) + 1
        tight = max(line.width for line in run) + 1 == run[0].column
        column = needed if tight else max(needed, run[0].column)
        for line in run:
            gap, spaces = Span(line.code.end, line.comment), " " * (column - line.width - grown[line])
            if text[gap.start : gap.end] != spaces:
                edits.append(Edit(file.path, gap, spaces))
    return edits
