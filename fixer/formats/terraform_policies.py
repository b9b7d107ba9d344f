"""IAM policy documents in Terraform: statements as data, whatever form they are written in."""

from collections.abc import Iterator
from typing import Any

from fixer.formats.policy import Statement, all_but
from fixer.formats.syntax import hcl
from fixer.formats.terraform_block import Block
from fixer.formats.terraform_values import UNKNOWN, document, plain
from fixer.formats.value import Literal


def statements_of(block: Block, argument: str) -> list[Statement] | None:
    """The statements of the policy that an argument holds; None where they can't be read."""
    expression = block.expression(argument)
    if expression is None:
        return []
    if (source := policy_document(block, expression)) is not None:
        return list(from_blocks(source))
    data = document(expression, block.file.text)
    return from_mapping(data, block.file.text) if isinstance(data, hcl.Mapping) else None


def policy_document(block: Block, expression: hcl.Expression) -> Block | None:
    """The `data "aws_iam_policy_document"` whose json an expression is."""
    match expression:
        case hcl.Traversal(root="data", steps=steps) if len(steps) > 2 and steps[0].name == "aws_iam_policy_document":
            found = [b for b in block.module.data("aws_iam_policy_document") if b.name == steps[1].name]
            merged = ("source_policy_documents", "override_policy_documents", "source_json", "override_json")
            if found and not any(found[0].attribute(name) for name in merged) and not found[0].dynamic("statement"):
                return found[0]
    return None


def from_blocks(source: Block) -> Iterator[Statement]:
    for statement in source.blocks("statement"):
        effect = statement["effect"]
        named, excepted = principals_in(statement, "principals"), principals_in(statement, "not_principals")
        keys = [condition["variable"] for condition in statement.blocks("condition")]
        spelled = tuple(str(getattr(key, "value", "?")) for key in keys)
        decided = effect.value if isinstance(effect, Literal) else effect_default(effect)
        yield Statement(decided, named | all_but(excepted), spelled)


def principals_in(statement: Block, kind: str) -> dict[str, list[Any]]:
    """The names in the blocks of a kind, by their type; UNKNOWN among them where not all are written out."""
    found: dict[str, list[Any]] = {}
    for principal in statement.blocks(kind):
        type_, names = principal["type"], principal.expression("identifiers")
        listed = (
            [plain(n, statement.file.text) for n in names.children] if isinstance(names, hcl.Sequence) else [UNKNOWN]
        )
        found.setdefault(type_.value if isinstance(type_, Literal) else "?", []).extend(listed)
    if statement.dynamic(kind):
        found.setdefault("?", []).append(UNKNOWN)
    return found


def effect_default(effect: object) -> Any:
    return UNKNOWN if hasattr(effect, "text") else "Allow"


def from_mapping(policy: hcl.Mapping, text: str) -> list[Statement] | None:
    item = policy.get("Statement")
    if item is None:
        return None
    listed = item.value.children if isinstance(item.value, hcl.Sequence) else (item.value,)
    found = [from_object(entry, text) for entry in listed if isinstance(entry, hcl.Mapping)]
    return found if len(found) == len(listed) else None


def from_object(entry: hcl.Mapping, text: str) -> Statement:
    effect, condition = entry.get("Effect"), entry.get("Condition")
    named, excepted = (principals_of(entry.get(key), text) for key in ("Principal", "NotPrincipal"))
    decided = plain(effect.value, text) if effect else UNKNOWN
    return Statement(decided, named | all_but(excepted), condition_keys(condition))


def principals_of(principal: hcl.Item | None, text: str) -> dict[str, list[Any]]:
    if principal is None:
        return {}
    value = principal.value
    if not isinstance(value, hcl.Mapping):
        return {"AWS": [plain(value, text)]}
    found: dict[str, list[Any]] = {}
    for item in value.children:
        if isinstance(item, hcl.Item):
            listed = item.value.children if isinstance(item.value, hcl.Sequence) else (item.value,)
            found.setdefault(item.key or "?", []).extend(plain(one, text) for one in listed)
    return found


def condition_keys(condition: hcl.Item | None) -> tuple[str, ...]:
    """The keys under the operators of a Condition; "?" where they can't be read."""
    if condition is None:
        return ()
    if not isinstance(condition.value, hcl.Mapping):
        return ("?",)
    operators = [item.value for item in condition.value.children if isinstance(item, hcl.Item)]
    return tuple(
        item.key or "?"
        for operator in operators
        for item in (operator.children if isinstance(operator, hcl.Mapping) else ())
        if isinstance(item, hcl.Item)
    )
