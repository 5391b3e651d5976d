"""The one page of a result: whole, escaped, the same as the verdicts, and usable in a real browser."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

import safety_rules as sr
from page.browser import needs_browser, opened
from safety_rules.formats import page_out
from safety_rules.formats.columns import first_reason, result_cells
from safety_rules.formats.page_out import write_page
from safety_rules.formats.result import ScreenedRow
from safety_rules.services.screening import screen

NAMES = (
    "年产2万套注塑件项目", "<script>alert(1)</script>", "</script><b>x", "=HYPERLINK(\"http://a\")", "\u202e倒写\u200b项目",
    "A & B <i>", "{{ 7 * 7 }}", "长" * 400,
)  # fmt: skip
DAY = "2020-10-01"


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "台账.xlsx"
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("项目")
        sheet.write_row(0, 0, ["项目名称", "用地方式", "用地面积（亩）", "固定资产投资（万元）", "名单记录"])
        for at, name in enumerate(NAMES, 1):
            sheet.write_string(at, 0, name)
            for column, cell in enumerate(["单体征地", 20, 10000 - (at % 2) / 100, "无"], 1):
                sheet.write(at, column, cell)
    return path


@pytest.fixture(scope="module")
def rows(ledger: Path) -> list[ScreenedRow]:
    return [r for r in screen(ledger, sr.load().area("admission").on(DAY)).rows if r.outcome]


@pytest.fixture(scope="module")
def page(ledger: Path) -> Path:
    screening = screen(ledger, sr.load().area("admission").on(DAY))
    path = ledger.with_name("结果.html")
    write_page(screening, screening.rows, path, "zh")
    return path


def data(page: Path) -> Any:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page.read_text("utf-8"), re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def said(found: Any, at: int, language: str) -> str:
    text = found["texts"][at]
    return text if isinstance(text, str) else text[("zh", "en").index(language)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_says_what_the_verdicts_say(page: Path, rows: list[ScreenedRow], language: str) -> None:
    found = data(page)
    assert [r[0] for r in found["rows"]] == [r.row.number for r in rows]
    assert [found["outcomes"][r[2]]["key"] for r in found["rows"]] == [r.outcome for r in rows]
    assert [said(found, r[4], language) for r in found["rows"]] == [first_reason(r, language) for r in rows]
    told = [tuple(said(found, at, language) for at in r[5:]) for r in found["rows"]]
    assert told == [result_cells(r, language) for r in rows]


def test_the_tiles_add_up_to_the_rows(page: Path, rows: list[ScreenedRow]) -> None:
    tiles = re.findall(r'data-outcome="(\w+)".*?<strong>(\d+)</strong>', page.read_text("utf-8"), re.DOTALL)
    assert {k: int(n) for k, n in tiles if int(n)} == Counter(r.outcome for r in rows)


def test_what_refuses_nothing_stands_after_what_does(tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("项目")
        heads = ["项目名称", "用地方式", "用地面积（亩）", "固定资产投资（万元）", "产品类别"]
        rows = [
            ["甲", "单体征地", 20, 9000, "塑料制品"],
            ["乙", "单体征地", 20, 90000, "塑料制品"],
            ["丙", "单体征地", 20, 90000, "塑料制品"],
        ]
        for at, row in enumerate([heads, *rows]):
            sheet.write_row(at, 0, row)
    screening = screen(path, sr.load().area("admission").on(DAY))
    write_page(screening, screening.rows, tmp_path / "x.html", "zh")
    assert screening.summary.violated.most_common(1)[0][1] == 3  # the advice, which every row has
    bars = (tmp_path / "x.html").read_text("utf-8").partition("不符合最多的规则")[2].partition("最常缺的数据")[0]
    assert 0 < bars.index("亩均固定资产投资达到") < bars.index("（仅作提示）")


def test_nothing_of_a_ledger_becomes_part_of_the_page(page: Path) -> None:
    text = page.read_text("utf-8")
    assert len(re.findall(r"<script\b", text)) == 2
    assert "<b>x" not in text
    assert "<i>" not in text
    assert not re.search(r"""(src|href)=["'](?!#|data:,)""", text)
    names = [re.sub("[\u202e\u200b]", "", name) for name in NAMES[:7]]  # signs that nobody sees are not admitted
    assert [r[1] for r in data(page)["rows"]][:7] == names


def test_a_page_that_would_be_too_large_lists_the_reasons_of_its_first_rows(
    ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_out, "LARGEST", 2_000)
    screening = screen(ledger, sr.load().area("admission").on(DAY))
    write_page(screening, screening.rows, tmp_path / "x.html", "zh")
    lengths = [len(r) for r in data(tmp_path / "x.html")["rows"]]
    kept = sum(n > 5 for n in lengths)
    assert 0 < kept < len(NAMES)
    assert lengths == sorted(lengths, reverse=True)
    assert f"前 {kept} 条的理由" in (tmp_path / "x.html").read_text("utf-8")


@needs_browser
@pytest.mark.parametrize("width", [1280, 390])
def test_a_person_can_find_unfold_and_switch(page: Path, rows: list[ScreenedRow], width: int) -> None:
    with opened(page.as_uri(), width) as watched:
        view = watched.page
        assert view.locator("#rows > tr").count() == len(NAMES)
        assert watched.axe() == []
        view.locator("[data-outcome=rejected].tile").click()
        assert view.evaluate("document.getElementById('rows').getBoundingClientRect().top < innerHeight")
        rejected = [r for r in rows if r.outcome == "rejected"]
        assert view.locator("#rows > tr").count() == len(rejected)
        view.locator(".fold").first.focus()
        view.keyboard.press("Enter")
        assert view.locator("tr.more dd").first.is_visible()
        assert "0.01" in view.locator("tr.more").inner_text()
        assert watched.axe() == []
        view.locator("#language").click()
        assert view.locator("h1").inner_text() == "Project admission: results (draft)"
        assert view.locator("html").get_attribute("lang") == "en"
        view.locator("#clear").click()
        view.locator("#search").fill("<script>")
        assert view.locator("#rows > tr > td").first.inner_text() == NAMES[1]
        assert view.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert watched.said == []
        assert [r for r in watched.asked if not r.startswith(("file:", "data:"))] == []
