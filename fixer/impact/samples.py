"""Sample values of the types of aws-cdk-lib, made from what its assembly says of them."""

import importlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import islice
from typing import Any

from fixer.impact.assembly import CONSTRUCT, LIBRARY, Assembly, python_name, snake

DEEPEST = 5  # of values within values
MOST = 5  # samples of one type

Make = Callable[[Any, Callable[[], str]], Any]
"""Makes a value below a stack, with a source of construct ids that are not taken."""


def statement(action: str) -> Make:
    iam = partial(importlib.import_module, "aws_cdk.aws_iam")
    return lambda stack, ids: iam().PolicyStatement(actions=[action], resources=["*"])


def task(memory: int) -> Make:
    """A task that both Fargate and instances can run, with the container that it must have."""

    def make(stack: Any, ids: Callable[[], str]) -> Any:
        ecs = importlib.import_module("aws_cdk.aws_ecs")
        both = ecs.Compatibility.EC2_AND_FARGATE
        found = ecs.TaskDefinition(stack, ids(), compatibility=both, cpu="256", memory_mib=str(memory))
        found.add_container("Main", image=ecs.ContainerImage.from_registry("sample"))
        return found

    return make


# Samples that no type tells, by the name of the argument and then by type; the first that the CDK accepts is taken.
NAMED: Mapping[str, tuple[Any, ...]] = {
    "availabilityZone": ("us-east-1a", "us-east-1b"),
    "cidr": ("10.0.0.0/16", "10.1.0.0/16"),
    "cidrBlock": ("10.0.0.0/24", "10.0.1.0/24"),
    "deviceName": ("/dev/xvda", "/dev/sdf"),
    "domainName": ("one.example.com", "two.example.com"),
    "hostedZoneArn": ("arn:aws:route53:::hostedzone/Z1", "arn:aws:route53:::hostedzone/Z2"),
    "kmsKeyId": ("arn:aws:kms:us-east-1:111111111111:key/1", "arn:aws:kms:us-east-1:111111111111:key/2"),
    "zoneName": ("one.example.com", "two.example.com"),
    "localMountPath": ("/mnt/one", "/mnt/two"),
    "mountPath": ("/mnt/one", "/mnt/two"),
    "path": ("/one", "/two", "one"),
    "snapshotId": ("snap-05abe246af", "snap-05abe246b0"),
    "vpcId": ("vpc-12345678", "vpc-87654321"),
}
# The same by type: a constant, or a static method and its arguments.
TYPED: Mapping[str, tuple[tuple[str, *tuple[Any, ...]], ...]] = {
    "aws-cdk-lib.Duration": (("days", 7), ("days", 14), ("minutes", 5), ("hours", 1), ("seconds", 30), ("days", 400)),
    "aws-cdk-lib.SecretValue": (("unsafe_plain_text", "sample-one"), ("unsafe_plain_text", "sample-two")),
    "aws-cdk-lib.Size": (("gibibytes", 100), ("gibibytes", 200), ("mebibytes", 1024), ("mebibytes", 128)),
    "aws-cdk-lib.aws_lambda.Code": (("from_inline", "pass"), ("from_inline", "pass  # two")),
    "aws-cdk-lib.aws_lambda.Runtime": (("PYTHON_3_13",), ("PYTHON_3_12",), ("NODEJS_22_X",)),
    "aws-cdk-lib.aws_lambda.InlineCode": (("from_inline", "pass"), ("from_inline", "pass  # two")),
}
MADE: Mapping[str, tuple[Make, ...]] = {
    "aws-cdk-lib.aws_ecs.TaskDefinition": (task(512), task(1024)),
    "aws-cdk-lib.aws_iam.PolicyStatement": (statement("s3:GetObject"), statement("s3:PutObject")),
}
# What a class needs beside what its types call for.
BESIDE: Mapping[str, frozenset[str]] = {
    "aws-cdk-lib.aws_autoscaling.AutoScalingGroup": frozenset({"machineImage", "instanceType"}),
    "aws-cdk-lib.aws_iam.ManagedPolicy": frozenset({"statements"}),
    "aws-cdk-lib.aws_rds.DatabaseCluster": frozenset({"vpc", "writer"}),
    "aws-cdk-lib.aws_rds.DatabaseClusterFromSnapshot": frozenset({"vpc", "writer"}),
}
# What an argument needs beside it: another one, the class of its value, the constant.
WITH: Mapping[str, tuple[str, str, str]] = {
    "autoDeleteImages": ("removalPolicy", "aws-cdk-lib.RemovalPolicy", "DESTROY"),
    "autoDeleteObjects": ("removalPolicy", "aws-cdk-lib.RemovalPolicy", "DESTROY"),
}
TEXTS = ("one-sample", "two-sample", "One2", "/one", "10.0.0.0/16", "sample@example.com", "index.handler", "30")
ARNS = ("arn:aws:sample:us-east-1:111111111111:one/1", "arn:aws:sample:us-east-1:111111111111:two/2")
NUMBERS = (2, 3, 1, 10, 30, 60, 100, 400, 1024)


class Samples:
    """Values for arguments, as recipes: what is a construct can only be made below a stack."""

    def __init__(self, assembly: Assembly) -> None:
        self.assembly = assembly

    def of(self, type: Mapping[str, Any], name: str = "", depth: int = 0) -> list[Make]:
        """Some values of a type, each another one; none where none is known."""
        return list(islice(self.every(type, name, depth), MOST))

    def every(self, type: Mapping[str, Any], name: str, depth: int) -> Iterator[Make]:
        if depth > DEEPEST:
            return
        match type:
            case {"primitive": "boolean"}:
                yield from (fixed(True), fixed(False))
            case {"primitive": "number"}:
                yield from map(fixed, NUMBERS)
            case {"primitive": "string"}:
                yield from map(fixed, NAMED.get(name) or (ARNS if name.lower().endswith("arn") else TEXTS))
            case {"collection": {"kind": "array", "elementtype": inner}}:
                yield from (listed(make) for make in self.every(inner, name, depth + 1))
            case {"collection": {"kind": "map", "elementtype": inner}}:
                yield from (keyed(make) for make in self.every(inner, name, depth + 1))
            case {"union": {"types": types}}:
                for inner in types:
                    yield from self.every(inner, name, depth)
            case {"fqn": str(full)} if full.startswith(LIBRARY):
                yield from self.instances(full, depth)

    def instances(self, full: str, depth: int) -> Iterator[Make]:
        kind = self.assembly.types.get(full, {})
        if full in MADE:
            yield from MADE[full]
        elif full in TYPED:
            yield from (called(self.assembly.python(full), *sample) for sample in TYPED[full])
        elif kind.get("kind") == "enum":
            members = [m["name"] for m in kind["members"] if not m.get("docs", {}).get("deprecated")]
            yield from (called(self.assembly.python(full), member) for member in members)
        elif self.assembly.is_struct(full):
            yield from self.calls(full, None, depth)
            yield from self.filled(full, depth)
        elif full != "aws-cdk-lib.IResolvable":
            yield from self.produced(full, depth)

    def produced(self, full: str, depth: int) -> Iterator[Make]:
        """By constructors of the same name, then constants, then factories."""
        every = self.assembly.producers.get(full, [])
        name = full.rpartition(".")[2].removeprefix("I").removesuffix("Ref")

        def order(found: tuple[str, Any]) -> tuple[bool, int, bool]:
            owner, member = found
            made = member is None and owner.endswith(f".{name}")
            rank = 0 if made else 1 if member and "returns" not in member else 2 if member else 3
            imported = bool(member) and member["name"].startswith("from") and full.rpartition(".")[2][0] == "I"
            return ".Cfn" in owner, rank, imported

        for owner, member in sorted(every, key=order):
            if member is not None and "returns" not in member:
                yield called(self.assembly.python(owner), member["name"])
            else:
                yield from islice(self.calls(owner, member, depth), 2)

    def calls(self, owner: str, member: Any, depth: int) -> Iterator[Make]:
        """Calls with the required arguments alone, each argument in its variants."""
        required = [(p, self.of(p["type"], p["name"], depth + 1)) for p in self.required(owner, member)]
        if all(makes for _, makes in required):
            yield from self.variants(owner, member, required)

    def filled(self, struct: str, depth: int) -> Iterator[Make]:
        """A struct that requires nothing, with one of its fields after the other: without any it may mean nothing."""
        if not self.required(struct, None):
            for field in self.parameters(struct, None):
                for make in self.of(field["type"], field["name"], depth + 2)[:1]:
                    yield self.call(struct, None, {field["name"]: make})

    def beside(self, argument: str) -> dict[str, Make]:
        """The other argument that an argument needs."""
        if argument not in WITH:
            return {}
        other, kind, name = WITH[argument]
        return {other: called(self.assembly.python(kind), name)}

    def variants(self, owner: str, member: Any, required: list[tuple[Any, list[Make]]]) -> Iterator[Make]:
        first = {p["name"]: makes[0] for p, makes in required}
        yield self.call(owner, member, first)
        for parameter, makes in required:
            for make in makes[1:]:
                yield self.call(owner, member, {**first, parameter["name"]: make})

    def within(self, type: Mapping[str, Any], levels: int) -> Iterator[tuple[tuple[str, ...], list[Make]]]:
        """For each place in values of a type (names of fields and arguments): values that differ there alone."""
        match type:
            case {"collection": {"kind": "array", "elementtype": inner}}:
                for path, makes in self.within(inner, levels):
                    yield path, [listed(make) for make in makes]
            case {"union": {"types": types}}:
                for inner in types:
                    yield from self.within(inner, levels)
            case {"fqn": str(full)} if levels and self.assembly.is_struct(full):
                yield from self.places(full, None, levels)
            case {"fqn": str(full)} if levels and self.assembly.types.get(full, {}).get("kind") == "class":
                for owner, member in self.assembly.producers.get(full, ()):
                    if owner == full and member and "returns" in member:
                        yield from self.places(owner, member, levels)

    def places(self, owner: str, member: Any, levels: int) -> Iterator[tuple[tuple[str, ...], list[Make]]]:
        """The same for the arguments of one call."""
        parameters = self.parameters(owner, member)
        required = {p["name"]: self.of(p["type"], p["name"], 1)[:1] for p in self.required(owner, member)}
        if not all(required.values()):
            return
        first = {name: makes[0] for name, makes in required.items()}
        for parameter in parameters:
            name = self.written(owner, member, parameter["name"])
            without = [] if parameter["name"] in first else [self.call(owner, member, first)]
            makes = self.of(parameter["type"], parameter["name"], 2)[: 2 + (not without)]
            yield (name,), [*without, *(self.call(owner, member, {**first, parameter["name"]: m}) for m in makes)]
            for path, inner in self.within(parameter["type"], levels - 1):
                yield (name, *path), [self.call(owner, member, {**first, parameter["name"]: m}) for m in inner]

    def written(self, owner: str, member: Any, name: str) -> str:
        """The Python name of an argument."""
        cls = self.assembly.python(owner)
        return python_name(getattr(cls, snake(cls, member["name"])) if member else cls, name)

    def parameters(self, owner: str, member: Any) -> list[Any]:
        """The parameters, with the fields of a last one that is a struct in its place; no scope and id."""
        if self.assembly.is_struct(owner):
            return list(self.assembly.fields(owner).values())
        found = self.declared(owner, member)
        if found and self.assembly.is_struct(struct := found[-1]["type"].get("fqn", "")):
            found = [*found[:-1], *self.assembly.fields(struct).values()]
        return found

    def required(self, owner: str, member: Any) -> list[Any]:
        """The parameters that a call can't do without."""
        beside = BESIDE.get(owner, frozenset()) if member is None else ()
        return [p for p in self.parameters(owner, member) if needed(p) or p["name"] in beside]

    def declared(self, owner: str, member: Any) -> list[Any]:
        """The parameters as declared, without scope and id."""
        found = list((member or self.assembly.types[owner]["initializer"]).get("parameters", ()))
        return found[2:] if self.scoped(owner, member) else found

    def scoped(self, owner: str, member: Any) -> bool:
        """Whether a call takes a scope and an id."""
        first = (member or self.assembly.types[owner].get("initializer", {})).get("parameters", [])[:1]
        return any(p["type"].get("fqn") == CONSTRUCT for p in first)

    def call(self, owner: str, member: Any, given: Mapping[str, Make]) -> Make:
        """A call with these arguments; of a construct, or of a factory that takes a scope, below the stack."""
        scoped = self.scoped(owner, member)

        def make(stack: Any, ids: Callable[[], str]) -> Any:
            cls = self.assembly.python(owner)
            called = getattr(cls, snake(cls, member["name"])) if member else cls
            arguments = {python_name(called, name): recipe(stack, ids) for name, recipe in given.items()}
            return called(stack, ids(), **arguments) if scoped else called(**arguments)

        return make


def needed(parameter: Mapping[str, Any]) -> bool:
    return not parameter.get("optional") and not parameter.get("variadic")


def fixed(value: Any) -> Make:
    return lambda stack, ids: value


def called(kind: Any, name: str, *arguments: Any) -> Make:
    return lambda stack, ids: getattr(kind, name)(*arguments) if arguments else getattr(kind, name)


def listed(make: Make) -> Make:
    return lambda stack, ids: [make(stack, ids)]


def keyed(make: Make) -> Make:
    return lambda stack, ids: {"one": make(stack, ids)}
