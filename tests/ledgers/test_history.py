"""The project ledger beside the history of its enterprises: right against an independent tally, and explained."""

from __future__ import annotations

import datetime
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from click.testing import CliRunner
from python_calamine import load_workbook

import safety_rules as sr
from ledgers.history_tally import history_tally
from ledgers.tally import tally
from rectification.ledgers import ENTERPRISE
from rectification.workbooks import book as dangers_book
from safety_rules.cli.main import cli, main
from safety_rules.services.rectification.importing import import_workbook
from safety_rules.services.rectification.table import lifecycle
from safety_rules.services.screening import screen

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
RULES = EXAMPLES.parent / "rules"
LEDGER, HISTORY = EXAMPLES / "项目台账.xlsx", EXAMPLES / "隐患排查台账.xlsx"
DAY = "2020-10-01"
CODE, NAME = "91320991MAK3DGFBAG", "示例公司"  # generated; only its check character is right
REGISTER = [["单位名称", "统一社会信用代码"], [NAME, CODE]]
ACCIDENT = ["统一社会信用代码", "事故日期", "死亡人数", "重伤人数", "直接经济损失（万元）", "已受行政处罚"]
LISTING = ["统一社会信用代码", "名单", "列入日期", "名单状态"]
DANGER = ["隐患编号", "隐患级别", "整改单位", "统一社会信用代码", "发现日期", "整改期限", "销号日期"]
FINES = """
facts:
  enterprise.fines:
    zh: 处罚记录
    en: Fines
    kind: records
    fields:
      code: {zh: 信用代码, en: Credit code, kind: text, format: credit_code}
      amount: {zh: 金额, en: Amount, kind: number, unit: 万元, minimum: 0}
"""
FEW_FINES = """
rule: few_fines
title: {zh: 处罚不多, en: Few fines}
in_force: {from: 2020-01-01}
authority: [{source: zone_practice, clause: 示例, standing: assumed}]
requires:
  fines_are_few: {zh: 处罚合计不超过100万元, en: Fines are at most 1m, that: "合计(f.金额 for f in 企业.处罚记录) <= 100[万元]"}
otherwise: {outcome: referred}
"""
PROJECT: dict[str, Any] = {"project": {"id": "P1"}, "enterprise": {"credit_code": CODE, "name": NAME}}


@pytest.fixture(scope="module")
def admission() -> sr.DatedArea:
    return sr.load().area("admission").on(DAY)


@pytest.fixture(scope="module")
def verdicts(admission: sr.DatedArea) -> list[Any]:
    screened = screen(LEDGER, admission, history=sr.with_history(admission, HISTORY))
    return [row.verdict for row in screened.rows if row.verdict is not None]


def book(path: Path, **sheets: list[list[Any]]) -> Path:
    made = xlsxwriter.Workbook(str(path))
    for name, rows in sheets.items():
        page = made.add_worksheet(name)
        for number, cells in enumerate(rows):
            page.write_row(number, 0, cells)
    made.close()
    return path


def whole(tmp_path: Path, **sheets: list[list[Any]]) -> Path:
    """Write a history in which nothing is missing but what a test changes."""
    own = {"整改单位": REGISTER, "事故记录": [ACCIDENT], "名单记录": [LISTING], "隐患台账": [DANGER]}
    return book(tmp_path / "历史.xlsx", **{**own, **sheets})


def decided(path: Path, admission: sr.DatedArea, project: Any = PROJECT) -> Any:
    return sr.with_history(admission, path).decide(project)


def effects(verdict: Any) -> set[tuple[str, bool]]:
    return {(str(f.values["effect"]), f.id in verdict.result.certain) for f in verdict.effects}


def test_every_verdict_agrees_with_the_independent_tally(verdicts: list[Any]) -> None:
    made = [(str(v.record.values["project.id"]), v.at_best, v.at_worst) for v in verdicts]
    expected = history_tally(LEDGER, HISTORY)
    assert len(expected) == 240
    assert expected == made


def test_the_history_lists_some_enterprises_and_blocks_some_projects(verdicts: list[Any]) -> None:
    before = {number: (best, worst) for number, best, worst in tally(LEDGER)}
    rejected = [v for v in verdicts if ("rejected", True) in effects(v)]
    newly = [v for v in rejected if before[str(v.record.values["project.id"])][0] != "rejected"]
    assert (len(rejected), len(newly)) == (4, 2)
    assert before["XM2020-192"] == ("admitted", "admitted")
    for effect in (("conditional", True), ("referred", True), ("referred", False)):
        assert any(effect in effects(v) for v in verdicts)


def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *args: object) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["safety-rules", *(str(a) for a in args)])
    code = 0
    try:
        main()
    except SystemExit as stop:
        code = int(stop.code or 0)
    return (code, *capsys.readouterr())


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    return lambda *args: run(capsys, monkeypatch, *args, "--on", DAY)


def test_a_project_referred_through_its_records_explains_the_whole_chain_in_chinese(call: Any) -> None:
    code, out, err = call("explain", LEDGER, "--id", "XM2020-192", "--history", HISTORY, "--all")
    assert (code, err) == (0, "")
    assert out.startswith(
        "提交研判，因示例西园塑料制品（第二厂）有列入黑名单情形：较大及以上事故受到行政处罚（2020-07-02），"
        "未见列入决定，因事故“事故记录!6”〔"
    )
    said = ("［project_with_black_list_ground］", "请查“信用中国”并填写列入决定日期")
    for words in (*said, "［black_list_by_larger_accident］", "［accident_graded］", "死亡人数 3 人"):
        assert words in out
    assert "ledger." not in out


def test_its_verdict_in_json_holds_the_chain_down_to_the_accident(call: Any) -> None:
    code, out, _ = call("explain", LEDGER, "--id", "XM2020-192", "--history", HISTORY, "--json")
    effect = json.loads(out)["chains"]["effects"][0]
    assert code == 0
    assert (effect["effect"], effect["certain"], effect["standing"]) == ("referred", True, "assumed")
    assert "ledger.accidents[事故记录!6]" in [r["record"] for r in effect["records"]]


def test_screening_writes_the_chain_beside_the_verdict(call: Any, tmp_path: Path) -> None:
    out = tmp_path / "审查结果.xlsx"
    code, _, err = call("screen", LEDGER, "--history", HISTORY, "-o", out)
    assert code == 0
    assert "历史台账：含事故 8 条、隐患 5307 条、已公布的列入记录 5 条" in err
    assert "涂料作坊" in err
    rows = load_workbook(str(out)).get_sheet_by_name("审查结果").to_python()
    head = next(r for r in rows if "结论" in r)
    chains = {r[0]: r[head.index("名单联动")] for r in rows}
    assert chains["XM2020-192"].startswith("1、提交研判，因示例西园塑料制品")
    assert len(head) == len(rows[-1])


def test_a_table_and_csv_and_json_lines_have_the_chain_as_well(call: Any, tmp_path: Path) -> None:
    project = book(tmp_path / "项目.xlsx", 项目=[["项目编号", "统一社会信用代码", "企业名称"], ["P1", CODE, NAME]])
    history = whole(tmp_path, 事故记录=[ACCIDENT, [CODE, "2020-07-02", 3, 0, 600, "是"]])
    _, out, _ = call("screen", project, "--history", history)
    assert "名单联动" in out
    assert call("screen", project, "--history", history, "-o", tmp_path / "a.csv")[0] == 0
    assert f"提交研判，因{NAME}有列入黑名单情形" in (tmp_path / "a.csv").read_text("utf-8-sig")
    assert call("screen", project, "--history", history, "-o", tmp_path / "a.parquet")[0] == 0
    assert str(pl.read_parquet(tmp_path / "a.parquet")["名单联动"][0]).startswith("提交研判，因")
    assert call("screen", project, "--history", history, "-o", tmp_path / "a.jsonl")[0] == 0
    assert json.loads((tmp_path / "a.jsonl").read_text("utf-8"))["chains"]["effects"][0]["effect"] == "referred"


def test_a_rectification_ledger_is_a_history_of_dangers(tmp_path: Path, admission: sr.DatedArea) -> None:
    steps = ("整改开始日期", "申请验收日期", "督查日期", "验收日期", "销号日期", "销号佐证")
    workbook = dangers_book(tmp_path / "隐患.xlsx", *[dict.fromkeys(steps, "")] * 3)
    store = tmp_path / "台账.db"
    assert import_workbook(workbook, store, lifecycle(), datetime.date(2020, 10, 1)).refusals == ()
    lists = book(tmp_path / "名单.xlsx", 事故记录=[ACCIDENT], 名单记录=[LISTING])
    verdict = sr.with_history(admission, store, lists).decide({"enterprise": {"name": ENTERPRISE}})
    assert effects(verdict) == {("conditional", True)}
    other = {"project": {"id": "P1"}, "enterprise": {"credit_code": CODE, "name": "滨海另一家公司"}}
    assert sr.with_history(admission, store, lists).decide(other).effects == ()


def test_overdue_dangers_are_named_in_the_sentence(tmp_path: Path, admission: sr.DatedArea) -> None:
    dangers = [[f"Y{i}", "一般", NAME, CODE, "2020-05-01", f"2020-06-0{i}", ""] for i in (1, 2, 3)]
    verdict = decided(whole(tmp_path, 隐患台账=[DANGER, *dangers]), admission)
    assert verdict.chains("zh") == (
        f"附条件准入，因{NAME}有列入黄名单情形：逾期未销号隐患达到规定项数（{DAY}）：Y1、Y2、Y3，未见列入决定。",
    )
    assert "(2020-10-01): Y1, Y2, Y3." in verdict.chains("en")[0]


def test_an_enterprise_is_found_by_its_name_where_the_code_is_blank(tmp_path: Path, admission: sr.DatedArea) -> None:
    path = whole(tmp_path, 事故记录=[[*ACCIDENT, "企业名称"], ["", "2020-07-02", 3, 0, 600, "是", NAME]])
    for enterprise in ({"name": NAME}, {"credit_code": CODE}, {"credit_code": CODE, "name": NAME}):
        verdict = decided(path, admission, {"project": {"id": "P1"}, "enterprise": enterprise})
        assert effects(verdict) == {("referred", True)}
    other = decided(path, admission, {"project": {"id": "P1"}, "enterprise": {"name": "另一公司"}})
    assert effects(other) == set()


def test_a_project_without_code_and_name_is_not_cleared_and_says_what_is_missing(
    tmp_path: Path, admission: sr.DatedArea
) -> None:
    path = whole(tmp_path, 事故记录=[ACCIDENT, [CODE, "2020-07-02", 3, 0, 600, "是"]])
    verdict = decided(path, admission, {"project": {"id": "P1"}})
    assert verdict.finding("black_listed").status is sr.Status.UNDETERMINED
    assert "enterprise.credit_code" in {r.name for r in verdict.needs.can_change}
    assert verdict.chains("zh") == ("投资企业没有可用的代码，名称也未填或者对应多个代码，不能与历史台账关联",)


def test_a_penalty_left_blank_is_named_with_its_accident(tmp_path: Path, admission: sr.DatedArea) -> None:
    path = whole(tmp_path, 事故记录=[ACCIDENT, [CODE, "2020-07-02", 3, 0, 600, ""]])
    verdict = decided(path, admission)
    assert effects(verdict) == {("referred", False)}
    assert "ledger.accidents[=事故记录!2].is_penalised" in {r.name for r in verdict.needs.can_change}
    assert "事故“事故记录!2”·已受行政处罚" in verdict.explain("zh")


def test_an_accident_that_both_ledgers_state_counts_once(tmp_path: Path, admission: sr.DatedArea) -> None:
    path = whole(tmp_path, 事故记录=[ACCIDENT, [CODE, "2020-07-02", 3, 0, 600, "否"]])
    own = {"date": "2020-07-02", "deaths": 3}
    verdict = decided(path, admission, {**PROJECT, "enterprise": {**PROJECT["enterprise"], "accidents": [own]}})
    assert len(verdict.record.values["enterprise.accidents"]) == 1
    assert verdict.finding("larger_accidents_repeated").status is sr.Status.SATISFIED


def test_an_accident_that_the_project_denies_counts_and_is_named(tmp_path: Path, admission: sr.DatedArea) -> None:
    path = whole(tmp_path, 事故记录=[ACCIDENT, [CODE, "2020-07-02", 3, 0, 600, "否"]])
    verdict = decided(path, admission, {**PROJECT, "enterprise": {**PROJECT["enterprise"], "accidents": "无"}})
    assert "larger_accident" in verdict.violated()
    assert "事故记录填为“无”，历史台账却有 1 起（事故记录!2），按历史台账计入" in verdict.explain("zh")


def test_what_happened_after_the_day_does_not_count(tmp_path: Path, admission: sr.DatedArea) -> None:
    dangers = [[f"Y{i}", "一般", NAME, CODE, "2020-05-01", "2020-06-01", "2020-10-02"] for i in range(3)]
    assert effects(decided(whole(tmp_path, 隐患台账=[DANGER, *dangers]), admission)) == {("conditional", True)}
    later = [[f"Y{i}", "一般", NAME, CODE, "2020-10-02", "2020-06-01", ""] for i in range(3)]
    assert effects(decided(whole(tmp_path, 隐患台账=[DANGER, *later]), admission)) == set()
    accident = [CODE, "2020-10-02", 3, 0, 600, "是"]
    assert effects(decided(whole(tmp_path, 事故记录=[ACCIDENT, accident]), admission)) == set()


NOTICES: dict[str, tuple[dict[str, list[list[Any]]], str]] = {
    "a key that joins nothing": (
        {"事故记录": [ACCIDENT, ["91320991MA0000000B", "2020-07-02", 3, 0, 600, "是"]]},
        "事故记录!2：“91320991MA0000000B”在企业名录和台账中没有对应的企业",
    ),
    "a name that joins nothing": (
        {"隐患台账": [DANGER, ["Y1", "一般", "无此公司", "", "2020-05-01", "2020-06-01", ""]]},
        "隐患台账!2：“无此公司”在企业名录和台账中没有对应的企业",
    ),
    "another name for the code": (
        {"隐患台账": [DANGER, ["Y1", "一般", "另一公司", CODE, "2020-05-01", "2020-06-01", ""]]},
        f"隐患台账!2：代码“{CODE}”是“{NAME}”的，本行写的是“另一公司”，按代码计入",
    ),
    "nobody's record": (
        {"名单记录": [LISTING, ["", "黑名单", "2020-07-02", "在列"]]},
        "名单记录!2：未写明属于哪家企业，可能属于任何企业",
    ),
    "a day that is none": ({"事故记录": [ACCIDENT, [CODE, "去年", 3, 0, 600, "是"]]}, "事故记录!B2："),
    "no such level": (
        {"隐患台账": [DANGER, ["Y1", "特大", NAME, CODE, "2020-05-01", "2020-06-01", ""]]},
        "隐患台账!B2：",
    ),
    "dates out of order": (
        {"隐患台账": [DANGER, ["Y1", "一般", NAME, CODE, "2020-05-02", "2020-06-01", "2020-05-01"]]},
        "隐患台账!2：日期颠倒：销号日期2020-05-01早于发现日期2020-05-02，是否销号按未知处理",
    ),
}  # fmt: skip


@pytest.mark.parametrize("wrong", NOTICES)
def test_what_of_a_history_cannot_be_used_is_named_with_its_place(call: Any, tmp_path: Path, wrong: str) -> None:
    sheets, words = NOTICES[wrong]
    project = book(tmp_path / "项目.xlsx", 项目=[["项目编号", "统一社会信用代码", "企业名称"], ["P1", CODE, NAME]])
    code, _, err = call("screen", project, "--history", whole(tmp_path, **sheets))
    assert code == 0
    assert words in err


def test_two_records_of_one_number_are_named_and_both_count(call: Any, tmp_path: Path) -> None:
    dangers = [["Y1", "一般", NAME, CODE, "2020-05-01", f"2020-06-0{i}", ""] for i in (1, 2, 3)]
    project = book(tmp_path / "项目.xlsx", 项目=[["项目编号", "统一社会信用代码", "企业名称"], ["P1", CODE, NAME]])
    _, out, err = call("screen", project, "--history", whole(tmp_path, 隐患台账=[DANGER, *dangers]))
    assert "隐患“Y1”有内容不同的多条记录" in err
    assert "附条件准入，因" in out


def test_a_row_that_is_repeated_counts_once_and_is_named(tmp_path: Path, admission: sr.DatedArea) -> None:
    row = [CODE, "2020-07-02", 1, 0, 60, "是"]
    area = sr.with_history(admission, whole(tmp_path, 事故记录=[ACCIDENT, row, row]))
    assert [n.text("zh") for n in area.notices] == ["事故记录!3：与事故记录!2内容完全相同，按同一条计"]
    assert effects(area.decide(PROJECT)) == {("conditional", True)}  # two penalties would black-list


def test_records_of_two_files_are_told_apart_and_one_file_is_not_named_twice(
    tmp_path: Path, admission: sr.DatedArea
) -> None:
    one = whole(tmp_path, 事故记录=[ACCIDENT, [CODE, "2020-03-02", 1, 0, 60, "是"]])
    other = book(tmp_path / "补充.xlsx", 事故记录=[ACCIDENT, [CODE, "2020-07-02", 1, 0, 60, "是"]])
    verdict = sr.with_history(admission, one, other).decide(PROJECT)
    assert ("referred", True) in effects(verdict)
    assert "事故“历史.xlsx 事故记录!2”" in verdict.explain("zh")
    assert "事故“补充.xlsx 事故记录!2”" in verdict.explain("zh")
    with pytest.raises(sr.LedgerError, match="is named twice"):
        sr.with_history(admission, one, one)
    with pytest.raises(sr.LedgerError, match="name nothing else"):
        sr.with_history(admission, {"ledger.accidents": "无"}, one)


def test_a_sheet_that_is_not_there_clears_nobody_and_is_named(tmp_path: Path, admission: sr.DatedArea) -> None:
    path = book(tmp_path / "历史.xlsx", 整改单位=REGISTER, 名单记录=[LISTING])
    area = sr.with_history(admission, path)
    assert {n.place for n in area.notices} == {"事故", "隐患"}
    verdict = area.decide(PROJECT)
    assert verdict.finding("black_list_ground").status is sr.Status.UNDETERMINED
    assert ("referred", False) in effects(verdict)
    assert {"ledger.accidents", "ledger.dangers"} <= {r.name for r in verdict.needs.can_change}


@pytest.mark.parametrize(
    ("sheets", "words"),
    [
        ({"项目": [["项目编号"], ["P1"]]}, "没有历史记录"),
        ({"事故记录": [["甲", "乙"], ["1", "2"]]}, "没有可识别的表头"),
        ({"事故记录": [["事故日期", "死亡人数"], ["2020-07-02", 3]]}, "缺少表头“统一社会信用代码”"),
    ],
)
def test_a_workbook_that_is_no_history_is_refused_in_one_line(
    call: Any, tmp_path: Path, sheets: dict[str, list[list[Any]]], words: str
) -> None:
    code, out, err = call("screen", LEDGER, "--history", book(tmp_path / "历史.xlsx", **sheets))
    assert (code, out) == (6, "")
    assert words in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("content", [None, b"", b"not a workbook"])
def test_a_file_that_cannot_be_read_is_refused_in_one_line(call: Any, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "历史.xlsx"
    if content is not None:
        path.write_bytes(content)
    code, _, err = call("explain", LEDGER, "--row", 3, "--history", path)
    assert code == 6
    assert err.count("\n") == 1


def test_a_waived_yellow_listing_does_not_count_and_a_black_one_does(tmp_path: Path, admission: sr.DatedArea) -> None:
    def waiver(rule: str) -> sr.Waiver:
        return sr.Waiver(rule, "P1", "示例委员会", "示例理由", datetime.date(2020, 12, 31))

    yellow = whole(tmp_path, 名单记录=[LISTING, [CODE, "黄名单", "2020-07-02", "在列"]])
    area = sr.with_history(admission, yellow)
    assert area.decide(PROJECT).at_best == "conditional"
    assert area.decide(PROJECT, [waiver("yellow_listed")]).at_best == "admitted"
    black = whole(tmp_path, 名单记录=[LISTING, [CODE, "黑名单", "2020-07-02", "在列"]])
    assert sr.with_history(admission, black).decide(PROJECT, [waiver("black_listed")]).at_best == "rejected"


def test_a_log_keeps_the_history_and_makes_every_verdict_again(tmp_path: Path, admission: sr.DatedArea) -> None:
    accidents = [
        [CODE, "2020-01-05", 3, 0, 10, "否"],
        [CODE, "2019-12-31", 0, 1, 20, "否"],
        ["", "2020-02-01", 4, 0, 1, ""],
    ]
    listed = [LISTING, [CODE, "黄名单", "2020-07-02", "在列"]]
    area = sr.with_history(admission, whole(tmp_path, 事故记录=[ACCIDENT, *accidents], 名单记录=listed))
    own = {**PROJECT["enterprise"], "accidents": [{"date": "2020-01-05", "deaths": 3}], "hidden_dangers": []}
    waiver = sr.Waiver("yellow_listed", "P1", "示例委员会", "示例理由", datetime.date(2020, 12, 31))
    made = list(area.decide_many([{**PROJECT, "enterprise": own}, {"project": {"id": "P2"}}, {}], [waiver]))
    assert effects(made[0])
    log = sr.DecisionLog(tmp_path / "a.db")
    log.extend(made)
    assert [str(r) for r in log.replay(admission.law.rulebook)] == ["the same"] * 3
    [kept] = (tmp_path / "a.db.packs").glob("*.history.json")
    kept.write_text(kept.read_text("utf-8").replace('"serious_injuries":"1"', '"serious_injuries":"9"'), "utf-8")
    done = CliRunner().invoke(cli, ["replay", str(log.path), "-l", "zh"])
    assert done.exit_code == 5
    assert "依据历史台账的部分不能重放" in done.output
    assert "0 条重放一致，0 条不同，3 条不能重放" in done.output
    masked = sr.DecisionLog(tmp_path / "b.db", mask=["企业.企业名称"])
    masked.append(made[0])
    stored = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file() and p.name.startswith("b.db"))
    assert NAME.encode() not in stored


@pytest.fixture
def fined(tmp_path: Path) -> Path:
    """The shipped rules, with a rule on fines that admission joins from a ledger."""
    rules = tmp_path / "rules"
    shutil.copytree(RULES, rules)
    (rules / "rules.lock").unlink()
    area = rules / "admission" / "area.yaml"
    area.write_text(
        area.read_text("utf-8") + "from_ledger:\n  enterprise.fines: {code: enterprise.credit_code}\n", "utf-8"
    )
    (rules / "admission" / "fines.yaml").write_text(FINES, "utf-8")
    (rules / "admission" / "advice" / "few_fines.yaml").write_text(FEW_FINES, "utf-8")
    return rules


def test_a_history_and_joined_ledgers_decide_together_and_are_replayed(call: Any, tmp_path: Path, fined: Path) -> None:
    listed = whole(tmp_path, 名单记录=[LISTING, [CODE, "黄名单", "2020-07-02", "在列"]])
    fines = tmp_path / "处罚记录.csv"
    project = tmp_path / "项目.csv"
    project.write_text(f"项目编号,统一社会信用代码\nP1,{CODE}\nP2,\n", "utf-8")
    plain = sr.load(fined).area("admission").on("2020-10-02")

    def ends(known: Any) -> list[tuple[str, str, bool | None]]:
        made = [known.decide(PROJECT), known.decide({"project": {"id": "P2"}})]
        return [(v.at_best, v.at_worst, "few_fines" in v.violated()) for v in made]

    fines.write_text(f"信用代码,金额(万元)\n{CODE},60\n{CODE},50\n", "utf-8")
    both = sr.with_history(plain, listed).with_ledger(fines)
    assert ends(plain.with_ledger(fines)) == [("referred", "rejected", True), ("admitted", "rejected", False)]
    assert ends(sr.with_history(plain, listed)) == [("conditional", "rejected", False), ("admitted", "rejected", False)]
    assert ends(both) == [("referred", "rejected", True), ("admitted", "rejected", False)]
    # a row without its key may be anybody's: with it the fines may be too many, and what the history does is certain still
    fines.write_text(f"信用代码,金额(万元)\n{CODE},60\n,50\n", "utf-8")
    open_ = sr.with_history(plain, listed).with_ledger(fines).decide(PROJECT)
    assert (open_.at_best, "few_fines" in open_.violated()) == ("conditional", False)
    assert {e.values["effect"] for e in open_.effects} == {"conditional"}
    assert any("处罚记录" in n.zh for n in open_.notes)
    with pytest.raises(sr.LedgerError, match="not joined to a table"):
        both.decide_table(project)
    log = tmp_path / "a.db"
    beside = ["--history", listed, "--ledger", fines, "--rules", fined, "--on", "2020-10-02"]
    code, out, err = call("screen", project, *beside, "--log", log)
    assert (code, err.count("“处罚记录”取自台账，共 2 条"), err.count("已公布的列入记录 1 条")) == (0, 1, 1), out + err
    _, out, _ = call("explain", project, "--id", "P1", *beside, "--all")
    assert ("处罚记录.csv:2" in out, "黄名单" in out) == (True, True)
    found = sr.DecisionLog(log).replay(sr.load(fined).rulebook)
    assert [str(r) for r in found] == ["the same", "the same"]
