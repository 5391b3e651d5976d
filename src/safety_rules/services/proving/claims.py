"""The author's invariants, put to an area on every day that they are made for."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Hashable, Iterator
from functools import partial
from itertools import pairwise

from safety_rules.engines.smt.law import OpenLaw, open_law
from safety_rules.engines.smt.lemmas import add_orders, orders
from safety_rules.engines.smt.solver import Search
from safety_rules.engines.smt.unsupported import NotLowered
from safety_rules.language import invariant as claimed
from safety_rules.language.expr import Expr
from safety_rules.language.kinds import Name
from safety_rules.language.rulebook import Area, Rulebook
from safety_rules.semantics.decide import AreaOn, area_on
from safety_rules.services.proving.answers import Answer, Proof, Question
from safety_rules.services.proving.asking import Limits, not_lowered, refuted_by, timed
from safety_rules.services.proving.days import DAY, changes, frozen, read_on, reads_day
from safety_rules.services.proving.rule_questions import clauses
from safety_rules.services.proving.statements import Open, State, of_growth, of_one, of_persistence, of_strictness

Ask = Callable[[], Proof]


def invariant_proofs(rulebook: Rulebook, area: Area, limits: Limits, base: Rulebook | None = None) -> Iterator[Proof]:
    """Yield the answers to an area's invariants, on every day on which what they read changes.

    `base` is the rulebook without its overlays, with which StricterThanBase compares; where there are
    none, that claim is not asked.
    """
    open_ = _opener(area)
    for one in area.invariants:
        asks = list(_asks(rulebook, area, one, limits, base, open_))
        yield from (timed(ask, limits) for ask in asks)
        if not asks and not isinstance(one.claim, claimed.StricterThanBase):
            day = one.period.since or changes(rulebook, area)[0]
            why = Name("没有一天可以检验", "there is no day on which it could be asked")
            yield Proof(Question(area.key, day, "invariant", one.key, one.sentence, one.at), Answer.UNDECIDED, why)


def _asks(
    rulebook: Rulebook, area: Area, one: claimed.Invariant, limits: Limits, base: Rulebook | None, open_: Open
) -> Iterator[Ask]:
    laws = [area_on(rulebook, area.key, d) for d in changes(rulebook, area) if one.period.holds(d)]
    match one.claim:
        case claimed.OnceSatisfied():
            yield from _later(laws, one, one.claim, limits)
        case claimed.StricterSince(day):
            pair = frozen(area_on(rulebook, area.key, day - DAY), day), frozen(area_on(rulebook, area.key, day), day)
            yield _ask(pair[1], one, limits, partial(of_strictness, pair, one))
        case claimed.StricterThanBase():
            for law in laws if base is not None else ():
                assert base is not None
                pair = area_on(base, area.key, law.as_of), law
                yield _ask(law, one, limits, partial(of_strictness, pair, one))
        case _:
            for law in _distinct(laws, one):
                of = (
                    partial(of_growth, law, one, one.claim, open_)
                    if isinstance(one.claim, claimed.Grows)
                    else partial(of_one, law, one, open_)
                )
                yield _ask(law, one, limits, of)


def _opener(area: Area) -> Open:
    """Return what opens a day's law for a claim: claims about verdicts share one open law a day, which reads every rule once.

    What is claimed of single facts reads few of them, and has an open law of its own.
    """
    every = tuple(c for one in area.invariants for c in one.conditions())
    shared: dict[tuple[datetime.date, int], OpenLaw] = {}

    def opened(law: AreaOn, one: claimed.Invariant, most_items: int) -> OpenLaw:
        if _is_of_facts(one):
            return open_law(law.by_kleene(), one.conditions(), most_items)
        key = law.as_of, most_items
        if key not in shared:
            shared[key] = open_law(law.by_kleene(), every, most_items)
        return shared[key]

    return opened


def _is_of_facts(one: claimed.Invariant) -> bool:
    """Return whether a claim is about facts alone, and reads no rule."""
    return isinstance(one.claim, claimed.Always) or (
        isinstance(one.claim, claimed.Grows) and one.claim.number is not None
    )


def _distinct(laws: list[AreaOn], one: claimed.Invariant) -> Iterator[AreaOn]:
    """Yield one law of those that are alike in all that an invariant reads."""
    seen: set[Hashable] = set()
    for law in laws:
        key = (tuple(r.key for r in law.rules), read_on(law, _reads(law, one)))
        if key not in seen:
            seen.add(key)
            yield law


def _reads(law: AreaOn, one: claimed.Invariant) -> tuple[Expr, ...]:
    return one.conditions() if _is_of_facts(one) else (*one.conditions(), *clauses(law.rules))


def _question(law: AreaOn, one: claimed.Invariant) -> Question:
    return Question(law.area.key, law.as_of, "invariant", one.key, one.sentence, one.at)


def _ask(law: AreaOn, one: claimed.Invariant, limits: Limits, state: State) -> Ask:
    return partial(_answer, _question(law, one), limits, state)


def _answer(question: Question, limits: Limits, state: State) -> Proof:
    """Return the answer to a claim; what is proved of one record of a list helps where sums are compared."""
    try:
        stated = state(limits.most_items, limits.seconds)
        if any(record.summands for record in stated.asking.records()):
            stated.asking.help = partial(_add_orders, state, stated.asking)
    except NotLowered as left:
        return not_lowered(question, left)
    conditions = [*stated.broken, *stated.granted]
    return refuted_by(question, stated.asking, lambda: conditions, stated.breaks, stated.says)


def _add_orders(state: State, asking: Search) -> None:
    single = state(1, asking.limit_s)
    add_orders(asking, orders(single.asking, *single.granted))


def _later(laws: list[AreaOn], one: claimed.Invariant, claim: claimed.OnceSatisfied, limits: Limits) -> Iterator[Ask]:
    """Yield what answers "who satisfies these rules does so on every later day": from each change to the next."""
    for law in laws:
        if reads_day(law, clauses([r for r in law.rules if r.key in claim.rules])):
            why = Name(
                "规则以审查日为条件，无法逐日证明", "a rule reads the day of the verdict, so no two days are alike"
            )
            yield partial(Proof, _question(law, one), Answer.UNDECIDED, why)
            return
    for pair in list(pairwise(laws)) or [(law, law) for law in laws]:
        yield _ask(pair[1], one, limits, partial(of_persistence, pair, one, claim))
