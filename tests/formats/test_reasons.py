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
