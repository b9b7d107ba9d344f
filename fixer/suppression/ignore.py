"""What an ignore is: whose it is, which checks it names, how far it reaches, and which transforms that means."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from fixer.config import specificity
from fixer.formats.lines import line_end
from fixer.model import Edit, Finding, Span
from fixer.transform import Transform
from fixer.workspace import SourceFile

EVERY = "*"
NOWHERE = Span(0, 0)
TRIVY_NAMES = Path(__file__).with_name("trivy_names.json")


@dataclass(frozen=True, slots=True)
class Ignore:
    """An ignore at an offset of its file.

    It reaches the findings whose subject, or something that their fix replaces, begins in `extent`; with `inside`
    also those whose subject it stands in; and in any file those whose address fits `subjects`.
    """

    tool: str
    ids: tuple[str, ...]
    reason: str
    at: int
    extent: Span = NOWHERE
    inside: bool = False
    subjects: str = ""

    def reaches(self, finding: Finding, file: SourceFile) -> bool:
        """Whether it is about this finding's place; `file` is the one that the ignore stands in."""
        if self.subjects and fnmatchcase(finding.subject, self.subjects):
            return True
        if finding.path != file.path:
            return False
        if any(self.extent.start <= start < self.extent.end for start in starts(finding)):
            return True
        return self.inside and finding.span.start <= self.at < line_end(file.text, max(finding.span.end - 1, 0))

    def names(self, kind: type[Transform]) -> bool:
        """Whether it names the transform, or a check that the transform closes or is related to."""
        if self.tool not in TOOLS:
            return specificity(self.ids, kind) > 0
        form, same = TOOLS[self.tool]
        known = [id for id in (*kind.closes, *kind.related) if form.fullmatch(id)]
        return any(given == EVERY or same(given, id) for given in self.ids for id in known)

    @property
    def anywhere(self) -> "Ignore":
        """The same without its place, which fixes may have moved."""
        return replace(self, at=0, extent=NOWHERE)

    def __str__(self) -> str:
        return f"suppressed by {self.tool}" + (f": {self.reason}" if self.reason else "")


def starts(finding: Finding) -> list[int]:
    """Where the subject begins, and where the texts do that the fix replaces."""
    changes = finding.fix.changes if finding.fix else ()
    edits = [change for change in changes if isinstance(change, Edit) and change.path == finding.path]
    return [finding.span.start, *(edit.span.start for edit in edits if edit.span.start < edit.span.end)]


def same_id(given: str, id: str) -> bool:
    return given.lower() == id.lower()


def same_trivy_check(given: str, id: str) -> bool:
    """Trivy and tfsec take the id with or without AVD-, the long name and its old ones, and a `*` in any of them."""
    pattern = given.lower().removeprefix("avd-")
    return any(fnmatchcase(name.lower(), pattern) for name in (id, *trivy_names().get(id, ())))


def same_prefix(given: str, id: str) -> bool:
    return bool(given) and id.startswith(given)


@cache
def trivy_names() -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads(TRIVY_NAMES.read_text(encoding="utf-8"))["names"]
    return found


# The tools, each with the form of its ids and with what makes an id in an ignore mean one of them.
TRIVY = (re.compile(r"AWS-\d{4}"), same_trivy_check)
TOOLS: dict[str, tuple[re.Pattern[str], Callable[[str, str], bool]]] = {
    "checkov": (re.compile(r"CKV2?_\w+"), same_id),
    "trivy": TRIVY,
    "tfsec": TRIVY,
    "KICS": (re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"), same_id),
    "cfn-lint": (re.compile(r"[EWI]\d{4}"), same_prefix),
    "cdk-nag": (re.compile(r"AwsSolutions-\w+"), same_id),
}
