"""cfn-lint as a judge of templates."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.corpus import look
from tests.corpus.judges.judge import INVALID, JUDGES, VALID, Verdict, Verdicts, relative, version
from tests.corpus.projects import BUILD

BATCH = 40
NOT_ASKED = ("I", "W2", "W3", "W4", "W6", "W7", "W8")  # they cost a tenth of its time


def edition() -> str:
    return version([JUDGES / "cfn-lint", "--version"]) + Path(__file__).read_text()


def no_cfn_lint() -> str:
    return "" if (JUDGES / "cfn-lint").is_file() else "no .judges/bin/cfn-lint (make .judges/ready installs it)"


def lint(roots: list[Path]) -> Iterator[tuple[Path, Verdicts]]:
    """cfn-lint on every template: valid is free of errors and of W1001 (a Ref or GetAtt to what may not exist)."""
    templates = {root / name: root for root in roots for name in templates_of(root)}
    found: dict[Path, dict[str, Verdict]] = {root: {} for root in roots}
    messages: dict[Path, set[str]] = {template: set() for template in templates}
    for batch in batches(list(templates), BATCH):
        for match in errors(batch):
            messages[Path(match["Filename"])].add(f"{match['Rule']['Id']} {match['Message']}")
    for template, root in templates.items():
        verdict = Verdict(INVALID if messages[template] else VALID, tuple(sorted(messages[template])))
        found[root][relative(template, root)] = verdict
    yield from found.items()


def errors(templates: list[Path]) -> Iterator[dict[str, Any]]:
    """What counts of all that cfn-lint says about templates, in its own words."""
    asked: list[str | Path] = ["--ignore-checks", *NOT_ASKED, "--format", "json", "--", *templates]
    done = subprocess.run([JUDGES / "cfn-lint", *asked], capture_output=True, text=True, cwd=BUILD)
    if done.returncode and not done.stdout:
        raise RuntimeError(f"cfn-lint failed: {done.stderr.strip()[-2000:]}")
    for match in json.loads(done.stdout or "[]"):
        rule = match["Rule"]["Id"]
        if rule.startswith("E") or rule == "W1001":
            yield match


def templates_of(root: Path) -> Iterator[str]:
    for name in look.files("cloudformation", root):
        text = (root / name).read_text(errors="replace")
        if "Resources" in text and "AWS::" in text:
            yield name


def batches(items: list[Path], size: int) -> Iterator[list[Path]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
