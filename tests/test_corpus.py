"""The corpus run's own parts: what it looks for, and that it would see a regression."""

from pathlib import Path

import pytest

from tests.corpus import look, parsers
from tests.corpus.examine import Examined, new_messages, unparsed, worse
from tests.corpus.explain import UNEXPLAINED, remaining
from tests.corpus.judges.judge import INVALID, VALID, Judge, Verdict
from tests.corpus.judges.terraform import message
from tests.corpus.look.defect import Defect, Source
from tests.corpus.look.terraform import blocks
from tests.corpus.projects import Project
from tests.corpus.report import Kind
from tests.corpus.runs import Ran

MODULE = """
# resource "aws_iam_role" "commented" { name = "x" }
provider "aws" { region = "eu-central-1" }

resource "aws_iam_role" "worker" {
  name = "a } ${b ? "{" : "}"}" # name
  tags = { name = "not its name" }
}

resource "aws_iam_role" "free" {
  inline_policy {
    name = "nested"
  }
  description = <<EOT
    name = "in a heredoc"
  EOT
}

resource "aws_route53_zone" "main" {
  name = "example.org"
}

resource "aws_route53_zone" "gated" {
  count = var.enable_route53 ? 1 : 0
}
"""
TEMPLATE = """
Resources:
  Worker:
    Type: AWS::IAM::Role
    Properties: { RoleName: !Sub "${A}-worker" }
  Zone: { Type: AWS::Route53::HostedZone }
  Gated: { Type: AWS::Route53::HostedZone, Condition: Some }
"""
APP = """
import aws_cdk as cdk
from aws_cdk import aws_iam as iam, aws_s3 as s3, aws_route53 as dns
iam.Role(stack, "Worker", role_name=f"{x}-worker", assumed_by=p)
iam.Role(stack, "Free", assumed_by=p)
s3.Bucket(stack, "Open")
s3.Bucket(stack, "Closed", block_public_access=s3.BlockPublicAccess.BLOCK_ALL)
s3.Bucket(stack, "Undecided", **settings)
dns.PublicHostedZone(stack, "Zone", zone_name="a")
if stack.node.try_get_context("enable_route53"):
    dns.PublicHostedZone(stack, "Gated", zone_name="a")
"""


@pytest.mark.parametrize(
    ("format", "name", "text", "keys"),
    [
        ("terraform", "main.tf", MODULE, ["aws_iam_role.worker", "aws_route53_zone.main", "provider aws"]),
        ("cloudformation", "t.yaml", TEMPLATE, ["Worker", "Zone"]),
        ("cdk_python", "app.py", APP, ["Bucket 'Open'", "PublicHostedZone 'Zone'", "Role 'Worker'"]),
    ],
)
def test_the_look_sees_what_is_wrong(format: str, name: str, text: str, keys: list[str], tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    assert sorted(defect.key for defect in look.defects(format, tmp_path)) == keys


def test_blocks_are_told_from_what_looks_like_them() -> None:
    found = {block.address: block.attributes for block in blocks(Source("main.tf", MODULE))}
    assert list(found["aws_iam_role.worker"]) == ["name", "tags"]
    assert list(found["aws_iam_role.free"]) == ["description"]


def test_a_part_that_is_no_longer_valid_is_seen() -> None:
    before = {"a": Verdict(VALID), "b": Verdict(INVALID, ("old",)), "c": Verdict(VALID)}
    after = {"a": Verdict(INVALID, ("broken",)), "b": Verdict(INVALID, ("new", "old"))}
    assert list(worse("p", before, after)) == ["p/a: broken", "p/c: gone"]
    assert list(new_messages("p", before, after)) == ["p/b: new"]


@pytest.mark.parametrize(("status", "said"), [("advice", "advice: why"), ("pending", UNEXPLAINED)])
def test_what_remains_needs_a_reason(status: str, said: str, tmp_path: Path) -> None:
    defect = Defect("iam-role-name", "explicit name", "main.tf", "aws_iam_role.x", 3, 5)
    finding = {
        "id": "iam-role-name",
        "status": status,
        "reason": "why",
        "path": "main.tf",
        "line": 4,
        "subject": "",
        "message": "",
    }
    (tmp_path / "main.tf").write_text("\n" * 5)
    ran = Ran(Project("p", "tf-hcl", "terraform", tmp_path), [finding])
    assert [found.reason for found in remaining(ran, [defect], [defect])] == [said]


def test_a_new_defect_is_unexplained(tmp_path: Path) -> None:
    defect = Defect("iam-role-name", "explicit name", "main.tf", "aws_iam_role.x", 3, 5)
    ran = Ran(Project("p", "tf-hcl", "terraform", tmp_path))
    found = list(remaining(ran, [], [defect]))
    kind = Kind("terraform", [ran], Examined(remaining=found))
    assert len(kind.zeros["remains unexplained"]) == 1


def test_a_file_that_no_longer_parses_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.corpus.projects.BUILD", tmp_path / "build")
    project = Project("p", "cfn-yaml", "cloudformation", tmp_path / "before")
    for root, text in ((project.root, "a: 1\n"), (project.after, "a: [\n")):
        root.mkdir(parents=True)
        (root / "t.yaml").write_text(text)
    assert len(list(unparsed("cloudformation", Ran(project, changed=["t.yaml"])))) == 1


def test_own_parsers_refuse_what_is_broken(tmp_path: Path) -> None:
    for name, text in {"a.py": "x = (", "a.json": '{"a": 1, "a": 2}', "a.yaml": "a: 1\na: 2\n"}.items():
        (tmp_path / name).write_text(text)
    assert parsers.fault("cdk_python", tmp_path / "a.py")
    assert parsers.fault("cloudformation", tmp_path / "a.json")
    assert parsers.fault("cloudformation", tmp_path / "a.yaml")


def test_a_judge_is_asked_once_for_the_same_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.corpus.judges.judge.BUILD", tmp_path / "build")
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text("")
    asked: list[Path] = []

    def ask(roots: list[Path]):  # type: ignore[no-untyped-def]
        asked.extend(roots)
        return iter([(root, {".": Verdict(VALID)}) for root in roots])

    roots = [tmp_path / "one", tmp_path / "two"]
    for _ in range(2):
        said = Judge("j", "a judge", "", "1", ask).judge(roots)
        assert said == {root: {".": Verdict(VALID)} for root in roots}
    assert len(asked) == 1


def test_a_cycle_is_the_same_wherever_it_begins() -> None:
    assert message({"summary": "Cycle: b, a"}) == message({"summary": "Cycle: a, b", "detail": ""})
