"""Claims of impact against the facts: a transform may claim more than they say, never less."""

import re

import pytest

from fixer import impact
from fixer.model import Impact
from fixer.setting import Setting, SettingTransform
from fixer.transform import registry

SETTINGS = [
    pytest.param(format, kind, setting, id=f"{kind.id()}-{setting.type}-{setting.path}")
    for kind in registry().values()
    if issubclass(kind, SettingTransform)
    for format in ("terraform", "cloudformation")
    for setting in getattr(kind, f"{format}_settings")
]


@pytest.mark.parametrize(("format", "kind", "setting"), SETTINGS)
def test_no_setting_claims_less_than_the_facts(format: str, kind: type[SettingTransform], setting: Setting) -> None:
    fact = impact.of_change(format, setting.type, re.sub(r"\[[^]]*\]", "", setting.path))
    claimed = kind.impact if setting.impact is None else setting.impact
    assert fact is not None, "no fact is known: make the impact data anew, or add an override with its source"
    assert claimed >= fact


@pytest.mark.parametrize(
    ("format", "kind", "path", "expected"),
    [
        ("cloudformation", "AWS::RDS::DBInstance", "StorageEncrypted", Impact.DATA_LOSS),
        ("cloudformation", "AWS::RDS::DBInstance", "DeletionProtection", Impact.IN_PLACE),
        ("cloudformation", "AWS::EC2::Volume", "Encrypted", Impact.DATA_LOSS),
        ("cloudformation", "AWS::IAM::ManagedPolicy", "ManagedPolicyName", Impact.REPLACEMENT),
        ("cloudformation", "AWS::IAM::Role", "RoleName", Impact.INTERRUPTION),
        ("cloudformation", "AWS::No::Such", "X", None),
        ("terraform", "aws_db_instance", "storage_encrypted", Impact.DATA_LOSS),
        ("terraform", "aws_db_instance", "identifier", Impact.IN_PLACE),
        ("terraform", "aws_instance", "ebs_block_device.encrypted", Impact.DATA_LOSS),
        ("terraform", "aws_kms_key", "enable_key_rotation", Impact.IN_PLACE),
        ("terraform", "aws_kms_key", "no_such_argument", None),
    ],
)
def test_known_facts(format: str, kind: str, path: str, expected: Impact | None) -> None:
    assert impact.of_change(format, kind, path) == expected


def test_no_type_is_both_stateful_and_stateless() -> None:
    assert not impact.kinds("stateful") & impact.kinds("stateless")
