"""Physical names of IAM constructs of the CDK: who else in the app spells them, and who knows them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from fixer.formats.cdk_policies import trusted
from fixer.formats.cdk_python import App, Construct
from fixer.formats.cdk_texts import Text, argument_form, texts
from fixer.formats.value import Unresolved
from fixer.model import Changes, Withheld

# The class, the argument that names what it makes, and its kind as in an ARN: aws-cdk-lib 2.275.0 (2026-11-21).
ARGUMENTS = (
    *((f"{level}Role", "role_name", "role") for level in ("", "Lazy", "Cfn")),
    *((f"{level}ManagedPolicy", "managed_policy_name", "policy") for level in ("", "Cfn")),
    *((f"{level}InstanceProfile", "instance_profile_name", "instance-profile") for level in ("", "Cfn")),
    *((f"{level}User", "user_name", "user") for level in ("", "Cfn")),
    *((f"{level}Group", "group_name", "group") for level in ("", "Cfn")),
)
IAM = "aws_cdk.aws_iam."
NAMING = {"role": {"role_name", "roles"}, "policy": {"managed_policy_name"}, "user": {"user_name", "users"}}
NAME = r"[\w+=,.@-]"
FILLED_IN = re.compile(r"\{[^{}]*\}")
SUFFIXED = re.compile(r"\{[^{}]*suffix[^{}]*\}", re.IGNORECASE)


@dataclass(frozen=True)
class NamedConstruct:
    """A construct with a name: `kind` as in its ARN, `form` the name with `{x}` for what is filled in."""

    construct: Construct
    argument: str
    kind: str
    form: str

    @property
    def has_suffix(self) -> bool:
        return bool(SUFFIXED.search(self.form))

    @property
    def trusts_services_alone(self) -> bool:
        return self.kind == "role" and trusted(self.construct) == {"Service"}

    def spelled_elsewhere(self) -> Iterator[Withheld]:
        """Why the name can't go: a text elsewhere spells it, and what stands there can't follow."""
        app, own = self.construct.app, self.construct.locate(self.argument)
        span = self.construct.module.source.span(own.node)
        for text in texts(app, max(FILLED_IN.split(self.form), key=len)):
            if (text.path, text.span) != (self.construct.path, span) and self.is_in(text):
                yield Withheld(f"{text.place} spells the name; make it a reference first")

    def needed_elsewhere(self) -> Iterator[Withheld]:
        """Why the name can't go: only a fixed one can be referred to from a stack in another account or region.

        CannotUseCrossEnvironment of aws-cdk-lib 2.275.0, met on 2026-11-22.
        """
        if len(self.construct.app.environments) > 1:
            for site in self.construct.seen_outside():
                yield Withheld(f"{site} may be for another account or region, where only a fixed name can be known")

    def is_in(self, text: Text) -> bool:
        longest = max(FILLED_IN.split(self.form), key=len).strip("-_")
        if text.part and longest and longest in text.form and self.form != longest:
            return not text.is_label
        word = rf"(?<!{NAME}){re.escape(self.form)}(?!{NAME}|\{{)"
        if re.search(word, text.form):
            return not text.is_label or text.argument in NAMING.get(self.kind, ())
        wildcard = re.search(rf":{self.kind}/(?:{NAME}+/)*([^\s/]*\*[^\s/]*)\Z", text.form)
        return wildcard is not None and wildcard[1] != "*" and fnmatchcase(self.form, wildcard[1])

    def reads(self) -> Iterator[Changes]:
        """The name that is read from an L1 resource, where it is what was written, becomes what Ref gives."""
        if self.construct.kind.startswith(f"{IAM}Cfn"):
            ref = None if self.kind == "policy" else "ref"
            yield from self.construct.read_instead(self.argument, ref)

    def dropped(self) -> Changes:
        return self.construct.remove(self.argument)

    def suffixed(self) -> Changes:
        """The name with the environment suffix, a context value, behind it."""
        return self.construct.extend(self.argument, "environment_suffix", "dev")


def named_constructs(app: App) -> Iterator[NamedConstruct | tuple[Construct, str, str]]:
    """The IAM constructs with a name; where only running the program tells it: (construct, argument, its text)."""
    for name, argument, kind in ARGUMENTS:
        for construct in app.resources(f"{IAM}{name}"):
            form = argument_form(construct, argument)
            if form is not None and construct.changed_later is None and len(max(FILLED_IN.split(form), key=len)) > 2:
                yield NamedConstruct(construct, argument, kind, form)
            elif isinstance(value := construct[argument], Unresolved):
                yield construct, argument, value.text
