"""Hosted zones, DNS records and certificate validations that are always created."""

import json
from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from fixer.formats.cloudformation import Template
from fixer.formats.cloudformation_gate import Gate as TemplateGate
from fixer.formats.cloudformation_gate import linked as linked_in_template
from fixer.formats.groups import connected
from fixer.formats.terraform import Module, Variable
from fixer.formats.terraform_gate import Gate
from fixer.formats.terraform_references import linked
from fixer.formats.value import Absent, Literal, Value
from fixer.model import Finding, Impact
from fixer.transform import Transform
from transforms.portability._route53_in_modules import takes_null, unconditional
from transforms.portability._route53_in_templates import fallback, switch, waits_by_hand
from transforms.portability._route53_in_templates import unconditional as unconditional_in_template

if TYPE_CHECKING:
    from fixer.formats.cdk_construct import Construct
    from fixer.formats.cdk_context import Flag
    from fixer.formats.cdk_python import App

CDK_ZONES = ("HostedZone", "PublicHostedZone", "PrivateHostedZone")
CDK_RECORDS = (
    *("ARecord", "AaaaRecord", "CnameRecord", "TxtRecord", "MxRecord", "SrvRecord", "NsRecord", "CaaRecord"),
    *("CaaAmazonRecord", "DsRecord", "HttpsRecord", "SvcbRecord", "RecordSet", "CfnRecordSet", "CfnRecordSetGroup"),
    *("ZoneDelegationRecord", "CrossAccountZoneDelegationRecord"),
)
# From the classes of aws-cdk-lib 2.275.0 (2026-11-21). A zone known by its id or attributes needs no look-up and makes
# nothing: it may stay.
CDK_KINDS = (
    *(f"aws_cdk.aws_route53.{name}" for name in (*CDK_ZONES, "CfnHostedZone", *CDK_RECORDS)),
    *(f"aws_cdk.aws_route53.{name}.from_lookup" for name in CDK_ZONES),
    "aws_cdk.aws_route53_patterns.HttpsRedirect",
    "aws_cdk.aws_certificatemanager.DnsValidatedCertificate",
)


class Route53Conditional(Transform):
    """Route53 resources are always created.

    ## Why
    A hosted zone, its records and the validation of a certificate need a domain that is really delegated. Where they
    can't be turned off, nobody can deploy the stack without owning that domain: no test environment, no pull-request
    environment.

    ## Fix
    A flag, on by default, decides. Terraform: `count = var.enable_route53 ? 1 : 0` (or the same in `for_each`), the
    variable declared once, and every mention rewritten so that it holds in both positions: `[0]` where the same flag
    gates the user, `one(x[*].a)` where null will do, a conditional with a fallback in strings and lists, `moved` and
    `import` blocks too. CloudFormation: parameter `EnableRoute53` and condition `Route53Enabled`. CDK: the context
    value `enable_route53`. A mention that has no safe fallback withholds the fix, with its place. Private
    zones that a module or template makes itself, and the records in them, need no domain and are left alone.

    ## Impact
    None: the default of the flag keeps everything as it is (Terraform itself moves `x` to `x[0]`). With the setting
    `default = false`, or where the flag is there already and off (a variable's default, a context value in `cdk.json`),
    records are removed by the next deployment: interruption.

    ## References
    https://developer.hashicorp.com/terraform/language/meta-arguments/count
    https://developer.hashicorp.com/terraform/language/modules/develop/refactoring#enabling-count-or-for_each-for-a-resource
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html
    """

    impact = Impact.NONE
    settings = {"variable": "enable_route53", "default": True}

    def terraform(self, module: Module) -> Iterable[Finding]:
        for group in connected(unconditional(module), linked):
            named = ", ".join(block.address for block in group)
            message = f"Route53 resources are always created: {named}"
            variable = Variable(
                self.setting["variable"],
                "bool",
                json.dumps(self.setting["default"]),
                "Whether to create the Route53 resources",
            )
            condition, declared = module.variable(variable)
            gate = Gate(condition, group, takes_null)
            impact, note = self.effect(module.variable_value(condition.removeprefix("var.")))
            yield self.finding_of(group, message, gate.changes(), declared, impact=impact, note=note)

    def cdk_python(self, app: "App") -> Iterable[Finding]:
        from fixer.formats.cdk_context import Flag
        from fixer.formats.cdk_gate import connected as gated
        from fixer.formats.cdk_presence import always_there

        found = [construct for kind in CDK_KINDS for construct in app.resources(kind)]
        fixed = [construct for construct in found if always_there(app, construct.module, construct.call)]
        ordered = sorted(fixed, key=lambda construct: (construct.path, construct.span))
        flag = Flag(self.setting["variable"], self.setting["default"])
        for group, gate in gated(app, flag, CDK_KINDS, ordered):
            if in_private_zones(group):
                continue
            named = ", ".join(construct.address for construct in group)
            message = f"Route53 resources are always created: {named}"
            impact, note = self.effect(state_of(app, flag))
            other, position = ("false", "off") if flag.default else ("true", "on")
            turned = f"cdk deploy -c {flag.name}={other} turns them {position}"
            if gate.has_choices:
                turned += "; a certificate that is validated in a zone that is off waits for records made by hand"
            yield self.finding_of(group, message, gate.changes(), impact=impact, note=note or turned)

    def cloudformation(self, template: Template) -> Iterable[Finding]:
        for group in connected(unconditional_in_template(template), partial(linked_in_template, template)):
            named = ", ".join(resource.name for resource in group)
            flag = switch(template, self.setting["variable"], self.setting["default"])
            gate = TemplateGate(template, flag.condition, group, fallback)
            impact, note = self.effect(flag.default)
            message = f"Route53 resources are always created: {named}"
            order = f"{', '.join(gate.unordered)} no longer waits for what may not be there" if gate.unordered else ""
            note = "; ".join(filter(None, [note, waits_by_hand(template, group), order]))
            yield self.finding_of(group, message, flag.declared, gate.changes(), impact=impact, note=note)

    def effect(self, flag: Value) -> tuple[Impact, str]:
        """What the flag does as it stands: nothing while it is on."""
        on = flag.value if isinstance(flag, Literal) else self.setting["default"] if isinstance(flag, Absent) else None
        if on is True or on == "true":
            return Impact.NONE, ""
        return Impact.INTERRUPTION, "unless the flag is on, the next deployment removes these resources"


def state_of(app: "App", flag: "Flag") -> Value:
    """Whether a flag is on as the app's cdk.json sets it, by the test that is written for it."""
    match app.context(flag.name):
        case Literal(value=value, span=span):
            return Literal(flag.holds(value), span)
        case other:
            return other


def in_private_zones(group: "Sequence[Construct]") -> bool:
    """Whether the zones of a group are all made here for VPCs: such a zone needs no delegated domain."""
    zones = [found for found in group if found.kind.rsplit(".", 1)[-1] in (*CDK_ZONES, "CfnHostedZone")]
    return bool(zones) and all(zone.kind.endswith(".PrivateHostedZone") or zone.written("vpcs") for zone in zones)
