"""Every transform alone on every hostile input: no crash, what parsed still parses, a second run finds nothing."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fixer.config import Options
from fixer.formats import load
from fixer.model import Impact, Refused, Status
from fixer.transform import registry
from fixer.workspace import SourceFile
from tests.harness import FIXTURES, Run, git_apply, run, write_tree
from tests.variants import VARIANTS

DEPTH = 1_000
DRESSED = "everything"


def shapes() -> Iterator[tuple[str, str, bytes]]:
    """Format, name of the file and its content: those of the folder, some dressed differently, and generated ones."""
    for file in sorted((FIXTURES / "_shapes").glob("*/*")):
        yield file.parent.name, file.name, file.read_bytes()
        if file.stem == DRESSED:
            yield from ((file.parent.name, name, data) for name, data in dressed(file))
    for format, (name, texts) in GENERATED.items():
        yield from ((format, f"{what}{name}", data) for what, data in texts.items())


def dressed(file: Path) -> Iterator[tuple[str, bytes]]:
    data = file.read_bytes()
    for variant, change in VARIANTS.items():
        yield f"{variant}-{file.name}", change(data)
    yield f"bom-and-crlf-{file.name}", VARIANTS["bom"](VARIANTS["crlf"](data))
    yield f"carriage-returns-{file.name}", data.replace(b"\n", b"\r")
    yield f"every-other-crlf-{file.name}", data.replace(b"\n\n", b"\r\n\r\n")
    yield f"tabs-{file.name}", data.replace(b"  ", b"\t")
    yield f"cut-off-{file.name}", data[: len(data) * 2 // 3]
    yield f"nul-{file.name}", data + b"\0"
    yield f"latin-1-{file.name}", data + b"# \xe9\n"


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
            "many-operators": b"from aws_cdk import aws_s3 as s3\nx = " + b"1 + " * DEPTH + b"1\n",
        },
    ),
}
SHAPES = list(shapes())
CASES = [
    pytest.param(format, name, data, id, id=f"{id}-{format}-{name}")
    for format, name, data in SHAPES
    for id, transform in registry().items()
    if format in transform.formats()
]


@pytest.mark.parametrize(("format", "name", "data", "transform"), CASES)
def test_shape(format: str, name: str, data: bytes, transform: str, tmp_path: Path) -> None:
    write_tree(tmp_path, {name: data})
    made = checked(tmp_path, Options(select=(transform,), allow=Impact.DATA_LOSS))
    result = made.applied({name: data})
    assert unparsed(format, {name: data}) or not unparsed(format, result)
    if made.patch:
        git_apply(tmp_path, made.patch)
        assert (tmp_path / name).read_bytes() == result[name]
        assert not checked(tmp_path, Options(select=(transform,), allow=Impact.DATA_LOSS)).changes


@pytest.mark.parametrize(("format", "name", "data"), SHAPES, ids=[f"{format}-{name}" for format, name, _ in SHAPES])
def test_all_transforms_on_a_shape(format: str, name: str, data: bytes, tmp_path: Path) -> None:
    """Together they come to an end, too; the ephemeral profile turns some of them round."""
    write_tree(tmp_path, {name: data})
    options = Options(select=("ALL",), new=True, allow=Impact.DATA_LOSS)
    for chosen in (options, replace(options, profile="ephemeral")):
        made = checked(tmp_path, chosen)
        result = made.applied({name: data})
        assert unparsed(format, {name: data}) or not unparsed(format, result)


def checked(root: Path, options: Options) -> Run:
    made = run(root, options)
    assert [str(problem) for problem in made.problems if "internal error" in problem.what] == []
    assert [result for result in made.results if result.status is Status.FAILED] == []
    return made


def unparsed(format: str, files: dict[str, bytes]) -> list[str]:
    """Why the format's own check refuses files, for those that it does."""
    found = []
    for name, data in files.items():
        try:
            load(format).check(SourceFile.decode(name, data))
        except Refused as refused:
            found.append(f"{name}: {refused.what}")
    return found
