"""A parsed YAML or JSON file: its documents, and what is asked of the templates among them again and again."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from fixer.formats.cloudformation_loops import Made, is_dynamic, made, may_be_same
from fixer.formats.cloudformation_references import Mention, Place, mentions, places
from fixer.formats.cloudformation_values import LOOP, TRANSFORM, call_of
from fixer.formats.syntax.json import parse_json
from fixer.formats.syntax.merge import is_merge, lookup
from fixer.formats.syntax.node import Builder, Document, Entry, Mapping, Node, Scalar, resolved
from fixer.model import Refused
from fixer.workspace import SourceFile


@dataclass(frozen=True)
class Content:
    """A parsed template with what is asked of it again and again."""

    document: Document

    @cached_property
    def mentions(self) -> dict[str, list[Mention]]:
        found: dict[str, list[Mention]] = {}
        for mention in mentions(self.document):
            found.setdefault(mention.name, []).append(mention)
        return found

    @cached_property
    def places(self) -> list[Place]:
        return list(places(self.document))

    @cached_property
    def made(self) -> dict[str, tuple[Made, ...]]:
        """What each section holds, in source order."""
        held = ((entry.name, resolved(entry.value)) for entry in self.document.root.entries)
        return {name: tuple(made(value)) for name, value in held if isinstance(value, Mapping)}

    @cached_property
    def loops(self) -> dict[str, Made]:
        """What is made in loops, by name."""
        return {one.name: one for found in self.made.values() for one in found if one.loops}

    def mentions_of(self, name: str) -> list[Mention]:
        """The mentions of a name, and in a template with loops those that may turn out to be of it."""
        if LOOP not in self.document.text:
            return self.mentions.get(name, [])
        one = self.loops.get(name)
        names, loops = (one.entry.name, one.loops) if one else (name, ())
        found = [
            mention
            for other, listed in self.mentions.items()
            if other == names or one or is_dynamic(other)
            for mention in listed
            if may_be_same(names, loops, other, mention.place.loops)
        ]
        return sorted(found, key=lambda mention: mention.span)


@dataclass(frozen=True)
class Parsed:
    """A parsed file: all its documents, which may be of any kind, and those that are templates."""

    roots: tuple[Node, ...]
    templates: tuple[Content, ...]


def read_json(text: str) -> Parsed:
    return parsed_documents([parse_json(text)], json=True)


def read_yaml(text: str) -> Parsed:
    """YAML, or JSON under another name."""
    from fixer.formats.syntax.yaml import parse_yaml  # ruamel.yaml is loaded when there is YAML to read

    if text.lstrip().startswith("{"):
        try:
            return read_json(text)
        except Refused:
            pass  # a flow mapping of YAML begins in the same way
    return parsed_documents(parse_yaml(text))


def parsed_documents(builders: list[Builder], *, json: bool = False) -> Parsed:
    """The documents of a file; Refused where none of them is a template.

    Neither CloudFormation, nor the AWS CLI, nor cfn-lint takes a file of several documents. Whoever keeps one splits it
    before it is deployed, and each template that comes out is a stack of its own.
    """
    roots = tuple(builder.root for builder in builders if builder.root is not None)
    if len(builders) < 2:
        document = (builders[0] if builders else Builder("")).document(json=json)
        if not isinstance(document.root.get("Resources"), Mapping):
            raise Refused("no mapping of Resources", "a template has one", document.root.span.start, error=False)
        return Parsed(roots, (Content(document),))
    found = [
        Content(builder.document(json=json, number=number))
        for number, builder in enumerate(builders, 1)
        if isinstance(builder.root, Mapping) and is_template(builder.root)
    ]
    if not found:
        raise Refused("no document with a mapping of Resources", "a template has one", error=False)
    return Parsed(roots, tuple(found))


def is_template(root: Mapping) -> bool:
    """Whether one document of several is a template: beside it there may be anything, a Kubernetes object say."""
    resources = root.get("Resources")
    if not isinstance(resources, Mapping) or root.entry("apiVersion"):
        return False
    kinds = (value.get("Type") for e in resources.entries if isinstance(value := resolved(e.value), Mapping))
    typed = any(isinstance(kind, Scalar) and "::" in kind.text for kind in kinds)
    return typed or root.entry("AWSTemplateFormatVersion") is not None


def parsed(file: SourceFile) -> Parsed:
    return file.parsed(read_json if file.path.endswith(".json") else read_yaml)


def hidden(content: Content) -> Iterator[str]:
    """Why resources may be in the template that its text does not show."""
    for one in content.made.get("Resources", ()):
        name = one.entry.name
        if is_merge(one.entry) or name == TRANSFORM:
            yield f"Resources takes in more through {name}"
        elif one.broken:
            yield f"the loop {name} can't be read here"
        elif has_hidden_type(one.entry):
            yield f"the type of resource {one.name} can't be read here"


def has_hidden_type(entry: Entry) -> bool:
    whole = resolved(entry.value)
    held = lookup(whole, "Type") if isinstance(whole, Mapping) else None
    found = resolved(held[1].value) if held else None
    return found is not None and (not isinstance(found, Scalar) or call_of(found) is not None)
