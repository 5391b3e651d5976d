"""A fault that fails many cases is told once, at the figure, row or derivation that they share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from safety_rules.cli.main import cli
from trust.test_planted_faults import copied

DEPOSIT = Path(__file__).parent / "planted" / "area" / "deposit_is_paid.yaml"
TABLE = """table: goods
zh: 货物
en: Goods
called: 货物
match: [name]
columns:
  most: {zh: 限量, en: Most, kind: number, unit: m2}
editions:
  - {from: 2020-01-01, file: goods.csv, source: notice, clause: 表}
"""
ROOM = """rule: room_{n}
title: {{zh: 面积{n}, en: Room {n}}}
in_force: {{from: 2020-01-01}}
authority: [{{source: notice, clause: 五}}]
requires:
  enough: {{zh: 不超过限量, en: Not above the most, that: "yard.area <= goods[yard.name].most"}}
otherwise: {{outcome: to_improve}}
cases:
  - {{case: 砂恰好, given: {{yard.name: 砂, yard.area: 100 m2}}, expect: satisfied}}
  - {{case: 砂多一分, given: {{yard.name: 砂, yard.area: 100.01 m2}}, expect: violated}}
  - {{case: 石恰好, given: {{yard.name: 石, yard.area: 200 m2}}, expect: satisfied}}
  - {{case: 石多一分, given: {{yard.name: 石, yard.area: 200.01 m2}}, expect: violated}}
"""


def pack(place: Path) -> Path:
    """Return the sound pack with four rules that read one figure, and five that read one table."""
    made = copied(place)
    (made / "area" / "cases.yaml").unlink()
    for n in range(3):
        text = DEPOSIT.read_text("utf-8").replace("deposit_is_paid", f"deposit_{n}").replace("足额", f"足额{n}")
        (made / "area" / f"deposit_{n}.yaml").write_text(text, "utf-8")
    for n in range(5):
        (made / "area" / f"room_{n}.yaml").write_text(ROOM.format(n=n), "utf-8")
    (made / "goods.yaml").write_text(TABLE, "utf-8")
    (made / "goods.csv").write_text("name,most\n砂,100\n石,200\n", "utf-8")
    return made


def told(made: Path) -> list[dict[str, Any]]:
    done = CliRunner().invoke(cli, ["test", str(made), "--format", "json"])
    found: list[dict[str, Any]] = json.loads(done.output)["problems"]
    return found


def test_a_wrong_figure_is_told_once_where_it_stands_with_the_number_of_cases(tmp_path: Path) -> None:
    made = pack(tmp_path)
    assert told(made) == []
    path = made / "parameters.yaml"
    path.write_text(path.read_text("utf-8").replace("value: 50,", "value: 55,"), "utf-8")
    (problem,) = told(made)
    assert "figure `limit.deposit`" in problem["message"]
    assert problem["message"].startswith("8 cases")
    assert (problem["file"].rpartition("/")[2], problem["line"]) == ("parameters.yaml", 10)


def test_a_wrong_figure_in_a_table_is_told_at_its_row(tmp_path: Path) -> None:
    made = pack(tmp_path)
    (made / "goods.csv").write_text("name,most\n砂,100\n石,2000\n", "utf-8")
    (problem,) = told(made)
    assert "row `goods 石`" in problem["message"]
    assert (problem["file"].rpartition("/")[2], problem["line"]) == ("goods.csv", 3)


def test_a_few_failed_cases_are_told_each(tmp_path: Path) -> None:
    made = pack(tmp_path)
    path = made / "area" / "deposit_0.yaml"
    path.write_text(path.read_text("utf-8").replace(">= limit.deposit", "> limit.deposit"), "utf-8")
    assert {p["file"].rpartition("/")[2] for p in told(made)} == {"deposit_0.yaml"}


def test_failed_cases_are_told_in_chinese(tmp_path: Path) -> None:
    made = pack(tmp_path)
    path = made / "area" / "room_0.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("expect: satisfied", "expect: violated, needs: [yard.name]", 1), "utf-8")
    lines = said_in_chinese(made)
    assert "room_0：砂恰好：应为不符合（violated），得出符合（satisfied）" in lines[0]
    assert lines[1].startswith("enough：成立：")
    assert "room_0：砂恰好：需核实事项应为“yard.name”，得出无" in "\n".join(lines)
    (made / "goods.csv").write_text("name,most\n砂,100\n石,2000\n", "utf-8")
    shared = "个不成立的示例都读取参照表的行“goods 石”，第一个为room_0：石多一分：应为不符合（violated），得出符合（satisfied）"
    assert any(shared in line for line in said_in_chinese(made))


def said_in_chinese(made: Path) -> list[str]:
    done = CliRunner().invoke(cli, ["test", str(made), "-l", "zh"])
    return [line for line in done.output.splitlines() if "：" in line]


SMALL = """rule: small_{n}
title: {{zh: 小场地{n}, en: Small {n}}}
in_force: {{from: 2020-01-01}}
authority: [{{source: notice, clause: 六}}]
requires: {{small: is_small}}
otherwise: {{outcome: to_improve}}
cases:
  - {{case: 恰好, given: {{yard.area: 50 m2}}, expect: satisfied}}
  - {{case: 多一分, given: {{yard.area: 50.01 m2}}, expect: violated}}
"""


def test_a_wrong_clause_that_rules_share_is_told_once_where_it_stands(tmp_path: Path) -> None:
    made = pack(tmp_path / "pack")
    named = "clauses:\n  is_small: {zh: 不超过五十, en: Fifty at most, that: 'yard.area <= 50[m2]'}\n"
    (made / "named.yaml").write_text(named, "utf-8")
    for n in range(5):
        (made / "area" / f"small_{n}.yaml").write_text(SMALL.format(n=n), "utf-8")
    assert told(made) == []
    (made / "named.yaml").write_text(named.replace("<= 50", "<= 40"), "utf-8")
    (problem,) = told(made)
    assert problem["message"].startswith("5 cases")
    assert "shared clause `is_small`" in problem["message"]
    assert (problem["file"].rpartition("/")[2], problem["line"]) == ("named.yaml", 2)
