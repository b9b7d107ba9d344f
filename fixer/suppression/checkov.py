"""checkov's ignores in comments: `#checkov:skip=CKV_X,CKV_Y:reason`, inside the block."""

import re
from collections.abc import Iterable, Iterator

from fixer.suppression.comments import Comment
from fixer.suppression.ignore import Ignore

TOOL = "checkov"
# As in checkov/common/comment/enum.py of checkov 3.3.30.
DIRECTIVE = re.compile(r"(?:checkov|bridgecrew|cortex):skip= *([A-Za-z_\d-]+(?:,[A-Za-z_\d-]+)*)(?::(.*))?")


def ignores(comments: Iterable[Comment]) -> Iterator[Ignore]:
    for comment in comments:
        if "skip=" in comment.text and (found := DIRECTIVE.search(comment.text)):
            reason = (found[2] or "").strip()
            yield Ignore(TOOL, tuple(found[1].split(",")), reason, comment.at, inside=True)
