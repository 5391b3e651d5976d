"""The engines by which the cases of rules can be read again: each as one function from a law and records to masks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.util import find_spec
from typing import Any

from safety_rules.engines.compiled.area import compiled
from safety_rules.engines.compiled.fast import fast
from safety_rules.language.errors import NotFoundError, SafetyRulesError
from safety_rules.language.record import Record
from safety_rules.semantics.decide import AreaOn
from safety_rules.words.near import did_you_mean

Found = tuple[int, int, int | None]
"""The violated, the undetermined and the inapplicable rules of a record as masks (None: not told from satisfied ones)."""
Masks = Callable[[AreaOn, Sequence[Record]], Sequence[Found | None]]


@dataclass(frozen=True, slots=True)
class Reader:
    """An engine: what it says of each record, None where it leaves it to another.

    One that answers for complete records only is given `filled` ones.
    """

    name: str
    masks: Masks
    filled: bool = False


def exactly(law: AreaOn, records: Sequence[Record]) -> Sequence[Found]:
    """Return what the exact compiled function finds."""
    area = compiled(law)
    return [tuple(area.masks(r.values)) for r in records]  # type: ignore[misc]


def quickly(law: AreaOn, records: Sequence[Record]) -> Sequence[Found | None]:
    """Return what the fast compiled function finds on plain data; None where it declines."""
    function = fast(law, lambda data: None)
    if function is None:
        return [None] * len(records)
    bits = {rule.key: 1 << i for i, rule in enumerate(law.rules)}
    held: dict[int, Any] = {}  # records that fill each other's blanks hold the same values
    made = [function(plain_data(r, held)) for r in records]
    return [None if v is None else (sum(bits[k] for k in v.violated()), 0, None) for v in made]


def plain_data(record: Record, held: dict[int, Any] | None = None) -> dict[str, dict[str, Any]]:
    """Return a record as the nested plain data that other programs pass: numbers as ints and floats where these say them.

    `held` keeps what values came to, by identity, while their records live.
    """
    known = {} if held is None else held
    found: dict[str, dict[str, Any]] = {}
    for key, value in record.values.items():
        subject, _, name = key.partition(".")
        if id(value) not in known:
            known[id(value)] = _plain(value)
        found.setdefault(subject, {})[name] = known[id(value)]
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        near = int(value) if value.denominator == 1 else float(value)
        return near if Fraction(repr(near)) == value else value
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return {k: _plain(v) for k, v in value.items()} if isinstance(value, Mapping) else value


COMPILED = (Reader("exact", exactly), Reader("fast", quickly, filled=True))
CHOICES = ("compiled", "duckdb", "spark", "all")
NEEDED = {"duckdb": ("duckdb", "pyarrow", "tables"), "spark": ("pyspark", "pyarrow", "spark")}


def readers(engine: str) -> tuple[Reader, ...]:
    """Return the readers that `--engine` names: what `decide` uses, with `duckdb` or `all` both queries of DuckDB too.

    Spark is asked by its name alone. Raises SafetyRulesError where an extra is missing.
    """
    if engine not in CHOICES:
        raise NotFoundError(f"there is no engine `{engine}`; {did_you_mean(engine, CHOICES)}")
    if engine == "compiled":
        return COMPILED
    name = "duckdb" if engine == "all" else engine
    *modules, extra = NEEDED[name]
    missing = [module for module in modules if find_spec(module) is None]
    if missing:
        raise SafetyRulesError(f"the engine `{name}` needs {' and '.join(missing)}; install `safety-rules[{extra}]`")
    if name == "spark":
        from safety_rules.engines.spark.cases import masks_by_spark

        return (*COMPILED, Reader("spark", masks_by_spark()))
    from safety_rules.engines.columnar.cases import masks_by_duckdb

    full, short = masks_by_duckdb("full"), masks_by_duckdb("short")
    return (*COMPILED, Reader("duckdb, full", full), Reader("duckdb, short", short, filled=True))
