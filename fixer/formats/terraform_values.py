"""Terraform values: what an expression says, JSON documents in expressions, and plain data as HCL text."""

import json
import re
from typing import Any

from fixer.formats.syntax import hcl
from fixer.formats.value import Literal, Source, Unresolved, Value
from fixer.model import Refused, Span

NAME = re.compile(r"[A-Za-z_][\w-]*\Z")
UNKNOWN = object()


def value_of(expression: hcl.Expression, text: str) -> Value:
    """Literal where the whole expression is written out, else Unresolved."""
    data = plain(expression, text)
    at = expression.span
    return Unresolved(text[at.start : at.end], at) if data is UNKNOWN else Literal(data, at)


def plain(expression: hcl.Expression, text: str) -> Any:
    match expression:
        case hcl.Scalar(value=value):
            return value
        case hcl.Template():
            return UNKNOWN if expression.literal is None else expression.literal
        case hcl.Parenthesis(children=(inner,)):
            return plain(inner, text)
        case hcl.Sequence(children=children):
            items = [plain(child, text) for child in children]
            return UNKNOWN if any(item is UNKNOWN for item in items) else items
        case hcl.Mapping(children=children):
            pairs = {child.key: plain(child.value, text) for child in children if isinstance(child, hcl.Item)}
            return UNKNOWN if None in pairs or any(item is UNKNOWN for item in pairs.values()) else pairs
        case hcl.Operation(span=at, children=(hcl.Scalar(value=int() | float() as value),)):
            return -value if text[at.start] == "-" else UNKNOWN
        case _:
            return UNKNOWN


def document(expression: hcl.Expression, text: str) -> hcl.Expression | None:
    """The data of `jsonencode(...)` or of a string or heredoc that holds JSON, with its spans in the file; else None.

    JSON is read as HCL, whose objects and lists are a superset of it; `${...}` inside its strings stay interpolations.
    """
    match expression:
        case hcl.Call(name="jsonencode", children=(data,)):
            return data
        case hcl.Template(heredoc=True, content=content):
            try:
                found = hcl.embedded(text, content, directive=False)
            except Refused:
                return None
            return hcl.convert(found[0][0], found[0][1], text) if found else None
        case _:
            return None


def rendered(value: Any, indent: str = "", step: str = "  ") -> str:
    """Plain data as HCL, as `terraform fmt` writes it; lines after the first start with the indent."""
    match value:
        case Source(text):
            return text
        case str():
            return json.dumps(value, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
        case dict() if value:
            keys = {key: key if NAME.match(key) else json.dumps(key) for key in value}
            width = max(map(len, keys.values()))
            inner = indent + step
            lines = [f"{inner}{keys[k].ljust(width)} = {rendered(v, inner, step)}\n" for k, v in value.items()]
            return "{\n" + "".join(lines) + indent + "}"
        case list():
            return "[" + ", ".join(rendered(item, indent, step) for item in value) + "]"
        case _:
            return json.dumps(value)


def literal_texts(expression: hcl.Expression) -> list[tuple[str, Span]]:
    """The literal parts of all templates inside an expression, with their spans."""
    return [(node.value, node.span) for node, _ in hcl.walk(expression) if isinstance(node, hcl.Text)]
