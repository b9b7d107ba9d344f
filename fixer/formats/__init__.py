"""The source formats: each is one module here, imported when a unit of it is first met."""

import importlib
from collections.abc import Sequence
from typing import Protocol, cast

from fixer.model import Part, Problem, Span, Unit
from fixer.workspace import SourceFile, Workspace

FORMATS = {
    "terraform": "Terraform",
    "cloudformation": "CloudFormation",
    "cdk_python": "AWS CDK (Python)",
}


class View(Protocol):
    """What a transform sees of a unit: verbs over its sources; made anew for each transform, parse trees are shared."""

    @property
    def problems(self) -> list[Problem]:
        """The files that could not be served, met while looking."""
        ...

    @property
    def blind(self) -> list[str]:
        """Reasons why what was looked for may stand where the view can't read; then no fix is made."""
        ...


class FormatModule(Protocol):
    """What a module of this package offers the engine."""

    def open_views(self, unit: Unit, workspace: Workspace) -> Sequence[View]:
        """One view, but for a YAML file of several templates: each is a stack of its own."""
        ...

    def check(self, file: SourceFile) -> None:
        """Parse a file of this format; Refused where it does not. Files of other kinds pass."""
        ...

    def parts(self, file: SourceFile) -> list[Part]:
        """The pieces that a file is made of, for the proof that a fix changed nothing but what it edited."""
        ...

    def comments(self, file: SourceFile) -> list[Span]:
        """The spans of a file's comments, without their newlines."""
        ...


def load(name: str) -> FormatModule:
    return cast(FormatModule, importlib.import_module(f"fixer.formats.{name}"))
