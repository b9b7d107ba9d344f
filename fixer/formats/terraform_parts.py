"""What a Terraform file is made of, for the proof that a fix changed nothing else."""

from fixer.formats.syntax import hcl
from fixer.model import Part, Span
from fixer.workspace import SourceFile


def parts(file: SourceFile) -> list[Part]:
    """The arguments and block headers of a file, by the names around them."""
    if not file.path.endswith(".tf"):
        return []
    found: list[Part] = []
    stack: list[tuple[hcl.Body, str, tuple[Span, ...]]] = [(file.parsed(hcl.parse), "", ())]
    while stack:
        body, path, names = stack.pop()
        for item in body.items:
            if isinstance(item, hcl.Attribute):
                found.append(Part(f"{path}{item.name}", item.span, names))
                continue
            header = Span(item.span.start, item.open)
            inner = f"{path}{'.'.join((item.kind, *item.labels))}/"
            found.append(Part(inner, header, names))
            stack.append((item.body, inner, (*names, header)))
    return found


def comments(file: SourceFile) -> list[Span]:
    return file.parsed(hcl.comments)
