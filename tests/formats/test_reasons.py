"""The reason of a refusal is what refuses: not the parts beside it that would not."""

from __future__ import annotations

from typing import Any

import pytest

import safety_rules as sr
from safety_rules.formats.columns import first_reason, result_cells
from safety_rules.formats.ledger_rows import LedgerRow
from safety_rules.formats.result import ScreenedRow


def screened(given: dict[str, Any]) -> ScreenedRow:
    return ScreenedRow(LedgerRow(0, "", ()), sr.load().area("admission").on("2020-10-01").decide(given))


@pytest.mark.parametrize(("code", "part"), [("2710", "27"), ("2812", "28"), ("2929", "29"), ("2541", "254")])
def test_a_reason_names_the_part_that_decides(code: str, part: str) -> None:
    row = screened({"project.industry_code": code})
    expected = f"行业代码：{code}，以“{part}”开头"
    assert first_reason(row, "zh").endswith(f"——{expected}")
    cells = " ".join(str(c) for c in result_cells(row, "zh"))
    assert expected in cells
    assert "不以" not in cells


ACCIDENTS = [
    {"date": "2019-09-30", "deaths": 0, "serious_injuries": 2, "direct_loss": 10},
    {"date": "2020-05-20", "deaths": 3, "serious_injuries": 0, "direct_loss": 900},
]


def test_a_reason_about_a_list_names_the_records_that_decide() -> None:
    row = screened({"enterprise.accidents": ACCIDENTS})
    cells = " ".join(str(c) for c in result_cells(row, "zh"))
    assert "事故记录第2条·死亡人数 3 人，等于3 人" in cells
    assert "事故记录第1条" not in cells
    assert "重伤人数" not in cells
    assert "直接经济损失" not in cells


def test_a_reason_about_a_list_that_must_hold_no_such_record_names_no_other() -> None:
    listed = {"list": "黑名单", "status": "在列", "listed_on": "2020-03-12"}
    removed = listed | {"status": "已移出"}
    row = screened({"enterprise.listings": [removed, listed]})
    cells = " ".join(str(c) for c in result_cells(row, "zh"))
    assert "名单记录第2条·名单状态：在列" in cells
    assert "名单记录第1条" not in cells
