"""Criteria sets that are wrong together: editions that overlap or leave a hole, one matter named twice."""

from __future__ import annotations

import pytest

from diagnostics.reading import HERE, with_files
from safety_rules.loading.files import RuleFileText

TEXT = (HERE / "bad-unknown-matter" / "area" / "bad.yaml").read_text("utf-8").replace("meltin", "melting")


def edition(name: str, period: str, text: str = TEXT) -> RuleFileText:
    """Return a set of one item that is an edition of `steps`."""
    written = text.replace("criteria: bad", f"criteria: {name}").replace("melts_cleanly", f"{name}_melts")
    written = written.replace("{from: 2020-01-01}", f"{period}\nedition_of: steps")
    return RuleFileText(f"area/{name}.yaml", written.encode())


@pytest.mark.parametrize(
    ("first", "codes"),
    [
        ("{from: 2010-01-01, until: 2019-12-31}", []),
        ("{from: 2010-01-01, until: 2020-01-01}", ["timeline-overlap"]),
        ("{from: 2010-01-01}", ["timeline-overlap"]),
        ("{from: 2010-01-01, until: 2019-12-30}", ["timeline-hole"]),
    ],
)
def test_editions_follow_each_other(first: str, codes: list[str]) -> None:
    _, found = with_files([edition("one", first), edition("two", "{from: 2020-01-01}")])
    assert [d.code for d in found] == codes


def test_two_standings_of_one_item_are_a_key_given_twice() -> None:
    twice = TEXT.replace("    matter:", "    standing: statute\n    standing: secondary\n    matter:")
    _, found = with_files([RuleFileText("area/bad.yaml", twice.encode())])
    assert "duplicate-key" in {d.code for d in found}


def test_one_matter_is_named_by_one_item() -> None:
    named = TEXT.replace("matter: melting", "matter: {zh: 熔化, en: Melting}")
    _, found = with_files(
        [edition("one", "{from: 2010-01-01, until: 2019-12-31}", named), edition("one", "{from: 2020-01-01}", named)]
    )
    assert "defined-twice" in {d.code for d in found}
