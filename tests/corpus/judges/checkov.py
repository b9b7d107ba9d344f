"""checkov as an independent look: where it sees S3 buckets that are not blocked and log groups without retention."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.corpus.judges.judge import JUDGES, Verdict, Verdicts, version

CHECKS = {
    "CKV2_AWS_6": "s3-public-access-block",
    "CKV_AWS_53": "s3-public-access-block",
    "CKV_AWS_54": "s3-public-access-block",
    "CKV_AWS_55": "s3-public-access-block",
    "CKV_AWS_56": "s3-public-access-block",
    "CKV_AWS_66": "log-retention",
}
FOUND = "found"
SECONDS = 900
PROCESSES = 2


def edition() -> str:
    return version([JUDGES / "checkov", "--version"]) + Path(__file__).read_text()


def no_checkov() -> str:
    return "" if (JUDGES / "checkov").is_file() else "no .judges/bin/checkov (make .judges/ready installs it)"


def scan(roots: list[Path]) -> Iterator[tuple[Path, Verdicts]]:
    """The failed checks of each folder: one part each; its messages are check, path, resource, first and last line."""
    with ThreadPoolExecutor(PROCESSES) as pool:
        for found in pool.map(scan_together, (roots[start::PROCESSES] for start in range(PROCESSES))):
            yield from found.items()


def scan_together(roots: list[Path]) -> dict[Path, Verdicts]:
    """One run over copies of the folders side by side: its start takes longer than most of them."""
    found: dict[Path, dict[str, Verdict]] = {root: {} for root in roots}
    with tempfile.TemporaryDirectory() as scratch:
        for number, root in enumerate(roots):
            shutil.copytree(root, Path(scratch, str(number)))
        for failure in failures(Path(scratch)) if roots else ():
            place, *rest = Path(failure["file_abs_path"]).relative_to(Path(scratch).resolve()).parts
            first, last = failure["file_line_range"]
            facts = (failure["check_id"], "/".join(rest), failure["resource"], str(first), str(last))
            found[roots[int(place)]][" ".join(facts)] = Verdict(FOUND, facts)
    return dict(found)


def failures(folder: Path) -> Iterator[dict[str, Any]]:
    checks = ["--check", ",".join(CHECKS), "--framework", "terraform", "cloudformation"]
    form = ["--output", "json", "--quiet", "--compact", "--skip-download"]
    command = [str(JUDGES / "checkov"), *checks, *form, "--directory", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    if not done.stdout.strip():
        raise RuntimeError(f"checkov failed: {done.stderr[-2000:]}")
    said = json.loads(done.stdout)
    for report in said if isinstance(said, list) else [said]:
        yield from report.get("results", {}).get("failed_checks", [])
