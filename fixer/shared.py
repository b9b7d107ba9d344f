"""Fixes of what several places share: made where all of these need the same, else left to a person."""

from collections.abc import Sequence
from dataclasses import replace

from fixer.model import Edit, Finding, Fix, Span


def agreed(findings: Sequence[Finding]) -> list[Finding]:
    """One transform's findings: those that have one shared need get one fix, that of what they share."""
    made = list(findings)
    for at, finding in enumerate(findings):
        places = shared(finding)
        if not places or made[at].fix is not finding.fix:
            continue
        partners = [partner(finding, span, findings) if span else None for _, span in places]
        missing = [name for (name, _), found in zip(places, partners, strict=True) if found is None]
        if missing:
            made[at] = replace(finding, fix=None, reason=reason(missing))
            continue
        group = dict.fromkeys(sorted(found for found in partners if found is not None))
        fix = together([findings[index] for index in group], finding)
        for index in group:
            others = tuple((findings[i].path, findings[i].span) for i in group if i != index)
            made[index] = replace(findings[index], fix=fix, others=others)
    return made


def shared(finding: Finding) -> dict[tuple[str, Span | None], None]:
    changes = finding.fix.changes if finding.fix else ()
    return dict.fromkeys(place for change in changes if isinstance(change, Edit) for place in change.shared)


def partner(finding: Finding, place: Span, findings: Sequence[Finding]) -> int | None:
    """The finding at a place that says the same and would write the same."""
    for index, other in enumerate(findings):
        here = other.path == finding.path and place in other.span
        if here and other.message == finding.message and texts(other) == texts(finding):
            return index
    return None


def texts(finding: Finding) -> list[list[str]] | None:
    """What a fix writes, whatever its indent; None where there is no fix or it does more than write."""
    changes = finding.fix.changes if finding.fix else ()
    edits = [change for change in changes if isinstance(change, Edit)]
    return sorted(edit.text.split() for edit in edits) if edits and len(edits) == len(changes) else None


def together(group: Sequence[Finding], finding: Finding) -> Fix:
    fixes = [member.fix for member in group if member.fix is not None]
    made = finding.fix or fixes[0]
    return replace(made, impact=max(fix.impact for fix in fixes))


def reason(missing: Sequence[str]) -> str:
    return f"a YAML anchor repeats it in {', '.join(dict.fromkeys(missing))}, which would change as well"
