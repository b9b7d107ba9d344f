"""How fast it is: `python -m tests.bench` prints the table of figures and writes nothing."""

import ast
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import libcst
from ruamel.yaml import YAML

from fixer import pool
from fixer.config import Options
from fixer.discover import discover
from fixer.formats import FORMATS, load
from fixer.formats.syntax.hcl_parser import normalised, parser
from fixer.formats.syntax.json import parse_json
from fixer.model import Outcome, Refused, Unit
from fixer.transform import registry
from fixer.workspace import SourceFile, read
from tests import proof_cost
from tests.corpus.projects import CORPUS, corpus, unpacked
from tests.proof_cost import Cost, patched

SUFFIXES = {"terraform": (".tf",), "cloudformation": (".yaml", ".yml", ".json", ".template"), "cdk_python": (".py",)}
VERSION_LIMIT, RATIO_LIMIT, PARSES_LIMIT, PROOF_LIMIT = 4.0, 1.3, 2, 0.3
PARSERS = ("parse", "read_json", "read_yaml")  # other memoised functions only scan a text, for comments say
RUNS = 10
REPEATS = 3
LONG = 5.0


@dataclass
class Parses:
    """The parses of source files while it is on: how often each file, and how many texts each had."""

    count: Counter[str] = field(default_factory=Counter)
    texts: dict[str, set[str]] = field(default_factory=dict)

    @contextmanager
    def counted(self) -> Iterator["Parses"]:
        original = SourceFile.parsed

        def parsed(file: SourceFile, parse: Callable[[str], Any]) -> Any:
            if parse not in file.memo and parse.__name__ in PARSERS:
                self.count[file.path] += 1
                self.texts.setdefault(file.path, set()).add(file.text)
            return original(file, parse)

        with patched(SourceFile, "parsed", parsed):
            yield self

    @property
    def too_many(self) -> list[str]:
        """The files that were parsed more often than twice and once for each round that changed them."""
        return [p for p, count in self.count.items() if count > PARSES_LIMIT + len(self.texts[p]) - 1]


def main() -> int:
    if not (CORPUS / "unpack").is_file():
        print(f"NOT RUN: no corpus at {CORPUS} (IACFIX_CORPUS names another)")
        return 1
    root = unpacked()
    platforms = {project.platform: project.format for project in corpus()}
    folders = {str(root / platform): root / platform for platform, format in platforms.items() if format}
    units = discover(folders, root).units
    print("start")
    start_up()
    for format, title in FORMATS.items():
        print(f"\n{title}")
        of_format(format, [unit for unit in units if unit.format == format], root)
    print("\nprocesses, all formats, with their start")
    processes(units, root)
    print(f"\n{proof_cost.__doc__}")
    return 0


def start_up() -> None:
    """`--version` against an interpreter that does nothing, the median of warm runs of both by turns."""
    bare, version = [sys.executable, "-c", ""], [str(Path(sys.executable).with_name("iacfix")), "--version"]
    pairs = [(seconds(bare), seconds(version)) for _ in range(RUNS + 1)][1:]
    least, ours = (statistics.median(times) for times in zip(*pairs, strict=True))
    line("bare interpreter", f"{least * 1000:.0f} ms")
    line("iacfix --version", f"{ours * 1000:.0f} ms", f"{ours / least:.2f} times", ours <= least * VERSION_LIMIT)


def seconds(command: list[str]) -> float:
    return timed(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL))


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def best(work: Callable[[], object]) -> float:
    """The shortest of some runs; one that is long enough needs no second."""
    times: list[float] = []
    while len(times) < REPEATS and sum(times) < LONG:
        times.append(timed(work))
    return min(times)


def of_format(format: str, units: list[Unit], root: Path) -> None:
    parses = Parses()
    with parses.counted():
        outcomes = run(units, root)  # also loads the parser
    files = sources(format, units, root)
    size = sum(len(file.text) for file in files)
    took = best(lambda: run(units, root))
    line("files", f"{len(files)}", f"{size / 1000:.0f} KB")
    line("dry run", f"{took:.2f} s", f"{len(files) / took:.0f} files/s, {size / 1000 / took:.0f} KB/s")
    against_bare_parse(format, outcomes, root)
    proofs([outcome.unit for outcome in outcomes if outcome.changes], root)
    worst = max(parses.count.values(), default=0)
    many = parses.too_many
    line("parses of a file", f"at most {worst}", f"{len(many)} over 2 + changes", not many)
    unconcerned(units, root)


def proofs(units: list[Unit], root: Path) -> None:
    """The share that the proofs have in a run that fixes things."""
    cost = Cost.of(units, root)
    line(
        "units with a fix", f"{len(units)}", f"{cost.proved:.2f} s of processor time, {cost.bare:.2f} s without proofs"
    )
    line("  share of the proofs", f"{cost.share:.0%}", "", cost.share <= PROOF_LIMIT)
    line("  time inside them", f"{cost.inside:.0%}")


def run(units: Iterable[Unit], root: Path, options: Options | None = None) -> list[Outcome]:
    return list(pool.run(list(units), root, options or Options(), jobs=1))


def sources(format: str, units: Iterable[Unit], root: Path) -> list[SourceFile]:
    found = []
    for path in dict.fromkeys(path for unit in units for path in unit.files if path.endswith(SUFFIXES[format])):
        try:
            found.append(read(root, path))
        except Refused:
            continue
    return found


def against_bare_parse(format: str, outcomes: list[Outcome], root: Path) -> None:
    """The dry run of the units without a fix against a parse of their files and nothing else."""
    unchanged = [outcome.unit for outcome in outcomes if not outcome.changes]
    files = [file for file in sources(format, unchanged, root) if parses(format, file)]
    ours = best(lambda: run(unchanged, root))
    line("units without a fix", f"{len(unchanged)}", f"{len(files)} files, {ours:.2f} s")
    for name, parse in BARE[format].items():
        bare = best(lambda: [parse(file) for file in files])  # noqa: B023 - it is called before the next turn
        line(f"  against {name}", f"{bare:.2f} s", f"{ours / bare:.2f} times", ours / bare <= RATIO_LIMIT)


def parses(format: str, file: SourceFile) -> bool:
    try:
        load(format).check(file)
    except Refused as refused:
        return not refused.error
    return True


def bare_hcl(file: SourceFile) -> None:
    parser().parse(normalised(file.text) + "\n")


def bare_template(file: SourceFile) -> None:
    if file.path.endswith(".json"):
        parse_json(file.text)
    else:
        YAML(typ="safe", pure=True).compose(file.text)


# What the same parser does on its own, without nodes of ours; CDK files are found with ast and edited with libcst.
BARE: dict[str, dict[str, Callable[[SourceFile], object]]] = {
    "terraform": {"python-hcl2": bare_hcl},
    "cloudformation": {"ruamel.yaml": bare_template},
    "cdk_python": {
        "ast": lambda file: ast.parse(file.text),
        "libcst": lambda file: libcst.parse_module(file.text),
    },
}


def unconcerned(units: list[Unit], root: Path) -> None:
    """The files parsed for one transform that do not hold its subject's word."""
    chosen = next(id for id in registry() if "kms" in id)
    parses = Parses()
    with parses.counted():
        run(units, root, Options(select=(chosen,)))
    needless = [p for p, texts in parses.texts.items() if not any("kms" in text.lower() for text in texts)]
    line(f"parsed for {chosen}", f"{len(parses.count)} files", f"{len(needless)} without its word", not needless)


def processes(units: Iterable[Unit], root: Path) -> None:
    every = list(units)
    one, two = (best(lambda: list(pool.run(every, root, Options(), jobs=jobs))) for jobs in (1, 2))  # noqa: B023
    line("one process", f"{one:.2f} s")
    line("two processes", f"{two:.2f} s", f"{one / two:.2f} times as fast")


def line(what: str, figure: str, more: str = "", within: bool | None = None) -> None:
    verdict = "" if within is None else "  ok" if within else "  OVER THE LIMIT"
    print(f"  {what:24} {figure:>12}  {more}{verdict}")


if __name__ == "__main__":
    sys.exit(main())
