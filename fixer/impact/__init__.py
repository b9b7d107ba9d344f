"""What changing a property does to the deployed resource, from dated facts: see the data files beside this module."""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fixer.model import Impact

HERE = Path(__file__).parent
INDEX = re.compile(r"\[[^]]*\]")
# The keys of the facts under which a change is certain to replace; `interrupts` never does, all others in some cases.
VERBS = {"replace": "replaces", "refused": "changes only by replacing"}
LOSSES = {
    Impact.DATA_LOSS: ", which holds data",
    Impact.INTERRUPTION: ", which others may know by its identity",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """The least impact that changing a property has, and what it is that has it."""

    impact: Impact
    reason: str


@cache
def data(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
    return found


@cache
def kinds(state: str) -> frozenset[str]:
    """The types of one of the lists in types.json, of CloudFormation and of Terraform."""
    pairs: dict[str, str] = data("types")[state]
    return frozenset(pairs) | frozenset(pairs.values()) - {""}


def of_replacement(kind: str) -> Impact:
    """What re-creating a resource of a type does: see types.json."""
    if kind in kinds("stateful"):
        return Impact.DATA_LOSS
    return Impact.REPLACEMENT if kind in kinds("stateless") | kinds("decided") else Impact.INTERRUPTION


def of_change(kind: str, path: str) -> Impact | None:
    """The least impact that changing a property (dotted; indexes do not count) has; None where no fact is known."""
    found = fact_of(kind, path)
    return found.impact if found else None


def fact_of(kind: str, path: str) -> Fact | None:
    """What is known of changing a property; one that replaces only in some cases counts as replacing."""
    path = INDEX.sub("", path)
    key = cloudformation_replaces(kind, path) if "::" in kind else terraform_replaces(kind, path)
    if key is None:
        return None
    if not key:
        return Fact(Impact.IN_PLACE, f"{kind}.{path} changes in place")
    if key == "interrupts":
        return Fact(Impact.INTERRUPTION, f"{kind}.{path} may interrupt the resource while it changes")
    impact = of_replacement(kind)
    return Fact(impact, f"{kind}.{path} {VERBS.get(key, 'may replace')} the resource{LOSSES.get(impact, '')}")


def cloudformation_replaces(kind: str, path: str) -> str | None:
    """The key under which the facts say that the property replaces; empty where they say that it does not.

    The case of names does not count: no two properties differ in it alone, and CDK arguments do not tell it.
    """
    facts = data("cloudformation")["resources"].get(kind)
    if facts is None:
        return None
    for group in (data("overrides")["resources"].get(kind, {}), facts):
        for key, listed in group.items():
            if any(overlap(fact.lower(), path.lower()) for fact in listed):
                return str(key)
    return ""


def terraform_replaces(kind: str, path: str) -> str | None:
    """The same by the layers of facts, newest first; an argument that is named nowhere is unknown."""
    for layer in data("terraform")["resources"].get(kind, ()):
        for key in ("replace", "conditional", "hidden", "unseen", "untested"):
            if any(covers(fact, path) for fact in layer.get(key, ())):
                return key
        if any(covers(fact, path) for fact in layer.get("in_place", ())):
            return ""
    return None


def overlap(one: str, other: str) -> bool:
    """Whether two paths are the same, or one lies below the other."""
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")


def covers(fact: str, path: str) -> bool:
    return fact == path or (fact.endswith(".*") and path.startswith(fact[:-1]))
