"""Companion resources: those that configure another one by an argument that names it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fixer.formats.syntax import hcl
from fixer.formats.terraform import Module
from fixer.formats.terraform_block import Block
from fixer.formats.value import Literal
from fixer.model import Changes


@dataclass(frozen=True)
class Companions:
    """The companions of a resource, and those of the same type whose subject can't be told from the source."""

    tied: tuple[Block, ...]
    undecided: tuple[Block, ...]

    @property
    def possible(self) -> tuple[Block, ...]:
        return self.tied + self.undecided


def companions_of(subject: Block, kind: str, argument: str, name: str = "") -> Companions:
    """The resources of a type whose `argument` names the subject: by reference, through locals, by its `name`."""
    module, address = subject.module, tuple(subject.address.split("."))
    module.complete("resource", kind)
    tied, undecided = [], []
    for other in module.resources(kind):
        ends = list(link_ends(other, argument, subject.type))
        named = bool(name) and names_literally(other, argument, subject, name)
        if named or any(isinstance(end, hcl.Traversal) and end.starts_with(address) for end in ends):
            tied.append(other)
        elif not isinstance(other[argument], Literal) and not all(decided(other, end) for end in ends):
            undecided.append(other)
    return Companions(tuple(tied), tuple(undecided))


def link_ends(block: Block, argument: str, kind: str) -> Iterator[hcl.Expression]:
    """What an argument that names a resource of a kind comes down to, with all mentions on the way there."""
    seen: list[hcl.Expression] = []
    queue = [link] if (link := block.expression(argument)) else []
    while queue:
        node = queue.pop()
        if node in seen:
            continue
        seen.append(node)
        match node:
            case hcl.Traversal(root=root) if root:
                yield node
                queue += filter(None, [behind(block, node, argument) if root != kind else None])
            case hcl.Template() | hcl.Expression(children=()):
                yield node
            case _:
                queue += node.children


def behind(block: Block, node: hcl.Traversal, argument: str) -> hcl.Expression | None:
    """What a mention stands for: what is repeated, a local's value, or the same argument of what passes it on."""
    step = node.steps[0].name if node.steps else None
    if node.root == "each":
        return block.expression("for_each")
    if step is None:
        return None
    if node.root == "local":
        return local_value(block.module, step)
    passing = next(iter(block.module.blocks("resource", node.root, step)), None)
    return passing.expression(argument) if passing else None


def local_value(module: Module, name: str) -> hcl.Expression | None:
    return next((found for block in module.blocks("locals") if (found := block.expression(name))), None)


def names_literally(other: Block, argument: str, subject: Block, name: str) -> bool:
    spelled, own = other[argument], subject[name]
    return isinstance(spelled, Literal) and isinstance(own, Literal) and spelled.value == own.value


def decided(block: Block, end: hcl.Expression) -> bool:
    """Whether the end of a link surely is what it says: an attribute of something that is written here."""
    match end:
        case hcl.Traversal(root="local" | "each"):
            return behind(block, end, "") is not None
        case hcl.Traversal(root=root):
            return root not in ("var", "count", "self")
        case _:
            return isinstance(end, hcl.Scalar)


def companion(subject: Block, kind: str, link: tuple[str, str], arguments: Iterable[tuple[str, str]]) -> Changes:
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
    if subject.provider:
        head.append(("provider", subject.provider))
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
