"""Every fix is valid by schema: `python -m tests.schema_check` asks terraform validate (AWS 6, 5, 4) and cfn-lint.

What counts are messages about the sources with the fixes that were not there about the sources without them.
"""

import json
import re
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from fixer.config import Options
from fixer.model import Impact
from fixer.transform import registry
from tests.corpus.judges import cloudformation, terraform
from tests.corpus.projects import BUILD, ROOT
from tests.harness import Tree, case_folders, run, write_tree
from tests.schema_types import touched
from tests.schema_variants import schema, variants
from tests.schema_variants_cloudformation import Schemas, templates
from tests.schema_variants_cloudformation import variants as template_variants

LINES = ("6", "5", "4")
WORK = BUILD.parent / "schema-check"
SIZE = 60  # of a generated template, in resources: CloudFormation takes 500, and a fix may add some
PROCESSES, BATCH = 2, 20  # of cfn-lint, and the templates that each is given at once
QUOTED = re.compile(r"^[\[{].*[\]}] ")
WRITERS: dict[str, Callable[[Any], str]] = {
    "yaml": lambda template: yaml.safe_dump(template, sort_keys=False),
    "json": lambda template: json.dumps(template, indent=2) + "\n",
}
STRING = "tag:yaml.org,2002:str"
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
        types = touched(transform, "terraform", data["resources"]) if "terraform" in transform.formats() else []
        for kind in types:
            tree = {"main.tf": "\n".join(variants(kind, data)).encode()}
            yield from fixed(f"{id} {kind} (aws {line})", id, tree, WORK / line / id / kind)


def generated_templates(format: str) -> Iterator[Pair]:
    """For each transform templates with every variant of every type that it touches, in YAML or JSON."""
    schemas = Schemas.of(ROOT / ".judges" / "lib")
    for id, transform in registry().items():
        known = schemas.names if "cloudformation" in transform.formats() else ()
        for kind in touched(transform, "cloudformation", known) if known else ():
            for number, template in enumerate(templates(template_variants(kind, schemas[kind]), SIZE)):
                tree = {f"template.{format}": WRITERS[format](template).encode()}
                folder = WORK / format / id / f"{kind.replace('::', '-')}-{number}"
                yield from fixed(f"{id} {kind} ({format})", id, tree, folder)


def fixed(name: str, id: str, tree: Tree, folder: Path) -> Iterator[Pair]:
    """The sources and what one transform makes of them, where it makes anything."""
    before, after = folder / "before", folder / "after"
    write_tree(before, tree)
    made = run(before, Options(select=(id,), new=True, allow=Impact.DATA_LOSS))
    if wrong := [str(problem) for problem in made.problems if problem.error]:
        raise RuntimeError(f"{name}: {wrong}")
    if made.pending:
        write_tree(after, made.applied(tree))
        yield Pair(name, before, after, len(made.pending))


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


@dataclass
class Lint:
    """What cfn-lint says about templates; of those that say the same, in YAML or JSON, one is asked about."""

    said: dict[str, Messages] = field(default_factory=dict)

    def judged(self, pairs: list[Pair]) -> Count:
        """What is said about the templates with the fixes and not about those without."""
        files = {side: list(cloudformation.templates_of(side)) for pair in pairs for side in (pair.before, pair.after)}
        meanings = {side / name: meaning(side / name) for side, names in files.items() for name in names}
        self.ask({content: file for file, content in meanings.items() if content not in self.said})
        count = Count()
        for pair in pairs:
            count.judged += pair.fixed
            for name in files[pair.after]:
                before = self.said.get(meanings.get(pair.before / name, ""), Counter())
                new = self.said[meanings[pair.after / name]] - before
                count.new += [f"{pair.name} {name}: {message}" for message in new]
        return count

    def ask(self, files: dict[str, Path]) -> None:
        BUILD.mkdir(parents=True, exist_ok=True)
        contents = {file: content for content, file in files.items()}
        self.said |= {content: Counter() for content in files}
        batches = list(cloudformation.batches(list(contents), BATCH))
        with ThreadPoolExecutor(PROCESSES) as pool:
            for matches in pool.map(lambda batch: list(cloudformation.errors(batch)), batches):
                for match in matches:
                    self.said[contents[Path(match["Filename"])]][told(match)] += 1


def told(match: dict[str, Any]) -> str:
    """What cfn-lint says of a resource; where in it and of which value is left out, as a fix may change that."""
    place = ".".join(map(str, (match["Location"].get("Path") or [])[:2]))
    return f"{match['Rule']['Id']} {place}: {QUOTED.sub('… ', match['Message'])}"


def meaning(file: Path) -> str:
    """The data of a template; for one that is not plain YAML its text."""
    text = file.read_text(encoding="utf-8-sig")
    try:
        return hashed(long_form(yaml.compose(text, yaml.CSafeLoader)))
    except yaml.YAMLError:
        return hashed(text)


def hashed(data: Any) -> str:
    return sha256(json.dumps(data).encode()).hexdigest()


def long_form(node: Any) -> Any:
    """A node's content, with `!Sub x` as `Fn::Sub: x`, so that the same says the same in YAML and JSON."""
    match node:
        case yaml.MappingNode(value=pairs):
            plain: Any = [[key.value, long_form(value)] for key, value in pairs]
        case yaml.SequenceNode(value=items):
            plain = [None, *map(long_form, items)]
        case yaml.ScalarNode(tag=tag, value=value):
            plain = f"{STRING if tag.startswith('!') else tag} {value}"
        case _:
            return None
    tag = node.tag
    if not tag.startswith("!"):
        return plain
    name = tag[1:]
    if name == "GetAtt" and isinstance(plain, str):
        plain = [None, *(f"{STRING} {part}" for part in plain.removeprefix(f"{STRING} ").split(".", 1))]
    return [[name if name in ("Ref", "Condition") else f"Fn::{name}", plain]]


def show(what: str, count: Count) -> int:
    more = f", {len(count.skipped)} skipped" if count.skipped else ""
    print(f"{what}: {len(count.new)} invalid of {count.judged}{more}", flush=True)
    for line in [*count.new, *(f"skipped {line}" for line in count.skipped)]:
        print(f"  {line}")
    return len(count.new)


def main() -> int:
    wrong = 0
    missing = {"terraform validate": terraform.no_terraform(), "cfn-lint": cloudformation.no_cfn_lint()}
    shutil.rmtree(WORK, ignore_errors=True)
    if not missing["terraform validate"]:
        for line in LINES:
            for what, pairs in (("fixtures", fixtures("terraform")), ("generated resources", list(generated(line)))):
                count = Count()
                validated(pairs, line, count)
                wrong += show(f"terraform validate, aws {line}, {what}", count)
    if not missing["cfn-lint"]:
        lint = Lint()
        wrong += show("cfn-lint, templates of fixtures", lint.judged(fixtures("cloudformation")))
        for format in WRITERS:
            wrong += show(f"cfn-lint, generated resources, {format}", lint.judged(list(generated_templates(format))))
    for judge, reason in missing.items():
        if reason:
            print(f"NOT RUN: {judge}: {reason}")
    return 1 if wrong or any(missing.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
