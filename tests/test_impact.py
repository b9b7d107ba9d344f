"""Claims of impact against the facts: a transform may claim more than they say, never less."""

from dataclasses import replace
from pathlib import Path

import pytest

from fixer import impact
from fixer.formats.cdk_python import App
from fixer.formats.terraform import Module
from fixer.impact.constructs import affected, cloudformation_type
from fixer.model import Impact, Unit
from fixer.setting import Setting, SettingTransform
from fixer.transform import registry
from fixer.workspace import SourceFile, Workspace

SETTINGS = [
    pytest.param(kind, setting, id=f"{kind.id()}-{setting.type}-{setting.path}")
    for kind in registry().values()
    if issubclass(kind, SettingTransform)
    for format in ("terraform", "cloudformation", "cdk_python")
    for setting in getattr(kind, f"{format}_settings")
]


@pytest.mark.parametrize(("kind", "setting"), SETTINGS)
def test_no_setting_claims_less_than_the_facts(kind: type[SettingTransform], setting: Setting) -> None:
    known = fact(setting)
    assert known is not None, "no fact is known: make the impact data anew, or add an override with its source"
    assert claim(kind, setting) >= known


def claim(kind: type[SettingTransform], setting: Setting) -> Impact:
    return kind.impact if setting.impact is None else setting.impact


def fact(setting: Setting) -> Impact | None:
    """What is known of a setting: in CDK, of all properties that its argument changes; None where one is unknown."""
    if not setting.type.startswith("aws_cdk."):
        return impact.of_change(setting.type, setting.path)
    found = [impact.of_change(affects.kind, affects.path) for affects in affected(setting.type, setting.path)]
    known = [each for each in found if each is not None]
    return max(known) if known and len(known) == len(found) else None


def test_a_setting_that_claims_less_is_told_from_one_that_does_not() -> None:
    """The test above is not one that nothing fails."""

    class Careless(SettingTransform):
        impact = Impact.IN_PLACE

    for path, kind in (("encrypted", "aws_cdk.aws_ec2.Volume"), ("Encrypted", "AWS::EC2::Volume")):
        setting = Setting(kind, path, True)
        assert claim(Careless, setting) < (fact(setting) or Impact.NONE)
        assert claim(Careless, replace(setting, impact=Impact.DATA_LOSS)) >= (fact(setting) or Impact.NONE)


@pytest.mark.parametrize(
    ("kind", "path", "expected"),
    [
        ("AWS::RDS::DBInstance", "StorageEncrypted", Impact.DATA_LOSS),
        ("AWS::RDS::DBInstance", "DeletionProtection", Impact.IN_PLACE),
        ("AWS::EC2::Volume", "Encrypted", Impact.DATA_LOSS),
        ("AWS::IAM::ManagedPolicy", "ManagedPolicyName", Impact.REPLACEMENT),
        ("AWS::IAM::Role", "RoleName", Impact.REPLACEMENT),
        ("AWS::EC2::Subnet", "CidrBlock", Impact.INTERRUPTION),
        ("AWS::RDS::DBInstance", "DbName", Impact.DATA_LOSS),  # an L1 construct's db_name; the property is DBName
        ("AWS::No::Such", "X", None),
        ("aws_db_instance", "storage_encrypted", Impact.DATA_LOSS),
        ("aws_db_instance", "identifier", Impact.IN_PLACE),
        ("aws_instance", "ebs_block_device.encrypted", Impact.DATA_LOSS),
        ("aws_kms_key", "enable_key_rotation", Impact.IN_PLACE),
        ("aws_kms_key", "no_such_argument", None),
    ],
)
def test_known_facts(kind: str, path: str, expected: Impact | None) -> None:
    assert impact.of_change(kind, path) == expected


def test_no_type_is_both_stateful_and_stateless() -> None:
    assert not impact.kinds("stateful") & impact.kinds("stateless")


def test_the_facts_raise_what_a_transform_claims(tmp_path: Path) -> None:
    """A transform that names no impact of its own for a property that replaces a database is not believed."""
    (tmp_path / "main.tf").write_text('resource "aws_db_instance" "a" {\n  storage_encrypted = false\n}\n')
    file = SourceFile("main.tf", (tmp_path / "main.tf").read_text())
    block = Module(Unit("terraform", ".", ("main.tf",)), Workspace({"main.tf": file})).resources("aws_db_instance")[0]
    claimed = registry()["kms-key-rotation"]().finding(block, "m", block.set("storage_encrypted", True))
    assert claimed.fix is not None
    assert claimed.fix.impact is Impact.DATA_LOSS


@pytest.mark.parametrize(
    ("construct", "expected"),
    [
        ("aws_cdk.aws_ec2.CfnVolume", "AWS::EC2::Volume"),
        ("aws_cdk.aws_ec2.Volume", "AWS::EC2::Volume"),
        ("aws_cdk.aws_elasticloadbalancingv2.CfnListener", "AWS::ElasticLoadBalancingV2::Listener"),
        ("aws_cdk.aws_sam.CfnFunction", "AWS::Serverless::Function"),
        ("aws_cdk.aws_kinesisanalytics.CfnApplication", "AWS::KinesisAnalytics::Application"),
        ("aws_cdk.aws_kinesisanalytics.CfnApplicationV2", "AWS::KinesisAnalyticsV2::Application"),
        ("aws_cdk.aws_ec2.BlockDeviceVolume.ebs", None),
        ("aws_cdk.aws_s3.CfnBucket.PublicAccessBlockConfigurationProperty", None),
        ("other.Volume", None),
    ],
)
def test_the_type_of_a_construct(construct: str, expected: str | None) -> None:
    assert cloudformation_type(construct) == expected


@pytest.mark.parametrize(
    ("construct", "path", "expected"),
    [
        ("aws_ec2.Volume", "encrypted", ["AWS::EC2::Volume.Encrypted"]),
        ("aws_ec2.CfnVolume", "kms_key_id", ["AWS::EC2::Volume.KmsKeyId"]),
        (
            "aws_ec2.Instance",
            "block_devices[3].volume.encrypted",
            ["AWS::EC2::Instance.BlockDeviceMappings.Ebs.Encrypted"],
        ),
        ("aws_s3.Bucket", "bucket_name", ["AWS::S3::Bucket.BucketName"]),
        ("aws_dynamodb.Table", "table_name", ["AWS::DynamoDB::Table.TableName"]),
        ("aws_lambda.Function", "runtime", ["AWS::Lambda::Function.Runtime"]),
        ("aws_lambda.Function", "log_retention", ["Custom::LogRetention.RetentionInDays"]),
        ("aws_rds.DatabaseInstance", "backup_retention", ["AWS::RDS::DBInstance.BackupRetentionPeriod"]),
        # not measured below: what the argument around it changes
        ("aws_s3.Bucket", "encryption.no_such_field", ["AWS::S3::Bucket.BucketEncryption"]),
        ("aws_dynamodb.Table", "removal_policy", []),  # an attribute of the resource, no property
        ("aws_s3.Bucket", "no_such_argument", []),
        ("aws_s3.NoSuchConstruct", "encryption", []),
    ],
)
def test_the_properties_that_an_argument_changes(construct: str, path: str, expected: list[str]) -> None:
    assert [f"{found.kind}.{found.path}" for found in affected(f"aws_cdk.{construct}", path)] == expected


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("ec2.Volume(s, 'V', encrypted=False)", Impact.DATA_LOSS),
        ("ec2.Volume(s, 'V')", Impact.DATA_LOSS),
        ("ec2.CfnVolume(s, 'V', encrypted=False)", Impact.DATA_LOSS),
        ("ec2.VpcLink(s, 'V', encrypted=False)", Impact.IN_PLACE),  # unknown: the claim stands
    ],
)
def test_the_facts_raise_what_a_transform_claims_of_a_construct(call: str, expected: Impact) -> None:
    file = SourceFile("app.py", f"from aws_cdk import aws_ec2 as ec2\n{call}\n")
    app = App(Unit("cdk_python", ".", ("app.py",)), Workspace({"app.py": file}))
    (construct,) = app.resources(f"aws_cdk.aws_{call.split('(')[0]}")
    for changes in (construct.set("encrypted", True), construct.remove("encrypted")):
        claimed = registry()["kms-key-rotation"]().finding(construct, "m", changes)
        if claimed.fix is not None:
            assert claimed.fix.impact is expected
