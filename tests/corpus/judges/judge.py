"""A judge: what it says about folders, kept by their content so that nothing is asked twice."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path

from tests.corpus.projects import BUILD, ROOT, content

JUDGES = ROOT / ".judges" / "bin"
VALID, INVALID, SKIPPED = "valid", "invalid", "skipped"


@dataclass(frozen=True)
class Verdict:
    """What a judge says about one part of a project: a module, a template, an app. Messages name no lines."""

    status: str
    messages: tuple[str, ...] = ()


Verdicts = Mapping[str, Verdict]


@dataclass
class Judge:
    """A judge with what it has said before in this edition; `missing` is why it can't be asked, empty where it can."""

    name: str
    title: str
    missing: str
    edition: str
    ask: Callable[[list[Path]], Iterator[tuple[Path, Verdicts]]]
    file: Path = field(init=False)
    known: dict[str, dict[str, Verdict]] = field(init=False)

    def __post_init__(self) -> None:
        edition = sha256(self.edition.encode()).hexdigest()[:12]
        self.file = BUILD / "verdicts" / f"{self.name}-{edition}.json"
        stored = json.loads(self.file.read_text()) if self.file.is_file() else {}
        self.known = {key: {part: Verdict(s, tuple(m)) for part, (s, m) in v.items()} for key, v in stored.items()}

    def judge(self, roots: list[Path]) -> dict[Path, Verdicts]:
        """The verdicts on each folder; those on folders of the same content are not asked for twice."""
        keys = {root: content(root) for root in roots}
        unknown = {key: root for root, key in keys.items() if key not in self.known}
        if unknown:
            print(f"{self.title}: {len(unknown)} of {len(roots)} folders are new to it", file=sys.stderr, flush=True)
            self.learn({root: key for key, root in unknown.items()})
        return {root: self.known.get(key, {}) for root, key in keys.items()}

    def learn(self, keys: Mapping[Path, str]) -> None:
        """Ask about folders; what was said is kept even when the run is stopped."""
        try:
            for root, verdicts in self.ask(list(keys)):
                self.known[keys[root]] = dict(verdicts)
        finally:
            self.save()

    def save(self) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        plain = {k: {part: tuple(asdict(v).values()) for part, v in found.items()} for k, found in self.known.items()}
        self.file.write_text(json.dumps(plain))


def relative(folder: Path, root: Path) -> str:
    return folder.relative_to(root).as_posix()


def version(command: list[str | Path]) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout.strip()
    except OSError:
        return ""
