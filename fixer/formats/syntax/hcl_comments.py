"""The comments of an HCL text: the grammar drops them, so that they are found by hand."""

import re

from fixer.formats.syntax.hcl_heredoc import closing_quote
from fixer.model import Refused, Span

MARK = re.compile(r'"|#|//|/\*|<<-?(?P<heredoc>[^\W\d][\w.-]*)\r?\n')


def comments(text: str) -> list[Span]:
    """The comments without the newline behind them; what looks like one in a string or heredoc is none."""
    found, at = [], 0
    while (mark := MARK.search(text, at)) is not None:
        at = end_of(text, mark)
        if mark[0] in ("#", "//", "/*"):
            found.append(Span(mark.start(), at))
    return found


def end_of(text: str, mark: re.Match[str]) -> int:
    """The end of the string, heredoc or comment that a mark opens."""
    if mark[0] == '"':
        try:
            return closing_quote(text, mark.end(), len(text))
        except Refused:
            return mark.end()
    if mark["heredoc"]:
        closing = re.compile(rf"^[ \t]*{re.escape(mark['heredoc'])}[ \t]*\r?$", re.MULTILINE).search(text, mark.end())
        return closing.end() if closing else len(text)
    if mark[0] == "/*":
        closed = text.find("*/", mark.end())
        return len(text) if closed < 0 else closed + 2
    end = text.find("\n", mark.end())
    end = len(text) if end < 0 else end
    return end - 1 if text[end - 1] == "\r" else end
