"""The declarative transform: a resource type, a property path and the value that it must have."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from fixer.formats.value import Absent, Literal, Unresolved, Value
from fixer.formats.value import Symbol as Symbol
from fixer.model import Changes, Finding, Impact, Subject
from fixer.transform import Transform


class Configurable(Subject, Protocol):
    """What the resource of every format offers: its properties by dotted path, read and set."""

    def __getitem__(self, path: str) -> Value:
        """The value at a path such as `a.b[0].c`; Unresolved as well where a part on the way is."""
        ...

    def paths(self, pattern: str) -> list[str]:
        """The paths that a pattern names: `a[*].b` is one for each `a` that is written, none where there is none."""
        ...

    def set(self, path: str, value: Any) -> Changes:
        """Write a value (plain data or a Symbol), replacing a literal or adding what is missing on the way."""
        ...


class Resources(Protocol):
    """A view of any format."""

    def resources(self, kind: str, /) -> Iterable[Configurable]: ...


@dataclass(frozen=True, slots=True)
class Setting:
    """`path` of each resource of `type` must be `value`; `unless` says which resources neither need nor take it.

    A text from `unless` is the reason why that can't be told from the source; the finding is advice then. `absent` is
    what leaving the property out means, where that is known. `impact` and `note` go before those of the transform.
    """

    type: str
    path: str
    value: Any
    unless: Callable[[Any], bool | str] = lambda resource: False
    absent: Any = None
    impact: Impact | None = None
    note: str = ""


class SettingTransform(Transform):
    """A transform that is a table: the summary line of its docstring is the message of its findings."""

    terraform_settings: ClassVar[tuple[Setting, ...]] = ()
    cloudformation_settings: ClassVar[tuple[Setting, ...]] = ()
    cdk_python_settings: ClassVar[tuple[Setting, ...]] = ()
    note: ClassVar[str] = ""

    def terraform(self, module: Resources) -> Iterable[Finding]:
        return self.findings(module, self.terraform_settings)

    def cloudformation(self, template: Resources) -> Iterable[Finding]:
        return self.findings(template, self.cloudformation_settings)

    def cdk_python(self, app: Resources) -> Iterable[Finding]:
        return self.findings(app, self.cdk_python_settings)

    @classmethod
    def formats(cls) -> tuple[str, ...]:
        return tuple(name for name in super().formats() if getattr(cls, f"{name}_settings"))

    @property
    def message(self) -> str:
        return self.doc()[""].rstrip(".")

    def findings(self, view: Resources, settings: tuple[Setting, ...]) -> Iterator[Finding]:
        for setting in settings:
            for resource in view.resources(setting.type):
                unless = setting.unless(resource)
                if unless is not True:
                    yield from self.differing(resource, setting, unless or None)

    def differing(self, resource: Configurable, setting: Setting, undecided: str | None) -> Iterator[Finding]:
        for path in resource.paths(setting.path):
            outer = path.rpartition(".")[0]
            message = f"{self.message} ({outer})" if outer else self.message
            match resource[path]:
                case Unresolved(text):
                    yield self.advice(resource, message, f"not decided here: {path} is {text}")
                case Absent() | Literal() as value if differs(value, setting):
                    if undecided is not None:
                        yield self.advice(resource, message, undecided)
                        continue
                    changes = resource.set(path, setting.value)
                    note = setting.note or self.note
                    yield self.finding(resource, message, changes, impact=setting.impact, note=note)


def differs(value: Absent | Literal, setting: Setting) -> bool:
    """Whether the setting is not met; null is as good as nothing written."""
    if isinstance(value, Absent) or value.value is None:
        return bool(setting.absent != setting.value)
    return value.differs_from(setting.value)
