"""What holds of a ledger as a whole is judged once, by every engine alike, with the rows named; a blank leaves it open."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from click.testing import CliRunner

import safety_rules as sr
from safety_rules.cli.main import cli
from safety_rules.language.rulebook import Rulebook
from safety_rules.loading.files import folder_files
from safety_rules.loading.rulebook import rulebook
from safety_rules.loading.stored import restored, stored
from safety_rules.services.cases import run_cases
from safety_rules.services.coverage import untried
from safety_rules.services.impact.compare import compared
from safety_rules.services.lock import lock
from safety_rules.services.mutant_fate import Fate, fate
from safety_rules.services.mutants import mutants
from safety_rules.services.screening import screen

ACCESS = Path(__file__).parents[2] / "examples" / "access" / "rules"
ROWS = [
    ("V1", "示例一", "08:00"),
    ("v１", "示例二", "8:00"),
    ("V3", "示例三", ""),
    ("V4", "示例一", "09:00"),
    ("", "示例一", "09:00"),
]


@pytest.mark.parametrize("engine", ["records", "duckdb"])
def test_rows_are_named_alike_by_every_engine(engine: str, tmp_path: Path) -> None:
    path = tmp_path / "来访.csv"
    lines = ["登记号,姓名,进入时刻,身份证号", *(f"{a},{b},{c},999999200001011233" for a, b, c in ROWS)]
    path.write_text("\n".join(lines), "utf-8")
    area = sr.load(ACCESS).area("access").on("2024-06-01")
    found = screen(path, area, engine=engine)
    assert len(list(found.rows)) == len(ROWS)
    told = [(p.code, p.message.zh) for p in found.notices if p.code == "across-rows"]
    assert told == [
        ("across-rows", "不符合“登记号不重复”：第2、3行的登记号相同，共 2 行，至多 1 行"),
        ("across-rows", "“登记号不重复”待核实：第6行没有写明登记号，共 1 行"),
        ("across-rows", "不符合“同一人同一时刻只登记一次”：第2、3行的身份证号、进入时刻相同，共 2 行，至多 1 行"),
        ("across-rows", "不符合“同一人同一时刻只登记一次”：第5、6行的身份证号、进入时刻相同，共 2 行，至多 1 行"),
        ("across-rows", "“同一人同一时刻只登记一次”待核实：第4行没有写明身份证号、进入时刻，共 1 行"),
    ]


@pytest.mark.parametrize("made", [pa.table, pd.DataFrame, pl.DataFrame], ids=["Arrow", "pandas", "Polars"])
@pytest.mark.parametrize("engine", ["records", "duckdb"])
def test_rows_of_a_frame_are_named_as_those_of_a_file_are(made: Any, engine: str) -> None:
    columns = [list(c) for c in zip(*ROWS, strict=True)]
    frame = made(dict(zip(("登记号", "姓名", "进入时刻"), columns, strict=True)))
    decision = sr.load(ACCESS).area("access").on("2024-06-01").decide_table(frame, engine=engine)
    told = [p.message.zh for p in decision.notices if p.code == "across-rows"]
    decision.close()
    assert told[0] == "不符合“登记号不重复”：第1、2行的登记号相同，共 2 行，至多 1 行"


def test_a_second_reader_of_a_table_reads_its_times_in_the_same_zone() -> None:
    times = pa.array([datetime(2020, 9, 30, 16, 30, tzinfo=UTC)], pa.timestamp("us", "UTC"))
    area = sr.load().area("rectification").on("2020-10-01")
    decision = area.decide_table(pa.table({"rectification.found_on": times}), engine="duckdb")
    ((_, record),) = decision.records(("rectification.found_on",))
    assert record.values == {"rectification.found_on": date(2020, 10, 1)}
    assert decision.verdict(1).record.values == record.values
    decision.close()


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("by: [visit.nummer]", "unknown-name"),
        ("by: [visit.bans]", "from-ledger"),
        ("by: [visit.bans.since]", "from-ledger"),
        ("by: []", "shape"),
        ("by: [visit.number]\n    at_most: 0", "number"),
        ("by: [visit.number]\n    at_most: viele", "number"),
        ("by: [visit.number]\n    rising: visit.person", "from-ledger"),
        ("by: [visit.number]\n    rising: visit.bans.since", "from-ledger"),
        ("by: [visit.number]\n    rising: visit.born\n    at_most: 2", "from-ledger"),
        ("by: [visit.number]\n    cases: [{case: x, rows: [{visit.nummer: V1}], expect: satisfied}]", "unknown-name"),
        ("by: [visit.number]\n    cases: [{case: x, rows: [], expect: not_applicable}]", "case"),
    ],
)
def test_what_is_written_wrong_is_said(written: str, code: str) -> None:
    files = [
        f
        if f.path != "access/area.yaml"
        else type(f)(f.path, f.data.replace(b"by: [visit.number]", written.encode(), 1))
        for f in folder_files(ACCESS)
    ]
    book, found = rulebook(files)
    assert book is None
    assert {d.code for d in found} >= {code}


def of_access(change: Callable[[str], str]) -> Rulebook:
    """Return the rules of the pack with its area written otherwise."""
    files = [
        f if f.path != "access/area.yaml" else type(f)(f.path, change(f.data.decode()).encode())
        for f in folder_files(ACCESS)
    ]
    book, found = rulebook(files)
    assert book is not None, [d.text() for d in found]
    return book


def test_a_case_of_rows_says_what_came_and_which_rows() -> None:
    book = of_access(
        lambda text: text.replace("named: [1, 3]", "named: [1, 2]").replace("V2}], expect", "V1}], expect")
    )
    told = {r.case.partition(" · ")[2]: r.failures for r in run_cases(book, only="number_once")}
    assert told == {
        "one number written in two ways": ("expected to name rows `1`, `2`, named `1`, `3`",),
        "all different": ("expected satisfied, came to violated",),
        "one row does not say it": (),
    }


def test_each_change_of_a_rule_of_rows_is_noticed_by_its_cases_and_by_no_others() -> None:
    rules = {"number_once", "one_place_at_a_time"}
    book = of_access(lambda text: text)
    made = [m for m in mutants(book, "access") if m.of in rules]
    assert [fate(m)[0] for m in made] == [Fate.NOTICED] * len(made)
    assert len(made) == 6
    without = of_access(lambda text: text.replace("expect: satisfied", "expect: violated"))
    assert Fate.NOTICED in {fate(m)[0] for m in mutants(without, "access") if m.of in rules}
    bare = of_access(lambda text: re.sub(r"\n    cases:(\n      .*)+", "", text))
    assert {fate(m)[0] for m in mutants(bare, "access") if m.of in rules} == {Fate.UNNOTICED}
    assert [(u.of, u.word) for u in untried(bare, "access") if u.of in rules] == [
        (rule, word) for rule in sorted(rules) for word in ("satisfied", "violated", "undetermined")
    ]
    assert not [u for u in untried(book, "access") if u.of in rules]


def test_a_proof_says_which_rules_it_does_not_ask() -> None:
    asked = ["prove", str(ACCESS), "--built-in-only", "--jobs", "1", "-l"]
    told = [CliRunner().invoke(cli, [*asked, language]).output for language in ("en", "zh")]
    assert "not asked, since a proof is about one record: number_once, one_place_at_a_time" in told[0]
    assert "就整本台账成立的没有问：number_once、one_place_at_a_time" in told[1]


def test_cases_of_rows_are_kept_and_locked() -> None:
    book = of_access(lambda text: text)
    texts = {f.path: f.data.decode() for f in folder_files(ACCESS)}
    again = restored(stored(book, texts), texts)
    assert [c.title for c in again.areas["access"].across_rows[0].cases] == [
        c.title for c in book.areas["access"].across_rows[0].cases
    ]
    lost = lock(of_access(lambda text: text.replace("expect: undetermined, named: [2]}", "expect: undetermined}")))
    gone = {key for key, one in lock(book).items() if lost.get(key) != one}
    assert gone == {("cases", "access/number_once")}


def with_rising(folder: Path) -> Path:
    """Return the rules in which nobody comes in earlier than in the row above, by a date of theirs."""
    made = folder / "rules"
    for file in folder_files(ACCESS):
        data = file.data.replace(
            b"across_rows:", b"across_rows:\n  in_order: {by: [visit.person], rising: visit.born, " + RISING
        )
        (made / file.path).parent.mkdir(parents=True, exist_ok=True)
        (made / file.path).write_bytes(data)
    return made


RISING = "zh: 日期逐行不减, en: Days do not fall}".encode()
BORN = [
    "示例一,2000-01-02",
    "示例一,2000-01-02",
    "示例二,1999-01-01",
    "示例一,",
    "示例一,2001-05-05",
    "示例 一,2000-12-31",
    "示例二,1998-12-31",
    ",2000-01-01",
]
TOLD = [
    "不符合“日期逐行不减”：第{}、{}行的姓名相同，出生日期依次为2001-05-05、2000-12-31，后一行不应小于前一行",
    "不符合“日期逐行不减”：第{}、{}行的姓名相同，出生日期依次为1999-01-01、1998-12-31，后一行不应小于前一行",
    "“日期逐行不减”待核实：第{}、{}行没有写明姓名、出生日期，共 2 行",
]


def told(numbers: tuple[tuple[int, int], ...]) -> list[str]:
    return [text.format(*pair) for text, pair in zip(TOLD, numbers, strict=True)]


def test_a_value_follows_that_of_the_row_above_by_every_door(tmp_path: Path) -> None:
    """Of the same person no row says an earlier day than one above it; blanks are passed over and named."""
    area = sr.load(with_rising(tmp_path)).area("access").on("2024-06-01")
    path = tmp_path / "来访.csv"
    path.write_text("登记号,姓名,出生日期\n" + "\n".join(f"V{i},{line}" for i, line in enumerate(BORN)), "utf-8")
    screened = screen(path, area)
    assert len(list(screened.rows)) == len(BORN)
    says = [p.message.zh for p in screened.notices if "日期逐行不减" in p.message.zh]
    assert says == told(((6, 7), (4, 8), (5, 9)))
    for engine in ("records", "duckdb"):
        found = area.decide_table(path, engine=engine)
        says = [p.message.zh for p in found.notices if "日期逐行不减" in p.message.zh]
        assert says == told(((5, 6), (3, 7), (4, 8))), engine
        found.close()


def test_a_table_is_judged_as_a_whole_with_ledgers_beside(tmp_path: Path) -> None:
    area = sr.load(ACCESS).area("access").on("2024-06-01").with_ledger({"visit.bans": [], "visit.training": []})
    path = tmp_path / "来访.csv"
    path.write_text("登记号,姓名\nV1,甲\nV2,乙\nv 1,丙\n", "utf-8")
    found = area.decide_table(path)
    assert "不符合“登记号不重复”：第1、3行的登记号相同，共 2 行，至多 1 行" in {p.message.zh for p in found.notices}
    found.close()


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("drivers_are_sober", "19.99 mg/100ml", "19.99 t", "`visit.alcohol` cannot be used"),
        (
            "strangers_are_escorted",
            "来访.有人陪同: false",
            "来访.驾车: 也许, 来访.有人陪同: false",
            "`visit.has_vehicle` cannot be used",
        ),
        ("area", 'visit.entered: "09:00"}', "visit.entered: 25点}", "`visit.entered` cannot be used"),
    ],
)
def test_a_value_of_a_case_that_cannot_be_used_is_named_by_check_where_it_is_written(
    file: str, old: str, new: str, says: str, tmp_path: Path
) -> None:
    for one in folder_files(ACCESS):
        path = tmp_path / one.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(one.data)
    path = tmp_path / "access" / f"{file}.yaml"
    assert CliRunner().invoke(cli, ["check", str(tmp_path), "-l", "en"]).exit_code == 0
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    done = CliRunner().invoke(cli, ["check", str(tmp_path), "-l", "en"])
    assert done.exit_code == 3
    assert done.output.count("error[case]") == 1
    assert says in done.output


def test_a_change_of_a_rule_of_rows_or_of_a_join_is_named_by_impact() -> None:
    old = of_access(lambda text: text)
    edits = {
        "by: [visit.number]": "by: [visit.number]\n    at_most: 2",
        "visit.bans: {identity: visit.identity}": "visit.bans: {identity: visit.person}",
    }
    ends = {}
    for before, after in edits.items():
        new = of_access(lambda text, before=before, after=after: text.replace(before, after, 1))
        ends |= {c.item.key: c.leads for c in compared(old, new).changes if c.leads is not None}
    assert ends == {
        "access/number_once": ("visit.number: at most 1", "visit.number: at most 2"),
        "access/visit.bans": ("identity = visit.identity", "identity = visit.person"),
    }
