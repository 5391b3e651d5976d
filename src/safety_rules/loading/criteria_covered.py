"""Whether criteria sets in force cover all that was ticked, for whom and for what they are in scope: the fact
`<list>_covered`.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from safety_rules.language.diagnostic import Span
from safety_rules.loading.criteria_items import DAY, Entry, Given, Part
from safety_rules.loading.models_base import CitationFile, NameFile, PeriodFile
from safety_rules.loading.models_criteria import CriteriaFile
from safety_rules.loading.models_facts import VocabularyFile
from safety_rules.loading.models_rules import (
    CaseFile,
    DeriveFile,
)
from safety_rules.loading.tree import Scalar, made


def covered(
    reported: str,
    sets: Sequence[tuple[CriteriaFile, Sequence[Entry]]],
    options: Sequence[Scalar],
    words: Sequence[VocabularyFile],
) -> Iterator[DeriveFile]:
    """Yield how it follows, between the days on which a set begins or ends, whether they cover all that was ticked."""
    fact = f"{reported}_covered"
    told = next((f for v in words for k, f in v.facts.items() if k == fact), None)
    if told is None:
        return
    begun = {f.in_force.since for f, _ in sets if f.in_force.since}
    ends = {datetime.date.fromisoformat(f.in_force.until) + DAY for f, _ in sets if f.in_force.until}
    days = sorted({datetime.date.fromisoformat(d) for d in begun} | ends)
    tried: set[tuple[str, ...]] = set()
    for since, after in zip(days, [*days[1:], None], strict=True):
        held = [(f, e) for f, e in sets if _holds(f.in_force, str(since))]
        groups = [g for f, entries in held for g in _groups(f, entries)]
        if not groups:
            continue
        at = groups[0].at
        listed = {m for g in groups for m in g.matters}
        elsewhere = [made(o, at) for o in options if o not in listed][:1]
        until = None if after is None else made(after - DAY, at)
        fresh = [g for g in groups if g.said not in tried]
        each = f"for x in {reported}"
        ticked, covers = _in(sorted(listed)), " or ".join(g.text for g in groups)
        yield DeriveFile(
            derive=made(f"{fact.replace('.', '_')}_{since:%Y_%m_%d}", at),
            fact=made(fact, at),
            title=NameFile(zh=told.zh, en=told.en),
            in_force=PeriodFile.model_construct(since=made(since, at), until=until),
            authority=[CitationFile(source=f.source, clause=f.clause) for f, _ in held],
            derives=made(" and ".join([f"any({ticked} {each})", f"all({covers} {each})"]), at),
            cases=[case for g in fresh or groups[:1] for case in g.cases(reported, since, elsewhere)],
        )
        tried |= {g.said for g in groups}


def _holds(period: PeriodFile, day: str) -> bool:
    return (period.since or "") <= day and day <= (period.until or day)


@dataclass(frozen=True, slots=True)
class _Group:
    """Items of a set that share the clauses by which they are in scope."""

    matters: Sequence[Scalar]
    parts: Sequence[Part]
    given: Given
    at: Span

    @property
    def text(self) -> str:
        return " and ".join([_in(self.matters), *(f"({p.that})" for p in self.parts)])

    @property
    def said(self) -> tuple[str, ...]:
        """Return its items and the sentences of its clauses, which stay the same whichever names its facts are written by."""
        return (*map(str, self.matters), *(str(said) for p in self.parts for said in (p.zh, p.en)))

    def cases(self, reported: str, day: datetime.date, elsewhere: Sequence[Scalar]) -> Iterator[CaseFile]:
        """Yield the cases: all in scope, nothing ticked, one of no set besides, and each clause false, true otherwise,
        not known.
        """
        ticked = {made(reported, self.at): list(self.matters)}
        base = self.given | ticked | {k: v for p in self.parts for k, v in p.holds.items()}
        unknown = made("unknown", self.at)
        tried: list[tuple[Given, str]] = [(base, "true"), (base | {made(reported, self.at): []}, "false")]
        tried += [(base | {made(reported, self.at): [*self.matters, m]}, "false") for m in elsewhere]
        for i, part in enumerate(self.parts):
            tried += [(base | part.fails, "false")]
            tried += [(base | part.fails | {k: unknown}, "unknown") for k in part.fails]
            others = {k for j, p in enumerate(self.parts) if j != i for k in p.fails}
            tried += [(base | other, "true") for other in part.or_holds if not others & other.keys()]
        for given, expect in tried:
            title, on = made(f"{self.matters[0]} {expect}", self.at), made(day, self.at)
            yield CaseFile.model_construct(case=title, as_of=on, given=given, expect=made(expect, self.at))


def _in(matters: Iterable[Scalar]) -> str:
    listed = ", ".join(f"'{m}'" for m in matters)
    return f"x in [{listed}]"


def _groups(file: CriteriaFile, entries: Sequence[Entry]) -> list[_Group]:
    """Return the items of a set by the clauses of their scope."""
    groups: dict[tuple[str, ...], tuple[list[Part], list[Scalar]]] = {}
    for entry in entries:
        parts = [*entry.set_scope.values(), *entry.narrower.values()]
        groups.setdefault(tuple(str(p.that) for p in parts), (parts, []))[1].append(entry.matter)
    at = file.criteria.at
    return [_Group(list(dict.fromkeys(m)), parts, dict(file.given), at) for parts, m in groups.values()]
