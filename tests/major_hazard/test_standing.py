"""How sure a level is: β of several categories is assumed and says so; in the definition, compiled and in SQL."""

from __future__ import annotations

import datetime
from fractions import Fraction
from pathlib import Path
from random import Random

import pyarrow as pa
import pytest

import safety_rules as sr
from major_hazard.test_grading import random_unit, record
from safety_rules.engines.compiled.area import compiled
from safety_rules.engines.compiled.derived import duties
from safety_rules.engines.compiled.standing import standings
from safety_rules.engines.sql.records import arrow_type
from safety_rules.language.verdict import Reason, Status
from safety_rules.semantics.decide import area_on
from safety_rules.semantics.verdict.verdict import decide
from safety_rules.testing.passing import passing_record

RULES = sr.load().area("major_hazard")
AREA = RULES.on("2020-10-01")
LOCAL = RULES.on("2020-10-01", "local")
SEVERAL = record([("中间体甲", Fraction(30), ["W2", "J3"])], 50)
ONE = record([("中间体甲", Fraction(30), ["W2"])], 50)


def test_the_beta_of_several_categories_is_assumed_and_that_of_one_is_statute() -> None:
    several, one = AREA.decide(SEVERAL), AREA.decide(ONE)
    assert (several.outcome, several.standing.name) == ("level_4", "assumed")
    assert (one.outcome, one.standing.name) == ("level_4", "statute")


def test_the_finding_names_the_derivation_that_it_rests_on() -> None:
    verdict = AREA.decide(SEVERAL)
    found = verdict.finding("below_level_3")
    assert list(found.derivations) == ["unit.chemicals.largest_beta"]
    assert found.status is Status.SATISFIED
    assert dict(verdict.finding("identified").derivations) == {}
    [finding] = [f for f in verdict.to_dict()["findings"] if f["rule"] == "below_level_3"]
    assert finding["derivations"]["unit.chemicals.largest_beta"]["standing"] == "assumed"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", "结论依据效力较弱之处——依据（多种类别中最大的校正系数β）"),
        ("en", "what makes the verdict less sure: authority for Largest β of several categories"),
    ],
)
def test_the_explanation_says_what_makes_the_level_less_sure(language: str, words: str) -> None:
    assert words in AREA.decide(SEVERAL).explain(language)
    assert words not in AREA.decide(ONE).explain(language)


def test_what_makes_a_verdict_less_sure_is_one_line_with_its_count_and_each_on_demand() -> None:
    admission = sr.load().area("admission").on("2026-11-29")
    verdict = admission.decide(passing_record(admission, {"project.site": "land"}))
    said, each = (verdict.explain("zh", standing=s).splitlines() for s in (False, True))
    [line], lines = ([x for x in told if "效力较弱之处" in x] for told in (said, each))
    assert len(lines) > 10
    assert line == lines[0] + f"；效力同为“暂定，待本区确认”的另有 {len(lines) - 1} 处"


def test_requiring_local_standing_leaves_the_level_open_and_names_the_derivation() -> None:
    several, one = LOCAL.decide(SEVERAL), LOCAL.decide(ONE)
    assert (several.outcome, several.at_best) == ("undetermined", "level_4")
    assert several.needs.can_change == several.needs.smallest == (Reason("authority", "largest_beta"),)
    assert "推算“多种类别中最大的校正系数β”（largest_beta）的依据须经确认" in several.explain("zh")
    assert "confirmation of how Largest β of several categories (largest_beta) is derived" in several.explain("en")
    assert one.outcome == "level_4"


def test_a_districts_overlay_confirms_a_derivation(tmp_path: Path) -> None:
    overlay = tmp_path / "district.yaml"
    overlay.write_text(
        "overlay: district\ntitle: {zh: 本区, en: District}\n"
        "sources:\n  practice: {title: {zh: 本区口径, en: District practice}, standing: local}\n"
        "confirm:\n  largest_beta: {source: practice, clause: 第一条}\n",
        encoding="utf-8",
    )
    verdict = sr.load(overlay=overlay).area("major_hazard").on("2020-10-01", "local").decide(SEVERAL)
    assert (verdict.outcome, verdict.standing.name) == ("level_4", "local")


def partial(rng: Random) -> dict:
    chemicals, population = random_unit(rng)
    data = record(chemicals, population if rng.random() < 0.7 else None)
    for item in data["unit"]["chemicals"]:
        for key in ("quantity", "categories", "cas"):
            if rng.random() < 0.1:
                item.pop(key)
    return data


@pytest.mark.parametrize("day", ["2020-10-01", "2018-06-01"])
def test_the_compiled_standing_is_that_of_the_definition_and_suffices(day: str) -> None:
    area = RULES.on(day)
    made_area = compiled(area.law)
    made, due, rng = standings(made_area), duties(area.law), Random(5)
    for _ in range(40):
        admitted = area.admit(partial(rng))
        verdict = decide(area.law, admitted)
        masks = made_area.masks(admitted.values)
        assert verdict.standing is made(admitted.values, masks, verdict.at_best)
        assert {(d.key, d.standing) for d in verdict.obligations} == {(d.key, d.standing) for d in due(admitted.values)}
        if verdict.definite:
            again = decide(area_on(area.law.rulebook, "major_hazard", area.law.as_of, verdict.standing), admitted)
            assert (verdict.at_best, verdict.at_worst) == (again.at_best, again.at_worst)


def test_every_engine_leaves_open_what_is_not_sure_enough() -> None:
    rng = Random(9)
    found = [AREA.admit(partial(rng)) for _ in range(40)]
    facts = AREA.law.rulebook.vocabulary
    keys = ("unit.scope", "unit.exposed_population", "unit.chemicals")
    table = pa.table(
        {k: pa.array([_plain(r.values.get(k)) for r in found], arrow_type(facts.facts[k], facts)) for k in keys}
    )
    law = area_on(LOCAL.law.rulebook, "major_hazard", datetime.date(2020, 10, 1), LOCAL.law.require)
    area = compiled(law)
    open_ones = 0
    for admitted, row in zip(found, LOCAL.decide_table(table), strict=True):
        verdict, masks = decide(law, admitted), area.masks(admitted.values)
        bounds = (verdict.at_best, verdict.at_worst)
        assert bounds == (row["at_best"], row["at_worst"])
        assert bounds == (area.outcome(masks.violated), area.outcome(masks.violated | masks.undetermined))
        open_ones += any(r.name == "largest_beta" for f in verdict.findings for r in f.reasons)
    assert open_ones > 3


def _plain(value: object) -> object:
    """Return an admitted value as data of a table: numbers as floats."""
    match value:
        case Fraction():
            return float(value)
        case tuple():
            return [_plain(v) for v in value]
        case dict():
            return {k: _plain(v) for k, v in value.items()}
        case _:
            return value
