"""HCL as immutable nodes with exact spans; expressions are converted when they are first looked at."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lark import Token, Tree

from fixer.formats.syntax.hcl_parser import parse_tree
from fixer.model import Refused, Span

ESCAPE = re.compile(r'\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[nrt"\\])|\$(\$\{)|%(%\{)')
SIMPLE = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


@dataclass(frozen=True)
class Expression:
    """Any expression; `children` are the expressions inside it, in order."""

    span: Span
    children: tuple["Expression", ...] = ()


@dataclass(frozen=True)
class Scalar(Expression):
    """A number, a boolean or null."""

    value: int | float | bool | None = None


@dataclass(frozen=True)
class Text(Expression):
    """The literal part of a template; `value` is without escapes."""

    value: str = ""


@dataclass(frozen=True)
class Interpolation(Expression):
    """`${...}` or a directive `%{...}` in a template; its span holds the markers, its children the expressions."""

    directive: bool = False


@dataclass(frozen=True)
class Template(Expression):
    """A quoted string or a heredoc; `children` are Text and Interpolation. `content` is the span between the marks."""

    content: Span = Span(0, 0)
    heredoc: bool = False

    @property
    def literal(self) -> str | None:
        """The text, or None where something is interpolated."""
        if any(not isinstance(part, Text) for part in self.children):
            return None
        return "".join(part.value for part in self.children if isinstance(part, Text))


@dataclass(frozen=True)
class Sequence(Expression):
    """`[a, b]`: the children are its items."""


@dataclass(frozen=True)
class Item(Expression):
    """`key = value` of an object; `key` is None where it is computed. Children: the value, and a computed key before it."""

    key: str | None = None
    key_span: Span = Span(0, 0)

    @property
    def value(self) -> Expression:
        return self.children[-1]


@dataclass(frozen=True)
class Mapping(Expression):
    """`{ key = value }`: the children are its Items."""

    def get(self, key: str) -> Item | None:
        return next((item for item in self.children if isinstance(item, Item) and item.key == key), None)


@dataclass(frozen=True)
class Step:
    """`.name`, `[index]`, `.*` or `[*]` of a traversal; `name` only for the first."""

    span: Span
    name: str | None = None
    index: Expression | None = None

    @property
    def splat(self) -> bool:
        return self.name is None and self.index is None


@dataclass(frozen=True)
class Traversal(Expression):
    """`root.step[step]...`; children are the index expressions. `root` is "" where it is not a plain name."""

    root: str = ""
    steps: tuple[Step, ...] = ()

    def starts_with(self, parts: tuple[str, ...]) -> bool:
        names = tuple(step.name for step in self.steps[: len(parts) - 1])
        return self.root == parts[0] and names == parts[1:]


@dataclass(frozen=True)
class Call(Expression):
    """`name(arguments)`."""

    name: str = ""


@dataclass(frozen=True)
class Conditional(Expression):
    """`condition ? yes : no`."""


@dataclass(frozen=True)
class Parenthesis(Expression):
    """`(inner)`."""


@dataclass(frozen=True)
class Operation(Expression):
    """An operator with its operands, or a `for` expression with its parts."""


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
    heads = [c for c in tree.children if isinstance(c, Tree) and c.data in ("identifier", "keyword", "string", "literal_value")]
    opening = next(c for c in tree.children if isinstance(c, Token) and c.type == "LBRACE")
    inner = next(c for c in tree.children if isinstance(c, Tree) and c.data == "body")
    whole = span(tree)
    labels = tuple(name_of(head) for head in heads[1:])
    spans = tuple(span(head) for head in heads[1:])
    return Block(name_of(heads[0]), labels, spans, whole, opening.start_pos or 0, whole.end - 1, body_of(inner, text))


# The rules whose trees also hold the newlines and comments behind what they are about.
TRAILING = frozenset({"attribute", "object_elem", "binary_op", "binary_term", "conditional", "unary_op"})


def span(tree: Any) -> Span:
    """The span of a token or tree, without newlines and comments behind it."""
    if isinstance(tree, Token):
        return Span(tree.start_pos or 0, tree.end_pos or 0)
    last = tree
    while last.data in TRAILING:
        last = trees(last)[-1]
    return Span(tree.meta.start_pos, last.meta.end_pos)


def trimmed(at: Span, text: str) -> Span:
    """Without the newline that the grammar counts to a heredoc."""
    end = at.end
    while end > at.start and text[end - 1 : end] in ("\n", "\r"):
        end -= 1
    return Span(at.start, min(end, len(text)))


def name_of(tree: Any) -> str:
    """The text of an identifier, keyword or plain string label."""
    if tree.data == "string":
        return "".join(str(part.children[0]) for part in tree.children if isinstance(part, Tree))
    return str(tree.children[0])


def shifted(where: Any, shift: int) -> Span:
    found = span(where)
    return Span(found.start + shift, found.end + shift)


def trees(tree: Any) -> list[Any]:
    """The subtrees that are expressions: without tokens, newlines and operators."""
    skipped = ("new_line_or_comment", "binary_operator")
    return [child for child in tree.children if isinstance(child, Tree) and child.data not in skipped]


def convert(tree: Any, shift: int, text: str) -> Expression:
    """The expression of a parse tree whose offsets lie `shift` before those of the file's `text`."""
    at = shifted(tree, shift)
    match tree.data:
        case "expr_term":
            inner = trees(tree)[0]
            if isinstance(tree.children[0], Token) and tree.children[0].type == "LPAR":
                return Parenthesis(at, (convert(inner, shift, text),))
            return convert(inner, shift, text)
        case "int_lit":
            return Scalar(at, (), int("".join(tree.children)))
        case "float_lit":
            return Scalar(at, (), float("".join(tree.children)))
        case "literal_value":
            return Scalar(at, (), {"true": True, "false": False, "null": None}[str(tree.children[0])])
        case "string":
            parts = tuple(string_part(part, shift, text) for part in trees(tree))
            return Template(at, parts, Span(at.start + 1, at.end - 1))
        case "heredoc_template" | "heredoc_template_trim":
            return heredoc(at, text)
        case "tuple":
            return Sequence(at, tuple(convert(child, shift, text) for child in trees(tree)))
        case "object":
            return Mapping(at, tuple(item_of(child, shift, text) for child in trees(tree)))
        case "identifier" | "keyword":
            return Traversal(at, (), str(tree.children[0]))
        case "get_attr_expr_term" | "index_expr_term" | "attr_splat_expr_term" | "full_splat_expr_term":
            return traversal(tree, at, shift, text)
        case "function_call":
            arguments = next((child for child in trees(tree) if child.data == "arguments"), None)
            names = "::".join(str(c.children[0]) for c in trees(tree) if c.data == "identifier")
            return Call(at, tuple(convert(c, shift, text) for c in trees(arguments)) if arguments else (), names)
        case "binary_op":
            return Operation(at, tuple(convert(operand, shift, text) for operand in operands(tree)))
        case "conditional":
            return Conditional(at, tuple(convert(child, shift, text) for child in trees(tree)))
        case _:
            return Operation(at, tuple(convert(child, shift, text) for child in trees(tree)))


def operands(tree: Any) -> list[Any]:
    """The operands of a chain such as `a + b - c`, whose tree is as deep as the chain is long."""
    found: list[Any] = []
    while tree.data == "binary_op":
        left, term = trees(tree)
        found.append(trees(term)[0])
        tree = left
    return [tree, *reversed(found)]


def string_part(tree: Any, shift: int, text: str) -> Expression:
    at, inner = shifted(tree, shift), tree.children[0] if tree.data == "string_part" else tree
    if isinstance(inner, Token):
        return Text(at, (), unescaped(str(inner)))
    children = () if inner.data in ("template_else", "template_endif", "template_endfor") else trees(inner)
    return Interpolation(at, tuple(convert(c, shift, text) for c in children), inner.data != "interpolation")


def unescaped(text: str) -> str:
    def one(found: re.Match[str]) -> str:
        code = found[1]
        if code is None:
            return found[2] or found[3]
        return SIMPLE.get(code) or chr(int(code[1:], 16))

    return ESCAPE.sub(one, text)


def item_of(tree: Any, shift: int, text: str) -> Item:
    key_tree, value = trees(tree)
    inner = key_tree.children[0]
    value_node = convert(value, shift, text)
    key = convert(inner, shift, text) if isinstance(inner, Tree) else Traversal(shifted(inner, shift), (), str(inner))
    at = shifted(tree, shift)
    match key:
        case Traversal(root=name, steps=()) if name:
            return Item(at, (value_node,), name, key.span)
        case Template() if key.literal is not None:
            return Item(at, (value_node,), key.literal, key.span)
        case Scalar(value=number):
            return Item(at, (value_node,), json.dumps(number), key.span)
        case _:
            return Item(at, (key, value_node), None, key.span)


def traversal(tree: Any, at: Span, shift: int, text: str) -> Traversal:
    """A chain of steps, read from its end; what it hangs on is the root name or, for anything else, the first child."""
    steps: list[Step] = []
    while tree.data.endswith("_expr_term"):
        base, last = trees(tree)
        steps[:0] = steps_of(last, shift, text)
        if base.data != "expr_term" or isinstance(base.children[0], Token):
            break
        tree = trees(base)[0]
    indexes = tuple(step.index for step in steps if step.index is not None)
    if tree.data == "identifier":
        return Traversal(at, indexes, str(tree.children[0]), tuple(steps))
    hung = convert(base if tree.data.endswith("_expr_term") else tree, shift, text)
    return Traversal(at, (hung, *indexes), "", tuple(steps))


def steps_of(tree: Any, shift: int, text: str) -> list[Step]:
    at = shifted(tree, shift)
    match tree.data:
        case "get_attr":
            return [Step(at, name=str(tree.children[-1].children[0]))]
        case "braces_index":
            return [Step(at, index=convert(trees(tree)[0], shift, text))]
        case "short_index":
            return [Step(at, index=Scalar(at, (), int(tree.children[-1])))]
        case _:  # a splat, and the steps that it applies to each element
            rest = trees(tree)
            end = shifted(rest[0], shift).start if rest else at.end
            return [Step(Span(at.start, end)), *(step for child in rest for step in steps_of(child, shift, text))]


def heredoc(at: Span, text: str) -> Template:
    """A heredoc's template: its interpolations are found by hand, because the grammar takes it as one token."""
    start = text.index("\n", at.start) + 1
    at = trimmed(at, text)
    body_end = text.rfind("\n", start, at.end) + 1
    content = Span(start, max(start, body_end))
    parts: list[Expression] = []
    for part in split_template(text, content):
        if isinstance(part, Text):
            parts.append(part)
            continue
        inner = Span(part.span.start + 2, part.span.end - 1)
        children = tuple(convert(tree, shift, text) for tree, shift in embedded(text, inner, part.directive))
        parts.append(Interpolation(part.span, children, part.directive))
    return Template(at, tuple(parts), content, heredoc=True)


def split_template(text: str, content: Span) -> Iterator[Text | Interpolation]:
    """The literal and the interpolated parts of a heredoc body, without a look inside the latter."""
    marker = re.compile(r"\$\$\{|%%\{|\$\{|%\{")
    at = done = content.start
    while (found := marker.search(text, at, content.end)) is not None:
        at = found.end()
        if len(found[0]) == 3:
            continue
        end = closing_brace(text, found.end(), content.end)
        if found.start() > done:
            yield Text(Span(done, found.start()), (), raw_text(text[done : found.start()]))
        yield Interpolation(Span(found.start(), end), (), found[0] == "%{")
        at = done = end
    if done < content.end:
        yield Text(Span(done, content.end), (), raw_text(text[done : content.end]))


def raw_text(text: str) -> str:
    return text.replace("$${", "${").replace("%%{", "%{")


def closing_brace(text: str, at: int, end: int) -> int:
    """The offset behind the brace that closes an interpolation; strings inside it, with their own, are passed over."""
    depth, token = 1, re.compile(r'[{}"]')
    while (found := token.search(text, at, end)) is not None:
        at = found.end()
        if found[0] == '"':
            at = closing_quote(text, at, end)
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if depth == 0:
            return at
    raise Refused("interpolation in a heredoc is not closed", "add the missing }", at)


def closing_quote(text: str, at: int, end: int) -> int:
    token = re.compile(r'\\.|\$\$\{|\$\{|"')
    while (found := token.search(text, at, end)) is not None:
        at = found.end()
        if found[0] == '"':
            return at
        if found[0] == "${":
            at = closing_brace(text, at, end)
    return end


DIRECTIVE = re.compile(r"~?\s*(?:if\b|else\b|endif\b|endfor\b|for\b[^:]*?\bin\b)?\s*")


def embedded(text: str, inner: Span, directive: bool) -> list[tuple[Any, int]]:
    """The parse tree of an expression inside a heredoc, with the shift of its offsets; nothing for `else` and the like."""
    start, end = inner.start, inner.end
    if directive and (head := DIRECTIVE.match(text, start, end)):
        start = head.end()
    start += text[start:end].startswith("~")
    end -= text[start:end].endswith("~")
    if not text[start:end].strip():
        return []
    prefix = "x = ("  # in parentheses, an expression may span lines
    try:
        tree = parse_tree(f"{prefix}{text[start:end]})")
    except Refused as refused:
        refused.offset += start - len(prefix)
        raise
    attribute = tree.children[0].children[0]
    return [(trees(attribute.children[-1])[0], start - len(prefix))]


def walk(expression: Expression) -> Iterator[tuple[Expression, tuple[Expression, ...]]]:
    """Every expression inside and including this one, with its parents from the outermost in."""
    stack: list[tuple[Expression, tuple[Expression, ...]]] = [(expression, ())]
    while stack:
        node, parents = stack.pop()
        yield node, parents
        stack.extend((child, (*parents, node)) for child in reversed(node.children))
