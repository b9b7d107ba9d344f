"""CloudWatch log groups that keep their events for ever."""

import re
from collections.abc import Iterable

from fixer.formats.terraform import Module, Variable
from fixer.formats.terraform_block import Block
from fixer.formats.value import Absent, Literal, Source, Unresolved
from fixer.model import Finding, Impact
from fixer.transform import Transform

ARGUMENT = "retention_in_days"
MISSING = "log group keeps its events for ever"
# A variable for the retention of logs in general, not for that of one kind of them such as `audit_retention_days`.
GENERAL = re.compile(r"(cloudwatch_|cw_)?(logs?_)?(group_)?retention(_in)?(_days|_period)?\Z")


class LogRetention(Transform):
    """CloudWatch log group has no retention.

    ## Why
    Events that are never deleted cost more every month, and keep personal data longer than anybody decided.

    ## Fix
    Terraform: `retention_in_days = var.cloudwatch_retention_days`, the variable declared once with the default from the
    settings; where other log groups of the module already take theirs from a variable for logs in general, from that
    one. CloudFormation: `RetentionInDays`. CDK: where a group never expires (`CfnLogGroup` without retention,
    `RetentionDays.INFINITE`); a plain `LogGroup` keeps two years by itself and is left alone.

    ## Impact
    In place. Events older than the retention are deleted from a deployed log group, for good.

    ## References
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html
    """

    impact = Impact.IN_PLACE
    closes = ("CKV_AWS_66",)
    related = ("CKV_AWS_338",)
    settings = {"days": 30, "variable": "cloudwatch_retention_days"}

    def terraform(self, module: Module) -> Iterable[Finding]:
        groups = module.resources("aws_cloudwatch_log_group")
        for group in groups:
            if not group["log_group_class"].differs_from("DELIVERY") and group.attribute("log_group_class"):
                continue  # CloudWatch sets the retention of this class itself
            match group[ARGUMENT]:
                case Absent():
                    yield self.limited(group, groups)
                case Literal(value=value) if value in (0, "0", None):
                    yield self.limited(group, groups)
                case Unresolved(text) if is_zero(module, text):
                    yield self.advice(group, MISSING, f"{text} has the default 0, which means for ever; give it another")

    def limited(self, group: Block, groups: list[Block]) -> Finding:
        reference, declared = self.retention(group.module, groups)
        if is_zero(group.module, reference):
            return self.advice(group, MISSING, f"{reference} has the default 0, which means for ever; give it another")
        days = default_of(group.module, reference, self.setting["days"])
        note = f"events older than {days} days are deleted from a log group that is deployed"
        return self.finding(group, MISSING, group.set(ARGUMENT, Source(reference)), declared, note=note)
