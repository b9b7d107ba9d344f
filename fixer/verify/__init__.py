"""`--verify`: a repair is kept when a judge outside of iacfix has nothing new to say about it."""

import importlib
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Protocol, cast

from fixer.config import Options
from fixer.engine import run
from fixer.model import Key, Outcome, Problem, Result, Status, Unit, Verdict
from fixer.verify.judge import Judge, NotVerified
from fixer.verify.trials import Trials

JUDGES = {"terraform": "terraform", "cloudformation": "cloudformation", "cdk_python": "cdk"}


class JudgeModule(Protocol):
    """What the module of a format's judge offers."""

    def open_judge(self, unit: Unit, root: Path, options: Options) -> Judge:
        """The judge, when he has looked at the unit as it is; NotVerified where he can't."""
        ...


def verified(outcome: Outcome, root: Path, options: Options) -> Outcome:
    """The outcome without the fixes that the judge of its format rejects; where he can't be asked, it says so."""
    if not options.verify or not outcome.changes:
        return outcome
    unit = outcome.unit
    module = cast(JudgeModule, importlib.import_module(f"fixer.verify.{JUDGES[unit.format]}"))
    try:
        judge = module.open_judge(unit, root, options)
        first = judge.judge(outcome)
    except NotVerified as error:
        said = f"NOT VERIFIED: {error.reason}"
        problem = Problem(unit.path, 0, 0, said, error.advice, error.error)
        unsure = tuple(marked(result, Verdict.NOT_VERIFIED, {}) for result in outcome.results)
        return replace(outcome, results=unsure, problems=(*outcome.problems, problem), verification=said)
    trials = Trials(judge, partial(run, unit, root, options), {outcome.changes: first})
    made, rejected = trials.accepted(outcome)
    results = tuple(marked(result, Verdict.VERIFIED, rejected) for result in made.results)
    remark = trials.judged(made).remark
    said = f"verified by {judge.name}{f': {remark}' if remark else ''}" if made.changes else ""
    return replace(made, results=results, verification=said)


def marked(result: Result, verdict: Verdict, rejected: Mapping[Key, str]) -> Result:
    if result.finding.key in rejected and result.status is Status.FAILED:
        return replace(result, verdict=Verdict.REJECTED)
    return replace(result, verdict=verdict) if result.status is Status.PENDING else result
