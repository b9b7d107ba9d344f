"""A Terraform block: its address, its values by path, and the edits that set, remove and add."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from fixer.formats.lines import blank_at, indent_at, line_end, next_line, starts_line, whole_lines
from fixer.formats.syntax import hcl
from fixer.formats.terraform_arguments import (
    TRAILING,
    add_arguments,
    closes_after,
    remove_argument,
    rename_argument,
    unfolded,
)
from fixer.formats.terraform_collections import add_item
from fixer.formats.terraform_comments import comments_above, written
from fixer.formats.terraform_paths import has_computed_key, inside, nested_text, parted
from fixer.formats.terraform_values import document, rendered, value_of
from fixer.formats.value import Absent, Unresolved, Value
from fixer.model import Affects, Changes, Edit, Span, Withheld
from fixer.workspace import SourceFile

if TYPE_CHECKING:
    from fixer.formats.terraform import Module


@dataclass(frozen=True, eq=False)
class Block:
    """A block of a module at the top level of a file, or one nested in it (`outer`)."""

    module: "Module"
    file: SourceFile
    node: hcl.Block
    outer: "Block | None" = None

    @property
    def kind(self) -> str:
        return self.node.kind

    @property
    def labels(self) -> tuple[str, ...]:
        return self.node.labels

    @property
    def name(self) -> str:
        return self.labels[-1] if self.labels else self.kind

    @property
    def type(self) -> str:
        return self.labels[0] if self.labels else ""

    @cached_property
    def address(self) -> str:
        """As Terraform spells it: `aws_s3_bucket.logs`, `data.aws_x.y`, `var.z`, `provider.aws.west`."""
        match self.kind:
            case "resource":
                return ".".join(self.labels)
            case "variable":
                return f"var.{self.name}"
            case "provider":
                alias = self.node.body.attributes.get("alias")
                spelled = value_of(alias.expression, self.file.text) if alias else Absent()
                return ".".join(
                    ["provider", *self.labels, *([str(spelled.value)] if hasattr(spelled, "value") else [])]
                )
            case _:
                return ".".join([self.kind, *self.labels])

    @property
    def path(self) -> str:
        return self.file.path

    @property
    def span(self) -> Span:
        return self.node.span

    @property
    def whole(self) -> Span:
        """The block with the comment lines directly above it, from line start to line end."""
        text = self.file.text
        return Span(comments_above(text, self.node.span.start), line_end(text, self.node.span.end))

    @property
    def text(self) -> str:
        """The source of the block with the comment above it, without a final newline."""
        return self.file.text[self.whole.start : self.whole.end]

    def source(self, expression: hcl.Expression) -> str:
        return self.file.text[expression.span.start : expression.span.end]

    # Reading

    def attribute(self, name: str) -> hcl.Attribute | None:
        return self.node.body.attributes.get(name)

    def expression(self, name: str) -> hcl.Expression | None:
        found = self.attribute(name)
        return found.expression if found else None

    def document(self, name: str) -> hcl.Expression | None:
        """The JSON document that an argument holds (`jsonencode` or a heredoc), as data with spans."""
        found = self.expression(name)
        return document(found, self.file.text) if found else None

    def blocks(self, kind: str) -> list["Block"]:
        return [Block(self.module, self.file, node, self) for node in self.node.body.blocks if node.kind == kind]

    def dynamic(self, kind: str) -> hcl.Block | None:
        """The `dynamic` block that makes nested blocks of a kind."""
        return next((n for n in self.node.body.blocks if n.kind == "dynamic" and n.labels == (kind,)), None)

    def __getitem__(self, path: str) -> Value:
        head, _, rest = path.partition(".")
        name, index = parted(head)
        if found := self.attribute(name):
            return inside(found.expression, rest, self.file.text)
        if made := self.dynamic(name):
            return Unresolved(f'dynamic "{name}"', made.span)
        nested = self.blocks(name)
        if index >= len(nested):
            return Absent()
        if not rest:
            return Unresolved(f"block {name}", nested[index].span)
        return nested[index][rest]

    def paths(self, pattern: str) -> list[str]:
        head, _, rest = pattern.partition(".")
        if not head.endswith("[*]"):
            if not rest or not (nested := self.blocks(parted(head)[0])):
                return [pattern]
            return [f"{head}.{path}" for path in nested[min(parted(head)[1], len(nested) - 1)].paths(rest)]
        name = head.removesuffix("[*]")
        if self.dynamic(name):
            return [f"{name}.{rest}"]
        return [f"{name}[{i}].{path}" for i, block in enumerate(self.blocks(name)) for path in block.paths(rest)]

    @property
    def meta(self) -> str | None:
        """`count` or `for_each`, whichever the block has."""
        return next((name for name in ("count", "for_each") if self.attribute(name)), None)

    @property
    def provider(self) -> str:
        """The provider that it names, as it is spelled; empty for the default one."""
        found = self.expression("provider")
        return self.source(found) if found else ""

    # Editing

    def edit(self, span: Span, text: str) -> Edit:
        return Edit(self.path, span, text)

    def insert(self, offset: int, text: str) -> Edit:
        return Edit(self.path, Span(offset, offset), text)

    def set(self, path: str, value: Any) -> Changes:
        """Write an argument, adding the nested blocks on the way; Withheld where a dynamic block makes them."""
        return [self.affects(path), self.write(path, value)]

    def affects(self, path: str) -> Changes:
        """That an argument of a resource changes, so that the facts of its replacement are asked."""
        around = [path]
        block = self
        while block.outer is not None:
            around.insert(0, block.kind)
            block = block.outer
        return Affects(block.type, ".".join(around)) if block.kind == "resource" else ()

    def write(self, path: str, value: Any) -> Changes:
        head, _, rest = path.partition(".")
        name, index = parted(head)
        if found := self.attribute(name):
            return self.replace(found, rest, value)
        if self.dynamic(name):
            return Withheld(f'a dynamic "{name}" block sets it')
        if not rest:
            return add_arguments(self, {name: rendered(value, self.inner, self.step)})
        nested = self.blocks(name)
        if index < len(nested):
            return nested[index].write(rest, value)
        return self.add_block(nested_text(path.split("."), rendered(value), self.step))

    def replace(self, found: hcl.Attribute, rest: str, value: Any) -> Changes:
        """Replace an argument's value, or what lies at `rest` inside the object that it is."""
        target: hcl.Expression = found.expression
        parts = rest.split(".") if rest else []
        while parts:
            if not isinstance(target, hcl.Mapping) or has_computed_key(target):
                return Withheld(f"{found.name} is {self.source(found.expression)}, which is not written out")
            item = target.get(parts[0])
            if item is None:
                for part in reversed(parts[1:]):
                    value = {part: value}
                return add_item(self, target, parts[0], rendered(value, indent_at(self.file.text, target.span.end - 1)))
            target, parts = item.value, parts[1:]
        return written(self.file, {target.span: rendered(value, self.inner, self.step)})

    def set_all(self, values: dict[str, Any]) -> Changes:
        """Write several of the block's own arguments at once."""
        texts = {name: rendered(value, self.inner, self.step) for name, value in values.items()}
        added = {name: text for name, text in texts.items() if name not in self.node.body.attributes}
        own = self.node.body.attributes
        edits = written(self.file, {own[n].expression.span: text for n, text in texts.items() if n in own})
        return [*map(self.affects, values), *edits, *([add_arguments(self, added)] if added else [])]

    def rename(self, old: str, new: str) -> Changes:
        """Another name for an argument; its value stays."""
        return [self.affects(old), rename_argument(self, old, new)]

    def remove(self, name: str) -> Changes:
        """Take an argument out with its line, or only it where other things stand on the line."""
        return [self.affects(name), remove_argument(self, name)]

    def delete(self) -> Edit:
        """Take the block out with the comment above it, leaving no two blank lines."""
        return self.edit(whole_lines(self.file.text, self.whole), "")

    def lines_of(self, item: hcl.Attribute | hcl.Block) -> Span:
        """What to cut to take an argument or nested block out: with the comment above it, and a blank line too many."""
        text = self.file.text
        whole = Span(comments_above(text, item.span.start), item.span.end)
        return whole_lines(text, whole, Span(self.node.open + 1, self.node.close))

    def insert_after(self, text: str, declares: str = "") -> list[Edit]:
        """Add a block behind this one, a blank line around it; `declares` is its address."""
        at = line_end(self.file.text, self.node.span.end)
        follower = next_line(self.file.text, at)
        added = Edit(self.path, Span(at, at), f"\n\n{text}", declares)
        if follower == len(self.file.text) or blank_at(self.file.text, follower):
            return [added]
        return [added, self.insert(follower, "\n")]  # by itself: it is one for all that is added here

    @cached_property
    def indent(self) -> str:
        return indent_at(self.file.text, self.node.span.start)

    @cached_property
    def inner(self) -> str:
        """The indent of what stands in the block."""
        for item in self.node.body.items:
            if starts_line(self.file.text, item.span.start):
                return indent_at(self.file.text, item.span.start)
        return self.indent + ("\t" if self.indent.startswith("\t") else "  ")

    @property
    def step(self) -> str:
        return self.inner.removeprefix(self.indent) or "  "

    def unfold(self, added: str, *, first: bool = False) -> Edit:
        """A one-line block on several lines with another argument, set apart when first."""
        return unfolded(self, added, first=first)

    def add_block(self, text: str) -> Edit:
        """A nested block at the end of the block, above tags, lifecycle and the like."""
        if "\n" not in self.file.text[self.node.open : self.node.close]:
            return self.unfold(f"\n{text}" if self.node.body.items else text)
        indented = "\n".join(self.inner + line if line else line for line in text.split("\n"))
        items = [item for item in self.node.body.items if item_name(item) not in TRAILING]
        at = line_end(self.file.text, items[-1].span.end if items else self.node.open)
        gap = "\n\n" if items else "\n"
        after = "" if blank_at(self.file.text, next_line(self.file.text, at)) or closes_after(self, at) else "\n"
        return self.insert(at, f"{gap}{indented}{after}")


def item_name(item: hcl.Attribute | hcl.Block) -> str:
    return item.name if isinstance(item, hcl.Attribute) else item.kind


def attributes_in(block: hcl.Block) -> Iterator[tuple[hcl.Attribute, tuple[hcl.Block, ...]]]:
    """Every argument in a block and the blocks nested in it, with the blocks around it from the outermost in."""
    stack: list[tuple[hcl.Block, tuple[hcl.Block, ...]]] = [(block, (block,))]
    while stack:
        inner, around = stack.pop()
        for item in inner.body.items:
            if isinstance(item, hcl.Attribute):
                yield item, around
            else:
                stack.append((item, (*around, item)))
