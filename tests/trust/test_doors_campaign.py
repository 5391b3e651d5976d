"""A bounded run of the campaign; the whole is `python tests/trust/doors_campaign.py --records 200000`."""

from __future__ import annotations

import pytest

from trust.doors_campaign import LEDGERS, OBJECTS, QUESTIONS, TABLES, campaign
from trust.drawn_records import areas


@pytest.mark.parametrize("seed", [1, 2])
def test_records_of_any_area_come_to_the_same_through_every_door(seed: int) -> None:
    done = campaign(50, seed, batch=25)
    assert done.records >= 50
    assert done.doors.keys() == {"the definition", *OBJECTS, *TABLES, *LEDGERS}
    assert done.questions.keys() == {*QUESTIONS, "everything again, on threads"}
    assert not done.wrong, done.wrong[0]


def test_the_campaign_knows_every_area() -> None:
    import safety_rules as sr

    assert {a.key for a in areas()} == set(sr.load().areas)
