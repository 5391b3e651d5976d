"""A law that questions are put to: its open record, its solver, and the records at hand."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from safety_rules.engines.smt.law import OpenLaw, open_law
from safety_rules.engines.smt.lemmas import add_orders, orders
from safety_rules.engines.smt.logic import Condition
from safety_rules.engines.smt.solver import Found, Search, search
from safety_rules.engines.smt.unsupported import NotLowered
from safety_rules.language.expr import Expr
from safety_rules.language.kinds import Name
from safety_rules.language.record import Record
from safety_rules.language.rule import Rule
from safety_rules.language.truth import Truth
from safety_rules.language.verdict import Status
from safety_rules.semantics.decide import AreaOn, findings, interval, told
from safety_rules.semantics.environment import Environment
from safety_rules.semantics.evaluate import truth
from safety_rules.services.case_words import inside, outcome_word
from safety_rules.services.proving.answers import Answer, Proof, Question, Shown
from safety_rules.services.proving.pool import Pool, pool
from safety_rules.services.proving.replay import is_read_back, record_text
from safety_rules.words.catalog import both
from safety_rules.words.said import series

MOST_ITEMS = 3
LIMIT_S = 20.0
MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class Limits:
    """How far is looked: records of each list, and seconds for one question."""

    most_items: int = MOST_ITEMS
    seconds: float = LIMIT_S

    @property
    def bound(self) -> Name:
        """The bound in words."""
        return Name(f"每个列表至多{self.most_items}条记录", f"lists of at most {self.most_items} records")


@dataclass(slots=True)
class Asked:
    """One law being questioned."""

    law: AreaOn
    limits: Limits
    opened: OpenLaw
    search: Search
    at_hand: Pool


def asked(law: AreaOn, limits: Limits, further: Sequence[Expr] = (), records: Iterable[Record] = ()) -> Asked:
    """Return a law ready for questions.

    `further` are conditions asked beside its rules, `records` some that were found for another day's law.
    """
    law = law.by_kleene()
    opened = open_law(law, further, limits.most_items)
    asking = search([opened], limits.seconds)

    def told() -> None:
        single = open_law(law, further, 1)
        with suppress(NotLowered):
            opened.findings()
            single.findings()
            if opened.record.summands:
                add_orders(asking, orders(search([single], limits.seconds)))

    asking.help = told
    return Asked(law, limits, opened, asking, pool(law, records))


@dataclass(frozen=True, slots=True)
class Asking:
    """A question with the conditions that its answer depends on, and what answers it.

    `narrowed` answers it for the records on which a condition is true.
    """

    question: Question
    reads: tuple[Expr, ...]
    answer: Callable[[], Proof]
    of_rules: tuple[str, ...] = ()
    narrowed: Callable[[Expr], Proof] | None = None


FAULTY = Name(
    "求解器给出的记录按定义并非如此，是本库的错误，请报告",
    "by the definition the solver's record does not do this: a fault of this library, please report it",
)
UNREADABLE = Name(
    "求解器给出的记录写成YAML后读回有异，是本库的错误，请报告",
    "the solver's record, written as YAML, is not read back as it is: a fault of this library, please report it",
)

Conditions = Callable[[], Sequence[Condition]]
Claim = Callable[[tuple[Record, ...]], bool]
Says = Callable[[tuple[Record, ...]], tuple[Shown, ...]]


def refuted_by(question: Question, asking: Search, conditions: Conditions, claim: Claim, says: Says) -> Proof:
    """Return the proof that no records exist on which the conditions hold, or such records.

    `claim` is what the definition must say of the records, for them to count.
    """
    return _answered(question, asking, conditions, claim, says, Proof(question, Answer.PROVED), Answer.REFUTED)


def shown_by(question: Question, asking: Search, conditions: Conditions, claim: Claim, says: Says) -> Proof:
    """Return the proof, by showing them, that records exist on which the conditions hold."""
    none = Proof(question, Answer.REFUTED, Name("没有这样的记录", "there is no such record"))
    return _answered(question, asking, conditions, claim, says, none, Answer.PROVED)


def _answered(
    question: Question, asking: Search, conditions: Conditions, claim: Claim, says: Says, none: Proof, answer: Answer
) -> Proof:
    """Return `none` where there are no records, else what they give if they are read back and do what they should."""
    try:
        found, records = asking.ask(*conditions())
    except NotLowered as left:
        return not_lowered(question, left)
    if found is Found.GAVE_UP:
        why = Name(f"{asking.limit_s:g}秒内没有答案", f"no answer within {asking.limit_s:g} seconds")
        return Proof(question, Answer.UNDECIDED, why)
    if found is Found.NOTHING:
        return none
    same = all(is_read_back(r, law.law) for r, law in zip(records, asking.laws, strict=True))
    if same and claim(records):
        return Proof(question, answer, shown=says(records))
    return Proof(question, Answer.NOT_REPLAYED, FAULTY if same else UNREADABLE, shown=says(records))


def not_lowered(question: Question, left: NotLowered) -> Proof:
    """Return that a question is not decided, since a condition is not put into a formula."""
    return Proof(question, Answer.UNDECIDED, both("proving.not_lowered", left=left.why))


def timed(ask: Callable[[], Proof], limits: Limits) -> Proof:
    """Return a proof with the time it took and the bound it holds within."""
    started = time.perf_counter()
    proof = ask()
    return replace(proof, seconds=time.perf_counter() - started, bound=limits.bound)


def status(law: AreaOn, record: Record, rule: Rule) -> Status:
    """Return what the definition says of one rule."""
    return told(rule, law.environment(record))[0]


def verdict(law: AreaOn, record: Record) -> tuple[int, int]:
    """Return the ranks of the verdict at best and at worst, by the definition."""
    best, worst = interval(law.area, findings(law, record))
    return law.area.rank(best), law.area.rank(worst)


def violates(env: Environment, rule: Rule) -> bool:
    """Return whether a rule is violated, by the definition; no further than to the first condition that keeps it from
    applying.
    """
    applies = all(truth(c.that, env)[0] is Truth.TRUE for c in rule.applies_when)
    return applies and told(rule, env)[0] is Status.VIOLATED


def statuses(law: AreaOn, record: Record) -> dict[str, Status]:
    """Return what the definition says of every rule, without what it rests on."""
    env = law.environment(record)
    return {rule.key: told(rule, env)[0] for rule in law.rules}


def says(law: AreaOn, record: Record, found: Mapping[str, Status] | None = None) -> Shown:
    """Return a record with its verdict and the rules that made it, by the definition; or by `found`, the statuses that
    are at hand.
    """
    found = statuses(law, record) if found is None else found
    asked_for = [(found[r.key], law.area.rank(r.otherwise.outcome)) for r in law.rules]
    best = law.area.outcomes[max((k for s, k in asked_for if s is Status.VIOLATED), default=0)].key
    open_too = (Status.VIOLATED, Status.UNDETERMINED)
    worst = law.area.outcomes[max((k for s, k in asked_for if s in open_too), default=0)].key
    names = [outcome_word(law.area, key) for key in (best, worst)]
    outcome = names[0] if best == worst else both("proving.between", best=names[0], worst=names[1])
    parts = [both("proving.decided", area=law.area.key, outcome=outcome)]
    for wanted in open_too:
        keys = [key for key, one in found.items() if one is wanted]
        told = both(f"status.{wanted.value}")
        parts += [both("proving.rules", status=told, rules=_few(keys))] if keys else []
    return Shown(record, law.as_of, inside(parts), record_text(record, law.rulebook.vocabulary))


def _few(keys: Sequence[str]) -> Name:
    more, few = len(keys) - MOST_NAMED, series(keys[:MOST_NAMED])
    return both("proving.few", rules=few, more=more) if more > 0 else few
