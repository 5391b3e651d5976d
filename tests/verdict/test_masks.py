"""What masks say of each rule, and what gaps and changes come to."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

import safety_rules as sr
from safety_rules.language.kinds import Number
from safety_rules.language.verdict import Adjustment, Finding, Gap, Masks, SmallestChange, Status, bits
from safety_rules.semantics.decide import deciding

FACES = {
    "violated": Status.VIOLATED, "undetermined": Status.UNDETERMINED, "not_applicable": Status.NOT_APPLICABLE, "": Status.SATISFIED,
}  # fmt: skip


def masks(at: int, name: str) -> Masks:
    return Masks(**{n: 1 << at if n == name else 0 for n in Masks._fields})


@pytest.mark.parametrize("name", FACES)
@pytest.mark.parametrize("at", [0, 1, 2, 63, 70])
def test_a_rule_says_what_its_own_bit_says_and_no_other(at: int, name: str) -> None:
    found = masks(at, name)
    assert [i for i in range(80) if found.status(i) is FACES[name]] == ([at] if name else [*range(80)])
    assert found.among(1 << at) == found
    assert found.among(~(1 << at)) == (0, 0, 0)
    assert [list(bits(mask)) for mask in found] == [[at] if n == name else [] for n in Masks._fields]


def test_what_decides_an_outcome_asks_for_it_and_is_violated_or_asks_for_worse_and_is_not() -> None:
    law = sr.load().area("admission").on("2020-10-01").law
    order = [o.key for o in law.area.outcomes]
    rules = {r.otherwise.outcome: r for r in law.rules}
    assert {*order[1:]} <= rules.keys()
    found = [Finding(r, status, None, (), ()) for r in rules.values() for status in Status]
    for i, outcome in enumerate(order):
        expected = {(outcome, Status.VIOLATED)} if i else set()
        expected |= {(worse, s) for worse in order[i + 1 :] for s in (Status.SATISFIED, Status.NOT_APPLICABLE)}
        assert {(f.outcome, f.status) for f in deciding(law.area, found, outcome)} == expected
        assert deciding(law.area, [replace(f, waived=True) for f in found], outcome) == ()


def test_a_change_is_what_is_to_be_added() -> None:
    one = Adjustment("project.land", Fraction(3), Fraction(5))
    assert (one.change, Adjustment("project.land", Fraction(5), Fraction(3)).change) == (2, -2)
    assert SmallestChange((one,), Fraction(2), "admitted").proven is True


def test_parts_of_a_verdict_are_shown_in_a_line() -> None:
    area = sr.load().area("admission").on("2020-10-01")
    land = area.law.rulebook.vocabulary.facts["project.land_area"].kind
    assert isinstance(land, Number)
    gap = Gap("sample", "dense", "project.land_area", Fraction(20), Fraction(12), land)
    assert (gap.change, repr(gap)) == (-8, "<Gap sample.dense: project.land_area 20 to 12 亩>")
    found = area.decide({}).findings
    assert [repr(f) for f in found] == [f"<Finding {f.rule.key} undetermined>" for f in found]
    assert repr(replace(found[0], waived=True)) == f"<Finding {found[0].rule.key} undetermined, waived>"
