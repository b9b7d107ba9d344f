"""The cdk-nag suppressions in a Python file: of version 2, of version 3, and in the metadata of L1 constructs."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from glob import escape

from fixer.formats.cdk_flow import is_self, trace
from fixer.formats.python_module import PythonModule, module_of
from fixer.formats.python_source import dotted
from fixer.workspace import SourceFile

NAG = "cdk_nag.NagSuppressions."
VALIDATIONS = "aws_cdk.Validations.of"
KEY = "cdk_nag"
WHOLE_APP = ("aws_cdk.App", "aws_cdk.Stage")
STEPS = 20


@dataclass(frozen=True, slots=True)
class Suppression:
    """One rule that is suppressed at an offset: for the construct that is made at another one, or by address.

    `subjects` is a pattern of addresses of constructs, in any file of the app.
    """

    at: int
    id: str
    reason: str
    construct: int | None = None
    subjects: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What a place in the source suppresses: rules, for a construct alone or for all that is below it as well."""

    node: ast.AST
    target: ast.expr | None
    rules: ast.expr | None
    below: bool = False
    path: str = ""


def suppressions(file: SourceFile) -> Iterator[Suppression]:
    """Those whose id and construct are plain in the source; Refused where the file does not parse."""
    module = module_of(file)
    for said in [*by_version_2(module), *by_version_3(module), *by_metadata(module)]:
        at = module.source.span(said.node).start
        targets = list(paths(said) if said.path else constructs(module, said.target, said.below))
        for id, reason in rules(module, said.rules):
            yield from (Suppression(at, id, reason, construct, subjects) for construct, subjects in targets)


def by_version_2(module: PythonModule) -> Iterator[Said]:
    for call in module.calls.get(f"{NAG}add_resource_suppressions", ()):
        children = argument(call, 2, "apply_to_children")
        yield Said(call, argument(call, 0, "construct"), argument(call, 1, "suppressions"), is_true(children))
    for call in module.calls.get(f"{NAG}add_stack_suppressions", ()):
        yield Said(call, argument(call, 0, "stack"), argument(call, 1, "suppressions"), below=True)
    for call in module.calls.get(f"{NAG}add_resource_suppressions_by_path", ()):
        every = argument(call, 1, "path")
        for path in every.elts if isinstance(every, ast.List | ast.Tuple) else [every]:
            if text := string(path):
                yield Said(call, None, argument(call, 2, "suppressions"), path=text)


def by_version_3(module: PythonModule) -> Iterator[Said]:
    """`Validations.of(x).acknowledge(...)`, which is for all that is below x."""
    for of in module.calls.get(VALIDATIONS, ()):
        method = module.source.parents[of]
        call = module.source.parents.get(method)
        if isinstance(method, ast.Attribute) and method.attr == "acknowledge" and isinstance(call, ast.Call):
            target = argument(of, 0, "scope")
            if call.keywords:
                yield Said(call, target, call, below=True)
            yield from (Said(call, target, rule, below=True) for rule in call.args)


def by_metadata(module: PythonModule) -> Iterator[Said]:
    """`x.add_metadata("cdk_nag", {...})` and `x.cfn_options.metadata = {"cdk_nag": {...}}`."""
    if KEY not in module.source.text:
        return
    for node in module.source.parents:
        match node:
            case ast.Call(func=ast.Attribute(attr="add_metadata", value=target), args=[key, data]) if (
                string(key) == KEY
            ):
                yield Said(node, target, entry(data, "rules_to_suppress"))
            case ast.Assign(
                targets=[ast.Attribute(attr="metadata", value=ast.Attribute(attr="cfn_options", value=target))]
            ):
                yield Said(node, target, entry(entry(node.value, KEY), "rules_to_suppress"))


def argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    return keyword(call, name) or (call.args[position] if len(call.args) > position else None)


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def entry(node: ast.expr | None, key: str) -> ast.expr | None:
    if not isinstance(node, ast.Dict):
        return None
    return next((v for k, v in zip(node.keys, node.values, strict=True) if k is not None and string(k) == key), None)


def string(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def is_true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def rules(module: PythonModule, node: ast.expr | None, steps: int = STEPS) -> Iterator[tuple[str, str]]:
    """The ids and reasons of rules, written as a list, a dict, a call, or a variable that holds one of these."""
    if not steps:
        return
    match node:
        case ast.List(elts=written) | ast.Tuple(elts=written):
            for rule in written:
                yield from rules(module, rule, steps - 1)
        case ast.Starred(value=value):
            yield from rules(module, value, steps - 1)
        case ast.Name():
            yield from rules(module, module.names.assigned(node), steps - 1)
        case ast.Dict() if id := string(entry(node, "id")):
            yield plain(id), string(entry(node, "reason"))
        case ast.Call() if id := string(keyword(node, "id")):
            yield plain(id), string(keyword(node, "reason"))


def plain(id: str) -> str:
    """The id without the prefix that the CDK adds to those of annotations."""
    return id[len("annotation::") :] if id.lower().startswith("annotation::") else id


def paths(said: Said) -> Iterator[tuple[int | None, str]]:
    """The constructs with the id that a path of the construct tree ends with; `Resource` is the L1 one within."""
    steps = [step for step in said.path.split("/") if step not in ("", "Resource", "Default")]
    if steps:
        yield None, f"*/{escape(steps[-1])}"


def constructs(module: PythonModule, target: ast.expr | None, below: bool) -> Iterator[tuple[int | None, str]]:
    """Where the construct that is meant is made, and the addresses of those below it."""
    if isinstance(target, ast.List | ast.Tuple):
        for element in target.elts:
            yield from constructs(module, element, below)
    elif target is not None:
        if (origin := trace(module, target)) is not None and origin.call is not None:
            yield module.source.span(origin.call).start, ""
        if below and (owner := owner_of(module, target)):
            yield None, f"{owner}/*"


def owner_of(module: PythonModule, target: ast.expr) -> str:
    """The name of the class whose constructs are below the target, `*` for the app itself."""
    if is_self(module, target):
        owner = module.source.enclosing(target, ast.ClassDef)
        return escape(owner.name) if owner else ""
    made = module.names.assigned(target) if isinstance(target, ast.Name) else target
    if not isinstance(made, ast.Call):
        return ""
    if (module.names.qualified(made.func) or "") in WHOLE_APP:
        return "*"
    names = dotted(made.func) or [""]
    return escape(names[-1]) if names[-1][:1].isupper() and not is_library(module, made) else ""


def is_library(module: PythonModule, call: ast.Call) -> bool:
    return (module.names.qualified(call.func) or "").startswith("aws_cdk.")
