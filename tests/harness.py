"""Run transforms on folders: what a fixture is, its variants, and the tree that a run leaves."""

import argparse
import os
import subprocess
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from fixer import engine
from fixer.config import Options
from fixer.config_file import load
from fixer.discover import discover
from fixer.model import FileChange, Impact, Outcome, Problem, Result, Status
from fixer.output.patch import patch

FIXTURES = Path(__file__).parents[1] / "fixtures"
SOURCES = (".tf", ".tfvars", ".yaml", ".yml", ".json", ".template", ".py")
Tree = dict[str, bytes]


@dataclass(frozen=True)
class Case:
    """One folder that holds `before/` and, once recorded, `after/`; `case.toml` says what else the run must say."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.relative_to(FIXTURES).as_posix()

    @property
    def transform(self) -> str:
        return self.folder.relative_to(FIXTURES).parts[0]

    @property
    def format(self) -> str:
        return self.folder.relative_to(FIXTURES).parts[1]

    @cached_property
    def settings(self) -> Mapping[str, Any]:
        """Keys `options`, `expect`, `problems` (texts of problems that must be met) and `lost_comments`."""
        file = self.folder / "case.toml"
        return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}

    @cached_property
    def before(self) -> Tree:
        return read_tree(self.folder / "before")

    @cached_property
    def after(self) -> Tree:
        return read_tree(self.folder / "after")

    def options(self, root: Path) -> Options:
        """Those of a `.iacfix.toml` in the fixture, with the flags of case.toml and this transform alone."""
        return flags(self.settings.get("options", [])).applied(load(root), (self.transform,))

    def record(self, tree: Tree) -> None:
        after = self.folder / "after"
        for path in sorted(after.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        write_tree(after, tree)


class Flags(argparse.Namespace):
    """The flags of the command line that a case may set."""

    new: bool
    allow: Impact | None
    profile: str | None
    ignore: list[str]

    def applied(self, options: Options, select: tuple[str, ...]) -> Options:
        return options.override(select, tuple(self.ignore), self.allow, self.new, self.profile)


def flags(arguments: list[str]) -> Flags:
    parser = argparse.ArgumentParser(exit_on_error=False)
    parser.add_argument("--new", action="store_true")
    parser.add_argument("--allow", type=Impact.named)
    parser.add_argument("--profile")
    parser.add_argument("--ignore", action="append", default=[])
    return parser.parse_args(arguments, Flags())


@dataclass(frozen=True)
class Run:
    """What a run says about a folder; nothing was written."""

    outcomes: tuple[Outcome, ...]
    problems: tuple[Problem, ...]

    @property
    def changes(self) -> list[FileChange]:
        return [change for outcome in self.outcomes for change in outcome.changes]

    @property
    def results(self) -> list[Result]:
        return [result for outcome in self.outcomes for result in outcome.results]

    @property
    def pending(self) -> list[Result]:
        return [result for result in self.results if result.status is Status.PENDING]

    @property
    def patch(self) -> str:
        return "".join(patch(outcome) for outcome in self.outcomes)

    def applied(self, tree: Tree) -> Tree:
        made = dict(tree)
        for change in self.changes:
            made.pop(change.path, None)
            if change.after is not None:
                made[change.path] = change.after
        return made


def run(root: Path, options: Options) -> Run:
    found = discover({".": root}, root, options.excludes)
    outcomes = tuple(engine.run(unit, root, options) for unit in found.units)
    return Run(outcomes, (*found.problems, *(problem for outcome in outcomes for problem in outcome.problems)))


def case_folders() -> list[Case]:
    """The fixtures of all transforms; folders that begin with an underscore and the demo are none."""
    folders = sorted(path.parent for path in FIXTURES.glob("*/*/**/before"))
    return [Case(f) for f in folders if not f.relative_to(FIXTURES).parts[0].startswith("_")]


def read_tree(folder: Path) -> Tree:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def write_tree(folder: Path, tree: Tree) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in tree.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def git_apply(folder: Path, text: str) -> None:
    """Apply a patch as a user outside any repository would; CalledProcessError where git refuses it."""
    environment = {
        **os.environ,
        "GIT_CEILING_DIRECTORIES": str(folder.resolve().parent),
        "GIT_CONFIG_GLOBAL": os.devnull,
    }
    command = ["git", "apply", "--whitespace=nowarn", "-"]
    subprocess.run(command, cwd=folder, env=environment, input=text.encode(), check=True, capture_output=True)
