"""What a command says when it cannot go on is said in Chinese, whatever raised it; what is not known is left as it is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from safety_rules.cli.language import language_named
from safety_rules.cli.main import main
from safety_rules.formats.binary_size import COMPOUND
from safety_rules.formats.workbook_in import ZIP, _why
from safety_rules.language import errors
from safety_rules.services.decisions.log import DECISIONS
from safety_rules.services.rectification.ledger import RECTIFICATIONS
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
    assert plain in SOURCE + PARTS.replace(own, "")


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
        ("Missing option '--output' / '-o'.", "缺少选项 --output / -o（必填）"),
        (
            "Invalid value for '--output' / '-o': what nobody foresaw",
            "选项 --output / -o 的内容不对：what nobody foresaw",
        ),
        ("what nobody foresaw", "what nobody foresaw"),
    ],
)
def test_a_message_is_said_in_chinese(english: str, chinese: str) -> None:
    assert failure(english, "zh") == chinese
    assert failure(english, "en") == english


@pytest.mark.parametrize(
    ("line", "language"),
    [("screen a.xlsx", "zh"), ("screen a.xlsx -l en", "en"), ("check rules", "en"), ("check --language=zh rules", "zh"),
     ("screen a.xlsx -len", "en"), ("scren", "zh"), ("", "zh")],
)  # fmt: skip
def test_a_command_line_is_answered_in_its_language(line: str, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert language_named(line.split()) == language
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert language_named(["check", "rules"]) == "zh"


def test_a_refusal_is_said_as_its_ledger_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "C.UTF-8")
    for text, language in (("name,area\na,1\n", "en"), ("名称,面积\n甲,1\n", "zh")):
        (tmp_path / "a.csv").write_text(text, "utf-8")
        assert language_named(["screen", str(tmp_path / "a.csv"), "--on", "x"]) == language


RAISED = {n for n in vars(errors) if n.endswith("Error")} | {"UsageError", "BadParameter", "fail"}
MADE_OF_PARTS = {  # whose sentences come from elsewhere: what each of them may be
    "`x1` x1": (
        "`a.xls` is empty",
        *(f"`a.xls` {_why(data, 'unreadable')}" for data in (COMPOUND, b"<", ZIP, b"text")),
    ),
    "there is no x1 `x1`; x1": tuple(f"there is no {k.name} `a.db`; {k.made_by}" for k in (RECTIFICATIONS, DECISIONS)),
    "x1; x1": ("`ceiling` is not an assumed figure; did you mean `sealing`?", "no figure of these rules is assumed"),
}
ENGLISH_LEFT = re.compile(r"(?<![\w`'-])(?!pip install|rectify |safety-rules)[a-z]{2,} [a-z]{2,}")


def raised() -> Iterator[str]:
    """Every message of an error of ours, or of a command line that is refused; each slot holds `x1`."""
    texts = (path.read_text("utf-8") for path in Path(catalog.__file__).parents[1].rglob("*.py"))
    for text in (t for t in texts if any(f"{name}(" in t for name in RAISED)):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and node.args and called(node.func) in RAISED:
                yield from filter(None, written(node.args[0]))


def called(node: ast.expr) -> str:
    """The last name of what is called."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def written(node: ast.expr) -> Iterator[str]:
    """The texts that an expression of the code may be; none where it is made elsewhere."""
    match node:
        case ast.Constant(str() as text):
            yield text
        case ast.JoinedStr(values):
            yield "".join(str(v.value) if isinstance(v, ast.Constant) else "x1" for v in values)
        case ast.Call(ast.Attribute(inner, "rstrip")):
            yield from (text.rstrip("; ") for text in written(inner))
        case ast.IfExp(_, one, other):
            yield from [*written(one), *written(other)]
        case ast.BinOp(one, ast.Add(), other):
            ends = [*written(other)] or ["x1"]
            yield from (start + end for start in written(one) for end in ends)
            if isinstance(other, ast.IfExp):
                yield from written(one)
        case _:
            return


def test_what_is_raised_is_said_in_chinese() -> None:
    found = {*raised()} - {"x1"}  # which is a message of another floor
    assert len(found) > 170
    assert {t for t in found if (said := failure(t, "zh")) == t or ENGLISH_LEFT.search(said)} == set(MADE_OF_PARTS)


@pytest.mark.parametrize("english", [text for made in MADE_OF_PARTS.values() for text in made])
def test_what_is_made_of_parts_is_said_in_chinese(english: str) -> None:
    assert (said := failure(english, "zh")) != english
    assert not ENGLISH_LEFT.search(said)


def test_a_hint_may_be_missing() -> None:
    assert failure("there is no verb `due`", "zh") == "没有“due”这个命令"


def test_a_refused_command_line_shows_how_it_is_called(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["safety-rules", "rectify", "stats"])
    with pytest.raises(SystemExit):
        main()
    assert re.search(r"^用法：.*rectify stats \[选项\] \[工作簿\]$", capsys.readouterr().err, re.MULTILINE)
