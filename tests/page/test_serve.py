"""The page on this machine: a newcomer's way, what is typed wrongly, and who is not answered."""

from __future__ import annotations

import datetime
import hashlib
import io
import os
import re
import subprocess
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import uvicorn
import xlsxwriter
from starlette.testclient import TestClient

from page.browser import needs_browser, opened
from safety_rules.face import load
from safety_rules.language import limits
from safety_rules.semantics.reads import facts_of
from safety_rules.services.blank import KINDS
from safety_rules.services.rectification.recording import dangers as recorded
from safety_rules.services.rectification.recording import history
from safety_rules.services.rectification.table import lifecycle
from safety_rules.web import desk
from safety_rules.web.app import application

NAME = "<script>alert(1)</script>注塑件项目"
HEADS = ["项目名称", "用地方式", "地块大小", "固定资产投资（万元）"]


def workbook() -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        sheet = book.add_worksheet("项目")
        sheet.write_row(0, 0, HEADS)
        sheet.write_row(1, 0, [NAME, "单体征地", 20, 9999.99])
    return made.getvalue()


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(application(), follow_redirects=True) as made:
        yield made


def put(client: TestClient, name: str, content: bytes, area: str = "admission", day: str = "2020-10-01") -> str:
    answer = client.post("/ledgers", data={"area": area, "day": day}, files={"ledger": (name, content)})
    return answer.text if answer.url.path == "/ledgers" else answer.url.path


def test_from_a_ledger_to_papers(client: TestClient) -> None:
    at = put(client, "我的台账.xlsx", workbook())
    shown = client.get(at).text
    assert "我的台账.xlsx" in shown
    assert "地块大小" in shown
    page = client.get(f"{at}/result.html")
    assert page.headers["content-type"].startswith("text/html")
    assert client.get(f"{at}/result.xlsx").content[:2] == b"PK"
    form = {
        "heading": HEADS,
        "fact": ["project.name", "project.site", "project.land_area", "project.fixed_asset_investment"],
    }
    client.post(f"{at}/map", data=form)
    assert '"地块大小": {fact: "project.land_area"}' in client.get(f"{at}/map.yaml").text
    assert "0.01" in client.get(f"{at}/result.html").text  # the land area counts now: 0.01 万元 short of 500 万元/亩
    client.post(f"{at}/papers")
    with zipfile.ZipFile(io.BytesIO(client.get(f"{at}/papers.zip").content)) as papers:
        assert [n.partition("_")[0] for n in papers.namelist()] == ["审查意见书", "校验码.sha256"]
        paper, listed = (papers.read(n) for n in papers.namelist())
        assert listed.decode().split()[0] == hashlib.sha256(paper).hexdigest()
    assert "已生成 1 份文书" in client.get(at).text
    assert "没有须出文书的内容" in client.post(f"{at}/papers", data={"about": "7、9-12"}).text
    assert "不是行号" in client.post(f"{at}/papers", data={"about": "第七行"}).text
    assert client.get(f"{at}/papers.zip").status_code == 404  # what is not asked for any more is not handed out
    client.post(f"{at}/forget")
    assert client.get(f"{at}/result.html").status_code == 404
    assert not list(client.app.state.desk.folder.iterdir())  # type: ignore[attr-defined]


def dangers(text: str, found: object, until: str = "2020-09-20", numbered: bool = True) -> bytes:
    rows = [["1", text, NAME, found, until], ["2", "灭火器过期", "乙公司", "2020-09-02", "3日内"]]
    heads = ["编号", "问题描述", "被检查单位", "检查日期", "整改时限"]
    if not numbered:
        heads, rows = [*heads[1:], "交办时间"], [[*row[1:], found] for row in rows]
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        sheet = book.add_worksheet("九月检查")
        for at, row in enumerate([heads, *rows]):
            sheet.write_row(at, 0, row)
    return made.getvalue()


def test_from_a_list_of_dangers_to_a_report_an_order_and_a_correction(client: TestClient) -> None:
    at = put(client, "隐患.xlsx", dangers("通道堵塞", "9月1日"), "dangers")
    shown = client.get(at).text
    assert "九月检查!D2" in shown
    assert "没有写年份" in shown
    form = {"version": "1"}
    mended = {"ledger": ("隐患.xlsx", dangers("通道堵塞", "2020-09-01"))}
    shown = client.post(f"{at}/again", data=form, files=mended).text
    assert "没有写年份" not in shown
    assert "已接收新隐患 2 项" in shown
    late = client.post(f"{at}/map", data=form | {"heading": "问题描述", "fact": "台账.领域"})
    assert late.status_code == 409  # of the earlier list
    assert "没有采用" in late.text
    assert client.get(f"{at}/map.yaml").status_code == 404
    client.post(f"{at}/papers")
    with zipfile.ZipFile(io.BytesIO(client.get(f"{at}/papers.zip").content)) as papers:
        assert {n.partition("_")[0] for n in papers.namelist()} == {
            "现场检查记录",
            "责令限期整改指令书",
            "整改复查意见书",
            "校验码.sha256",
        }
    client.post(f"{at}/papers", data={"kind": "order", "about": "乙公司"})
    with zipfile.ZipFile(io.BytesIO(client.get(f"{at}/papers.zip").content)) as papers:
        assert len(papers.namelist()) == 2
        assert papers.namelist()[0].startswith("责令限期整改指令书_乙公司")
    for name in ("result.xlsx", "due.xlsx"):
        assert client.get(f"{at}/{name}").content[:2] == b"PK"
    assert "通道堵塞" in client.get(f"{at}/result.html").text
    kept = client.get(f"{at}/store.db").content
    other = {"ledger": ("隐患.xlsx", dangers("通道封堵", "2020-09-01")), "store": ("整改台账.db", kept)}
    answer = client.post("/ledgers", data={"area": "dangers", "day": "2020-10-01"}, files=other)
    assert "与台账一致 1 项" in answer.text
    assert "--by" not in answer.text
    assert "通道堵塞" in answer.text  # both values, and nothing is written until somebody answers for it
    hand = {"by": "应急局", "why": "登记有误", "day": "2020-10-01"}
    assert "请写明更正人" in client.post(f"{answer.url.path}/settle", data=hand | {"why": " "}).text
    assert "不是日期" in client.post(f"{answer.url.path}/settle", data=hand | {"day": "十月"}).text
    early = client.post(f"{answer.url.path}/settle", data=hand | {"day": "2020-08-01"}).text
    assert "日期颠倒" in early
    assert "按表更正并留痕" in early  # another day may be said at once
    settled = client.post(f"{answer.url.path}/settle", data=hand).text
    assert "已记录更正、延期 1 处" in settled
    assert "未接收" not in settled
    for held in (at, answer.url.path):
        client.post(f"{held}/forget")


@pytest.mark.parametrize(
    ("name", "content", "day", "said"),
    [
        ("a.txt", b"x", "2020-10-01", "不是可以读取的台账"),
        ("a.xlsx", b"no workbook", "2020-10-01", "a.xlsx"),
        ("a.xlsx", b"", "2020-13-01", "不是日期"),
        ("../../x.csv", "项目名称\n甲\n".encode(), "2020-10-01", "x.csv"),
        ("a.x\0lsx", workbook(), "2020-10-01", "a.xlsx"),
        ("a.xlsx\0", workbook(), "2020-10-01", "a.xlsx"),
        ("\u202exslx.a\u200b", b"x", "2020-10-01", "不是可以读取的台账"),
        ("a.xlsx", workbook(), "0020-10-01", "在0020-10-01没有施行中的规则"),
    ],
)
def test_what_is_put_in_wrongly_is_said(client: TestClient, name: str, content: bytes, day: str, said: str) -> None:
    at = put(client, name, content, day=day)
    shown = client.get(at).text if at.startswith("/") else at
    assert said in shown
    assert "Traceback" not in shown
    assert str(client.app.state.desk.folder) not in shown  # type: ignore[attr-defined]


def test_a_worker_that_dies_or_hangs_leaves_a_sentence(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.sys, "executable", "/bin/false")
    at = put(client, "a.xlsx", workbook())
    assert "读取时进程中断" in client.get(at).text
    assert "result.xlsx" not in client.get(at).text


def test_uploads_of_a_server_that_was_killed_go_when_the_next_one_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = subprocess.Popen(["true"])
    killed.wait()
    left, lives = (tmp_path / f"{desk.PREFIX}{pid}-x" for pid in (killed.pid, os.getppid()))
    for folder in (left, lives):
        (folder / "in").mkdir(parents=True)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with TestClient(application()):
        assert not left.exists()
        assert lives.is_dir()


def test_a_ledger_put_in_under_the_wrong_area_is_read_again_under_another(client: TestClient) -> None:
    at = put(client, "我的台账.xlsx", workbook(), area="enterprise_duties", day="2026-11-30")
    assert "没有可识别的表头" in client.get(at).text
    form = {"version": "1", "area": "admission", "day": "2020-10-01"}
    assert "不是日期" in client.post(f"{at}/otherwise", data=form | {"day": "x"}).text
    shown = client.post(f"{at}/otherwise", data=form).text
    assert 'role="alert"' not in shown
    assert "审查基准日 2020-10-01" in client.get(f"{at}/result.html").text
    assert client.post(f"{at}/map", data={"version": "1"}).status_code == 409  # a form of the earlier reading
    client.post(f"{at}/forget")


def test_a_list_of_dangers_put_in_as_projects_is_asked_about(client: TestClient) -> None:
    listed = "序号,被检查单位,隐患描述,整改期限,企业名称\n1,甲公司,通道堵塞,2020-09-10,甲公司\n".encode()
    at = put(client, "隐患.csv", listed)
    assert "未能识别的列（4 列）多于识别出的列（1 列）" in client.get(at).text
    shown = client.post(f"{at}/otherwise", data={"version": "1", "area": "dangers", "day": "2020-10-01"}).text
    assert "未能识别的列" not in shown
    client.post(f"{at}/forget")


def test_a_blank_ledger_is_taken_out_and_put_in(client: TestClient) -> None:
    start = client.get("/").text
    for kind in KINDS:
        assert f"<option>{kind}</option>" in start
        assert client.get("/template", params={"kind": kind}).content[:2] == b"PK"
    named = client.get("/template", params={"kind": "检查表", "field": "城镇燃气"}).headers["content-disposition"]
    assert quote("空白台账_检查表_城镇燃气") in named
    assert "没有规则涉及“菜谱”" in client.get("/template", params={"kind": "检查表", "field": "菜谱"}).text
    assert client.get("/template", params={"kind": "../x"}).status_code == 404


def test_a_pdf_stands_beside_each_paper_where_libreoffice_is(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    office = tmp_path / "soffice"
    office.write_text('#!/bin/sh\nfor f; do case $f in *.docx) : > "${f%.docx}.pdf";; esac; done\n', "utf-8")
    office.chmod(0o755)
    at = put(client, "我的台账.xlsx", workbook())
    monkeypatch.setenv("PATH", str(tmp_path))
    assert 'name="pdf"' in client.get(at).text
    client.post(f"{at}/papers", data={"pdf": "on"})
    with zipfile.ZipFile(io.BytesIO(client.get(f"{at}/papers.zip").content)) as papers:
        assert [n.rpartition(".")[2] for n in papers.namelist()] == ["docx", "pdf", "sha256"]
    monkeypatch.setenv("PATH", str(tmp_path / "none"))
    assert "本机没有 LibreOffice" in client.get(at).text
    client.post(f"{at}/forget")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://elsewhere.example"}, 403),
        ({"host": "elsewhere.example"}, 400),
        ({"content-length": str(limits.UPLOAD + 1)}, 413),
    ],
)
def test_who_is_not_answered(client: TestClient, headers: dict[str, str], status: int) -> None:
    assert client.post("/project", data={"day": "2020-10-01"}, headers=headers).status_code == status


def test_a_token_is_asked_for_beyond_this_machine() -> None:
    with TestClient(application("secret"), base_url="http://office.example") as client:
        assert client.get("/").status_code == 403
        assert client.get("/?token=wrong").status_code == 403
        assert client.get("/?token=secret").status_code == 200
        assert client.get("/").status_code == 200  # the cookie


def test_a_project_is_decided_and_nothing_typed_becomes_markup(client: TestClient) -> None:
    typed = {"day": "2020-10-01", "project.name": NAME, "project.site": "land", "project.land_area": "20 亩"}
    shown = client.post("/project", data=typed | {"project.fixed_asset_investment": "9999.99"}).text
    assert "不予准入" in shown
    assert "尚差固定资产投资 0.01 万元" in shown
    assert "<script>alert" not in shown
    assert "待核实" in client.post("/project", data=typed).text
    assert "不是日期" in client.post("/project", data={"day": "2020-02-30"}).text
    assert "没有施行中的规则" in client.post("/project", data={"day": "0020-10-01"}).text
    asked = re.findall(r'<(?:input|select) name="((?:project|enterprise)\.\w+)"', client.get("/project").text)
    law = load().area("admission").on(datetime.date.today().isoformat()).law
    read = facts_of((c.that for r in law.rules for c in (*r.applies_when, *r.requires)), law.derivations)
    names = {"project.id", "project.name", "enterprise.name", "enterprise.credit_code"}
    assert (
        set(asked) == {k for k in read if k.partition(".")[0] in law.area.subjects and k not in law.derivations} | names
    )


@pytest.fixture
def server() -> Iterator[str]:
    running = uvicorn.Server(uvicorn.Config(application(), port=0, log_level="error"))
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}/"
    running.should_exit = True
    thread.join()


@needs_browser
def test_a_newcomers_whole_way_in_a_browser(server: str, tmp_path: Path) -> None:
    (tmp_path / "我的台账.xlsx").write_bytes(workbook())
    with opened(server) as watched:
        view = watched.page
        assert watched.axe() == []
        view.locator("input[name=ledger]").set_input_files(str(tmp_path / "我的台账.xlsx"))
        view.locator("input[type=date]").fill("2020-10-01")
        view.locator("button.main").click()
        view.locator("select[aria-label=地块大小]").select_option("project.land_area")
        assert watched.axe() == []
        with view.expect_navigation():
            view.get_by_role("button", name="按以上对应重新读取").click()
        assert view.locator("[role=alert]").all_inner_texts() == []
        result = view.frame_locator("iframe")
        result.locator("#rows", has_text="尚差固定资产投资 0.01 万元").wait_for()  # the page comes again
        result.locator("#language").click()
        assert "Rejected" in result.locator("#rows").inner_text()
        view.locator(".tools a").click()  # the whole page in English, its result too
        view.frame_locator("iframe").locator("#rows", has_text="Rejected").wait_for()
        view.locator(".tools a").click()
        view.frame_locator("iframe").locator("#rows", has_text="不予准入").wait_for()
        view.get_by_label("行号").fill("2")
        view.get_by_role("button", name="生成文书").click()
        view.get_by_text("已生成 1 份文书").wait_for()
        with view.expect_download() as taken:
            view.get_by_role("link", name="下载文书").click()
        assert taken.value.suggested_filename == "我的台账_文书.zip"
        (tmp_path / "隐患.xlsx").write_bytes(dangers("通道堵塞", "9月1日"))
        view.goto(server)
        view.locator("input[name=ledger]").set_input_files(str(tmp_path / "隐患.xlsx"))
        view.locator("select[name=area]").select_option(label="隐患整改（隐患清单、任务清单）")
        view.locator("button.main").click()
        view.get_by_text("九月检查!D2").wait_for()
        with view.expect_download() as taken:
            view.get_by_role("link", name="下载周报").click()
        assert taken.value.suggested_filename == "隐患_周报月报台账.xlsx"
        assert watched.axe() == []
        view.set_viewport_size({"width": 390, "height": 844})
        assert view.evaluate("document.documentElement.scrollWidth") <= 390
        view.goto(f"{server}project")
        assert watched.axe() == []
        assert watched.said == []
        assert {a.split("/")[2] for a in watched.asked if a.startswith("http")} == {server.split("/")[2]}


@needs_browser
def test_a_typing_mistake_and_an_extension_are_recorded_in_a_browser(server: str, tmp_path: Path) -> None:
    source, store = tmp_path / "隐患.xlsx", tmp_path / "整改台账.db"
    with opened(server) as watched:
        view = watched.page

        def put_in(text: str, until: str, numbered: bool) -> None:
            source.write_bytes(dangers(text, "2020-09-01", until, numbered))
            view.goto(server)
            view.get_by_label("台账文件").set_input_files(str(source))
            view.get_by_label("审查事项").select_option(label="隐患整改（隐患清单、任务清单）")
            view.get_by_label("审查基准日").fill("2020-09-15")
            if store.is_file():
                view.get_by_text("接续以前的整改台账").click()
                view.get_by_label("以前从本页下载的").set_input_files(str(store))
            view.get_by_role("button", name="放入并查看结果").click()

        def settle(why: str, answer: str = "") -> None:
            if answer:
                view.get_by_label("是否为同一项").select_option(label=answer)
            view.get_by_label("更正人").fill("应急局")
            view.get_by_label("更正原因").fill(why)
            view.get_by_role("button", name="按表更正并留痕").click()

        def kept() -> None:
            with view.expect_download() as taken:
                view.get_by_role("link", name="下载整改台账").click()
            taken.value.save_as(store)

        put_in("通道堵塞", "2020-09-20", numbered=False)
        kept()
        put_in("通道被堵塞", "2020-09-20", numbered=False)
        view.get_by_text("只有“隐患内容”不同：台账为“通道堵塞”，本表为“通道被堵塞”").wait_for()
        assert watched.axe() == []
        settle("错别字")  # who and why, but not whether it is the same
        view.get_by_text("只有“隐患内容”不同").wait_for()
        settle("错别字", "同一项，按更正记录")
        view.get_by_text("已记录更正、延期 1 处，日期 2020年9月15日").wait_for()
        assert view.locator("section.bad").count() == 0
        kept()
        put_in("通道被堵塞", "2020-09-30", numbered=False)
        view.get_by_text("晚于原期限").wait_for()
        settle("经批准延期")
        view.get_by_text("已记录更正、延期 1 处，日期 2020年9月15日").wait_for()
        kept()
        assert watched.said == []
    on = datetime.date(2020, 9, 15)
    found = {d.details.text: d for d in recorded(store, lifecycle(), on).values()}
    assert set(found) == {"通道被堵塞", "灭火器过期"}
    mended = found["通道被堵塞"]
    assert (mended.corrected, mended.extended, mended.deadline) == (1, 1, datetime.date(2020, 9, 30))
    told = [(e.name, e.by, e.evidence, e.on) for e in history(store, mended.id)[-2:]]
    assert told == [("correct", "应急局", "错别字", on), ("extend", "应急局", "经批准延期", on)]
