"""The baseline: known findings are left alone wherever their lines and files go, and new ones are not."""

import json
from pathlib import Path

import pytest

from fixer import baseline
from fixer.baseline import fingerprint
from fixer.model import Finding, Span
from fixer.workspace import SourceFile
from tests.test_cli import Done, iacfix, make

BUCKET = 'resource "aws_s3_bucket" "b" {\n  bucket = "b"\n}\n'
VOLUME = 'resource "aws_ebs_volume" "v" {\n  availability_zone = "eu-west-1a"\n  size              = 1\n}\n'
FILE = "known.json"


@pytest.fixture(autouse=True)
def fresh() -> None:
    """A process reads a baseline once; here many runs share one."""
    baseline.load.cache_clear()


def write(root: Path, *arguments: str) -> Done:
    done = iacfix(root, "--write-baseline", FILE, *arguments)
    baseline.load.cache_clear()
    return done


def entries(root: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads((root / FILE).read_text())["entries"]
    return found


def results(root: Path, *arguments: str) -> list[tuple[str, str, str]]:
    """Status, path and reason of each finding against the baseline."""
    done = iacfix(root, "--baseline", FILE, "--output-format", "json", *arguments)
    assert done.returncode < 2, done.stderr
    return [(found["status"], found["path"], found["reason"]) for found in json.loads(done.stdout)["findings"]]


def test_what_is_known_is_left_alone(tmp_path: Path) -> None:
    make(tmp_path, {"main.tf": BUCKET + "\n" + VOLUME})
    done = write(tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert [entry["subject"] for entry in entries(tmp_path)] == ["aws_ebs_volume.v", "aws_s3_bucket.b"]
    assert results(tmp_path) == [("suppressed", "main.tf", "in the baseline")] * 2
    done = iacfix(tmp_path, "--baseline", FILE)
    assert (done.returncode, done.stdout) == (0, "")
    assert (tmp_path / "main.tf").read_text() == BUCKET + "\n" + VOLUME


def test_a_new_finding_is_not_known(tmp_path: Path) -> None:
    make(tmp_path, {"main.tf": BUCKET})
    write(tmp_path)
    make(tmp_path, {"main.tf": BUCKET + "\n" + BUCKET.replace('"b"', '"new"')})
    done = iacfix(tmp_path, "--baseline", FILE, "--apply")
    assert done.returncode == 0
    text = (tmp_path / "main.tf").read_text()
    assert text.count("aws_s3_bucket_public_access_block") == 1 and "aws_s3_bucket.new.id" in text


@pytest.mark.parametrize(
    "after",
    [
        {"main.tf": "# moved\n\nlocals {}\n\n" + BUCKET},
        {"main.tf": BUCKET.replace('bucket = "b"', 'bucket        = "other"\n  force_destroy = true')},
        {"main.tf": BUCKET.replace(" {", "   {", 1)},
        {"main.tf": BUCKET.replace("\n", "\r\n")},
        {"renamed.tf": BUCKET},
        {"main.tf": "locals {}\n", "other.tf": BUCKET},
        {"module/deep/main.tf": BUCKET},
    ],
)
def test_a_fingerprint_survives(tmp_path: Path, after: dict[str, str | bytes]) -> None:
    make(tmp_path, {"main.tf": BUCKET})
    write(tmp_path)
    (tmp_path / "main.tf").unlink()
    make(tmp_path, after)
    assert [(status, reason) for status, _, reason in results(tmp_path)] == [("suppressed", "in the baseline")]
    assert "not needed" not in iacfix(tmp_path, "--baseline", FILE).stderr


def test_duplicates_are_counted(tmp_path: Path) -> None:
    """A copy of a module is new; the module itself, renamed, is not."""
    make(tmp_path, {"a/main.tf": BUCKET, "b/main.tf": BUCKET})
    write(tmp_path)
    make(tmp_path, {"copy/main.tf": BUCKET})
    assert results(tmp_path) == [
        ("suppressed", "a/main.tf", "in the baseline"),
        ("suppressed", "b/main.tf", "in the baseline"),
        ("pending", "copy/main.tf", ""),
    ]
    (tmp_path / "a").rename(tmp_path / "z")
    (tmp_path / "copy" / "main.tf").unlink()
    assert [status for status, _, _ in results(tmp_path)] == ["suppressed", "suppressed"]


def test_a_stale_entry_is_told(tmp_path: Path) -> None:
    make(tmp_path, {"main.tf": BUCKET + "\n" + VOLUME, "sub/main.tf": BUCKET})
    write(tmp_path)
    make(tmp_path, {"main.tf": VOLUME})
    done = iacfix(tmp_path, "--baseline", FILE)
    assert done.returncode == 0
    [line] = [line for line in done.stderr.splitlines() if "not needed" in line]
    assert line.startswith(f"{FILE}:5:1: not needed any more: s3-public-access-block for aws_s3_bucket.b in main.tf;")
    for arguments in (("sub",), ("--select", "ebs-encryption")):
        assert "not needed" not in iacfix(tmp_path, "--baseline", FILE, *arguments).stderr, "it did not look"
    make(tmp_path, {"broken.tf": 'resource "aws_s3_bucket" "b" {'})
    assert "not needed" not in iacfix(tmp_path, "--baseline", FILE).stderr, "it could not look everywhere"


def test_the_file_merges_well(tmp_path: Path) -> None:
    """One line an entry, in an order of its own."""
    make(tmp_path, {"b.tf": BUCKET, "a/v.tf": VOLUME})
    write(tmp_path)
    text = (tmp_path / FILE).read_text()
    assert len(text.splitlines()) == 7
    assert [entry["path"] for entry in entries(tmp_path)] == ["a/v.tf", "b.tf"]
    assert str(tmp_path) not in text
    write(tmp_path, "--jobs", "2")
    assert (tmp_path / FILE).read_text() == text


def test_it_may_lie_elsewhere_and_be_renewed(tmp_path: Path) -> None:
    make(tmp_path, {"in/main.tf": BUCKET, "ci/keep": ""})
    for _ in range(2):
        iacfix(tmp_path / "in", "--write-baseline", "../ci/known.json")
        baseline.load.cache_clear()
        assert '"path": "../in/main.tf"' in (tmp_path / "ci" / "known.json").read_text()
    done = iacfix(tmp_path, "--baseline", "ci/known.json", "--write-baseline", "ci/known.json")
    assert done.returncode == 0
    assert '"path": "../in/main.tf"' in (tmp_path / "ci" / "known.json").read_text()


def test_what_the_source_ignores_needs_no_entry(tmp_path: Path) -> None:
    make(tmp_path, {"main.tf": "\n# iacfix: ignore on purpose\n" + BUCKET})
    write(tmp_path)
    assert entries(tmp_path) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "No such file"),
        ("{", "not a baseline"),
        ('{"form": 2, "entries": []}', "its form is not 1"),
        ('{"form": 1, "entries": [{"path": "x"}]}', "not a baseline"),
        ('{"form": 1, "entries": [1]}', "not a baseline"),
        ('{"form": 1}', "not a baseline"),
    ],
)
def test_a_file_that_is_no_baseline_is_one_line(tmp_path: Path, text: str | None, said: str) -> None:
    make(tmp_path, {"main.tf": BUCKET} | ({FILE: text} if text is not None else {}))
    done = iacfix(tmp_path, "--baseline", FILE)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert said in done.stderr and FILE in done.stderr


def test_a_message_counts_without_its_numbers() -> None:
    file = SourceFile("main.tf", BUCKET)

    def print_of(message: str, subject: str = "aws_s3_bucket.b") -> str:
        return fingerprint(Finding("s3-public-access-block", subject, "main.tf", Span(0, 5), message), file)

    assert print_of("kept for 7 days (main.tf:3)") == print_of("kept  for 14 days (other.tf:9)")
    assert print_of("kept for 7 days") != print_of("kept for ever")
    assert print_of("x") != print_of("x", "aws_s3_bucket.c")


def test_unused_ignores_are_told_when_asked(tmp_path: Path) -> None:
    ignored = "\n# iacfix: ignore[s3-public-access-block, ebs-encryption, log-retention] ours\n" + BUCKET
    make(tmp_path, {"main.tf": ignored + "\n# iacfix: ignore of nothing\nlocals {}\n"})
    assert "unused" not in iacfix(tmp_path).stderr
    done = iacfix(tmp_path, "--report-unused-ignores", "--select", "ALL")
    assert done.returncode == 0
    assert [line for line in done.stderr.splitlines() if "unused" in line] == [
        "main.tf:2:1: unused ignore of ebs-encryption; take it out",
        "main.tf:2:1: unused ignore of log-retention; take it out",
        "main.tf:7:1: unused ignore of ALL; take it out",
    ]
    some = iacfix(tmp_path, "--report-unused-ignores", "--select", "s3-public-access-block,log-retention").stderr
    assert "unused ignore of log-retention" in some
    assert "ebs-encryption" not in some and "ALL" not in some, "they may be needed when all transforms run"
