"""What a judge of repairs is: a tool outside of iacfix that is asked about the sources before and after."""

from dataclasses import dataclass
from typing import Protocol

from fixer.model import Outcome


class NotVerified(Exception):
    """Nothing can be said about a repair; `advice` is what the user can do about that."""

    def __init__(self, reason: str, advice: str, *, error: bool = True) -> None:
        super().__init__(reason)
        self.reason, self.advice, self.error = reason, advice, error


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is `wrong` after a repair and was not before, and what else there is to say about it."""

    wrong: tuple[str, ...] = ()
    remark: str = ""


class Judge(Protocol):
    """A judge of one unit, which has looked at the sources as the user has them."""

    @property
    def name(self) -> str: ...

    def judge(self, outcome: Outcome) -> Judgement:
        """What the changes of an outcome lead to; NotVerified where that can't be told. Nothing is written."""
        ...
