"""What a template is made of, for the proof that a fix changed nothing else."""

from collections.abc import Iterable

from fixer.formats.syntax.comments import comments_in
from fixer.formats.syntax.node import Entry, Mapping, Node, Sequence
from fixer.model import Part, Span

# Section, logical id, Properties, property: what lies deeper may be wrapped in an intrinsic function as a whole.
DEPTH = 4


def parts_of(roots: Iterable[Node]) -> list[Part]:
    """Every scalar and key, by the names of the section, the resource and the property that it stands in."""
    found: list[Part] = []
    stack: list[tuple[Node, tuple[Entry, ...]]] = [(root, ()) for root in roots]
    while stack:
        node, around = stack.pop()
        match node:
            case Mapping(entries=entries):
                for entry in entries:
                    inner = (*around, entry) if len(around) < DEPTH else around
                    found.append(part(entry.key.span, inner))
                    stack.append((entry.value, inner))
            case Sequence(items=items):
                stack += [(item, around) for item in items]
            case _:
                found.append(part(node.span, around))
    return found


def part(span: Span, around: tuple[Entry, ...]) -> Part:
    return Part(".".join(entry.name for entry in around), span, tuple(entry.key.span for entry in around))


def comments_of(text: str, roots: Iterable[Node]) -> list[Span]:
    """The comments of a YAML text."""
    return list(comments_in(text, Span(0, len(text)), *roots)) if "#" in text else []
