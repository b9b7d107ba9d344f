"""Make Terraform resources conditional: `count` or `for_each` on a flag, and every mention of them rewritten."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from fixer.formats.lines import blank_at, line_end, next_line
from fixer.formats.syntax import hcl
from fixer.formats.terraform_block import Block
from fixer.formats.terraform_references import Reference, references_in
from fixer.formats.value import Literal
from fixer.model import Changes, Edit, Span, Withheld

UNWRITABLE = frozenset({"precondition", "postcondition", "assert", "provisioner", "connection", "dynamic"})


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
            yield self.repeated(member)
            for reference in member.module.references(member.address):
                yield self.rewritten(reference, member)

    def repeated(self, member: Block) -> Changes:
        """`count` or `for_each` on the flag."""
        if member.meta is None:
            return self.first_argument(member, f"count = {self.condition} ? 1 : 0")
        expression = member.expression(member.meta)
        assert expression is not None
        if member.meta == "count":
            return self.counted(member, expression)
        empty = empty_like(expression)
        if empty is not None:
            return self.wrapped(member.path, expression, empty)
        at = expression.span
        before, after = "{ for k, v in ", f" : k => v if {self.condition} }}"
        return [insertion(member.path, at.start, before), insertion(member.path, at.end, after)]

    def counted(self, member: Block, expression: hcl.Expression) -> Changes:
        """`flag ? n : 0`, and for `a ? n : 0` the shorter `flag && a ? n : 0`."""
        match expression:
            case hcl.Conditional(children=(condition, _, hcl.Scalar(value=0))) if "||" not in member.source(condition):
                return insertion(member.path, expression.span.start, f"{self.condition} && ")
            case _:
                return self.wrapped(member.path, expression, "0")

    def first_argument(self, member: Block, line: str) -> Changes:
        text = member.file.text
        if "\n" not in text[member.node.open : member.node.close]:
            return member.unfold(line, first=True)
        rest = text[member.node.open + 1 : line_end(text, member.node.open)].strip()
        if rest and not rest.startswith(("#", "//", "/*")):
            return Withheld(f"{member.address} has an argument on the line of its brace")
        end = line_end(text, member.node.open)
        gap = "" if blank_at(text, next_line(text, end)) or not member.node.body.items else "\n"
        return insertion(member.path, end, f"\n{member.inner}{line}{gap}")

    def wrapped(self, path: str, expression: hcl.Expression, fallback: str) -> Changes:
        """`condition ? expression : fallback`."""
        left, right = ("(", ")") if isinstance(expression, hcl.Conditional) else ("", "")
        at = expression.span
        return [
            insertion(path, at.start, f"{self.condition} ? {left}"),
            insertion(path, at.end, f"{right} : {fallback}"),
        ]

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
        if reference.block.address in self.addresses and reference.attribute.name != "provider":
            return True
        meta = reference.block.meta and reference.block.expression(reference.block.meta)
        if meta and self.on_flag(meta, reference.block):
            return True
        chain = [*reference.parents, reference.node]
        return any(
            self.on_flag(outer, reference.block) and inner is outer.children[1] for outer, inner in pairwise(chain)
        )

    def on_flag(self, expression: hcl.Expression, block: Block) -> bool:
        if not isinstance(expression, hcl.Conditional):
            return False
        condition = block.source(expression.children[0])
        return condition == self.condition or (condition.startswith(f"{self.condition} && ") and "||" not in condition)

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
        if isinstance(container, hcl.Sequence) or (container is None and not self.null_fits(reference)):
            return Withheld(
                f"{reference.place} needs {reference.text}, which is not there when {self.condition} is off"
            )
        at = expression.span
        return [insertion(reference.path, at.start, "try("), insertion(reference.path, at.end, f", {fallback})")]

    def optional(self, reference: Reference, member: Block) -> Changes:
        """A mention of the one instance, in a place that is evaluated whatever the flag is."""
        no = Withheld(f"{reference.place} needs {reference.text}, which is not there when {self.condition} is off")
        if UNWRITABLE & {block.kind for block in reference.around} or reference.in_lifecycle:
            return no
        container, expression = container_of(reference)
        backup = self.backup(reference, member)
        match container:
            case hcl.Interpolation(directive=True):
                return no
            case hcl.Interpolation():
                return [indexed(reference), self.templated(reference, expression, backup)]
            case hcl.Sequence():
                return self.listed(reference, container, expression)
            case hcl.Item():
                if container.value is not expression or container.key in ("Resource", "NotResource", "Principal"):
                    return no
                fallback = backup or ("null" if reference.around[0].kind == "output" else '""')
                return [indexed(reference), self.wrapped(reference.path, expression, fallback)]
        if backup and reference.around[0].kind != "output":
            return [indexed(reference), self.wrapped(reference.path, expression, backup)]
        if not self.null_fits(reference):
            return no
        if expression is reference.node and all(step.name for step in reference.rest):
            return one_of(reference)
        return [indexed(reference), self.wrapped(reference.path, expression, "null")]

    def templated(self, reference: Reference, expression: hcl.Expression, backup: str | None) -> Changes:
        """A mention in a string: the whole string goes where it may, else what is interpolated becomes empty."""
        template = reference.template
        if template is None or template.heredoc or backup:
            return self.wrapped(reference.path, expression, backup or '""')
        outer = reference.parents[: reference.parents.index(template)]
        if not outer and reference.around[0].kind == "output":
            return self.wrapped(reference.path, template, "null")
        if outer and isinstance(outer[-1], hcl.Sequence) and all_strings(outer[-1]) and not self.must_hold(reference):
            return [self.wrapped(reference.path, template, "null"), compacted(reference, outer[-1])]
        return self.wrapped(reference.path, expression, '""')

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


def insertion(path: str, offset: int, text: str) -> Edit:
    return Edit(path, Span(offset, offset), text)


def empty_like(expression: hcl.Expression) -> str | None:
    """The empty value that a conditional with this expression accepts beside it; None where its type can't be told."""
    match expression:
        case hcl.Call(name="toset"):
            return "toset([])"
        case hcl.Mapping(children=children):
            shapes = {shape(item.value) for item in children if isinstance(item, hcl.Item)}
            return "{}" if len(shapes) <= 1 and None not in shapes else None
        case hcl.Operation(children=(hcl.Operation(), _, _, *_)):
            return "{}"
        case _:
            return None


def shape(value: hcl.Expression) -> object:
    """What the values of a map must have in common."""
    match value:
        case hcl.Template():
            return "string"
        case hcl.Scalar(value=held):
            return type(held).__name__
        case hcl.Mapping(children=children):
            keys = [(item.key, shape(item.value)) for item in children if isinstance(item, hcl.Item)]
            return None if any(kind is None for _, kind in keys) else frozenset(keys)
        case _:
            return None


def always_there(block: Block) -> bool:
    """Whether nothing in the source can turn a resource off."""
    if block.meta is None:
        return True
    value, expression = block[block.meta], block.expression(block.meta)
    if isinstance(value, Literal):
        return bool(value.value)
    if expression is None or block.meta == "count":
        return False
    if any(chosen(node, block) for node, _ in hcl.walk(expression)):
        return False
    return not (isinstance(expression, hcl.Traversal) and expression.root == "var") and not (
        isinstance(expression, hcl.Call)
        and all(isinstance(child, hcl.Traversal) and child.root == "var" for child in expression.children)
    )


def chosen(node: hcl.Expression, block: Block) -> bool:
    """Whether an expression is a choice: a conditional, or the `if` of a `for`."""
    return isinstance(node, hcl.Conditional) or (
        isinstance(node, hcl.Operation) and block.file.text.startswith("if", node.span.start)
    )


def connected(blocks: Iterable[Block]) -> list[tuple[Block, ...]]:
    """The blocks in groups that mention one another, in file order."""
    groups: list[list[Block]] = []
    for block in blocks:
        joined = [group for group in groups if any(linked(block, other) for other in group)]
        rest = [group for group in groups if group not in joined]
        groups = [*rest, [*(member for group in joined for member in group), block]]
    return [tuple(group) for group in groups]


def linked(a: Block, b: Block) -> bool:
    return mentions_directly(a, b.address) or mentions_directly(b, a.address)


def mentions_directly(block: Block, address: str) -> bool:
    return any(True for _ in references_in(block, tuple(address.split("."))))
