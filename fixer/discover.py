"""From the paths that a user names to the root and the units below it."""

import os
import stat
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from fixer.model import Problem, Unit
from fixer.paths import is_folder, real
from fixer.tree import Entry, Tree
from fixer.units import (
    NOT_SERVED,
    PYTHON,
    TEMPLATES,
    TERRAFORM,
    cdk_apps,
    is_cdk,
    not_served,
    relative,
    template,
    terraform_module,
)


@dataclass(frozen=True, slots=True)
class Discovery:
    """What there is to repair below the root, and what was met on the way to it."""

    units: tuple[Unit, ...]
    problems: tuple[Problem, ...]


def discover(named: Mapping[str, Path], root: Path, excluded: Callable[[Path], bool] = lambda path: False) -> Discovery:
    """The units of the named files and folders; a path that can't be read is a problem and stops no other."""
    search = Search(root, excluded)
    for argument, path in named.items():
        search.look(argument, path)
    units = sorted(search.units.values(), key=lambda unit: (unit.path, unit.format))
    return Discovery(tuple(units), tuple(search.problems))


def targets(arguments: Iterable[str], cwd: Path) -> dict[str, Path]:
    """What is named, with links to folders followed: a folder that the user names is where they want to work."""
    paths = {argument: cwd / argument for argument in arguments or (".",)}
    return {
        argument: real(path) if is_folder(path) else real(path.parent) / path.name for argument, path in paths.items()
    }


def common_folder(paths: Iterable[Path]) -> Path:
    """The nearest folder that holds everything."""
    return Path(os.path.commonpath([path if is_folder(path) else path.parent for path in paths]))


def common_root(paths: Iterable[Path], cwd: Path) -> Path:
    """The only folder that may be written to: the current one, else the nearest that holds all that was named."""
    common = common_folder(paths)
    return cwd if common.is_relative_to(cwd) else common


class Search:
    """The units and problems met while the named paths are looked through."""

    def __init__(self, root: Path, excluded: Callable[[Path], bool]) -> None:
        self.root = root
        self.tree = Tree(excluded, self.unreadable)
        self.units: dict[tuple[str, str], Unit] = {}
        self.problems: dict[Problem, None] = {}

    def look(self, argument: str, path: Path) -> None:
        try:
            mode = path.lstat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            self.problem(argument, "no such file or folder", "name one that is there")
        except OSError as error:
            self.problem(argument, error.strerror or str(error), "make it readable or leave it out")
        else:
            self.look_by_kind(argument, path, mode)

    def look_by_kind(self, argument: str, path: Path, mode: int) -> None:
        if stat.S_ISDIR(mode):
            self.look_through(path)
        elif stat.S_ISLNK(mode):
            self.problem(argument, "a symbolic link", "name the file that it points to")
        elif stat.S_ISREG(mode):
            self.look_at(argument, path)
        else:
            self.problem(argument, "not a regular file", "name a file or a folder")

    def look_through(self, top: Path) -> None:
        sources: list[Path] = []
        for folder, entries in self.tree.walk(top):
            self.look_for_module(folder, entries)
            for entry in entries:
                if not entry.link and not entry.ignored:
                    sources += self.look_into(folder / entry.name)
        self.add(*cdk_apps(self.root, sources, self.tree, top))

    def look_at(self, argument: str, file: Path) -> None:
        """A file that the user names: the unit that it belongs to, even if git or the configuration leave it out."""
        if file.name.endswith((*TERRAFORM, *NOT_SERVED)):
            files = self.tree.files(file.parent)
            self.look_for_module(file.parent, [e if e.name != file.name else replace(e, ignored=False) for e in files])
        else:
            self.add(*cdk_apps(self.root, self.look_into(file), self.tree, file.parent))
        if not any(relative(self.root, file) in unit.files for unit in self.units.values()):
            self.problem(argument, "no source that is served", "nothing is done with it", error=False)

    def look_for_module(self, folder: Path, entries: Sequence[Entry]) -> None:
        self.problems |= dict.fromkeys(not_served(entries, self.root, folder))
        self.add(*filter(None, [terraform_module(self.root, folder, entries)]))

    def look_into(self, file: Path) -> list[Path]:
        """Adds the template that the file is; gives the file back when it is a CDK source."""
        try:
            if file.name.endswith(TEMPLATES):
                self.add(*filter(None, [template(self.root, file)]))
            elif file.name.endswith(PYTHON) and is_cdk(file):
                return [file]
        except OSError as error:
            self.unreadable(file, error)
        return []

    def add(self, *units: Unit) -> None:
        self.units |= {(unit.format, unit.path): unit for unit in units}

    def unreadable(self, path: Path, error: OSError) -> None:
        self.problem(relative(self.root, path), error.strerror or str(error), "make it readable or leave it out")

    def problem(self, path: str, what: str, advice: str, error: bool = True) -> None:
        self.problems[Problem(path, 0, 0, what, advice, error)] = None
