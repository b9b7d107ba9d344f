"""Buckets of CloudFormation templates: which settings are off, which buckets are public on purpose."""

from collections.abc import Iterator

from fixer.formats.cloudformation import Template
from fixer.formats.cloudformation_element import Element
from fixer.formats.cloudformation_policies import statements_of
from fixer.formats.value import Absent, Literal, Unresolved
from transforms.exposure._public_statements import is_public

# The schema of AWS::S3::Bucket in cfn-lint 1.58.0 (2026-11-21).
BLOCK = "PublicAccessBlockConfiguration"
SETTINGS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
PUBLIC_ACLS = frozenset({"PublicRead", "PublicReadWrite", "AuthenticatedRead"})


def settings_off(bucket: Element) -> tuple[list[str], str]:
    """The settings that are false or missing, and what is not decided in the source."""
    values = {name: bucket[f"{BLOCK}.{name}"] for name in SETTINGS}
    off = [name for name, value in values.items() if value.differs_from(True)]
    undecided = [f"{name} is {value.text}" for name, value in values.items() if isinstance(value, Unresolved)]
    return off, ", ".join(undecided)


def public_reason(template: Template, bucket: Element) -> str | None:
    """Why a bucket of a template is, or may be, public on purpose; None where nothing says so."""
    if bucket["WebsiteConfiguration"] != Absent():
        return "the bucket is a website; put CloudFront before it first"
    match bucket["AccessControl"]:
        case Literal(value=value) if value in PUBLIC_ACLS:
            return f"the bucket has AccessControl {value}; remove it first"
        case Unresolved(text):
            return f"not decided here: AccessControl is {text}"
    for policy in bucket_policies(template, bucket):
        statements = statements_of(policy, "PolicyDocument")
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
