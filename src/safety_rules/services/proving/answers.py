"""Questions that are put to a law, and what came of them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import Enum

from safety_rules.language.diagnostic import Span
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


QUESTIONS: dict[str, Name] = {
    "can-be-violated": Name("规则有可能被违反", "the rule can be violated"),
    "can-be-satisfied": Name("规则有可能得到满足", "the rule can be satisfied"),
    "can-decide": Name("规则有可能独自决定结论（不被其他规则遮蔽）", "the rule can decide the verdict alone, shadowed by no other"),
    "no-contradiction": Name("与其他规则不矛盾（不会总有一条被违反）", "no other rule contradicts it, so that one of both is always violated"),
    "best-is-reachable": Name("最好的结论可以达到", "some record comes out at the best outcome"),
    "definite-when-known": Name("各项事实均已知时结论确定", "when everything is known the verdict is definite"),
    "value-when-known": Name("各项事实均已知时推算值确定（分档、判定表无空档）", "when everything is known the value is known: no gap in bands or table"),
    "every-arm": Name("判定表的每一支都能用到（无重叠、无遮蔽）", "every arm of the table is reached: none is covered by those before it"),
    "no-hole": Name("推算规则在时间上无空档", "the derivation has no hole in time"),
    "veto-despite-blanks": Name("缺少任何事实都不会使一票否决失效", "a missing fact never turns the veto off"),
    "veto-outweighs": Name("一票否决不会被其他规则抵消", "the veto is never outweighed"),
    "invariant": Name("不变式成立", "the invariant holds"),
}  # fmt: skip


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
    """A record that answers a question, the day it is decided on, and what came of it by the definition."""

    record: Record
    day: datetime.date
    says: str


@dataclass(frozen=True, slots=True)
class Proof:
    """The answer to a question; `bound` says within what it was looked at, `why` adds what there is to say."""

    question: Question
    answer: Answer
    why: Name = NOTHING
    shown: tuple[Shown, ...] = ()
    bound: Name = NOTHING
    seconds: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether there is nothing to do about it."""
        return self.answer in (Answer.PROVED, Answer.ACCEPTED)
