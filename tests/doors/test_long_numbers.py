"""Numbers of any length: exact where they are exact, named where a door cannot carry them, and the other rows go on."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pyarrow as pa
import pytest

import safety_rules as sr
from safety_rules.language.kinds import Number
from safety_rules.words.values import decimal, json_value, whole

LONG = (10**5000, Fraction(1, 10**5000), Fraction(10**5000 + 1, 3), -(10**4400))


@pytest.mark.parametrize("number", LONG, ids=["huge", "tiny", "a third of huge", "below zero"])
def test_a_number_of_thousands_of_digits_is_a_named_problem_and_the_batch_goes_on(number: Fraction) -> None:
    area = sr.load().area("admission").on("2020-10-01")
    bad = {"project": {"fixed_asset_investment": number, "land_area": 20}}
    good = {"project": {"fixed_asset_investment": 10000, "land_area": 20}}
    first, second = area.decide_many([bad, good])
    assert [p.path for p in first.problems] == ["project.fixed_asset_investment"]
    assert not second.problems
    assert first.to_dict()["problems"]


@pytest.mark.parametrize("number", [10**4299, 10**4300 - 1, -(10**9000) + 7, 12345 * 10**3000], ids=range(4))
def test_a_whole_number_is_written_in_all_its_digits(number: int) -> None:
    text, back = whole(number), 0
    for start in range(len(text) % 3000, len(text) + 1, 3000):
        part = text[max(0, start - 3000) : start].lstrip("-")
        back = back * 10 ** len(part) + int(part or "0")
    assert back == abs(number)
    assert text.startswith("-") == (number < 0)


def test_what_is_worked_out_may_be_longer_than_python_writes_at_once() -> None:
    number = Fraction(10**2400) ** 3
    assert decimal(number) == "1" + "0" * 7200
    assert str(json_value(number / 7, Number())).endswith("/7")


def test_a_derived_number_beyond_double_is_a_blank_cell_and_the_other_rows_are_as_they_are(tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    write(pack, "project.first * project.second")
    area = sr.load(pack).area("area").on("2021-01-01")
    rows = [{"project.first": 3.0, "project.second": 2.0}, {"project.first": 1e300, "project.second": 1e200}]
    for engine in ("duckdb", "records"):
        found = list(area.decide_table(pa.Table.from_pylist(rows), engine=engine))
        assert [row["at_best"] for row in found] == ["good", "bad"], engine
        assert found[0]["project.product"] == 6, engine


TEN = "1" + "0" * 400


@pytest.mark.parametrize(
    ("formula", "outcome"),
    [
        (f"project.first + {TEN}", "bad"),
        (f"project.first + 1{'0' * 3900}", "bad"),
        (f"project.first + 1{'0' * 90} * 1{'0' * 290}", "bad"),
        (f"abs(project.first) - {TEN} / 1{'0' * 350}", "good"),
        (f"1 if project.first >= -{TEN} else 2000", "good"),
    ],
    ids=range(5),
)
def test_a_number_written_in_a_rule_may_be_of_any_length(formula: str, outcome: str, tmp_path: Path) -> None:
    write(tmp_path, formula)
    area = sr.load(tmp_path).area("area").on("2021-01-01")
    for first in (1, 1.5):
        verdict = area.decide({"project": {"first": first, "second": 2}})
        assert (verdict.outcome, verdict.to_dict()["outcome"]) == (outcome, outcome)
        rows = pa.Table.from_pylist([{"project.first": float(first)}])
        assert [[r["at_best"] for r in area.decide_table(rows, engine=e)] for e in ("duckdb", "records")] == [
            [outcome]
        ] * 2


def write(folder: Path, formula: str) -> None:
    """Write a pack with one derived number and a rule that bounds it."""
    number = "kind: number"
    files = {
        "vocabulary.yaml": (
            "subjects:\n  project: {zh: 项目, en: Project, identity: []}\nfacts:\n"
            f"  project.first: {{zh: 甲, en: First, {number}}}\n  project.second: {{zh: 乙, en: Second, {number}}}\n"
            f"  project.product: {{zh: 积, en: Product, {number}}}\n"
        ),
        "sources.yaml": "sources:\n  act: {title: {zh: 法, en: Act}, standing: statute}\n",
        "units.yaml": "units: {}\n",
        "area/area.yaml": (
            "area: area\ntitle: {zh: 区, en: Area}\nsubjects: [project]\ncases_on: 2021-01-01\n"
            "outcomes:\n  good: {zh: 好, en: Good}\n  bad: {zh: 坏, en: Bad}\n"
        ),
        "area/product.yaml": f"derive: product\nfact: project.product\n{HEAD}derives: {formula}\n",
        "area/small.yaml": (
            f"rule: small\n{HEAD}requires:\n  small: {{zh: 小, en: Small, that: project.product <= 1000}}\n"
            "otherwise: {outcome: bad}\n"
        ),
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


HEAD = "title: {zh: 题, en: Title}\nin_force: {from: 2000-01-01}\nauthority: [{source: act, clause: 一}]\n"
