"""Databases that one wrong plan can delete, or, where stacks come and go, that can't be deleted."""

from collections.abc import Iterator
from dataclasses import replace

from fixer.model import Finding, Impact
from fixer.setting import Resources, Setting, SettingTransform


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
    closes = ("CKV_AWS_139", "CKV_AWS_293", "AWS-0177", "AWS-0343")
    note = "to delete or replace the database later, turn the protection off in a deployment of its own first"
    terraform_settings = (
        Setting("aws_db_instance", "deletion_protection", True, absent=False),
        Setting("aws_rds_cluster", "deletion_protection", True, absent=False),
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
