"""One item of a criteria set, and what it stands for: its rule, its questions and the cases that its clause draws."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from safety_rules.language.kinds import Name
from safety_rules.loading.models_base import CitationFile, NameFile, PeriodFile
from safety_rules.loading.models_criteria import CriteriaFile, ItemFile, QuestionFile
from safety_rules.loading.models_facts import FactFile, OptionFile
from safety_rules.loading.models_rules import (
    AreaCaseFile,
    CaseFile,
    ClauseFile,
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


@dataclass(frozen=True, slots=True)
class Part:
    """A clause of an item: its condition, the facts with which it holds and fails, whether its question is its own."""

    zh: Scalar
    en: Scalar
    that: Scalar
    holds: Given
    fails: Given
    or_holds: list[Given]
    own: bool
    name: Scalar | None = None

    def clause(self) -> Scalar | ClauseFile:
        """Return the clause as a rule's file has it: the name of one that all rules share, or written out."""
        return ClauseFile(zh=self.zh, en=self.en, that=self.that) if self.name is None else self.name


def _part(key: str, file: QuestionFile | ClauseFile, name: Scalar | None = None) -> Part:
    """Return a clause; of a question that is asked as it stands, or whose condition is one fact, the facts follow."""
    at = file.zh.at
    if isinstance(file, ClauseFile):
        file = QuestionFile(zh=file.zh, en=file.en, that=file.that)
    that = made(key, at) if file.that is None else file.that
    plain = PLAIN.fullmatch(str(that))
    holds, fails = dict(file.holds), dict(file.fails)
    if plain is not None and not fails:
        fact, yes = made(plain[2], at), plain[1] is None
        holds[fact], fails[fact] = made(str(yes).lower(), at), made(str(not yes).lower(), at)
    return Part(file.zh, file.en, that, holds, fails, list(file.or_holds), file.that is None, name)


class Entry:
    """One item of a set, and what it stands for."""

    def __init__(
        self, file: CriteriaFile, choices: Mapping[Scalar, OptionFile], named: Mapping[Scalar, ClauseFile], key: Scalar,
        item: ItemFile, report: Report,
    ) -> None:  # fmt: skip
        self.file, self.item, self.at, self.shared = file, item, key.at, named
        self.key = made(key, key.at)
        self.matter = made(item.matter if isinstance(item.matter, Scalar) else key, key.at)
        self.named = choices.get(self.matter)
        self.set_scope = self._parts({k: q for k, q in file.scope.items() if k not in item.scope}, report)
        section = {} if item.section is None else {item.section: item.section}
        self.narrower = self._parts({**section, **item.scope}, report)
        self.scope = self.narrower | self._parts(item.while_, report)
        self.requires = self._parts(item.requires, report)

    def _parts(self, files: Mapping[Scalar, Any], report: Report) -> dict[str, Part]:
        found: dict[str, Part] = {}
        subject = str(self.file.reported_as or self.file.about).partition(".")[0]
        for k, q in files.items():
            own = {**self.file.sections, **self.file.clauses}
            written = own.get(q, self.shared.get(q)) if isinstance(q, Scalar) else q
            if written is None:
                report.error("unknown-clause", q, suggestion(str(q), [*self.shared, *own]))
            else:
                name = q if isinstance(q, Scalar) and q not in own else None
                found[str(k)] = _part(f"{subject}.{self.key}_{k}", written, name)
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
