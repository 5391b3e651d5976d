"""What a command says when it cannot go on is said in Chinese, whatever raised it; what is not known is left as it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from safety_rules.cli.options import language_named
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
