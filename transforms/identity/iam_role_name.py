"""IAM roles, managed policies and instance profiles with a name of their own."""

import json
import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from fixer.formats.cloudformation import Template
from fixer.formats.cloudformation_element import Element
from fixer.formats.cloudformation_policies import statements_of
from fixer.formats.cloudformation_texts import Text, form_of
from fixer.formats.terraform import Module, Variable
from fixer.formats.terraform_block import Block
from fixer.formats.terraform_texts import length, template_of
from fixer.formats.value import Absent, Literal, Source, Unresolved
from fixer.model import Changes, Finding, Impact, Withheld
from fixer.transform import Transform
from transforms.identity import _module_names as terraform_names
from transforms.identity._template_names import Named
from transforms.identity._template_needs import Needs, exports, replaced_with

if TYPE_CHECKING:
    from fixer.formats.cdk_python import App
    from transforms.identity._cdk_names import NamedConstruct

# Type, the property that names it, and its kind as in an ARN: schemas in cfn-lint 1.58.0 (2026-11-21).
TEMPLATE_NAMES = (
    ("AWS::IAM::Role", "RoleName", "role"),
    ("AWS::IAM::ManagedPolicy", "ManagedPolicyName", "policy"),
    ("AWS::IAM::InstanceProfile", "InstanceProfileName", "instance-profile"),
    ("AWS::IAM::User", "UserName", "user"),
    ("AWS::IAM::Group", "GroupName", "group"),
)
REQUIRED = json.loads(Path(__file__).with_name("required_names.json").read_text(encoding="utf-8"))["names"]
VARIABLE_ALONE = re.compile(r"\$\{[^}!]+\}")
SUFFIX_PARAMETER = "EnvironmentSuffix"
SUFFIX_VARIABLE = "environment_suffix"
SUFFIXED = re.compile(r"\$\{[^}]*suffix[^}]*\}", re.IGNORECASE)
REPLACED = "it is replaced under a generated name; deploying then needs no CAPABILITY_NAMED_IAM"
KNOWN = "; whoever outside the stack trusts or uses it by its name or ARN must be told the new one"
PREFIXED = "it is replaced under a generated name that starts with the prefix"
SUFFIX_ADDED = "its name gets the environment's suffix"
MEMBER = "; its access keys, login and memberships go with it"


class IamRoleName(Transform):
    """IAM resource has a fixed name.

    ## Why
    Names of roles, managed policies and instance profiles are unique in an account: a second deployment of the same
    source, for another environment or region, fails on the name. A change that replaces the resource fails too, because
    the new one is made before the old one goes, and CloudFormation wants CAPABILITY_NAMED_IAM for the stack.

    ## Fix
    The name is dropped, so that a unique one is generated. Terraform: `name_prefix` in its place. CloudFormation: the
    property is removed. CDK: the argument is removed. Text elsewhere that spells the name (ARNs, lists of roles,
    outputs) becomes a reference; where it can't, the fix is withheld and the place is named. With `mode = "suffix"` the
    environment suffix is added to the name instead. `keep` lists names, as globs, that stay.

    ## Impact
    Replacement where a role trusts AWS services alone, and for managed policies and instance profiles. Interruption
    where a role trusts anybody else: they know it by its name. Users and groups: interruption, because keys and
    memberships go. More where something is re-created with it, such as an EKS cluster with its role. Files that
    Terraform reads while it runs (`file`, `templatefile`) are not searched for the name.

    ## References
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-iam-role.html
    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role
    """

    impact = Impact.REPLACEMENT
    related = ("CAPABILITY_NAMED_IAM",)
    settings: ClassVar[Mapping[str, Any]] = {"mode": "drop", "keep": ()}
    choices: ClassVar[Mapping[str, tuple[str, ...]]] = {"mode": ("drop", "suffix")}

    def terraform(self, module: Module) -> Iterable[Finding]:
        for block, kind, longest, longest_prefix in terraform_names.candidates(module):
            match block["name"], template_of(block, "name"):
                case Unresolved(text), None:
                    yield self.advice(block, "name is set", f"not decided here: name is {text}")
                case _, template if template is not None:
                    form = block.file.text[template.content.start : template.content.end]
                    if not self.keeps(form):
                        limit = longest if self.setting["mode"] == "suffix" else longest_prefix
                        size, unknown = length(block, template)
                        yield self.prefixed(terraform_names.Named(block, kind, form), size, limit, unknown)

    def prefixed(self, named: terraform_names.Named, size: int, limit: int, unknown: list[str]) -> Finding:
        """The finding for one name, with its spellings elsewhere made references; `unknown` parts add to its size."""
        message = f"name is {named.form}"
        if (reason := named.fixed(size, limit, self.setting["mode"])) is not None:
            return self.advice(named.block, message, reason)
        impact, others = named.consequences()
        note = PREFIXED if self.setting["mode"] != "suffix" else SUFFIX_ADDED
        note += KNOWN if named.known_elsewhere() else ""
        note += f"; that re-creates or restarts {', '.join(dict.fromkeys(others))}" if others else ""
        if unknown:
            note += f"; it may have {limit} characters, and how many {', '.join(unknown)} adds can't be told here"
        own = self.own_name(named.block, named.form)
        return self.finding(named.block, message, own, named.elsewhere(), impact=impact, note=note)

    def own_name(self, block: Block, form: str) -> Changes:
        """What becomes of the name itself."""
        if self.setting["mode"] == "suffix":
            about = "Suffix of names, one for each environment."
            reference, declared = block.module.variable(Variable(SUFFIX_VARIABLE, "string", '"dev"', about))
            return [block.set("name", Source(f'"{form}-${{{reference}}}"')), declared]
        prefix = form if form.endswith(("-", "_")) else f"{form}-"
        return [block.rename("name", "name_prefix"), block.set("name", Source(f'"{prefix}"'))]

    def cloudformation(self, template: Template) -> Iterable[Finding]:
        found = [(r, name, kind) for type_, name, kind in TEMPLATE_NAMES for r in template.resources(type_)]
        needs = Needs.of(template) if found else Needs()
        for resource, name, kind in sorted(found, key=lambda f: f[0].span):
            form = form_of(node) if (node := resource.node(name)) else None
            match resource[name]:
                case Absent() | Literal(value=None):
                    continue
                case Unresolved(text) if form is None or VARIABLE_ALONE.fullmatch(form):
                    yield self.advice(resource, f"{name} is set", f"not decided here: {name} is {text}")
                    continue
            if form is not None and not self.keeps(form):
                if resource.loops:
                    yield self.advice(resource, f"{name} is {form}", "the names that a loop makes can't be followed")
                    continue
                yield self.renamed(Named(template, resource, kind, name, form), needs)

    def cdk_python(self, app: "App") -> Iterable[Finding]:
        from transforms.identity._cdk_names import NamedConstruct, named_constructs

        for named in named_constructs(app):
            if not isinstance(named, NamedConstruct):
                construct, argument, text = named
                yield self.advice(construct, f"{argument} is set", f"not decided here: {argument} is {text}")
            elif not self.keeps(named.form) and not (self.setting["mode"] == "suffix" and named.has_suffix):
                yield self.cdk_renamed(named)

    def cdk_renamed(self, named: "NamedConstruct") -> Finding:
        change = named.suffixed() if self.setting["mode"] == "suffix" else named.dropped()
        known = named.kind == "role" and not named.trusts_services_alone
        member = named.kind in ("user", "group")
        return self.finding(
            named.construct,
            f"{named.argument} is {named.form}",
            change,
            named.spelled_elsewhere(),
            () if self.setting["mode"] == "suffix" else [*named.reads(), *named.needed_elsewhere()],
            impact=Impact.INTERRUPTION if known or member else Impact.REPLACEMENT,
            note=REPLACED + (MEMBER if member else KNOWN if known else ""),
        )

    def keeps(self, form: str) -> bool:
        if self.setting["mode"] == "suffix" and SUFFIXED.search(form):
            return True
        return any(fnmatchcase(form, glob) for glob in (*self.setting["keep"], *REQUIRED))

    def renamed(self, named: Named, needs: Needs) -> Finding:
        """The finding for one name, with its spellings elsewhere made references."""
        spellings = [(text, within(named, needs, text, changes)) for text, changes in named.spellings()]
        changes = [self.own(named), [changes for _, changes in spellings]]
        impact, note = self.template_effect(named, [text for text, _ in spellings])
        message = f"{named.key} is {named.form}"
        finding = self.finding(named.resource, message, changes, impact=impact, note=note)
        if finding.fix:
            for text, _ in spellings:
                needs.add(text.place.owner, named.resource.name)
        return finding

    def template_effect(self, named: Named, spellings: list[Text]) -> tuple[Impact, str]:
        """What the new name does to a deployed stack, and the note that says so."""
        places = [text.place for text in spellings]
        others = list(replaced_with(named.template, named.resource.name, places))
        exported = exports(named.template, named.resource.name, places)
        member = named.kind in ("user", "group")
        known = named.kind == "role" and not trusts_services_alone(named.resource)
        own = Impact.INTERRUPTION if member or known else Impact.REPLACEMENT
        note = (SUFFIX_ADDED if self.setting["mode"] == "suffix" else REPLACED) + MEMBER * member + KNOWN * known
        note += f"; that re-creates {', '.join(name for _, name in others)}" if others else ""
        if exported:
            note += f"; export {', '.join(exported)} changes, which fails while another stack imports it"
        unused = named.unused() if self.setting["mode"] != "suffix" else []
        note += f"; nothing uses parameter {', '.join(unused)} any more" if unused else ""
        return max([own, *(impact for impact, _ in others)]), note

    def own(self, named: Named) -> Changes:
        """What becomes of the name itself."""
        if self.setting["mode"] != "suffix":
            return named.resource.remove(named.key)
        longest = 64 if named.kind in ("role", "user") else 128
        if len(re.sub(r"\$\{[^}]*\}", "", named.form)) + 1 >= longest:
            return Withheld(f"a name may have {longest} characters, and there is no room for a suffix")
        parameter = {"Type": "String", "Description": "Suffix of names, one for each environment", "Default": "dev"}
        there = SUFFIX_PARAMETER in named.template.parameters
        return [
            named.resource.rewrite(named.key, {"Fn::Sub": f"{named.form}-${{{SUFFIX_PARAMETER}}}"}),
            () if there else named.template.add_parameter(SUFFIX_PARAMETER, parameter),
        ]


def within(named: Named, needs: Needs, text: Text, changes: Changes) -> Changes:
    """The changes that make a reference, unless it would be circular or lead to a resource that may not be there."""
    place, resource = text.place, named.resource
    if place.section == "Resources" and needs.reach(resource.name, place.owner):
        return Withheld(f"{place} spells the name, and a reference there would be circular")
    condition = named.template.condition("Resources", resource.name)
    if condition and not named.template.gated(place, condition):
        return Withheld(f"{place} spells the name, and is there where {condition} leaves {resource.name} out")
    return changes


def trusts_services_alone(role: Element) -> bool:
    statements = statements_of(role, "AssumeRolePolicyDocument")
    return bool(statements) and all(set(statement.principals) == {"Service"} for statement in statements or ())
