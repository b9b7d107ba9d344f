"""KMS keys that are never rotated."""

from fixer.formats.terraform_block import Block
from fixer.formats.value import Literal, Unresolved
from fixer.model import Impact
from fixer.setting import Setting, SettingTransform


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
    closes = ("CKV_AWS_7", "AWS-0065")
    note = "each of the first two rotations of a key adds 1 USD a month to its price"
    terraform_settings = (Setting("aws_kms_key", "enable_key_rotation", True, unless=refuses_rotation, absent=False),)
