"""Terraform as a judge: `validate`, and `plan` with mocked providers in both positions of a flag."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from shutil import which
from typing import Any

from tests.corpus.judges.judge import INVALID, SKIPPED, VALID, Verdict, Verdicts, relative, version
from tests.corpus.projects import ROOT

TFVALIDATE = Path(
    os.environ.get("IACFIX_TFVALIDATE", ROOT.parent / "shared" / "tools" / "tfvalidate" / "tfvalidate")
).resolve()
FLAG = "enable_route53"


def edition() -> str:
    return f"{version(['terraform', 'version'])} {TFVALIDATE}" + Path(__file__).read_text()


def no_terraform() -> str:
    if not TFVALIDATE.is_file():
        return f"no {TFVALIDATE} (IACFIX_TFVALIDATE names another)"
    return "" if which("terraform") else "terraform is not on PATH"


def validate(roots: list[Path]) -> Iterator[tuple[Path, Verdicts]]:
    """`terraform validate` on every folder below each root that holds Terraform files."""
    folders = {folder: root for root in roots for folder in terraform_folders(root)}
    results = tfvalidate(["-j", "2", *map(str, folders)]) if folders else []
    found: dict[Path, dict[str, Verdict]] = {root: {} for root in roots}
    for result in results:
        folder = Path(result["dir"])
        found[folders[folder]][relative(folder, folders[folder])] = terraform_verdict(result)
    yield from found.items()


def plan(roots: list[Path]) -> Iterator[tuple[Path, Verdicts]]:
    """A plan of each folder below the roots: in both positions of the flag where it has one."""
    for root in roots:
        folders = [f for f in terraform_folders(root) if declares_flag(f)]
        rest = [f for f in terraform_folders(root) if f not in folders]
        results = [r for f in folders for r in tfvalidate(["--plan", "--both", FLAG, str(f)])]
        results += tfvalidate(["--plan", *map(str, rest)]) if rest else []
        found: dict[str, Verdict] = {}
        for result in results:
            part = relative(Path(result["dir"]), root)
            found[part] = worst(found.get(part), terraform_verdict(result))
        yield root, found


def declares_flag(folder: Path) -> bool:
    return any(f'variable "{FLAG}"' in path.read_text(errors="replace") for path in folder.glob("*.tf"))


def worst(one: Verdict | None, other: Verdict) -> Verdict:
    order = (VALID, SKIPPED, INVALID)
    return other if one is None or order.index(other.status) > order.index(one.status) else one


def tfvalidate(arguments: list[str]) -> list[dict[str, Any]]:
    done = subprocess.run([TFVALIDATE, "--json", *arguments], capture_output=True, text=True)
    if done.returncode not in (0, 1, 2) or not done.stdout.strip():
        raise RuntimeError(f"tfvalidate failed: {done.stderr.strip()[-2000:]}")
    results: list[dict[str, Any]] = json.loads(done.stdout)["results"]
    return results


def terraform_verdict(result: Mapping[str, Any]) -> Verdict:
    found = result.get("diagnostics") or []
    messages = {message(d) for d in found if d["severity"] == "error"}
    status = str(result["status"])
    if status in (VALID, INVALID):
        return Verdict(status, tuple(sorted(messages)))
    return Verdict(SKIPPED, (str(result.get("reason", status)),))


def message(diagnostic: Mapping[str, Any]) -> str:
    """What is wrong, without its place; a cycle is named from any of its members on."""
    said = f"{diagnostic['summary']}: {diagnostic.get('detail', '')}".strip(": ")
    kind, _, members = said.partition("Cycle: ")
    return said if kind else f"Cycle: {', '.join(sorted(members.split(', ')))}"


def terraform_folders(root: Path) -> list[Path]:
    return sorted({path.parent for path in root.rglob("*.tf") if ".terraform" not in path.parts})
