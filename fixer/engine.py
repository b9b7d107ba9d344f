"""One unit: find on the text that the user has, fix to a fixed point, check again, say what became of each finding."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from functools import cached_property
from pathlib import Path

from fixer import baseline
from fixer.config import Options
from fixer.converge import Converged, converge
from fixer.formats import View, load
from fixer.model import Finding, Key, Move, Outcome, Problem, Refused, Result, Status, Unit
from fixer.proof import unproven
from fixer.shared import agreed
from fixer.suppression import Use, ignores_of, mistakes, unused
from fixer.transform import Transform
from fixer.workspace import SourceFile, Workspace, read


def run(unit: Unit, root: Path, options: Options, rejected: Mapping[Key, str] | None = None) -> Outcome:
    """Read a unit's files and repair them; nothing is written. Never raises for what the sources hold.

    `rejected` are findings that are not fixed and fail, each with the reason.
    """
    files, problems, locked = {}, [], dict(unit.locked)
    for path in unit.files:
        try:
            files[path] = read(root, path)
            problems += mistakes(files[path], unit.format)
        except Refused as refused:
            alone = Refused(f"left alone: {locked.get(path)}", "what it says is not known here", error=False)
            problems.append(SourceFile(path, "").problem(alone if path in locked else refused))
            locked.setdefault(path, "not readable")
    return Repair(unit, root, options, Workspace(files), problems, locked, rejected or {}).outcome()


@dataclass
class Repair:
    """The repair of one unit."""

    unit: Unit
    root: Path
    options: Options
    before: Workspace
    problems: list[Problem]
    locked: Mapping[str, str]
    rejected: Mapping[Key, str]
    suppressions: dict[tuple[str, ...], str] = field(default_factory=dict)
    used: set[Use] = field(default_factory=set)
    found: list[tuple[Workspace, list[Finding]]] = field(default_factory=list)

    def outcome(self) -> Outcome:
        original = self.find_all(self.before)
        self.suppress_known(original)
        if not any(self.may_fix(finding) for finding in original):
            return self.told(original, Converged(self.before, (), {}), original)

        def fixable(workspace: Workspace) -> Iterator[Finding]:
            return (finding for finding in self.find_all(workspace) if self.may_fix(finding))

        done = converge(self.before, fixable, self.broken)
        return self.told(original, done, self.find_all(done.workspace))

    @cached_property
    def transforms(self) -> list[Transform]:
        return ordered(self.options.transforms())

    def find_all(self, workspace: Workspace) -> list[Finding]:
        """All findings in a workspace; a round asks twice about the one before it and the one after."""
        for known, findings in self.found:
            if known is workspace:
                return findings
        findings = [finding for transform in self.transforms for finding in self.find(transform, workspace)]
        self.found = [*self.found[-1:], (workspace, findings)]
        return findings

    def find(self, transform: Transform, workspace: Workspace) -> list[Finding]:
        """One transform's findings; where its view was blind, without fixes and with the reason."""
        try:
            views = load(self.unit.format).open_views(self.unit, workspace)
            findings = [finding for view in views for finding in self.seen(transform, view)]
        except Exception as error:  # one transform's bug must not cost the others' work
            where = error.__traceback__
            while where is not None and where.tb_next is not None:
                where = where.tb_next
            spot = f"{Path(where.tb_frame.f_code.co_filename).name}:{where.tb_lineno}" if where else "?"
            what = f"internal error in {transform.id()}: {type(error).__name__}: {error} ({spot})"
            self.note(Problem(self.unit.path, 0, 0, what, "please report it; everything else was served"))
            return []
        findings = [self.unlocked(finding) for finding in findings]
        for finding in findings:
            if (ignore := self.suppression(finding, workspace)) is not None:
                self.suppressions[finding.key] = ignore
        return findings

    def seen(self, transform: Transform, view: View) -> list[Finding]:
        """What a transform finds in one view."""
        findings = agreed(list(getattr(transform, self.unit.format)(view)))
        for problem in view.problems:
            self.note(problem)
        if not view.blind:
            return findings
        reason = f"withheld: {'; '.join(dict.fromkeys(view.blind))}"
        return [replace(f, fix=None, reason=reason) if f.fix else f for f in findings]

    def unlocked(self, finding: Finding) -> Finding:
        """The finding; as advice where its fix would change a file that must stay as it is."""
        for path in finding.fix.paths if finding.fix else ():
            if path in self.locked:
                reason = f"withheld: {path} would have to change, and it is {self.locked[path]}"
                return replace(finding, fix=None, reason=reason)
        return finding

    def note(self, problem: Problem) -> None:
        if problem not in self.problems:
            self.problems.append(problem)

    def suppression(self, finding: Finding, workspace: Workspace) -> str | None:
        places = [finding, *(replace(finding, path=path, span=span) for path, span in finding.others)]
        ignores = [ignore for place in places for ignore in ignores_of(place, workspace, self.unit.format)]
        path = finding.path if workspace is self.before else ""
        self.used |= {Use(path, ignore if path else ignore.anywhere, finding.transform) for ignore in ignores}
        if ignores:
            return str(ignores[0])
        return self.options.ignored(self.root / finding.path, finding.transform)

    def suppress_known(self, findings: list[Finding]) -> None:
        """Leave alone what is in the baseline."""
        if self.options.baseline is None:
            return
        open = [f for f in findings if f.key not in self.suppressions and f.path in self.before]
        places = [(baseline.fingerprint(f, self.before[f.path]), f.path) for f in open]
        known = baseline.load(self.options.baseline).known(places, self.root, self.unit.files)
        self.suppressions |= {f.key: baseline.REASON for f, is_known in zip(open, known, strict=True) if is_known}

    def unused_ignores(self) -> Iterator[Problem]:
        """Told only where every file could be read and every transform ran: else they may be needed."""
        if self.options.report_unused_ignores and not any(problem.error for problem in self.problems):
            ran = frozenset(transform.id() for transform in self.transforms)
            yield from unused(self.before.files.values(), self.unit.format, self.used, ran)

    def may_fix(self, finding: Finding) -> bool:
        return (
            finding.fix is not None
            and self.options.held_back(finding, self.root) is None
            and finding.key not in self.suppressions
            and finding.key not in self.rejected
        )

    def broken(self, before: Workspace, after: Workspace, findings: Sequence[Finding]) -> str | None:
        """Why the fixes of a round may not stand together, or None: see `fixer.proof`."""
        changes = [change for finding in findings if finding.fix for change in finding.fix.changes]
        return unproven(before, after, changes, load(self.unit.format)) or self.unsettled(before, after, findings)

    def unsettled(self, before: Workspace, after: Workspace, fixed: Sequence[Finding]) -> str | None:
        """Whether a finding outlives its fix, or a fix gives a transform something new that nothing will repair."""
        known = {(finding.transform, finding.subject) for finding in self.find_all(before)}
        left = self.find_all(after)
        # Counted: a name that stands twice gives two findings of one key, and their turn may come in two rounds.
        rest = Counter(finding.key for finding in self.find_all(before) if self.may_fix(finding))
        rest.subtract(finding.key for finding in fixed)
        outlived = Counter(finding.key for finding in left if self.may_fix(finding)) - rest
        if still := next((finding for finding in fixed if outlived[finding.key] > 0), None):
            return f"{still.subject} would have the same finding after its fix"
        unrepaired = (f for f in left if not self.may_fix(f) and f.key not in self.suppressions)
        new = (finding for finding in unrepaired if (finding.transform, finding.subject) not in known)
        if other := next(new, None):
            return f"{other.transform} would find something new: {other.subject}: {other.message}"
        return None

    def told(self, original: list[Finding], done: Converged, final: list[Finding]) -> Outcome:
        """The outcome: what became of the findings on the user's text, and of those that only came up on the way."""
        # What only another fix made possible is no advice any more: the patch repairs it.
        made = {finding.key: finding.fix for finding, _ in done.applied}
        original = [replace(finding, fix=finding.fix or made.get(finding.key)) for finding in original]
        results = [self.result(finding, done, final) for finding in original]
        known = {finding.key for finding in original}
        late = [(finding, found_in) for finding, found_in in done.applied if finding.key not in known]
        results += [self.placed(finding, Status.PENDING, "", found_in) for finding, found_in in late]
        # A finding whose message alone changed on the way is not a new one.
        places = {finding.key[:3] for finding in [*original, *(finding for finding, _ in late)]}
        for finding in final:
            if finding.key[:3] not in places:
                status, reason = self.judged(finding, done)
                results.append(self.placed(finding, status, reason, done.workspace))
        moves = [c for f, _ in done.applied if f.fix for c in f.fix.changes if isinstance(c, Move)]
        changes = done.workspace.difference(self.before, moves)
        return Outcome(self.unit, tuple(results), changes, (*self.problems, *self.unused_ignores()))

    def result(self, finding: Finding, done: Converged, final: list[Finding]) -> Result:
        status, reason = self.judged(finding, done)
        if status is Status.PENDING and any(f.key == finding.key and self.may_fix(f) for f in final):
            status, reason = Status.FAILED, "the fix was made and the finding is still there"
        return self.placed(finding, status, reason, self.before)

    def judged(self, finding: Finding, done: Converged) -> tuple[Status, str]:
        if (reason := self.suppressions.get(finding.key)) is not None:
            return Status.SUPPRESSED, reason
        if finding.fix is None:
            return Status.ADVICE, finding.reason
        if (reason := self.options.held_back(finding, self.root)) is not None:
            return Status.HELD_BACK, reason
        failed = self.rejected.get(finding.key) or done.failed.get(finding.key) or done.failed.get((finding.transform,))
        return (Status.FAILED, failed) if failed else (Status.PENDING, "")

    def placed(self, finding: Finding, status: Status, reason: str, workspace: Workspace) -> Result:
        """The result with its line and column in the user's text."""
        file, own = workspace.files.get(finding.path), self.before.files.get(finding.path)
        line, column = file.position(finding.span.start) if file else (1, 1)
        if file is not None and own is not None and own.text != file.text:
            line, column = original_line(own.text, file.text, line), 1
        known = baseline.fingerprint(finding, own) if own and workspace is self.before else ""
        return Result(finding, status, reason, line, column, fingerprint=known)


def ordered(transforms: tuple[Transform, ...]) -> list[Transform]:
    """Upgrades first, layout last, else by id; each after those that it names."""
    rank = {"upgrades": 0, "layout": 2}
    queue = sorted(transforms, key=lambda t: (rank.get(t.category(), 1), t.id()))
    done: list[Transform] = []

    def place(transform: Transform) -> None:
        if transform in done:
            return
        for other in queue:
            if isinstance(other, transform.after):
                place(other)
        done.append(transform)

    for transform in queue:
        place(transform)
    return done


def original_line(before: str, after: str, line: int) -> int:
    """The line of `before` that a line of `after` comes from, or the one that it was added behind."""
    matcher = SequenceMatcher(None, before.split("\n"), after.split("\n"), autojunk=False)
    for _, start, end, new_start, new_end in matcher.get_opcodes():
        if new_start <= line - 1 < new_end:
            return min(start + (line - 1 - new_start), max(end - 1, start)) + 1
    return 1
