"""An immutable set of source files: read, apply changes, compare."""

import stat
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from fixer.model import Append, Change, Delete, Edit, FileChange, Move, Problem, Refused, Span

T = TypeVar("T")
BOM = "\ufeff"
SIZE_LIMIT = 10_000_000


@dataclass(frozen=True)
class SourceFile:
    """A text file: `text` is decoded and without its BOM; what is parsed from it is kept.

    A file whose every newline is CRLF is held with LF and `crlf` set, which is exactly reversible, so that no
    parser and no edit has to know; a file with mixed newlines is held as it is.
    """

    path: str
    text: str
    bom: bool = False
    crlf: bool = False
    mode: int = 0o644
    memo: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def decode(cls, path: str, data: bytes, mode: int = 0o644) -> "SourceFile":
        """Read UTF-8 bytes; Refused where they are not."""
        if len(data) > SIZE_LIMIT:
            raise Refused(f"file has {len(data):,} bytes", f"files over {SIZE_LIMIT:,} bytes are not served; split it")
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise Refused(f"not UTF-8 (byte {error.start})", "save the file as UTF-8") from error
        crlf = 0 < text.count("\n") == text.count("\r\n")
        held = text.removeprefix(BOM).replace("\r\n", "\n") if crlf else text.removeprefix(BOM)
        return cls(path, held, text.startswith(BOM), crlf, mode)

    def encode(self) -> bytes:
        text = self.text.replace("\n", "\r\n") if self.crlf else self.text
        return ((BOM if self.bom else "") + text).encode("utf-8")

    def parsed(self, parse: Callable[[str], T]) -> T:
        """What `parse` makes of the text, made once; its Refused is kept and raised again."""
        if parse not in self.memo:
            try:
                self.memo[parse] = parse(self.text)
            except Refused as refused:
                self.memo[parse] = refused
        found = self.memo[parse]
        if isinstance(found, Refused):
            raise found
        return found  # type: ignore[no-any-return]

    @cached_property
    def line_starts(self) -> list[int]:
        starts, at = [0], self.text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = self.text.find("\n", at + 1)
        return starts

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1, of an offset."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    @cached_property
    def newline(self) -> str:
        """What a newline in an inserted text becomes: that of most lines, in a file of mixed newlines."""
        return "\r\n" if self.text.count("\r\n") * 2 > self.text.count("\n") else "\n"

    def problem(self, refused: Refused) -> Problem:
        line, column = self.position(min(refused.offset, len(self.text)))
        return Problem(self.path, line, column, refused.what, refused.advice, refused.error)

    def __getstate__(self) -> dict[str, Any]:
        return {key: getattr(self, key) for key in ("path", "text", "bom", "crlf", "mode")} | {"memo": {}}


@dataclass(frozen=True)
class Workspace:
    """The files of a unit by path relative to the root, in POSIX form; applying changes gives a new one."""

    files: Mapping[str, SourceFile]

    def __getitem__(self, path: str) -> SourceFile:
        return self.files[path]

    def __contains__(self, path: str) -> bool:
        return path in self.files

    def apply(self, changes: Iterable[Change]) -> "Workspace":
        """All changes at once: equal edits count once, insertions at one place keep their order; no overlaps."""
        files = dict(self.files)
        edits: dict[str, list[Edit]] = {}
        others: list[Append | Move | Delete] = []
        for change in dict.fromkeys(changes):
            if isinstance(change, Edit):
                edits.setdefault(change.path, []).append(change)
            else:
                others.append(change)
        for path, changed in edits.items():
            files[path] = replace(files[path], text=splice(files[path], changed), memo={})
        for other in others:
            match other:
                case Append(path=path, text=text):
                    files[path] = appended(files.get(path), path, text, self.crlf)
                case Move(path, target):
                    files[target] = replace(files.pop(path), path=target, memo={})
                case Delete(path):
                    del files[path]
        return Workspace(files)

    @cached_property
    def crlf(self) -> bool:
        """Whether a new file gets CRLF newlines: as most files here."""
        return sum(file.crlf for file in self.files.values()) * 2 > len(self.files)

    def difference(self, before: "Workspace", moves: Iterable[Move] = ()) -> tuple[FileChange, ...]:
        """What changed since `before`, by path; moves are named so that a patch can say rename."""
        origin = {move.target: move.path for move in moves}
        found = []
        for path in sorted(set(self.files) | set(before.files)):
            old, new = before.files.get(path), self.files.get(path)
            if old is not None and new is not None and old.text == new.text:
                continue
            found.append(
                FileChange(
                    path,
                    old.encode() if old else None,
                    new.encode() if new else None,
                    (old or new or SourceFile(path, "")).mode,
                    origin.get(path),
                )
            )
        return tuple(found)


def splice(file: SourceFile, edits: list[Edit]) -> str:
    """The file's text with non-overlapping edits made; insertions come before a replacement that starts there."""
    parts, at = [], 0
    for edit in sorted(edits, key=in_order):
        if edit.span.start < at or edit.span.end > len(file.text):
            raise ValueError(f"{file.path}: edit {edit.span} overlaps another or lies outside the file")
        parts += [file.text[at : edit.span.start], with_newline(edit.text, file.newline)]
        at = edit.span.end
    return "".join([*parts, file.text[at:]])


def in_order(edit: Edit) -> tuple[int, bool]:
    """What edits are sorted by: their place, an insertion before a replacement that starts there."""
    return edit.span.start, edit.span.end > edit.span.start


def with_newline(text: str, newline: str) -> str:
    return text.replace("\r\n", "\n").replace("\n", newline)


def appended(file: SourceFile | None, path: str, text: str, crlf: bool) -> SourceFile:
    text = text if text.endswith("\n") else text + "\n"
    if file is None:
        return SourceFile(path, with_newline(text, "\n"), crlf=crlf)
    lines = with_newline(file.text, "\n")
    gap = "" if not lines.strip() or lines.endswith("\n\n") else "\n" if lines.endswith("\n") else "\n\n"
    return replace(file, text=file.text + with_newline(gap + text, file.newline), memo={})


def read(root: Path, path: str) -> SourceFile:
    """One file below the root; Refused with the reason when it can't be read."""
    try:
        full = root / path
        return SourceFile.decode(path, full.read_bytes(), stat.S_IMODE(full.stat().st_mode))
    except OSError as error:
        raise Refused(error.strerror or str(error), "make the file readable or leave it out") from error


def line_span(text: str, span: Span) -> Span:
    """The whole lines that a span touches, with the newline of the last."""
    start = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", max(span.end - 1, span.start))
    return Span(start, len(text) if end < 0 else end + 1)
