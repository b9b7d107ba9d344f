"""An AWS CDK app in Python: the constructs that its files make, wherever a library class is called."""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath

import libcst

from fixer.formats.cdk_construct import Construct
from fixer.formats.cdk_flow import Flow
from fixer.formats.cdk_values import short
from fixer.formats.python_module import PythonModule, module_of
from fixer.formats.python_parts import comments, parts
from fixer.formats.python_source import parse
from fixer.formats.value import Absent, Literal, Symbol, Unresolved, Value
from fixer.model import Problem, Refused, Span, Unit
from fixer.workspace import SourceFile, Workspace

__all__ = ["App", "Construct", "check", "comments", "open_view", "open_views", "parts"]

CONFIGURATION = "cdk.json"
# https://aws.amazon.com/blogs/devops/cdk-v1-end-of-support/ (read 2026-11-21)
V1 = "a CDK v1 app (it imports aws_cdk.core)"
V1_ADVICE = "AWS ended the support of CDK v1 on 2023-06-01; migrate to aws-cdk-lib 2 first"


def open_views(unit: Unit, workspace: Workspace) -> list["App"]:
    return [open_view(unit, workspace)]


def open_view(unit: Unit, workspace: Workspace) -> "App":
    return App(unit, workspace)


def check(file: SourceFile) -> None:
    """Parse a Python file with Python's own parser and with libcst; Refused where either does not accept it."""
    if not file.path.endswith(".py"):
        return
    file.parsed(parse)
    try:
        libcst.parse_module(file.text)
    except (libcst.ParserSyntaxError, RecursionError) as error:
        raise Refused("libcst can't parse it", "simplify the file or leave it out") from error


@dataclass(eq=False)
class App:
    """The verbs over one app. A file is parsed only when it holds the word that is asked for."""

    unit: Unit
    workspace: Workspace
    problems: list[Problem] = field(default_factory=list)
    blind: list[str] = field(default_factory=list)

    @cached_property
    def files(self) -> list[SourceFile]:
        """The Python files whose constructs are deployed: not those of tests."""
        files = sorted(self.workspace.files.items())
        return [file for path, file in files if path.endswith(".py") and not is_test(path)]

    def module(self, file: SourceFile) -> PythonModule | None:
        """A file parsed, or None where it can't be, which is noted among the problems."""
        try:
            return module_of(file)
        except Refused as refused:
            self.note(file.problem(refused))
            return None

    def note(self, problem: Problem) -> None:
        if problem not in self.problems:
            self.problems.append(problem)

    @cached_property
    def is_v1(self) -> bool:
        """Whether the app is one of CDK v1, which is left alone; noted once."""
        for file in self.files:
            if not re.search(r"\bcore\b", file.text) or not (module := self.module(file)):
                continue
            if any(name == "aws_cdk.core" or name.startswith("aws_cdk.core.") for name in module.imported):
                self.note(Problem(file.path, 0, 0, V1, V1_ADVICE, error=False))
                return True
        return False

    def resources(self, kind: str) -> Iterator[Construct]:
        """Every call of a library class or factory by its full name, `aws_cdk.aws_s3.Bucket`, in all files."""
        words = kind.split(".")
        for file in self.files:
            if not all(word in file.text for word in (words[0], words[1], words[-1])):
                continue
            module = self.module(file)
            if module is None or self.is_v1:
                continue
            for call in module.calls.get(kind, ()):
                yield Construct(self, file, module, call, kind)

    def written(self, value: Symbol) -> Iterator[tuple[Construct, str]]:
        """Every argument of a library call that is this constant: (the call, the argument's name)."""
        for construct, argument, node in self.mentioned(value):
            if construct.module.names.qualified(node) == value.name:
                yield construct, argument

    def held(self, value: Symbol) -> Iterator[tuple[Construct, str, str]]:
        """Every argument that is a variable which only ever has this constant: (the call, its name, the variable)."""
        for construct, argument, node in self.mentioned(value):
            names = construct.module.names
            assigned = names.assigned(node) if isinstance(node, ast.Name) else None
            if assigned and names.qualified(assigned) == value.name:
                yield construct, argument, ast.unparse(node)

    def mentioned(self, value: Symbol) -> Iterator[tuple[Construct, str, ast.expr]]:
        """Every argument of the library calls of the files in which a constant is spelled."""
        for file in self.files:
            if value.name.rsplit(".", 1)[-1] not in file.text or "aws_cdk" not in file.text:
                continue
            module = self.module(file)
            if module is None or self.is_v1:
                continue
            for kind, call in module.in_order:
                for keyword in call.keywords:
                    if keyword.arg:
                        yield Construct(self, file, module, call, kind), keyword.arg, keyword.value

    def context(self, name: str) -> Value:
        """The context value that cdk.json gives, which goes before the code's own; Unresolved where the code may."""
        files = [
            f for p, f in self.workspace.files.items() if PurePosixPath(p).name == CONFIGURATION and name in f.text
        ]
        found = context_in(files[0], name) if files else Absent()
        if not isinstance(found, Absent):
            return found
        setters = [f for f in self.files if name in f.text and re.search(r"\bset_context\b|\bcontext\s*=", f.text)]
        return Unresolved(f"set in {setters[0].path}", Span(0, 0)) if setters else Absent()

    @cached_property
    def environments(self) -> set[str]:
        """The AWS accounts and regions that stacks are given, as the source spells them."""
        modules = [self.module(file) for file in self.files if re.search(r"\benv\s*=", file.text)]
        nodes = [(module, node) for module in modules if module for node in module.source.parents]
        return {short(m, node.value) for m, node in nodes if isinstance(node, ast.keyword) and node.arg == "env"}

    @cached_property
    def flow(self) -> Flow:
        """Where constructs go to after they are made."""
        return Flow(self.files, self.module)


def context_in(file: SourceFile, name: str) -> Value:
    """A context value of a cdk.json."""
    try:
        found = json.loads(file.text)
        return Literal(found["context"][name], Span(0, 0))
    except (ValueError, RecursionError):
        return Unresolved(f"{file.path}, which can't be read", Span(0, 0))
    except (KeyError, TypeError):
        return Absent()


def is_test(path: str) -> bool:
    """Whether a file belongs to tests: what it makes is never deployed."""
    *folders, name = PurePosixPath(path).parts
    return bool({"test", "tests"} & set(folders)) or bool(re.fullmatch(r"test_.*|.*_test\.py|conftest\.py", name))
