"""Everything that an answer is read by is compared: words, tables, sources, what is to be done; what is not shown is
not let through.
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import safety_rules as sr
from safety_rules.cli.main import cli
from safety_rules.loading.folders import rulebook_of
from safety_rules.services.impact.leads import leads
from trust.test_impact import BASE, RULE, book, compared, folder, replayed

WORDS = (BASE / "vocabulary.yaml").read_text("utf-8")
ALIASED = WORDS.replace("land: {zh: 征地, en: Own land}", "land: {zh: 征地, en: Own land, aliases: [购地]}")
OTHERWISE = "otherwise: {outcome: referred}"
SEVERE = RULE.replace("project.site == 'land'", "any(e.severe for e in enterprise.events)")
HEAVY = RULE.replace("project.site == 'land'", "'project.mass >= quantity[project.code].amount'")


def moved(old: dict[str, str], new: dict[str, str], rule: str = RULE) -> dict[tuple[str, str], Any]:
    """Return the changes between the conformance rules with some files and with others, by kind and key."""
    found = compared(book(rule, **old), book(rule, **new), most=200)
    return {(c.item.kind, c.item.key): c for c in found.changes}


def test_an_alias_that_leads_to_another_option_is_one_line_with_a_record_that_writes_it() -> None:
    sites = "    lease: {zh: 租赁, en: Leased}"
    elsewhere = WORDS.replace(sites, "    lease: {zh: 租赁, en: Leased, aliases: [购地]}")
    before, after = book(**{"vocabulary.yaml": ALIASED}), book(**{"vocabulary.yaml": elsewhere})
    (change,) = compared(before, after).changes
    assert (change.item.kind, change.item.key, change.leads) == ("spelling", "sites: 购地", ("land", "lease"))
    assert [w.effect for w in change.witnesses] == ["better"]
    assert change.witnesses[0].given["project.site"] == "购地"
    assert change.may_loosen
    came = [
        sr.Rules(b).area("base").on(change.witnesses[0].on).decide(change.witnesses[0].given) for b in (before, after)
    ]
    assert [(v.at_best, v.at_worst) for v in came] == list(change.witnesses[0].outcomes)


def test_an_alias_that_is_dropped_leads_nowhere() -> None:
    change = moved({"vocabulary.yaml": ALIASED}, {})["spelling", "sites: 购地"]
    assert (change.what, change.leads) == ("removed", ("land", "—"))


@pytest.mark.parametrize(
    ("old", "new", "kind", "key"),
    [
        ("kind: number, unit: 亩, above: 0}", "kind: number, unit: 亩, above: 1}", "fact", "project.land"),
        ("en: Sales, kind: number, unit: 亿元}", "en: Sales, kind: number, unit: 万元}", "fact", "project.sales"),
        ("plausible: {maximum: 1000,", "plausible: {maximum: 2000,", "fact", "project.crowd"),
        ("maximum: 3}", "maximum: 3, step: 0.5}", "fact", "project.level"),
        ("{zh: 员工, en: Staff,", "{zh: 员工, en: Staff, headings: [从业人数],", "heading", "project: 从业人数"),
        ("{zh: 员工, en: Staff,", "{zh: 员工, en: Staff, blank_words: [无],", "fact", "project.staff"),
        ("identity: [project.name]", "identity: [project.code]", "subject", "project"),
        (
            "mixing: {zh: 混合, en: Mixing}",
            "mixing: {zh: 混合, en: Mixing, aliases: [搅拌]}",
            "spelling",
            "steps: 搅拌",
        ),
    ],
)
def test_each_thing_that_a_value_is_read_by_has_a_line_of_its_own(old: str, new: str, kind: str, key: str) -> None:
    assert old in WORDS
    assert (kind, key) in moved({}, {"vocabulary.yaml": WORDS.replace(old, new, 1)})


def test_labels_that_are_exchanged_are_told_by_each_of_their_spellings() -> None:
    turned = WORDS.replace("征地", "某").replace("租赁", "征地").replace("某", "租赁")
    found = moved({}, {"vocabulary.yaml": turned})
    assert {("spelling", "sites: 征地"), ("spelling", "sites: 租赁")} <= set(found)


def test_a_figure_of_a_row_and_a_spelling_that_is_given_to_another_row_are_told_at_the_row() -> None:
    table = "tables/quantities_2019.csv"
    text = (BASE / table).read_text("utf-8")
    (change,) = compared(
        book(HEAVY), book(HEAVY, **{table: text.replace("toluene,,500", "toluene,,5000")}), most=200
    ).changes
    assert (change.item.kind, change.item.key) == ("row", "quantity @2019-01-01: 甲苯")
    assert change.at is not None
    assert change.at.place == "tables/quantities_2019.csv:3:1"
    assert change.witnesses
    given = text.replace("ammonia;液氨", "ammonia").replace("toluene", "toluene;液氨")
    found = moved({}, {table: given}, HEAVY)
    assert found["row_spelling", "quantity @2019-01-01: 液氨"].leads == ("氨", "甲苯")


def test_an_edition_that_starts_on_another_day_is_told_with_the_rows_that_differ_then() -> None:
    text = (BASE / "tables" / "quantities.yaml").read_text("utf-8")
    later = text.replace("2018-12-31", "2019-06-30").replace("from: 2019-01-01", "from: 2019-07-01")
    found = moved({}, {"tables/quantities.yaml": later}, HEAVY)
    assert {"edition", "row"} <= {kind for kind, _ in found}


def test_sources_and_what_is_to_be_done_have_lines() -> None:
    text = (BASE / "sources.yaml").read_text("utf-8")
    dated = text.replace("standing: statute}", "standing: statute, in_force: {from: 1990-01-01, until: 2010-12-31}}", 1)
    told = RULE.replace(OTHERWISE, "otherwise: {outcome: referred, remedy: {zh: 补足投资, en: Invest more}}")
    other = told.replace("补足投资", "说明理由")
    found = compared(book(), book(**{"sources.yaml": dated}), most=200).changes
    assert ("source", "statute") in {(c.item.kind, c.item.key) for c in found}
    assert ("rule", "sample") in {(c.item.kind, c.item.key) for c in found}, "its authority lapses"
    (change,) = compared(book(told), book(other), most=200).changes
    assert (change.item.kind, change.item.key) == ("remedy", "base/sample")


@pytest.mark.parametrize(
    ("old", "new", "loosens"),
    [
        ("plausible: {maximum: 1000,", "plausible: {maximum: 2000,", True),
        ("plausible: {maximum: 1000,", "plausible: {maximum: 500,", False),
        ("{zh: 员工, en: Staff,", "{zh: 员工, en: Staff, blank_words: [无],", True),
    ],
)
def test_a_fact_that_takes_what_it_asked_about_before_is_a_loosening_whatever_a_few_records_say(
    old: str, new: str, loosens: bool
) -> None:
    before, after = book(), book(**{"vocabulary.yaml": WORDS.replace(old, new, 1)})
    (change,) = [c for c in compared(before, after, most=10).changes if c.item.kind == "fact"]
    assert change.takes_more is loosens
    assert change.may_loosen >= loosens


BOTH = (RULE, "area/sample.yaml")
AREA = ((BASE / "area" / "area.yaml").read_text("utf-8"), "area/area.yaml")


@pytest.mark.parametrize(
    ("file", "old", "new", "key"),
    [
        (BOTH, "zh: 样例", "zh: 反例", "base/sample: title"),
        (BOTH, "zh: 强度", "zh: 不强", "base/sample: requires.dense"),
        (AREA, "admitted: {zh: 准入", "admitted: {zh: 不准入", "base: admitted"),
        ((WORDS, "vocabulary.yaml"), "zh: 征地", "zh: 租地", "choices sites: options.land"),
    ],
)
def test_a_sentence_that_people_are_told_has_a_line_where_it_says_otherwise(
    file: tuple[str, str], old: str, new: str, key: str
) -> None:
    text, path = file
    assert old in text
    rule = "" if path == BOTH[1] else RULE
    files = [{path: t} for t in (text, text.replace(old, new, 1))]
    changes = {c.item.key: c for c in compared(*(book(rule, **f) for f in files), most=10).changes}
    assert changes[key].item.kind == "sentence"
    assert changes[key].may_loosen


def test_a_quotation_altered_by_a_sign_is_told() -> None:
    sides = [book(RULE.replace("clause: 一}", f"clause: 一, quotation: 应当足额{end}}}")) for end in "。；"]
    (change,) = compared(*sides, most=10).changes
    assert (change.item.kind, change.item.key) == ("cites", "base/sample: statute 一")


def test_a_new_fact_that_only_a_new_rule_reads_is_not_held_against_it() -> None:
    more = WORDS.replace("  project.name:", "  project.fence: {zh: 围栏, en: Fence, kind: boolean}\n  project.name:")
    rule = RULE.replace("requires:\n", "requires:\n  fenced: {zh: 有围栏, en: fenced, that: project.fence}\n")
    found = compared(book(), book(rule, **{"vocabulary.yaml": more}), most=200).changes
    assert {(c.item.kind, c.item.key) for c in found} == {("fact", "project.fence"), ("rule", "sample")}
    assert not any(c.may_loosen for c in found)


def test_a_stricter_rule_is_proved_never_to_make_a_verdict_better() -> None:
    (change,) = compared(book(), book(RULE.replace(">= 400", ">= 400.01")), most=200).changes
    assert change.never_better


def test_a_loosening_deep_within_a_list_is_found() -> None:
    text = (BASE / "area" / "severe.yaml").read_text("utf-8")
    before = text[text.index("derives:") :].splitlines()[0]
    loose = text.replace(before, "derives: e.deaths >= 3[人] or e.loss >= 987654[万元]")
    tight = text.replace(before, "derives: e.deaths >= 3[人] or e.loss >= 4321[万元]")
    old, new = (book(SEVERE, **{"area/severe.yaml": t}) for t in (tight, loose))
    changes = {c.item.key: c for c in compared(old, new, most=200).changes}
    assert {"severe", "sample"} <= set(changes)
    assert changes["sample"].may_loosen
    replayed(old, new, changes["sample"])


def test_a_change_without_a_witness_is_refused(tmp_path: Path) -> None:
    sides = ["impact", "--old", folder(tmp_path, "old", RULE), "--new", folder(tmp_path, "new", RULE)]
    assert CliRunner().invoke(cli, [*sides, "--only-stricter"]).exit_code == 0
    place = tmp_path / "new" / "vocabulary.yaml"
    place.write_text(WORDS.replace("{zh: 员工, en: Staff,", "{zh: 员工, en: Staff, headings: [从业人数],"), "utf-8")
    for wanted in ("--only-stricter", "--fail-on-change"):
        done = CliRunner().invoke(cli, [*sides, wanted])
        assert done.exit_code == 5
        assert "从业人数" in done.output


def test_a_heading_that_is_taken_over_is_told_of_an_area_too() -> None:
    first = WORDS.replace("{zh: 员工, en: Staff,", "{zh: 员工, en: Staff, headings: [人手],")
    second = WORDS.replace("{zh: 代码, en: Code,", "{zh: 代码, en: Code, headings: [人手],")
    old, new = (book(**{"vocabulary.yaml": t}) for t in (first, second))
    (change,) = compared(old, new, "base", datetime.date(2020, 10, 1), most=50).changes
    assert change.leads == ("project.staff", "project.code")
    assert change.may_loosen


def test_everything_that_leads_somewhere_has_its_place_in_the_files() -> None:
    found = leads(rulebook_of(None))
    assert [(kind, key) for (kind, key), lead in found.items() if lead.at is None] == []
    lines = {key: line_of(found[key]) for key in PLACED}
    assert {key: PLACED[key] in line for key, line in lines.items()} == dict.fromkeys(PLACED, True), lines


PLACED = {
    ("spelling", "listing_status: 未移出"): "listed: {zh: 在列",
    ("choices", "listing_status"): "listing_status:",
    ("heading", "project: 税收收入"): "project.annual_tax:",
    ("heading", "enterprise.accidents: 发生时间"): "date: {zh: 事故日期",
    ("units", "平方"): "m2: {dimension: area",
    ("subject", "enterprise"): "enterprise:",
    ("ratio", "project.tax_by_land"): "project.tax_by_land:",
    ("contradiction", "project.code_against_kind"): "project.code_against_kind:",
    ("table", "gas_beta"): "table: gas_beta",
    ("sentence", "admission: rejected"): "area: admission",
    ("sentence", "named: project_in_production"): "that: 项目.项目阶段 == '已投产'",
}


def line_of(lead: Any) -> str:
    source = lead.at.source
    return str(source.line_at(lead.at.start)[1])
