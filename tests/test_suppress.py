"""Inline ignores: where they count, what they say, and what is no directive at all."""

import pytest

from fixer.model import Finding, Span
from fixer.suppress import mistakes, suppressed
from fixer.workspace import SourceFile

ID = "s3-public-access-block"
BUCKET = 'resource "aws_s3_bucket" "b" {\n  bucket = "b"\n}\n'
OTHER = BUCKET.replace('"b" {', '"other" {')
TEMPLATE = "Resources:\n  Bucket:\n    Type: AWS::S3::Bucket\n"


def reason(text: str, subject: str = 'resource "aws_s3_bucket" "b"', path: str = "main.tf") -> str | None:
    """The reason for ignoring a finding about the block that starts with `subject`."""
    start = text.index(subject)
    close = text.find("\n}\n", start)
    end = close + 2 if path.endswith(".tf") and close > 0 else len(text)
    return suppressed(SourceFile(path, text), Finding(ID, "x", path, Span(start, end), "is wrong"))


@pytest.mark.parametrize(
    "text",
    [
        f"# iacfix: ignore[{ID}] a website\n{BUCKET}",
        f"// iacfix: ignore[{ID}] a website\n{BUCKET}",
        f"#iacfix:ignore[{ID}] a website\n{BUCKET}",
        f"# iacfix: ignore[iam-role-name, {ID}] a website\n{BUCKET}",
        f"# iacfix: ignore[iam-role-name {ID}]: a website\n{BUCKET}",
        f"# iacfix: ignore[exposure] a website\n{BUCKET}",
        f"# iacfix: ignore a website\n{BUCKET}",
        f"# iacfix: ignore[{ID}] a website\n# more about it\n{BUCKET}",
        f"#checkov:skip=CKV_AWS_53:x # iacfix: ignore[{ID}] a website\n{BUCKET}",
        BUCKET.replace("{\n", f"{{ # iacfix: ignore[{ID}] a website\n"),
        BUCKET.replace("{\n", "{ # iacfix: ignore a website\n"),
        BUCKET.replace('"b"\n', f'"b" # iacfix: ignore[{ID}] a website\n'),
        f"# iacfix: ignore[{ID}] a website\n\n{OTHER}\n{BUCKET}",
        f"# license\n# iacfix: ignore[{ID}] a website\n\n{OTHER}\n{BUCKET}",
    ],
)
def test_a_directive_counts(text: str) -> None:
    found = reason(text)
    assert found is not None
    assert found.endswith(": a website")


@pytest.mark.parametrize(
    "text",
    [
        BUCKET,
        f"# iacfix: ignore[iam-role-name] another\n{BUCKET}",
        f"# iacfix: ignore[identity] another\n{BUCKET}",
        f"# iacfix: ignore[]\n{BUCKET}",
        f"# iacfix: ignored\n{BUCKET}",
        f"# see iacfix: ignore[{ID}]\n{BUCKET}",
        f"locals {{}}\n# iacfix: ignore[{ID}] not above\n\n{BUCKET}",
        f"# iacfix: ignore[{ID}] the other\n{OTHER}\n{BUCKET}",
        f'a = "# iacfix: ignore[{ID}]"\n{BUCKET}',
        f'a = "x" # iacfix: ignore[{ID}] on its own line\n{BUCKET}',
        f"{BUCKET}# iacfix: ignore[{ID}] below\n",
        BUCKET.replace('"b"\n', '"b" # iacfix: ignore everything of this line\n'),
        BUCKET.replace('"b"\n', f'"# iacfix: ignore[{ID}]"\n'),
    ],
)
def test_no_directive(text: str) -> None:
    assert reason(text) is None


def test_the_reason_may_be_missing() -> None:
    assert reason(f"\n# iacfix: ignore\n{BUCKET}") == "line 2"


@pytest.mark.parametrize(
    "text",
    [
        f"# iacfix: ignore[{ID}] a website\n{TEMPLATE}",
        TEMPLATE.replace("Bucket:\n", f"Bucket: # iacfix: ignore[{ID}] a website\n", 1),
        TEMPLATE.replace("  Bucket", f"  # iacfix: ignore[{ID}] a website\n  Bucket"),
        "Description: it's ours\n" + TEMPLATE.replace("Bucket:\n", f"Bucket: # iacfix: ignore[{ID}] a website\n", 1),
    ],
)
def test_in_yaml(text: str) -> None:
    assert (reason(text, "Bucket:", "template.yaml") or "").endswith("a website")


def test_in_python() -> None:
    text = f"import aws_cdk\n\n\nclass S:\n    # iacfix: ignore[{ID}] a website\n    Bucket(self, 'b')\n"
    assert reason(text, "Bucket", "app.py") == "line 5: a website"
    assert reason(f"# iacfix: ignore[{ID}] a website\n{text}", "class", "app.py") == "line 1: a website"


def test_in_json_the_metadata_says_it() -> None:
    """A JSON template has no comments."""
    text = '{"Resources": {"Bucket": {"Type": "AWS::S3::Bucket", "Metadata": {"iacfix": {"ignore": ["%s"]}}}}}'
    assert reason(text % ID, '"Bucket"', "t.json") == "Metadata"
    assert reason(text % "iam-role-name", '"Bucket"', "t.json") is None
    told = text.replace('["%s"]', '["%s"], "reason": "a website"') % ID
    assert reason(told, '"Bucket"', "t.json") == "Metadata: a website"
    assert reason(text.replace('["%s"]', "[1]"), '"Bucket"', "t.json") is None


def test_a_directive_that_names_nothing_is_told() -> None:
    problems = mistakes(SourceFile("main.tf", f"\n# iacfix: ignore[s3-public-acces-block] x\n{BUCKET}"))
    assert [str(problem) for problem in problems] == [
        f"main.tf:2:1: unknown transform or category 's3-public-acces-block'; did you mean '{ID}'?"
    ]
    assert not problems[0].error
    assert not mistakes(SourceFile("main.tf", f"# iacfix: ignore[{ID}, ALL, exposure]\n# iacfix: ignore\n"))
