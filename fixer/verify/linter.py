"""The judge that a tool makes which lists what is wrong in a folder or a file."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fixer.model import Outcome, Unit
from fixer.verify.judge import Judgement
from fixer.verify.scratch import scratch


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One complaint; `key` is what stays the same when it moves to another line or file."""

    key: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Linter:
    """Such a judge: `ask` lists what is wrong now, and only what is new counts."""

    name: str
    unit: Unit
    root: Path
    ask: Callable[[Path], list[Diagnostic]]
    before: tuple[Diagnostic, ...]

    @classmethod
    def asked(cls, name: str, unit: Unit, root: Path, ask: Callable[[Path], list[Diagnostic]]) -> "Linter":
        with scratch(root / unit.path) as place:
            return cls(name, unit, root, ask, tuple(ask(place)))

    def judge(self, outcome: Outcome) -> Judgement:
        with scratch(self.root / self.unit.path, self.root, outcome.changes) as place:
            after = self.ask(place)
        known = Counter(diagnostic.key for diagnostic in self.before)
        wrong = []
        for diagnostic in after:
            known[diagnostic.key] -= 1
            if known[diagnostic.key] < 0:
                wrong.append(diagnostic.text)
        old = len(self.before)
        remark = f"{old} {'error was' if old == 1 else 'errors were'} there before and may hide others" if old else ""
        return Judgement(tuple(wrong), remark)
