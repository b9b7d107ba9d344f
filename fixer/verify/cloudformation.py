"""cfn-lint as the judge of a template: its errors, and references to what may not exist."""

import json
import os
import sys
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from shutil import which

from fixer.config import Options
from fixer.model import Unit
from fixer.verify.judge import Judge, NotVerified
from fixer.verify.linter import Diagnostic, Linter
from fixer.verify.process import ran

LINTER = "IACFIX_CFN_LINT"
ADVICE = f"install iacfix with the extra `verify`, or name a cfn-lint in {LINTER}"
DANGLING = "W1001"  # Ref or GetAtt to a resource that a condition may leave out


def open_judge(unit: Unit, root: Path, options: Options) -> Judge:
    """The judge of a template; NotVerified where there is no cfn-lint."""
    return Linter.asked("cfn-lint", unit, root, partial(linted, command=command(), seconds=options.verify_timeout))


def command() -> tuple[str, ...]:
    if named := os.environ.get(LINTER):
        return (named,)
    if find_spec("cfnlint"):
        return (sys.executable, "-m", "cfnlint")
    if found := which("cfn-lint"):
        return (found,)
    raise NotVerified("there is no cfn-lint", ADVICE)


def linted(template: Path, command: tuple[str, ...], seconds: int) -> list[Diagnostic]:
    """What cfn-lint has against a template, in the order of its lines."""
    done = ran([*command, "--format", "json", "--", str(template)], template.parent, seconds)
    try:
        matches = json.loads(done.stdout or "[]" if done.status == 0 else done.stdout)
    except ValueError as error:
        last = (done.stderr.strip() or "it says nothing").splitlines()[-1]
        raise NotVerified(f"cfn-lint failed: {last}", ADVICE) from error
    found = []
    for match in matches:
        rule, where, message = match["Rule"]["Id"], match["Location"], match["Message"]
        if rule.startswith("E") or rule == DANGLING:
            path = (part for part in where.get("Path") or () if isinstance(part, str))
            line = where["Start"]["LineNumber"]
            found.append(Diagnostic((rule, message, *path), f"{template.name}:{line}: {rule} {message}"))
    return found
