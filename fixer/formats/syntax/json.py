"""JSON text to the same nodes as YAML: strict, with duplicate keys refused."""

import re
from json import JSONDecodeError
from json.decoder import scanstring  # type: ignore[attr-defined]

from fixer.formats.syntax.node import Builder, Scalar
from fixer.model import Refused, Span

BLANK = re.compile(r"[ \t\r\n]*")
LITERAL = re.compile(r"true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.+-])")
ADVICE = "correct the file"


def parse_json(text: str) -> Builder:
    """The one document that a JSON text is; Refused where it is not JSON or has duplicate keys."""
    builder, at = Builder(text), blank(text, 0)
    expected = "value"
    while expected != "end":
        at, expected = step(builder, text, at, expected)
        at = blank(text, at)
    if at < len(text):
        raise Refused("not JSON: text after the end", ADVICE, at)
    return builder


def blank(text: str, at: int) -> int:
    found = BLANK.match(text, at)
    return found.end() if found else at


def step(builder: Builder, text: str, at: int, expected: str) -> tuple[int, str]:
    """Read one token; what may come next is `value`, `key`, the same or a close (`first …`), `comma` or `end`."""
    sign = text[at : at + 1]
    if sign in ("}", "]") and sign and expected in ("first value", "first key", "comma"):
        if builder.frames[-1].mapping != (sign == "}"):
            raise Refused(f"not JSON: {sign} closes what it did not open", ADVICE, at)
        builder.close(at + 1)
        return at + 1, "comma" if builder.frames else "end"
    if expected == "comma":
        if sign != ",":
            raise Refused("not JSON: a comma or a closing bracket is missing", ADVICE, at)
        return at + 1, "key" if builder.frames[-1].mapping else "value"
    if expected.endswith("key"):
        return key(builder, text, at)
    return value(builder, text, at, sign)


def key(builder: Builder, text: str, at: int) -> tuple[int, str]:
    if text[at : at + 1] != '"':
        raise Refused("not JSON: a key in double quotes is missing", ADVICE, at)
    colon = blank(text, string(builder, text, at))
    if text[colon : colon + 1] != ":":
        raise Refused("not JSON: a colon is missing", ADVICE, colon)
    return colon + 1, "value"


def value(builder: Builder, text: str, at: int, sign: str) -> tuple[int, str]:
    if sign and sign in "{[":
        builder.open(at, mapping=sign == "{", flow=True)
        return at + 1, "first key" if sign == "{" else "first value"
    if sign == '"':
        end = string(builder, text, at)
    elif found := LITERAL.match(text, at):
        end = found.end()
        builder.add(Scalar(Span(at, end), found.group()))
    else:
        raise Refused("not JSON: a value is missing", ADVICE, at)
    return end, "comma" if builder.frames else "end"


def string(builder: Builder, text: str, at: int) -> int:
    """Read the string that opens here into the builder; where it ends."""
    try:
        decoded, end = scanstring(text, at + 1, True)
    except JSONDecodeError as error:
        raise Refused(f"not JSON: {error.msg}", ADVICE, error.pos) from error
    builder.add(Scalar(Span(at, end), decoded, '"'))
    return int(end)
