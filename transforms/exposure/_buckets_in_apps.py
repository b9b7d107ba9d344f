"""Buckets of CDK apps: which settings are off, which buckets are public on purpose."""

import re

from fixer.formats.cdk_policies import separate_policy, statements_of
from fixer.formats.cdk_python import Construct
from fixer.formats.value import Absent, Literal, Symbol, Unresolved
from transforms.exposure._buckets_in_modules import SETTINGS
from transforms.exposure._public_statements import FIXING_KEYS

BLOCK = "aws_cdk.aws_s3.BlockPublicAccess"
L1_BLOCK = "aws_cdk.aws_s3.CfnBucket.PublicAccessBlockConfigurationProperty"
WEBSITE = (
    "website_index_document",
    "website_error_document",
    "website_redirect",
    "website_routing_rules",
    "website_configuration",
)
PRIVATE = frozenset({"PRIVATE", "LOG_DELIVERY_WRITE", "BUCKET_OWNER_FULL_CONTROL", "BUCKET_OWNER_READ"})


def settings_off(bucket: Construct, argument: str, block: str) -> tuple[str, ...] | Unresolved:
    """The settings of a bucket's block that are not on; all of them stands for a block that is to be written anew."""
    match bucket[argument]:
        case Absent():
            return SETTINGS
        case Literal(value=Symbol(name)):
            return () if name == f"{BLOCK}.BLOCK_ALL" else SETTINGS
        case Unresolved() as unresolved if bucket.changed_later or bucket.callee(argument) != block:
            return unresolved
    values = {name: bucket[f"{argument}.{name}"] for name in SETTINGS}
    for value in values.values():
        if isinstance(value, Unresolved):
            return value
    return tuple(name for name, value in values.items() if value.differs_from(True))


def public_reason(bucket: Construct) -> str | None:
    """Why a bucket is, or may be, public on purpose; None where nothing says so."""
    for name in WEBSITE:
        if not isinstance(bucket[name], Absent):
            return f"the bucket is a website ({name}); put CloudFront before it first"
    match bucket["public_read_access"]:
        case Literal(value=True) | Unresolved():
            return "public_read_access lets the public in, and does not synthesize with the block; remove it first"
    match bucket["access_control"]:
        case Literal(value=acl) if acl_name(acl) not in PRIVATE:
            return f"the bucket has the ACL {acl_name(acl)}; remove it first"
        case Unresolved(text):
            return f"not decided here: the ACL of the bucket is {text}"
    if site := bucket.used_by("grant_public_access"):
        return f"{site} lets the public in, and does not synthesize with the block; remove it first"
    return public_policy(bucket)


def acl_name(acl: object) -> str:
    """`PUBLIC_READ` for the enum member and for CloudFormation's `PublicRead`."""
    return (
        acl.name.rsplit(".", 1)[-1]
        if isinstance(acl, Symbol)
        else re.sub(r"(?<=[a-z])(?=[A-Z])", "_", str(acl)).upper()
    )


def public_policy(bucket: Construct) -> str | None:
    for statement in statements_of(bucket):
        if not statement.known:
            return f"the statement of {statement.site} can't be read here; decide whether it lets the public in"
        if statement.everyone and not statement.denies and not statement.keys & FIXING_KEYS:
            return f"{statement.site} lets the public in; remove that first"
    if site := separate_policy(bucket):
        return f"the policy {site} may let the public in; decide that first"
    return None
