"""The proof rejects what a careless edit does to a file, and accepts what careful ones do."""

import pytest

from fixer.formats import load
from fixer.model import Append, Change, Edit, Span
from fixer.proof import unproven
from fixer.workspace import SourceFile, Workspace

TERRAFORM = """# head
resource "a" "one" {
  x = "1" # why
  y = 2
}

/* about two */
resource "a" "two" {
  z = <<EOF
# no comment
EOF
  nested {
    deep = "#no"
  }
}
"""
TEMPLATE = """# head
Resources:
  One:
    Type: AWS::S3::Bucket # why
    Properties:
      BucketName: "a # b"
  Two:
    Type: AWS::SNS::Topic
Outputs:
  X:
    Value: !Ref One
"""
PYTHON = """# head
import os


class Stack:
    def __init__(self):
        x = "# no"  # why
        if x:
            y = 1
        z = 2
"""
SOURCES = {
    "terraform": ("main.tf", TERRAFORM),
    "cloudformation": ("t.yaml", TEMPLATE),
    "cdk_python": ("app.py", PYTHON),
}


def verdict(format: str, *changes: Change) -> str | None:
    path, text = SOURCES[format]
    before = Workspace({path: SourceFile(path, text)})
    return unproven(before, before.apply(changes), changes, load(format))


def swap(format: str, old: str, new: str) -> str | None:
    path, text = SOURCES[format]
    assert text.count(old) == 1
    at = text.index(old)
    return verdict(format, Edit(path, Span(at, at + len(old)), new))


@pytest.mark.parametrize(
    ("format", "old", "new"),
    [
        ("terraform", "y = 2", "y = 3"),
        ("terraform", "  y = 2\n", ""),
        ("terraform", "  y = 2\n", "  y = 2\n  w = 4\n"),
        ("terraform", 'x = "1"', 'x = var.on ? "1" : null'),
        ("cloudformation", 'BucketName: "a # b"', "BucketName: c"),
        ("cloudformation", "!Ref One", "!If [C, !Ref One, x]"),
        ("cloudformation", "    Type: AWS::SNS::Topic\n", "    Type: AWS::SNS::Topic\n    Condition: C\n"),
        ("cdk_python", "z = 2", "z = 3"),
        ("cdk_python", "        if x:\n            y = 1\n", ""),
        ("cdk_python", "import os\n", "import os\nimport sys\n"),
    ],
)
def test_what_an_edit_may_do(format: str, old: str, new: str) -> None:
    assert swap(format, old, new) is None


@pytest.mark.parametrize(
    ("format", "old", "new", "what"),
    [
        ("terraform", "y = 2", 'y = "2', "would leave"),
        ("terraform", "y = 2\n}", "y = 2 /* \n}", "would"),
        ("terraform", '"1" # why', '"1"', "lose the comment"),
        ("terraform", '  x = "1" # why\n', "", "lose the comment"),
        ("terraform", "  nested {", "  other {\n  nested {", "would"),
        ("terraform", "/* about two */\nresource", "/* about two\nresource", "would"),
        ("cloudformation", "    Type: AWS::S3::Bucket # why", "    Type: AWS::S3::Bucket", "lose the comment"),
        ("cloudformation", "  Two:\n", "    Two:\n", "would"),
        ("cloudformation", "Outputs:\n", "  Three:\n", "would"),
        ("cdk_python", 'x = "# no"', 'x = """# no', "would leave"),
        ("cdk_python", "  # why", " ", "lose the comment"),
    ],
)
def test_what_no_edit_may_do(format: str, old: str, new: str, what: str) -> None:
    reason = swap(format, old, new)
    assert reason is not None
    assert what in reason


def test_a_comment_that_moves_with_its_block_is_not_lost() -> None:
    start, end = TERRAFORM.index("/* about two */"), len(TERRAFORM)
    moved = Append("provider.tf", TERRAFORM[start:end])
    assert verdict("terraform", Edit("main.tf", Span(start, end), ""), moved) is None


def test_an_append_leaves_the_rest_alone() -> None:
    assert verdict("terraform", Append("main.tf", 'variable "v" {}\n')) is None


@pytest.mark.parametrize(("format", "expected"), [("terraform", 3), ("cloudformation", 2), ("cdk_python", 2)])
def test_what_is_a_comment(format: str, expected: int) -> None:
    path, text = SOURCES[format]
    spans = load(format).comments(SourceFile(path, text))
    assert [text[span.start : span.end] for span in spans][:2] == ["# head", "# why"]
    assert len(spans) == expected
