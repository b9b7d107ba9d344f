"""What the proofs cost: processor time of a dry run of the units that get a fix, against the same run without them.

Left out in the second run are `fixer.proof.unproven` (the file parses whole, nothing but the edited pieces differs, no
comment is lost) and `Repair.unsettled` (the finding is gone, nothing new came up). What the next round needs anyway, to
parse the files that changed and to ask the transforms until none finds anything to fix, is done in both runs and is no
cost of the proofs; `time inside them` counts it all the same, since the proofs come first and do it.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fixer import engine, pool
from fixer.config import Options
from fixer.model import Unit

REPEATS = 3


@dataclass(frozen=True)
class Cost:
    """Seconds with and without proofs, and the share of the time that passes between their start and their end."""

    proved: float
    bare: float
    inside: float

    @classmethod
    def of(cls, units: Sequence[Unit], root: Path) -> "Cost":
        times = [proved_and_bare(unit, root) for unit in units]
        return cls(sum(time for time, _ in times), sum(time for _, time in times), inside(units, root))

    @property
    def share(self) -> float:
        return max(1 - self.bare / self.proved, 0.0)


def proved_and_bare(unit: Unit, root: Path) -> tuple[float, float]:
    """The shortest times of one unit with and without proofs, by turns: whatever else the machine does meets both."""
    times: list[tuple[float, float]] = []
    for _ in range(REPEATS):
        proved = processor_time([unit], root)
        with patched(engine, "unproven", agreeing), patched(engine.Repair, "unsettled", agreeing):
            times.append((proved, processor_time([unit], root)))
    return min(proved for proved, _ in times), min(bare for _, bare in times)


def agreeing(*_: object) -> None:
    """In the place of a proof: there is nothing against it."""


def inside(units: Sequence[Unit], root: Path) -> float:
    """The share of the time that passes in the proofs, whatever is done in it."""
    spent: list[float] = []
    original = engine.Repair.broken

    def broken(*arguments: Any) -> str | None:
        start = time.process_time()
        try:
            return original(*arguments)
        finally:
            spent.append(time.process_time() - start)

    with patched(engine.Repair, "broken", broken):
        whole = processor_time(units, root)
    return sum(spent) / whole


def processor_time(units: Sequence[Unit], root: Path) -> float:
    start = time.process_time()
    list(pool.run(units, root, Options(), jobs=1))
    return time.process_time() - start


@contextmanager
def patched(owner: Any, name: str, replacement: Callable[..., object]) -> Iterator[None]:
    original = getattr(owner, name)
    setattr(owner, name, replacement)
    try:
        yield
    finally:
        setattr(owner, name, original)
