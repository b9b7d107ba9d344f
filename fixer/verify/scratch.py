"""A scratch copy of a unit outside the tree, in which everything around it is found where it was."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from fixer.model import FileChange
from fixer.verify.judge import NotVerified

# What a copy of an app does not need: a program finds its environment by the path of its interpreter.
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "venv", "cdk.out", "__pycache__", "node_modules")


@contextmanager
def scratch(
    place: Path, root: Path = Path(), changes: Sequence[FileChange] = (), *, copy: bool = False
) -> Iterator[Path]:
    """The file or folder as it stands in a scratch tree with the changes (paths are below `root`) made.

    The folders on the way to it and to what changes are made anew, and what else is in them is linked, up to the top of
    the file system: `../modules/x` leads where it led. With `copy` a folder is copied whole instead, for programs that
    may write into it.
    """
    contents = {root / change.path: change.after for change in changes}
    with tempfile.TemporaryDirectory(prefix="iacfix-", ignore_cleanup_errors=True) as made:
        try:
            fill(Path(made), place, contents, copy)
        except OSError as error:
            raise NotVerified(f"no scratch copy can be made: {error}", "see that TMPDIR has room") from error
        yield below(Path(made), place)


def fill(top: Path, place: Path, contents: Mapping[Path, bytes | None], copy: bool) -> None:
    link(top, place, contents, copied=place if copy else None)
    if copy:
        shutil.copytree(place, below(top, place), symlinks=True, ignore=LEFT_OUT)
    for path, content in contents.items():
        target = below(top, path)
        target.unlink(missing_ok=True)
        if content is not None:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def below(top: Path, path: Path) -> Path:
    return top / path.relative_to(path.anchor)


def link(top: Path, place: Path, contents: Mapping[Path, bytes | None], copied: Path | None) -> None:
    """Make the folders that are not only linked, and the links to what is beside them."""
    ends = [place / "_" if place.is_dir() else place, *contents]
    real = {folder for end in ends for folder in end.parents if copied is None or not folder.is_relative_to(copied)}
    for folder in sorted(real):
        here = below(top, folder)
        here.mkdir(exist_ok=True)
        with suppress(OSError):  # what can't be listed can't be read either
            for entry in folder.iterdir():
                if entry not in real and entry != copied and entry not in contents:
                    (here / entry.name).symlink_to(entry)
