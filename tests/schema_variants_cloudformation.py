"""CloudFormation resources made from the schemas: the least that is valid, all there is, and each option alone."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

Schema = Mapping[str, Any]
DEEP = 4
REGION = "us-east-1"
OFF = {"disabled", "disable", "off", "none", "no", "suspended", "inactive", "false"}
# What strings with a pattern usually are; the first that fits is taken.
SAMPLES = (
    "x{}",
    "x-{:08d}-x-{:08d}",
    "arn:aws:iam::123456789012:role/x{}",
    "arn:aws:s3:::x{}",
    "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-{:012d}",
    "{:012d}",
    "sg-{:08d}",
    "subnet-{:08d}",
    "vpc-{:08d}",
    "10.0.0.0/16",
    "https://x{}.example.com",
    "x{}@example.com",
    "1.1",
    "mon:01:00-mon:02:00",
    "01:00-02:00",
)
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::x/*"}],
}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}],
}


@dataclass(frozen=True)
class Schemas:
    """The resource schemas of one region, as cfn-lint ships them."""

    folder: Path
    names: Mapping[str, str]

    @classmethod
    def of(cls, packages: Path) -> "Schemas":
        """Those below the folder that cfn-lint is installed in."""
        folder = next(packages.glob("python3*/site-packages/cfnlint/data/schemas"))
        return cls(folder, json.loads((folder / "providers" / f"{REGION}.json").read_text(encoding="utf-8")))

    def __getitem__(self, kind: str) -> Schema:
        name = str(self.names[kind]).removesuffix(".json")
        found: Schema = json.loads((self.folder / "resources" / f"{name}.json").read_text(encoding="utf-8"))
        return found


def variants(kind: str, schema: Schema) -> dict[str, Any]:
    """The resources of one type, by logical id."""
    made = Variants(schema)
    least = made.least(schema)
    options = [name for name in schema.get("properties", {}) if name not in least and made.settable((name,))]
    wanted: dict[str, tuple[list[str], int]] = {"Minimal": ([], 0), "Maximal": (options, DEEP)}
    wanted |= {f"With{re.sub(r'[^A-Za-z0-9]', '', name)}": ([name], 1) for name in options}
    return {
        id: {"Type": kind, "Properties": made.body(schema, (), made.together(schema, [*least, *names]), depth)}
        for id, (names, depth) in wanted.items()
    }


@dataclass
class Variants:
    """Values for one resource type; every text stands only once, since what is spelled elsewhere too is left alone."""

    schema: Schema
    read_only: frozenset[str] = field(init=False)
    number: "count[int]" = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        pointers = self.schema.get("readOnlyProperties", ())
        self.read_only = frozenset(
            pointer.removeprefix("/properties/").replace("/properties/", "/") for pointer in pointers
        )

    def settable(self, path: tuple[str, ...]) -> bool:
        return "/".join(path) not in self.read_only

    def resolved(self, schema: Schema) -> Schema:
        """The schema that a reference names, with what stands beside the reference."""
        while "$ref" in schema:
            target: Any = self.schema
            for part in schema["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            schema = {**target, **{key: value for key, value in schema.items() if key != "$ref"}}
        return schema

    def least(self, schema: Schema) -> list[str]:
        """The required properties, with those of the first of several possible sets."""
        names = [
            *schema.get("required", ()),
            *(group[0] for group in schema.get("requiredXor", ()) if isinstance(group, list)),
        ]
        if (xor := schema.get("requiredXor")) and isinstance(xor[0], str):
            names.append(xor[0])
        for key in ("allOf", "anyOf", "oneOf"):
            chosen = schema.get(key, ())
            for other in chosen if key == "allOf" else chosen[:1]:
                names += self.least(self.resolved(other))
        return list(dict.fromkeys(name for name in names if name in self.properties(schema)))

    def properties(self, schema: Schema) -> dict[str, Schema]:
        """The properties that an object may have, with those of the first of several possible shapes."""
        found = dict(schema.get("properties", {}))
        for key in ("allOf", "anyOf", "oneOf"):
            chosen = schema.get(key, ())
            for other in chosen if key == "allOf" else chosen[:1]:
                found = {**self.properties(self.resolved(other)), **found}
        return found

    def together(self, schema: Schema, names: Iterable[str]) -> list[str]:
        """The names with those that they require."""
        found = list(dict.fromkeys(names))
        for name in found:  # it grows while it is read
            found += [other for other in schema.get("dependentRequired", {}).get(name, ()) if other not in found]
        return found

    def body(self, schema: Schema, path: tuple[str, ...], names: Iterable[str], depth: int) -> dict[str, Any]:
        known = self.properties(schema)
        chosen = [name for name in known if name in set(names) and self.settable((*path, name))]
        return {name: self.value(known[name], (*path, name), depth) for name in chosen}

    def value(self, schema: Schema, path: tuple[str, ...], depth: int) -> Any:
        """A value; of objects the required properties and, down to a depth, all others. What is off stays off."""
        schema = self.resolved(schema)
        if "const" in schema:
            return schema["const"]
        if choices := schema.get("enum") or schema.get("enumCaseInsensitive"):
            return next((choice for choice in choices if str(choice).lower() in OFF), choices[0])
        match kind_of(schema):
            case "object":
                return self.object(schema, path, depth)
            case "array":
                items = schema.get("items", {"type": "string"})
                return [self.value(items, (*path, "*"), depth) for _ in range(max(schema.get("minItems", 1), 1))]
            case "boolean":
                return False
            case "integer" | "number":
                return max(schema.get("minimum", 1), min(1, schema.get("maximum", 1)))
        return self.text(schema)

    def object(self, schema: Schema, path: tuple[str, ...], depth: int) -> dict[str, Any]:
        known = self.properties(schema)
        if known:
            names = list(known) if depth > 0 else self.least(schema)
            return self.body(schema, path, self.together(schema, names), depth - 1)
        if path[-1].endswith(("Policy", "PolicyDocument")):
            return TRUST if path[-1].startswith("AssumeRole") else POLICY
        for pattern, inner in schema.get("patternProperties", {}).items():
            return {self.text({"pattern": pattern}): self.value(inner, (*path, "*"), depth - 1)}
        return {}

    def text(self, schema: Schema) -> str:
        number = next(self.number)
        made = [sample.format(number, number) for sample in SAMPLES]
        least, most = schema.get("minLength", 0), schema.get("maxLength", 1_000)
        made += [made[0].ljust(least, "x")]
        return next(
            (text for text in made if least <= len(text) <= most and fits(text, schema.get("pattern"))), made[0]
        )


def kind_of(schema: Schema) -> str:
    named = schema.get("type")
    if isinstance(named, list):
        return "object" if "object" in named else str(named[0])
    return str(named or ("object" if {"properties", "anyOf", "oneOf", "allOf"} & set(schema) else "string"))


def fits(text: str, pattern: str | None) -> bool:
    try:
        return pattern is None or re.search(pattern, text) is not None
    except re.error:
        return True  # a pattern of another dialect


def templates(resources: Mapping[str, Any], size: int) -> Iterator[dict[str, Any]]:
    """Templates of at most so many resources each."""
    items = list(resources.items())
    for start in range(0, len(items), size):
        yield {"AWSTemplateFormatVersion": "2010-09-09", "Resources": dict(items[start : start + size])}
