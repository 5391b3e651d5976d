"""An independent tally of the project ledger beside the history of its enterprises: plain Python over the cells.

Written from the words of the rules; nothing of the library. True, False and None stand for holds, fails and unknown.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ledgers.tally import (
    DAY,
    RANKS,
    YEAR_AGO,
    any_of,
    black_over,
    black_running,
    both,
    catalogue,
    chemistry,
    code_of,
    day,
    fewer_than_two,
    is_open,
    major_open,
    no,
    procedures,
    reaches,
    recent,
    records,
    sheets,
    standards,
    undecided,
    yellow,
    yes,
)

Row = dict[str, Any]
CODE = "统一社会信用代码"
PENALTIES_FROM, PENALTIES_UNTIL = datetime.date(2016, 6, 2), datetime.date(2023, 9, 30)


def year_after(on: datetime.date) -> datetime.date:
    return on.replace(year=on.year + 1)  # no 29 February in the example


def rows_of(cells: list[list[Any]], top: int = 0) -> list[Row]:
    return [dict(zip(cells[top], r, strict=True)) for r in cells[top + 1 :]]


def history_tally(projects: Path, history: Path) -> list[tuple[str, str, str]]:
    """Return (project number, outcome at best, outcome at worst) of each row."""
    book, kept = sheets(projects), sheets(history)
    lists = {name: rows_of(cells) for name, cells in book.items() if name != "项目"}
    known = past(kept)
    codes = {r["单位名称"]: r[CODE] for r in rows_of(kept["整改单位"])}
    found = []
    for row in rows_of(book["项目"], 1):
        best = worst = 0
        for outcome, holds in findings(row, lists, known[code_of(row[CODE]) or codes[row["企业名称"]]]):
            rank = RANKS.index(outcome)
            worst = max(worst, rank if holds is not True else 0)
            best = max(best, rank if holds is False else 0)
        found.append((str(row["项目编号"]), RANKS[best], RANKS[worst]))
    return found


def past(kept: dict[str, list[list[Any]]]) -> dict[str, dict[str, list[Row]]]:
    """Return the listings and accidents of each enterprise of the history."""
    known: dict[str, dict[str, list[Row]]] = defaultdict(lambda: {"名单": [], "事故": [], "逾期": []})
    for row in rows_of(kept["事故记录"]):
        known[row[CODE]]["事故"].append(row)
    for row in rows_of(kept["名单记录"]):
        known[row[CODE]]["名单"].append(row)
    for row in rows_of(kept["隐患台账"], 1):
        closed = row["销号日期"] != "" and row["销号日期"] <= DAY
        if row["发现日期"] <= DAY and not closed and row["整改期限"] < DAY:
            known[row[CODE]]["逾期"].append(row)
    return known


def due(held: dict[str, list[Row]]) -> Iterable[tuple[str, bool | None]]:
    """Yield what each ground for listing asks for, and whether it holds: referred (black), conditional (yellow)."""
    for a in held["事故"]:
        on, penalised = day(a["事故日期"]), yes(a["已受行政处罚"])
        assert on is not None
        if PENALTIES_FROM <= on <= PENALTIES_UNTIL:
            yield "referred", both(reaches(a, 2), penalised, unlisted("黑名单", on, held))
        yield "conditional", both(no(reaches(a, 2)), year_after(on) >= DAY, unlisted("黄名单", on, held))
        for b in (b for b in held["事故"] if b is not a):
            later = day(b["事故日期"])
            assert later is not None
            if on <= later <= year_after(on):
                yield "referred", both(penalised, yes(b["已受行政处罚"]), unlisted("黑名单", later, held))
    yield "conditional", both(len(held["逾期"]) >= 3, unlisted("黄名单", DAY, held))


def unlisted(name: str, since: datetime.date, held: dict[str, list[Row]]) -> bool:
    """Return whether no decision to list is known since a ground; the example holds no look-ups."""
    return not any(
        r["名单"] == name and since.isoformat() <= str(r["列入日期"]) <= DAY.isoformat() for r in held["名单"]
    )


def findings(row: Row, lists: dict[str, list[Row]], held: dict[str, list[Row]]) -> Iterable[tuple[str, bool | None]]:
    for part in (standards, chemistry, catalogue, procedures):
        yield from part(row)
    own = records(row, "名单记录", lists)
    listings = [*(own or []), *held["名单"]]
    unsure = [None] if own is None and row["名单记录"] != "" else []
    for outcome, test in (("rejected", black_running), ("referred", black_over), ("conditional", yellow)):
        yield outcome, no(any_of([*(test(r) for r in listings), *unsure]))
    dangers = records(row, "隐患记录", lists)
    known = dangers is not None or row["隐患记录"] == ""  # the history's dangers are all general
    for outcome, overdue in (("rejected", True), ("conditional", False)):
        yield outcome, no(any_of(major_open(r, overdue) for r in dangers or [])) if known else None
    yield "conditional", not any(is_open(r) for r in dangers or ())  # overdue or within its deadline, whichever
    yield from accident_findings(row, records(row, "事故记录", lists), held["事故"], [*listings, *map(blank, unsure)])
    for outcome, holds in due(held):
        yield outcome, no(holds)


def blank(_: None) -> Row:
    return {"名单": "", "列入日期": "", "名单状态": ""}


def accident_findings(
    row: Row, own: list[Row] | None, theirs: list[Row], listings: list[Row]
) -> Iterable[tuple[str, bool | None]]:
    known = own is not None or row["事故记录"] == ""
    both_lists = [*(own or []), *(a for a in theirs if not any(same(a, o) for o in own or []))]
    for outcome, level in (("rejected", 3), ("referred", 2), ("conditional", 1)):
        yield outcome, no(any_of(recent(r, level) for r in both_lists)) if known else None
    yield "rejected", fewer_than_two([recent(r, 2) for r in both_lists]) if known else None
    yield "referred", no(any_of(undecided(r, both_lists, listings) for r in both_lists)) if known else None


def same(one: Row, other: Row) -> bool:
    names = ("事故日期", "死亡人数", "重伤人数", "直接经济损失（万元）")
    return all(one[n] == other[n] for n in names if other[n] != "")


assert DAY.replace(year=DAY.year - 1) == YEAR_AGO
