"""A frame of Spark with lists joined from ledgers: each row comes to what its record says, possible rows and odd keys too."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import safety_rules as sr
from engines.spark.test_spark import frame_of
from screening.test_from_ledger import WAYS, WHOLE, pack
from screening.test_joined_tables import COLUMNS, NAMES, NUMBERS, columns_of, ledgers, row_columns

pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("ignore")]
CHANGED: dict[str, dict[str, str]] = {
    "key": {},
    "ways": {"area": WAYS},
    "whole": {"area": WAYS, "is_trained": WHOLE},
}


def decided(area: Any, frame: Any) -> list[tuple[Any, ...]]:
    found = area.decide_table(frame, keep=["at"], columns=COLUMNS)
    rows = sorted((row.asDict() for row in found.frame().collect()), key=lambda row: row["at"])
    return [row_columns(row, len(area.law.rules)) for row in rows]


@pytest.mark.parametrize("kind", CHANGED)
@pytest.mark.parametrize("blank", [0.0, 0.1])
def test_each_row_comes_out_as_its_record(kind: str, blank: float, spark: Any, tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    rng, area = random.Random(f"{kind} {blank}"), pack(tmp_path / "rules", **CHANGED[kind])
    rows = [{"证号": rng.choice([*NUMBERS, None]), "单位": rng.choice([*NAMES, None])} for _ in range(40)]
    known = area.with_ledger(ledgers(rng, blank))
    wanted = [columns_of(known.decide({f: row[c] for f, c in COLUMNS.items()})) for row in rows]
    assert len({w[0] for w in wanted}) > 1
    table = pa.Table.from_pylist([{"at": i, **row} for i, row in enumerate(rows)])
    assert decided(known, frame_of(spark, table, tmp_path)) == wanted


def test_a_row_that_may_be_anybodys_is_written_as_its_record(spark: Any, tmp_path: Path) -> None:
    """A ban that names nobody opens whoever is not banned, in what is written as in what is asked for."""
    (tmp_path / "rules").mkdir()
    bans = [{"person": "Ａ1", "until": "2028-01-01"}, {"until": "2028-01-01"}]
    trained = [{"person": p, "company": "甲", "day": "2026-10-01"} for p in ("A1", "B2", "C3")]
    known = pack(tmp_path / "rules").with_ledger({"visitor.bans": bans, "visitor.training": trained})
    table = pa.table({"证号": ["A1", "b 2", "D4", None], "单位": ["甲", "甲", "乙", "甲"]})
    found = known.decide_table(frame_of(spark, table, tmp_path), tmp_path / "out", keep=["证号"], rule_keys=True)
    rows = {r["证号"]: (r["outcome"], r["violated_rules"]) for r in spark.read.parquet(str(tmp_path / "out")).collect()}
    assert rows == {
        "A1": ("rejected", "is_not_banned"),
        "b 2": ("undetermined", ""),
        "D4": ("rejected", "is_trained"),
        None: ("undetermined", ""),
    }
    assert "ledger-key-blank" in {n.code for n in found.notices}
    assert found.counts() == {"rejected": 2, "undetermined": 2}


def test_a_frame_that_tells_a_joined_list_itself_is_refused(spark: Any, tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    known = pack(tmp_path / "rules").with_ledger({"visitor.bans": [], "visitor.training": []})
    own = pa.table({"证号": ["A1"], "单位": ["甲"], "禁入名单": ["无"]})
    with pytest.raises(sr.LedgerError, match="leave `禁入名单` out"):
        known.decide_table(frame_of(spark, own, tmp_path))
