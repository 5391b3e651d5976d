"""`screen` and `explain` as a user calls them: words, exit codes, and no traceback."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from safety_rules.cli.main import main
from screening.ledgers import DAY, PACK, PASSING, WRONG_CODE, changed, ledger_of, text, workbook


def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *args: object) -> tuple[int, str, str]:
    """Return the exit code and both outputs of a command line, as a process would give them."""
    monkeypatch.setattr(sys, "argv", ["safety-rules", *(str(a) for a in args)])
    try:
        main()
        code = 0
    except SystemExit as stop:
        code = int(stop.code or 0)
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    def called(verb: str, *args: object) -> tuple[int, str, str]:
        return run(capsys, monkeypatch, verb, "--rules", PACK, "--on", DAY, *args)

    return called


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return ledger_of(
        tmp_path / "台账.xlsx", PASSING, changed(项目编号="P2", 化学反应="是"), changed(项目编号="P3", 用地面积=None)
    )


def test_screen_prints_a_table_with_a_summary_and_the_day(call, ledger: Path) -> None:
    code, out, err = call("screen", ledger)
    assert (code, err) == (0, "")
    assert "不予准入" in out
    assert "项目准入　审查基准日 2020-10-01　台账.xlsx　共 3 行" in out
    assert "      1　用地面积" in out


def test_screen_without_a_day_uses_and_prints_today(capsys, monkeypatch, ledger: Path) -> None:
    import datetime

    _, out, _ = run(capsys, monkeypatch, "screen", "--rules", PACK, ledger, "--language", "en")
    assert f"as of {datetime.date.today()}" in out


@pytest.mark.parametrize("name", ["out.xlsx", "out.csv", "out.jsonl"])
def test_screen_writes_each_format(call, ledger: Path, tmp_path: Path, name: str) -> None:
    code, out, _ = call("screen", ledger, "-o", tmp_path / name)
    assert code == 0
    assert f"已写入 {tmp_path / name}" in out
    assert (tmp_path / name).stat().st_size > 500


def test_screen_prints_json_lines_and_nothing_else(call, ledger: Path) -> None:
    _, out, _ = call("screen", ledger, "--format", "jsonl")
    assert [json.loads(line)["outcome"] for line in out.splitlines()] == ["admitted", "rejected", "undetermined"]


@pytest.mark.parametrize(
    ("asked", "code"), [(["rejected"], 5), (["referred"], 5), (["undetermined"], 5), (["admitted"], 5), ([], 0)]
)
def test_fail_on_exits_with_five(call, ledger: Path, asked: list[str], code: int) -> None:
    assert code == call("screen", ledger, *(x for a in asked for x in ("--fail-on", a)))[0]


def test_fail_on_counts_what_is_certain_and_never_what_only_may_come(call, tmp_path: Path) -> None:
    open_row = ledger_of(tmp_path / "a.xlsx", changed(化学反应=None))
    assert call("screen", open_row, "--fail-on", "rejected")[0] == 0
    assert call("screen", open_row, "--fail-on", "undetermined")[0] == 5
    referred = ledger_of(tmp_path / "b.xlsx", changed(固定资产投资=0.5, 化学反应=None))
    assert call("screen", referred, "--fail-on", "referred")[0] == 5
    assert call("screen", referred, "--fail-on", "rejected")[0] == 0


def test_what_was_not_used_is_told_on_standard_error(call, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"项目": [["项目编号", "备注"], ["P1", "x"]]})
    assert call("screen", path)[2] == "提示：项目!B1：未识别的表头“备注”，该列未使用\n"


def test_explain_draws_a_tree_of_one_row(call, ledger: Path) -> None:
    code, out, _ = call("explain", ledger, "--row", 3, "--all")
    assert code == 0
    assert out.startswith("零部件项目：不予准入（一票否决）")
    assert "├─ ✗ 不涉及化学反应　［no_reaction］不符合 → 不予准入，一票否决" in out
    assert out == call("explain", ledger, "--id", "P2", "--all")[1]


def test_explain_begins_with_what_decides_in_three_lines(call, ledger: Path) -> None:
    said = call("explain", ledger, "--row", 3)[1].splitlines()
    assert said[0].startswith("零部件项目：不予准入（一票否决）")
    assert said[1].startswith("主要原因：“不涉及化学反应”一项，不符合“")
    assert said[3:] == ["（逐条说明请加 --all）"]
    assert all("├" not in line for line in said)


def test_explain_answers_why_not_for_a_satisfied_rule_in_english(call, ledger: Path) -> None:
    _, out, _ = call("explain", ledger, "--row", 2, "--rule", "invests_enough", "--language", "en")
    assert "✓ Investment per mu is high enough [invests_enough] satisfied" in out
    assert "no_reaction" not in out


def test_explain_gives_the_verdict_as_json(call, ledger: Path) -> None:
    assert json.loads(call("explain", ledger, "--row", 3, "--json")[1])["outcome"] == "rejected"


def test_explain_names_wrong_cells(call, tmp_path: Path) -> None:
    path = ledger_of(tmp_path / "a.xlsx", changed(统一社会信用代码=WRONG_CODE))
    assert f"项目!D2：统一社会信用代码“{WRONG_CODE}”校验位不符" in call("explain", path, "--row", 2)[1]


def refusals(folder: Path) -> dict[str, tuple[list[object], int, str]]:
    good = ledger_of(folder / "good.xlsx", PASSING)
    (folder / "zip.xlsx").write_bytes(b"PK\x03\x04" + b"x" * 99)
    (folder / "odd.csv").write_bytes(b"\xff\x00\x81")
    (folder / "rules").mkdir()
    waivers = text(folder / "w.yaml", "- {rule: x}")
    return {
        "no file": (["screen", folder / "none.xlsx"], 6, "没有文件"),
        "empty sheet": (["screen", workbook(folder / "empty.xlsx", {"项目": []})], 6, "是空文件"),
        "no heading": (["screen", text(folder / "a.csv", "姓名\n甲\n")], 6, "没有可识别的表头"),
        "no rows": (["screen", ledger_of(folder / "b.xlsx")], 6, "没有数据行"),
        "broken zip": (["screen", folder / "zip.xlsx"], 6, "已损坏或不是表格文件"),
        "odd encoding": (["screen", folder / "odd.csv"], 6, "既不是UTF-8也不是GB18030"),
        "zero rules": (["screen", good, "--rules", folder / "rules"], 3, ""),
        "no rules folder": (["screen", good, "--rules", folder / "nowhere"], 2, "没有文件夹"),
        "no area": (["screen", good, "--area", "admision"], 2, "您是否要写“admission”"),
        "no sheet": (["screen", good, "--sheet", "x"], 2, "没有工作表“x”"),
        "no day": (["screen", good, "--on", "2020-13-01"], 2, "不是日历上的日期"),
        "before all rules": (["screen", good, "--on", "1999-01-01"], 2, "没有施行中的规则"),
        "no outcome": (["screen", good, "--fail-on", "rejectd"], 2, "您是否要写“rejected”"),
        "no standing": (["screen", good, "--require-standing", "law"], 2, "不是依据效力"),
        "no waivers": (["screen", good, "--waivers", folder / "none.yaml"], 2, "没有豁免清单"),
        "bad waivers": (["screen", good, "--waivers", waivers], 3, "错误[missing-key]"),
        "unknown ending": (["screen", good, "-o", folder / "out.pdf"], 2, "扩展名不能识别"),
        "no output folder": (["screen", good, "-o", folder / "none" / "out.xlsx"], 2, "没有文件夹"),
        "onto itself": (["screen", good, "-o", good], 2, "会覆盖"),
        "no row": (["explain", good, "--row", 9], 2, "没有第9行"),
        "row unnamed": (["explain", good], 2, "请指明哪一行"),
        "no id": (["explain", good, "--id", "P9"], 2, "没有一行是关于“P9”"),
        "no rule": (["explain", good, "--row", 2, "--rule", "x"], 2, "没有施行“x”这条规则"),
        "bad line": (["explain", text(folder / "a.jsonl", "x\n"), "--row", 1], 6, "不是有效的 JSON"),
    }


def test_every_refusal_is_a_clear_line_and_its_exit_code(capsys, monkeypatch, tmp_path: Path) -> None:
    for name, (args, expected, says) in refusals(tmp_path).items():
        verb, *rest = args
        if "--rules" not in rest:
            rest = ["--rules", PACK, *rest]
        if "--on" not in rest:
            rest = ["--on", DAY, *rest]
        code, out, err = run(capsys, monkeypatch, verb, *rest)
        assert (name, expected) == (name, code), err
        assert says in err, name
        assert "Traceback" not in out + err, name
        assert out == "", name


def test_an_output_of_a_refused_ledger_is_not_begun(call, tmp_path: Path) -> None:
    assert call("screen", ledger_of(tmp_path / "a.xlsx"), "-o", tmp_path / "out.xlsx")[0] == 6
    assert not (tmp_path / "out.xlsx").exists()


def test_of_many_notices_alike_the_first_are_printed_and_the_rest_counted(capsys: pytest.CaptureFixture[str]) -> None:
    from safety_rules.cli.screen_terminal import print_notices
    from safety_rules.words.problem import problem

    made = [
        problem("assumed-day.term", "", f"项目!A{n}", heading="期限", given="3日内", found="1", day="4")
        for n in range(50)
    ]
    print_notices([*made, problem("assumed-headings", "", "项目", headings="甲→乙")], "zh")
    said = capsys.readouterr().err
    assert said.count("3日内") == 3
    assert "另有同类 47 处" in said
    assert "甲→乙" in said
