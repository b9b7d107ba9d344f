"""Of each defect that remains, the reason that the run itself gave for leaving it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.corpus.look.defect import Defect
from tests.corpus.runs import PENDING

UNEXPLAINED = "UNEXPLAINED"


@dataclass(frozen=True)
class Remaining:
    """A defect that is still there, and why."""

    project: str
    defect: Defect
    reason: str


def remaining(
    project: str, before: Iterable[Defect], after: Iterable[Defect], report: Mapping[str, list[dict[str, Any]]]
) -> Iterator[Remaining]:
    """Each defect of `after` with its reason; `before` says on which lines it stood when the run looked at it."""
    origin = {defect.identity: defect for defect in before}
    for defect in after:
        if defect.identity not in origin:
            yield Remaining(project, defect, f"{UNEXPLAINED}: it was not there before")
            continue
        old = origin[defect.identity]
        placed = replace(defect, first=old.first, last=old.last)
        yield Remaining(project, placed, reason(placed, report) or UNEXPLAINED)


def reason(defect: Defect, report: Mapping[str, list[dict[str, Any]]]) -> str:
    for finding in report["findings"]:
        left = finding["status"] != PENDING and finding["reason"]
        if left and finding["id"] == defect.transform and concerns(finding, defect):
            return f"{finding['status']}: {finding['reason']}"
    for problem in report["problems"]:
        if problem["path"] == defect.path:
            return f"file refused: {problem['what']}"
    return ""


def concerns(finding: Mapping[str, Any], defect: Defect) -> bool:
    if finding["path"] == defect.path and defect.first <= finding["line"] <= defect.last:
        return True
    return defect.key in re.findall(r"[\w:#/.-]*\w", f"{finding['subject']} {finding['message']}")
