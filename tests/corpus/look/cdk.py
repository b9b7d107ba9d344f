"""CDK apps read with Python's own parser: what constructs are called with, by the name of their class."""

import ast
from collections.abc import Iterator

from tests.corpus.look.defect import LOOKED_UP, Defect, Source

NAMES = {
    "Role": "role_name",
    "CfnRole": "role_name",
    "ManagedPolicy": "managed_policy_name",
    "CfnManagedPolicy": "managed_policy_name",
    "InstanceProfile": "instance_profile_name",
    "CfnInstanceProfile": "instance_profile_name",
    "User": "user_name",
    "CfnUser": "user_name",
    "Group": "group_name",
    "CfnGroup": "group_name",
}
DNS = (
    *("HostedZone", "PublicHostedZone", "PrivateHostedZone", "CfnHostedZone", "CfnRecordSet", "CfnRecordSetGroup"),
    *(
        "RecordSet",
        "ARecord",
        "AaaaRecord",
        "CnameRecord",
        "TxtRecord",
        "MxRecord",
        "NsRecord",
        "SrvRecord",
        "CaaRecord",
    ),
)
BLOCK = "block_public_access"


def defects(sources: list[Source]) -> Iterator[Defect]:
    for source in sources:
        if "aws_cdk" in source.text:
            yield from in_module(source)


def in_module(source: Source) -> Iterator[Defect]:
    try:
        module = ast.parse(source.text)
    except (SyntaxError, ValueError):
        return
    gated = {id(inner) for test in ast.walk(module) if isinstance(test, ast.If) for inner in ast.walk(test)}
    for call in ast.walk(module):
        if isinstance(call, ast.Call) and (name := dotted(call.func)) and len(call.args) >= 2:
            for transform, check in faults(name, call, id(call) in gated):
                yield Defect(
                    transform, check, source.path, identity(name, call), call.lineno, call.end_lineno or call.lineno
                )


def faults(name: list[str], call: ast.Call, gated: bool) -> Iterator[tuple[str, str]]:
    kind, given = name[-1], {keyword.arg: keyword.value for keyword in call.keywords}
    if kind in NAMES and NAMES[kind] in given and not LOOKED_UP.search(ast.unparse(given[NAMES[kind]])):
        yield "iam-role-name", "explicit name"
    if kind in DNS and not gated:
        yield "route53-conditional", "always there"
    if kind in ("Bucket", "CfnBucket") and None not in given and not blocks(given):
        yield "s3-public-access-block", "public access not blocked"
    if kind == "LogGroup" and "INFINITE" in ast.dump(given.get("retention", ast.Constant(None))):
        yield "log-retention", "kept for ever"
    if kind == "CfnLogGroup" and None not in given and "retention_in_days" not in given:
        yield "log-retention", "kept for ever"


def blocks(given: dict[str | None, ast.expr]) -> bool:
    """Whether some access block is written, complete or not decided here."""
    written = given.get(BLOCK) or given.get("public_access_block_configuration")
    return written is not None and "False" not in ast.unparse(written) and "BLOCK_ACLS" not in ast.unparse(written)


def dotted(node: ast.expr) -> list[str]:
    """The parts of a dotted name, nothing for any other expression."""
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute) and (owner := dotted(node.value)):
        return [*owner, node.attr]
    return []


def identity(name: list[str], call: ast.Call) -> str:
    return f"{name[-1]} {ast.unparse(call.args[1])}"


def construct_ids(sources: list[Source], kinds: tuple[str, ...]) -> Iterator[str]:
    """The letters and digits of the ids that constructs of these classes are given, as far as they are written out."""
    for source in sources:
        try:
            module = ast.parse(source.text)
        except (SyntaxError, ValueError):
            continue
        for call in ast.walk(module):
            if isinstance(call, ast.Call) and dotted(call.func)[-1:] and dotted(call.func)[-1] in kinds:
                texts = [
                    node.value
                    for argument in call.args
                    for node in ast.walk(argument)
                    if isinstance(node, ast.Constant)
                ]
                yield from ("".join(filter(str.isalnum, text)) for text in texts if isinstance(text, str))
