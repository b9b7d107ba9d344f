"""Each edit verb on each resource of each template fixture: nothing but what it says changes, and no comment goes."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fixer.formats.cloudformation import Template, comments
from fixer.formats.cloudformation_content import parsed
from fixer.formats.cloudformation_element import Element
from fixer.formats.cloudformation_values import call_of
from fixer.formats.syntax.merge import merged
from fixer.formats.syntax.node import Mapping, Node, Sequence, resolved
from fixer.model import Changes, Edit
from fixer.transform import flat
from fixer.workspace import SourceFile, Workspace, read

FIXTURES = Path(__file__).parents[1] / "fixtures"
FILES = sorted(
    path.relative_to(FIXTURES).as_posix()
    for path in FIXTURES.glob("*/cloudformation/**/before/*")
    if path.suffix in (".yaml", ".yml", ".json")
)
NEW = {"A": True, "B": "x: y", "C": ["it's", 30], "D": [{"E": "yes", "F": None}]}


def plain(node: Node) -> Any:
    """A node's tag and data, aliases and merge keys resolved."""
    node = resolved(node)
    match node:
        case Mapping():
            data: Any = {name: plain(entry.value) for name, (_, entry) in merged(node).items()}
        case Sequence():
            data = [plain(item) for item in node.items]
        case _:
            data = node.text if node.tag else node.data
    return (node.tag, data) if node.tag else data


def resources(template: Template) -> Iterator[tuple[Element, Any]]:
    """Each resource whose properties are plain, with the template's data to be changed as its edit says."""
    assert template.content
    data = plain(template.content.document.root)
    for resource in template.elements("Resources"):
        properties = resource.whole.node("Properties")
        if resource.loops:
            continue
        if properties is None or (isinstance(properties, Mapping) and call_of(properties) is None):
            yield resource, copy.deepcopy(data)


def result(file: SourceFile, changes: Changes, *, removing: bool = False) -> Any:
    """The data after the changes, None where they are withheld or change other places too."""
    made = [change for change in flat(changes) if isinstance(change, Edit)]
    if not made or any(edit.shared for edit in made):
        return None
    after = Workspace({file.path: file}).apply(made)[file.path]
    kept = {after.text[span.start : span.end] for span in comments(after)}
    lost = {file.text[span.start : span.end] for span in comments(file)} - kept
    assert removing or not lost
    return plain(parsed(after).templates[0].document.root)


@pytest.fixture(params=FILES)
def file(request: pytest.FixtureRequest) -> SourceFile:
    return read(FIXTURES, request.param)


def test_set(file: SourceFile) -> None:
    for resource, data in resources(Template(file)):
        properties = data["Resources"][resource.name].setdefault("Properties", {}) or {}
        data["Resources"][resource.name]["Properties"] = {**properties, "New": {"Inner": NEW}}
        assert result(file, resource.set("New.Inner", NEW)) in (data, None)


def test_remove(file: SourceFile) -> None:
    for resource, data in resources(Template(file)):
        properties = data["Resources"][resource.name].get("Properties")
        for name in list(properties or ()):
            rest = {key: value for key, value in properties.items() if key != name}
            expected = copy.deepcopy(data)
            expected["Resources"][resource.name]["Properties"] = rest
            if not rest:
                del expected["Resources"][resource.name]["Properties"]
            assert result(file, resource.remove(name), removing=True) in (expected, None)


def test_replace(file: SourceFile) -> None:
    for resource, data in resources(Template(file)):
        properties = data["Resources"][resource.name].get("Properties")
        for name in list(properties or ()):
            expected = copy.deepcopy(data)
            expected["Resources"][resource.name]["Properties"][name] = NEW
            assert result(file, resource.set(name, NEW)) in (expected, None)


def test_insert_after(file: SourceFile) -> None:
    template = Template(file)
    for resource, data in resources(template):
        data["Resources"]["Inserted"] = {"Type": "AWS::SNS::Topic", "Properties": NEW}
        inserted = template.insert_after(resource, "Inserted", {"Type": "AWS::SNS::Topic", "Properties": NEW})
        assert result(file, inserted) in (data, None)


@pytest.mark.parametrize("section", ["Parameters", "Conditions", "Mappings", "Outputs"])
def test_add(file: SourceFile, section: str) -> None:
    template = Template(file)
    assert template.content
    data = plain(template.content.document.root)
    data[section] = {**data.get(section, {}), "Added": NEW}
    assert result(file, template.add(section, "Added", NEW)) == data
