"""The CDK view: names, values, edits, where constructs go to, conditions."""

import ast
from collections.abc import Iterable
from textwrap import dedent
from typing import Any

import pytest

from fixer.formats.cdk_context import Flag
from fixer.formats.cdk_gate import connected
from fixer.formats.cdk_python import App, Construct, check, comments, open_view, parts
from fixer.formats.cdk_texts import texts
from fixer.formats.python_names import Names
from fixer.formats.python_source import PythonSource, parse
from fixer.formats.value import Absent, Literal, Struct, Symbol, Unresolved
from fixer.model import Change, Changes, Edit, Refused, Unit, Withheld
from fixer.transform import flat
from fixer.workspace import SourceFile, Workspace

BUCKET = "aws_cdk.aws_s3.Bucket"
BLOCK_ALL = Symbol("aws_cdk.aws_s3.BlockPublicAccess.BLOCK_ALL")
RETENTION = "aws_cdk.aws_logs.RetentionDays"


def app(*sources: str, **named: str) -> App:
    """An app of these files: app.py, then by name."""
    texts = {"app.py": sources[0]} if sources else {}
    texts |= {f"{name}.py": text for name, text in named.items()}
    files = {path: SourceFile(path, dedent(text).lstrip("\n")) for path, text in texts.items()}
    return open_view(Unit("cdk_python", ".", tuple(files)), Workspace(files))


def only(view: App, kind: str = BUCKET) -> Construct:
    (found,) = view.resources(kind)
    return found


def edits(changes: Changes) -> list[Change]:
    made = list(flat(changes))
    assert not any(isinstance(change, Withheld) for change in made), made
    return [change for change in made if not isinstance(change, Withheld)]


def changed(view: App, changes: Changes, path: str = "app.py") -> str:
    text = view.workspace.apply(edits(changes))[path].text
    check(SourceFile(path, text))
    return text


def reasons(changes: Changes) -> list[str]:
    return [change.reason for change in flat(changes) if isinstance(change, Withheld)]


IMPORTS = {
    "from aws_cdk import aws_s3 as s3": "s3.Bucket",
    "from aws_cdk import aws_s3": "aws_s3.Bucket",
    "from aws_cdk import (\n    Stack,\n    aws_s3 as _s3,  # storage\n)": "_s3.Bucket",
    "import aws_cdk as cdk": "cdk.aws_s3.Bucket",
    "import aws_cdk": "aws_cdk.aws_s3.Bucket",
    "import aws_cdk.aws_s3": "aws_cdk.aws_s3.Bucket",
    "import aws_cdk.aws_s3 as s3": "s3.Bucket",
    "from aws_cdk.aws_s3 import Bucket": "Bucket",
    "from aws_cdk.aws_s3 import Bucket as B": "B",
    "from aws_cdk.aws_s3 import *": "Bucket",
    "if True:\n    from aws_cdk import aws_s3 as s3\nelse:\n    from aws_cdk import aws_s3 as s3": "s3.Bucket",
}


@pytest.mark.parametrize(("line", "name"), IMPORTS.items())
def test_every_import_style_is_resolved(line: str, name: str) -> None:
    assert only(app(f'{line}\n\n{name}(scope, "Id")\n')).address == "app/Id"


NOT_THE_LIBRARY = {
    "rebound": 'from aws_cdk import aws_s3 as s3\ns3 = shop\ns3.Bucket(scope, "Id")\n',
    "parameter": 'from aws_cdk import aws_s3 as s3\ndef make(s3):\n    return s3.Bucket(self, "Id")\n',
    "local": 'from aws_cdk import aws_s3 as s3\ndef make():\n    s3 = shop\n    return s3.Bucket(self, "Id")\n',
    "loop": 'from aws_cdk import aws_s3 as s3\nfor s3 in shops:\n    s3.Bucket(self, "Id")\n',
    "comprehension": 'from aws_cdk import aws_s3 as s3\n[s3.Bucket(self, "Id") for s3 in shops]\n',
    "exception": 'from aws_cdk import aws_s3 as s3\ntry:\n    f()\nexcept E as s3:\n    s3.Bucket(self, "Id")\n',
    "global": 'from aws_cdk import aws_s3 as s3\ndef f():\n    global s3\n    s3 = 1\ns3.Bucket(self, "Id")\n',
    "either": "try:\n    from aws_cdk import aws_s3 as s3\nexcept ImportError:\n    s3 = None\ns3.Bucket(self, 'Id')\n",
    "types": 'if TYPE_CHECKING:\n    from aws_cdk import aws_s3 as s3\ns3.Bucket(self, "Id")\n',
    "two stars": 'from aws_cdk.aws_s3 import *\nfrom shop import *\nBucket(self, "Id")\n',
    "subclass": 'from aws_cdk import aws_s3 as s3\nclass Mine(s3.Bucket): ...\nMine(self, "Id")\n',
    "other": 'from aws_cdk import aws_s3 as s3\nfrom shop import Bucket\nBucket(self, "Id")\n',
    "match": 'from aws_cdk import aws_s3 as s3\nmatch x:\n    case [*s3]:\n        s3.Bucket(self, "Id")\n',
}


@pytest.mark.parametrize("source", NOT_THE_LIBRARY.values(), ids=NOT_THE_LIBRARY)
def test_what_may_be_another_thing_is_left_alone(source: str) -> None:
    assert list(app(source).resources(BUCKET)) == []


def test_a_class_body_is_no_scope_for_its_methods() -> None:
    source = """
        from aws_cdk import aws_s3 as s3
        class Shop:
            s3 = None
            def make(self):
                return s3.Bucket(self, "Id")
        """
    assert only(app(source)).address == "Shop/Id"


def test_version_1_and_tests_are_left_alone() -> None:
    source = 'from aws_cdk import aws_s3 as s3\ns3.Bucket(self, "Id")\n'
    view = app(source, stack="from aws_cdk import core\n")
    assert list(view.resources(BUCKET)) == []
    assert [(problem.path, problem.error) for problem in view.problems] == [("stack.py", False)]
    assert list(app(test_app=source).resources(BUCKET)) == []


def test_addresses_are_unique_in_a_file() -> None:
    source = """
        from aws_cdk import aws_s3 as s3
        class Shop(Stack):
            def __init__(self):
                s3.Bucket(self, "Id")
                s3.Bucket(scope=self, id="Id")
                s3.Bucket(self, f"{name}-x")
                s3.Bucket(self, name)
                s3.Bucket(self, **options)
        """
    found = [bucket.address for bucket in app(source).resources(BUCKET)]
    assert found == ["Shop/Id", "Shop/Id#2", "Shop/{name}-x", "Shop/name", "Shop/s3.Bucket"]


VALUES: dict[str, Any] = {
    "True": True,
    "-1": -1,
    "'a' \"b\"": "ab",
    "[1, 'x']": [1, "x"],
    "{'a': [True]}": {"a": [True]},
    "logs.RetentionDays.INFINITE": Symbol(f"{RETENTION}.INFINITE"),
    "RetentionDays.ONE_DAY": Symbol(f"{RETENTION}.ONE_DAY"),
}
UNRESOLVED = (
    "name",
    'f"{x}"',
    "make()",
    "a + b",
    "not a",
    "[x]",
    "{**a}",
    "Aws.REGION",
    "cdk.Aws.ACCOUNT_ID",
    "logs.RetentionDays",
)
READ = """from aws_cdk import Aws, aws_logs as logs, aws_s3 as s3
from aws_cdk.aws_logs import RetentionDays
import aws_cdk as cdk
s3.Bucket(self, "Id", x={})
"""


@pytest.mark.parametrize(("text", "value"), VALUES.items())
def test_literals(text: str, value: object) -> None:
    bucket = only(app(READ.format(text)))
    found = bucket["x"]
    assert isinstance(found, Literal)
    assert found.value == value
    assert bucket.file.text[found.span.start : found.span.end] == text


@pytest.mark.parametrize("text", UNRESOLVED)
def test_unresolved(text: str) -> None:
    found = only(app(READ.format(text)))["x"]
    assert isinstance(found, Unresolved)
    assert found.text == text


def test_none_is_absent_and_stars_hide_what_is_not_written() -> None:
    assert only(app(READ.format("None")))["x"] == Absent()
    assert only(app(READ.format("1")))["y"] == Absent()
    bucket = only(app(READ.format("1, **options")))
    assert isinstance(bucket["x"], Literal)
    assert isinstance(bucket["y"], Unresolved)
    assert bucket["id"] == Literal("Id", bucket["id"].span)  # type: ignore[union-attr]
    starred = only(app(READ.replace('"Id"', '"Id", *more').format("1")))
    assert isinstance(starred["y"], Unresolved)


NESTED = """
from aws_cdk import aws_ec2 as ec2
ec2.Instance(
    self,
    "Id",
    block_devices=[
        ec2.BlockDevice(device_name="a", volume=ec2.BlockDeviceVolume.ebs(10, encrypted=True)),
        ec2.BlockDevice(device_name="b", volume=ec2.BlockDeviceVolume.ebs(20)),
        ec2.BlockDevice(device_name="c", volume=ec2.BlockDeviceVolume.ephemeral(0)),
        ec2.BlockDevice(device_name="d", volume=volume),
        device,
    ],
)
"""


def test_paths_lead_through_structs_and_lists() -> None:
    view = app(NESTED)
    instance = only(view, "aws_cdk.aws_ec2.Instance")
    paths = instance.paths("block_devices[*].volume.encrypted")
    assert paths == [f"block_devices[{index}].volume.encrypted" for index in (0, 1, 3, 4)]
    assert [type(instance[path]) for path in paths] == [Literal, Absent, Unresolved, Unresolved]
    assert instance["block_devices[1].volume.volume_size"].value == 20  # type: ignore[union-attr]
    assert "ebs(20, encrypted=True)" in changed(view, instance.set(paths[1], True))
    assert reasons(instance.set(paths[2], True)) == ["block_devices[3].volume.encrypted is volume"]
    assert instance.paths("nothing[*].x") == []


def test_lists_that_only_running_tells_stand_for_themselves() -> None:
    for text in ("devices", "[*devices]", "[d for d in x]"):
        instance = only(app(READ.format(text)))
        assert instance.paths("x[*].y") == ["x"]
        assert isinstance(instance["x"], Unresolved)


DICTS = {
    "{'blockPublicAcls': False}": "{'blockPublicAcls': True, 'ignorePublicAcls': True}",
    "{'BlockPublicAcls': False}": "{'BlockPublicAcls': True, 'IgnorePublicAcls': True}",
    "{}": "{'blockPublicAcls': True, 'ignorePublicAcls': True}",
    "{  # none yet\n}": "{'blockPublicAcls': True, 'ignorePublicAcls': True,   # none yet\n}",
}


@pytest.mark.parametrize(("before", "after"), DICTS.items())
def test_keys_of_a_dict_are_spelled_as_their_neighbours(before: str, after: str) -> None:
    view = app(f"from aws_cdk import aws_s3 as s3\ns3.CfnBucket(self, 'Id', x={before})\n")
    bucket = only(view, "aws_cdk.aws_s3.CfnBucket")
    made = changed(view, bucket.fill("x", {"block_public_acls": True, "ignore_public_acls": True}))
    assert made.split("x=", 1)[1].replace("  ", " ") == f"{after})\n".replace("  ", " ")


def test_a_key_that_the_cdk_drops_is_not_decided() -> None:
    view = app("from aws_cdk import aws_s3 as s3\ns3.CfnBucket(self, 'Id', x={'block_public_acls': True})\n")
    found = only(view, "aws_cdk.aws_s3.CfnBucket")["x.block_public_acls"]
    assert isinstance(found, Unresolved)
    assert "blockPublicAcls" in found.text


SYMBOLS = {
    # the imports, the call, and what they become
    "from aws_cdk import aws_s3 as s3\nfrom aws_cdk import aws_logs as logs\ns3.Bucket(a, 'b')\n": (
        "from aws_cdk import aws_s3 as s3\nfrom aws_cdk import aws_logs as logs\n"
        "s3.Bucket(a, 'b', x=logs.RetentionDays.ONE_DAY)\n"
    ),
    "'''Doc.'''\nfrom __future__ import annotations\nfrom aws_cdk import aws_s3 as s3\n"
    "import os\ns3.Bucket(a, 'b')\n": (
        "'''Doc.'''\nfrom __future__ import annotations\nfrom aws_cdk import aws_s3 as s3\n"
        "from aws_cdk import aws_logs as logs\nimport os\ns3.Bucket(a, 'b', x=logs.RetentionDays.ONE_DAY)\n"
    ),
    "from aws_cdk import (\n    Stack,\n    aws_s3 as s3,\n    aws_iam as iam\n)\ns3.Bucket(a, 'b')\n": (
        "from aws_cdk import (\n    Stack,\n    aws_s3 as s3,\n    aws_iam as iam,\n    aws_logs as logs\n)\n"
        "s3.Bucket(a, 'b', x=logs.RetentionDays.ONE_DAY)\n"
    ),
    "from aws_cdk import (\n    Stack,\n    aws_iam as _iam,\n    aws_s3 as _s3,\n)\n_s3.Bucket(a, 'b')\n": (
        "from aws_cdk import (\n    Stack,\n    aws_iam as _iam,\n    aws_logs as _logs,\n    aws_s3 as _s3,\n)\n"
        "_s3.Bucket(a, 'b', x=_logs.RetentionDays.ONE_DAY)\n"
    ),
    "from aws_cdk import Stack, aws_s3\naws_s3.Bucket(a, 'b')\n": (
        "from aws_cdk import Stack, aws_logs, aws_s3\naws_s3.Bucket(a, 'b', x=aws_logs.RetentionDays.ONE_DAY)\n"
    ),
    "import aws_cdk.aws_s3 as s3\ns3.Bucket(a, 'b')\n": (
        "import aws_cdk.aws_s3 as s3\nimport aws_cdk.aws_logs as logs\n"
        "s3.Bucket(a, 'b', x=logs.RetentionDays.ONE_DAY)\n"
    ),
    "import aws_cdk as cdk\ncdk.aws_s3.Bucket(a, 'b')\n": (
        "import aws_cdk as cdk\ncdk.aws_s3.Bucket(a, 'b', x=cdk.aws_logs.RetentionDays.ONE_DAY)\n"
    ),
    "from aws_cdk.aws_s3 import Bucket\nlogs = 1\nBucket(a, 'b')\n": (
        "from aws_cdk.aws_s3 import Bucket\nfrom aws_cdk import aws_logs\nlogs = 1\n"
        "Bucket(a, 'b', x=aws_logs.RetentionDays.ONE_DAY)\n"
    ),
    "from aws_cdk.aws_s3 import Bucket\nfrom aws_cdk.aws_logs import LogGroup\nBucket(a, 'b')\n": (
        "from aws_cdk.aws_s3 import Bucket\nfrom aws_cdk.aws_logs import LogGroup, RetentionDays\n"
        "Bucket(a, 'b', x=RetentionDays.ONE_DAY)\n"
    ),
}


@pytest.mark.parametrize(("before", "after"), SYMBOLS.items())
def test_symbols_are_written_through_the_imports(before: str, after: str) -> None:
    view = app(before)
    made = [edits(bucket.set("x", Symbol(f"{RETENTION}.ONE_DAY"))) for bucket in view.resources(BUCKET)]
    assert changed(view, made) == after


def test_two_symbols_of_one_package_import_it_once() -> None:
    source = "from aws_cdk.aws_s3 import Bucket\nBucket(a, 'b')\nBucket(a, 'c')\n"
    view = app(source)
    made = changed(view, [bucket.set("block_public_access", BLOCK_ALL) for bucket in view.resources(BUCKET)])
    assert made.splitlines()[0] == "from aws_cdk.aws_s3 import Bucket, BlockPublicAccess"
    assert made.count("BlockPublicAccess.BLOCK_ALL") == 2


def test_a_class_of_the_root_package_is_imported_beside_the_others() -> None:
    view = app("from aws_cdk import App, Stack\nfrom aws_cdk import aws_s3 as s3\ns3.Bucket(a, 'b')\n")
    made = changed(view, only(view).set("removal_policy", Symbol("aws_cdk.RemovalPolicy.RETAIN")))
    assert "s3.Bucket(a, 'b', removal_policy=RemovalPolicy.RETAIN)" in made
    assert "from aws_cdk import aws_s3 as s3, RemovalPolicy\n" in made


def test_a_name_that_is_taken_withholds_the_edit() -> None:
    view = app("from aws_cdk.aws_s3 import Bucket\nBlockPublicAccess = 1\nBucket(a, 'b')\n")
    assert reasons(only(view).set("x", BLOCK_ALL)) == ["BlockPublicAccess is another thing in this file"]


LAYOUTS = {
    'f(a, "b")': 'f(a, "b", x=1)',
    'f(a, "b",)': 'f(a, "b", x=1,)',
    'f(a, "b", y = 2)': 'f(a, "b", y = 2, x = 1)',
    'f(\n    a,\n    "b",  # id\n)': 'f(\n    a,\n    "b",  # id\n    x=1,\n)',
    'f(\n    a,\n    "b"  # id\n)': 'f(\n    a,\n    "b",  # id\n    x=1\n)',
    'f(\n\ta,\n\t"b"\n\t# end\n)': 'f(\n\ta,\n\t"b",\n\tx=1\n\t# end\n)',
    'f(a,\n  "b")': 'f(a,\n  "b",\n  x=1)',
    'f(\n    a, "b"\n)': 'f(\n    a, "b",\n    x=1\n)',
    'f(a, "b", y=[\n    1,\n])': 'f(a, "b", y=[\n    1,\n], x=1)',
    'f(a, "b", y=g(\n    2\n    )\n  )': 'f(a, "b", y=g(\n    2\n    ), x=1\n  )',
    'f(a, "ü" "ß", y="é")': 'f(a, "ü" "ß", y="é", x=1)',
    'f(\\\n    a, "b")': 'f(\\\n    a, "b",\n    x=1)',
    'f(a, ("b"), y=(2))': 'f(a, ("b"), y=(2), x=1)',
}


@pytest.mark.parametrize(("before", "after"), LAYOUTS.items())
def test_arguments_are_added_in_the_style_of_the_call(before: str, after: str) -> None:
    view = app(f"from aws_cdk.aws_s3 import Bucket as f\n{before}\n")
    assert changed(view, only(view).set("x", 1)).split("\n", 1)[1] == f"{after}\n"


REMOVALS = {
    'f(a, "b", x=1)': 'f(a, "b")',
    'f(a, "b", x=1, y=2)': 'f(a, "b", y=2)',
    'f(a, "b", x=1,)': 'f(a, "b",)',
    'f(\n    a,\n    "b",\n    x=1,\n    y=2,\n)': 'f(\n    a,\n    "b",\n    y=2,\n)',
    'f(\n    a,\n    "b",\n    x=1\n)': 'f(\n    a,\n    "b"\n)',
    'f(\n    a,\n    "b",\n    # why\n    x=1,  # because\n)': 'f(\n    a,\n    "b",\n    # why\n    # because\n)',
    'f(a,\n  "b", x=1,\n  y=2)': 'f(a,\n  "b",\n  y=2)',
    'f(a,\n  "b",\n  x=1)': 'f(a,\n  "b")',
    'f(a,\n  "b",  # id\n  x=1)': 'f(a,\n  "b",  # id\n  )',
    'f(\n    a,\n    "b",\n    x="1"\n    "2",\n)': 'f(\n    a,\n    "b",\n)',
}


@pytest.mark.parametrize(("before", "after"), REMOVALS.items())
def test_arguments_are_removed_with_their_line_but_not_their_comment(before: str, after: str) -> None:
    view = app(f"from aws_cdk.aws_s3 import Bucket as f\n{before}\n")
    assert changed(view, only(view).remove("x")).split("\n", 1)[1] == f"{after}\n"


def test_a_comment_inside_a_value_withholds_its_change() -> None:
    view = app("from aws_cdk.aws_s3 import Bucket as f\nf(a, 'b', x=[\n    1,  # why\n])\n")
    assert reasons(only(view).remove("x")) == ["a comment stands inside x"]
    assert reasons(only(view).set("x", [2])) == ["a comment stands inside the value"]


def test_structs_are_laid_out() -> None:
    view = app("from aws_cdk import aws_s3 as s3\ns3.CfnBucket(\n    self,\n    'Id',\n)\n")
    value = Struct("aws_cdk.aws_s3.CfnBucket.XProperty", {"a": True, "b": "it's"})
    made = changed(view, only(view, "aws_cdk.aws_s3.CfnBucket").set("x", value))
    assert made.endswith("    'Id',\n    x=s3.CfnBucket.XProperty(\n        a=True,\n        b='it\\'s',\n    ),\n)\n")


STACK = """
from aws_cdk import Aspects, Stack, aws_s3 as s3, aws_sqs as sqs
import typing
class Shop(Stack):
    def __init__(self, scope, id):
        self.bucket = s3.Bucket(self, "Id")
        self.queue = sqs.Queue(self, "Queue")
        {}
    def later(self, unknown, queue: sqs.CfnQueue):
        {}
"""
HATCHES = {
    'self.bucket.node.default_child.add_property_override("X", 1)': "pass",
    'raw = self.bucket.node.default_child; raw.x = {"y": 1}': "pass",
    "typing.cast(s3.CfnBucket, self.bucket.node.default_child).add_override('X', 1)": "pass",
    'x = self.bucket.node.find_child("Resource"); x.add_override("Properties.X", 1)': "pass",
    "Aspects.of(self).add(Unknown())": "pass",
    "pass": 'self.bucket.node.default_child.add_property_deletion_override("X")',
    "self.later(self.bucket, 1)": 'unknown.node.default_child.add_override("X", 1)',
}


@pytest.mark.parametrize(("first", "second"), HATCHES.items())
def test_escape_hatches_leave_a_construct_undecided(first: str, second: str) -> None:
    bucket = only(app(STACK.format(first, second)))
    assert isinstance(bucket["versioned"], Unresolved)
    assert reasons(bucket.set("versioned", True))


HARMLESS = {
    'self.queue.node.default_child.add_property_override("X", 1)': "pass",
    'self.bucket.node.default_child.override_logical_id("X")': "pass",
    'self.bucket.policy.node.default_child.add_property_override("X", 1)': "pass",
    "Aspects.of(self).add(cdk_nag.AwsSolutionsChecks())": "import cdk_nag",
    "self.props = scope.props": "unknown.colour = 1",
    "x = typing.cast('sqs.CfnQueue', self.queue.node.find_child('Resource')); x.add_override('X', 1)": "pass",
    "pass": 'queue.add_property_override("X", 1)',
}


@pytest.mark.parametrize(("first", "second"), HARMLESS.items())
def test_what_concerns_others_does_not(first: str, second: str) -> None:
    source = STACK.format(first, second)
    if "cdk_nag" in source:
        source = f"import cdk_nag\n{dedent(source)}".replace("        import cdk_nag\n", "        pass\n")
    assert only(app(source))["versioned"] == Absent()


def gated(source: str, flag: Flag | None = None) -> list[tuple[list[str], Any]]:
    view = app(source)
    kinds = ["aws_cdk.aws_route53.PublicHostedZone", "aws_cdk.aws_route53.TxtRecord"]
    found = sorted((c for kind in kinds for c in view.resources(kind)), key=lambda c: c.span)
    groups = connected(view, flag or Flag("dns", True), kinds, found)
    made = [([c.address for c in group], list(flat(gate.changes()))) for group, gate in groups]
    return [(names, changes if reasons(changes) else changed(view, changes)) for names, changes in made]


def test_gating_keeps_strings_comments_and_what_follows() -> None:
    source = '''
        from aws_cdk import aws_route53 as r
        def make(stack):
            # the zone
            zone = r.PublicHostedZone(stack, "Zone", comment="""a
        b""")  # end

            # the record
            r.TxtRecord(stack, "Txt", zone=zone)
            return stack
        '''
    ((names, made),) = gated(source)
    assert names == ["make/Zone", "make/Txt"]
    assert made == dedent('''
        from aws_cdk import aws_route53 as r
        def make(stack):
            # the zone
            if str(stack.node.try_get_context("dns")).lower() != "false":
                zone = r.PublicHostedZone(stack, "Zone", comment="""a
        b""")  # end

                # the record
                r.TxtRecord(stack, "Txt", zone=zone)
            return stack
        ''').lstrip("\n")


def test_a_test_that_is_there_already_is_used() -> None:
    source = """
        from aws_cdk import aws_route53 as r
        def make(stack):
            dns = str(stack.node.try_get_context("dns")).lower() != "false"
            r.PublicHostedZone(stack, "Zone")
        """
    ((_, made),) = gated(source)
    assert made.endswith('    if dns:\n        r.PublicHostedZone(stack, "Zone")\n')


WITHHELD = {
    "return zone": "return zone",
    "zones = [zone]": "zones = [zone]",
    "zone = 1": "sets zone, which is set elsewhere too",
    "Other(self, zone)": "Other(self, zone)",
    "print(f'{zone.zone_name}')": "print",
    "f = lambda: zone": "lambda",
    "zone: Zone = zone": "sets zone, which is set elsewhere too",
}


@pytest.mark.parametrize(("line", "reason"), WITHHELD.items())
def test_a_use_that_can_not_be_gated_withholds_the_fix(line: str, reason: str) -> None:
    source = f"""
        from aws_cdk import Stack, aws_route53 as r
        class Shop(Stack):
            def __init__(self):
                zone = r.PublicHostedZone(self, "Zone")
                {line}
        """
    ((_, changes),) = gated(source)
    assert any(reason in found for found in reasons(changes)), changes


def test_two_statements_on_a_line_withhold_the_fix() -> None:
    ((_, changes),) = gated("from aws_cdk import aws_route53 as r\na = 1; r.PublicHostedZone(s, 'Zone')\n")
    assert "shares its line" in reasons(changes)[0]


def test_spans_count_code_points() -> None:
    text = "x = 'äöü'; y = '🎉'  # ß\nz = f('é', k='ü')\n"
    source = parse(text)
    for node in source.parents:
        if isinstance(node, ast.Constant):
            span = source.span(node)
            assert ast.literal_eval(text[span.start : span.end]) == node.value


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\n\r\n", "\f\n"])
def test_spans_with_any_newline(newline: str) -> None:
    text = newline.join(["x = 1", "def f():", "    y = 'two'", "    return y", ""])
    source = parse(text)
    found = next(node for node in source.parents if isinstance(node, ast.Constant) and node.value == "two")
    assert source.segment(found) == "'two'"


REFUSED = {
    "def f(:": 1,
    "x = (" * 300: None,
    "x = " + "1 + " * 30_000 + "1": None,
    "x = '\0'": None,
    "print 'x'": 1,
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_python_does_not_accept_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        check(SourceFile("app.py", text))
    check(SourceFile("cdk.json", text))


def test_a_deep_value_withholds_the_edit() -> None:
    deep = "[" * 90 + "]" * 90
    view = app(f"from aws_cdk.aws_s3 import Bucket\nBucket(a, 'b', y={deep})\n")
    assert reasons(only(view).set("x", 1)) == ["nested too deeply to edit"]


def test_a_long_sum_is_no_trouble() -> None:
    total = " + ".join(["1"] * 900)
    view = app(f"from aws_cdk.aws_s3 import Bucket\nx = {total}\nBucket(a, 'b')\n")
    assert changed(view, only(view).set("x", 1)).endswith("Bucket(a, 'b', x=1)\n")


def test_a_long_condition_is_no_trouble_for_the_proof() -> None:
    text = f"if {' + '.join(['x'] * 900)}:\n    y = 1\n"
    assert [part.path.rsplit(" ", 1)[-1] for part in parts(SourceFile("app.py", text))] == ["x", "x/y"]


def test_an_unreadable_file_is_a_problem_once() -> None:
    view = app("from aws_cdk import aws_s3 as s3\ns3.Bucket(\n")
    assert list(view.resources(BUCKET)) == list(view.resources(BUCKET)) == []
    (problem,) = view.problems
    assert (problem.path, problem.line) == ("app.py", 2)


def test_a_name_that_an_unreadable_file_holds_counts_as_spelled_there() -> None:
    view = app("x = 'orders'\n", tool="print 'orders'\n", other="print 'shop'\n")
    assert [(text.place, text.form) for text in texts(view, "orders")] == [
        ("app.py:1", "orders"),
        ("tool.py, which can't be read,", "orders"),
    ]
    assert [problem.path for problem in view.problems] == ["tool.py"]


def test_parts_and_comments() -> None:
    text = 'class A(B):\n    # one\n    x = f(a, k="# no")  # two\n    if x:\n        g(y=1)\n'
    file = SourceFile("app.py", text)
    assert [text[span.start : span.end] for span in comments(file)] == ["# one", "# two"]
    assert {part.path for part in parts(file)} == {
        "/A",
        "/A/x",
        "/A/x(k)",
        "/A/If x",
        "/A/If x/Expr",
        "/A/If x/Expr(y)",
    }


def names_of(source: PythonSource) -> Iterable[str]:
    names = Names(source)
    return (found for node in source.parents if isinstance(node, ast.Call) and (found := names.qualified(node.func)))


def test_relative_imports_keep_their_dots() -> None:
    assert list(names_of(parse("from . import a\nfrom ..b import c as d\na.x()\nd()\n"))) == [".a.x", "..b.c"]


def test_edits_name_the_file() -> None:
    view = app("x = 1\n", stack="from aws_cdk import aws_s3 as s3\ns3.Bucket(a, 'b')\n")
    (edit,) = edits(only(view).set("x", 1))
    assert isinstance(edit, Edit)
    assert edit.path == "stack.py"


@pytest.mark.parametrize(
    ("config", "source", "expected"),
    [
        ('{"context": {"flag": false}}', "", False),
        ('{"context": {"flag": "False"}}', "", False),
        ('{"context": {"flag": true}}', "", True),
        ('{"context": {"flag": null}}', "", True),
        ('{"context": {"flag": false}}', 'App(context={"flag": True})', False),
        ('{"context": {"other": "flag"}}', "", Absent),
        ('{"app": "flag"}', "", Absent),
        ("[1]", "", Absent),
        ('{"context": {"flag": false},}', "", "cdk.json, which can't be read"),
        ("{}", 'App(context={"flag": True})', "set in app.py"),
        ("{}", 'self.node.set_context("flag", False)', "set in app.py"),
        ("{}", 'self.node.try_get_context("flag")', Absent),
    ],
)
def test_context_values(config: str, source: str, expected: object) -> None:
    files = {"cdk.json": SourceFile("cdk.json", config), "app.py": SourceFile("app.py", f"{source}\n")}
    match open_view(Unit("cdk_python", ".", tuple(files)), Workspace(files)).context("flag"):
        case Absent():
            assert expected is Absent
        case Literal(value=value):
            assert Flag("flag", True).holds(value) is expected
        case Unresolved(text):
            assert text == expected
