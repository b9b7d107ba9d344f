"""Our own ignores: `# iacfix: ignore[id, id] reason`. The reason may be missing, and so may the ids: then it is all."""

import re
from collections.abc import Iterable, Iterator

from fixer.config import ALL, specificity
from fixer.model import Span
from fixer.suppression.comments import Comment
from fixer.suppression.ignore import Ignore
from fixer.transform import registry
from fixer.workspace import SourceFile

TOOL = "iacfix"
DIRECTIVE = re.compile(r"(?:#|//)\s*iacfix:\s*ignore\b(?:\s*\[(?P<ids>[^\]]*)\])?[\s:]*(?P<reason>.*)")


def ignores(comments: Iterable[Comment], file: SourceFile) -> Iterator[Ignore]:
    """On the line, above the block, or first in the file for all of it; one that names ids may stand in the block.

    In Terraform an empty line follows what is first in the file, or it belongs to the block below.
    """
    for comment in comments:
        if TOOL in comment.text and (found := DIRECTIVE.search(comment.text)):
            attached = file.path.endswith(".tf") and comment.about.start < comment.about.end
            extent = Span(0, len(file.text)) if comment.leads and not attached else comment.about
            ids = tuple(re.findall(r"[^\s,]+", found["ids"])) if found["ids"] is not None else (ALL,)
            yield Ignore(TOOL, ids, found["reason"].strip(), comment.at, extent, inside=ids != (ALL,))


def meant(names: Iterable[str], transform: str) -> list[str]:
    """Those of the names that mean a transform."""
    return [name for name in names if specificity((name,), registry()[transform])]


def transforms(name: str) -> frozenset[str]:
    """The transforms that a name means."""
    return frozenset(id for id, kind in registry().items() if specificity((name,), kind))
