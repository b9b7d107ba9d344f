"""Which lines differ, grouped as a unified diff groups them and placed where a reader expects them."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile
from typing import Any

CONTEXT = 3
LARGE = 1000

Lines = Sequence[str]


@dataclass(slots=True)
class Block:
    """Lines `old_start:old_end` become lines `new_start:new_end`."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int

    def slide(self, old: Lines, new: Lines, limit: int) -> "Block":
        """Pure additions and removals move down as far as the text is the same: behind a blank line, not before it."""
        while self.old_end < limit and self.slides(old, new):
            self.old_start, self.old_end = self.old_start + 1, self.old_end + 1
            self.new_start, self.new_end = self.new_start + 1, self.new_end + 1
        return self

    def slides(self, old: Lines, new: Lines) -> bool:
        if self.old_start == self.old_end:
            return new[self.new_start] == new[self.new_end]
        return self.new_start == self.new_end and old[self.old_start] == old[self.old_end]


def hunks(old: Lines, new: Lines) -> Iterator[list[Block]]:
    """The differing blocks, those together that less than two contexts part."""
    hunk: list[Block] = []
    for block in blocks(old, new):
        if hunk and block.old_start - hunk[-1].old_end > 2 * CONTEXT:
            yield hunk
            hunk = []
        hunk.append(block)
    if hunk:
        yield hunk


def blocks(old: Lines, new: Lines) -> list[Block]:
    """The blocks that differ, in order."""
    found: list[Block] = []
    at = new_at = 0
    for line, new_line in [*anchors(old, new), (len(old), len(new))]:
        found += gap(old, new, Block(at, line, new_at, new_line))
        at, new_at = line + 1, new_line + 1
    limits = [*(block.old_start for block in found), len(old)][1:]
    return [block.slide(old, new, limit) for block, limit in zip(found, limits, strict=False)]


def anchors(old: Lines, new: Lines) -> list[tuple[int, int]]:
    """The lines that stand once on either side, as many as come in the same order: patience diff.

    difflib alone takes half a minute for ten thousand lines, as most of them are a closing brace.
    """
    once, new_once = alone(old), alone(new)
    pairs = [(at, new_once[line]) for line, at in once.items() if line in new_once]
    piles: list[int] = []
    chains: list[tuple[tuple[int, int], Any]] = []
    for pair in pairs:
        pile = bisect_left(piles, pair[1])
        chain = (pair, chains[pile - 1] if pile else None)
        piles[pile : pile + 1] = [pair[1]]
        chains[pile : pile + 1] = [chain]
    link: Any = chains[-1] if chains else None
    kept = []
    while link is not None:
        kept.append(link[0])
        link = link[1]
    return kept[::-1]


def alone(lines: Lines) -> dict[str, int]:
    """The lines that stand here once, with their numbers, in order."""
    counts = Counter(lines)
    return {line: number for number, line in enumerate(lines) if counts[line] == 1}


def gap(old: Lines, new: Lines, between: Block) -> Iterator[Block]:
    """The blocks that differ between two anchors; what both sides start and end with is not compared."""
    a, b = old[between.old_start : between.old_end], new[between.new_start : between.new_end]
    first = common(a, b)
    last = common(a[first:][::-1], b[first:][::-1])
    a, b = a[first : len(a) - last], b[first : len(b) - last]
    at, new_at = between.old_start + first, between.new_start + first
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, a, b, autojunk=len(b) > LARGE).get_opcodes():
        if tag != "equal":
            yield Block(at + i1, at + i2, new_at + j1, new_at + j2)


def common(old: Lines, new: Lines) -> int:
    """How many lines are the same from the start."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
