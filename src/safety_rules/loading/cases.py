"""The cases of rule files, and which facts they give: by either name, all of a `given`, or what `but` changes of it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from safety_rules.language.kinds import Choice, Choices
from safety_rules.language.rule import TO_BE_WRITTEN, Case
from safety_rules.language.source import Standing
from safety_rules.language.verdict import Status
from safety_rules.language.vocabulary import Fact, normal
from safety_rules.loading.context import Context
from safety_rules.loading.models import ChangedCasesFile
from safety_rules.loading.models_rules import AreaCaseFile, AreaFile, CaseFile, RowsCaseFile
from safety_rules.loading.report import Report
from safety_rules.loading.scalars import day, standing
from safety_rules.loading.tree import Mapping, Scalar
from safety_rules.semantics.admission.values import NOTHING, absent
from safety_rules.words.near import suggestion

OF_A_RULE = (*(status.value for status in Status), "not_in_force")
OF_ROWS = tuple(status.value for status in (Status.SATISFIED, Status.VIOLATED, Status.UNDETERMINED))
LISTS = ("because", "violated", "undetermined", "says")


def cases(files: Sequence[CaseFile | AreaCaseFile], area_file: AreaFile | None, c: Context) -> tuple[Case, ...]:
    """Return the cases of a file; each gives its facts by their English names."""
    made: list[Case] = []
    base: dict[str, Any] = {}
    for file in files:
        if file.given is None and file.but is None:
            c.report.error("case.given", file.case)
        base = base if file.given is None else facts_of(file.given, c)
        given = {**base, **facts_of(file.but or {}, c)}
        made.append(Case(str(file.case), _on(file, area_file, c), given, expected(file, c), file.case.at))
    return tuple(made)


def rows_cases(files: Sequence[RowsCaseFile], area_file: AreaFile, c: Context) -> tuple[Case, ...]:
    """Return the cases of a rule of a ledger as a whole; each gives the facts of its rows by their English names."""
    made: list[Case] = []
    for file in files:
        if str(file.expect) not in OF_ROWS:
            c.report.error("case.expect", file.expect, suggestion(file.expect, OF_ROWS), written=file.expect)
        given = {"rows": [facts_of(row, c) for row in file.rows]}
        named = {} if file.named is None else {"named": tuple(map(str, file.named))}
        on = day(area_file.cases_on, c.report) or datetime.date(2000, 1, 1)
        made.append(Case(str(file.case), on, given, {"expect": file.expect, **named}, file.case.at))
    return tuple(made)


def statuses(files: Sequence[CaseFile | AreaCaseFile | ChangedCasesFile], c: Context) -> None:
    """Report each case of a rule that expects what no rule comes to."""
    for file in files:
        if file.expect is not None and str(file.expect) not in (*OF_A_RULE, TO_BE_WRITTEN):
            at = file.expect if isinstance(file.expect, Scalar) else file.case
            c.report.error("case.expect", at, suggestion(str(file.expect), OF_A_RULE), written=str(file.expect))


def expected(file: CaseFile | AreaCaseFile | ChangedCasesFile, c: Context) -> dict[str, Any]:
    """Return what a case says must come of it."""
    expect: dict[str, Any] = {"expect": file.expect}
    for part in ("at_best", "at_worst"):
        if getattr(file, part, None) is not None:
            expect[part] = str(getattr(file, part))
    if isinstance(file, AreaCaseFile) and file.standing is not None:
        expect["standing"] = standing(file.standing, Standing.assumed, c.report).name
    if not isinstance(file, AreaCaseFile) and file.gap is not None:
        expect["gap"] = {_path(name, c): change for name, change in file.gap.items()}
    for part in ("needs", "incomplete"):
        if getattr(file, part, None) is not None:
            expect[part] = tuple(_path(name, c) for name in getattr(file, part))
    for part in LISTS:
        if getattr(file, part, None) is not None:
            expect[part] = tuple(str(x) for x in getattr(file, part))
    return expect


def _on(file: CaseFile | AreaCaseFile, area_file: AreaFile | None, c: Context) -> datetime.date:
    written = file.as_of or (area_file.cases_on if area_file is not None else None)
    if written is None:
        c.report.error("case.day", file.case)
    return day(written, c.report) or datetime.date(2000, 1, 1)


def facts_of(given: dict[Scalar, Any], c: Context) -> dict[str, Any]:
    """Return what a case gives, by the facts' keys; a fact given by both names is an error."""
    made: dict[str, Any] = {}
    first: dict[str, Scalar] = {}
    for name, data in given.items():
        fact = c.vocabulary.find(str(name))
        if fact is None:
            c.report.error("unknown-name.case", name, suggestion(name, c.vocabulary.facts))
            continue
        if first.setdefault(fact.key, name) is not name:
            c.report.error("duplicate-key", name, place=first[fact.key].at.place)
        c.report.named(name, fact.key, fact.zh_key)
        _spell(data, fact, c)
        made[fact.key] = data
    return made


def _path(name: Scalar, c: Context) -> str:
    """Return the English path of a fact or figure that a case names by either name; anything else stays as it is."""
    head, bracket, rest = str(name).partition("[")
    index, _, last = rest.partition("]")
    fact = c.vocabulary.find(head + last)
    figure = next((p for p in c.parameters.values() if str(name) in (p.key, p.zh_key)), None)
    if fact is None or not bracket:
        found = fact or figure
        if found is None:
            return str(name)
        c.report.named(name, found.key, found.zh_key)
        return found.key
    outer, field = fact.key.rpartition(".")[::2]
    c.report.named(name, outer, fact.zh_key.rpartition(".")[0], 0, len(head))
    c.report.named(name, field, chinese_field(fact), len(name) - len(last) + 1)
    return f"{outer}[{index}].{field}"


def _spell(data: Any, fact: Fact, c: Context) -> None:
    """Note the choices and the fields of records that a case writes, as far as both spellings read alike."""
    match data:
        case Scalar() if isinstance(fact.kind, Choice | Choices):
            option = fact.kind.choices.find(data)
            if option is not None and not {option.key, option.name.zh} & NOTHING and not absent(option.name.zh):
                spell_choice(data, fact.kind, c.report)
        case list():
            for item in data:
                _spell(item, fact, c)
        case Mapping():
            fields = {normal(n): f for f in c.vocabulary.fields(fact.key) for n in (f.field, chinese_field(f))}
            for name, inner in data.items():
                field = fields.get(normal(str(name)))
                if field is not None:
                    c.report.named(name, field.field, chinese_field(field))
                    _spell(inner, field, c)


def chinese_field(fact: Fact) -> str:
    """Return the Chinese name of a field within its record."""
    return fact.zh_key.rpartition(".")[2]


def spell_choice(scalar: Scalar, kind: Choice | Choices, report: Report) -> None:
    """Note the spellings of a choice that is written by its key or its Chinese name; an alias stays as it is."""
    option = kind.choices.find(str(scalar))
    if option is not None and str(scalar) in (option.key, option.name.zh):
        report.named(scalar, option.key, option.name.zh)
