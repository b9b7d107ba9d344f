"""Claims of impact of CDK fixes against what synthesis shows; and what is known of the arguments of constructs."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from fixer import engine
from fixer.discover import discover
from fixer.model import Impact, Status
from fixer.verify.difference import differences
from tests.corpus.judges.judge import JUDGES
from tests.harness import Case, Tree, case_folders, write_tree

PYTHON = JUDGES / "python"
SYNTHESIS = Path(__file__).with_name("synthesis.py")
# The linter of the CDK has nothing to say here; the account is what the `cdk` command would set.
SETTINGS = {"CDK_VALIDATION": "false", "CDK_DEFAULT_ACCOUNT": "111111111111", "CDK_DEFAULT_REGION": "us-east-1"}
judges = pytest.mark.skipif(not PYTHON.exists(), reason="no CDK to synthesize with: run `make .judges/ready`")


@dataclass(frozen=True)
class Trial:
    """A fixture's project with one of its fixes made and no other; without one, the project as it was."""

    case: Case
    tree: Tree
    subject: str = ""
    claimed: Impact = Impact.NONE

    @property
    def id(self) -> str:
        digest = sha256()
        for path, data in sorted(self.tree.items()):
            digest.update(f"{path}\0{len(data)}\0".encode() + data)
        return digest.hexdigest()


def trials(case: Case, root: Path) -> Iterator[Trial]:
    write_tree(root, case.before)
    options = replace(case.options(root), allow=Impact.DATA_LOSS)
    for unit in discover({".": root}, root, options.excludes).units:
        pending = [r for r in engine.run(unit, root, options).results if r.status is Status.PENDING and r.finding.fix]
        if pending:
            yield Trial(case, case.before)
        for result in pending:
            others = {other.finding.key: "" for other in pending if other.finding.key != result.finding.key}
            tree = dict(case.before)
            for change in engine.run(unit, root, options, others).changes:
                tree.pop(change.path, None)
                tree |= {} if change.after is None else {change.path: change.after}
            assert result.finding.fix is not None
            yield Trial(case, tree, result.finding.subject, result.finding.fix.impact)


def synthesized(every: list[Trial], root: Path, cache: pytest.Cache) -> dict[str, Mapping[str, Any]]:
    """What each trial's app makes, by the trial's id; kept between runs, for it follows from the text alone."""
    version = next(PYTHON.parents[1].glob("lib/python3*/site-packages/aws_cdk_lib-*.dist-info")).name
    found = {trial.id: cache.get(f"synthesis/{version}/{trial.id}", None) for trial in every}
    missing = {str(root / trial.id): trial for trial in every if found[trial.id] is None}
    for folder, trial in missing.items():
        write_tree(Path(folder), trial.tree)
    if missing:
        out = root / "templates.json"
        folders, environment = json.dumps([*missing]), {**os.environ, **SETTINGS}
        command = [PYTHON, SYNTHESIS, out]
        subprocess.run(command, input=folders, text=True, check=True, stderr=subprocess.DEVNULL, env=environment)
        for folder, made in json.loads(out.read_text(encoding="utf-8")).items():
            found[missing[folder].id] = made
            if "error" not in made:
                cache.set(f"synthesis/{version}/{missing[folder].id}", made)
    return found


@judges
def test_no_cdk_fix_does_more_than_it_claims(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Each fix alone, synthesized: the impact of the difference of templates is at most the one that it claims."""
    cases = [case for case in case_folders() if case.format == "cdk_python" and "cdk.json" in case.before]
    every = {case.name: list(trials(case, tmp_path / "cases" / case.name)) for case in cases}
    made = synthesized([t for several in every.values() for t in several], tmp_path, request.config.cache)
    wrong, worst = [], Impact.NONE
    for before, *fixed in filter(None, every.values()):
        for trial in fixed:
            old, new = made[before.id], made[trial.id]
            if errors := [found["error"] for found in (old, new) if "error" in found]:
                wrong.append(f"{trial.case.name} {trial.subject}: does not synthesize: {errors[0]}")
                continue
            found = differences(old["templates"], new["templates"])
            wrong += [f"{trial.case.name} {trial.subject}: {f}" for f in found if f.impact > trial.claimed]
            worst = max([worst, *(change.impact for change in found)])
    assert worst is Impact.DATA_LOSS  # else the comparison sees nothing
    assert not wrong, "\n".join(wrong)
