"""KICS's ignores: `# kics-scan ignore-line`, `ignore-block`, and at the head of the file `ignore`, `disable=<ids>`."""

import re
from collections.abc import Iterable, Iterator

from fixer.model import Span
from fixer.suppression.comments import Comment, block_below
from fixer.suppression.ignore import EVERY, Ignore
from fixer.workspace import SourceFile

TOOL = "KICS"
# https://github.com/Checkmarx/kics/blob/master/docs/running-kics.md (read 2026-11-22)
DIRECTIVE = re.compile(r"(?:#|//)\s*kics-scan\s+(?:(ignore-line|ignore-block|ignore)\b(?!-)|disable=([\w,-]+))(.*)")


def ignores(comments: Iterable[Comment], file: SourceFile) -> Iterator[Ignore]:
    blocks: dict[Span, Span] = {}
    for comment in comments:
        if not (found := DIRECTIVE.match(comment.text)):
            continue
        command, disabled, reason = found[1], found[2], found[3].strip()
        if command == "ignore-line":
            yield Ignore(TOOL, (EVERY,), reason, comment.at, comment.about)
        elif command == "ignore-block":
            if comment.about not in blocks:  # many comments may stand above one block
                blocks[comment.about] = block_below(file.text, comment.about)
            yield Ignore(TOOL, (EVERY,), reason, comment.at, blocks[comment.about])
        elif comment.leads:
            ids = tuple(disabled.split(",")) if disabled else (EVERY,)
            yield Ignore(TOOL, ids, reason, comment.at, Span(0, len(file.text)))
