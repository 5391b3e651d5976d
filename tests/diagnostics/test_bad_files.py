"""Every bad file gives its code, with place, caret and help, as the text that stands beside it."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest

from diagnostics.reading import HERE, PAGES, PLANTED, bad_files, codes, diagnosed, shown, with_files
from safety_rules.language.diagnostic import Severity
from safety_rules.loading.files import RuleFileText

BAD = {code: path for code, path in bad_files().items() if code not in PLANTED}
MADE_IN_TESTS = {"unreadable-file", "no-rules", "file-too-large", "too-many-nodes", "lifecycle", "veto-figure"}
ALL = ("loading", "semantics", "services/lint", "services/agreement.py")
PLACE = re.compile(r"^[^:\n]+:[1-9][0-9]*:[1-9][0-9]*: (error|warning)\[[a-z0-9-]+\]: \S.*$")


def columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text if unicodedata.category(c) != "Mn")


@pytest.mark.parametrize("code", BAD)
def test_a_bad_file_is_reported_as_it_is_written_beside_it(code: str, accept: bool) -> None:
    expected = HERE / f"bad-{code}.txt"
    came = shown(diagnosed(BAD[code])[1])
    if accept:
        expected.write_text(came, "utf-8")
    assert expected.read_text("utf-8") == came


@pytest.mark.parametrize("code", BAD)
def test_a_bad_file_gives_its_code_and_no_rulebook(code: str) -> None:
    book, found = diagnosed(BAD[code])
    assert code in {d.code for d in found}
    assert book is None
    assert any(d.severity is Severity.ERROR for d in found)


@pytest.mark.parametrize("code", BAD)
def test_every_diagnostic_has_its_place_its_caret_and_fits_the_screen(code: str) -> None:
    for diagnostic in diagnosed(BAD[code])[1]:
        head, line, caret, *help_ = diagnostic.text().split("\n")
        assert PLACE.match(head), head
        assert len(help_) == 1, head
        assert help_[0].lstrip().startswith("= help: ")
        assert all(columns(row) <= 160 for row in (line, caret))
        assert set(caret.partition("|")[2]) <= {" ", "^"}
        assert "^" in caret
        assert not re.search(r"<class|Traceback|object at|NoneType", head), head


POINTED = {  # code: what the caret stands under
    "unknown-name": ["项目.用地面机", "project.redy"],
    "full-width": ["≥"],
    "unknown-unit": ["母"],
    "kind": ["3", "项目.名称"],
    "unit": ["300[亩]"],
    "unknown-choice": ["'laned'"],
    "duplicate-key": ["zh"],
    "not-a-number": ["三百"],
    "full-width-colon": ["："],
    "alias": ["*name"],
    "unknown-function": ["summe", "len"],
    "unknown-source": ["statue"],
}


@pytest.mark.parametrize("code", POINTED)
def test_the_caret_stands_under_what_is_wrong(code: str) -> None:
    pointed = []
    for diagnostic in diagnosed(BAD[code])[1]:
        line, caret = diagnostic.text().split("\n")[1:3]
        first = columns(caret[: caret.index("^")])
        under = [c for i, c in enumerate(line) if first <= columns(line[:i]) < columns(caret)]
        pointed.append("".join(under))
    assert POINTED[code] == pointed


def test_all_mistakes_of_all_files_are_reported_at_once() -> None:
    several = ["unknown-name", "unit", "unknown-source"]
    files = []
    for i, code in enumerate(several):
        text = BAD[code].read_text("utf-8").replace("rule: bad", f"rule: bad_{i}")
        files.append(RuleFileText(f"area/bad_{i}.yaml", text.encode()))
    book, found = with_files(files)
    assert book is None
    assert sorted(["unknown-name", *several]) == sorted(d.code for d in found)
    assert found == sorted(found, key=lambda d: d.sort_key())


def test_every_code_that_the_loader_can_report_has_a_bad_file() -> None:
    assert codes("loading", "semantics/checking") <= set(BAD) | MADE_IN_TESTS
    assert set(BAD) <= codes("loading", "semantics")


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    assert codes(*ALL) == {p.stem for p in PAGES.glob("*.md")} - {"README"}


@pytest.mark.parametrize("code", BAD)
def test_a_page_shows_what_the_bad_file_gives(code: str, accept: bool) -> None:
    page = PAGES / f"{code}.md"
    text = page.read_text("utf-8")
    first = diagnosed(BAD[code])[1][0]
    block = f"```text\n{first.text()}\n\n{first.text('zh')}\n```"
    if accept:
        text = re.sub(r"```text\n.*?\n```", lambda _: block, text, flags=re.DOTALL)
        page.write_text(text, "utf-8")
    assert block in text


def test_the_index_lists_every_page() -> None:
    listed = re.findall(r"^- \[`([a-z0-9-]+)`\]\(\1\.md\)", (PAGES / "README.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(codes(*ALL)) == listed


def test_every_page_says_what_is_wrong_and_what_to_write() -> None:
    for page in PAGES.glob("*.md"):
        if page.stem != "README":
            lines = page.read_text("utf-8").split("\n")
            assert f"# {page.stem}" == lines[0]
            assert "## What to write" in lines, page.name


def test_good_files_have_no_diagnostics() -> None:
    book, found = with_files([])
    assert found == []
    assert book is not None


def test_the_folder_holds_nothing_that_no_test_reads() -> None:
    texts = {p.stem.removeprefix("bad-") for p in Path(HERE).glob("bad-*.txt")}
    assert set(BAD) | PLANTED == texts
