"""The same sources in another dress: CRLF newlines, a byte order mark, no newline at the end."""

from collections.abc import Callable
from pathlib import PurePosixPath

from tests.harness import SOURCES, Tree

BOM = b"\xef\xbb\xbf"


def plain(data: bytes) -> bytes:
    return data


def crlf(data: bytes) -> bytes:
    return data if b"\r" in data else data.replace(b"\n", b"\r\n")


def bom(data: bytes) -> bytes:
    return data if data.startswith(BOM) else BOM + data


def open_ended(data: bytes) -> bytes:
    return data.removesuffix(b"\n").removesuffix(b"\r")


VARIANTS: dict[str, Callable[[bytes], bytes]] = {
    "plain": plain,
    "crlf": crlf,
    "bom": bom,
    "no-final-newline": open_ended,
}


def dressed(tree: Tree, variant: str, only: Tree | None = None) -> Tree:
    """The tree with its sources in a variant; with `only`, just those files that are in that tree as well."""
    change = VARIANTS[variant]
    return {path: change(data) if is_source(path) and path in (only or tree) else data for path, data in tree.items()}


def is_source(path: str) -> bool:
    name = PurePosixPath(path)
    return name.suffix in SOURCES and name.name != "cdk.json"


def expected(before: Tree, after: Tree, variant: str) -> Tree:
    """What a run on the dressed `before` must leave: a created file has the newlines of the others, and no mark."""
    return dressed(after, variant, after if variant == "crlf" else before)


def comparable(tree: Tree, variant: str) -> Tree:
    """The tree as it is compared: whether text added at the end of an open-ended file ends in a newline is free."""
    if variant != "no-final-newline":
        return tree
    return {path: data.rstrip(b"\r\n") if is_source(path) else data for path, data in tree.items()}
