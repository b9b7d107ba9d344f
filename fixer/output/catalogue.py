"""The transforms as people look them up: a list, the table of the README, one page each. All from the code."""

from collections.abc import Iterator, Mapping

from fixer.formats import FORMATS
from fixer.transform import HEADINGS, Transform, registry


def text() -> str:
    """A line for each transform: id, category, when it is on, what it repairs."""
    kinds = list(registry().values())
    width = max((len(kind.id()) for kind in kinds), default=0)
    room = max((len(kind.category()) for kind in kinds), default=0)
    return "".join(
        f"{kind.id():{width}}  {kind.category():{room}}  {when(kind):7}  {summary(kind)}\n" for kind in kinds
    )


def markdown() -> str:
    """The table of the README."""
    rows = [
        f"| `{kind.id()}` | {summary(kind)} | {', '.join(FORMATS[name] for name in kind.formats())} "
        f"| {kind.impact.label} | {when(kind)} |\n"
        for kind in registry().values()
    ]
    return "".join(["| Transform | Repairs | Formats | Impact | On |\n", "|---|---|---|---|---|\n", *rows])


def explain(kind: type[Transform]) -> str:
    """The page of one transform."""
    return "\n".join(page(kind)).rstrip() + "\n"


def page(kind: type[Transform]) -> Iterator[str]:
    yield f"{kind.id()} ({kind.category()})"
    yield f"\n{kind.doc()['']}\n"
    for heading in HEADINGS:
        if heading in kind.doc():
            yield f"{heading}\n{indented(kind.doc()[heading])}\n"
    yield f"Impact at most: {kind.impact.label}"
    yield f"Formats:        {', '.join(FORMATS[name] for name in kind.formats())}"
    yield f"On:             {when(kind)}"
    for title, ids in (("Closes:        ", kind.closes), ("Related:       ", kind.related)):
        if ids:
            yield f"{title} {', '.join(ids)}"
    yield from settings(kind.id(), kind.settings)


def settings(id: str, defaults: Mapping[str, object]) -> Iterator[str]:
    if defaults:
        yield f"\nSettings, with their defaults:\n\n  [tool.iacfix.{id}]"
        yield from (f"  {name} = {toml(value)}" for name, value in defaults.items())


def toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case list() | tuple():
            return f"[{', '.join(map(toml, value))}]"
        case _:
            return str(value)


def summary(kind: type[Transform]) -> str:
    return " ".join(kind.doc()[""].split()).rstrip(".")


def when(kind: type[Transform]) -> str:
    return "opt-in" if kind.opt_in else "--new" if kind.only_new else "always"


def indented(text: str) -> str:
    return "\n".join(f"  {line}" if line else "" for line in text.split("\n"))
