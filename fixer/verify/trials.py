"""Which fixes of a unit a judge rejects: the fixes are halved until each stands or falls alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from fixer.model import FileChange, Key, Outcome, Status
from fixer.verify.judge import Judge, Judgement, NotVerified

CALLS = 40
NOT_ASKED = f"not told apart from rejected fixes within {CALLS} trials"

Repair = Callable[[Mapping[Key, str]], Outcome]


@dataclass
class Trials:
    """What a judge said of the changes that were tried; `repair` makes a unit's outcome without some findings."""

    judge: Judge
    repair: Repair
    known: dict[tuple[FileChange, ...], Judgement] = field(default_factory=dict)

    def judged(self, outcome: Outcome) -> Judgement:
        if not outcome.changes:
            return Judgement()
        if outcome.changes not in self.known:
            self.known[outcome.changes] = self.asked(outcome)
        return self.known[outcome.changes]

    def asked(self, outcome: Outcome) -> Judgement:
        if len(self.known) >= CALLS:
            return Judgement((NOT_ASKED,))
        try:
            return self.judge.judge(outcome)
        except NotVerified as error:
            return Judgement((error.reason,))

    def accepted(self, outcome: Outcome) -> tuple[Outcome, dict[Key, str]]:
        """The outcome with as many fixes as the judge accepts together, and why he rejects the others."""
        rejected: dict[Key, str] = {}
        while self.judged(outcome).wrong:
            rejected |= self.culprits(outcome, rejected)
            outcome = self.repair(rejected)
        return outcome, rejected

    def culprits(self, outcome: Outcome, rejected: Mapping[Key, str]) -> dict[Key, str]:
        """The fixes that the judge does not take on top of the others, at least one of them."""
        keys = applied(outcome)
        kept: list[Key] = []
        found: dict[Key, str] = {}

        def keep(some: Sequence[Key]) -> None:
            out = {key: "not tried" for key in keys if key not in kept and key not in some}
            wrong = self.judged(self.repair({**rejected, **out})).wrong
            if not wrong:
                kept.extend(some)
            elif len(some) == 1 or wrong == (NOT_ASKED,):
                found.update(dict.fromkeys(some, self.reason(wrong)))
            else:
                half = len(some) // 2
                keep(some[:half])
                keep(some[half:])

        keep(keys)
        return found or dict.fromkeys(keys, self.reason(self.judged(outcome).wrong))

    def reason(self, wrong: Sequence[str]) -> str:
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        return f"rejected by {self.judge.name}: {wrong[0]}{more}"


def applied(outcome: Outcome) -> list[Key]:
    """The findings whose fixes are in an outcome's changes."""
    return list(dict.fromkeys(r.finding.key for r in outcome.results if r.status is Status.PENDING))
