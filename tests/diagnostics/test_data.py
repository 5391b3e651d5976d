"""Wrong data gives a named problem and an unknown fact, never a value and never an exception."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from conformance.suite import book
from diagnostics.reading import bad_files, codes
from safety_rules.semantics.admission.admit import admit
from safety_rules.semantics.admission.formats import FORMATS
from safety_rules.semantics.admission.unusable import Unusable

CASES = yaml.load((Path(__file__).parent / "data.yaml").read_text("utf-8"), yaml.BaseLoader)


@pytest.mark.parametrize("case", [c for c in CASES if "format" not in c], ids=str)
def test_wrong_data_is_a_named_problem_and_unknown(case: dict[str, Any]) -> None:
    record = admit(case["given"], book().vocabulary, derived=frozenset({"project.intensity"}))
    assert [case["code"]] == [p.code for p in record.problems]
    assert all(p.message.zh and p.message.en for p in record.problems)
    assert not any(v for v in record.values.values() if v != ({},))


@pytest.mark.parametrize("case", [c for c in CASES if "format" in c], ids=str)
def test_a_wrong_code_is_refused_by_its_format(case: dict[str, Any]) -> None:
    with pytest.raises(Unusable) as wrong:
        FORMATS[case["format"]](case["given"])
    assert case["code"] == wrong.value.code


def test_every_code_of_data_has_a_case() -> None:
    of_data = codes("semantics/admission")
    assert of_data - {"empty-list", "unreadable"} <= {c["code"] for c in CASES} | set(bad_files())
