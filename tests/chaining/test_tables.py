"""Chaining over tables: DuckDB's joins to a fixpoint derive the records that the definition derives, and no others."""

from __future__ import annotations

import csv
import datetime
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

import safety_rules as sr
from chaining.campaign import contents
from chaining.ledgers import BLACK, CHAINS, DAY, book
from chaining.ledgers import ledger as small_ledger
from chaining.maker import made
from chaining.real_ledgers import DAYS, ledger, started
from chaining.table_campaign import BOTH, by_tables, exact
from safety_rules.engines.columnar.chain_records import Unsupported, opened
from safety_rules.engines.columnar.chains import run
from safety_rules.engines.forward import chain
from safety_rules.engines.sql import unsupported
from safety_rules.face import Rules
from safety_rules.language.errors import LedgerError, NotFoundError
from safety_rules.semantics.admission.admit import admit
from safety_rules.semantics.chaining.chain import ChainResult, program_on
from safety_rules.semantics.chaining.facts import given_facts
from safety_rules.tables.chain import ChainedTables, chained_tables


@pytest.mark.parametrize("first", range(0, 16, 8))
def test_generated_programs_agree_with_the_definition(first: int) -> None:
    open_, derived = 0, 0
    for seed in range(first, first + 8):
        generated = made(seed)
        defined = chain(generated.program, generated.facts, "fixpoint")
        found = by_tables(generated)
        assert {kind: contents(defined, kind, generated) for kind in BOTH} == found, f"seed {seed}"
        open_ += len(found[False] - found[True])
        derived += len(found[True])
    assert open_
    assert derived


def agreeing(tables: ChainedTables, defined: ChainResult) -> int:
    """Compare every derived relation; return how many records there are."""
    count = 0
    for relation in tables.relations:
        wanted = {(frozenset(f.values.items()), f.id in defined.certain) for f in defined.derived(relation)}
        found = [(frozenset((k, exact(v)) for k, v in values.items()), sure) for values, sure in tables.rows(relation)]
        assert wanted == set(found), relation
        assert len(wanted) == len(found), relation
        assert tables.counts()[relation] == (sum(s for _, s in wanted), len(wanted))
        count += len(found)
    return count


def frames(data: dict[str, list[dict[str, Any]]]) -> dict[str, pa.Table]:
    found = {}
    for name, rows in data.items():
        fields = list(dict.fromkeys(k for row in rows for k in row))
        found[name] = pa.table({f: [row.get(f) for row in rows] for f in fields})
    return found


@pytest.mark.parametrize("day", [DAYS[4], DAYS[7]])
def test_the_built_in_chains_agree_on_a_ledger_with_blanks(day: str) -> None:
    on = datetime.date.fromisoformat(day)
    data = ledger(22, seed=on.year)
    program, facts = started(data, on)
    tables = sr.load().chain_tables(on, frames(data))
    assert agreeing(tables, chain(program, facts, "fixpoint")) > 50
    assert all(possible for _, possible in tables.counts().values())


def test_the_built_in_chains_agree_on_lists_that_nobody_gave() -> None:
    data = {"ledger.projects": [{"id": "P1", "enterprise": "A"}], "ledger.enterprises": [{"credit_code": "A"}]}
    program, facts = started(data, datetime.date(2024, 6, 1))
    tables = sr.load().chain_tables("2024-06-01", data)
    agreeing(tables, chain(program, facts, "fixpoint"))
    assert tables.counts()["ledger.effects"] == (0, 3)


def test_nothing_derived_is_counted_as_none_and_a_table_of_odd_cells_alone_is_read() -> None:
    nothing: dict[str, Any] = {f"ledger.{name}": [] for name in ("enterprises", "accidents", "dangers", "projects")}
    tables = chained_tables(program_on(book(), DAY), nothing)
    assert set(tables.counts().values()) == {(0, 0)}
    odd = pa.table({"id": ["A1"], "enterprise": ["E1"], "date": ["2024年5月1日"], "grade": [" 重大"]})
    given = nothing | {"ledger.enterprises": [{"code": "E1"}], "ledger.accidents": odd}
    assert chained_tables(program_on(book(), DAY), given).counts()["ledger.listings"][0] == 1


def parquet(rows: list[dict[str, Any]], folder: Path) -> Path:
    pq.write_table(frames({"x": rows})["x"], folder / "rows.parquet")
    return folder / "rows.parquet"


def csv_file(rows: list[dict[str, Any]], folder: Path) -> Path:
    names = {"id": "编号", "enterprise": "单位", "date": "日期", "grade": "等级"}
    with (folder / "rows.csv").open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["某区事故（虚构）"])
        writer.writerow(names.values())
        writer.writerows([row.get(n, "") for n in names] for row in rows)
    return folder / "rows.csv"


def json_lines(rows: list[dict[str, Any]], folder: Path) -> Path:
    (folder / "rows.jsonl").write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), "utf-8")
    return folder / "rows.jsonl"


def workbook(rows: list[dict[str, Any]], folder: Path) -> Path:
    with xlsxwriter.Workbook(str(folder / "rows.xlsx")) as file:
        sheet = file.add_worksheet("事故")
        sheet.write_row(0, 0, ["编号", "单位", "日期", "等级"])
        for at, row in enumerate(rows, 1):
            sheet.write_row(at, 0, [row.get(n, "") for n in ("id", "enterprise", "date", "grade")])
    return folder / "rows.xlsx"


SOURCES = {
    "mappings": lambda rows, folder: rows,
    "Arrow": lambda rows, folder: frames({"x": rows})["x"],
    "Polars": lambda rows, folder: pl.DataFrame(rows),
    "pandas": lambda rows, folder: pd.DataFrame(rows),
    "parquet": parquet,
    "csv in GB18030": csv_file,
    "json lines": json_lines,
    "workbook": workbook,
}


@pytest.mark.parametrize("kind", SOURCES)
def test_every_kind_of_source_gives_what_the_definition_gives(kind: str, tmp_path: Path) -> None:
    rules, data = book(), small_ledger(60)
    data["ledger.accidents"] += [
        {"id": "A1"},
        dict(data["ledger.accidents"][0]),
    ]  # one twice with other content, one again
    data["ledger.accidents"] += [{"id": "A98", "enterprise": "E1", "date": "2024年5月1日", "grade": " 重大"}]
    program = program_on(rules, DAY)
    given: dict[str, Any] = dict(data)
    given["ledger.accidents"] = SOURCES[kind](data["ledger.accidents"], tmp_path)
    tables = chained_tables(program, given)
    facts = _facts(data, program)
    assert agreeing(tables, chain(program, facts, "fixpoint")) > 5
    assert "given-twice" in {n.code for n in tables.notices}


def _facts(data: dict[str, Any], program: Any) -> Any:
    return given_facts(admit(data, program.rulebook.vocabulary), program)[0]


def test_a_missing_column_and_one_of_another_type_are_unknown_and_said_once() -> None:
    program = program_on(book(), DAY)
    given = {
        "ledger.enterprises": [{"code": "A"}],
        "ledger.accidents": pa.table({"id": ["A1"], "date": [True], "grade": ["major"], "备注": ["x"]}),
    }
    tables = chained_tables(program, given)
    said = {(n.code, n.path) for n in tables.notices}
    assert {("missing-column", "ledger.accidents.enterprise"), ("column-type", "ledger.accidents.date")} <= said
    assert ("heading", "") in said
    assert ("cells", "ledger.accidents") in said
    assert tables.counts()["ledger.listings"] == (0, 2)


def test_what_cannot_be_read_or_written_is_a_clear_error_and_leaves_nothing(tmp_path: Path) -> None:
    program = program_on(book(), DAY)
    broken = parquet(small_ledger(20)["ledger.accidents"], tmp_path)
    broken.write_bytes(broken.read_bytes()[:-9])
    for source in (broken, tmp_path / "none.csv", {"a": 1}):
        with pytest.raises(LedgerError) as error:
            chained_tables(program, {"ledger.accidents": source}, tmp_path / "out")
        assert "\n" not in str(error.value)
    assert [p.name for p in tmp_path.iterdir()] == ["rows.parquet"]
    with pytest.raises(NotFoundError, match=r"did you mean `ledger.accidents`"):
        chained_tables(program, {"ledger.accident": []})
    (tmp_path / "out").mkdir()
    with pytest.raises(LedgerError, match="is there already"):
        chained_tables(program, small_ledger(20), tmp_path / "out")


def test_the_derived_records_are_written_as_a_folder_of_parquet(tmp_path: Path) -> None:
    tables = Rules(book()).chain_tables(DAY, small_ledger(60), tmp_path / "out")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["ledger.effects.parquet", "ledger.listings.parquet"]
    written = pl.read_parquet(tmp_path / "out" / "ledger.listings.parquet")
    assert (int(written["certain"].sum()), len(written)) == tables.counts()["ledger.listings"]
    assert tables.relation("ledger.listings").columns == ["enterprise", "list", "since", "until", "certain"]
    with pytest.raises(NotFoundError):
        tables.relation("ledger.accidents")
    tables.close()


SIZED = CHAINS | {
    "black": BLACK.replace("a.date <= as_of", "a.deaths / 3 >= 1 / 3"),
}
REFUSED = {
    "chain-number": (CHAINS, {"ledger.accidents": [{"id": "A1", "deaths": 9007199254740993}]}),
    "chain-too-close": (SIZED, {"ledger.accidents": [{"id": "A1", "grade": "major", "deaths": 1}]}),
    "chain-far-day": (CHAINS, {"ledger.accidents": [{"id": "A1", "date": "9998-01-01", "grade": "major"}]}),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_what_tables_do_not_decide_is_refused_by_its_listed_reason(reason: str) -> None:
    chains, data = REFUSED[reason]
    given = {"ledger.enterprises": [{"code": "A"}], **data}
    with pytest.raises(Unsupported) as error:
        chained_tables(program_on(book(chains), DAY), given)
    assert error.value.reason == reason
    assert reason in unsupported.CHAINS


def test_a_list_in_a_derived_record_is_refused_and_the_list_of_reasons_is_whole() -> None:
    words = made(0)
    rule = next(iter(words.program.rules.values()))
    listed = replace(rule, record=(("nothing", rule.record[0][1]),))
    program = program_on(words.program.rulebook, words.program.as_of, rules=[listed])
    with pytest.raises(Unsupported) as error, duckdb.connect() as con:
        run(opened(con, program, ()))
    assert error.value.reason == "chain-list"
    assert {*REFUSED, "chain-list"} == set(unsupported.CHAINS)
