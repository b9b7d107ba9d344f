"""The CloudFormation view: reading, exact edits in every style, references, and what it refuses."""

import pytest

from fixer.formats import sniff
from fixer.formats.cloudformation import Template, check, comments, open_views
from fixer.formats.cloudformation_content import parsed
from fixer.formats.cloudformation_element import Element
from fixer.formats.value import Absent, Literal, Unresolved
from fixer.model import Changes, Edit, Refused, Unit, Withheld
from fixer.transform import flat
from fixer.workspace import SourceFile, Workspace


def template(text: str, path: str = "t.yaml") -> Template:
    return Template(SourceFile(path, text))


def first(text: str, path: str = "t.yaml") -> Element:
    return next(template(text, path).elements("Resources"))


def applied(text: str, changes: Changes, path: str = "t.yaml") -> str:
    """The text after the changes; it must parse."""
    made = [change for change in flat(changes) if isinstance(change, Edit)]
    assert len(made) == len(list(flat(changes))), list(flat(changes))
    file = Workspace({path: SourceFile(path, text)}).apply(made)[path]
    parsed(file)
    return file.text


def flat_edits(changes: Changes) -> list[Edit]:
    return [change for change in flat(changes) if isinstance(change, Edit)]


def withheld(changes: Changes) -> str:
    [change] = flat(changes)
    assert isinstance(change, Withheld)
    return change.reason


BOMB = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 50))
BUCKET = """\
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub '${Name}-logs'  # said
      Tags:
        - Key: a
          Value: b

  # The topic
  Topic:
    Type: AWS::SNS::Topic
"""


class TestValues:
    TEXT = """\
Resources:
  R:
    Type: AWS::X::Y
    Properties:
      Yes: yes
      Off: Off
      Quoted: "yes"
      Number: 0o7
      Date: 2012-10-17
      Null: ~
      Ref: !Ref P
      LongRef:
        Ref: P
      Plain: !Sub plain
      Escaped: !Sub 'a${!B}c'
      Sub: !Sub '${B}c'
      Dynamic: '{{resolve:ssm:x}}'
      Nothing: !Ref AWS::NoValue
      List: [1, !Ref AWS::NoValue, 2]
      Mixed: {a: 1, b: !Ref P}
      Merged:
        <<: {c: 1}
        d: 2
      Chosen: !If [C, {a: 1}, {a: 2}]
"""

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            ("Yes", True),
            ("Off", False),
            ("Quoted", "yes"),
            ("Number", "0o7"),
            ("Date", "2012-10-17"),
            ("Null", None),
            ("Plain", "plain"),
            ("Escaped", "a${B}c"),
            ("List", [1, 2]),
            ("Mixed.a", 1),
            ("Merged.d", 2),
        ],
    )
    def test_literal(self, path: str, value: object) -> None:
        found = first(self.TEXT)[path]
        assert isinstance(found, Literal)
        assert found.value == value

    @pytest.mark.parametrize("path", ["Ref", "LongRef", "Sub", "Dynamic", "Mixed", "Mixed.b", "Chosen.a"])
    def test_unresolved(self, path: str) -> None:
        assert isinstance(first(self.TEXT)[path], Unresolved)

    @pytest.mark.parametrize("path", ["Nothing", "Gone", "Mixed.z", "List[9]", "Null.a", "Gone.a.b[0].c"])
    def test_absent(self, path: str) -> None:
        assert first(self.TEXT)[path] == Absent()

    def test_a_span_is_exact(self) -> None:
        found = first(self.TEXT)["Sub"]
        assert isinstance(found, Unresolved)
        assert self.TEXT[found.span.start : found.span.end] == "!Sub '${B}c'"

    def test_paths(self) -> None:
        resource = first("Resources:\n  R:\n    Type: T\n    Properties:\n      L: [{a: 1}, {b: 2}]\n      M: !Ref X\n")
        assert resource.paths("L[*].a") == ["L[0].a", "L[1].a"]
        assert resource.paths("Gone[*].a") == []
        assert isinstance(resource[resource.paths("M[*].a")[0]], Unresolved)

    def test_a_type_that_is_no_text(self) -> None:
        view = template("Resources:\n  A:\n    Type: [AWS::S3::Bucket]\n  B: AWS::S3::Bucket\n")
        assert list(view.resources("AWS::S3::Bucket")) == []
        assert view.blind == ["the type of resource A can't be read here"]


class TestYaml:
    def test_set_adds_parents_behind_the_last_value(self) -> None:
        text = BUCKET.replace("Tags", "Rules")
        after = applied(text, first(text).set("A.B", True))
        assert after == text.replace("Value: b\n", "Value: b\n      A:\n        B: true\n")

    def test_tags_stay_last(self) -> None:
        after = applied(BUCKET, first(BUCKET).set("A.B", True))
        assert after == BUCKET.replace("# said\n", "# said\n      A:\n        B: true\n")

    def test_properties_are_made(self) -> None:
        topic = next(iter(template(BUCKET).resources("AWS::SNS::Topic")))
        assert applied(BUCKET, topic.set("A", "x")) == BUCKET + "    Properties:\n      A: x\n"

    @pytest.mark.parametrize("empty", ["", " {}", " ~", " null"])
    def test_empty_properties_are_filled(self, empty: str) -> None:
        text = f"Resources:\n  R:\n    Type: T\n    Properties:{empty} # why\n  # other\n  S:\n    Type: T\n"
        after = applied(text, first(text).set("A", 1))
        assert after == text.replace(f":{empty} # why\n", ": # why\n      A: 1\n")

    def test_a_text_keeps_its_quotes_and_comment(self) -> None:
        text = 'Resources:\n  R:\n    Type: T\n    Properties:\n      A:   "x"  # c\n'
        assert applied(text, first(text).set("A", "y")) == text.replace('"x"', '"y"')
        assert applied(text, first(text).set("A", True)).endswith("A: true  # c\n")

    def test_an_unresolved_value_is_not_overwritten(self) -> None:
        assert "not decided here" in withheld(first(BUCKET).set("BucketName", "x"))
        assert "not decided here" in withheld(first(BUCKET).set("BucketName.A", "x"))

    def test_without_final_newline(self) -> None:
        text = BUCKET.rstrip("\n")
        topic = next(iter(template(text).resources("AWS::SNS::Topic")))
        assert applied(text, topic.set("A", "x")) == text + "\n    Properties:\n      A: x"

    def test_flow_mapping_on_one_line(self) -> None:
        text = "Resources:\n  R: {Type: T, Properties: {A: b}} # c\n"
        assert applied(text, first(text).set("C.D", True)) == text.replace("{A: b}", "{A: b, C: {D: true}}")

    def test_flow_mapping_over_lines(self) -> None:
        text = "Resources:\n  R:\n    Type: T\n    Properties: {\n      A: b,\n      C: d\n    }\n"
        after = applied(text, first(text).set("E", {"F": 1}))
        assert after == text.replace("C: d\n", "C: d,\n      E: {\n        F: 1\n      }\n")

    def test_flow_mapping_with_a_last_comma(self) -> None:
        text = "Resources:\n  R:\n    Type: T\n    Properties: {\n      A: b,\n    }\n"
        assert applied(text, first(text).set("E", 1)) == text.replace("A: b,\n", "A: b,\n      E: 1,\n")

    def test_lists_stand_where_the_file_puts_them(self) -> None:
        text = "Resources:\n    R:\n        Type: T\n        Properties:\n            L:\n            - a: 1\n"
        after = applied(text, first(text).set("M", [{"a": 2, "b": 3}]))
        assert after.endswith("            M:\n            - a: 2\n              b: 3\n")

    @pytest.mark.parametrize(
        "scalar", ["|\n        text\n\n", ">-\n        a\n        b\n", "a\n        b\n", "'a\n\n        b'\n"]
    )
    def test_behind_a_scalar_over_lines(self, scalar: str) -> None:
        text = f"Resources:\n  R:\n    Type: T\n    Properties:\n      A: {scalar}  S:\n    Type: T\n"
        before = first(text)["A"]
        after = first(applied(text, first(text).set("B", 1)))
        assert isinstance(before, Literal)
        assert isinstance(found := after["A"], Literal)
        assert found.value == before.value
        assert isinstance(after["B"], Literal)

    def test_kept_blank_lines_stay_in_the_scalar(self) -> None:
        text = "Resources:\n  R:\n    Type: T\n    Properties:\n      A: |+\n        x\n\n  S:\n    Type: T\n"
        found = first(applied(text, first(text).set("B", 1)))["A"]
        assert isinstance(found, Literal)
        assert found.value == "x\n\n"

    def test_a_comment_below_the_last_entry_stays_with_it(self) -> None:
        text = (
            "Resources:\n  R:\n    Type: T\n    Properties:\n      A: 1\n      # B: old\n\n  # S\n  S:\n    Type: T\n"
        )
        assert applied(text, first(text).set("C", 1)) == text.replace("# B: old\n", "# B: old\n      C: 1\n")

    def test_remove_leaves_what_a_comment_speaks_of(self) -> None:
        for own in ("      # why\n      A: 1\n", "      A: 1 # why\n", "      A: 1\n        # why\n"):
            text = f"Resources:\n  R:\n    Type: T\n    Properties:\n      # ====\n{own}      B: 2\n"
            assert "# why" in withheld(first(text).remove("A"))

    def test_remove_leaves_the_heading_of_a_section(self) -> None:
        text = "Resources:\n  R:\n    Type: T\n    Properties:\n      # ====\n      A: 1\n      B: 2\n"
        assert applied(text, first(text).remove("A")) == text.replace("      A: 1\n", "")

    def test_remove_the_only_property(self) -> None:
        text = "Resources:\n  R:\n    Type: T\n    Properties:\n      A: 1\n  S:\n    Type: T\n"
        assert applied(text, first(text).remove("A")) == text.replace("    Properties:\n      A: 1\n", "")

    def test_remove_behind_a_dash(self) -> None:
        text = "Resources:\n  R:\n    Type: T\n    Properties:\n      L:\n        - A: 1\n          B: 2\n"
        assert applied(text, first(text).remove("L[0].A")) == text.replace("- A: 1\n          B", "- B")

    def test_remove_in_braces(self) -> None:
        text = "Resources:\n  R: {Type: T, Properties: {A: 1, B: 2, C: 3}}\n"
        assert "{B: 2, C: 3}" in applied(text, first(text).remove("A"))
        assert "{A: 1, C: 3}" in applied(text, first(text).remove("B"))
        assert "{A: 1, B: 2}" in applied(text, first(text).remove("C"))

    def test_insert_after_keeps_the_blank_lines_of_the_file(self) -> None:
        view = template(BUCKET)
        after = applied(BUCKET, view.insert_after(first(BUCKET), "New", {"Type": "AWS::SQS::Queue"}))
        assert after == BUCKET.replace("Value: b\n", "Value: b\n\n  New:\n    Type: AWS::SQS::Queue\n")

    def test_sections_are_made_in_their_place(self) -> None:
        text = "AWSTemplateFormatVersion: 2010-09-09\n\n" + BUCKET
        condition = {"Fn::And": [{"Condition": "A"}, {"Fn::Equals": [{"Ref": "P"}, "true"]}]}
        assert applied(text, template(text).add_condition("C", condition)) == text.replace(
            "\n\nResources", "\n\nConditions:\n  C: !And [!Condition A, !Equals [!Ref P, 'true']]\n\nResources"
        )

    def test_a_section_before_the_first(self) -> None:
        text = "# Head\n---\n" + BUCKET
        after = applied(text, template(text).add_parameter("P", {"Type": "String"}))
        assert after == text.replace("---\n", "---\nParameters:\n  P:\n    Type: String\n")

    def test_long_functions_where_the_file_has_no_others(self) -> None:
        text = "Resources:\n  R:\n    Type: T\n    Properties:\n      A:\n        Ref: B\n"
        after = applied(text, first(text).set("C", {"Ref": "D"}))
        assert after.endswith("      C:\n        Ref: D\n")


JSON = """\
{
    "Resources": {
        "R": {
            "Type": "AWS::S3::Bucket",
            "Properties": {
                "A": "b"
            }
        },
        "S": {
            "Type": "AWS::SNS::Topic",
            "Properties": {}
        }
    }
}
"""


class TestJson:
    def test_set(self) -> None:
        after = applied(JSON, first(JSON, "t.json").set("C.D", [True]), "t.json")
        inner = '\n                    "D": [\n                        true\n                    ]\n                '
        assert after == JSON.replace('"b"', f'"b",\n                "C": {{{inner}}}')

    def test_empty_object(self) -> None:
        topic = next(iter(template(JSON, "t.json").resources("AWS::SNS::Topic")))
        after = applied(JSON, topic.set("A", "x"), "t.json")
        assert after == JSON.replace("{}", '{\n                "A": "x"\n            }')

    def test_one_line(self) -> None:
        text = '{"Resources":{"R":{"Type":"T","Properties":{"A":[1,2]}}}}'
        after = applied(text, first(text, "t.json").set("B.C", "x"), "t.json")
        assert after == text.replace("[1,2]", '[1,2],"B":{"C":"x"}')

    def test_tabs(self) -> None:
        text = JSON.replace("    ", "\t")
        after = applied(text, template(text, "t.json").add_parameter("P", {"Type": "String"}), "t.json")
        new = '{\n\t"Parameters": {\n\t\t"P": {\n\t\t\t"Type": "String"\n\t\t}\n\t},\n\t"Resources"'
        assert after == text.replace('{\n\t"Resources"', new)

    def test_remove(self) -> None:
        assert applied(JSON, first(JSON, "t.json").remove("A"), "t.json") == JSON.replace(
            ',\n            "Properties": {\n                "A": "b"\n            }', ""
        )

    def test_functions_are_long(self) -> None:
        after = applied(JSON, first(JSON, "t.json").set("C", {"Fn::GetAtt": ["X", "Arn"]}), "t.json")
        assert '"Fn::GetAtt": [' in after

    def test_json_under_another_name(self) -> None:
        after = applied(JSON, first(JSON, "t.template").set("C", "x"), "t.template")
        assert '"b",\n                "C": "x"' in after


class TestReferences:
    TEXT = """\
Conditions:
  Is: !Equals [!Ref P, a]
Resources:
  Zone:
    Type: T
    Condition: Is
  R:
    Type: T
    DependsOn: Zone
    Properties:
      A: !Ref Zone
      B: !GetAtt Zone.Name.Servers
      C:
        Fn::GetAtt: [Zone, Arn]
      D: !Sub '${Zone}-${Zone.Arn}-${!Zone}-${Other}'
      E: !Sub ['${Zone}-${Own}', {Own: !Ref Zone}]
      F: !Sub ['${Zone}', {Zone: x}]
      G: !If [Is, !Ref Zone, !Join ['', [a, !Ref Zone]]]
  S:
    Type: T
    DependsOn: [R, Zone]
Outputs:
  O:
    Condition: Is
    Value:
      Fn::Join: ['', [x, Ref: Zone]]
"""

    def test_each_mention(self) -> None:
        found = [(m.kind, m.attribute, str(m.place)) for m in template(self.TEXT).references("Zone")]
        assert found == [
            ("DependsOn", "", "R.DependsOn"),
            ("Ref", "", "R.Properties.A"),
            ("GetAtt", "Name.Servers", "R.Properties.B"),
            ("GetAtt", "Arn", "R.Properties.C"),
            ("Sub", "", "R.Properties.D"),
            ("Sub", "Arn", "R.Properties.D"),
            ("Sub", "", "R.Properties.E"),
            ("Ref", "", "R.Properties.E"),
            ("Ref", "", "R.Properties.G"),
            ("Ref", "", "R.Properties.G"),
            ("DependsOn", "", "S.DependsOn[1]"),
            ("Ref", "", "Outputs.O.Value"),
        ]

    def test_spans(self) -> None:
        texts = [self.TEXT[m.span.start : m.span.end] for m in template(self.TEXT).references("Zone")]
        assert texts[:6] == [
            "Zone",
            "!Ref Zone",
            "!GetAtt Zone.Name.Servers",
            "Fn::GetAtt: [Zone, Arn]",
            "${Zone}",
            "${Zone.Arn}",
        ]

    def test_gates_and_expressions(self) -> None:
        mentions = template(self.TEXT).references("Zone")
        chosen, other = mentions[8], mentions[9]
        assert (chosen.place.gates, other.place.gates) == ((("Is", True),), (("Is", False),))
        whole = other.place.expression.node.span
        assert self.TEXT[whole.start : whole.end] == "!Join ['', [a, !Ref Zone]]"
        last = mentions[-1].place.expression.node.span
        assert self.TEXT[last.start : last.end] == "Fn::Join: ['', [x, Ref: Zone]]"

    def test_conditions(self) -> None:
        found = [str(m.place) for m in template(self.TEXT).condition_references("Is")]
        assert found == ["Zone.Condition", "R.Properties.G", "Outputs.O.Condition"]

        assert template(self.TEXT).references("Is") == []

    def test_unique_name(self) -> None:
        assert template(self.TEXT).unique_name("Is") == "Is2"


REFUSED = {
    "duplicate key 'R', first in line 2": "Resources:\n  R: {Type: T}\n  R: {Type: U}\n",
    "no document with a mapping of Resources": "a: 1\n---\nResources: {R: {Type: T}}\n",
    "stand for more than": BOMB + "Resources: {R: {Type: T}}\n",
    "a text template ({% … )": "{% if x %}\nResources: {R: {Type: T}}\n",
    "a text template ({{ … )": "Resources:\n  R:\n    Type: {{ type }}\n",
    "levels deep": "Resources: " + "[" * 1000 + "]" * 1000,
    "no mapping of Resources": "apiVersion: v1\n",
    "not YAML": "Resources:\n\tR:\n",
    "no anchor &x": "Resources: {R: *x}\n",
    "lone carriage return": "Resources:\r  R: {Type: T}\r",
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused(what: str) -> None:
    with pytest.raises(Refused) as refused:
        check(SourceFile("t.yaml", REFUSED[what]))
    assert what in refused.value.what
    view = template(REFUSED[what])
    assert list(view.elements("Resources")) == []
    assert len(view.problems) == 1


@pytest.mark.parametrize(
    "text",
    ['{"Resources": {}, }', '{"Resources": {} "A": 1}', '{"Resources": {"A": 1, "A": 2}}', '{"Resources": {"A": '],
)
def test_json_is_strict(text: str) -> None:
    with pytest.raises(Refused):
        check(SourceFile("t.json", text))


def test_a_file_without_the_type_is_not_parsed() -> None:
    view = template("not: [a template")
    assert list(view.resources("AWS::S3::Bucket")) == []
    assert view.problems == []


@pytest.mark.parametrize(
    ("text", "is_template"),
    [
        (BUCKET, True),
        (JSON, True),
        ("Transform: AWS::Serverless-2016-10-31\n" + BUCKET, True),
        ("AWSTemplateFormatVersion: '2010-09-09'\nResources: {}\n", True),
        ('---\n"Resources":\n  R:\n    "Type": "AWS::S3::Bucket"\n', True),
        ("{% if x %}\n" + BUCKET, True),
        ("\ufeff" + BUCKET, True),
        ("apiVersion: v1\nkind: Pod\nspec:\n  Resources:\n    Type: AWS::S3::Bucket\n", False),
        ("resources:\n  Resources:\n    B:\n      Type: AWS::S3::Bucket\n", False),
        ('{"artifacts": {"Resources": {"B": {"Type": "AWS::S3::Bucket"}}}}', False),
        ("services:\n  web:\n    image: x\n", False),
        ('{"name": "x", "dependencies": {}}', False),
    ],
)
def test_sniff(text: str, is_template: bool) -> None:
    assert sniff.is_cloudformation("t", text) is is_template


class TestAnchors:
    TEXT = "Resources:\n  R:\n    Type: T\n    Properties: &p\n      A: 1\n  S:\n    Type: T\n    Properties: *p\n"

    def test_what_lies_beside_an_anchor_is_edited(self) -> None:
        view = template(self.TEXT)
        assert "  N:\n    Type: T" in applied(self.TEXT, view.insert_after(first(self.TEXT), "N", {"Type": "T"}))
        assert applied(self.TEXT, view.add_parameter("P", {"Type": "String"})).startswith("Parameters:")
        assert "DeletionPolicy: Retain" in applied(self.TEXT, first(self.TEXT).whole.set("DeletionPolicy", "Retain"))

    MERGED = (
        "Metadata:\n  d: &d {A: 1, L: {M: 1}}\nResources:\n  R:\n    Type: T\n    Properties:\n"
        "      <<: *d\n      B: 2\n"
    )

    def test_an_alias_reads_as_what_it_repeats(self) -> None:
        assert {r.name: r.data("A") for r in template(self.TEXT).elements("Resources")} == {"R": 1, "S": 1}
        whole = "Resources:\n  R: &r\n    Type: AWS::S3::Bucket\n  S: *r\n"
        assert [r.name for r in template(whole).resources("AWS::S3::Bucket")] == ["R", "S"]

    def test_an_edit_in_an_anchor_names_all_that_it_serves(self) -> None:
        edits = [flat_edits(r.set("A", 2)) for r in template(self.TEXT).elements("Resources")]
        assert edits[0] == edits[1]
        assert [name for name, _ in edits[0][0].shared] == ["R", "S"]

    def test_a_merge_key_is_overridden_beside_it(self) -> None:
        resource = first(self.MERGED)
        assert (resource.data("A"), resource.data("B")) == (1, 2)
        for edit in flat_edits([resource.set("A", 2), resource.set("C", 3)]):
            assert edit.shared == ()
        assert applied(self.MERGED, resource.set("A", 2)) == self.MERGED + "      A: 2\n"

    def test_what_a_merge_key_takes_in_is_not_removed(self) -> None:
        text = self.MERGED.replace("{A: 1, L: {M: 1}}", "{L: {M: 1}}")
        assert "merge key" in withheld(first(text).remove("L"))
        assert "merge key" in withheld(first(text).remove("L.M"))
        assert "<<: *d\n" in applied(text, first(text).remove("B"))

    def test_what_lies_in_a_merged_value_is_edited_where_it_stands(self) -> None:
        [edit] = flat_edits(first(self.MERGED).set("L.M", 2))
        assert [name for name, _ in edit.shared] == ["R"]

    def test_a_key_that_overrides_a_merge_key_shares_nothing(self) -> None:
        text = (
            "Resources:\n  R:\n    Type: T\n    Properties: &p\n      A: 1\n"
            "  S:\n    Type: T\n    Properties:\n      <<: *p\n      A: 3\n"
        )
        assert flat_edits(first(text).set("A", 2))[0].shared == ()
        assert [name for name, _ in flat_edits(first(text).set("B", 2))[0].shared] == ["R", "S"]

    def test_the_first_of_several_merged_mappings_counts(self) -> None:
        text = "Metadata:\n  a: &a {K: 1}\n  b: &b {K: 2, L: 3}\nResources:\n  R:\n    Type: T\n    Properties:\n"
        resource = first(text + "      <<: [*a, *b]\n")
        assert (resource.data("K"), resource.data("L")) == (1, 3)

    def test_a_quoted_merge_key_is_a_key(self) -> None:
        assert first("Resources:\n  R:\n    Type: T\n    Properties: {'<<': {A: 1}}\n")["A"] == Absent()

    def test_a_mention_through_an_alias_is_one_for_each_place(self) -> None:
        text = "Resources:\n  R: {Type: T, Properties: {A: &z !Ref Z}}\n  S: {Type: T, Properties: {A: *z}}\n"
        assert [m.place.owner for m in template(text).references("Z")] == ["R", "S"]

    def test_an_anchor_that_is_used_is_not_removed(self) -> None:
        assert "anchor" in withheld(first(self.TEXT).whole.remove("Properties"))


class TestLoops:
    TEXT = (
        "Resources:\n  Fn::ForEach::Buckets:\n    - Name\n    - [Red, Blue]\n    - ${Name}Bucket:\n        Type: T\n"
        "        Properties:\n          A: 1\n"
    )

    def test_what_a_loop_makes_is_one_resource(self) -> None:
        resource = first(self.TEXT)
        assert resource.address == "Fn::ForEach::Buckets.${Name}Bucket"
        assert applied(self.TEXT, resource.set("B", 2)) == self.TEXT + "          B: 2\n"
        assert "Condition: C" in applied(self.TEXT, resource.whole.set("Condition", "C"))

    @pytest.mark.parametrize(
        ("mention", "is_one"),
        [
            ("!Ref RedBucket", True),
            ("!Ref GreenBucket", False),
            ("!GetAtt BlueBucket.Arn", True),
            ("!Sub 'x-${RedBucket.Arn}'", True),
            ("!Ref Bucket", False),
        ],
    )
    def test_mentions_outside_of_the_loop(self, mention: str, is_one: bool) -> None:
        text = self.TEXT + f"  Other:\n    Type: T\n    Properties: {{X: {mention}}}\n"
        assert bool(template(text).references("Fn::ForEach::Buckets.${Name}Bucket")) is is_one

    @pytest.mark.parametrize(
        "mention",
        [
            "!Ref '${Item}Bucket'",
            "!GetAtt [!Sub '${Item}Bucket', Arn]",
            "!Sub '${${Item}Bucket.Arn}'",
            "{Fn::GetAtt: ['&{Item}Bucket', Arn]}",
        ],
    )
    def test_mentions_that_a_loop_puts_together(self, mention: str) -> None:
        loop = f"  Fn::ForEach::Y:\n    - Item\n    - %s\n    - ${{Item}}Y: {{Type: T, Properties: {{X: {mention}}}}}\n"
        text = "Resources:\n  RedBucket:\n    Type: T\n" + loop
        assert template(text % "[Red]").references("RedBucket")
        assert not template(text % "[Green]").references("RedBucket")
        assert template(text % "!Ref Items").references("RedBucket")

    def test_the_collection_mentions_its_parameter(self) -> None:
        text = self.TEXT.replace("[Red, Blue]", "!Ref Names")
        assert [str(m.place) for m in template(text).references("Names")] == ["Fn::ForEach::Buckets"]

    def test_a_companion_needs_the_name_of_the_round(self) -> None:
        view, resource = template(self.TEXT), first(self.TEXT)
        assert "each round" in withheld(view.insert_after(resource, "New", {"Type": "T"}))
        after = applied(self.TEXT, view.insert_after(resource, "${Name}New", {"Type": "T"}))
        assert after == self.TEXT + "      '${Name}New':\n        Type: T\n"

    def test_names_that_a_loop_makes_are_taken(self) -> None:
        assert template(self.TEXT).unique_name("RedBucket") == "RedBucket2"
        assert template(self.TEXT).unique_name("Bucket") == "Bucket"

    def test_properties_that_a_loop_makes_are_not_decided_here(self) -> None:
        text = self.TEXT + "          Fn::ForEach::P: [P, [B, C], {'${P}': 1}]\n"
        assert isinstance(first(text)["B"], Unresolved)
        assert first(text).data("A") == 1

    @pytest.mark.parametrize("loop", ["[Name, [a]]", "{}", "[Name, [a], [b]]", "[Name, [a], {Ref: b}]", "!Ref X"])
    def test_a_loop_that_can_not_be_read_hides_resources(self, loop: str) -> None:
        view = template(f"Resources:\n  R:\n    Type: T\n  Fn::ForEach::X: {loop}\n")
        assert [r.name for r in view.resources("T")] == ["R"]
        assert view.blind == ["the loop Fn::ForEach::X can't be read here"]


class TestDocuments:
    TEXT = (
        "# one\n---\nkind: x\n--- # two\nResources:\n  R:\n    Type: T::U\n...\n"
        "---\n[1]\n---\nResources: {R: {Type: T::U}}\n"
    )

    def views(self, text: str) -> list[Template]:
        return open_views(
            Unit("cloudformation", "t.yaml", ("t.yaml",)), Workspace({"t.yaml": SourceFile("t.yaml", text)})
        )

    def test_each_template_is_a_view_of_its_own(self) -> None:
        views = self.views(self.TEXT)
        found = [resource for view in views for resource in view.elements("Resources")]
        assert [r.address for r in found] == ["R (document 2)", "R (document 4)"]
        assert "    Properties:\n      A: 1\n...\n" in applied(self.TEXT, found[0].set("A", 1))
        assert "{R: {Type: T::U, Properties: {A: 1}}}" in applied(self.TEXT, found[1].set("A", 1))

    def test_one_template_among_others_keeps_its_names(self) -> None:
        [view] = self.views("kind: x\n---\nResources:\n  R:\n    Type: T::U\n")
        assert [r.address for r in view.elements("Resources")] == ["R"]

    def test_all_comments_are_known(self) -> None:
        file = SourceFile("t.yaml", self.TEXT)
        assert [self.TEXT[span.start : span.end] for span in comments(file)] == ["# one", "# two"]

    def test_a_file_of_one_document_is_not_parsed_to_be_opened(self) -> None:
        file = SourceFile("t.yaml", "---\nResources: {R: {Type: T}}\n")
        open_views(Unit("cloudformation", "t.yaml", ("t.yaml",)), Workspace({"t.yaml": file}))
        assert not file.memo

    def test_anchors_end_with_their_document(self) -> None:
        with pytest.raises(Refused, match="no anchor &a"):
            check(SourceFile("t.yaml", "a: &a 1\n---\nResources: {R: *a}\n"))


class TestRewriting:
    def test_an_expression_over_lines_moves_into_a_function(self) -> None:
        text = (
            "Resources:\n  R:\n    Type: T\n    Properties:\n      A: !Sub |\n        a ${X}\n          b\n      B: 1\n"
        )
        view = template(text)
        [mention] = view.references("X")
        raw = view.source.raw(mention.place.node)
        after = applied(text, view.rewrite(mention.place, {"Fn::If": ["C", raw, ""]}))
        assert after == text.replace(
            "!Sub |\n        a ${X}\n          b\n",
            "!If\n        - C\n        - !Sub |\n            a ${X}\n              b\n        - ''\n",
        )

    def test_a_comment_between_dash_and_item_is_kept(self) -> None:
        text = (
            "Resources:\n  R:\n    Type: T\n    Properties:\n      L:\n        - # a-b\n          C: 1\n        - D\n"
        )
        assert withheld(first(text).remove("L[0]"))
        assert applied(text, first(text).remove("L[1]")) == text.replace("        - D\n", "")

    def test_an_empty_value_with_a_comment_inside(self) -> None:
        text = "Resources:\n  R:\n    Type: T\n    Properties: {\n      # none\n    }\n"
        assert "comment" in withheld(first(text).set("A", 1))
