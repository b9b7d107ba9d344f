"""cdk-nag's ignores in a CDK app, as far as the source tells which construct each is for."""

from collections.abc import Iterator

from fixer.formats.cdk_suppressions import suppressions
from fixer.model import Refused, Span
from fixer.suppression.ignore import NOWHERE, Ignore
from fixer.workspace import SourceFile

TOOL = "cdk-nag"
WORDS = ("NagSuppressions", "Validations", "cdk_nag")


def ignores(file: SourceFile) -> Iterator[Ignore]:
    if not any(word in file.text for word in WORDS):
        return
    try:
        found = list(suppressions(file))
    except Refused:
        return
    for said in found:
        extent = Span(said.construct, said.construct + 1) if said.construct is not None else NOWHERE
        yield Ignore(TOOL, (said.id,), said.reason, said.at, extent, subjects=said.subjects)
