"""Terraform as the judge of a module: its own `validate` where it is initialised, else the one that is named."""

import json
import os
import re
from functools import partial
from pathlib import Path
from shutil import which
from typing import Any

from fixer.config import Options
from fixer.model import Unit
from fixer.verify.judge import Judge, NotVerified
from fixer.verify.linter import Diagnostic, Linter
from fixer.verify.process import Done, ran

VALIDATOR = "IACFIX_TFVALIDATE"
ADVICE = f"run `terraform init`, or name a validator that works offline in {VALIDATOR}"
# With these Terraform has not come so far as to look at the resources.
UNABLE = re.compile(r"terraform init|Unsupported Terraform Core version|Failed to load plugin", re.IGNORECASE)
# Where a message says that something else stands: `variables.tf:3,1-15`.
PLACE = re.compile(r"\S+\.tf:\d+(,\d+)?(-\d+)?(,\d+)?")


def open_judge(unit: Unit, root: Path, options: Options) -> Judge:
    """The judge of a module; NotVerified where there is none."""
    missing = NotVerified("terraform is not on PATH", "install Terraform")
    if which("terraform"):
        missing = NotVerified("the module is not initialised", ADVICE)
        if (root / unit.path / ".terraform").is_dir():
            try:
                ask = partial(validated, seconds=options.verify_timeout)
                return Linter.asked("terraform validate", unit, root, ask)
            except NotVerified as error:
                missing = error
    if validator := os.environ.get(VALIDATOR):
        ask = partial(validated_by, command=validator, seconds=options.verify_timeout)
        return Linter.asked(Path(validator).name, unit, root, ask)
    raise missing


def validated(module: Path, seconds: int) -> list[Diagnostic]:
    """The errors of `terraform validate`."""
    quiet = {**os.environ, "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}
    quiet.pop("TF_DATA_DIR", None)
    done = ran(["terraform", "validate", "-json", "-no-color"], module, seconds, quiet)
    found = entries(done, "diagnostics", "terraform validate")
    return [told(entry) for entry in found if entry["severity"] == "error"]


def told(entry: dict[str, Any]) -> Diagnostic:
    place = entry.get("range") or {}
    spot = f"{place['filename']}:{place['start']['line']}" if place else ""
    around = (entry.get("snippet") or {}).get("context") or ""
    return diagnostic(spot, entry["summary"], entry.get("detail", ""), around)


def validated_by(module: Path, command: str, seconds: int) -> list[Diagnostic]:
    """The errors that the named validator (`--json DIR`) tells; NotVerified where it leaves the module out."""
    done = ran([command, "--json", str(module)], module, seconds)
    result = next(iter(entries(done, "results", Path(command).name)), {})
    status, reason = result.get("status", "nothing"), result.get("reason", "")
    if status not in ("valid", "invalid"):
        raise NotVerified(f"{Path(command).name} says {status}{reason and ': '}{reason}", ADVICE)
    found = [entry for entry in result.get("diagnostics", ()) if entry["severity"] == "error"]
    return [
        diagnostic(f"{entry['file']}:{entry['line']}" if entry.get("file") else "", entry["summary"],
                   entry.get("detail", ""), entry.get("in") or "")
        for entry in found
    ]  # fmt: skip


def entries(done: Done, key: str, name: str) -> list[dict[str, Any]]:
    """The list under a key of the document that a program wrote."""
    try:
        found: list[dict[str, Any]] = json.loads(done.stdout)[key]
    except (ValueError, LookupError, TypeError) as error:
        last = (done.stderr.strip() or done.stdout.strip() or "it says nothing").splitlines()[-1]
        raise NotVerified(f"{name} failed: {last}", ADVICE) from error
    return found


def diagnostic(spot: str, summary: str, detail: str, around: str) -> Diagnostic:
    if UNABLE.search(f"{summary} {detail}"):
        raise NotVerified(f"terraform can't look at the module: {summary}", ADVICE)
    text = ": ".join(part for part in (spot, around, summary, " ".join(detail.split())) if part)
    return Diagnostic((summary, PLACE.sub("", detail), around), text)
