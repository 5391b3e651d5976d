"""The page of a ledger of dangers in a real browser: searched, filtered by unit, in both languages, on a telephone."""

from __future__ import annotations

import datetime
from pathlib import Path

from page.browser import needs_browser, opened
from safety_rules.services.rectification.life import Danger, Details
from safety_rules.services.rectification.page import write_page
from safety_rules.services.rectification.reports import Reported
from safety_rules.services.rectification.stats import stats
from safety_rules.services.rectification.table import lifecycle

ON = datetime.date(2020, 9, 5)


def late(id: str, unit: str, text: str, task: str = "") -> Danger:
    details = Details("燃气", "一般", text, unit, "甲厂", task=task)
    day = datetime.date(2020, 8, 1)
    return Danger(id, details, "ordered", day, day, datetime.date(2020, 8, 20))


@needs_browser
def test_overdue_dangers_and_tasks_are_searched_and_filtered(tmp_path: Path) -> None:
    dangers = [late("A1", "东园区", "软管老化<b>"), late("A2", "西园区", "通道堵塞"), late("A3", "西园区", "软管过长")]
    tasks = [late("R1", "西园区", "周例会", "机制")]
    path = tmp_path / "情况.html"
    path.with_suffix(".db").touch()
    write_page(Reported(path.with_suffix(".db"), dangers, stats(dangers, (), ON), lifecycle(), tasks), path, "zh")
    with opened(path.as_uri(), width=390) as seen:
        page = seen.page

        def shown() -> list[str]:
            return [r.inner_text() for r in page.locator("tr[data-unit]:visible td:first-child").all()]

        assert shown() == ["A1", "A2", "A3", "R1"]
        page.fill("#search", "软管")
        assert shown() == ["A1", "A3"]
        page.select_option("#unit", "西园区")
        assert shown() == ["A3"]
        assert page.locator(".shown:visible").all_inner_texts() == ["1", "0"]
        page.click("button[type=reset]")
        page.locator("tr[data-unit]:not([hidden])").nth(3).wait_for()  # a predicate in text is no script of the page's
        page.click("#language")
        assert page.locator("#unit option").first.inner_text() == "all"
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert (seen.said, seen.axe()) == ([], [])
        assert {a.split(":")[0] for a in seen.asked} <= {"file", "data"}
