"""RDS instances and Aurora clusters whose storage is not encrypted."""

from typing import TYPE_CHECKING

from fixer.formats.cloudformation_element import Element
from fixer.formats.terraform_block import Block
from fixer.formats.value import Absent, Literal, Symbol
from fixer.model import Impact
from fixer.setting import Setting, SettingTransform

if TYPE_CHECKING:
    from fixer.formats.cdk_python import Construct

# The classes that can't store encrypted: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html,
# "Availability of Amazon RDS encryption" (read 2026-11-21).
UNABLE = ("db.m1.", "db.m2.", "db.t1.", "db.t2.micro")
RESTORED = "a database made from a snapshot or from another one is encrypted as that is: encrypt its source"
REPLACED = (
    "a deployed database is replaced by an empty one: take a snapshot, copy it with a key, and set {} to the copy; "
    "the database is away meanwhile"
)
SOURCES = ("snapshot_identifier", "restore_to_point_in_time", "replicate_source_db", "replication_source_identifier")

CDK_SOURCES = (
    "db_snapshot_identifier",
    "db_cluster_snapshot_identifier",
    "snapshot_identifier",
    "source_db_instance_identifier",
    "source_dbi_resource_id",
    "source_db_cluster_identifier",
    "source_db_instance_automated_backups_arn",
)


def copied(database: Block) -> bool | str:
    """Whether the storage is that of another database or snapshot, which decides on its encryption."""
    return RESTORED if any(database.attribute(name) or database.blocks(name) for name in SOURCES) else False


def instance_unable(database: Block) -> bool | str:
    match database["instance_class"]:
        case Literal(value=str() as name) if name.startswith(UNABLE):
            return f"{name} can't store encrypted; choose a newer class first"
    return copied(database)


def cluster_unable(cluster: Block) -> bool | str:
    match cluster["engine_mode"]:
        case Literal(value="serverless"):
            return True  # Aurora Serverless v1 always encrypts
    if cluster.attribute("global_cluster_identifier"):
        return "all clusters of a global database are encrypted or none is; decide for all of them"
    return copied(cluster)


# What a template's database is made from; the schemas of AWS::RDS::DBInstance and DBCluster (2026-11-21) say of each
# that encryption is inherited then.
TEMPLATE_SOURCES = (
    "DBSnapshotIdentifier",
    "DBClusterSnapshotIdentifier",
    "SourceDBInstanceIdentifier",
    "SourceDbiResourceId",
    "SourceDBInstanceAutomatedBackupsArn",
    "SourceDBClusterIdentifier",
    "SourceDbClusterResourceId",
    "SnapshotIdentifier",
)


def copied_in_template(database: Element) -> bool | str:
    return RESTORED if any(database[name] != Absent() for name in TEMPLATE_SOURCES) else False


def template_instance_unable(database: Element) -> bool | str:
    """An instance of a cluster takes its encryption from that; where it says otherwise, it contradicts the cluster."""
    match database["Engine"]:
        case Literal(value=str() as engine) if engine.startswith("aurora"):
            return database["StorageEncrypted"] == Absent()
    if database["DBClusterIdentifier"] != Absent():
        return database["StorageEncrypted"] == Absent()
    match database["DBInstanceClass"]:
        case Literal(value=str() as name) if name.startswith(UNABLE):
            return f"{name} can't store encrypted; choose a newer class first"
    return copied_in_template(database)


def template_cluster_unable(cluster: Element) -> bool | str:
    match cluster["EngineMode"]:
        case Literal(value="serverless"):
            return True  # Aurora Serverless v1 always encrypts
    if cluster["GlobalClusterIdentifier"] != Absent():
        return "all clusters of a global database are encrypted or none is; decide for all of them"
    return copied_in_template(cluster)


def cdk_unable(database: "Construct") -> bool | str:
    """Why a database of the CDK takes no `storage_encrypted`, or has it by another argument."""
    if database.written("storage_encryption_key"):
        return True  # the construct turns it on: aws-cdk-lib 2.275.0, synthesized on 2026-11-21
    if database.kind.endswith(("ReadReplica", "FromSnapshot")):
        return RESTORED
    match database["instance_type.instance_type_identifier"]:
        case Literal(value=str() as name) if f"db.{name}".startswith(UNABLE):
            return f"{name} can't store encrypted; choose a newer class first"
    classes = [database[f"instance_type.{part}"] for part in ("instance_class", "instance_size")]
    words = [c.value.name.rsplit(".", 1)[-1] for c in classes if isinstance(c, Literal) and isinstance(c.value, Symbol)]
    if len(words) == 2 and words[0] in ("T2", "BURSTABLE2") and words[1] == "MICRO":
        return "db.t2.micro can't store encrypted; choose a newer class first"
    return False


def cdk_in_cluster(instance: "Construct") -> bool:
    match instance["engine"]:
        case Literal(value=str() as engine) if engine.startswith("aurora") and instance.kind.endswith("Instance"):
            return True
    return instance.written("db_cluster_identifier")


def cdk_l1_unable(database: "Construct") -> bool | str:
    if cdk_in_cluster(database):
        return True  # an instance of a cluster is encrypted as the cluster is
    if any(database.written(name) for name in CDK_SOURCES):
        return RESTORED
    if database.written("global_cluster_identifier"):
        return "all clusters of a global database are encrypted or none is; decide for all of them"
    match database["engine_mode"], database["db_instance_class"]:
        case Literal(value="serverless"), _:
            return True  # Aurora Serverless v1 always encrypts
        case _, Literal(value=str() as name) if name.startswith(UNABLE):
            return f"{name} can't store encrypted; choose a newer class first"
    return False


class RdsEncryption(SettingTransform):
    """Database storage is not encrypted.

    ## Why
    Tables, logs, automated backups, snapshots and replicas are stored in the clear: who gets hold of a snapshot has the
    data.

    ## Fix
    `storage_encrypted` is turned on, with the key `aws/rds` that AWS manages unless another one is named. A replica or
    a database that is restored takes its encryption from its source: advice.

    ## Impact
    Data loss: storage is encrypted when it is made or never, so that the database is made anew, empty. To keep the
    data, take a snapshot, copy it with a key, and make the database from the copy (`snapshot_identifier`); it is away
    meanwhile.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.html
    """

    impact = Impact.DATA_LOSS
    closes = (
        *("CKV_AWS_16", "CKV_AWS_96", "AWS-0080"),
        "AwsSolutions-RDS2",  # https://github.com/cdklabs/cdk-nag, src/packs/aws-solutions (3.0.2, read 2026-11-22)
        # assets/queries of https://github.com/Checkmarx/kics (read 2026-11-22), Terraform first
        "08bd0760-8752-44e1-9779-7bb369b2b4e4",
        "3199c26c-7871-4cb3-99c2-10a59244ce7f",
        "5beacce3-4020-4a3d-9e1d-a36f953df630",
        "65844ba3-03a1-40a8-b3dd-919f122e8c95",
    )
    related = ("AWS-0079",)  # wants a key of one's own as well
    note = REPLACED.format("snapshot_identifier")
    terraform_settings = (
        Setting("aws_db_instance", "storage_encrypted", True, unless=instance_unable, absent=False),
        Setting("aws_rds_cluster", "storage_encrypted", True, unless=cluster_unable, absent=False),
    )
    cloudformation_settings = tuple(
        Setting(kind, "StorageEncrypted", True, unless=unless, absent=False, note=note)
        for kind, unless, note in (
            ("AWS::RDS::DBInstance", template_instance_unable, REPLACED.format("DBSnapshotIdentifier")),
            ("AWS::RDS::DBCluster", template_cluster_unable, REPLACED.format("SnapshotIdentifier")),
        )
    )
    cdk_python_settings = tuple(
        Setting(f"aws_cdk.aws_rds.{kind}", "storage_encrypted", True, unless=unless, absent=False, note=note)
        for kind, unless, note in (
            ("DatabaseInstance", cdk_unable, REPLACED.format("the snapshot of a DatabaseInstanceFromSnapshot")),
            ("DatabaseInstanceReadReplica", cdk_unable, ""),
            ("DatabaseCluster", cdk_unable, REPLACED.format("the snapshot of a DatabaseClusterFromSnapshot")),
            ("DatabaseClusterFromSnapshot", cdk_unable, ""),
            ("CfnDBInstance", cdk_l1_unable, REPLACED.format("db_snapshot_identifier")),
            ("CfnDBCluster", cdk_l1_unable, REPLACED.format("snapshot_identifier")),
        )
    )
