"""Of each defect that remains, the reason that the run itself gave for leaving it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.corpus import look
from tests.corpus.judges.checkov import CHECKS
from tests.corpus.look import terraform
from tests.corpus.look.cdk import construct_ids
from tests.corpus.look.defect import Defect
from tests.corpus.runs import PENDING, Ran

UNEXPLAINED = "UNEXPLAINED"
LEFT_BY_FIXTURE = "left so in a fixture of this transform, whose test says why"
CONFIGURATION = ".iacfix.toml"
CONSTRUCTS = {"s3-public-access-block": ("Bucket", "CfnBucket"), "log-retention": ("LogGroup", "CfnLogGroup")}


@dataclass(frozen=True)
class Remaining:
    """A defect that is still there, and why."""

    project: str
    defect: Defect
    reason: str


def remaining(ran: Ran, before: Iterable[Defect], after: Iterable[Defect]) -> Iterator[Remaining]:
    """Each defect of `after` with its reason; `before` says on which lines it stood when the run looked at it."""
    origin = {defect.identity: defect for defect in before}
    for defect in after:
        if defect.identity not in origin:
            yield Remaining(ran.project.name, defect, f"{UNEXPLAINED}: it was not there before")
            continue
        old = origin[defect.identity]
        placed = replace(defect, first=old.first, last=old.last)
        yield Remaining(ran.project.name, placed, reason(placed, ran) or blind(placed, ran) or UNEXPLAINED)


def reason(defect: Defect, ran: Ran) -> str:
    """What the run said about the defect's place, its name, or another resource that it left and that names it."""
    left = [f for f in ran.findings if f["id"] == defect.transform and f["status"] != PENDING and f["reason"]]
    about = [f for f in left if concerns(f, defect)] or [f for f in left if f["subject"] in companions(defect, ran)]
    if about:
        return f"{about[0]['status']}: {about[0]['reason']}"
    refused = next((f"file refused: {p['what']}" for p in ran.problems if p["path"] == defect.path), "")
    return refused or configured(defect, ran) or approved(defect, ran)


def configured(defect: Defect, ran: Ran) -> str:
    file = ran.project.root / CONFIGURATION
    return f"set so in {CONFIGURATION}" if file.is_file() and f"[{defect.transform}]" in file.read_text() else ""


def approved(defect: Defect, ran: Ran) -> str:
    """The reason for what a fixture of this very transform leaves: a test holds that its result has it too."""
    if not is_fixture_of(ran, defect.transform):
        return ""
    if defect.check in CHECKS:
        return LEFT_BY_FIXTURE
    recorded = look.defects(str(ran.project.format), ran.project.root.with_name("after"))
    return LEFT_BY_FIXTURE if defect.identity in {d.identity for d in recorded} else ""


def is_fixture_of(ran: Ran, transform: str) -> bool:
    return ran.project.name.split("/")[:2] == ["fixtures", transform]


def concerns(finding: Mapping[str, Any], defect: Defect) -> bool:
    if finding["path"] == defect.path and defect.first <= finding["line"] <= defect.last:
        return True
    return defect.key in re.findall(r"[\w:#/.-]*\w", f"{finding['subject']} {finding['message']}")


def companions(defect: Defect, ran: Ran) -> list[str]:
    return terraform.naming(look.sources("terraform", ran.project.root), defect.key)


def blind(defect: Defect, ran: Ran) -> str:
    """What the scanner does not see: the block that blocks everything, a log group that takes no retention."""
    lines = (ran.project.root / defect.path).read_text(errors="replace").split("\n")[defect.first - 1 : defect.last]
    if defect.check == "CKV_AWS_66" and any(re.search(r"class\W+DELIVERY", line, re.IGNORECASE) for line in lines):
        return "the scanner does not know that a log group of this class takes no retention"
    if defect.check != "CKV2_AWS_6":
        return ""
    block = terraform.blocked_by(look.sources("terraform", ran.project.after), defect.key)
    return f"the scanner does not see that {block} is for it" if block else ""


def synthesized(ran: Ran, defect: Defect) -> Remaining:
    """A defect in a synthesized template: a finding on the construct of that id explains it, or that there is none."""
    logical = defect.key.rpartition(".")[2]
    for finding in ran.findings:
        name = "".join(filter(str.isalnum, finding["subject"].rpartition("/")[2].partition("#")[0]))
        if finding["id"] == defect.transform and finding["status"] != PENDING and name and name in logical:
            return Remaining(ran.project.name, defect, f"{finding['status']}: {finding['reason']}")
    if is_fixture_of(ran, defect.transform):
        return Remaining(ran.project.name, defect, LEFT_BY_FIXTURE)
    written = construct_ids(look.sources("cdk_python", ran.project.root), CONSTRUCTS[defect.transform])
    if not any(name and name in logical for name in written):
        return Remaining(ran.project.name, defect, "not written in these sources: a construct of a library makes it")
    return Remaining(ran.project.name, defect, UNEXPLAINED)
