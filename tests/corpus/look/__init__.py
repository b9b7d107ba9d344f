"""An independent look at sources: finds the defects by its own reading, with none of the engine's code."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.corpus.look import cdk, cloudformation, terraform
from tests.corpus.look.defect import Defect, Source


@dataclass(frozen=True)
class Look:
    """How one format's sources are read: which files, and what is wrong in them taken together."""

    suffixes: tuple[str, ...]
    defects: Callable[[list[Source]], Iterable[Defect]]


LOOKS = {
    "terraform": Look((".tf",), terraform.defects),
    "cloudformation": Look((".yaml", ".yml", ".json", ".template"), cloudformation.defects),
    "cdk_python": Look((".py",), cdk.defects),
}
HIDDEN = {".terraform", "node_modules", "cdk.out", ".git", "__pycache__"}


def files(format: str, root: Path) -> list[str]:
    """The paths, relative to the root, that could hold sources of the format."""
    found = (path for path in root.rglob("*") if path.is_file() and path.suffix in LOOKS[format].suffixes)
    names = (path.relative_to(root) for path in found)
    return sorted(name.as_posix() for name in names if not HIDDEN & set(name.parts))


def sources(format: str, root: Path) -> list[Source]:
    return [Source(name, (root / name).read_bytes().decode("utf-8", "replace")) for name in files(format, root)]


def defects(format: str, root: Path) -> list[Defect]:
    """All defects in the sources below the root that can be read."""
    return list(LOOKS[format].defects(sources(format, root)))
