"""Claims of impact against the facts: a transform may claim more than they say, never less."""

from pathlib import Path

import pytest

from fixer import impact
from fixer.formats.terraform import Module
from fixer.model import Impact, Unit
from fixer.setting import Setting, SettingTransform
from fixer.transform import registry
from fixer.workspace import SourceFile, Workspace

SETTINGS = [
    pytest.param(kind, setting, id=f"{kind.id()}-{setting.type}-{setting.path}")
    for kind in registry().values()
    if issubclass(kind, SettingTransform)
    for format in ("terraform", "cloudformation")
    for setting in getattr(kind, f"{format}_settings")
]


@pytest.mark.parametrize(("kind", "setting"), SETTINGS)
def test_no_setting_claims_less_than_the_facts(kind: type[SettingTransform], setting: Setting) -> None:
    fact = impact.of_change(setting.type, setting.path)
    claimed = kind.impact if setting.impact is None else setting.impact
    assert fact is not None, "no fact is known: make the impact data anew, or add an override with its source"
    assert claimed >= fact


@pytest.mark.parametrize(
    ("kind", "path", "expected"),
    [
        ("AWS::RDS::DBInstance", "StorageEncrypted", Impact.DATA_LOSS),
        ("AWS::RDS::DBInstance", "DeletionProtection", Impact.IN_PLACE),
        ("AWS::EC2::Volume", "Encrypted", Impact.DATA_LOSS),
        ("AWS::IAM::ManagedPolicy", "ManagedPolicyName", Impact.REPLACEMENT),
        ("AWS::IAM::Role", "RoleName", Impact.REPLACEMENT),
        ("AWS::EC2::Subnet", "CidrBlock", Impact.INTERRUPTION),
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
