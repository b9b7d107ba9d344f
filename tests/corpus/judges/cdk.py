"""CDK's own synthesis as a judge of apps."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import which

from tests.corpus.judges.judge import INVALID, JUDGES, VALID, Verdict, Verdicts, version
from tests.corpus.projects import BUILD, content

SYNTH = Path(__file__).with_name("synth.py")
SECONDS = 180


def edition() -> str:
    command = "import importlib.metadata as m; print(m.version('aws-cdk-lib'))"
    return version([JUDGES / "python", "-c", command]) + SYNTH.read_text() + Path(__file__).read_text()


def no_synth() -> str:
    if not which("node"):
        return "node is not on PATH"
    return "" if (JUDGES / "python").is_file() else "no .judges/bin/python (make .judges/ready installs it)"


def synthesize(roots: list[Path]) -> Iterator[tuple[Path, Verdicts]]:
    with ThreadPoolExecutor(2) as pool:
        yield from zip(roots, pool.map(synthesized, roots), strict=True)


def synthesized(root: Path) -> Verdicts:
    """Whether the app below the root makes a template, without network and without writing into it."""
    home = BUILD / "home"
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as out:
        own = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
        account = {"CDK_DEFAULT_ACCOUNT": "111111111111", "CDK_DEFAULT_REGION": "us-east-1", "AWS_REGION": "us-east-1"}
        quiet = {"JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        environment = {**own, **account, **quiet, "HOME": str(home), "CDK_OUTDIR": out, "CDK_CONTEXT_JSON": "{}"}
        try:
            done = subprocess.run(
                [JUDGES / "python", SYNTH], cwd=app_folder(root), env=environment, capture_output=True, text=True,
                timeout=SECONDS,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return {".": Verdict(INVALID, ("time limit",))}
        if done.returncode == 0:
            keep(Path(out), templates(root))
            return {".": Verdict(VALID)}
    lines = [line for line in done.stderr.strip().split("\n") if line and not line.startswith((" ", "b'"))]
    return {".": Verdict(INVALID, (lines[-1][:300] if lines else "failed",))}


def app_folder(root: Path) -> Path:
    return next((path.parent for path in sorted(root.rglob("cdk.json"))), root)


def templates(root: Path) -> Path:
    """The folder with the templates of an app that synthesized."""
    return BUILD / "synthesized" / content(root)


def keep(out: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for template in out.rglob("*.template.json"):
        shutil.copy(template, folder)
