"""The nodes that YAML and JSON are read into: immutable, with exact spans."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fixer.model import Refused, Span

DEPTH_LIMIT = 100
YAML_TAG = "tag:yaml.org,2002:"
# YAML 1.1, which CloudFormation reads; dates and base-60 numbers stay text, as they do there.
NULL = re.compile(r"~|null|Null|NULL|")
TRUE = re.compile(r"true|True|TRUE|yes|Yes|YES|on|On|ON")
FALSE = re.compile(r"false|False|FALSE|no|No|NO|off|Off|OFF")
INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9_]{0,99})")
BASED = re.compile(r"[-+]?0(?:b[01_]{1,99}|x[0-9a-fA-F_]{1,99}|[0-7_]{1,99})")
FLOAT = re.compile(r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*|[0-9][0-9_]*(?=[eE]))(?:[eE][-+]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Scalar:
    """A leaf; `text` is decoded, `style` is the quote or block sign ("" where plain), `span` includes a tag.

    The span of a block scalar ends with its last line of text (with its blank lines, where those are kept).
    """

    span: Span
    text: str
    style: str = ""
    tag: str = ""
    anchor: str = ""

    @property
    def data(self) -> Any:
        """The plain value: None, bool, int, float or str."""
        if self.style or self.tag not in ("", YAML_TAG + "int", YAML_TAG + "bool", YAML_TAG + "float"):
            return self.text
        return plain(self.text)


@dataclass(frozen=True, slots=True)
class Alias:
    """A place that repeats an anchored node."""

    span: Span
    name: str
    tag: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a mapping with its value."""

    key: Scalar
    value: "Node"

    @property
    def name(self) -> str:
        return self.key.text

    @property
    def span(self) -> Span:
        return Span(self.key.span.start, max(self.key.span.end, self.value.span.end))


@dataclass(frozen=True, slots=True)
class Mapping:
    """Entries in source order, each key once; a block mapping's span ends with its last value."""

    span: Span
    entries: tuple[Entry, ...]
    flow: bool = False
    tag: str = ""
    anchor: str = ""

    def entry(self, key: str) -> Entry | None:
        return next((entry for entry in self.entries if entry.key.text == key), None)

    def get(self, key: str) -> "Node | None":
        entry = self.entry(key)
        return entry.value if entry else None


@dataclass(frozen=True, slots=True)
class Sequence:
    """Items in source order; a block sequence's span begins at its first dash and ends with its last item."""

    span: Span
    items: tuple["Node", ...]
    flow: bool = False
    tag: str = ""
    anchor: str = ""


Node = Scalar | Mapping | Sequence | Alias


@dataclass(frozen=True)
class Document:
    """A parsed file with the nodes that an alias repeats: to edit inside those would edit several places."""

    text: str
    root: Mapping
    json: bool
    repeated: tuple[Span, ...] = ()


def plain(text: str) -> Any:
    """What an unquoted scalar means."""
    if NULL.fullmatch(text):
        return None
    if TRUE.fullmatch(text):
        return True
    if FALSE.fullmatch(text):
        return False
    if INTEGER.fullmatch(text):
        return int(text.replace("_", ""))
    if BASED.fullmatch(text):
        return based(text.replace("_", ""))
    if FLOAT.fullmatch(text):
        return float(text.replace("_", ""))
    return text


def based(text: str) -> int | str:
    sign, digits = (-1, text[1:]) if text[0] == "-" else (1, text.lstrip("+"))
    base = {"b": 2, "x": 16}.get(digits[1:2], 8)
    try:
        return sign * int(digits[2:] if base != 8 else digits, base)
    except ValueError:
        return text


def walk(node: Node) -> Iterator[Node]:
    """A node and all that lie in it, keys included, in source order."""
    stack: list[Node] = [node]
    while stack:
        found = stack.pop()
        yield found
        match found:
            case Mapping():
                for entry in reversed(found.entries):
                    stack += [entry.value, entry.key]
            case Sequence():
                stack.extend(reversed(found.items))


@dataclass(slots=True)
class Frame:
    start: int
    mapping: bool
    flow: bool
    tag: str
    anchor: str
    children: list[Node]
    keys: dict[str, int]


class Builder:
    """Makes nodes of a parser's events; refuses duplicate and composite keys and nesting beyond the limit."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.frames: list[Frame] = []
        self.root: Node | None = None
        self.anchored: dict[str, Span | None] = {}
        self.repeated: list[Span] = []

    def open(self, start: int, *, mapping: bool, flow: bool, tag: str = "", anchor: str = "") -> None:
        if len(self.frames) >= DEPTH_LIMIT:
            raise Refused(f"nested more than {DEPTH_LIMIT} levels deep", "such a file is not served", start)
        if self.key_is_next():
            raise Refused("a mapping key is itself a mapping or a list", "write a plain key", start)
        self.anchored |= {anchor: None} if anchor else {}
        self.frames.append(Frame(start, mapping, flow, tag, anchor, [], {}))

    def close(self, end: int) -> None:
        """End the innermost collection; `end` counts only where it has a bracket of its own."""
        frame = self.frames.pop()
        if not frame.flow:
            end = max((child.span.end for child in frame.children), default=frame.start)
        span, children = Span(frame.start, end), frame.children
        if frame.mapping:
            pairs = zip(children[::2], children[1::2], strict=True)
            entries = tuple(Entry(key, value) for key, value in pairs if isinstance(key, Scalar))
            self.add(Mapping(span, entries, frame.flow, frame.tag, frame.anchor))
        else:
            self.add(Sequence(span, tuple(children), frame.flow, frame.tag, frame.anchor))

    def add(self, node: Node) -> None:
        if self.key_is_next():
            self.check_key(node)
        if isinstance(node, Alias):
            self.repeated.append(self.anchored_at(node))
        elif node.anchor:
            self.anchored[node.anchor] = node.span
        if self.frames:
            self.frames[-1].children.append(node)
        else:
            self.root = node

    def anchored_at(self, alias: Alias) -> Span:
        if span := self.anchored.get(alias.name):
            return span
        raise Refused(f"no anchor &{alias.name} is complete before this alias", "correct the file", alias.span.start)

    def key_is_next(self) -> bool:
        return bool(self.frames) and self.frames[-1].mapping and len(self.frames[-1].children) % 2 == 0

    def check_key(self, node: Node) -> None:
        if not isinstance(node, Scalar):
            raise Refused("a mapping key is not plain text", "write a plain key", node.span.start)
        keys = self.frames[-1].keys
        if node.text in keys:
            line = self.text.count("\n", 0, keys[node.text]) + 1
            what = f"duplicate key {node.text!r}, first in line {line}"
            raise Refused(what, "remove one of the two", node.span.start)
        keys[node.text] = node.span.start

    def document(self, *, json: bool) -> Document:
        """What was built; Refused unless it is a mapping."""
        if not isinstance(self.root, Mapping):
            raise Refused("not a mapping at the top level", "a template is a mapping that holds Resources")
        return Document(self.text, self.root, json, tuple(self.repeated))
