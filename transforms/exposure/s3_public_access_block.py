"""S3 buckets without a complete public access block."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from fixer.formats.cloudformation import Template
from fixer.formats.cloudformation_element import Element
from fixer.formats.terraform import Module
from fixer.formats.terraform_block import Block
from fixer.formats.terraform_companions import companion, companions_of
from fixer.formats.value import Absent, Literal, Struct, Symbol, Unresolved
from fixer.model import Finding, Impact
from fixer.transform import Transform
from transforms.exposure import _buckets_in_templates as templates
from transforms.exposure._buckets_in_modules import SETTINGS, public_reason

if TYPE_CHECKING:
    from fixer.formats.cdk_python import App, Construct

MISSING = "bucket has no public access block"


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
        from transforms.exposure import _buckets_in_apps as apps

        for bucket in app.resources("aws_cdk.aws_s3.Bucket"):
            yield from self.cdk_bucket(bucket, "block_public_access", apps.BLOCK)
        for bucket in app.resources("aws_cdk.aws_s3.CfnBucket"):
            yield from self.cdk_bucket(bucket, "public_access_block_configuration", apps.L1_BLOCK)

    def cdk_bucket(self, bucket: "Construct", argument: str, block: str) -> Iterator[Finding]:
        from transforms.exposure import _buckets_in_apps as apps

        public = apps.public_reason(bucket)
        off = apps.settings_off(bucket, argument, block)
        if isinstance(off, Unresolved):
            yield self.advice(bucket, MISSING, f"not decided here: {argument} is {off.text}")
        elif off and public:
            yield self.advice(bucket, MISSING, public)
        elif off == SETTINGS:
            all_on = (
                Symbol(f"{apps.BLOCK}.BLOCK_ALL")
                if block == apps.BLOCK
                else Struct(block, dict.fromkeys(SETTINGS, True))
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
            off, undecided = templates.settings_off(bucket)
            if undecided:
                yield self.advice(bucket, "public access may not be blocked", f"not decided here: {undecided}")
            if off:
                none = len(off) == len(templates.SETTINGS) and bucket.data(templates.BLOCK) in (None, {})
                message = MISSING if none else f"{', '.join(off)} {'is' if len(off) == 1 else 'are'} off"
                yield self.blocked(template, bucket, message, off if not none else None)

    def blocked(self, template: Template, bucket: Element, message: str, off: list[str] | None) -> Finding:
        """The finding for a bucket that lacks these settings, or, with None, the whole block."""
        if public := templates.public_reason(template, bucket):
            return self.advice(bucket, message, public)
        if off is None:
            return self.finding(bucket, message, bucket.set(templates.BLOCK, dict.fromkeys(templates.SETTINGS, True)))
        return self.finding(bucket, message, [bucket.set(f"{templates.BLOCK}.{name}", True) for name in off])
