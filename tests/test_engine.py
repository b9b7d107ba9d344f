"""The engine: which fixes go together, bisection, fixed points, statuses and their reasons."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from fixer.config import Options
from fixer.converge import ROUNDS, choose, converge
from fixer.engine import original_line, run
from fixer.model import Append, Change, Delete, Edit, Finding, Fix, Impact, Move, Outcome, Span, Status, Unit
from fixer.workspace import SourceFile, Workspace


def finding(name: str, *changes: Change, transform: str = "t") -> Finding:
    return Finding(transform, name, "a", Span(0, 1), "m", Fix(changes, Impact.NONE))


def edit(start: int, end: int, text: str, path: str = "a") -> Edit:
    return Edit(path, Span(start, end), text)


def workspace(text: str = "0123456789") -> Workspace:
    return Workspace({"a": SourceFile("a", text), "b": SourceFile("b", "b")})


def sound(before: Workspace, after: Workspace, findings: Sequence[Finding]) -> str | None:
    return None


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ([edit(0, 3, "x")], [edit(3, 5, "y")], True),
        ([edit(0, 3, "x")], [edit(2, 5, "y")], False),
        ([edit(0, 3, "x")], [edit(0, 3, "x")], True),
        ([edit(0, 3, "x")], [edit(0, 3, "y")], False),
        ([edit(2, 2, "x")], [edit(2, 2, "y")], True),
        ([edit(0, 5, "x")], [edit(2, 2, "y")], False),
        ([edit(0, 3, "x")], [edit(0, 3, "y", "b")], True),
        ([Append("n", "x")], [Append("n", "y")], True),
        ([Append("n", "x", "var.v")], [Append("n", "x", "var.v")], True),
        ([Append("n", "x", "var.v")], [Append("n", "y", "var.v")], False),
        ([Append("n", "x", "var.v")], [Edit("a", Span(1, 1), "y", "var.v")], False),
        ([edit(0, 1, "x")], [Move("a", "c")], False),
        ([Move("a", "c")], [edit(0, 1, "x")], False),
        ([Move("a", "c")], [Move("b", "c")], False),
        ([Delete("a")], [edit(0, 1, "x")], False),
        ([Append("c", "x")], [Move("a", "c")], False),
        ([Delete("a")], [Delete("b")], True),
    ],
)
def test_clashes(first: list[Change], second: list[Change], together: bool) -> None:
    chosen = choose([finding("1", *first), finding("2", *second)])
    assert len(chosen) == (2 if together else 1)


def test_a_clashing_fix_has_its_turn_in_the_next_round() -> None:
    def find(current: Workspace) -> list[Finding]:
        text = current["a"].text
        wanted = [("1", "012", "x"), ("2", "234", "y")]
        found = [(name, text.find(old), old, new) for name, old, new in wanted]
        return [finding(name, edit(at, at + 3, new)) for name, at, old, new in found if at >= 0]

    done = converge(workspace("012 234"), find, sound)
    assert done.workspace["a"].text == "x y"

    overlapping = converge(workspace("01234"), find, sound)
    assert overlapping.workspace["a"].text == "x34"


def test_the_fix_that_breaks_a_round_is_dropped_alone() -> None:
    def find(current: Workspace) -> list[Finding]:
        text = current["a"].text
        return [finding(c, edit(text.index(c), text.index(c) + 1, c.upper())) for c in "abcdefg" if c in text]

    def broken(before: Workspace, after: Workspace, findings: Sequence[Finding]) -> str | None:
        return "D is not allowed" if "D" in after["a"].text else None

    done = converge(workspace("abcdefg"), find, broken)
    assert done.workspace["a"].text == "ABCdEFG"
    assert done.failed == {("t", "a", "d", "m"): "D is not allowed"}
    assert len(done.applied) == 6


def test_a_fix_that_only_breaks_another_has_its_turn_in_the_next_round() -> None:
    def find(current: Workspace) -> list[Finding]:
        text = current["a"].text
        return [finding(c, edit(text.index(c), text.index(c) + 1, "x")) for c in "abc" if c in text]

    def broken(before: Workspace, after: Workspace, findings: Sequence[Finding]) -> str | None:
        return "two at once" if after["a"].text.count("x") > before["a"].text.count("x") + 1 else None

    done = converge(workspace("abc"), find, broken)
    assert done.workspace["a"].text == "xxx"
    assert not done.failed


def test_a_transform_that_never_ends_is_dropped_whole_and_the_others_stay() -> None:
    def find(current: Workspace) -> list[Finding]:
        text = current["a"].text
        once = [finding("once", edit(0, 1, "X"), transform="good")] if text[0] != "X" else []
        return [*once, finding("ever", edit(len(text), len(text), "+"), transform="bad")]

    done = converge(workspace("abc"), find, sound)
    assert done.workspace["a"].text == "Xbc"
    assert str(ROUNDS) in done.failed[("bad",)]


def test_a_late_line_is_told_as_a_line_of_the_users_text() -> None:
    before = "a\nb\nc\n"
    after = "a\nnew\nb\nC\n"
    assert [original_line(before, after, line) for line in (1, 3, 4)] == [1, 2, 3]


@pytest.fixture
def repair(tmp_path: Path) -> Callable[..., Outcome]:
    def go(options: Options | None = None, **files: str) -> Outcome:
        for name, text in files.items():
            (tmp_path / f"{name}.tf").write_text(text)
        unit = Unit("terraform", ".", tuple(f"{name}.tf" for name in sorted(files)))
        return run(unit, tmp_path, options or Options(select=("s3-public-access-block",)))

    return go


BUCKET = 'resource "aws_s3_bucket" "logs" {\n  bucket = "logs"\n}\n'


def test_a_pending_fix_has_place_and_change(repair: Callable[..., Outcome]) -> None:
    outcome = repair(main="# logs\n\n" + BUCKET)
    (result,) = outcome.results
    assert (result.status, result.line, result.column) == (Status.PENDING, 3, 1)
    (change,) = outcome.changes
    assert b"aws_s3_bucket_public_access_block" in (change.after or b"")


def test_a_suppressed_finding_is_left_alone(repair: Callable[..., Outcome]) -> None:
    ignored = "# iacfix: ignore[s3-public-access-block] served by hand\n" + BUCKET
    outcome = repair(main=ignored + "\n" + BUCKET.replace("logs", "b"))
    assert [result.status for result in outcome.results] == [Status.SUPPRESSED, Status.PENDING]
    assert "served by hand" in outcome.results[0].reason


def test_a_fix_above_the_ceiling_is_held_back(repair: Callable[..., Outcome]) -> None:
    outcome = repair(Options(select=("s3-public-access-block",), allow=Impact.NONE), main=BUCKET)
    (result,) = outcome.results
    assert result.status is Status.HELD_BACK
    assert "--allow in-place" in result.reason
    assert not outcome.changes


def test_a_broken_file_costs_no_other_file_its_fix(repair: Callable[..., Outcome]) -> None:
    outcome = repair(main=BUCKET, other='resource "aws_s3_bucket" "cut" {\n')
    assert [result.status for result in outcome.results] == [Status.PENDING]
    (problem,) = outcome.problems
    assert str(problem).startswith("other.tf:")


def test_a_companion_that_may_stand_in_a_broken_file_withholds_the_fix(repair: Callable[..., Outcome]) -> None:
    outcome = repair(main=BUCKET, other='resource "aws_s3_bucket_public_access_block" "logs" {\n')
    assert [result.status for result in outcome.results] == [Status.ADVICE]
    assert "other.tf can't be read" in outcome.results[0].reason


def test_a_file_that_is_gone_or_no_text_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(BUCKET)
    (tmp_path / "latin.tf").write_bytes(b"# caf\xe9\n")
    unit = Unit("terraform", ".", ("gone.tf", "latin.tf", "main.tf"))
    outcome = run(unit, tmp_path, Options(select=("s3-public-access-block",)))
    assert len(outcome.problems) == 2
    assert len(outcome.changes) == 1


def test_a_variable_is_not_appended_to_a_file_that_can_not_be_read(repair: Callable[..., Outcome]) -> None:
    outcome = repair(
        Options(select=("log-retention",)),
        main='resource "aws_cloudwatch_log_group" "a" {\n  name = "a"\n}\n',
        variables='variable "x" {\n',
    )
    assert [result.status for result in outcome.results] == [Status.ADVICE]
    assert "variables.tf can't be read" in outcome.results[0].reason


def test_what_hangs_together_through_a_local_is_one_finding(repair: Callable[..., Outcome]) -> None:
    zone = 'resource "aws_route53_zone" "z" {\n  name = "example.com"\n}\n'
    shared = "locals {\n  zone_id = aws_route53_zone.z.zone_id\n}\n"
    record = 'resource "aws_route53_record" "r" {\n  zone_id = local.zone_id\n  name = "r"\n  type = "A"\n}\n'
    outcome = repair(Options(select=("route53-conditional",)), main=f"{zone}\n{shared}\n{record}")
    assert [(r.status, r.reason) for r in outcome.results] == [(Status.PENDING, "")]
    assert b"one(aws_route53_zone.z[*].zone_id)" in (outcome.changes[0].after or b"")


def test_two_findings_of_one_name_are_fixed_in_two_rounds(repair: Callable[..., Outcome]) -> None:
    """The empty block takes one argument a round; the other block of its name must not count as not fixed."""
    database = 'resource "aws_db_instance" "orders" {\n'
    source = f"{database}  name = 1\n}}\n{database}}}\n"
    options = Options(select=("rds-encryption", "rds-deletion-protection"), allow=Impact.DATA_LOSS)
    outcome = repair(options, main=source)
    assert {result.status for result in outcome.results} == {Status.PENDING}
    assert outcome.changes[0].after is not None
    assert outcome.changes[0].after.count(b"= true") == 4
