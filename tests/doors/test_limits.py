"""Each limit of input stands once, is reached through a door, and is named there with its figure in both languages."""

from __future__ import annotations

import ast
import asyncio
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from mcp.server.mcpserver.exceptions import ToolError
from starlette.testclient import TestClient

import safety_rules as sr
from diagnostics.reading import BASE
from doors.reading import area, ledger, row, screened
from doors.test_binary_workbooks import number, old
from safety_rules.language import limits
from safety_rules.language.errors import SafetyRulesError
from safety_rules.language.exact_json import json_data
from safety_rules.loading.compose import document
from safety_rules.loading.files import RuleFileText, folder_files
from safety_rules.loading.rulebook import rulebook
from safety_rules.web import api, app
from safety_rules.web.papers import Asked, write_papers
from safety_rules.words.failure import failure

SOURCE = Path(sr.__file__).parent
TESTS = Path(__file__).parents[1]
RULE = (
    "rule: bad\ntitle: {{zh: 样例, en: Sample}}\nin_force: {{from: 2000-01-01}}\nauthority: [{{source: statute, clause: 一}}]\n"
    "requires:\n  it:\n    zh: 句\n    en: sentence\n    that: {that}\notherwise: {{outcome: rejected}}\n"
)
LIVE = sr.LiveRules(sr.load)
Texts = tuple[str, str]
Reach = Callable[[Path], Texts]


def file(text: bytes) -> Reach:
    """Return what reaches a limit of a rule file."""

    def reached(folder: Path) -> Texts:
        told = document("a.yaml", text)[1][-1].said
        return told.in_("zh"), told.in_("en")

    return reached


def rules(files: list[RuleFileText], code: str) -> Texts:
    made, found = rulebook(files)
    told = next(d.said.name for d in found if d.code == code)
    assert made is None
    return told.zh, told.en


def condition(that: str, code: str) -> Reach:
    files = [RuleFileText("area/bad.yaml", RULE.format(that=that).encode())]
    return lambda folder: rules([*folder_files(BASE), *files], code)


def levels(folder: Path) -> Texts:
    return rules(
        [*folder_files(BASE), *folder_files(TESTS / "diagnostics" / "bad-derivation-too-deep")], "derivation-too-deep"
    )


def made_condition(folder: Path) -> Texts:
    """A decision table, or criteria, are conditions that the loader writes."""
    return rules(folder_files(TESTS.parent / "rules"), "condition-too-long")


def pattern(text: str) -> Reach:
    facts = (
        "subjects:\n  plant: {zh: 厂, en: Plant}\nfacts:\n  plant.x: {zh: 甲, en: X, kind: text}\n"
        f"formats:\n  a: {{zh: 甲, en: A, pattern: '{text}', like: [aaaaaa], not_like: ['1']}}\n"
    )
    return lambda folder: rules([RuleFileText("vocabulary.yaml", facts.encode())], "format")


def datum(fact: str, data: Any) -> Reach:
    def reached(folder: Path) -> Texts:
        (told,) = area().admit({fact: data}).problems
        return told.text("zh"), told.text("en")

    return reached


def failed(made: Callable[[Path], Any]) -> Reach:
    """Return what reaches a limit that ends in an error."""

    def reached(folder: Path) -> Texts:
        with pytest.raises((SafetyRulesError, ValueError, ToolError)) as error:
            made(folder)
        told = str(error.value).removeprefix("Error executing tool decide: ")
        return failure(told, "zh"), told

    return reached


def text(name: str, data: str) -> Reach:
    def made(folder: Path) -> Any:
        path = folder / name
        path.write_text(data, "utf-8")
        return list(screened(path)[1].rows)

    return failed(made)


def book(folder: Path) -> Any:
    return screened(ledger(folder / "a.xlsx", row(), row()))


def struck(folder: Path) -> Any:
    return screened(ledger(folder / "a.xlsx", row(), headings=[("项目编号", "0"), *[(9375, '0"元"')] * 40]))


def far(folder: Path) -> Any:
    path, made = ledger(folder / "a.xlsx", row()), folder / "b.xlsx"
    cell = b'<c r="XFD1"><v>1</v></c></row>'
    with zipfile.ZipFile(path) as book, zipfile.ZipFile(made, "w") as copy:
        for name in book.namelist():
            data = book.read(name)
            copy.writestr(name, data.replace(b"</row>", cell, 1) if name.endswith("sheet1.xml") else data)
    return screened(made)


def by_api(body: Any, query: str = "") -> Reach:
    def reached(folder: Path) -> Texts:
        service = api.Service(LIVE, limits=api.Limits(size=limits.BODY, depth=limits.BODY_DEPTH))
        service = replace(
            service, limits=replace(service.limits, records=limits.BODY_RECORDS, verdicts=limits.BODY_VERDICTS)
        )
        with TestClient(api.application(service), base_url="http://127.0.0.1") as client:
            zh, en = (
                client.post(f"/areas/admission/decide?on=2020-10-01&l={at}{query}", json=body).json()["detail"]
                for at in ("zh", "en")
            )
        return zh, en

    return reached


def upload(folder: Path) -> Texts:
    with TestClient(app.application(), base_url="http://127.0.0.1") as client:
        told = client.post("/project", content=b"", headers={"content-length": str(limits.UPLOAD + 1)}).text
    zh, _, en = told.partition("。 ")
    return zh, en


def asked(folder: Path) -> Any:
    from safety_rules.assistants import server

    made = server(LIVE)
    record = json.dumps({"project.name": "x" * limits.RECORD_TEXT})
    return asyncio.run(made.call_tool("decide", {"area": "admission", "record": record}))


def chained(folder: Path) -> Any:
    from chaining.ledgers import started
    from chaining.test_faults import ENDLESS, FIRST
    from safety_rules.engines.forward import chain

    program, facts = started({"ledger.enterprises": [{"code": "E"}]}, {"endless": ENDLESS, "first": FIRST})
    return chain(program, facts, "fixpoint")


REACHED: dict[str, Reach] = {
    "FILE": file(b"a: " + b"x" * limits.FILE),
    "NESTED": file(b"[" * 50),
    "NODES": file(b"- a\n" * 2000),
    "MISTAKES": file(b"a: 1\n" * 300),
    "DERIVED_LEVELS": levels,
    "CONDITION": condition("project.ready and " * 300 + "project.ready", "condition-too-long"),
    "CONDITION_MADE": made_condition,
    "BRACKETS": condition("(" * 100 + "project.ready" + ")" * 100, "condition-too-deep"),
    "DENIALS": condition("project.ready" + " and not project.ready" * 150, "condition-too-deep"),
    "CONDITION_LEVELS": condition(" + ".join(["project.ratio"] * 150) + " > 1", "condition-too-deep"),
    "OPERATIONS": condition(" and ".join(["project.ready"] * 60), "condition-too-long"),
    "PATTERN": pattern("[a-z]{1,300}"),
    "PATTERN_WAYS": pattern("(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)"),
    "TEXT": datum("project.name", "x" * (limits.TEXT + 1)),
    "DIGITS_OF_NUMBER": datum("project.land_area", 10 ** (limits.DIGITS_OF_NUMBER + 1)),
    "DIGITS_IN_JSON": failed(lambda folder: json_data("9" * (limits.DIGITS_IN_JSON + 1))),
    "CHAIN_RECORDS": failed(chained),
    "CHAIN_STEPS": failed(chained),
    "CELL": text("a.csv", "项目编号,项目名称\nXM-1," + "x" * 400),
    "ROW": text("a.csv", "项目编号,项目名称\nXM-1" + ",x" * 400),
    "ITEM": text("a.jsonl", json.dumps({"project.name": "x" * 400})),
    "SHEET": failed(book),
    "WORDS": failed(book),
    "HELD": failed(book),
    "ODD": failed(struck),
    "FAR": failed(far),
    "PART": failed(book),
    "COLUMNS": failed(lambda _: screened(TESTS / "doors/workbooks/column_372443494.xlsb")),
    "OLD_BOOK": failed(lambda folder: screened(old(folder / "a.xls", number(0, 0)))),
    "RECORD_TEXT": failed(asked),
    "UPLOAD": upload,
    "BODY": by_api({"project": {"name": "x" * 400}}),
    "BODY_DEPTH": by_api([[[[[[]]]]]]),
    "BODY_RECORDS": by_api([{}] * 20, "&detail=outcome"),
    "BODY_VERDICTS": by_api([{}] * 20),
    "PAPERS": failed(lambda folder: write_papers(folder, iter([("opinion", "a", {})]), Asked())),
}
# Figures that are lowered, so that a small input is beyond them
LOWERED = {
    "NODES": 1000, "CONDITION_MADE": 10, "DENIALS": 100, "OPERATIONS": 20, "PATTERN_WAYS": 40, "CHAIN_RECORDS": 300, "CHAIN_STEPS": 300, "CELL": 300,
    "ROW": 300, "ITEM": 300, "SHEET": 50, "WORDS": 500, "HELD": 500, "ODD": 30, "FAR": 500, "PART": 500, "OLD_BOOK": 1000,
    "BODY": 300, "BODY_DEPTH": 4, "BODY_RECORDS": 10, "BODY_VERDICTS": 10, "PAPERS": 0,
}  # fmt: skip


def test_every_limit_is_reached() -> None:
    figures = {n for n, v in vars(limits).items() if n.isupper() and isinstance(v, int)}
    counted = {"CELL_HELD", "TEXT_HELD", "SMALL_PART", "XML_ROW", "GAP"}
    assert set(REACHED) == figures - counted


@pytest.mark.parametrize("name", REACHED)
def test_a_limit_is_named_where_it_is_reached(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if name in LOWERED:
        monkeypatch.setattr(limits, name, LOWERED[name])
    most = getattr(limits, name)
    shown = {str(most), f"{most:,}", f"{most // 1_000_000} MB"}
    zh, en = REACHED[name](tmp_path)
    assert any(figure in zh for figure in shown), zh
    assert any(figure in en for figure in shown), en
    assert zh != en


ELSEWHERE = {  # figures beyond which another way answers, or another file is written: nothing is refused as input
    "engines/compiled/conditions.py", "engines/forward/plan.py", "engines/smt/texts.py", "formats/tables_out.py",
    "semantics/counsel/breakpoints.py", "semantics/counsel/supports.py",
}  # fmt: skip


def refusing(tree: ast.Module) -> set[str]:
    """Return the module's own figures that a refusal hangs on."""
    own = {
        name.id
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Constant)
        if isinstance(node.value.value, int) and not isinstance(node.value.value, bool)
        for name in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(name, ast.Name)
    }
    hangs = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and any(isinstance(n, ast.Raise) for n in node.body):
            hangs |= {n.id for n in ast.walk(node.test) if isinstance(n, ast.Name)}
    return own & hangs


def test_no_other_module_holds_a_figure_that_a_refusal_hangs_on() -> None:
    assert refusing(ast.parse("MOST = 5\ndef f(x):\n    if len(x) > MOST:\n        raise ValueError\n")) == {"MOST"}
    files = {str(path.relative_to(SOURCE)): path for path in SOURCE.rglob("*.py")}
    assert {name for name, path in files.items() if refusing(ast.parse(path.read_text("utf-8")))} == ELSEWHERE
