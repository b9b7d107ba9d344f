"""The texts of an app: strings and f-strings in all its files, tests included, and what they are for."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from fixer.formats.cdk_construct import Construct
from fixer.formats.cdk_python import App
from fixer.formats.cdk_values import CONSTRUCT, form_of
from fixer.formats.python_module import PythonModule
from fixer.model import Span

# Arguments whose text is for people, or names a thing of another kind.
LABEL = re.compile(r"(?:.*_)?(?:description|comment|sid|title|key|name)\Z")


@dataclass(frozen=True, slots=True)
class Text:
    """A string; `form` has `{x}` for what an f-string fills in, `argument` is the keyword or key that it is for.

    `part` says that the string is joined with others at run time.
    """

    path: str
    span: Span
    form: str
    argument: str
    place: str
    part: bool

    @property
    def is_label(self) -> bool:
        return bool(LABEL.match(self.argument))


def argument_form(construct: Construct, argument: str) -> str | None:
    """The form of an argument that is written as a string."""
    place = construct.locate(argument)
    return None if place.rest or place.opaque else form_of(place.node)


def texts(app: App, word: str) -> Iterator[Text]:
    """The strings of all files that hold a word, without docstrings, construct ids and keys of dicts."""
    for path, file in sorted(app.workspace.files.items()):
        if not path.endswith(".py") or word not in file.text:
            continue
        module = app.module(file)
        if module is None:
            yield Text(path, Span(0, 0), word, "", f"{path}, which can't be read,", part=True)
            continue
        for node, parent in module.source.parents.items():
            if isinstance(node, ast.expr) and counts(module, node, parent) and (form := form_of(node)) is not None:
                place = f"{path}:{node.lineno}"
                part = isinstance(parent, ast.BinOp | ast.Attribute)
                yield Text(path, module.source.span(node), form, argument_of(module, node), place, part)


def counts(module: PythonModule, node: ast.expr, parent: ast.AST) -> bool:
    match parent:
        case ast.Expr() | ast.JoinedStr() | ast.FormattedValue():
            return False
        case ast.Dict(keys=keys) if any(key is node for key in keys):
            return False
        case ast.keyword(arg="id"):
            return False
        case ast.Call(args=args) if node in args and (module.names.qualified(parent.func) or "").startswith("aws_cdk."):
            return args.index(node) != CONSTRUCT.index("id") or isinstance(args[0], ast.Constant)
    return True


def argument_of(module: PythonModule, node: ast.AST) -> str:
    """The keyword or key that a string is the value of, directly or in a list."""
    child = node
    for parent in module.source.ancestors(node):
        match parent:
            case ast.keyword(arg=str(name)):
                return name
            case ast.Dict(keys=keys, values=values):
                key = next((k for k, value in zip(keys, values, strict=True) if value is child), None)
                return str(key.value) if isinstance(key, ast.Constant) else ""
            case ast.List() | ast.Tuple() | ast.BinOp() | ast.IfExp():
                child = parent
            case _:
                return ""
    return ""
