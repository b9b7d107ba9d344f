"""Every fix is valid by schema: `python -m tests.schema_check` asks terraform validate (AWS 6, 5, 4) and cfn-lint.

What counts are messages about the sources with the fixes that were not there about the sources without them.
"""

import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from fixer.config import Options
from fixer.model import Impact
from fixer.transform import registry
from tests.corpus.judges import cloudformation, terraform
from tests.corpus.projects import BUILD
from tests.harness import case_folders, run, write_tree
from tests.schema_variants import schema, touched, variants

LINES = ("6", "5", "4")
WORK = BUILD.parent / "schema-check"
Messages = Counter[str]


@dataclass
class Pair:
    """Sources without and with the fixes of a transform, and how many resources or files these change."""

    name: str
    before: Path
    after: Path
    fixed: int


@dataclass
class Count:
    """How many changed things were judged, and what was said about them that is new."""

    judged: int = 0
    skipped: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)


def fixtures(format: str) -> list[Pair]:
    found = []
    for case in case_folders():
        changed = [path for path, data in case.after.items() if case.before.get(path) != data]
        if case.format == format and changed:
            found.append(Pair(case.name, case.folder / "before", case.folder / "after", 1))
    return found


def generated(line: str) -> Iterator[Pair]:
    """For each transform a module with every variant of every type that it touches, as this provider line has them."""
    data = schema(terraform.TFVALIDATE, line)
    for id, transform in registry().items():
        types = touched(transform, data) if "terraform" in transform.formats() else []
        folder = WORK / line / id
        for kind in types:
            before, after = folder / "before" / kind, folder / "after" / kind
            tree = {"main.tf": "\n".join(variants(kind, data)).encode()}
            write_tree(before, tree)
            made = run(before, Options(select=(id,), new=True, allow=Impact.DATA_LOSS))
            if made.pending:
                write_tree(after, made.applied(tree))
                yield Pair(f"{id} {kind} (aws {line})", before, after, len(made.pending))


def validated(pairs: list[Pair], line: str, count: Count) -> None:
    """Adds to the count what terraform validate says with one provider line."""
    if not pairs:
        return
    folders = sorted({folder for pair in pairs for side in (pair.before, pair.after) for folder in modules(side)})
    results = terraform.tfvalidate(["-j", "1", "--schema", f"aws={line}", *map(str, folders)])
    said: dict[Path, Messages | str] = {}
    for result in results:
        known = result["status"] in ("valid", "invalid")
        said[Path(result["dir"])] = messages(result) if known else str(result.get("reason", result["status"]))
    for pair in pairs:
        for folder in modules(pair.after):
            compare(pair, folder, said, count, line)


def modules(side: Path) -> list[Path]:
    return terraform.terraform_folders(side.resolve())


def compare(pair: Pair, folder: Path, said: dict[Path, Messages | str], count: Count, line: str) -> None:
    """The module after the fixes against the same before; one that was not there had nothing said about it."""
    after = said[folder]
    before = said.get(pair.before.resolve() / folder.relative_to(pair.after.resolve()), Counter())
    if isinstance(after, str) or isinstance(before, str):
        count.skipped.append(f"{pair.name}: {after if isinstance(after, str) else before}")
        return
    count.judged += pair.fixed
    count.new += [f"aws {line}, {pair.name}: {message}" for message in after - before]


def messages(result: dict[str, object]) -> Messages:
    found = result.get("diagnostics") or []
    assert isinstance(found, list)
    return Counter(f"{d.get('in') or ''} {terraform.message(d)}".strip() for d in found if d["severity"] == "error")


def linted(pairs: list[Pair]) -> Count:
    """What cfn-lint says about the templates of the fixtures."""
    BUILD.mkdir(parents=True, exist_ok=True)
    said = dict(cloudformation.lint([side for pair in pairs for side in (pair.before, pair.after)]))
    count = Count()
    for pair in pairs:
        for name, verdict in said[pair.after].items():
            known = said[pair.before][name].messages if name in said[pair.before] else ()
            count.judged += 1
            count.new += [f"{pair.name} {name}: {message}" for message in verdict.messages if message not in known]
    return count


def show(what: str, count: Count) -> int:
    more = f", {len(count.skipped)} skipped" if count.skipped else ""
    print(f"{what}: {len(count.new)} invalid of {count.judged}{more}", flush=True)
    for line in [*count.new, *(f"skipped {line}" for line in count.skipped)]:
        print(f"  {line}")
    return len(count.new)


def main() -> int:
    wrong = 0
    missing = {"terraform validate": terraform.no_terraform(), "cfn-lint": cloudformation.no_cfn_lint()}
    if not missing["terraform validate"]:
        shutil.rmtree(WORK, ignore_errors=True)
        for line in LINES:
            for what, pairs in (("fixtures", fixtures("terraform")), ("generated resources", list(generated(line)))):
                count = Count()
                validated(pairs, line, count)
                wrong += show(f"terraform validate, aws {line}, {what}", count)
    if not missing["cfn-lint"]:
        wrong += show("cfn-lint, templates of fixtures", linted(fixtures("cloudformation")))
    for judge, reason in missing.items():
        if reason:
            print(f"NOT RUN: {judge}: {reason}")
    return 1 if wrong or any(missing.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
