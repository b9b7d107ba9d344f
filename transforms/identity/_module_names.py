"""Names of IAM resources in a Terraform module: where else they are spelled, and what can stand there instead."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fixer.formats.terraform import Module
from fixer.formats.terraform_block import Block
from fixer.formats.terraform_companions import local_value
from fixer.formats.terraform_policies import statements_of
from fixer.formats.terraform_spellings import (
    NAME_BEFORE,
    NAME_BEHIND,
    Spelling,
    argument_names,
    dependencies,
    spellings,
)
from fixer.model import Edit, Impact, Withheld

ARN = re.compile(r"arn:[^:\s\"]*:(?:iam|sts)::(?P<account>\$\{[^}]*\}|[^:\s\"]*):(?P<kind>[\w-]+)/(?:[\w+=,.@-]+/)*\Z")
OTHER_SERVICE = re.compile(r"arn:[^:\s\"]*:(?!iam:|sts:)[\w-]+:[^\s\"]*\Z")
METADATA = re.compile(r"security-credentials/\Z")
# Keys whose text is a label, or the name of something else that happens to be called the same.
LABEL = re.compile(r"(?:.*_)?(?:name|name_prefix|description|comment|sid|title|alias|family|identifier|bucket)\Z", re.I)
# By the kind of an IAM resource, what is in the keys under which others give its name.
NAMING = {"role": "role", "policy": "policy", "instance-profile": "profile", "user": "user", "group": "group"}
# Type, kind as in an ARN, and the longest name and name_prefix (0: it has none): hashicorp/terraform-provider-aws,
# internal/service/iam (2026-11-21): a generated name adds 26 characters to its prefix.
TYPES = (
    ("aws_iam_role", "role", 64, 38),
    ("aws_iam_policy", "policy", 128, 102),
    ("aws_iam_instance_profile", "instance-profile", 128, 102),
    ("aws_iam_user", "user", 64, 0),
    ("aws_iam_group", "group", 128, 0),
)
REPLACED_WITH = json.loads(Path(__file__).with_name("replaced_with_names.json").read_text("utf-8"))["arguments"]
CALLER = re.compile(r"data\.aws_caller_identity\.(\w+)\.account_id\Z")


def candidates(module: Module) -> list[tuple[Block, str, int, int]]:
    """The resources that may have a name, in file order, with what TYPES says of theirs."""
    found = [
        (block, kind, longest, longest_prefix)
        for type_, kind, longest, longest_prefix in TYPES
        for block in module.resources(type_)
    ]
    return sorted(found, key=lambda f: (f[0].path, f[0].span))


@dataclass(frozen=True)
class Named:
    """An IAM resource with a name: `kind` as in its ARN, `form` the name as its string spells it."""

    block: Block
    kind: str
    form: str

    @property
    def module(self) -> Module:
        return self.block.module

    def consequences(self) -> tuple[Impact, list[str]]:
        """What a new name does, and the resources that are re-created or restarted with it."""
        others = list(self.replaced_with_it())
        own = Impact.INTERRUPTION if self.known_elsewhere() else Impact.REPLACEMENT
        return max([own, *(impact for impact, _ in others)]), [address for _, address in others]

    def known_elsewhere(self) -> bool:
        """Whether others than AWS services and this module may know the resource by its name or ARN."""
        if self.kind == "role":
            statements = statements_of(self.block, "assume_role_policy")
            return not statements or any(set(statement.principals) != {"Service"} for statement in statements)
        if self.kind in ("user", "group"):
            return True
        spelled = any(isinstance(change, Edit) for change in self.elsewhere())
        return not spelled and not self.module.references(self.block.address)

    def replaced_with_it(self) -> Iterator[tuple[Impact, str]]:
        """The resources that a new name or ARN re-creates or restarts, with what that does."""
        for type_, arguments in REPLACED_WITH.items():
            for user in self.module.resources(type_):
                for path, label in arguments.items():
                    for source, addresses in argument_names(user, path):
                        if self.block.address in addresses or self.form in source:
                            yield Impact.named(label), user.address

    def fixed(self, size: int, limit: int, mode: str) -> str | None:
        """Why the name can't be changed, or not by a transform; `size` is what it has, `limit` what the new one may."""
        if not limit:
            return f"Terraform has no name_prefix for a {self.kind}: put the environment into the name, or keep it"
        for lifecycle in self.block.blocks("lifecycle"):
            if lifecycle.attribute("prevent_destroy") and not lifecycle["prevent_destroy"].differs_from(True):
                return "lifecycle.prevent_destroy forbids the replacement"
            ignored = lifecycle.expression("ignore_changes")
            if ignored is not None and re.search(r"\b(name|all)\b", lifecycle.source(ignored)):
                return "lifecycle.ignore_changes keeps the deployed name"
        if mode == "suffix":
            return None if size < limit else f"a name may have {limit} characters, and there is no room for a suffix"
        if size + 1 > limit:
            return f"a name_prefix may have {limit} characters and this would have {size + 1}: shorten the name"
        if (place := counting(self.block)) is not None:
            return f"{place} counts by the name, which must be known before deployment"
        return None

    def elsewhere(self) -> Iterator[Edit | Withheld]:
        """What makes references of the other places that spell the name, or the reason against it."""
        self.module.complete(self.form)
        own = self.block.expression("name")
        for spelling in spellings(self.module, self.form):
            if spelling.template is not own and (change := self.reference(spelling)) is not None:
                yield change
        for file in self.module.every_file:
            if file.path.endswith(".tfvars") and self.distinctive and self.form in file.text:
                for found in re.finditer(NAME_BEFORE + re.escape(self.form) + NAME_BEHIND, file.text):
                    yield self.withheld(f"{file.path}:{file.position(found.start())[0]}")

    def withheld(self, place: str, why: str = "") -> Withheld:
        return Withheld(f"{place} spells the name{why}")

    @property
    def distinctive(self) -> bool:
        """Whether the name is hardly anything else: a single word such as `worker` is many things."""
        return bool(re.search(r"[-_]|\$\{", self.form))

    def reference(self, spelling: Spelling) -> Edit | Withheld | None:
        """What makes a reference of a place, or the reason against it; None where it does not mean the resource."""
        arn = ARN.search(spelling.before)
        if OTHER_SERVICE.search(spelling.before) or (arn and arn["kind"] not in (self.kind, f"assumed-{self.kind}")):
            return None
        if arn:
            return self.by_arn(spelling, arn)
        if self.kind == "role" and METADATA.search(spelling.before):
            return self.made(spelling, "name")
        if self.is_name(spelling):
            return self.made(spelling, "name")
        if not self.distinctive or self.is_label(spelling) or not self.may_mean(spelling):
            return None
        return self.withheld(spelling.place)

    def by_arn(self, spelling: Spelling, arn: re.Match[str]) -> Edit | Withheld:
        """The resource's own ARN for one of this account; its name alone where any account, or a session, is meant."""
        if arn["account"] != "*" and not self.own_account(arn["account"]):
            return self.withheld(spelling.place, f" in account {arn['account'] or 'unknown'}, which may be another one")
        if arn["account"] == "*" or arn["kind"] != self.kind:
            return self.made(spelling, "name")
        return self.made(spelling, "arn", spelling.template.content.start + arn.start())

    def own_account(self, account: str) -> bool:
        """Whether an account is surely that of the resource: asked from its own provider, directly or by a local."""
        inner = account.removeprefix("${").removesuffix("}").strip()
        if inner.startswith("local.") and (value := local_value(self.module, inner.removeprefix("local."))):
            at = value.span
            text = next(b.file.text for b in self.module.blocks("locals") if b.expression(inner[6:]) is value)
            inner = text[at.start : at.end]
        caller = CALLER.match(inner)
        sources = [b for b in self.module.data("aws_caller_identity") if caller and b.name == caller[1]]
        return any(source.provider == self.block.provider for source in sources)

    def is_name(self, spelling: Spelling) -> bool:
        """Whether the place takes the name of a resource of this kind."""
        block = spelling.block
        if not spelling.whole:
            return False
        if block.kind == "data" and block.type == self.block.type:
            return spelling.keys == ("name",)
        if block.kind == "output":
            return spelling.keys == ("value",) and (NAMING[self.kind] in block.name or not self.shared(spelling))
        naming = NAMING[self.kind] in spelling.key.lower() or (spelling.key == "name" and in_profile(self, spelling))
        return naming and block.kind in ("resource", "data") and "tags" not in spelling.keys

    def shared(self, spelling: Spelling) -> bool:
        """Whether something else in the module has the same name, which an output may mean as well."""
        others = (s for s in spellings(self.module, self.form) if s.whole and s.block.kind in ("resource", "module"))
        return any(LABEL.match(s.key) and s.block.node is not self.block.node for s in others)

    def is_label(self, spelling: Spelling) -> bool:
        """Whether the place takes a label, or the name of something else, be it of IAM too."""
        key = spelling.key.lower()
        if "tags" in spelling.keys or any(block.kind in ("tag", "tags") for block in spelling.around):
            return True
        other = LABEL.match(key) or any(word in key for word in NAMING.values())
        return NAMING[self.kind] not in key and bool(other)

    def may_mean(self, spelling: Spelling) -> bool:
        """Whether a text that is no known form of the name could be it: a part of a path is not."""
        return not spelling.before.endswith("/") and not spelling.behind.startswith("/")

    def made(self, spelling: Spelling, attribute: str, start: int | None = None) -> Edit | Withheld:
        """A reference to the resource, unless one can't stand there."""
        if spelling.block.kind not in ("resource", "data", "output", "locals", "module"):
            return self.withheld(spelling.place, ", where no reference can stand")
        if self.block.meta:
            return self.withheld(spelling.place, f", and {self.block.address} has {self.block.meta}")
        if spelling.owner == self.block.address or spelling.owner in dependencies(self.block):
            return self.withheld(spelling.place, ", and a reference there would be circular")
        return spelling.replaced(f"{self.block.address}.{attribute}", start)


def in_profile(named: Named, spelling: Spelling) -> bool:
    """Whether it stands in the block by which launch templates and fleets name their profile."""
    return named.kind == "instance-profile" and spelling.around[-1].kind == "iam_instance_profile"


def counting(block: Block) -> str | None:
    """A place whose `count` or `for_each` needs the resource's name, which must then be known before deployment."""
    for reference in block.module.references(block.address):
        names = [step.name for step in reference.rest]
        around = reference.block.source(reference.attribute.expression)
        if "name" not in names and (any(names) or ".name" not in around):
            continue
        local = reference.block.kind == "locals"
        users = block.module.references(f"local.{reference.attribute.name}") if local else [reference]
        for user in users:
            if user.attribute.name in ("count", "for_each") and len(user.around) == 1:
                return user.place
    return None
