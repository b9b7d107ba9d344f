"""From paths to units: what is found, what is left out and why, what no tree may break."""

import os
import subprocess
from pathlib import Path

import pytest

from fixer.config import Pattern
from fixer.discover import Discovery, common_root, discover, targets

TEMPLATE = "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  B:\n    Type: AWS::S3::Bucket\n"
JSON_TEMPLATE = '{"Resources": {"B": {"Type": "AWS::S3::Bucket"}}}\n'
STACK = "import aws_cdk as cdk\n\n\nclass S(cdk.Stack):\n    pass\n"
MODULE = 'resource "aws_s3_bucket" "b" {}\n'


def make(root: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def found(cwd: Path, *arguments: str, exclude: tuple[str, ...] = ()) -> Discovery:
    named = targets(arguments, cwd)
    patterns = [Pattern(glob, cwd / ".iacfix.toml") for glob in exclude]
    return discover(named, common_root(named.values(), cwd), lambda path: any(p.names(path) for p in patterns))


def units(discovery: Discovery) -> dict[str, tuple[str, ...]]:
    return {f"{unit.format} {unit.path}": unit.files for unit in discovery.units}


def problems(discovery: Discovery) -> list[str]:
    return [str(problem) for problem in discovery.problems]


def test_units_of_each_format(tmp_path: Path) -> None:
    make(
        tmp_path,
        {
            "tf/main.tf": MODULE,
            "tf/prod.tfvars": "a = 1\n",
            "tf/modules/x/x.tf": MODULE,
            "cfn/template.yaml": TEMPLATE,
            "cfn/other.json": JSON_TEMPLATE,
            "cfn/x.template": JSON_TEMPLATE,
            "cfn/values.yaml": "a: 1\n",
            "app/cdk.json": "{}",
            "app/app.py": STACK,
            "app/stacks/one.py": STACK,
            "app/stacks/plain.py": "x = 1\n",
            "README.md": "# AWS::S3::Bucket",
        },
    )
    assert units(found(tmp_path)) == {
        "cdk_python app": ("app/app.py", "app/stacks/one.py", "app/stacks/plain.py", "app/cdk.json"),
        "cloudformation cfn/other.json": ("cfn/other.json",),
        "cloudformation cfn/template.yaml": ("cfn/template.yaml",),
        "cloudformation cfn/x.template": ("cfn/x.template",),
        "terraform tf": ("tf/main.tf", "tf/prod.tfvars"),
        "terraform tf/modules/x": ("tf/modules/x/x.tf",),
    }
    assert problems(found(tmp_path)) == []


def test_what_is_left_out(tmp_path: Path) -> None:
    folders = [".terraform/modules/m", ".git/x", "node_modules/a", "cdk.out", ".aws-sam/build", ".venv/lib", "venv/l"]
    make(
        tmp_path,
        {f"{folder}/{name}": text for folder in folders for name, text in (("a.tf", MODULE), ("t.yaml", TEMPLATE))},
    )
    make(
        tmp_path, {"env/pyvenv.cfg": "", "env/lib/site-packages/s.py": STACK, ".hidden.tf": MODULE, "main.tf~": MODULE}
    )
    assert units(found(tmp_path)) == {}


def test_other_yaml_and_json_is_no_template(tmp_path: Path) -> None:
    make(
        tmp_path,
        {
            "k8s.yaml": "apiVersion: v1\nkind: Pod\nmetadata:\n  name: AWS::S3\n",
            "compose.yaml": "services:\n  web:\n    image: AWS::x\n",
            "package.json": '{"name": "x"}',
            "empty.yaml": "",
            "list.json": "[]",
        },
    )
    assert units(found(tmp_path)) == {}
    assert problems(found(tmp_path)) == []


@pytest.mark.parametrize("name", ["k8s.yaml", "notes.txt", "plain.py", "data.json"])
def test_a_named_file_that_is_no_source_is_told(tmp_path: Path, name: str) -> None:
    make(tmp_path, {name: "kind: Pod\n"})
    discovery = found(tmp_path, name)
    assert problems(discovery) == [f"{name}: no source that is served; nothing is done with it"]
    assert not discovery.problems[0].error


def test_an_app_without_cdk_json_is_the_folder_that_was_named(tmp_path: Path) -> None:
    make(tmp_path, {"infra/stacks/s.py": STACK, "infra/helpers/h.py": "x = 1\n", "other/x.py": "y = 1\n"})
    assert units(found(tmp_path, "infra")) == {"cdk_python infra": ("infra/helpers/h.py", "infra/stacks/s.py")}


def test_a_part_of_an_app_stands_for_all_of_it(tmp_path: Path) -> None:
    make(tmp_path, {"app/cdk.json": "{}", "app/app.py": STACK, "app/stacks/s.py": STACK})
    whole = {"cdk_python app": ("app/app.py", "app/stacks/s.py", "app/cdk.json")}
    assert units(found(tmp_path, "app/stacks")) == whole
    assert units(found(tmp_path, "app/stacks/s.py")) == whole


def test_an_app_inside_an_app_is_one_of_its_own(tmp_path: Path) -> None:
    make(tmp_path, {"cdk.json": "{}", "a.py": STACK, "in/cdk.json": "{}", "in/b.py": STACK})
    assert units(found(tmp_path)) == {"cdk_python .": ("a.py", "cdk.json"), "cdk_python in": ("in/b.py", "in/cdk.json")}


def test_a_named_file_stands_for_its_module(tmp_path: Path) -> None:
    make(tmp_path, {"tf/a.tf": MODULE, "tf/b.tf": MODULE, "t.yaml": TEMPLATE})
    assert units(found(tmp_path, "tf/a.tf", "t.yaml", "tf")) == {
        "cloudformation t.yaml": ("t.yaml",),
        "terraform tf": ("tf/a.tf", "tf/b.tf"),
    }


def test_files_that_are_read_but_never_changed(tmp_path: Path) -> None:
    make(
        tmp_path,
        {
            "main.tf": MODULE,
            "prod_override.tf": MODULE,
            "gen.tf": '# Generated by Terragrunt. Sig: nIlQXj57tbuaRZEa\nbackend "s3" {}\n',
            "assistant.tf": "# Generated by an assistant, 2026\n" + MODULE,
            "more.tf.json": "{}",
            "new.tofu": MODULE,
        },
    )
    (tmp_path / "link.tf").symlink_to("main.tf")
    (tmp_path / "broken.tf").symlink_to("nowhere.tf")
    discovery = found(tmp_path)
    assert dict(discovery.units[0].locked) == {
        "broken.tf": "a symbolic link",
        "gen.tf": "a generated file",
        "link.tf": "a symbolic link",
        "more.tf.json": "Terraform in JSON, which is not served yet",
        "prod_override.tf": "an override file",
    }
    assert set(discovery.units[0].files) == {"main.tf", "assistant.tf", *dict(discovery.units[0].locked)}
    assert problems(discovery) == [
        "more.tf.json: Terraform in JSON is not served yet; left as it is",
        "new.tofu: OpenTofu's own kind of file is not served yet; left as it is",
    ]
    assert not any(problem.error for problem in discovery.problems)


def test_a_folder_of_what_is_not_served_says_so(tmp_path: Path) -> None:
    make(tmp_path, {"main.tf.json": "{}"})
    assert units(found(tmp_path)) == {}
    assert problems(found(tmp_path)) == ["main.tf.json: Terraform in JSON is not served yet; left as it is"]


def test_what_git_ignores(tmp_path: Path) -> None:
    make(
        tmp_path,
        {
            ".gitignore": "build/\nlocal.tf\n*.gen.yaml\n",
            "main.tf": MODULE,
            "local.tf": MODULE,
            "a.gen.yaml": TEMPLATE,
            "build/x/main.tf": MODULE,
            "sub/repo/.gitignore": "t.yaml\n",
            "sub/repo/t.yaml": TEMPLATE,
            "sub/repo/u.yaml": TEMPLATE,
        },
    )
    for folder in (tmp_path, tmp_path / "sub/repo"):
        subprocess.run(["git", "init", "-q", "."], cwd=folder, check=True)
    discovery = found(tmp_path)
    assert units(discovery) == {
        "terraform .": ("local.tf", "main.tf"),
        "cloudformation sub/repo/u.yaml": ("sub/repo/u.yaml",),
    }
    assert discovery.units[0].locked == (("local.tf", "ignored by git or the configuration"),)
    # Who names an ignored file or folder wants it.
    assert units(found(tmp_path, "build")) == {"terraform build/x": ("build/x/main.tf",)}
    assert units(found(tmp_path / "build")) == {"terraform x": ("x/main.tf",)}
    assert units(found(tmp_path, "a.gen.yaml")) == {"cloudformation a.gen.yaml": ("a.gen.yaml",)}
    assert found(tmp_path, "local.tf").units[0].locked == ()


@pytest.mark.parametrize("exclude", ["legacy", "old/legacy", "old/leg*", "./old/legacy/"])
def test_what_the_configuration_excludes(tmp_path: Path, exclude: str) -> None:
    make(tmp_path, {"old/legacy/main.tf": MODULE, "new/main.tf": MODULE})
    assert units(found(tmp_path, exclude=(exclude,))) == {"terraform new": ("new/main.tf",)}


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    """So that a loop of links is no loop, and nothing outside is served."""
    root = make(tmp_path / "root", {"a/main.tf": MODULE})
    make(tmp_path / "outside", {"t.yaml": TEMPLATE})
    (root / "a/loop").symlink_to(root)
    (root / "out").symlink_to(tmp_path / "outside")
    (root / "t.yaml").symlink_to(tmp_path / "outside/t.yaml")
    assert units(found(root)) == {"terraform a": ("a/main.tf",)}


def test_a_named_link(tmp_path: Path) -> None:
    root = make(tmp_path / "root", {"real/t.yaml": TEMPLATE})
    (root / "folder").symlink_to("real")
    (root / "t.yaml").symlink_to("real/t.yaml")
    assert units(found(root, "folder")) == {"cloudformation real/t.yaml": ("real/t.yaml",)}
    assert problems(found(root, "t.yaml")) == ["t.yaml: a symbolic link; name the file that it points to"]


def test_the_root_is_the_current_folder_or_what_holds_all(tmp_path: Path) -> None:
    make(tmp_path, {"a/x/main.tf": MODULE, "b/t.yaml": TEMPLATE})
    assert common_root(targets(["a", "b"], tmp_path).values(), tmp_path) == tmp_path
    assert common_root(targets(["../a/x", "../b/t.yaml"], tmp_path / "b").values(), tmp_path / "b") == tmp_path
    assert units(found(tmp_path / "b", "../a")) == {"terraform x": ("x/main.tf",)}


def test_a_path_that_is_not_there_stops_no_other(tmp_path: Path) -> None:
    make(tmp_path, {"t.yaml": TEMPLATE})
    discovery = found(tmp_path, "t.yaml", "nowhere", "t.yaml/x")
    assert units(discovery) == {"cloudformation t.yaml": ("t.yaml",)}
    assert problems(discovery) == [
        "nowhere: no such file or folder; name one that is there",
        "t.yaml/x: no such file or folder; name one that is there",
    ]
    assert all(problem.error for problem in discovery.problems)


def test_what_can_not_be_a_file_does_not_block(tmp_path: Path) -> None:
    make(tmp_path, {"main.tf": MODULE, "folder.tf/x": "", "folder.yaml/x": ""})
    os.mkfifo(tmp_path / "pipe.tf")
    os.mkfifo(tmp_path / "pipe.yaml")
    assert units(found(tmp_path)) == {"terraform .": ("main.tf",)}
    assert problems(found(tmp_path, "pipe.yaml")) == ["pipe.yaml: not a regular file; name a file or a folder"]


def test_what_can_not_be_read_as_text_is_still_a_unit(tmp_path: Path) -> None:
    """So that the engine refuses it by name instead of nobody ever hearing of it."""
    (tmp_path / "latin.yaml").write_bytes(TEMPLATE.replace("B:", "B: # é").encode("latin-1"))
    (tmp_path / "wide.yaml").write_bytes(TEMPLATE.encode("utf-16"))
    (tmp_path / "large.yaml").write_bytes(TEMPLATE.encode() + b"# padding\n" * 2_000_000)
    assert [unit.path for unit in found(tmp_path).units] == ["large.yaml", "latin.yaml", "wide.yaml"]


def test_deep_trees(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d"] * 1200)
    for depth in range(1, 1201):
        tmp_path.joinpath(*["d"] * depth).mkdir()
    try:
        make(deep, {"main.tf": MODULE})
        assert len(found(tmp_path).units) == 1
    finally:  # pytest itself can't remove what is so deep
        subprocess.run(["rm", "-rf", str(tmp_path / "d")], check=True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_told(tmp_path: Path) -> None:
    make(tmp_path, {"t.yaml": TEMPLATE, "shut/main.tf": MODULE, "u.yaml": TEMPLATE})
    (tmp_path / "t.yaml").chmod(0)
    (tmp_path / "shut").chmod(0)
    try:
        discovery = found(tmp_path)
    finally:
        (tmp_path / "shut").chmod(0o755)
    assert units(discovery) == {"cloudformation u.yaml": ("u.yaml",)}
    assert sorted(problems(discovery)) == [
        "shut: Permission denied; make it readable or leave it out",
        "t.yaml: Permission denied; make it readable or leave it out",
    ]
