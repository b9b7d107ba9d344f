"""checkov as an independent look: where it sees S3 buckets that are not blocked and log groups without retention."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

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


def edition() -> str:
    return version([JUDGES / "checkov", "--version"]) + Path(__file__).read_text()


def no_checkov() -> str:
    return "" if (JUDGES / "checkov").is_file() else "no .judges/bin/checkov (make .judges/ready installs it)"


def scan(roots: list[Path]) -> Iterator[tuple[Path, Verdicts]]:
    """The failed checks of each folder: one part a failure, its messages are check, path, resource, first and last line."""
    command = [JUDGES / "checkov", "--check", ",".join(CHECKS), "--framework", "terraform", "cloudformation"]
    folders = [word for root in roots for word in ("-d", str(root))]
    done = subprocess.run(
        [*command, "-o", "json", "--quiet", "--compact", "--skip-download", *folders],
        capture_output=True, text=True, timeout=SECONDS,
    )  # fmt: skip
    if not done.stdout.strip():
        raise RuntimeError(f"checkov failed: {done.stderr[-2000:]}")
    said = json.loads(done.stdout)
    found: dict[Path, dict[str, Verdict]] = {root: {} for root in roots}
    for report in said if isinstance(said, list) else [said]:
        for failure in report.get("results", {}).get("failed_checks", []):
            file = Path(failure["file_abs_path"])
            root = next(root for root in (file, *file.parents) if root in found)
            first, last = failure["file_line_range"]
            facts = (failure["check_id"], file.relative_to(root).as_posix(), failure["resource"], str(first), str(last))
            found[root][" ".join(facts)] = Verdict(FOUND, facts)
    yield from found.items()
