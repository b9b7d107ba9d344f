"""What a transform is: a stateless generator of findings, with its documentation and its settings."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from fixer.impact import Fact, fact_of
from fixer.model import Affects, Append, Change, Changes, Delete, Edit, Finding, Fix, Impact, Move, Subject, Withheld

if TYPE_CHECKING:
    from fixer.formats.cdk_python import App
    from fixer.formats.cloudformation import Template
    from fixer.formats.terraform import Module

HEADINGS = ("Why", "Fix", "Impact", "References")


class Transform:
    """One misconfiguration: one method per source format, each yielding findings; what is not overridden finds nothing.

    The id is the module's name with hyphens, the category its folder. `closes` are ids of other scanners' checks
    that the fix closes with default settings, `related` those that it only touches. `settings` are policy, with their
    defaults; `choices` are the values that one of them may have.
    """

    impact: ClassVar[Impact]
    closes: ClassVar[tuple[str, ...]] = ()
    related: ClassVar[tuple[str, ...]] = ()
    settings: ClassVar[Mapping[str, Any]] = {}
    choices: ClassVar[Mapping[str, tuple[Any, ...]]] = {}
    opt_in: ClassVar[bool] = False
    only_new: ClassVar[bool] = False
    after: ClassVar[tuple[type["Transform"], ...]] = ()

    def __init__(self, settings: Mapping[str, Any] | None = None) -> None:
        self.setting: Mapping[str, Any] = {**self.settings, **(settings or {})}

    def terraform(self, module: "Module") -> Iterable[Finding]:
        return ()

    def cloudformation(self, template: "Template") -> Iterable[Finding]:
        return ()

    def cdk_python(self, app: "App") -> Iterable[Finding]:
        return ()

    @classmethod
    def id(cls) -> str:
        return cls.__module__.rsplit(".", 1)[-1].replace("_", "-")

    @classmethod
    def category(cls) -> str:
        return cls.__module__.rsplit(".", 2)[-2]

    @classmethod
    def formats(cls) -> tuple[str, ...]:
        """The formats that this transform serves."""
        return tuple(name for name in FORMAT_METHODS if getattr(cls, name) is not getattr(Transform, name))

    @classmethod
    def doc(cls) -> dict[str, str]:
        """The docstring by heading; the summary under ""."""
        parts = re.split(r"^## (\w+)\n", inspect.cleandoc(cls.__doc__ or ""), flags=re.MULTILINE)
        return {"": parts[0].strip()} | {
            name: text.strip() for name, text in zip(parts[1::2], parts[2::2], strict=True)
        }

    def finding(
        self, subject: Subject, message: str, *changes: Changes, impact: Impact | None = None, note: str = ""
    ) -> Finding:
        """A defect with its repair: all changes together are one atomic fix; a Withheld among them makes it advice."""
        known = list(told(changes))
        made = list(flat(known))
        if withheld := [change.reason for change in made if isinstance(change, Withheld)]:
            return self.advice(subject, message, "; ".join(dict.fromkeys(withheld)))
        own = tuple(change for change in made if not isinstance(change, Withheld))
        claim = Fact(self.impact if impact is None else impact, "")
        fact = max([*facts(known), claim], key=lambda fact: fact.impact)
        fix = Fix(own, fact.impact, note, fact.reason)
        return Finding(self.id(), subject.address, subject.path, subject.span, message, fix)

    def finding_of(
        self, group: Sequence[Subject], message: str, *changes: Changes, impact: Impact | None = None, note: str = ""
    ) -> Finding:
        """One finding about several subjects that are repaired together; it stands at the first."""
        found = self.finding(group[0], message, *changes, impact=impact, note=note)
        return replace(found, others=tuple((subject.path, subject.span) for subject in group[1:]))

    def advice(self, subject: Subject, message: str, reason: str) -> Finding:
        """A defect that a person must decide, with the reason why no fix is honest here."""
        return Finding(self.id(), subject.address, subject.path, subject.span, message, None, reason)


FORMAT_METHODS = ("terraform", "cloudformation", "cdk_python")


def facts(changes: Iterable[Change | Withheld | Affects]) -> Iterator[Fact]:
    """What is known of the properties that changes say they affect."""
    for change in changes:
        if isinstance(change, Affects) and (fact := fact_of(change.kind, change.path)) is not None:
            yield fact


def told(changes: Changes) -> Iterator[Change | Withheld | Affects]:
    """All that a nested iterable says, in order; it may be a generator, so that only one look is possible."""
    match changes:
        case Edit() | Append() | Move() | Delete() | Withheld() | Affects():
            yield changes
        case _:
            for change in changes:
                yield from told(change)


def flat(changes: Changes) -> Iterator[Change | Withheld]:
    """The changes in a nested iterable, in order."""
    return (change for change in told(changes) if not isinstance(change, Affects))


@cache
def registry() -> dict[str, type[Transform]]:
    """All transforms by id: one class for each module below `transforms`."""
    import transforms

    found = {}
    for info in pkgutil.walk_packages(transforms.__path__, "transforms."):
        if info.ispkg or info.name.rsplit(".", 1)[-1].startswith("_"):
            continue
        module = importlib.import_module(info.name)
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Transform) and value.__module__ == info.name:
                found[value.id()] = value
    return dict(sorted(found.items()))
