"""The command as its users meet it: the two streams, the exit status, one clear line for what is wrong."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from unittest.mock import patch

import pytest

from fixer import __version__
from fixer.cli import main
from fixer.journal import Journal
from fixer.model import FileChange
from fixer.workspace import SIZE_LIMIT

BUCKET = 'resource "aws_s3_bucket" "b" {\n  bucket = "b"\n}\n'
BLOCKED = (
    BUCKET
    + """
resource "aws_s3_bucket_public_access_block" "b" {
  bucket = aws_s3_bucket.b.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
"""
)
VOLUME = 'resource "aws_ebs_volume" "v" {\n  availability_zone = "eu-west-1a"\n  size              = 1\n}\n'
WEBSITE = BUCKET + '\nresource "aws_s3_bucket_website_configuration" "b" {\n  bucket = aws_s3_bucket.b.id\n}\n'
TEMPLATE = "Resources:\n  Bucket:\n    Type: AWS::S3::Bucket\n"
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
COMMAND = (sys.executable, "-m", "fixer")


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


def iacfix(cwd: Path, *arguments: str, **environment: str) -> Done:
    """The command in this process: a tenth of the time, and everything but the interpreter is as in one of its own."""
    out, err = TextIOWrapper(BytesIO(), encoding="utf-8", newline=""), StringIO()
    with (
        chdir(cwd),
        redirect_stdout(out),
        redirect_stderr(err),
        patch.dict(os.environ, ENVIRONMENT | environment, clear=True),
    ):
        try:
            status = main(arguments)
        except SystemExit as stop:
            status = int(stop.code or 0)
    out.flush()
    return Done(status, out.buffer.getvalue().decode(), err.getvalue())


def make(root: Path, files: Mapping[str, str | bytes]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text if isinstance(text, bytes) else text.encode())
    return root


def test_a_dry_run_shows_the_patch_and_writes_nothing(tmp_path: Path) -> None:
    make(tmp_path, {"main.tf": BUCKET})
    done = iacfix(tmp_path)
    assert done.returncode == 1
    assert '\n+resource "aws_s3_bucket_public_access_block" "b" {\n' in done.stdout
    assert done.stderr == (
        "main.tf:1:1: s3-public-access-block aws_s3_bucket.b: bucket has no public access block (in-place)\n"
        "1 finding in 1 unit: 1 pending. --apply writes what is pending.\n"
    )
    assert (tmp_path / "main.tf").read_text() == BUCKET
    assert [path.name for path in tmp_path.iterdir()] == ["main.tf"]


def test_git_applies_the_patch_to_what_apply_writes(tmp_path: Path) -> None:
    make(tmp_path, {"main.tf": BUCKET, "sub/template.yaml": TEMPLATE})
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=iacfix(tmp_path).stdout, text=True, check=True)
    patched = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    make(tmp_path, {"main.tf": BUCKET, "sub/template.yaml": TEMPLATE})
    assert iacfix(tmp_path, "--apply").returncode == 0
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == patched


def test_git_applies_the_patch_in_a_subfolder_of_a_work_tree(tmp_path: Path) -> None:
    """git skips, with status 0, what a patch does not name from the top of the work tree."""
    folder = make(tmp_path, {"a b/in/main.tf": BUCKET}) / "a b/in"
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    made = iacfix(folder).stdout
    for cwd, flags in ((tmp_path, ("--check",)), (folder, ())):
        subprocess.run(["git", "apply", *flags, "-"], cwd=cwd, input=made, text=True, check=True)
    assert (folder / "main.tf").read_text() == BLOCKED


def test_apply_writes_and_is_done(tmp_path: Path) -> None:
    make(tmp_path, {"main.tf": BUCKET})
    done = iacfix(tmp_path, "--apply")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.endswith("(in-place) fixed\n1 finding in 1 unit: 1 fixed.\n")
    assert (tmp_path / "main.tf").read_text() == BLOCKED
    again = iacfix(tmp_path)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "Nothing to do in 1 unit.\n")


def test_check_shows_no_patch(tmp_path: Path) -> None:
    make(tmp_path, {"main.tf": BUCKET})
    done = iacfix(tmp_path, "--check")
    assert (done.returncode, done.stdout) == (1, "")
    assert "1 pending" in done.stderr


@pytest.mark.parametrize(
    ("text", "arguments", "status"),
    [
        (BLOCKED, (), 0),
        (BUCKET, (), 1),
        (BUCKET, ("--exit-zero",), 0),
        (BUCKET, ("--ignore", "s3-public-access-block"), 0),
        (BUCKET, ("--select", "identity,layout"), 0),
        (BUCKET, ("--select=exposure", "--check"), 1),
        (VOLUME, (), 1),
        (VOLUME, ("--apply",), 1),
        (VOLUME, ("--apply", "--exit-zero"), 0),
        (VOLUME, ("--apply", "--allow", "data-loss"), 0),
        (VOLUME, ("--apply", "--new"), 0),
        (WEBSITE, (), 0),
        (WEBSITE, ("--check",), 0),
        ("# iacfix: ignore[exposure] ours\n" + BUCKET, (), 0),
        (BUCKET + "{", (), 2),
        (BUCKET + "{", ("--exit-zero",), 2),
        ("", (), 0),
    ],
)
def test_the_exit_status(tmp_path: Path, text: str, arguments: tuple[str, ...], status: int) -> None:
    make(tmp_path, {"main.tf": text})
    done = iacfix(tmp_path, *arguments)
    assert done.returncode == status, done.stderr


def test_what_is_held_back_says_how_to_make_it(tmp_path: Path) -> None:
    make(tmp_path, {"main.tf": VOLUME})
    done = iacfix(tmp_path, "--apply")
    assert "(data-loss) held-back - impact is data-loss; --allow data-loss makes it: a deployed volume" in done.stderr
    assert (tmp_path / "main.tf").read_text() == VOLUME


@pytest.mark.parametrize(
    ("configured", "whom"),
    [
        ('[tool.iacfix.ebs-encryption]\nmax-impact = "in-place"\n', "ebs-encryption"),
        ('[tool.iacfix.per-file-max-impact]\n"live" = "in-place"\n', "files 'live'"),
        (
            '[tool.iacfix.ebs-encryption]\nmax-impact = "replacement"\n'
            '[tool.iacfix.per-file-max-impact]\n"*.tf" = "interruption"\n"live/*" = "in-place"\n',
            "files 'live/*'",
        ),
    ],
)
@pytest.mark.parametrize("flags", [("--new",), ("--allow", "data-loss"), ("--new", "--allow=data-loss")])
def test_no_flag_lifts_a_fix_above_a_ceiling(
    tmp_path: Path, configured: str, whom: str, flags: tuple[str, ...]
) -> None:
    make(tmp_path, {"live/main.tf": VOLUME + BUCKET, "pyproject.toml": configured})
    done = iacfix(tmp_path, "--apply", "--select=exposure,encryption", "--output-format=json", *flags)
    assert done.returncode == 1
    held, fixed = json.loads(done.stdout)["findings"]
    assert (held["id"], held["status"]) == ("ebs-encryption", "held-back")
    assert held["reason"] == f"impact is data-loss, above the ceiling in-place for {whom} in pyproject.toml"
    assert held["impact_reason"] == "aws_ebs_volume.encrypted replaces the resource, which holds data"
    assert (fixed["id"], fixed["status"]) == ("s3-public-access-block", "fixed")
    assert (tmp_path / "live/main.tf").read_text() == VOLUME + BLOCKED
    assert iacfix(tmp_path, "--check", "--exit-zero", *flags).returncode == 0


def test_why_an_impact_is_what_it_is_is_said_once(tmp_path: Path) -> None:
    make(tmp_path, {"main.tf": VOLUME + "\n" + VOLUME.replace('"v"', '"w"') + "\n" + BUCKET})
    done = iacfix(tmp_path, "--new", "--select=encryption,exposure")
    fact = "aws_ebs_volume.encrypted replaces the resource, which holds data\n"
    assert done.stdout.count(f"#   impact: {fact}") == 1
    assert done.stderr.count(f"data-loss because {fact}") == 1
    assert done.stderr.count(" because ") == 1


def test_what_a_killed_run_left_beneath_is_put_right_before_anything_is_read(tmp_path: Path) -> None:
    """The inner run was killed when it had moved the block away and not yet added it to the other file."""
    make(tmp_path, {"live/main.tf": "# one\n" + BUCKET, "live/provider.tf": ""})
    changes = (
        FileChange("main.tf", ("# one\n" + BUCKET).encode(), BLOCKED.encode()),
        FileChange("provider.tf", b"", b"# one\n"),
    )
    journal = Journal.begin(tmp_path / "live", changes)
    journal.put(changes[0], changes[0].after)
    done = iacfix(tmp_path, "--apply")
    assert done.stderr == (
        "live/main.tf, live/provider.tf: an interrupted run was cleaned up after; nothing to do\n"
        "Nothing to do in 1 unit.\n"
    )
    assert (tmp_path / "live/provider.tf").read_text() == "# one\n"
    assert not (tmp_path / "live/.iacfix").exists()


@pytest.mark.parametrize(("place", "cwd"), [("live", "."), (".", "live"), ("live", "live")])
def test_nothing_is_written_over_a_journal_that_can_not_be_put_right(tmp_path: Path, place: str, cwd: str) -> None:
    make(tmp_path, {"live/main.tf": BUCKET, f"{place}/.iacfix/journal/changes.json": "{"})
    done = iacfix(tmp_path / cwd, "--apply")
    assert done.returncode == 2
    assert "journal" in done.stderr
    assert (tmp_path / "live/main.tf").read_text() == BUCKET
    assert (tmp_path / place / ".iacfix/journal/changes.json").read_text() == "{"


def test_json(tmp_path: Path) -> None:
    make(tmp_path, {"main.tf": BUCKET, "bad.yaml": TEMPLATE + "  - x"})
    done = iacfix(tmp_path, "--output-format", "json")
    report = json.loads(done.stdout)
    assert (done.returncode, report["exit_status"]) == (2, 2)
    assert report["counts"] == {"pending": 1}
    (finding,) = report["findings"]
    assert finding["id"] == "s3-public-access-block"
    assert (finding["path"], finding["line"], finding["impact"], finding["status"]) == (
        "main.tf",
        1,
        "in-place",
        "pending",
    )
    assert [unit["format"] for unit in report["units"]] == ["terraform", "cloudformation"]
    assert report["units"][0]["diff"].startswith("# iacfix: . (Terraform)\n")
    assert [problem["path"] for problem in report["problems"]] == ["bad.yaml"]


def test_the_output_can_go_to_a_file(tmp_path: Path) -> None:
    make(tmp_path, {"in/main.tf": BUCKET})
    done = iacfix(tmp_path / "in", "--output-file", "../fix.patch")
    assert (done.returncode, done.stdout) == (1, "")
    subprocess.run(["git", "apply", "../fix.patch"], cwd=tmp_path / "in", check=True)
    assert (tmp_path / "in/main.tf").read_text() == BLOCKED
    wrong = iacfix(tmp_path / "in", "--output-file", "nowhere/x")
    assert (wrong.returncode, wrong.stderr) == (
        2,
        "iacfix: nowhere/x: No such file or directory; name a file that can be written\n",
    )


def test_check_and_apply_leave_their_patch_in_a_file_that_is_named(tmp_path: Path) -> None:
    make(tmp_path, {"in/main.tf": BUCKET})
    for mode in ("--check", "--apply"):
        done = iacfix(tmp_path / "in", mode, "--output-file", f"../{mode}.patch")
        assert done.stdout == ""
    assert (tmp_path / "--check.patch").read_text() == (tmp_path / "--apply.patch").read_text()
    subprocess.run(["git", "apply", "-R", "../--apply.patch"], cwd=tmp_path / "in", check=True)
    assert (tmp_path / "in/main.tf").read_text() == BUCKET


def test_a_configuration_file_is_found_and_can_be_named(tmp_path: Path) -> None:
    make(
        tmp_path, {"a/main.tf": BUCKET, "a/pyproject.toml": '[tool.iacfix]\nignore = ["exposure"]\n', "other.toml": ""}
    )
    assert iacfix(tmp_path, "a").returncode == 0
    assert iacfix(tmp_path / "a").returncode == 0
    assert iacfix(tmp_path, "a", "--config", "other.toml").returncode == 1
    assert iacfix(tmp_path, "a", "--select", "s3-public-access-block").returncode == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--slect", "x"), "iacfix: unrecognized arguments: --slect; see iacfix --help"),
        (("--jobs", "-1"), "iacfix: argument --jobs: a whole number is wanted, not '-1'; see iacfix --help"),
        (("--jobs", "x"), "iacfix: argument --jobs: a whole number is wanted, not 'x'; see iacfix --help"),
        (("--apply", "--check"), "iacfix: argument --check: not allowed with argument --apply; see iacfix --help"),
        (
            ("--select", "exposur"),
            "iacfix: --select: unknown transform or category 'exposur'; did you mean 'exposure'?",
        ),
        (
            ("--ignore", "log-rotation"),
            "iacfix: --ignore: unknown transform or category 'log-rotation'; did you mean 'log-retention'?",
        ),
        (("--allow", "dataloss"), "iacfix: --allow: unknown impact 'dataloss'; did you mean 'data-loss'?"),
        (("--profile", "x"), "iacfix: --profile: unknown profile 'x'; there are: ephemeral, production"),
        (("--config", "no.toml"), "iacfix: no.toml: No such file or directory; name a file that can be read"),
        (
            ("explain", "log-retentio"),
            "iacfix: explain: unknown transform 'log-retentio'; did you mean 'log-retention'?",
        ),
        (("explain",), "iacfix explain: the following arguments are required: ID; see iacfix explain --help"),
    ],
)
def test_wrong_usage_is_one_line(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    done = iacfix(tmp_path, *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said + "\n")


def test_a_wrong_configuration_names_its_line(tmp_path: Path) -> None:
    make(tmp_path, {"main.tf": BUCKET, ".iacfix.toml": "\nallow = 'everything'\n"})
    done = iacfix(tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("iacfix: .iacfix.toml:2:1: unknown impact 'everything'; ")
    make(tmp_path, {".iacfix.toml": "\n[tool.iacfix]\nallow = 'none'\n"})
    said = "iacfix: .iacfix.toml:2:1: [tool.iacfix] is for pyproject.toml; write its keys here without it\n"
    assert iacfix(tmp_path).stderr == said


# What may lie in a folder beside good files: each gets its line or none, and stops nothing.
BAD: dict[str, tuple[str | bytes, str | None]] = {
    "bad/main.tf": ('resource "aws_s3_bucket" "x" {\n', r"bad/main\.tf:\d+:\d+: .+; .+"),
    "bad.yaml": (TEMPLATE + "  - x\n", r"bad\.yaml:\d+:\d+: .+; .+"),
    "bad.json": ('{"Resources": {"B": {"Type": "AWS::S3::Bucket"}}', r"bad\.json:\d+:\d+: .+; .+"),
    "latin/main.tf": (
        b"# \xe9\n" + BUCKET.encode(),
        r"latin/main\.tf:1:1: not UTF-8 \(byte 2\); save the file as UTF-8",
    ),
    "latin.yaml": (b"# \xe9\n" + TEMPLATE.encode(), r"latin\.yaml:1:1: not UTF-8 \(byte 2\); save the file as UTF-8"),
    "wide.yaml": (TEMPLATE.encode("utf-16"), r"wide\.yaml:1:1: not UTF-8 \(byte 0\); save the file as UTF-8"),
    "large/main.tf": (BUCKET + "# x\n" * (SIZE_LIMIT // 4), r"large/main\.tf:1:1: file has 1\d,\d{3},\d{3} bytes; .+"),
    "large.yaml": (TEMPLATE + "# x\n" * 5_000_000, r"large\.yaml:1:1: file has [\d,]+ bytes; .+"),
    "twice.yaml": (TEMPLATE + "  Bucket:\n    Type: AWS::S3::Bucket\n", r"twice\.yaml:\d+:\d+: .+; .+"),
    "twice.json": (
        '{"Resources": {"B": {"Type": "AWS::S3::Bucket"}, "B": {"Type": "AWS::S3::Bucket"}}}',
        r"twice\.json:\d+:\d+: .+; .+",
    ),
    "empty/main.tf": ("", None),
    "empty.yaml": ("", None),
    "empty.json": ("", None),
    "kubernetes.yaml": ("apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\n", None),
    "compose.yaml": ("services:\n  web:\n    image: x\n", None),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_line_and_stops_no_other_file(tmp_path: Path, name: str) -> None:
    text, said = BAD[name]
    make(tmp_path, {"good/main.tf": BUCKET, "good.yaml": TEMPLATE, name: text})
    before = (tmp_path / name).read_bytes()
    done = iacfix(tmp_path, "--apply")
    lines = done.stderr.splitlines()
    assert "Traceback" not in done.stderr
    assert [line for line in lines if not line.endswith("fixed") and not re.match(r"\d+ findings? in", line)] == [
        line for line in lines if said and re.fullmatch(said, line)
    ], done.stderr
    assert len(lines) == (4 if said else 3)
    assert done.returncode == (2 if said else 0)
    assert (tmp_path / "good/main.tf").read_text() == BLOCKED
    assert "PublicAccessBlockConfiguration" in (tmp_path / "good.yaml").read_text()
    assert (tmp_path / name).read_bytes() == before


def test_a_loop_of_links_is_no_loop(tmp_path: Path) -> None:
    make(tmp_path, {"good/main.tf": BUCKET})
    (tmp_path / "good/loop").symlink_to(tmp_path)
    (tmp_path / "good/self.yaml").symlink_to("self.yaml")
    done = iacfix(tmp_path, "--apply")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (0, "1 finding in 1 unit: 1 fixed.")


def test_a_link_that_leads_out_is_never_written(tmp_path: Path) -> None:
    make(tmp_path, {"out/shared.tf": BUCKET, "in/main.tf": VOLUME})
    (tmp_path / "in/shared.tf").symlink_to("../out/shared.tf")
    done = iacfix(tmp_path / "in", "--apply", "--new")
    assert "withheld: shared.tf would have to change, and it is a symbolic link" in done.stderr
    assert (tmp_path / "out/shared.tf").read_text() == BUCKET
    assert (tmp_path / "in/shared.tf").is_symlink()
    assert "encrypted" in (tmp_path / "in/main.tf").read_text()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_one_line(tmp_path: Path) -> None:
    make(tmp_path, {"good/main.tf": BUCKET, "shut/main.tf": BUCKET, "folder/main.tf": BUCKET})
    (tmp_path / "shut/main.tf").chmod(0)
    (tmp_path / "folder").chmod(0)
    try:
        done = iacfix(tmp_path, "--apply")
    finally:
        (tmp_path / "folder").chmod(0o755)
    assert done.returncode == 2
    assert done.stderr.splitlines()[:2] == [
        "folder: Permission denied; make it readable or leave it out",
        "shut/main.tf:1:1: Permission denied; make the file readable or leave it out",
    ]
    assert (tmp_path / "good/main.tf").read_text() == BLOCKED


def test_colour_only_where_it_is_wanted(tmp_path: Path) -> None:
    make(tmp_path, {"main.tf": BUCKET})
    assert "\x1b[" not in iacfix(tmp_path).stderr
    assert "\x1b[" in iacfix(tmp_path, FORCE_COLOR="1", TERM="xterm").stderr
    assert "\x1b[3" not in iacfix(tmp_path, FORCE_COLOR="1", NO_COLOR="1", TERM="xterm").stderr
    assert "\x1b[3" not in iacfix(tmp_path, "--no-color", FORCE_COLOR="1", TERM="xterm").stderr
    assert "\x1b[" not in iacfix(tmp_path, FORCE_COLOR="1", TERM="xterm").stdout


def test_list_and_explain(tmp_path: Path) -> None:
    listed = iacfix(tmp_path, "list")
    assert listed.returncode == 0
    assert re.search(r"^s3-public-access-block +exposure +always +\S", listed.stdout, re.MULTILINE)
    table = iacfix(tmp_path, "list", "--markdown").stdout.splitlines()
    assert len(table) == len(listed.stdout.splitlines()) + 2
    explained = iacfix(tmp_path, "explain", "log-retention").stdout
    assert explained.startswith("log-retention (observability)\n")
    assert "\nWhy\n" in explained
    assert "\n  [tool.iacfix.log-retention]\n  days = 30\n" in explained


def test_a_folder_named_like_a_command(tmp_path: Path) -> None:
    make(tmp_path, {"list/main.tf": BUCKET})
    assert iacfix(tmp_path, "./list").returncode == 1
    assert iacfix(tmp_path, "--check", "list").returncode == 1


def test_nothing_there(tmp_path: Path) -> None:
    done = iacfix(tmp_path)
    assert (done.returncode, done.stderr) == (0, "No Terraform, CloudFormation or CDK source was found.\n")
    assert iacfix(tmp_path, "nowhere").returncode == 2


def test_version_and_usage_import_nothing_heavy(tmp_path: Path) -> None:
    assert iacfix(tmp_path, "--version").stdout == f"iacfix {__version__}\n"
    assert iacfix(tmp_path, "--apply", "--version").stdout == f"iacfix {__version__}\n"
    script = "import sys; from fixer.cli import main\ntry: main([sys.argv[1]])\nexcept SystemExit: pass\n"
    script += "print([name for name in sys.modules if name.split('.')[0] in sys.argv[2:]])"
    heavy = ["rich", "hcl2", "lark", "ruamel", "libcst", "yaml", "unidiff", "transforms", "difflib"]
    for argument in ("--version", "--help", "--wrong"):
        done = subprocess.run(
            [sys.executable, "-c", script, argument, *heavy], capture_output=True, text=True, check=True
        )
        assert done.stdout.splitlines()[-1] == "[]"


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    make(tmp_path, {"main.tf": BUCKET * 2000})
    process = subprocess.Popen([*COMMAND, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.close()
    _, said = process.communicate()
    assert process.returncode == 1
    assert b"Traceback" not in said
    assert b"Broken" not in said


def test_a_stdout_that_takes_nothing_is_one_line(tmp_path: Path) -> None:
    make(tmp_path, {"main.tf": BUCKET})
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([*COMMAND, str(tmp_path)], stdout=full, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (
        2,
        "iacfix: standard output: No space left on device; name a file that can be written\n",
    )


def test_a_stdout_that_is_closed_wants_nothing(tmp_path: Path) -> None:
    make(tmp_path, {"main.tf": BUCKET})
    closed = [sys.executable, "-c", "import os, sys; os.close(1); os.execv(sys.argv[1], sys.argv[1:])"]
    for arguments, status in (((str(tmp_path),), 1), (("list",), 0)):
        done = subprocess.run([*closed, *COMMAND, *arguments], stderr=subprocess.PIPE, text=True)
        assert done.returncode == status, done.stderr
        assert "Traceback" not in done.stderr


def test_a_current_folder_that_is_gone_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    with chdir(tmp_path / "gone"):
        (tmp_path / "gone").rmdir()
        done = subprocess.run(COMMAND, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr == "iacfix: .: the current folder is gone; change to one that is there\n"


def test_an_interruption_is_one_line(tmp_path: Path) -> None:
    script = "import fixer.commands, sys\nfrom fixer.cli import main\n"
    script += "def stop(args): raise KeyboardInterrupt\nfixer.commands.run = stop\nsys.exit(main([]))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (130, "iacfix: interrupted\n")


def test_processes_say_the_same(tmp_path: Path) -> None:
    padding = "# padding\n" * 10_000
    make(tmp_path, {f"m{number}/main.tf": BUCKET + padding for number in range(5)})
    make(tmp_path, {"bad/main.tf": BUCKET + "{" + padding})
    one, two = (
        subprocess.run([*COMMAND, "--jobs", jobs, str(tmp_path)], capture_output=True, text=True) for jobs in "12"
    )
    assert one.stdout
    assert (one.returncode, one.stdout, one.stderr) == (two.returncode, two.stdout, two.stderr)
