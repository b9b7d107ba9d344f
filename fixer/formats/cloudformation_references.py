"""Every place of a template, and every mention of a name with the place that it stands in."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from fixer.formats.cloudformation_loops import Loop, made
from fixer.formats.cloudformation_values import Call, call_of, sub_text, sub_variables
from fixer.formats.syntax.merge import merged
from fixer.formats.syntax.node import Document, Mapping, Node, Scalar, Sequence, resolved
from fixer.model import Span


@dataclass(frozen=True, slots=True)
class Place:
    """A node with where it stands: functions are transparent to `path`; `gates` are the `Fn::If` branches around it.

    `above` are the nodes around it, from the owner's value inwards; `loops` the `Fn::ForEach` around the owner.
    """

    section: str
    owner: str
    node: Node
    path: tuple[str | int, ...] = ()
    above: tuple[Node, ...] = ()
    gates: tuple[tuple[str, bool], ...] = ()
    loops: tuple[Loop, ...] = ()

    def inner(self, node: Node, *step: str | int, holder: Node | None = None) -> "Place":
        """A place within this one; `holder` is where a merge key takes it in from."""
        return replace(self, node=node, path=self.path + step, above=(*self.above, holder or self.node))

    def __str__(self) -> str:
        """For messages: `Outputs.ZoneId.Value`; a resource goes by its logical id alone."""
        owner = self.owner if self.section == "Resources" else f"{self.section}.{self.owner}"
        return owner + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)

    @property
    def expression(self) -> "Place":
        """The whole expression that this is a part of: the outermost function up to a branch of an `Fn::If`."""
        whole = self.node
        for node in reversed(self.above):
            if (call := call_of(node)) and call.name == "Fn::If":
                break
            whole = node if call else whole
        if whole is self.node:
            return self
        at = next(i for i, node in enumerate(self.above) if node is whole)
        return replace(self, node=whole, above=self.above[:at])


@dataclass(frozen=True, slots=True)
class Mention:
    """A name used by Ref, Fn::GetAtt, Fn::Sub, DependsOn or Condition; `span` is that of the call or `${variable}`."""

    kind: str
    name: str
    attribute: str
    span: Span
    place: Place


def places(document: Document) -> Iterator[Place]:
    """Each node below the owners (a resource, parameter, output …) of each section, in source order.

    What a loop goes over comes with the first thing that it makes.
    """
    for section in document.root.entries:
        met: set[int] = set()
        for owner in made(value) if isinstance(value := resolved(section.value), Mapping) else ():
            for depth, loop in enumerate(owner.loops):
                if loop.body.span.start not in met:
                    met.add(loop.body.span.start)
                    for node in loop.head:
                        yield from inside(Place(section.name, loop.name, node, loops=owner.loops[:depth]))
            yield from inside(Place(section.name, owner.name, owner.entry.value, loops=owner.loops))


def inside(place: Place) -> Iterator[Place]:
    """A place and those in it; what an alias or merge key repeats is in each of the places that repeat it."""
    yield place
    if call := call_of(place.node):
        yield from inside_call(place, call)
        return
    match resolved(place.node):
        case Mapping() as mapping:
            for holder, entry in merged(mapping).values():
                yield from inside(place.inner(entry.value, entry.name, holder=holder))
        case Sequence(items=items):
            for index, item in enumerate(items):
                yield from inside(place.inner(item, index))


def inside_call(place: Place, call: Call) -> Iterator[Place]:
    """The arguments of a function, at the function's own path; each branch of an If under its gate."""
    if call.name == "Fn::If" and len(call.arguments) == 3 and isinstance(test := resolved(call.arguments[0]), Scalar):
        condition = test.text
        for branch, holds in zip(call.arguments[1:], (True, False), strict=True):
            yield from inside(replace(place.inner(branch), gates=(*place.gates, (condition, holds))))
    elif not isinstance(call.argument, Scalar):
        for argument in call.arguments:
            yield from inside_argument(place.inner(argument))


def inside_argument(place: Place) -> Iterator[Place]:
    node = resolved(place.node)
    if call_of(node) or isinstance(node, Scalar):
        yield from inside(place)
        return
    yield place
    for child in [e.value for _, e in merged(node).values()] if isinstance(node, Mapping) else node.items:
        yield from inside_argument(place.inner(child))


def mentions(document: Document) -> Iterator[Mention]:
    """All mentions of all names (pseudo parameters too), in source order."""
    for place in places(document):
        if call := call_of(place.node):
            yield from called(place, call, document.text)
        elif isinstance(scalar := resolved(place.node), Scalar):
            yield from attributes(place, scalar)


def called(place: Place, call: Call, source: str) -> Iterator[Mention]:
    arguments, span = call.arguments, call.node.span
    first = named(arguments[0]) if arguments else None
    match call.name:
        case "Ref" | "Condition" if first:
            yield Mention(call.name, first.text, "", span, place)
        case "Fn::GetAtt" if first and len(arguments) == 1:
            name, _, attribute = first.text.partition(".")
            yield Mention("GetAtt", name, attribute, span, place)
        case "Fn::GetAtt" if first:
            parts = [part.text if isinstance(part, Scalar) else "" for part in map(resolved, arguments[1:])]
            yield Mention("GetAtt", first.text, ".".join(parts), span, place)
        case "Fn::If" if first:
            yield Mention("Condition", first.text, "", first.span, place)
        case "Fn::Sub":
            for variable in sub_variables(call, source):
                name, _, attribute = variable.name.partition(".")
                yield Mention("Sub", name, attribute, variable.span, place)


def named(node: Node) -> Scalar | None:
    """The text that names something: in a loop it may be a Sub."""
    node = resolved(node)
    if (call := call_of(node)) and call.name == "Fn::Sub":
        return sub_text(call)
    return node if isinstance(node, Scalar) else None


def attributes(place: Place, node: Scalar) -> Iterator[Mention]:
    """The names that the attributes of a resource or output give as plain text."""
    if place.section == "Resources" and place.path[:1] == ("DependsOn",):
        yield Mention("DependsOn", node.text, "", node.span, place)
    if place.section in ("Resources", "Outputs") and place.path == ("Condition",):
        yield Mention("Condition", node.text, "", node.span, place)
