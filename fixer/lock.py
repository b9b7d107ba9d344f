"""A folder for one run alone, with all that is beneath it; the locks go with the process."""

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from fixer.journal import NotWritten

PATIENCE = 10.0
PAUSE = 0.05


@contextmanager
def locked(root: Path, patience: float = PATIENCE) -> Iterator[None]:
    """The root for this run alone; NotWritten when another run keeps it for longer than `patience` seconds.

    The folders above are locked as well, but for all who work beneath them: a run on a folder and one on a folder in it
    exclude each other, two side by side do not. They are taken from the top, so that nobody waits in a circle.
    """
    deadline = time.monotonic() + patience
    with ExitStack() as held:
        for above in reversed(root.parents):
            try:
                held.enter_context(lock(above, deadline, shared=True))
            except OSError:  # who may not read it, or on whose file system there are no locks, can't work there either
                continue
        try:
            held.enter_context(lock(root, deadline, shared=False))
        except OSError as error:
            what = f"can't be locked: {error.strerror or error}"
            raise NotWritten(str(root), what, "run without --apply and apply the patch") from error
        yield


@contextmanager
def lock(folder: Path, deadline: float, *, shared: bool) -> Iterator[None]:
    opened = open_for_lock(folder)
    try:
        while not taken(opened, shared=shared):
            if time.monotonic() > deadline:
                raise NotWritten(str(folder), "another run of iacfix works here", "wait until it ends")
            time.sleep(PAUSE)
        yield
    finally:
        os.close(opened)


if sys.platform == "win32":
    import msvcrt
    from hashlib import sha256
    from random import randrange
    from tempfile import gettempdir

    # Windows locks bytes of a file, and each for one alone: who shares takes one of many, who does not takes them all.
    PLACES = 1 << 16

    def open_for_lock(folder: Path) -> int:
        """A file of this user that stands for the folder, as a folder itself can't be opened."""
        name = sha256(os.path.normcase(folder).encode("utf-8", "surrogatepass")).hexdigest()
        place = Path(gettempdir()) / "iacfix-locks"
        place.mkdir(exist_ok=True)
        return os.open(place / name, os.O_RDWR | os.O_CREAT)

    def taken(opened: int, *, shared: bool) -> bool:
        os.lseek(opened, randrange(PLACES) if shared else 0, os.SEEK_SET)
        try:
            msvcrt.locking(opened, msvcrt.LK_NBLCK, 1 if shared else PLACES)
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EDEADLK):
                raise
            return False
        return True

else:
    import fcntl

    def open_for_lock(folder: Path) -> int:
        return os.open(folder, os.O_RDONLY)

    def taken(opened: int, *, shared: bool) -> bool:
        try:
            fcntl.flock(opened, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EAGAIN):
                raise
            return False
        return True
