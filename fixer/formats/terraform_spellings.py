"""Where a Terraform module spells a text again in its strings and heredocs, and what a block depends on."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fixer.formats.syntax import hcl
from fixer.formats.terraform import Module
from fixer.formats.terraform_block import Block, attributes_in
from fixer.model import Edit, Span

# What stands before or behind a text that is only a part of a longer name.
NAME_BEFORE, NAME_BEHIND = r"(?<![\w+.@}-])", r"(?![\w+.@$-])"


@dataclass(frozen=True, eq=False)
class Spelling:
    """One place where a string or heredoc holds the text; `keys` are the argument and object keys that lead there."""

    block: Block
    around: tuple[hcl.Block, ...]
    keys: tuple[str, ...]
    template: hcl.Template
    span: Span

    @property
    def key(self) -> str:
        return self.keys[-1]

    @property
    def whole(self) -> bool:
        """Whether the string holds nothing else."""
        return self.span == self.template.content and not self.template.heredoc

    @property
    def before(self) -> str:
        """What the string holds before it."""
        return self.block.file.text[self.template.content.start : self.span.start]

    @property
    def behind(self) -> str:
        return self.block.file.text[self.span.end : self.template.content.end]

    @property
    def owner(self) -> str:
        """The address of what holds it: of a block, or of one local value."""
        return f"local.{self.keys[0]}" if self.block.kind == "locals" else self.block.address

    @property
    def place(self) -> str:
        line, _ = self.block.file.position(self.span.start)
        return f"{self.block.path}:{line}"

    def replaced(self, reference: str, start: int | None = None) -> Edit:
        """A reference in place of the text, or of all from an offset before it: the whole string where it is that."""
        start = self.span.start if start is None else start
        if Span(start, self.span.end) == self.template.content and not self.template.heredoc:
            return self.block.edit(self.template.span, reference)
        return self.block.edit(Span(start, self.span.end), f"${{{reference}}}")


def spellings(module: Module, text: str) -> Iterator[Spelling]:
    """The places that spell a text, which may hold `${...}`, as a name of its own."""
    word = re.compile(NAME_BEFORE + re.escape(text) + NAME_BEHIND)
    for block in module.all_blocks(text):
        for attribute, around in attributes_in(block.node):
            if text in block.file.text[attribute.span.start : attribute.span.end]:
                yield from in_attribute(block, attribute, around, word)


def in_attribute(
    block: Block, attribute: hcl.Attribute, around: tuple[hcl.Block, ...], word: re.Pattern[str]
) -> Iterator[Spelling]:
    found: dict[int, Spelling] = {}
    for node, parents in hcl.walk(attribute.expression):
        if not isinstance(node, hcl.Template):
            continue
        keys = (attribute.name, *(parent.key or "" for parent in parents if isinstance(parent, hcl.Item)))
        for match in word.finditer(block.file.text, node.content.start, node.content.end):
            found[match.start()] = Spelling(block, around, keys, node, Span(*match.span()))
    yield from found.values()


def dependencies(block: Block) -> set[str]:
    """The addresses that a block needs, directly and through others: resources, data, locals, module calls."""
    owners = {b.address: b for b in block.module.all_blocks() if b.kind in ("resource", "data", "module")}
    return reached(block.module, [block], owners)


def argument_names(block: Block, path: str) -> Iterator[tuple[str, set[str]]]:
    """The source of each argument of a block at a dotted path, with the addresses that it names, also by locals."""
    for attribute, around in attributes_in(block.node):
        if ".".join([*(outer.kind for outer in around[1:]), attribute.name]) == path:
            yield block.source(attribute.expression), reached(block.module, [attribute.expression], {})


def reached(module: Module, start: Sequence[Block | hcl.Expression], owners: Mapping[str, Block]) -> set[str]:
    """The addresses named from a start on, where those of locals and of the `owners` are looked into."""
    local = {name: found for other in module.blocks("locals") for name, found in other.node.body.attributes.items()}
    seen: set[str] = set()
    queue = [*start]
    while queue:
        item = queue.pop()
        if isinstance(item, Block):
            queue += [attribute.expression for attribute, _ in attributes_in(item.node)]
            continue
        for address in set(addresses_in(item)) - seen:
            seen.add(address)
            if address in owners:
                queue.append(owners[address])
            elif address.startswith("local.") and (value := local.get(address.removeprefix("local."))):
                queue.append(value.expression)
    return seen


def addresses_in(expression: hcl.Expression) -> Iterator[str]:
    for node, _ in hcl.walk(expression):
        if isinstance(node, hcl.Traversal) and node.root:
            depth = 2 if node.root == "data" else 1
            names = [step.name for step in node.steps[:depth]]
            if len(names) == depth and all(names):
                yield ".".join([node.root, *(name for name in names if name)])
