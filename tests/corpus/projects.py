"""The projects of a corpus run: those of the corpus, as generated and as corrected, and this repository's fixtures."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build" / "corpus"
CORPUS = Path(os.environ.get("IACFIX_CORPUS", ROOT.parent / "shared" / "corpus"))
PLATFORMS = {"tf-hcl": "terraform", "cfn-yaml": "cloudformation", "cfn-json": "cloudformation", "cdk-py": "cdk_python"}
TREES = ("before", "ideal")
SAMPLE = 6


@dataclass(frozen=True)
class Project:
    """One folder of sources; `format` is None where no source format is served yet."""

    name: str
    platform: str
    format: str | None
    root: Path

    @property
    def after(self) -> Path:
        """Where the project stands with all fixes applied."""
        return BUILD / "after" / self.name

    def copy(self) -> None:
        shutil.rmtree(self.after, ignore_errors=True)
        shutil.copytree(self.root, self.after, symlinks=True)


def content(root: Path) -> str:
    """A hash of all that a folder holds."""
    made = sha256()
    for path in sorted(root.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            made.update(f"{path.relative_to(root).as_posix()}\0".encode() + sha256(path.read_bytes()).digest())
    return made.hexdigest()


def unpacked() -> Path:
    """The folder that holds the unpacked corpus, unpacked anew when the corpus changed."""
    source, folder = content(CORPUS), BUILD / "before"
    stamp = BUILD / "before.stamp"
    if not stamp.is_file() or stamp.read_text() != source:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        subprocess.run([sys.executable, CORPUS / "unpack", folder], check=True)
        stamp.write_text(source)
    return folder


def corpus() -> Iterator[Project]:
    folder = unpacked()
    for tree in sorted(folder.glob("*/*/*/")):
        platform, number, kind = tree.relative_to(folder).parts
        if kind in TREES:
            yield Project(f"{platform}/{number}/{kind}", platform, PLATFORMS.get(platform), tree)


def fixtures() -> Iterator[Project]:
    """The inputs of the transforms' fixtures and the demo."""
    folder = ROOT / "fixtures"
    for tree in [*sorted(folder.glob("*/*/**/before/")), *sorted(folder.glob("demo/*/"))]:
        name = tree.relative_to(folder)
        if name.parts[0] != "_shapes":
            yield Project(f"fixtures/{name.as_posix()}", f"fixtures {name.parts[1]}", name.parts[1], tree)


def projects(short: bool) -> list[Project]:
    """All of them, or of each platform of the corpus an evenly spaced few and the fixtures."""
    found = list(corpus())
    if short:
        found = [project for platform in dict.fromkeys(p.platform for p in found) for project in few(found, platform)]
    return [*found, *fixtures()]


def few(found: list[Project], platform: str) -> list[Project]:
    candidates = [project for project in found if project.platform == platform]
    return candidates[:: max(len(candidates) // SAMPLE, 1)][:SAMPLE]
