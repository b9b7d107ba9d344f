"""HCL expressions as immutable nodes with exact spans."""

from collections.abc import Iterator
from dataclasses import dataclass

from fixer.model import Span

NOWHERE = Span(0, 0)


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

    content: Span = NOWHERE
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
    """`key = value` of an object; `key` is None where it is computed, and then the first child."""

    key: str | None = None
    key_span: Span = NOWHERE

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


def walk(expression: Expression) -> Iterator[tuple[Expression, tuple[Expression, ...]]]:
    """Every expression inside and including this one, with its parents from the outermost in."""
    stack: list[tuple[Expression, tuple[Expression, ...]]] = [(expression, ())]
    while stack:
        node, parents = stack.pop()
        yield node, parents
        stack.extend((child, (*parents, node)) for child in reversed(node.children))
