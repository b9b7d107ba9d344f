"""CloudWatch log groups that keep their events for ever."""

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from fixer.formats.cloudformation import Template
from fixer.formats.terraform import Module, Variable
from fixer.formats.terraform_block import Block
from fixer.formats.value import Absent, Literal, Source, Symbol, Unresolved
from fixer.model import Changes, Finding, Impact
from fixer.transform import Transform

if TYPE_CHECKING:
    from fixer.formats.cdk_python import App

ARGUMENT = "retention_in_days"
MISSING = "log group keeps its events for ever"
DELETED = "events older than {} days are deleted from a log group that is deployed"
ZERO = "not decided here: it is {}, whose default 0 means for ever"
# A variable for the retention of logs in general, not for that of one kind of them such as `audit_retention_days`.
GENERAL = re.compile(r"var\.(cloudwatch_|cw_)?(logs?_)?(group_)?retention(_in)?(_days|_period)?\Z")

CDK_RETENTION = "aws_cdk.aws_logs.RetentionDays"
# The members of that class in aws-cdk-lib 2.275.0 (2026-11-21): all that CloudWatch takes.
CDK_DAYS = {
    1: "ONE_DAY",
    3: "THREE_DAYS",
    5: "FIVE_DAYS",
    7: "ONE_WEEK",
    14: "TWO_WEEKS",
    30: "ONE_MONTH",
    60: "TWO_MONTHS",
    90: "THREE_MONTHS",
    120: "FOUR_MONTHS",
    150: "FIVE_MONTHS",
    180: "SIX_MONTHS",
    365: "ONE_YEAR",
    400: "THIRTEEN_MONTHS",
    545: "EIGHTEEN_MONTHS",
    731: "TWO_YEARS",
    1096: "THREE_YEARS",
    1827: "FIVE_YEARS",
    2192: "SIX_YEARS",
    2557: "SEVEN_YEARS",
    2922: "EIGHT_YEARS",
    3288: "NINE_YEARS",
    3653: "TEN_YEARS",
}


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
    closes = (
        "CKV_AWS_66",
        # assets/queries of https://github.com/Checkmarx/kics (read 2026-11-22), Terraform first
        "ef0b316a-211e-42f1-888e-64efe172b755",
    )
    related = ("CKV_AWS_338",)
    settings: ClassVar[Mapping[str, Any]] = {"days": 30, "variable": "cloudwatch_retention_days"}

    @property
    def days(self) -> int:
        """The days of the setting, or the next higher number that CloudWatch takes."""
        return next((days for days in CDK_DAYS if days >= self.setting["days"]), max(CDK_DAYS))

    def terraform(self, module: Module) -> Iterable[Finding]:
        for group in module.resources("aws_cloudwatch_log_group"):
            if group.attribute("log_group_class") and not group["log_group_class"].differs_from("DELIVERY"):
                continue  # CloudWatch itself sets the retention of this class
            match group[ARGUMENT]:
                case Literal(value=value) if value not in (0, "0", None):
                    continue
                case Unresolved(text):
                    if default_of(module, text) == 0:
                        yield self.advice(group, MISSING, ZERO.format(text))
                case _:
                    yield self.limited(group)

    def cloudformation(self, template: Template) -> Iterable[Finding]:
        days = self.days
        for group in template.resources("AWS::Logs::LogGroup"):
            delivery = group["LogGroupClass"] != Absent() and not group["LogGroupClass"].differs_from("DELIVERY")
            match group["RetentionInDays"]:
                case Absent() | Literal(value=None) if not delivery:
                    note = DELETED.format(days)
                    yield self.finding(group, MISSING, group.set("RetentionInDays", days), note=note)

    def cdk_python(self, app: "App") -> Iterable[Finding]:
        days = self.days
        note = DELETED.format(days)
        for group in app.resources("aws_cdk.aws_logs.CfnLogGroup"):
            delivery = group.written("log_group_class") and not group["log_group_class"].differs_from("DELIVERY")
            if group[ARGUMENT] == Absent() and not delivery:
                yield self.finding(group, MISSING, group.set(ARGUMENT, days), note=note)
        for group, argument in app.written(Symbol(f"{CDK_RETENTION}.INFINITE")):
            limited = Symbol(f"{CDK_RETENTION}.{CDK_DAYS[days]}")
            yield self.finding(group, MISSING, group.set(argument, limited), note=note)
        for group, argument, variable in app.held(Symbol(f"{CDK_RETENTION}.INFINITE")):
            yield self.advice(group, MISSING, f"not decided here: {argument} is {variable}, which is INFINITE")

    @property
    def variable(self) -> Variable:
        about = "Days that CloudWatch keeps log events before it deletes them."
        return Variable(self.setting["variable"], "number", str(self.days), about)

    def limited(self, group: Block) -> Finding:
        """The finding for a group without retention, with the variable that gives it one."""
        module = group.module
        reference, declared = general_variable(module) or module.variable(self.variable)
        default = self.days if declared else default_of(module, reference)
        if default == 0:
            return self.advice(group, MISSING, ZERO.format(reference))
        days = reference if default is None else default
        note = DELETED.format(days)
        return self.finding(group, MISSING, group.set(ARGUMENT, Source(reference)), declared, note=note)


def general_variable(module: Module) -> tuple[str, Changes] | None:
    """The one variable for logs in general that log groups of the module take their retention from already."""
    values = [group[ARGUMENT] for group in module.resources("aws_cloudwatch_log_group")]
    used = {value.text for value in values if isinstance(value, Unresolved) and GENERAL.match(value.text)}
    return (used.pop(), ()) if len(used) == 1 else None


def default_of(module: Module, reference: str) -> int | None:
    """The whole number that a variable has as its default, None where there is none."""
    for variable in module.blocks("variable", reference.removeprefix("var.")):
        match variable["default"]:
            case Literal(value=int() | str() as value) if str(value).isdigit():
                return int(value)
    return None
