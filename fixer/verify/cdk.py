"""Synthesis as the judge of a CDK app: the user's program is run before and after, and its templates are compared."""

import json
import os
import re
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from typing import Any

from fixer.config import Options
from fixer.engine import run
from fixer.model import Finding, Impact, Outcome, Status, Unit
from fixer.verify.difference import Changed, Templates, differences
from fixer.verify.judge import Judgement, NotVerified
from fixer.verify.process import ran
from fixer.verify.scratch import scratch
from fixer.verify.trials import Repair

NAME = "CDK synthesis"
PYTHON = re.compile(r"python(3(\.\d+)?)?")
ADVICE = "see what `cdk synth` says"
# https://docs.aws.amazon.com/cdk/v2/guide/environments.html: the CDK command sets these two from the credentials.
ACCOUNT = {"CDK_DEFAULT_ACCOUNT": "111111111111", "CDK_DEFAULT_REGION": "us-east-1"}
NO_BUNDLING: Mapping[str, Any] = {
    "aws:cdk:bundling-stacks": []
}  # assets are not built: that can take minutes, and Docker
SHOWN = 5


@dataclass(frozen=True, slots=True)
class App:
    """How an app is run: its folder, the interpreter and its arguments, its context."""

    folder: Path
    command: tuple[str, ...]
    context: str
    seconds: int

    def templates(self, root: Path = Path(), outcome: Outcome | None = None) -> Templates:
        """What the app synthesizes with the changes of an outcome, by the templates' names."""
        changes = outcome.changes if outcome else ()
        with scratch(self.folder, root, changes, copy=True) as place, TemporaryDirectory(prefix="iacfix-") as out:
            own = {"CDK_OUTDIR": out, "CDK_CONTEXT_JSON": self.context, "PYTHONDONTWRITEBYTECODE": "1"}
            done = ran(self.command, place, self.seconds, {**ACCOUNT, **os.environ, **own})
            if done.status:
                raise NotVerified(f"the app does not synthesize: {last_words(done.stderr)}", ADVICE)
            files = sorted(Path(out).rglob("*.template.json"))
            if not files:
                raise NotVerified("the app makes no template", ADVICE)
            return {name(file, Path(out)): read(file, place) for file in files}


@dataclass(frozen=True, slots=True)
class Synthesis:
    """The judge of an app, with the templates that it makes as the user has it."""

    app: App
    root: Path
    allowed: Callable[[Finding], Impact]
    repair: Repair
    before: Templates
    name: str = NAME

    def judge(self, outcome: Outcome) -> Judgement:
        """Wrong is an app that fails, and a resource that suffers more than is allowed."""
        applied = [result.finding for result in outcome.results if result.status is Status.PENDING]
        try:
            after = self.app.templates(self.root, outcome)
            wrong = tuple(dict.fromkeys(map(str, self.excess(outcome, applied, after))))
        except NotVerified as error:
            return Judgement((error.reason,))
        found = graver(self.before, after)
        claimed = max((finding.fix.impact for finding in applied if finding.fix), default=Impact.NONE)
        more = [str(change) for change in found if change.impact > claimed]
        shown = [str(change) for change in found[:SHOWN]]
        rest = [f"and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
        remark = "; ".join([*shown, *rest]) or "no resource changes"
        beyond = f"more than the {claimed.label} that the fixes claim: {'; '.join(more)}; " if more else ""
        return Judgement(wrong, beyond + remark)

    def excess(self, outcome: Outcome, applied: Sequence[Finding], after: Templates) -> Iterator[Changed]:
        """What a resource suffers beyond what is allowed.

        A template does not say which fix changed it: what fixes with a ceiling do is what they add to those that may
        do more.
        """
        for level in sorted({self.allowed(finding) for finding in applied}, reverse=True):
            more = {finding.key for finding in applied if self.allowed(finding) > level}
            others = {result.finding.key: "not asked about" for result in outcome.results}
            base = self.repair({key: why for key, why in others.items() if key not in more}) if more else None
            before = self.app.templates(self.root, base) if base and base.changes else self.before
            yield from (change for change in graver(before, after) if change.impact > level)


def graver(before: Templates, after: Templates) -> list[Changed]:
    """How templates differ, the gravest first."""
    return sorted(differences(before, after), key=lambda change: -change.impact)


def open_judge(unit: Unit, root: Path, options: Options) -> Synthesis:
    """The judge of an app; NotVerified where it may not or can't be run."""
    if not options.verify_cdk:
        raise NotVerified("that would run the app's program", "--verify-cdk allows it", error=False)
    folder = root / unit.path
    settings = loaded(folder / "cdk.json")
    stored = loaded(folder / "cdk.context.json") if (folder / "cdk.context.json").is_file() else {}
    context = {**stored, **settings.get("context", {}), **NO_BUNDLING}
    app = App(folder, command(settings.get("app"), folder), json.dumps(context), options.verify_timeout)
    allowed = partial(options.allowed, root=root)
    return Synthesis(app, root, allowed, partial(run, unit, root, options), app.templates())


def command(app: object, folder: Path) -> tuple[str, ...]:
    """`python3 app.py` of cdk.json as a command, with the app's own environment before what is on PATH."""
    words = shlex.split(app, posix=True) if isinstance(app, str) and not re.search(r"[;&|<>$`*'\"\\]", app) else []
    if len(words) < 2 or not words[1].endswith(".py") or not PYTHON.fullmatch(Path(words[0]).name):
        raise NotVerified(f"cdk.json runs the app with {app!r}", "only `python3 FILE.py` is run for verification")
    places = os.pathsep.join([str(folder / ".venv" / "bin"), os.environ.get("PATH", os.defpath)])
    found = which(str(folder / words[0]) if "/" in words[0] else words[0], path=places)
    if found is None:
        raise NotVerified(f"there is no {words[0]}", "make the environment of the app first")
    return found, *words[1:]


def loaded(file: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NotVerified(f"{file.name} can't be read: {error}", "it says how the app is run") from error
    return found if isinstance(found, dict) else {}


def name(file: Path, out: Path) -> str:
    return file.relative_to(out).as_posix().removesuffix(".template.json")


def read(file: Path, place: Path) -> Mapping[str, Any]:
    """A template; the path of the scratch copy, which is another one each time, does not count."""
    found: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8").replace(str(place), ""))
    return found


def last_words(errors: str) -> str:
    """The line of the exception: jsii's own notes, and what is indented, are none."""
    lines = [line for line in errors.splitlines() if line.strip() and not line.startswith((" ", "b'", 'b"'))]
    return lines[-1][:300] if lines else "it says nothing"
