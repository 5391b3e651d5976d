"""What an author claims of an area's rules, and where a built-in question does not hold by law."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from safety_rules.language.diagnostic import Span
from safety_rules.language.expr import Expr
from safety_rules.language.kinds import Name
from safety_rules.language.source import Period

ALWAYS = Period()

QUESTIONS: Mapping[str, Name] = {
    "can-be-violated": Name("规则有可能被违反", "the rule can be violated"),
    "can-be-satisfied": Name("规则有可能得到满足", "the rule can be satisfied"),
    "can-decide": Name("规则有可能独自决定结论", "the rule can decide the verdict, shadowed by no other"),
    "no-contradiction": Name(
        "与其他规则不矛盾", "no other rule contradicts it, so that one of both is always violated"
    ),
    "best-is-reachable": Name("最好的结论可以达到", "some record comes out at the best outcome"),
    "definite-when-known": Name("各项事实均已知时结论确定", "when everything is known the verdict is definite"),
    "value-when-known": Name(
        "各项事实均已知时推算值确定", "when everything is known the value is known, without a gap"
    ),
    "every-arm": Name("判定表的每一支都能用到", "every arm of the table is reached, none covered by those before it"),
    "no-hole": Name("推算规则在时间上无空档", "the derivation has no hole in time"),
    "veto-despite-blanks": Name("缺少任何事实都不会使一票否决失效", "a missing fact never turns the veto off"),
    "veto-outweighs": Name("一票否决不会被抵消", "the veto is never outweighed"),
}


@dataclass(frozen=True, slots=True)
class NeverBetter:
    """The verdict is never better than an outcome, not even at best."""

    outcome: str


@dataclass(frozen=True, slots=True)
class NeverWorse:
    """No violated rule asks for worse than an outcome."""

    outcome: str


@dataclass(frozen=True, slots=True)
class Always:
    """A condition is never false."""

    that: Expr


@dataclass(frozen=True, slots=True)
class Grows:
    """As a fact grows and all else stays, a number never falls (or rises), or the verdict never gets better (or worse)."""

    fact: str
    never: Literal["falls", "rises", "better", "worse"]
    number: Expr | None = None


@dataclass(frozen=True, slots=True)
class OnceSatisfied:
    """Who satisfies these rules on one day does so on every later day."""

    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StricterSince:
    """The rules of a day make no verdict better than those of the day before made it."""

    day: datetime.date


@dataclass(frozen=True, slots=True)
class StricterThanBase:
    """The rules with their overlays make no verdict better than the rules without."""


Claim: TypeAlias = NeverBetter | NeverWorse | Always | Grows | OnceSatisfied | StricterSince | StricterThanBase


@dataclass(frozen=True, slots=True)
class Invariant:
    """A claim that holds on every record on which `when` is true, as of every day of `period`."""

    key: str
    sentence: Name
    claim: Claim
    when: Expr | None = None
    period: Period = ALWAYS
    at: Span | None = field(default=None, compare=False, repr=False)

    def conditions(self) -> tuple[Expr, ...]:
        """Return the conditions and formulas of the claim."""
        own = {Always: "that", Grows: "number"}.get(type(self.claim))
        found = [self.when, getattr(self.claim, own) if own is not None else None]
        return tuple(e for e in found if e is not None)


@dataclass(frozen=True, slots=True)
class Exemption:
    """Where a built-in question does not hold, by law: wholly, or but for the records on which `where` is true."""

    question: str
    of: tuple[str, ...]
    reason: Name
    where: Expr | None = None
    at: Span | None = field(default=None, compare=False, repr=False)

    def covers(self, question: str, of: str) -> bool:
        """Return whether it is about a question."""
        return self.question == question and (not self.of or of in self.of)
