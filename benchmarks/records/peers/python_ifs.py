"""Plain Python `if`s in floats, written out from the rules: what a programmer writes who expects no blanks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.records.peers.infix import Dialect, broken
from safety_rules.semantics.decide import AreaOn


def failed_by(law: AreaOn) -> Callable[[Any], list[str]]:
    """Return the function of `if`s."""
    subjects = sorted({key.partition(".")[0] for key in law.rulebook.vocabulary.facts})
    dialect = Dialect(
        law, " and ", " or ", "not {0}", lambda key: f"{key.partition('.')[0]}[{key.partition('.')[2]!r}]",
        starts="{0}.startswith({1})", some="any({0} for {1} in {2})", true="True", false="False",
    )  # fmt: skip
    tests = [f"    if {broken(rule, dialect)}:\n        failed.append({rule.key!r})\n" for rule in law.rules]
    read = {s for s in subjects if any(f"{s}[" in t for t in tests)}
    opening = "".join(f"    {s} = record[{s!r}]\n" for s in sorted(read))
    names: dict[str, Any] = {}
    exec("def failed_of(record):\n" + opening + "    failed = []\n" + "".join(tests) + "    return failed\n", names)
    found: Callable[[Any], list[str]] = names["failed_of"]
    return found
