"""KMS keys that are never rotated."""

from typing import TYPE_CHECKING

from fixer.formats.cloudformation_element import Element
from fixer.formats.terraform_block import Block
from fixer.formats.value import Literal, Symbol, Unresolved
from fixer.model import Impact
from fixer.setting import Setting, SettingTransform

if TYPE_CHECKING:
    from fixer.formats.cdk_python import Construct


def refuses_rotation(key: Block) -> bool | str:
    """Only an enabled symmetric encryption key with material that KMS made can be rotated by KMS."""
    if key.attribute("custom_key_store_id"):
        return True
    for name, wanted in {
        "customer_master_key_spec": ("SYMMETRIC_DEFAULT", None),
        "key_usage": ("ENCRYPT_DECRYPT", None),
        "is_enabled": (True, "true", None),
    }.items():
        match key[name]:
            case Literal(value=value) if value not in wanted:
                return True
            case Unresolved(text):
                return f"not decided here: {name} is {text}, and only an enabled symmetric key takes rotation"
    return False


def refuses_rotation_in_template(key: Element) -> bool | str:
    """The same for a template, by the description of EnableKeyRotation in the schema of AWS::KMS::Key (2026-11-21)."""
    for name, wanted in {
        "KeySpec": ("SYMMETRIC_DEFAULT", None),
        "KeyUsage": ("ENCRYPT_DECRYPT", None),
        "Origin": ("AWS_KMS", None),
        "Enabled": (True, "true", None),
    }.items():
        match key[name]:
            case Literal(value=value) if value not in wanted:
                return True
            case Unresolved(text):
                return f"not decided here: {name} is {text}, and only an enabled symmetric key takes rotation"
    return False


def cdk_refuses_rotation(key: "Construct") -> bool | str:
    if key.written("rotation_period"):
        return True  # a kms.Key with a period is rotated: aws-cdk-lib 2.275.0, synthesized on 2026-11-21
    wanted = {"key_spec": "SYMMETRIC_DEFAULT", "key_usage": "ENCRYPT_DECRYPT", "enabled": True, "origin": "AWS_KMS"}
    for name, value in wanted.items():
        match key[name]:
            case Literal(value=Symbol(full)) if full.rsplit(".", 1)[-1] == value:
                continue
            case Literal(value=found) if found != value:
                return True
            case Unresolved(text):
                return f"not decided here: {name} is {text}, and only an enabled symmetric key takes rotation"
    return False


class KmsKeyRotation(SettingTransform):
    """KMS key is not rotated.

    ## Why
    A key that never changes protects ever more data: who gets hold of its material reads all of it. KMS makes new
    material every year and keeps the old for what it encrypted; nothing that uses the key has to change.

    ## Fix
    Rotation is turned on, for symmetric encryption keys alone: asymmetric and HMAC keys, keys in a custom key store and
    keys with imported material refuse it.

    ## Impact
    In place. AWS charges 1 USD a month more for each of the first two rotations of a key.

    ## References
    https://docs.aws.amazon.com/kms/latest/developerguide/rotating-keys-enable.html
    https://aws.amazon.com/kms/pricing/
    """

    impact = Impact.IN_PLACE
    closes = (
        *("CKV_AWS_7", "AWS-0065"),
        "AwsSolutions-KMS5",  # https://github.com/cdklabs/cdk-nag, src/packs/aws-solutions (3.0.2, read 2026-11-22)
        # assets/queries of https://github.com/Checkmarx/kics (read 2026-11-22), Terraform first
        "22fbfeac-7b5a-421a-8a27-7a2178bb910b",
        "1c07bfaf-663c-4f6f-b22b-8e2d481e4df5",
        "235ca980-eb71-48f4-9030-df0c371029eb",
    )
    note = "each of the first two rotations of a key adds 1 USD a month to its price"
    terraform_settings = (Setting("aws_kms_key", "enable_key_rotation", True, unless=refuses_rotation, absent=False),)
    cloudformation_settings = (
        Setting("AWS::KMS::Key", "EnableKeyRotation", True, unless=refuses_rotation_in_template, absent=False),
    )
    cdk_python_settings = tuple(
        Setting(f"aws_cdk.aws_kms.{kind}", "enable_key_rotation", True, unless=cdk_refuses_rotation, absent=False)
        for kind in ("Key", "CfnKey")
    )
