"""Criteria sets as what they stand for: a rule an item, its choice, its questions and the cases that its clause draws.

An item is judged where it is ticked. Whether something is ticked and sets in force cover all of it, for whom and
for what they are in scope, is the fact `<list>_covered`, where the vocabulary has it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from safety_rules.loading.criteria_covered import covered
from safety_rules.loading.criteria_items import DAY, Entry, Given
from safety_rules.loading.models_base import Model
from safety_rules.loading.models_criteria import CriteriaFile, QuestionFile
from safety_rules.loading.models_facts import OptionFile, VocabularyFile
from safety_rules.loading.models_rules import (
    CasesFile,
    DeriveFile,
    NamedFile,
    RuleFile,
)
from safety_rules.loading.report import Report
from safety_rules.loading.tree import Scalar
from safety_rules.words.near import suggestion

Found = list[tuple[str, Any]]


def with_criteria(
    sets: Sequence[tuple[str, CriteriaFile]], words: Found, names: Sequence[NamedFile], report: Report
) -> dict[type[Model], Found]:
    """Return the vocabularies with what the sets add, and the rules, derivations and cases that they stand for.

    A clause may be referred to by its name in the set, or by the `names` of all rules.
    """
    named = {k: clause for f in names for k, clause in f.clauses.items()}
    vocabulary, found = [f for _, f in words], dict[type[Model], Found]()
    options = _options(sets, vocabulary, report)
    _editions([f for _, f in sets], report)
    listed: dict[str, tuple[dict[Scalar, OptionFile], list[tuple[CriteriaFile, list[Entry]]]]] = {}
    for path, file in sets:
        choices = {} if file.reported_as is None else _choices(file, vocabulary, options, report)
        if choices is not None:
            entries = [Entry(file, choices, named, k, item, report) for k, item in file.items.items()]
            entries = [e for e in entries if e.named is not None or file.reported_as is None]
            if file.reported_as is not None:
                before = listed[str(file.reported_as)][1] if str(file.reported_as) in listed else []
                listed[str(file.reported_as)] = choices, [*before, (file, entries)]
            found.setdefault(RuleFile, []).extend((path, e.rule()) for e in entries)
            whole = CasesFile(cases=[e.verdict() for e in entries])
            found.setdefault(CasesFile, []).append((path, whole))
            facts = {k: f for e in entries for k, f in e.facts().items()}
            found.setdefault(VocabularyFile, []).append((path, VocabularyFile(facts=facts)))
    for reported, (choices, held) in listed.items():
        home = next(path for path, file in sets if str(file.reported_as) == reported)
        covering = covered(reported, held, list(choices), vocabulary)
        found.setdefault(DeriveFile, []).extend((home, d) for d in covering)
    for path, file in words:
        grown = {k: {**o, **options.get(str(k), {})} for k, o in file.choices.items()}
        found.setdefault(VocabularyFile, []).append((path, file.model_copy(update={"choices": grown})))
    return found


def _editions(sets: Sequence[CriteriaFile], report: Report) -> None:
    """Report sets of one name that overlap, or leave days between them on which none is in force."""
    named = sorted(
        (f for f in sets if f.edition_of is not None), key=lambda f: (f.edition_of or "", f.in_force.since or "")
    )
    for before, after in pairwise(named):
        until, since = before.in_force.until, after.in_force.since
        if before.edition_of != after.edition_of:
            continue
        if until is None or since is None or until >= since:
            report.error("timeline-overlap.edition", after.criteria)
        elif str(datetime.date.fromisoformat(until) + DAY) != since:
            report.error("timeline-hole.edition", after.criteria, until=until)


def facts_written(sets: Sequence[tuple[str, CriteriaFile]]) -> Iterator[Given]:
    """Yield the facts that are written for the cases, each where it stands."""
    for _, file in sets:
        parts = [p for i in file.items.values() for p in (i.scope, i.while_, i.requires)]
        items = [q for part in parts for q in part.values()]
        yield file.given
        for question in (*file.scope.values(), *file.sections.values(), *file.clauses.values(), *items):
            if isinstance(question, QuestionFile):
                yield from (question.holds, question.fails, *question.or_holds)


def _options(
    sets: Sequence[tuple[str, CriteriaFile]], words: Sequence[VocabularyFile], report: Report
) -> dict[str, dict[Scalar, OptionFile]]:
    """Return the choices that the sets add, by the list of choices."""
    facts = {str(k): f for v in words for k, f in v.facts.items()}
    known = {(str(key), str(k)) for v in words for key, listed in v.choices.items() for k in listed}
    added: dict[str, dict[Scalar, OptionFile]] = {}
    for _, file in sets:
        if file.reported_as is None:
            continue
        fact = facts.get(str(file.reported_as))
        if fact is None or fact.choices is None or str(fact.kind) != "choices":
            report.error("unknown-name.vocabulary", file.reported_as, suggestion(str(file.reported_as), facts))
            continue
        for k, item in file.items.items():
            if isinstance(item.matter, OptionFile):
                if (str(fact.choices), str(k)) in known:
                    report.error("defined-twice.something", k)
                known.add((str(fact.choices), str(k)))
                added.setdefault(str(fact.choices), {})[k] = item.matter
    return added


def _choices(
    file: CriteriaFile,
    words: Sequence[VocabularyFile],
    added: Mapping[str, Mapping[Scalar, OptionFile]],
    report: Report,
) -> dict[Scalar, OptionFile] | None:
    """Return the choices of the list in which a set's items are ticked, with those that the sets add."""
    fact = next((f for v in words for k, f in v.facts.items() if k == file.reported_as), None)
    if fact is None or fact.choices is None or str(fact.kind) != "choices":
        return None
    listed = {k: o for v in words for key, some in v.choices.items() if key == fact.choices for k, o in some.items()}
    listed |= added.get(str(fact.choices), {})
    for k, item in file.items.items():
        matter = k if item.matter is None else item.matter
        if isinstance(matter, Scalar) and matter not in listed:
            report.error("unknown-matter", matter, suggestion(str(matter), map(str, listed)))
    return listed
