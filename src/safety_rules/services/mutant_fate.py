"""What becomes of a change of the rules: a case notices it, or none does."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from safety_rules.language.law import Parameter
from safety_rules.language.rulebook import Area, Rulebook
from safety_rules.language.source import Citation, Period
from safety_rules.services.cases import cases_of
from safety_rules.services.chain_cases import chain_case
from safety_rules.services.impact.meaning import items_of
from safety_rules.services.lint.sources import is_told_by_sources
from safety_rules.services.mutants import Mutant
from safety_rules.services.read_by import chain_figures, readers


class Fate(Enum):
    """What becomes of a mutant: a case notices it, none does, or the rules with it cannot be applied at all."""

    NOTICED = "noticed"
    UNNOTICED = "unnoticed"
    BROKEN = "broken"


def fate(mutant: Mutant) -> tuple[Fate, str]:
    """Return what becomes of a mutant, and why where it cannot be tried: that is no proof that a case notices it."""
    try:
        return (Fate.UNNOTICED if survives(mutant) else Fate.NOTICED), ""
    except Exception as error:  # whatever a changed rulebook breaks is told, and counts as a failure
        return Fate.BROKEN, f"{type(error).__name__}: {error}"


def survives(mutant: Mutant) -> bool:
    """Return whether no case notices the change."""
    book = mutant.rulebook
    chains = [c for c in book.chains if c.key == mutant.of and c.area == mutant.area]
    if mutant.of_a_day and any(is_told_by_sources(*d, book) for d in _days_of(book, mutant)):
        return False
    if chains:
        return not any(next(chain_case(book, c, case), None) is not None for c in chains for case in c.cases)
    areas = [book.areas[mutant.area]] if mutant.area else list(book.areas.values())
    if any(_notices(book, a, mutant.of) for a in areas):
        return False
    return bool(mutant.area) or not _chains_notice(book, mutant.of)


def _days_of(book: Rulebook, mutant: Mutant) -> Iterator[tuple[Period, tuple[Citation, ...]]]:
    """Yield the days of what was changed, with what it cites."""
    if mutant.area:
        yield from (
            (i.in_force, i.authority) for k, i in items_of(book).items() if (k.area, k.key) == (mutant.area, mutant.of)
        )
    else:
        timelines = [t[mutant.of] for t in (book.parameters, book.tables) if mutant.of in t]
        dated = (x for t in timelines for x in (t.entries if isinstance(t, Parameter) else t.editions))
        yield from ((x.period, (x.citation,)) for x in dated)


def _chains_notice(book: Rulebook, figure: str) -> bool:
    """Return whether a case of a chaining rule that reads a figure fails."""
    for chain in book.chains:
        if figure in chain_figures(chain):
            if any(next(chain_case(book, chain, case), None) is not None for case in chain.cases):
                return True
    return False


def _notices(book: Rulebook, area: Area, of: str) -> bool:
    """Return whether a case fails: one of the changed thing or of what reads it, or one of a whole verdict.

    A case of a rule asks that rule alone, so those of rules that do not read the changed thing cannot notice.
    """
    near = readers(book, area, of)
    if (of in book.parameters or of in book.tables) and not near:
        return False
    told = ("violated", "undetermined")
    checks = sorted(
        (c for c in cases_of(book, area) if not c[0] or c[0] in near),
        key=lambda c: (c[0] != of, c[0] == "", not any(of in c[1].expect.get(part, ()) for part in told)),
    )
    return any(next(run(), None) is not None for _, _, run in checks)
