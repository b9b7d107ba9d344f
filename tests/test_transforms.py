"""What every transform owes: its documentation, a fixture for each format; and which way imports may go."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import transforms
from fixer.formats import FORMATS
from fixer.transform import HEADINGS, Transform, registry
from tests.harness import FIXTURES, case_folders

ROOT = Path(__file__).parents[1]
PARSERS = {"hcl2", "lark", "ruamel", "yaml", "libcst"}
REGISTRY = "fixer/transform.py"
KINDS = list(registry().values())
IDS = list(registry())


@pytest.mark.parametrize("kind", KINDS, ids=IDS)
def test_docstring(kind: type[Transform]) -> None:
    doc = kind.doc()
    assert tuple(doc) == ("", *HEADINGS)
    assert all(doc.values()), "a heading without text"
    assert doc[""].endswith(".") and "\n\n" not in doc[""], "the summary is one sentence"
    assert "https://" in doc["References"]


@pytest.mark.parametrize("kind", KINDS, ids=IDS)
def test_a_fixture_for_each_format(kind: type[Transform]) -> None:
    cases = [case for case in case_folders() if case.transform == kind.id()]
    repaired = {case.format for case in cases if case.after != case.before}
    assert set(kind.formats()) <= repaired, "a format without a fixture in which something is repaired"
    assert {case.format for case in cases} <= set(kind.formats())


def test_every_fixture_belongs_to_a_transform_and_a_format() -> None:
    assert {case.transform for case in case_folders()} <= set(IDS)
    assert {case.format for case in case_folders()} <= set(FORMATS)
    unknown = {path.name for path in FIXTURES.iterdir() if path.is_dir()} - set(IDS) - {"demo", "_shapes"}
    assert not unknown


@pytest.mark.parametrize(
    "name", [m.name for m in pkgutil.walk_packages(transforms.__path__, "transforms.") if not m.ispkg]
)
def test_one_transform_a_module(name: str) -> None:
    """A module whose name begins with an underscore is shared by transforms and holds none."""
    module = importlib.import_module(name)
    own = [kind for _, kind in inspect.getmembers(module, inspect.isclass) if kind.__module__ == name]
    found = [kind for kind in own if issubclass(kind, Transform)]
    assert len(found) == (0 if name.rpartition(".")[2].startswith("_") else 1)
    assert all(kind.__name__ == name.rpartition(".")[2].title().replace("_", "") for kind in found)


def test_the_engine_imports_no_transform() -> None:
    """The registry finds them; nothing else in `fixer` may know one."""
    assert [path for path, name in imports("fixer") if name.split(".")[0] == "transforms" and path != REGISTRY] == []


def test_parsers_are_met_in_formats_alone() -> None:
    met = [(path, name) for path, name in [*imports("fixer"), *imports("transforms")] if name.split(".")[0] in PARSERS]
    assert [pair for pair in met if not pair[0].startswith("fixer/formats/")] == []


def test_nothing_imports_the_tests() -> None:
    assert [pair for pair in [*imports("fixer"), *imports("transforms")] if pair[1].split(".")[0] == "tests"] == []


def test_an_id_is_written_nowhere() -> None:
    """It is the module's name: as a text of its own it would be written twice."""
    spelled = {(path, text) for path, text in texts("fixer", "transforms") if text in IDS}
    assert spelled == set()


def modules(folder: str) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / folder).rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def imports(folder: str) -> Iterator[tuple[str, str]]:
    """Every module that a file imports, wherever in the file it does."""
    for path, module in modules(folder):
        for node in ast.walk(module):
            if isinstance(node, ast.Import):
                yield from ((path, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield path, node.module


def texts(*folders: str) -> Iterator[tuple[str, str]]:
    for path, module in (found for folder in folders for found in modules(folder)):
        for node in ast.walk(module):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield path, node.value
