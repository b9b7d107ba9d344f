"""Which places of a document change together: a node that aliases repeat, and the aliases."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from fixer.formats.syntax.merge import is_merge
from fixer.formats.syntax.node import Alias, Document, Mapping, Node, Sequence, resolved, walk
from fixer.model import Span

Keys = tuple[str, ...]
Places = tuple[tuple[str, Span | None], ...]


@dataclass(frozen=True)
class Sharing:
    """`inert` are the top-level keys under which a node means nothing by itself, only where an alias repeats it."""

    document: Document
    inert: tuple[str, ...]

    def of(self, span: Span, key: str = "") -> Places:
        """The places that an edit of a node changes, or one that adds a key to it; none where no alias repeats it.

        Without a span where it is something else there: what `Properties` is here may be `Metadata` at the alias.
        """
        found: dict[Span, Keys] = {span: way(self.document.root, span)}
        queue = [(span, key, Keys())]
        while queue:
            at, key, beneath = queue.pop()
            for alias in self.document.aliases:
                if at in alias.target.span and alias.span not in found:
                    inner = way(alias.target, at)
                    first = next(iter(inner), key)
                    if not self.overridden(alias, first):
                        found[alias.span] = way(self.document.root, alias.span) + inner + beneath
                        queue.append((alias.span, first, inner + beneath))
        if len(found) == 1:
            return ()
        named = [(name, place, found[place][2:]) for place in sorted(found) if (name := self.name(place))]
        return tuple((name, place if keys == named[0][2] else None) for name, place, keys in named)

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


def way(node: Node, span: Span) -> Keys:
    """The keys on the way from a node to a span in it; merge keys are none, since what they take in is the node's."""
    match resolved(node):
        case Mapping() as mapping:
            for entry in mapping.entries:
                if span in entry.span and span != mapping.span:
                    return (() if is_merge(entry) else (entry.name,)) + way_beneath(entry.value, span)
        case Sequence() as items:
            for item in items.items:
                if span in item.span and span != items.span:
                    return ("", *way_beneath(item, span))
    return ()


def way_beneath(value: Node, span: Span) -> Keys:
    return way(value, span) if span in value.span and not isinstance(value, Alias) else ()


def taking_in(document: Document) -> Iterator[tuple[Span, Mapping]]:
    """The mappings that take in an alias through a merge key, by the alias."""
    for taker in walk(document.root) if document.aliases else ():
        for entry in taker.entries if isinstance(taker, Mapping) else ():
            if isinstance(taker, Mapping) and is_merge(entry):
                items = entry.value.items if isinstance(entry.value, Sequence) else (entry.value,)
                yield from ((item.span, taker) for item in items)
