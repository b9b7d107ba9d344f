"""Small versions of `make fuzz`, `make kill` and `make schema-check`, so that these stay in order."""

from pathlib import Path
from random import Random

import pytest

from fixer.formats import FORMATS
from fixer.transform import registry
from tests.faults import DROPPED, verdict
from tests.fuzz import Fuzz
from tests.harness import read_tree
from tests.kill import Figures, cycle, fresh, measured, sources
from tests.schema_variants import variants

CASES = 40
KMS_KEY = {
    "arn": ["a", "c", "string"],
    "description": ["a", "o", "string"],
    "policy": ["a", "r", "string"],
    "tags": ["a", "o", ["map", "string"]],
    "xks": ["b", "list", "Xks", 0, 1],
}


@pytest.mark.parametrize("format", FORMATS)
def test_damaged_sources(format: str) -> None:
    fuzz = Fuzz(format, "the same each time")
    for number in range(CASES):
        faults = verdict(fuzz.case(number)).faults
        assert [fault for fault in faults if not fault.startswith(DROPPED)] == [], number


def test_a_killed_run(tmp_path: Path) -> None:
    before, random, figures = sources(0), Random(1), Figures()
    fresh(tmp_path / "tree", before)
    moments = measured(tmp_path / "tree")
    after = read_tree(tmp_path / "tree")
    cycle(tmp_path / "tree", before, after, moments.aimed(random), figures)
    assert figures.wrong == []


def test_variants_of_a_resource() -> None:
    schema = {"resources": {"aws_kms_key": KMS_KEY}, "structs": {"Xks": {"id": ["a", "r", "number"]}}}
    minimal, maximal, *others = variants("aws_kms_key", schema)
    assert minimal == 'resource "aws_kms_key" "minimal" {\n  policy = "aws-kms-key-minimal-1"\n}\n'
    assert "  xks {\n    id = 1\n  }\n" in maximal
    assert "arn" not in maximal
    assert len(others) == 3
    assert "kms-key-rotation" in registry()
