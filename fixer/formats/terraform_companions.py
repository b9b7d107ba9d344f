"""Companion resources: those that configure another one by an argument that names it."""

from collections.abc import Iterable
from dataclasses import dataclass

from fixer.formats.syntax import hcl
from fixer.formats.terraform import Module
from fixer.formats.terraform_block import Block
from fixer.formats.terraform_references import references_in
from fixer.formats.value import Literal
from fixer.model import Edit


@dataclass(frozen=True)
class Companions:
    """The companions of a resource, and those of the same type whose subject can't be told from the source."""

    tied: tuple[Block, ...]
    undecided: tuple[Block, ...]


def companions_of(subject: Block, kind: str, argument: str, name: str = "") -> Companions:
    """The resources of a type whose `argument` names the subject: by reference, through locals, by its `name`."""
    module = subject.module
    module.complete("resource", kind)
    tied, undecided = [], []
    for other in module.resources(kind):
        link = other.expression(argument)
        if link is None:
            continue
        if mentions(module, other, subject.address) or (name and names_literally(other, argument, subject, name)):
            tied.append(other)
        elif not decided(link):
            undecided.append(other)
    return Companions(tuple(tied), tuple(undecided))


def mentions(module: Module, block: Block, address: str) -> bool:
    """Whether a block mentions an address, itself or in the locals that it uses."""
    parts = tuple(address.split("."))
    if any(True for _ in references_in(block, parts)):
        return True
    return any(hcl_mentions(expression, parts) for expression in locals_used(module, block))


def locals_used(module: Module, block: Block) -> list[hcl.Expression]:
    """The expressions of the locals that a block uses, directly and through other locals."""
    seen: dict[str, hcl.Expression] = {}
    queue = [reference.rest[0].name for reference in references_in(block, ("local",)) if reference.rest]
    while queue:
        name = queue.pop()
        if name is None or name in seen or (value := local_value(module, name)) is None:
            continue
        seen[name] = value
        queue += [
            node.steps[0].name
            for node, _ in hcl.walk(value)
            if isinstance(node, hcl.Traversal) and node.root == "local" and node.steps
        ]
    return list(seen.values())


def local_value(module: Module, name: str) -> hcl.Expression | None:
    return next((found for block in module.blocks("locals") if (found := block.expression(name))), None)


def hcl_mentions(expression: hcl.Expression, parts: tuple[str, ...]) -> bool:
    return any(isinstance(node, hcl.Traversal) and node.starts_with(parts) for node, _ in hcl.walk(expression))


def names_literally(other: Block, argument: str, subject: Block, name: str) -> bool:
    spelled, own = other[argument], subject[name]
    return isinstance(spelled, Literal) and isinstance(own, Literal) and spelled.value == own.value


def decided(link: hcl.Expression) -> bool:
    """Whether a link surely names something else: a literal, or an attribute of one resource of its own."""
    match link:
        case hcl.Template() if link.literal is not None:
            return True
        case hcl.Traversal(root=root):
            return root not in ("", "each", "local", "var", "count", "self")
        case _:
            return False


def companion(subject: Block, kind: str, link: tuple[str, str], arguments: Iterable[tuple[str, str]]) -> Edit:
    """A companion below its subject, once for each instance of it, with the same provider.

    `link` is the argument that names the subject and the subject's attribute that it takes; `arguments` are names
    and HCL texts.
    """
    argument, attribute = link
    name = subject.module.unique(subject.name, subject.module.names("resource", kind))
    head: list[tuple[str, str]] = []
    reference = subject.address
    if subject.meta:
        expression = subject.expression(subject.meta)
        assert expression is not None
        repeated = subject.source(expression)
        if subject.meta == "for_each" and "\n" in repeated:
            repeated = subject.address  # one instance for each of the subject's, without a long expression twice
        head.append((subject.meta, repeated))
        reference += "[count.index]" if subject.meta == "count" else "[each.key]"
    if provider := subject.expression("provider"):
        head.append(("provider", subject.source(provider)))
    head.append((argument, f"{reference}.{attribute}"))
    groups = [aligned(head, subject.step), aligned(list(arguments), subject.step)]
    body = "\n".join(group for group in groups if group)
    text = f'resource "{kind}" "{name}" {{\n{body}}}'
    return subject.insert_after(indented(text, subject.indent), f"{kind}.{name}")


def aligned(arguments: list[tuple[str, str]], step: str) -> str:
    """Argument lines with their `=` in one column, as `terraform fmt` writes them."""
    width = max((len(name) for name, _ in arguments), default=0)
    return "".join(f"{step}{name.ljust(width)} = {value}\n" for name, value in arguments)


def indented(text: str, indent: str) -> str:
    return "\n".join(indent + line if line else line for line in text.split("\n"))
