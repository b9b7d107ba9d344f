"""RDS instances and Aurora clusters whose storage is not encrypted."""

from fixer.formats.terraform_block import Block
from fixer.formats.value import Literal
from fixer.model import Impact
from fixer.setting import Setting, SettingTransform

# The classes that can't store encrypted: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html,
# "Availability of Amazon RDS encryption" (read 2026-11-21).
UNABLE = ("db.m1.", "db.m2.", "db.t1.", "db.t2.micro")
RESTORED = "a database made from a snapshot or from another one is encrypted as that is: encrypt its source"
SOURCES = ("snapshot_identifier", "restore_to_point_in_time", "replicate_source_db", "replication_source_identifier")


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
    closes = ("CKV_AWS_16", "CKV_AWS_96", "AWS-0080")
    note = (
        "a deployed database is replaced by an empty one: take a snapshot, copy it with a key, and set "
        "snapshot_identifier to the copy; the database is away meanwhile"
    )
    terraform_settings = (
        Setting("aws_db_instance", "storage_encrypted", True, unless=instance_unable, absent=False),
        Setting("aws_rds_cluster", "storage_encrypted", True, unless=cluster_unable, absent=False),
    )
