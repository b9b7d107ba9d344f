"""Damaged sources of every format through the whole repair: `python -m tests.fuzz` prints what went wrong, if anything.

Each case follows from its number, and what goes wrong is kept, as small as it goes, below build/fuzz.
"""

import argparse
import shutil
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from random import Random, SystemRandom

from fixer.config import Options
from fixer.discover import discover
from fixer.formats import FORMATS
from fixer.model import Impact, Unit
from fixer.transform import registry
from tests.corpus.projects import BUILD
from tests.faults import DROPPED, Case, kind, verdict
from tests.harness import FIXTURES, read_tree, write_tree
from tests.mutations import Mutator

KEPT = BUILD.parent / "fuzz"
WHOLE = Options(select=("ALL",), new=True, allow=Impact.DATA_LOSS)


@dataclass
class Tally:
    """What became of the cases of one format; `faults` names the folder where one case of each kind is kept."""

    cases: int = 0
    parsed: int = 0
    changed: int = 0
    dropped: int = 0
    faults: dict[str, Path] = field(default_factory=dict)

    @classmethod
    def of(cls, tallies: Iterable["Tally"]) -> "Tally":
        whole = cls()
        for tally in tallies:
            whole.cases += tally.cases
            whole.parsed += tally.parsed
            whole.changed += tally.changed
            whole.dropped += tally.dropped
            whole.faults |= {f"{fault} {path}": path for fault, path in tally.faults.items()}
        return whole

    @property
    def wrong(self) -> int:
        """The kinds of fault; that a proof drops a fix is none."""
        return sum(not fault.startswith(DROPPED) for fault in self.faults)

    def __str__(self) -> str:
        return (
            f"{self.cases} damaged sources, {self.parsed} with a file that parses, {self.changed} repaired; "
            f"{self.wrong} kinds of fault, {self.dropped} fixes dropped by their proof"
        )


@dataclass
class Fuzz:
    """The cases of one format: fixtures and shapes with one of their sources damaged."""

    format: str
    seed: str
    seeds: list[Case] = field(init=False)
    mutator: Mutator = field(init=False)

    def __post_init__(self) -> None:
        self.seeds = list(seeds(self.format))
        self.mutator = Mutator([text(case, path) for case in self.seeds for path in case.sources])

    def case(self, number: int) -> Case:
        random = Random(f"{self.seed}/{self.format}/{number}")
        case = random.choice(self.seeds)
        path = random.choice(case.sources)
        damaged = self.mutator.mutated(text(case, path), random).encode("utf-8", "replace")
        return replace(case, tree={**case.tree, path: damaged}, options=options(random))

    def run(self, seconds: float) -> Tally:
        tally, end = Tally(), time.monotonic() + seconds
        while time.monotonic() < end:
            case = self.case(tally.cases)
            found = verdict(case)
            for fault in found.faults:
                if kind(fault) not in tally.faults:
                    tally.faults[kind(fault)] = self.keep(fault, case, tally.cases)
            tally.cases += 1
            tally.parsed += found.parsed
            tally.changed += found.changed
            tally.dropped += sum(fault.startswith(DROPPED) for fault in found.faults)
        return tally

    def keep(self, fault: str, case: Case, number: int) -> Path:
        folder = KEPT / self.format / sha256(kind(fault).encode()).hexdigest()[:10]
        shutil.rmtree(folder, ignore_errors=True)
        write_tree(folder / "small", smallest(case, kind(fault)).tree)
        write_tree(folder / "whole", case.tree)
        notes = f"{fault}\ncase {number} of seed {self.seed}\n{case.unit}\n{case.options}\n"
        (folder / "fault.txt").write_text(notes, encoding="utf-8", errors="replace")
        print(f"  {fault[:300]}\n    {folder}", flush=True)
        return folder


def seeds(format: str) -> Iterator[Case]:
    """The units of the fixtures; each shape is a unit of its own."""
    for folder in sorted(FIXTURES.glob("*/*/**/before")):
        for unit in discover({".": folder}, folder).units if format in folder.parts else ():
            if unit.format == format:
                yield Case(unit, {path: (folder / path).read_bytes() for path in unit.files}, WHOLE)
    for name, data in read_tree(FIXTURES / "_shapes" / format).items():
        yield Case(Unit(format, "." if format == "terraform" else name, (name,)), {name: data}, WHOLE)


def text(case: Case, path: str) -> str:
    return case.tree[path].decode("utf-8", "replace")


def options(random: Random) -> Options:
    one = replace(WHOLE, select=(random.choice(sorted(registry())),))
    return random.choice([Options(), WHOLE, WHOLE, replace(WHOLE, profile="ephemeral"), one, one])


def smallest(case: Case, wanted: str) -> Case:
    """The case with as many lines taken away as it goes without losing the fault."""
    for path in case.tree:
        size = max(case.tree[path].count(b"\n") // 2, 1)
        while size:
            at = 0
            while at < len(lines := case.tree[path].splitlines(keepends=True)):
                less = replace(case, tree={**case.tree, path: b"".join(lines[:at] + lines[at + size :])})
                has_fault = any(kind(fault) == wanted for fault in verdict(less).faults)
                case, at = (less, at) if has_fault else (case, at + size)
            size //= 2
    return case


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=200, help="per format (default: 200, ten minutes in all)")
    parser.add_argument("--seed", default=str(SystemRandom().randrange(10**6)), help="default: another each time")
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=list(FORMATS))
    arguments = parser.parse_args()
    tallies = []
    for format in arguments.formats:
        tallies.append(Fuzz(format, arguments.seed).run(arguments.seconds))
        print(f"{FORMATS[format]} ({arguments.seconds:.0f} s): {tallies[-1]}", flush=True)
    total = Tally.of(tallies)
    print(f"TOTAL ({arguments.seconds * len(tallies):.0f} s, seed {arguments.seed}): {total}")
    return 1 if total.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
