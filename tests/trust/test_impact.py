"""What new rules change: proved to be nothing, or shown by a record that the definition answers differently."""

from __future__ import annotations

import datetime
import json
import re
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner

import safety_rules as sr
from safety_rules.cli.main import cli
from safety_rules.language.rulebook import Area, Rulebook
from safety_rules.loading.files import RuleFileText, folder_files
from safety_rules.loading.rulebook import loaded
from safety_rules.semantics.reads import walk_through
from safety_rules.services.impact import compare
from safety_rules.services.impact.compare import Comparison
from safety_rules.services.mutants import mutants
from trust.fuzzing import run as run_main

BASE = Path(__file__).parents[1] / "conformance" / "base"
HEAD = """title: {zh: 样例, en: Sample}
in_force: {from: 2000-01-01}
authority: [{source: statute, clause: 一}]
"""
RULE = f"""rule: sample
{HEAD}applies_when:
  own_land: {{zh: 征地, en: own land, that: project.site == 'land'}}
requires:
  dense: {{zh: 强度, en: dense, that: 'project.invested / project.land >= 400[万元/亩]'}}
  staffed: {{zh: 人数, en: staffed, that: 'project.staff > 5[人] and not project.clean == false'}}
otherwise: {{outcome: referred}}
"""
REFORMATTED = """# 换了写法，意思不变
rule: sample
title: {zh: 另一个题目, en: Another title}
in_force:
  from: "2000-01-01"
authority:
  - source: local
    clause: 二
applies_when:
  land_of_its_own:
    zh: 征地项目
    en: land of its own
    that: 项目.方式 == '征地'
requires:
  people:
    zh: 人
    en: people
    that: (项目.清洁 != false and 5[人] < 项目.员工)
  intensity:
    zh: 投资强度
    en: intensity
    that: 4000000[元/亩] <= project.invested / project.land
otherwise:
  outcome: referred
"""


def compared(*args: Any, most: int = 400, **kwargs: Any) -> Comparison:
    """Compare with a short search, which finds all that these tests ask for."""
    return compare.compared(*args, most=most, **kwargs)


def book(rule: str = RULE, **files: str) -> Rulebook:
    """Return the conformance rules with a rule, and with whole files in place of those of that name."""
    own = [f for f in folder_files(BASE) if f.path not in files]
    more = [RuleFileText(path, text.encode()) for path, text in files.items()]
    return loaded([*own, *more, *([RuleFileText("area/sample.yaml", rule.encode())] if rule else [])])


def only(found: Comparison) -> Any:
    assert len(found.changes) == 1, [c.item for c in found.changes]
    return found.changes[0]


def replayed(old: Rulebook, new: Rulebook, change: Any) -> None:
    """Check each witness against the face, which knows nothing of impact."""
    for witness in change.witnesses:
        came = []
        for rulebook in (old, new):
            area = sr.Rules(rulebook).area(change.item.area)
            verdict = area.on(witness.on).decide(witness.given)
            came.append((verdict.at_best, verdict.at_worst))
        assert came == list(witness.outcomes)
        assert witness.before != witness.after


def test_a_file_written_another_way_is_proved_to_change_nothing() -> None:
    found = compared(book(), book(REFORMATTED))
    assert {c.item.kind for c in found.changes} == {"sentence", "cites"}  # the title, the sentences, the document
    assert compared(book(), book(f"# a comment\n{RULE}")).changes == ()
    assert found.compared > 3
    assert found.days > 3


@pytest.mark.parametrize(
    ("old", "new", "effects"),
    [
        (">= 400", ">= 400.01", ["worse"]),
        (">= 400", ">= 399.99", ["better"]),
        (">= 400", "> 400", ["worse"]),
        ("> 5[人]", ">= 5[人]", ["better"]),
        ("== 'land'", "!= 'land'", ["worse", "better"]),
        ("400[万元/亩]", "project.intensity", ["better"]),
        ("outcome: referred", "outcome: rejected", ["worse"]),
        ("outcome: referred", "outcome: conditional", ["better"]),
        ("from: 2000-01-01", "from: 2000-01-02", ["better"]),
        (" and not project.clean == false", "", ["better"]),
        ("project.staff > 5[人] and", "project.staff > 5[人] or", ["better"]),
        ("project.invested / project.land", "project.sales / project.land", ["worse", "better"]),
    ],
)
def test_a_change_of_meaning_is_shown_by_a_record_that_the_face_answers_as_told(
    old: str, new: str, effects: list[str]
) -> None:
    before, after = book(), book(RULE.replace(old, new))
    change = only(compared(before, after))
    assert (change.what, change.item.key) == ("changed", "sample")
    assert effects == [w.effect for w in change.witnesses]
    replayed(before, after, change)


def test_where_there_was_no_law_before_there_is_no_verdict_to_compare_with() -> None:
    change = only(compared(book(), book(RULE.replace("from: 2000-01-01", "from: 1999-12-31"))))
    assert (datetime.date(1999, 12, 31),) == change.days
    assert [w.effect for w in change.witnesses] == ["other"]


def test_rules_that_come_and_go_are_told_with_a_record() -> None:
    without, with_it = book(""), book()
    added, removed = only(compared(without, with_it)), only(compared(with_it, without))
    assert (added.what, removed.what) == ("added", "removed")
    assert [w.effect for w in added.witnesses] == ["worse"]
    assert [w.effect for w in removed.witnesses] == ["better"]
    replayed(without, with_it, added)
    replayed(with_it, without, removed)


def test_a_changed_figure_changes_the_rules_that_read_it_and_from_its_day_on() -> None:
    rule = RULE.replace("400[万元/亩]", "limit.intensity").replace("2000-01-01", "2018-01-01")
    figures = (BASE / "parameters.yaml").read_text("utf-8")
    changed = figures.replace('from: 2020-07-01, value: "400"', 'from: 2020-07-02, value: "400"')
    figure, change = compared(book(rule), book(rule, **{"parameters.yaml": changed})).changes
    assert (figure.item.kind, figure.item.key, figure.may_loosen) == ("figure", "limit.intensity", False)
    assert change.item.key == "sample"
    assert (datetime.date(2020, 7, 1),) == change.days
    assert [w.effect for w in change.witnesses] == ["better"]


def test_a_changed_derivation_and_all_that_reads_it_are_told() -> None:
    derived = (BASE / "area" / "intensity.yaml").read_text("utf-8")
    rule = RULE.replace("project.invested / project.land >= 400", "project.intensity >= 400")
    after = book(rule, **{"area/intensity.yaml": derived.replace("project.land", "(2 * project.land)")})
    keys = {c.item.key for c in compared(book(rule), after).changes}
    assert {"intensity", "sample"} == keys


def test_units_and_outcomes_that_change_are_told() -> None:
    units = (BASE / "units.yaml").read_text("utf-8")
    area = (BASE / "area" / "area.yaml").read_text("utf-8")
    other = area.replace("  conditional: {zh: 附条件准入, en: Admitted on conditions}\n", "")
    assert area != other
    bigger = re.sub(r"(  亩: \{dimension: area, scale: )[^,}]+", r"\g<1>700", units)
    assert units != bigger
    assert "units" in {c.item.kind for c in compared(book(), book(**{"units.yaml": bigger})).changes}
    assert "area" in {c.item.kind for c in compared(book(), book(**{"area/area.yaml": other})).changes}


def unread(area: Area) -> set[str]:
    """Return the derivations that no rule reads, so that a change of them changes no verdict."""
    derivations, seen = {d.fact: d for d in area.derivations}, set[str]()
    clauses = [c for r in area.rules for c in (*r.applies_when, *r.requires)]
    keys = {str(getattr(n, "key", "")) for c in clauses for n in walk_through(c.that, derivations, seen)}
    return {d.key for d in area.derivations if d.fact not in keys}


def test_changes_of_the_built_in_rules_are_found_one_and_all() -> None:
    rules = sr.load().rulebook
    made = list(mutants(rules, "admission"))
    unshown = []
    for mutant in Random(7).sample([m for m in made if m.of not in unread(rules.areas["admission"])], 3):
        found = compared(rules, mutant.rulebook, "admission", datetime.date(2020, 10, 1), most=1000)
        same = [c for c in found.changes if c.item.key == mutant.of]
        if mutant.what.en.startswith(("it starts", "it ends")):
            continue
        if not same or not same[0].witnesses:
            unshown.append(mutant.text())
        else:
            replayed(rules, mutant.rulebook, same[0])
    assert unshown == []


def test_a_standing_matters_only_where_it_is_required() -> None:
    cited = RULE.replace("source: statute", "source: statute, standing: assumed")
    from safety_rules.language.source import Standing

    assert only(compared(book(), book(cited))).leads == ("statute", "assumed")
    told, rule = compared(book(), book(cited), require=Standing.local).changes
    assert (told.item.kind, rule.item.key) == ("cites", "sample")


def folder(tmp_path: Path, name: str, rule: str) -> str:
    """Return a rules folder: the conformance rules, and one rule."""
    place = tmp_path / name
    for file in folder_files(BASE):
        path = place / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
    (place / "area" / "sample.yaml").write_text(rule, "utf-8")
    (place / "area" / "is_ready.yaml").unlink()
    return str(place)


LEDGER = """项目.名称,方式,投资,用地面积,员工,清洁
甲,征地,8000,20,6,是
乙,征地,8001,20,6,是
丙,征地,,20,6,是
丁,租赁,100,20,6,是
"""


@pytest.fixture
def sides(tmp_path: Path) -> list[str]:
    stricter = RULE.replace(">= 400", ">= 400.05")
    (tmp_path / "ledger.csv").write_text(LEDGER, "utf-8")
    return ["impact", "--old", folder(tmp_path, "old", RULE), "--new", folder(tmp_path, "new", stricter)]


def run(*args: str) -> Any:
    return CliRunner().invoke(cli, list(args))


def test_a_ledger_tells_whose_verdict_changes_why_and_how_much_money(sides: list[str], tmp_path: Path) -> None:
    asked = [*sides, str(tmp_path / "ledger.csv"), "--area", "base", "--on", "2020-10-01", "--total", "项目.投资"]
    done = run(*asked, "--format", "json")
    assert done.exit_code == 0
    came = json.loads(done.output)
    assert came["rows"] == 4
    assert came["without_amount"] == 1
    assert [came["outcomes"][k] for k in ("admitted", "referred", "undetermined")] == [
        {"before": 3, "after": 2},
        {"before": 0, "after": 1},
        {"before": 1, "after": 1},
    ]
    assert came["amounts"]["admitted"] == {"before": "16101", "after": "8101"}
    (changed,) = came["changed"]
    assert (
        changed["row"], changed["subject"], changed["before"], changed["after"], changed["amount"],
    ) == (2, "甲", ["admitted", "admitted"], ["referred", "referred"], "8000")  # fmt: skip
    (why,) = changed["why"]
    assert (
        why["rule"], why["before"], why["after"], why["clauses"],
    ) == ("sample", "satisfied", "violated (referred)", ["dense"])  # fmt: skip
    chinese = run(*asked).output
    assert "共 4 行，1 行结论改变" in chinese
    assert "样例［sample］符合 → 不符合（提交研判）：强度" in chinese
    markdown = run(*asked, "--format", "markdown", "-l", "en").output
    assert "| 2 | 甲 | Admitted | Referred | Sample [sample] satisfied → violated (Referred): dense | 8000 万元 |" in (
        markdown
    )


def test_the_exit_codes_say_whether_a_change_is_allowed(sides: list[str], tmp_path: Path) -> None:
    turned = ["impact", "--old", sides[4], "--new", sides[2]]
    assert run(*sides, "--fail-on-change").exit_code == 5
    assert run(*sides, "--only-stricter").exit_code == 0
    assert run(*turned, "--only-stricter").exit_code == 5
    same = ["impact", "--old", sides[2], "--new", sides[2], "--fail-on-change"]
    assert run(*same).exit_code == 0
    ledger = [str(tmp_path / "ledger.csv"), "--area", "base", "--on", "2020-10-01"]
    assert run(*sides, *ledger, "--fail-on-change").exit_code == 5
    assert run(*sides, *ledger, "--only-stricter").exit_code == 0
    assert run(*turned, *ledger, "--only-stricter").exit_code == 5
    assert run(*same, *ledger).exit_code == 0


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (["--area", "bass"], 2),
        (["--on", "soon"], 2),
        (["--require-standing", "sure"], 2),
        (["--total", "project.land"], 2),
        (["nowhere.csv", "--area", "base"], 6),
        (["--new-overlay", "nowhere.yaml"], 2),
        (["--output", "nowhere/there/report.txt"], 2),
    ],
)
def test_wrong_arguments_are_answered_in_one_line(sides: list[str], more: list[str], code: int) -> None:
    came, said = run_main(".", [*sides, *more])
    assert came == code
    assert said.strip()


def test_a_total_that_is_no_number_is_refused(sides: list[str], tmp_path: Path) -> None:
    done = run(*sides, str(tmp_path / "ledger.csv"), "--area", "base", "--on", "2020-10-01", "--total", "project.site")
    assert isinstance(done.exception, sr.NotFoundError)


def test_an_area_that_only_one_side_has_is_compared(tmp_path: Path) -> None:
    old = book()
    new = replace(old, areas={})
    found = compared(old, new)
    assert {"removed"} == {c.what for c in found.changes}
