"""Terraform read by bracket counting: explicit names, provider blocks out of place, DNS that is always there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import PurePosixPath

from tests.corpus.look.defect import LOOKED_UP, Defect, Source

NAMES = {
    "aws_iam_role": "name",
    "aws_iam_policy": "name",
    "aws_iam_instance_profile": "name",
    "aws_iam_user": "name",
    "aws_iam_group": "name",
}
DNS = {
    ("resource", "aws_route53_zone"),
    ("resource", "aws_route53_record"),
    ("resource", "aws_acm_certificate_validation"),
    ("data", "aws_route53_zone"),
}
PROVIDER_FILE = "provider.tf"
ACCESS_BLOCK = "aws_s3_bucket_public_access_block"
FLAGS = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
OPAQUE = re.compile(
    r'#[^\n]*|//[^\n]*|/\*.*?\*/|<<-?\s*(?P<mark>[\w-]+)[ \t\r]*\n.*?^[ \t]*(?P=mark)\b|"', re.DOTALL | re.MULTILINE
)
INSIDE = re.compile(r'\\.|\$\{|"|.', re.DOTALL)
BRACES = re.compile(r'[{}"]')
HEADER = re.compile(r'([A-Za-z]\w*)((?:[ \t]+(?:"[^"\n]*"|[\w-]+))*)\s*$')
NO_NAME, NO_NEWLINE = re.compile(r'[^\w\n".-]'), re.compile(r"[^\n]")


@dataclass(frozen=True)
class Block:
    """A top-level block: `masked` is its body with comments, texts and whatever is nested blanked out."""

    source: Source
    kind: str
    labels: tuple[str, ...]
    start: int
    body: int
    end: int
    masked: str

    @property
    def address(self) -> str:
        return ".".join([*(["data"] if self.kind == "data" else []), *self.labels])

    @cached_property
    def attributes(self) -> dict[str, str]:
        """The arguments at the block's top level, each as it is written."""
        found = list(re.finditer(r"(?:^|(?<=[\n,]))[ \t]*(\w+)[ \t]*=(?![=>])", self.masked))
        ends = [*(match.start() for match in found[1:]), len(self.masked)]
        text = self.source.text[self.body : self.end]
        return {match[1]: text[match.end() : end].strip() for match, end in zip(found, ends, strict=False)}

    def defect(self, transform: str, check: str) -> Defect:
        source = self.source
        return Defect(transform, check, source.path, self.address, source.line(self.start), source.line(self.end))


def defects(sources: list[Source]) -> Iterator[Defect]:
    for source in sources:
        found = list(blocks(source))
        yield from misplaced(found)
        for block in found:
            if named(block):
                yield block.defect("iam-role-name", "explicit name")
            if (block.kind, *block.labels[:1]) in DNS and not conditional(block):
                yield block.defect("route53-conditional", "always there")


def named(block: Block) -> bool:
    """Whether an IAM resource has a name that nothing but its author asks for."""
    attribute = NAMES.get(block.labels[0], "") if block.kind == "resource" and block.labels else ""
    return attribute in block.attributes and not LOOKED_UP.search(block.attributes[attribute])


def conditional(block: Block) -> bool:
    """Whether a condition decides how many there are."""
    return any(re.search(r"\?|\bif var\.\w+ *\}", block.attributes.get(name, "")) for name in ("count", "for_each"))


def blocked_by(sources: list[Source], bucket: str) -> str:
    """The address of a complete public access block that names the bucket, empty where there is none."""
    for block in (block for source in sources for block in blocks(source)):
        own = block.labels[:1] == (ACCESS_BLOCK,) and names(block.attributes.get("bucket", ""), bucket)
        if own and all(block.attributes.get(flag, "").startswith("true") for flag in FLAGS):
            return block.address
    return ""


def naming(sources: list[Source], address: str) -> list[str]:
    """The addresses of the blocks that name another."""
    found = (block for source in sources for block in blocks(source))
    return [block.address for block in found if names(block.source.text[block.body : block.end], address)]


def names(text: str, address: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(address)}(?![\w-])", text) is not None


def misplaced(found: list[Block]) -> Iterator[Defect]:
    """The provider and terraform blocks of a file that holds anything else; the one that is to hold them may."""
    settings = [block for block in found if block.kind in ("provider", "terraform")]
    if len(settings) < len(found) and PurePosixPath(found[0].source.path).name != PROVIDER_FILE:
        for block in settings:
            defect = block.defect("provider-file", "out of place")
            yield replace(defect, key=" ".join([block.kind, *block.labels, block.attributes.get("alias", "")]).strip())


def blocks(source: Source) -> Iterator[Block]:
    masked = mask(source.text)
    depth = opened = previous = 0
    for bracket in re.finditer(r"[{}\[\]()]", masked):
        at = bracket.start()
        if bracket[0] in "{[(":
            opened = at if depth == 0 else opened
            depth += 1
            continue
        depth = max(depth - 1, 0)
        if depth == 0:
            if bracket[0] == "}" and (header := HEADER.search(masked, previous, opened)):
                labels = tuple(re.findall(r'[^\s"]+', header[2]))
                yield Block(
                    source, header[1], labels, header.start(), opened + 1, at, flattened(masked[opened + 1 : at])
                )
            previous = at + 1


def mask(text: str) -> str:
    """The text, as long as it was, with comments and heredocs blanked and within quotes all that is no name."""
    parts, at = [], 0
    while found := OPAQUE.search(text, at):
        is_text = found[0] == '"'
        end = quoted(text, found.end()) if is_text else found.end()
        parts += [text[at : found.start()], re.sub(NO_NAME if is_text else NO_NEWLINE, " ", text[found.start() : end])]
        at = end
    return "".join([*parts, text[at:]])


def quoted(text: str, at: int) -> int:
    """Where the quoted text ends whose first character is at `at`; interpolations may hold quotes."""
    while found := INSIDE.match(text, at):
        at = found.end()
        if found[0] == '"':
            return at
        if found[0] == "${":
            at = interpolated(text, at)
    return at


def interpolated(text: str, at: int) -> int:
    depth = 1
    while depth and (found := BRACES.search(text, at)):
        at = quoted(text, found.end()) if found[0] == '"' else found.end()
        depth += {"{": 1, "}": -1}.get(found[0], 0)
    return at


def flattened(masked: str) -> str:
    """The body with the content of nested brackets blanked."""
    parts, depth = [], 0
    for char in masked:
        depth -= char in "}])"
        parts.append(char if depth <= 0 else " ")
        depth += char in "{[("
    return "".join(parts)
