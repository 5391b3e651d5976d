"""Codes with a check character: published ones are read, and no slip of one sign, or of two neighbours, is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from safety_rules.semantics.admission.formats import CREDIT_ALPHABET, FORMATS, well_formed
from safety_rules.semantics.admission.unusable import Unusable

# GB 32100-2015's code of an organisation with the parts of its example; GB 11643-1999's two; CAS numbers of common substances
READ = {
    "credit_code": {"91350100M000100Y43": None, "91350100m000100y43": "91350100M000100Y43"},
    "identity_number": {"11010519491231002X": None, "440524188001010014": None, "11010519491231002x": "11010519491231002X"},
    "cas": {"7664-41-7": None, "64-17-5": None, "7732-18-5": None, "71-43-2": None, "1310-58-3": None, "无": None, "无CAS号": "无"},
    "industry_code": {"3611": None, "39": None, "C3611": "3611", "T96": "96", " c361 ": "361"},
}  # fmt: skip
REFUSED = {
    "credit_code": [
        ("91350100M000100Y4", "credit-code"), ("91350100M000100Y433", "credit-code"), ("91350100I000100Y43", "credit-code"),
        ("91350100M000100Y4－", "credit-code"), ("", "credit-code"), ("91350100M000100Y44", "credit-code-check"),
    ],
    "identity_number": [
        ("110105194913310029", "identity-number"), ("110105194902300021", "identity-number"), ("01010519491231002X", "identity-number"),
        ("1101051949123100X2", "identity-number"), ("11010519491231002", "identity-number"), ("110105194912310021", "identity-number-check"),
    ],
    "cas": [("7664-41", "cas"), ("7-41-7", "cas"), ("76644100-41-7", "cas"), ("7664-411-7", "cas"), ("7664-41-8", "cas-check"), ("没有", "cas")],
    "industry_code": [("3", "industry-code"), ("36111", "industry-code"), ("U3611", "industry-code"), ("36.1", "industry-code")],
}  # fmt: skip


@pytest.mark.parametrize("form", READ)
def test_published_codes_are_read_as_they_are_written(form: str) -> None:
    for text, meant in READ[form].items():
        assert FORMATS[form](text) == (meant or text)
        assert well_formed(text, form) is (meant is None)
        assert well_formed(text, "")


@pytest.mark.parametrize("form", REFUSED)
def test_what_has_another_form_or_check_is_refused_with_which_of_the_two(form: str) -> None:
    for text, code in REFUSED[form]:
        assert not well_formed(text, form)
        with pytest.raises(Unusable) as found:
            FORMATS[form](text)
        assert found.value.code == code, text


def slips(text: str, signs: str) -> Iterator[str]:
    """Yield a code with one sign another, and with two neighbours exchanged."""
    for i, own in enumerate(text):
        if own in signs:
            yield from (text[:i] + other + text[i + 1 :] for other in signs if other != own)
            if (beside := text[i + 1 : i + 2]) and beside in signs and beside != own:
                yield text[:i] + beside + own + text[i + 2 :]


@pytest.mark.parametrize(
    ("form", "text", "signs"),
    [("credit_code", "91350100M000100Y43", CREDIT_ALPHABET), ("identity_number", "11010519491231002X", "0123456789")],
)
def test_no_slip_of_a_sign_or_of_neighbours_is_a_code(form: str, text: str, signs: str) -> None:
    found = list(slips(text, signs))
    assert len(found) > 60
    assert [slip for slip in found if well_formed(slip, form)] == []
