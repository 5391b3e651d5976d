"""No input switches a veto off: a fact that a veto reads, given wrongly in any way, leaves the worst outcome possible."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import safety_rules as sr
from doors import through
from doors.writers import workbook
from doors.wrongly import Content, Wrong, others, plain, wrongly
from safety_rules.language.kinds import Choices, Records
from safety_rules.language.record import Record
from safety_rules.language.rule import Rule
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.reads import walk_through
from safety_rules.services.dated_area import DatedArea
from safety_rules.services.screening import screen

BOOK = sr.load().rulebook
VETOES = [(a, r) for a in BOOK.areas.values() for r in a.rules if r.otherwise.veto]
IDS = [r.key for _, r in VETOES]
EACH_VETO = pytest.mark.parametrize(("area", "rule"), VETOES, ids=IDS)


@cache
def dated(area: str, day: Any) -> DatedArea:
    return sr.load().area(area).on(day)


def facts_read(law: AreaOn, rule: Rule) -> set[str]:
    """Return the given facts and fields that a rule reads, through derivations."""
    seen: set[str] = set()
    nodes = (n for c in (*rule.applies_when, *rule.requires) for n in walk_through(c.that, law.derivations, seen))
    keys = {str(n.key) for n in nodes if type(n).__name__ in ("FactRef", "ItemField")}  # type: ignore[union-attr]
    return keys - law.derivations.keys()


def violating(area: Any, rule: Rule) -> Iterator[tuple[DatedArea, Content]]:
    """Yield what the rule's own cases say violates it, each as all that is else best in the area, on its day."""
    best = area.cases[0]
    for case in rule.cases:
        if case.expect["expect"] == "violated":
            on = dated(area.key, case.on)
            good, bad = on.admit(best.given).values, on.admit(case.given).values
            yield on, {k: plain(v) for k, v in {**good, **bad}.items()}


def paths(content: Content, read: set[str]) -> Iterator[str]:
    """Yield the paths of a content at which something stands that is read."""
    for key in sorted(read):
        outer, _, name = key.rpartition(".")
        if key in content:
            yield key
        elif outer in content:
            yield from (f"{outer}[{i}].{name}" for i, item in enumerate(content[outer]) if name in item)


def at(content: Content, path: str, value: Any) -> Content:
    outer, bracket, rest = path.partition("[")
    if not bracket:
        return {**content, path: value}
    index, name = int(rest.partition("]")[0]), rest.partition("].")[2]
    items = content[outer]
    return {**content, outer: [*items[:index], {**items[index], name: value}, *items[index + 1 :]]}


def says(on: DatedArea, rule: Rule, data: Any) -> str:
    return said(on, rule, on.admit(data))


def said(on: DatedArea, rule: Rule, record: Record) -> str:
    index = [r.key for r in on.law.rules].index(rule.key)
    violated, undetermined, _ = on.masks(record)
    return "violated" if violated >> index & 1 else "open" if undetermined >> index & 1 else "off"


def turning(on: DatedArea, rule: Rule, content: Content, path: str) -> Iterator[Any]:
    """Yield other values of a fact with which the veto would not be asked for: those that are dangerous to take."""
    fact = BOOK.vocabulary.fact_at(path)
    yield from (o for o in others(fact) if says(on, rule, at(content, path, o)) == "off")


def places(area: Any, rule: Rule) -> Iterator[tuple[DatedArea, Content, str, Any, int]]:
    """Yield each place of a fact at which a veto reads it and decides by it, another value there, and how often the
    fact was met before.
    """
    met: Counter[str] = Counter()
    for on, content in violating(area, rule):
        for path in paths(content, facts_read(on.law, rule)):
            other = next(turning(on, rule, content, path), None)
            if other is not None:
                key = BOOK.vocabulary.fact_at(path).key
                yield on, content, path, other, met[key]
                met[key] += 1


def wrong_ways(area: Any, rule: Rule) -> Iterator[tuple[DatedArea, str, Wrong]]:
    """Yield every way of giving wrongly each fact that a veto reads; of contents after the first, every fifth way."""
    for on, content, path, other, met in places(area, rule):
        ways = list(wrongly(content, path, other, BOOK.vocabulary))
        yield from ((on, path, wrong) for wrong in (ways[met % 5 :: 5] if met else ways))


@EACH_VETO
def test_what_violates_a_veto_does_so_among_all_that_is_good(area: Any, rule: Rule) -> None:
    found = list(violating(area, rule))
    assert found
    for on, content in found:
        assert (says(on, rule, content), on.decide(content).at_best) == ("violated", area.outcomes[-1].key)


@EACH_VETO
def test_every_fact_that_a_veto_reads_is_tried_where_it_decides(area: Any, rule: Rule) -> None:
    tried, read = set(), set()
    for on, content in violating(area, rule):
        read |= facts_read(on.law, rule)
        tried |= {
            BOOK.vocabulary.fact_at(p).key
            for p in paths(content, read)
            if any(turning(on, rule, content, p) for _ in "1")
        }
    assert read == tried


@EACH_VETO
def test_no_fact_given_wrongly_switches_a_veto_off(area: Any, rule: Rule) -> None:
    count = 0
    for on, path, wrong in wrong_ways(area, rule):
        count += 1
        verdict = on.decide(wrong.data)
        assert said(on, rule, verdict.record) != "off", (path, wrong)
        assert verdict.at_worst == area.outcomes[-1].key, (path, wrong)
    assert count > 40


NOTHING_DERIVED = {
    "black_listed", "catalogue_eliminated", "catalogue_prohibited", "chemical_industry", "major_danger_overdue",
    "no_concealment", "no_overdue_major_danger",
}  # fmt: skip
"""Vetoes that read no derived fact, so that none can be given in its place."""


@EACH_VETO
def test_a_derived_fact_given_as_data_switches_no_veto_off(area: Any, rule: Rule) -> None:
    tried = 0
    for on, content in violating(area, rule):
        seen: set[str] = set()
        nodes = (
            n for c in (*rule.applies_when, *rule.requires) for n in walk_through(c.that, on.law.derivations, seen)
        )
        for key in {str(getattr(n, "key", "")) for n in nodes} & on.law.derivations.keys():
            fact = BOOK.vocabulary.facts[key]
            outer = key.rpartition(".")[0]
            for other in others(fact):
                if outer in content and isinstance(BOOK.vocabulary.facts[outer].kind, Records):
                    given = {**content, outer: [{**item, fact.field: other} for item in content[outer]]}
                else:
                    given = {**content, key: other}
                assert says(on, rule, given) == "violated", (key, other)
                tried += 1
    assert (tried == 0) == (rule.key in NOTHING_DERIVED)


# --- through doors ------------------------------------------------------------------------------------------------

Found = list[tuple[str, str]]


def by_table(made: Callable[[Sequence[Content], Path], Any], engine: str) -> Callable[..., Found]:
    """Return a door of tables, which gives the best and the worst outcome of each row."""

    def found(on: DatedArea, contents: Sequence[Content], folder: Path) -> Found:
        decision = on.decide_table(made(contents, folder), engine=engine)
        try:
            return [(row["at_best"], row["at_worst"]) for row in decision]
        finally:
            decision.close()

    return found


def by_screening(made: Callable[[Sequence[Content], Path], Path], engine: str) -> Callable[..., Found]:
    """Return a door of ledgers, which gives the same."""

    def found(on: DatedArea, contents: Sequence[Content], folder: Path) -> Found:
        path = made([through.of_its_own(c, n) for n, c in enumerate(contents, 1)], folder)
        verdicts = [r.verdict for r in screen(path, on, engine=engine).rows if r.outcome]
        return [(v.at_best, v.at_worst) for v in verdicts if v is not None]

    return found


class Way(NamedTuple):
    """A row of a ledger: whose veto it must not switch off, the place that is given wrongly, how, and the content."""

    rule: str
    path: str
    how: str
    data: Content


SOME = 5
FILES = {
    "csv by DuckDB": (by_table(through.as_csv(), "duckdb"), 1),
    "xlsx by record": (by_table(through.as_workbook, "records"), 1),
    "csv by record": (by_table(through.as_csv(), "records"), SOME),
    "JSON lines by DuckDB": (by_table(through.as_json_lines, "duckdb"), SOME),
}
"""Doors of files; every way goes through one by DuckDB and one by record, and some through each of the others."""


def in_a_table(path: str, wrong: Wrong) -> bool:
    """Return whether a table can carry a way and it means there what it means in Python.

    A tree has no heading, an object and NaN no text, and a list of one day is that day.
    """
    value = wrong.value
    several = isinstance(BOOK.vocabulary.fact_at(path).kind, Records | Choices)
    one_in_a_list = isinstance(value, list) and not several
    return not (" tree" in wrong.way or one_in_a_list or type(value) in (object, bytes) or value != value)


@cache
def given_wrongly() -> list[tuple[DatedArea, list[Way]]]:
    """Return by area and day, a row each, all ways that a table can carry of giving wrongly a fact that a veto reads."""
    found: dict[Any, tuple[DatedArea, dict[str, Way]]] = {}
    for area, rule in VETOES:
        for on, content, path, other, met in places(area, rule):
            for wrong in () if met else wrongly(content, path, other, BOOK.vocabulary):
                if in_a_table(path, wrong):
                    cells = {k: t for k, v in wrong.data.items() if (t := through.text(v))}
                    ways = found.setdefault((on.key, on.law.as_of), (on, {}))[1]
                    ways.setdefault(str(cells), Way(rule.key, path, wrong.way, wrong.data))
    return [(on, list(ways.values())) for on, ways in found.values()]


def best_of(on: DatedArea) -> Content:
    """Return what is certainly best: what is given wrongly in other rows opens nothing in its own."""
    return {k: plain(v) for k, v in on.admit(on.law.area.cases[0].given).values.items()}


def off(on: DatedArea, ways: list[Way], found: Found) -> list[str]:
    """Return the ways whose row may have a better outcome than the worst."""
    worst = on.law.area.outcomes[-1].key
    return [" ".join(way[:3]) for way, (_, came) in zip(ways, found, strict=True) if came != worst]


@pytest.mark.parametrize("door", FILES)
def test_no_fact_given_wrongly_in_a_file_switches_a_veto_off(door: str, tmp_path: Path) -> None:
    judge, every = FILES[door]
    for on, all_ways in given_wrongly():
        ways = all_ways[::every]
        *found, control = judge(on, [*(way.data for way in ways), best_of(on)], tmp_path)
        assert not off(on, ways, found)
        assert control == (on.law.area.outcomes[0].key,) * 2
        assert len(ways) > 600 // every


def test_no_fact_given_wrongly_in_columns_of_types_switches_a_veto_off(tmp_path: Path) -> None:
    for on, ways in given_wrongly():
        tables: dict[str, list[Way]] = {}  # a column of types is there for every row: one beside a fact's own opens all
        for way in ways[::SOME]:
            beside = way.data.keys() - BOOK.vocabulary.facts.keys()
            tables.setdefault(way.path if beside else "", []).append(way)
        for path, some in tables.items():
            judge = by_table(through.as_arrow, "records" if path else "duckdb")
            *found, control = judge(on, [*(way.data for way in some), best_of(on)], tmp_path)
            assert not off(on, some, found)
            if not path:
                assert control == (on.law.area.outcomes[0].key,) * 2


HIDDEN = ("rows", "columns", "sheets")


@cache
def all_violating() -> list[tuple[DatedArea, list[Way]]]:
    """Return by area and day, a row each, what violates a veto."""
    found: dict[Any, tuple[DatedArea, list[Way]]] = {}
    for area, rule in VETOES:
        for on, content in violating(area, rule):
            found.setdefault((on.key, on.law.as_of), (on, []))[1].append(Way(rule.key, "", "", content))
    return list(found.values())


@pytest.mark.parametrize("made", [through.as_workbook, through.as_list_sheets], ids=["one sheet", "sheets of lists"])
@pytest.mark.parametrize("hidden", HIDDEN)
def test_nothing_hidden_switches_a_veto_off(hidden: str, made: Any, tmp_path: Path) -> None:
    judge = by_screening(partial(made, hidden=hidden), "records")
    for on, ways in all_violating():
        *found, control = judge(on, [*(way.data for way in ways), best_of(on)], tmp_path)
        assert not off(on, ways, found)
        assert control == (on.law.area.outcomes[0].key,) * 2


OWNERS = ("甲公司", "", " ", "乙公司", "甲公 司", "甲公司\u200b", "同上", "甲公司（原名）", "？", "——")


@pytest.mark.parametrize(
    ("owner", "hidden"),
    [(o, h) for n, o in enumerate(OWNERS) for h in ("", HIDDEN[n % 3])],
    ids=[f"{o!r} {h}" for n, o in enumerate(OWNERS) for h in ("shown", HIDDEN[n % 3])],
)
def test_no_row_of_a_list_is_taken_for_nothing(owner: str, hidden: str, tmp_path: Path) -> None:
    tried = set()
    for area, rule in VETOES:
        contents = [(on, c) for on, c in violating(area, rule) if any(c.get(k) for k in through.SHEETS)]
        for on, content in contents[:1] if owner.strip() else contents:
            tried.add(rule.key)
            book = beside(content, owner, hidden, tmp_path / f"{rule.key}.xlsx")
            (row,) = [r for r in screen(book, on).rows if r.outcome]
            assert row.verdict is not None
            assert row.verdict.at_worst == area.outcomes[-1].key, (rule.key, owner)
    assert tried == {r.key for a, r in VETOES if reads_a_list(a, r)}


def reads_a_list(area: Any, rule: Rule) -> bool:
    on, _ = next(violating(area, rule))
    return bool({key.rpartition(".")[0] for key in facts_read(on.law, rule)} & through.SHEETS.keys())


def beside(content: Content, owner: str, hidden: str, path: Path) -> Path:
    """Write a workbook of one project, and in a sheet of its own its list, whose rows are of an owner."""
    (name,) = (k for k in through.SHEETS if content.get(k))
    items = content[name]
    project = {k: v for k, v in content.items() if k not in (*through.WHO, name)} | {"企业名称": "甲公司"}
    rows = [["企业名称", *through.columns(items)], *([owner, *map(through.text, i)] for i in through.rows_of(items))]
    return workbook(path, hidden=hidden, **through.sheets_of([project]), **{through.SHEETS[name]: rows})
