"""The records that chaining starts from, out of an admitted record; and what of them is still missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from safety_rules.language.chain import ChainFact, Step, content_key, unlisted
from safety_rules.language.record import Problem, Record
from safety_rules.language.verdict import Reason
from safety_rules.language.vocabulary import Vocabulary
from safety_rules.semantics.chaining.chain import ChainProgram, ChainResult
from safety_rules.semantics.chaining.step import aggregated
from safety_rules.words.problem import problem


def given_facts(record: Record, program: ChainProgram) -> tuple[tuple[ChainFact, ...], tuple[Problem, ...]]:
    """Return the records of every list that the program reads, by id, and what is wrong with their keys.

    A list that is not given at all, and that no chain derives, counts as holding anything. Records of one
    key and one content are one record; of one key and different contents, all of them, and a problem.
    """
    vocabulary, derived = program.rulebook.vocabulary, {r.derives for r in program.rules.values()}
    facts: list[ChainFact] = []
    problems: list[Problem] = []
    for relation in sorted(relations(program)):
        if relation in record.values:
            facts += _facts(relation, record.values[relation], vocabulary, problems)
        elif relation not in derived:
            facts.append(unlisted(relation))
    return tuple(sorted(facts, key=lambda f: f.id)), tuple(problems)


def relations(program: ChainProgram) -> set[str]:
    """Return every list of records that the program's rules read or derive."""
    found: set[str] = set()
    for rule in program.rules.values():
        found |= {rule.derives, *aggregated(rule), *(p.relation for p in (*rule.given, *rule.unless))}
    return {r for r in found if program.rulebook.vocabulary.is_list(r)}


def key_field(relation: str, vocabulary: Vocabulary) -> str:
    """Return the field that names a record of a list: the one among its subject's identity; empty where none is."""
    subject = vocabulary.subjects.get(relation.partition(".")[0])
    found = (k for k in (subject.identity if subject is not None else ()) if k.rpartition(".")[0] == relation)
    return next(found, "").rpartition(".")[2]


def _facts(relation: str, items: Any, vocabulary: Vocabulary, problems: list[Problem]) -> list[ChainFact]:
    named_by = key_field(relation, vocabulary)
    rows = sorted((_key(item, named_by), content_key(item), i, item) for i, item in enumerate(items))
    taken: dict[str, Mapping[str, Any]] = {}
    facts = []
    for key, _content, i, item in rows:
        origin = f"{relation}[{i}]"
        if not key.startswith("#") and taken.get(key) == item:
            continue
        if key in taken and not key.startswith("#"):
            fact = vocabulary.facts[relation]
            problems.append(problem("given-twice.records", f"{relation}[{key}]", origin, key, fact=fact.name, key=key))
        chosen, number = key, 2
        while chosen in taken:
            chosen, number = f"{key}.{number}", number + 1
        taken[chosen] = item
        facts.append(ChainFact(relation, item, f"{relation}[{chosen}]", origin))
    return facts


def _key(item: Mapping[str, Any], named_by: str) -> str:
    """Return the key of a record: what its key field says, or its content."""
    written = item.get(named_by)
    if written is None or not str(written):
        return f"#{content_key(item)}"
    text = str(written).replace("]", "］").replace("[", "［")
    return f"'{text}" if text[0] in "~#=" else text


def derived_items(
    result: ChainResult, relation: str, field: str, value: Any, doubtful: frozenset[str] = frozenset()
) -> tuple[tuple[str, dict[str, Any]], ...]:
    """Return the derived records of a subject as items of another record's list, each with its id for explanation.

    They are the records whose `field` is, or could be, `value`. One that is not certain comes without the
    fields of `doubtful`, so that a condition that reads one of those is unknown rather than true.
    """
    found = []
    for fact in result.derived(relation):
        own = fact.values.get(field)
        if own is not None and own != value:
            continue
        sure = own is not None and fact.id in result.certain
        found.append((fact.id, {n: v for n, v in fact.values.items() if sure or n not in doubtful}))
    return tuple(found)


def missing(result: ChainResult, fact: str) -> frozenset[Reason]:
    """Return everything given that is missing for a record to be certain; nothing where it is certain."""
    found: set[Reason] = set()
    seen: set[str] = set()
    by_fact: dict[str, list[Step]] = {}
    for step in result.steps:
        by_fact.setdefault(step.fact, []).append(step)
    frontier = [fact]
    while frontier:
        key = frontier.pop()
        if key in seen or key in result.certain:
            continue
        seen.add(key)
        if key in result.facts and not result.facts[key].key:
            found.add(Reason("fact", result.facts[key].relation))
        for step in by_fact.get(key, []):
            frontier += [*step.support, *step.doubts]
            found |= given_reasons(step.reasons, result, by_fact)
    return frozenset(found)


def given_reasons(
    reasons: frozenset[Reason], result: ChainResult, by_fact: Mapping[str, list[Step]]
) -> frozenset[Reason]:
    """Return reasons in terms of what is given: a field of a derived record is unknown for reasons of its own."""
    found: set[Reason] = set()
    seen: set[Reason] = set()
    frontier = list(reasons)
    while frontier:
        reason = frontier.pop()
        if reason in seen:
            continue
        seen.add(reason)
        fact, _, field = reason.name.rpartition(".")
        if reason.kind != "fact" or fact not in result.facts:
            found.add(reason)
        elif not result.facts[fact].key:
            found.add(Reason("fact", result.facts[fact].relation))
        elif fact in by_fact:
            frontier += [r for s in by_fact[fact] for name, why in s.lacks if name == field for r in why]
            found |= {reason} if not any(name == field for s in by_fact[fact] for name, _ in s.lacks) else set()
        else:
            found.add(reason)
    return frozenset(found)
