"""Make cdk.json, what an argument of an AWS CDK construct changes: `python -m fixer.impact.build_cdk [CONSTRUCT...]`.

Run with a Python that has aws-cdk-lib. Each construct is synthesized again and again with one argument changed, and the
templates are compared: the whole library takes some minutes. With constructs named (`aws_s3.Bucket`), only those are
measured and the rest of the data stays. Only development needs this; the data is committed.
"""

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import chdir, suppress
from datetime import UTC, datetime
from importlib import import_module
from itertools import combinations, count, islice, pairwise, product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fixer.impact.assembly import LIBRARY, Assembly, python_name
from fixer.impact.build import written
from fixer.impact.samples import Make, Samples
from fixer.verify.difference import differing

OUT = Path(__file__).with_name("cdk.json")
ATTEMPTS = 40  # to make a construct with its required arguments alone
LEVELS = 2  # of structs and factory calls below an argument
# Packages whose constructs are no resources of their own but states, patterns of other constructs and assets.
SKIPPED = {"aws_stepfunctions_tasks", "aws_ecs_patterns", "aws_route53_patterns", "aws_ecr_assets", "aws_s3_assets"}
AT_ONCE = 40  # stacks of one app
# What jsii makes of whatever the CDK says against a sample.
REFUSALS = (RuntimeError, TypeError, ValueError, LookupError, AttributeError)
FUNCTION = re.compile(r"\.(?:Fn::|Ref\b)")

Template = Mapping[str, Any]
Arguments = Mapping[str, Make]


class Laboratory:
    """Constructs made with these arguments or those, synthesized and compared."""

    def __init__(self, assembly: Assembly) -> None:
        self.assembly = assembly
        self.samples = Samples(assembly)
        self.cdk = import_module("aws_cdk")

    def measured(self, name: str) -> dict[str, Any] | None:
        """The type of a construct, and what each of its arguments changes; None where it can't be made."""
        least = self.least(name)
        if least is None:
            return None
        arguments, kind = least
        variants = list(self.variants(name, arguments))
        every = [arguments, arguments, *(given for _, several in variants for given in several)]
        one, same, *templates = self.templates(name, every)
        noise = set(changed(one, same))
        found: dict[str, set[str]] = {}
        for path, several in variants:
            seen = [template for template in templates[: len(several)] if template is not None]
            templates = templates[len(several) :]
            if any(one != other for one, other in pairwise(seen)):
                found.setdefault(path, set()).update(*(changed(one, other) for one, other in pairwise(seen)))
        shown = {p: [q.removeprefix(f"{kind}.") for q in outermost(found[p] - noise)] for p in sorted(found)}
        return {"type": kind, "arguments": shown}

    def least(self, name: str) -> tuple[Arguments, str | None] | None:
        """Arguments with which a construct can be made, and the type of its default child."""
        for given in self.attempts(name):
            with suppress(*REFUSALS):
                return given, self.synthesized(name, [given])[1][0]
        return None

    def attempts(self, name: str) -> Iterator[Arguments]:
        """The required arguments with this sample or that, then with one that is not required or two beside them."""
        parameters = self.samples.parameters(name, None)
        required = {p["name"]: self.samples.of(p["type"], p["name"]) for p in self.samples.required(name, None)}
        for chosen in islice(product(*required.values()), ATTEMPTS):
            yield dict(zip(required, chosen, strict=True))
        if not all(required.values()):
            return
        least = {own: makes[0] for own, makes in required.items()}
        optional = [p for p in parameters if p["name"] not in least and not p.get("docs", {}).get("deprecated")]
        more = {p["name"]: makes[0] for p in optional if (makes := self.samples.of(p["type"], p["name"])[:1])}
        for size in (1, 2):
            for names in islice(combinations(more, size), ATTEMPTS):
                yield {**least, **{own: more[own] for own in names}}

    def variants(self, name: str, least: Arguments) -> Iterator[tuple[str, list[Arguments]]]:
        """For each path from the arguments on: arguments that differ there alone."""
        for parameter in self.samples.parameters(name, None):
            own, type = parameter["name"], parameter["type"]
            spelled = self.samples.written(name, None, own)
            base = {**least, **self.samples.beside(own)}
            yield spelled, [base, *({**base, own: make} for make in self.samples.of(type, own))]
            for path, inner in self.samples.within(type, LEVELS):
                yield ".".join([spelled, *path]), [{**base, own: make} for make in inner]

    def templates(self, name: str, every: list[Arguments]) -> list[Template | None]:
        """The templates, None for arguments that the CDK does not take."""
        found: list[Template | None] = []
        for start in range(0, len(every), AT_ONCE):
            found += self.some(name, every[start : start + AT_ONCE])
        return found

    def some(self, name: str, every: list[Arguments]) -> list[Template | None]:
        """The same; where one spoils the synthesis of all, each half is tried."""
        with suppress(*REFUSALS):
            return self.synthesized(name, every)[0]
        if len(every) == 1:
            return [None]
        half = len(every) // 2
        return [*self.some(name, every[:half]), *self.some(name, every[half:])]

    def synthesized(self, name: str, every: list[Arguments]) -> tuple[list[Template | None], list[str | None]]:
        """A stack for each set of arguments, in one app; alone, a construct that can't be made raises."""
        cls = self.assembly.python(name)
        with TemporaryDirectory(prefix="iacfix-") as out:
            app = self.cdk.App(outdir=out, analytics_reporting=False, tree_metadata=False)
            ids = [f"Stack{number:04}" for number in range(len(every))]
            kinds: list[str | None] = []
            for id, given in zip(ids, every, strict=True):
                stack = self.cdk.Stack(app, id)
                try:
                    kinds.append(default_type(self.subject(cls, stack, given)))
                except REFUSALS:
                    if len(every) == 1:
                        raise
                    app.node.try_remove_child(id)
                    kinds.append(None)
            made = app.synth()
            present = {artifact.id: artifact.template for artifact in made.stacks}
        return [present.get(id) for id in ids], kinds

    def subject(self, cls: Any, stack: Any, given: Arguments) -> Any:
        numbers = count(1)
        values = {name: make(stack, lambda: f"Helper{next(numbers)}") for name, make in given.items()}
        return cls(stack, "Subject", **{python_name(cls, name): value for name, value in values.items()})


def default_type(construct: Any) -> str | None:
    """The CloudFormation type of a construct's default child."""
    child = construct.node.default_child
    kind: str | None = getattr(child, "cfn_resource_type", None)
    return kind


def changed(before: Template | None, after: Template | None) -> Iterator[str]:
    """The properties that differ, each behind its resource's type, of the resources that both templates have."""
    old, new = ((template or {}).get("Resources", {}) for template in (before, after))
    for id in old:
        if id in new and old[id]["Type"] == new[id]["Type"]:
            for path in differing(old[id].get("Properties", {}), new[id].get("Properties", {})):
                yield f"{old[id]['Type']}.{FUNCTION.split(path)[0]}"


def outermost(paths: Iterable[str]) -> list[str]:
    """Without the paths that lie below another one."""
    found = sorted(set(paths))
    return [path for path in found if not any(path.startswith(f"{other}.") for other in found)]


def raw(assembly: Assembly) -> dict[str, Any]:
    """The L1 constructs: the namespace of each package, where CfnX is ::X, and those whose name is another."""
    packages: dict[str, str] = {}
    others: dict[str, str] = {}
    for name, found in sorted(assembly.types.items()):
        kind = assembly.cloudformation_type(name)
        if found["kind"] != "class" or kind is None:
            continue
        package, last = found.get("namespace", ""), found["name"].removeprefix("Cfn")
        space = kind.removesuffix(f"::{last}")
        if space == kind or packages.setdefault(package, space) != space:
            others[f"aws_cdk.{package}.{found['name']}"] = kind
    return {"packages": packages, "others": others}


def wanted(assembly: Assembly, named: Iterable[str]) -> list[str]:
    """The constructs to measure: those that are named, else all that are no L1."""
    every = [name for name in assembly.constructs() if assembly.cloudformation_type(name) is None]
    names = {f"{LIBRARY}.{name.removeprefix('aws_cdk.')}" for name in named}
    if names:
        return [name for name in every if name in names]
    return [name for name in every if (package := name.split(".")[1]).startswith("aws_") and package not in SKIPPED]


def main(named: list[str]) -> None:
    os.environ["CDK_VALIDATION"] = "false"  # what its linter says of the samples does not matter
    with TemporaryDirectory(prefix="iacfix-") as folder, chdir(folder):  # some constructs write beside the program
        measure(named)


def measure(named: list[str]) -> None:
    archive = next(Path(import_module("aws_cdk").__file__ or "").parent.glob("_jsii/aws-cdk-lib@*.jsii.tgz"))
    assembly = Assembly(archive)
    laboratory = Laboratory(assembly)
    known = json.loads(OUT.read_text(encoding="utf-8"))["resources"] if named and OUT.is_file() else {}
    for name in wanted(assembly, named):
        found = laboratory.measured(name)
        python = f"aws_cdk.{name.removeprefix(f'{LIBRARY}.')}"
        print(python, "can't be made" if found is None else f"{len(found['arguments'])} places", flush=True)
        if found is not None and found["arguments"]:
            known[python] = found
            OUT.write_text(written(headed(assembly, known)), encoding="utf-8")


def headed(assembly: Assembly, found: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "what": "the CloudFormation type of each CDK construct, and the properties that change with each of its "
        "arguments (those of another type are written with it)",
        "source": f"aws-cdk-lib {assembly.version}. L1 constructs (`raw`): `cloudformationResource` in its jsii "
        "assembly; CfnX of a package is X of its namespace but for `others`. `resources`, measured: the construct was "
        "synthesized with sample values of one argument (or of one field in it) after the other, its required "
        "arguments alone beside it, and the templates were compared; an argument that is missing showed no difference "
        "or took no sample",
        "date": datetime.now(UTC).date().isoformat(),
        "raw": raw(assembly),
        "resources": dict(sorted(found.items())),
    }


if __name__ == "__main__":
    main(sys.argv[1:])
