"""Objects of whatever class as the plain data that they stand for; what stands for none is named, and nothing escapes."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from types import NoneType
from typing import Any

from safety_rules.language import limits
from safety_rules.semantics.admission.unusable import Unusable
from safety_rules.words.said import Said

MOST_SHOWN = 80
LARGEST = 10**limits.DIGITS_OF_NUMBER  # no fact needs more digits, and the next sum of two would take all memory


@dataclasses.dataclass(frozen=True, slots=True)
class Unread:
    """A cell whose value its file does not tell: what it shows, if anything, and why it is unknown."""

    shown: str
    why: Said

    def __str__(self) -> str:
        return self.shown


PLAIN = frozenset(
    {Unread, str, int, float, bool, NoneType, Decimal, Fraction, datetime.date, list, tuple, dict, set, frozenset}
)


def shown(data: Any, most: int = MOST_SHOWN) -> str:
    """Return data as text of at most `most` characters, whatever it is: a number of many digits by its size.

    >>> shown(10**5000), shown("x" * 9, 4)
    ('1E+5000', 'xxx…')
    """
    try:
        if isinstance(data, int) and abs(data) >= LARGEST:
            return f"{'-' * (data < 0)}{_leading(abs(data))}"
        text = str(data).strip()
    except Exception:  # a class that cannot be shown, or data that holds itself
        return "…"
    return text if len(text) <= most else text[: most - 1] + "…"


def _leading(number: int) -> str:
    digits = int((number.bit_length() - 1) * 0.30102999566398120)
    digits += number >= 10 ** (digits + 1)
    return f"{number // 10**digits}E+{digits}"


def plain(data: Any) -> Any:
    """Return data as Python's own: of numpy, pandas and pydantic too; None for NaT and NA. Raises Unusable."""
    if type(data) in PLAIN:
        return data
    try:
        return _of_object(data)
    except Unusable:
        raise
    except Exception:
        raise Unusable("unreadable") from None


def _of_object(data: Any) -> Any:
    match data:
        case str():
            return str.__str__(data)
        case list():  # what it holds, whatever its class says of that
            return list.__getitem__(data, slice(None))
        case tuple():
            return tuple.__getitem__(data, slice(None))
        case bool() | Mapping() | set() | frozenset():
            return data
        case int():
            return int.__pos__(data)
        case float():
            return float.__pos__(data)
        case datetime.date():
            return data if data == data else None
        case Decimal():
            return Decimal(data)
        case Fraction():
            return Fraction(data.numerator, data.denominator)
    name = type(data).__name__
    if name in ("NAType", "NaTType"):
        return None
    if name == "datetime64":
        return data.astype("datetime64[us]").item()
    if hasattr(data, "model_dump"):
        return data.model_dump(by_alias=False, exclude_unset=True)
    if dataclasses.is_dataclass(data) and not isinstance(data, type):
        return {f.name: getattr(data, f.name) for f in dataclasses.fields(data)}
    for method in ("tolist", "to_list", "item", "as_py", "to_pylist"):
        if hasattr(data, method):
            found = getattr(data, method)()
            if type(found) in PLAIN or isinstance(found, datetime.datetime):
                return found
    return data
