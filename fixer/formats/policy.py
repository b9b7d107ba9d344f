"""IAM policy documents as data, whatever format they are written in."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of a policy document as plain data; each format marks in its own way what only deployment knows.

    `principals` are the names by kind (`"AWS"` for a bare `"*"`), `conditions` the keys under its operators.
    """

    effect: Any
    principals: dict[str, list[Any]]
    conditions: tuple[str, ...]


def all_but(named: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """The principals of a `NotPrincipal`: everyone, as far as anybody can tell before deployment."""
    return {"AWS": ["*"]} if named else {}
