"""Make Terraform resources conditional: `count` or `for_each` on a flag, and every mention of them rewritten."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from fixer.formats.syntax import hcl
from fixer.formats.terraform_block import Block
from fixer.formats.terraform_references import Reference
from fixer.formats.terraform_repetition import (
    chosen,
    insertion,
    is_filtered,
    is_repeated_only_if,
    repeated_if,
    rests_on,
)
from fixer.model import Changes, Edit, Withheld


@dataclass(frozen=True, eq=False)
class Gate:
    """Resources of one module that a flag turns on and off together.

    `condition` is its HCL text; `takes_null` says whether the argument that a reference is the value of may be null.
    """

    condition: str
    members: tuple[Block, ...]
    takes_null: Callable[[Reference], bool]

    @cached_property
    def addresses(self) -> frozenset[str]:
        return frozenset(member.address for member in self.members)

    def changes(self) -> Iterator[Changes]:
        for member in self.members:
            yield repeated_if(member, self.condition, self.addresses)
            for reference in member.module.references(member.address):
                yield self.rewritten(reference, member)

    def rewritten(self, reference: Reference, member: Block) -> Changes:
        """The changes that keep one mention right in both positions of the flag."""
        if reference.in_state_block:
            return self.state(reference, member)
        whole_or_splat = not reference.rest or reference.rest[0].splat
        if reference.in_depends_on or (reference.in_lifecycle and not reference.rest):
            return ()
        if self.gated(reference):
            return indexed(reference) if member.meta is None and not whole_or_splat else ()
        if member.meta is not None:
            return () if whole_or_splat else self.tried(reference)
        return self.optional(reference, member)

    def gated(self, reference: Reference) -> bool:
        """Whether the same flag decides if the mention is evaluated at all."""
        block = reference.block
        repeats = reference.attribute is block.attribute(block.meta or "")
        if block.address in self.addresses and reference.attribute.name != "provider":
            return not (repeats and is_filtered(block))
        if not repeats and is_repeated_only_if(block, self.condition):
            return True
        return any(
            isinstance(outer, hcl.Conditional) and inner is outer.children[1] and rests_on(outer, block, self.condition)
            for outer, inner in pairwise([*reference.parents, reference.node])
        )

    def state(self, reference: Reference, member: Block) -> Changes:
        """`moved` keeps its end and gets a further step; `import` names the instance."""
        if reference.rest:
            return ()
        if member.meta is not None:
            return ()
        if reference.around[0].kind == "import":
            return insertion(reference.path, reference.span.end, "[0]")
        if reference.around[0].kind == "moved" and reference.attribute.name == "to":
            moved = Block(reference.block.module, reference.file, reference.around[0])
            address = member.address
            return moved.insert_after(
                f"moved {{\n{moved.inner}from = {address}\n{moved.inner}to   = {address}[0]\n}}", f"moved.{address}"
            )
        return Withheld(f"{reference.place} says that {member.address} was moved or removed")

    def tried(self, reference: Reference) -> Changes:
        """`try(x[key].a, null)` for an instance that may not be there."""
        container, expression = container_of(reference)
        in_text = isinstance(container, hcl.Interpolation)
        in_object = isinstance(container, hcl.Item) and reference.around[0].kind != "output"
        fallback = '""' if in_text or in_object else "null"
        if (
            reference.is_unwritable
            or isinstance(container, hcl.Sequence)
            or (container is None and not self.null_fits(reference))
        ):
            return self.needed(reference)
        at = expression.span
        return [insertion(reference.path, at.start, "try("), insertion(reference.path, at.end, f", {fallback})")]

    def optional(self, reference: Reference, member: Block) -> Changes:
        """A mention of the one instance, in a place that is evaluated whatever the flag is."""
        if reference.is_unwritable:
            return self.needed(reference)
        container, expression = container_of(reference)
        backup = self.backup(reference, member)
        match container:
            case hcl.Interpolation(directive=True):
                return self.needed(reference)
            case hcl.Interpolation():
                return [indexed(reference), self.templated(reference, expression, backup)]
            case hcl.Sequence():
                return self.listed(reference, container, expression)
            case hcl.Item():
                if container.value is not expression or container.key in ("Resource", "NotResource", "Principal"):
                    return self.needed(reference)
                fallback = backup or ("null" if reference.around[0].kind == "output" else '""')
                return [indexed(reference), chosen(reference.path, expression, self.condition, fallback)]
        if backup and reference.around[0].kind != "output":
            return [indexed(reference), chosen(reference.path, expression, self.condition, backup)]
        if not self.null_fits(reference):
            return self.needed(reference)
        if expression is reference.node and all(step.name for step in reference.rest):
            return one_of(reference)
        return [indexed(reference), chosen(reference.path, expression, self.condition, "null")]

    def needed(self, reference: Reference) -> Withheld:
        return Withheld(f"{reference.place} needs {reference.text}, which is not there when {self.condition} is off")

    def templated(self, reference: Reference, expression: hcl.Expression, backup: str | None) -> Changes:
        """A mention in a string: the whole string goes where it may, else what is interpolated becomes empty."""
        template = reference.template
        if template is None or template.heredoc or backup:
            return chosen(reference.path, expression, self.condition, backup or '""')
        outer = reference.parents[: reference.parents.index(template)]
        if not outer and reference.around[0].kind == "output":
            return chosen(reference.path, template, self.condition, "null")
        if outer and isinstance(outer[-1], hcl.Sequence) and all_strings(outer[-1]) and not self.must_hold(reference):
            return [chosen(reference.path, template, self.condition, "null"), compacted(reference, outer[-1])]
        return chosen(reference.path, expression, self.condition, '""')

    def null_fits(self, reference: Reference) -> bool:
        """Whether null may be the value: of an output, an optional argument, or a local that is used so."""
        match reference.around[0].kind:
            case "output":
                return reference.attribute.name == "value"
            case "locals":
                uses = reference.block.module.references(f"local.{reference.attribute.name}")
                return all(self.null_fits_use(use) for use in uses)
            case _:
                return self.takes_null(reference)

    def null_fits_use(self, use: Reference) -> bool:
        plain_value = use.attribute.expression is use.node
        return self.gated(use) or (plain_value and use.around[0].kind != "locals" and self.null_fits(use))

    def backup(self, reference: Reference, member: Block) -> str | None:
        """The expression that an attribute was set from, when it is an argument of the member: as good without it."""
        if len(reference.rest) != 1 or (name := reference.rest[0].name) is None:
            return None
        expression = member.expression(name)
        if expression is None or "\n" in member.source(expression):
            return None
        own = {"each", "count", "self", ""}
        for node, _ in hcl.walk(expression):
            if isinstance(node, hcl.Traversal):
                gated = any(node.starts_with(tuple(address.split("."))) for address in self.addresses)
                if gated or node.root in own:
                    return None
        return member.source(expression)

    def listed(self, reference: Reference, container: hcl.Sequence, expression: hcl.Expression) -> Changes:
        """`[x.a]` becomes `x[*].a`; beside other elements the list is made compact."""
        simple = expression is reference.node and all(step.name for step in reference.rest)
        if not simple or len(reference.rest) != 1 or reference.rest[0].name == "name_servers":
            return Withheld(
                f"{reference.place} lists {reference.text}, which is not there when {self.condition} is off"
            )
        text, at = reference.file.text, container.span
        if len(container.children) == 1:
            address = reference.address_span
            if "#" in text[at.start : at.end] or self.must_hold(reference):
                return Withheld(f"{reference.place} would be an empty list when {self.condition} is off")
            listed = f"{text[address.start : address.end]}[*]{reference.rest_text}"
            return Edit(reference.path, at, listed)
        if not all_strings(container):
            return Withheld(f"{reference.place} lists {reference.text} among values that are no strings")
        return [one_of(reference), compacted(reference, container)]

    def must_hold(self, reference: Reference) -> bool:
        """Whether the list is of a policy statement, which is refused without a resource."""
        keys = [parent.key for parent in reference.parents if isinstance(parent, hcl.Item)]
        return "Resource" in keys or reference.attribute.name in ("resources", "identifiers")


def container_of(reference: Reference) -> tuple[hcl.Expression | None, hcl.Expression]:
    """The interpolation, list or object entry that a mention is part of (None: the argument), and what it holds."""
    inner: hcl.Expression = reference.node
    for parent in reversed(reference.parents):
        if isinstance(parent, hcl.Interpolation | hcl.Sequence | hcl.Item):
            return parent, inner
        inner = parent
    return None, inner


def indexed(reference: Reference) -> Edit:
    return insertion(reference.path, reference.address_span.end, "[0]")


def one_of(reference: Reference) -> Changes:
    return [
        insertion(reference.path, reference.span.start, "one("),
        insertion(reference.path, reference.address_span.end, "[*]"),
        insertion(reference.path, reference.span.end, ")"),
    ]


def all_strings(sequence: hcl.Sequence) -> bool:
    return all(isinstance(item, hcl.Template | hcl.Traversal) for item in sequence.children)


def compacted(reference: Reference, sequence: hcl.Sequence) -> Changes:
    """The list without what is null, by `compact`, unless it stands in one already."""
    outer = reference.parents[: reference.parents.index(sequence)]
    if outer and isinstance(outer[-1], hcl.Call) and outer[-1].name == "compact":
        return ()
    at = sequence.span
    return [insertion(reference.path, at.start, "compact("), insertion(reference.path, at.end, ")")]
