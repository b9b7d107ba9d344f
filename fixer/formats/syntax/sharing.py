"""Which places of a document change together: a node that aliases repeat, and the aliases."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from fixer.formats.syntax.merge import is_merge
from fixer.formats.syntax.node import Alias, Document, Mapping, Sequence, resolved, walk
from fixer.model import Span

Places = tuple[tuple[str, Span], ...]


@dataclass(frozen=True)
class Sharing:
    """`inert` are the top-level keys under which a node means nothing by itself, only where an alias repeats it."""

    document: Document
    inert: tuple[str, ...]

    def of(self, span: Span, key: str = "") -> Places:
        """The places that an edit of a node changes, or one that adds a key to it; none where no alias repeats it."""
        found: dict[Span, None] = {}
        queue = [(span, key)]
        while queue:
            at, key = queue.pop()
            for alias in self.document.aliases:
                if at in alias.target.span and alias.span not in found:
                    first = self.first_key(alias, at) or key
                    if not self.overridden(alias, first):
                        found[alias.span] = None
                        queue.append((alias.span, first))
        if not found:
            return ()
        named = ((self.name(place), place) for place in sorted([span, *found]))
        return tuple((name, place) for name, place in named if name)

    def first_key(self, alias: Alias, span: Span) -> str:
        """The key on the way from an alias's target to a span in it, empty where the span is all of it."""
        target = resolved(alias)
        inner = target.entries if isinstance(target, Mapping) and span != target.span else ()
        return next((entry.name for entry in inner if span in entry.span and not is_merge(entry)), "")

    def overridden(self, alias: Alias, key: str) -> bool:
        """Whether the mapping that takes this alias in has the key itself."""
        taker = self.takers.get(alias.span)
        return taker is not None and taker.entry(key) is not None

    @cached_property
    def takers(self) -> dict[Span, Mapping]:
        return dict(taking_in(self.document))

    def name(self, span: Span) -> str:
        """What the place is called in messages: its logical id, its section before it; empty where it is inert."""
        sections = self.document.root.entries
        section = next((entry for entry in sections if span in entry.span), None)
        if section is None or section.name in self.inert:
            return ""
        inner = section.value.entries if isinstance(section.value, Mapping) else ()
        owner = next((entry.name for entry in inner if span in entry.span), "")
        return owner if section.name == "Resources" else ".".join(filter(None, [section.name, owner]))


def taking_in(document: Document) -> Iterator[tuple[Span, Mapping]]:
    """The mappings that take in an alias through a merge key, by the alias."""
    for taker in walk(document.root) if document.aliases else ():
        for entry in taker.entries if isinstance(taker, Mapping) else ():
            if isinstance(taker, Mapping) and is_merge(entry):
                items = entry.value.items if isinstance(entry.value, Sequence) else (entry.value,)
                yield from ((item.span, taker) for item in items)
