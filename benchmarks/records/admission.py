"""W1 on the built-in admission area: its rules that read no list of records beside peers, and the whole area."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import safety_rules as sr
from benchmarks.records.peers import python_ifs
from benchmarks.records.sides import PACKAGES, Failed, agrees, peers, row, said, timed, wrong
from benchmarks.records.w1 import DECIDE, EVERY, FAILED, MANY, TRACE, ours, streaming, targets
from benchmarks.result import Result, Row
from safety_rules.engines.compiled.decide import decider
from safety_rules.language.expr import Expr, FactRef, ItemField, walk
from safety_rules.language.kinds import Records
from safety_rules.language.rule import Rule
from safety_rules.semantics.decide import AreaOn
from safety_rules.testing import random_records

BASELINE = "Python `if`s written out from the rules, floats"
ABOUT = """The built-in rules as of 2020-10-01 on generated records (nested dicts, English keys, complete). Peers and the
`if`s get the {some} rules of {all} that read no list of records, for most of them have no way to say the others; the
whole area, with lists of accidents, listings and dangers, is ours alone. What peers get wrong is in their rows."""


def reads_lists(rule: Rule, law: AreaOn) -> bool:
    """Return whether a rule reads a list of records, also by way of a derived fact."""
    return any(
        isinstance(node.kind, Records) for c in (*rule.applies_when, *rule.requires) for node in _facts(c.that, law)
    )


def _facts(expr: Expr, law: AreaOn) -> Iterator[FactRef]:
    for node in walk(expr):
        if isinstance(node, FactRef | ItemField) and node.key in law.derivations:
            yield from _facts(law.derivations[node.key].formula, law)
        elif isinstance(node, FactRef):
            yield node


def records(area: sr.DatedArea, count: int, seed: int, blank: float = 0.0) -> list[Any]:
    """Return generated records without the facts that no rule reads and no peer could take."""
    found = []
    for data in islice(random_records(area, seed, count, blank=blank), count):
        data["enterprise"].pop("credit_code", None)
        found.append(data)
    return found


def without_lists(data: Any) -> Any:
    """Return a record with its lists of records emptied."""
    return {
        s: {k: [] if isinstance(v, list) and v and isinstance(v[0], dict) else v for k, v in given.items()}
        for s, given in data.items()
    }


def measured() -> Result:
    """Return what W1 on the admission area measured."""
    whole = sr.load().area("admission").on("2020-10-01")
    chosen = tuple(r for r in whole.law.rules if not reads_lists(r, whole.law))
    law = replace(whole.law, rules=chosen)
    area = sr.DatedArea(law, decider(law))
    full = records(whole, 800, 5)
    complete, blank = [without_lists(r) for r in full], [without_lists(r) for r in records(whole, 300, 6, 0.03)]
    found, absent = peers(law)
    if "zen-engine, static content" not in absent:
        from benchmarks.records.peers import zen_graph

        found[TRACE] = zen_graph.failed_by(law, trace=True)
    others: dict[str, Failed] = {BASELINE: python_ifs.failed_by(law), **found}
    blank = [r for r in blank if any(v is None or v == "" for g in r.values() for v in g.values())] or blank
    counted = {name: wrong(f, complete, blank, area.decide) for name, f in others.items()}
    usable = {n: f for n, f in others.items() if counted[n].complete < len(complete) / 2}
    absent |= {n: f"it is wrong on {counted[n].complete} of {len(complete)} records" for n in others if n not in usable}
    sides: dict[str, Failed] = {BASELINE: others[BASELINE], **ours(area), **usable}
    verdicts = [(r, area.decide(r)) for r in complete]
    agreed = [r for r, v in verdicts if all(agrees(f, r, v) for f in sides.values())]
    times = timed(sides, agreed, 31, {MANY: streaming(area)})
    notes = {n: said(w, len(complete), len(blank)) for n, w in counted.items()}
    rows = [row("admission", n, t, notes.get(n, ""), first=n == BASELINE) for n, t in times.items()]
    rows += _whole(whole, full)
    about = ABOUT.format(some=len(chosen), all=len(whole.law.rules))
    made = tuple(
        replace(t, workload="admission", says=t.says.replace("hand-written `if`s", "`if`s"))
        for t in targets(times, usable)
    )
    return Result("admission", "W1 on the built-in admission area", f"{about} ({len(agreed)} of {len(complete)} records.)",
                  tuple(rows), made, PACKAGES, _costs(rows), absent)  # fmt: skip


WHOLE = "the whole area, a decision"


def _whole(area: sr.DatedArea, full: list[Any]) -> list[Row]:
    """Return rows of ours on all rules: lists empty, lists filled, and data that goes through admission."""
    decide = ours(area)
    plain = [without_lists(r) for r in full]
    chinese = [_chinese(r, area) for r in plain[:200]]
    sets = {f"{WHOLE}; lists empty": plain, f"{WHOLE}; lists filled": full, f"{WHOLE}; Chinese names": chinese}
    rows = []
    for what, many in sets.items():
        chosen = {DECIDE: decide[DECIDE]} if "Chinese" in what else {n: decide[n] for n in (DECIDE, FAILED, EVERY)}
        rows += [Row("admission", n, what, t.seconds) for n, t in timed(chosen, many, rounds=9).items()]
    return rows


def _chinese(data: Any, area: sr.DatedArea) -> dict[str, Any]:
    facts = area.law.rulebook.vocabulary.facts
    return {facts[f"{s}.{k}"].zh_key: v for s, given in data.items() for k, v in given.items()}


def _costs(rows: list[Row]) -> dict[str, float]:
    found = {r.what: r.seconds * 1e6 for r in rows if r.what.startswith(WHOLE) and r.side == DECIDE}
    return {
        "admission_decide_plain_us": found[f"{WHOLE}; lists empty"],
        "admission_decide_with_lists_us": found[f"{WHOLE}; lists filled"],
        "admission_decide_admitted_us": found[f"{WHOLE}; Chinese names"],
    }
