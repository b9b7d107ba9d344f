"""Data to write into a template: functions in the long form, which YAML shortens where the file does."""

from typing import Any

from fixer.formats.cloudformation_values import call_of
from fixer.formats.syntax.node import Document, Mapping, Node, Scalar, Sequence, walk
from fixer.formats.syntax.render import Tagged

CONDITION_FUNCTIONS = ("Fn::And", "Fn::Or", "Fn::Not")


def spelled(data: Any, document: Document) -> Any:
    """The data with its functions as this file writes them: `{"Ref": "X"}` becomes `!Ref X` in YAML."""
    return data if document.json or writes_long_calls(document) else short(data)


def long_form(node: Node) -> Any:
    """A node as data with its functions in the long form, to be compared with data to write."""
    if call := call_of(node):
        return {call.name: long_form(call.argument)}
    match node:
        case Mapping():
            return {entry.name: long_form(entry.value) for entry in node.entries}
        case Sequence():
            return [long_form(item) for item in node.items]
        case Scalar():
            return node.text
        case _:
            return None


def writes_long_calls(document: Document) -> bool:
    """Whether a YAML file calls functions only in the long form."""
    calls = [call.node.tag for call in map(call_of, walk(document.root)) if call]
    return bool(calls) and not any(calls)


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
