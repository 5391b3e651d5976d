"""What every case of a blank decides alike is said, beside all completions of what is blank; and in every engine."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from random import Random
from typing import Any

import pyarrow as pa
import pytest

import safety_rules as sr
from doors.contents import GOOD
from effort import effort
from safety_rules.formats.columns import told
from safety_rules.language.kinds import Boolean, Choice
from safety_rules.language.record import Record
from safety_rules.semantics.decide import findings, interval
from safety_rules.semantics.splits import splits_of
from safety_rules.semantics.verdict.verdict import decide

SITE = {"project.fixed_asset_investment": 100, "project.leased_area": 5000}
DANGER = {"level": "重大隐患", "is_closed": "否"}
MOST = 100


@pytest.fixture(scope="module")
def area() -> sr.DatedArea:
    return sr.load().area("admission").on("2020-10-01")


def without(*keys: str, **change: Any) -> dict[str, Any]:
    return {k: v for k, v in (GOOD | change).items() if k not in keys}


CASES = [
    ("site", without("project.site", **SITE), ("rejected", "rejected"), "project.site"),
    (
        "stage",
        without("project.stage", **{"project.safety_preassessment": "未开展", "project.industry_code": "5942"}),
        ("conditional", "rejected"),
        "project.stage",
    ),
    (
        "deadline",
        without(**{"enterprise.hidden_dangers": [DANGER]}),
        ("conditional", "rejected"),
        "enterprise.hidden_dangers[0].deadline",
    ),
    ("one site fits", without("project.site", **SITE | {"project.leased_area": 1}), ("admitted", "rejected"), ""),
    ("all is well", GOOD, ("admitted", "admitted"), ""),
]


@pytest.mark.parametrize(("name", "data", "ends", "blank"), CASES, ids=[c[0] for c in CASES])
def test_what_every_case_decides_alike_is_said(
    area: sr.DatedArea, name: str, data: dict[str, Any], ends: tuple[str, str], blank: str
) -> None:
    for verdict in (area.decide(data), decide(area.law, area.admit(data))):
        assert (verdict.at_best, verdict.at_worst) == ends
        assert verdict.split.blanks == ((blank,) if blank else ())
        assert bool(verdict.one_of) is bool(blank)


def test_it_is_explained_and_kept_as_data(area: sr.DatedArea) -> None:
    verdict = area.decide(CASES[0][1])
    said = "用地方式未填，但无论如何填报，以下要求至少有一项不符合："
    assert said in verdict.explain("zh")
    assert said in verdict.brief("zh")[1]
    assert "whatever it turns out to be" in verdict.explain("en")
    assert verdict.violated() == ()
    row = told(verdict, "zh")
    assert row.rules[0].startswith(said)
    assert row.reasons == ("用地方式：未填",)
    kept = verdict.to_dict()
    assert kept["one_of"] == {
        "blank": "project.site",
        "blanks": ["project.site"],
        "rules": ["land_investment_per_mu", "lease_investment_per_mu"],
    }
    assert [f["rule"] for f in kept["findings"] if f["decides"]] == kept["one_of"]["rules"]
    assert sr.VerdictModel.model_validate(kept).to_dict() == kept
    assert sr.replay(kept).same


def test_a_waived_rule_is_none_of_them(area: sr.DatedArea) -> None:
    waiver = sr.Waiver("lease_investment_per_mu", GOOD["enterprise.credit_code"], "管委会", "试点", area.law.as_of)
    verdict = area.decide(CASES[0][1], [waiver])
    assert (verdict.at_best, verdict.at_worst) == ("admitted", "rejected")


def test_needs_name_what_reaches_the_outcome_at_best(area: sr.DatedArea) -> None:
    verdict = area.decide(CASES[1][1])
    assert [r.name for r in verdict.needs.smallest] == ["project.stage"]
    assert area.decide(CASES[0][1]).needs == type(verdict.needs)()


def completions(area: sr.DatedArea, record: Record, keys: list[str]) -> Iterator[Record]:
    """Every way to fill in some blanks of few values."""
    facts = area.law.rulebook.vocabulary.facts
    kinds = [facts[k].kind for k in keys]
    values = [tuple(o.key for o in k.choices.options) if isinstance(k, Choice) else (True, False) for k in kinds]
    for chosen in itertools.product(*values):
        made = record
        for key, value in zip(keys, chosen, strict=True):
            made = made.with_value(key, value)
        yield made


def test_beside_every_completion_of_blanks_of_few_values(area: sr.DatedArea) -> None:
    """The outcome at best is never more than the least that completions of blanks of few values leave, nor less than by rule."""
    law, random, rank = area.law, Random(7), area.law.area.rank
    facts = law.rulebook.vocabulary.facts
    few = [
        k
        for k in {one for g in splits_of(law).given for one in g.keys}
        if k in facts and isinstance(facts[k].kind, Boolean | Choice)
    ]
    few = [k for k in few if k.count(".") == 1]
    lifted = tried = 0
    for _ in range(effort(12)):
        data = GOOD | {
            "project.fixed_asset_investment": random.choice([100, 9375.5]), "project.annual_sales": random.choice([10, 11250]),
            "project.safety_preassessment": random.choice(["未开展", "已通过", "依法不需要"]),
            "project.industry_code": random.choice(["3825", "5942"]), "project.leased_area": random.choice([1, 5000]),
        }  # fmt: skip
        for key in (random.choice(["project.site", "project.stage"]), *random.sample(sorted(data), 2)):
            data.pop(key, None)
        record = area.admit(data)
        blank = [k for k in few if k not in record.values]
        made = list(itertools.islice(completions(area, record, blank), MOST + 1))
        verdict = decide(law, record)
        if len(made) > MOST:
            continue
        least = min(rank(interval(law.area, findings(law, one))[0]) for one in made)
        own = rank(interval(law.area, findings(law, record))[0])
        assert own <= rank(verdict.at_best) <= max(least, own), (data, blank)
        assert (verdict.at_best, verdict.at_worst) == (area.decide(record).at_best, area.decide(record).at_worst)
        tried, lifted = tried + 1, lifted + (rank(verdict.at_best) > own)
    assert lifted >= 1, (tried, lifted)


def test_learning_a_fact_never_widens(area: sr.DatedArea) -> None:
    random, rank = Random(11), area.law.area.rank
    whole = GOOD | {"enterprise.hidden_dangers": [DANGER | {"deadline": "2020-09-01"}]}
    for name, data, _, _ in CASES[:3]:
        for _ in range(effort(8)):
            known = {k: v for k, v in data.items() if random.random() < 0.8}
            key = random.choice(sorted(set(whole) - set(known)))
            before, after = area.decide(known), area.decide(known | {key: whole[key]})
            assert rank(after.at_best) >= rank(before.at_best), (name, known, key)
            assert rank(after.at_worst) <= rank(before.at_worst), (name, known, key)


def test_a_table_says_the_same(area: sr.DatedArea) -> None:
    """Columns by DuckDB; rows that cases may lift leave SQL."""
    rows = [area.decide(data).to_dict()["provenance"]["facts"] for _, data, _, _ in CASES]
    ends = [(v.at_best, v.at_worst) for v in map(area.decide, rows)]
    keys = sorted({key for row in rows for key in row})
    table = area.decide_table(pa.Table.from_pylist([{key: row.get(key) for key in keys} for row in rows]))
    assert [(r["at_best"], r["at_worst"]) for r in table] == ends


@pytest.mark.parametrize("engine", ["duckdb", "records"])
def test_a_table_that_asks_for_bounds_alone_leaves_open_what_cases_would_decide_and_says_so(
    area: sr.DatedArea, engine: str
) -> None:
    keys, rows = sorted({key for _, row, _, _ in CASES for key in row}), [row for _, row, _, _ in CASES]
    table = pa.Table.from_pylist([{key: row.get(key) for key in keys} for row in rows])
    found = area.decide_table(table, engine=engine, tight=False)
    by_bounds = [(row["at_best"], row["at_worst"]) for row in found]
    assert by_bounds == [("admitted", "rejected")] * 4 + [("admitted", "admitted")]
    assert "bounds-alone" in [n.code for n in found.notices]
    assert [(row["at_best"], row["at_worst"]) for row in area.decide_table(table, engine=engine)] == [
        ends for _, _, ends, _ in CASES
    ]
