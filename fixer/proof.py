"""The proof after every round: what was not edited is still there, with the same names around it."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from fixer.formats import FormatModule
from fixer.model import Append, Change, Edit, Part, Refused, Span
from fixer.workspace import SourceFile, Workspace, in_order, with_newline


@dataclass(frozen=True)
class Pieces:
    """Spans in order of which none overlap, so that their ends are in order, too."""

    spans: tuple[Span, ...]

    @cached_property
    def ends(self) -> list[int]:
        return [span.end for span in self.spans]

    def touch(self, span: Span) -> bool:
        """Whether a span meets one of them, at its edges too."""
        at = bisect_left(self.ends, span.start)
        return at < len(self.spans) and self.spans[at].start <= span.end

    def reach_into(self, span: Span) -> bool:
        """Whether one of them shares more than an edge with a span; an empty one inside it does."""
        at = self.before(span.start)
        return at < len(self.spans) and self.spans[at].start < span.end

    def before(self, offset: int) -> int:
        """How many end there or earlier."""
        return bisect_right(self.ends, offset)


@dataclass(frozen=True)
class Displacement:
    """Where the text of a file went: the replaced spans before and the spans of the new text after, in order."""

    replaced: Pieces
    inserted: Pieces

    @classmethod
    def of(cls, before: SourceFile, after: SourceFile, changes: Iterable[Change]) -> "Displacement":
        """Of the edits and appends of one round in one file; equal edits count once."""
        here = [c for c in dict.fromkeys(changes) if isinstance(c, Edit | Append) and c.path == before.path]
        edits = [change for change in here if isinstance(change, Edit)]
        replaced, inserted, shift = [], [], 0
        for edit in sorted(edits, key=in_order):
            length = len(with_newline(edit.text, before.newline))
            start = edit.span.start + shift
            replaced.append(edit.span)
            inserted.append(Span(start, start + length))
            shift += length - (edit.span.end - edit.span.start)
        if any(isinstance(change, Append) for change in here):
            replaced.append(Span(len(before.text), len(before.text)))
            inserted.append(Span(len(before.text) + shift, len(after.text)))
        return cls(Pieces(tuple(replaced)), Pieces(tuple(inserted)))

    def moved(self, span: Span) -> Span:
        """Where a span is that no edit reaches into; an insertion at its very start lies before it."""
        last = self.replaced.before(span.start) - 1
        shift = self.inserted.ends[last] - self.replaced.ends[last] if last >= 0 else 0
        return Span(span.start + shift, span.end + shift)


def unproven(before: Workspace, after: Workspace, changes: Sequence[Change], format: FormatModule) -> str | None:
    """Why the changes that lead from one workspace to another may not stand, or None."""
    written = [change.text for change in changes if isinstance(change, Edit | Append)]
    for path, new in after.files.items():
        old = before.files.get(path)
        if old is not None and old.text == new.text:
            continue
        if (refused := refusal(new, format)) is not None:
            return f"the fix would leave {new.problem(refused)}"
        if old is None:
            continue
        # Not checked whole: what can't be read in it was not touched, so that it stands in the new one, too.
        try:
            pieces = format.parts(old)
        except Refused:
            return f"the fix would change {path}, which can't be read"
        displacement = Displacement.of(old, new, changes)
        reason = disturbed(pieces, format.parts(new), displacement)
        reason = reason or lost(old, new, format, displacement, written)
        if reason is not None:
            return f"the fix would {reason} ({path})"
    return None


def refusal(file: SourceFile, format: FormatModule) -> Refused | None:
    try:
        format.check(file)
    except Refused as refused:
        return refused
    return None


def disturbed(before: list[Part], after: list[Part], displacement: Displacement) -> str | None:
    """The first piece that no edit touches and that is gone, or that was not there."""
    kept = Counter(
        (part.path, displacement.moved(part.span)) for part in before if untouched(part, displacement.replaced)
    )
    found = Counter((part.path, part.span) for part in after if untouched(part, displacement.inserted))
    if gone := kept - found:
        return f"lose {next(iter(gone))[0]}"
    if new := found - kept:
        return f"make {next(iter(new))[0]}"
    return None


def untouched(part: Part, pieces: Pieces) -> bool:
    return not pieces.touch(part.span) and not any(map(pieces.touch, part.names))


def lost(
    old: SourceFile, new: SourceFile, format: FormatModule, displacement: Displacement, written: list[str]
) -> str | None:
    """The first comment that is gone, unless it was written elsewhere."""
    there = {(span.start, new.text[span.start : span.end]) for span in format.comments(new)}
    for span in format.comments(old):
        text = old.text[span.start : span.end]
        if not displacement.replaced.reach_into(span):
            if (displacement.moved(span).start, text) not in there:
                return f"lose the comment {text[:40]!r}"
        elif not any(text in other for other in written):
            return f"lose the comment {text[:40]!r}"
    return None
