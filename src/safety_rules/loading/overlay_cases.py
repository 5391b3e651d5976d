"""The cases of an overlay: its own, and what becomes of the base's where it changes what they come to.

A case of the base stays as it is unless the overlay says which one changes and to what, so that nothing fails
unseen; what it says of a case that is not there, or comes to that anyway, is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from safety_rules.language.chain import ChainRule
from safety_rules.language.rule import Case, Derivation, Obligation, Rule
from safety_rules.language.rulebook import Area, Rulebook
from safety_rules.loading.cases import cases, expected, facts_of, statuses
from safety_rules.loading.context import Context
from safety_rules.loading.models import ChangedCasesFile, OverlayFile
from safety_rules.loading.models_rules import AreaCaseFile, AreaFile, CaseFile
from safety_rules.loading.tree import Scalar
from safety_rules.words.near import suggestion

Holder = Rule | Derivation | Obligation | Area | ChainRule
Change = Callable[[Sequence[Case]], Sequence[Case]]


def with_cases(
    book: Rulebook, file: OverlayFile, area_file: Callable[[Area, Scalar], AreaFile], c: Context
) -> Rulebook:
    """Return the rulebook with the cases of an overlay, and with those of the base that it changes."""
    for entry in file.changes_cases:
        home = _holder(book, entry.of, c)
        if home is not None:
            if isinstance(home[1], Rule) and entry.case is not None:
                statuses([entry], c)
            changed = _changed(entry, home[1].cases, c)
            book = _recased(book, str(entry.of), lambda _, new=changed: new)  # type: ignore[misc]
    own: list[tuple[Scalar, Sequence[CaseFile | AreaCaseFile]]] = [*file.cases.items(), *file.area_cases.items()]
    for of, files in own:
        home = _holder(book, of, c)
        if home is not None:
            area, holder = home
            if isinstance(holder, Rule):
                statuses(files, c)
            made = cases(files, None if area is None else area_file(area, of), c)
            book = _recased(book, str(of), lambda old, new=made: (*old, *new))  # type: ignore[misc]
    return book


def _held(area: Area) -> Iterable[Holder]:
    return (area, *area.rules, *(d for d in area.derivations if not d.borrowed), *area.obligations)


def _holder(book: Rulebook, of: Scalar, c: Context) -> tuple[Area | None, Holder] | None:
    """Return what has that key and the area that it is of; None, with the diagnostic, where there is nothing."""
    found: dict[str, tuple[Area | None, Holder]] = {r.key: (book.areas.get(r.area), r) for r in book.chains}
    for area in book.areas.values():
        found |= {h.key: (area, h) for h in _held(area)}
    if str(of) not in found:
        c.report.error("unknown-rule.rule", of, suggestion(str(of), found))
    return found.get(str(of))


def _recased(book: Rulebook, key: str, change: Change) -> Rulebook:
    """Return the rulebook with the cases of a rule, a derivation, an obligation, a chaining rule or an area changed."""

    def all_of(held: Any) -> Any:
        return tuple(
            replace(h, cases=change(h.cases)) if h.key == key and not getattr(h, "borrowed", False) else h for h in held
        )

    areas = {
        area.key: replace(
            area,
            rules=all_of(area.rules),
            derivations=all_of(area.derivations),
            obligations=all_of(area.obligations),
            cases=change(area.cases) if area.key == key else area.cases,
        )
        for area in book.areas.values()
    }
    return replace(book, areas=areas, chains=all_of(book.chains))


def _changed(entry: ChangedCasesFile, old: Sequence[Case], c: Context) -> Sequence[Case]:
    """Return the cases as an entry changes them: the figures that they give, or what one of them comes to."""
    found = list(old)
    if entry.case is not None and all(str(entry.case) != case.title for case in found):
        c.report.error("stale-case.title", entry.case, suggestion(str(entry.case), [case.title for case in found]))
        return old
    meant = [i for i, case in enumerate(found) if entry.case is None or case.title == str(entry.case)]
    for name, pairs in entry.given.items():
        fact = c.vocabulary.find(str(name))
        for written, becomes in pairs.items() if fact is not None else ():
            at = [i for i in meant if str(old[i].given.get(fact.key if fact else "", "unknown")) == str(written)]
            for i in at:
                found[i] = replace(found[i], given={**found[i].given, **facts_of({name: becomes}, c)})
            if not at:
                c.report.error("stale-case.given", written, fact=name)
        if fact is None:
            facts_of({name: None}, c)
    told = {key: value for key, value in expected(entry, c).items() if value is not None}
    if told and entry.case is None:
        c.report.error("stale-case.which", entry.of)
    for i in meant if entry.case is not None and told else ():
        kept = {} if "expect" in told else found[i].expect
        if {**kept, **told} == found[i].expect:
            c.report.error("stale-case.same", entry.case or entry.of)
        found[i] = replace(found[i], expect={**kept, **told})
    if not told and not entry.given:
        c.report.error("stale-case.nothing", entry.of)
    return found
