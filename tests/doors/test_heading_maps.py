"""Headings are explained, proposed and settled: near names are never used unasked, and a map goes before everything."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from doors.reading import BEST, HEADINGS, OPEN, WORST, area, made, row
from safety_rules.cli.main import cli
from safety_rules.cli.screen import command
from safety_rules.formats.heading_map import layout
from safety_rules.language.errors import LedgerError, NotFoundError, RuleFileError
from safety_rules.services.screening import screen

OWN = [h.replace("固定资产投资（万元）", "投资额度") for h in HEADINGS]


def book(tmp_path: Path, headings: list[str], amount: int = 9375) -> Path:
    return made(tmp_path / "a.xlsx", 项目=[headings, row(固定=amount)])


def outcomes(path: Path, text: str, sheet: str | None = None) -> list[str]:
    file = path.with_suffix(".yaml")
    file.write_text(text, encoding="utf-8")
    wanted = layout(file, area().law.rulebook.vocabulary, sheet)
    return [r.outcome for r in screen(path, area(), wanted).rows if r.outcome]


def test_a_map_settles_a_heading_with_its_unit_by_either_engine(tmp_path: Path) -> None:
    path = book(tmp_path, OWN, 60_000_000)
    assert [r.outcome for r in screen(path, area()).rows if r.outcome] == [OPEN]
    assert outcomes(path, "投资额度: {fact: 项目.固定资产投资, unit: 元}") == [WORST]
    wanted = layout(path.with_suffix(".yaml"), area().law.rulebook.vocabulary)
    assert [r.outcome for r in screen(path, area(), wanted, engine="duckdb").rows if r.outcome] == [WORST]


def test_a_map_goes_before_a_facts_own_name(tmp_path: Path) -> None:
    path = made(tmp_path / "a.xlsx", 项目=[[*HEADINGS, "实际完成"], [*row(固定=20_000), 6000]])
    assert outcomes(path, "实际完成: project.fixed_asset_investment") == [WORST]


def test_a_map_may_hold_for_one_sheet_alone(tmp_path: Path) -> None:
    path = made(tmp_path / "a.xlsx", 甲=[OWN, row()], 乙=[OWN, row(项目编号="XM-2")])
    assert outcomes(path, "投资额度: {fact: project.fixed_asset_investment, sheet: 甲}") == [BEST, OPEN]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("投资额度: project.fixed_asset_investmnt", "did you mean"),
        ("投资额: project.fixed_asset_investment", "no sheet has the heading `投资额`"),
        ("投资额度: {fact: project.fixed_asset_investment, unit: 亩}", "`亩` is no unit"),
        ("投资额度: {fact: project.fixed_asset_investment, units: 元}", "needs `fact`"),
        ("- 投资额度", "maps no heading"),
        ("投资额度: project.land_area\n投资额度: project.land_area", "投资额度"),
        ("", "maps no heading"),
    ],
)
def test_a_wrong_map_is_refused_with_its_place_and_a_near_name(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises((LedgerError, NotFoundError, RuleFileError), match=words):
        outcomes(book(tmp_path, OWN), text)


def test_headings_are_explained_and_near_names_only_proposed(tmp_path: Path) -> None:
    path, proposal = book(tmp_path, [h.replace("年税收（万元）", "预计年税收") for h in OWN]), tmp_path / "m.yaml"
    options = [str(path), "--on", "2020-10-01"]
    said = CliRunner().invoke(command, [*options, "--explain-headings"])
    assert said.exit_code == 0
    assert "项目!A1：“项目编号”读作“项目编号”，名称相同" in said.output
    assert "项目!K1：“预计年税收”读作“年税收”（万元），按别名" in said.output
    assert "项目!I1：未识别的表头“投资额度”" in said.output
    assert CliRunner().invoke(command, [*options, "--propose-map", str(proposal)]).exit_code == 0
    lines = proposal.read_text(encoding="utf-8").splitlines()
    assert '"用地面积（亩）": {fact: project.land_area, unit: "亩"}' in lines
    assert any(line.startswith('# "投资额度": {fact: ') for line in lines)
    again = CliRunner().invoke(command, [*options, "--map", str(proposal), "--explain-headings"])
    assert "按对照表" in again.output
    assert again.exit_code == 0
    assert CliRunner().invoke(command, [*options, "--propose-map", str(proposal)]).exit_code == 2


@pytest.mark.parametrize("engine", ["duckdb", "records"])
def test_a_table_takes_a_map_or_names_of_columns_by_either_engine(tmp_path: Path, engine: str) -> None:
    path = book(tmp_path, OWN)
    mapped = tmp_path / "m.yaml"
    mapped.write_text("投资额度: {fact: 项目.固定资产投资, unit: 万元}", encoding="utf-8")
    assert [r["outcome"] for r in area().decide_table(path, engine=engine)] == [OPEN]
    assert [r["outcome"] for r in area().decide_table(path, engine=engine, columns=mapped)] == [BEST]
    named = area().decide_table(path, engine=engine, columns={"project.fixed_asset_investment": "投资额度"})
    assert [(r["outcome"], r["at_worst"]) for r in named] == [(OPEN, "rejected")]
    with pytest.raises(NotFoundError, match="no column"):
        list(area().decide_table(path, engine=engine, columns={"project.fixed_asset_investment": "投资度"}))
    with pytest.raises(LedgerError, match="for a file"):
        area().decide_table([{"a": 1}], engine="records", columns=mapped)


def test_explain_and_impact_take_a_map(tmp_path: Path) -> None:
    path, mapped = book(tmp_path, OWN), tmp_path / "m.yaml"
    mapped.write_text("投资额度: {fact: 项目.固定资产投资, unit: 万元}", encoding="utf-8")
    settled = ["--on", "2020-10-01", "--map", str(mapped)]
    said = CliRunner().invoke(cli, ["explain", str(path), "--id", "XM-1", *settled])
    assert "准入" in said.output.splitlines()[0]
    assert "待核实" not in said.output.splitlines()[0]
    said = CliRunner().invoke(cli, ["impact", str(path), *settled])
    assert "待核实" not in said.output
    assert CliRunner().invoke(cli, ["impact", "--map", str(mapped)]).exit_code == 2


def test_the_import_of_dangers_takes_a_map_and_proposes_one(tmp_path: Path) -> None:
    heads = ["隐患编号", "查出的毛病", "整改单位", "发现日期", "隐患级别"]
    path = made(tmp_path / "a.xlsx", 隐患台账=[heads, ["1", "压力表过期", "甲公司", "2020-09-01", "一般"]])
    options = ["rectify", "import", str(path), "--store", str(tmp_path / "台账.db")]
    assert "隐患内容" in str(CliRunner().invoke(cli, options).exception)
    proposal = tmp_path / "m.yaml"
    assert CliRunner().invoke(cli, [*options, "--propose-map", str(proposal)]).exit_code == 0
    assert '# "查出的毛病": {fact: ' in proposal.read_text("utf-8")
    proposal.write_text("查出的毛病: 隐患内容", encoding="utf-8")
    taken = CliRunner().invoke(cli, [*options, "--map", str(proposal)])
    assert "新增隐患 1 项" in taken.output
    assert "按对照表" in CliRunner().invoke(cli, [*options, "--map", str(proposal), "--explain-headings"]).output
    proposal.write_text("查出的毛病: 隐患", encoding="utf-8")
    assert "there is no fact `隐患`" in str(CliRunner().invoke(cli, [*options, "--map", str(proposal)]).exception)
