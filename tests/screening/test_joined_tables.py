"""Tables with lists joined from ledgers: every engine gives each row what its record has, by hand-made odd ledgers and
at random.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

import safety_rules as sr
from safety_rules.language.verdict import bits
from screening.test_from_ledger import WAYS, WHOLE, pack

pd = pytest.importorskip("pandas")

NAMES = ["甲工贸有限公司（东镇）", "甲工贸有限公司 (东镇)", "甲工贸有限公司", "乙厂", "丙机械厂", "ＢＣ厂", "bc厂"]
NUMBERS = ["A1", "Ａ1", "B2", "b 2", "C3", "D4", "E5"]
DAYS = ["2026-02-01", "2026-10-01", "2027-06-01", "五月", None]
COLUMNS = {"visitor.number": "证号", "visitor.company": "单位"}


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The pack by one key and by ways, and with a list that is counted whole."""
    changed: dict[str, dict[str, str]] = {
        "key": {},
        "ways": {"area": WAYS},
        "whole": {"area": WAYS, "is_trained": WHOLE},
    }
    return {name: pack(tmp_path_factory.mktemp("pack"), **of) for name, of in changed.items()}


def ledgers(rng: random.Random, blank: float) -> dict[str, list[dict[str, Any]]]:
    def said(words: list[Any]) -> Any:
        return None if rng.random() < blank else rng.choice(words)

    bans = [
        {"person": said(NUMBERS), "reason": said(NAMES), "until": rng.choice(DAYS)} for _ in range(rng.randrange(9))
    ]
    trained = [
        {"person": said(NUMBERS), "company": said(NAMES), "day": rng.choice(DAYS)} for _ in range(rng.randrange(30))
    ]
    return {"visitor.bans": bans, "visitor.training": trained}


def columns_of(verdict: Any) -> tuple[Any, ...]:
    statuses = [f.status.value for f in verdict.findings]
    return verdict.outcome, verdict.at_best, verdict.at_worst, statuses


def row_columns(row: Any, rules: int) -> tuple[Any, ...]:
    masks = {s: set(bits(row[s])) for s in ("violated", "undetermined", "not_applicable", "satisfied")}
    statuses = [next(s for s, mask in masks.items() if i in mask) for i in range(rules)]
    return row["outcome"], row["at_best"], row["at_worst"], statuses


@pytest.mark.parametrize("kind", ["key", "ways", "whole"])
@pytest.mark.parametrize("blank", [0.0, 0.1, 0.5])
def test_each_row_comes_out_as_its_record(packs: dict[str, Any], kind: str, blank: float) -> None:
    rng, area = random.Random(f"{kind} {blank}"), packs[kind]
    rows = [{"证号": rng.choice([*NUMBERS, None]), "单位": rng.choice([*NAMES, None])} for _ in range(16)]
    known = area.with_ledger(ledgers(rng, blank))
    wanted = [columns_of(known.decide({f: row[c] for f, c in COLUMNS.items()})) for row in rows]
    if blank < 0.5:
        assert len({w[0] for w in wanted}) > 1
    for engine in ("duckdb", "records"):
        found = known.decide_table(pd.DataFrame(rows), engine=engine, columns=COLUMNS)
        assert [row_columns(row, len(area.law.rules)) for row in found] == wanted, engine
        assert found.verdict(7).outcome == wanted[6][0]
        found.close()


def test_rows_of_a_ledger_are_told_of_a_row_and_written(packs: dict[str, Any], tmp_path: Path) -> None:
    path, out = tmp_path / "访客.csv", tmp_path / "out.csv"
    path.write_text("证号,单位,备用\nA1,甲,x\nB2,甲,y\n,甲,z\n", "utf-8")
    bans = [{"person": "A1", "until": "2028-01-01"}, {"person": "a1", "until": "2027-05-01"}]
    known = packs["key"].with_ledger(
        {"visitor.bans": bans, "visitor.training": [{"person": "B2", "company": "甲", "day": "2026-10-01"}]}
    )
    found = known.decide_table(
        path, out, keep=["备用"], rule_keys=True, answers=("at_worst", "violated", "undetermined", "not_applicable")
    )
    assert [(r["备用"], r["outcome"], r["violated_rules"]) for r in found] == [
        ("x", "rejected", "is_not_banned, is_trained"),
        ("y", "admitted", ""),
        ("z", "undetermined", ""),
    ]
    assert "取自台账（visitor.bans[1]）" in found.explain_row(1)
    assert out.read_text("utf-8").splitlines()[1].startswith("x,rejected")
    assert {n.code for n in found.notices} >= {"ledger-rows"}
    found.close()


def test_many_rows_of_one_key_and_a_key_blank_in_half_of_the_rows(packs: dict[str, Any]) -> None:
    """2,000 rows of one key and 2,000 of none: the list is known to nobody, which is said, and nothing is compared with all."""
    bans = [{"person": "A1" if i % 2 else None, "until": f"20{26 + i % 60}-01-01"} for i in range(4_000)]
    known = packs["key"].with_ledger({"visitor.bans": bans, "visitor.training": []})
    assert "ledger-key-blank" in {n.code for n in known.notices}
    found = known.decide_table(pd.DataFrame({"证号": ["A1", "Z9"] * 20, "单位": ["甲"] * 40}))
    assert found.counts() == {"rejected": 40}
    assert {(row["violated"], row["undetermined"]) for row in found} == {(2, 1)}
    found.close()


def test_what_is_not_joined_in_tables_says_what_to_do(packs: dict[str, Any]) -> None:
    known = packs["key"].with_ledger({"visitor.bans": [], "visitor.training": []})
    own = pd.DataFrame({"证号": ["A1"], "单位": ["甲"], "禁入名单": ["无"]})
    with pytest.raises(sr.LedgerError, match="the engine `records`"):
        known.decide_table(own, engine="duckdb")
    assert [r["outcome"] for r in known.decide_table(own, engine="records")] == ["rejected"]
