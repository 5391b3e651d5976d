"""The chain behind an effect on a project in one sentence: `不予准入，因……列入黑名单，因……`."""

from __future__ import annotations

from collections.abc import Iterator

from safety_rules.language.chain import ChainFact
from safety_rules.semantics.chaining.chain import ChainResult
from safety_rules.semantics.chaining.explain import counted, record_words
from safety_rules.words.values import shown

MOST_KEYS = 10
ASIDE = ("ledger.projects", "ledger.enterprises", "ledger.graded_accidents")


def because(result: ChainResult, fact: ChainFact, outcome: str, language: str) -> str:
    """Return an outcome and because of what, record by record, down to the given ones."""
    zh = language == "zh"
    words = [_words(result, f, language) for f in chain_below(result, fact) if f.relation not in ASIDE]
    return "，因".join([outcome, *words]) + "。" if zh else ", because ".join([outcome, *words]) + "."


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


def _words(result: ChainResult, fact: ChainFact, language: str) -> str:
    """Return a listing or a ground as a clause, and any other record, or one with a blank, as it is."""
    zh, own = language == "zh", _fields(result, fact, language)
    if fact.relation == "ledger.listings" and {"enterprise", "list", "listed_on"} <= own.keys():
        who = _name(result, own["enterprise"])
        if zh:
            until = f"（管理期至{own['until']}）" if "until" in own else ""
            return f"{who}于{own['listed_on']}列入{own['list']}{until}"
        until = f" (until {own['until']})" if "until" in own else ""
        return f"{who} was put on the {own['list'].lower()} on {own['listed_on']}{until}"
    if fact.relation == "ledger.grounds" and {"enterprise", "list", "ground", "since"} <= own.keys():
        who, because_of = _name(result, own["enterprise"]), _counted_words(result, fact, language)
        if zh:
            ground = f"{own['ground']}（{own['since']}）{because_of}"
            return f"{who}有列入{own['list']}情形：{ground}，未见列入决定"
        ground = f"{own['ground'].lower()} ({own['since']}){because_of}"
        return f"{who} has a ground for the {own['list'].lower()} and no decision was found: {ground}"
    return record_words(result, fact, language) if zh else f"of {record_words(result, fact, language)}"


def _counted_words(result: ChainResult, fact: ChainFact, language: str) -> str:
    """Return the numbers of the records that were counted for a ground; nothing where none were."""
    steps = result.steps_to(fact.id)
    keys = [f.key for f in counted(result, steps[0])] if steps else []
    if not keys:
        return ""
    rest = len(keys) - MOST_KEYS
    if language == "zh":
        return "：" + "、".join(keys[:MOST_KEYS]) + (f"等{len(keys)}项" if rest > 0 else "")
    return ": " + ", ".join(keys[:MOST_KEYS]) + (f" and {rest} more" if rest > 0 else "")


def _fields(result: ChainResult, fact: ChainFact, language: str) -> dict[str, str]:
    fields = result.program.rulebook.vocabulary.fields(fact.relation)
    return {f.field: shown(fact.values[f.field], f.kind, language) for f in fields if f.field in fact.values}


def _name(result: ChainResult, code: str) -> str:
    """Return an enterprise's name, or its code where the ledger has none."""
    found = result.facts.get(f"ledger.enterprises[{code}]")
    return str(found.values.get("name", code)) if found is not None else code
