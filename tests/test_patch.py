"""Patches: whatever changed, git turns before into after byte for byte, and unidiff reads what git reads."""

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fixer.model import FileChange, Finding, Fix, Impact, Outcome, Result, Span, Status, Unit, Verdict
from fixer.output.patch import BadPatch, patch, prove, quoted

# Few different lines make long common stretches, as in real edits; the odd characters split lines elsewhere.
LINE = st.sampled_from(
    ["", "a", "b", "}", "  x = 1", "\f", "a\u2028b", "c\x85d", "é", "--- a", "+++ b", "@@ -1 +1 @@", "\\ x", "a\rb"]
)
TEXT = st.builds(
    lambda parts, last: "".join(parts) + last,
    st.lists(st.tuples(LINE, st.sampled_from(["\n", "\n", "\n", "\r\n"])).map("".join), max_size=30),
    st.sampled_from(["", "", "end", "}", "\r"]),
)
NAME = st.text(
    st.one_of(
        st.sampled_from("ab. \"\\'\t#é€"), st.characters(blacklist_characters="/\0", blacklist_categories=["Cs"])
    ),
    min_size=1,
    max_size=12,
).filter(lambda name: name not in (".", "..") and ".git" not in name.lower() and len(name.encode()) < 200)
PATH = st.lists(NAME, min_size=1, max_size=3).map("/".join)
SLOW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def outcome(*changes: FileChange, results: tuple[Result, ...] = ()) -> Outcome:
    return Outcome(Unit("terraform", ".", ()), results, changes)


def git(folder: Path, *arguments: str, data: bytes | None = None) -> bytes:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    done = subprocess.run(["git", *arguments], cwd=folder, input=data, capture_output=True, env=environment)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    return done.stdout


def applied(folder: Path, before: dict[str, bytes], changes: tuple[FileChange, ...], *flags: str) -> dict[str, bytes]:
    """The files after git has applied the patch of the changes to those before, in a new repository."""
    git(folder, "init", "-q", ".")
    git(folder, "config", "core.autocrlf", "false")
    for path, data in before.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    git(folder, "add", "-A")
    git(folder, "apply", *flags, "--whitespace=nowarn", "-", data=patch(outcome(*changes)).encode())
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.parts
    }


@SLOW
@given(before=TEXT, after=TEXT, path=PATH)
@example(before="a", after="a\n", path="x")
@example(before="a\n", after="a", path="team b/x")
@example(before="", after="a", path='é "q".tf')
@example(before="a\r\nb\r\n", after="a\r\nc\r\n", path="x y")
@example(before="a\fb\u2028c\nd", after="a\fb\u2028d\nd", path="\t")
@example(before="a\n" * 9 + "b\n" * 9, after="b\n" * 9 + "a\n" * 9, path="b/b")
def test_git_turns_before_into_after(
    before: str, after: str, path: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    if before == after:
        return
    folder = tmp_path_factory.mktemp("repository")
    change = FileChange(path, before.encode(), after.encode())
    assert applied(folder, {path: before.encode()}, (change,)) == {path: after.encode()}


@SLOW
@given(before=TEXT, after=TEXT, path=PATH)
@example(before="", after="", path="x")
def test_files_come_and_go(before: str, after: str, path: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("repository")
    changes = (FileChange("new/" + path, None, after.encode()), FileChange("old/" + path, before.encode(), None))
    assert applied(folder, {"old/" + path: before.encode()}, changes) == {"new/" + path: after.encode()}


@SLOW
@given(before=TEXT, after=TEXT, path=PATH)
@example(before="a\n", after="a\n", path="x y")
def test_files_move(before: str, after: str, path: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("repository")
    changes = (
        FileChange("new/" + path, None, after.encode(), 0o755, "old/" + path),
        FileChange("old/" + path, before.encode(), None, 0o755),
    )
    assert applied(folder, {"old/" + path: before.encode()}, changes) == {"new/" + path: after.encode()}


def test_three_way_merge_finds_the_blobs(tmp_path: Path) -> None:
    """The index line names whole blobs: a patch that no longer fits is merged."""
    before = b"".join(b"line %d\n" % number for number in range(20))
    after = before.replace(b"line 10\n", b"line ten\n")
    git(tmp_path, "init", "-q", ".")
    (tmp_path / "x.tf").write_bytes(before)
    git(tmp_path, "add", ".")
    git(tmp_path, "-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x")
    (tmp_path / "x.tf").write_bytes(b"first\n" + before.replace(b"line 12\n", b"line twelve\n"))
    git(tmp_path, "add", ".")
    git(tmp_path, "apply", "--3way", "-", data=patch(outcome(FileChange("x.tf", before, after))).encode())
    merged = (tmp_path / "x.tf").read_bytes()
    assert b"line ten\n" in merged
    assert b"line twelve\n" in merged


def test_patch_program_accepts_it(tmp_path: Path) -> None:
    changes = (FileChange("a b.tf", b"x\n", b"y"), FileChange("new.tf", None, b"z\n"))
    (tmp_path / "a b.tf").write_bytes(b"x\n")
    subprocess.run(["patch", "-p1", "-s"], cwd=tmp_path, input=patch(outcome(*changes)).encode(), check=True)
    assert (tmp_path / "a b.tf").read_bytes() == b"y"
    assert (tmp_path / "new.tf").read_bytes() == b"z\n"


def test_the_head_says_why(tmp_path: Path) -> None:
    fix = Fix((), Impact.IN_PLACE, "costs\nmoney")
    finding = Finding("some-id", "aws_x.y\x1b[31m", "x.tf", Span(0, 0), "is wrong\n--- a", fix)
    result = Result(finding, Status.PENDING, "", 3, 1)
    other = Result(Finding("other-id", "aws_x.z", "x.tf", Span(0, 0), "is advice"), Status.ADVICE, "think", 4, 1)
    change = FileChange("x.tf", b'resource "a" "b" {\n' + b"  c = 1\n" * 5, b'resource "a" "b" {\n' + b"  c = 1\n" * 4)
    text = patch(outcome(change, results=(result, other)))
    head = """\
# iacfix: . (Terraform)
#
# some-id [impact: in-place]: is wrong --- a
#   x.tf:3 aws_x.y?[31m
#   note: costs money
diff --git a/x.tf b/x.tf
"""
    assert text.startswith(head)
    assert "other-id" not in text
    assert '@@ resource "a" "b" {\n' in text
    git(tmp_path, "init", "-q", ".")
    assert change.before is not None
    (tmp_path / "x.tf").write_bytes(change.before)
    git(tmp_path, "apply", "-", data=text.encode())


def test_the_head_says_what_was_verified_and_why_the_impact_is_what_it_is() -> None:
    fact = "aws_x.y replaces the resource, which holds data"
    fixes = [
        Fix((), Impact.DATA_LOSS, "a snapshot helps", fact),
        Fix((), Impact.IN_PLACE, "", "aws_x.y changes in place"),
    ]
    findings = [Finding(f"t{n}", "aws_x.z", "x.tf", Span(0, 0), "is wrong", fix) for n, fix in enumerate(fixes)]
    results = tuple(Result(finding, Status.FIXED, "", 1, 1, Verdict.VERIFIED) for finding in findings)
    made = replace(outcome(FileChange("x.tf", b"a\n", b"b\n"), results=results), verification="verified by j:\nremark")
    assert patch(made).startswith("""\
# iacfix: . (Terraform)
# verified by j: remark
#
# t0 [impact: data-loss, verified]: is wrong
#   x.tf:1 aws_x.z
#   impact: aws_x.y replaces the resource, which holds data
#   note: a snapshot helps
#
# t1 [impact: in-place, verified]: is wrong
#   x.tf:1 aws_x.z
diff --git a/x.tf b/x.tf
""")


def test_mode_is_told() -> None:
    assert "new file mode 100755" in patch(outcome(FileChange("x.py", None, b"x\n", 0o755)))
    assert " 100644\n" in patch(outcome(FileChange("x.py", b"", b"x\n", 0o600)))


def test_nothing_changed_is_no_patch() -> None:
    assert patch(outcome()) == ""


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("a/b.tf", "a/b.tf"),
        ("a b", "a b"),
        ("é", '"\\303\\251"'),
        ('"', '"\\""'),
        ("x b/y", '"x\\040b/y"'),
        ("\x01", '"\\001"'),
    ],
)
def test_paths_are_quoted_as_git_does(path: str, shown: str) -> None:
    assert quoted(path) == shown


def test_a_wrong_patch_is_an_internal_error() -> None:
    right = patch(outcome(FileChange("x.tf", b"a\nb\n", b"a\nc\n")))
    for wrong in (right.replace("+c", "+d"), right.replace("-b", "-x"), right.replace(" a\n", ""), ""):
        with pytest.raises(BadPatch):
            prove(wrong, outcome(FileChange("x.tf", b"a\nb\n", b"a\nc\n")))
