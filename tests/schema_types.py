"""Which resource types a transform can touch, found from what it asks for."""

import inspect
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fixer.formats import load
from fixer.model import Unit
from fixer.transform import Transform
from fixer.workspace import SourceFile, Workspace

MENTIONED = {
    "terraform": re.compile(r"\baws_[a-z0-9_]+"),
    "cloudformation": re.compile(r"\bAWS(?:::[A-Za-z0-9]+){1,2}(?:::)?"),
}
EMPTY = {"terraform": ("main.tf", ""), "cloudformation": ("template.yaml", "Resources: {}\n")}


def touched(transform: type[Transform], format: str, known: Iterable[str]) -> list[str]:
    """The types among the known ones that a transform spells, has in its table or asks an empty unit for.

    A word that ends in _ or :: stands for all below it. One that names none of them all has its types in a data file.
    """
    words = {*spelled(transform, format, "_[a-z]*.py"), *table(transform, format), *asked(transform, format)}
    found = among(words, known)
    return found or among(spelled(transform, format, "*.json"), known)


def among(words: Iterable[str], known: Iterable[str]) -> list[str]:
    exact = set(words)
    prefixes = tuple(word for word in exact if word.endswith(("_", "::")))
    return sorted(kind for kind in known if kind in exact or (prefixes and kind.startswith(prefixes)))


def spelled(transform: type[Transform], format: str, beside: str) -> set[str]:
    """The words in the transform's module and in files beside it."""
    module = Path(inspect.getfile(sys.modules[transform.__module__]))
    files = [module, *module.parent.glob(beside)]
    return {word for file in files for word in MENTIONED[format].findall(file.read_text(encoding="utf-8"))}


def table(transform: type[Transform], format: str) -> set[str]:
    return {setting.type for setting in getattr(transform, f"{format}_settings", ())}


def asked(transform: type[Transform], format: str) -> set[str]:
    """The types that it asks a unit for in which there is nothing."""
    name, text = EMPTY[format]
    unit = Unit(format, "." if format == "terraform" else name, (name,))
    views = load(format).open_views(unit, Workspace({name: SourceFile(name, text)}))
    with recorded(type(views[0])) as kinds:
        for view in views:
            list(getattr(transform(), format)(view))
    return kinds


@contextmanager
def recorded(view: Any) -> Iterator[set[str]]:
    """What `resources` of a class of views is asked for meanwhile."""
    kinds: set[str] = set()
    original = view.resources

    def resources(self: Any, kind: str) -> Any:
        kinds.add(kind)
        return original(self, kind)

    view.resources = resources
    try:
        yield kinds
    finally:
        view.resources = original
