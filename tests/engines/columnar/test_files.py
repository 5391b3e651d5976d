"""Files of many row groups: rows stay in their order when some go back, and a NaN that the file's statistics hide is seen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from chaining.ledgers import DAY, book
from engines.columnar.test_tables import area  # noqa: F401
from safety_rules.semantics.chaining.chain import program_on
from safety_rules.services.dated_area import DatedArea
from safety_rules.tables.chain import chained_tables

ROWS = 200_000


def written(folder: Path, columns: dict[str, Any]) -> Path:
    path = folder / "rows.parquet"
    pq.write_table(pa.table(columns), path, row_group_size=50_000)
    return path


def numbers(strange: dict[int, float]) -> list[float]:
    return [strange.get(i, i % 977 + 0.5) for i in range(ROWS)]


def test_rows_keep_their_order_when_some_of_them_go_back(area: DatedArea, tmp_path: Path) -> None:  # noqa: F811
    back = range(1_005, ROWS, 9_973)
    sites = ["征地" if i in back else "land" for i in range(ROWS)]
    path = written(
        tmp_path, {"编": list(range(ROWS)), "用地方式": sites, "用地面积": numbers({}), "固定资产投资": numbers({})}
    )
    decision = area.decide_table(path, keep=["编"])
    assert [row["编"] for row in decision] == list(range(ROWS))
    again = [i for i, row in enumerate(decision) if row["again"]]
    assert again == list(back)
    bit = 1 << decision.rules.index("land_investment_per_mu")
    assert all(row["violated"] & bit for row in decision)
    assert decision.verdict(back[3] + 1).outcome == decision.relation().fetchall()[back[3]][1]


@pytest.mark.parametrize("first", ["plain first rows", "strange first rows"])
def test_a_nan_that_a_files_statistics_hide_is_unknown_and_a_problem(
    first: str,
    area: DatedArea,  # noqa: F811
    tmp_path: Path,
) -> None:
    nan = {777: float("nan"), 150_001: float("nan"), 190_000: float("inf")} | ({2: -1.0} if "strange" in first else {})
    columns = {"用地方式": ["land"] * ROWS, "用地面积": numbers(nan), "固定资产投资": [2e4] * ROWS}
    decision = area.decide_table(written(tmp_path, columns))
    bit = 1 << decision.rules.index("land_investment_per_mu")
    assert [i for i, row in enumerate(decision) if row["problem"]] == sorted(nan)
    assert [i for i, row in enumerate(decision) if row["undetermined"] & bit] == sorted(nan)


def test_a_nan_that_a_files_statistics_hide_is_unknown_in_a_chain(tmp_path: Path) -> None:
    from chaining.ledgers import BLACK, CHAINS

    chains = CHAINS | {"black": BLACK.replace("a.grade == 'major'", "a.deaths >= 3")}
    count = 60_000
    deaths = [float("nan") if i == 51_000 else 1.0 for i in range(count)]
    path = tmp_path / "accidents.parquet"
    table = pa.table({"id": [f"A{i}" for i in range(count)], "enterprise": ["E"] * count, "deaths": deaths})
    days = pa.array([DAY] * count)
    pq.write_table(table.append_column("date", days), path, row_group_size=20_000)
    tables = chained_tables(
        program_on(book(chains), DAY), {"ledger.enterprises": [{"code": "E"}], "ledger.accidents": path}
    )
    assert tables.counts()["ledger.listings"][1] >= 1
    assert "cells" in {n.code for n in tables.notices}
