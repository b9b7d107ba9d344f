"""Rounds of fixes to a fixed point: which fixes go together, and which one breaks a round."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from fixer.model import Append, Change, Delete, Edit, Finding, Move
from fixer.workspace import Workspace

ROUNDS = 10

Find = Callable[[Workspace], Iterable[Finding]]
Broken = Callable[[Workspace, Workspace, Sequence[Finding]], str | None]


@dataclass(frozen=True)
class Converged:
    """The repaired workspace; `applied` are the findings whose fixes are in it, with the text it was found in."""

    workspace: Workspace
    applied: tuple[tuple[Finding, Workspace], ...]
    failed: dict[tuple[str, ...], str]


@dataclass
class Taken:
    """The changes taken for one round, and whether another fix clashes with them."""

    edits: dict[str, list[Edit]] = field(default_factory=dict)
    appended: set[str] = field(default_factory=set)
    moved: set[str] = field(default_factory=set)
    declared: dict[str, Change] = field(default_factory=dict)

    def clashes(self, changes: Sequence[Change]) -> bool:
        return any(self.clash(change) for change in changes)

    def clash(self, change: Change) -> bool:
        if isinstance(change, Edit | Append) and change.declares:
            other = self.declared.get(change.declares)
            if other is not None and other != change:
                return True
        match change:
            case Edit(path=path, span=span):
                held = self.edits.get(path, ())
                return path in self.moved or any(e.span.overlaps(span) and e != change for e in held)
            case Append(path=path):
                return path in self.moved
            case Move(path=path, target=target):
                touched = {*self.edits, *self.appended, *self.moved}
                return bool(touched & {path, target})
            case Delete(path=path):
                return path in self.edits or path in self.appended or path in self.moved

    def add(self, changes: Sequence[Change]) -> None:
        for change in changes:
            match change:
                case Edit(path=path):
                    self.edits.setdefault(path, []).append(change)
                case Append(path=path):
                    self.appended.add(path)
                case Move(path=path, target=target):
                    self.moved |= {path, target}
                case Delete(path=path):
                    self.moved.add(path)
            if isinstance(change, Edit | Append) and change.declares:
                self.declared[change.declares] = change


def converge(workspace: Workspace, find: Find, broken: Broken) -> Converged:
    """Apply what `find` says until it says nothing; a transform that never ends is dropped whole.

    `find` yields the findings that may be fixed, in order; `broken` says why the fixes of
    some findings, which lead from one workspace to another, may not stand.
    """
    endless: dict[tuple[str, ...], str] = {}
    while True:
        done, changing = rounds(workspace, find, broken, endless)
        if not changing:
            return done
        endless |= {(name,): f"still changes its own result after {ROUNDS} rounds" for name in changing}


def rounds(
    workspace: Workspace, find: Find, broken: Broken, endless: dict[tuple[str, ...], str]
) -> tuple[Converged, set[str]]:
    """At most ROUNDS rounds, and the transforms that still had fixes in the last."""
    failed = dict(endless)
    applied: list[tuple[Finding, Workspace]] = []
    for _ in range(ROUNDS):
        wanted = [f for f in find(workspace) if f.key not in failed and (f.transform,) not in failed]
        taken = choose(wanted)
        if not taken:
            return Converged(workspace, tuple(applied), failed), set()
        after, kept, reasons = sound(workspace, taken, broken)
        failed |= reasons
        applied += [(finding, workspace) for finding in kept]
        workspace = after
    rest = {f.transform for f in find(workspace) if f.key not in failed and (f.transform,) not in failed}
    return Converged(workspace, tuple(applied), failed), rest


def choose(findings: Iterable[Finding]) -> list[Finding]:
    """The findings whose fixes go together, first come first served; the others' turn comes next round."""
    taken, chosen = Taken(), []
    for finding in findings:
        if finding.fix is not None and not taken.clashes(finding.fix.changes):
            taken.add(finding.fix.changes)
            chosen.append(finding)
    return chosen


def all_changes(findings: Iterable[Finding]) -> list[Change]:
    return [change for finding in findings if finding.fix for change in finding.fix.changes]


def sound(
    workspace: Workspace, findings: list[Finding], broken: Broken
) -> tuple[Workspace, list[Finding], dict[tuple[str, ...], str]]:
    """The workspace after the fixes that may stand together, these, and the reason for each that may not at all."""
    reasons: dict[tuple[str, ...], str] = {}
    kept: list[Finding] = []
    result = workspace

    def keep(some: list[Finding]) -> None:
        nonlocal result
        together = [*kept, *some]
        after = workspace.apply(all_changes(together))
        reason = broken(workspace, after, together)
        if reason is None:
            kept.extend(some)
            result = after
        elif len(some) == 1:
            alone = all_changes(some)
            if not kept or broken(workspace, workspace.apply(alone), some) is not None:
                reasons[some[0].key] = reason  # else it only breaks what is kept: its turn comes next round
        else:
            half = len(some) // 2
            keep(some[:half])
            keep(some[half:])

    keep(findings)
    return result, kept, reasons
