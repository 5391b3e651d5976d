"""Lists of records in tables: units with their chemicals, graded by SQL and by twenty lines of Fractions."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pyarrow as pa
import pytest

import safety_rules as sr
from major_hazard.oracle import NAMED, graded
from safety_rules.engines.columnar.decide import define_maps
from safety_rules.engines.columnar.source import source
from safety_rules.engines.sql.dialect import DUCKDB
from safety_rules.engines.sql.query.builder import law_query
from safety_rules.engines.sql.read.texts import _is_cas
from safety_rules.engines.sql.read.types import ListOf, Plain, Struct, Use
from safety_rules.services.dated_area import DatedArea

UNITS = 1_500
CHEMICALS = [
    ("氨", "7664-41-7", ""), ("液氯", "7782-50-5", ""), ("苯", "71-43-2", "W5.3"), ("甲醇", "67-56-1", "W5.3"),
    ("乙醇", "64-17-5", "W5.3"), ("二氧化硫", "7446-09-5", ""), ("某溶剂", "无", "W5.4"), ("某毒物", "无", "J1"),
]  # fmt: skip
OF_TABLE = {"液氯": "氯"}


@pytest.fixture(scope="module")
def area() -> DatedArea:
    return sr.load().area("major_hazard").on("2020-10-01")


def units() -> tuple[list[dict[str, Any]], list[str]]:
    """Return generated units, and the level of each by plain Fractions."""
    rng, found, levels = Random(18218), [], []
    named = {n: OF_TABLE.get(n, n) for n, _, _ in CHEMICALS}
    rows = {n: next((k for k in NAMED if k in (t, f"{t}(无水)")), t) for n, t in named.items()}
    for _ in range(UNITS):
        people, held, items = rng.choice([0, 1, 29, 30, 49, 50, 99, 100, 800]), [], []
        for name, cas, category in rng.sample(CHEMICALS, rng.randint(1, 6)):
            tonnes = rng.choice([round(rng.uniform(0.001, 90), 3), float(rng.randint(1, 60))])
            categories = [category] if category else []
            items.append({"name": name, "cas": cas, "categories": categories, "quantity": tonnes})
            held.append((rows[name], Fraction(repr(tonnes)), categories))
        found.append({"unit.scope": "in_scope", "unit.exposed_population": people, "unit.chemicals": items})
        levels.append(graded(held, people)[2])
    return found, levels


@pytest.mark.parametrize("form", ["records", "json"])
def test_units_with_their_chemicals_are_graded_as_by_fractions(form: str, area: DatedArea) -> None:
    """Rows whose R stands exactly at an edge are settled in whole numbers: few, and none of the others."""
    given, levels = units()
    if form == "json":
        given = [u | {"unit.chemicals": json.dumps(u["unit.chemicals"], ensure_ascii=False)} for u in given]
    decision = area.decide_table(pa.Table.from_pylist(given))
    assert [r["outcome"] for r in decision] == levels
    assert set(levels) == {"not_major", "level_4", "level_3", "level_2", "level_1"}
    assert decision.sent_back < UNITS / 50


def test_a_name_or_number_that_json_types_otherwise_goes_back(area: DatedArea) -> None:
    texts = [
        '[{"name": "氨", "cas": "7664-41-7", "quantity": 9}]',
        '[{"name": 7664, "cas": "7664-41-7", "quantity": 10}]',
        '[{"name": true, "cas": "7664-41-7", "quantity": 10}]',
        '[{"name": -1.5e3, "cas": "7664-41-7", "quantity": 10}]',
        '[{"name": "某物", "cas": "无", "categories": ["J1", "W2"], "quantity": 4}]',
        '[{"name": "某物", "cas": "无", "categories": "J1、W2", "quantity": 4}]',
        '[{"name": "某物", "cas": "无", "categories": [], "quantity": 4}]',
        '[{"name": "某物", "cas": "无", "categories": ["J1", "K9"], "quantity": 4}]',
        '[{"name": "某物", "cas": "无", "categories": ["J1", null], "quantity": 4}]',
        '[{"name": "某物", "cas": "无", "categories": "[\\"J1\\"]", "quantity": 4}]',
    ]
    scopes, people = ["in_scope"] * len(texts), [0] * len(texts)
    decision = area.decide_table(
        pa.table({"unit.scope": scopes, "unit.exposed_population": people, "unit.chemicals": texts})
    )
    assert [r["again"] for r in decision] == [False, True, True, True, False, False, False, True, True, True]
    by_record = [
        area.decide({"unit.scope": "in_scope", "unit.exposed_population": 0, "unit.chemicals": json.loads(t)})
        for t in texts
    ]
    assert [(r["at_best"], r["at_worst"], r["problem"]) for r in decision] == [
        (v.at_best, v.at_worst, bool(v.problems)) for v in by_record
    ]


def test_a_cas_number_is_one_by_its_check_digit() -> None:
    """The digits before the last, from the right, times 1, 2, 3 ... add up to the last, modulo 10."""
    rng, texts = (
        Random(5),
        ["无", "有", "7664-41-7", "7664-41-8", "1-41-7", "12345678-41-7", "7664-4-7", "", " 7664-41-7"],
    )
    for _ in range(3_000):
        head, two = str(rng.randrange(10 ** rng.randint(1, 8))).zfill(2), f"{rng.randrange(100):02d}"
        right = sum(i * int(c) for i, c in enumerate(reversed(head + two), 1)) % 10
        texts.append(f"{head}-{two}-{rng.choice([right, rng.randrange(10)])}")

    def is_one(text: str) -> bool:
        parts = text.split("-")
        if [len(p) for p in parts[1:]] != [2, 1] or not 2 <= len(parts[0]) <= 7 or not "".join(parts).isdigit():
            return text == "无"
        return sum(i * int(c) for i, c in enumerate(reversed(parts[0] + parts[1]), 1)) % 10 == int(parts[2])

    with duckdb.connect() as con:
        con.execute("CREATE TABLE said AS SELECT unnest(?) AS t", [texts])
        found = con.execute(f"SELECT {_is_cas('t', DUCKDB)} FROM said").fetchall()
    assert [f for (f,) in found] == [is_one(t) for t in texts]
    assert 300 < sum(map(is_one, texts)) < 2_700


def test_what_rules_work_out_of_a_record_is_worked_out_once(area: DatedArea) -> None:
    """Each spelling is looked up once in each table; before, one query took 860,000 characters."""
    item = Struct({n: Plain("text") for n in ("name", "cas", "qualifier")} | {"quantity": Plain("double")})
    uses = {"unit.chemicals": Use("unit.chemicals", ListOf(item), None, True, True)}
    query = law_query(area.law, uses, DUCKDB)
    looked_up = query.text.count("getvariable('listed_substances')[")
    assert looked_up == 2  # by name, and by CAS number
    assert len(query.text) < 60_000


def test_a_list_of_no_records_is_a_blank_and_one_with_a_hole_goes_back(area: DatedArea, tmp_path: Path) -> None:
    chemicals = [[{"name": "氨", "quantity": 10.0}], [], [None], None, [{"name": "氨", "quantity": None}]]
    table = pa.table({"unit.scope": ["in_scope"] * 5, "unit.exposed_population": [0] * 5, "unit.chemicals": chemicals})
    decision = area.decide_table(table)
    by_record = [
        area.decide({"unit.scope": "in_scope", "unit.exposed_population": 0, "unit.chemicals": c}) for c in chemicals
    ]
    assert [r["outcome"] for r in decision] == [v.outcome for v in by_record]
    rows = source(decision.con, table, tmp_path)
    define_maps(decision.con, decision.query.maps)
    assert decision.con.execute(f"SELECT count(*) FROM ({decision.query.over(rows.sql)})").fetchone() == (5,)
