"""Every fixture of every transform: what the run leaves, what it says, and what it must not touch."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from unidiff.patch import PatchSet

from fixer.config_file import load as load_options
from fixer.formats import load
from fixer.model import Impact, Refused, Result, Status
from fixer.workspace import SourceFile
from tests import reading
from tests.harness import Case, Run, Tree, case_folders, git_apply, read_tree, run, write_tree
from tests.variants import VARIANTS, comparable, dressed, expected

CASES = case_folders()
NAMES = [case.name for case in CASES]


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_fixture(case: Case, variant: str, tmp_path: Path, updating: bool) -> None:
    """The one transform on its own."""
    before = dressed(case.before, variant)
    write_tree(tmp_path, before)
    options = case.options(tmp_path)
    made = run(tmp_path, options)
    result = made.applied(before)
    if updating:
        if variant == "plain":
            case.record(result)
        return
    assert (case.folder / "after").is_dir(), "not recorded yet: make fixtures"
    assert read_tree(tmp_path) == before, "a dry run wrote something"
    assert_same(comparable(result, variant), comparable(expected(case.before, case.after, variant), variant))
    assert_said(case, made)
    assert_patch_leads_to(made, result, tmp_path)
    assert_parses(case.format, result)
    assert_kept(case, before, result, made.pending)
    again = run(tmp_path, options)
    assert not again.changes, f"the second run changes {[change.path for change in again.changes]}"
    assert not again.pending


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_all_transforms_together(case: Case, tmp_path: Path) -> None:
    """Every transform at once, whatever its impact, comes to an end and leaves sources that parse."""
    write_tree(tmp_path, case.before)
    options = replace(load_options(tmp_path), select=("ALL",), new=True, allow=Impact.DATA_LOSS)
    made = run(tmp_path, options)
    assert [result for result in made.results if result.status is Status.FAILED] == []
    result = made.applied(case.before)
    assert_patch_leads_to(made, result, tmp_path)
    assert_parses(case.format, result)
    assert not run(tmp_path, options).changes


def assert_same(result: Tree, wanted: Tree) -> None:
    assert sorted(result) == sorted(wanted)
    for path, data in wanted.items():
        assert result[path].decode() == data.decode(), path
        assert result[path] == data, path


def assert_said(case: Case, made: Run) -> None:
    """Every finding that is not fixed is expected, and all that is expected is said."""
    rest = [result for result in made.results if result.status is not Status.PENDING]
    wanted = case.settings.get("expect", [])
    missing = [entry for entry in wanted if not any(says(result, entry) for result in made.results)]
    unexpected = [brief(result) for result in rest if not any(says(result, entry) for entry in wanted)]
    assert not missing, f"expected and not said: {missing}; said: {[brief(result) for result in made.results]}"
    assert not unexpected, f"said and not in case.toml: {unexpected}"
    assert_listed([str(problem) for problem in made.problems], case.settings.get("problems", []))


def says(result: Result, entry: dict[str, str]) -> bool:
    return (
        result.status == entry["status"]
        and result.finding.subject == entry.get("subject", result.finding.subject)
        and entry.get("reason", "") in result.reason
    )


def brief(result: Result) -> tuple[str, str, str]:
    return str(result.status), result.finding.subject, result.reason


def assert_listed(problems: list[str], wanted: list[str]) -> None:
    assert all(any(text in problem for problem in problems) for text in wanted), (wanted, problems)
    assert [p for p in problems if not any(text in p for text in wanted)] == []


def assert_patch_leads_to(made: Run, result: Tree, root: Path) -> None:
    """git makes of the folder's files what the run says, from the patch alone."""
    assert len(PatchSet(made.patch)) == len({change.path for change in made.changes if not change.moved_from})
    if made.patch:
        git_apply(root, made.patch)
    assert_same(read_tree(root), result)


def assert_parses(format: str, tree: Tree) -> None:
    check = load(format).check
    for path, data in tree.items():
        try:
            check(SourceFile.decode(path, data))
        except Refused as refused:
            pytest.fail(f"{path}: {refused.what}")


def assert_kept(case: Case, before: Tree, after: Tree, fixed: Iterable[Result]) -> None:
    """No comment is lost; what changed or went is the subject of a finding, or spells something of one."""
    lost = +(reading.comments(before) - reading.comments(after))
    assert sorted(lost) == sorted(case.settings.get("lost_comments", []))
    old, new = reading.parts(before), reading.parts(after)
    touched = {name for name, body in old.items() if new.get(name) != body}
    concerned = concerns(old, [f"{result.finding.subject} {result.finding.message}" for result in fixed])
    assert [name for name in sorted(touched) if not concerned(name)] == []


def concerns(old: reading.Parts, subjects: list[str]) -> Callable[[str], bool]:
    """Whether a part is among the subjects, or spells a name of one, a text in one or what one is assigned to."""
    addresses = {address for subject in subjects for address in re.findall(r"[\w:-]+(?:[./:#\w-]*\w)?", subject)}
    words = {re.split(r"[./]", address)[-1].partition("#")[0] for address in addresses}
    bodies = [body for name, body in old.items() if name.rpartition(" ")[2] in words]
    words &= {name.rpartition(" ")[2] for name in old}
    texts = {found for body in bodies for found in re.findall(r"[\w/.-]{5,}|^\w+(?= = )", body)}
    return lambda name: any(found in f"{name} {old[name]}" for found in words | texts)
