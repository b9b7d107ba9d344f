"""Synthesize the CDK app in the current folder, run by the judges' Python: its entry file, or else every stack it defines."""

import importlib
import inspect
import json
import os
import runpy
import sys
from pathlib import Path


def entry() -> Path | None:
    """The program that cdk.json names, or else the first of the usual ones that makes an App."""
    settings = Path("cdk.json")
    command = json.loads(settings.read_text()).get("app", "") if settings.is_file() else ""
    named = [Path(word) for word in command.split() if word.endswith(".py")]
    usual = [Path(name) for name in ("app.py", "tap.py", "main.py", "bin/tap.py", "bin/app.py")]
    return next((path for path in [*named, *usual] if path.is_file() and "App(" in path.read_text()), None)


def stacks() -> list[type]:
    """The stack classes of the modules here that are not used by other stacks here."""
    from aws_cdk import Stack

    found = []
    for path in sorted(Path().glob("**/*stack*.py")):
        if "tests" not in path.parts:
            module = importlib.import_module(".".join(path.with_suffix("").parts))
            made = [kind for _, kind in inspect.getmembers(module, inspect.isclass) if kind.__module__ == module.__name__]
            found += [kind for kind in made if issubclass(kind, Stack)]
    texts = {kind: Path(inspect.getfile(kind)).read_text() for kind in found}
    return [kind for kind in found if not any(f"{kind.__name__}(" in t for k, t in texts.items() if k is not kind)]


def main() -> None:
    sys.path.insert(0, str(Path.cwd()))
    if program := entry():
        sys.path.insert(0, str(program.parent.resolve()))
        sys.argv = [str(program)]
        runpy.run_path(str(program), run_name="__main__")
    else:
        from aws_cdk import App

        app = App()
        for kind in stacks():
            kind(app, kind.__name__)
        app.synth()
    if not list(Path(os.environ["CDK_OUTDIR"]).rglob("*.template.json")):
        sys.exit("no template was synthesized")


if __name__ == "__main__":
    main()
