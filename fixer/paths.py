"""Looks at paths that never fail: what may not be seen counts as not there."""

import os
from pathlib import Path


def is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def real(path: Path) -> Path:
    """The path with its links followed, as far as they lead somewhere."""
    return Path(os.path.realpath(path))
