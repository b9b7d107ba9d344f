"""Inline ignores: `# iacfix: ignore[id, id] reason` in the source, or Metadata in a JSON template."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from fixer.config import ALL, UsageError, check_names, specificity
from fixer.model import Finding, Problem
from fixer.transform import registry
from fixer.workspace import SourceFile

# A quoted text is stepped over, so that what follows a # in it is no comment; an apostrophe in a word opens none.
COMMENT = re.compile(r"""\"(?:[^"\\\n]|\\.)*\"|(?<!\w)'(?:[^'\\\n]|\\.)*'|(?P<comment>(?:\#|//).*)""")
DIRECTIVE = re.compile(r"(?:#|//)\s*iacfix:\s*ignore\b(?:\s*\[(?P<ids>[^\]]*)\])?[\s:]*(?P<reason>.*)")
METADATA = re.compile(r'"iacfix"\s*:\s*(\{\s*"ignore"\s*:[^{}]*\})')


@dataclass(frozen=True, slots=True)
class Ignore:
    """A directive on a line (from 1); `whole_file` when it heads the file."""

    line: int
    ids: tuple[str, ...]
    reason: str
    whole_file: bool

    def names(self, transform: str) -> bool:
        return specificity(self.ids, registry()[transform]) > 0


def suppressed(file: SourceFile, finding: Finding) -> str | None:
    """The reason that the source gives for leaving this finding alone, None where it gives none.

    A directive counts on the subject's first line, in the comment lines right above it, at the head of the file, and,
    when it names the transform, on any line of the subject. At the head means the comment that the file starts with;
    in Terraform an empty line must follow it, or it belongs to the block below.
    """
    if "iacfix" not in file.text:
        return None
    first, _ = file.position(finding.span.start)
    last, _ = file.position(max(finding.span.end - 1, finding.span.start))
    above = comment_above(file, first)
    for ignore in file.parsed(terraform_ignores if file.path.endswith(".tf") else ignores):
        inside = first < ignore.line <= last and ignore.ids != (ALL,)
        reaches = ignore.whole_file or above <= ignore.line <= first or inside
        if reaches and ignore.names(finding.transform):
            return f"line {ignore.line}: {ignore.reason}" if ignore.reason else f"line {ignore.line}"
    return metadata_reason(file, finding)


def mistakes(file: SourceFile) -> list[Problem]:
    """Directives that name no transform that there is: they would silently do nothing."""
    found = []
    for ignore in file.parsed(ignores) if "iacfix" in file.text else ():
        try:
            check_names(ignore.ids, file.path, ignore.line)
        except UsageError as error:
            found.append(replace(error.problem, error=False))
    return found


def ignores(text: str) -> tuple[Ignore, ...]:
    return tuple(read_ignores(text, head_needs_gap=False))


def terraform_ignores(text: str) -> tuple[Ignore, ...]:
    return tuple(read_ignores(text, head_needs_gap=True))


def read_ignores(text: str, head_needs_gap: bool) -> Iterator[Ignore]:
    lines = text.split("\n")
    head = head_end(lines, head_needs_gap)
    for number, line in enumerate(lines, 1):
        if "iacfix" not in line:
            continue
        comment = next((m for m in COMMENT.finditer(line) if m["comment"]), None)
        directive = DIRECTIVE.search(comment["comment"]) if comment else None
        if comment and directive:
            ids = tuple(re.findall(r"[^\s,]+", directive["ids"] or "")) if directive["ids"] is not None else (ALL,)
            yield Ignore(number, ids, directive["reason"].strip(), number <= head)


def head_end(lines: list[str], needs_gap: bool) -> int:
    """The last line of the comment that the file starts with, 0 where there is none."""
    start = next((at for at, line in enumerate(lines) if line.strip()), len(lines))
    end = start
    while end < len(lines) and is_comment(lines[end]):
        end += 1
    follows = lines[end].strip() if end < len(lines) else ""
    return 0 if needs_gap and follows else end


def comment_above(file: SourceFile, line: int) -> int:
    """The first of the comment lines right above a line, or the line itself."""
    lines = file.parsed(split)
    while line > 1 and is_comment(lines[line - 2]):
        line -= 1
    return line


def split(text: str) -> list[str]:
    return text.split("\n")


def is_comment(line: str) -> bool:
    return line.lstrip().startswith(("#", "//"))


def metadata_reason(file: SourceFile, finding: Finding) -> str | None:
    """What `"Metadata": {"iacfix": {"ignore": ["id"], "reason": "…"}}` in the resource says: JSON has no comments."""
    for found in METADATA.finditer(file.text, finding.span.start, finding.span.end):
        try:
            entry = json.loads(found[1])
        except ValueError:
            continue
        names = [entry["ignore"]] if isinstance(entry["ignore"], str) else entry["ignore"]
        if isinstance(names, list) and specificity(names, registry()[finding.transform]):
            return f"Metadata: {entry.get('reason')}" if entry.get("reason") else "Metadata"
    return None
