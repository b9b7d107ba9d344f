"""How two sets of CloudFormation templates differ, and what deploying that does to the stacks."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fixer.impact import of_change, of_replacement
from fixer.model import Impact

# Records of a state, of which the CDK makes a new one with a new id for each change: what uses them stays.
# https://docs.aws.amazon.com/cdk/api/v2/python/aws_cdk.aws_apigateway/Deployment.html and
# https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_lambda-readme.html#versions (read 2026-11-21)
RECORDS = {"AWS::ApiGateway::Deployment", "AWS::ApiGatewayV2::Deployment", "AWS::Lambda::Version"}
OF_THE_CDK = re.compile(r"AWS::CDK::")

Templates = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Changed:
    """A resource of a template that is not what it was, with what deploying that does to it."""

    address: str
    kind: str
    how: str
    impact: Impact

    def __str__(self) -> str:
        return f"{self.address} ({self.kind}) {self.how}: {self.impact.label}"


def differences(before: Templates, after: Templates) -> list[Changed]:
    """The resources that differ, by address: the template's name and the logical id."""
    old, new = resources(before), resources(after)
    found = (changed(address, old.get(address), new.get(address)) for address in sorted({*old, *new}))
    return [change for change in found if change is not None]


def resources(templates: Templates) -> dict[str, Mapping[str, Any]]:
    return {
        f"{name}.{id}": resource
        for name, template in templates.items()
        for id, resource in (template.get("Resources") or {}).items()
        if not OF_THE_CDK.match(resource["Type"])
    }


def changed(address: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> Changed | None:
    if old is None:
        return Changed(address, new["Type"], "is added", Impact.NONE) if new else None
    kind = old["Type"]
    if new is None or new["Type"] != kind:
        return Changed(address, kind, "is removed", Impact.REPLACEMENT if kind in RECORDS else of_replacement(kind))
    if old.get("Condition") != new.get("Condition"):
        return Changed(address, kind, "depends on another condition", of_replacement(kind))
    paths = list(dict.fromkeys(differing(old.get("Properties") or {}, new.get("Properties") or {})))
    if not paths:
        return None
    # A type without facts is changed in place, as almost all properties are.
    impact = max(of_change(kind, path) or Impact.IN_PLACE for path in paths)
    return Changed(address, kind, f"changes {', '.join(paths)}", impact)


def differing(old: Any, new: Any, path: str = "") -> Iterator[str]:
    """The dotted paths, without indexes, at which two values differ."""
    match old, new:
        case dict(), dict():
            for key in [*old, *(key for key in new if key not in old)]:
                inner = f"{path}.{key}" if path else key
                if key not in old or key not in new:
                    yield inner
                else:
                    yield from differing(old[key], new[key], inner)
        case list(), list() if len(old) == len(new):
            for one, other in zip(old, new, strict=True):
                yield from differing(one, other, path)
        case _ if old != new:
            yield path
