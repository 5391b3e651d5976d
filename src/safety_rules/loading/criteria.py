"""Criteria sets as what they stand for: a rule an item, its choice, its questions and the cases that its clause draws.

An item is judged where it is ticked. Whether something is ticked and sets in force cover all of it, for whom and for what
they are in scope, is the fact `<list>_covered`, where the vocabulary has it.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from safety_rules.language.diagnostic import Span
from safety_rules.language.kinds import Name
from safety_rules.loading.models_base import CitationFile, Model, NameFile, PeriodFile
from safety_rules.loading.models_criteria import CriteriaFile, ItemFile, QuestionFile
from safety_rules.loading.models_facts import FactFile, OptionFile, VocabularyFile
from safety_rules.loading.models_rules import (
    AreaCaseFile,
    CaseFile,
    CasesFile,
    ClauseFile,
    DeriveFile,
    OtherwiseFile,
    RuleFile,
)
from safety_rules.loading.report import Report
from safety_rules.loading.tree import Scalar, made
from safety_rules.words.near import suggestion
from safety_rules.words.said import said

DAY = datetime.timedelta(days=1)
PLAIN = re.compile(r"(not )?([^\W\d][\w.]*)")
Given = dict[Any, Any]
Found = list[tuple[str, Any]]


def with_criteria(sets: Sequence[tuple[str, CriteriaFile]], words: Found, report: Report) -> dict[type[Model], Found]:
    """Return the vocabularies with what the sets add, and the rules, derivations and cases that they stand for."""
    vocabulary, found = [f for _, f in words], dict[type[Model], Found]()
    options = _options(sets, vocabulary, report)
    _editions([f for _, f in sets], report)
    listed: dict[str, tuple[dict[Scalar, OptionFile], list[tuple[CriteriaFile, list[_Entry]]]]] = {}
    for path, file in sets:
        choices = {} if file.reported_as is None else _choices(file, vocabulary, options, report)
        if choices is not None:
            entries = [_Entry(file, choices, k, item, report) for k, item in file.items.items()]
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
        covering = _covered(reported, held, list(choices), vocabulary)
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


@dataclass(frozen=True, slots=True)
class _Part:
    """A clause of an item: its condition, the facts with which it holds and fails, whether its question is its own."""

    zh: Scalar
    en: Scalar
    that: Scalar
    holds: Given
    fails: Given
    or_holds: list[Given]
    own: bool

    def clause(self) -> ClauseFile:
        return ClauseFile(zh=self.zh, en=self.en, that=self.that)


def _part(key: str, file: QuestionFile) -> _Part:
    """Return a clause; of a question that is asked as it stands, or whose condition is one fact, the facts follow."""
    at = file.zh.at
    that = made(key, at) if file.that is None else file.that
    plain = PLAIN.fullmatch(str(that))
    holds, fails = dict(file.holds), dict(file.fails)
    if plain is not None and not fails:
        fact, yes = made(plain[2], at), plain[1] is None
        holds[fact], fails[fact] = made(str(yes).lower(), at), made(str(not yes).lower(), at)
    return _Part(file.zh, file.en, that, holds, fails, list(file.or_holds), file.that is None)


class _Entry:
    """One item of a set, and what it stands for."""

    def __init__(
        self, file: CriteriaFile, choices: Mapping[Scalar, OptionFile], key: Scalar, item: ItemFile, report: Report
    ) -> None:
        self.file, self.item, self.at = file, item, key.at
        self.key = made(key, key.at)
        self.matter = made(item.matter if isinstance(item.matter, Scalar) else key, key.at)
        self.named = choices.get(self.matter)
        self.set_scope = {str(k): _part(str(k), q) for k, q in file.scope.items() if k not in item.scope}
        section = {} if item.section is None else {item.section: item.section}
        self.narrower = self._parts({**section, **item.scope}, report)
        self.scope = self.narrower | self._parts(item.while_, report)
        self.requires = self._parts(item.requires, report)

    def _parts(self, files: Mapping[Scalar, Any], report: Report) -> dict[str, _Part]:
        found: dict[str, _Part] = {}
        subject = str(self.file.reported_as or self.file.about).partition(".")[0]
        for k, q in files.items():
            shared = {**self.file.sections, **self.file.clauses}
            written = shared.get(q) if isinstance(q, Scalar) else q
            if written is None:
                report.error("unknown-clause", q, suggestion(str(q), shared))
            else:
                found[str(k)] = _part(f"{subject}.{self.key}_{k}", written)
        return found

    def facts(self) -> dict[Scalar, FactFile]:
        """Return the questions that are made from the entry."""
        return {
            p.that: FactFile(
                zh=made("".join(c for c in p.zh if c.isalnum() or c == "_"), p.zh.at),
                en=p.en,
                kind=made("boolean", p.zh.at),
                meaning=NameFile(zh=p.zh, en=p.en),
            )
            for p in (*self.scope.values(), *self.requires.values())
            if p.own
        }

    def _title(self) -> tuple[str, str]:
        """Return what an item without a title is called: by what it is ticked as and what it asks for, or its clause."""
        asks = [*self.requires.values()]
        zh, en = "；".join(p.zh for p in asks), "; ".join(p.en for p in asks)
        if self.named is None:
            return zh, en
        if len(asks) > 1:
            return f"{self.named.zh}符合{self.item.clause}的要求", f"{self.named.en}: {self.item.clause} is met"
        return (zh, en) if self.named.zh in zh else (f"{self.named.zh}：{zh}", f"{self.named.en}: {en}")

    def rule(self) -> RuleFile:
        """Return the rule: it applies to who is in scope and ticked the item."""
        file, item = self.file, self.item
        zh, en = self._title()
        citation = CitationFile(source=file.source, clause=item.clause, quotation=item.text, standing=item.standing)
        scope: dict[Scalar, Scalar | ClauseFile] = {made(k, self.at): p.clause() for k, p in self.set_scope.items()}
        scope |= self._concerns()
        scope |= {made(k, self.at): p.clause() for k, p in self.scope.items()}
        return RuleFile(
            rule=self.key,
            title=item.title or NameFile(zh=made(zh, self.at), en=made(en, self.at)),
            in_force=file.in_force,
            authority=[citation, *item.also],
            applies_when=scope,
            requires={made(k, self.at): p.clause() for k, p in self.requires.items()},
            otherwise=OtherwiseFile(outcome=file.outcome, remedy=item.remedy or file.remedy, duties=file.duties),
            note=item.note,
            cases=[
                *self._cases(),
                *(c if c.as_of else c.model_copy(update={"as_of": file.in_force.since}) for c in item.cases),
            ],
        )

    def _concerns(self) -> dict[Scalar, ClauseFile]:
        """Return the clause that the item was ticked, where a set's items are."""
        if self.named is None:
            return {}
        concerned = said("criteria.concerns", matter=Name(self.named.zh, self.named.en))
        zh, en = (made(concerned.in_(language), self.at) for language in ("zh", "en"))
        that = made(f"'{self.matter}' in {self.file.reported_as}", self.at)
        return {made("concerns_this", self.at): ClauseFile(zh=zh, en=en, that=that)}

    def _base(self) -> Given:
        parts = (*self.set_scope.values(), *self.scope.values(), *self.requires.values())
        return dict(self.file.given) | self._ticked(self.matter) | {k: v for p in parts for k, v in p.holds.items()}

    def _ticked(self, *matters: Scalar) -> Given:
        return {} if self.file.reported_as is None else {made(self.file.reported_as, self.at): list(matters)}

    def _cases(self) -> Iterator[CaseFile]:
        """Yield the cases that the item draws: each clause fails alone and is not known, and the days in force.

        The first, in which all holds, comes last: what the entry's own cases change is that one.
        """
        base = self._base()
        wrong = next(iter(self.requires.values())).fails if self.requires else {}
        unknown = made("unknown", self.at)
        for key, part in self.requires.items():
            yield self._case(f"不符合：{part.zh}", base | part.fails, "violated", because=[made(key, self.at)])
            for fact in part.fails:
                given = base | part.fails | {fact: unknown}
                yield self._case(f"未查明：{part.zh}", given, "undetermined", needs=[made(fact, self.at)])
        for part in (*self.set_scope.values(), *self.scope.values()):
            yield self._case(f"不在适用范围：{part.zh}（否）", base | wrong | part.fails, "not_applicable")
            narrower = {fact for p in self.scope.values() if p is not part for fact in p.fails}
            for other in part.or_holds:
                if not narrower & other.keys():
                    yield self._case(f"适用：{part.zh}", base | wrong | other, "violated")
            for fact in part.fails:
                given = base | wrong | part.fails | {fact: unknown}
                yield self._case(f"未查明：{part.zh}", given, "undetermined", needs=[made(fact, self.at)])
        for reported in self._ticked():
            yield self._case("未涉及本项", base | wrong | self._ticked(), "not_applicable")
            yield self._case("隐患事项未填", base | wrong | {reported: unknown}, "undetermined", needs=[reported])
        for day, inside in _edges(self.file.in_force):
            yield self._case(f"{day}", base, "satisfied" if inside else "not_in_force", day)
        yield self._case("符合要求", base, "satisfied")

    def _case(self, title: str, given: Given, expect: str, on: object = None, **more: Any) -> CaseFile:
        day = made(on or self.file.in_force.since, self.at)
        return CaseFile.model_construct(
            case=made(title, self.at), as_of=day, given=given, expect=made(expect, self.at), **more
        )

    def verdict(self) -> AreaCaseFile:
        """Return the case in which the item alone decides."""
        wrong = next(iter(self.requires.values())).fails if self.requires else {}
        return AreaCaseFile.model_construct(
            case=made(f"不符合：{self.key}", self.at),
            as_of=made(self.file.in_force.since, self.at),
            given=self._base() | wrong,
            expect=made(self.file.outcome, self.at),
            violated=[self.key],
        )


def _edges(period: PeriodFile) -> Iterator[tuple[datetime.date, bool]]:
    """Yield the days on either side of each end of a period, and whether they are in it."""
    for end, sign in ((period.since, -1), (period.until, 1)):
        if end is not None and re.fullmatch(r"\d{4}-\d\d-\d\d", end):
            day = datetime.date.fromisoformat(end)
            yield day, True
            yield day + sign * DAY, False


def _covered(
    reported: str,
    sets: Sequence[tuple[CriteriaFile, Sequence[_Entry]]],
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
    tried: set[str] = set()
    for since, after in zip(days, [*days[1:], None], strict=True):
        held = [(f, e) for f, e in sets if _holds(f.in_force, str(since))]
        groups = [g for f, entries in held for g in _groups(f, entries)]
        if not groups:
            continue
        at = groups[0].at
        listed = {m for g in groups for m in g.matters}
        elsewhere = [made(o, at) for o in options if o not in listed][:1]
        until = None if after is None else made(after - DAY, at)
        fresh = [g for g in groups if g.text not in tried]
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
        tried |= {g.text for g in groups}


def _holds(period: PeriodFile, day: str) -> bool:
    return (period.since or "") <= day and day <= (period.until or day)


@dataclass(frozen=True, slots=True)
class _Group:
    """Items of a set that share the clauses by which they are in scope."""

    matters: Sequence[Scalar]
    parts: Sequence[_Part]
    given: Given
    at: Span

    @property
    def text(self) -> str:
        return " and ".join([_in(self.matters), *(f"({p.that})" for p in self.parts)])

    def cases(self, reported: str, day: datetime.date, elsewhere: Sequence[Scalar]) -> Iterator[CaseFile]:
        """Yield the cases: all in scope, nothing ticked, one of no set besides, and each clause false, true otherwise, not known."""
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


def _groups(file: CriteriaFile, entries: Sequence[_Entry]) -> list[_Group]:
    """Return the items of a set by the clauses of their scope."""
    groups: dict[tuple[str, ...], tuple[list[_Part], list[Scalar]]] = {}
    for entry in entries:
        parts = [*entry.set_scope.values(), *entry.narrower.values()]
        groups.setdefault(tuple(str(p.that) for p in parts), (parts, []))[1].append(entry.matter)
    at = file.criteria.at
    return [_Group(list(dict.fromkeys(m)), parts, dict(file.given), at) for parts, m in groups.values()]
