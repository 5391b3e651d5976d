"""What a command says when it cannot go on is said in Chinese, whatever raised it; what is not known is left as it is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from safety_rules.cli.options import language_named
from safety_rules.language import errors
from safety_rules.words import catalog
from safety_rules.words.failure import failure

SOURCE = "\n".join(p.read_text("utf-8") for p in Path(catalog.__file__).parents[1].rglob("*.py"))
PARTS = "\n".join(p.read_text("utf-8") for p in Path(catalog.__file__).parent.rglob("*.toml"))
ENTRIES = catalog.entries(catalog.areas()["failure"])["failure"]
OF_OTHERS = {  # sentences of click and of the operating system
    "option", "option_near", "option_one", "option_alone", "argument", "needed", "value", "choice", "extra", "extras", "one_of", "full",
    "too_large", "denied", "is_folder", "not_there",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(set(ENTRIES) - OF_OTHERS))
def test_each_pattern_is_of_a_message_that_is_still_raised(name: str) -> None:
    pieces = [p.strip() for p in re.split(r"\\{[a-z]+\\}", re.escape(ENTRIES[name]["en"]))]
    words = max((re.sub(r"\\\\(.)", r"\\1", p).strip("`\\'; ") for p in pieces), key=len)
    plain = re.sub(r"\\(.)", r"\1", words)
    own = (Path(catalog.__file__).parent / "failures.toml").read_text("utf-8")
    assert plain in SOURCE or plain in PARTS.replace(own, "")


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("there is no file `台账.xlsx`", "没有文件“台账.xlsx”，请核对文件名和所在文件夹"),
        (
            "`a.xlsx` is not a workbook; save it as .xlsx or .csv",
            "“a.xlsx”不是表格文件，未读取；请另存为 .xlsx 或 .csv",
        ),
        ("`a.xlsx` cannot be written: no space left on device", "“a.xlsx”无法写入：磁盘已满"),
        ("there is no verb `scren`; did you mean `screen`?", "没有“scren”这个命令；您是否要写“screen”？"),
        ("`A` has no outcome `b`; one of `c`, `d`", "“A”没有“b”这个结论；可用的有 “c”、“d”"),
        ("Missing argument 'LEDGER'.", "缺少 LEDGER（必填）"),
        ("what nobody foresaw", "what nobody foresaw"),
    ],
)
def test_a_message_is_said_in_chinese(english: str, chinese: str) -> None:
    assert failure(english, "zh") == chinese
    assert failure(english, "en") == english


@pytest.mark.parametrize(
    ("line", "language"),
    [("screen a.xlsx", "zh"), ("screen a.xlsx -l en", "en"), ("check rules", "en"), ("check --language=zh rules", "zh"),
     ("scren", "zh"), ("", "zh")],
)  # fmt: skip
def test_a_command_line_is_answered_in_its_language(line: str, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert language_named(line.split(), ("check",)) == language
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert language_named(["check", "rules"], ("check",)) == "zh"


LEFT = {  # said in English alone: to programs, not at a command line; a list that only shrinks
    '`x1` cannot be read or written as a x1: x1',
    '`x1` cannot be written without DuckDB; write .csv or .xlsx',
    '`x1` cannot take the place of what was there',
    '`x1` has no sheet of `x1` with known headings',
    '`x1` holds no rows: give a list of mappings',
    '`x1` is no list of records: line x1',
    '`x1` is no list that is joined from a ledger: x1',
    '`x1` is no table that DuckDB reads: x1',
    '`x1` is not a cost of `x1`: write a number above 0',
    '`x1` is not a number that could change; x1',
    '`x1` is not a schema; x1',
    '`x1` names an area of a rules folder; run it through the plugin',
    '`x1` x1',
    '`x1`: x1',
    'a map of headings is for a file; of a frame say `columns={fact: column}`',
    'a mapping is a whole history: name nothing else beside it',
    'details are told of whole answers: leave out `answers`, or `details`',
    "needs and gaps of a Spark DataFrame are not worked out; ask for those of a row's record",
    'no rule `x1` is in force in `x1` on x1',
    'no smallest change was found within x1 seconds',
    'rules are named from all masks: leave out `answers`, or `rule_keys`',
    'the change that was found does not reach `x1`: please report this',
    'the engine `spark` decides Spark DataFrames, and only those',
    'there is no answer `x1`; x1',
    'there is no language `x1`; one of `zh`, `en`',
    'there is no x1 `x1`; x1',
    'unreadable',
    'x1; x1',
    'z3 gave up looking for a smallest change',
}  # fmt: skip
RAISED = {n for n in vars(errors) if n.endswith("Error")}


def raised() -> Iterator[str]:
    """Every message that is raised as an error of ours, each slot filled with `x1`."""
    for path in Path(catalog.__file__).parents[1].rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name):
                if node.exc.func.id in RAISED and node.exc.args and (text := written(node.exc.args[0])):
                    yield text


def written(node: ast.expr) -> str:
    """A text as it is written in the code; empty where it is made elsewhere."""
    match node:
        case ast.Constant(str() as text):
            return text
        case ast.JoinedStr(values):
            return "".join(str(v.value) if isinstance(v, ast.Constant) else "x1" for v in values)
        case ast.Call(ast.Attribute(inner, "rstrip")):
            return written(inner).rstrip("; ")
        case _:
            return ""


def test_what_is_raised_is_said_in_chinese() -> None:
    found = list(raised())
    assert len(found) > 150
    assert {text for text in found if failure(text, "zh") == text} == LEFT


def test_a_hint_may_be_missing() -> None:
    assert failure("there is no verb `due`", "zh") == "没有“due”这个命令"
