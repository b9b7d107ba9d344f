"""The nodes that YAML and JSON are read into: immutable, with exact spans."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from fixer.model import Refused, Span

DEPTH_LIMIT = 100
# What all aliases together may stand for; a template of CloudFormation's 1 MB has fewer nodes than that.
UNFOLDED_LIMIT = 100_000
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
    """A place that repeats an anchored node, its `target`."""

    span: Span
    name: str
    target: "Node"
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
Written = Scalar | Mapping | Sequence


def resolved(node: Node) -> Written:
    """The node that an alias stands for, any other itself."""
    while isinstance(node, Alias):
        node = node.target
    return node


@dataclass(frozen=True)
class Document:
    """A parsed document with the places that repeat a node: to edit inside that node would edit all of them.

    `number` counts the documents of a YAML file from 1; `memo` keeps what is found out about this one.
    """

    text: str
    root: Mapping
    json: bool
    aliases: tuple[Alias, ...] = ()
    number: int = 1
    memo: dict[str, bool] = field(default_factory=dict, compare=False, repr=False)


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
    """A collection that is not closed; `size` and `height` count what lies in it with all aliases unfolded."""

    start: int
    mapping: bool
    flow: bool
    tag: str
    anchor: str
    children: list[Node]
    keys: dict[str, int]
    size: int = 1
    height: int = 0


@dataclass(frozen=True, slots=True)
class Anchored:
    """A node that aliases may repeat, with how many nodes and levels it unfolds to."""

    node: Node
    size: int
    height: int


class Builder:
    """Makes nodes of a parser's events; refuses duplicate and composite keys and nesting beyond the limit."""

    def __init__(self, text: str, unfolded: int = 0) -> None:
        self.text = text
        self.frames: list[Frame] = []
        self.root: Node | None = None
        self.anchored: dict[str, Anchored | None] = {}
        self.aliases: list[Alias] = []
        self.unfolded = unfolded

    def open(self, start: int, *, mapping: bool, flow: bool, tag: str = "", anchor: str = "") -> None:
        if self.key_is_next():
            raise Refused("a mapping key is itself a mapping or a list", "write a plain key", start)
        self.anchored |= {anchor: None} if anchor else {}
        self.frames.append(Frame(start, mapping, flow, tag, anchor, [], {}))
        self.check_depth(0, start)

    def check_depth(self, height: int, at: int) -> None:
        if len(self.frames) + height > DEPTH_LIMIT:
            raise Refused(f"nested more than {DEPTH_LIMIT} levels deep", "such a file is not served", at)

    def close(self, end: int) -> None:
        """End the innermost collection; `end` counts only where it has a bracket of its own."""
        frame = self.frames.pop()
        if not frame.flow:
            end = max((child.span.end for child in frame.children), default=frame.start)
        span, children = Span(frame.start, end), frame.children
        node: Node = Sequence(span, tuple(children), frame.flow, frame.tag, frame.anchor)
        if frame.mapping:
            pairs = zip(children[::2], children[1::2], strict=True)
            entries = tuple(Entry(key, value) for key, value in pairs if isinstance(key, Scalar))
            node = Mapping(span, entries, frame.flow, frame.tag, frame.anchor)
        self.add(node, frame.size, frame.height + 1)

    def repeat(self, span: Span, name: str) -> None:
        """Add an alias; Refused where all of them together stand for more than anybody writes."""
        found = self.anchored.get(name)
        if found is None:
            raise Refused(f"no anchor &{name} is complete before this alias", "correct the file", span.start)
        self.unfolded += found.size
        if self.unfolded > UNFOLDED_LIMIT:
            what = f"YAML aliases that stand for more than {UNFOLDED_LIMIT:,} values"
            raise Refused(what, "such a file is not served", span.start)
        self.check_depth(found.height, span.start)
        alias = Alias(span, name, found.node)
        self.add(alias, found.size, found.height)
        self.aliases.append(alias)

    def add(self, node: Node, size: int = 1, height: int = 0) -> None:
        if self.key_is_next():
            self.check_key(node)
        if node.anchor:
            self.anchored[node.anchor] = Anchored(node, size, height)
        if self.frames:
            frame = self.frames[-1]
            frame.children.append(node)
            frame.size, frame.height = frame.size + size, max(frame.height, height)
        else:
            self.root = node

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

    def document(self, *, json: bool, number: int = 1) -> Document:
        """What was built; Refused unless it is a mapping."""
        if not isinstance(self.root, Mapping):
            raise Refused("not a mapping at the top level", "a template is a mapping that holds Resources")
        return Document(self.text, self.root, json, tuple(self.aliases), number)
