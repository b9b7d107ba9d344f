"""Loops of a template (`Fn::ForEach`): what they make, and which names that can be."""

from collections.abc import Iterator
from dataclasses import dataclass

from fixer.formats.cloudformation_values import LOOP, call_of
from fixer.formats.syntax.merge import is_merge
from fixer.formats.syntax.node import Entry, Mapping, Node, Scalar, Sequence, resolved

# More names than a template may have resources say nothing that is worth the time.
NAMES_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Loop:
    """One loop: `items` are those of its collection, None where only a deployment knows them.

    What it may do: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
    (read 2026-11-22). It works on texts: `${Identifier}` and `&{Identifier}` give way to each item, in keys too.
    """

    name: str
    identifier: str
    items: tuple[str, ...] | None
    body: Mapping
    head: tuple[Node, ...]

    def put(self, text: str, item: str) -> str:
        bare = "".join(sign for sign in item if sign.isalnum() and sign.isascii())
        return text.replace(f"${{{self.identifier}}}", item).replace(f"&{{{self.identifier}}}", bare)


@dataclass(frozen=True, slots=True)
class Made:
    """An entry of a section, in the mapping that holds it, with the loops around it, the outermost first."""

    parent: Mapping
    entry: Entry
    loops: tuple[Loop, ...] = ()

    @property
    def name(self) -> str:
        """The logical id; in loops with their names before it, because two loops may have the same in them."""
        return ".".join([*(loop.name for loop in self.loops), self.entry.name])

    @property
    def broken(self) -> bool:
        """Whether this is a loop that can't be read."""
        return self.entry.name.startswith(LOOP)


def made(section: Mapping, loops: tuple[Loop, ...] = ()) -> Iterator[Made]:
    """What a section holds, in source order: the entries of a loop's body in the place of the loop."""
    for entry in section.entries:
        loop = loop_of(entry)
        if loop is None:
            yield Made(section, entry, loops)
        else:
            yield from made(loop.body, (*loops, loop))


def loop_of(entry: Entry) -> Loop | None:
    """The loop that an entry is, None where it is none or can't be read."""
    value = entry.value
    if not entry.name.startswith(LOOP) or not isinstance(value, Sequence) or value.tag or len(value.items) != 3:
        return None
    identifier, collection, body = (resolved(item) for item in value.items)
    if not isinstance(identifier, Scalar) or not isinstance(body, Mapping):
        return None
    if (call := call_of(body)) and not call.name.startswith(LOOP):
        return None
    if value.items[2] is not body or any(is_merge(inner) for inner in body.entries):
        return None  # a body that stands elsewhere, or is put together from parts
    return Loop(entry.name, identifier.text, items_of(collection), body, value.items[:2])


def items_of(collection: Node) -> tuple[str, ...] | None:
    if not isinstance(collection, Sequence) or call_of(collection):
        return None
    texts = [item.text for item in map(resolved, collection.items) if isinstance(item, Scalar) and not call_of(item)]
    return tuple(texts) if len(texts) == len(collection.items) else None


def unrolled(text: str, loops: tuple[Loop, ...]) -> frozenset[str] | None:
    """What a text in loops becomes, None where only a deployment knows, or it is too much."""
    around = [loop for loop in loops if loop.put(text, "") != text]
    found = {text}
    for loop in around:
        if loop.items is None or len(found) * len(loop.items) > NAMES_LIMIT:
            return None
        found = {loop.put(one, item) for one in found for item in loop.items}
    return frozenset(found)


def spellings(name: str, loops: tuple[Loop, ...]) -> frozenset[str] | None:
    """The names that one in loops can become, None where only a deployment knows them."""
    found = unrolled(name, loops)
    return None if found is None or any(map(is_dynamic, found)) else found


def is_dynamic(name: str) -> bool:
    return "${" in name or "&{" in name


def may_be_same(a: str, a_loops: tuple[Loop, ...], b: str, b_loops: tuple[Loop, ...]) -> bool:
    """Whether two names in loops can be one after the loops are unrolled."""
    left, right = spellings(a, a_loops), spellings(b, b_loops)
    if left is not None and right is not None:
        return bool(left & right)
    return any(fits(x, y) for x in left or [a] for y in right or [b])


def fits(a: str, b: str) -> bool:
    """Whether the fixed starts and ends of two names contradict each other."""
    starts, ends = (fixed_start(a), fixed_start(b)), (fixed_end(a), fixed_end(b))
    return (starts[0].startswith(starts[1]) or starts[1].startswith(starts[0])) and (
        ends[0].endswith(ends[1]) or ends[1].endswith(ends[0])
    )


def fixed_start(name: str) -> str:
    return name[: min((at for sign in ("${", "&{") if (at := name.find(sign)) >= 0), default=len(name))]


def fixed_end(name: str) -> str:
    return name.rpartition("}")[2] if is_dynamic(name) else name
