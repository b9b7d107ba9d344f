"""What the judges and the independent look say about the projects that were run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.corpus import look, parsers
from tests.corpus.explain import Remaining, remaining, synthesized
from tests.corpus.judges import LINT, PLAN, SCAN, SYNTH, VALIDATE, cdk
from tests.corpus.judges.checkov import CHECKS
from tests.corpus.judges.judge import VALID, Judge, Verdicts
from tests.corpus.look.defect import Defect
from tests.corpus.runs import PENDING, Ran

JUDGE_OF = {"terraform": VALIDATE, "cloudformation": LINT, "cdk_python": SYNTH}


@dataclass
class Examined:
    """The judgement of all projects of one kind; the lists hold a line for each case."""

    invalidated: list[str] = field(default_factory=list)
    unplanned: list[str] = field(default_factory=list)
    unparsed: list[str] = field(default_factory=list)
    wrongly_refused: list[str] = field(default_factory=list)
    new_messages: list[str] = field(default_factory=list)
    found: int = 0
    remaining: list[Remaining] = field(default_factory=list)
    valid_before: int = 0
    planned_before: int = 0


def examine(format: str, runs: list[Ran], judges: Mapping[str, Judge]) -> Examined:
    examined = Examined()
    for ran in runs:
        examined.unparsed += unparsed(format, ran)
        examined.wrongly_refused += wrongly_refused(format, ran)
    judged = [ran for ran in runs if ran.changed] if format == "cdk_python" else runs
    validity(judges[JUDGE_OF[format]], judged, examined)
    if format == "terraform":
        plans(judges[PLAN], [ran for ran in runs if ran.changed and fixes(ran, "route53-conditional")], examined)
    scans = scanned(format, judges[SCAN], runs)
    for ran in runs:
        looked(format, ran, scans.get(ran.project.root, {}), scans.get(ran.project.after, {}), examined)
    return examined


def fixes(ran: Ran, transform: str) -> bool:
    return any(f["id"] == transform and f["status"] == PENDING for f in ran.findings)


def unparsed(format: str, ran: Ran) -> Iterator[str]:
    """The files that the format's own parser read before the run and does not after it."""
    for path in ran.changed if not parsers.missing(format) else ():
        if not parsers.fault(format, ran.project.root / path) and (
            why := parsers.fault(format, ran.project.after / path)
        ):
            yield f"{ran.project.name}/{path}: {why[:300]}"


def wrongly_refused(format: str, ran: Ran) -> Iterator[str]:
    """The files that were refused although the format's own parser reads them."""
    for problem in ran.refused if not parsers.missing(format) else ():
        if not parsers.fault(format, ran.project.root / problem["path"]):
            yield f"{ran.project.name}/{problem['path']}:{problem['line']}: {problem['what']}"


def validity(judge: Judge, runs: list[Ran], examined: Examined) -> None:
    if judge.missing:
        return
    said = judge.judge([folder for ran in runs for folder in (ran.project.root, ran.project.after)])
    for ran in runs:
        before, after = said[ran.project.root], said[ran.project.after]
        examined.valid_before += sum(verdict.status == VALID for verdict in before.values())
        examined.invalidated += worse(ran.project.name, before, after)
        examined.new_messages += new_messages(ran.project.name, before, after)


def plans(judge: Judge, runs: list[Ran], examined: Examined) -> None:
    if judge.missing:
        return
    said = judge.judge([folder for ran in runs for folder in (ran.project.root, ran.project.after)])
    for ran in runs:
        before, after = said[ran.project.root], said[ran.project.after]
        examined.planned_before += sum(verdict.status == VALID for verdict in before.values())
        examined.unplanned += worse(ran.project.name, before, after)


def worse(name: str, before: Verdicts, after: Verdicts) -> Iterator[str]:
    for part, verdict in before.items():
        then = after.get(part)
        if verdict.status == VALID and (then is None or then.status != VALID):
            yield f"{name}/{part}: {'; '.join(then.messages) if then else 'gone'}"


def new_messages(name: str, before: Verdicts, after: Verdicts) -> Iterator[str]:
    for part, verdict in before.items():
        if verdict.status != VALID and part in after:
            yield from (f"{name}/{part}: {message}" for message in set(after[part].messages) - set(verdict.messages))


def scanned(format: str, judge: Judge, runs: list[Ran]) -> dict[Path, Verdicts]:
    """What checkov finds, by the project's folder; for apps in the templates that they synthesized."""
    folders = [folder for ran in runs for folder in (ran.project.root, ran.project.after)]
    where = {folder: cdk.templates(folder) if format == "cdk_python" else folder for folder in folders}
    asked = [place for place in where.values() if place.is_dir()]
    said = judge.judge(asked) if asked and not judge.missing else {}
    return {folder: said[place] for folder, place in where.items() if place in said}


def looked(format: str, ran: Ran, before: Verdicts, after: Verdicts, examined: Examined) -> None:
    """What the own look and the scanner still find, each with its reason."""
    root, then = ran.project.root, ran.project.after
    own, own_then = look.defects(format, root), look.defects(format, then)
    theirs, theirs_then = list(defects_of(before)), list(defects_of(after))
    examined.found += len(own) + len(theirs)
    examined.remaining += remaining(ran, own, own_then)
    if format == "cdk_python":
        examined.remaining += [synthesized(ran, defect) for defect in theirs_then]
    else:
        examined.remaining += remaining(ran, theirs, theirs_then)


def defects_of(verdicts: Verdicts) -> Iterator[Defect]:
    for verdict in verdicts.values():
        check, path, resource, first, last = verdict.messages
        yield Defect(CHECKS[check], check, path, without_modules(resource), int(first), int(last))


def without_modules(resource: str) -> str:
    """The address inside its module, without index."""
    return ".".join(resource.split("[")[0].split(".")[-2:])
