"""One project through the command line, as a user would: dry run, patch, apply, and once more."""

import contextlib
import io
import json
import shutil
import tempfile
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import CalledProcessError
from typing import Any

from fixer.cli import main
from tests.corpus.projects import Project, content
from tests.harness import git_apply, read_tree

PENDING, FAILED = "pending", "failed"


@dataclass(frozen=True)
class Ran:
    """What happened to a project; `after` is the folder with the fixes applied, `changed` the files that differ."""

    project: Project
    findings: list[dict[str, Any]] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)
    files: int = 0
    crashes: list[str] = field(default_factory=list)
    not_empty: list[str] = field(default_factory=list)
    unequal: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)

    @property
    def refused(self) -> list[dict[str, Any]]:
        """The files that could not be read; what is merely not served yet, or a bug, is none of them."""
        return [p for p in self.problems if p["error"] and not p["what"].startswith("internal error")]


def run_project(project: Project, flags: tuple[str, ...] = ()) -> Ran:
    try:
        return ran(project, flags)
    except (Exception, SystemExit):  # a crash of what is tested is a figure of this run
        return Ran(project, crashes=[crash()])


def crash() -> str:
    """The exception on one line, with where it came from."""
    lines = traceback.format_exc(limit=-1).strip().split("\n")
    return f"{lines[-1]} ({lines[1].strip()})"


def ran(project: Project, flags: tuple[str, ...]) -> Ran:
    project.copy()
    with tempfile.TemporaryDirectory() as scratch:
        patched = Path(scratch) / "tree"  # in no work tree, from whose top a patch would name its files
        shutil.copytree(project.root, patched, symlinks=True)
        first = report(patched, *flags)
        untouched = content(patched) == content(project.root)
        refusal = applied_by_git(patched, "".join(unit["diff"] for unit in first["units"]))
        applied = report(project.after, "--apply", *flags)
        after, before = read_tree(project.after), read_tree(project.root)
        made = read_tree(patched)
        unequal = [path for path in sorted({*after, *made}) if after.get(path) != made.get(path)]
    again = report(project.after, *flags)
    bugs = [p["what"] for p in (*first["problems"], *applied["problems"]) if p["what"].startswith("internal error")]
    if not untouched:
        bugs.append("the dry run wrote something")
    return Ran(
        project,
        first["findings"],
        first["problems"],
        len({path for unit in first["units"] for path in unit["files"]}),
        sorted(set(bugs)),
        [brief(f) for f in again["findings"] if f["status"] == PENDING]
        + [p for u in again["units"] for p in u["changed"]],
        refusal + unequal,
        [path for path in sorted({*after, *before}) if after.get(path) != before.get(path)],
    )


def brief(finding: dict[str, Any]) -> str:
    return f"{finding['path']}:{finding['line']} {finding['id']} {finding['subject']}: {finding['message']}"


def applied_by_git(folder: Path, patch: str) -> list[str]:
    try:
        if patch:
            git_apply(folder, patch)
    except CalledProcessError as error:
        return [f"git apply: {error.stderr.decode('utf-8', 'replace').strip()[:300]}"]
    return []


def report(folder: Path, *flags: str) -> dict[str, Any]:
    """What `iacfix` says in a folder; RuntimeError where its exit status is none that it may have."""
    with tempfile.TemporaryDirectory() as scratch, contextlib.chdir(folder):
        file = Path(scratch) / "report.json"
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            status = main(["--output-format", "json", "--output-file", str(file), "--jobs", "1", *flags])
        if status not in (0, 1, 2) or not file.is_file():
            raise RuntimeError(f"exit status {status}: {said.getvalue()[-1000:]}")
        document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return document
