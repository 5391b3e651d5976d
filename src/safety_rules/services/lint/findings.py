"""All findings of lint, with those that an author silenced set apart with the reason."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from safety_rules.language.lint import Silence
from safety_rules.language.rulebook import Rulebook
from safety_rules.services.lint.cases import without_edge_cases
from safety_rules.services.lint.duplicates import near_duplicates
from safety_rules.services.lint.readings import slow_rules
from safety_rules.services.lint.sentences import other_numbers
from safety_rules.services.lint.sources import (
    beside_sources,
    lapsed,
    out_of_force,
    quotations,
    superseded,
    weak_standings,
)
from safety_rules.services.lint.usage import unused
from safety_rules.words.diagnostic import Diagnostic

OF_A_FILE = ("untried-boundary", "untried-unknown", "unused-fact", "unused-name", "unused-parameter")


@dataclass(frozen=True, slots=True)
class Lint:
    """What lint found: what stands, and what its author silenced."""

    standing: tuple[Diagnostic, ...]
    silenced: tuple[tuple[Diagnostic, Silence], ...]


def linted(
    book: Rulebook,
    texts: Mapping[str, str] | None = None,
    overlays: Collection[str] = (),
    day: datetime.date | None = None,
) -> Lint:
    """Return the findings of lint; `texts` are the texts of sources, by key, in which quotations are looked up.

    With a day, also what rests on law that is then no longer in force, or has a newer text.
    `overlays` are the names of overlay files: what they leave untried or unused in the rules below them is
    theirs to decide, and no finding about those rules, which are looked at by themselves.
    """
    found = [*_found(book, texts or {}), *(() if day is None else (*lapsed(book, day), *superseded(book, day)))]
    found.sort(key=Diagnostic.sort_key)
    found = [d for d in found if not overlays or d.code not in OF_A_FILE or d.at.source.name in overlays]
    silenced, standing = [], []
    used: set[Silence] = set()
    for diagnostic in found:
        silence = next((s for s in book.silences if _covers(s, diagnostic)), None)
        if silence is None:
            standing.append(diagnostic)
        else:
            used.add(silence)
            silenced.append((diagnostic, silence))
    own = [s for s in book.silences if not overlays or s.file in overlays]
    unasked = {"quotation-not-found"} if not texts else set()
    unasked |= {"source-lapsed", "source-replaced"} if day is None else set()
    idle = [_idle(s) for s in own if s not in used and s.code not in unasked]
    return Lint(tuple(sorted([*standing, *idle], key=Diagnostic.sort_key)), tuple(silenced))


def _found(book: Rulebook, texts: Mapping[str, str]) -> Iterator[Diagnostic]:
    yield from unused(book)
    yield from without_edge_cases(book)
    yield from weak_standings(book)
    yield from out_of_force(book)
    yield from beside_sources(book)
    yield from quotations(book, texts)
    yield from other_numbers(book)
    yield from near_duplicates(book)
    yield from slow_rules(book)


def _covers(silence: Silence, diagnostic: Diagnostic) -> bool:
    same = silence.code == diagnostic.code and silence.file == diagnostic.at.source.name
    named = (f"`{silence.of}`", f"`{silence.of}.")
    return same and (not silence.of or any(name in diagnostic.message for name in named))


def _idle(silence: Silence) -> Diagnostic:
    key = "unused-silence.of" if silence.of else "unused-silence.file"
    return Diagnostic.doubt(key, silence.at, code=silence.code, of=silence.of)


def veto_files(book: Rulebook) -> frozenset[str]:
    """Return the files of veto rules, about which nothing is ever waived or left to a baseline."""
    rules = (r for a in book.areas.values() for r in a.rules)
    return frozenset(r.at.source.name for r in rules if r.otherwise.veto and r.at is not None)
