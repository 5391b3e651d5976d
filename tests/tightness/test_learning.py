"""Learning a fact, a list or a field of a list's record never widens a verdict, in any area."""

from __future__ import annotations

import pytest

import safety_rules as sr
from effort import effort
from tightness import learning
from tightness.campaign import DAY, DAYS, areas
from tightness.learning import learned


@pytest.mark.parametrize("key", areas([]))
def test_learning_never_widens(key: str) -> None:
    done, wide = learned(sr.load().area(key).on(DAYS.get(key, DAY)), effort(100), "7")
    assert done >= 100
    assert wide == []


def test_what_is_forgotten_again_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = "project.catalogue_class"
    told = [("project.site", "land"), (chosen, "eliminated"), (chosen, None)]
    monkeypatch.setattr(learning, "steps", lambda *_: iter(told))
    assert learned(sr.load().area("admission").on("2020-10-01"), 3, "7") == (3, told)
