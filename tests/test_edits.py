"""Edits: a workspace does to a text what the simplest possible editor would do, and nothing else."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fixer.model import Append, Change, Delete, Edit, FileChange, Move, Refused, Span
from fixer.workspace import BOM, SIZE_LIMIT, SourceFile, Workspace, line_span

PIECE = st.sampled_from(["a", "é", "𝄞", " ", "\f", "\u2028", "\t", "{", "}", '"', "#"])
NEWLINES = st.sampled_from([["\n"], ["\r\n"], ["\n", "\r\n"], ["\r\n", "\r", "\n"]])
TEXT = NEWLINES.flatmap(lambda ends: st.lists(st.one_of(PIECE, st.sampled_from(ends)), max_size=40).map("".join))
SANE = TEXT.filter(lambda text: "\r\r\n" not in text)
INSERTED = st.lists(st.one_of(PIECE, st.just("\n")), max_size=5).map("".join)


def opened(text: str) -> SourceFile:
    return SourceFile.decode("x.tf", text.encode())


def workspace(*files: SourceFile) -> Workspace:
    return Workspace({file.path: file for file in files})


@st.composite
def edited(draw: st.DrawFn) -> tuple[SourceFile, list[Edit]]:
    """A file and edits that do not overlap, in any order."""
    file = opened(draw(TEXT))
    cuts = sorted(draw(st.lists(st.integers(0, len(file.text)), max_size=8)))
    spans = [Span(start, end) for start, end in zip(cuts[::2], cuts[1::2], strict=False)]
    spans += [Span(at, at) for at in cuts if not any(span.start < at < span.end for span in spans)]
    edits = [Edit("x.tf", span, draw(INSERTED)) for span in spans]
    return file, draw(st.permutations(edits))


def naively(file: SourceFile, edits: list[Edit]) -> str:
    """Character by character: what is inserted before each one, and whether it stays."""
    before: dict[int, str] = {}
    gone: set[int] = set()
    unique = list(dict.fromkeys(edits))
    for edit in [e for e in unique if e.span.start == e.span.end] + [e for e in unique if e.span.start < e.span.end]:
        before[edit.span.start] = before.get(edit.span.start, "") + edit.text.replace("\n", file.newline)
        gone |= set(range(edit.span.start, edit.span.end))
    kept = [before.get(at, "") + ("" if at in gone else char) for at, char in enumerate(file.text)]
    return "".join(kept) + before.get(len(file.text), "")


@given(edited())
def test_edits_do_what_a_naive_editor_does(case: tuple[SourceFile, list[Edit]]) -> None:
    file, edits = case
    assert workspace(file).apply(edits)["x.tf"].text == naively(file, edits)


@given(edited())
def test_what_no_edit_touches_stays_byte_for_byte(case: tuple[SourceFile, list[Edit]]) -> None:
    file, edits = case
    removed = [Edit(edit.path, edit.span, "") for edit in edits]
    gone = {at for edit in edits for at in range(edit.span.start, edit.span.end)}
    kept = "".join(char for at, char in enumerate(file.text) if at not in gone)
    assert workspace(file).apply(removed)["x.tf"].text == kept


@given(TEXT, st.booleans())
@example("a\r\nb\r\n", True)
@example("\r\n", False)
@example("a\r\nb\nc\r\n", True)
def test_reading_and_writing_changes_no_byte(text: str, bom: bool) -> None:
    data = ((BOM if bom else "") + text).encode()
    assert SourceFile.decode("x.tf", data).encode() == data


@given(SANE, INSERTED)
def test_an_inserted_newline_is_the_files_own(text: str, inserted: str) -> None:
    file = opened(text)
    data = workspace(file).apply([Edit("x.tf", Span(0, 0), inserted)])["x.tf"].encode()
    assert data.endswith(file.encode())
    added = data[: len(data) - len(file.encode())].decode()
    crlf = "\r\n" in text and text.count("\r\n") * 2 > text.count("\n")
    assert added == (inserted.replace("\n", "\r\n") if crlf else inserted)


@given(SANE, st.lists(INSERTED, max_size=3))
def test_appending_adds_whole_lines_after_one_blank_line(text: str, blocks: list[str]) -> None:
    file = opened(text)
    after = workspace(file).apply([Append("x.tf", "b1"), *(Append("x.tf", block) for block in blocks)])["x.tf"]
    assert after.encode().startswith(file.encode())
    assert after.text.endswith("\n")
    added = after.encode()[len(file.encode()) :].decode().replace("\r\n", "\n")
    assert added.lstrip("\n").startswith("b1\n")
    if text.strip() and not text.replace("\r\n", "\n").endswith("\n"):
        assert added.startswith("\n\nb1\n")


def test_insertions_at_one_place_keep_their_order_and_equal_ones_count_once() -> None:
    edits = [Edit("x.tf", Span(1, 1), text) for text in ("1", "2", "1", "3")]
    assert workspace(opened("ab")).apply(edits)["x.tf"].text == "a123b"


def test_an_insertion_comes_before_a_replacement_that_starts_there() -> None:
    edits = [Edit("x.tf", Span(1, 2), "B"), Edit("x.tf", Span(1, 1), "i"), Edit("x.tf", Span(2, 2), "j")]
    assert workspace(opened("abc")).apply(edits)["x.tf"].text == "aiBjc"


@pytest.mark.parametrize("spans", [(Span(0, 2), Span(1, 3)), (Span(0, 3), Span(1, 1)), (Span(2, 9), Span(0, 0))])
def test_edits_that_overlap_or_lie_outside_are_an_error(spans: tuple[Span, Span]) -> None:
    with pytest.raises(ValueError, match="overlaps another or lies outside"):
        workspace(opened("abc")).apply([Edit("x.tf", span, "x") for span in spans])


def test_files_are_made_moved_and_deleted_at_once() -> None:
    before = workspace(opened("a\n"), SourceFile("old.tf", "o\n"), SourceFile("code.py", "c\n", mode=0o755))
    changes: list[Change] = [
        Append("new.tf", "n"),
        Delete("old.tf"),
        Move("code.py", "lambda/code.py"),
        Edit("x.tf", Span(0, 1), "b"),
    ]
    after = before.apply(changes)
    assert {path: file.text for path, file in after.files.items()} == {
        "x.tf": "b\n",
        "new.tf": "n\n",
        "lambda/code.py": "c\n",
    }
    assert after.difference(before, [changes[2]]) == (  # type: ignore[list-item]
        FileChange("code.py", b"c\n", None, 0o755),
        FileChange("lambda/code.py", None, b"c\n", 0o755, "code.py"),
        FileChange("new.tf", None, b"n\n"),
        FileChange("old.tf", b"o\n", None),
        FileChange("x.tf", b"a\n", b"b\n"),
    )


def test_a_workspace_stays_as_it_was() -> None:
    before = workspace(opened("a\n"))
    before.apply([Edit("x.tf", Span(0, 1), "b"), Append("y.tf", "y")])
    assert {path: file.text for path, file in before.files.items()} == {"x.tf": "a\n"}


def test_a_new_file_has_the_newlines_of_most_files() -> None:
    windows = [SourceFile.decode(f"{name}.tf", b"a\r\n") for name in "ab"]
    assert workspace(*windows, opened("a\n")).apply([Append("new.tf", "x\ny\n")])["new.tf"].encode() == b"x\r\ny\r\n"
    assert workspace(opened("a\n")).apply([Append("new.tf", "x\ny\n")])["new.tf"].encode() == b"x\ny\n"


@given(TEXT)
def test_positions_count_lines_as_an_editor_does(text: str) -> None:
    file = opened(text)
    for offset in range(len(file.text) + 1):
        line, column = file.position(offset)
        assert line == file.text.count("\n", 0, offset) + 1
        assert column == offset - (file.text.rfind("\n", 0, offset) + 1) + 1


@given(TEXT, st.data())
def test_line_spans_are_whole_lines(text: str, data: st.DataObject) -> None:
    start, end = sorted(data.draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
    span = line_span(text, Span(start, end))
    assert span.start <= start
    assert span.start == 0 or text[span.start - 1] == "\n"
    assert span.end == len(text) or text[span.end - 1] == "\n"


@pytest.mark.parametrize(
    ("data", "what"), [(b"a\xff", "not UTF-8 (byte 1)"), (b"x" * (SIZE_LIMIT + 1), "file has 10,000,001 bytes")]
)
def test_what_is_no_source_is_refused(data: bytes, what: str) -> None:
    with pytest.raises(Refused) as refused:
        SourceFile.decode("x.tf", data)
    assert refused.value.what == what
