"""Documents read back: they say what the verdict and the ledger say, whole, and nothing of a name is run."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from click.testing import CliRunner
from docx import Document
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

import safety_rules as sr
from safety_rules.cli.main import cli
from safety_rules.formats import docx_out
from safety_rules.formats.docx_out import built
from safety_rules.formats.ledger_rows import LedgerRow
from safety_rules.formats.result import ScreenedRow
from safety_rules.language.errors import LedgerError, NotFoundError
from safety_rules.services import documents
from safety_rules.services.grading import grade
from safety_rules.services.papers import occasions, of_enterprise, of_tasks
from safety_rules.services.rectification.life import Danger, Details, Event
from safety_rules.services.rectification.table import lifecycle
from safety_rules.services.screening import screen

HOSTILE = "<b>甲</b> =1+1 { PAGE } & 乙\u202e公司"
KEYS = [k for k in documents.layouts() if k != "law"]
ON = datetime.date(2024, 6, 20)


def whole(path: Path) -> str:
    """Return all text of a document, tables and controls included."""
    return "\n".join(
        "".join(t.text or "" for t in p.iter(qn("w:t"))) for p in Document(str(path)).element.body.iter(qn("w:p"))
    )


def rows_of(path: Path, table: int) -> list[list[str]]:
    found = list(Document(str(path)).element.body.iter(qn("w:tbl")))[table]
    return [
        ["".join(t.text or "" for t in cell.iter(qn("w:t"))) for cell in row.iter(qn("w:tc"))]
        for row in found.iter(qn("w:tr"))
    ]


@pytest.fixture(scope="module")
def row(tmp_path_factory: pytest.TempPathFactory) -> ScreenedRow:
    path = tmp_path_factory.mktemp("documents") / "台账.xlsx"
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("项目")
        sheet.write_row(
            0, 0, ["项目名称", "企业名称", "用地方式", "用地面积（亩）", "固定资产投资（万元）", "名单记录"]
        )
        sheet.write_row(1, 0, ["注塑件项目", HOSTILE, "单体征地", 20, 9999.99, "无"])
    return next(r for r in screen(path, sr.load().area("admission").on("2020-10-01")).rows if r.outcome)


def dangers() -> list[Danger]:
    def one(at: int, level: str, deadline: datetime.date | None, closed: datetime.date | None = None) -> Danger:
        details = Details("燃气", level, f"第{at}处问题", "某镇", HOSTILE, "91320991MAK3DGFBAG")
        day = datetime.date(2024, 6, 1)
        return Danger(f"YH-{at}", details, "closed" if closed else "ordered", day, day, deadline, closed_on=closed)

    june, july = datetime.date(2024, 6, 20), datetime.date(2024, 7, 1)
    return [
        one(1, "重大", june),
        one(2, "一般", july),
        one(3, "一般", june),
        one(4, "一般", june, june),
        one(5, "重大", None),
    ]


def paper(key: str, path: Path, on: datetime.date = ON) -> Path:
    (((enterprise, *_), own),) = occasions(key, dangers(), on).items()
    documents.write_document(key, of_enterprise(key, enterprise, own, lifecycle(), on), path, None)
    return path


def test_the_opinion_says_what_the_verdict_says(row: ScreenedRow, tmp_path: Path) -> None:
    documents.write_document("opinion", documents.of_row(row), path := tmp_path / "x.docx", None)
    said = whole(path)
    assert "不予准入。" in said
    assert "尚差固定资产投资 0.01 万元（须达 10000 万元）" in said
    assert "2020年10月1日" in said
    facts = {name: (value, place) for name, value, place in rows_of(path, 0)[1:]}
    assert facts["固定资产投资"] == ("9999.99 万元", "项目!E2")
    assert facts["用地面积"] == ("20 亩", "项目!D2")
    assert row.verdict is not None
    assert row.verdict.on.rulebook.digest[:16] in said


def test_an_opinion_says_each_thing_once(row: ScreenedRow, tmp_path: Path) -> None:
    documents.write_document("opinion", documents.of_row(row), path := tmp_path / "x.docx", None)
    said = whole(path).partition("附件1　填报情况")[0]
    assert row.verdict is not None
    reason = "固定资产投资 9999.99 万元 ÷ 用地面积 20 亩"
    assert [said.count(once) for once in (reason, "尚差固定资产投资 0.01 万元", "不符合：")] == [1, 1, 1]
    assert "依据：《盐城经济技术开发区单体征地类项目“456”" in said  # the clause beside the ground
    assert "经审查，结论为：不予准入。" in said


def test_an_open_opinion_says_what_is_open_and_rests_on_that() -> None:
    verdict = sr.load().area("admission").on("2020-10-01").decide({"project.name": "甲项目", "project.site": "land"})
    open_row = ScreenedRow(LedgerRow(2, "项目!2", ()), verdict)
    values = documents.of_row(open_row)
    (ground,) = values["grounds"]
    assert isinstance(ground, dict)
    assert ground["text"].startswith("资料不全，下列规定是否符合尚不能判定：")
    assert not verdict.definite
    titles = {f.rule.title.zh for f in verdict.open_findings}
    assert {rule for line in values["law"] for rule in line["rule"].split("\n")} <= {*titles, "（本库未收入）"}  # type: ignore[index]


def test_the_list_of_law_names_each_clause_once_with_all_rules_that_rest_on_it() -> None:
    admitted = {
        "project.name": "甲项目", "project.site": "land", "project.land_area": 20, "project.fixed_asset_investment": 20000,
    }  # fmt: skip
    verdict = sr.load().area("admission").on("2020-10-01").decide(admitted)
    lines = documents.of_row(ScreenedRow(LedgerRow(2, "项目!2", ()), verdict))["law"]
    said = [(clause, line["standing"]) for line in lines for clause in line["citation"].split("\n")]  # type: ignore[index, union-attr]
    assert len(said) == len(set(said))
    assert max(line["rule"].count("\n") for line in lines) > 1  # type: ignore[index, union-attr]


def test_seal_and_day_stand_with_the_line_before_them(row: ScreenedRow, tmp_path: Path) -> None:
    documents.write_document("opinion", documents.of_row(row), path := tmp_path / "x.docx", None)
    document = Document(str(path))
    found = [Paragraph(p, document._body) for p in document.element.body.iter(qn("w:p"))]
    signed = [p for p, after in pairwise(found) if after.style.name == "sign"]
    assert [p.text.strip().partition("：")[0] for p in signed] == ["2.依据一览", "经办人", "（单位印章）"]
    assert [p.paragraph_format.keep_with_next for p in signed] == [True] * 3


def test_a_project_that_is_refused_has_no_duties_of_building(row: ScreenedRow, tmp_path: Path) -> None:
    documents.write_document("opinion", documents.of_row(row), path := tmp_path / "x.docx", None)
    said = whole(path)
    assert row.verdict is not None
    assert any(d.duty.who.zh == "建设单位" for d in row.verdict.obligations)
    assert "建设单位，" not in said
    assert "项目不予准入，只在项目实施时才须办理的" in said


def test_an_opinion_of_one_rule_or_another_asks_for_the_blank(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "台账.xlsx")) as book:
        heads = ["项目名称", "用地面积（亩）", "租赁面积（㎡）", "固定资产投资（万元）"]
        sheet = book.add_worksheet("项目")
        sheet.write_row(0, 0, heads)
        sheet.write_row(1, 0, ["注塑件项目", 20, 5000, 100])
    row = next(iter(screen(tmp_path / "台账.xlsx", sr.load().area("admission").on("2020-10-01")).rows))
    documents.write_document("opinion", documents.of_row(row), path := tmp_path / "x.docx", None)
    said = whole(path)
    assert "用地方式未填，但无论如何填报" in said
    assert "差额视用地方式而定，补填后核算" in said
    assert "用地方式（补填不改变审查结论，用于核算差额）" in said


@pytest.mark.parametrize("key", [k for k in KEYS if documents.layouts()[k]["from"] == "store"])
def test_names_in_a_document_are_text(key: str, tmp_path: Path) -> None:
    path = paper(key, tmp_path / "x.docx")
    body = Document(str(path)).element.body
    assert "<b>甲</b> =1+1 { PAGE } & 乙" in whole(path)
    assert list(body.iter(qn("w:instrText"), qn("w:fldSimple"), qn("w:hyperlink"))) == []


def test_an_order_groups_its_problems_by_their_day(tmp_path: Path) -> None:
    said = whole(paper("order", tmp_path / "x.docx"))
    assert "1．第1处问题" in said
    assert "第4处问题" not in said
    assert "上述第1、2项问题于2024年6月20日前整改完毕" in said
    assert "上述第3项问题于2024年7月1日前整改完毕" in said
    assert "上述第4项问题于＿＿＿＿＿＿前整改完毕" in said
    assert "其中重大事故隐患2项" in said


def test_a_supervision_is_about_major_dangers_and_a_review_about_all(tmp_path: Path) -> None:
    supervised = whole(paper("supervision", tmp_path / "s.docx"))
    assert [f"第{n}处问题" in supervised for n in (1, 2, 3, 4, 5)] == [True, False, False, False, True]
    assert len(rows_of(paper("review", tmp_path / "r.docx", datetime.date(2024, 6, 20)), 0)) == 6


def inspected(at: int, found: int, ordered: int | None, closed: int | None = None) -> Danger:
    """Return a danger of one enterprise: the days of June on which it was found, ordered to go within a week, and closed."""
    first, *later = (datetime.date(2024, 6, d) if d else None for d in (found, ordered, closed))
    assert first is not None
    order, gone = later
    due = order + datetime.timedelta(7) if order else None
    past = (Event(f"YH-{at}", "order", "甲局", "department", order, deadline=due),) if order else ()
    extended = due + datetime.timedelta(30) if due else None
    return Danger(
        f"YH-{at}", Details("燃气", "一般", f"第{at}处问题", "某镇", "甲公司"), "closed" if gone else "ordered", first,
        first, extended, closed_on=gone, past=past,
    )  # fmt: skip


INSPECTED = [inspected(1, 3, 4), inspected(2, 3, 5), inspected(3, 3, 4, 10), inspected(4, 12, None), inspected(5, 2, 4)]
SETTLED = [inspected(6, 1, 2, 10), inspected(7, 3, None, 3)]


@pytest.mark.parametrize(
    ("key", "papers"),
    [
        ("inspection", {"2024年6月2日": "5", "2024年6月3日": "1237", "2024年6月12日": "4"}),
        ("order", {"": "4", "2024年6月4日": "135", "2024年6月5日": "2"}),
    ],
)
def test_a_record_is_of_one_inspection_and_an_order_of_one_day(key: str, papers: dict[str, str]) -> None:
    made = {}
    for (enterprise, *_), own in occasions(key, [*INSPECTED, *SETTLED], ON).items():
        values = of_enterprise(key, enterprise, own, lifecycle(), ON)
        day = str(values["found" if key == "inspection" else "ordered"])
        made["" if "　" in day else day] = "".join(sorted(str(row["text"])[1] for row in values["dangers"]))
    assert made == papers


def test_an_order_says_the_day_that_it_set_and_a_review_the_one_that_holds() -> None:
    said = {k: of_enterprise(k, "甲公司", INSPECTED[:1], lifecycle(), ON)["dangers"][0] for k in ("order", "review")}
    assert {k: row["deadline"] for k, row in said.items()} == {"order": "2024年6月11日", "review": "2024年7月11日"}


@pytest.mark.parametrize(("on", "papers"), [("2024-06-19", 0), ("2024-06-20", 1)])
def test_a_review_is_of_an_order_whose_term_has_come(on: str, papers: int) -> None:
    assert len(occasions("review", dangers(), datetime.date.fromisoformat(on))) == papers


@pytest.mark.parametrize(("on", "papers"), [("2024-06-23", 1), ("2024-06-24", 0)])
def test_an_order_that_is_settled_was_reviewed_in_its_week(on: str, papers: int) -> None:
    assert len(occasions("review", dangers()[3:4], datetime.date.fromisoformat(on))) == papers


def tasks() -> list[Danger]:
    def one(at: int, problem: str, closed: bool) -> Danger:
        details = Details(
            "化工", "", f"举措{at}", "甲局", "", problem=problem, task="任务", office="一处", leader="某领导"
        )
        day = datetime.date(2024, 6, 1)
        return Danger(
            f"R-{at}", details, "closed" if closed else "ordered", day, day, day, closed_on=day if closed else None
        )

    return [one(1, "监管不到位", True), one(2, "监管不到位", False), one(3, "底数不清", True)]


@pytest.mark.parametrize(
    ("key", "rows", "said"),
    [
        ("problems", 2, "共2个问题，已整改完成1个"),
        ("tasks", 3, "共3条举措，已完成2条"),
        ("duties", 3, "责任单位：甲局"),
    ],
)
def test_a_list_of_a_plan_says_who_does_what_by_when(key: str, rows: int, said: str, tmp_path: Path) -> None:
    documents.write_document(key, of_tasks(key, "甲局", tasks(), ON), path := tmp_path / "x.docx", None)
    assert said in whole(path)
    found = rows_of(path, 0)
    assert len(found) == 1 + rows
    assert any("逾期19天" in row[-1] for row in found)
    assert "举措1" in found[1][3 if key != "problems" else 4]


@pytest.mark.parametrize(
    ("on", "basis", "rights"),
    [
        ("2021-08-31", "＿的规定", "＿＿日内"),
        ("2021-09-01", "《中华人民共和国安全生产法》第六十五条", "＿＿日内"),
        ("2024-01-01", "《中华人民共和国安全生产法》第六十五条", "60日内"),
    ],
)
def test_lines_of_law_are_those_of_the_day(on: str, basis: str, rights: str, tmp_path: Path) -> None:
    said = whole(paper("order", tmp_path / "x.docx", datetime.date.fromisoformat(on)))
    assert basis in said
    assert rights in said
    assert "人民法院" in said
    assert "3个月" not in said


def graded(tmp_path: Path, scope: str, tonnes: float) -> Path:
    """Return the report of a unit with ammonia and 60 people around it."""
    with xlsxwriter.Workbook(str(path := tmp_path / "单元.xlsx")) as book:
        sheet = book.add_worksheet("单元")
        sheet.write_row(0, 0, ["单元名称", "厂区边界外500m范围内人数估算值", "适用范围"])
        sheet.write_row(1, 0, ["储罐区", 60, scope])
        chemicals = book.add_worksheet("化学品")
        chemicals.write_row(0, 0, ["单元名称", "化学品名称", "存在量（t）"])
        chemicals.write_row(1, 0, ["储罐区", "液氨", tonnes])
    unit = next(iter(grade(path, sr.load().area("major_hazard").on("2020-10-01"))[1]))
    documents.write_document("grading", documents.of_unit(unit), out := tmp_path / "x.docx", None)
    return out


def test_a_graded_unit_has_its_sum_on_paper(tmp_path: Path) -> None:
    out = graded(tmp_path, "适用", 25)
    assert rows_of(out, 0)[1][:6] == ["液氨", "25", "10", "2", "2.5", "5"]  # Table 1: ammonia 10 t; β of ammonia 2
    assert "S＝Σq/Q＝2.5。" in whole(out)
    assert "校正系数α＝1.5，R＝α·Σβ·q/Q＝7.5。" in whole(out)  # 50 to 99 people: 1.5; 1.5 × 5


@pytest.mark.parametrize(
    ("scope", "tonnes", "said"),
    [
        ("适用", 25, "经辨识，S＝2.5，大于或等于1，构成危险化学品重大危险源；经分级，R＝7.5，为四级重大危险源。"),
        ("适用", 9.99, "经辨识，S＝0.999，小于1，不构成重大危险源。"),
        ("军事设施", 25, "不适用。"),
    ],
)
def test_a_grading_concludes_by_its_figures(tmp_path: Path, scope: str, tonnes: float, said: str) -> None:
    paper = whole(graded(tmp_path, scope, tonnes))
    assert f"六、结论\n{said}" in paper
    assert ("经辨识" in paper) is (scope == "适用")


@pytest.mark.parametrize("key", KEYS)
def test_looks_are_styles_and_columns_have_their_widths(key: str, tmp_path: Path) -> None:
    documents.write_document(key, None, path := tmp_path / "x.docx", None)
    layout, made = documents.layouts()[key], Document(str(path))
    named = {p.style.name for p in made.element.body.iter(qn("w:p")) for p in (Paragraph(p, made),)}
    assert named == {b.get("style", "body") for b in layout["blocks"] if "p" in b} | (
        {"cell"} if made.tables else set()
    )
    widths = [[round(c.width.mm) for c in t.columns] for t in made.tables]
    assert widths == [b["widths"] for b in layout["blocks"] if "table" in b]


def controls(document: Any) -> Iterator[str]:
    for element in document.element.body.iter(qn("w:tag")):
        yield element.get(qn("w:val"))


@pytest.mark.parametrize("key", KEYS)
def test_every_blank_of_a_layout_is_filled(key: str, row: ScreenedRow, tmp_path: Path) -> None:
    template = built(documents.layouts()[key])
    assert len(list(controls(template))) >= 5
    if documents.layouts()[key]["from"] == "store":
        said = whole(paper(key, tmp_path / "x.docx"))
    elif key == "opinion":
        documents.write_document(key, documents.of_row(row), tmp_path / "x.docx", None)
        said = whole(tmp_path / "x.docx")
    else:
        return  # the graded unit above
    assert "{" not in said.replace(HOSTILE.replace("\u202e", ""), "").replace("{ PAGE }", "")


def test_a_districts_template_takes_the_place_of_ours(tmp_path: Path) -> None:
    own = tmp_path / "overlay" / "documents" / "责令限期整改指令书.docx"
    own.parent.mkdir(parents=True)
    template = built(documents.layouts()["order"])
    template.add_paragraph("本区自己的落款")
    template.save(str(own))
    assert documents.template_of("order", [tmp_path / "overlay"]) == own
    values = of_enterprise("order", "甲", dangers(), lifecycle(), ON)
    documents.write_document("order", values, tmp_path / "x.docx", own)
    assert "本区自己的落款" in whole(tmp_path / "x.docx")
    assert "第1处问题" in whole(tmp_path / "x.docx")


def test_a_template_with_an_unknown_control_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    template = built({"frame": "enforcement", "blocks": [{"p": "{stranger}"}]})
    template.save(str(tmp_path / "t.docx"))
    values = of_enterprise("order", "甲", dangers(), lifecycle(), ON)
    with pytest.raises(LedgerError, match="control `stranger`"):
        documents.write_document("order", values, tmp_path / "x.docx", tmp_path / "t.docx")
    (tmp_path / "t.docx").write_bytes(b"no document")
    with pytest.raises(LedgerError, match=r"no \.docx document"):
        documents.write_document("order", values, tmp_path / "x.docx", tmp_path / "t.docx")
    assert not (tmp_path / "x.docx").exists()


def test_a_device_that_is_full_leaves_no_half_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(docx_out, "fill", lambda *_: None)
    monkeypatch.setattr("docx.document.Document.save", full)
    with pytest.raises(LedgerError, match="no space left"):
        documents.write_document("order", None, tmp_path / "x.docx", None)
    assert list(tmp_path.iterdir()) == []


def test_a_device_that_is_full_in_a_folder_of_documents_leaves_whole_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from docx.document import Document as Made

    from safety_rules.cli.document import _write

    save, count = Made.save, iter(range(9))

    def full(self: Made, file: Any) -> None:
        if next(count) == 1:
            file.write(b"half")
            raise OSError(28, "No space left on device")
        save(self, file)

    monkeypatch.setattr(Made, "save", full)
    found = ((f"清单_{n}", of_tasks("duties", "甲局", tasks(), ON)) for n in range(3))
    with pytest.raises(LedgerError, match="no space left"):
        _write("duties", found, tmp_path / "台账.db", tmp_path / "out", None, False, "zh")
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["清单_0.docx"]
    assert "责任单位：甲局" in whole(tmp_path / "out" / "清单_0.docx")


@pytest.mark.parametrize(
    ("text", "safe"), [("a/b\\c:d", "a_b_c_d"), ("..", "_"), ("甲\u202e乙\n", "甲_乙_"), ("长" * 99, "长" * 60)]
)
def test_names_of_files_are_names(text: str, safe: str) -> None:
    assert documents.file_name(text) == safe


def test_a_document_that_is_not_known_is_refused_with_a_near_name() -> None:
    with pytest.raises(NotFoundError, match="审查意见书"):
        documents.document_key("审查意见")


def test_the_verb_writes_what_is_asked_for(tmp_path: Path) -> None:
    blank = CliRunner().invoke(cli, ["document", "挂牌督办通知书", "--blank", "-o", str(tmp_path / "t.docx")])
    assert blank.exit_code == 0, blank.output
    assert {"enterprise", "dangers", "no", "text", "id", "deadline"} == set(
        controls(Document(str(tmp_path / "t.docx")))
    )
    assert CliRunner().invoke(cli, ["document", "审查意见书", "-o", str(tmp_path / "x.docx")]).exit_code == 2
