"""IAM policy documents in templates: statements as data."""

import json
from typing import Any

from fixer.formats.cloudformation_element import Element
from fixer.formats.policy import Statement, all_but


def statements_of(resource: Element, path: str) -> list[Statement] | None:
    """The statements of the policy at a path; None where it, or a whole statement, is not decided in the source.

    What is not decided inside a statement is an Unresolved among its data.
    """
    policy = resource.data(path)
    if isinstance(policy, str):
        policy = from_text(policy)
    statements = policy.get("Statement") if isinstance(policy, dict) else None
    listed = statements if isinstance(statements, list) else [statements]
    found = [statement(one) for one in listed if isinstance(one, dict)]
    return found if len(found) == len(listed) else None


def from_text(policy: str) -> Any:
    try:
        return json.loads(policy)
    except ValueError:
        return None


def statement(data: dict[str, Any]) -> Statement:
    named = principals(data.get("Principal")) | all_but(principals(data.get("NotPrincipal")))
    return Statement(data.get("Effect"), named, condition_keys(data.get("Condition")))


def principals(data: Any) -> dict[str, list[Any]]:
    if data is None:
        return {}
    kinds = data if isinstance(data, dict) else {"AWS": data}
    return {kind: names if isinstance(names, list) else [names] for kind, names in kinds.items()}


def condition_keys(data: Any) -> tuple[str, ...]:
    """The keys under the operators of a Condition; those that are not decided in the source are left out."""
    operators = data.values() if isinstance(data, dict) else ()
    return tuple(key for operator in operators if isinstance(operator, dict) for key in operator)
