"""The journal of a write: what files held and what they shall hold, on disk before the first file is touched."""

import errno
import json
import os
import shutil
from base64 import b64decode, b64encode
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fixer.model import FileChange

FOLDER = ".iacfix"
JOURNAL = "journal"
LOG = "changes.json"
PLACING = "placing"


class NotWritten(Exception):
    """Why nothing was written: the path at fault, what is the matter and what to do."""

    def __init__(self, path: str, what: str, advice: str) -> None:
        super().__init__(f"{path}: {what}")
        self.path, self.what, self.advice = path, what, advice


@dataclass(frozen=True)
class Journal:
    """The changes of one unit on their way to disk. As long as the log is there, they can be finished or undone."""

    root: Path
    changes: tuple[FileChange, ...]

    @classmethod
    def find(cls, root: Path) -> "Journal | None":
        """What an interrupted run left in the root; what it left before its log was complete is removed."""
        log = folder(root) / LOG
        check_place(root, f"{FOLDER}/{JOURNAL}/{LOG}")
        if not log.is_file():
            remove(root)
            return None
        try:
            return cls(root, tuple(loaded(entry) for entry in json.loads(log.read_bytes())))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            what = "the journal of an interrupted run can't be understood"
            raise NotWritten(f"{FOLDER}/{JOURNAL}/{LOG}", what, "compare your files and remove it") from error

    @classmethod
    def begin(cls, root: Path, changes: Iterable[FileChange]) -> "Journal":
        """A journal that is safe on disk, of files that still hold what was read; those that go come last."""
        journal = cls(root, tuple(sorted(changes, key=lambda change: change.after is None)))
        check_place(root, f"{FOLDER}/{JOURNAL}/{LOG}")
        if (folder(root) / LOG).exists():
            what = "the journal of a write that was not finished"
            raise NotWritten(f"{FOLDER}/{JOURNAL}/{LOG}", what, "run again: it is put right at the start")
        for change in journal.changes:
            journal.expect(change, change.before)
            if change.before is not None and not os.access(root / change.path, os.W_OK):
                raise PermissionError(errno.EACCES, "file is read-only", str(root / change.path))
        try:
            journal.save()
        except BaseException:
            remove(root)
            raise
        return journal

    def save(self) -> None:
        for made in (self.root / FOLDER, folder(self.root)):
            made.mkdir(exist_ok=True)
        placing = folder(self.root) / PLACING
        create(placing, json.dumps([dumped(change) for change in self.changes]).encode())
        placing.replace(folder(self.root) / LOG)
        for parent in (folder(self.root), self.root / FOLDER, self.root):
            flush(parent)

    def settle(self) -> None:
        """After an interruption: finish what was begun; where nothing was, or it was put back since, drop it."""
        if any(self.holds(change, change.after) for change in self.changes):
            self.finish()
        else:
            remove(self.root)

    def finish(self) -> None:
        """Make every change that is not made yet, and be done; where a file is neither as before nor after, undo."""
        try:
            for change in self.changes:
                if not self.holds(change, change.after):
                    self.expect(change, change.before)
                    self.put(change, change.after)
        except BaseException:
            self.undo()
            raise
        remove(self.root)

    def undo(self) -> None:
        """Put back every file that was changed, and be done."""
        for change in reversed(self.changes):
            if self.holds(change, change.after):
                self.put(change, change.before)
        remove(self.root)

    def holds(self, change: FileChange, data: bytes | None) -> bool:
        check_place(self.root, change.path)
        return content(self.root / change.path) == data

    def expect(self, change: FileChange, data: bytes | None) -> None:
        if not self.holds(change, data):
            raise NotWritten(
                change.path, "changed on disk since it was read", "nothing of its unit was written, run again"
            )

    def put(self, change: FileChange, data: bytes | None) -> None:
        target = self.root / change.path
        if data is None:
            target.unlink(missing_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            placing = folder(self.root) / PLACING
            is_new = change.before is None and change.moved_from is None
            create(placing, data, target, None if is_new else change.mode)
            placing.replace(target)
        flush(target.parent)


def folder(root: Path) -> Path:
    return root / FOLDER / JOURNAL


def check_place(root: Path, path: str) -> None:
    """NotWritten where the path is not a plain one inside the root, or a symbolic link is on the way.

    Nothing below .git is ever written either: a journal that a repository brings along must not place a hook there.
    """
    parts = Path(path).parts
    if not parts or Path(path).is_absolute() or ".." in parts or any(part.lower() == ".git" for part in parts):
        raise NotWritten(path, "not a place inside the root", "nothing was written")
    for way in ((FOLDER,), (FOLDER, JOURNAL), *(parts[:end] for end in range(1, len(parts) + 1))):
        if root.joinpath(*way).is_symlink():
            raise NotWritten("/".join(way), "a symbolic link, which is never written through", "change its target")


def content(path: Path) -> bytes | None:
    """What the file holds, None where there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def create(path: Path, data: bytes, like: Path | None = None, mode: int | None = None) -> None:
    """A new file on disk and flushed, with the mode, owner and attributes of the file that it will replace."""
    path.unlink(missing_ok=True)
    with path.open("xb") as stream:
        stream.write(data)
        if like is not None and like.exists():
            inherit(like, path)
        elif mode is not None:
            path.chmod(mode)
        stream.flush()
        os.fsync(stream.fileno())


def inherit(old: Path, new: Path) -> None:
    there, here = old.stat(), new.stat()
    if (there.st_uid, there.st_gid) != (here.st_uid, here.st_gid):
        with suppress(PermissionError):  # as with any editor, a file of somebody else's becomes the user's own
            os.chown(new, there.st_uid, there.st_gid)
    shutil.copystat(old, new)
    os.utime(new)


def flush(path: Path) -> None:
    """Make the entries of a folder durable; Windows can't open one, and its file system keeps a journal of them."""
    if os.name == "nt":
        return
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def remove(root: Path) -> None:
    """Take the journal away, the log first, and the folder when nothing else is in it."""
    if (root / FOLDER).is_symlink():
        return
    if folder(root).is_dir():
        (folder(root) / LOG).unlink(missing_ok=True)
        shutil.rmtree(folder(root))
    with suppress(OSError):  # somebody may keep something else there
        (root / FOLDER).rmdir()


def dumped(change: FileChange) -> dict[str, Any]:
    sides = {"before": change.before, "after": change.after}
    encoded = {side: None if data is None else b64encode(data).decode() for side, data in sides.items()}
    return {"path": change.path, "mode": change.mode, "moved_from": change.moved_from, **encoded}


def loaded(entry: dict[str, Any]) -> FileChange:
    before, after = (None if entry[side] is None else b64decode(entry[side]) for side in ("before", "after"))
    return FileChange(entry["path"], before, after, entry["mode"], entry["moved_from"])
