"""The chain behind an effect on a project in one sentence: `不予准入，因……列入黑名单，因……`."""

from __future__ import annotations

from collections.abc import Iterator

from safety_rules.language.chain import ChainFact
from safety_rules.language.explanation import Amount, Series, Slot, Statement, statement
from safety_rules.language.kinds import Choice, Name
from safety_rules.semantics.chaining.chain import ChainResult
from safety_rules.semantics.chaining.explain import counted, record_said

MOST_KEYS = 10
ASIDE = ("ledger.projects", "ledger.enterprises", "ledger.graded_accidents")


def because(result: ChainResult, fact: ChainFact, outcome: Slot) -> Statement:
    """Return an outcome and because of what, record by record, down to the given ones."""
    grounds = (_said(result, f) for f in chain_below(result, fact) if f.relation not in ASIDE)
    return statement("chain.because", said=Series("joint.because", (outcome, *grounds)))


def chain_below(result: ChainResult, fact: ChainFact) -> Iterator[ChainFact]:
    """Yield the records on which a record rests, nearest first, each once."""
    seen: set[str] = set()
    frontier = [fact.id]
    while frontier:
        for key in _support(result, frontier.pop(0)):
            if key not in seen:
                seen.add(key)
                frontier.append(key)
                yield result.facts[key]


def _support(result: ChainResult, fact: str) -> tuple[str, ...]:
    """Return the records of the first step to a record; of a sure one where there is one."""
    steps = sorted(result.steps_to(fact), key=lambda s: not (s.sure and result.certain.issuperset(s.support)))
    return steps[0].support if steps else ()


def _said(result: ChainResult, fact: ChainFact) -> Statement:
    """Return a listing or a ground as a clause, and any other record, or one with a blank, as it is."""
    own = {f.field: f for f in result.program.rulebook.vocabulary.fields(fact.relation) if f.field in fact.values}
    said = {name: Amount(fact.values[name], field.kind) for name, field in own.items()}
    if fact.relation == "ledger.listings" and {"enterprise", "list", "listed_on"} <= own.keys():
        who = _name(result, str(fact.values["enterprise"]))
        ends = statement("chain.until", day=said["until"]) if "until" in own else ""
        return statement("chain.listing", who=who, day=said["listed_on"], list=_lower(said["list"]), until=ends)
    if fact.relation == "ledger.grounds" and {"enterprise", "list", "ground", "since"} <= own.keys():
        who, numbers = _name(result, str(fact.values["enterprise"])), _counted_said(result, fact)
        slots = {"list": _lower(said["list"]), "ground": _lower(said["ground"]), "day": said["since"]}
        return statement("chain.ground", who=who, counted=numbers, **slots)
    return statement("chain.fact", record=record_said(result, fact))


def _lower(said: Amount) -> Slot:
    """Return a choice by its name, which in English stands in the middle of a sentence."""
    if not isinstance(said.kind, Choice):
        return said
    name = said.kind.choices[str(said.value)].name
    return Name(name.zh, name.en.lower())


def _counted_said(result: ChainResult, fact: ChainFact) -> Slot:
    """Return the numbers of the records that were counted for a ground; nothing where none were."""
    steps = result.steps_to(fact.id)
    keys = [f.key for f in counted(result, steps[0])] if steps else []
    if not keys:
        return ""
    some = Series("joint.list", tuple(keys[:MOST_KEYS]))
    if len(keys) <= MOST_KEYS:
        return statement("chain.grounds", keys=some)
    return statement("chain.grounds_more", keys=some, count=len(keys))


def _name(result: ChainResult, code: str) -> str:
    """Return an enterprise's name, or its code where the ledger has none."""
    found = result.facts.get(f"ledger.enterprises[{code}]")
    return str(found.values.get("name", code)) if found is not None else code
