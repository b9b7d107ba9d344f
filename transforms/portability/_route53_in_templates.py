"""Route53 resources of CloudFormation templates: which are always there, what turns them off, what stands for them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fixer.formats.cloudformation import Template
from fixer.formats.cloudformation_data import long_form
from fixer.formats.cloudformation_element import Element
from fixer.formats.cloudformation_gate import NOTHING, mentions
from fixer.formats.cloudformation_references import Place
from fixer.formats.cloudformation_values import call_of
from fixer.formats.syntax.node import Sequence, resolved
from fixer.formats.value import Absent, Literal, Unresolved, Value
from fixer.model import Changes, Withheld

PREFIX = "AWS::Route53::"
ZONE = "AWS::Route53::HostedZone"
KINDS = (ZONE, "AWS::Route53::RecordSet", "AWS::Route53::RecordSetGroup")
CONDITIONS = ("Route53Enabled", "Route53ResourcesEnabled")
# A condition on a parameter of such a name already makes the domain optional.
DOMAIN = re.compile(r"route_?53|dns|domain|hosted_?zone|certificate", re.IGNORECASE)
# Where a text may be empty, by the end of the path: environments of functions and containers, and tags as list or map.
EMPTY = re.compile(r"(\.|^)(Environment\.Variables\.[^.]+|Environment\.Value|Tags\.(?!Key$)[^.]+)$")
# Properties that may be left out without another in their place, from the schemas in cfn-lint 1.58.0 (2026-11-21).
OPTIONAL = {("AWS::CertificateManager::Certificate", "DomainValidationOptions.HostedZoneId")}


@dataclass(frozen=True)
class Switch:
    """The condition that turns the resources off, what declares it, and what it is on deployment if nobody says so."""

    condition: str
    declared: list[Changes]
    default: Value


def unconditional(template: Template) -> list[Element]:
    """The Route53 resources that nothing turns off, and those that can't be without them, in source order."""
    if PREFIX not in template.file.text:
        return []
    private = private_zones(template)
    others = [r for r in template.elements("Resources") if r.type.startswith(PREFIX) and r.name not in private]
    candidates = [r for r in others if r.type in KINDS and not is_in(template, r, private)]
    found = [r for r in candidates if not is_optional(template, r)]
    grown = True
    while grown:
        new = [r for r in others if r not in found and any(mentions(template, r, f) for f in found)]
        found += new
        grown = bool(new)
    return sorted(found, key=lambda resource: resource.span)


def private_zones(template: Template) -> set[str]:
    """The zones that the template makes inside a VPC: they can be made anywhere, whoever owns the domain."""
    zones = [(zone.name, zone.node("VPCs")) for zone in template.resources(ZONE)]
    return {name for name, vpcs in zones if isinstance(vpcs, Sequence) and vpcs.items and call_of(vpcs) is None}


def is_in(template: Template, record: Element, zones: set[str]) -> bool:
    """Whether a record is in one of these zones, whatever the template's conditions are."""
    zone = record.node("HostedZoneId")
    found = [mention for name in zones for mention in template.references(name)]
    return any(mention.place.owner == record.name and resolved(mention.place.node) is zone for mention in found)


def is_optional(template: Template, resource: Element) -> bool:
    """Whether the resource has a condition that a parameter for the domain decides."""
    condition = template.condition("Resources", resource.name)
    return condition is not None and any(DOMAIN.search(name) for name in decided_by(template, condition))


def decided_by(template: Template, condition: str) -> Iterator[str]:
    """The condition, and the parameters and conditions that it rests on."""
    yield condition
    seen, queue = {condition}, [condition]
    while queue:
        owner = queue.pop()
        places = [(m.name, m.place) for m in template.all_mentions()]
        names = {name for name, place in places if place.section == "Conditions" and place.owner == owner}
        yield from names
        queue += [name for name in names if name not in seen]
        seen |= names


def switch(template: Template, variable: str, default: bool) -> Switch:
    """The flag's parameter and condition, those that are there already where they mean the same."""
    wanted = "".join(word[:1].upper() + word[1:] for word in variable.split("_"))
    existing = template.parameters.get(wanted)
    on = meaning_on(existing) if existing else None
    declared: list[Changes] = []
    if existing and on:
        name, value = wanted, default_of(existing)
    else:
        name, on, value = template.unique_name(wanted, f"{wanted}Resources"), "true", Absent()
        declared.append(template.add_parameter(name, parameter(default)))
    test = {"Fn::Equals": [{"Ref": name}, on]}
    for condition in template.conditions.values():
        if long_form(condition.entry.value) == test:
            return Switch(condition.name, declared, value)
    condition_name = template.unique_name(*CONDITIONS)
    return Switch(condition_name, [*declared, template.add_condition(condition_name, test)], value)


def parameter(default: bool) -> dict[str, Any]:
    return {
        "Type": "String",
        "Description": "Whether to create the Route53 resources",
        "AllowedValues": ["true", "false"],
        "Default": str(default).lower(),
    }


def meaning_on(parameter: Element) -> str | None:
    """The value that turns a parameter of true and false on, None where it is another kind of parameter."""
    allowed = parameter["AllowedValues"]
    values = allowed.value if isinstance(allowed, Literal) and isinstance(allowed.value, list) else []
    texts = [str(value).lower() if isinstance(value, bool) else str(value) for value in values]
    if parameter.type != "String" or sorted(text.lower() for text in texts) != ["false", "true"]:
        return None
    return next(text for text in texts if text.lower() == "true")


def default_of(parameter: Element) -> Value:
    match parameter["Default"]:
        case Literal(value=value, span=span):
            return Literal(str(value).lower(), span)
    return Unresolved("a parameter without default", parameter.span)


def waits_by_hand(template: Template, group: tuple[Element, ...]) -> str:
    """The note on certificates that a zone of the group validates."""
    names = sorted(
        {
            mention.place.owner
            for member in group
            for mention in template.references(member.name)
            if mention.place.path[:2] == ("Properties", "DomainValidationOptions")
        }
    )
    return f"while the flag is off, {', '.join(names)} must be validated by hand" if names else ""


def fallback(owner: Element, place: Place) -> Any:
    """What may stand for an expression without the Route53 resources; Withheld where a value is needed."""
    path = ".".join(step for step in place.path[1:] if isinstance(step, str))
    if EMPTY.search(path):
        return ""
    parent = place.above[-1]
    if isinstance(parent, Sequence) and len(parent.items) > 1 and isinstance(place.path[-1], int):
        return NOTHING
    if (owner.type, path) in OPTIONAL:
        return NOTHING
    return Withheld(f"{place} needs a value when the Route53 resources are off")
