"""The parsers that the formats' own tools use, to say of a file whether it can be read at all."""

import ast
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from shutil import which

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

TERRAFORM_SYNTAX = 2


def terraform(path: Path) -> str:
    command = ["terraform", "fmt", "-check", "-no-color", "-"]
    done = subprocess.run(command, input=path.read_bytes(), capture_output=True)
    return done.stderr.decode("utf-8", "replace").strip() if done.returncode == TERRAFORM_SYNTAX else ""


def template(path: Path) -> str:
    text = path.read_bytes().decode("utf-8")
    try:
        if path.suffix == ".json":
            json.loads(text, object_pairs_hook=unique)
        else:
            yaml.compose(text, yaml.CSafeLoader)
            reader = YAML(typ="rt")
            reader.load(text)
    except (ValueError, yaml.YAMLError, YAMLError) as error:
        return str(error)
    return ""


def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("duplicate key")
    return found


def python(path: Path) -> str:
    try:
        ast.parse(path.read_bytes())
    except (SyntaxError, ValueError) as error:
        return str(error)
    return ""


PARSERS: dict[str, dict[str, Callable[[Path], str]]] = {
    "terraform": {".tf": terraform},
    "cloudformation": {".yaml": template, ".yml": template, ".json": template, ".template": template},
    "cdk_python": {".py": python},
}


def missing(format: str) -> str:
    return "terraform is not on PATH" if format == "terraform" and not which("terraform") else ""


def fault(format: str, path: Path) -> str:
    """Why the format's own parser refuses the file; empty where it does not, or the file is of another kind."""
    parse = PARSERS[format].get(path.suffix)
    if parse is None or not path.is_file():
        return ""
    try:
        return parse(path)
    except UnicodeDecodeError as error:
        return str(error)
