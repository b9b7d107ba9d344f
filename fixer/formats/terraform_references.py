"""Every mention of a Terraform address, with its span and its context."""

from collections.abc import Iterator
from dataclasses import dataclass

from fixer.formats.syntax import hcl
from fixer.formats.terraform_block import Block, attributes_in
from fixer.model import Edit, Span
from fixer.workspace import SourceFile

UNWRITABLE = frozenset({"precondition", "postcondition", "assert", "provisioner", "connection", "dynamic"})


@dataclass(frozen=True, eq=False)
class Reference:
    """One mention of an address in an expression.

    `node` is the whole traversal, `rest` its steps behind the address, `parents` the expressions around it from the
    outermost in, `attribute` the argument that holds it, `around` the blocks from the top level in.
    """

    file: SourceFile
    block: Block
    attribute: hcl.Attribute
    around: tuple[hcl.Block, ...]
    parents: tuple[hcl.Expression, ...]
    node: hcl.Traversal
    parts: int

    @property
    def path(self) -> str:
        return self.file.path

    @property
    def span(self) -> Span:
        return self.node.span

    @property
    def text(self) -> str:
        return self.file.text[self.span.start : self.span.end]

    @property
    def rest(self) -> tuple[hcl.Step, ...]:
        return self.node.steps[self.parts - 1 :]

    @property
    def address_span(self) -> Span:
        """The span of the address alone, without the steps behind it."""
        end = self.node.steps[self.parts - 2].span.end if self.parts > 1 else self.node.span.start + len(self.node.root)
        return Span(self.node.span.start, end)

    @property
    def rest_text(self) -> str:
        return self.file.text[self.address_span.end : self.span.end]

    @property
    def in_depends_on(self) -> bool:
        return self.attribute.name == "depends_on"

    @property
    def in_state_block(self) -> bool:
        """Whether it stands in `moved`, `import` or `removed`, which name addresses and not values."""
        return self.around[0].kind in ("moved", "removed") or (
            self.around[0].kind == "import" and self.attribute.name == "to"
        )

    @property
    def is_unwritable(self) -> bool:
        """Whether an expression can't take the place of it, or must hold whatever is there."""
        return self.in_lifecycle or any(block.kind in UNWRITABLE for block in self.around)

    @property
    def in_lifecycle(self) -> bool:
        """Whether it stands in `replace_triggered_by`, which takes an address and no other expression."""
        return self.attribute.name == "replace_triggered_by"

    @property
    def template(self) -> hcl.Template | None:
        """The string or heredoc that it is interpolated in, or None; the innermost."""
        return next((p for p in reversed(self.parents) if isinstance(p, hcl.Template)), None)

    @property
    def place(self) -> str:
        line, _ = self.file.position(self.span.start)
        return f"{self.path}:{line}"

    def edit(self, span: Span, text: str) -> Edit:
        return Edit(self.path, span, text)


def references_in(block: Block, parts: tuple[str, ...]) -> Iterator[Reference]:
    """The mentions of an address, given by its parts, in one top-level block."""
    for attribute, around in attributes_in(block.node):
        at = attribute.span
        if block.file.text.find(parts[0], at.start, at.end) < 0:
            continue
        for node, parents in hcl.walk(attribute.expression):
            if isinstance(node, hcl.Traversal) and node.starts_with(parts):
                yield Reference(block.file, block, attribute, around, parents, node, len(parts))


def mentions(block: Block, address: str) -> bool:
    """Whether a block mentions an address, itself and not by what it uses."""
    return any(True for _ in references_in(block, tuple(address.split("."))))


def reaches(block: Block, address: str) -> bool:
    """Whether a block mentions an address, itself or through the locals that it uses."""
    parts = tuple(address.split("."))
    return mentions(block, address) or any(
        isinstance(node, hcl.Traversal) and node.starts_with(parts)
        for value in locals_of(block)
        for node, _ in hcl.walk(value)
    )


def locals_of(block: Block) -> list[hcl.Expression]:
    """The values of the locals that a block uses, and of those that these use."""
    held = [inner.node.body.attributes for inner in block.module.blocks("locals")]
    seen: dict[str, hcl.Expression] = {}
    queue = [reference.rest[0].name for reference in references_in(block, ("local",)) if reference.rest]
    while queue:
        name = queue.pop()
        value = next((attributes[name].expression for attributes in held if name in attributes), None)
        if name is None or name in seen or value is None:
            continue
        seen[name] = value
        used = [node for node, _ in hcl.walk(value) if isinstance(node, hcl.Traversal) and node.root == "local"]
        queue += [node.steps[0].name for node in used if node.steps]
    return list(seen.values())


def linked(a: Block, b: Block) -> bool:
    return reaches(a, b.address) or reaches(b, a.address)
