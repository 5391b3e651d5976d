"""Ledgers screened row by row."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from safety_rules.formats.result import ScreenedRow, Screening
from safety_rules.language.errors import LedgerError, NotFoundError, RuleFileError
from safety_rules.language.rule import Waiver
from safety_rules.services.screening import row_numbered, row_of, screen
from safety_rules.services.screening_waivers import waivers
from screening.ledgers import (
    DAY,
    GOOD_CODE,
    HEADINGS,
    PASSING,
    WRONG_CODE,
    area,
    changed,
    ledger_of,
    text,
    workbook,
)

LACKING = changed(用地面积=None)


def screened(path: Path, **more: Any) -> tuple[list[ScreenedRow], Screening]:
    made = screen(path, area(), **more)
    return list(made.rows), made


def outcomes(path: Path, **more: Any) -> list[str]:
    return [r.outcome for r in screened(path, **more)[0]]


def test_each_row_has_its_verdict(tmp_path: Path) -> None:
    rows = [PASSING, changed(固定资产投资=0.5), changed(化学反应="是"), LACKING]
    assert outcomes(ledger_of(tmp_path / "a.xlsx", *rows)) == ["admitted", "referred", "rejected", "undetermined"]


WRONG = [
    ("用地面积", "很多", "项目!F2：“很多”不是数"),
    ("用地面积", -20, "项目!F2：用地面积 -20 亩 超出合理范围"),
    ("固定资产投资", "约１０", "项目!G2：“约１０”是约数，不能当作确切的数"),
    ("固定资产投资", "1 亩", "项目!G2：单位“亩”不能换算成“万元”"),
    ("化学反应", "大概", "项目!H2：“大概”不是“是”或“否”"),
    ("统一社会信用代码", WRONG_CODE, f"项目!D2：统一社会信用代码“{WRONG_CODE}”校验位不符"),
    ("事故记录", "[{'a': 1}]", "项目!I2：“事故记录”不是有效的 JSON"),
    ("事故记录", "若干", "项目!I2：“若干”不是记录列表"),
]


@pytest.mark.parametrize(("heading", "cell", "says"), WRONG)
def test_a_wrong_cell_is_named_and_unknown_and_the_other_rows_go_on(
    tmp_path: Path, heading: str, cell: Any, says: str
) -> None:
    other = changed(项目编号="P2", 企业名称="乙公司", 统一社会信用代码="")
    (first, second), _ = screened(ledger_of(tmp_path / "a.xlsx", changed(**{heading: cell}), other))
    assert first.verdict is not None
    assert [says] == [p.text("zh") for p in first.verdict.problems]
    same = "admitted" if heading == "统一社会信用代码" else "undetermined"
    assert (same, "admitted") == (first.outcome, second.outcome)


def test_a_wrong_date_in_another_sheet_is_named_by_its_cell(tmp_path: Path) -> None:
    sheet = [["企业名称", "事故日期", "死亡人数"], ["甲公司", "2025-13-40", 0]]
    (row,), _ = screened(ledger_of(tmp_path / "a.xlsx", changed(事故记录="见事故表"), 事故表=sheet))
    assert row.verdict is not None
    assert [p.text("zh") for p in row.verdict.problems] == ["事故表!B2：“2025-13-40”不是有效日期"]


def test_units_of_headings_are_converted_exactly(tmp_path: Path) -> None:
    headings = ("项目编号", "用地方式", "用地面积（㎡）", "固定资产投资（元）", "化学反应", "事故记录")
    exact = ("P1", "征地", 200, 1500000, "否", "无")
    less = ("P2", "征地", 200, 1499999.99, "否", "无")
    assert outcomes(ledger_of(tmp_path / "a.xlsx", exact, less, headings=headings)) == ["admitted", "referred"]


def test_csv_jsonl_and_xlsx_of_the_same_data_have_the_same_verdicts(tmp_path: Path) -> None:
    csv = ",".join(HEADINGS) + "\n" + "\n".join(",".join(str(c) for c in r) for r in (PASSING, changed(化学反应="是")))
    line = '{"project": {"id": "P1", "site": "land", "land_area": 20, "investment": "1 亿元", "has_reaction": %s}, "enterprise": {"accidents": []}}\n'
    paths = [
        ledger_of(tmp_path / "a.xlsx", PASSING, changed(化学反应="是")),
        text(tmp_path / "a.csv", csv),
        text(tmp_path / "a.jsonl", line % "false" + line % "true"),
    ]
    assert [outcomes(p) for p in paths] == [["admitted", "rejected"]] * 3


def test_a_row_that_is_no_record_comes_back_with_its_error(tmp_path: Path) -> None:
    rows, made = screened(text(tmp_path / "a.jsonl", '{"project": {"id": "P1"}}\nnonsense\n{"projekt": 1}\n'))
    assert [r.outcome for r in rows] == ["undetermined", "error", "undetermined"]
    assert (made.summary.rows, made.summary.outcomes["error"]) == (3, 1)
    assert rows[2].verdict is not None
    assert [p.text("en") for p in rows[2].verdict.problems] == [
        "a.jsonl:3: `projekt` is not a known fact; did you mean `project.id`?"
    ]


def test_the_summary_counts_outcomes_rules_and_what_is_missing(tmp_path: Path) -> None:
    rows = [PASSING, changed(固定资产投资=0.5), changed(化学反应="是"), LACKING, changed(事故记录=None, 用地面积=None)]
    _, made = screened(ledger_of(tmp_path / "a.xlsx", *rows))
    summary = made.summary
    assert dict(summary.outcomes) == {"admitted": 1, "referred": 1, "rejected": 1, "undetermined": 2}
    assert dict(summary.violated) == {"invests_enough": 1, "no_reaction": 1}
    counted = [(summary.names[r].zh, n) for r, n in summary.missing.most_common()]
    assert counted == [("用地面积", 2), ("事故记录", 1)]
    assert dict(summary.intervals) == {("admitted", "referred"): 2}


def test_a_missing_field_of_several_records_counts_once_a_row(tmp_path: Path) -> None:
    sheet = [["企业名称", "事故日期"], ["甲公司", "2020-01-01"], ["甲公司", "2020-02-01"]]
    _, made = screened(ledger_of(tmp_path / "a.xlsx", changed(事故记录="有"), 事故=sheet))
    assert {made.summary.names[r].zh: n for r, n in made.summary.missing.items()} == {"事故记录·死亡人数": 1}


def test_a_ledger_of_headings_alone_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="has headings and no rows"):
        screened(ledger_of(tmp_path / "a.xlsx"))


def test_rows_are_read_as_they_are_asked_for(tmp_path: Path) -> None:
    lines = text(tmp_path / "a.jsonl", '{"project": {"id": "P1"}}\n' * 1000)
    made = screen(lines, area())
    next(made.rows)
    assert made.summary.rows == 1


def test_a_waiver_counts_for_its_subject_and_one_for_nobody_is_named(tmp_path: Path) -> None:
    path = ledger_of(
        tmp_path / "a.xlsx", changed(固定资产投资=0.5), changed(项目编号="P2", 项目名称="乙", 固定资产投资=0.5)
    )
    until = datetime.date(2020, 12, 31)
    granted = [
        Waiver("invests_enough", "P2", "管委会", "续建", until),
        Waiver("invests_enough", "P9", "管委会", "x", until),
    ]
    rows, made = screened(path, waivers=granted)
    assert [r.outcome for r in rows] == ["referred", "admitted"]
    assert [n.text("zh") for n in made.notices] == ["P9：豁免［invests_enough］的对象“P9”不在台账中"]


WAIVER = {"rule": "invests_enough", "subject": "P1", "granted_by": "管委会", "reason": "续建", "until": "2020-12-31"}
WAIVER_FILES = {
    "bare.yaml": "- " + "\n  ".join(f"{k}: {v}" for k, v in WAIVER.items()),
    "keyed.yaml": "waivers:\n  - " + "\n    ".join(f"{k}: {v}" for k, v in WAIVER.items()),
    "en.csv": ",".join(WAIVER) + "\n" + ",".join(WAIVER.values()) + "\n",
    "zh.csv": "规则,对象,批准人,理由,有效期至\n" + ",".join(WAIVER.values()) + "\n",
}


@pytest.mark.parametrize("name", WAIVER_FILES)
def test_waivers_are_read_from_yaml_and_csv(tmp_path: Path, name: str) -> None:
    expected = Waiver("invests_enough", "P1", "管委会", "续建", datetime.date(2020, 12, 31))
    assert (expected,) == waivers(text(tmp_path / name, WAIVER_FILES[name]), area().law.area)


BAD_WAIVERS = {
    "unknown-rule": "- {rule: invests_enuogh, subject: P1, granted_by: x, reason: y, until: 2020-12-31}",
    "date": "- {rule: invests_enough, subject: P1, granted_by: x, reason: y, until: 2020-13-31}",
    "missing-key": "- {rule: invests_enough, subject: P1, granted_by: x, until: 2020-12-31}",
    "unknown-key": "- {rule: invests_enough, subject: P1, granted_by: x, reason: y, until: 2020-12-31, untl: 1}",
    "duplicate-key": "- {rule: invests_enough, rule: x, subject: P1, granted_by: x, reason: y, until: 2020-12-31}",
    "alias": "- &a {rule: invests_enough, subject: P1, granted_by: x, reason: y, until: 2020-12-31}\n- *a",
    "no-waivers": "[]",
    "empty-file": "",
    "yaml-syntax": "- {",
}


@pytest.mark.parametrize("code", BAD_WAIVERS)
def test_a_wrong_waiver_is_a_diagnostic_with_its_place(tmp_path: Path, code: str) -> None:
    path = text(tmp_path / "w.yaml", BAD_WAIVERS[code])
    with pytest.raises(RuleFileError) as error:
        waivers(path, area().law.area)
    assert code in [d.code for d in error.value.diagnostics]
    assert all("w.yaml:" in d.at.place for d in error.value.diagnostics)


def test_a_wrong_waiver_of_a_csv_file_has_its_line(tmp_path: Path) -> None:
    path = text(tmp_path / "w.csv", WAIVER_FILES["en.csv"] + "nothing,P1,x,y,2020-12-31\n")
    with pytest.raises(RuleFileError, match=r"w\.csv:3:1: error\[unknown-rule\]"):
        waivers(path, area().law.area)


def test_a_row_is_found_by_number_and_by_identity(tmp_path: Path) -> None:
    sheets = {
        "项目": [
            ["标题"],
            HEADINGS,
            PASSING,
            changed(项目编号="P2", 企业名称="乙公司", 统一社会信用代码=None, 项目名称="乙"),
        ]
    }
    path = workbook(tmp_path / "a.xlsx", sheets)
    assert row_numbered(path, area(), 3).verdict.subject == "零部件项目"
    assert [row_of(path, area(), i).row.number for i in ("P1", "乙公司", GOOD_CODE)] == [3, 4, 3]
    for wrong, says in ((2, "has no row 2"), (9, "has no row 9")):
        with pytest.raises(NotFoundError, match=says):
            row_numbered(path, area(), wrong)
    with pytest.raises(NotFoundError, match="no row of `项目` is about `P3`"):
        row_of(path, area(), "P3")


def test_an_identity_of_several_rows_is_refused_with_their_numbers(tmp_path: Path) -> None:
    path = ledger_of(tmp_path / "a.xlsx", PASSING, changed(项目编号="P2"))
    with pytest.raises(NotFoundError, match=r"names several rows \(2, 3\)"):
        row_of(path, area(), "甲公司")


def test_the_pack_of_these_tests_is_dated() -> None:
    assert area().law.as_of.isoformat() == DAY
