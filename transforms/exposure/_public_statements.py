"""Statements of bucket policies that let the public in."""

from fixer.formats.policy import Statement

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


def is_public(statement: Statement) -> bool:
    everyone = any("*" in names for kind, names in statement.principals.items() if kind in ("AWS", "*"))
    fixed = any(key.lower() in FIXING_KEYS for key in statement.conditions)
    return everyone and statement.effect != "Deny" and not fixed
