"""Small ledgers in the shapes that real ones have: each gives the right answer, or names the cell that keeps it open."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from doors.reading import BEST, GOOD, HEADINGS, LEDGERS, OPEN, WORST, graded, ledger, made, row, said, screened

AS_IT_IS = [("XM-1", BEST), ("XM-2", WORST), ("XM-3", BEST)]
LAST_OPEN = [("XM-1", BEST), ("XM-2", WORST), ("XM-3", OPEN)]
ALL_OPEN = [("XM-1", OPEN), ("XM-2", OPEN), ("XM-3", OPEN)]
SCREENED = {
    "s03b_two_row_vertical_merge": AS_IT_IS,
    "s05_text_numbers": LAST_OPEN,
    "s06b_yesno_marks2": AS_IT_IS,
    "s10_blank_hidden_group": AS_IT_IS,
    "s11_formula_nocache": ALL_OPEN,
    "s12_dup_heading": [("XM-1", BEST), ("XM-2", OPEN), ("XM-3", BEST)],
    "s13_linebreaks": AS_IT_IS,
    "s14_real_headings": [("光伏组件", OPEN), ("低投资", OPEN)],
    "s19_many_sheets": [*AS_IT_IS, ("XM-1", BEST)],
    "s21_placeholders": [("XM-1", OPEN), ("XM-2", WORST), ("XM-3", OPEN)],
    "s24_vertical_form": [("XM-1", BEST)],
    "s25_heading_variants": AS_IT_IS,
    "s28_dup_ids": [("XM-1", BEST), ("XM-1", WORST), ("XM-3", BEST)],
    "s30_currency": [("XM-1", OPEN), ("XM-2", BEST), ("XM-3", BEST)],
    "s31_ranges": ALL_OPEN,
    "t01_unit_wanyuan_mu": LAST_OPEN,
    "t03_unit_wanyuan": AS_IT_IS,
    "t05_unit_all": AS_IT_IS,
    "t07_unit_yuan": ALL_OPEN,
    "t10_link_spaces_both": [("XM-1", WORST), ("XM-2", WORST), ("XM-3", OPEN)],
    "t13_wu_but_listed": [("XM-1", OPEN), ("XM-2", WORST), ("XM-3", BEST)],
    "t15_merged_code_listed": [("XM-1", WORST), ("XM-9", WORST), ("XM-3", OPEN)],
    "t18_hidden_sheet_wins": [("真项目", OPEN)],
    "t21_required_marks": AS_IT_IS,
    "t22_numbering_row": AS_IT_IS,
    "t26_yuan_typed": [("XM-1", BEST), ("XM-2", OPEN), ("XM-3", BEST)],
    "t30_orphan_list": [("XM-1", OPEN), ("XM-2", WORST), ("XM-3", OPEN)],
}
ELSEWHERE = ("g", "r", "x_")  # grading and rectification below and beside


@pytest.mark.parametrize("name", SCREENED)
def test_a_ledger_is_screened_as_a_careful_reader_would(name: str) -> None:
    assert screened(LEDGERS / f"{name}.xlsx")[0] == SCREENED[name]


def test_every_ledger_has_its_answer() -> None:
    with (LEDGERS / "expected.csv").open(encoding="utf-8-sig") as file:
        named = {Path(line["file"]).stem for line in csv.DictReader(file)}
    assert named == {p.stem for p in LEDGERS.glob("*.xlsx")}
    assert {n for n in named if not n.startswith(ELSEWHERE)} == SCREENED.keys()


@pytest.mark.parametrize(
    ("name", "code", "count"),
    [
        ("s10_blank_hidden_group", "assumed-hidden", 1),
        ("s10_blank_hidden_group", "part", 1),
        ("s12_dup_heading", "heading-twice", 2),
        ("s19_many_sheets", "assumed-together", 1),
        ("s19_many_sheets", "given-again", 1),
        ("s28_dup_ids", "given-again", 1),
        ("t01_unit_wanyuan_mu", "assumed-unit", 5),
        ("t03_unit_wanyuan", "assumed-unit", 3),
        ("t05_unit_all", "assumed-unit", 5),
        ("t18_hidden_sheet_wins", "sheet-not-used", 1),
        ("t22_numbering_row", "numbering", 1),
        ("t30_orphan_list", "row-joins-nothing", 2),
    ],
)
def test_what_was_assumed_or_left_out_is_said(name: str, code: str, count: int) -> None:
    assert len(said(screened(LEDGERS / f"{name}.xlsx")[1], code)) == count


@pytest.mark.parametrize(
    ("name", "project", "words"),
    [
        ("s05_text_numbers", "XM-3", ["“约450”是约数", "“600万元左右”是约数"]),
        ("s11_formula_nocache", "XM-1", ["项目!I2：单元格是公式，文件里没有它的结果"]),
        ("s11_formula_nocache", "XM-3", ["项目!I4：单元格的公式出错（#DIV/0!）"]),
        ("s30_currency", "XM-1", ["“1500万美元”是外币"]),
        ("s31_ranges", "XM-1", ["“15-20亩”是范围"]),
        ("s31_ranges", "XM-2", ["“15（其中一期10亩）”带有附注"]),
        ("s31_ranges", "XM-3", ["“≥600”只写明界限"]),
        ("t01_unit_wanyuan_mu", "XM-3", ["请核对单位是亩还是m2"]),
        ("t13_wu_but_listed", "XM-1", ["写明“无”，明细表却有 1 条"]),
        ("t26_yuan_typed", "XM-2", ["项目!I3：固定资产投资填报为 60000000 万元，不像真实的数"]),
        ("t30_orphan_list", "XM-1", ["名单记录!2"]),
    ],
)
def test_what_keeps_a_row_open_is_named_with_the_reason(name: str, project: str, words: list[str]) -> None:
    problems = screened(LEDGERS / f"{name}.xlsx")[2][project]
    assert len(problems) >= len(words)
    for word, problem in zip(words, problems, strict=False):
        assert word in problem


def test_each_row_of_several_sheets_says_its_sheet_and_row() -> None:
    _, screening, _ = screened(LEDGERS / "s19_many_sheets.xlsx")
    assert screening.ledger.headings[0] == "工作表与行"
    from doors.reading import area, screen

    again = list(screen(LEDGERS / "s19_many_sheets.xlsx", area()).rows)
    assert [r.row.cells[0] for r in again] == ["2019年!2", "2019年!3", "2019年!4", "2020年!2"]
    assert again[3].row.place_of("project.land_area") == "2020年!G2"


def test_one_of_several_sheets_may_be_asked_for() -> None:
    assert screened(LEDGERS / "s19_many_sheets.xlsx", "2020年")[0] == [("XM-1", BEST)]


def test_a_value_of_a_form_knows_its_cell(tmp_path: Path) -> None:
    cells = [[h, "约15" if h.startswith("用地面积") else c] for h, c in zip(HEADINGS, GOOD, strict=True)]
    assert screened(made(tmp_path / "a.xlsx", 申报表=[["项目申报表"], *cells]))[2]["XM-1"][0].startswith("申报表!B8：")


def test_a_form_may_have_several_pairs_in_a_line(tmp_path: Path) -> None:
    pairs = [x for h, c in zip(HEADINGS, GOOD, strict=True) for x in (h, c)]
    lines = [pairs[i : i + 4] for i in range(0, len(pairs), 4)]
    assert screened(made(tmp_path / "a.xlsx", 申报表=lines))[0] == [("XM-1", BEST)]


def test_forms_of_one_shape_are_screened_together(tmp_path: Path) -> None:
    def form(cells: list[object]) -> list[list[object]]:
        return [[h, c] for h, c in zip(HEADINGS, cells, strict=True)]

    path = made(tmp_path / "a.xlsx", 甲=form(row()), 乙=form(row(项目编号="XM-2", 固定=6000)))
    assert screened(path)[0] == [("XM-1", BEST), ("XM-2", WORST)]


def test_a_second_table_below_is_read_as_the_list_that_it_is(tmp_path: Path) -> None:
    below = [[], ["企业名称", "名单", "列入日期", "名单状态"], ["甲公司", "黑名单", "2020-03-12", "在列"]]
    path = made(tmp_path / "a.xlsx", 项目=[HEADINGS, row(), *below])
    assert screened(path)[0] == [("XM-1", OPEN)]
    path = made(tmp_path / "b.xlsx", 项目=[HEADINGS, row(名单记录="1条"), *below])
    assert screened(path)[0] == [("XM-1", WORST)]


def test_a_list_under_any_sheet_name_is_known_by_its_headings(tmp_path: Path) -> None:
    rows = [["企业名称", "名单", "列入日期", "名单状态"], ["甲公司", "黑名单", "2020-03-12", "在列"]]
    outcomes, screening, _ = screened(ledger(tmp_path / "a.xlsx", row(), Sheet2=rows))
    assert (outcomes, len(said(screening, "assumed-list"))) == ([("XM-1", OPEN)], 1)


@pytest.mark.parametrize(
    "heading",
    [
        "固定资产投资\n（万元）", "*固定资产投资（万元）", "固定资产投资（万元）（必填）", "固定资产投资（万元，达产后）", "1.固定资产投资（万元）",
        "其中：固定资产投资（万元）", "预计固定资产投资(万元)", "固 定 资 产 投 资【万元】", "固定资产投资（万元）*", "项目固定资产投资（万元）",
    ],
)  # fmt: skip
def test_a_heading_is_known_with_what_people_write_around_it(tmp_path: Path, heading: str) -> None:
    headings = [heading if h.startswith("固定") else h for h in HEADINGS]
    assert screened(ledger(tmp_path / "a.xlsx", row(), headings=headings))[0] == [("XM-1", BEST)]


@pytest.mark.parametrize(
    "heading", ["固定资产投资（不含税）", "固定资产投资（万元/亩）", "固定资产投资（第一年）", "总投资（万元）"]
)
def test_a_heading_that_says_another_thing_is_not_taken(tmp_path: Path, heading: str) -> None:
    headings = [heading if h.startswith("固定") else h for h in HEADINGS]
    assert screened(ledger(tmp_path / "a.xlsx", row(), headings=headings))[0] == [("XM-1", OPEN)]


@pytest.mark.parametrize(
    "line",
    [
        ["合计", None, None, None, None, None, 15],
        [None, "小计"],
        ["注：以上为预计数"],
        ["填表人：张三", None, "审核人：李四"],
        ["二、在谈项目"],
        ["示例", "某项目", "某公司"],
        list(HEADINGS),
    ],
)
def test_lines_that_are_no_projects_are_named_and_not_counted(tmp_path: Path, line: list[object]) -> None:
    outcomes, screening, _ = screened(ledger(tmp_path / "a.xlsx", row(), line, row(项目编号="XM-2")))
    assert outcomes == [("XM-1", BEST), ("XM-2", BEST)]
    assert any("项目!3：" in n for n in said(screening))


def test_a_project_of_which_only_the_number_is_known_is_a_project(tmp_path: Path) -> None:
    assert screened(ledger(tmp_path / "a.xlsx", row(), ["XM-2"]))[0] == [("XM-1", BEST), ("XM-2", OPEN)]


def test_amounts_in_yuan_under_a_line_that_says_so_are_read_and_said(tmp_path: Path) -> None:
    headings = [h.replace("（万元）", "").replace("（㎡）", "").replace("（亩）", "") for h in HEADINGS]
    cells = row(固定=93_750_000, 年开票=112_500_000, 年税收=7_500_000)
    path = made(tmp_path / "a.xlsx", 项目=[["项目清单（单位：元）"], headings, cells])
    outcomes, screening, _ = screened(path)
    assert (outcomes, len(said(screening, "assumed-unit"))) == ([("XM-1", BEST)], 3)


def test_units_stay_open_where_one_line_names_a_chemical_of_nobody() -> None:
    assert graded(LEDGERS / "g14_orphan_big.xlsx")[0]["原料库"][0] == OPEN
    assert graded(LEDGERS / "g05_fill_down.xlsx")[0]["液氨罐区"][0] == OPEN


def test_chemicals_of_merged_units_belong_to_them_and_totals_to_nobody() -> None:
    assert graded(LEDGERS / "g04_merged_unit.xlsx")[0]["液氨罐区"][2] == 2
    found, screening = graded(LEDGERS / "g12_totals.xlsx")
    assert {n: (o, c) for n, (o, _, c) in found.items()} == {"液氨罐区": ("level_3", 1), "氯库": ("level_4", 1)}
    assert len(said(screening, "total")) == 2
    assert {n: o for n, (o, _, _) in graded(LEDGERS / "g08_names_only.xlsx")[0].items()} == {
        "液氨罐区": "level_3",
        "氯库": "level_4",
    }


def test_units_and_chemicals_in_one_sheet_are_read_together(tmp_path: Path) -> None:
    found, screening = graded(LEDGERS / "g02_one_sheet.xlsx")
    assert {n: (float(s), c) for n, (_, s, c) in found.items()} == {"液氨罐区": (6, 1), "氯库": (2.4, 1)}
    assert len(said(screening, "assumed-one-sheet")) == 1
    heads = ["单元名称", "适用范围", "厂外暴露人数", "品名", "存在量（t）"]
    rows = [heads, ["甲罐区", "适用", 0, "氯", 12], ["甲罐区", None, None, "氨", 5], ["乙罐区", "适用", 0, "氯", 1]]
    found, _ = graded(made(tmp_path / "a.xlsx", 单元=rows))
    assert {n: c for n, (_, _, c) in found.items()} == {"甲罐区": 2, "乙罐区": 1}


def test_rows_of_one_unit_that_differ_leave_that_figure_open(tmp_path: Path) -> None:
    heads = ["单元名称", "适用范围", "厂外暴露人数", "品名", "存在量（t）"]
    rows = [heads, ["甲罐区", "适用", 0, "氯", 12], ["甲罐区", "适用", 200, "氨", 5]]
    assert graded(made(tmp_path / "a.xlsx", 单元=rows))[0]["甲罐区"][0] == OPEN


def test_two_rows_of_headings_need_no_merged_cells(tmp_path: Path) -> None:
    plain: list[object] = [h.partition("（")[0] for h in HEADINGS]
    upper = [*plain[:6], "土地", None, "经济指标（万元）", None, None, *plain[11:]]
    lower = [*[None] * 6, "用地面积（亩）", "租赁面积（㎡）", "固定资产投资", "年开票销售", "年税收"]
    assert screened(made(tmp_path / "a.xlsx", 项目=[upper, lower, row()]))[0] == [("XM-1", BEST)]
    upper, lower = [*plain[:2], *[None] * 25], [None, None, *HEADINGS[2:]]
    assert screened(made(tmp_path / "b.xlsx", 项目=[["台账"], upper, lower, row()]))[0] == [("XM-1", BEST)]


@pytest.mark.parametrize("where", ["title", "footer", "sheet"])
def test_a_unit_may_be_stated_above_below_or_in_the_sheets_name(tmp_path: Path, where: str) -> None:
    headings = [h.partition("（")[0] for h in HEADINGS]
    cells = row(固定=93_750_000, 年开票=112_500_000, 年税收=7_500_000)
    above = [["金额单位：元；面积单位：亩"]] if where == "title" else []
    below = [["注：金额单位：元"]] if where == "footer" else []
    name = "项目（单位：元）" if where == "sheet" else "项目"
    outcomes, screening, _ = screened(
        made(tmp_path / "a.xlsx", **{name.replace("：", ""): [*above, headings, cells, *below]})
    )
    assert outcomes == [("XM-1", BEST)]
    assert len(said(screening, "assumed-unit")) == (5 if where == "title" else 3)


def test_a_figure_out_of_all_proportion_in_an_assumed_unit_is_asked(tmp_path: Path) -> None:
    headings = [h.partition("（")[0] for h in HEADINGS]
    outcomes, _, problems = screened(made(tmp_path / "a.xlsx", 项目=[["单位：万元、平方米"], headings, row()]))
    assert outcomes == [("XM-1", OPEN)]
    assert "请核对单位是m2还是亩" in problems["XM-1"][0]


@pytest.mark.parametrize("merged", [True, False])
def test_a_part_of_a_figure_is_not_the_figure_and_its_total_is(tmp_path: Path, merged: bool) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet("项目")
    sheet.write_row(0, 0, [*HEADINGS[:9], "", *HEADINGS[9:]])
    if merged:
        sheet.merge_range(0, 8, 0, 9, HEADINGS[8])
    sheet.write_row(1, 8, ["其中设备", "合计"])
    sheet.write_row(2, 0, [*GOOD[:8], 3000, *GOOD[8:]])
    book.close()
    outcomes, screening, _ = screened(tmp_path / "a.xlsx")
    assert outcomes == [("XM-1", BEST)]
    assert any("固定资产投资（万元）/其中设备" in n for n in said(screening, "heading"))


@pytest.mark.parametrize("name", SCREENED)
def test_duckdb_screens_a_ledger_as_records_do(name: str) -> None:
    from doors.reading import area, screen

    rows = screen(LEDGERS / f"{name}.xlsx", area(), engine="duckdb").rows
    assert [r.outcome for r in rows if r.outcome] == [o for _, o in SCREENED[name]]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("s11_formula_nocache", ["项目!I2", "项目!I3", "项目!I4"]),
        (
            "s14_real_headings",
            ["“序号”", "“行业类别”", "“计划总投资（亿元）”", "“投资强度（万元/亩）”", "“达产后年产值（亿元）”", "“亩均税收（万元/亩）”",
             "“是否化工项目”", "“环评类别”", "“拟选址”", "“备注”"],
        ),
        ("s19_many_sheets", ["工作表2019年、2020年表头相同，一并审查", "“XM-1”与2019年!2重复", "“汇总”未使用"]),
        ("s21_placeholders", ["项目!E4：“同上”"]),
        ("s28_dup_ids", ["项目!A3：项目编号“XM-1”与项目!2重复"]),
        ("t01_unit_wanyuan_mu", ["“租赁面积”没有写单位，按“项目!A2 单位：亩”的亩理解"]),
        ("t05_unit_all", ["“租赁面积”没有写单位", "“固定资产投资”没有写单位"]),
        ("t07_unit_yuan", ["按“项目!A2 单位：元”的元理解", "项目!I4：", "项目!J5：", "项目!K6：", "请核对单位是元还是万元"]),
        ("t10_link_spaces_both", ["项目!Y4：“名单记录”写明“见名单记录表”，但没有明细"]),
        ("t18_hidden_sheet_wins", ["“旧表”未使用"]),
        ("t30_orphan_list", ["名单记录!2：", "名单记录!3："]),
    ],
)  # fmt: skip
def test_what_an_answer_must_name_is_named(name: str, words: list[str]) -> None:
    _, screening, problems = screened(LEDGERS / f"{name}.xlsx")
    told = "\n".join([*said(screening), *(p for of in problems.values() for p in of)])
    assert [w for w in words if w not in told] == []


def test_words_for_no_dangers_are_an_empty_list_among_placeholders() -> None:
    from doors.reading import area, screen

    rows = [r.verdict for r in screen(LEDGERS / "s21_placeholders.xlsx", area()).rows if r.verdict]
    assert [v.record.values.get("enterprise.hidden_dangers") for v in rows] == [(), (), ()]
    placeholders = [k for v in rows for k, x in v.record.values.items() if str(x) in ("/", "-", "——", "待定", "无")]
    assert placeholders == []


@pytest.mark.parametrize("name", ["g05_fill_down", "g14_orphan_big"])
def test_the_line_that_keeps_units_open_is_named(name: str) -> None:
    _, screening = graded(LEDGERS / f"{name}.xlsx")
    assert [n.partition("：")[0] for n in said(screening, "row-joins-nothing")] == ["化学品!3"]


def test_levels_and_critical_quantities_of_a_ledger_that_are_ours_are_not_named_as_others() -> None:
    _, screening = graded(LEDGERS / "g02_one_sheet.xlsx")
    assert (said(screening, "critical-differs"), said(screening, "level-differs")) == ([], [])
    assert "临界量" in said(screening, "heading-computed")[0]
