"""The report for programs: one JSON document."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fixer import __version__
from fixer.model import Outcome, Problem, Result, Unit

FORM = 1


def document(
    root: Path, outcomes: Sequence[Outcome], patches: Mapping[Unit, str], problems: Sequence[Problem], status: int
) -> str:
    """Findings in the order of units and lines, the patch of each unit, problems, and counts by status."""
    results = [(outcome.unit, result) for outcome in outcomes for result in outcome.results]
    made = {
        "iacfix": __version__,
        "form": FORM,
        "root": str(root),
        "exit_status": status,
        "counts": Counter(str(result.status) for _, result in results),
        "findings": [finding(unit, result) for unit, result in results],
        "units": [unit_entry(outcome, patches.get(outcome.unit, "")) for outcome in outcomes],
        "problems": [problem_entry(problem) for problem in problems],
    }
    return json.dumps(made, indent=2) + "\n"


def finding(unit: Unit, result: Result) -> dict[str, Any]:
    found = result.finding
    return {
        "id": found.transform,
        "unit": unit.path,
        "format": unit.format,
        "subject": found.subject,
        "path": found.path,
        "line": result.line,
        "column": result.column,
        "message": found.message,
        "impact": found.fix.impact.label if found.fix else None,
        "impact_reason": found.fix.impact_reason if found.fix else "",
        "note": found.fix.note if found.fix else "",
        "status": str(result.status),
        "reason": result.reason,
        "fingerprint": result.fingerprint,
        "verification": str(result.verdict) if result.verdict else None,
    }


def unit_entry(outcome: Outcome, patch: str) -> dict[str, Any]:
    unit = outcome.unit
    changed = [change.path for change in outcome.changes]
    return {
        "path": unit.path,
        "format": unit.format,
        "files": list(unit.files),
        "changed": changed,
        "diff": patch,
        "verification": outcome.verification,
    }


def problem_entry(problem: Problem) -> dict[str, Any]:
    return {
        "path": problem.path,
        "line": problem.line,
        "column": problem.column,
        "what": problem.what,
        "advice": problem.advice,
        "error": problem.error,
    }
