"""What holds of a ledger as a whole is judged once, by every engine alike, with the rows named; a blank leaves it open."""

from __future__ import annotations

from pathlib import Path

import pytest

import safety_rules as sr
from safety_rules.loading.files import folder_files
from safety_rules.loading.rulebook import rulebook
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


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("by: [visit.nummer]", "unknown-name"),
        ("by: [visit.bans]", "from-ledger"),
        ("by: [visit.bans.since]", "from-ledger"),
        ("by: []", "shape"),
        ("by: [visit.number], at_most: 0", "number"),
        ("by: [visit.number], at_most: viele", "number"),
    ],
)
def test_what_is_written_wrong_is_said(written: str, code: str) -> None:
    files = [
        f if f.path != "access/area.yaml" else type(f)(f.path, f.data.replace(b"by: [visit.number]", written.encode()))
        for f in folder_files(ACCESS)
    ]
    book, found = rulebook(files)
    assert book is None
    assert {d.code for d in found} >= {code}
