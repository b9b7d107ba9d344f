"""What a repair of any source must never do: crash, break a file, leave something to do, print a wrong patch."""

import ast
import json
import re
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType

import yaml

from fixer import engine
from fixer.config import Options
from fixer.formats import load
from fixer.model import Outcome, Refused, Status, Unit
from fixer.output.patch import BadPatch, patch
from fixer.workspace import SourceFile
from tests.harness import Tree, git_apply, read_tree, write_tree

LIMIT = 60
DROPPED = "dropped by its proof: "
NAME = re.compile(r"\S*[._:/']\S*")
SUFFIXES = {"terraform": (".tf",), "cloudformation": (".yaml", ".yml", ".json", ".template"), "cdk_python": (".py",)}


class TooLong(Exception):
    """A repair that does not come to an end."""


@dataclass(frozen=True)
class Case:
    """A unit, its files and what a run is asked to do with them."""

    unit: Unit
    tree: Tree
    options: Options

    def outcome(self) -> Outcome:
        with tempfile.TemporaryDirectory() as scratch:
            write_tree(Path(scratch), self.tree)
            return engine.run(self.unit, Path(scratch), self.options)

    @property
    def sources(self) -> list[str]:
        return [path for path in self.tree if path.endswith(SUFFIXES[self.unit.format])]


@dataclass(frozen=True)
class Verdict:
    """What became of a case; `faults` are in a form that is nearly the same for the same bug."""

    faults: tuple[str, ...]
    parsed: bool = False
    changed: bool = False


def verdict(case: Case) -> Verdict:
    """A crash and a repair without an end are faults, too."""

    def stop(*_: object) -> None:
        raise TooLong

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(LIMIT)
    try:
        outcome = case.outcome()
        readable = [path for path in case.sources if parses(case.unit.format, path, case.tree[path])]
        return Verdict(tuple(faults(case, outcome, readable)), bool(readable), bool(outcome.changes))
    except Exception as error:  # a crash of what is tested is what is looked for
        return Verdict((f"crash: {type(error).__name__} ({spot(error.__traceback__)})",))
    finally:
        signal.alarm(0)


def faults(case: Case, outcome: Outcome, readable: list[str]) -> Iterator[str]:
    yield from (problem.what for problem in outcome.problems if problem.what.startswith("internal error"))
    failed = (result for result in outcome.results if result.status is Status.FAILED)
    yield from (f"{DROPPED}{result.finding.transform}: {result.reason}" for result in failed)
    if not outcome.changes:
        return
    after = made_of(case.tree, outcome)
    for path in readable:
        if path in after:
            yield from (f"{ids(outcome)}: {fault}" for fault in broken(case, path, after[path]))
    again = replace(case, unit=replace(case.unit, files=tuple(after)), tree=after).outcome()
    if again.changes:
        yield f"{ids(again)}: the second run changes something"
    yield from wrong_patch(case, outcome, after)


def broken(case: Case, path: str, after: bytes) -> Iterator[str]:
    """Who could read the file before and can't any more: the tool itself, another parser of the language."""
    if not parses(case.unit.format, path, after):
        yield "not parsable afterwards"
    if (what := refusal(path, after)) and not refusal(path, case.tree[path]):
        yield f"{what} afterwards, says another parser"


def wrong_patch(case: Case, outcome: Outcome, after: Tree) -> Iterator[str]:
    try:
        text = patch(outcome)
    except BadPatch as error:
        yield f"bad patch: {error}"
        return
    with tempfile.TemporaryDirectory() as scratch:
        write_tree(Path(scratch), case.tree)
        try:
            git_apply(Path(scratch), text)
        except subprocess.CalledProcessError as error:
            yield f"git refuses the patch: {error.stderr.decode(errors='replace').splitlines()[0]}"
            return
        if read_tree(Path(scratch)) != after:
            yield "git makes something else of the patch"


def made_of(tree: Tree, outcome: Outcome) -> Tree:
    changed = {change.path for change in outcome.changes}
    kept = {path: data for path, data in tree.items() if path not in changed}
    return kept | {change.path: change.after for change in outcome.changes if change.after is not None}


def ids(outcome: Outcome) -> str:
    pending = (result for result in outcome.results if result.status is Status.PENDING)
    return ", ".join(sorted({result.finding.transform for result in pending}))


def parses(format: str, path: str, data: bytes) -> bool:
    try:
        load(format).check(SourceFile.decode(path, data))
    except Refused:
        return False
    return True


def refusal(path: str, data: bytes) -> str:
    """The error of a parser that is not the tool's: Python's own, PyYAML, json."""
    try:
        if path.endswith(".py"):
            ast.parse(data)
        elif path.endswith(".json"):
            json.loads(data)
        elif path.endswith((".yaml", ".yml", ".template")):
            list(yaml.parse(data, yaml.CSafeLoader))
    except (SyntaxError, ValueError, yaml.YAMLError, RecursionError) as error:
        return type(error).__name__
    return ""


def spot(where: TracebackType | None) -> str:
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    return f"{Path(where.tb_frame.f_code.co_filename).name}:{where.tb_lineno}" if where else "?"


def kind(fault: str) -> str:
    """The fault without what differs from case to case."""
    if fault.startswith(DROPPED):
        transform, _, reason = fault.removeprefix(DROPPED).partition(": ")
        return f"{DROPPED}{transform} {NAME.sub('', reason)}"
    head, _, place = fault.rpartition(" (")
    return f"{head[:60]} {place}" if head else fault[:80]
