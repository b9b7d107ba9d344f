"""Databases that one wrong plan can delete, or, where stacks come and go, that can't be deleted."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from fixer.formats.cloudformation_element import Element
from fixer.formats.value import Absent, Literal, Symbol, Unresolved
from fixer.model import Finding, Impact
from fixer.setting import Resources, Setting, SettingTransform

if TYPE_CHECKING:
    from fixer.formats.cdk_python import Construct


def in_cluster(database: Element) -> bool:
    """Whether the protection of an instance is the cluster's: the schema of AWS::RDS::DBInstance (2026-11-21)."""
    match database["Engine"]:
        case Literal(value=str() as engine) if engine.startswith("aurora"):
            return True
    return database["DBClusterIdentifier"] != Absent()


def cdk_in_cluster(instance: "Construct") -> bool:
    match instance["engine"]:
        case Literal(value=str() as engine) if engine.startswith("aurora"):
            return True
    return instance.written("db_cluster_identifier")


def cdk_retained(database: "Construct") -> bool | str:
    """Whether the removal policy turns the protection on: RETAIN does, where no argument says otherwise."""
    if database.written("deletion_protection"):
        return False
    match database["removal_policy"]:
        case Literal(value=Symbol(name)):
            return name == "aws_cdk.RemovalPolicy.RETAIN"
        case Unresolved(text):
            return f"not decided here: removal_policy is {text}, and RETAIN turns the protection on"
    return False


class RdsDeletionProtection(SettingTransform):
    """Database is not protected from deletion.

    ## Why
    A changed name, a removed block or a wrong workspace is enough for a deployment to delete the database and its
    automated backups. Deletion protection makes AWS refuse that.

    ## Fix
    Deletion protection is turned on. In the profile `ephemeral` it is the reverse: what is on is turned off, because
    such a stack must be torn down again.

    ## Impact
    In place, without a restart. To delete or replace the database, turn the protection off in a deployment of its own
    first.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html
    """

    impact = Impact.IN_PLACE
    closes = (
        *("CKV_AWS_139", "CKV_AWS_293", "AWS-0177", "AWS-0343"),
        "AwsSolutions-RDS10",  # https://github.com/cdklabs/cdk-nag, src/packs/aws-solutions (3.0.2, read 2026-11-22)
        # assets/queries of https://github.com/Checkmarx/kics (read 2026-11-22), Terraform first
        "2c161e58-cb52-454f-abea-6470c37b5e6e",
    )
    note = "to delete or replace the database later, turn the protection off in a deployment of its own first"
    terraform_settings = (
        Setting("aws_db_instance", "deletion_protection", True, absent=False),
        Setting("aws_rds_cluster", "deletion_protection", True, absent=False),
    )
    cloudformation_settings = (
        Setting("AWS::RDS::DBInstance", "DeletionProtection", True, unless=in_cluster, absent=False),
        Setting("AWS::RDS::DBCluster", "DeletionProtection", True, absent=False),
    )
    # An instance of an Aurora cluster is protected by the cluster.
    cdk_python_settings = (
        *(
            Setting(f"aws_cdk.aws_rds.{kind}", "deletion_protection", True, unless=cdk_retained, absent=False)
            for kind in (
                "DatabaseInstance",
                "DatabaseInstanceFromSnapshot",
                "DatabaseInstanceReadReplica",
                "DatabaseCluster",
                "DatabaseClusterFromSnapshot",
                "ServerlessCluster",
                "ServerlessClusterFromSnapshot",
            )
        ),
        Setting(
            "aws_cdk.aws_rds.CfnDBInstance",
            "deletion_protection",
            True,
            unless=cdk_in_cluster,
            absent=False,
        ),
        Setting("aws_cdk.aws_rds.CfnDBCluster", "deletion_protection", True, absent=False),
    )

    @property
    def ephemeral(self) -> bool:
        return self.setting.get("profile") == "ephemeral"

    @property
    def message(self) -> str:
        return "database can't be torn down: it is protected from deletion" if self.ephemeral else super().message

    def findings(self, view: Resources, settings: tuple[Setting, ...]) -> Iterator[Finding]:
        if not self.ephemeral:
            yield from super().findings(view, settings)
            return
        note = "whoever may deploy the stack may delete the database from then on"
        yield from super().findings(view, tuple(replace(s, value=False, note=note) for s in settings))
