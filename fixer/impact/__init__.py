"""What changing a property does to the deployed resource, from dated facts: see the data files beside this module."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from fixer.model import Impact

HERE = Path(__file__).parent
INDEX = re.compile(r"\[[^]]*\]")


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
    """The least impact that changing a property (dotted, no indexes) has; None where no fact is known.

    A property that replaces only in some cases counts as replacing.
    """
    path = INDEX.sub("", path)
    found = cloudformation_replaces(kind, path) if "::" in kind else terraform_replaces(kind, path)
    return None if found is None else of_replacement(kind) if found else Impact.IN_PLACE


def cloudformation_replaces(kind: str, path: str) -> bool | None:
    facts = data("cloudformation")["resources"].get(kind)
    if facts is None:
        return None
    override = data("overrides")["resources"].get(kind, {})
    listed = [path for group in (facts, override) for paths in group.values() for path in paths]
    return any(path == fact or path.startswith(f"{fact}.") or fact.startswith(f"{path}.") for fact in listed)


def terraform_replaces(kind: str, path: str) -> bool | None:
    """By the layers of facts, newest first; an argument that is named nowhere is unknown."""
    for layer in data("terraform")["resources"].get(kind, ()):
        for key in ("replace", "conditional", "hidden", "unseen", "untested"):
            if any(covers(fact, path) for fact in layer.get(key, ())):
                return True
        if any(covers(fact, path) for fact in layer.get("in_place", ())):
            return False
    return None


def covers(fact: str, path: str) -> bool:
    return fact == path or (fact.endswith(".*") and path.startswith(fact[:-1]))
