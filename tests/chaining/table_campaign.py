"""Compares chaining over tables with the definition on generated programs: `python -m chaining.table_campaign 500`.

Run it in `tests/`; it ends with an error at the first difference, with its seed.
"""

from __future__ import annotations

import sys
from fractions import Fraction
from typing import Any

import duckdb

from chaining.campaign import contents
from chaining.maker import Made, made
from safety_rules.engines.columnar.chain_records import derived_rows, insert_facts, opened
from safety_rules.engines.columnar.chains import run
from safety_rules.engines.forward import chain

BOTH = (True, False)


def by_tables(generated: Made) -> dict[bool, set[object]]:
    """Return the derived records of a generated program: those that certainly hold, and all that could."""
    found: dict[bool, set[object]] = {True: set(), False: set()}
    with duckdb.connect() as con:
        con.execute("SET enable_progress_bar = false")
        chaining = opened(con, generated.program, {f.relation for f in generated.facts if not f.key})
        insert_facts(chaining, [f for f in generated.facts if f.relation in chaining.tables])
        run(chaining)
        for relation in chaining.tables:
            for values, certain in derived_rows(chaining, relation):
                record = relation, frozenset((k, exact(v)) for k, v in values.items())
                for kind in BOTH if certain else (False,):
                    found[kind].add(record)
    return found


def exact(value: Any) -> Any:
    return Fraction(repr(value)) if isinstance(value, float) else value


def main(count: int, first: int = 0) -> None:
    """Compare programs, and print how many."""
    derived = certain = 0
    for seed in range(first, first + count):
        generated = made(seed)
        defined = chain(generated.program, generated.facts, "fixpoint")
        found = by_tables(generated)
        assert {kind: contents(defined, kind, generated) for kind in BOTH} == found, f"seed {seed}"
        derived, certain = derived + len(found[False]), certain + len(found[True])
    print(f"{count} programs agree: {derived} derived records, {certain} of them certain")


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:] or ["500"]))
