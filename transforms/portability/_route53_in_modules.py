"""Route53 resources of Terraform modules: which are always there, which a domain has nothing to do with."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from fixer.formats.terraform import Module
from fixer.formats.terraform_block import Block
from fixer.formats.terraform_references import Reference, reaches
from fixer.formats.terraform_repetition import always_there
from fixer.formats.terraform_spellings import argument_names

ZONE = "aws_route53_zone"
RECORD = "aws_route53_record"
VALIDATION = "aws_acm_certificate_validation"
FAMILY = "aws_route53_"
REPEATED = ("each.", "local.")


def unconditional(module: Module) -> list[Block]:
    """The resources that nothing turns off, and the Route53 resources that can't be without them, in file order."""
    blocks = [*module.resources(ZONE), *module.resources(RECORD), *module.resources(VALIDATION), *module.data(ZONE)]
    private = private_zones(module)
    candidates = [block for block in blocks if not is_private(block, private)]
    found = [block for block in candidates if always_there(block)]
    others = {block.address: block for block in [*candidates, *family(module)] if block.address not in private}
    grown = bool(found)
    while grown:
        have = {block.address for block in found}
        new = [block for a, block in others.items() if a not in have and any(reaches(block, other) for other in have)]
        found += new
        grown = bool(new)
    return sorted(found, key=lambda block: (block.path, block.span))


def family(module: Module) -> Iterator[Block]:
    """The resources of Route53."""
    for block in module.all_blocks(FAMILY):
        if block.kind == "resource" and block.type.startswith(FAMILY):
            yield block


def private_zones(module: Module) -> set[str]:
    """The zones that the module makes inside a VPC: they can be made anywhere, whoever owns the domain."""
    return {zone.address for zone in module.resources(ZONE) if zone.blocks("vpc")}


def is_private(block: Block, private: set[str]) -> bool:
    """Whether it is one of these zones or a record that is in them alone."""
    if block.address in private:
        return True
    named = {name for _, names in argument_names(block, "zone_id") for name in names if not name.startswith(REPEATED)}
    return block.type == RECORD and bool(named) and named <= private


@cache
def required_arguments() -> dict[str, frozenset[str]]:
    """The arguments by type that must have a value, from the AWS provider's schema."""
    data = json.loads(Path(__file__).with_name("required_arguments.json").read_text(encoding="utf-8"))
    return {kind: frozenset(paths) for kind, paths in data["required"].items()}


def takes_null(reference: Reference) -> bool:
    """Whether the AWS argument whose whole value a mention is may be left out."""
    top = reference.around[0]
    if top.kind not in ("resource", "data") or not top.labels or not top.labels[0].startswith("aws_"):
        return False
    if reference.attribute.name in ("count", "for_each", "provider"):
        return False
    kind = top.labels[0] if top.kind == "resource" else f"data.{top.labels[0]}"
    path = ".".join([*(block.kind for block in reference.around[1:]), reference.attribute.name])
    return path not in required_arguments().get(kind, frozenset())
