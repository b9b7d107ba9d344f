"""Synthesize CDK apps, many in one process: `python synthesis.py OUT`, with a Python that has aws-cdk-lib.

Reads a JSON list of folders from standard input and writes {folder: {"templates": ...} or {"error": ...}} to OUT. To
load the library takes longer than to synthesize a small app, so one process runs them all.
"""

import contextlib
import importlib
import json
import os
import runpy
import shlex
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

# The cache of a library's look-ups, and what `cdk` would ask of the machine.
CONTEXT: dict[str, list[str]] = {"aws:cdk:bundling-stacks": []}


def main(out: Path) -> None:
    found = {folder: outcome(Path(folder)) for folder in json.load(sys.stdin)}
    out.write_text(json.dumps(found), encoding="utf-8")


def outcome(folder: Path) -> dict[str, Any]:
    """What one app makes; everything that its program may raise is its own error."""
    try:
        return {"templates": templates(folder)}
    except (Exception, SystemExit) as error:
        return {"error": f"{type(error).__name__}: {error}"}
    finally:
        for name in [name for name, module in sys.modules.items() if is_below(module, folder)]:
            del sys.modules[name]


def templates(folder: Path) -> dict[str, Any]:
    settings = json.loads((folder / "cdk.json").read_text(encoding="utf-8"))
    stored = folder / "cdk.context.json"
    context = json.loads(stored.read_text(encoding="utf-8")) if stored.is_file() else {}
    file = shlex.split(settings["app"])[-1]
    with TemporaryDirectory() as out, here(folder), synthesized_to(out, {**context, **settings.get("context", {})}):
        runpy.run_path(file, run_name="__main__")
        files = sorted(Path(out).rglob("*.template.json"))
        made = {f.relative_to(out).as_posix(): json.loads(f.read_text().replace(str(folder), "")) for f in files}
    if not made:
        raise LookupError("the app makes no template")
    return made


@contextlib.contextmanager
def here(folder: Path) -> Any:
    path, cwd = list(sys.path), Path.cwd()
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path[:] = path
        os.chdir(cwd)


@contextlib.contextmanager
def synthesized_to(out: str, context: dict[str, Any]) -> Any:
    """Every app that is made gets this folder and context: its own process would read them from the environment."""
    cdk = importlib.import_module("aws_cdk")
    made = cdk.App.__init__

    def app(self: Any, **arguments: Any) -> None:
        own = {**context, **CONTEXT, **(arguments.pop("context", None) or {})}
        made(self, **{**arguments, "outdir": out, "context": own, "analytics_reporting": False})

    cdk.App.__init__ = app
    try:
        yield
    finally:
        cdk.App.__init__ = made


def is_below(module: Any, folder: Path) -> bool:
    file = getattr(module, "__file__", None)
    return file is not None and Path(file).is_relative_to(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
