"""The comments of a Terraform file: which belong to a block, which head a section or the file."""

import re
from dataclasses import dataclass

from fixer.formats.lines import blank_at, comment_above, line_end, line_start, next_line, starts_line
from fixer.model import Edit, Span
from fixer.workspace import SourceFile

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


def commented(text: str, offset: int) -> Commented | None:
    start, end = line_start(text, offset), line_end(text, offset)
    for found in TOKEN.finditer(text, start, end):
        if found["comment"] and (code := text[start : found.start()].rstrip()):
            return Commented(Span(start, start + len(code)), found.start())
    return None


def comment_run(text: str, offset: int) -> list[Commented]:
    """The line of an offset and those above and below it whose comments stand in one column with its own."""
    own = commented(text, offset)
    if own is None:
        return []
    run = [own]
    while (at := run[0].code.start) and (above := commented(text, at - 1)) and above.column == own.column:
        run.insert(0, above)
    while (at := next_line(text, run[-1].comment)) < len(text):
        below = commented(text, at)
        if below is None or below.column != own.column:
            break
        run.append(below)
    return run


def written(file: SourceFile, values: dict[Span, str]) -> list[Edit]:
    """The edits that replace values, and that keep the comments behind them aligned with those beside."""
    text, edits, done = file.text, [], set[int]()
    for span, value in values.items():
        edits.append(Edit(file.path, span, value))
        run = comment_run(text, span.end)
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
