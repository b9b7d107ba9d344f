"""Things that hang together."""

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


def connected(items: Iterable[T], linked: Callable[[T, T], bool]) -> list[tuple[T, ...]]:
    """The items in groups that are linked, directly or through others; a group stands where its last item does."""
    groups: list[list[T]] = []
    for item in items:
        joined = [group for group in groups if any(linked(item, other) for other in group)]
        groups = [group for group in groups if group not in joined]
        groups.append([*(member for group in joined for member in group), item])
    return [tuple(group) for group in groups]
