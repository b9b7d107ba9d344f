"""What an argument of an AWS CDK construct changes in the template, from cdk.json."""

from typing import Any

from fixer.impact import INDEX, data
from fixer.model import Affects

LIBRARY = "aws_cdk."


def affected(construct: str, path: str) -> tuple[Affects, ...]:
    """The properties that a path from an argument on (`block_devices[0].volume.encrypted`) changes; none where unknown.

    `construct` is the full name of a class. What was not measured changes what the argument around it does.
    """
    path = INDEX.sub("", path)
    if (kind := raw_type(construct)) is not None:
        return (Affects(kind, ".".join(property_name(part) for part in path.split("."))),)
    found: dict[str, Any] = data("cdk")["resources"].get(construct, {})
    parts = (p.partition(".") if "::" in p else (found["type"], "", p) for p in measured(found, path))
    return tuple(Affects(kind, below) for kind, _, below in parts)


def measured(found: dict[str, Any], path: str) -> list[str]:
    """The properties of the longest part of a path that was measured."""
    arguments: dict[str, list[str]] = found.get("arguments", {})
    while path and path not in arguments:
        path = path.rpartition(".")[0]
    return arguments.get(path, [])


def cloudformation_type(construct: str) -> str | None:
    """The CloudFormation type of a construct class."""
    found: str | None = data("cdk")["resources"].get(construct, {}).get("type")
    return raw_type(construct) or found


def raw_type(construct: str) -> str | None:
    """The type of an L1 construct: CfnVolume of aws_ec2 is AWS::EC2::Volume."""
    raw = data("cdk")["raw"]
    package, _, name = construct.removeprefix(LIBRARY).rpartition(".")
    if construct in raw["others"] or not name.startswith("Cfn") or package not in raw["packages"]:
        found: str | None = raw["others"].get(construct)
        return found
    return f"{raw['packages'][package]}::{name.removeprefix('Cfn')}"


def property_name(argument: str) -> str:
    """`kms_key_id` as `KmsKeyId`; the case of an abbreviation (`DBName`) is not told by it, and does not matter."""
    return "".join(word[:1].upper() + word[1:] for word in argument.split("_"))
