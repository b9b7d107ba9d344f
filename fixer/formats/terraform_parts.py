"""What a Terraform file is made of, for the proof that a fix changed nothing else."""

import re

from fixer.formats.syntax import hcl
from fixer.formats.syntax.hcl_heredoc import closing_quote
from fixer.model import Part, Refused, Span
from fixer.workspace import SourceFile

MARK = re.compile(r'"|#|//|/\*|<<-?(?P<heredoc>[^\W\d][\w.-]*)\r?\n')


def parts(file: SourceFile) -> list[Part]:
    """The arguments and block headers of a file, by the names around them."""
    if not file.path.endswith(".tf"):
        return []
    found: list[Part] = []
    stack: list[tuple[hcl.Body, str, tuple[Span, ...]]] = [(file.parsed(hcl.parse), "", ())]
    while stack:
        body, path, names = stack.pop()
        for item in body.items:
            if isinstance(item, hcl.Attribute):
                found.append(Part(f"{path}{item.name}", item.span, names))
                continue
            header = Span(item.span.start, item.open)
            inner = f"{path}{'.'.join((item.kind, *item.labels))}/"
            found.append(Part(inner, header, names))
            stack.append((item.body, inner, (*names, header)))
    return found


def comments(file: SourceFile) -> list[Span]:
    """The comments of a file; what looks like one in a string or heredoc is none."""
    text, found, at = file.text, [], 0
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
