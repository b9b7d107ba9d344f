"""Which ignores of a file reach a place in it, found without looking at each of them."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from fixer.formats.lines import line_end
from fixer.model import Finding
from fixer.suppression.ignore import Ignore, starts
from fixer.workspace import SourceFile


@dataclass(frozen=True)
class Reach:
    """The ignores of one file; a file of thousands has findings in thousands, so each look-up must be short."""

    file: SourceFile
    ignores: tuple[Ignore, ...]
    by_place: list[int] = field(default_factory=list)
    by_extent: list[int] = field(default_factory=list)
    around: dict[int, int | None] = field(default_factory=dict)
    by_subject: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.by_place.extend(sorted(self.numbers(inside=True), key=lambda n: self.ignores[n].at))
        self.by_extent.extend(sorted(self.numbers(inside=False), key=lambda n: self.ignores[n].extent))
        self.by_subject.extend(n for n, ignore in enumerate(self.ignores) if ignore.subjects)
        opened: list[int] = []
        for number in self.by_extent:
            while opened and self.ignores[opened[-1]].extent.end <= self.ignores[number].extent.start:
                opened.pop()
            self.around[number] = opened[-1] if opened else None
            opened.append(number)

    def numbers(self, *, inside: bool) -> Iterator[int]:
        for number, ignore in enumerate(self.ignores):
            if ignore.inside if inside else ignore.extent.start < ignore.extent.end:
                yield number

    def of(self, finding: Finding) -> list[Ignore]:
        """Those about a finding, in source order; those by subject reach into other files too."""
        found = set(self.by_subject)
        if finding.path == self.file.path:
            found.update(self.standing_in(finding))
            found.update(number for at in starts(finding) for number in self.over(at))
        return [self.ignores[n] for n in sorted(found) if self.ignores[n].reaches(finding, self.file)]

    def standing_in(self, finding: Finding) -> Iterable[int]:
        end = line_end(self.file.text, max(finding.span.end - 1, 0))
        first = bisect_left(self.by_place, finding.span.start, key=lambda n: self.ignores[n].at)
        return self.by_place[first : bisect_left(self.by_place, end, key=lambda n: self.ignores[n].at)]

    def over(self, at: int) -> Iterator[int]:
        """Those whose extent is over an offset, and some that only overlap them."""
        last = bisect_right(self.by_extent, at, key=lambda n: self.ignores[n].extent.start)
        number = self.by_extent[last - 1] if last else None
        while number is not None:
            yield number
            number = self.around[number]
