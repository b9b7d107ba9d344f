"""Plain data to YAML or JSON text in a file's own style."""

import re
from dataclasses import dataclass, replace
from json import dumps
from typing import Any

from fixer.formats.syntax.node import plain
from fixer.formats.syntax.style import Style

WIDTH = 88
SAFE = re.compile(r"[A-Za-z0-9_/.][\w .,:/@+*()=;<>-]*")
UNSAFE = re.compile(r":(?=\s|$)|\s#|\s$")
DATE = re.compile(r"\d{4}-\d\d?-\d\d?.*|[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.\d*)?|[=<]")


@dataclass(frozen=True, slots=True)
class Tagged:
    """A value with a YAML tag, `!Ref Bucket`."""

    tag: str
    value: Any


@dataclass(frozen=True, slots=True)
class Raw:
    """Source text put elsewhere: lines that follow the first are relative to its column.

    `inline` says that it may stand inside brackets.
    """

    lines: tuple[str, ...]
    inline: bool


def scalar(data: Any, style: Style, quote: str = "", *, flow: bool = False) -> str:
    """One value; `quote` asks for that quote, else a text is plain where YAML leaves it a text."""
    if not isinstance(data, str) or style.json:
        return dumps(data, ensure_ascii=False)
    if not quote and is_plain(data, flow=flow):
        return data
    quote = quote or style.quote
    if quote == '"' or re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]", data):
        return dumps(data, ensure_ascii=False)
    return "'" + data.replace("'", "''") + "'"


def is_plain(text: str, *, flow: bool) -> bool:
    """Whether YAML reads this text back as the same text without quotes.

    In brackets a colon is quoted: older readers take `a:b` for a mapping there.
    """
    if not SAFE.fullmatch(text) or UNSAFE.search(text) or DATE.fullmatch(text):
        return False
    return isinstance(plain(text), str) and not (flow and re.search("[:,]", text))


def key_text(name: str, style: Style) -> str:
    if style.json:
        return dumps(name, ensure_ascii=False)
    quoted = style.quoted_keys and not name.startswith("Fn::")
    return scalar(name, style, style.quote if quoted else "")


def inline(data: Any, style: Style) -> str | None:
    """A value on one line, as it may stand inside brackets; None where it can't."""
    match data:
        case Raw(lines, True):
            return lines[0]
        case Raw():
            return None
        case Tagged(tag, Tagged()):
            return inline({"Fn::" + tag[1:] if tag != "!Condition" else "Condition": data.value}, style)
        case Tagged(tag, value):
            text = inline(value, style)
            return None if text is None else f"{tag} {text}"
        case dict():
            pad = style.padding if data else ""
            values = [(key_text(name, style) + style.colon, inline(value, style)) for name, value in data.items()]
            return joined((key + text if text else None for key, text in values), "{" + pad, pad + "}", style)
        case list():
            return joined((inline(item, style) for item in data), "[", "]", style)
        case _:
            return scalar(data, style, flow=True)


def joined(parts: Any, opening: str, closing: str, style: Style) -> str | None:
    found = list(parts)
    return None if None in found else opening + style.comma.join(found) + closing


def block(data: Any, style: Style, indent: str) -> str:
    """A YAML value as it follows `key:` or a dash at this indent, with the blank or the newline before it."""
    if (short := short_form(data, style)) is not None:
        return " " + short
    match data:
        case Raw(lines, _):
            return " " + f"\n{indent}".join(lines)
        case Tagged(tag, Tagged()):
            return block({"Fn::" + tag[1:]: data.value}, style, indent)
        case Tagged(tag, value):
            return f" {tag}" + block(value, style, indent)
        case dict():
            deeper = indent + style.step
            return "".join("\n" + member(name, value, style, deeper) for name, value in data.items())
        case _:
            return "".join("\n" + item(value, style, indent + style.dash) for value in data)


def short_form(data: Any, style: Style) -> str | None:
    """A value that is best on the line of its key: scalars, short function calls, empty collections, lists by habit."""
    match data:
        case dict() | list() if not data:
            return inline(data, style)
        case dict():
            return None
        case list() if not style.inline_lists or any(isinstance(part, dict | list) for part in data):
            return None
        case Tagged(_, dict()):
            return None
        case Raw() | Tagged() | list():
            text = inline(data, style)
            return text if text is not None and len(text) <= WIDTH else None
        case _:
            return scalar(data, style)


def member(name: str, data: Any, style: Style, indent: str) -> str:
    """A YAML `key: value` with its lines indented, the first line too."""
    return f"{indent}{key_text(name, style)}:{block(data, style.of(name), indent)}"


def item(data: Any, style: Style, indent: str) -> str:
    """A YAML `- value`, a mapping's first key on the line of the dash."""
    deeper = indent + "  "
    match data:
        case dict() if data:
            members = [member(name, value, style, deeper) for name, value in data.items()]
            return f"{indent}- " + "\n".join(members)[len(deeper) :]
        case Raw(lines, _):
            return f"{indent}- " + f"\n{deeper}".join(lines)
        case list() if data and (text := inline(data, style)) is not None:
            return f"{indent}- {text}"
        case _:
            return f"{indent}-{block(data, style, indent)}"


def braces(data: Any, style: Style, indent: str) -> str:
    """A value in brackets, over several lines where the file does so; `indent` is that of the line it begins on."""
    match data:
        case Raw(lines, _):
            return f"\n{indent}".join(lines)
        case dict() | list() if not data or style.one_line or is_short(data, style):
            return inline(data, style) or ""
        case dict():
            deeper = indent + style.step
            members = [key_text(k, style) + style.colon + braces(v, style.of(k), deeper) for k, v in data.items()]
        case list():
            deeper = indent + style.step
            members = [braces(v, style, deeper) for v in data]
        case _:
            return inline(data, style) or ""
    opening, closing = "{}" if isinstance(data, dict) else "[]"
    return f"{opening}\n{deeper}" + f",\n{deeper}".join(members) + f"\n{indent}{closing}"


def is_short(data: Any, style: Style) -> bool:
    """Whether a file that breaks lines would leave this on one."""
    text = inline(data, style)
    if text is None or len(text) > WIDTH:
        return False
    if isinstance(data, list):
        return style.inline_lists and all(not isinstance(d, dict | list | Raw) or is_short(d, style) for d in data)
    if not isinstance(data, dict):
        return True
    [(name, value), *others] = data.items()
    is_call = name in ("Ref", "Condition") or name.startswith("Fn::")
    is_leaf = not isinstance(value, dict | list | Raw) or (isinstance(value, list) and is_short(value, style))
    return style.inline_calls and is_call and not others and is_leaf


def flat_style(style: Style) -> Style:
    """The style of a place that stands on one line in a file that else breaks lines."""
    return replace(style, one_line=True)
