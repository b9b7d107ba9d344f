"""Buckets of Terraform modules: which are public on purpose."""

from fixer.formats.terraform_block import Block
from fixer.formats.terraform_companions import companions_of
from fixer.formats.terraform_policies import statements_of
from fixer.formats.value import Literal, Unresolved
from transforms.exposure._public_statements import is_public

SETTINGS = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
# The canned ACLs that let in others than the account: https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html
PUBLIC_ACLS = frozenset({"public-read", "public-read-write", "authenticated-read"})


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
