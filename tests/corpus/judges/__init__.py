"""The judges: terraform validate and plan, cfn-lint, CDK synthesis."""

from tests.corpus.judges import cdk, checkov, cloudformation, terraform
from tests.corpus.judges.judge import Judge

VALIDATE, PLAN, LINT, SYNTH, SCAN = "terraform-validate", "terraform-plan", "cfn-lint", "cdk-synth", "checkov"


def judges() -> dict[str, Judge]:
    """All of them by name, also those that can't be asked here."""
    tf, cfn = terraform, cloudformation
    found = (
        Judge(VALIDATE, "terraform validate", tf.no_terraform(), tf.edition(), tf.validate),
        Judge(
            PLAN,
            f"terraform plan, both {terraform.FLAG}",
            terraform.no_terraform(),
            terraform.edition(),
            terraform.plan,
        ),
        Judge(LINT, "cfn-lint", cfn.no_cfn_lint(), cfn.edition(), cfn.lint),
        Judge(SYNTH, "CDK synthesis", cdk.no_synth(), cdk.edition(), cdk.synthesize),
        Judge(SCAN, "checkov", checkov.no_checkov(), checkov.edition(), checkov.scan),
    )
    return {judge.name: judge for judge in found}
