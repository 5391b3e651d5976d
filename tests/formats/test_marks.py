"""One mark for an outcome wherever it is shown, none like another, and no colour where there is nothing to warn of."""

from __future__ import annotations

import pytest

from safety_rules.face import load
from safety_rules.formats.marks import IDLE, NEUTRAL, marks
from safety_rules.formats.styles import look, looks


@pytest.mark.parametrize("area", load().areas)
def test_each_outcome_has_a_mark_of_its_own_in_workbooks_and_on_pages(area: str) -> None:
    outcomes = [o.key for o in load().area(area).rulebook.areas[area].outcomes]
    found = marks(outcomes)
    judged = [found[o] for o in outcomes if o not in NEUTRAL]
    assert len({(m.sign, m.fill) for m in judged}) == len(judged)
    assert {found[o] for o in outcomes if o in NEUTRAL} <= {IDLE}
    assert looks(outcomes) == {key: look(mark) for key, mark in found.items()}


def test_what_is_no_hazard_takes_no_colour() -> None:
    found = marks(["not_applicable", "not_major", "ungraded", "level_4", "level_1"])
    assert [found[key].fill for key in NEUTRAL] == ["#FFFFFF", "#FFFFFF"]
    assert looks(["not_major", "level_4"])["not_major"].fill == ""
