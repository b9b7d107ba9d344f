"""EBS volumes that are not encrypted: of their own, of instances, of launch templates and configurations."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from fixer.formats.cloudformation_element import Element
from fixer.formats.terraform_block import Block
from fixer.formats.value import Absent
from fixer.model import Finding, Impact
from fixer.setting import Resources, Setting, SettingTransform

if TYPE_CHECKING:
    from fixer.formats.cdk_python import Construct

FROM_NOW_ON = "volumes of instances that are launched from now on are encrypted; those that run stay as they are"
REPLACED = (
    "a deployed instance is replaced, and what is on its root volume is lost: make an image of it first. "
    "Terraform may plan nothing for an ebs_block_device of a deployed instance; it then waits for the next replacement"
)


def by_default(resource: Block) -> bool:
    """Whether the unit makes every new volume of the resource's provider encrypted."""
    return any(
        not default.attribute("enabled") or not default["enabled"].differs_from(True)
        for default in resource.module.resources("aws_ebs_encryption_by_default")
        if default.provider == resource.provider
    )


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


INSTANCE_REPLACED = "a deployed instance is replaced, and what is on its volumes is lost: make an image of it first"
REFUSED = (
    "CloudFormation refuses to change this on a deployed volume: copy a snapshot of it with a key, and make a volume "
    "of that copy under another logical id; an empty one is encrypted from the start"
)
MAPPINGS = {
    "AWS::EC2::Instance": "BlockDeviceMappings",
    "AWS::EC2::LaunchTemplate": "LaunchTemplateData.BlockDeviceMappings",
    "AWS::AutoScaling::LaunchConfiguration": "BlockDeviceMappings",
}
IMAGES = {kind: path.replace("BlockDeviceMappings", "ImageId") for kind, path in MAPPINGS.items()}
ROOT = (
    "no volume is listed, so that the root volume is as the image and the account's default say: turn on encryption by "
    "default, or list the image's root device with Encrypted"
)


def template_volume_copied(volume: Element) -> bool:
    """A copy of a volume is encrypted as that is, and takes no setting: the schema of AWS::EC2::Volume (2026-11-21)."""
    return volume["SourceVolumeId"] != Absent()


def template_from_snapshot(resource: Element) -> bool | str:
    """The schema of AWS::EC2::LaunchTemplate (2026-11-21) says that `Encrypted` is refused beside a snapshot."""
    devices = resource.paths(f"{MAPPINGS[resource.type]}[*].Ebs[*].SnapshotId")
    if any(resource[path] != Absent() for path in devices if "[*]" not in path):
        return "a volume made from a snapshot is encrypted as that is: copy the snapshot with a key"
    return False


L2_DEVICES, L1_DEVICES = "block_devices[*].volume.encrypted", "block_device_mappings[*].ebs.encrypted"
CDK_DEVICES = (
    ("aws_ec2.Instance", L2_DEVICES, Impact.DATA_LOSS, INSTANCE_REPLACED),
    ("aws_ec2.BastionHostLinux", L2_DEVICES, Impact.DATA_LOSS, INSTANCE_REPLACED),
    ("aws_ec2.CfnInstance", L1_DEVICES, Impact.DATA_LOSS, INSTANCE_REPLACED),
    ("aws_ec2.LaunchTemplate", L2_DEVICES, Impact.IN_PLACE, FROM_NOW_ON),
    ("aws_ec2.CfnLaunchTemplate", f"launch_template_data.{L1_DEVICES}", Impact.IN_PLACE, FROM_NOW_ON),
    ("aws_autoscaling.AutoScalingGroup", L2_DEVICES, Impact.REPLACEMENT, FROM_NOW_ON),
    ("aws_autoscaling.CfnLaunchConfiguration", L1_DEVICES, Impact.REPLACEMENT, FROM_NOW_ON),
)


def cdk_copied(volume: "Construct") -> bool:
    return volume.written("source_volume_id")


def cdk_from_snapshot(resource: "Construct") -> bool | str:
    for path in ("block_device_mappings", "launch_template_data.block_device_mappings"):
        found = resource.paths(f"{path}[*].ebs.snapshot_id")
        if any(not isinstance(resource[device], Absent) for device in found if device.endswith("snapshot_id")):
            return "a volume made from a snapshot is encrypted as that is: copy the snapshot with a key"
    return False


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
    closes = (
        *("CKV_AWS_3", "CKV_AWS_8", "CKV_AWS_106", "AWS-0008", "AWS-0026", "AWS-0131"),
        "AwsSolutions-EC26",  # https://github.com/cdklabs/cdk-nag, src/packs/aws-solutions (3.0.2, read 2026-11-22)
        # assets/queries of https://github.com/Checkmarx/kics (read 2026-11-22), Terraform first
        "cc997676-481b-4e93-aa81-d19f8c5e9b12",
        "4de9de27-254e-424f-bd70-4c1e95790838",
        "80b7ac3f-d2b7-4577-9b10-df7913497162",
    )
    note = (
        "a deployed volume is replaced by an empty one: take a snapshot, copy it with a key, "
        "and set snapshot_id to the copy"
    )
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
    cloudformation_settings = (
        Setting("AWS::EC2::Volume", "Encrypted", True, unless=template_volume_copied, absent=False, note=REFUSED),
        *(
            Setting(
                kind,
                f"{path}[*].Ebs[*].Encrypted",
                True,
                unless=template_from_snapshot,
                absent=False,
                impact=impact,
                note=note,
            )
            for (kind, path), impact, note in zip(
                MAPPINGS.items(),
                (Impact.DATA_LOSS, Impact.IN_PLACE, Impact.REPLACEMENT),
                (INSTANCE_REPLACED, FROM_NOW_ON, FROM_NOW_ON),
                strict=True,
            )
        ),
    )
    cdk_python_settings = (
        *(
            Setting(f"aws_cdk.aws_ec2.{kind}", "encrypted", True, unless=cdk_copied, absent=False, note=REFUSED)
            for kind in ("Volume", "CfnVolume")
        ),
        *(
            Setting(f"aws_cdk.{kind}", path, True, unless=cdk_from_snapshot, absent=False, impact=impact, note=note)
            for kind, path, impact, note in CDK_DEVICES
        ),
    )

    def cloudformation(self, template: Resources) -> Iterable[Finding]:
        yield from super().cloudformation(template)
        for kind, path in MAPPINGS.items():
            for resource in template.resources(kind):
                if resource[path] == Absent() and resource[IMAGES[kind]] != Absent():
                    yield self.advice(resource, f"{self.message} (root volume)", ROOT)
