"""The short query of complete, plain tables: right wherever it answers, and it knows where it must not."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import safety_rules as sr
from effort import effort
from engines.columnar.test_agreement import arrow, compared
from engines.columnar.test_conformance import CONDITIONS, LEFT, con, statuses_of  # noqa: F401
from laws.areas import RuleTerm, law, rule_terms
from laws.maker import conditions
from laws.terms import DAYS, MU, F, Term
from laws.worlds import FULL, ON, RECORDS, world
from safety_rules.engines.columnar.decide import define_maps
from safety_rules.engines.columnar.source import source
from safety_rules.engines.sql.dialect import DUCKDB
from safety_rules.engines.sql.query.builder import first_query
from safety_rules.engines.sql.read.types import ColumnType, Use
from safety_rules.engines.sql.records import arrow_table
from safety_rules.language.kinds import Choice, Number, Records
from safety_rules.language.record import Record
from safety_rules.language.verdict import Status
from safety_rules.semantics.decide import AreaOn, findings
from safety_rules.semantics.verdict.evidence import facts_read
from safety_rules.services.dated_area import DatedArea
from safety_rules.testing.sampling import random_record, typical_values

STRANGE = (float("nan"), float("inf"), float("-inf"), -1.0, 1e300, 5e-324, 1e16, 0.1 + 0.2, 2000 / 3, None)


REST: dict[str, Any] = {
    "project.ready": True, "project.clean": False, "project.staff": F(3), "project.term": F(12), "project.wait": F(30),
    "project.steps": ("melting",), "project.land": F(2), "project.invested": F(21), "project.sales": F(1, 2),
    "project.tax": F(300), "project.balance": F(1), "project.floor": F(300), "project.mass": F(7, 100),
    "project.rate": F(21), "project.ratio": F(2), "project.width": F(1), "project.depth": F(1), "project.approved": DAYS[1], "project.expires": DAYS[4],
    "project.site": "land", "project.other_site": "lease", "project.code": "26", "project.name": "gas",
    "enterprise.events": ({"day": DAYS[0], "deaths": F(1), "loss": F(999), "score": F(2), "grade": "low",
                           "closed": True, "substance": "gas"},),
}  # fmt: skip
ASKED = (
    Term("project.ready", lambda w: w.facts["project.ready"]),
    Term("project.clean", lambda w: w.facts["project.clean"]),
    Term("project.land >= 2[亩]", lambda w: w.facts["project.land"] >= 2 * MU),
    Term(
        "project.sales / project.land >= 300[万元/亩]",
        lambda w: w.facts["project.sales"] / w.facts["project.land"] >= 300 * 10**4 / MU,
    ),
)


def expected(types: Mapping[str, ColumnType]) -> dict[str, Use]:
    return {k: Use(k, t, None, True, True) for k, t in types.items()}


def decided(con: Any, law: AreaOn, records: list[Record]) -> tuple[list[tuple[list[Status], bool]], bool]:  # noqa: F811
    """Return, for each record, its findings and whether it goes back; and whether the query was the short one."""
    rows = source(con, arrow_table(law, records), Path())
    query = first_query(law, expected(rows.types), DUCKDB)
    define_maps(con, query.maps)
    cursor = con.execute(query.over(rows.sql))
    names = [c[0] for c in cursor.description]
    found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [([] if row["again"] else statuses_of(row, law), row["again"]) for row in found], query.short


AT_EDGE = "sum(1[人] - e.deaths for e in enterprise.events) <= 0[人]"
"""What comes to its threshold once all is filled in: a sum there is left to the exact evaluator."""


def lacks(law: AreaOn, record: Record) -> bool:
    """Whether a fact that a law's one rule reads is blank, or a field of a list's item."""
    read = [record.values.get(key) for key in facts_read(law.rules[0], law)]
    fields = REST["enterprise.events"][0].keys()
    items = [item for value in read if isinstance(value, tuple) for item in value]
    return None in read or any(not isinstance(i, str) and fields - {k for k in i if i[k] is not None} for i in items)


@pytest.mark.parametrize("zero", ["", "project.balance", "project.floor"])
def test_a_row_without_a_blank_is_decided_and_what_is_open_blank_or_listed_goes_back(zero: str, con: Any) -> None:  # noqa: F811
    """All else is filled in, which overturns nothing that is decided; a divisor of zero too."""
    for case in (c for c in CONDITIONS if not zero or any(sign in c.that for sign in (zero, "/", "%"))):
        made = case.requirement()
        record = Record({**REST, **case.record.values, **({zero: F(0)} if zero else {})})
        [(found, goes_back)], short = decided(con, made, [record])
        expected = [f.status for f in findings(made, record, ())]
        why = {
            "open": Status.UNDETERMINED in expected,
            "blank": lacks(made, record),
            "listed": case.that in {*LEFT, AT_EDGE},
        }
        assert short
        assert found == ([] if goes_back else expected), case.that
        assert goes_back <= any(why.values()), case.that
        if case.status is not Status.UNDETERMINED and not zero:
            assert expected == [case.status], case.that


def test_a_row_with_a_blank_goes_back(con: Any) -> None:  # noqa: F811
    for case in CONDITIONS[::20]:
        assert decided(con, case.requirement(), [case.record])[0] == [([], True)], case.that


@settings(max_examples=effort(30), deadline=None)
@given(rule_terms(conditions(depth=2), most=9), st.lists(FULL | RECORDS, min_size=1, max_size=12), ON)
def test_generated_rules_say_what_their_words_mean_or_the_row_goes_back(
    terms: list[RuleTerm], worlds: list[Mapping[str, Any]], day: datetime.date
) -> None:
    with duckdb.connect() as connection:
        answers, _ = decided(connection, law(terms, day), [Record(w) for w in worlds])
    for values, (found, goes_back) in zip(worlds, answers, strict=True):
        if not goes_back:
            assert found == [Status(t.status(world(values, day))) for t in terms]


@pytest.mark.parametrize("count", [1, 31, 32, 42, 63, 64, 130])
def test_masks_of_many_rules_are_those_of_the_rules(count: int, con: Any) -> None:  # noqa: F811
    rng, day = Random(count), datetime.date(2020, 10, 1)
    worlds = [
        {"project.ready": a, "project.clean": b, "project.land": F(n), "project.sales": F(3 * n, 100) - off}
        for a in (True, False)
        for b in (True, False)
        for n in (1, 2, 3)
        for off in (0, F(1, 10000))
    ]
    terms = [
        RuleTerm(f"r{i}", tuple(rng.sample(ASKED[:3], rng.randrange(3))), (rng.choice(ASKED),), "referred")
        for i in range(count)
    ]
    answers, short = decided(con, law(terms, day), [Record({**REST, **w}) for w in worlds])
    assert short
    for values, (found, goes_back) in zip(worlds, answers, strict=True):
        assert not goes_back
        assert found == [Status(t.status(world(values, day))) for t in terms]


def complete(area: DatedArea, seed: int, count: int) -> list[dict[str, Any]]:
    """Return complete rows by fact key."""
    rng, vocabulary = Random(seed), area.law.rulebook.vocabulary
    values = typical_values(area.law)
    found = []
    for _ in range(count):
        record = random_record(area.law, rng, values, 0.0)
        flat = {f"{s}.{name}": v for s, facts in record.items() for name, v in facts.items()}
        found.append({k: float(v) if isinstance(vocabulary.facts[k].kind, Number) else v for k, v in flat.items()})
    return found


def strange(area: DatedArea, row: dict[str, Any], rng: Random) -> dict[str, Any]:
    """Return a row with a few cells that the first rows did not let one expect."""
    changed, facts = dict(row), area.law.rulebook.vocabulary.facts
    for key in rng.sample(sorted(row), min(3, len(row))):
        kind = facts[key].kind
        if isinstance(kind, Number):
            changed[key] = rng.choice(STRANGE)
        elif isinstance(kind, Records) and row[key]:
            changed[key] = [{k: v for k, v in item.items() if rng.random() < 0.7} for item in row[key]]
        elif isinstance(kind, Choice):
            changed[key] = rng.choice([kind.choices[row[key]].name.zh, "没有这一项", "不详", None])
        else:
            changed[key] = None
    return changed


@pytest.mark.parametrize("key", sr.load().areas)
def test_complete_rows_agree_with_their_records_and_what_is_strange_among_them_is_noticed(key: str) -> None:
    rules = sr.load().area(key)
    area = rules.on(rules.area.default_on or datetime.date(2021, 6, 1))
    rng = Random(5)
    plain = complete(area, 4, count := effort(80 if key == "hidden_danger" else 400))
    later = [strange(area, row, rng) if rng.random() < 0.1 else row for row in complete(area, 6, count)]
    compared(area, plain, 100)
    compared(area, [*plain, *later], 100)


def test_a_complete_file_is_read_by_the_short_query_and_a_blank_in_its_footer_is_seen(tmp_path: Path) -> None:
    area, rng = w1(), Random(7)
    found = complete(area, 8, 3_000)
    pq.write_table(arrow(area, found), tmp_path / "plain.parquet", row_group_size=500)
    decision = area.decide_table(tmp_path / "plain.parquet")
    assert decision.query.short
    for row, got in zip(found, decision, strict=True):
        assert (got["violated"], got["undetermined"], got["not_applicable"]) == area.masks(area.admit(row))
    odd = [*found[:2000], *(strange(area, row, rng) for row in found[2000:])]
    pq.write_table(arrow(area, odd), tmp_path / "odd.parquet", row_group_size=500)
    decision = area.decide_table(tmp_path / "odd.parquet")
    assert not decision.query.short
    for row, got in zip(odd, decision, strict=True):
        assert (got["violated"], got["undetermined"], got["not_applicable"]) == area.masks(area.admit(row))


def test_nan_among_complete_rows_is_no_number(tmp_path: Path) -> None:
    """The statistics of a file know no NaN, and must not answer for it."""
    area = w1()
    found = complete(area, 9, 600)
    for key in [k for k, v in found[0].items() if isinstance(v, float)]:
        odd = [{**row, key: float("nan")} if i == 500 else row for i, row in enumerate(found)]
        pq.write_table(arrow(area, odd), tmp_path / "nan.parquet")
        decision = area.decide_table(tmp_path / "nan.parquet")
        assert decision.query.short
        got = list(decision)[500]
        assert (got["violated"], got["undetermined"], got["not_applicable"]) == area.masks(area.admit(odd[500]))
        assert got["problem"]


def w1() -> DatedArea:
    from benchmarks.records.w1 import area

    return area()
