"""What a source says about a property: nothing, a literal, or something that only deployment knows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fixer.model import Span


@dataclass(frozen=True, slots=True)
class Absent:
    """The property is not written."""

    def differs_from(self, wanted: object) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Literal:
    """The property is written out; `value` is plain data (str, int, float, bool, None, list, dict)."""

    value: Any
    span: Span

    def differs_from(self, wanted: object) -> bool:
        return not same(self.value, wanted)


@dataclass(frozen=True, slots=True)
class Unresolved:
    """The property is set by a variable, parameter or call; `text` is how the source spells it."""

    text: str
    span: Span

    def differs_from(self, wanted: object) -> bool:
        return False


Value = Absent | Literal | Unresolved


def same(value: object, wanted: object) -> bool:
    """Equality as Terraform and CloudFormation see it: "true" is true and "30" is 30."""
    return value == wanted or scalar(value) == scalar(wanted)


def scalar(value: object) -> object:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return value.lower() if value.lower() in ("true", "false") else value
        case int() | float():
            return str(value)
        case _:
            return value


@dataclass(frozen=True, slots=True)
class Source:
    """A value to write that is source text of the format itself, such as `var.name`."""

    text: str


@dataclass(frozen=True, slots=True)
class Symbol:
    """A constant of a library by its full name, `aws_cdk.aws_s3.BlockPublicAccess.BLOCK_ALL`; writing it imports it.

    Reading gives it inside a Literal: `Literal(Symbol("aws_cdk.aws_logs.RetentionDays.INFINITE"), span)`.
    """

    name: str


@dataclass(frozen=True, slots=True)
class Struct:
    """A value to write that is a call of a library's class with keyword arguments; writing one adds its import."""

    name: str
    fields: Mapping[str, Any]
