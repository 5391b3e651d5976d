"""A name in traditional characters, in English or in numbers belongs to nobody for certain: whose it may be is open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import safety_rules as sr
from doors.reading import BEST, HEADINGS, OPEN, area, graded, ledger, made, row, said, screened
from safety_rules.formats.belonging import Near
from safety_rules.services.screening import screen

LISTED = ["企业名称", "统一社会信用代码", "名单", "列入日期", "名单状态"]
BLACK = ["黑名单", "2020-03-12", "在列"]
GREEN, BLUE = "盐城绿源化工集团有限公司", "无锡乙电子有限公司"
GREEN_CODE, BLUE_CODE, OTHER_CODE = "91320991MAP9JTKT12", "91320991MA91Q6798L", "91320000608950987J"
FIRST, SECOND, BOTH = [OPEN, BEST], [BEST, OPEN], [OPEN, OPEN]


def outcomes(path: Path, rows: list[tuple[str, Any]], *owners: tuple[str, Any]) -> list[str]:
    """Return what comes of two good projects beside a black listing of each owner."""
    projects = [row(项目编号=f"XM-{n}", 企业名称=name, 统一=code) for n, (name, code) in enumerate(rows, 1)]
    book = ledger(path / "a.xlsx", *projects, 名单记录=[LISTED, *([name, code, *BLACK] for name, code in owners)])
    return [outcome for _, outcome in screened(book)[0]]


@pytest.mark.parametrize(
    ("one", "other", "owner", "opened"),
    [
        (GREEN, BLUE, "鹽城綠源化工集團有限公司", FIRST),
        (GREEN, BLUE, "鹽城綠源化工集團股份有限責任公司", FIRST),
        (GREEN, BLUE, "綠源化工廠", FIRST),
        ("鹽城綠源化工集團有限公司", BLUE, GREEN, FIRST),
        ("鹽城綠源化工集團有限公司", BLUE, "盐城绿源化工總廠", FIRST),
        (GREEN, BLUE, "蘇州藍海機械有限公司", [BEST, BEST]),
        (GREEN, "苏州乙电子有限公司", "蘇州乙電子廠", SECOND),
        ("Greenchem Co Ltd", "Bluechem Inc", "GREENCHEM CO., LTD", FIRST),
        ("Greenchem Co., Ltd.", "Bluechem Inc", "Greenchem Company Limited", FIRST),
        ("Greenchem Co., Ltd.", "Bluechem Inc", "Redchem Corp.", [BEST, BEST]),
        ("Greenchem Co Ltd", BLUE, "GREENCHEM CO., LTD", FIRST),
        (GREEN, BLUE, "GREENCHEM CO., LTD", BOTH),
        (GREEN, BLUE, "lv yuan hua gong", BOTH),
        (GREEN, BLUE, "3", BOTH),
        (GREEN, "Greenchem Co Ltd", "南京丙机械有限公司", SECOND),
    ],
)
def test_a_listing_opens_whoever_may_be_meant(
    one: str, other: str, owner: str, opened: list[str], tmp_path: Path
) -> None:
    assert outcomes(tmp_path, [(one, None), (other, None)], (owner, None)) == opened


@pytest.mark.parametrize(("code", "opened"), [(OTHER_CODE, [BEST, BEST]), (GREEN_CODE, FIRST), (None, BOTH)])
def test_a_code_that_both_say_tells_what_their_names_do_not(code: Any, opened: list[str], tmp_path: Path) -> None:
    rows = [(GREEN, GREEN_CODE), (BLUE, BLUE_CODE)]
    assert outcomes(tmp_path, rows, ("GREENCHEM CO., LTD", code)) == opened


def test_why_such_a_listing_may_be_a_rows_own_is_said(tmp_path: Path) -> None:
    book = ledger(tmp_path / "a.xlsx", row(企业名称=GREEN), 名单记录=[LISTED, ["GREENCHEM", None, *BLACK]])
    _, screening, problems = screened(book)
    assert "没有可以相互比对的名称或代码" in said(screening, "row-joins-nothing")[0]
    assert "名单记录!2" in problems["XM-1"][0]


@pytest.mark.parametrize("owner", ["鹽城綠源化工集團有限公司", "GREENCHEM CO., LTD"])
def test_a_listing_in_a_history_opens_whoever_may_be_meant(owner: str, tmp_path: Path) -> None:
    project = ledger(tmp_path / "项目.xlsx", row(企业名称=GREEN, 名单记录=None, 事故=None, 隐患=None))
    sheets = {
        "事故记录": [["企业名称", "事故日期", "死亡人数", "重伤人数", "直接经济损失", "已受行政处罚"], [BLUE, "2019-03-01", 0, 1, 10, "否"]],
        "隐患台账": [["企业名称", "隐患编号", "隐患级别", "发现日期", "整改期限", "销号日期"], [BLUE, "YH-1", "一般", "2019-03-01", "2019-03-10", "2019-03-05"]],
        "名单记录": [LISTED, [owner, None, *BLACK]],
    }  # fmt: skip
    plain = {**sheets, "名单记录": [LISTED, [BLUE, None, *BLACK]]}
    found = []
    for name, of in (("历史", sheets), ("别家", plain)):
        history = sr.with_history(area(), made(tmp_path / f"{name}.xlsx", **of))
        screening = screen(project, area(), history=history)
        found.append([r.outcome for r in screening.rows if r.outcome])
        assert bool(said(screening, "no-identity")) is (name == "历史")
    assert found == [[OPEN], [BEST]]


@pytest.mark.parametrize(("owner", "least"), [("液氨罐區", 1), ("T-101", 1)])
def test_a_chemical_of_a_unit_that_is_written_otherwise_opens_the_unit(owner: str, least: int, tmp_path: Path) -> None:
    units = [["单元名称", "适用范围", "厂外暴露人数"], ["液氨罐区", "适用", 0], ["氯库", "适用", 0]]
    chemicals = [["单元名称", "品名", "存在量（t）"], ["液氨罐区", "氨", 1], ["氯库", "氯", 1], [owner, "氯", 60]]
    found, _ = graded(made(tmp_path / "a.xlsx", 单元=units, 化学品=chemicals))
    assert [found["液氨罐区"][0], found["氯库"][0]].count(OPEN) >= least
    assert found["液氨罐区"][0] == OPEN


@pytest.mark.parametrize("owner", ["甲龍倉", "Building A", "3"])
@pytest.mark.parametrize("engine", ["records", "duckdb"])
def test_a_row_of_a_joined_ledger_may_be_whose_name_it_cannot_be_compared_with(engine: str, owner: str) -> None:
    plain = sr.load(Path(__file__).parents[2] / "examples/small_chemical/rules").area("leads").on("2020-09-30")
    power = {"site.power": [{"name": "甲龙仓", "since": "2019-01-01"}], "site.tanks": [], "site.registrations": []}
    site = {"site.number": "1", "site.name": "甲龙仓"}
    for licence, outcome in ((owner, "undetermined"), ("丙丁仓库", "lead")):
        joined = plain.with_ledger({**power, "site.licences": [{"name": licence, "until": "2021-01-01"}]})
        assert joined.decide(site).outcome == outcome
        assert [r["outcome"] for r in joined.decide_table(pa.Table.from_pylist([site]), engine=engine)] == [outcome]


def test_names_are_found_alike_whether_they_are_few_or_many() -> None:
    many = {f"盐城第{n}绿源化工有限公司": "" for n in range(10, 2500)}
    few = {k: v for k, v in many.items() if "第12" in k or "第2" in k}
    sought = "鹽城第12綠源化工有限公司"
    assert (
        list(Near(few, "").otherwise.to(sought))
        == list(Near(many, "").otherwise.to(sought))
        == ["盐城第12绿源化工有限公司"]
    )


HEADS = ["企業名稱", "名單", "列入日期", "名單狀態"]


@pytest.mark.parametrize(
    ("below", "sheets"),
    [
        ([["備註：甲公司2020年列入黑名單"]], {}),
        ([], {"名單記錄": [HEADS, ["甲公司", "黑名單", "2020-03-12", "在列"]]}),
        ([], {"名單記錄": [HEADS, ["甲公司", "黑名单", "2020-03-12", "在列"]]}),
        ([], {"附件": [HEADS, ["甲公司", "黑名单", "2020-03-12", "在列"]]}),
    ],
)
def test_what_headings_sheets_and_notes_in_traditional_characters_tell_is_heard(
    below: list[Any], sheets: dict[str, Any], tmp_path: Path
) -> None:
    assert screened(ledger(tmp_path / "a.xlsx", row(), *below, **sheets))[0] == [("XM-1", OPEN)]


def test_headings_in_traditional_characters_are_those_in_simplified_ones(tmp_path: Path) -> None:
    headings = ["項目編號", "項目名稱", "企業名稱", "統一社會信用代碼", "用地方式", "項目階段", "用地面積（畝）"]
    path = ledger(tmp_path / "a.xlsx", row(), headings=[*headings, *HEADINGS[7:]])
    assert screened(path)[0] == [("XM-1", BEST)]
