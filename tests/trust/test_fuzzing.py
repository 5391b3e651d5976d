"""A bounded run of the fuzzer; the campaign is `python tests/trust/fuzz_campaign.py --seconds 300`."""

from __future__ import annotations

from itertools import islice

import pytest

from safety_rules.language.errors import NotFoundError
from safety_rules.loading.files import RuleFileText, folder_files
from safety_rules.loading.folders import pack_folder
from safety_rules.loading.rulebook import rulebook
from trust.fuzzing import MEGABYTES, ROOT, TARGETS, bounded, inputs, peak_megabytes, run, tried

ONE = ROOT / "tests" / "trust" / "one_of_each"

ROUNDS = {"rules": 40, "condition": 400, "csv": 25, "jsonl": 20, "json": 25, "xlsx": 15, "command": 60}


@pytest.mark.parametrize("name", TARGETS)
def test_any_bytes_are_answered_without_a_traceback_a_hang_or_much_memory(name: str) -> None:
    with bounded(60):
        TARGETS[name](b"")
    before = peak_megabytes()
    for data in islice(inputs(name, 1), ROUNDS[name]):
        tried(name, data)
    assert peak_megabytes() - before < MEGABYTES


@pytest.mark.parametrize("name", sorted(p.name for p in ONE.rglob("*.yaml") if p.name != "overlay.yaml"))
def test_a_rule_file_of_any_kind_in_place_of_an_overlay_is_told_so(name: str) -> None:
    own = [f for f in folder_files(ONE) if f.path != "overlay.yaml"]
    data = next(f.data for f in own if f.path.endswith(name))
    _, found = rulebook(own, [RuleFileText("overlay.yaml", data)])
    assert "no-overlay" in {d.code for d in found}


def test_a_name_that_no_file_can_have_is_answered_in_one_line() -> None:
    code, said = run(str(ROOT), ["check", "9" * 5000])
    assert code in (2, 6)
    assert len(said) < 400
    with pytest.raises(NotFoundError) as none:  # what Python 3.14 comes to: there, such a name is no folder's
        pack_folder("9" * 5000)
    assert len(str(none.value)) < 400
