"""Every conformance case on DuckDB, by its own SQL; what it leaves to the exact evaluator is listed by name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from conformance.suite import ConditionCase, VerdictCase, asserted, conditions, verdicts
from safety_rules.engines.columnar.decide import define_maps
from safety_rules.engines.columnar.source import Source, source
from safety_rules.engines.sql.dialect import DUCKDB
from safety_rules.engines.sql.query.builder import law_query
from safety_rules.engines.sql.query.law_query import BITS, words
from safety_rules.engines.sql.read.types import Use
from safety_rules.engines.sql.records import arrow_table
from safety_rules.engines.sql.unsupported import UNSUPPORTED
from safety_rules.language.record import Record
from safety_rules.language.verdict import Status
from safety_rules.semantics.decide import AreaOn

CONDITIONS, VERDICTS = list(conditions()), list(verdicts())
LEFT = {
    "sum(e.loss for e in enterprise.events if e.closed)": "sum-at-threshold",
    "sum(e.loss for e in enterprise.events if e.closed if e.grade == 'high')": "sum-at-threshold",
    "any(e.share > 0.7 for e in enterprise.events)": "sum-at-threshold",
    "project.sales / (project.balance - project.invested) >= 1": "divisor-from-difference",
    "min(project.invested, project.sales)": "choice-of-numbers-at-threshold",
    "(project.invested / project.balance if project.balance != 0 else 0) >= 1": "choice-of-numbers-at-threshold",
    "scale(limit.fees, project.invested)": "choice-of-numbers-at-threshold",
    "分级累计(标准.分级, 项目.投资) <= 90[万元]": "choice-of-numbers-at-threshold",
    "scale(limit.fees, project.sales)": "choice-of-numbers-at-threshold",
    "scale(limit.fees, project.invested - 100[万元]) == 1000[百分比] * 1[万元]": "choice-of-numbers-at-threshold",
    "scale(limit.fees, project.balance) > 0[万元]": "choice-of-numbers-at-threshold",
    "project.mass / quantity[project.code].amount >= 1": "choice-of-numbers-at-threshold",
    "project.floor >= 2[亩]": "number-without-short-decimal",
    "project.invested / project.floor >= 300[万元/亩]": "number-without-short-decimal",
}


@pytest.fixture(scope="module")
def con() -> Any:
    with duckdb.connect() as connection:
        yield connection


def statuses_of(found: dict[str, Any], law: AreaOn) -> list[Status]:
    masks = [found[m] for m in ("violated", "undetermined", "not_applicable")]
    if words(law) > 1:
        masks = [sum(word << (i * BITS) for i, word in enumerate(mask)) for mask in masks]
    order = (Status.VIOLATED, Status.UNDETERMINED, Status.NOT_APPLICABLE)
    return [
        next((s for s, mask in zip(order, masks, strict=True) if mask >> i & 1), Status.SATISFIED)
        for i in range(len(law.rules))
    ]


def by_sql(con: Any, law: AreaOn, record: Record, clean: bool) -> tuple[Sequence[Status], bool]:
    """Return the findings as SQL has them, and whether the row goes back."""
    rows: Source = source(con, arrow_table(law, [record]), Path())
    query = law_query(law, {k: Use(k, t, None, clean) for k, t in rows.types.items()}, DUCKDB)
    define_maps(con, query.maps)
    cursor = con.execute(query.over(rows.sql))
    found = dict(zip([c[0] for c in cursor.description], cursor.fetchall()[0], strict=True))
    return statuses_of(found, law), found["again"]


@pytest.mark.parametrize("clean", [True, False], ids=["keys", "spellings"])
@pytest.mark.parametrize("case", [pytest.param(c, id=c.name) for c in CONDITIONS])
def test_a_condition_has_the_truth_that_is_written(case: ConditionCase, clean: bool, con: Any) -> None:
    found, goes_back = by_sql(con, case.requirement().by_kleene(), case.record, clean)
    if goes_back:
        assert LEFT[case.that] in UNSUPPORTED
    else:
        assert found == [case.by_kleene()], case.that
    if case.by_bounds:
        assert by_sql(con, case.requirement(), case.record, clean)[1], "a row that bounds decide leaves"


@pytest.mark.parametrize("case", [pytest.param(c, id=c.name) for c in VERDICTS])
def test_a_rule_has_the_status_that_is_written(case: VerdictCase, con: Any) -> None:
    found, goes_back = by_sql(con, case.law.by_kleene(), case.record, True)
    assert not goes_back
    assert asserted(case, found) >= 4


def test_what_is_left_to_the_exact_evaluator_is_listed_and_nothing_else_is(con: Any) -> None:
    left = {c.that for c in CONDITIONS if by_sql(con, c.requirement().by_kleene(), c.record, True)[1]}
    assert left == set(LEFT)
    assert set(LEFT.values()) | {"waiver"} == set(UNSUPPORTED)
