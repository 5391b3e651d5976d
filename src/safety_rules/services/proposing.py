"""Cases for what is untried: the facts are found by search, the expected result is left for the author.

An expectation that the tool wrote would only say that the rule does what it does.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from safety_rules.language.diagnostic import Span
from safety_rules.language.rule import TO_BE_WRITTEN, Derivation, Obligation, Rule
from safety_rules.language.rulebook import Area, Rulebook
from safety_rules.language.truth import Truth, conjunction
from safety_rules.language.verdict import Status, Unknown
from safety_rules.semantics.decide import area_on, clause_results, finding, scopes
from safety_rules.semantics.environment import Environment
from safety_rules.semantics.evaluate import evaluate
from safety_rules.services.coverage import Untried, at_edge, untried
from safety_rules.services.impact.edges import Pair, admitted, edge_records
from safety_rules.services.impact.meaning import KINDS, Item, ItemKey
from safety_rules.words.catalog import ENGLISH, sentence

MOST = 1500


@dataclass(frozen=True, slots=True)
class Proposal:
    """A case for something untried; `given` is None where no record was found that tries it."""

    untried: Untried
    kind: str
    on: datetime.date
    given: dict[str, Any] | None
    at: Span | None


def proposals(book: Rulebook, area: str | None = None) -> Iterator[Proposal]:
    """Yield a case for each thing that no case tries; chaining rules are left to their authors."""
    for one in untried(book, area):
        found = book.areas.get(one.area)
        item = None if found is None else _item(found, one)
        if found is not None and item is not None:
            yield _proposal(book, found, item, one)


def _item(area: Area, one: Untried) -> Item | None:
    items: tuple[Item, ...] = (*area.rules, *area.derivations, *area.obligations)
    return next((i for i in items if i.key == one.of and _speaks_of(i, one)), None)


def _speaks_of(item: Item, one: Untried) -> bool:
    if not one.clause:
        return True
    clauses = [] if isinstance(item, Derivation) else item.applies_when
    return one.clause in {c.key for c in (*clauses, *(item.requires if isinstance(item, Rule) else ()))}


def _proposal(book: Rulebook, area: Area, item: Item, one: Untried) -> Proposal:
    on = area.default_on or datetime.date(2000, 1, 1)
    if not item.in_force.holds(on):
        on = item.in_force.since or item.in_force.until or on
    law = area_on(book, area.key, on)
    pair = Pair(ItemKey(area.key, KINDS[type(item)], item.key), item, item, law, law)
    wanted = _wanted(item, one)
    for tried, given in enumerate(edge_records(pair, MOST)):
        if wanted(law.environment(admitted(given, law))):
            return Proposal(
                one, pair.item.kind, on, _smallest(given, lambda g: wanted(law.environment(admitted(g, law)))), item.at
            )
        if tried >= MOST:
            break
    return Proposal(one, pair.item.kind, on, None, item.at)


def _smallest(given: dict[str, Any], wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Return the record without the facts that it does not need."""
    for key in list(given):
        less = {k: v for k, v in given.items() if k != key}
        given = less if wanted(less) else given
    return given


def _wanted(item: Item, one: Untried) -> Callable[[Environment], bool]:
    """Return whether an environment tries the thing that is untried."""
    match item:
        case Rule():
            return _of_rule(item, one)
        case Derivation():
            return _of_derivation(item, one)
        case Obligation():
            says = {"due": Truth.TRUE, "not_due": Truth.FALSE, "undetermined": Truth.UNKNOWN}
            truth = says[one.word]
            return lambda env: conjunction(*(r.truth for r in clause_results(item.applies_when, env))) is truth
        case _:
            raise TypeError(item)


def _of_rule(rule: Rule, one: Untried) -> Callable[[Environment], bool]:
    clause = next((c for c in rule.applies_when + rule.requires if c.key == one.clause), None)
    if clause is None:
        status = Status(one.word)
        return lambda env: finding(rule, env).status is status
    if one.kind == "boundary":
        return lambda env: at_edge(clause.that, [env])
    if one.kind == "alone":
        return lambda env: (f := finding(rule, env)).status is Status.VIOLATED and f.failed == (clause.key,)
    truth = Truth.UNKNOWN if one.kind == "unknown" else Truth.FALSE

    def tries(env: Environment) -> bool:
        found = finding(rule, env)
        result = next(r for r in (*found.applies_when, *found.requires) if r.key == clause.key)
        open_ = truth is not Truth.UNKNOWN or clause not in rule.requires or found.status is Status.UNDETERMINED
        return result.truth is truth and open_

    return tries


def _of_derivation(item: Derivation, one: Untried) -> Callable[[Environment], bool]:
    if one.kind == "boundary":
        return lambda env: at_edge(item.formula, scopes(item, env)) and bool(scopes(item, env))
    unknown = one.kind == "unknown"
    return lambda env: any(isinstance(evaluate(item.formula, e), Unknown) is unknown for e in scopes(item, env))


def proposal_text(proposal: Proposal, lines: Callable[[dict[str, Any]], list[str]], language: str = ENGLISH) -> str:
    """Return a proposal as the lines that an author appends to the rule's cases, and completes."""
    one = proposal.untried
    file = proposal.at.source.name if proposal.at is not None else one.area
    head = f"# {file}: {one.name}: {one.what.in_(language)}"
    if proposal.given is None:
        return f"{head}\n# {sentence('untried.propose_none', language, most=MOST)}"
    body = [f"      {line}" for line in lines(proposal.given)] if proposal.given else []
    given = ["    given:", *body] if body else ["    given: {}"]
    return "\n".join([
        head,
        f"  - case: {TO_BE_WRITTEN} · to be named ({one.clause or one.of})",
        f"    as_of: {proposal.on}",
        *given,
        f"    expect: {TO_BE_WRITTEN}   # {sentence(f'untried.expect_{proposal.kind}', language)}",
    ])  # fmt: skip
