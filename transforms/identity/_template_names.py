"""Physical names of IAM resources in a template: where else they are spelled, and what stands there instead."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from fixer.formats.cloudformation import Template
from fixer.formats.cloudformation_element import Element
from fixer.formats.cloudformation_texts import Text, rewritten, texts
from fixer.model import Changes, Withheld

# The characters of IAM names: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html (2026-11-21).
NAME = r"[\w+=,.@-]"
ACCOUNT = "${AWS::AccountId}"
# Keys whose text is a label, or the name of something else that happens to be called the same.
LABEL = re.compile(r"(Name|Description|Comment|Sid|Key|Title|DashboardBody|GroupDescription)\Z")
# Properties that name an IAM resource by the keys that lead to it: cfn-lint 1.58.0 schemas of AWS::IAM and AWS::EC2.
NAMING = {
    "role": ("Roles", "Role", "RoleName"),
    "policy": (),
    "instance-profile": ("IamInstanceProfile", "InstanceProfileName"),
    "user": ("Users", "UserName"),
    "group": ("Groups", "GroupName"),
}


@dataclass(frozen=True)
class Named:
    """An IAM resource with a name: `kind` as in its ARN, `form` the name as a Sub would spell it."""

    template: Template
    resource: Element
    kind: str
    property: str
    form: str

    @property
    def arn(self) -> str:
        """The attribute that is the ARN; a managed policy's Ref is its ARN."""
        name = self.resource.name
        return f"${{{name}}}" if self.kind == "policy" else f"${{{name}.Arn}}"

    def references(self) -> Iterator[tuple[Text, Changes]]:
        """The texts elsewhere that spell the name, each with what makes a reference of it, or the reason why nothing can."""
        for text in texts(self.template):
            place = text.place
            own = place.owner == self.resource.name and place.path == ("Properties", self.property)
            if place.section in ("Resources", "Outputs", "Mappings", "Parameters") and not own:
                yield from ((text, changes) for changes in self.reference(text))

    def reference(self, text: Text) -> Iterator[Changes]:
        if self.form not in text.form:
            if self.matches(text):
                yield Withheld(f"{text.place} matches the name with a wildcard")
        elif found := re.search(self.arn_pattern, text.form):
            yield self.arn_reference(text, found)
        elif found := re.search(rf"(?<![\w-]){self.kind}/(?:{NAME}+/)*({re.escape(self.form)})(?!{NAME}|\$)", text.form):
            yield self.part(text, found)
        elif text.form == self.form:
            yield from self.whole_name(text)
        elif self.is_word_in(text) and not is_label(text):
            yield Withheld(f"{text.place} spells the name in a longer text")

    @property
    def arn_pattern(self) -> str:
        account = rf"({re.escape(ACCOUNT)}|\d{{12}}|\$\{{[\w:.]+\}})"
        path = rf"(?:{NAME}+/)*"
        return rf"arn:[^:]+:iam::{account}:{self.kind}/{path}{re.escape(self.form)}(?!{NAME}|\$)"

    def arn_reference(self, text: Text, found: re.Match[str]) -> Changes:
        if found[1] != ACCOUNT:
            return Withheld(f"{text.place} spells the ARN for account {found[1]}, which may be another one")
        return rewritten(self.template, text, found[0], self.arn)

    def part(self, text: Text, found: re.Match[str]) -> Changes:
        """The name behind `role/` in another text than the plain ARN: an assumed role, an ARN of any account."""
        if self.kind == "policy":
            return Withheld(f"{text.place} spells the policy's name, which no attribute gives")
        old = found[0]
        return rewritten(self.template, text, old, old.removesuffix(self.form) + f"${{{self.resource.name}}}")

    def whole_name(self, text: Text) -> Iterator[Changes]:
        key = next((step for step in reversed(text.place.path) if isinstance(step, str)), "")
        names = key in NAMING[self.kind] and self.owner_takes_names(text, key)
        if not names and (is_label(text) or is_tag(text)):
            return
        if self.kind == "policy":
            yield Withheld(f"{text.place} spells the policy's name, which no attribute gives")
        else:
            yield rewritten(self.template, text, self.form, f"${{{self.resource.name}}}")

    def owner_takes_names(self, text: Text, key: str) -> bool:
        """Whether the owner refers to names with this key: to its own name it gives one."""
        owner = self.template.element("Resources", text.place.owner)
        return owner is not None and owner.type not in (self.resource.type,) and not key.endswith("ProfileName")

    def is_word_in(self, text: Text) -> bool:
        return re.search(rf"(?<!{NAME})(?<!\}}){re.escape(self.form)}(?!{NAME}|\$)", text.form) is not None

    def matches(self, text: Text) -> bool:
        """Whether a wildcard in an ARN is for this name, and would not be for a generated one."""
        found = re.search(rf":{self.kind}/(?:{NAME}+/)*([^\s/]*\*[^\s/]*)\Z", text.form)
        if found is None or found[1] == "*" or found[1].startswith("${AWS::StackName}-*"):
            return False
        return fnmatchcase(self.form, found[1].replace("[", "[[]"))


def is_label(text: Text) -> bool:
    key = next((step for step in reversed(text.place.path) if isinstance(step, str)), "")
    return LABEL.search(key) is not None


def is_tag(text: Text) -> bool:
    return any(step in ("Tags", "HostedZoneTags", "TagSpecifications") for step in text.place.path)
