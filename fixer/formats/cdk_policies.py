"""The resource policies that a CDK app gives a construct."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from fixer.formats.cdk_construct import Construct
from fixer.formats.cdk_flow import Mention, Site, site_of, trace
from fixer.formats.cdk_values import evaluate
from fixer.formats.python_module import PythonModule
from fixer.formats.value import Literal, Symbol

STATEMENT = "aws_cdk.aws_iam.PolicyStatement"
EVERYONE = {"aws_cdk.aws_iam.AnyPrincipal", "aws_cdk.aws_iam.StarPrincipal", "aws_cdk.aws_iam.Anyone"}
DENY = Symbol("aws_cdk.aws_iam.Effect.DENY")
ANYBODY = re.compile(r"""AnyPrincipal|StarPrincipal|["']?(?:AWS|[Pp]rincipal)["']?\s*:\s*\[?\s*["']\*["']""")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a policy; `known` is False where only running the program tells what it says."""

    site: Site
    known: bool = False
    denies: bool = False
    everyone: bool = False
    keys: frozenset[str] = frozenset()


def statements_of(resource: Construct) -> Iterator[Statement]:
    """What `add_to_resource_policy` adds to a construct, or may add."""
    for mention, call in resource.app.flow.calls(resource.module, resource.call, "add_to_resource_policy"):
        site = site_of(mention.file, mention.module, call)
        yield statement(mention, site, call.args[0] if call.args else None)


def statement(mention: Mention, site: Site, written: ast.expr | None) -> Statement:
    module = mention.module
    origin = trace(module, written)
    made = origin.call if origin else None
    if made is None or module.names.qualified(made.func) != STATEMENT or isinstance(written, ast.Attribute):
        return Statement(site)
    if any(keyword.arg is None for keyword in made.keywords) or grows(module, written):
        return Statement(site)
    arguments = {keyword.arg: keyword.value for keyword in made.keywords}
    effect, principals = arguments.get("effect"), arguments.get("principals")
    denies = effect is not None and evaluate(module, effect) == Literal(DENY, module.source.span(effect))
    if principals is not None and not isinstance(principals, ast.List):
        return Statement(site, denies, denies)
    everyone = any(is_everyone(module, element) for element in principals.elts) if principals else False
    return Statement(site, True, denies, everyone, condition_keys(arguments.get("conditions")))


def grows(module: PythonModule, written: ast.expr | None) -> bool:
    """Whether a statement held by a variable gets principals later."""
    return isinstance(written, ast.Name) and f"{written.id}.add_" in module.source.text


def is_everyone(module: PythonModule, node: ast.expr) -> bool:
    if not isinstance(node, ast.Call):
        return False
    star = any(isinstance(arg, ast.Constant) and arg.value == "*" for arg in node.args)
    return star or module.names.qualified(node.func) in EVERYONE


def condition_keys(node: ast.expr | None) -> frozenset[str]:
    """The condition keys, in lower case, of `{operator: {key: value}}`."""
    inner = [value for value in node.values if isinstance(value, ast.Dict)] if isinstance(node, ast.Dict) else []
    keys = [key.value for operator in inner for key in operator.keys if isinstance(key, ast.Constant)]
    return frozenset(key.lower() for key in keys if isinstance(key, str))


def trusted(role: Construct) -> set[str] | None:
    """The kinds of principal that a role trusts, `{"Service"}`; None where that can't be told."""
    if role.app.flow.uses(role.module, role.call, {"assume_role_policy", "grant_assume_role"}):
        return None
    l2, l1 = role.locate("assumed_by"), role["assume_role_policy_document"]
    if not l2.rest and l2.opaque is None:
        return principal_kinds(role.module, l2.node)
    statements = l1.value.get("Statement") if isinstance(l1, Literal) and isinstance(l1.value, dict) else None
    if not isinstance(statements, list):
        return None
    principals = [found.get("Principal") for found in statements if isinstance(found, dict)]
    return {kind for found in principals for kind in (found if isinstance(found, dict) else ["*"])}


def principal_kinds(module: PythonModule, node: ast.expr) -> set[str] | None:
    """`Service` for a service principal; a composite has those of all its parts."""
    origin = trace(module, node)
    if origin is None or origin.call is None:
        return None
    match module.names.qualified(origin.call.func):
        case "aws_cdk.aws_iam.ServicePrincipal":
            return {"Service"}
        case "aws_cdk.aws_iam.CompositePrincipal" if not isinstance(node, ast.Name):
            parts = [principal_kinds(module, part) for part in origin.call.args]
            return None if None in parts else {kind for part in parts for kind in part or ()}
    return {"other"}


def separate_policy(bucket: Construct) -> Site | None:
    """A policy construct of its own for, or maybe for, this bucket in a file that lets everybody in somewhere."""
    for kind in ("aws_cdk.aws_s3.BucketPolicy", "aws_cdk.aws_s3.CfnBucketPolicy"):
        for policy in bucket.app.resources(kind):
            place = policy.locate("bucket")
            node = place.node.value if isinstance(place.node, ast.Attribute) else place.node
            origin = trace(policy.module, node)
            ours = place.opaque is not None or origin is None or origin.call is bucket.call
            if ours and ANYBODY.search(policy.file.text):
                return site_of(policy.file, policy.module, policy.call)
    return None
