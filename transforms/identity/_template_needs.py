"""What hangs together in a template: which resource needs which, and what is re-created with another."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from fixer import impact
from fixer.formats.cloudformation import Template
from fixer.formats.cloudformation_references import Place
from fixer.formats.value import Absent
from fixer.model import Impact


@dataclass
class Needs:
    """Which resource needs which others; grows with the references that fixes make."""

    direct: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, template: Template) -> "Needs":
        found = cls()
        for mention in template.all_mentions():
            if mention.place.section == "Resources" and mention.kind != "Condition":
                found.add(mention.place.owner, mention.name)
        return found

    def add(self, owner: str, name: str) -> None:
        self.direct.setdefault(owner, set()).add(name)

    def reach(self, start: str, goal: str) -> bool:
        """Whether a resource needs another, directly or not, or is it."""
        seen, queue = set[str](), [start]
        while queue:
            name = queue.pop()
            if name == goal:
                return True
            if name not in seen:
                seen.add(name)
                queue += self.direct.get(name, ())
        return False


def replaced_with(template: Template, name: str, spelled: list[Place]) -> Iterator[tuple[Impact, str]]:
    """The resources that are re-created when this one is, where that does more than make anew what keeps nothing.

    `spelled` are places that will refer to it and spell its name as yet.
    """
    seen, queue = {name}, [*uses(template, name), *spelled]
    while queue:
        place = queue.pop()
        owner = template.element("Resources", place.owner) if place.section == "Resources" else None
        if owner is None or owner.name in seen or place.path[:1] != ("Properties",):
            continue
        change = impact.of_change(owner.type, property_path(place))
        if change is None or change <= Impact.IN_PLACE:
            continue
        seen.add(owner.name)
        queue += uses(template, owner.name)
        if change > Impact.REPLACEMENT:
            yield change, owner.name


def exports(template: Template, name: str, spelled: list[Place]) -> list[str]:
    """The outputs that other stacks may import and whose value changes with the resource."""
    outputs = template.outputs
    found = {place.owner for place in (*uses(template, name), *spelled) if place.section == "Outputs"}
    return sorted(owner for owner in found if owner in outputs and outputs[owner]["Export"] != Absent())


def uses(template: Template, name: str) -> list[Place]:
    return [mention.place for mention in template.references(name) if mention.kind != "DependsOn"]


def property_path(place: Place) -> str:
    return ".".join(step for step in place.path[1:] if isinstance(step, str))
