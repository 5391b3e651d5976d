"""Which columns a blank ledger has: the facts that an area's rules read and that no rule works out, from the vocabulary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from safety_rules.formats.blank_out import BlankColumn, BlankSheet
from safety_rules.language.clock import is_time
from safety_rules.language.errors import NotFoundError
from safety_rules.language.kinds import Boolean, Choice, Choices, Date, Number, Records
from safety_rules.language.rule import Rule
from safety_rules.language.vocabulary import Fact
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.reads import facts_of
from safety_rules.services.rectification.book import CONTENT, DANGERS, HEADINGS, TASK_LIST, WITHDRAWN
from safety_rules.services.rectification.forms import LEVELS, STEPS, WAY
from safety_rules.services.rectification.plain import WAYS
from safety_rules.words.catalog import sentence, texts
from safety_rules.words.values import decimal

AREAS = {
    "项目": "admission",
    "单元": "major_hazard",
    "检查表": "hidden_danger",
    "企业": "admission",
    "考核": "appraisal",
}
DANGER, TASK, CHECKS = "隐患", "任务", "检查表"
COMPANY = "企业"
KINDS = (*tuple(AREAS)[:2], DANGER, TASK, CHECKS, COMPANY, "考核")
MOST_ANSWERS = 60
LONGEST_NAME = 28  # of a sheet: 31 signs


def blank_sheets(kind: str, law_of: Callable[[str], AreaOn], language: str, field: str = "") -> list[BlankSheet]:
    """Return the sheets of a kind of ledger: 项目, 单元, 隐患, 任务, 检查表, 企业, 考核, or the key of an area."""
    if kind == DANGER:
        return blank_dangers(language)
    if kind == TASK:
        return blank_tasks()
    return blank_ledger(law_of(AREAS.get(kind, kind)), language, field, kind == COMPANY)


def documents_of(law: AreaOn) -> list[str]:
    """Return the titles of the documents that an area's rules rest on."""
    return sorted({law.rulebook.sources[c.source].title.zh for r in law.rules for c in r.authority})


def blank_ledger(law: AreaOn, language: str, field: str = "", company: bool = False) -> list[BlankSheet]:
    """Return the sheets of an area's ledger: one for its records, one for each list of records that its rules read.

    With a `field`, only what the rules read whose document or title names it; `company` leaves the project's own
    facts out. Raises NotFoundError where no rule speaks of the field.
    """
    titled = [r for r in law.rules if field in _documents(r, law)]
    rules = titled or [r for r in law.rules if field in r.title.zh]
    if not rules:
        known = "、".join(documents_of(law))
        raise NotFoundError(f"no rule speaks of `{field}` (没有规则涉及“{field}”); known documents: {known}")
    vocabulary = law.rulebook.vocabulary
    subjects = law.area.subjects[1:] if company else law.area.subjects
    own = facts_asked(law, rules, subjects, subjects[:1] if field else subjects)
    main = vocabulary.subjects[subjects[0]].name if company else law.area.title
    name = sentence("blank.ledger", language, subject=main.in_(language)[:LONGEST_NAME])
    same = Counter(f.name.zh for subject in law.area.subjects for f in vocabulary.of_subject(subject))
    columns = [_column(f, language) for f in own]
    columns = [replace(c, heading=f.zh_key) if same[f.name.zh] > 1 else c for c, f in zip(columns, own, strict=True)]
    sheets = [BlankSheet(name, columns)]
    for fact in (f for f in own if isinstance(f.kind, Records)):
        keys = vocabulary.subjects[fact.key.partition(".")[0]].identity
        names = [vocabulary.facts[key] for key in keys]
        fields = [f for f in vocabulary.fields(fact.key) if f.key not in law.derivations]
        sheets.append(BlankSheet(fact.name.in_(language), [_column(f, language) for f in (*names, *fields)]))
    return sheets


def facts_asked(law: AreaOn, rules: Iterable[Rule], subjects: Sequence[str], named: Sequence[str] = ()) -> list[Fact]:
    """Return the facts of subjects that rules read and nothing works out, and those by which the `named` ones are known."""
    vocabulary = law.rulebook.vocabulary
    read = facts_of((c.that for r in rules for c in (*r.applies_when, *r.requires)), law.derivations)
    identity = [key for s in named for key in vocabulary.subjects[s].identity]
    facts = [f for s in subjects for f in vocabulary.of_subject(s) if f.key in {*identity, *read}]
    return [f for f in facts if f.key not in law.derivations or f.key in identity]


def blank_dangers(language: str) -> list[BlankSheet]:
    """Return the sheet of dangers as `rectify import` reads it; its headings are those of the forms, in Chinese."""
    headings = dict.fromkeys((*CONTENT[:-2], *(h for step in STEPS for h in step[2:]), *CONTENT[-2:]))
    return [BlankSheet(DANGERS, _columns(headings))]


def blank_tasks() -> list[BlankSheet]:
    """Return the sheet of tasks as `rectify import` reads it."""
    return [BlankSheet(TASK_LIST, _columns(h for h in HEADINGS[TASK_LIST] if h not in WITHDRAWN))]


def _columns(headings: Iterable[str]) -> list[BlankColumn]:
    columns = []
    for heading in headings:
        sort = "day" if heading.endswith(("日期", "期限", "时限")) else "text"
        answers = {"隐患级别": LEVELS, WAY: tuple(WAYS)}.get(heading, ())
        example = "2020-09-05" if sort == "day" else answers[0] if answers else ""
        columns.append(BlankColumn(heading, "", sort, answers, example))
    return columns


def _documents(rule: Rule, law: AreaOn) -> str:
    return "\n".join(law.rulebook.sources[c.source].title.zh for c in rule.authority)


def _column(fact: Fact, language: str) -> BlankColumn:
    kind, name = fact.kind, fact.name.in_(language)
    meaning = fact.meaning.in_(language) if fact.meaning is not None else ""
    match kind:
        case Boolean():
            yes, no = sentence("value.true", language), sentence("value.false", language)
            return BlankColumn(name, "", "text", (yes, no), yes, meaning)
        case Number() if is_time(kind):
            return BlankColumn(name, "", "text", (), "08:30", meaning)
        case Number(unit):
            return BlankColumn(name, unit.symbol, "number", (), decimal(_number(fact)), meaning)
        case Date():
            return BlankColumn(name, "", "day", (), "2020-09-05", meaning)
        case Choice(choices):
            answers = tuple(o.name.in_(language) for o in choices.options)
            few = answers if len(answers) <= MOST_ANSWERS else ()
            return BlankColumn(name, "", "text", few, answers[0], meaning)
        case Choices(choices):
            several = sentence("joint.list", language).join(o.name.in_(language) for o in choices.options[:2])
            return BlankColumn(name, "", "text", (), several, meaning)
        case Records():
            return BlankColumn(name, "", "text", texts("blank.lists", language), "", meaning)
        case _:
            return BlankColumn(name, "", "text", (), "", meaning)


def _number(fact: Fact) -> Fraction:
    """Return a number that a fact may have, for an example."""
    bounds = fact.bounds
    tries = [Fraction(n) for n in (20, 1, 2020, 100, 0, 5)] + [
        b for b in (bounds.minimum, bounds.maximum) if b is not None
    ]
    return next((n for n in tries if bounds.admits(n)), Fraction(1))
