"""A unit's repair as a unified diff that git, patch and unidiff accept, with the reasons as comments at its head."""

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from io import StringIO
from pathlib import PurePosixPath

from unidiff.errors import UnidiffParseError
from unidiff.patch import Line, PatchedFile, PatchSet

from fixer.formats import FORMATS
from fixer.model import FileChange, Fix, Impact, Outcome, Result, Status
from fixer.output import plain
from fixer.output.hunks import CONTEXT, hunks

NO_FILE = "/dev/null"
NO_BLOB = "0" * 40
NO_NEWLINE = "\\ No newline at end of file\n"
# What git calls the function line: the nearest one above a hunk says where in the file it is.
HEADINGS = {
    ".tf": re.compile(r"[a-z]"),
    ".py": re.compile(r"\s*(class|def|async def)\s"),
    ".yaml": re.compile(r"( {2})?[A-Za-z]\w*:"),
    ".yml": re.compile(r"( {2})?[A-Za-z]\w*:"),
}
ANY_HEADING = re.compile(r"[A-Za-z_$]")
HEADING_LENGTH = 80
QUOTED = {7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"}


class BadPatch(Exception):
    """The patch does not say what was done: an internal error."""


def patch(outcome: Outcome, prefix: str = "") -> str:
    """The patch of a unit's changes, empty where there are none; proved by reading it back with unidiff.

    `prefix` goes before each path: in a subfolder of a work tree git silently skips what is not named from the top.
    """
    diffs = [diff(change, source, prefix) for change, source in paired(outcome.changes)]
    text = "".join([*comments(outcome), *diffs]) if diffs else ""
    prove(text, outcome)
    return text


def paired(changes: Sequence[FileChange]) -> list[tuple[FileChange, FileChange | None]]:
    """The changes, a moved file with the file that it comes from and that file's removal no more on its own."""
    by_path = {change.path: change for change in changes}
    moved = {change.moved_from for change in changes if change.moved_from}
    return [
        (change, by_path.get(change.moved_from or ""))
        for change in changes
        if not (change.path in moved and change.after is None)
    ]


def comments(outcome: Outcome) -> Iterator[str]:
    """What a judge said of the patch, and the findings that it repairs: one paragraph for those of one kind."""
    groups: dict[tuple[str, ...], list[Result]] = {}
    for result in outcome.results:
        if result.status in (Status.PENDING, Status.FIXED) and result.finding.fix:
            groups.setdefault((*heading_of(result.finding.fix, result),), []).append(result)
    yield f"# iacfix: {plain(outcome.unit.path)} ({FORMATS[outcome.unit.format]})\n"
    if outcome.verification:
        yield f"# {plain(outcome.verification)}\n"
    for (first, *rest), results in groups.items():
        places = (f"{result.finding.path}:{result.line} {result.finding.subject}" for result in results)
        yield f"#\n# {plain(first)}\n"
        yield from (f"#   {plain(line)}\n" for line in (*places, *rest))


def heading_of(fix: Fix, result: Result) -> Iterator[str]:
    """The lines that findings of one kind share: the first stands above their places, the others below."""
    verdict = f", {result.verdict}" if result.verdict else ""
    yield f"{result.finding.transform} [impact: {fix.impact.label}{verdict}]: {result.finding.message}"
    if fix.impact > Impact.IN_PLACE and fix.impact_reason:
        yield f"impact: {fix.impact_reason}"
    if fix.note:
        yield f"note: {fix.note}"


def diff(change: FileChange, source: FileChange | None = None, prefix: str = "") -> str:
    """One file's diff; `source` is the removal of the file that it was moved from."""
    before = source.before if source else change.before
    old_path = source.path if source else change.path
    old, new = quoted(f"a/{prefix}{old_path}"), quoted(f"b/{prefix}{change.path}")
    hunks = "".join(hunk_lines(decoded(before), decoded(change.after), change.path))
    head = [f"diff --git {old} {new}\n", *header(change, source, before, prefix)]
    if hunks:
        head.append(f"--- {NO_FILE if before is None else tabbed(old)}\n")
        head.append(f"+++ {NO_FILE if change.after is None else tabbed(new)}\n")
    return "".join(head) + hunks


def header(change: FileChange, source: FileChange | None, before: bytes | None, prefix: str) -> Iterator[str]:
    """git's extended header lines, with whole blob ids so that `git apply --3way` can merge."""
    mode = "100755" if change.mode & 0o100 else "100644"
    ids = f"index {blob(before)}..{blob(change.after)}"
    if source is not None:
        yield f"similarity index {similarity(before or b'', change.after or b'')}%\n"
        yield f"rename from {quoted(prefix + source.path)}\nrename to {quoted(prefix + change.path)}\n"
        if before != change.after:
            yield f"{ids} {mode}\n"
    elif before is None:
        yield f"new file mode {mode}\n{ids}\n"
    elif change.after is None:
        yield f"deleted file mode {mode}\n{ids}\n"
    else:
        yield f"{ids} {mode}\n"


def blob(data: bytes | None) -> str:
    """The id that git gives to a file of this content."""
    return NO_BLOB if data is None else hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def similarity(before: bytes, after: bytes) -> int:
    if before == after:
        return 100
    return int(SequenceMatcher(None, before.split(b"\n"), after.split(b"\n")).ratio() * 100)


def decoded(data: bytes | None) -> str:
    return (data or b"").decode("utf-8")


def hunk_lines(before: str, after: str, path: str) -> Iterator[str]:
    """The hunks, each with the line that it is below."""
    old, new = lines(before), lines(after)
    for hunk in hunks(old, new):
        first, last = hunk[0], hunk[-1]
        lead = min(CONTEXT, first.old_start)
        trail = min(CONTEXT, len(old) - last.old_end)
        start, new_start = first.old_start - lead, first.new_start - lead
        end, new_end = last.old_end + trail, last.new_end + trail
        ranges = f"-{extent(start, end - start)} +{extent(new_start, new_end - new_start)}"
        yield f"@@ {ranges} @@{heading(old, start, path)}\n"
        for block in hunk:
            yield from marked(" ", old[start : block.old_start])
            yield from marked("-", old[block.old_start : block.old_end])
            yield from marked("+", new[block.new_start : block.new_end])
            start = block.old_end
        yield from marked(" ", old[start:end])


def lines(text: str) -> list[str]:
    """Split after `\\n` only: a form feed or U+2028 ends no line of a patch."""
    return StringIO(text, newline="\n").readlines()


def extent(start: int, length: int) -> str:
    if length == 1:
        return f"{start + 1}"
    return f"{start + 1 if length else start},{length}"


def marked(mark: str, some: Sequence[str]) -> Iterator[str]:
    for line in some:
        yield mark + line if line.endswith("\n") else f"{mark}{line}\n{NO_NEWLINE}"


def heading(old: Sequence[str], start: int, path: str) -> str:
    pattern = HEADINGS.get(PurePosixPath(path).suffix, ANY_HEADING)
    for line in reversed(old[:start]):
        if pattern.match(line):
            return " " + plain(line.rstrip()[:HEADING_LENGTH]).rstrip()
    return ""


def quoted(path: str) -> str:
    """The path as git writes it; a space before `b/` is escaped as well, or no reader could tell two paths apart."""
    data = os.fsencode(path)
    if all(32 <= byte < 127 and byte not in (34, 92) for byte in data) and b" b/" not in data:
        return path
    return '"' + "".join(QUOTED.get(byte) or (chr(byte) if 32 < byte < 127 else f"\\{byte:03o}") for byte in data) + '"'


def tabbed(path: str) -> str:
    """A path with a space is ended by a tab, as git does, so that no reader takes what follows for a date."""
    return path + "\t" if " " in path and not path.startswith('"') else path


def prove(text: str, outcome: Outcome) -> None:
    """BadPatch where unidiff does not read the patch, or its hunks do not lead from before to after."""
    try:
        files = PatchSet(StringIO(text, newline="\n"))
    except UnidiffParseError as error:
        raise BadPatch(f"unidiff can't read the patch of {outcome.unit.path}: {error}") from error
    pairs = paired(outcome.changes)
    if len(files) != len(pairs):
        raise BadPatch(f"the patch of {outcome.unit.path} has {len(files)} files in place of {len(pairs)}")
    for file, (change, source) in zip(files, pairs, strict=True):
        before = decoded(source.before if source else change.before)
        if replayed(lines(before), file) != decoded(change.after):
            raise BadPatch(f"the patch of {change.path} does not lead to what was proved")


def replayed(old: Sequence[str], file: PatchedFile) -> str | None:
    """What a file becomes by the hunks that unidiff has read; None where they are not about this file."""
    made: list[str] = []
    at = 0
    for hunk in file:
        start = hunk.source_start - 1 if hunk.source_length else hunk.source_start
        made += old[at:start]
        at = start + hunk.source_length
        lines = [*zip(hunk, [*hunk[1:], None], strict=True)]
        if [value(*pair) for pair in lines if pair[0].is_context or pair[0].is_removed] != old[start:at]:
            return None
        made += [value(*pair) for pair in lines if pair[0].is_context or pair[0].is_added]
    return "".join([*made, *old[at:]])


def value(line: Line, follower: Line | None) -> str:
    """The line's text, without its newline where the mark of a missing one follows."""
    return line.value.removesuffix("\n") if follower is not None and follower.line_type == "\\" else line.value
