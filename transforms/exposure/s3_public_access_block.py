"""S3 buckets without a complete public access block."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from fixer.formats.cloudformation import Template
from fixer.formats.cloudformation_element import Element
from fixer.formats.cloudformation_policies import statements_of as template_statements_of
from fixer.formats.policy import Statement
from fixer.formats.terraform import Module
from fixer.formats.terraform_block import Block
from fixer.formats.terraform_companions import companion, companions_of
from fixer.formats.terraform_policies import statements_of
from fixer.formats.value import Absent, Literal, Struct, Symbol, Unresolved
from fixer.model import Finding, Impact
from fixer.transform import Transform

if TYPE_CHECKING:
    from fixer.formats.cdk_python import App, Construct

SETTINGS = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
MISSING = "bucket has no public access block"
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html, "The meaning of
# public" (read 2026-11-21): a policy with a fixed value for one of these keys is not public.
FIXING_KEYS = frozenset(
    {
        "aws:sourceip",
        "aws:sourcearn",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:sourceowner",
        "aws:sourceaccount",
        "aws:userid",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principalaccount",
        "aws:principalarn",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
        "s3:dataaccesspointarn",
        "s3:dataaccesspointaccount",
    }
)
# The canned ACLs that let in others than the account: https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html
CDK_BLOCK = "aws_cdk.aws_s3.BlockPublicAccess"
CDK_L1_BLOCK = "aws_cdk.aws_s3.CfnBucket.PublicAccessBlockConfigurationProperty"
CDK_WEBSITE = (
    "website_index_document",
    "website_error_document",
    "website_redirect",
    "website_routing_rules",
    "website_configuration",
)
CDK_PRIVATE = frozenset({"PRIVATE", "LOG_DELIVERY_WRITE", "BUCKET_OWNER_FULL_CONTROL", "BUCKET_OWNER_READ"})
PUBLIC_ACLS = frozenset({"public-read", "public-read-write", "authenticated-read"})
# The same in CloudFormation: the schema of AWS::S3::Bucket in cfn-lint 1.58.0 (2026-11-21).
BLOCK = "PublicAccessBlockConfiguration"
TEMPLATE_SETTINGS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
TEMPLATE_PUBLIC_ACLS = frozenset({"PublicRead", "PublicReadWrite", "AuthenticatedRead"})


class S3PublicAccessBlock(Transform):
    """S3 bucket does not block public access.

    ## Why
    Without a public access block, one wrong policy or ACL makes the objects of a bucket readable by everyone. Buckets
    made since April 2023 have it by default; older ones, and those whose block is only partly on, do not, and nothing
    in the source keeps it on.

    ## Fix
    Terraform: an `aws_s3_bucket_public_access_block` behind the bucket, with the bucket's own `count`, `for_each` and
    `provider`; one that is there gets its missing or false arguments set to true. CloudFormation:
    `PublicAccessBlockConfiguration` on the bucket. CDK: `block_public_access=s3.BlockPublicAccess.BLOCK_ALL`.
    A bucket that is a website, or has a public policy or ACL, is advice: somebody meant it to be public.

    ## Impact
    In place. Requests that only a public policy or ACL let through are denied afterwards.

    ## References
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    """

    impact = Impact.IN_PLACE
    closes = (
        *("CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56", "CKV2_AWS_6"),
        *("AWS-0086", "AWS-0087", "AWS-0091", "AWS-0093", "AWS-0094"),
        "AwsSolutions-S2",  # https://github.com/cdklabs/cdk-nag, src/packs/aws-solutions (3.0.2, read 2026-11-22)
        # assets/queries of https://github.com/Checkmarx/kics (read 2026-11-22), Terraform first
        "d0cc8694-fcad-43ff-ac86-32331d7e867f",
        "1a4bc881-9f69-4d44-8c9a-d37d08f54c50",
        "4fa66806-0dd9-4f8d-9480-3174d39c7c91",
        "1ec253ab-c220-4d63-b2de-5b40e0af9293",
        "48f100d9-f499-4c6d-b2b8-deafe47ffb26",
    )

    def terraform(self, module: Module) -> Iterable[Finding]:
        for bucket in module.resources("aws_s3_bucket"):
            yield from self.bucket(bucket)
        for call in module.blocks("module"):
            source = call["source"]
            if isinstance(source, Literal) and "s3-bucket" in str(source.value) and not source.value.startswith("."):
                reason = "left alone: the bucket is in a module outside this tree; set its block_public_* inputs there"
                yield self.advice(call, "bucket is made by a module", reason)

    def cdk_python(self, app: "App") -> Iterable[Finding]:
        for bucket in app.resources("aws_cdk.aws_s3.Bucket"):
            yield from self.cdk_bucket(bucket, "block_public_access", CDK_BLOCK)
        for bucket in app.resources("aws_cdk.aws_s3.CfnBucket"):
            yield from self.cdk_bucket(bucket, "public_access_block_configuration", CDK_L1_BLOCK)

    def cdk_bucket(self, bucket: "Construct", argument: str, block: str) -> Iterator[Finding]:
        public = cdk_public_reason(bucket)
        off = cdk_settings_off(bucket, argument, block)
        if isinstance(off, Unresolved):
            yield self.advice(bucket, MISSING, f"not decided here: {argument} is {off.text}")
        elif off and public:
            yield self.advice(bucket, MISSING, public)
        elif off == SETTINGS:
            all_on = (
                Symbol(f"{CDK_BLOCK}.BLOCK_ALL") if block == CDK_BLOCK else Struct(block, dict.fromkeys(SETTINGS, True))
            )
            yield self.finding(bucket, MISSING, bucket.set(argument, all_on))
        elif off:
            message = f"{', '.join(off)} {'is' if len(off) == 1 else 'are'} off"
            yield self.finding(bucket, message, bucket.fill(argument, dict.fromkeys(off, True)))

    def bucket(self, bucket: Block) -> Iterator[Finding]:
        blocks = companions_of(bucket, "aws_s3_bucket_public_access_block", "bucket", "bucket")
        public = public_reason(bucket)
        if blocks.tied:
            for block in blocks.tied:
                yield from self.completed(block, public)
        elif public:
            yield self.advice(bucket, MISSING, public)
        elif blocks.undecided:
            names = ", ".join(block.address for block in blocks.undecided)
            yield self.advice(bucket, MISSING, f"not decided here: {names} may be for this bucket")
        else:
            arguments = [(name, "true") for name in SETTINGS]
            added = companion(bucket, "aws_s3_bucket_public_access_block", ("bucket", "id"), arguments)
            yield self.finding(bucket, MISSING, added)

    def completed(self, block: Block, public: str | None) -> Iterator[Finding]:
        """The arguments of an existing block that are false or missing, which means false."""
        off = []
        for name in SETTINGS:
            match block[name]:
                case Unresolved(text):
                    yield self.advice(block, f"{name} may be off", f"not decided here: it is {text}")
                case Absent() | Literal() as value if value.differs_from(True):
                    off.append(name)
        if not off:
            return
        message = f"{', '.join(off)} {'is' if len(off) == 1 else 'are'} off"
        if public:
            yield self.advice(block, message, public)
        else:
            yield self.finding(block, message, block.set_all(dict.fromkeys(off, True)))

    def cloudformation(self, template: Template) -> Iterable[Finding]:
        for bucket in template.resources("AWS::S3::Bucket"):
            off, undecided = settings_off(bucket)
            if undecided:
                yield self.advice(bucket, "public access may not be blocked", f"not decided here: {undecided}")
            if off:
                none = len(off) == len(TEMPLATE_SETTINGS) and bucket.data(BLOCK) in (None, {})
                message = MISSING if none else f"{', '.join(off)} {'is' if len(off) == 1 else 'are'} off"
                yield self.blocked(template, bucket, message, off if not none else None)

    def blocked(self, template: Template, bucket: Element, message: str, off: list[str] | None) -> Finding:
        """The finding for a bucket that lacks these settings, or, with None, the whole block."""
        if public := template_public_reason(template, bucket):
            return self.advice(bucket, message, public)
        if off is None:
            return self.finding(bucket, message, bucket.set(BLOCK, dict.fromkeys(TEMPLATE_SETTINGS, True)))
        return self.finding(bucket, message, [bucket.set(f"{BLOCK}.{name}", True) for name in off])


def settings_off(bucket: Element) -> tuple[list[str], str]:
    """The settings that are false or missing, and what is not decided in the source."""
    values = {name: bucket[f"{BLOCK}.{name}"] for name in TEMPLATE_SETTINGS}
    off = [name for name, value in values.items() if value.differs_from(True)]
    undecided = [f"{name} is {value.text}" for name, value in values.items() if isinstance(value, Unresolved)]
    return off, ", ".join(undecided)


def template_public_reason(template: Template, bucket: Element) -> str | None:
    """Why a bucket of a template is, or may be, public on purpose; None where nothing says so."""
    if bucket["WebsiteConfiguration"] != Absent():
        return "the bucket is a website; put CloudFront before it first"
    match bucket["AccessControl"]:
        case Literal(value=value) if value in TEMPLATE_PUBLIC_ACLS:
            return f"the bucket has AccessControl {value}; remove it first"
        case Unresolved(text):
            return f"not decided here: AccessControl is {text}"
    for policy in bucket_policies(template, bucket):
        statements = template_statements_of(policy, "PolicyDocument")
        if statements is None:
            return f"the policy {policy.name} can't be read here; decide whether it lets the public in"
        if any(is_public(statement) for statement in statements):
            return f"the policy {policy.name} lets the public in; remove that first"
    return None


def bucket_policies(template: Template, bucket: Element) -> Iterator[Element]:
    """The policies that are for a bucket: they mention it, or spell its name as it does."""
    mentions = template.references(bucket.name)
    users = {mention.place.owner for mention in mentions if mention.place.path[:2] == ("Properties", "Bucket")}
    name = bucket.data("BucketName")
    for policy in template.resources("AWS::S3::BucketPolicy"):
        if policy.name in users or (name is not None and spelling(policy.data("Bucket")) == spelling(name)):
            yield policy


def spelling(name: object) -> object:
    return name.text if isinstance(name, Unresolved) else name


def public_reason(bucket: Block) -> str | None:
    """Why a bucket is, or may be, public on purpose; None where nothing says so."""
    if bucket.blocks("website") or bucket.dynamic("website"):
        return "the bucket is a website; block public access by hand once nothing serves from it directly"
    sites = companions_of(bucket, "aws_s3_bucket_website_configuration", "bucket", "bucket")
    if sites.tied:
        return f"the bucket is a website ({sites.tied[0].address}); put CloudFront before it first"
    if sites.undecided:
        return f"not decided here: {sites.undecided[0].address} may make the bucket a website"
    for block in (bucket, *companions_of(bucket, "aws_s3_bucket_acl", "bucket", "bucket").possible):
        if reason := public_acl(block):
            return reason
    for policy in companions_of(bucket, "aws_s3_bucket_policy", "bucket", "bucket").possible:
        statements = statements_of(policy, "policy")
        if statements is None:
            return f"the policy {policy.address} can't be read here; decide whether it lets the public in"
        if any(is_public(statement) for statement in statements):
            return f"the policy {policy.address} lets the public in; remove that first"
    return None


def public_acl(block: Block) -> str | None:
    match block["acl"]:
        case Literal(value=value) if value in PUBLIC_ACLS:
            return f"{block.address} has the ACL {value}; remove it first"
        case Unresolved(text):
            return f"not decided here: the ACL of {block.address} is {text}"
    grants = [uri for uri in block.file.text[block.node.open : block.node.close].split('"') if "/groups/global/" in uri]
    return f"{block.address} grants access to {grants[0]}; remove the grant first" if grants else None


def is_public(statement: Statement) -> bool:
    everyone = any("*" in names for kind, names in statement.principals.items() if kind in ("AWS", "*"))
    fixed = any(key.lower() in FIXING_KEYS for key in statement.conditions)
    return everyone and statement.effect != "Deny" and not fixed


def cdk_settings_off(bucket: "Construct", argument: str, block: str) -> tuple[str, ...] | Unresolved:
    """The settings of a bucket's block that are not on; all of them stands for a block that is to be written anew."""
    match bucket[argument]:
        case Absent():
            return SETTINGS
        case Literal(value=Symbol(name)):
            return () if name == f"{CDK_BLOCK}.BLOCK_ALL" else SETTINGS
        case Unresolved() as unresolved if bucket.changed_later or bucket.callee(argument) != block:
            return unresolved
    values = {name: bucket[f"{argument}.{name}"] for name in SETTINGS}
    for value in values.values():
        if isinstance(value, Unresolved):
            return value
    return tuple(name for name, value in values.items() if value.differs_from(True))


def cdk_public_reason(bucket: "Construct") -> str | None:
    """Why a bucket is, or may be, public on purpose; None where nothing says so."""
    for name in CDK_WEBSITE:
        if not isinstance(bucket[name], Absent):
            return f"the bucket is a website ({name}); put CloudFront before it first"
    match bucket["public_read_access"]:
        case Literal(value=True) | Unresolved():
            return "public_read_access lets the public in, and does not synthesize with the block; remove it first"
    match bucket["access_control"]:
        case Literal(value=acl) if acl_name(acl) not in CDK_PRIVATE:
            return f"the bucket has the ACL {acl_name(acl)}; remove it first"
        case Unresolved(text):
            return f"not decided here: the ACL of the bucket is {text}"
    if site := bucket.used_by("grant_public_access"):
        return f"{site} lets the public in, and does not synthesize with the block; remove it first"
    return cdk_public_policy(bucket)


def acl_name(acl: object) -> str:
    """`PUBLIC_READ` for the enum member and for CloudFormation's `PublicRead`."""
    return (
        acl.name.rsplit(".", 1)[-1]
        if isinstance(acl, Symbol)
        else re.sub(r"(?<=[a-z])(?=[A-Z])", "_", str(acl)).upper()
    )


def cdk_public_policy(bucket: "Construct") -> str | None:
    from fixer.formats.cdk_policies import separate_policy, statements_of

    for statement in statements_of(bucket):
        if not statement.known:
            return f"the statement of {statement.site} can't be read here; decide whether it lets the public in"
        if statement.everyone and not statement.denies and not statement.keys & FIXING_KEYS:
            return f"{statement.site} lets the public in; remove that first"
    if site := separate_policy(bucket):
        return f"the policy {site} may let the public in; decide that first"
    return None
