"""What `rectify` shows on the terminal."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from safety_rules.cli.screen_terminal import console, print_notices
from safety_rules.services.rectification.life import Danger, Event, overdue
from safety_rules.services.rectification.stats import Rate, Stats, percent

if TYPE_CHECKING:
    from safety_rules.services.rectification.importing import Imported
    from safety_rules.services.rectification.ledger import Fault, Head
    from safety_rules.services.rectification.sheets import Refusal
    from safety_rules.services.rectification.table import Lifecycle

MOST_REFUSALS = 50


def _table(title: str, heads: Sequence[str], right: int) -> Table:
    """Return an empty table whose columns from `right` on hold numbers."""
    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
    for i, head in enumerate(heads):
        table.add_column(head, justify="right" if i >= right else "left", no_wrap=i >= right, overflow="fold")
    return table


def print_import(imported: Imported, workbook: Path, store: Path, language: str) -> None:
    """Print what an import wrote, and what it refused."""
    i, out = imported, console()
    joined = i.read.joined
    print_notices(i.read.notices, language)
    if language == "zh":
        out.print(f"{workbook.name} → {store.name}")
        out.print(
            f"  新增隐患 {i.dangers} 项、事件 {i.events} 条、小化工排查 {i.inspections} 户；未变 {i.unchanged} 项"
        )
        if i.read.actors:
            out.print(f"  办理人名册 {len(i.read.actors)} 人（新增或更新 {i.actors}）；角色按名册核实")
        if joined:
            rows = "、".join(f"{name} {count} 行" for name, count in joined)
            out.print(f"  {rows}已与整改单位核对（用于名单联动，不写入本台账）")
        if i.head.hash:
            out.print(
                f"  台账现有 {i.head.count} 条，末条校验值 {i.head.hash[:16]}…（用 verify --write-head 另存凭证）"
            )
    else:
        out.print(f"{workbook.name} -> {store.name}")
        out.print(f"  {i.dangers} new dangers, {i.events} events, {i.inspections} inspections; {i.unchanged} unchanged")
        if i.read.actors:
            out.print(f"  {len(i.read.actors)} actors on the roster, {i.actors} new; roles are held to it")
        out.print("".join(f"  {name}: {count} rows join their enterprise\n" for name, count in joined), end="")
        if i.head.hash:
            out.print(f"  {i.head.count} entries, the last {i.head.hash[:16]}… (keep it: verify --write-head)")
    print_refusals(i.refusals, language)


def print_actors(count: int, refusals: Sequence[Refusal], store: Path, language: str) -> None:
    """Print how many actors were written to the roster, and the rows that were refused."""
    zh = f"{store.name}：办理人名册新增或更新 {count} 人；此后的办理按名册核实角色"
    en = f"{store.name}: {count} actors are new on the roster; from now on roles are held to it"
    console().print(zh if language == "zh" else en)
    print_refusals(refusals, language)


def print_refusals(refusals: Sequence[Refusal], language: str) -> None:
    """Print the rows that were refused, each with its cell and reason."""
    if not refusals:
        return
    out, count = console(), len(refusals)
    out.print(
        f"拒收 {count} 行（未写入、未统计）：" if language == "zh" else f"{count} rows refused, not counted:",
        style="bold red",
    )
    shown = refusals[:MOST_REFUSALS]
    width = max(cell_len(r.place) for r in shown)
    for r in shown:
        out.print(Text(f"  {r.place}{' ' * (width - cell_len(r.place))}  {r.reason.in_(language)}"))
    if count > len(shown):
        out.print(f"  …另有 {count - len(shown)} 行" if language == "zh" else f"  … and {count - len(shown)} more")


def print_due(listed: Sequence[Danger], on: datetime.date, lifecycle: Lifecycle, language: str) -> None:
    """Print what is overdue or due this week, a table for each responsible unit."""
    out = console()
    late = sum(overdue(d, on) for d in listed)
    zh = language == "zh"
    heads = ("隐患编号", "领域", "隐患内容", "整改单位", "状态", "待办方", "整改期限", "逾期/剩余")
    if not zh:
        heads = ("Danger", "Field", "What", "Enterprise", "State", "Next", "Deadline", "Days over/left")
    for unit in dict.fromkeys(d.details.unit for d in listed):
        own = [d for d in listed if d.details.unit == unit]
        over = sum(overdue(d, on) for d in own)
        title = (
            f"{unit}：逾期 {over} 项，本周到期 {len(own) - over} 项"
            if zh
            else f"{unit}: {over} overdue, {len(own) - over} due"
        )
        table = _table(title, heads, 6)
        for d in own:
            table.add_row(*_due_cells(d, on, lifecycle, language), style="red" if overdue(d, on) else "")
        out.print(table)
    if zh:
        out.print(
            f"截至{on}：逾期 {late} 项，本周到期 {len(listed) - late} 项"
            if listed
            else f"截至{on}：无逾期、无本周到期隐患",
            style="bold",
        )
    else:
        out.print(f"as of {on}: {late} overdue, {len(listed) - late} due this week", style="bold")


def _due_cells(danger: Danger, on: datetime.date, lifecycle: Lifecycle, language: str) -> tuple[str, ...]:
    state = lifecycle.states[danger.state]
    days = ((danger.deadline or on) - on).days
    mark = ("（挂牌督办）" if language == "zh" else " (escalated)") if danger.escalated else ""
    if language == "zh":
        left = f"逾期 {-days} 天" if days < 0 else "今日到期" if days == 0 else f"剩 {days} 天"
    else:
        left = str(days)
    d = danger.details
    rests = lifecycle.parties[state.rests_with].in_(language) if state.rests_with else ""
    return (
        danger.id,
        d.field,
        d.text,
        d.enterprise,
        state.name.in_(language) + mark,
        rests,
        str(danger.deadline),
        left,
    )


def print_stats(stats: Stats, language: str) -> None:
    """Print the closing rate in all, by field, by unit and by week, and the campaign's figures."""
    out, zh = console(), language == "zh"
    t = stats.total
    if zh:
        out.print(f"隐患排查整改情况（截至{stats.on}）", style="bold")
        out.print(
            f"  排查隐患 {t.found} 项，已销号 {t.closed} 项，未销号 {t.found - t.closed} 项，整改率 {percent(t.rate)}"
        )
        out.print(f"  其中重大隐患 {stats.major} 项；逾期未整改 {stats.overdue} 项")
        if stats.households:
            found = "、".join(f"{name} {n} 处" for name, n in stats.finds)
            out.print(f"  小化工专项排查 {stats.households} 户" + (f"，发现{found}" if found else "，未发现问题"))
        out.print("  口径：整改率＝已销号÷已发现（本程序假定，未见文件规定）；周按周一至周日；百分数四舍五入")
    else:
        out.print(f"Hidden dangers as of {stats.on}", style="bold")
        out.print(f"  {t.found} found, {t.closed} closed, {t.found - t.closed} open, closing rate {percent(t.rate)}")
        out.print(f"  {stats.major} major; {stats.overdue} overdue; {stats.households} households inspected")
        out.print("".join(f"  found there: {name} {n}\n" for name, n in stats.finds), end="")
        out.print("  closing rate = closed ÷ found (assumed; no document read defines it); weeks are Monday to Sunday")
    _print_rates(stats.fields, "按领域" if zh else "By field", zh)
    _print_rates(stats.units, "按责任单位（整改率由低到高）" if zh else "By responsible unit, lowest first", zh)
    _print_weeks(stats, zh)


def _print_rates(rates: Iterable[Rate], title: str, zh: bool) -> None:
    heads = ("名称", "发现", "已销号", "未销号", "整改率") if zh else ("Name", "Found", "Closed", "Open", "Rate")
    table = _table(title, heads, 1)
    for r in rates:
        table.add_row(r.name, str(r.found), str(r.closed), str(r.found - r.closed), percent(r.rate))
    console().print(table)


def _print_weeks(stats: Stats, zh: bool) -> None:
    heads = ("周（周一至周日）", "上周结转", "本周发现", "本周销号", "周末未销号", "累计发现", "累计销号", "累计整改率")
    if not zh:
        heads = ("Week", "Carried over", "Found", "Closed", "Left open", "Found so far", "Closed so far", "Rate so far")
    table = _table("周滚动、周销号" if zh else "Rolling weeks", heads, 1)
    for w in stats.weeks:
        numbers = (w.carried, w.found, w.closed, w.left, w.so_far.found, w.so_far.closed)
        table.add_row(f"{w.monday} ~ {w.sunday:%m-%d}", *map(str, numbers), percent(w.so_far.rate))
    console().print(table)


def print_recorded(event: Event, danger: Danger, lifecycle: Lifecycle, language: str) -> None:
    """Print what was recorded and whose move is next."""
    name, state = lifecycle.events[event.name].name.in_(language), lifecycle.states[danger.state]
    rests = lifecycle.parties[state.rests_with].in_(language) if state.rests_with else None
    if language == "zh":
        after = f"，待{rests}办理" if rests else ""
        who = "角色已按名册核实" if event.verified else "角色为自报，未核实"
        console().print(f"已记录：{danger.id} {name}（{event.by}，{event.on}）；现为“{state.name.zh}”{after}；{who}")
    else:
        role = "verified by the roster" if event.verified else "claimed, not verified"
        console().print(f"recorded: {danger.id} {name} by {event.by} on {event.on}; now {state.name.en}; role {role}")


def print_life(events: Sequence[Event], lifecycle: Lifecycle, explanation: str, language: str) -> None:
    """Print the life of a danger, event by event, and then what the rules make of it."""
    from safety_rules.services.rectification.story import story

    for line in story(events, lifecycle, language):
        console().print(Text(line))
    console().print()
    console().print(Text(explanation), soft_wrap=True)


def print_verified(store: Path, head: Head, found: Sequence[Fault], kept: bool, language: str) -> None:
    """Print whether a ledger is as it was written."""
    out = console()
    if not found:
        with_head = (
            ("，与另存凭证相符" if kept else "")
            if language == "zh"
            else (", and agree with the kept head" if kept else "")
        )
        zh = f"{store.name}：{head.count} 条记录完整，未见改动、删除、调序{with_head}；末条校验值 {head.hash}"
        en = f"{store.name}: {head.count} entries are as they were written{with_head}; head {head.hash}"
        out.print(zh if language == "zh" else en, style="green")
        return
    out.print(
        f"{store.name}：发现 {len(found)} 处异常" if language == "zh" else f"{store.name}: {len(found)} faults",
        style="bold red",
    )
    for fault in found[:MOST_REFUSALS]:
        out.print(Text(f"  [{fault.code}] {fault.zh if language == 'zh' else fault.en}"))
