"""Write what was repaired: all files of a unit or none, one run at a time, nothing outside the root."""

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from fixer.journal import FOLDER, JOURNAL, Journal, NotWritten, folder
from fixer.model import Outcome, Problem, Result, Status
from fixer.paths import is_folder

PATIENCE = 10.0


@contextmanager
def locked(root: Path, patience: float = PATIENCE) -> Iterator[None]:
    """The root for this run alone; NotWritten when another run keeps it for longer than `patience` seconds.

    The lock is on the folder itself, so that it leaves nothing behind and goes with the process.
    """
    import fcntl

    opened = os.open(root, os.O_RDONLY)
    try:
        deadline = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > deadline:
                    raise NotWritten(str(root), "another run of iacfix works here", "wait until it ends") from error
                time.sleep(0.05)
        yield
    finally:
        os.close(opened)


def recover(root: Path) -> list[Problem]:
    """Finish or undo what an interrupted run left in the root, and say so."""
    above = [parent for parent in root.parents if is_folder(parent / FOLDER / JOURNAL)]
    problems = [
        Problem(str(place), 0, 0, "an interrupted run left a journal", "run iacfix there first") for place in above
    ]
    if not is_folder(root / FOLDER) or (root / FOLDER).is_symlink():
        return problems
    try:
        with locked(root):
            return [*problems, *finished(root)]
    except NotWritten as error:
        return [*problems, Problem(error.path, 0, 0, error.what, error.advice)]
    except OSError as error:
        return [*problems, refusal(error, root)]


def finished(root: Path) -> list[Problem]:
    journal = Journal.find(root)
    if journal is None:
        return []
    names = ", ".join(change.path for change in journal.changes)
    try:
        journal.settle()
    except NotWritten as error:
        what = f"{error.what}; what an interrupted run wrote was undone ({names})"
        return [Problem(error.path, 0, 0, what, "see that the files are as you want them")]
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
    shown = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
    advice = ADVICE.get(error.errno or 0, "nothing was written")
    if is_folder(folder(root)):
        advice += "; what is half written is put right at the next start"
    return Problem(shown, 0, 0, f"can't be written: {error.strerror or error}", advice)
