"""What stands under a logical id: a resource, parameter, condition or output, read and edited by path."""

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from fixer.formats.cloudformation_data import spelled
from fixer.formats.cloudformation_loops import Loop, Made
from fixer.formats.cloudformation_values import call_of, data_of, is_open, shown, value_of
from fixer.formats.syntax.merge import MERGE, lookup, merged, taken_in
from fixer.formats.syntax.node import Entry, Mapping, Node, Scalar, Sequence, resolved
from fixer.formats.syntax.parsed_file import ParsedFile
from fixer.formats.value import Absent, Unresolved, Value
from fixer.model import Affects, Changes, Span, Withheld

STEP = re.compile(r"([^.\[\]]+)|\[(\d+|\*)\]")
Step = str | int


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a path leads: `rest` is what is not written, `blocked` says that only a deployment knows.

    `trail` holds the mappings and lists that were entered, with the entry or index in each; `taker` is the mapping
    that took in the last of these entries through a merge key.
    """

    node: Node
    rest: tuple[Step, ...]
    trail: tuple[tuple[Mapping, Entry] | tuple[Sequence, int], ...]
    blocked: bool = False
    taker: Mapping | None = None


@dataclass(frozen=True)
class Element:
    """One entry of a section. Paths begin at `base` within it: a resource's at its Properties.

    `loops` are the `Fn::ForEach` around it: the element stands for as many as they make.
    """

    source: ParsedFile
    section: str
    parent: Mapping
    entry: Entry
    base: tuple[Step, ...] = ()
    loops: tuple[Loop, ...] = ()

    @property
    def name(self) -> str:
        """The logical id, with the names of the loops before it."""
        return Made(self.parent, self.entry, self.loops).name

    @property
    def address(self) -> str:
        name = self.name if self.section == "Resources" else f"{self.section}.{self.name}"
        return name + self.source.scope

    @property
    def path(self) -> str:
        return self.source.path

    @property
    def span(self) -> Span:
        return self.entry.span

    @property
    def whole(self) -> "Element":
        """The same element with paths that begin at its own keys: `Condition`, `DependsOn`, `DeletionPolicy`."""
        return replace(self, base=())

    @property
    def type(self) -> str:
        """The type of a resource or parameter, empty where it is not plain text."""
        whole = resolved(self.entry.value)
        held = lookup(whole, "Type") if isinstance(whole, Mapping) else None
        found = resolved(held[1].value) if held else None
        return found.text if isinstance(found, Scalar) and call_of(found) is None else ""

    def __getitem__(self, path: str) -> Value:
        reached = self.reach(path)
        if reached.blocked:
            return Unresolved(shown(self.source.text, reached.node.span), reached.node.span)
        return Absent() if reached.rest else value_of(reached.node, self.source.text)

    def node(self, path: str) -> Node | None:
        """The node at a path, whatever it means; None where it is not written."""
        reached = self.reach(path)
        return None if reached.blocked or reached.rest else resolved(reached.node)

    def data(self, path: str) -> Any:
        """Plain data with an Unresolved for each part that is not decided here; None where nothing is written."""
        value = self[path]
        node = self.node(path)
        return value if node is None and isinstance(value, Unresolved) else node and data_of(node, self.source.text)

    def paths(self, pattern: str) -> list[str]:
        """The paths that a pattern names; where a part is not decided here its `[*]` stays, which reads as Unresolved.

        `a[*]` of a mapping is the mapping: it is written, once.
        """
        before, star, after = pattern.partition("[*]")
        if not star:
            return [pattern]
        reached = self.reach(before)
        if reached.rest and not reached.blocked:
            return []
        match resolved(reached.node):
            case Sequence() as found if not reached.blocked and call_of(found) is None:
                return [p for at in range(len(found.items)) for p in self.paths(f"{before}[{at}]{after}")]
            case Mapping() as found if not reached.blocked and call_of(found) is None:
                return self.paths(before + after)
            case Scalar() as found if not reached.blocked and call_of(found) is None and found.data is None:
                return []
        return [pattern]

    def set(self, path: str, value: Any) -> Changes:
        """Write plain data (functions in the long form), replacing a literal or adding what is missing on the way."""
        return [self.affects(path), self.write(path, value)]

    def affects(self, path: str) -> Changes:
        """That a property of a resource changes, so that the facts of its replacement are asked."""
        return Affects(self.type, path) if self.section == "Resources" and self.base else ()

    def write(self, path: str, value: Any) -> Changes:
        data, reached = spelled(value, self.source.document), self.reach(path)
        if reached.blocked:
            return Withheld(f"not decided here: {path} is {shown(self.source.text, reached.node.span)}")
        if reached.rest:
            return self.add(reached, data)
        if isinstance(found := self[path], Unresolved):
            return Withheld(f"not decided here: {path} is {found.text}")
        return self.rewrite(path, value)

    def rewrite(self, path: str, value: Any) -> Changes:
        """Write plain data (functions in the long form) in the place of what stands at a path, whatever that is.

        What a merge key takes in is overridden beside it.
        """
        data, reached = spelled(value, self.source.document), self.reach(path)
        match reached.trail[-1]:
            case (_, Entry() as entry) if reached.taker is not None:
                return self.source.insert(reached.taker, entry.name, data)
            case (Mapping() as parent, Entry() as entry):
                return self.source.replace(parent, entry, data)
            case (Sequence() as parent, int(index)):
                return self.source.replace_item(parent, index, data)
        raise AssertionError(path)

    def remove(self, path: str) -> Changes:
        """Take out what stands at a path, and what holds nothing after that; nothing to do where it is absent."""
        return [self.affects(path), self.take(path)]

    def take(self, path: str) -> Changes:
        reached = self.reach(path)
        if reached.rest or reached.blocked:
            return Withheld(f"{path} is not written here") if reached.blocked else ()
        for (_, around), (parent, key) in reversed(list(pairwise(reached.trail))):
            if isinstance(around, Entry) and resolved(around.value) is not parent:
                return Withheld(f"a YAML merge key takes {path} in")
            if isinstance(parent, Sequence) and isinstance(key, int) and len(parent.items) > 1:
                return self.source.remove_item(parent, key)
            if isinstance(parent, Mapping) and isinstance(key, Entry) and len(parent.entries) > 1:
                if taken_in(parent).keys() & {key.name, MERGE}:
                    return Withheld(f"a YAML merge key would take {key.name} in")
                return self.source.remove(parent, key)
        return Withheld(f"nothing would be left of {self.address}")

    def add(self, reached: Reached, data: Any) -> Changes:
        name, *deeper = reached.rest
        for step in reversed(deeper):
            data = {step: data}
        if not isinstance(name, str) or any(isinstance(step, int) for step in deeper):
            return Withheld("a list that is not there can't be filled")
        node = resolved(reached.node)
        if isinstance(node, Mapping) and node.entries:
            return self.source.insert(node, name, data, self.neighbour(node, name))
        match reached.trail[-1]:
            case (Mapping() as parent, Entry() as entry):
                return self.source.fill(parent, entry, {name: data})
            case (Sequence() as parent, int(index)):
                return self.source.replace_item(parent, index, {name: data})
        raise AssertionError(name)

    def neighbour(self, parent: Mapping, name: str) -> Entry | None:
        """What a new key follows: the type in the case of an attribute, else the last entry that is not Tags."""
        if parent is self.entry.value and name in ("Condition", "DependsOn"):
            return parent.entry("Type") or parent.entry("Description")
        *others, last = parent.entries
        return others[-1] if others and last.name.endswith("Tags") else None

    def reach(self, path: str) -> Reached:
        steps = (*self.base, *parse_path(path))
        node: Node = self.entry.value
        trail: tuple[Any, ...] = ((self.parent, self.entry),)
        taker = None
        for at, step in enumerate(steps):
            following = enter(node, step)
            if following is None:
                return Reached(node, steps[at:], trail, blocked=not may_grow(node, step))
            trail, (parent, key) = (*trail, following), following
            taker = whole if isinstance(whole := resolved(node), Mapping) and whole is not parent else None
            node = key.value if isinstance(key, Entry) else parent.items[key]
        return Reached(node, (), trail, taker=taker)


def parse_path(path: str) -> tuple[Step, ...]:
    """`a.b[0].c` as its steps; `[*]` stays a text, which leads nowhere."""
    return tuple(int(index) if index.isdigit() else name or "*" for name, index in STEP.findall(path))


def enter(node: Node, step: Step) -> Any:
    """One step down: the collection with the entry or index, None where there is no such way."""
    if call_of(node):
        return None
    match resolved(node), step:
        case Mapping() as mapping, str():
            return lookup(mapping, step)
        case Sequence() as found, int() if step < len(found.items):
            return found, step
    return None


def may_grow(node: Node, step: Step) -> bool:
    """Whether a step that leads nowhere means that nothing is written, and could be."""
    if call_of(node):
        return False
    match resolved(node):
        case Mapping() as mapping:
            return isinstance(step, str) and not any(is_open(entry) for _, entry in merged(mapping).values())
        case Scalar() as scalar:
            return scalar.data is None and isinstance(step, str)
        case Sequence():
            return isinstance(step, int)
