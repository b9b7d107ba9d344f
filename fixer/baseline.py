"""The baseline: findings that are known and left for later, by fingerprints that outlive moved lines and files."""

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from itertools import repeat
from pathlib import Path
from typing import Any

from fixer.config import UsageError
from fixer.config_file import shown
from fixer.model import Finding, Outcome, Problem, Result, Status
from fixer.workspace import SourceFile

FORM = 1
REASON = "in the baseline"
# What a subject begins with, up to its first value: `resource "aws_s3_bucket" "b"`, `s3.Bucket`, `Bucket`.
HEAD = re.compile(r"[^\n({:]*")
PLACE_OR_NUMBER = re.compile(r"\([^()\s]+:\d+\)|\d+")
OPEN = (Status.PENDING, Status.HELD_BACK, Status.ADVICE, Status.FAILED)


def fingerprint(finding: Finding, file: SourceFile) -> str:
    """Says which finding this is: by transform, address, message without its numbers, and how the subject begins."""
    head = HEAD.match(file.text, finding.span.start)
    begins = " ".join(head[0].split()) if head else ""
    message = " ".join(PLACE_OR_NUMBER.sub("#", finding.message).split())
    parts = (finding.transform, finding.subject, message, begins)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, order=True, slots=True)
class Entry:
    """So many findings of one kind in one file; `path` is relative to the baseline's folder."""

    path: str
    transform: str
    subject: str
    message: str
    fingerprint: str
    count: int = 1


@dataclass(frozen=True)
class Baseline:
    """A baseline file as it was read; an entry's place is its line."""

    path: Path
    entries: Mapping[Entry, int]

    @cached_property
    def by_fingerprint(self) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {}
        for entry in self.entries:
            found.setdefault(entry.fingerprint, []).append(entry)
        return found

    def known(self, findings: Sequence[tuple[str, str]], root: Path, files: Iterable[str]) -> list[bool]:
        """Which findings of a unit, (fingerprint, path) each, it has.

        An entry speaks for its own file first; what is left of it for the other files of the unit, and for any file
        when its own is gone. So a renamed module keeps its entries and a copied one does not get them as well.
        """
        inside = {relative(self.path, root / file) for file in files}
        places = [(print, relative(self.path, root / path)) for print, path in findings]
        here = Counter(places)
        spare: Counter[str] = Counter()
        own: Counter[tuple[str, str]] = Counter()
        for print in {print for print, _ in places}:
            for entry in self.by_fingerprint.get(print, ()):
                own[print, entry.path] += entry.count
                if entry.path in inside or not (self.path.parent / entry.path).exists():
                    spare[print] += max(entry.count - here[print, entry.path], 0)
        return [taken(own, place) or taken(spare, place[0]) for place in places]

    def stale(self, outcomes: Sequence[Outcome], root: Path, ran: frozenset[str]) -> Iterator[Problem]:
        """The entries whose findings are no more, as far as this run looked at them."""
        looked_at, unsure = set(), set()
        for outcome in outcomes:
            files = {relative(self.path, root / file) for file in outcome.unit.files}
            looked_at |= files
            unsure |= files if any(problem.error for problem in outcome.problems) else set()
        left = self.unmatched(outcomes, root)
        for entry, line in self.entries.items():
            gone = not (self.path.parent / entry.path).exists()
            if left[entry] and entry.transform in ran and (gone or entry.path in looked_at - unsure):
                what = f"not needed any more: {entry.transform} for {entry.subject} in {entry.path}"
                yield Problem(shown(self.path), line, 1, what, "write the baseline anew", error=False)

    def unmatched(self, outcomes: Iterable[Outcome], root: Path) -> Counter[Entry]:
        """How many of each entry's findings did not come up again."""
        left = Counter({entry: entry.count for entry in self.entries})
        met = Counter(
            (result.fingerprint, relative(self.path, root / result.finding.path)) for result in matched(outcomes)
        )
        for own_file in (True, False):
            for print, path in list(met.elements()):
                entries = self.by_fingerprint.get(print, ())
                fitting = (entry for entry in entries if left[entry] and (entry.path == path or not own_file))
                if (entry := next(fitting, None)) is not None:
                    left[entry] -= 1
                    met[print, path] -= 1
        return left


def taken(counter: Counter[Any], key: Any) -> bool:
    """Whether there was one left to take."""
    counter[key] -= 1
    return counter[key] >= 0


def matched(outcomes: Iterable[Outcome]) -> Iterator[Result]:
    return (result for outcome in outcomes for result in outcome.results if result.reason == REASON)


def relative(baseline: Path, path: Path) -> str:
    return Path(os.path.relpath(path, baseline.parent)).as_posix()


def written(outcomes: Iterable[Outcome], root: Path, path: Path) -> str:
    """The text of a baseline with all that is found and not left alone in the source: one line an entry, sorted."""
    counts = Counter(
        Entry(relative(path, root / found.path), found.transform, found.subject, found.message, result.fingerprint)
        for outcome in outcomes
        for result in outcome.results
        if (found := result.finding) and result.fingerprint and (result.status in OPEN or result.reason == REASON)
    )
    lines = [json.dumps(asdict(entry) | {"count": counts[entry]}, ensure_ascii=False) for entry in sorted(counts)]
    body = ",".join(f"\n    {line}" for line in lines)
    return f'{{\n  "form": {FORM},\n  "entries": [{body}\n  ]\n}}\n'


@cache
def load(path: Path) -> Baseline:
    """Read a baseline, once in a process; UsageError where it is none."""
    try:
        text = path.read_text(encoding="utf-8")
        document = json.loads(text)
        if not isinstance(document, dict) or document.get("form") != FORM:
            raise ValueError(f"its form is not {FORM}")
        entries = [Entry(**entry) for entry in document["entries"]]
    except OSError as error:
        what = error.strerror or str(error)
        raise UsageError(shown(path), what, "name a baseline; --write-baseline makes one") from error
    except (ValueError, TypeError, KeyError) as error:
        raise UsageError(shown(path), f"not a baseline ({error})", "write it anew with --write-baseline") from error
    return Baseline(path, placed(entries, text))


def placed(entries: Sequence[Entry], text: str) -> dict[Entry, int]:
    """The entries with their lines, 0 where the file was laid out anew."""
    lines = [number for number, line in enumerate(text.split("\n"), 1) if '"fingerprint"' in line]
    return dict(zip(entries, lines if len(lines) == len(entries) else repeat(0), strict=False))
