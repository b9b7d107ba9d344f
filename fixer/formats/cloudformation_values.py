"""What a node of a template means: a literal, or a function that only a deployment can evaluate."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from fixer.formats.syntax.merge import is_merge, merged
from fixer.formats.syntax.node import Entry, Mapping, Node, Scalar, Sequence, resolved
from fixer.formats.value import Absent, Literal, Unresolved, Value
from fixer.model import Span

NO_VALUE = "AWS::NoValue"
TRANSFORM = "Fn::Transform"
LOOP = "Fn::ForEach::"
VARIABLE = re.compile(r"\$\{(!?)\s*([A-Za-z0-9_:.]+)\s*\}")
# A name that is put together in a loop: `${${Item}Bucket.Arn}`.
NESTED = re.compile(r"\$\{([\w:.]*[$&]\{\w+\}[^{}]*)\}")
SHOWN = 60


@dataclass(frozen=True, slots=True)
class Call:
    """An intrinsic function in either form: its name is Ref, Condition or Fn::…; the argument has no tag."""

    name: str
    argument: Node
    node: Node

    @property
    def arguments(self) -> tuple[Node, ...]:
        return self.argument.items if isinstance(self.argument, Sequence) else (self.argument,)


@dataclass(frozen=True, slots=True)
class Variable:
    """A `${name}` of a `Sub` text, with its span in the source."""

    name: str
    span: Span


def call_of(node: Node) -> Call | None:
    """The function that a node calls, None for plain data; an alias calls what it stands for."""
    node = resolved(node)
    if node.tag.startswith("!") and len(node.tag) > 1:
        name = node.tag[1:]
        return Call(name if name in ("Ref", "Condition") else f"Fn::{name}", replace(node, tag=""), node)
    if not isinstance(node, Mapping) or len(node.entries) != 1:
        return None
    entry = node.entries[0]
    is_call = entry.name == "Ref" or entry.name.startswith("Fn::")
    if is_call or (entry.name == "Condition" and isinstance(resolved(entry.value), Scalar)):
        return Call(entry.name, resolved(entry.value), node)
    return None


def value_of(node: Node | None, text: str) -> Value:
    """The meaning of a node; `!Ref AWS::NoValue` is Absent, a structure that has an unresolved part is Unresolved."""
    if node is None:
        return Absent()
    data = data_of(node, text)
    if data is OMITTED:
        return Absent()
    if undecided(data):
        return Unresolved(shown(text, node.span), node.span)
    return Literal(data, node.span)


class Omitted:
    """Marks a value that is `AWS::NoValue`: as if it were not written."""


OMITTED = Omitted()


def is_open(entry: Entry) -> bool:
    """Whether an entry stands for others, whose names are not written here."""
    return is_merge(entry) or entry.name == TRANSFORM or entry.name.startswith(LOOP)


def data_of(node: Node, text: str) -> Any:
    """Plain data in which each part that is not decided in the source is an Unresolved."""
    unresolved = Unresolved(shown(text, node.span), node.span)
    if call := call_of(node):
        literal = literal_call(call)
        return unresolved if literal is None else literal
    match resolved(node):
        case Scalar() as scalar:
            return unresolved if "{{" in scalar.text else scalar.data
        case Sequence(items=items):
            return [data for data in (data_of(item, text) for item in items) if data is not OMITTED]
        case Mapping() as mapping:
            entries = [entry for _, entry in merged(mapping).values()]
            if any(is_open(entry) for entry in entries):
                return unresolved
            pairs = ((entry.name, data_of(entry.value, text)) for entry in entries)
            return {name: data for name, data in pairs if data is not OMITTED}


def literal_call(call: Call) -> Any:
    """The value of a call that has one already: a Sub without variables, a Ref to nothing; else None."""
    if not isinstance(call.argument, Scalar):
        return None
    text = call.argument.text
    if call.name == "Ref" and text == NO_VALUE:
        return OMITTED
    if call.name == "Fn::Sub" and "{{" not in text and all(escaped for escaped, _ in VARIABLE.findall(text)):
        return VARIABLE.sub(r"${\2}", text)
    return None


def undecided(data: Any) -> bool:
    match data:
        case Unresolved():
            return True
        case dict():
            return any(undecided(value) for value in data.values())
        case list():
            return any(undecided(value) for value in data)
        case _:
            return False


def shown(text: str, span: Span) -> str:
    """A source fragment in one line, shortened, for messages."""
    line = " ".join(text[span.start : span.end].split())
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"


def sub_text(call: Call) -> Scalar | None:
    """The text of a Sub in either form."""
    first = resolved(call.arguments[0]) if call.arguments else None
    return first if isinstance(first, Scalar) else None


def sub_names(call: Call) -> frozenset[str]:
    """The variables that the two-argument form of a Sub defines itself."""
    given = resolved(call.arguments[1]) if len(call.arguments) > 1 else None
    return frozenset(merged(given)) if isinstance(given, Mapping) else frozenset()


def sub_variables(call: Call, source: str) -> Iterator[Variable]:
    """The variables of a Sub that the template must define, in source order; `${!X}` is text."""
    scalar, own = sub_text(call), sub_names(call)
    if scalar is None:
        return
    for found in VARIABLE.finditer(source, scalar.span.start, scalar.span.end):
        if not found[1] and found[2] not in own:
            yield Variable(found[2], Span(*found.span()))
    for nested in NESTED.finditer(source, scalar.span.start, scalar.span.end):
        yield Variable(nested[1], Span(*nested.span()))
