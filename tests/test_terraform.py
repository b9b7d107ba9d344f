"""The Terraform view: spans, values, references and edits on text as people write it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fixer.formats.syntax import hcl
from fixer.formats.terraform import Module, Variable, check
from fixer.formats.terraform_collections import add_element, remove_element
from fixer.formats.value import Absent, Literal, Unresolved
from fixer.model import Edit, Refused, Unit, Withheld
from fixer.transform import flat
from fixer.workspace import SourceFile, Workspace


def module(**files: str) -> Module:
    named = {name.replace("__", ".").replace("_tf", ".tf"): text for name, text in files.items()}
    return Module(Unit("terraform", ".", tuple(named)), Workspace({p: SourceFile(p, t) for p, t in named.items()}))


def changed(view: Module, changes: object, path: str = "main.tf") -> str:
    made = list(flat(changes))  # type: ignore[arg-type]
    assert not any(isinstance(change, Withheld) for change in made), made
    return view.workspace.apply(made)[path].text  # type: ignore[arg-type]


def one(text: str) -> tuple[Module, object]:
    view = module(main_tf=text)
    return view, view.resources("a")[0]


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ('"text"', "text"),
        ('"a\\n\\"b\\" $${c} \\u00e9"', 'a\n"b" ${c} é'),
        ("-1", -1),
        ("1.5", 1.5),
        ("true", True),
        ("null", None),
        ('["a", 1]', ["a", 1]),
        ('{ a = 1, "b" : [true] }', {"a": 1, "b": [True]}),
        ('("x")', "x"),
        ("<<EOF\n  a\n  b\nEOF", "  a\n  b\n"),
    ],
)
def test_literal_values(source: str, value: object) -> None:
    view = module(main_tf=f'resource "a" "b" {{\n  x = {source}\n}}\n')
    found = view.resources("a")[0]["x"]
    assert isinstance(found, Literal)
    assert found.value == value
    assert view.workspace["main.tf"].text[found.span.start : found.span.end] == source


@pytest.mark.parametrize(
    "source", ["var.x", '"a-${b}"', "f(1)", "a ? 1 : 2", "[var.x]", "{ a = local.b }", "1 + 1", "!true"]
)
def test_values_that_only_deployment_knows(source: str) -> None:
    view = module(main_tf=f'resource "a" "b" {{\n  x = {source}\n}}\n')
    found = view.resources("a")[0]["x"]
    assert isinstance(found, Unresolved)
    assert found.text == source


def test_paths_through_nested_blocks_and_objects() -> None:
    view = module(
        main_tf="""resource "a" "b" {
  disk {
    size = 1
  }
  disk {
    encrypted = false
  }
  dynamic "volume" {
    for_each = var.v
    content {}
  }
  tags = { Name = "n" }
}
"""
    )
    block = view.resources("a")[0]
    assert block.paths("disk[*].encrypted") == ["disk[0].encrypted", "disk[1].encrypted"]
    assert block["disk[0].encrypted"] == Absent()
    assert isinstance(block["disk[1].encrypted"], Literal)
    assert isinstance(block["volume.x"], Unresolved)
    assert block["tags.Name"] == Literal("n", block["tags.Name"].span)  # type: ignore[union-attr]
    assert block["missing[0].x"] == Absent()
    assert isinstance(next(flat(block.set("volume.x", 1))), Withheld)


MENTIONS = """locals {
  id = aws_x.y.id
}
resource "b" "b" {
  text       = "a-${aws_x.y.name}-${aws_x.yy.name}"
  list       = [aws_x.y[0].arn, aws_x.z.arn]
  depends_on = [aws_x.y]
  doc        = <<-EOT
    ${aws_x.y.id} $${aws_x.y.id} ${f("}", aws_x.y.id)}
    %{ if aws_x.y.on }yes%{ endif }
  EOT
  inner {
    all = [for k in aws_x.y : k.id]
  }
}
moved {
  from = aws_x.old
  to   = aws_x.y
}
# aws_x.y in a comment, and "aws_x.y" in a string
output "o" {
  value = { s = "aws_x.y" }
}
"""


def test_references_with_their_context() -> None:
    view = module(main_tf=MENTIONS)
    found = view.references("aws_x.y")
    assert sorted(reference.text for reference in found) == sorted(
        ["aws_x.y.id"] * 3 + ["aws_x.y"] * 3 + ["aws_x.y.name", "aws_x.y[0].arn", "aws_x.y.on"]
    )
    text = view.workspace["main.tf"].text
    for reference in found:
        assert text[reference.address_span.start : reference.address_span.end] == "aws_x.y"
    assert sum(reference.in_depends_on for reference in found) == 1
    assert sum(reference.in_state_block for reference in found) == 1
    assert sum(reference.template is not None for reference in found) == 4


def test_an_argument_is_aligned_with_its_neighbours() -> None:
    view, block = one('resource "a" "b" {\n  name    = 1\n  size_gb = 2\n\n  tags = {}\n}\n')
    assert changed(view, block.set("on", True)) == (  # type: ignore[attr-defined]
        'resource "a" "b" {\n  name    = 1\n  size_gb = 2\n  on      = true\n\n  tags = {}\n}\n'
    )


def test_a_longer_argument_moves_its_neighbours_as_terraform_fmt_does() -> None:
    view, block = one('resource "a" "b" {\n  name    = 1\n  size_gb = 2\n}\n')
    assert changed(view, block.set("deletion_protection", True)) == (  # type: ignore[attr-defined]
        'resource "a" "b" {\n  name                = 1\n  size_gb             = 2\n  deletion_protection = true\n}\n'
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('resource "a" "b" {}\n', 'resource "a" "b" {\n  on = true\n}\n'),
        ('resource "a" "b" {\n}\n', 'resource "a" "b" {\n  on = true\n}\n'),
        ('resource "a" "b" { x = 1 }\n', 'resource "a" "b" {\n  x  = 1\n  on = true\n}\n'),
        ('resource "a" "b" {\n\tx = 1\n}\n', 'resource "a" "b" {\n\tx  = 1\n\ton = true\n}\n'),
        ('resource "a" "b" {\n  on = false # why\n}\n', 'resource "a" "b" {\n  on = true # why\n}\n'),
        ('resource "a" "b" {\n  count = 2\n}\n', 'resource "a" "b" {\n  count = 2\n\n  on = true\n}\n'),
        (
            'resource "a" "b" {\n  tags = {}\n}\n',
            'resource "a" "b" {\n  on = true\n\n  tags = {}\n}\n',
        ),
        (
            'resource "a" "b" {\n  x = <<EOF\n  y\nEOF\n}\n',
            'resource "a" "b" {\n  x  = <<EOF\n  y\nEOF\n  on = true\n}\n',
        ),
    ],
)
def test_setting_an_argument_in_every_kind_of_block(before: str, after: str) -> None:
    view, block = one(before)
    result = changed(view, block.set("on", True))  # type: ignore[attr-defined]
    assert result == after
    check(SourceFile("main.tf", result))


def test_missing_nested_blocks_are_added_above_tags() -> None:
    view, block = one('resource "a" "b" {\n  x = 1\n\n  tags = {\n    a = 1\n  }\n}\n')
    assert changed(view, block.set("root.encrypted", True)) == (  # type: ignore[attr-defined]
        'resource "a" "b" {\n  x = 1\n\n  root {\n    encrypted = true\n  }\n\n  tags = {\n    a = 1\n  }\n}\n'
    )


def test_deleting_takes_the_comment_above_and_leaves_one_blank_line() -> None:
    view, block = one('b {}\n\n# about it\nresource "a" "b" {\n}\n\n# other\nc {}\n')
    assert changed(view, block.delete()) == "b {}\n\n# other\nc {}\n"  # type: ignore[attr-defined]


def test_a_variable_is_declared_once_behind_the_others() -> None:
    view = module(main_tf='variable "a" {\n  type = string\n}\n\nresource "a" "b" {}\n')
    text, changes = view.variable(Variable("days", "number", "30", "Days"))
    assert text == "var.days"
    assert changed(view, changes).startswith(
        'variable "a" {\n  type = string\n}\n\nvariable "days" {\n  description = "Days"\n  type        = number\n'
    )
    declared = module(main_tf=changed(view, changes))
    assert declared.variable(Variable("days", "number", "30", "Days")) == ("var.days", ())
    assert declared.variable(Variable("days", "bool", "true", "Days"))[0] == "var.days_2"


@pytest.mark.parametrize("blank", ["  ", "\t"])
def test_blanks_after_a_heredoc_marker_lose_no_block(blank: str) -> None:
    text = f'a = <<EOF\nx\nEOF{blank}\nresource "a" "lost" {{}}\nb = <<EOF\ny\nEOF\n'
    view = module(main_tf=text)
    assert [block.address for block in view.resources("a")] == ["a.lost"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('resource "a" "b" {\n', "ends inside"),
        ('resource "a" "b" {\n  x = 1\n  x = 2\n}\n', "set twice"),
        ("x = <<EOF\n${a\nEOF\n", "not closed"),
        ("a = " + "[" * 1000 + "]" * 1000 + "\n", "nested too deeply"),
        ("b {\n" * 1000 + "}\n" * 1000, "nested too deeply"),
        ("a b c = 1 2\n", "unexpected"),
    ],
)
def test_what_does_not_parse_is_refused_with_its_place(text: str, what: str) -> None:
    with pytest.raises(Refused) as refused:
        check(SourceFile("main.tf", text))
    assert what in str(refused.value)
    assert 0 <= refused.value.offset <= len(text)


def test_long_chains_are_no_deep_nesting() -> None:
    check(SourceFile("main.tf", "a = b" + ".c" * 2000 + "\nd = 1" + " + 1" * 2000 + "\n"))


def test_a_broken_file_makes_a_complete_answer_blind() -> None:
    view = module(main_tf='resource "a" "b" {}\n', other_tf='resource "a" "c" {\n')
    assert [block.address for block in view.resources("a")] == ["a.b"]
    assert len(view.problems) == 1
    assert not view.blind
    view.complete("resource", "a")
    assert "other.tf" in view.blind[0]


def test_the_grammar_cache_is_made_where_site_packages_is_read_only(tmp_path: Path) -> None:
    code = "from fixer.formats.syntax.hcl import parse; parse('a = 1')"
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert next(path.name for path in (tmp_path / "iacfix").iterdir()).startswith("hcl2-")
    nowhere = {**environment, "XDG_CACHE_HOME": "/proc/none", "HOME": "/proc/none"}
    result = subprocess.run([sys.executable, "-c", code], env=nowhere, check=True, capture_output=True, text=True)
    assert result.stderr == ""


def test_spans_are_those_of_the_source() -> None:
    text = MENTIONS
    for block in hcl.parse(text).blocks:
        assert text[block.open] == "{"
        assert text[block.close] == "}"
        for attribute in block.body.attributes.values():
            for node, parents in hcl.walk(attribute.expression):
                for parent in parents:
                    assert parent.span.start <= node.span.start <= node.span.end <= parent.span.end


def test_insertions_are_edits() -> None:
    _, block = one('resource "a" "b" {}\n')
    assert all(isinstance(change, Edit) for change in flat(block.set("x", 1)))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{}", '{ B = "x" }'),
        ("{ A = 1 }", '{ A = 1, B = "x" }'),
        ('{ "A" : 1 }', '{ "A" : 1, "B" : "x" }'),
        ("{\n    A = 1\n  }", '{\n    A = 1\n    B = "x"\n  }'),
        ("{\n    Name = 1 # why\n    A    = 2\n  }", '{\n    Name = 1 # why\n    A    = 2\n    B    = "x"\n  }'),
        ("{\n    A = 1,\n    C = 2 # last\n  }", '{\n    A = 1,\n    C = 2, # last\n    B = "x"\n  }'),
        ("{\n    A = 1,\n  }", '{\n    A = 1,\n    B = "x",\n  }'),
        ("{\n    A = {\n      c = 1\n    }\n  }", '{\n    A = {\n      c = 1\n    }\n    B = "x"\n  }'),
    ],
)
def test_an_entry_is_added_in_the_style_of_the_object(before: str, after: str) -> None:
    view, block = one(f'resource "a" "b" {{\n  tags = {before}\n}}\n')
    result = changed(view, block.set("tags.B", "x"))  # type: ignore[attr-defined]
    assert result == f'resource "a" "b" {{\n  tags = {after}\n}}\n'
    check(SourceFile("main.tf", result))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[]", "[x]"),
        ("[a]", "[a, x]"),
        ("[\n    a,\n    b # b\n  ]", "[\n    a,\n    b, # b\n    x\n  ]"),
        ("[\n    a,\n  ]", "[\n    a,\n    x,\n  ]"),
        ("[a,\n    b]", "[a,\n    b,\n    x]"),
    ],
)
def test_an_element_is_added_in_the_style_of_the_list(before: str, after: str) -> None:
    view, block = one(f'resource "a" "b" {{\n  list = {before}\n}}\n')
    sequence = block.expression("list")  # type: ignore[attr-defined]
    assert changed(view, add_element(block, sequence, "x")) == f'resource "a" "b" {{\n  list = {after}\n}}\n'  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "index", "after"),
    [
        ("[a]", 0, "[]"),
        ("[a, b]", 0, "[b]"),
        ("[a, b]", 1, "[a]"),
        ("[a, b, c]", 1, "[a, c]"),
        ("[\n    a, # a\n    b,\n  ]", 1, "[\n    a, # a\n  ]"),
        ("[\n    a,\n    b\n  ]", 0, "[\n    b\n  ]"),
    ],
)
def test_an_element_is_taken_out_with_its_comma(before: str, index: int, after: str) -> None:
    view, block = one(f'resource "a" "b" {{\n  list = {before}\n}}\n')
    sequence = block.expression("list")  # type: ignore[attr-defined]
    made = remove_element(block, sequence, sequence.children[index])  # type: ignore[arg-type]
    assert changed(view, made) == f'resource "a" "b" {{\n  list = {after}\n}}\n'


def test_json_documents_are_data_with_spans() -> None:
    source = """resource "a" "b" {
  code = jsonencode({ Statement = [{ Effect = "Allow", Resource = "${aws_x.y.arn}/*" }] })
  text = <<-EOT
    { "Statement": { "Effect": "Deny", "Resource": "${aws_x.y.arn}" } }
  EOT
}
"""
    block = module(main_tf=source).resources("a")[0]
    for name, effect in (("code", "Allow"), ("text", "Deny")):
        document = block.document(name)
        assert isinstance(document, hcl.Mapping)
        found = [node for node, _ in hcl.walk(document) if isinstance(node, hcl.Item) and node.key == "Effect"]
        assert source[found[0].value.span.start : found[0].value.span.end] == f'"{effect}"'
