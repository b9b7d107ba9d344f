"""The body of a heredoc: its parts, found by hand because the grammar takes it as one token."""

import re
from collections.abc import Iterator

from fixer.formats.syntax.hcl_nodes import Interpolation, Text
from fixer.model import Refused, Span


def split_template(text: str, content: Span) -> Iterator[Text | Interpolation]:
    """The literal and the interpolated parts of a heredoc body, without a look inside the latter."""
    marker = re.compile(r"\$\$\{|%%\{|\$\{|%\{")
    at = done = content.start
    while (found := marker.search(text, at, content.end)) is not None:
        at = found.end()
        if len(found[0]) == 3:
            continue
        end = closing_brace(text, found.end(), content.end)
        if found.start() > done:
            yield Text(Span(done, found.start()), (), raw_text(text[done : found.start()]))
        yield Interpolation(Span(found.start(), end), (), found[0] == "%{")
        at = done = end
    if done < content.end:
        yield Text(Span(done, content.end), (), raw_text(text[done : content.end]))


def raw_text(text: str) -> str:
    return text.replace("$${", "${").replace("%%{", "%{")


def closing_brace(text: str, at: int, end: int) -> int:
    """The offset behind the brace that closes an interpolation; strings inside it, with their own, are passed over."""
    depth, token = 1, re.compile(r'[{}"]')
    while (found := token.search(text, at, end)) is not None:
        at = found.end()
        if found[0] == '"':
            at = closing_quote(text, at, end)
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if depth == 0:
            return at
    raise Refused("interpolation in a heredoc is not closed", "add the missing }", at)


def closing_quote(text: str, at: int, end: int) -> int:
    token = re.compile(r'\\.|\$\$\{|%%\{|\$\{|%\{|"')
    while (found := token.search(text, at, end)) is not None:
        at = found.end()
        if found[0] == '"':
            return at
        if found[0] in ("${", "%{"):
            at = closing_brace(text, at, end)
    return end
