"""Questions that are put to a law, and what came of them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import Enum

from safety_rules.language.diagnostic import Span
from safety_rules.language.invariant import Exemption
from safety_rules.language.kinds import Name
from safety_rules.language.record import Record

NOTHING = Name("", "")


class Answer(Enum):
    """What came of a question.

    PROVED: it holds on every record within the bounds that are stated. REFUTED: a record shows that it
    does not. UNDECIDED: no answer within the limit. ACCEPTED: it does not hold, and the author says why
    that is right. NEEDLESS: the author excuses what holds. NOT_REPLAYED: the record that was found does
    not do what it should by the definition, which is a fault of this library.
    """

    PROVED = "proved"
    REFUTED = "refuted"
    UNDECIDED = "not-decided"
    ACCEPTED = "accepted"
    NEEDLESS = "needless-exception"
    NOT_REPLAYED = "not-replayed"


@dataclass(frozen=True, slots=True)
class Question:
    """One question: of which area, as of which day, about which rule, derivation or invariant."""

    area: str
    day: datetime.date
    code: str
    of: str = ""
    sentence: Name = NOTHING
    at: Span | None = None

    @property
    def title(self) -> str:
        """What tells it from other questions."""
        return f"{self.area}: {self.code}: {self.of or self.area} ({self.day})"


@dataclass(frozen=True, slots=True)
class Shown:
    """A record that answers a question, the day it is decided on, what came of it by the definition, and its YAML."""

    record: Record
    day: datetime.date
    says: Name
    given: str


@dataclass(frozen=True, slots=True)
class Proof:
    """The answer to a question; `bound` says within what it was looked at, `why` adds what there is to say.

    `exempt` is the exemption under which it was asked.
    """

    question: Question
    answer: Answer
    why: Name = NOTHING
    shown: tuple[Shown, ...] = ()
    bound: Name = NOTHING
    seconds: float = 0.0
    exempt: Exemption | None = None

    @property
    def holds(self) -> bool:
        """Whether there is nothing to do about it."""
        return self.answer in (Answer.PROVED, Answer.ACCEPTED)
