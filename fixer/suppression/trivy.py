"""Trivy's and tfsec's ignores: `#trivy:ignore:AWS-0086:exp:2027-01-31 #tfsec:ignore:*` above or behind a line."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime

from fixer.suppression.comments import Comment
from fixer.suppression.ignore import EVERY, Ignore

TOOLS = ("trivy", "tfsec")


def ignores(comments: Iterable[Comment]) -> Iterator[Ignore]:
    """As pkg/iac/ignore/parse.go of Trivy reads them (2026-08-21), but for what it finds outside of comments.

    Parameters (`[name=x]`) and workspaces narrow an ignore to some of what a source deploys. A fix changes the
    source, so it would reach those as well: such an ignore counts for all.
    """
    for comment in comments:
        if ":ignore:" not in comment.text:
            continue
        words = [word.lstrip("#/*") for word in comment.text.split()]
        directives = [word for word in words if word.startswith(tuple(f"{tool}:" for tool in TOOLS))]
        reason = " ".join(word for word in words if word and word not in directives)
        for tool, _, sections in (word.partition(":") for word in directives):
            parts = sections.split(":")
            said = dict(zip(parts[::2], parts[1::2], strict=False))
            id = said.get("ignore", "").partition("[")[0]
            if id and not expired(said.get("exp")):
                yield Ignore(tool, (id,), reason, comment.at, comment.about, inside=id != EVERY)


def expired(day: str | None) -> bool:
    """Whether the first moment of the day, in UTC, is past; a day that is none is past as well."""
    if day is None:
        return False
    try:
        return len(day) != len("2026-01-01") or today() >= date.fromisoformat(day)
    except ValueError:
        return True


def today() -> date:
    return datetime.now(UTC).date()
