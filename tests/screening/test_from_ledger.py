"""Lists joined from ledgers by stated keys: a visitor with a ban list and training records, the answers worked out by hand."""

from __future__ import annotations

import csv
import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from python_calamine import CalamineWorkbook

import safety_rules as sr
from safety_rules.cli.main import cli
from safety_rules.services.chaining.from_ledger import AreaWithLedger
from safety_rules.services.dated_area import DatedArea
from safety_rules.services.screening import screen

PACK = {
    "area.yaml": """
area: access
title: {zh: 入园, en: Access}
subjects: [visitor]
outcomes:
  admitted: {zh: 准入, en: Admitted}
  rejected: {zh: 不准入, en: Rejected}
cases_on: 2027-01-01
from_ledger:
  visitor.bans: {person: visitor.number}
  访客.培训记录: {人员: 访客.证号, company: visitor.company}
""",
    "vocabulary.yaml": """
subjects:
  visitor: {zh: 访客, en: Visitor, identity: [visitor.number]}
facts:
  visitor.number: {zh: 证号, en: Number, kind: text}
  visitor.company: {zh: 单位, en: Company, kind: text}
  visitor.bans:
    zh: 禁入名单
    en: Bans
    kind: records
    fields:
      person: {zh: 人员, en: Person, kind: text}
      until: {zh: 截止日, en: Until, kind: date}
      reason: {zh: 原因, en: Reason, kind: text}
  visitor.training:
    zh: 培训记录
    en: Training
    kind: records
    fields:
      person: {zh: 人员, en: Person, kind: text}
      company: {zh: 单位, en: Company, kind: text}
      day: {zh: 日期, en: Day, kind: date}
""",
    "units.yaml": "units: {月: {dimension: month, scale: 1, aliases: [个月]}}",
    "sources.yaml": """
sources:
  house: {title: {zh: 园区规定, en: Rules of the park}, standing: assumed}
""",
    "is_not_banned.yaml": """
rule: is_not_banned
title: {zh: 不在禁入期, en: Not banned}
in_force: {from: 2020-01-01}
authority: [{source: house, clause: 一}]
requires:
  no_ban: {zh: 无禁入, en: no ban, that: not any(b.until >= as_of for b in visitor.bans)}
otherwise: {outcome: rejected}
""",
    "is_trained.yaml": """
rule: is_trained
title: {zh: 一年内受过培训, en: Trained within a year}
in_force: {from: 2020-01-01}
authority: [{source: house, clause: 二}]
requires:
  trained: {zh: 有培训, en: trained, that: "count(t for t in visitor.training if t.day >= as_of - 12[月]) >= 1"}
otherwise: {outcome: rejected}
""",
}
WHOLE = PACK["is_trained.yaml"].replace(
    "count(t for t in visitor.training if t.day >= as_of - 12[月])", "count(t for t in visitor.training)"
)
BANS = [
    {"person": "Ａ1", "until": "2027-06-01"},
    {"person": "B2", "until": "2026-12-31"},
    {"person": "b2", "until": "2026-01-01"},
]
TRAINED = [{"person": p, "company": "甲", "day": "2026-10-01"} for p in ("A1", "B2", "C3")]
VISITORS = [{"visitor.number": n, "visitor.company": "甲"} for n in ("A1", "B2", "C3", "D4")]


def pack(folder: Path, **changed: str) -> DatedArea:
    for name, text in {**PACK, **{k + ".yaml": v for k, v in changed.items()}}.items():
        (folder / name).write_text(text.lstrip(), "utf-8")
    return sr.load(folder).area("access").on("2027-01-01")


@pytest.fixture(scope="module")
def area(tmp_path_factory: pytest.TempPathFactory) -> DatedArea:
    return pack(tmp_path_factory.mktemp("pack"))


@pytest.fixture(scope="module")
def counting(tmp_path_factory: pytest.TempPathFactory) -> DatedArea:
    return pack(tmp_path_factory.mktemp("pack"), is_trained=WHOLE)


def outcomes(known: AreaWithLedger, visitors: list[dict[str, Any]] = VISITORS) -> list[str]:
    return [v.outcome for v in known.decide_many(visitors)]


def test_rows_are_joined_by_their_keys_and_two_of_one_key_are_two(area: DatedArea) -> None:
    known = area.with_ledger({"visitor.bans": BANS, "访客.培训记录": TRAINED})
    assert outcomes(known) == ["rejected", "admitted", "admitted", "rejected"]
    assert len(known.decide(VISITORS[1]).record.values["visitor.bans"]) == 2
    assert "禁入名单第1条取自台账（visitor.bans[0]）" in known.decide(VISITORS[0]).explain("zh")
    assert "Bans no. 1 comes from the ledger (visitor.bans[0])" in known.decide(VISITORS[0]).explain("en")
    assert sr.VerdictModel.model_validate(known.decide(VISITORS[0]).to_dict())


def test_a_row_with_a_blank_key_may_be_anybodys_and_clears_and_bans_nobody(area: DatedArea) -> None:
    bans = [*BANS, {"until": "2028-01-01", "reason": "斗殴"}]
    known = area.with_ledger({"visitor.bans": bans, "visitor.training": TRAINED})
    assert outcomes(known) == ["rejected", "undetermined", "undetermined", "rejected"]
    open_one = known.decide(VISITORS[2])
    assert [r.name for r in open_one.needs.smallest] == ["visitor.bans[=visitor.bans[3］].person"]
    assert "visitor.bans[3]）没有写明“证号”，可能是本记录的" in open_one.explain("zh")
    trained = [{"person": "C3", "day": "2026-10-01"}]  # of a company that nobody wrote down
    known = area.with_ledger({"visitor.bans": [], "visitor.training": trained})
    assert outcomes(known) == ["rejected", "rejected", "undetermined", "rejected"]


def test_a_list_that_is_counted_whole_is_unknown_while_a_row_may_be_anybodys(counting: DatedArea) -> None:
    sure = [{"person": "A1", "company": "甲", "day": "2026-10-01"}]
    known = counting.with_ledger({"visitor.bans": [], "visitor.training": [*sure, {"day": "2026-10-01"}]})
    assert outcomes(known) == ["undetermined"] * 4  # never admitted for a row that may be another's
    assert outcomes(counting.with_ledger({"visitor.bans": [], "visitor.training": sure})) == [
        "admitted",
        *["rejected"] * 3,
    ]


def test_a_record_without_its_key_and_a_list_without_a_ledger_stay_open(area: DatedArea) -> None:
    known = area.with_ledger({"visitor.bans": BANS, "visitor.training": TRAINED})
    nobody = known.decide({"visitor.company": "甲"})
    assert nobody.outcome == "undetermined"
    assert {r.name for r in nobody.needs.can_change} == {"visitor.number"}
    assert outcomes(area.with_ledger({"visitor.bans": []}))[2] == "undetermined"
    assert [n.code for n in area.with_ledger({"visitor.bans": []}).notices] == ["ledger-rows", "ledger-lacks"]


def test_no_verdict_with_a_blank_key_is_surer_than_all_ways_to_fill_it_in(area: DatedArea) -> None:
    rank = area.law.area.rank
    days = ("2026-02-01", "2025-01-01", "2027-02-01")
    for bans, trained in itertools.product(itertools.combinations_with_replacement(days, 2), days):
        rows = {"visitor.bans": [{"until": d} for d in bans], "visitor.training": [{"day": trained, "company": "甲"}]}
        found = area.with_ledger(rows).decide(VISITORS[0])
        for whose in itertools.product(("A1", "Z9"), repeat=3):
            filled = {
                "visitor.bans": [{**r, "person": p} for r, p in zip(rows["visitor.bans"], whose, strict=False)],
                "visitor.training": [{**rows["visitor.training"][0], "person": whose[2]}],
            }
            settled = area.with_ledger(filled).decide(VISITORS[0])
            assert rank(found.at_best) <= rank(settled.at_best) <= rank(settled.at_worst) <= rank(found.at_worst)


def write(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def test_a_ledger_is_screened_with_files_and_what_is_odd_is_named(area: DatedArea, tmp_path: Path) -> None:
    visitors = write(tmp_path / "访客.csv", [["证号", "单位"], ["A1", "甲"], ["C3", "甲"]])
    bans = write(tmp_path / "禁入名单.csv", [["人员", "截止日"], ["A1", "2027-06-01"], ["", ""], ["A1", "五月"]])
    trained = write(
        tmp_path / "培训记录.csv", [["人员", "单位", "日期"], ["X9", "甲", "2026-10-01"], ["", "乙", "2026-10-01"]]
    )
    known = area.with_ledger(bans, trained)
    screening = screen(visitors, area, history=known)
    rows = list(screening.rows)
    assert [r.outcome for r in rows] == ["rejected", "rejected"]
    assert "禁入名单第1条取自台账（禁入名单.csv:2）" in rows[0].verdict.explain("zh")
    codes = {n.code for n in screening.notices}
    assert {"ledger-key-blank", "ledger-joins-nothing", "not-a-date"} <= codes
    rules = tmp_path / "rules"
    rules.mkdir()
    pack(rules)
    asked = ["screen", str(visitors), "--rules", str(rules), "--on", "2027-01-01", "-l", "zh"]
    shown = CliRunner().invoke(cli, [*asked, "--ledger", str(bans), "--ledger", str(trained)])
    assert shown.exit_code == 0, shown.output
    explained = CliRunner().invoke(
        cli,
        ["explain", str(visitors), "--id", "A1", *asked[2:], "--ledger", str(bans), "--ledger", str(trained), "--all"],
    )
    assert "取自台账（禁入名单.csv:2）" in explained.output


@pytest.mark.parametrize("ending", ["xlsx", "html", "csv"])
def test_what_is_missing_of_a_packs_own_subject_is_asked_of_it(tmp_path: Path, ending: str) -> None:
    """A subject that the built-in rules do not know has no words of its own for who supplies it: its name is said."""
    rules, made = tmp_path / "rules", tmp_path / f"out.{ending}"
    rules.mkdir()
    pack(rules)
    visitors = write(tmp_path / "访客.csv", [["证号", "单位"], ["A1", "甲"]])
    asked = ["screen", str(visitors), "--rules", str(rules), "--on", "2027-01-01", "-l", "zh", "-o", str(made)]
    shown = CliRunner().invoke(cli, asked, catch_exceptions=False)
    assert shown.exit_code == 0, shown.output
    if ending == "xlsx":
        rows = CalamineWorkbook.from_path(str(made)).get_sheet_by_name("缺项清单").to_python()
        assert [row[0] for row in rows[1:]] == ["访客"]
        assert "禁入名单" in rows[1][4]


def test_of_many_rows_the_first_are_named_and_the_rest_counted_over_all_lists(area: DatedArea) -> None:
    bans = [{"person": "A1", "until": f"2020-01-{n:02}"} for n in range(1, 10)]
    trained = [{"person": "A1", "company": "甲", "day": f"2026-10-{n:02}"} for n in range(1, 5)]
    known = area.with_ledger({"visitor.bans": bans, "visitor.training": trained})
    said = known.decide({"visitor.number": "A1", "visitor.company": "甲"}).chains("zh")
    assert [line for line in said if line.startswith("另有")] == ["另有 3 条取自台账"]
    assert sum("取自台账（" in line for line in said) == 10


def test_what_cannot_be_joined_is_refused(area: DatedArea, tmp_path: Path) -> None:
    keyless = write(tmp_path / "禁入名单.csv", [["截止日", "原因"], ["2027-06-01", "斗殴"]])
    with pytest.raises(sr.LedgerError, match="lacks the heading 人员"):
        area.with_ledger(keyless)
    with pytest.raises(sr.NotFoundError, match="joins no list from a ledger"):
        sr.load().area("admission").on("2027-01-01").with_ledger(keyless)
    with pytest.raises(sr.NotFoundError, match=r"visitor\.bans, visitor\.training"):
        area.with_ledger({"visitor.number": []})


def test_a_log_makes_a_verdict_with_joined_rows_again(area: DatedArea, tmp_path: Path) -> None:
    known = area.with_ledger({"visitor.bans": [*BANS, {"until": "2027-05-01"}], "访客.培训记录": TRAINED})
    log = sr.DecisionLog(tmp_path / "a.db")
    log.extend(known.decide_many([*VISITORS, {"visitor.company": "甲"}]))
    assert [str(r) for r in log.replay()] == ["the same"] * 5
    whole = sr.replay(known.decide(VISITORS[0]).to_dict(), area.law.rulebook.origin[0])
    assert (whole.same, whole.gone) == (True, ())


WAYS = PACK["area.yaml"].replace("{person: visitor.number}", "[{person: visitor.number}, {reason: visitor.company}]")
FIRM = "甲工贸有限公司（东镇）"


@pytest.fixture(scope="module")
def by_ways(tmp_path_factory: pytest.TempPathFactory) -> DatedArea:
    """Bans by the number, or by the company where row or record says no number; the field `reason` holds its name here."""
    return pack(tmp_path_factory.mktemp("pack"), area=WAYS)


@pytest.mark.parametrize(
    ("ban", "number", "outcome"),
    [
        ({"person": "A1"}, "A1", "rejected"),
        ({"person": "a １", "reason": "乙厂"}, "A1", "rejected"),  # the number decides, whatever the name
        ({"reason": "甲工贸有限公司 (东镇)"}, "A1", "rejected"),
        ({"reason": FIRM}, None, "rejected"),
        ({"person": "B2", "reason": FIRM}, None, "rejected"),
        ({"person": "B2", "reason": FIRM}, "A1", "undetermined"),  # one name under two numbers
        ({"reason": "甲工贸有限公司"}, "A1", "undetermined"),  # nearly the name
        ({"reason": "甲二工贸有限公司（东镇）"}, "A1", "undetermined"),
        ({"person": "B2", "reason": "甲工贸有限公司"}, "A1", "admitted"),  # another number and another name
        ({"person": "B2"}, None, "undetermined"),  # nothing that both say
        ({}, "A1", "undetermined"),
        ({"reason": "乙厂"}, "A1", "admitted"),
    ],
)
def test_the_first_way_that_both_state_decides(
    by_ways: DatedArea, ban: dict[str, str], number: str | None, outcome: str
) -> None:
    visitor = {"visitor.number": number, "visitor.company": FIRM}
    trained = [{"person": number, "company": FIRM, "day": "2026-10-01"}] if number else []
    known = by_ways.with_ledger({"visitor.bans": [{"until": "2028-01-01", **ban}], "visitor.training": trained})
    violated = known.decide(visitor)
    if number:
        assert violated.outcome == outcome
    else:
        assert ("is_not_banned" in violated.violated()) is (outcome == "rejected")
        assert violated.at_worst == "rejected"


def test_one_name_under_several_numbers_is_nobodys_for_certain(by_ways: DatedArea) -> None:
    bans = [{"person": n, "reason": FIRM, "until": "2028-01-01"} for n in ("B2", "C3")]
    known = by_ways.with_ledger({"visitor.bans": bans, "visitor.training": []})
    found = known.decide({"visitor.company": FIRM})
    assert "is_not_banned" not in found.violated()
    assert "名称相同而代码不一" in found.explain("zh")


def test_what_is_asked_of_a_key_grows_with_its_rows_and_not_with_their_square(area: DatedArea) -> None:
    class Row(int):
        asked = 0

        def __hash__(self) -> int:
            Row.asked += 1
            return int(self)

    rows = [{"person": "甲1"} for _ in range(500)]
    [one] = [j for j in area.with_ledger({"visitor.bans": rows}).lists if j.join.list == "visitor.bans"]
    found = replace(one, ways=[{key: [*map(Row, numbers)] for key, numbers in way.items()} for way in one.ways])
    assert found.mine({"visitor.number": "甲1"}).certain == [*range(500)]
    assert Row.asked < 10 * len(rows)


AT_ITSELF = {
    "a list by its own field": "visitor.bans: {person: visitor.bans.person}",
    "a list by the list": "visitor.bans: {person: visitor.bans}",
    "two lists by each other": "visitor.bans: {person: visitor.training.person}\n  visitor.training: {person: visitor.bans.person}",
    "a list by what is worked out of it": "visitor.bans: {person: visitor.alias}",
    "a second way by itself": "visitor.bans: [{person: visitor.number}, {reason: visitor.bans.reason}]",
}
ALIAS = """
derive: alias
title: {zh: 别名, en: Alias}
in_force: {from: 2020-01-01}
authority: [{source: house, clause: 一}]
fact: visitor.alias
derives: "'A' if count(b for b in visitor.bans) > 0 else 'B'"
"""


@pytest.mark.parametrize("kind", AT_ITSELF)
def test_no_list_is_joined_by_what_stands_in_a_ledger_or_is_worked_out_of_one(kind: str, tmp_path: Path) -> None:
    joins = PACK["area.yaml"].partition("from_ledger:")[0] + f"from_ledger:\n  {AT_ITSELF[kind]}\n"
    words = PACK["vocabulary.yaml"].replace(
        "  visitor.company:", "  visitor.alias: {zh: 别名, en: Alias, kind: text}\n  visitor.company:"
    )
    with pytest.raises(sr.RuleFileError) as wrong:
        pack(tmp_path, area=joins, vocabulary=words, alias=ALIAS)
    lines = AT_ITSELF[kind].count("\n") + 1
    assert [d.code for d in wrong.value.diagnostics] == ["from-ledger"] * lines


def test_the_screened_ledger_is_none_of_its_own_lists_and_one_named_twice_counts_once(
    area: DatedArea, tmp_path: Path
) -> None:
    visitors = write(tmp_path / "访客.csv", [["证号", "单位"], ["A1", "甲"]])
    bans = write(tmp_path / "禁入名单.csv", [["人员", "截止日"], ["A1", "2027-06-01"], ["A1", "2027-06-01"]])
    with pytest.raises(sr.LedgerError, match="has no sheet of"):
        area.with_ledger(visitors)
    [row] = screen(visitors, area, history=area.with_ledger(bans, bans)).rows
    assert len(row.verdict.record.values["visitor.bans"]) == 1
