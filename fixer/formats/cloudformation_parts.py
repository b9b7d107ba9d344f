"""What a template is made of, for the proof that a fix changed nothing else."""

import re

from fixer.formats.syntax.node import Document, Entry, Mapping, Node, Scalar, Sequence, walk
from fixer.model import Part, Span

# Section, logical id, Properties, property: what lies deeper may be wrapped in an intrinsic function as a whole.
DEPTH = 4
COMMENT = re.compile(r"(?:^|(?<=\s))#[^\r\n]*", re.MULTILINE)


def parts_of(document: Document) -> list[Part]:
    """Every scalar and key, by the names of the section, the resource and the property that it stands in."""
    found: list[Part] = []
    stack: list[tuple[Node, tuple[Entry, ...]]] = [(document.root, ())]
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


def comments_of(document: Document) -> list[Span]:
    """The comments of a YAML text: what follows a # outside all scalars."""
    if document.json or "#" not in document.text:
        return []
    scalars = sorted((node.span for node in walk(document.root) if isinstance(node, Scalar)), key=lambda s: s.start)
    found, at = [], 0
    for scalar in [*scalars, Span(len(document.text), len(document.text))]:
        found += [Span(*comment.span()) for comment in COMMENT.finditer(document.text, at, scalar.start)]
        at = max(at, scalar.end)
    return found
