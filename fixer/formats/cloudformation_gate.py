"""Make resources of a template conditional, with every mention of them right in both positions of the condition."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from fixer.formats.cloudformation import Template
from fixer.formats.cloudformation_data import long_form
from fixer.formats.cloudformation_element import Element
from fixer.formats.cloudformation_references import Mention, Place
from fixer.formats.cloudformation_values import NO_VALUE
from fixer.formats.syntax.node import Sequence
from fixer.model import Changes, Span, Withheld

NOTHING = {"Ref": NO_VALUE}


@dataclass
class Gate:
    """Resources that a condition turns on and off together.

    `fallback` says what an expression of a resource may be without them: plain data, or a Withheld with the reason.
    """

    template: Template
    condition: str
    members: tuple[Element, ...]
    fallback: Callable[[Element, Place], Any]
    added: dict[str, Changes] = field(default_factory=dict)

    def changes(self) -> list[Changes]:
        uses = self.uses
        made: list[Changes] = [set_condition(member, uses.conditions[member.name]) for member in self.members]
        made += [self.output(name, needed) for name, needed in uses.outputs.items()]
        made += [without(self.template, name, indexes) for name, indexes in uses.dependencies.items()]
        made += [self.optional(place, needed) for place, needed in uses.expressions.values()]
        return [*self.added.values(), made, uses.withheld, *self.undeclared()]

    @cached_property
    def uses(self) -> "Uses":
        return Uses(
            self.template, self.members, {member.name: self.joined(member, self.condition) for member in self.members}
        )

    @property
    def unordered(self) -> list[str]:
        """The resources that no longer wait for a member, because what may not be there can't be waited for."""
        return sorted(self.uses.dependencies)

    def undeclared(self) -> Iterator[Withheld]:
        """A condition that a member has and the template does not can't be joined with another."""
        for member in self.members:
            own = self.template.condition(member.section, member.name)
            if own is not None and own not in self.template.conditions:
                yield Withheld(f"{member.name} has the condition {own}, which the template does not declare")

    def joined(self, element: Element, needed: str) -> str:
        """The name of the condition that is the element's own, if it has one, and the needed one."""
        own = self.template.condition(element.section, element.name)
        if own is None or own == needed:
            return needed
        both = {"Fn::And": [{"Condition": own}, {"Condition": needed}]}
        for condition in self.template.conditions.values():
            if long_form(condition.entry.value) == both:
                return condition.name
        name = self.template.unique_name(f"{own}And{needed}")
        self.added[name] = self.template.add_condition(name, both)
        return name

    def output(self, name: str, needed: set[str]) -> Changes:
        output = self.template.outputs[name]
        if len(needed) > 1:
            return Withheld(f"{output.address} needs several conditions: {', '.join(sorted(needed))}")
        own = self.template.condition("Outputs", name)
        [condition] = needed
        if own is not None and condition.startswith(f"{own}And"):
            return set_condition(output, condition)
        return set_condition(output, self.joined(output, condition))

    def optional(self, place: Place, needed: set[str]) -> Changes:
        """The whole expression inside an `Fn::If`."""
        owner = self.template.element("Resources", place.owner)
        if owner is None or len(needed) > 1:
            return Withheld(f"{place} needs several conditions: {', '.join(sorted(needed))}")
        other = self.fallback(owner, place)
        if isinstance(other, Withheld):
            return other
        [condition] = needed
        return self.template.rewrite(place, {"Fn::If": [condition, self.template.source.raw(place.node), other]})


@dataclass
class Uses:
    """Where resources that get conditions are mentioned, by what must become of the mention."""

    template: Template
    members: tuple[Element, ...]
    conditions: dict[str, str]
    outputs: dict[str, set[str]] = field(default_factory=dict)
    dependencies: dict[str, set[Span]] = field(default_factory=dict)
    expressions: dict[Span, tuple[Place, set[str]]] = field(default_factory=dict)
    withheld: list[Withheld] = field(default_factory=list)

    def __post_init__(self) -> None:
        for member in self.members:
            for mention in self.template.references(member.name):
                self.sort(mention, self.conditions[member.name], member)

    def sort(self, mention: Mention, condition: str, member: Element) -> None:
        place = mention.place
        if mention.name != member.entry.name or (member.loops and place.loops != member.loops):
            self.withheld.append(Withheld(f"{place} mentions {mention.name}, which may be made in {member.name}"))
        elif place.section == "Outputs":
            if self.template.condition("Outputs", place.owner) != condition:
                self.outputs.setdefault(place.owner, set()).add(condition)
        elif place.section != "Resources":
            self.withheld.append(Withheld(f"{place} mentions {mention.name} and can't be conditional"))
        elif place.owner in self.conditions or self.template.gated(place, condition):
            return
        elif mention.kind == "DependsOn":
            self.dependencies.setdefault(place.owner, set()).add(mention.span)
        elif place.path[:1] != ("Properties",):
            self.withheld.append(Withheld(f"{place} mentions {mention.name} and can't be conditional"))
        else:
            whole = place.expression
            self.expressions.setdefault(whole.node.span, (whole, set()))[1].add(condition)


def set_condition(element: Element, condition: str) -> Changes:
    return element.whole.set("Condition", condition)


def without(template: Template, name: str, spans: set[Span]) -> Changes:
    """The resource without some of what it depends on: that may not be there."""
    owner = template.element("Resources", name)
    node = owner.whole.node("DependsOn") if owner else None
    if owner is None or not isinstance(node, Sequence):
        return owner.whole.remove("DependsOn") if owner else ()
    rest = [item for item in node.items if item.span not in spans]
    if not rest:
        return owner.whole.remove("DependsOn")
    if len(spans) == 1:
        at = next(at for at, item in enumerate(node.items) if item.span in spans)
        return owner.whole.remove(f"DependsOn[{at}]")
    return owner.whole.rewrite("DependsOn", [long_form(item) for item in rest])


def linked(template: Template, a: Element, b: Element) -> bool:
    return mentions(template, a, b) or mentions(template, b, a)


def mentions(template: Template, user: Element, used: Element) -> bool:
    found = template.references(used.name)
    return any(m.place.section == user.section and m.place.owner == user.name for m in found)
