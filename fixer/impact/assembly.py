"""The types of aws-cdk-lib as its jsii assembly describes them."""

import gzip
import importlib
import inspect
import json
import tarfile
from collections import defaultdict
from collections.abc import Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import Any

LIBRARY = "aws-cdk-lib"
CONSTRUCT = "constructs.Construct"


class Assembly:
    """What the library says of its own types."""

    def __init__(self, archive: Path) -> None:
        with tarfile.open(archive) as tar:
            data = json.loads(gzip.decompress(tar.extractfile("package/.jsii.gz").read()))  # type: ignore[union-attr]
        self.types: dict[str, Any] = data["types"]
        self.version: str = data["version"]

    def above(self, name: str) -> Iterator[str]:
        """The classes and interfaces that a type is one of, itself first."""
        found = self.types.get(name, {})
        yield name
        for parent in (found.get("base"), *found.get("interfaces", ())):
            if parent:
                yield from self.above(parent)

    def constructs(self) -> Iterator[str]:
        """The classes of constructs that can be made."""
        for name, found in sorted(self.types.items()):
            made = found["kind"] == "class" and not found.get("abstract") and "initializer" in found
            if made and CONSTRUCT in self.above(name):
                yield name

    def cloudformation_type(self, name: str) -> str | None:
        """The type of an L1 construct."""
        found: str | None = self.types[name].get("docs", {}).get("custom", {}).get("cloudformationResource")
        return found

    def fields(self, name: str) -> dict[str, Any]:
        """The fields of a struct with those that it inherits, by name."""
        return {field["name"]: field for above in self.above(name) for field in self.types[above].get("properties", ())}

    def is_struct(self, name: str) -> bool:
        return bool(self.types.get(name, {}).get("datatype"))

    @cached_property
    def producers(self) -> dict[str, list[tuple[str, Any]]]:
        """The static members and constructors that give a value of a type: (class, member or None)."""
        found: dict[str, list[tuple[str, Any]]] = defaultdict(list)
        for name, kind in sorted(self.types.items()):
            if kind["kind"] != "class" or kind.get("docs", {}).get("deprecated"):
                continue
            members = [m for m in (*kind.get("properties", ()), *kind.get("methods", ())) if m.get("static")]
            for member in members:
                result = (member.get("returns") or member).get("type", {}).get("fqn")
                if result and "Lookup" not in member["name"] and not member.get("docs", {}).get("deprecated"):
                    for above in dict.fromkeys(self.above(result)):
                        found[above].append((name, member))
            if "initializer" in kind and not kind.get("abstract"):
                for above in dict.fromkeys(self.above(name)):
                    found[above].append((name, None))
        return found

    def python(self, name: str) -> Any:
        """The Python class of a type."""
        parts = name.split(".")
        kind = self.types[name]
        package = ".".join(["aws_cdk", *(kind.get("namespace") or "").split(".")]).rstrip(".")
        try:
            return getattr(importlib.import_module(package), parts[-1])
        except ModuleNotFoundError:  # a class inside a class
            return getattr(self.python(".".join(parts[:-1])), parts[-1])


def python_name(called: Any, name: str) -> str:
    """The keyword of a Python callable for an argument of the assembly."""
    return spellings(called)[name.lower()]


@cache
def spellings(called: Any) -> dict[str, str]:
    parameters = inspect.signature(called.__init__ if inspect.isclass(called) else called).parameters
    return {name.replace("_", "").lower(): name for name in parameters}


def snake(cls: Any, name: str) -> str:
    """The Python name of a static method."""
    wanted = name.lower()
    return next(found for found in dir(cls) if found.islower() and found.replace("_", "") == wanted)
