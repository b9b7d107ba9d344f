"""Inline ignores, our own and those of the scanners: which of them speak of a finding, and which speak of none."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from fixer.config import UsageError, check_names
from fixer.model import Finding, Problem
from fixer.suppression import checkov, kics, own, trivy
from fixer.suppression.comments import comments_of
from fixer.suppression.ignore import Ignore
from fixer.suppression.reach import Reach
from fixer.transform import registry
from fixer.workspace import SourceFile, Workspace

# One of these stands in every ignore: a file without them is looked at no further.
WORDS = re.compile(
    r"iacfix|(?:checkov|bridgecrew|cortex)\b|(?:trivy|tfsec):|kics-scan|cfn-lint|cdk_nag|NagSuppressions|Validations"
)


@dataclass(frozen=True, slots=True)
class Use:
    """An ignore that left a finding alone; on a text that fixes have changed without its path and place."""

    path: str
    ignore: Ignore
    transform: str


def ignores_of(finding: Finding, workspace: Workspace, format: str) -> list[Ignore]:
    """The ignores that leave this finding alone, in their own file's order; in a CDK app another file may hold them."""
    kind = registry()[finding.transform]
    return [
        ignore
        for path, file in workspace.files.items()
        if path == finding.path or (format == "cdk_python" and path.endswith(".py"))
        if ignores_in(file, format)
        for ignore in reach(file, format).of(finding)
        if ignore.names(kind)
    ]


def reach(file: SourceFile, format: str) -> Reach:
    """The ignores of a file by the places that they reach, sorted once for each text."""
    if Reach not in file.memo:
        file.memo[Reach] = Reach(file, ignores_in(file, format))
    found: Reach = file.memo[Reach]
    return found


def ignores_in(file: SourceFile, format: str) -> tuple[Ignore, ...]:
    """All ignores of a file, read once for each text."""
    if Ignore not in file.memo:
        file.memo[Ignore] = tuple(read(file, format)) if WORDS.search(file.text) else ()
    found: tuple[Ignore, ...] = file.memo[Ignore]
    return found


def read(file: SourceFile, format: str) -> Iterator[Ignore]:
    comments = comments_of(file, format)
    yield from own.ignores(comments, file)
    yield from checkov.ignores(comments)
    yield from trivy.ignores(comments)
    yield from kics.ignores(comments, file)
    if format == "cloudformation" and "Metadata" in file.text:
        from fixer.suppression import metadata  # loads a parser

        yield from metadata.ignores(file)
    elif format == "cdk_python" and file.path.endswith(".py"):
        from fixer.suppression import cdk_nag  # loads a parser

        yield from cdk_nag.ignores(file)


def mistakes(file: SourceFile, format: str) -> list[Problem]:
    """Our own ignores that name no transform that there is: they would silently do nothing."""
    found = []
    for ignore in own_ignores(file, format):
        try:
            check_names(ignore.ids, file.path, file.position(ignore.at)[0])
        except UsageError as error:
            found.append(replace(error.problem, error=False))
    return found


def unused(files: Iterable[SourceFile], format: str, used: Iterable[Use], ran: frozenset[str]) -> Iterator[Problem]:
    """Our own ignores that left nothing alone, name by name.

    One that names a transform that did not run may be needed when it does.
    """
    served = {(use.path, use.ignore, name) for use in used for name in own.meant(use.ignore.ids, use.transform)}
    for file in files:
        for ignore in own_ignores(file, format):
            for name in ignore.ids:
                needed = {(file.path, ignore, name), ("", ignore.anywhere, name)} & served
                if not needed and own.transforms(name) and own.transforms(name) <= ran:
                    line, column = file.position(ignore.at)
                    yield Problem(file.path, line, column, f"unused ignore of {name}", "take it out", error=False)


def own_ignores(file: SourceFile, format: str) -> Iterator[Ignore]:
    if own.TOOL in file.text:
        yield from (ignore for ignore in ignores_in(file, format) if ignore.tool == own.TOOL)
