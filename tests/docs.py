"""The parts of the README that are made by the code: `python -m tests.docs` writes them, a test keeps them true."""

import re
import tempfile
from pathlib import Path

from fixer.config import Options
from fixer.engine import run
from fixer.model import Unit
from fixer.output.catalogue import markdown
from fixer.output.patch import patch

README = Path(__file__).parents[1] / "README.md"
TABLE = re.compile(r"(<!-- transforms:.*?-->\n).*?(<!-- end of transforms -->)", re.DOTALL)
EXAMPLE = re.compile(
    r"```hcl\n(?P<before>.*?)```\n\n(?P<between>[^`]*`iacfix --select (?P<id>[\w-]+)`\n\n)```diff\n.*?```", re.DOTALL
)


def refreshed(text: str) -> str:
    """The README with the table of transforms and the patch of its example as they are now."""
    text = TABLE.sub(lambda found: found[1] + markdown() + found[2], text)
    return EXAMPLE.sub(example, text)


def example(found: re.Match[str]) -> str:
    """The example's source, and the patch that the tool makes of it, from its first file header on."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "main.tf").write_text(found["before"], encoding="utf-8")
        outcome = run(Unit("terraform", ".", ("main.tf",)), Path(folder), Options(select=(found["id"],)))
    lines = [line for line in patch(outcome).splitlines(keepends=True) if not line.startswith("index ")]
    return f"```hcl\n{found['before']}```\n\n{found['between']}```diff\n{''.join(lines)}```"


if __name__ == "__main__":
    README.write_text(refreshed(README.read_text(encoding="utf-8")), encoding="utf-8")
