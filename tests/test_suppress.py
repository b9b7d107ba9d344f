"""Inline ignores, ours and the scanners': where they count, what they say, and what is no ignore at all."""

from datetime import date
from random import Random

import pytest

from fixer.formats import load, terraform
from fixer.model import Edit, Finding, Fix, Impact, Span, Unit
from fixer.suppression import WORDS, ignores_of, mistakes, trivy
from fixer.suppression.ignore import TRIVY, Ignore, trivy_names
from fixer.suppression.reach import Reach
from fixer.transform import registry
from fixer.workspace import SourceFile, Workspace

ID = "s3-public-access-block"
BUCKET = 'resource "aws_s3_bucket" "b" {\n  bucket = "b"\n}\n'
OTHER = BUCKET.replace('"b" {', '"other" {')
TEMPLATE = "Resources:\n  Bucket:\n    Type: AWS::S3::Bucket\n"
KICS = "d0cc8694-fcad-43ff-ac86-32331d7e867f"


def format_of(path: str) -> str:
    return "terraform" if path.endswith(".tf") else "cdk_python" if path.endswith(".py") else "cloudformation"


def reason(
    text: str, subject: str = 'resource "aws_s3_bucket" "b"', path: str = "main.tf", edits: str = "", id: str = ID
) -> str | None:
    """The reason for ignoring a finding about the block that starts with `subject`; its fix replaces `edits`."""
    start = text.index(subject)
    close = text.find("\n}\n", start)
    end = close + 2 if path.endswith(".tf") and close > 0 else len(text)
    replaced = Span(text.find(edits), text.find(edits) + len(edits))
    fix = Fix((Edit(path, replaced, "x"),), Impact.NONE) if edits else None
    finding = Finding(id, "x", path, Span(start, end), "is wrong", fix)
    found = ignores_of(finding, Workspace({path: SourceFile(path, text)}), format_of(path))
    return str(found[0]) if found else None


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


def test_a_directive_on_a_line_of_a_terraform_block_counts() -> None:
    """The span of a finding about a block reaches to the block's end, not only over its header."""
    text = 'resource "aws_kms_key" "k" {\n  enable_key_rotation = false # iacfix: ignore[kms-key-rotation] asym\n}\n'
    workspace = Workspace({"main.tf": SourceFile("main.tf", text)})
    view = terraform.open_view(Unit("terraform", ".", ("main.tf",)), workspace)
    [found] = registry()["kms-key-rotation"]().terraform(view)
    assert [str(ignore) for ignore in ignores_of(found, workspace, "terraform")] == ["suppressed by iacfix: asym"]


def test_the_reason_may_be_missing() -> None:
    assert reason(f"\n# iacfix: ignore\n{BUCKET}") == "suppressed by iacfix"


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
    assert reason(text, "Bucket", "app.py") == "suppressed by iacfix: a website"
    assert reason(f"# iacfix: ignore[{ID}] a website\n{text}", "class", "app.py") == "suppressed by iacfix: a website"


def test_in_json_the_metadata_says_it() -> None:
    """A JSON template has no comments."""
    text = '{"Resources": {"Bucket": {"Type": "AWS::S3::Bucket", "Metadata": {"iacfix": {"ignore": ["%s"]}}}}}'
    assert reason(text % ID, '"Bucket"', "t.json") == "suppressed by iacfix"
    assert reason(text % "iam-role-name", '"Bucket"', "t.json") is None
    told = text.replace('["%s"]', '["%s"], "reason": "a website"') % ID
    assert reason(told, '"Bucket"', "t.json") == "suppressed by iacfix: a website"
    assert reason(text.replace('["%s"]', "[1]"), '"Bucket"', "t.json") is None


def test_a_directive_that_names_nothing_is_told() -> None:
    problems = mistakes(SourceFile("main.tf", f"\n# iacfix: ignore[s3-public-acces-block] x\n{BUCKET}"), "terraform")
    assert [str(problem) for problem in problems] == [
        f"main.tf:2:1: unknown transform or category 's3-public-acces-block'; did you mean '{ID}'?"
    ]
    assert not problems[0].error
    assert not mistakes(
        SourceFile("main.tf", f"# iacfix: ignore[{ID}, ALL, exposure]\n# iacfix: ignore\n"), "terraform"
    )


def inside(comment: str) -> str:
    """The bucket with a comment on a line of its own in it."""
    return BUCKET.replace("{\n", f"{{\n  {comment}\n")


def behind(comment: str) -> str:
    """The bucket with a comment at the end of its first line."""
    return BUCKET.replace("{\n", f"{{ {comment}\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (inside("#checkov:skip=CKV_AWS_53:a website"), "checkov: a website"),
        (inside("# checkov:skip=CKV_AWS_1,CKV_AWS_56: a website"), "checkov: a website"),
        (inside("//bridgecrew:skip=CKV2_AWS_6"), "checkov"),
        (behind("#checkov:skip=CKV_AWS_53:a website"), "checkov: a website"),
        (f"#trivy:ignore:AWS-0086\n{BUCKET}", "trivy"),
        (f"#trivy:ignore:AVD-AWS-0086\n{BUCKET}", "trivy"),
        (f"# trivy:ignore:avd-aws-0086\n{BUCKET}", "trivy"),
        (f"#tfsec:ignore:aws-s3-block-public-acls\n{BUCKET}", "tfsec"),
        (f"#tfsec:ignore:aws-s3-*\n{BUCKET}", "tfsec"),
        (f"#tfsec:ignore:*\n{BUCKET}", "tfsec"),
        (f"//tfsec:ignore:AWS002 tfsec:ignore:AWS-0094 a website\n{BUCKET}", "tfsec: a website"),
        (f"#trivy:ignore:AWS-0086\n#trivy:ignore:AWS-0001\n{BUCKET}", "trivy"),
        (f"#trivy:ignore:AWS-0086:exp:2026-11-23\n{BUCKET}", "trivy"),
        (f"#trivy:ignore:AWS-0086[name=b]:ws:prod\n{BUCKET}", "trivy"),
        (behind("#trivy:ignore:AWS-0086"), "trivy"),
        (BUCKET.replace('"b"\n', '"b" #trivy:ignore:AWS-0086\n'), "trivy"),
        (f"# kics-scan ignore-block\n{BUCKET}", "KICS"),
        (f"# kics-scan ignore-line\n{BUCKET}", "KICS"),
        (f"# licence\n\n# kics-scan ignore\n{BUCKET}", "KICS"),
        (f"# kics-scan disable=x,{KICS}\n{OTHER}\n{BUCKET}", "KICS"),
    ],
)
def test_a_scanners_ignore_counts(text: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trivy, "today", lambda: date(2026, 11, 22))
    assert reason(text) == f"suppressed by {said}"


@pytest.mark.parametrize(
    "text",
    [
        inside("#checkov:skip=CKV_AWS_18:another"),
        inside("#checkov:skip"),
        f"#checkov:skip=CKV_AWS_53:above the block\n{BUCKET}",
        f"{BUCKET}#checkov:skip=CKV_AWS_53:below\n",
        BUCKET.replace('"b"\n', '"#checkov:skip=CKV_AWS_53:x"\n'),
        inside("tags = <<-E\n    #checkov:skip=CKV_AWS_53:in a heredoc\n  E"),
        f"#trivy:ignore:AWS-0001\n{BUCKET}",
        f"#trivy:ignore:aws-ec2-*\n{BUCKET}",
        f"#trivy:ignore:AWS-0086:exp:2026-11-22\n{BUCKET}",
        f"#trivy:ignore:AWS-0086:exp:tomorrow\n{BUCKET}",
        f"#trivy:AWS-0086\n{BUCKET}",
        f"#trivy:ignore:AWS-0086\n\n{BUCKET}",
        f"#trivy:ignore:AWS-0086\n{OTHER}\n{BUCKET}",
        BUCKET.replace('"b"\n', '"#trivy:ignore:AWS-0086"\n'),
        BUCKET.replace('"b"\n', '"b" #trivy:ignore:*\n'),
        f"# kics-scan ignore-block\n{OTHER}\n{BUCKET}",
        f"locals {{}}\n# kics-scan ignore\n{BUCKET}",
        f"locals {{}}\n# kics-scan disable={KICS}\n{BUCKET}",
        f"# kics-scan disable=48207659-729f-4b5c-9402-f884257d794f\n{BUCKET}",
        inside("# kics-scan ignore-line"),
        f'a = "x # kics-scan ignore-block"\n{BUCKET}',
    ],
)
def test_no_ignore_of_a_scanner(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trivy, "today", lambda: date(2026, 11, 22))
    assert reason(text) is None


@pytest.mark.parametrize("comment", ["# kics-scan ignore-line", "# kics-scan ignore-block", "#tfsec:ignore:*"])
def test_what_names_no_check_counts_where_the_fix_writes(comment: str) -> None:
    text = 'resource "aws_kms_key" "k" {\n  C\n  enable_key_rotation = false\n}\n'.replace("C", comment)
    where = {"subject": "resource", "id": "kms-key-rotation"}
    assert reason(text, edits="false", **where) is not None
    assert reason(text, **where) is None
    assert reason(text, "resource", id="iam-role-name", edits="false") is None, "no check of theirs is about it"


def test_a_block_within_the_block() -> None:
    text = (
        'resource "aws_instance" "i" {\n  # kics-scan ignore-block\n  root_block_device {\n    encrypted = false\n  }\n'
    )
    assert reason(text + "}\n", "resource", edits="false", id="ebs-encryption") == "suppressed by KICS"
    other = text + "  ebs_block_device {\n    encrypted = null\n  }\n}\n"
    assert reason(other, "resource", edits="null", id="ebs-encryption") is None


METADATA = TEMPLATE + "    Metadata:\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            METADATA + "      checkov:\n        skip:\n          - {id: CKV_AWS_53, comment: a website}\n",
            "checkov: a website",
        ),
        (METADATA + "      cdk_nag: {rules_to_suppress: [{id: AwsSolutions-S2, reason: ours}]}\n", "cdk-nag: ours"),
        (METADATA + "      cfn-lint: {config: {ignore_checks: [E3012, W9]}}\n", "cfn-lint"),
        ("Metadata:\n  cfn-lint:\n    config:\n      ignore_checks: [W99]\n" + TEMPLATE, "cfn-lint"),
        (METADATA + f"      iacfix: {{ignore: {ID}}}\n", "iacfix"),
        (TEMPLATE.replace("  Bucket", "  #trivy:ignore:AWS-0086\n  Bucket", 1), "trivy"),
        (TEMPLATE.replace("  Bucket", "  # kics-scan ignore-block\n  Bucket", 1), "KICS"),
        (TEMPLATE + "    # checkov:skip=CKV_AWS_53:a website\n    DeletionPolicy: Retain\n", "checkov: a website"),
        ("---\n# kics-scan ignore\n" + TEMPLATE, "KICS"),
        (METADATA + "      checkov: {skip: [{id: CKV_AWS_18}]}\n", None),
        (METADATA + "      checkov: {skip: !Ref X}\n", None),
        (METADATA + "      cdk_nag: {rules_to_suppress: [{id: AwsSolutions-S1, reason: ours}]}\n", None),
        (METADATA + "      cfn-lint: {config: {ignore_checks: [E3012, '']}}\n", None),
        (METADATA + "      cfn-lint: [config]\n", None),
        (TEMPLATE + "  Other:\n    Type: A::B::C\n    Metadata: {checkov: {skip: [{id: CKV_AWS_53}]}}\n", None),
        ("Description: '# kics-scan ignore'\n" + TEMPLATE, None),
    ],
)
def test_in_a_template(text: str, said: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry()[ID], "related", ("W9901",))
    end = text.find("  Other:")
    start = text.index("Bucket:")
    finding = Finding(ID, "Bucket", "t.yaml", Span(start, end if end > 0 else len(text)), "is wrong")
    found = ignores_of(finding, Workspace({"t.yaml": SourceFile("t.yaml", text)}), "cloudformation")
    assert [str(ignore) for ignore in found] == ([f"suppressed by {said}"] if said else [])


STACK = """from aws_cdk import App, Stack, Validations, Acknowledgment, aws_s3 as s3
from cdk_nag import NagSuppressions, NagPackSuppression

RULES = [{"id": "AwsSolutions-S2", "reason": "shared"}]


class Site(Stack):
    def __init__(self, scope, id):
        super().__init__(scope, id)
        bucket = s3.Bucket(self, "Pages")
        self.logs = s3.CfnBucket(self, "Logs")
        SAID


app = App()
site = Site(app, "site")
"""
RULE = '[{"id": "AwsSolutions-S2", "reason": "ours"}]'
ACKNOWLEDGED = 'Acknowledgment(id="AwsSolutions-S2", reason="ours")'


@pytest.mark.parametrize(
    ("said", "suppressed"),
    [
        (f"NagSuppressions.add_resource_suppressions(bucket, {RULE})", {"Pages": "ours"}),
        (f"NagSuppressions.add_resource_suppressions([self.logs], {RULE})", {"Logs": "ours"}),
        ("NagSuppressions.add_resource_suppressions(construct=bucket, suppressions=RULES)", {"Pages": "shared"}),
        (
            'NagSuppressions.add_resource_suppressions(bucket, [NagPackSuppression(id="AwsSolutions-S2", reason="r")])',
            {"Pages": "r"},
        ),
        (f"NagSuppressions.add_resource_suppressions(self, {RULE}, True)", {"Pages": "ours", "Logs": "ours"}),
        (f"NagSuppressions.add_resource_suppressions(self, {RULE})", {}),
        (f"NagSuppressions.add_stack_suppressions(self, {RULE})", {"Pages": "ours", "Logs": "ours"}),
        (
            f"NagSuppressions.add_resource_suppressions_by_path(self, '/site/Pages/Resource', {RULE})",
            {"Pages": "ours"},
        ),
        (f"NagSuppressions.add_resource_suppressions_by_path(self, '/site/Other', {RULE})", {}),
        (f"Validations.of(bucket).acknowledge({ACKNOWLEDGED})", {"Pages": "ours"}),
        ('Validations.of(bucket).acknowledge(id="AwsSolutions-S2", reason="ours")', {"Pages": "ours"}),
        ('Validations.of(bucket).acknowledge({"id": "Annotation::AwsSolutions-S2", "reason": "x"})', {"Pages": "x"}),
        (f"Validations.of(self).acknowledge({ACKNOWLEDGED})", {"Pages": "ours", "Logs": "ours"}),
        ('Validations.of(bucket).acknowledge(Acknowledgment(id="AwsSolutions-S1", reason="other"))', {}),
        (f'self.logs.add_metadata("cdk_nag", {{"rules_to_suppress": {RULE}}})', {"Logs": "ours"}),
        (
            f'bucket.node.default_child.cfn_options.metadata = {{"cdk_nag": {{"rules_to_suppress": {RULE}}}}}',
            {"Pages": "ours"},
        ),
        (f'self.logs.add_metadata("other", {{"rules_to_suppress": {RULE}}})', {}),
        (f"other.add_resource_suppressions(bucket, {RULE})", {}),
        (f'print("""NagSuppressions.add_stack_suppressions(self, {RULE})""")', {}),
    ],
)
def test_in_a_cdk_app(said: str, suppressed: dict[str, str]) -> None:
    assert nagged({"app.py": STACK.replace("SAID", said)}) == suppressed


@pytest.mark.parametrize(
    "said",
    [
        f"NagSuppressions.add_stack_suppressions(site, {RULE})",
        f"NagSuppressions.add_resource_suppressions(site, {RULE}, apply_to_children=True)",
        f"Validations.of(site).acknowledge({ACKNOWLEDGED})",
        f"Validations.of(app).acknowledge({ACKNOWLEDGED})",
    ],
)
def test_a_stack_that_another_file_makes(said: str) -> None:
    """Where the app is put together, a stack's suppressions are for the constructs of its class."""
    stack, _, _ = STACK.replace("SAID", "pass").partition("\n\napp =")
    imports = "from aws_cdk import App, Validations, Acknowledgment\nfrom cdk_nag import NagSuppressions\n"
    main = f'{imports}from site import Site, Other\n\napp = App()\nsite = Site(app, "site")\n{said}\n'
    assert nagged({"app.py": main, "site.py": stack}) == {"Pages": "ours", "Logs": "ours"}
    if "(app)" not in said:
        assert nagged({"app.py": main.replace("= Site(", "= Other("), "site.py": stack}) == {}


def nagged(files: dict[str, str]) -> dict[str, str]:
    """The buckets of the app whose findings are left alone, with the reasons."""
    workspace = Workspace({path: SourceFile(path, text) for path, text in files.items()})
    (view,) = load("cdk_python").open_views(Unit("cdk_python", ".", tuple(files)), workspace)
    found = {}
    for finding in registry()[ID]().cdk_python(view):  # type: ignore[arg-type]
        for ignore in ignores_of(finding, workspace, "cdk_python"):
            found[finding.subject.rpartition("/")[2]] = str(ignore).removeprefix("suppressed by cdk-nag: ")
    return found


def test_every_trivy_check_that_a_transform_names_has_its_names() -> None:
    ids = {id for kind in registry().values() for id in (*kind.closes, *kind.related) if TRIVY[0].fullmatch(id)}
    assert ids == set(trivy_names())


def test_a_file_without_any_of_the_words_is_not_looked_at() -> None:
    file = SourceFile("main.tf", BUCKET)
    assert not WORDS.search(BUCKET)
    finding = Finding(ID, "x", "main.tf", Span(0, 5), "is wrong")
    assert ignores_of(finding, Workspace({"main.tf": file}), "terraform") == []
    assert "line_starts" not in file.__dict__ and len(file.memo) == 1


@pytest.mark.parametrize("seed", range(20))
def test_the_ignores_of_a_place_are_found_without_looking_at_all(seed: int) -> None:
    random = Random(seed)
    text = "".join(random.choice("ab\n") for _ in range(200))

    def span() -> Span:
        return Span(*sorted((random.randrange(200), random.randrange(200))))

    ignores = tuple(
        Ignore("x", (str(n),), "", random.randrange(200), span(), random.random() < 0.5, "b*" if n % 9 == 0 else "")
        for n in range(40)
    )
    file = SourceFile("f", text)
    for number in range(60):
        path = "f" if number % 5 else "other"
        edits = (Edit(path, span(), ""), Edit("f", span(), "new"))
        finding = Finding("t", random.choice("ab"), path, span(), "m", Fix(edits, Impact.NONE))
        assert Reach(file, ignores).of(finding) == [ignore for ignore in ignores if ignore.reaches(finding, file)]
