"""What a construct call says about a property, by dotted path; and how a value is written."""

import ast
import re
from dataclasses import dataclass
from typing import Any

from fixer.formats.python_imports import Reach, reach
from fixer.formats.python_layout import DEPTH, Splice, depth
from fixer.formats.python_module import PythonModule
from fixer.formats.value import Absent, Literal, Source, Struct, Symbol, Unresolved, Value

# What is not keyword-only, from the Python classes of aws-cdk-lib 2.275.0 (2026-11-21): constructs take (scope, id).
CONSTRUCT = ("scope", "id")
POSITIONAL = {
    "aws_cdk.aws_ec2.BlockDeviceVolume.ebs": ("volume_size",),
    "aws_cdk.aws_ec2.BlockDeviceVolume.ebs_from_snapshot": ("snapshot_id",),
    "aws_cdk.aws_autoscaling.BlockDeviceVolume.ebs": ("volume_size",),
    "aws_cdk.aws_autoscaling.BlockDeviceVolume.ebs_from_snapshot": ("snapshot_id",),
    "aws_cdk.aws_ec2.InstanceType": ("instance_type_identifier",),
    "aws_cdk.aws_ec2.InstanceType.of": ("instance_class", "instance_size"),
    "aws_cdk.aws_certificatemanager.CertificateValidation.from_dns": ("hosted_zone",),
}
# Factories that take no `encrypted`, from the same classes: a volume from a snapshot is encrypted as that is.
NEVER = {
    f"aws_cdk.{package}.BlockDeviceVolume.{factory}": {"encrypted"}
    for package in ("aws_ec2", "aws_autoscaling")
    for factory in ("ebs_from_snapshot", "ephemeral", "no_device")
}
CONSTANT = re.compile(r"aws_cdk\.(?:\w+\.)*(?!Aws\.)[A-Z]\w*\.[A-Z][A-Z0-9_]*")

Segment = str | int


@dataclass(frozen=True, slots=True)
class Opaque:
    """An expression that only running the program tells; `why` goes before its own text."""

    node: ast.expr
    stars: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """How far a path leads: the last expression written, the segments beyond it, what they can't be followed into."""

    node: ast.expr
    rest: tuple[Segment, ...] = ()
    opaque: Opaque | None = None


def segments(path: str) -> list[Segment]:
    """`a.b[0]` as ["a", "b", 0]."""
    return [name or int(index) for index, name in re.findall(r"\[(\d+)\]|([^.\[\]]+)", path)]


def locate(module: PythonModule, call: ast.Call, path: list[Segment]) -> Place:
    """Follow a path from a construct call through struct calls, dicts and lists."""
    node: ast.expr = call
    raw = ".Cfn" in (module.names.qualified(call.func) or "")
    for index, segment in enumerate(path):
        match step(module, node, segment, raw):
            case ast.expr() as found:
                node = found
            case Opaque() as opaque:
                return Place(node, tuple(path[index:]), opaque)
            case None:
                return Place(node, tuple(path[index:]))
    return Place(node)


def step(module: PythonModule, node: ast.expr, segment: Segment, raw: bool) -> ast.expr | Opaque | None:
    """One segment on: its expression, or None where it is not written."""
    match node, segment:
        case ast.Call(), str() if (name := module.names.qualified(node.func) or "") and is_struct(name):
            return argument(node, segment, POSITIONAL.get(name, CONSTRUCT))
        case ast.Dict(), str():
            return entry(node, segment, raw)
        case ast.List() | ast.Tuple(), int() if segment < len(node.elts) and not starred(node.elts[: segment + 1]):
            return node.elts[segment]
        case ast.Constant(value=None), _:
            return None
    return Opaque(node)


def is_struct(name: str) -> bool:
    """Whether a call of this name builds what its arguments say: a class, or a factory whose signature is known."""
    last = name.rsplit(".", 1)[-1]
    return name.startswith("aws_cdk.") and (last[0].isupper() or last.startswith("from_") or name in POSITIONAL)


def argument(call: ast.Call, name: str, positional: tuple[str, ...]) -> ast.expr | Opaque | None:
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    if starred(call.args):
        return Opaque(next(arg for arg in call.args if isinstance(arg, ast.Starred)))
    if name in positional and positional.index(name) < len(call.args):
        return call.args[positional.index(name)]
    return next((Opaque(keyword.value, "**") for keyword in call.keywords if keyword.arg is None), None)


def entry(node: ast.Dict, name: str, raw: bool) -> ast.expr | Opaque | None:
    """The value of a key, spelled `blockPublicAcls` or, in the structs of L2 constructs, `block_public_acls`.

    An L1 resource (`raw`) drops keys in snake case: aws-cdk-lib 2.275.0, synthesized on 2026-11-21.
    """
    computed: Opaque | None = None
    for key, value in zip(node.keys, node.values, strict=True):
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            if raw and key.value == name and "_" in name:
                return Opaque(value, why=f"spelled {name} in a dict, where the CDK drops it: it knows {camel(name)}")
            if snake(key.value) == name:
                return value
        else:
            computed = Opaque(value, "**") if key is None else Opaque(key)
    return computed


def starred(nodes: list[ast.expr]) -> bool:
    return any(isinstance(node, ast.Starred) for node in nodes)


def snake(name: str) -> str:
    """`blockPublicAcls` as `block_public_acls`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def camel(name: str) -> str:
    """`block_public_acls` as `blockPublicAcls`."""
    return re.sub(r"_(\w)", lambda found: found[1].upper(), name)


def expand(module: PythonModule, call: ast.Call, pattern: str) -> list[str]:
    """The paths of a pattern with `[*]`; a list that only running the program tells stands for itself."""
    head, star, tail = pattern.partition("[*]")
    if not star:
        return [pattern] if applies(module, locate(module, call, segments(pattern))) else []
    place = locate(module, call, segments(head))
    if place.opaque is None and (place.rest or is_none(place.node)):
        return []
    if not isinstance(place.node, ast.List | ast.Tuple) or starred(place.node.elts):
        return [head]
    return [path for i in range(len(place.node.elts)) for path in expand(module, call, f"{head}[{i}]{tail}")]


def applies(module: PythonModule, place: Place) -> bool:
    """Whether what a path leads to is written, or can be added as one argument or key."""
    node = place.opaque.node if place.opaque else place.node
    if isinstance(node, ast.Call) and place.rest:
        return place.rest[0] not in NEVER.get(module.names.qualified(node.func) or "", ())
    return place.opaque is not None or len(place.rest) < 2


def is_none(node: ast.expr) -> bool:
    """Whether an argument is written as None, which jsii takes for absent."""
    return isinstance(node, ast.Constant) and node.value is None


def value_at(module: PythonModule, place: Place) -> Value:
    """The value of a place."""
    if place.opaque is not None:
        opaque = place.opaque
        return Unresolved(opaque.why or opaque.stars + short(module, opaque.node), module.source.span(opaque.node))
    return Absent() if place.rest else evaluate(module, place.node)


def evaluate(module: PythonModule, node: ast.expr) -> Value:
    if is_none(node):
        return Absent()
    span = module.source.span(node)
    try:
        return Literal(plain(module, node), span)
    except ValueError:
        return Unresolved(short(module, node), span)


def plain(module: PythonModule, node: ast.expr) -> Any:
    """Plain data or Symbol of an expression; ValueError where only running the program tells."""
    match node:
        case ast.Constant(value=str() | int() | float() | None):
            return node.value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
            return -number
        case ast.List() | ast.Tuple():
            return [plain(module, element) for element in node.elts]
        case ast.Dict() if None not in node.keys:
            return {
                plain(module, key): plain(module, value)
                for key, value in zip(node.keys, node.values, strict=True)
                if key
            }
        case ast.Attribute() | ast.Name() if CONSTANT.fullmatch(name := module.names.qualified(node) or ""):
            return Symbol(name)
    raise ValueError(node)


def form_of(node: ast.expr) -> str | None:
    """The content of a string, with `{x}` for what an f-string fills in; None for any other expression."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(part_form(part) for part in parts)
    return None


def part_form(part: ast.expr) -> str:
    match part:
        case ast.Constant(value=text):
            return str(text)
        case ast.FormattedValue(value=value) if depth(value) <= DEPTH:
            return f"{{{ast.unparse(value)}}}"
    return "{?}"


def short(module: PythonModule, node: ast.AST) -> str:
    """An expression on one line, cut at 60 characters."""
    text = " ".join(module.source.segment(node).split())
    return text if len(text) <= 60 else f"{text[:57]}..."


def render(module: PythonModule, node: ast.AST, value: Any) -> Reach:
    """A value as source text for the place of `node`, with the imports that it needs."""
    match value:
        case Symbol(name):
            return reach(module, name, node)
        case Source(text):
            return Reach(text)
        case Struct(name, fields):
            return struct(module, reach(module, name, node), {k: render(module, node, v) for k, v in fields.items()})
        case str():
            return Reach(quoted(value, module.quote))
        case list() | tuple():
            parts = [render(module, node, element) for element in value]
            return Reach(f"[{', '.join(part.text for part in parts)}]", imports_of(parts))
        case dict():
            pairs = [(render(module, node, key), render(module, node, element)) for key, element in value.items()]
            text = ", ".join(f"{key.text}: {element.text}" for key, element in pairs)
            return Reach(f"{{{text}}}", imports_of([part for pair in pairs for part in pair]))
        case _:
            return Reach(repr(value))


def struct(module: PythonModule, name: Reach, fields: dict[str, Reach]) -> Reach:
    lines = "".join(f"    {key}={field.text},\n" for key, field in fields.items())
    text = f"{name.text}(\n{lines})" if len(fields) > 1 else f"{name.text}({lines.strip().rstrip(',')})"
    return Reach(text, imports_of([name, *fields.values()]))


def imports_of(parts: list[Reach]) -> tuple[Splice, ...]:
    return tuple(dict.fromkeys(splice for part in parts for splice in part.imports))


def quoted(text: str, quote: str) -> str:
    """A string literal in the file's own quotes."""
    escaped = text.replace("\\", "\\\\").replace(quote, f"\\{quote}").replace("\n", "\\n")
    return f"{quote}{escaped}{quote}"
