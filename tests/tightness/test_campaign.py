"""The campaign's command: what it prints, and that no verdict it looks at is narrower than the truth."""

from __future__ import annotations

import pytest

from tightness.campaign import areas, main


def test_open_verdicts_are_held_to_every_completion(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["4", "2", "rectification"]) == 0
    said = capsys.readouterr().out
    assert "seed 2" in said
    assert "as wide" in said


def test_every_area_is_asked_where_none_is_named() -> None:
    assert {"admission", "major_hazard", "appraisal"} <= set(areas(["20", "1"]))
    assert areas(["20", "1", "appraisal"]) == ["appraisal"]
