"""Codes with a form of their own: the unified social credit code, the identity number, the industry code."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping

from safety_rules.semantics.admission.unusable import Unusable

# GB 32100-2015: 31 characters (no I O S V Z), position weights 3^i mod 31, check = 31 - sum mod 31.
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))


def credit_check_character(first_17: str) -> str:
    """Return the check character of the first 17 characters of a unified social credit code (GB 32100-2015)."""
    total = sum(CREDIT_ALPHABET.index(c) * w for c, w in zip(first_17, CREDIT_WEIGHTS, strict=True))
    return CREDIT_ALPHABET[-total % 31]


def _credit_code(text: str) -> str:
    code = text.upper()
    if len(code) != 18 or any(c not in CREDIT_ALPHABET for c in code):
        raise Unusable("credit-code", data=text[:20])
    if credit_check_character(code[:17]) != code[17]:
        raise Unusable("credit-code-check", data=code)
    return code


def _industry_code(text: str) -> str:
    found = re.fullmatch(r"[A-T]?([0-9]{2,4})", text.strip().upper())
    if found is None:
        raise Unusable("industry-code", data=text[:20])
    return found[1]


def cas_check_digit(digits: str) -> int:
    """Return the check digit of a CAS number's other digits: their sum, weighted from the right by 1, 2, 3 ..., modulo 10."""
    return sum(i * int(d) for i, d in enumerate(reversed(digits), start=1)) % 10


def _cas(text: str) -> str:
    if text in ("无", "无CAS号"):
        return "无"
    found = re.fullmatch(r"([0-9]{2,7})-([0-9]{2})-([0-9])", text)
    if found is None:
        raise Unusable("cas", data=text[:20])
    if cas_check_digit(found[1] + found[2]) != int(found[3]):
        raise Unusable("cas-check", data=text)
    return text


# GB 11643-1999: 17 digits with the day of birth in them, then a check character by ISO 7064, MOD 11-2.
IDENTITY_WEIGHTS = tuple(pow(2, 17 - i, 11) for i in range(17))


def identity_check_character(first_17: str) -> str:
    """Return the check character of the first 17 digits of a citizen's identity number (GB 11643-1999)."""
    total = sum(int(digit) * weight for digit, weight in zip(first_17, IDENTITY_WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


def _identity_number(text: str) -> str:
    number = text.upper()
    found = re.fullmatch(r"[1-9][0-9]{5}([0-9]{4})([0-9]{2})([0-9]{2})[0-9]{3}[0-9X]", number)
    try:
        datetime.date(*(int(part) for part in found.groups())) if found is not None else None
    except ValueError:
        found = None
    if found is None:
        raise Unusable("identity-number", data=text[:20])
    if identity_check_character(number[:17]) != number[17]:
        raise Unusable("identity-number-check", data=number)
    return number


FORMATS: Mapping[str, Callable[[str], str]] = {
    "credit_code": _credit_code,
    "industry_code": _industry_code,
    "cas": _cas,
    "identity_number": _identity_number,
}


def well_formed(text: str, format: str) -> bool:
    """Return whether text is already in the form that admission gives it."""
    if not format:
        return True
    try:
        return FORMATS[format](text) == text
    except Unusable:
        return False


EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "credit_code": ("91320900MA0000000" + credit_check_character("91320900MA0000000"),),
    "industry_code": ("3611", "39"),
    "cas": ("无", "7664-41-7"),
    "identity_number": ("32040019800101001" + identity_check_character("32040019800101001"),),
}
