"""Whatever bytes a ledger holds, the answer is rows or one LedgerError."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safety_rules.language.errors import LedgerError
from safety_rules.services.screening import screen
from screening.ledgers import PASSING, area, ledger_of

AREA = area()
JSON_TEXT = st.text('{}[]",:0123456789.eE- \nprojectland_area项目NaN\\u', max_size=80)
CSV_TEXT = st.text('项目编号用地面积,"\n\r\t;12.-=(（亩）', max_size=80)


def outcome(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    try:
        rows = list(screen(path, AREA).rows)
    except LedgerError as error:
        return "" if "\n" in str(error) else "refused"
    return "read" if all(r.verdict is not None or r.error is not None or not r.outcome for r in rows) else ""


@pytest.mark.parametrize(("ending", "texts"), [("jsonl", JSON_TEXT), ("json", JSON_TEXT), ("csv", CSV_TEXT)])
def test_any_text_is_read_or_refused(tmp_path: Path, ending: str, texts: st.SearchStrategy[str]) -> None:
    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(texts)
    def holds(text: str) -> None:
        head = "项目编号,用地面积（亩）\n" if ending == "csv" else ""
        assert outcome(tmp_path / f"a.{ending}", (head + text).encode("utf-8", "replace")) in ("read", "refused")

    holds()


def test_a_damaged_workbook_is_read_or_refused(tmp_path: Path) -> None:
    whole = ledger_of(tmp_path / "whole.xlsx", PASSING).read_bytes()
    chance = random.Random(20201001)
    seen = set()
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 8)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        seen.add(
            outcome(tmp_path / "a.xlsx", bytes(data[: chance.choice((len(data), chance.randrange(1, len(data))))]))
        )
    assert seen == {"read", "refused"}
