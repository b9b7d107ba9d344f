"""The data that passes between the parts: spans, changes, fixes, findings, problems."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code points in a file's decoded text (without its BOM)."""

    start: int
    end: int

    def overlaps(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end

    def __contains__(self, other: "Span") -> bool:
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace a span of an existing file; an empty span inserts. Newlines in `text` follow the file's own.

    `declares` is a name that the text introduces to the unit (`var.x`): fixes that declare one name must agree.
    `shared` are the places that the text serves together (a YAML anchor and its aliases), by name: all of them change;
    one without a span means something else.
    """

    path: str
    span: Span
    text: str
    declares: str = ""
    shared: tuple[tuple[str, Span | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Append:
    """Add whole lines at the end of a file, after one blank line; creates the file when it is not there."""

    path: str
    text: str
    declares: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """Rename a file; its content stays."""

    path: str
    target: str


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove a file."""

    path: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """In place of a change that can't be made honestly: the finding becomes advice with this reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class Affects:
    """Beside changes: the property of a resource type whose value they change, so that its facts are asked."""

    kind: str
    path: str


Key = tuple[str, str, str, str]
Change = Edit | Append | Move | Delete
Changes = Change | Withheld | Affects | Iterable["Changes"]


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a source that means something on its own: an argument, a property, a statement.

    `path` are the names around it and its own, `names` the spans of those names.
    """

    path: str
    span: Span
    names: tuple[Span, ...] = ()


class Impact(IntEnum):
    """What deploying a fix does to a stack that is deployed, from harmless to grave."""

    NONE = 0
    IN_PLACE = 1
    REPLACEMENT = 2
    INTERRUPTION = 3
    DATA_LOSS = 4

    @property
    def label(self) -> str:
        return self.name.lower().replace("_", "-")

    @classmethod
    def named(cls, label: str) -> "Impact":
        """The impact with this label; ValueError names the labels there are."""
        for impact in cls:
            if impact.label == label:
                return impact
        raise ValueError(f"unknown impact {label!r}; it is one of {', '.join(i.label for i in cls)}")


class Status(StrEnum):
    """What became of a finding."""

    FIXED = "fixed"
    PENDING = "pending"
    HELD_BACK = "held-back"
    SUPPRESSED = "suppressed"
    ADVICE = "advice"
    FAILED = "failed"


class Verdict(StrEnum):
    """What a judge outside of iacfix makes of a fix."""

    VERIFIED = "verified"
    NOT_VERIFIED = "not verified"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Fix:
    """One atomic repair: all of its changes are made or none; `note` says what deploying it does or costs.

    `impact_reason` is the fact that the impact rests on; empty where it is the transform's own claim.
    """

    changes: tuple[Change, ...]
    impact: Impact
    note: str = ""
    impact_reason: str = ""

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that it changes, moves, makes or removes."""
        return tuple(path for change in self.changes for path in (change.path, getattr(change, "target", change.path)))


class Subject(Protocol):
    """What a finding is about: a resource, construct, block or file with an address that survives edits."""

    @property
    def address(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def span(self) -> Span: ...


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect at one place; without a fix it is advice and `reason` says what a person must decide.

    `others` are the places of what else the one fix is about: an ignore at any of them leaves all of it alone.
    """

    transform: str
    subject: str
    path: str
    span: Span
    message: str
    fix: Fix | None = None
    reason: str = ""
    others: tuple[tuple[str, Span], ...] = ()

    @property
    def key(self) -> Key:
        """What stays the same when other fixes move the finding to another line."""
        return self.transform, self.path, self.subject, self.message

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that it is about and those that its fix touches."""
        return self.path, *(path for path, _ in self.others), *(self.fix.paths if self.fix else ())


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about a file that the user must know: `path:line:col: what; advice`. Errors make the exit status 2."""

    path: str
    line: int
    column: int
    what: str
    advice: str
    error: bool = True

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}:{self.column}" if self.line else self.path
        return f"{place}: {self.what}; {self.advice}"


class Refused(Exception):
    """A file that can't be served; `offset` is where the reason lies, `advice` what the user can do."""

    def __init__(self, what: str, advice: str, offset: int = 0, *, error: bool = True) -> None:
        super().__init__(what)
        self.what, self.advice, self.offset, self.error = what, advice, offset, error


@dataclass(frozen=True, slots=True)
class Unit:
    """What is repaired as one: a Terraform module, a CloudFormation template, a CDK app.

    `locked` are those of the files that are read but never changed, each with the reason: a symbolic link, an
    override file, a generated one.
    """

    format: str
    path: str
    files: tuple[str, ...]
    locked: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """A finding with what became of it; line and column (from 1) are those of the text that the user has.

    The fingerprint stays when lines move and files are renamed; empty where only other fixes brought the finding up.
    """

    finding: Finding
    status: Status
    reason: str
    line: int
    column: int
    verdict: Verdict | None = None
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file before and after; None is a file that is not there. Bytes, as they are on disk."""

    path: str
    before: bytes | None
    after: bytes | None
    mode: int = 0o644
    moved_from: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that a run says about one unit; plain data, so that it passes between processes.

    `verification` is what a judge outside of iacfix said of the changes, or why he can't; empty where none was asked.
    """

    unit: Unit
    results: tuple[Result, ...] = ()
    changes: tuple[FileChange, ...] = ()
    problems: tuple[Problem, ...] = ()
    verification: str = ""
