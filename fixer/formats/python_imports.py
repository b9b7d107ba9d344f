"""Writing a library's name in a Python file: through its imports, or with one more in the file's own style."""

import ast
import re
from bisect import bisect
from collections.abc import Iterable
from dataclasses import dataclass

from fixer.formats.lines import indent_at, next_line
from fixer.formats.python_layout import Splice, insert, listing
from fixer.formats.python_module import PythonModule
from fixer.formats.python_source import dotted as dotted_name
from fixer.model import Refused, Span

LIBRARY = "aws_cdk"
RESERVED = {"aws_lambda": "lambda_"}


@dataclass(frozen=True, slots=True)
class Reach:
    """How a full name is written at one place, and what must be imported for it."""

    text: str
    imports: tuple[Splice, ...] = ()


def reach(module: PythonModule, full: str, node: ast.AST) -> Reach:
    """How a node can write a full name such as `aws_cdk.aws_s3.BlockPublicAccess.BLOCK_ALL`; Refused where it can't."""
    known = [
        (name, origin) for name, origin in module.names.names_for(full, node) if usable(module, name, origin, full)
    ]
    if known:
        own = (dotted_name(node.func) or [""])[0] if isinstance(node, ast.Call) else ""
        name, origin = max(known, key=lambda found: (len(found[1]), found[0] == own))
        return Reach(name + full[len(origin) :])
    family = [found for found in imports(module) if (origin_of(found) or "").split(".")[0] == LIBRARY]
    if not family:
        raise Refused(f"nothing of {LIBRARY} is imported at the top of the file", f"import {full}")
    package, _, rest = full.removeprefix(f"{LIBRARY}.").partition(".")
    if not package.islower():
        return imported_class(module, family, LIBRARY, full)
    direct = [
        found for found in family if origin_of(found) == f"{LIBRARY}.{package}" and isinstance(found, ast.ImportFrom)
    ]
    return (
        imported_class(module, direct, f"{LIBRARY}.{package}", full)
        if direct
        else imported_package(module, family, package, rest)
    )


def usable(module: PythonModule, name: str, origin: str, full: str) -> bool:
    """Whether `name` for `origin` reaches the full name: a package below `aws_cdk` only where the file writes it so."""
    below = full[len(origin) + 1 :].split(".")[0]
    return origin != LIBRARY or not below.islower() or bool(re.search(rf"\b{name}\.aws_\w", module.source.text))


def imports(module: PythonModule) -> list[ast.Import | ast.ImportFrom]:
    """The imports at the top level of the file."""
    return [node for node in module.source.tree.body if isinstance(node, ast.Import | ast.ImportFrom)]


def origin_of(node: ast.Import | ast.ImportFrom) -> str | None:
    if isinstance(node, ast.ImportFrom):
        return None if node.level or node.names[0].name == "*" else node.module
    return node.names[0].name


def imported_class(module: PythonModule, family: Iterable[ast.AST], origin: str, full: str) -> Reach:
    """A class imported by its own name from `origin`."""
    rest = full.removeprefix(f"{origin}.")
    name = rest.split(".")[0]
    if module.names.taken(name):
        raise Refused(f"{name} is another thing in this file", f"import {full}")
    own = [node for node in family if isinstance(node, ast.ImportFrom) and node.module == origin]
    if own:
        return Reach(rest, (imported_beside(module, own[-1], name, name),))
    return Reach(rest, (new_line(module, list(family)[-1], f"from {origin} import {name}"),))


def imported_package(module: PythonModule, family: list[ast.Import | ast.ImportFrom], package: str, rest: str) -> Reach:
    """A package such as `aws_logs`, beside the packages that the file imports and with an alias like theirs."""
    grouped = [node for node in family if isinstance(node, ast.ImportFrom) and node.module == LIBRARY]
    dotted = [node for node in family if isinstance(node, ast.Import) and origin_of(node) != LIBRARY]
    aliases = [alias for found in (grouped, dotted) for node in found for alias in node.names if "aws_" in alias.name]
    name = free_alias(module, package, aliases)
    item = package if name == package else f"{package} as {name}"
    written = f"{name}.{rest}"
    packages = [node for node in grouped if any(alias.name.startswith("aws_") for alias in node.names)]
    if dotted and not packages:
        return Reach(written, (new_line(module, dotted[-1], f"import {LIBRARY}.{package} as {name}"),))
    if (packages or grouped) and len((packages or grouped)[-1].names) > 1:
        return Reach(written, (imported_beside(module, (packages or grouped)[-1], package, item),))
    return Reach(written, (new_line(module, (packages or family)[-1], f"from {LIBRARY} import {item}"),))


def imported_beside(module: PythonModule, node: ast.ImportFrom, name: str, item: str) -> Splice:
    """One more name in an import: in its place where the names are sorted, else last."""
    names = [alias.name for alias in node.names]
    after = bisect(names, name) if len(names) > 1 and names == sorted(names) else len(names)
    return insert(listing(module.source, node), item, before=after if after < len(names) else None)


def free_alias(module: PythonModule, package: str, neighbours: list[ast.alias]) -> str:
    """A name for a package, made as most neighbours make theirs: `s3`, `_s3` or `aws_s3`."""
    short = RESERVED.get(package, package.removeprefix("aws_"))
    styles = [neighbour.asname or "aws_" for neighbour in neighbours]
    plain = sum(name == "aws_" for name in styles)
    underscored = sum(name.startswith("_") for name in styles)
    first = package if plain * 2 > len(styles) else f"_{short}" if underscored * 2 > len(styles) else short
    choices = [first, short, package, f"cdk_{package}", *(f"{package}_{number}" for number in range(2, 100))]
    return next(name for name in choices if not module.names.taken(name))


def new_line(module: PythonModule, after: ast.AST, line: str) -> Splice:
    text = module.source.text
    end = module.source.span(after).end
    at = next_line(text, end)
    ahead = "" if text[:at].endswith("\n") else "\n"
    return Span(at, at), f"{ahead}{indent_at(text, module.source.span(after).start)}{line}\n"
