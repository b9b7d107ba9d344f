"""EBS volumes that are not encrypted: of their own, of instances, of launch templates and configurations."""

from fixer.formats.terraform_block import Block
from fixer.model import Impact
from fixer.setting import Setting, SettingTransform

FROM_NOW_ON = "volumes of instances that are launched from now on are encrypted; those that run stay as they are"
REPLACED = (
    "a deployed instance is replaced, and what is on its root volume is lost: make an image of it first. "
    "Terraform may plan nothing for an ebs_block_device of a deployed instance, which then waits for its next replacement"
)


def by_default(resource: Block) -> bool:
    """Whether the unit makes every new volume of the resource's provider encrypted."""
    return any(
        not default.attribute("enabled") or not default["enabled"].differs_from(True)
        for default in resource.module.resources("aws_ebs_encryption_by_default")
        if provider_of(default) == provider_of(resource)
    )


def provider_of(resource: Block) -> str:
    found = resource.expression("provider")
    return resource.source(found) if found else ""


def from_template(instance: Block) -> bool | str:
    if instance.blocks("launch_template"):
        return "its launch template may say how its volumes are made; set encrypted there"
    return by_default(instance)


def from_snapshot(template: Block) -> bool | str:
    """EC2 refuses `encrypted` beside a snapshot in a launch template (read 2026-11-21):

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LaunchTemplateEbsBlockDeviceRequest.html
    """
    devices = [ebs for mapping in template.blocks("block_device_mappings") for ebs in mapping.blocks("ebs")]
    if any(ebs.attribute("snapshot_id") for ebs in devices):
        return "a volume made from a snapshot is encrypted as that is: copy the snapshot with a key"
    return by_default(template)


class EbsEncryption(SettingTransform):
    """EBS volume is not encrypted at rest.

    ## Why
    The volume, its snapshots and all that is made from them are stored in the clear: who gets hold of a snapshot has
    the data.

    ## Fix
    `encrypted` is turned on, with the account's default key for EBS unless another one is named, for volumes, for root
    and other devices of instances, launch templates and launch configurations, and for the account's encryption by
    default. Where that is on in the unit, the rest is left alone.

    ## Impact
    Data loss: a volume is encrypted when it is made or never, so that it is made anew, empty. To keep the data, take a
    snapshot, copy it with a key and make the volume from the copy (`snapshot_id`). An instance whose root volume is to
    be encrypted is replaced. A launch template gets a new version, in place; a launch configuration is replaced, what
    runs stays as it is.

    ## References
    https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html
    https://docs.aws.amazon.com/ebs/latest/userguide/encryption-examples.html
    """

    impact = Impact.DATA_LOSS
    closes = ("CKV_AWS_3", "CKV_AWS_8", "CKV_AWS_106", "AWS-0008", "AWS-0026", "AWS-0131")
    note = "a deployed volume is replaced by an empty one: take a snapshot, copy it with a key, and set snapshot_id to the copy"
    terraform_settings = (
        Setting("aws_ebs_volume", "encrypted", True, unless=by_default, absent=False),
        Setting("aws_instance", "root_block_device.encrypted", True, unless=from_template, absent=False, note=REPLACED),
        Setting("aws_instance", "ebs_block_device[*].encrypted", True, unless=by_default, absent=False, note=REPLACED),
        Setting(
            "aws_launch_template",
            "block_device_mappings[*].ebs[*].encrypted",
            True,
            unless=from_snapshot,
            absent=False,
            impact=Impact.IN_PLACE,
            note=FROM_NOW_ON,
        ),
        *(
            Setting(
                "aws_launch_configuration",
                path,
                True,
                unless=by_default,
                absent=False,
                impact=Impact.REPLACEMENT,
                note=FROM_NOW_ON,
            )
            for path in ("root_block_device.encrypted", "ebs_block_device[*].encrypted")
        ),
        Setting(
            "aws_ebs_encryption_by_default",
            "enabled",
            True,
            absent=True,
            impact=Impact.IN_PLACE,
            note="volumes made from now on in this account and region are encrypted; older ones stay as they are",
        ),
    )
