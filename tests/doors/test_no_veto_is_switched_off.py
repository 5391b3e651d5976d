"""No input switches a veto off: a fact that a veto reads, given wrongly in any way, leaves the worst outcome possible."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import safety_rules as sr
from doors import through
from doors.writers import workbook
from doors.wrongly import Content, Wrong, others, plain, wrongly
from safety_rules.language.kinds import Choices, Records
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
    index = [r.key for r in on.law.rules].index(rule.key)
    violated, undetermined, _ = on.masks(on.admit(data))
    return "violated" if violated >> index & 1 else "open" if undetermined >> index & 1 else "off"


def turning(on: DatedArea, rule: Rule, content: Content, path: str) -> Iterator[Any]:
    """Yield other values of a fact with which the veto would not be asked for: those that are dangerous to take."""
    fact = BOOK.vocabulary.fact_at(path)
    yield from (o for o in others(fact) if says(on, rule, at(content, path, o)) == "off")


def wrong_ways(area: Any, rule: Rule) -> Iterator[tuple[DatedArea, str, Wrong]]:
    """Yield every way of giving wrongly each fact that a veto reads; of contents after the first, every fifth way."""
    met: Counter[str] = Counter()
    for on, content in violating(area, rule):
        for path in paths(content, facts_read(on.law, rule)):
            other = next(turning(on, rule, content, path), None)
            if other is not None:
                ways = list(wrongly(content, path, other, BOOK.vocabulary))
                key = BOOK.vocabulary.fact_at(path).key
                yield from ((on, path, wrong) for wrong in (ways[met[key] % 5 :: 5] if met[key] else ways))
                met[key] += 1


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
        assert says(on, rule, wrong.data) != "off", (path, wrong)
        assert on.decide(wrong.data).at_worst == area.outcomes[-1].key, (path, wrong)
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

EVERY, FEWEST = 7, 15
FILES = {
    "csv by DuckDB": through.by_table(through.as_csv(), "duckdb", 50),
    "csv by record": through.by_table(through.as_csv(), "records", 50),
    "JSON lines by DuckDB": through.by_table(through.as_json_lines, "duckdb", 50),
    "Arrow by DuckDB": through.by_table(through.as_arrow, "duckdb", 50),
    "xlsx": through.by_screening(through.as_workbook, "records"),
}


@cache
def given_wrongly() -> list[tuple[DatedArea, list[tuple[str, Content]]]]:
    """Return contents in which one fact that a veto reads is given wrongly, in ways that a file can carry, by area and day."""
    found: dict[Any, tuple[DatedArea, list[tuple[str, Content]]]] = {}
    for area, rule in VETOES:
        ways = [
            (on, path, w) for on, path, w in wrong_ways(area, rule) if w.data.keys() <= BOOK.vocabulary.facts.keys()
        ]
        plain_ones = [(on, w) for on, path, w in ways if w.value is None or _in_a_cell(w.value, path)]
        for on, wrong in plain_ones[::EVERY]:
            many = found.setdefault((on.key, on.law.as_of), (on, []))[1]
            many.append((f"{rule.key}: {wrong.way}", wrong.data))
    return list(found.values())


def _in_a_cell(value: Any, path: str) -> bool:
    """Return whether a value means in a cell what it means in Python: a list of one day is that day there."""
    several = isinstance(BOOK.vocabulary.fact_at(path).kind, Records | Choices)
    return isinstance(value, str) or (
        several and isinstance(value, list) and all(isinstance(v, dict | str) for v in value)
    )


@pytest.mark.parametrize("door", FILES)
def test_no_fact_given_wrongly_in_a_file_switches_a_veto_off(door: str, tmp_path: Path) -> None:
    count = 0
    for on, many in given_wrongly():
        if len(many) < FEWEST:
            continue
        found = FILES[door](on, [data for _, data in many], tmp_path)
        for (way, _), came in zip(many, found, strict=True):
            count += 1
            assert came.at_worst == on.law.area.outcomes[-1].key, way
    assert count > 200


OWNERS = ("甲公司", "", " ", "乙公司", "甲公 司", "甲公司\u200b", "同上", "甲公司（原名）", "？", "——")


@pytest.mark.parametrize("hidden", [False, True], ids=["shown", "hidden"])
@pytest.mark.parametrize("owner", OWNERS)
def test_no_row_of_a_list_is_taken_for_nothing(owner: str, hidden: bool, tmp_path: Path) -> None:
    for area, rule in VETOES:
        on, content = next(violating(area, rule))
        lists = [k for k, v in content.items() if k in through.SHEETS and v]
        if not lists:
            continue
        (name,) = lists
        items = content[name]
        project = {k: v for k, v in content.items() if k not in (*through.WHO, name)} | {"企业名称": "甲公司"}
        rows = [
            ["企业名称", *through.columns(items)],
            *([owner, *map(through.text, i)] for i in through.rows_of(items)),
        ]
        book = workbook(
            tmp_path / f"{rule.key}.xlsx", hidden=hidden, **through.sheets_of([project]), **{through.SHEETS[name]: rows}
        )
        (row,) = [r for r in screen(book, on).rows if r.outcome]
        assert row.verdict is not None
        assert row.verdict.at_worst == area.outcomes[-1].key, (rule.key, owner)
