"""Puts every question to the rules of a rulebook: the built-in ones, and the author's invariants."""

from __future__ import annotations

from collections.abc import Iterator

from safety_rules.language.rulebook import Area, Rulebook
from safety_rules.services.proving.answers import Proof
from safety_rules.services.proving.asking import Limits
from safety_rules.services.proving.built_in import built_in, needless
from safety_rules.services.proving.claims import invariant_proofs

LIMITS = Limits()


def prove(
    rulebook: Rulebook, area: str | None = None, limits: Limits = LIMITS, base: Rulebook | None = None
) -> Iterator[Proof]:
    """Yield the answer to every built-in question and every invariant of one area, or of all.

    `base` is the rulebook without its overlays, which is what `stricter_than_base` compares with.
    """
    yield from prove_built_in(rulebook, area, limits)
    yield from prove_invariants(rulebook, area, limits, base)


def prove_built_in(rulebook: Rulebook, area: str | None = None, limits: Limits = LIMITS) -> Iterator[Proof]:
    """Yield the answer to every built-in question of one area, or of all; then each exemption that exempts nothing."""
    for one in _areas(rulebook, area):
        proofs = []
        for proof in built_in(rulebook, one, limits):
            proofs.append(proof)
            yield proof
        yield from needless(one, proofs)


def prove_invariants(
    rulebook: Rulebook, area: str | None = None, limits: Limits = LIMITS, base: Rulebook | None = None
) -> Iterator[Proof]:
    """Yield the answer to every invariant of one area, or of all: one for each day on which it is asked."""
    for one in _areas(rulebook, area):
        yield from invariant_proofs(rulebook, one, limits, base)


def _areas(rulebook: Rulebook, area: str | None) -> list[Area]:
    return [a for a in rulebook.areas.values() if area is None or a.key == area]
