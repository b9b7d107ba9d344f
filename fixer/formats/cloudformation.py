"""The CloudFormation format, SAM included: a template in YAML or JSON."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, count
from typing import Any

from fixer.formats.cloudformation_content import Content, hidden, parsed
from fixer.formats.cloudformation_data import spelled
from fixer.formats.cloudformation_element import Element
from fixer.formats.cloudformation_loops import may_be_same
from fixer.formats.cloudformation_parts import comments_of, parts_of
from fixer.formats.cloudformation_references import Mention, Place
from fixer.formats.syntax.node import Mapping, resolved
from fixer.formats.syntax.parsed_file import ParsedFile
from fixer.formats.value import Absent, Literal
from fixer.model import Changes, Part, Problem, Refused, Span, Unit, Withheld
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
# What stands under a key of the template that is none of these, or under Metadata, is not deployed.
DEPLOYED = tuple(section for section in SECTIONS if section != "Metadata")
DOCUMENT = re.compile(r"^(?:---|\.\.\.)(?=\s|$)", re.MULTILINE)
SUFFIXES = (".yaml", ".yml", ".json", ".template")


@dataclass
class Template:
    """One template; what is parsed is shared by all views of the same text.

    `number` says which of the templates in the file it is, from 0.
    """

    file: SourceFile
    problems: list[Problem] = field(default_factory=list)
    blind: list[str] = field(default_factory=list)
    number: int = 0

    @cached_property
    def content(self) -> Content | None:
        """The parsed file, None where it is refused, which is then a problem."""
        try:
            found = parsed(self.file).templates[self.number]
        except Refused as refused:
            self.problems.append(self.file.problem(refused))
            return None
        self.blind += hidden(found)
        return found

    @cached_property
    def source(self) -> ParsedFile:
        """The file to be edited; only elements, which a refused file has none of, may ask for it."""
        templates = parsed(self.file).templates
        document = templates[self.number].document
        inert = tuple(entry.name for entry in document.root.entries if entry.name not in DEPLOYED)
        scope = f" (document {document.number})" if len(templates) > 1 else ""
        return ParsedFile(self.file.path, document, inert, scope)

    def resources(self, kind: str) -> Iterator[Element]:
        """The resources of a type; a file without the word is not even parsed."""
        if kind not in self.file.text:
            return
        yield from (resource for resource in self.elements("Resources") if resource.type == kind)

    def elements(self, section: str) -> Iterator[Element]:
        """What a section holds, in source order; what a loop makes is one element."""
        base = ("Properties",) if section == "Resources" else ()
        for one in self.content.made.get(section, ()) if self.content else ():
            yield Element(self.source, section, one.parent, one.entry, base, one.loops)

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
        """Every mention of a resource or parameter, in source order; with loops also what may be one."""
        return [mention for mention in self.mentions(name) if mention.kind != "Condition"]

    def condition_references(self, name: str) -> list[Mention]:
        """Every mention of a condition, in source order: a resource may have the same name."""
        return [mention for mention in self.mentions(name) if mention.kind == "Condition"]

    def mentions(self, name: str) -> list[Mention]:
        return self.content.mentions_of(name) if self.content else []

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
        elements = [element for section in sections for element in self.elements(section)]
        taken = {element.name for element in elements}
        looped = [(element.entry.name, element.loops) for element in elements if element.loops]
        names = chain(wanted, (f"{wanted[-1]}{number}" for number in count(2)))
        return next(n for n in names if n not in taken and not any(may_be_same(n, (), *other) for other in looped))

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
        value = resolved(entry.value)
        if isinstance(value, Mapping) and value.entries:
            return self.source.insert(value, name, data)
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
        """Add a resource below another; in a loop, where the name must hold what tells the rounds apart."""
        if any(loop.put(name, "") == name for loop in resource.loops):
            return Withheld(f"{resource.name} is made in a loop, and {name} would be made in each round")
        return self.source.insert(resource.parent, name, spelled(data, self.source.document), resource.entry)


def open_views(unit: Unit, workspace: Workspace) -> list[Template]:
    """A view of each template in the file: most have one, and are not parsed to find that out."""
    file = workspace[unit.files[0]] if unit.files[0] in workspace else SourceFile(unit.files[0], "")
    if len(DOCUMENT.findall(file.text)) < 2 and not DOCUMENT.search(file.text.lstrip(), 1):
        return [Template(file)]
    try:
        return [Template(file, number=number) for number in range(len(parsed(file).templates))]
    except Refused:
        return [Template(file)]


def check(file: SourceFile) -> None:
    """Parse a file; Refused where it holds no template."""
    if file.path.endswith(SUFFIXES):
        parsed(file)


def parts(file: SourceFile) -> list[Part]:
    return parts_of(parsed(file).roots) if file.path.endswith(SUFFIXES) else []


def comments(file: SourceFile) -> list[Span]:
    if not file.path.endswith(SUFFIXES):
        return []
    found = parsed(file)
    return [] if found.templates[0].document.json else comments_of(file.text, found.roots)
