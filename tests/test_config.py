"""Configuration: what is read from where, and that every mistake is named with its place and the nearest right word."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixer.config import Ceiling, Options, Pattern, UsageError
from fixer.config_file import load
from fixer.model import Append, Finding, Fix, Impact, Move, Span
from fixer.transform import registry


def options(tmp_path: Path, text: str, name: str = ".iacfix.toml") -> Options:
    (tmp_path / name).write_text(text)
    return load(tmp_path)


def ids(options: Options) -> set[str]:
    return {transform.id() for transform in options.transforms()}


def mistake(tmp_path: Path, text: str, name: str = ".iacfix.toml") -> str:
    with pytest.raises(UsageError) as error:
        options(tmp_path, text, name)
    return str(error.value.problem).removeprefix(f"{tmp_path}/")


def test_defaults(tmp_path: Path) -> None:
    assert load(tmp_path) == Options()
    assert Options().allow is Impact.REPLACEMENT
    assert ids(Options()) == {id for id, kind in registry().items() if not kind.opt_in and not kind.only_new}
    assert ids(Options(new=True)) == {id for id, kind in registry().items() if not kind.opt_in}
    assert ids(Options(select=("ALL",))) == set(registry())


def test_every_key(tmp_path: Path) -> None:
    made = options(
        tmp_path,
        """
        select = ["exposure", "log-retention"]
        ignore = ["log-retention"]
        allow = "interruption"
        profile = "ephemeral"
        exclude = ["legacy"]

        [per-file-ignores]
        "modules/*" = ["s3-public-access-block"]

        [per-file-max-impact]
        "live" = "in-place"

        [log-retention]
        days = 90
        max-impact = "none"
        """,
    )
    assert ids(made) == {"s3-public-access-block"}
    assert made.allow is Impact.INTERRUPTION
    assert made.profile == "ephemeral"
    assert made.excludes(tmp_path / "legacy/main.tf")
    assert not made.excludes(tmp_path / "main.tf")
    assert made.settings == {"log-retention": {"days": 90}}
    ignored = made.ignored(tmp_path / "modules/x/main.tf", "s3-public-access-block")
    assert ignored == "per-file-ignores 'modules/*' in .iacfix.toml"
    assert made.ignored(tmp_path / "main.tf", "s3-public-access-block") is None
    assert made.ignored(tmp_path / "modules/main.tf", "log-retention") is None
    assert [str(ceiling) for ceiling in made.ceilings] == [
        "the ceiling none for log-retention in .iacfix.toml",
        "the ceiling in-place for files 'live' in .iacfix.toml",
    ]


def test_settings_and_the_profile_reach_the_transform() -> None:
    made = Options(select=("log-retention",), settings={"log-retention": {"days": 90}}, profile="ephemeral")
    (transform,) = made.transforms()
    assert transform.setting["days"] == 90
    assert transform.setting["profile"] == "ephemeral"


def test_not_deployed_holds_nothing_back(tmp_path: Path) -> None:
    made = options(tmp_path, "deployed = false\n")
    assert made.new
    assert made.allow is Impact.DATA_LOSS
    assert options(tmp_path, 'deployed = false\nallow = "none"\n').override().allow is Impact.NONE
    assert Options().override(new=True).allow is Impact.DATA_LOSS
    assert Options().override(new=True, allow=Impact.NONE).allow is Impact.NONE


@pytest.mark.parametrize(
    ("select", "ignore", "on"),
    [
        (("exposure",), (), True),
        (("identity",), (), False),
        ((), ("exposure",), False),
        (("ALL",), ("exposure",), False),
        (("s3-public-access-block",), ("exposure",), True),
        (("exposure",), ("s3-public-access-block",), False),
        (("s3-public-access-block",), ("s3-public-access-block",), False),
        ((), ("ALL",), False),
    ],
)
def test_the_more_specific_name_wins(select: tuple[str, ...], ignore: tuple[str, ...], on: bool) -> None:
    assert ("s3-public-access-block" in ids(Options(select=select, ignore=ignore))) == on


def test_the_command_line_comes_after_the_file() -> None:
    configured = Options(select=("exposure",), ignore=("iam-role-name", "log-retention"))
    assert ids(configured.override(select=("iam-role-name",))) == {"iam-role-name"}
    assert "log-retention" not in ids(configured.override(select=("ALL",)))
    assert ids(configured.override(ignore=("s3-public-access-block",))) == set()


def test_the_nearest_file_counts(tmp_path: Path) -> None:
    inner = tmp_path / "a/b"
    inner.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text('[tool.iacfix]\nselect = ["exposure"]\n')
    (tmp_path / "a/pyproject.toml").write_text('[project]\nname = "without our table"\n')
    assert load(inner).select == ("exposure",)
    (tmp_path / "a/.iacfix.toml").write_text('select = ["identity"]\n')
    assert load(inner).select == ("identity",)
    assert load(inner, tmp_path / "pyproject.toml").select == ("exposure",)


def test_a_broken_project_file_that_is_not_about_us_is_nobodys_business(tmp_path: Path) -> None:
    assert options(tmp_path, "[project\n", "pyproject.toml") == Options()
    assert mistake(tmp_path, "[tool.iacfix]\nx = \n", "pyproject.toml").startswith("pyproject.toml:2:5: Invalid value")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\nselct = []\n", ".iacfix.toml:2:1: unknown key 'selct'; did you mean 'select'?"),
        ("select = 1\n", ".iacfix.toml:1:1: 'select' must be a list of texts; correct the value"),
        (
            'select = ["exposur"]\n',
            ".iacfix.toml:1:1: unknown transform or category 'exposur'; did you mean 'exposure'?",
        ),
        ("deployed = 1\n", ".iacfix.toml:1:1: 'deployed' must be true or false; correct the value"),
        ('allow = "dataloss"\n', ".iacfix.toml:1:1: unknown impact 'dataloss'; did you mean 'data-loss'?"),
        ('profile = "prod"\n', ".iacfix.toml:1:1: unknown profile 'prod'; did you mean 'production'?"),
        ("[log-retentoin]\n", ".iacfix.toml:1:1: unknown transform 'log-retentoin'; did you mean 'log-retention'?"),
        (
            "[log-retention]\n# why\ndais = 3\n",
            ".iacfix.toml:3:1: unknown setting of log-retention 'dais'; did you mean 'days'?",
        ),
        ('[log-retention]\ndays = "3"\n', ".iacfix.toml:2:1: 'days' must be a whole number; correct the value"),
        ("[log-retention]\ndays = true\n", ".iacfix.toml:2:1: 'days' must be a whole number; correct the value"),
        (
            'per-file-ignores = ["x"]\n',
            ".iacfix.toml:1:1: 'per-file-ignores' must be a table of pattern = [ids]; correct the value",
        ),
        (
            '[per-file-ignores]\n"a/*" = ["log-retentio"]\n',
            ".iacfix.toml:2:1: unknown transform or category 'log-retentio'; did you mean 'log-retention'?",
        ),
        (
            '[log-retention]\nmax-impact = "inplace"\n',
            ".iacfix.toml:2:1: unknown impact 'inplace'; did you mean 'in-place'?",
        ),
        (
            '[log-retention]\nmax_impact = "none"\n',
            ".iacfix.toml:2:1: unknown setting of log-retention 'max_impact'; did you mean 'max-impact'?",
        ),
        (
            '[per-file-max-impact]\n"a/*" = "dataloss"\n',
            ".iacfix.toml:2:1: unknown impact 'dataloss'; did you mean 'data-loss'?",
        ),
        (
            'per-file-max-impact = "none"\n',
            ".iacfix.toml:1:1: 'per-file-max-impact' must be a table of pattern = impact; correct the value",
        ),
    ],
)
def test_mistakes(tmp_path: Path, text: str, said: str) -> None:
    assert mistake(tmp_path, text) == said


def test_a_setting_in_a_project_file_has_its_line(tmp_path: Path) -> None:
    said = mistake(tmp_path, "[tool.iacfix]\nnew = 1\n[tool.iacfix.log-retention]\ndays = 3\n", "pyproject.toml")
    assert said.startswith("pyproject.toml:2:1: unknown key 'new'; ")
    dotted = mistake(tmp_path, "[tool]\n\niacfix.log-retention.dayz = 3\n", "pyproject.toml")
    assert dotted == "pyproject.toml:3:1: unknown setting of log-retention 'dayz'; did you mean 'days'?"


def test_what_can_not_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        load(tmp_path, tmp_path / "nowhere.toml")
    (tmp_path / ".iacfix.toml").write_bytes(b"# \xff")
    with pytest.raises(UsageError, match="not UTF-8"):
        load(tmp_path)


def test_a_setting_with_choices_takes_no_other_value(tmp_path: Path) -> None:
    (tmp_path / ".iacfix.toml").write_text('[iam-role-name]\nmode = "sufix"\n')
    with pytest.raises(UsageError) as error:
        load(tmp_path)
    assert "drop, suffix" in str(error.value.problem)
    assert error.value.problem.line == 2


ROOT = Path("/root")
SOURCE = ROOT / ".iacfix.toml"
IMPACTS = st.sampled_from(Impact)
CEILINGS = st.one_of(
    st.builds(Ceiling, IMPACTS, st.just(SOURCE), st.sampled_from(["a-transform", "other"])),
    st.builds(
        lambda impact, glob: Ceiling(impact, SOURCE, pattern=Pattern(glob, SOURCE)),
        IMPACTS,
        st.sampled_from(["*.tf", "live", "live/b.tf", "elsewhere"]),
    ),
)
MEANT = {"a-transform", "*.tf", "live", "live/b.tf"}


def finding(impact: Impact, *changes: Append | Move) -> Finding:
    return Finding("a-transform", "x", "main.tf", Span(0, 0), "is wrong", Fix(changes, impact))


@given(IMPACTS, st.lists(CEILINGS, max_size=4), st.none() | IMPACTS, st.booleans())
def test_no_flag_raises_a_ceiling(impact: Impact, ceilings: list[Ceiling], allow: Impact | None, new: bool) -> None:
    found = finding(impact, Append("live/b.tf", "x"))
    options = Options(ceilings=tuple(ceilings)).override(allow=allow, new=new)
    own = [c.impact for c in ceilings if (c.pattern.glob if c.pattern else c.transform) in MEANT]
    allowed = options.allowed(found, ROOT)
    assert allowed == min([options.allow, *own])
    reason = options.held_back(found, ROOT)
    assert (reason is None) == (impact <= allowed)
    if own and impact > min(own):
        assert reason is not None
        assert f", above the ceiling {min(own).label} for " in reason
        assert "--allow" not in reason


@pytest.mark.parametrize(
    ("change", "held"),
    [
        (Append("stage/b.tf", "x"), False),
        (Append("live/b.tf", "x"), True),
        (Move("live/b.py", "stage/b.py"), True),
        (Move("stage/b.py", "live/b.py"), True),
    ],
)
def test_a_ceiling_of_files_is_for_every_file_that_a_fix_has_to_do_with(change: Append | Move, held: bool) -> None:
    options = Options(new=True, ceilings=(Ceiling(Impact.NONE, SOURCE, pattern=Pattern("live", SOURCE)),))
    reason = "impact is in-place, above the ceiling none for files 'live' in .iacfix.toml"
    assert options.held_back(finding(Impact.IN_PLACE, change), ROOT) == (reason if held else None)
