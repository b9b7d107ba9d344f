"""What a run is asked to do, as frozen Options; selection of transforms by id, category or ALL."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from fixer.model import Finding, Impact, Problem
from fixer.transform import Transform, registry

ALL = "ALL"
PROFILES = ("production", "ephemeral")


class UsageError(Exception):
    """The command line or the configuration asks for what is not there; ends the run with status 2."""

    def __init__(self, place: str, what: str, advice: str, line: int = 0, column: int = 1) -> None:
        super().__init__(what)
        self.problem = Problem(place, line, column, what, advice)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A glob of a configuration file: without a slash a name at any depth, else a path from that file's folder.

    `*` stands for slashes too, and what names a folder names all that is in it.
    """

    glob: str
    source: Path

    def names(self, path: Path) -> bool:
        """Whether this absolute path or a folder that it is in is meant."""
        folder = self.source.parent
        if not path.is_relative_to(folder):
            return False
        inner = path.relative_to(folder)
        glob = self.glob.removeprefix("./").rstrip("/")
        if "/" not in glob:
            return any(fnmatch(part, glob) for part in inner.parts)
        return any(fnmatch(inside.as_posix(), glob) for inside in (inner, *inner.parents))


@dataclass(frozen=True, slots=True)
class FileIgnores:
    """Transforms that a configuration file turns off for the files that match a pattern."""

    pattern: Pattern
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The greatest impact that a configuration file grants to one transform, or to fixes in some files.

    No flag raises it: who runs the tool is not always who answers for what is deployed.
    """

    impact: Impact
    source: Path
    transform: str = ""
    pattern: Pattern | None = None

    def covers(self, transform: str, files: Iterable[Path]) -> bool:
        """Whether it is meant for a fix of this transform that has to do with these (absolute) paths."""
        return any(map(self.pattern.names, files)) if self.pattern else self.transform == transform

    def __str__(self) -> str:
        whom = f"files {self.pattern.glob!r}" if self.pattern else self.transform
        return f"the ceiling {self.impact.label} for {whom} in {self.source.name}"


@dataclass(frozen=True)
class Options:
    """All that decides what a run does; plain data, so that it passes between processes.

    `select` and `ignore` hold ids, categories or ALL: the more specific wins, and `ignore` on a tie; an empty
    `select` is every transform that is neither opt-in nor, without `new`, for new projects only.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    allow: Impact = Impact.REPLACEMENT
    new: bool = False
    profile: str = PROFILES[0]
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    per_file_ignores: tuple[FileIgnores, ...] = ()
    ceilings: tuple[Ceiling, ...] = ()
    exclude: tuple[Pattern, ...] = ()
    baseline: Path | None = None
    report_unused_ignores: bool = False
    verify: bool = False
    verify_cdk: bool = False
    verify_timeout: int = 120

    def override(
        self,
        select: tuple[str, ...] = (),
        ignore: tuple[str, ...] = (),
        allow: Impact | None = None,
        new: bool = False,
        profile: str | None = None,
    ) -> "Options":
        """The flags of a command line over these: a name selected there is no longer ignored by the configuration."""
        return replace(
            self,
            select=select or self.select,
            ignore=(*(name for name in self.ignore if name not in select), *ignore),
            allow=allow if allow is not None else Impact.DATA_LOSS if new else self.allow,
            new=new or self.new,
            profile=profile or self.profile,
        )

    def excludes(self, path: Path) -> bool:
        """Whether the configuration leaves this (absolute) path out."""
        return any(pattern.names(path) for pattern in self.exclude)

    def transforms(self) -> tuple[Transform, ...]:
        """The selected transforms with their settings, by id; the profile is a setting of each."""
        return tuple(
            kind({"profile": self.profile, **self.settings.get(name, {})})
            for name, kind in registry().items()
            if self.selects(kind)
        )

    def selects(self, kind: type[Transform]) -> bool:
        default = not kind.opt_in and (self.new or not kind.only_new)
        wanted = specificity(self.select, kind)
        unwanted = specificity(self.ignore, kind)
        return wanted > unwanted or (not self.select and default and not unwanted)

    def ceiling(self, finding: Finding, root: Path) -> Ceiling | None:
        """The lowest one for a fix, by its transform and by every file (below `root`) that it has to do with."""
        files = [root / path for path in finding.paths] if self.ceilings else []
        found = (ceiling for ceiling in self.ceilings if ceiling.covers(finding.transform, files))
        return min(found, key=lambda ceiling: ceiling.impact, default=None)

    def allowed(self, finding: Finding, root: Path) -> Impact:
        """The greatest impact that the finding's fix may have."""
        ceiling = self.ceiling(finding, root)
        return min(self.allow, ceiling.impact) if ceiling else self.allow

    def held_back(self, finding: Finding, root: Path) -> str | None:
        """Why the finding's fix has more impact than it may have; None where it has not."""
        if finding.fix is None or finding.fix.impact <= self.allowed(finding, root):
            return None
        label, ceiling = finding.fix.impact.label, self.ceiling(finding, root)
        if ceiling is not None and finding.fix.impact > ceiling.impact:
            return f"impact is {label}, above {ceiling}"
        return f"impact is {label}; --allow {label} makes it"

    def ignored(self, file: Path, transform: str) -> str | None:
        """Why a configuration file turns the transform off for this file (an absolute path); None where it does not."""
        kind = registry()[transform]
        for entry in self.per_file_ignores:
            if specificity(entry.ids, kind) and entry.pattern.names(file):
                return f"per-file-ignores {entry.pattern.glob!r} in {entry.pattern.source.name}"
        return None


def specificity(names: Iterable[str], kind: type[Transform]) -> int:
    """How closely the names mean a transform: 3 by its id, 2 by its category, 1 by ALL, 0 not at all."""
    rank = {ALL: 1, kind.category(): 2, kind.id(): 3}
    return max((rank.get(name, 0) for name in names), default=0)


def check_names(names: Iterable[str], place: str, line: int = 0) -> tuple[str, ...]:
    """The names, each of which must be an id, a category or ALL."""
    known = {ALL, *registry(), *(kind.category() for kind in registry().values())}
    return tuple(known_name(name, known, "transform or category", place, line) for name in names)


def known_name(name: str, known: Iterable[str], noun: str, place: str, line: int = 0) -> str:
    """The name when it is known; UsageError names the nearest one otherwise."""
    names = sorted(known)
    if name in names:
        return name
    near = get_close_matches(name, names, n=1, cutoff=0.5)
    advice = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(names)}" if names else "it has none"
    raise UsageError(place, f"unknown {noun} {name!r}", advice, line)
