"""Every transform alone on every hostile input: no crash, what parsed still parses, a second run finds nothing.

The inputs are shapes, which all transforms meet, and each transform's own fixture in every hostile dress.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from fixer import engine, workspace
from fixer.config import Options
from fixer.formats import load
from fixer.model import Impact, Refused, Status
from fixer.transform import registry
from fixer.workspace import SourceFile
from tests.harness import FIXTURES, Case, Run, Tree, case_folders, git_apply, run, write_tree
from tests.hostile import dresses

DEPTH = 1_000
LINE = b"x" * 79 + b"\n"
LINES = 5_000_000 // len(LINE)
DRESSED = "everything"


def shapes() -> Iterator[tuple[str, str, bytes]]:
    """Format, name of the file and its content: those of the folder, some dressed differently, and generated ones."""
    for file in sorted((FIXTURES / "_shapes").glob("*/*")):
        yield file.parent.name, file.name, file.read_bytes()
        if file.stem == DRESSED:
            for dress, change in dresses(file.name).items():
                yield file.parent.name, f"{dress}-{file.name}", change(file.read_bytes())
    for format, (name, texts) in GENERATED.items():
        yield from ((format, f"{what}{name}", data) for what, data in texts.items())


def nested(opening: str, closing: str, before: str, after: str) -> bytes:
    return f"{before}{opening * DEPTH}1{closing * DEPTH}{after}".encode()


GENERATED = {
    "terraform": (
        ".tf",
        {
            "deep-lists": nested("[", "]", 'resource "aws_kms_key" "key" {\n  tags = ', "\n}\n"),
            "deep-objects": nested("{ a = ", " }", 'resource "aws_s3_bucket" "b" {\n  tags = ', "\n}\n"),
            "deep-templates": nested('"${', '}"', 'resource "aws_s3_bucket" "b" {\n  bucket = ', "\n}\n"),
            "deep-parentheses": nested("(", ")", 'resource "aws_route53_zone" "z" {\n  name = ', "\n}\n"),
            "deep-blocks": b"".join([b'resource "aws_s3_bucket" "b" {\n', b"x {\n" * DEPTH, b"}\n" * DEPTH, b"}\n"]),
            "long-line": b'resource "aws_s3_bucket" "b" {\n  bucket = "' + b"x" * 1_000_000 + b'"\n}\n',
            "heredoc": b'resource "aws_kms_key" "k" {\n  description = <<EOT\n' + LINE * LINES + b"EOT\n}\n",
            "many-operators": b'resource "aws_kms_key" "k" {\n  x = ' + b"1 + " * DEPTH + b"1\n}\n",
        },
    ),
    "cloudformation": (
        ".yaml",
        {
            "empty": b"",
            "deep-flow": nested("[", "]", "Resources:\n  Data:\n    Type: AWS::S3::Bucket\n    Metadata: ", "\n"),
            "deep-block": (
                b"Resources:\n  Data:\n    Type: AWS::S3::Bucket\n    Metadata:\n"
                + b"".join(b" " * (6 + level) + b"a:\n" for level in range(DEPTH))
            ),
            "deep-subs": nested("!Sub [", "]", "Resources:\n  A:\n    Type: AWS::S3::Bucket\n    Metadata: ", "\n"),
            "long-line": b"Resources:\n  Data:\n    Type: AWS::S3::Bucket # " + b"x" * 1_000_000 + b"\n",
            "block": b"Resources:\n  Key:\n    Type: AWS::KMS::Key\nDescription: |\n" + (b"  " + LINE) * LINES,
            "deep-json": nested("[", "]", '{"Resources": {"Data": {"Type": "AWS::S3::Bucket", "Metadata": ', "}}}"),
        },
    ),
    "cdk_python": (
        ".py",
        {
            "empty": b"",
            "deep-lists": nested(
                "[", "]", "from aws_cdk import Stack, aws_s3 as s3\ns3.Bucket(Stack(), 'a')\nx = ", "\n"
            ),
            "deep-calls": nested("s3.Bucket(", ")", "from aws_cdk import aws_s3 as s3\n", "\n"),
            "long-line": b"from aws_cdk import Stack, aws_s3 as s3\ns3.Bucket(Stack(), '" + b"x" * 1_000_000 + b"')\n",
            "text": b'from aws_cdk import aws_kms as kms\nlong = """\n' + LINE * LINES + b'"""\n',
            "many-operators": b"from aws_cdk import aws_s3 as s3\nx = " + b"1 + " * DEPTH + b"1\n",
        },
    ),
}
SHAPES = list(shapes())
IDS = [f"{format}-{name}" for format, name, _ in SHAPES]


@cache
def cases() -> dict[str, Case]:
    """For each transform and format the smallest of its fixtures that it changes, by `transform-format`."""
    found: dict[str, Case] = {}
    changed = [case for case in case_folders() if case.after != case.before and not case.settings.get("problems")]
    for case in sorted(changed, key=lambda case: sum(map(len, case.before.values()))):
        found.setdefault(f"{case.transform}-{case.format}", case)
    return found


@pytest.fixture(autouse=True)
def read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Transforms that look at the same file alone share what is parsed from it, as they do in one run."""
    monkeypatch.setattr(engine, "read", cache(workspace.read))


@pytest.mark.parametrize(("format", "name", "data"), SHAPES, ids=IDS)
def test_each_transform_alone_on_a_shape(format: str, name: str, data: bytes, tmp_path: Path) -> None:
    write_tree(tmp_path / "before", {name: data})
    for id, transform in registry().items():
        if format in transform.formats():
            proved(tmp_path, id, format, {name: data}, Options(select=(id,), allow=Impact.DATA_LOSS))


@pytest.mark.parametrize("case", cases())
def test_own_fixture_in_every_dress(case: str, tmp_path: Path) -> None:
    """What a transform repairs when it is plainly written, in dresses that no fixture of its own has."""
    chosen = cases()[case]
    options = replace(chosen.options(chosen.folder / "before"), allow=Impact.DATA_LOSS)
    changed = [path for path, data in chosen.before.items() if chosen.after.get(path) != data]
    for dress in sorted({dress for path in changed for dress in dresses(path)}):
        worn = {path: dresses(path).get(dress, bytes)(data) for path, data in chosen.before.items()}
        write_tree(tmp_path / dress / "before", worn)
        proved(tmp_path / dress, f"{chosen.name} {dress}", chosen.format, worn, options)


@pytest.mark.parametrize(("format", "name", "data"), SHAPES, ids=IDS)
def test_all_transforms_on_a_shape(format: str, name: str, data: bytes, tmp_path: Path) -> None:
    """Together they come to an end, too; the ephemeral profile turns some of them round."""
    write_tree(tmp_path, {name: data})
    options = Options(select=("ALL",), new=True, allow=Impact.DATA_LOSS)
    large = len(data) > 500_000  # once is long enough
    for chosen in (options, *(() if large else (replace(options, profile="ephemeral"),))):
        made = checked(tmp_path, "ALL", chosen)
        result = made.applied({name: data})
        assert unparsed(format, {name: data}) or not unparsed(format, result)


def proved(root: Path, what: str, format: str, tree: Tree, options: Options) -> None:
    """Repair `root/before`, which holds the tree, and whatever must hold of the result."""
    made = checked(root / "before", what, options)
    if not made.changes:
        return
    result, patched = made.applied(tree), root / what
    assert broken(format, tree, result) == [], what
    write_tree(patched, tree)
    git_apply(patched, made.patch)
    assert {path: (patched / path).read_bytes() for path in result} == result, what
    assert not checked(patched, what, options).changes, f"{what}: a second run changes something"


def checked(root: Path, what: str, options: Options) -> Run:
    made = run(root, options)
    assert [str(problem) for problem in made.problems if "internal error" in problem.what] == [], what
    assert [result for result in made.results if result.status is Status.FAILED] == [], what
    return made


def broken(format: str, before: Tree, after: Tree) -> list[str]:
    """The files that parse before and not after."""
    return [f"{path}: {why}" for path, why in unparsed(format, after).items() if path not in unparsed(format, before)]


def unparsed(format: str, files: Tree) -> dict[str, str]:
    """Why the format's own check refuses files, for those that it does."""
    found = {}
    for name, data in files.items():
        try:
            load(format).check(SourceFile.decode(name, data))
        except Refused as refused:
            found[name] = refused.what
    return found
