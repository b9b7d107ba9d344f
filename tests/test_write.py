"""Writing: all files of a unit or none, whatever happens on the way; nothing outside the root."""

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from threading import Timer

import pytest

from fixer.journal import FOLDER, JOURNAL, LOG, Journal, NotWritten
from fixer.lock import locked
from fixer.model import FileChange, Finding, Fix, Impact, Outcome, Result, Span, Status, Unit
from fixer.write import recover, written

BEFORE = {
    "main.tf": b"provider {}\r\nresource {}\n",
    "old.tf": b"gone\n",
    "handler.py": b"x = 1\n",
    "sub/kept.tf": b"k\n",
}
AFTER = {
    "main.tf": b"resource {}\n",
    "provider.tf": b"provider {}\n",
    "lambda/handler.py": b"x = 1\n",
    "sub/kept.tf": b"k\n",
}
CHANGES = (
    FileChange("handler.py", BEFORE["handler.py"], None, 0o755),
    FileChange("lambda/handler.py", None, AFTER["lambda/handler.py"], 0o755, "handler.py"),
    FileChange("main.tf", BEFORE["main.tf"], AFTER["main.tf"], 0o640),
    FileChange("old.tf", BEFORE["old.tf"], None),
    FileChange("provider.tf", None, AFTER["provider.tf"]),
)
STEPS = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.utime", "shutil.rmtree"}


class Faults:
    """Something goes wrong at the n-th thing that is done to the file system; the audit events of Python tell."""

    def __init__(self) -> None:
        self.left = 0
        self.act: Callable[[], None] | None = None
        sys.addaudithook(self.hook)

    def hook(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.act is None or event not in STEPS or (event == "open" and not writes(arguments)):
            return
        self.left -= 1
        if self.left <= 0:
            self.act()

    def after(self, steps: int, act: Callable[[], None]) -> None:
        self.left, self.act = steps, act

    def stop(self) -> None:
        self.act = None


def writes(arguments: tuple[object, ...]) -> bool:
    mode = arguments[1]
    return isinstance(mode, str) and bool(set(mode) & set("wxa+"))


FAULTS = Faults()


@pytest.fixture(autouse=True)
def no_faults() -> Iterator[None]:
    yield
    FAULTS.stop()


def outcome(*changes: FileChange) -> Outcome:
    finding = Finding("some-id", "x", "main.tf", Span(0, 0), "is wrong", Fix((), Impact.NONE))
    return Outcome(Unit("terraform", ".", ()), (Result(finding, Status.PENDING, "", 1, 1),), changes)


def make(root: Path) -> Path:
    for path, data in BEFORE.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    (root / "main.tf").chmod(0o640)
    (root / "handler.py").chmod(0o755)
    return root


def files(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def crashing(steps: int, work: Callable[[], object]) -> bool:
    """Do the work in a process that dies at the n-th step; whether it got to the end."""
    child = os.fork()
    if child == 0:
        FAULTS.after(steps, lambda: os._exit(9))
        try:
            work()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@contextmanager
def other_run(root: Path) -> Iterator[Callable[[], object]]:
    """Another process that has locked the root, and what ends it."""
    script = "import sys; from pathlib import Path; from fixer.lock import locked\n"
    script += "with locked(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", script, str(root)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        try:
            yield holder.kill
        finally:
            holder.kill()


def test_everything_is_written(tmp_path: Path) -> None:
    done = written(outcome(*CHANGES), make(tmp_path))
    assert files(tmp_path) == AFTER
    assert not done.problems
    assert [result.status for result in done.results] == [Status.FIXED]
    assert stat.S_IMODE((tmp_path / "main.tf").stat().st_mode) == 0o640
    assert stat.S_IMODE((tmp_path / "lambda/handler.py").stat().st_mode) == 0o755
    assert not (tmp_path / FOLDER).exists()


def test_a_crash_at_any_step_leaves_all_or_nothing(tmp_path: Path) -> None:
    for steps in range(1, 200):
        root = make(tmp_path / str(steps))
        finished = crashing(steps, partial(written, outcome(*CHANGES), root))
        recover(root)
        assert files(root) in ((AFTER,) if finished else (BEFORE, AFTER)), steps
        assert not (root / FOLDER).exists()
        if finished:
            assert steps > 15
            return
    pytest.fail("never finished")


def test_a_crash_while_recovering_loses_nothing(tmp_path: Path) -> None:
    for steps in range(8, 24, 3):
        for again in range(1, 100):
            root = make(tmp_path / f"{steps}-{again}")
            crashing(steps, partial(written, outcome(*CHANGES), root))
            finished = crashing(again, partial(recover, root))
            recover(root)
            assert files(root) in (BEFORE, AFTER), (steps, again)
            assert not (root / FOLDER).exists()
            if finished:
                break


def test_an_interruption_puts_everything_back(tmp_path: Path) -> None:
    def interrupt() -> None:
        FAULTS.stop()
        raise KeyboardInterrupt

    for steps in range(1, 200):
        root = make(tmp_path / str(steps))
        FAULTS.after(steps, interrupt)
        try:
            written(outcome(*CHANGES), root)
        except KeyboardInterrupt:
            recover(root)
            assert files(root) in (BEFORE, AFTER), steps
            assert not (root / FOLDER).exists()
        else:
            return


def test_a_full_disk_writes_nothing_and_says_so(tmp_path: Path) -> None:
    for steps in range(1, 200):
        root = make(tmp_path / str(steps))

        def fail(root: Path = root) -> None:
            FAULTS.stop()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(root / "main.tf"))

        FAULTS.after(steps, fail)
        done = written(outcome(*CHANGES), root)
        if FAULTS.act is not None:
            return
        if files(root) == BEFORE:
            assert [str(problem) for problem in done.problems] == [
                "main.tf: can't be written: No space left on device; free some space and run again"
            ]
            assert [result.status for result in done.results] == [Status.FAILED]
        else:  # it failed when all was written and the journal had to go
            recover(root)
            assert files(root) == AFTER, steps
        assert not (root / FOLDER).exists() or not any((root / FOLDER).iterdir())


def test_a_disk_that_stays_full_is_put_right_at_the_next_start(tmp_path: Path) -> None:
    def fail() -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    for steps in range(1, 200):
        root = make(tmp_path / str(steps))
        FAULTS.after(steps, fail)
        done = written(outcome(*CHANGES), root)
        reached = FAULTS.left > 0
        FAULTS.stop()
        if reached:
            return
        assert done.problems or files(root) == AFTER
        recover(root)
        assert files(root) in (BEFORE, AFTER), steps
        assert not (root / FOLDER).exists()


def test_a_file_that_changed_since_is_not_overwritten(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / "main.tf").write_bytes(b"mine\n")
    done = written(outcome(*CHANGES), tmp_path)
    assert files(tmp_path) == BEFORE | {"main.tf": b"mine\n"}
    assert [str(p) for p in done.problems] == [
        "main.tf: changed on disk since it was read; nothing of its unit was written, run again"
    ]


@pytest.mark.parametrize("taken", ["provider.tf", "lambda/handler.py"])
def test_a_file_that_appeared_since_is_not_overwritten(tmp_path: Path, taken: str) -> None:
    make(tmp_path)
    (tmp_path / taken).parent.mkdir(exist_ok=True)
    (tmp_path / taken).write_bytes(b"mine\n")
    assert written(outcome(*CHANGES), tmp_path).problems
    assert files(tmp_path) == BEFORE | {taken: b"mine\n"}


def test_a_user_who_changed_a_half_written_fix_keeps_the_change(tmp_path: Path) -> None:
    """The crash came between the two files; the block that moved is back where it was, the user's text is kept."""
    make(tmp_path)
    two = tuple(change for change in CHANGES if change.path in ("main.tf", "provider.tf"))
    Journal.begin(tmp_path, two).put(two[0], two[0].after)
    (tmp_path / "provider.tf").write_bytes(b"mine\n")
    problems = recover(tmp_path)
    assert files(tmp_path) == BEFORE | {"provider.tf": b"mine\n"}
    assert problems[0].error
    assert "undone" in problems[0].what


def test_a_half_written_fix_that_was_checked_out_again_is_dropped(tmp_path: Path) -> None:
    make(tmp_path)
    Journal.begin(tmp_path, CHANGES)
    assert [problem.error for problem in recover(tmp_path)] == [False]
    assert files(tmp_path) == BEFORE


@pytest.mark.parametrize(
    "path", ["../out.tf", "/tmp/out.tf", "a/../../out.tf", ".git/hooks/post-checkout", "sub/.GIT/x", ""]
)
def test_nothing_outside_the_root_is_written(tmp_path: Path, path: str) -> None:
    root = make(tmp_path / "root")
    done = written(outcome(FileChange(path, None, b"bad\n")), root)
    assert done.problems
    assert files(tmp_path) == {f"root/{name}": data for name, data in BEFORE.items()}


@pytest.mark.parametrize("link", ["main.tf", "sub", FOLDER, "provider.tf"])
def test_nothing_is_written_through_a_symbolic_link(tmp_path: Path, link: str) -> None:
    root = make(tmp_path / "root")
    outside = make(tmp_path / "outside")
    path = root / link
    if path.is_dir():
        (path / "kept.tf").unlink()
        path.rmdir()
    path.unlink(missing_ok=True)
    path.symlink_to(outside / (link if link != FOLDER else "sub"))
    changes = (*CHANGES, FileChange("sub/kept.tf", BEFORE["sub/kept.tf"], b"changed\n"))
    done = written(outcome(*changes), root)
    assert "symbolic link" in str(done.problems[0])
    assert files(outside) == BEFORE
    assert not recover(root)


def test_a_journal_that_a_repository_brings_along_places_no_hook(tmp_path: Path) -> None:
    root = make(tmp_path / "root")
    (root / ".git").mkdir()
    (root / FOLDER / JOURNAL).mkdir(parents=True)
    log = '[{"path": "main.tf", "mode": 420, "moved_from": null, "before": null, "after": "%s"}, %s]'
    hook = '{"path": ".git/hook", "mode": 511, "moved_from": null, "before": null, "after": "YmFk"}'
    import base64

    held = base64.b64encode(BEFORE["main.tf"]).decode()
    (root / FOLDER / JOURNAL / LOG).write_text(log % (held, hook))
    assert recover(root)[0].error
    assert not (root / ".git/hook").exists()


def test_a_journal_that_makes_no_sense_is_named(tmp_path: Path) -> None:
    (tmp_path / FOLDER / JOURNAL).mkdir(parents=True)
    (tmp_path / FOLDER / JOURNAL / LOG).write_text("{")
    problems = recover(tmp_path)
    assert [problem.path for problem in problems] == [".iacfix/journal/changes.json"]


def test_a_journal_further_up_is_named(tmp_path: Path) -> None:
    make(tmp_path)
    Journal.begin(tmp_path, CHANGES)
    assert [problem.path for problem in recover(tmp_path / "sub")] == [str(tmp_path)]


def test_two_runs_do_not_write_at_once(tmp_path: Path) -> None:
    with other_run(tmp_path), pytest.raises(NotWritten, match="another run"), locked(tmp_path, patience=0.2):
        pass
    with locked(tmp_path, patience=0.2):
        pass


@pytest.mark.parametrize(
    ("held", "wanted", "free"),
    [("a", "a/b", False), ("a", "a/b/c", False), ("a/b/c", "a", False), ("a/b", "a/d", True), ("a/b/c", "a/d", True)],
)
def test_runs_on_nested_roots_exclude_each_other(tmp_path: Path, held: str, wanted: str, free: bool) -> None:
    for folder in ("a/b/c", "a/d"):
        (tmp_path / folder).mkdir(parents=True)
    refusal = nullcontext() if free else pytest.raises(NotWritten, match="another run")
    with other_run(tmp_path / held), refusal, locked(tmp_path / wanted, patience=0.2):
        pass
    with locked(tmp_path / wanted, patience=0.2):
        pass


def test_a_run_waits_for_the_one_around_it(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with other_run(tmp_path) as end:
        Timer(0.3, end).start()
        with locked(tmp_path / "a", patience=20):
            pass


def test_what_is_not_finished_is_not_written_over(tmp_path: Path) -> None:
    make(tmp_path)
    Journal.begin(tmp_path, CHANGES)
    done = written(outcome(FileChange("sub/kept.tf", BEFORE["sub/kept.tf"], b"other\n")), tmp_path)
    assert [problem.what for problem in done.problems] == ["the journal of a write that was not finished"]
    assert [problem.error for problem in recover(tmp_path)] == [False]
    assert files(tmp_path) == BEFORE


def test_other_things_in_our_folder_stay(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "baseline.json").write_text("{}")
    written(outcome(*CHANGES), tmp_path)
    assert files(tmp_path) == AFTER | {".iacfix/baseline.json": b"{}"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_read_only_folder_is_one_clear_line(tmp_path: Path) -> None:
    make(tmp_path)
    tmp_path.chmod(0o555)
    try:
        done = written(outcome(*CHANGES), tmp_path)
    finally:
        tmp_path.chmod(0o755)
    assert [str(problem) for problem in done.problems] == [
        ".iacfix: can't be written: Permission denied; make the folder and its files writable"
    ]
    assert files(tmp_path) == BEFORE
