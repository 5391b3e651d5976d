"""The sheets of a hidden-danger workbook as rows of named cells that know their places."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from safety_rules.formats.heading_map import Layout, settled
from safety_rules.formats.headings import Column, columns, heading_row, spellings
from safety_rules.formats.lines import KINDS, kind_of_line
from safety_rules.formats.raw_tables import raw_tables
from safety_rules.formats.table import RawTable, cell_text, folded, is_blank, letters, usable
from safety_rules.language.errors import LedgerError
from safety_rules.language.kinds import Date, Name, Text
from safety_rules.language.record import Problem
from safety_rules.language.units import UnitTable
from safety_rules.language.vocabulary import Fact, Vocabulary, normal
from safety_rules.semantics.admission.folding import unfolded, visible
from safety_rules.semantics.admission.objects import Unread
from safety_rules.semantics.admission.unusable import Unusable
from safety_rules.semantics.admission.values import day
from safety_rules.services.rectification.life import RefusedError
from safety_rules.words.problem import problem

NO_UNITS = UnitTable({})
NOTHING: Mapping[str, Sequence[str]] = {}
SERIALS = range(36526, 73051)  # the days from 2000 to 2099 as a spreadsheet counts them
SERIAL_ZERO = datetime.date(1899, 12, 30)
DATED = ("日期", "期限", "时限")
AT_ONCE = re.compile(r"^(?:立即|当场|现场|即知即改|立行立改|立查立改|当日|当天)(?:整改|纠正|完成|改正)?$")
WITHIN = re.compile(r"^(?:限)?([0-9]{1,3})(日|天|周|小时)(?:之)?内(?:完成|整改|整改完成|整改到位)?$")
NO_YEAR = re.compile(r"^[0-9]{1,2}\s*月\s*(?:[0-9]{1,2}\s*[日号]|底)")
UNTIL = re.compile(r"^(.*[0-9日号])(?:之|以)?前(?:完成|整改|整改完成|整改到位)?$")
NUMBERED_DAY = re.compile(r"^([0-9]{4}年[0-9]{1,2}月[0-9]{1,2})号$")
WRITTEN_DAY = re.compile(r"^[0-9]{4}(?:年[0-9]{1,2}月[0-9]{1,2}日|([-./])[0-9]{1,2}\1[0-9]{1,2})$")
TERMS = ("期限", "时限")
MOST_ALIASES = 6  # that a message names
ALIASES: Mapping[str, tuple[str, ...]] = {
    "隐患编号": ("编号", "隐患排查单号", "安全隐患单号", "整改单号", "通知书编号", "记录编号"),
    "领域": ("行业领域", "行业和领域", "隐患行业"),
    "隐患级别": ("隐患等级", "级别", "安全隐患等级"),
    "隐患内容": ("隐患描述", "问题描述", "存在问题", "隐患详情", "隐患详细情况", "安全隐患内容", "整改隐患内容",
        "隐患", "问题", "隐患问题", "问题隐患", "存在的问题", "存在的隐患", "存在隐患", "存在的安全隐患", "存在的问题隐患", "存在问题隐患", "存在问题及隐患",
        "存在的问题及隐患", "问题及隐患", "问题及隐患描述", "隐患及问题", "隐患情况", "隐患基本情况", "隐患名称", "检查问题", "检查发现问题", "检查发现的问题", "发现问题",
        "不合格项描述", "主要隐患简述", "具体位置及隐患内容",),
    "整改单位": ("被检查单位", "受检单位", "受检单位名称", "受检查企业", "隐患单位名称", "整改企业名称",
        "企业名称", "单位名称", "公司名称", "企业", "单位", "企业（单位）名称", "受检企业", "受检企业名称", "被检查企业", "被检查单位名称", "被检单位", "检查企业", "隐患单位",
        "整治责任单位", "治理责任单位",),
    "统一社会信用代码": ("信用代码", "社会信用代码", "统一信用代码", "社会统一信用代码"),
    "检查方式": ("检查形式", "排查方式", "执法方式", "执法检查方式"),
    "发现日期": ("检查时间", "检查日期", "排查日期", "发现时间", "隐患发现日期", "隐患发现时间"),
    "发现方": ("检查人", "检查人员", "检查单位", "检查部门", "发现人"),
    "交办日期": ("交办时间", "整改下达时间", "派单时间"),
    "交办部门": ("整改通知下达部门", "派单单位"),
    "整改期限": ("整改时限", "要求整改日期", "要求整改完成日期", "最晚整改时间", "限期整改时间", "整改截止时间", "整改完成期限",
        "整改限时", "限时时间", "计划完成时间", "计划完成日期", "计划完成整改时间", "计划完成治理时间", "计划治理期限", "要求完成时间", "要求完成日期", "完成时限", "截止时间",),
    "申请验收日期": (
        "整改完成时间", "整改完成日期", "完成整改时间", "完成整改日期", "整改到位时间", "实际完成时间", "改正时间", "整改日期", "完成时间",
        "完成日期", "实际完成日期", "实际治理日期",
    ),
    "督查日期": ("复查日期", "复查时间", "督导日期"),
    "督查单位": ("复查单位", "复查部门", "复查人", "督查责任人"),
    "验收日期": ("验收时间", "整改验收时间"),
    "验收部门": ("验收单位", "验收人"),
    "销号日期": ("销号时间", "关闭时间", "闭环时间"),
    "延期日期": ("延期批准日期",),
    "延期批准部门": ("延期部门", "延期批准单位"),
    "延期后期限": ("延期整改期限", "延期期限", "延期日期至", "延期至"),
    "撤销日期": ("误报撤销日期",),
    "撤销部门": ("撤销单位", "撤销人"),
    "撤销原因": ("撤销理由", "误报原因"),
    "任务编号": ("编号", "序号", "任务序号", "举措编号"),
    "问题": ("存在问题", "反馈问题", "问题描述", "突出问题", "反馈意见"),
    "方面": ("工作方面", "类别", "所属方面"),
    "任务": ("工作任务", "任务事项", "整改任务", "任务名称", "重点任务", "任务内容"),
    "举措": ("工作举措", "具体举措", "措施", "整改措施", "具体措施", "具体整改措施", "工作措施"),
    "牵头处室": ("牵头部门", "牵头单位", "牵头科室", "牵头处（室）"),
    "责任人": ("责任人员", "具体责任人", "经办人"),
    "责任领导": ("分管领导", "责任领导人", "牵头领导"),
    "时限": ("完成时限", "整改时限", "完成期限", "时间节点", "整改期限"),
    "下达日期": ("下达时间", "印发日期", "制定日期"),
    "下达部门": ("下达单位", "制定部门"),
    "报告完成日期": ("完成日期", "完成时间", "实际完成时间", "报告日期"),
    "是否重大隐患": ("是否重大",),
    "隐患类别": ("隐患分类", "隐患类型"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its cells by heading, and where each stands."""

    sheet: str
    number: int
    cells: Mapping[str, Any]
    columns: Mapping[str, int]
    mark: str = "!"

    def place(self, heading: str | None = None) -> str:
        """Return the name of a cell, or of the whole row."""
        column = self.columns.get(heading) if heading is not None else None
        return f"{self.sheet}{self.mark}{letters(column) if column is not None else ''}{self.number}"

    def text(self, heading: str) -> str:
        """Return a cell as text; blank where it holds nothing."""
        return cell_text(self.cells.get(heading))

    def day(self, heading: str) -> datetime.date | None:
        """Return a cell as a day, None where it is blank; raises RefusedError where it is no day."""
        value = self.cells.get(heading)
        if not isinstance(value, datetime.date) and not cell_text(value):
            return None
        try:
            return day(unfolded(cell_text(value), Date()) if not isinstance(value, datetime.date) else value)
        except Unusable:
            text = cell_text(value)
            zh, en = ("没有写年份", "lacks its year") if NO_YEAR.match(text) else ("不是日期", "is no day")
            raise RefusedError(f"“{heading}”的“{text}”{zh}", f"`{text}` {en}", heading) from None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was refused: at which cell, and why; `apart` is its own number where it may be a danger of its own."""

    place: str
    reason: Name
    apart: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's records; `kind` is which sheet of ours it is; `notices` say what was assumed, and what is no record.

    `understood` are its columns with the places of their headings, and `unread` the headings that are nobody's.
    """

    name: str
    kind: str
    rows: tuple[Row, ...]
    notices: tuple[Problem, ...] = ()
    columns: tuple[str, ...] = ()
    understood: tuple[tuple[str, Column], ...] = ()
    unread: tuple[Problem, ...] = ()


def vocabulary_of(headings: Mapping[str, Iterable[str]]) -> Vocabulary:
    """Return the headings of our sheets as facts, which a map may name as they stand."""
    facts = {f.key: f for own in headings.values() for f in _facts(own)}
    names = {normal(name): key for key, f in facts.items() for name in (key, f.name.zh)}
    return Vocabulary({}, facts, {}, UnitTable({}), names)


def _facts(wanted: Iterable[str]) -> list[Fact]:
    return [Fact(f"台账.{h}", Name(h, h), Text(), f"台账.{h}", headings=ALIASES.get(h, ())) for h in wanted]


def workbook(
    path: Path,
    headings: Mapping[str, Iterable[str]],
    main: str = "",
    needed: Iterable[str] | None = (),
    wanted: Layout | None = None,
    also: Mapping[str, Sequence[str]] = NOTHING,
) -> list[Sheet]:
    """Return the sheets that are named in `headings`, and every other that has the `needed` headings of `main`.

    `also` are further kinds by their first two headings, whatever the sheet is called, with all that they need.
    With None every sheet is taken as it is. What `wanted` maps a heading to goes before what it would be taken for.
    Raises LedgerError where the file is missing, or, all at once, where headings are: of `main` only those
    `needed`.
    """
    if not path.is_file():
        raise LedgerError(f"there is no file `{path}`")
    found: list[Sheet] = []
    missing: list[str] = []
    nearly: list[str] = []
    must = tuple(needed or ())
    tables = raw_tables(path)
    for table in tables if wanted is None else settled(tables, wanted):
        kind = table.name if table.name in headings else main
        if not kind:
            continue
        sheet, sure = _sheet(table, kind, tuple(headings[kind])), table.name in headings
        lacks = [h for h in (must if kind == main else also.get(kind, headings[kind])) if h not in sheet.columns]
        if lacks and not sure and (other := _kind(table, headings, also)):
            sheet, sure = _sheet(table, other, tuple(headings[other])), True
            lacks = [h for h in also[other] if h not in sheet.columns]
        if not lacks or needed is None:
            found.append(sheet)
        elif sure or len(lacks) < len(must):
            (missing if sure else nearly).append(_lacking(table.name, lacks))
    if missing or (nearly and all(s.kind not in (main, *also) for s in found)):
        raise LedgerError("\n".join(missing or nearly))
    return found


def _kind(table: RawTable, headings: Mapping[str, Iterable[str]], also: Mapping[str, Sequence[str]]) -> str:
    """Return the kind whose first two headings a sheet has; blank where it is of none."""
    for kind, needed in also.items():
        facts = _facts(headings[kind])
        top = heading_row(table, spellings(facts))
        if top is not None and {*needed[:2]} <= {c.fact.field for c in columns(table, top, facts, NO_UNITS).columns}:
            return kind
    return ""


def _lacking(name: str, headings: Iterable[str]) -> str:
    listed = "；".join(f"{h}（或{'、'.join(ALIASES[h][:MOST_ALIASES])}等）" if h in ALIASES else h for h in headings)
    return f"the sheet `{name}` lacks headings: {listed}"


def _sheet(table: RawTable, kind: str, wanted: tuple[str, ...]) -> Sheet:
    facts = _facts(wanted)
    top = heading_row(table, spellings(facts))
    found = columns(table, top, facts, NO_UNITS) if top is not None else None
    if found is None:
        return Sheet(table.name, kind, ())
    at = {c.fact.field: c.index for c in found.columns}
    notices = [*table.notices, *(n for n in found.notices if n.code != "heading")]
    other = [
        f"{c.heading}→{c.fact.field}"
        for c in found.columns
        if c.rank >= 0 and folded(c.heading) != folded(c.fact.field)
    ]
    if other:
        notices.append(problem("assumed-headings", "", table.name, headings="；".join(other)))
    rows: list[Row] = []
    for row in table.rows():
        if row.number <= found.row or row.blank:
            continue
        if line := kind_of_line(row, found.headings):
            notices.append(Problem(line, "", table.place(row.number), KINDS[line]))
            continue
        first = wanted[0]
        cells = {h: row.cell(i) if h == first else row.merged.get(i, row.cell(i)) for h, i in at.items()}
        if not all(is_blank(c) for c in cells.values()):
            rows.append(_dated(Row(table.name, row.number, cells, at, table.mark), notices))
    understood = tuple((table.place(found.row, c.index), c) for c in found.columns)
    unread = tuple(n for n in found.notices if n.code == "heading")
    return Sheet(table.name, kind, tuple(rows), tuple(notices), tuple(at), understood, unread)


def _dated(row: Row, notices: list[Problem]) -> Row:
    """Return a row whose days are days: the number of a day as a spreadsheet counts, and a term from the day found."""
    cells = dict(row.cells)
    for heading in (h for h in row.cells if h.endswith(DATED)):
        value = cells[heading] = _day_said(heading, usable(row.cells[heading]))
        serial = value if isinstance(value, int) and not isinstance(value, bool) else None
        if serial is not None and serial in SERIALS:  # `None in range` would go through all of it
            cells[heading] = SERIAL_ZERO + datetime.timedelta(days=serial)
            place, day_read = row.place(heading), cells[heading]
            notices.append(problem("assumed-day.serial", "", place, heading=heading, given=serial, day=day_read))
        elif heading == "整改期限" and isinstance(value, str):
            term = _term(unicodedata.normalize("NFKC", visible(value)))
            found = _found_on(replace(row, cells=cells)) if term is not None else None
            if term is not None and found is not None:
                cells[heading] = found + term
                slots = {"heading": heading, "given": value, "found": found, "day": cells[heading]}
                notices.append(problem("assumed-day.term", "", row.place(heading), **slots))
    return replace(row, cells=cells)


def _day_said(heading: str, value: Any) -> Any:
    """Return a day in words as admission reads it: 号 is 日, and before a day, of a term, is until that day."""
    if not isinstance(value, str):
        return value
    plain = "".join(unicodedata.normalize("NFKC", visible(value)).split())
    if heading.endswith(TERMS) and (until := UNTIL.match(plain)):
        plain = until[1]
    return (
        f"{day_in[1]}日"
        if (day_in := NUMBERED_DAY.match(plain))
        else plain
        if plain != value and WRITTEN_DAY.match(plain)
        else value
    )


def _found_on(row: Row) -> datetime.date | None:
    try:
        return row.day("发现日期")
    except RefusedError:
        return None


def _term(text: str) -> datetime.timedelta | None:
    """Return how long a deadline in words runs from the day found; None where it is none, or none that is exact."""
    plain = "".join(text.split())
    if AT_ONCE.match(plain):
        return datetime.timedelta()
    match = WITHIN.match(plain)
    if match is None:
        return None
    days = {"日": 1, "天": 1, "周": 7}.get(match[2])
    hours = int(match[1])
    return datetime.timedelta(days=hours * days if days else -(-hours // 24))


def once(rows: Iterable[Row], heading: str, refusals: list[Refusal]) -> list[Row]:
    """Return the rows whose key no other row has; of rows that say the same, the first; the others are refused.

    Rows of one key that differ are all refused, each with the places of the others: which is right, nobody knows.
    """
    same: dict[str, list[Row]] = {}
    for row in rows:
        unread = next(((h, c) for h, c in row.cells.items() if isinstance(c, Unread)), None)
        if unread is not None:
            refusals.append(Refusal(row.place(unread[0]), unread[1].why.name))
            continue
        same.setdefault(folded(row.text(heading)) or row.place(), []).append(row)
    good = []
    for found in same.values():
        key = found[0].text(heading)
        first = {**found[0].cells, heading: key}
        differ = any({**r.cells, heading: key} != first for r in found)
        good += [] if differ else found[:1]
        for row in found if differ else found[1:]:
            others = "、".join(r.place(heading) for r in found if r is not row)
            zh = f"{heading}“{key}”与{others}重复" + ("且内容不同，均不收" if differ else "，内容相同，只收一行")
            en = f"`{key}` stands in {others} as well" + (", with other content" if differ else "")
            refusals.append(Refusal(row.place(heading), Name(zh, en)))
    return good
