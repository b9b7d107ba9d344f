"""`iacfix --apply` killed at random moments of its writing, and two runs at once: `python -m tests.kill`.

Each file must be as before or as after; the next run must lead to the tree of a run that nobody killed. The same where
the roots are nested: a run that is killed, or at work, in a folder beneath the one of the next.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from fixer.journal import FOLDER
from tests.corpus.projects import BUILD, CORPUS, PLATFORMS, unpacked
from tests.harness import FIXTURES, Tree, read_tree, write_tree

KILL = BUILD.parent / "kill"
FLAGS = ["--apply", "--jobs", "1", "--allow", "data-loss", "--exit-zero"]
COMMAND = [sys.executable, "-m", "fixer", *FLAGS]
# The command with a pipe on which it says when it makes a journal and when it takes it away; nothing else differs.
TOLD = """
import os, sys
pipe = int(sys.argv.pop(1))
def hook(event, arguments):
    if event == "os.mkdir" and str(arguments[0]).endswith("journal"):
        os.write(pipe, b"+")
    elif event == "shutil.rmtree" and str(arguments[0]).endswith("journal"):
        os.write(pipe, b"-")
sys.addaudithook(hook)
from fixer.cli import main
sys.exit(main())
"""
NEVER = 60.0
WRONG = 2


@dataclass(frozen=True)
class Moments:
    """When a run that nobody kills makes journals and takes them away, in seconds from its first journal."""

    made: list[float]
    gone: list[float]

    def aimed(self, random: Random) -> tuple[int, float]:
        """A journal by its number and a delay after it was made: half of them while it is there, half up to the next.

        A run is not as fast as the next one: what is counted from a journal hits better than what is from the start.
        """
        at = random.randrange(len(self.made))
        end = self.gone[at] if random.random() < 0.5 else (*self.made, self.gone[-1] + 0.05)[at + 1]
        return at + 1, random.uniform(0, (end - self.made[at]) * 1.1)


@dataclass
class Figures:
    """What came of the killed runs: each list holds what must not be."""

    caught: Counter[str] = field(default_factory=Counter)
    torn: list[str] = field(default_factory=list)
    unequal: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> list[str]:
        return [*self.torn, *self.unequal, *self.refused]


def sources(each: int) -> Tree:
    """A small tree of projects that get fixes: a few of the corpus for each format, and the demo."""
    tree = {f"demo/{path}": data for path, data in read_tree(FIXTURES / "demo").items()}
    folders = [unpacked() / platform for platform in PLATFORMS] if (CORPUS / "unpack").is_file() else []
    for folder in folders:
        for project in sorted(folder.glob("*/before"))[: each * 7 : 7]:
            found = read_tree(project).items()
            tree |= {f"{folder.name}/{project.parent.name}/{path}": data for path, data in found}
    return tree


def started(root: Path, pipe: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", TOLD, str(pipe), *FLAGS]
    return subprocess.Popen(command, **quiet(root), pass_fds=(pipe,))


def quiet(root: Path) -> dict[str, Any]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "PYTHONDONTWRITEBYTECODE": "1"}
    return {"cwd": root, "env": environment, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}


def signs(pipe: int) -> Iterator[tuple[float, bytes]]:
    while sign := os.read(pipe, 1):
        yield time.perf_counter(), sign


def measured(root: Path) -> Moments:
    """Those of one run, which also leaves the tree that all others must lead to."""
    reading, writing = os.pipe()
    process = started(root, writing)
    os.close(writing)
    seen = list(signs(reading))
    os.close(reading)
    said = process.communicate(timeout=NEVER)[1]
    if process.returncode:
        raise RuntimeError(f"the run that nobody killed failed: {said.decode()[-1000:]}")
    start = seen[0][0]
    made = [at - start for at, sign in seen if sign == b"+"]
    return Moments(made, [at - start for at, sign in seen if sign == b"-"])


def killed(root: Path, journal: int, delay: float) -> bool:
    """Start a run and kill it some time after it made its n-th journal; whether it was still at work."""
    reading, writing = os.pipe()
    process = started(root, writing)
    os.close(writing)
    made = 0
    for at, sign in signs(reading):
        made += sign == b"+"
        if made == journal:
            time.sleep(max(at + delay - time.perf_counter(), 0))
            break
    process.kill()
    os.close(reading)
    return finish(process) < 0


def finish(process: subprocess.Popen[bytes]) -> int:
    process.communicate(timeout=NEVER)
    return process.returncode


def cycle(root: Path, before: Tree, after: Tree, moment: tuple[int, float], figures: Figures) -> None:
    """Kill a run on a fresh copy, look, run again, look."""
    fresh(root, before)
    if not killed(root, *moment):
        figures.caught["after the end"] += 1
    left = read_tree(root)
    ours = [path for path in left if path.startswith(FOLDER)]
    figures.caught["with a journal" if ours else "between two journals"] += 1
    figures.torn += torn(left, before, after)
    again = subprocess.run(COMMAND, timeout=NEVER, **quiet(root))
    if again.returncode:
        figures.refused.append(f"exit status {again.returncode}: {again.stderr.decode()[-300:]}")
    figures.unequal += differing(read_tree(root), after)


def nested_cycle(root: Path, before: Tree, after: Tree, inner: str, delay: float, figures: Figures) -> None:
    """Kill a run on a folder beneath the root while it writes, look, run on the root, look."""
    fresh(root, before)
    killed(root / inner, 1, delay)
    left = read_tree(root)
    ours = any(path.startswith(f"{inner}/{FOLDER}/") for path in left)
    figures.caught["with a journal" if ours else "without one"] += 1
    figures.torn += torn(left, before, after)
    again = subprocess.run(COMMAND, timeout=NEVER, **quiet(root))
    if again.returncode:
        figures.refused.append(f"exit status {again.returncode}: {again.stderr.decode()[-300:]}")
    figures.unequal += differing(read_tree(root), after)


def nested_kills(root: Path, before: Tree, after: Tree, count: int, random: Random) -> Figures:
    figures = Figures()
    for number in range(count):
        inner = random.choice(beneath(before, after))
        nested_cycle(root, before, after, inner, random.uniform(0, 0.015) * (number % 3 > 0), figures)
    return figures


def beneath(before: Tree, after: Tree) -> list[str]:
    """The projects of the tree that a run changes."""
    return sorted({str(Path(*Path(path).parts[:2])) for path in before if before[path] != after.get(path)})


def fresh(root: Path, tree: Tree) -> None:
    shutil.rmtree(root, ignore_errors=True)
    write_tree(root, tree)


def torn(left: Tree, before: Tree, after: Tree) -> list[str]:
    """The files that are neither as before nor as after; None is a file that is not there."""
    paths = {*left, *before, *after}
    held = {path: left.get(path) for path in paths if FOLDER not in Path(path).parts}
    return [path for path, data in held.items() if data not in (before.get(path), after.get(path))]


def differing(tree: Tree, wanted: Tree) -> list[str]:
    return [path for path in sorted({*tree, *wanted}) if tree.get(path) != wanted.get(path)]


def together(root: Path, before: Tree, after: Tree, places: list[str], delay: float, figures: Figures) -> None:
    """Two runs at once, the second one a little later."""
    fresh(root, before)
    first = subprocess.Popen(COMMAND, **quiet(root / places[0]))
    time.sleep(delay)
    second = subprocess.Popen(COMMAND, **quiet(root / places[1]))
    statuses = [finish(process) for process in (first, second)]
    where = "one folder" if places[0] == places[1] else "nested folders"
    figures.caught[f"exit status {statuses[0]} and {statuses[1]} in {where}"] += 1
    if not set(statuses) <= {0, WRONG} or statuses == [WRONG, WRONG]:
        figures.refused.append(f"exit statuses {statuses}")
    figures.torn += torn(read_tree(root), before, after)
    figures.unequal += differing(read_tree(root), after)


def pairs(root: Path, before: Tree, after: Tree, count: int, random: Random) -> Figures:
    figures = Figures()
    for number in range(count):
        inner = random.choice(beneath(before, after))
        places = ([".", "."], [".", inner], [inner, "."])[number % 3]
        together(root, before, after, places, random.uniform(0, 0.6), figures)
    return figures


def show(what: str, figures: Figures) -> None:
    print(f"{what}: {len(figures.torn)} files torn, {len(figures.unequal)} files differ from an unkilled run's,")
    print(f"  {len(figures.refused)} runs that failed")
    print("  " + ", ".join(f"{count} {kind}" for kind, count in sorted(figures.caught.items())))
    for line in figures.wrong[:10]:
        print(f"  wrong: {line}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.kill", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--nested", type=int, default=30, help="the same with the next run's root above, so many times")
    parser.add_argument("--pairs", type=int, default=30, help="two runs at once, so many times")
    parser.add_argument("--each", type=int, default=1, help="projects of each platform of the corpus")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    random, root, before = Random(arguments.seed), KILL / "tree", sources(arguments.each)
    fresh(root, before)
    moments = measured(root)
    after = read_tree(root)
    spread = moments.gone[-1] - moments.made[0]
    busy = sum(gone - made for made, gone in zip(moments.made, moments.gone, strict=True))
    print(f"{len(before)} files, {len(differing(before, after))} changed by {len(moments.made)} journals", end=" ")
    print(f"in {spread:.2f} s, {busy:.2f} s of it with a journal on disk (seed {arguments.seed})")
    figures = Figures()
    for number in range(1, arguments.kills + 1):
        cycle(root, before, after, moments.aimed(random), figures)
        if number % 50 == 0:
            print(f"  {number} runs killed, {len(figures.wrong)} wrong", file=sys.stderr, flush=True)
    show(f"{arguments.kills} runs killed and run again", figures)
    nested = nested_kills(root, before, after, arguments.nested, random)
    show(f"{arguments.nested} runs killed beneath the root of the next", nested)
    at_once = pairs(root, before, after, arguments.pairs, random)
    show(f"{arguments.pairs} times two runs at once", at_once)
    shutil.rmtree(KILL)
    return 1 if figures.wrong or nested.wrong or at_once.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
