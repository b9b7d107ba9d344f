"""--verify with the real judges: what they take is kept, what they refuse is taken back alone, and the rest is said."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which
from typing import Any

import pytest

from fixer.config import Options
from fixer.engine import run
from fixer.formats.cdk_python import App
from fixer.formats.cloudformation import Template
from fixer.formats.terraform import Module
from fixer.formats.value import Absent
from fixer.model import FileChange, Finding, Fix, Impact, Key, Outcome, Result, Span, Status, Unit
from fixer.transform import Transform, flat, registry
from fixer.verify.difference import differences
from fixer.verify.judge import Judgement, NotVerified
from fixer.verify.process import ran
from fixer.verify.scratch import scratch
from fixer.verify.trials import CALLS, NOT_ASKED, Trials
from tests.corpus.judges.cdk import no_synth
from tests.corpus.judges.cloudformation import no_cfn_lint
from tests.corpus.judges.judge import JUDGES
from tests.corpus.judges.terraform import TFVALIDATE, no_terraform
from tests.test_cli import Done, iacfix, make

terraform = pytest.mark.skipif(bool(no_terraform()), reason=no_terraform())
cfn_lint = pytest.mark.skipif(bool(no_cfn_lint()), reason=no_cfn_lint())
synthesis = pytest.mark.skipif(bool(no_synth()), reason=no_synth())

GROUP = 'resource "aws_cloudwatch_log_group" "g" {\n  name = "g"\n}\n'
QUEUE = 'resource "aws_sqs_queue" "q" {\n  name = "q"\n}\n'
KEY = "  Key:\n    Type: AWS::KMS::Key\n    Properties:\n      KeyPolicy: {}\n"
TEMPLATE = "Resources:\n" + KEY + "  Queue:\n    Type: AWS::SQS::Queue\n"
STACK = """from aws_cdk import App, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs

app = App()
stack = Stack(app, "Orders")
key = kms.Key(stack, "Key")
"""
QUEUE_MADE = 'queue = sqs.Queue(stack, "Queue")\n'
BUCKET_MADE = 'bucket = s3.Bucket(stack, "Bucket", block_public_access=s3.BlockPublicAccess.BLOCK_ALL)\n'


class Unfit(Transform):
    """Make what no judge takes: a queue with a colour, and a bucket with another name, which claims to be harmless."""

    impact = Impact.NONE

    def terraform(self, module: Module) -> Iterable[Finding]:
        for queue in module.resources("aws_sqs_queue"):
            if queue["colour"] == Absent():
                yield self.finding(queue, "queue has no colour", queue.set("colour", "red"))

    def cloudformation(self, template: Template) -> Iterable[Finding]:
        for queue in template.resources("AWS::SQS::Queue"):
            if queue["Colour"] == Absent():
                yield self.finding(queue, "queue has no colour", queue.set("Colour", "red"))

    def cdk_python(self, app: App) -> Iterable[Finding]:
        for kind, name in (("aws_sqs.Queue", "colour"), ("aws_s3.Bucket", "bucket_name")):
            for construct in app.resources(f"aws_cdk.{kind}"):
                if construct[name] == Absent():
                    changes = list(flat(construct.set(name, "red")))  # without what the facts say of them
                    yield self.finding(construct, f"no {name}", changes)


@pytest.fixture
def unfit(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setitem(registry(), Unfit.id(), Unfit)
    return f"{Unfit.id()},kms-key-rotation,log-retention"


def verify(root: Path, *arguments: str, **environment: str) -> Done:
    judges = {"IACFIX_TFVALIDATE": str(TFVALIDATE), "IACFIX_CFN_LINT": str(JUDGES / "cfn-lint")}
    path = f"{JUDGES}{os.pathsep}{os.environ['PATH']}"
    return iacfix(root, "--verify", *arguments, **{**judges, "PATH": path, **environment})


def findings(done: Done) -> dict[str, dict[str, Any]]:
    """Those of a JSON report, by transform and subject."""
    return {f"{entry['id']} {entry['subject']}": entry for entry in json.loads(done.stdout)["findings"]}


@terraform
def test_terraform_takes_back_what_the_schema_refuses_and_keeps_the_rest(tmp_path: Path, unfit: str) -> None:
    make(tmp_path, {"main.tf": GROUP + "\n" + QUEUE})
    done = verify(tmp_path, "--apply", "--select", unfit, "--output-format=json")
    found = findings(done)
    kept, refused = found["log-retention aws_cloudwatch_log_group.g"], found["test-verify aws_sqs_queue.q"]
    assert (kept["status"], kept["verification"]) == ("fixed", "verified")
    assert (refused["status"], refused["verification"]) == ("failed", "rejected")
    assert "tfvalidate: main.tf:" in refused["reason"]
    assert "Unsupported argument" in refused["reason"]
    assert done.returncode == 2
    text = (tmp_path / "main.tf").read_text()
    assert "retention_in_days = var.cloudwatch_retention_days" in text
    assert text.endswith(QUEUE)
    assert (tmp_path / "variables.tf").is_file()


@terraform
def test_a_dry_run_says_verified_and_writes_nothing(tmp_path: Path) -> None:
    make(tmp_path, {"env/main.tf": GROUP + '\nmodule "m" {\n  source = "../mod"\n}\n', "mod/main.tf": ""})
    done = verify(tmp_path / "env")
    assert done.stderr.startswith(f".: verified by {TFVALIDATE.name}\nmain.tf:1:1: log-retention ")
    assert done.stdout.startswith(f"# iacfix: . (Terraform)\n# verified by {TFVALIDATE.name}\n#\n# log-retention [")
    assert " [impact: in-place, verified]: " in done.stdout
    assert "(in-place) verified\n" in done.stderr
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["main.tf", "main.tf"]


@terraform
def test_errors_that_were_there_do_not_count(tmp_path: Path) -> None:
    make(tmp_path, {"main.tf": GROUP + '\nresource "aws_sqs_queue" "q" {\n  colour = "red"\n}\n'})
    done = verify(tmp_path)
    assert "verified by tfvalidate: 1 error was there before and may hide others" in done.stderr
    assert "(in-place) verified\n" in done.stderr


@terraform
def test_an_initialised_module_is_asked_with_its_own_providers(tmp_path: Path) -> None:
    """The module has none but the one that is built in, so that init needs no network."""
    if not which("terraform"):
        pytest.skip("terraform is not on PATH")
    block = 'terraform {\n  required_version = ">= 1"\n}\n'
    call = '\nmodule "m" {\n  source = "../mod"\n}\n'
    make(tmp_path, {"own/main.tf": block + call, "mod/main.tf": 'resource "terraform_data" "d" {}\n'})
    ran(["terraform", "init", "-no-color"], tmp_path / "own", 60)
    done = verify(tmp_path / "own", "--select=layout", IACFIX_TFVALIDATE="")
    assert done.stderr.startswith(".: verified by terraform validate\n")
    assert "verified\n" in done.stderr


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_can_not_be_verified_is_said(tmp_path: Path, form: str) -> None:
    make(tmp_path, {"main.tf": GROUP})
    done = verify(tmp_path, "--output-format", form, IACFIX_TFVALIDATE="")
    assert done.returncode == 2
    assert ".: NOT VERIFIED: " in done.stderr
    assert "(in-place) not verified\n" in done.stderr
    assert done.stderr.count("NOT VERIFIED") == 1
    if form == "text":
        assert done.stdout.startswith("# iacfix: . (Terraform)\n# NOT VERIFIED: ")
        assert "# log-retention [impact: in-place, not verified]: " in done.stdout
    else:
        (entry,) = findings(done).values()
        assert (entry["status"], entry["verification"]) == ("pending", "not verified")


def test_a_validator_that_fails_verifies_nothing(tmp_path: Path) -> None:
    make(tmp_path, {"main.tf": GROUP, "template.yaml": TEMPLATE})
    done = verify(tmp_path, IACFIX_TFVALIDATE="/bin/false", IACFIX_CFN_LINT="/bin/none")
    assert "NOT VERIFIED: false failed: it says nothing" in done.stderr
    assert "NOT VERIFIED: none does not start" in done.stderr
    assert done.stderr.count(" not verified\n") == 2


@cfn_lint
def test_cfn_lint_takes_back_what_the_schema_refuses_and_keeps_the_rest(tmp_path: Path, unfit: str) -> None:
    make(tmp_path, {"template.yaml": TEMPLATE})
    done = verify(tmp_path, "--select", unfit, "--output-format=json")
    found = findings(done)
    assert found["kms-key-rotation Key"]["verification"] == "verified"
    refused = found["test-verify Queue"]
    assert (refused["status"], refused["verification"]) == ("failed", "rejected")
    assert refused["reason"].startswith("rejected by cfn-lint: template.yaml:")
    (unit,) = json.loads(done.stdout)["units"]
    assert "EnableKeyRotation" in unit["diff"]
    assert "Colour" not in unit["diff"]
    assert (tmp_path / "template.yaml").read_text() == TEMPLATE


def app(root: Path, source: str, command: str = "python3 app.py", **more: str) -> Path:
    return make(root, {"app.py": source + "app.synth()\n", "cdk.json": json.dumps({"app": command}), **more})


@synthesis
def test_synthesis_takes_back_what_fails_and_what_does_more_than_is_allowed(tmp_path: Path, unfit: str) -> None:
    app(tmp_path, STACK + QUEUE_MADE + BUCKET_MADE)
    done = verify(tmp_path, "--verify-cdk", "--select", unfit, "--output-format=json")
    kept, failing, harmful = json.loads(done.stdout)["findings"]
    assert (kept["id"], kept["verification"]) == ("kms-key-rotation", "verified")
    assert (failing["message"], failing["verification"]) == ("no colour", "rejected")
    assert "does not synthesize: TypeError" in failing["reason"]
    assert (harmful["message"], harmful["verification"]) == ("no bucket_name", "rejected")
    assert "(AWS::S3::Bucket) changes BucketName: data-loss" in harmful["reason"]
    (unit,) = json.loads(done.stdout)["units"]
    assert "(AWS::KMS::Key) changes EnableKeyRotation: in-place" in unit["verification"]
    assert "red" not in unit["diff"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["app.py", "cdk.json"]


@synthesis
def test_a_ceiling_holds_for_what_synthesis_shows_of_the_fixes_that_it_is_for(tmp_path: Path, unfit: str) -> None:
    """The volume may be replaced, the bucket may not: the same templates show both."""
    volume = (
        "from aws_cdk import Size\nfrom aws_cdk import aws_ec2 as ec2\n\n"
        'ec2.Volume(stack, "Volume", availability_zone="a", size=Size.gibibytes(1))\n'
    )
    app(tmp_path, STACK + BUCKET_MADE + volume)
    select = ("--select", f"{unfit},ebs-encryption", "--allow=data-loss", "--output-format=json")
    found = findings(verify(tmp_path, "--verify-cdk", *select))
    assert {entry["verification"] for entry in found.values()} == {"verified"}
    make(tmp_path, {".iacfix.toml": f'[{Unfit.id()}]\nmax-impact = "in-place"\n'})
    found = findings(verify(tmp_path, "--verify-cdk", *select))
    assert {name.split()[0]: entry["verification"] for name, entry in found.items()} == {
        "ebs-encryption": "verified",
        "kms-key-rotation": "verified",
        Unfit.id(): "rejected",
    }
    (refused,) = (entry["reason"] for entry in found.values() if entry["id"] == Unfit.id())
    assert "(AWS::S3::Bucket) changes BucketName: data-loss" in refused


@synthesis
def test_a_fix_that_does_more_than_it_claims_is_told(tmp_path: Path, unfit: str) -> None:
    app(tmp_path, STACK + BUCKET_MADE)
    done = verify(tmp_path, "--verify-cdk", "--select", unfit, "--allow=data-loss")
    assert ".: verified by CDK synthesis: more than the in-place that the fixes claim: Orders.Bucket" in done.stderr
    assert "rejected" not in done.stderr


def test_an_app_is_run_only_when_that_is_allowed(tmp_path: Path) -> None:
    app(tmp_path, f"open({str(tmp_path / 'ran')!r}, 'w')\n" + STACK)
    done = verify(tmp_path)
    assert done.returncode == 1
    assert ".: NOT VERIFIED: that would run the app's program; --verify-cdk allows it\n" in done.stderr
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("python3 app.py && rm -rf x", "cdk.json runs the app with 'python3 app.py && rm -rf x'"),
        ("npx ts-node app.ts", "cdk.json runs the app with 'npx ts-node app.ts'"),
        (".venv/bin/python app.py", "there is no .venv/bin/python"),
        ("python3 broken.py", "the app does not synthesize: ZeroDivisionError: division by zero"),
        ("python3 empty.py", "the app makes no template"),
        ("python3 endless.py", "python3 took longer than 2 s"),
    ],
)
def test_why_an_app_is_not_verified(tmp_path: Path, command: str, reason: str) -> None:
    more = {"broken.py": "1 / 0\n", "empty.py": "", "endless.py": "import time\ntime.sleep(60)\n"}
    app(tmp_path, STACK, command, **more)
    done = verify(tmp_path, "--verify-cdk", "--verify-timeout=2")
    assert done.returncode == 2
    assert f".: NOT VERIFIED: {reason}" in done.stderr
    assert "(in-place) not verified\n" in done.stderr


def test_what_was_rejected_fails_with_its_reason_and_the_rest_is_repaired(tmp_path: Path) -> None:
    make(tmp_path, {"main.tf": GROUP + "\n" + GROUP.replace('"g"', '"h"')})
    unit, options = Unit("terraform", ".", ("main.tf",)), Options(select=("log-retention",))
    first = run(unit, tmp_path, options)
    without = run(unit, tmp_path, options, {first.results[0].finding.key: "no"})
    assert [(r.status, r.reason) for r in without.results] == [(Status.FAILED, "no"), (Status.PENDING, "")]
    (main, _) = without.changes
    assert (main.after or b"").startswith(GROUP.encode())


@dataclass
class Strict:
    """A judge who has something against some names, and counts how often he is asked."""

    against: frozenset[str]
    name: str = "strict"
    asked: list[bytes] = field(default_factory=list)

    def judge(self, outcome: Outcome) -> Judgement:
        (change,) = outcome.changes
        self.asked.append(change.after or b"")
        return Judgement(tuple(name for name in (change.after or b"").decode().split() if name in self.against))


def words(names: Sequence[str], rejected: Mapping[Key, str]) -> Outcome:
    """An outcome with one fix for each name, that writes the name."""
    found = [Finding("t", name, "f", Span(0, 0), "m", Fix((), Impact.NONE)) for name in names]
    status = [(f, Status.FAILED if f.key in rejected else Status.PENDING) for f in found]
    text = " ".join(f.subject for f, s in status if s is Status.PENDING).encode()
    changes = (FileChange("f", b"", text),) if text else ()
    return Outcome(Unit("terraform", ".", ()), tuple(Result(f, s, "", 1, 1) for f, s in status), changes)


def test_each_culprit_is_found_among_many_with_few_questions() -> None:
    names = [f"n{number}" for number in range(64)]
    judge = Strict(frozenset({"n7", "n40"}))
    trials = Trials(judge, lambda rejected: words(names, rejected))
    outcome, rejected = trials.accepted(words(names, {}))
    assert {key[2]: why for key, why in rejected.items()} == {
        "n7": "rejected by strict: n7",
        "n40": "rejected by strict: n40",
    }
    assert sum(result.status is Status.PENDING for result in outcome.results) == 62
    assert len(judge.asked) <= 26


def test_the_questions_are_bounded_and_what_was_not_asked_is_not_kept() -> None:
    names = [f"n{number}" for number in range(200)]
    judge = Strict(frozenset(names[::2]))
    outcome, rejected = Trials(judge, lambda rejected: words(names, rejected)).accepted(words(names, {}))
    kept = {result.finding.subject for result in outcome.results if result.status is Status.PENDING}
    assert kept and not kept & judge.against
    assert len(judge.asked) <= CALLS
    assert any(NOT_ASKED in reason for reason in rejected.values())


def bucket(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::S3::Bucket", "Properties": properties}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (bucket(), bucket(), None),
        (bucket(BucketName="a"), bucket(BucketName="b"), ("changes BucketName", Impact.DATA_LOSS)),
        (bucket(Tags=[1, 2]), bucket(Tags=[1, 3]), ("changes Tags", Impact.IN_PLACE)),
        (bucket(), None, ("is removed", Impact.DATA_LOSS)),
        (None, bucket(), ("is added", Impact.NONE)),
        (bucket(), {"Type": "AWS::KMS::Key"}, ("is removed", Impact.DATA_LOSS)),
        (bucket(), bucket() | {"Condition": "C"}, ("depends on another condition", Impact.DATA_LOSS)),
        ({"Type": "Custom::X"}, {"Type": "Custom::X", "Properties": {"A": 1}}, ("changes A", Impact.IN_PLACE)),
        ({"Type": "AWS::Lambda::Version"}, None, ("is removed", Impact.REPLACEMENT)),
        ({"Type": "AWS::CDK::Metadata"}, None, None),
    ],
)
def test_what_a_difference_of_templates_does(
    before: dict[str, Any] | None, after: dict[str, Any] | None, expected: tuple[str, Impact] | None
) -> None:
    old, new = ({"S": {"Resources": {"R": resource} if resource else {}}} for resource in (before, after))
    found = [(change.how, change.impact) for change in differences(old, new)]
    assert found == ([expected] if expected else [])


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Path]:
    yield make(tmp_path, {"app/a.tf": "a", "app/sub/b.tf": "b", "app/c.tf": "c", "shared/s.tf": "s"})


@pytest.mark.parametrize("copy", [False, True])
def test_a_scratch_copy_has_the_changes_and_what_stands_around(tree: Path, copy: bool) -> None:
    before = {path: path.read_bytes() for path in tree.rglob("*.tf")}
    changes = [
        FileChange("app/a.tf", b"a", b"A"),
        FileChange("app/c.tf", b"c", None),
        FileChange("app/n.tf", None, b"n"),
    ]
    with scratch(tree / "app", tree, changes, copy=copy) as place:
        assert sorted(path.name for path in place.iterdir()) == ["a.tf", "n.tf", "sub"]
        assert (place / "a.tf").read_text() == "A"
        assert (place / "../shared/s.tf").read_text() == "s"
        assert not place.is_relative_to(tree)
        assert (place / "sub").is_symlink() is not copy
        (place / "a.tf").write_text("of no account")
    assert not place.exists()
    assert {path: path.read_bytes() for path in tree.rglob("*.tf")} == before


def test_a_program_that_takes_too_long_ends_with_what_it_started(tmp_path: Path) -> None:
    with pytest.raises(NotVerified, match="sh took longer than 1 s"):
        ran(["sh", "-c", "(sleep 3; touch late) & wait"], tmp_path, 1)
    assert not (tmp_path / "late").exists()
