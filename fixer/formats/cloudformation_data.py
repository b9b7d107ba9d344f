"""Data to write into a template: functions in the long form, which YAML shortens where the file does."""

from typing import Any

from fixer.formats.cloudformation_values import LOOP, call_of
from fixer.formats.syntax.merge import merged
from fixer.formats.syntax.node import Document, Mapping, Node, Scalar, Sequence, resolved, walk
from fixer.formats.syntax.render import Tagged

LONG = "calls functions only in the long form"
CONDITION_FUNCTIONS = ("Fn::And", "Fn::Or", "Fn::Not")


def spelled(data: Any, document: Document) -> Any:
    """The data with its functions as this file writes them: `{"Ref": "X"}` becomes `!Ref X` in YAML."""
    return data if document.json or writes_long_calls(document) else short(data)


def long_form(node: Node) -> Any:
    """A node as data with its functions in the long form, to be compared with data to write."""
    if call := call_of(node):
        return {call.name: long_form(call.argument)}
    match resolved(node):
        case Mapping() as mapping:
            return {name: long_form(entry.value) for name, (_, entry) in merged(mapping).items()}
        case Sequence(items=items):
            return [long_form(item) for item in items]
        case Scalar(text=text):
            return text


def writes_long_calls(document: Document) -> bool:
    """Whether a YAML document calls functions only in the long form; a loop has no other."""
    if LONG not in document.memo:
        calls = (call for call in map(call_of, walk(document.root)) if call and not call.name.startswith(LOOP))
        tags = [call.node.tag for call in calls]
        document.memo[LONG] = bool(tags) and not any(tags)
    return bool(document.memo[LONG])


def short(data: Any, *, condition: bool = False) -> Any:
    match data:
        case {"Condition": str(name)} if condition and len(data) == 1:
            return Tagged("!Condition", name)
        case {"Fn::GetAtt": [str(name), str(attribute)]} if len(data) == 1:
            return Tagged("!GetAtt", f"{name}.{attribute}")
        case dict() if len(data) == 1 and (name := next(iter(data))) and is_function(name):
            argument = short_argument(data[name], name in CONDITION_FUNCTIONS)
            return Tagged("!" + name.removeprefix("Fn::"), argument)
        case dict():
            return {name: short(value) for name, value in data.items()}
        case list():
            return [short(value) for value in data]
        case _:
            return data


def short_argument(argument: Any, condition: bool) -> Any:
    if isinstance(argument, list):
        return [short(item, condition=condition) for item in argument]
    return short(argument, condition=condition)


def is_function(name: str) -> bool:
    return name == "Ref" or name.startswith("Fn::")
