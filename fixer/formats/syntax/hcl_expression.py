"""Parse trees of HCL expressions turned into nodes."""

import json
import re
from typing import Any

from lark import Token, Tree

from fixer.formats.syntax.hcl_heredoc import split_template
from fixer.formats.syntax.hcl_nodes import (
    Call,
    Conditional,
    Expression,
    Interpolation,
    Item,
    Mapping,
    Operation,
    Parenthesis,
    Scalar,
    Sequence,
    Step,
    Template,
    Text,
    Traversal,
)
from fixer.formats.syntax.hcl_parser import parse_tree
from fixer.model import Refused, Span

ESCAPE = re.compile(r'\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[nrt"\\])|\$(\$\{)|%(%\{)')
SIMPLE = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}

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


DIRECTIVE = re.compile(r"~?\s*(?:if\b|else\b|endif\b|endfor\b|for\b[^:]*?\bin\b)?\s*")


def embedded(text: str, inner: Span, directive: bool) -> list[tuple[Any, int]]:
    """The parse tree of an expression inside a heredoc, with the shift of its offsets; none for `else`."""
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
