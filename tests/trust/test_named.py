"""Clauses, duties and citations that stand once and are referred to mean what they would mean written out."""

from __future__ import annotations

from pathlib import Path

import safety_rules as sr
from safety_rules.language.diagnostic import Span
from safety_rules.language.rule import Rule
from safety_rules.language.rulebook import Rulebook
from safety_rules.loading.files import RuleFileText, folder_files
from safety_rules.loading.rulebook import loaded, rulebook
from safety_rules.services.formatting import in_names
from safety_rules.services.lint.findings import linted
from safety_rules.services.lint.usage import unused

BASE = folder_files(Path(__file__).parents[1] / "conformance" / "base")
MADE = "concerns_this"  # that an item of a criteria set was ticked: no file writes that out
NAMED = """clauses:
  is_dense: {zh: 强度, en: Dense, that: project.intensity >= limit.intensity}
  ready: {zh: 已就绪, en: It is ready, that: project.ready}
duties:
  keep_watch:
    who: {zh: 企业, en: Enterprise}
    what: {zh: 专人看守, en: Keep watch}
citations:
  general: {source: statute, clause: 二, quotation: 原文, note: 注}
"""
OUT = """rule: one
title: {zh: 样例, en: Sample}
in_force: {from: 2020-01-01}
authority: [{source: statute, clause: 二, quotation: 原文, note: 注}, {source: guess, clause: 三}]
applies_when:
  is_ready: {zh: 已就绪, en: It is ready, that: project.ready}
requires:
  clean: {zh: 清洁, en: clean, that: project.clean}
otherwise:
  outcome: referred
  duties:
    - who: {zh: 企业, en: Enterprise}
      what: {zh: 专人看守, en: Keep watch}
"""
OWED_OUT = """obligation: owed
title: {zh: 义务, en: Owed}
in_force: {from: 2020-01-01}
authority: [{source: statute, clause: 二, quotation: 原文, note: 注}]
applies_when:
  ready: {zh: 已就绪, en: It is ready, that: project.ready}
duty:
  who: {zh: 企业, en: Enterprise}
  what: {zh: 专人看守, en: Keep watch}
"""
WRITTEN = (
    ("{source: statute, clause: 二, quotation: 原文, note: 注}", "general"),
    ("{zh: 已就绪, en: It is ready, that: project.ready}", "ready"),
    ("- who: {zh: 企业, en: Enterprise}\n      what: {zh: 专人看守, en: Keep watch}", "- keep_watch"),
    ("duty:\n  who: {zh: 企业, en: Enterprise}\n  what: {zh: 专人看守, en: Keep watch}", "duty: keep_watch"),
)
USES_WAIT = "  is_dense: is_dense\n"
OVERLAY = """overlay: district
title: {zh: 本区, en: District}
rules:
  - rule: also_ready
    area: base
    title: {zh: 也就绪, en: Also ready}
    in_force: {from: 2020-01-01}
    authority: [general]
    requires: {ready: ready}
    otherwise: {outcome: referred, duties: [keep_watch]}
"""


def referring(text: str) -> str:
    """Return a rule file with names in place of what they stand for."""
    for written, name in WRITTEN:
        text = text.replace(written, name)
    return text


def book(**files: str) -> Rulebook:
    texts = [RuleFileText(f"{p.replace('__', '/')}.yaml", text.encode()) for p, text in files.items()]
    return loaded([*BASE, *texts])


def test_a_name_means_what_it_stands_for() -> None:
    assert [referring(OUT).count(n) for n in ("general", ": ready", "- keep_watch")] == [1, 1, 1]
    named = book(named=NAMED, area__one=referring(OUT), area__owed=referring(OWED_OUT)).areas["base"]
    written = book(area__one=OUT, area__owed=OWED_OUT).areas["base"]
    assert named.rules == written.rules
    assert named.obligations == written.obligations
    one = next(r for r in named.rules if r.key == "one")
    assert (one.applies_when[0].key, one.applies_when[0].named) == ("is_ready", "ready")
    assert one.applies_when[0].at is not None
    assert one.applies_when[0].at.place == "area/one.yaml:6:13"


def test_a_duty_lapses_with_an_outcome_that_the_area_has() -> None:
    lapses = NAMED.replace("专人看守, en: Keep watch}", "专人看守, en: Keep watch}\n    lapses_with: rejected")
    own = book(named=lapses, area__one=referring(OUT), area__owed=OWED_OUT + "  lapses_with: rejected\n").areas["base"]
    rule, owed = next(r for r in own.rules if r.key == "one"), next(o for o in own.obligations if o.key == "owed")
    assert [d.lapses_with for d in (*rule.otherwise.duties, owed.duty)] == ["rejected"] * 2
    wrong = [*BASE, RuleFileText("named.yaml", lapses.replace("rejected", "rejectd").encode())]
    files = {"area/one.yaml": referring(OUT), "area/owed.yaml": OWED_OUT + "  lapses_with: rejectd\n"}
    found = rulebook([*wrong, *(RuleFileText(p, t.encode()) for p, t in files.items())])[1]
    assert [(d.code, d.at.place.partition(":")[0]) for d in found] == [
        ("unknown-outcome", "area/one.yaml"),
        ("unknown-outcome", "area/owed.yaml"),
    ]


def test_an_overlay_refers_to_the_names_of_the_rules_below_it() -> None:
    files = [*BASE, RuleFileText("named.yaml", NAMED.encode())]
    under = loaded(files, [RuleFileText("district.yaml", OVERLAY.encode())])
    added = next(r for r in under.areas["base"].rules if r.key == "also_ready")
    assert added.requires[0].that == under.named.clauses["ready"].that
    assert added.otherwise.duties == (under.named.duties["keep_watch"],)
    assert added.authority == (under.named.citations["general"],)
    wrong = OVERLAY.replace("[keep_watch]", "[keep_wacht]")
    found = rulebook(files, [RuleFileText("district.yaml", wrong.encode())])[1]
    assert [(d.code, d.at.place, d.help) for d in found] == [
        ("unknown-duty", "district.yaml:10:45", "did you mean `keep_watch`?")
    ]


def test_what_nothing_refers_to_is_found_at_its_place() -> None:
    some = referring(OUT).replace("duties:\n    - keep_watch", "remedy: {zh: 改, en: Mend}")
    idle = [(d.code, d.at.place) for d in unused(book(named=NAMED, area__one=some)) if d.code == "unused-name"]
    assert idle == [("unused-name", "named.yaml:2:39"), ("unused-name", "named.yaml:6:15")]
    silenced = NAMED + "silence:\n  - {code: unused-name, of: keep_watch, reason: 待用}\n"
    lint = linted(book(named=silenced, area__one=some))
    assert [s.of for d, s in lint.silenced if d.code == "unused-name"] == ["keep_watch"]


def test_what_is_wrong_with_a_named_clause_is_said_once_where_it_stands() -> None:
    broken = NAMED.replace("project.ready", "project.redy")
    files = {"named.yaml": broken, "area/one.yaml": referring(OUT), "area/owed.yaml": referring(OWED_OUT)}
    found = rulebook([*BASE, *(RuleFileText(p, t.encode()) for p, t in files.items())])[1]
    assert [(d.code, d.at.place) for d in found] == [("unknown-name", "named.yaml:3:43")]


def test_a_hole_in_a_timeline_is_said_where_the_name_is_used() -> None:
    early = referring(OUT).replace("2020-01-01", "1900-01-01").replace("  clean:", USES_WAIT + "  clean:")
    files = {"named.yaml": NAMED, "area/one.yaml": early}
    found = rulebook([*BASE, *(RuleFileText(p, t.encode()) for p, t in files.items())])[1]
    assert [(d.code, d.at.place) for d in found] == [("timeline-hole", "area/one.yaml:8:13")]


def test_a_name_stands_once() -> None:
    twice = [RuleFileText(p, NAMED.encode()) for p in ("a.yaml", "b.yaml")]
    found = rulebook([*BASE, *twice])[1]
    assert [(d.code, d.at.place) for d in found] == [("defined-twice", f"b.yaml:{line}:3") for line in (2, 3, 5, 9)]


def test_named_conditions_are_written_in_either_language() -> None:
    files = [*BASE, RuleFileText("named.yaml", NAMED.encode())]
    assert "that: 项目.就绪}" in in_names(files, [], "zh")["named.yaml"].decode()


def test_no_clause_or_duty_of_the_built_in_rules_is_written_out_in_three_places() -> None:
    written: dict[object, set[Span | None]] = {}
    for area in sr.load().rulebook.areas.values():
        for item in (*area.rules, *area.obligations):
            duties = item.otherwise.duties if isinstance(item, Rule) else (item.duty,)
            parts = (*item.applies_when, *(item.requires if isinstance(item, Rule) else ()))
            for p in (p for p in parts if not p.named and p.key != MADE):
                written.setdefault((p.sentence, repr(p.that)), set()).add(p.at)
            for d in (d for d in duties if not d.named):
                written.setdefault(d, set()).add(d.at)
    assert len(written) > 100
    assert [w for w, places in written.items() if len(places) > 2] == []
