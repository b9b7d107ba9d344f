"""Synthesize the CDK app in the current folder, in the Python that runs this: its program or all its stacks."""

import importlib
import inspect
import json
import os
import re
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
    """The stacks that the modules here define and no other code here makes."""
    from aws_cdk import NestedStack, Stack

    texts = {path: path.read_text() for path in sorted(Path().rglob("*.py")) if "tests" not in path.parts}
    modules = [path for path, text in texts.items() if re.search(r"^class \w+\((\w+\.)?Stack\)", text, re.MULTILINE)]
    found = []
    for path in modules:
        module = importlib.import_module(".".join(path.with_suffix("").parts))
        kinds = [kind for _, kind in inspect.getmembers(module, inspect.isclass) if kind.__module__ == module.__name__]
        found += [kind for kind in kinds if issubclass(kind, Stack) and not issubclass(kind, NestedStack)]
    source = "\n".join(texts.values())
    return [kind for kind in found if not re.search(rf"(?<!class )\b{kind.__name__}\(", source)]


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
