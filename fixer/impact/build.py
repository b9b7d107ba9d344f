"""Make the data files of this package: `python -m fixer.impact.build SCHEMAS FACTS`.

SCHEMAS is the folder `cfnlint/data/schemas` of an installed cfn-lint, FACTS the measured Terraform facts
(terraform_replacement.json). Only development needs this; the data is committed.
"""

import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
TRANSFORMS = HERE.parents[1] / "transforms"
TERRAFORM_TYPE = re.compile(r"\baws_[a-z0-9_]+\b")


def cloudformation(schemas: Path) -> dict[str, Any]:
    """The create-only properties of each type, and those that are create-only in some cases."""
    index = json.loads((schemas / "providers" / "us-east-1.json").read_text(encoding="utf-8"))
    found = {}
    for kind, name in sorted(index.items()):
        file = schemas / "resources" / (name if str(name).endswith(".json") else f"{name}.json")
        schema = json.loads(file.read_text(encoding="utf-8"))
        entry = {
            "replace": paths(schema.get("createOnlyProperties", ())),
            "conditional": paths(schema.get("conditionalCreateOnlyProperties", ())),
        }
        found[kind] = {key: value for key, value in entry.items() if value}
    return {
        "what": "CloudFormation properties whose change replaces the resource; a type without any has an empty entry",
        "source": f"resource schemas of us-east-1 as cfn-lint {version(schemas)} ships them: createOnlyProperties and "
        "conditionalCreateOnlyProperties",
        "date": datetime.now(UTC).date().isoformat(),
        "resources": found,
    }


def version(schemas: Path) -> str:
    text = (schemas.parents[1] / "version.py").read_text(encoding="utf-8")
    found = re.search(r'__version__\s*=\s*"([^"]+)"', text)
    return found[1] if found else "?"


def paths(pointers: list[str]) -> list[str]:
    """JSON pointers such as `/properties/A/B` as dotted paths; list items have no part of their own."""
    dotted = (pointer.removeprefix("/properties/").replace("/properties/", "/") for pointer in pointers)
    return sorted(".".join(part for part in path.split("/") if part not in ("*", "items")) for path in dotted)


def terraform(facts: Path) -> dict[str, Any]:
    """What is measured of the types that a transform names, newer facts before older ones."""
    data = json.loads(facts.read_text(encoding="utf-8"))
    named = set(named_types())
    found = {}
    for kind in sorted(named):
        layers = [data[layer][kind] for layer in ("since", "newer", "resources") if kind in data[layer]]
        if layers:
            found[kind] = [{key: layer[key] for key in layer if key not in ("file", "commit")} for layer in layers]
    return {
        "what": "Terraform arguments whose change replaces the resource, for the types that a transform names; "
        "layers of a type in the order in which they are asked",
        "source": data["header"]["sources"],
        "keys": data["header"]["keys"],
        "provider": data["header"]["provider"],
        "date": data["header"]["date"],
        "resources": found,
    }


def named_types() -> Iterator[str]:
    for path in TRANSFORMS.rglob("*.py"):
        yield from TERRAFORM_TYPE.findall(path.read_text(encoding="utf-8"))


def written(data: dict[str, Any]) -> str:
    """JSON with one line for each type, so that a new version shows as a small diff."""
    head = {key: value for key, value in data.items() if key != "resources"}
    lines = (f"  {json.dumps(kind)}: {json.dumps(entry)}" for kind, entry in data["resources"].items())
    opening = json.dumps(head, indent=1)[:-2]
    return opening + ',\n "resources": {\n' + ",\n".join(lines) + "\n }\n}\n"


def main() -> None:
    schemas, facts = map(Path, sys.argv[1:])
    (HERE / "cloudformation.json").write_text(written(cloudformation(schemas)), encoding="utf-8")
    (HERE / "terraform.json").write_text(written(terraform(facts)), encoding="utf-8")


if __name__ == "__main__":
    main()
