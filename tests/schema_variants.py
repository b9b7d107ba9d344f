"""Terraform resources made from a provider's schema: the least that is valid, all there is, and each option alone."""

import json
import lzma
import re
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

LEFT_OUT = {"id", "tags_all", "timeouts"}
DEEP = 4
SAMPLES = {"bool": "false", "number": "1", "string": '"x"', "dynamic": '"x"'}
Schema = Mapping[str, Any]


def schema(tfvalidate: Path, line: str) -> Schema:
    """The packed schema of the AWS provider of that line (6, 5, 4)."""
    with lzma.open(tfvalidate.parent / "schemas" / f"aws-{line}.json.xz") as packed:
        data: Schema = json.load(packed)
    return data


def variants(kind: str, schema: Schema) -> Iterator[str]:
    """The resources of one type."""
    entries = {name: entry for name, entry in schema["resources"][kind].items() if name not in LEFT_OUT}
    optional = [name for name, entry in entries.items() if settable(entry) and not required(entry)]
    yield resource(kind, "minimal", entries, set(), schema, 0)
    yield resource(kind, "maximal", entries, set(optional), schema, DEEP)
    for name in optional:
        yield resource(kind, f"with_{name}", entries, {name}, schema, 1)


def resource(kind: str, name: str, entries: Schema, wanted: set[str], schema: Schema, depth: int) -> str:
    written = body({n: e for n, e in entries.items() if required(e) or n in wanted}, schema, depth, "  ")
    number = count(1)  # a text that stands only once: what is spelled elsewhere too is left alone for good reason
    texts = re.sub('"x"', lambda _: f'"{kind}-{name}-{next(number)}"'.replace("_", "-"), written)
    return f'resource "{kind}" "{name}" {{\n{texts}}}\n'


def body(entries: Schema, schema: Schema, depth: int, indent: str) -> str:
    """The arguments and blocks; of what is in a block, the required ones and, down to a depth, all others."""
    lines = [f"{indent}{name} = {sample(entry[2])}\n" for name, entry in entries.items() if entry[0] == "a"]
    for name, entry in entries.items():
        if entry[0] == "b":
            inner = {n: e for n, e in schema["structs"][entry[2]].items() if settable(e)}
            chosen = {n: e for n, e in inner.items() if required(e) or depth > 0}
            written = body(chosen, schema, depth - 1, f"{indent}  ")
            label = ' "label"' if entry[1] == "map" else ""
            lines += [f"{indent}{name}{label} {{\n{written}{indent}}}\n"] * max(entry[3], 1)
    return "".join(lines)


def settable(entry: Any) -> bool:
    """Whether a configuration may write it; arguments with nested attributes are left to the schema's own tests."""
    return bool(entry[0] == "b" or (entry[0] == "a" and set(entry[1]) & set("or")))


def required(entry: Any) -> bool:
    return "r" in entry[1] if entry[0] == "a" else entry[0] == "b" and entry[3] > 0


def sample(kind: Any) -> str:
    """A value of a type; what is off by default stays off, so that there is something to fix."""
    if isinstance(kind, str):
        return SAMPLES[kind]
    outer, inner = kind
    if outer == "object":
        return "{ " + ", ".join(f"{name} = {sample(of)}" for name, of in inner.items()) + " }"
    if outer == "tuple":
        return "[" + ", ".join(sample(of) for of in inner) + "]"
    return f"{{ x = {sample(inner)} }}" if outer == "map" else f"[{sample(inner)}]"
