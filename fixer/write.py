"""Write what was repaired: all files of a unit or none, one run at a time, nothing outside the root."""

import errno
import os
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path, PurePosixPath

from fixer.journal import FOLDER, LOG, Journal, NotWritten, folder
from fixer.lock import locked
from fixer.model import Outcome, Problem, Result, Status, Unit
from fixer.paths import is_file, is_folder


def recover(root: Path, inner: str = "", *, held: bool = False) -> list[Problem]:
    """Finish or undo what an interrupted run left in the root or an inner folder, and say so.

    Waits for a run that is still at work there, unless the lock is held; then NotWritten says what can't be put right,
    because nothing may be written over it.
    """
    place = root / inner
    if not is_folder(place / FOLDER) and not journals_above(place):
        return []
    try:
        with nullcontext() if held else locked(place):
            problems = [
                Problem(str(above), 0, 0, "an interrupted run left a journal", "run iacfix there first")
                for above in journals_above(place)
            ]
            problems += finished(place, f"{inner}/" if inner else "")
    except NotWritten as error:
        problems = [Problem(shown(place / error.path, root), 0, 0, error.what, error.advice)]
    except OSError as error:
        problems = [refusal(error, root, inner or ".")]
    if held and problems and (is_file(folder(place) / LOG) or journals_above(place)):
        raise NotWritten(problems[0].path, problems[0].what, problems[0].advice)
    return problems


def journals_above(place: Path) -> list[Path]:
    return [parent for parent in place.parents if is_file(folder(parent) / LOG)]


def interrupted_beneath(root: Path, units: Iterable[Unit]) -> list[str]:
    """The folders on the way to the units' files in which another run is writing, or was: its root was beneath ours."""
    files = {PurePosixPath(path).parent for unit in units for path in unit.files}
    inner = {above.as_posix() for place in files for above in (place, *place.parents)} - {"."}
    return [place for place in sorted(inner) if is_folder(folder(root / place))]


def finished(place: Path, prefix: str) -> list[Problem]:
    if (place / FOLDER).is_symlink():
        return []
    journal = Journal.find(place)
    if journal is None:
        return []
    names = ", ".join(prefix + change.path for change in journal.changes)
    try:
        journal.settle()
    except NotWritten as error:
        what = f"{error.what}; what an interrupted run wrote was undone ({names})"
        return [Problem(prefix + error.path, 0, 0, what, "see that the files are as you want them")]
    return [Problem(names, 0, 0, "an interrupted run was cleaned up after", "nothing to do", error=False)]


def written(outcome: Outcome, root: Path) -> Outcome:
    """The outcome with its changes on disk and its findings fixed; or with the problem, and nothing written."""
    if not outcome.changes:
        return outcome
    try:
        Journal.begin(root, outcome.changes).finish()
    except NotWritten as error:
        return refused(outcome, Problem(error.path, 0, 0, error.what, error.advice))
    except OSError as error:
        return refused(outcome, refusal(error, root, outcome.unit.path))
    return settled(outcome, Status.FIXED, "")


def refused(outcome: Outcome, problem: Problem) -> Outcome:
    failed = settled(outcome, Status.FAILED, f"not written: {problem.what}")
    return replace(failed, problems=(*outcome.problems, problem))


def settled(outcome: Outcome, status: Status, reason: str) -> Outcome:
    def settle(result: Result) -> Result:
        return replace(result, status=status, reason=reason) if result.status is Status.PENDING else result

    return replace(outcome, results=tuple(settle(result) for result in outcome.results))


ADVICE = {
    errno.ENOSPC: "free some space and run again",
    errno.EDQUOT: "free some space and run again",
    errno.EROFS: "run without --apply and apply the patch elsewhere",
    errno.EACCES: "make the folder and its files writable",
    errno.EPERM: "make the folder and its files writable",
    errno.EXDEV: "run iacfix in the folder that the other file system is mounted on",
}


def refusal(error: OSError, root: Path, unit: str = ".") -> Problem:
    path = Path(os.fsdecode(error.filename)) if error.filename else root / unit
    advice = ADVICE.get(error.errno or 0, "nothing was written")
    if is_folder(folder(root)):
        advice += "; what is half written is put right at the next start"
    return Problem(shown(path, root), 0, 0, f"can't be written: {error.strerror or error}", advice)


def shown(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
