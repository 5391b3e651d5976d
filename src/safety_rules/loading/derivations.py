"""Whether the derivations of an area go together: each fact once, never from itself, not too deep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from safety_rules.language import limits
from safety_rules.language.expr import Expr, FactRef, ItemField, children, walk
from safety_rules.language.rule import Derivation
from safety_rules.loading.report import Report


def consistent(derivations: Sequence[Derivation], report: Report) -> None:
    """Report facts derived twice on a day, or from themselves, or through too many others."""
    reads = {d.fact: {n.key for n in walk(d.formula) if isinstance(n, FactRef | ItemField)} for d in derivations}
    for i, one in enumerate(derivations):
        for other in derivations[i + 1 :]:
            if one.fact == other.fact and _overlap(one, other) and other.at is not None:
                report.error("derived-twice", other.at, fact=other.fact)
        seen: set[str] = set()
        frontier = set(reads[one.fact])
        while frontier:
            fact = frontier.pop()
            if fact == one.fact and one.at is not None:
                report.error("derivation-cycle", one.at, fact=one.fact)
                break
            if fact not in seen:
                seen.add(fact)
                frontier |= reads.get(fact, set())
    if not any(d.code == "derivation-cycle" for d in report.diagnostics):
        _heights(derivations, reads, report)


def _overlap(a: Derivation, b: Derivation) -> bool:
    first, second = a.in_force, b.in_force
    before = first.until is not None and second.since is not None and first.until < second.since
    after = second.until is not None and first.since is not None and second.until < first.since
    return not (before or after)


def _heights(derivations: Sequence[Derivation], reads: Mapping[str, set[str]], report: Report) -> None:
    """Report a fact whose formula, with those of the facts it reads, has too many levels to be worked out."""
    own = {d.fact: _height(d.formula) for d in derivations}
    total = dict(own)
    for _ in own:
        total = {f: own[f] + max((total[r] for r in reads[f] if r in total), default=0) for f in own}
        for one in derivations:
            if total[one.fact] > limits.DERIVED_LEVELS and one.at is not None:
                report.error("derivation-too-deep", one.at, fact=one.fact, most=limits.DERIVED_LEVELS)
                return


def _height(expr: Expr) -> int:
    return 1 + max((_height(child) for child in children(expr)), default=0)
