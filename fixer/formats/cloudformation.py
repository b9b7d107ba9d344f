"""The CloudFormation format, SAM included: a template in YAML or JSON."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, count
from typing import Any

from fixer.formats.cloudformation_data import spelled
from fixer.formats.cloudformation_element import Element
from fixer.formats.cloudformation_parts import comments_of, parts_of
from fixer.formats.cloudformation_references import Mention, Place, mentions, places
from fixer.formats.cloudformation_values import MERGED, call_of
from fixer.formats.syntax.json import parse_json
from fixer.formats.syntax.node import Alias, Document, Entry, Mapping, Scalar, walk
from fixer.formats.syntax.parsed_file import ParsedFile
from fixer.formats.value import Absent, Literal
from fixer.model import Changes, Part, Problem, Refused, Span, Unit
from fixer.workspace import SourceFile, Workspace

# The order of https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html (read 2026-11-21).
SECTIONS = (
    "AWSTemplateFormatVersion",
    "Description",
    "Transform",
    "Metadata",
    "Parameters",
    "Rules",
    "Mappings",
    "Conditions",
    "Globals",
    "Resources",
    "Outputs",
    "Hooks",
)
SUFFIXES = (".yaml", ".yml", ".json", ".template")


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


def read_json(text: str) -> Content:
    return content(parse_json(text))


def read_yaml(text: str) -> Content:
    """YAML, or JSON under another name."""
    from fixer.formats.syntax.yaml import parse_yaml  # ruamel.yaml is loaded when there is YAML to read

    if text.lstrip().startswith("{"):
        try:
            return content(parse_json(text))
        except Refused:
            pass  # a flow mapping of YAML begins in the same way
    return content(parse_yaml(text))


def content(document: Document) -> Content:
    """Refused where the template has no Resources or makes them in a loop."""
    if not isinstance(document.root.get("Resources"), Mapping):
        raise Refused("no mapping of Resources", "a template has one", document.root.span.start, error=False)
    if "Fn::ForEach" in document.text:
        for node in walk(document.root):
            if isinstance(node, Scalar) and node.text.startswith("Fn::ForEach::"):
                raise Refused("makes resources with Fn::ForEach", "loops are not served", node.span.start, error=False)
    return Content(document)


def parsed(file: SourceFile) -> Content:
    return file.parsed(read_json if file.path.endswith(".json") else read_yaml)


@dataclass
class Template:
    """One template; what is parsed is shared by all views of the same text."""

    file: SourceFile
    problems: list[Problem] = field(default_factory=list)
    blind: list[str] = field(default_factory=list)

    @cached_property
    def content(self) -> Content | None:
        """The parsed file, None where it is refused, which is then a problem."""
        try:
            found = parsed(self.file)
        except Refused as refused:
            self.problems.append(self.file.problem(refused))
            return None
        self.blind += hidden(found.document)
        return found

    @cached_property
    def source(self) -> ParsedFile:
        """The file to be edited; only elements, which a refused file has none of, may ask for it."""
        return ParsedFile(self.file.path, parsed(self.file).document)

    def resources(self, kind: str) -> Iterator[Element]:
        """The resources of a type; a file without the word is not even parsed."""
        if kind not in self.file.text:
            return
        yield from (resource for resource in self.elements("Resources") if resource.type == kind)

    def elements(self, section: str) -> Iterator[Element]:
        """What a section holds, in source order."""
        found = self.content.document.root.get(section) if self.content else None
        if not isinstance(found, Mapping):
            return
        base = ("Properties",) if section == "Resources" else ()
        for entry in found.entries:
            yield Element(self.source, section, found, entry, base)

    @property
    def parameters(self) -> dict[str, Element]:
        return {element.name: element for element in self.elements("Parameters")}

    @property
    def conditions(self) -> dict[str, Element]:
        return {element.name: element for element in self.elements("Conditions")}

    @property
    def outputs(self) -> dict[str, Element]:
        return {element.name: element for element in self.elements("Outputs")}

    def element(self, section: str, name: str) -> Element | None:
        return next((element for element in self.elements(section) if element.name == name), None)

    def references(self, name: str) -> list[Mention]:
        """Every mention of a resource or parameter, in source order."""
        return [mention for mention in self.mentions(name) if mention.kind != "Condition"]

    def condition_references(self, name: str) -> list[Mention]:
        """Every mention of a condition, in source order: a resource may have the same name."""
        return [mention for mention in self.mentions(name) if mention.kind == "Condition"]

    def mentions(self, name: str) -> list[Mention]:
        return self.content.mentions.get(name, []) if self.content else []

    def all_mentions(self) -> list[Mention]:
        """Every mention of anything; a name in it may be that of a pseudo parameter."""
        return [m for found in self.content.mentions.values() for m in found] if self.content else []

    def condition(self, section: str, name: str) -> str | None:
        """The name of the condition that a resource or output has, None where it is always there."""
        element = self.element(section, name)
        value = element.whole["Condition"] if element else Absent()
        return str(value.value) if isinstance(value, Literal) else None

    def gated(self, place: Place, condition: str) -> bool:
        """Whether what stands at a place is used only where a condition holds."""
        return self.condition(place.section, place.owner) == condition or (condition, True) in place.gates

    @property
    def places(self) -> list[Place]:
        """Every node below the logical ids with where it stands, in source order."""
        return self.content.places if self.content else []

    def unique_name(self, *wanted: str) -> str:
        """The first of these names, or else of the last with 2, 3 … behind it, that nothing in the template has."""
        sections = ("Parameters", "Resources", "Conditions", "Mappings", "Rules")
        taken = {element.name for section in sections for element in self.elements(section)}
        names = chain(wanted, (f"{wanted[-1]}{number}" for number in count(2)))
        return next(name for name in names if name not in taken)

    def add_parameter(self, name: str, data: dict[str, Any]) -> Changes:
        return self.add("Parameters", name, data)

    def add_condition(self, name: str, data: dict[str, Any]) -> Changes:
        return self.add("Conditions", name, data)

    def add(self, section: str, name: str, data: Any) -> Changes:
        """Add an entry at the end of a section, which is made in its usual place where there is none."""
        root, data = self.source.document.root, spelled(data, self.source.document)
        entry = root.entry(section)
        if entry is None:
            return self.add_section(root, section, {name: data})
        if isinstance(entry.value, Mapping) and entry.value.entries:
            return self.source.insert(entry.value, name, data)
        return self.source.fill(root, entry, {name: data})

    def add_section(self, root: Mapping, section: str, data: dict[str, Any]) -> Changes:
        rank = SECTIONS.index(section)
        later = [e for e in root.entries if e.name in SECTIONS[rank + 1 :]]
        before = root.entries[: root.entries.index(later[0])] if later else root.entries
        if not before:
            return self.source.insert_first(root, section, data)
        return self.source.insert(root, section, data, before[-1])

    def rewrite(self, place: Place, data: Any) -> Changes:
        """Write data in the place of an expression."""
        return self.source.replace_node(place.above[-1], place.node, spelled(data, self.source.document))

    def insert_after(self, resource: Element, name: str, data: dict[str, Any]) -> Changes:
        """Add a resource below another."""
        return self.source.insert(resource.parent, name, spelled(data, self.source.document), resource.entry)


def hidden(document: Document) -> Iterator[str]:
    """Why resources may be in the template that its text does not show."""
    resources = document.root.get("Resources")
    if not isinstance(resources, Mapping):
        return
    for entry in resources.entries:
        if entry.name in MERGED:
            yield f"Resources takes in more through {entry.name}"
        elif isinstance(entry.value, Alias) or has_hidden_type(entry):
            yield f"the type of resource {entry.name} can't be read here"


def has_hidden_type(entry: Entry) -> bool:
    found = entry.value.get("Type") if isinstance(entry.value, Mapping) else None
    return found is not None and (not isinstance(found, Scalar) or call_of(found) is not None)


def open_view(unit: Unit, workspace: Workspace) -> Template:
    path = unit.files[0]
    if path in workspace:
        return Template(workspace[path])
    return Template(SourceFile(path, ""))


def check(file: SourceFile) -> None:
    """Parse a template; Refused where it is none."""
    if file.path.endswith(SUFFIXES):
        parsed(file)


def parts(file: SourceFile) -> list[Part]:
    return parts_of(parsed(file).document) if file.path.endswith(SUFFIXES) else []


def comments(file: SourceFile) -> list[Span]:
    return comments_of(parsed(file).document) if file.path.endswith(SUFFIXES) else []
