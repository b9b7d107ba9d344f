"""The figures of a corpus run, printed and as JSON."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fixer.formats import FORMATS
from tests.corpus.examine import Examined
from tests.corpus.explain import UNEXPLAINED
from tests.corpus.runs import Ran

JUDGED = {
    "terraform": "valid for terraform validate",
    "cloudformation": "free of cfn-lint errors and W1001",
    "cdk_python": "synthesized",
}
STATUSES = ("pending", "held-back", "advice", "suppressed", "failed")


@dataclass(frozen=True)
class Kind:
    """One source format with all that was run and found in it."""

    format: str
    runs: list[Ran]
    examined: Examined

    @property
    def title(self) -> str:
        return FORMATS[self.format]

    @property
    def zeros(self) -> dict[str, list[str]]:
        """The columns that must be empty, with a line for each case."""
        lines = self.examined
        return {
            "crashes": [f"{ran.project.name}: {crash}" for ran in self.runs for crash in ran.crashes],
            "parsed before and not after": lines.unparsed,
            "second run not empty": [f"{ran.project.name}: {line}" for ran in self.runs for line in ran.not_empty],
            "patch is not what --apply does": [
                f"{ran.project.name}: {line}" for ran in self.runs for line in ran.unequal
            ],
            f"{JUDGED[self.format]} before and not after": lines.invalidated,
            "planned before and not after": lines.unplanned,
            "refused, and its own parser reads it": lines.wrongly_refused,
            "remains unexplained": [line for line in self.left if UNEXPLAINED in line],
        }

    @property
    def left(self) -> list[str]:
        return [
            f"{r.project}/{r.defect.path}:{r.defect.first} {r.defect.check} {r.defect.key}: {r.reason}"
            for r in self.examined.remaining
        ]

    @property
    def counts(self) -> Counter[tuple[str, str]]:
        return Counter((f["id"], f["status"]) for ran in self.runs for f in ran.findings)

    def figures(self) -> dict[str, Any]:
        return {
            "projects": len(self.runs),
            "files": sum(ran.files for ran in self.runs),
            "findings": [[*key, count] for key, count in sorted(self.counts.items())],
            "refused": list(refusals(self.runs)),
            "problems": [f"{ran.project.name}: {p['path']}: {p['what']}" for ran in self.runs for p in ran.problems],
            "must be 0": self.zeros,
            "new messages": self.examined.new_messages,
            "found by the independent look": self.examined.found,
            "remaining": self.left,
            "valid before": self.examined.valid_before,
            "planned before": self.examined.planned_before,
            "results": {ran.project.name: asdict(ran) | {"project": None} for ran in self.runs},
        }


def show(kind: Kind) -> None:
    print(f"\n{kind.title}\n{'=' * len(kind.title)}")
    examined, runs = kind.examined, kind.runs
    changed = sum(bool(ran.changed) for ran in runs)
    print(f"{len(runs)} projects ({changed} changed), {sum(ran.files for ran in runs)} files")
    print(f"{JUDGED[kind.format]}: {examined.valid_before} before; planned: {examined.planned_before} before")
    print("\n".join(findings(kind.counts)))
    listing("files refused", refusals(runs))
    print("must be 0:")
    for title, lines in kind.zeros.items():
        print(f"  {len(lines):4} {title}")
        for line in lines:
            print(f"         {line}")
    listing("new messages in what was invalid before", examined.new_messages)
    remain = len(examined.remaining)
    listing(f"defects that the independent look finds: {examined.found} before, {remain} remain", kind.left)


def findings(counts: Mapping[tuple[str, str], int]) -> Iterator[str]:
    ids = sorted({id for id, _ in counts})
    width = max(map(len, ids), default=0)
    yield " " * (width + 2) + "".join(f"{status:>11}" for status in STATUSES)
    for id in ids:
        yield f"  {id:{width}}" + "".join(f"{counts.get((id, status), 0) or '.':>11}" for status in STATUSES)


def refusals(runs: Iterable[Ran]) -> Iterator[str]:
    for ran in runs:
        for problem in ran.refused:
            yield f"{ran.project.name}/{problem['path']}:{problem['line']}:{problem['column']}: {problem['what']}"


def listing(title: str, lines: Iterable[str]) -> None:
    shown = list(lines)
    print(f"{title}: {len(shown)}")
    for line in shown:
        print(f"  {line}")


def write(file: Path, kinds: Iterable[Kind], rest: Mapping[str, Any]) -> None:
    file.write_text(json.dumps({**rest, **{kind.title: kind.figures() for kind in kinds}}, indent=1, default=str))
