"""A spelling that can mean one thing only is taken for it, by every engine; one that is not exact is named."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from doors.reading import BEST, HEADINGS, OPEN, area, row
from safety_rules.semantics.admission.admit import admit
from safety_rules.tables.decide import decided_table

CLEAR = [
    ("project.fixed_asset_investment", "９３７５", 9375), ("project.fixed_asset_investment", "9，375.00", 9375),
    ("project.fixed_asset_investment", "9375万元整", 9375), ("project.fixed_asset_investment", "人民币9375万元", 9375),
    ("project.fixed_asset_investment", "9375万元人民币", 9375), ("project.fixed_asset_investment", "0.9375亿。", 9375),
    ("project.has_chemical_reaction", "✘", False), ("project.has_chemical_reaction", "不涉及", False),
    ("project.has_chemical_reaction", "☑是 □否", True), ("project.has_chemical_reaction", "□是 ☑否", False),
    ("project.has_chemical_reaction", "是。", True), ("project.has_chemical_reaction", "否\u200b", False),
    ("project.industry_code", "C38 电气机械和器材制造业", "38"), ("project.industry_code", "C 3825", "3825"),
    ("project.industry_code", "3825光伏设备及元器件制造", "3825"), ("project.industry_code", "３８２５", "3825"),
    ("enterprise.credit_code", "9132 0991 MAP9 JTKT 12", "91320991MAP9JTKT12"),
    ("enterprise.credit_code", "91320991-map9jtkt-12", "91320991MAP9JTKT12"),
    ("enterprise.name", "甲公司\u200b", "甲公司"), ("project.stage", "1.洽谈。", "negotiating"),
    ("project.processes", "1、层压封装；2、组装。", ("lamination", "assembly")),
    ("project.safety_preassessment", "无需", "not_required"),
]  # fmt: skip
UNCLEAR = [
    ("project.fixed_asset_investment", "15-20亩", "是范围"), ("project.fixed_asset_investment", "约450", "是约数"),
    ("project.fixed_asset_investment", "≥600", "只写明界限"), ("project.fixed_asset_investment", "1500万美元", "是外币"),
    ("project.fixed_asset_investment", "15（一期10）", "带有附注"), ("project.fixed_asset_investment", "15²", "不认识单位"),
    ("project.fixed_asset_investment", "9 375", ""), ("project.fixed_asset_investment", "二百", "不是数"),
    ("project.industry_code", "38、39", "行业代码"), ("project.has_chemical_reaction", "基本不涉及", ""),
]  # fmt: skip


def admitted(key: str, given: str) -> Any:
    return admit({key: given}, area().law.rulebook.vocabulary)


@pytest.mark.parametrize(("key", "given", "value"), CLEAR)
def test_a_spelling_that_means_one_thing_is_taken_for_it(key: str, given: str, value: Any) -> None:
    record = admitted(key, given)
    assert (record.values[key], record.problems) == (value, ())


@pytest.mark.parametrize(("key", "given", "why"), UNCLEAR)
def test_what_is_not_exact_stays_unknown_with_the_reason(key: str, given: str, why: str) -> None:
    record = admitted(key, given)
    assert key not in record.values
    assert why in record.problems[0].message.zh


@pytest.mark.parametrize("given", ["暂无", "待补充", "\u200b", " — "])
def test_words_and_signs_for_nothing_are_blanks(given: str) -> None:
    assert admitted("project.fixed_asset_investment", given) == admit({}, area().law.rulebook.vocabulary)


def test_every_engine_takes_a_spelling_for_the_same(tmp_path: Path) -> None:
    names = {f.key: f.name.zh for f in area().law.rulebook.vocabulary.facts.values()}
    changes = [
        (names[key][:2] if key != "project.fixed_asset_investment" else "固定", given)
        for key, given, _ in (*CLEAR, *UNCLEAR)
    ]
    rows = [row(**{start: given}) for start, given in changes if sum(h.startswith(start) for h in HEADINGS) == 1]
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADINGS, *rows])
    found = {e: [r["outcome"] for r in _rows(path, e)] for e in ("duckdb", "records")}
    assert found["duckdb"] == found["records"]
    assert {BEST, OPEN} <= set(found["records"])
    assert len(rows) > 15


def _rows(path: Path, engine: str) -> list[Any]:
    decision = decided_table(area().law, path, None, engine, None, (), (), None, None)
    try:
        return list(decision)  # type: ignore[arg-type]
    finally:
        decision.close()
