"""Objects that no program should pass, and one does: each under a name that says what it is."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pandas as pd


class Loud:
    """An object that fails in every way."""

    def _fail(self, *_: Any) -> Any:
        raise RuntimeError("no")

    def __repr__(self) -> str:
        return str(self)

    __str__ = __eq__ = __hash__ = __bool__ = __iter__ = __len__ = __lt__ = _fail  # type: ignore[assignment]

    @property
    def item(self) -> Any:
        return self._fail()

    def __getattr__(self, name: str) -> Any:
        raise OSError(name)


class Itself:
    """An object whose `item()` is the object."""

    def item(self) -> Any:
        return self


class LoudMapping(Mapping[str, Any]):
    """A mapping that does not give its items."""

    def __getitem__(self, key: str) -> Any:
        raise RuntimeError(key)

    def __iter__(self) -> Any:
        raise RuntimeError

    def __len__(self) -> int:
        return 3


class LoudText(str):
    """Text of a class that fails to show itself."""

    def __str__(self) -> str:
        raise RuntimeError

    def __hash__(self) -> int:
        raise RuntimeError

    def strip(self, *_: Any) -> str:
        raise RuntimeError


@dataclasses.dataclass
class Holder:
    """A dataclass that may hold itself."""

    project: Any


@cache
def deep(kind: type) -> Any:
    """Return a dict, list or tuple of 100,000 levels; it is the same each time, as it costs more than what reads it."""
    found: Any = 1
    for _ in range(100_000):
        found = {"a": found} if kind is dict else kind([found])
    return found


def cycle() -> dict[str, Any]:
    found: dict[str, Any] = {}
    found["a"] = found["project"] = found
    return found


def cyclic_list() -> list[Any]:
    found: list[Any] = []
    found.append(found)
    return found


OBJECTS: dict[str, Callable[[], Any]] = {
    "NaT": lambda: pd.NaT,
    "pandas NA": lambda: pd.NA,
    "numpy NaT": lambda: np.datetime64("NaT", "s"),
    "masked": lambda: np.ma.masked,
    "int of 5,000 digits": lambda: 10**5000,
    "negative int of 5,000 digits": lambda: -(10**5000),
    "fraction of 5,000 digits": lambda: Fraction(1, 10**5000),
    "decimal of 5,000 digits": lambda: Decimal("0." + "1" * 5000),
    "decimal beyond all": lambda: Decimal("1E+999999"),
    "signalling NaN": lambda: Decimal("sNaN"),
    "NaN": lambda: float("nan"),
    "infinity": lambda: float("-inf"),
    "numpy NaN": lambda: np.float32("nan"),
    "mixed set": lambda: {1, "a", None, (2,)},
    "mixed frozenset": lambda: frozenset({1.5, "硝化", b"x"}),
    "cycle": cycle,
    "cyclic list": cyclic_list,
    "deep dicts": lambda: deep(dict),
    "deep lists": lambda: deep(list),
    "deep tuples": lambda: deep(tuple),
    "numpy array": lambda: np.arange(3),
    "numpy array of objects": lambda: np.array([object(), None], dtype=object),
    "numpy nothing": lambda: np.array(1.5),
    "numpy void": lambda: np.zeros(1, dtype=[("a", "i4")])[0],
    "numpy long double": lambda: np.longdouble("1.5"),
    "numpy complex": lambda: np.complex128(1 + 2j),
    "complex": lambda: 1 + 2j,
    "itself": Itself,
    "loud": Loud,
    "loud mapping": LoudMapping,
    "loud text": lambda: LoudText("land"),
    "list of loud": lambda: [Loud(), LoudMapping()],
    "mapping of loud": lambda: {"a": Loud(), Loud: 1},
    "keys that are no text": lambda: {None: 1, 2: 3, (4,): 5, b"6": 7, 1.5: 8, "\ud800": 9},
    "holder": lambda: Holder(Holder(cycle())),
    "data frame": lambda: pd.DataFrame({"a": [1]}),
    "series": lambda: pd.Series([1, None]),
    "class": lambda: dict,
    "function": lambda: deep,
    "module": lambda: np,
    "generator": lambda: (x for x in [1]),
    "bytes": lambda: b"\xff",
    "surrogate": lambda: "\ud800",
    "million characters": lambda: "9" * 10**6,
    "first year, zoned": lambda: datetime.datetime.min.replace(tzinfo=datetime.UTC),
    "last year, zoned": lambda: datetime.datetime.max.replace(tzinfo=datetime.timezone(datetime.timedelta(hours=-9))),
    "time": lambda: datetime.time(1),
    "duration": lambda: datetime.timedelta(1),
    "period": lambda: pd.Period("2020-01"),
}
