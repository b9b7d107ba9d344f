"""How often a Terraform resource is there: its `count` or `for_each`, read and put under a flag."""

from fixer.formats.lines import blank_at, line_end, next_line
from fixer.formats.syntax import hcl
from fixer.formats.terraform_block import Block
from fixer.formats.value import Literal
from fixer.model import Changes, Edit, Span, Withheld


def always_there(block: Block) -> bool:
    """Whether nothing in the source can turn a resource off."""
    if block.meta is None:
        return True
    value, expression = block[block.meta], block.expression(block.meta)
    if isinstance(value, Literal):
        return bool(value.value)
    if expression is None or block.meta == "count":
        return False
    if any(is_choice(node, block) for node, _ in hcl.walk(expression)):
        return False
    given = expression.children if isinstance(expression, hcl.Call) else (expression,)
    return not all(isinstance(node, hcl.Traversal) and node.root == "var" for node in given)


def is_choice(node: hcl.Expression, block: Block) -> bool:
    """Whether an expression is a conditional, or the `if` of a `for`."""
    return isinstance(node, hcl.Conditional) or (
        isinstance(node, hcl.Operation) and block.file.text.startswith("if", node.span.start)
    )


def repeated_if(block: Block, condition: str, gated: frozenset[str]) -> Changes:
    """`count` or `for_each` that leaves nothing of the resource where a condition, HCL text, does not hold.

    `gated` are the addresses that are not there then, either.
    """
    if block.meta is None:
        return first_argument(block, f"count = {condition} ? 1 : 0")
    expression = block.expression(block.meta)
    if expression is None:
        return Withheld(f"{block.address} has no readable {block.meta}")
    if block.meta == "count":
        return counted(block, expression, condition, gated)
    empty = empty_like(expression)
    if empty is not None:
        return chosen(block.path, expression, condition, empty)
    at = expression.span
    before, after = "{ for k, v in ", f" : k => v if {condition} }}"
    return [insertion(block.path, at.start, before), insertion(block.path, at.end, after)]


def counted(block: Block, expression: hcl.Expression, condition: str, gated: frozenset[str]) -> Changes:
    """`flag ? n : 0`, and for `a ? n : 0` the shorter `flag && a ? n : 0`.

    Terraform before 1.12 evaluates both sides of `&&`: what `a` mentions must be there with the flag off as well.
    """
    match expression:
        case hcl.Conditional(children=(own, _, hcl.Scalar(value=0))) if "||" not in block.source(
            own
        ) and not mentions_any(own, gated):
            return insertion(block.path, expression.span.start, f"{condition} && ")
        case _:
            return chosen(block.path, expression, condition, "0")


def is_filtered(block: Block) -> bool:
    """Whether `repeated_if` leaves what the block repeats as it is and filters it: that is evaluated in any case."""
    expression = block.expression("for_each")
    return expression is not None and empty_like(expression) is None


def mentions_any(expression: hcl.Expression, addresses: frozenset[str]) -> bool:
    names = [tuple(address.split(".")) for address in addresses]
    nodes = [node for node, _ in hcl.walk(expression) if isinstance(node, hcl.Traversal)]
    return any(node.starts_with(parts) for node in nodes for parts in names)


def first_argument(block: Block, line: str) -> Changes:
    text = block.file.text
    if "\n" not in text[block.node.open : block.node.close]:
        return block.unfold(line, first=True)
    end = line_end(text, block.node.open)
    rest = text[block.node.open + 1 : end].strip()
    if rest and not rest.startswith(("#", "//")) and not (rest.startswith("/*") and rest.endswith("*/")):
        return Withheld(f"{block.address} has more than a comment of one line behind its brace")
    gap = "" if blank_at(text, next_line(text, end)) or not block.node.body.items else "\n"
    return insertion(block.path, end, f"\n{block.inner}{line}{gap}")


def chosen(path: str, expression: hcl.Expression, condition: str, fallback: str) -> list[Edit]:
    """`condition ? expression : fallback`."""
    left, right = ("(", ")") if isinstance(expression, hcl.Conditional) else ("", "")
    at = expression.span
    return [insertion(path, at.start, f"{condition} ? {left}"), insertion(path, at.end, f"{right} : {fallback}")]


def insertion(path: str, offset: int, text: str) -> Edit:
    return Edit(path, Span(offset, offset), text)


def is_repeated_only_if(block: Block, condition: str) -> bool:
    """Whether the block's `count` or `for_each` makes it nothing where a condition does not hold."""
    expression = block.expression(block.meta) if block.meta else None
    return (
        isinstance(expression, hcl.Conditional)
        and rests_on(expression, block, condition)
        and block.source(expression.children[2]) in ("0", "{}", "[]", "toset([])", "tomap({})")
    )


def rests_on(choice: hcl.Conditional, block: Block, condition: str) -> bool:
    """Whether the first branch of a conditional is only taken where a condition holds."""
    source = block.source(choice.children[0])
    return source == condition or (source.startswith(f"{condition} && ") and "||" not in source)


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
