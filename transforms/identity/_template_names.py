"""Physical names of IAM resources in a template: where else they are spelled, and what can stand there instead."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from fixer.formats.cloudformation import Template
from fixer.formats.cloudformation_element import Element
from fixer.formats.cloudformation_loops import unrolled
from fixer.formats.cloudformation_texts import Text, form_of, rewritten, texts
from fixer.model import Changes, Withheld

# The characters of IAM names: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html (2026-11-21).
NAME = r"[\w+=,.@-]"
PATH = rf"(?:{NAME}+/)*"
ACCOUNT = "${AWS::AccountId}"
ARN = r"arn:(?:\$\{[^}]+\}|[\w-]+):iam::(\$\{[\w:.]+\}|\*|\d*):"
OTHER_SERVICE = re.compile(r"arn:(?:\$\{[^}]+\}|[\w*-]+):(?!iam|sts)[\w*-]*:")
# Keys whose text is a label, or the name of something else that happens to be called the same.
LABEL = re.compile(r"(?:Name|Description|Comment|Sid|Key|Title|DashboardBody)\Z")
TAGS = ("Tags", "TagSpecifications")
# By the kind of an IAM resource, the keys under which others give its name: schemas in cfn-lint 1.58.0 (2026-11-21).
NAMING = {
    "role": ("Roles", "RoleName"),
    "instance-profile": ("IamInstanceProfile",),
    "user": ("Users", "UserName"),
    "group": ("Groups", "GroupName"),
}
OWNERS = ("AWS::IAM::", "AWS::EC2::", "AWS::AutoScaling::")


@dataclass(frozen=True)
class Named:
    """An IAM resource with a name: `kind` as in its ARN, `form` the name as a Sub would spell it."""

    template: Template
    resource: Element
    kind: str
    key: str
    form: str

    @property
    def arn(self) -> str:
        """What gives the ARN: for a managed policy that is what Ref gives."""
        return f"${{{self.resource.name}}}" if self.kind == "policy" else f"${{{self.resource.name}.Arn}}"

    @property
    def name(self) -> str | None:
        """What gives the generated name, None where nothing does."""
        return None if self.kind == "policy" else f"${{{self.resource.name}}}"

    def unused(self) -> list[str]:
        """The parameters that nothing but the name uses."""
        own = (self.resource.name, ("Properties", self.key))
        return [
            name
            for name in self.template.parameters
            if (found := self.template.references(name)) and all((m.place.owner, m.place.path) == own for m in found)
        ]

    def spellings(self) -> Iterator[tuple[Text, Changes]]:
        """The texts elsewhere that spell the name, each with what makes a reference of it or the reason against it."""
        for text in texts(self.template):
            place = text.place
            own = place.owner == self.resource.name and place.path == ("Properties", self.key)
            if place.section in ("Resources", "Outputs", "Mappings", "Parameters") and not own:
                changes = self.reference(text)
                yield from [(text, changes)] if changes is not None else ()

    def reference(self, text: Text) -> Changes | None:
        """What makes a reference of a text, None where it is not about this resource."""
        end = rf"{re.escape(self.form)}(?!{NAME}|\$)"
        if self.form not in text.form:
            if any(self.form in one for one in unrolled(text.form, text.place.loops) or ()):
                return Withheld(f"{text.place} spells the name in a loop")
            return Withheld(f"{text.place} matches the name with a wildcard") if self.matches(text) else None
        if text.form == self.form:
            return self.whole_name(text)
        if found := re.search(ARN + self.kind + "/" + PATH + end, text.form):
            return self.arn_reference(text, found)
        if found := re.search(rf"(?<![\w-])(?:assumed-)?{self.kind}/{PATH}{end}", text.form):
            return self.with_name(text, found[0])
        word = re.search(rf"(?<!{NAME})(?<!\}}){end}", text.form)
        if word and not is_label(text) and not OTHER_SERVICE.match(text.form):
            return Withheld(f"{text.place} spells the name in a longer text")
        return None

    def arn_reference(self, text: Text, found: re.Match[str]) -> Changes:
        if found[1] != ACCOUNT:
            return Withheld(f"{text.place} spells the ARN for account {found[1] or 'none'}, which may be another one")
        return rewritten(self.template, text, found[0], self.arn)

    def with_name(self, text: Text, old: str) -> Changes:
        """The name alone becomes a reference, in a text such as the ARN of an assumed role."""
        if self.name is None:
            return Withheld(f"{text.place} spells the policy's name, which no attribute gives")
        return rewritten(self.template, text, old, old.removesuffix(self.form) + self.name)

    def whole_name(self, text: Text) -> Changes | None:
        """A text that is the name and nothing else: a reference where a name of this kind is meant."""
        meant = kind_named(self.template, text)
        if meant != self.kind and (meant is not None or is_label(text)):
            return None
        if meant is None and not self.is_spoken_of(text):
            if other := called(self.template, self.form, self.resource.name):
                return Withheld(f"{text.place} spells the name, and {other} is called the same")
            if re.fullmatch(r"[A-Za-z]+", self.form):
                return Withheld(f"{text.place} is {self.form}, which may be the name or just a word")
        return self.with_name(text, self.form)

    def is_spoken_of(self, text: Text) -> bool:
        """Whether a key around a text, or the name of an output, says what kind of thing it names."""
        keys = [str(step) for step in text.place.path] + [text.place.owner] * (text.place.section == "Outputs")
        return any(self.kind.rpartition("-")[2] in key.lower() for key in keys)

    def matches(self, text: Text) -> bool:
        """Whether a wildcard in an ARN is for this name, and would not be for a generated one."""
        found = re.search(rf":{self.kind}/{PATH}([^\s/]*\*[^\s/]*)\Z", text.form)
        if found is None or found[1] == "*" or found[1].startswith("${AWS::StackName}-*"):
            return False
        return fnmatchcase(self.form, found[1].replace("[", "[[]"))


def kind_named(template: Template, text: Text) -> str | None:
    """The kind of IAM resource whose name is wanted where a text stands."""
    owner = template.element("Resources", text.place.owner)
    if owner is None or not owner.type.startswith(OWNERS):
        return None
    keys = [step for step in text.place.path if isinstance(step, str)]
    for kind, names in NAMING.items():
        own = owner.type == f"AWS::IAM::{kind.title()}" and keys[-1] == f"{kind.title()}Name"
        if not own and (keys[-1] in names or (keys[-1] == "Name" and keys[-2] in names)):
            return kind if owner.type.startswith("AWS::IAM::") or kind == "instance-profile" else None
    return None


def called(template: Template, form: str, but: str) -> str | None:
    """Another resource that has this name, of whatever type."""
    for place in template.places:
        names = place.section == "Resources" and len(place.path) == 2 and str(place.path[1]).endswith("Name")
        if names and place.owner != but and form_of(place.node) == form:
            return place.owner
    return None


def is_label(text: Text) -> bool:
    keys = [step for step in text.place.path if isinstance(step, str)]
    return any(key in TAGS for key in keys) or (bool(keys) and LABEL.search(keys[-1]) is not None)
