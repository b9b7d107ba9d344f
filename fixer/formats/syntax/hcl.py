"""HCL files as immutable nodes with exact spans; expressions are converted when they are first looked at."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lark import Token, Tree

from fixer.formats.syntax.hcl_comments import comments as comments
from fixer.formats.syntax.hcl_expression import convert as convert
from fixer.formats.syntax.hcl_expression import embedded as embedded
from fixer.formats.syntax.hcl_expression import name_of, span, trimmed
from fixer.formats.syntax.hcl_nodes import Call as Call
from fixer.formats.syntax.hcl_nodes import Conditional as Conditional
from fixer.formats.syntax.hcl_nodes import Expression as Expression
from fixer.formats.syntax.hcl_nodes import Interpolation as Interpolation
from fixer.formats.syntax.hcl_nodes import Item as Item
from fixer.formats.syntax.hcl_nodes import Mapping as Mapping
from fixer.formats.syntax.hcl_nodes import Operation as Operation
from fixer.formats.syntax.hcl_nodes import Parenthesis as Parenthesis
from fixer.formats.syntax.hcl_nodes import Scalar as Scalar
from fixer.formats.syntax.hcl_nodes import Sequence as Sequence
from fixer.formats.syntax.hcl_nodes import Step as Step
from fixer.formats.syntax.hcl_nodes import Template as Template
from fixer.formats.syntax.hcl_nodes import Text as Text
from fixer.formats.syntax.hcl_nodes import Traversal as Traversal
from fixer.formats.syntax.hcl_nodes import walk as walk
from fixer.formats.syntax.hcl_parser import parse_tree
from fixer.model import Refused, Span


@dataclass(frozen=True)
class Attribute:
    """`name = expression` in a body."""

    name: str
    span: Span
    name_span: Span
    tree: Any
    text: str

    @cached_property
    def expression(self) -> Expression:
        return convert(self.tree, 0, self.text)


@dataclass(frozen=True)
class Block:
    """`kind "label" { ... }`; `open` and `close` are the offsets of its braces."""

    kind: str
    labels: tuple[str, ...]
    label_spans: tuple[Span, ...]
    span: Span
    open: int
    close: int
    body: "Body"


@dataclass(frozen=True)
class Body:
    """The attributes and blocks between braces, or of a file, in order."""

    items: tuple[Attribute | Block, ...]

    @cached_property
    def attributes(self) -> dict[str, Attribute]:
        return {item.name: item for item in self.items if isinstance(item, Attribute)}

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        return tuple(item for item in self.items if isinstance(item, Block))


def parse(text: str) -> Body:
    """The top-level body of a file; Refused where it does not parse, repeats an attribute or nests too deeply."""
    body = body_of(parse_tree(text).children[0], text)
    if "<<" in text:
        read_heredocs(body, text)
    return body


def read_heredocs(body: Body, text: str) -> None:
    """Look into each heredoc now, because the grammar does not: later is too late to refuse the file."""
    for item in body.items:
        if isinstance(item, Block):
            read_heredocs(item.body, text)
        elif text.find("<<", item.span.start, item.span.end) >= 0:
            _ = item.expression


def body_of(tree: Any, text: str) -> Body:
    items: list[Attribute | Block] = []
    for child in tree.children:
        if child.data == "attribute":
            name = child.children[0]
            items.append(Attribute(name_of(name), trimmed(span(child), text), span(name), child.children[-1], text))
        elif child.data == "block":
            items.append(block_of(child, text))
    names = [item.name for item in items if isinstance(item, Attribute)]
    if len(set(names)) < len(names):
        twice = next(i for i in items if isinstance(i, Attribute) and names.count(i.name) > 1)
        raise Refused(f"argument {twice.name!r} is set twice in one block", "keep one of them", twice.span.start)
    return Body(tuple(items))


def block_of(tree: Any, text: str) -> Block:
    heads = [
        c
        for c in tree.children
        if isinstance(c, Tree) and c.data in ("identifier", "keyword", "string", "literal_value")
    ]
    opening = next(c for c in tree.children if isinstance(c, Token) and c.type == "LBRACE")
    inner = next(c for c in tree.children if isinstance(c, Tree) and c.data == "body")
    whole = span(tree)
    labels = tuple(name_of(head) for head in heads[1:])
    spans = tuple(span(head) for head in heads[1:])
    return Block(name_of(heads[0]), labels, spans, whole, opening.start_pos or 0, whole.end - 1, body_of(inner, text))
