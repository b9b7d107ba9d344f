"""Look through folders for files that may be sources: what is hidden, ignored by git or excluded is left out."""

import os
import stat
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from fixer.paths import is_file, is_folder

# Folders that hold dependencies or the output of tools, never a project's own sources; hidden ones are left out too.
SKIPPED = {"node_modules", "cdk.out", "__pycache__", "site-packages", "venv"}
VIRTUAL_ENVIRONMENT = "pyvenv.cfg"


@dataclass(frozen=True, slots=True)
class Entry:
    """A regular file, or a symbolic link to one or to nothing; `ignored` when git or the configuration says so."""

    name: str
    link: bool
    ignored: bool


@dataclass
class Tree:
    """Folders, each read once; links to folders are not followed, so that no loop can arise."""

    excluded: Callable[[Path], bool]
    failed: Callable[[Path, OSError], None]
    seen: dict[Path, tuple[list[Entry], list[str]]] = field(default_factory=dict)
    asked: set[Path] = field(default_factory=set)
    ignored_by_git: set[str] = field(default_factory=set)

    def files(self, folder: Path) -> list[Entry]:
        self.ask_git(folder)
        return self.read(folder)[0]

    def walk(
        self, folder: Path, into: Callable[[Path], bool] = lambda folder: True
    ) -> Iterator[tuple[Path, list[Entry]]]:
        """The folder and those below that `into` does not keep out, in order, with their files."""
        self.ask_git(folder)
        waiting = [folder]
        while waiting:
            folder = waiting.pop()
            files, folders = self.read(folder)
            yield folder, files
            waiting += [folder / name for name in reversed(folders) if into(folder / name)]

    def read(self, folder: Path) -> tuple[list[Entry], list[str]]:
        if folder not in self.seen:
            self.seen[folder] = self.scan(folder)
        return self.seen[folder]

    def scan(self, folder: Path) -> tuple[list[Entry], list[str]]:
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            self.failed(folder, error)
            return [], []
        names = {entry.name for entry in entries}
        if VIRTUAL_ENVIRONMENT in names:
            return [], []
        if ".git" in names:
            self.ask_git(folder)
        visible = [entry for entry in entries if not entry.name.startswith(".")]
        files = [
            Entry(entry.name, entry.is_symlink(), self.ignores(folder / entry.name))
            for entry in visible
            if not entry.is_dir(follow_symlinks=False) and is_regular(entry)
        ]
        folders = [
            entry.name
            for entry in visible
            if entry.is_dir(follow_symlinks=False)
            and entry.name not in SKIPPED
            and not self.ignores(folder / entry.name)
        ]
        return files, folders

    def ignores(self, path: Path) -> bool:
        return str(path) in self.ignored_by_git or self.excluded(path)

    def ask_git(self, folder: Path) -> None:
        """Learn what git ignores below a folder: nothing when it is in no work tree, or is ignored itself."""
        if folder in self.asked or not any(is_work_tree(above) for above in (folder, *folder.parents)):
            return
        self.asked.add(folder)
        command = ["git", "-C", str(folder), "ls-files", "-o", "-i", "--exclude-standard", "--directory", "-z"]
        try:
            listed = subprocess.run(command, capture_output=True, check=True, stdin=subprocess.DEVNULL).stdout
        except (OSError, subprocess.CalledProcessError):
            return
        self.ignored_by_git |= {str(folder / os.fsdecode(name).rstrip("/")) for name in listed.split(b"\0") if name}


def is_work_tree(folder: Path) -> bool:
    """Whether the folder is the top of a work tree; in a submodule `.git` is a file."""
    return is_folder(folder / ".git") or is_file(folder / ".git")


def place_in_work_tree(folder: Path) -> str:
    """What a path below a folder begins with when it is named from the top of the work tree; empty in none."""
    top = next((above for above in (folder, *folder.parents) if is_work_tree(above)), folder)
    return "" if top == folder else f"{folder.relative_to(top).as_posix()}/"


def is_regular(entry: os.DirEntry[str]) -> bool:
    """Whether this is a file, or a link that does not lead elsewhere: a pipe would block whoever reads it."""
    try:
        return stat.S_ISREG(entry.stat().st_mode)
    except OSError:
        return entry.is_symlink()
