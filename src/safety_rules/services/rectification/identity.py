"""Which danger or task of the ledger a row without a number is: what it says tells, and where that is nearly so, a
person.

The number of such a row is made of three things that it says. A row that says what the ledger says by now is that
danger, also after a correction. One that differs in a single thing of the three from a danger that the list no more
has is not taken for it, nor for a new one: it is asked about, with both shown.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from safety_rules.formats.table import folded
from safety_rules.services.rectification.book import Life
from safety_rules.services.rectification.life import Danger, cells
from safety_rules.services.rectification.plain import OWN

MOST = 400  # signs of a text that are compared


@dataclass(frozen=True, slots=True)
class Known:
    """A row under the number that the ledger has for it; `asked` is its own number where only a person knows that it is.

    `taken` says that another row is that danger already.
    """

    life: Life
    asked: str = ""
    taken: bool = False


def identified(
    lives: Sequence[Life], held: Mapping[str, Danger], numbered: str, headings: Sequence[str], told: Mapping[str, bool]
) -> list[Known]:
    """Return rows in their order, each under its number in the ledger.

    `numbered` is the heading of numbers: rows that have it are left, but for width, case and blanks in the number.
    `told` is what a person said of made numbers: whether they are the near danger of the ledger (True), or dangers
    of their own.
    """
    said = {_said(cells(d.past), headings): id for id, d in held.items() if id.startswith(OWN)}
    own = [life for life in lives if numbered not in life.row.columns]
    known: dict[int, Known] = {id(life): Known(life) for life in lives}
    spelt = {folded(number): number for number in held}
    for life in (v for v in lives if numbered in v.row.columns and v.danger.id not in held):
        if (number := spelt.get(folded(life.danger.id))) is not None:  # ＹＨ－１ and yh-1 are YH-1
            known[id(life)] = Known(_renumbered(life, number))
    claimed = {known[id(life)].life.danger.id for life in lives if numbered in life.row.columns}
    later = []
    for life in own:
        number = said.get(_said(cells(life.events), headings), life.danger.id)
        if number not in held:
            later.append(life)
            continue
        known[id(life)] = Known(_renumbered(life, number), taken=number in claimed)
        claimed.add(number)
    left = {n: d for n, d in held.items() if n.startswith(OWN) and n not in claimed and d.withdrawn_on is None}
    for life, number in _near([v for v in later if told.get(v.danger.id) is not False], left, headings):
        known[id(life)] = Known(_renumbered(life, number), "" if told.get(life.danger.id) else life.danger.id)
    return [known[id(life)] for life in lives]


def _said(found: Mapping[str, str], headings: Sequence[str]) -> tuple[str, ...]:
    return tuple(folded(found.get(heading, "")) for heading in headings)


def _near(lives: Sequence[Life], left: dict[str, Danger], headings: Sequence[str]) -> Iterable[tuple[Life, str]]:
    """Yield rows that differ from what is left in one heading of those, each with the nearest one, each of which once."""
    by_rest: dict[tuple[int, tuple[str, ...]], list[str]] = {}
    said = {number: _said(cells(d.past), headings) for number, d in left.items()}
    for number, of in said.items():
        for at in range(len(headings)):
            by_rest.setdefault((at, (*of[:at], *of[at + 1 :])), []).append(number)
    pairs: list[tuple[float, int, Life, str]] = []
    for order, life in enumerate(lives):
        of = _said(cells(life.events), headings)
        for at in range(len(headings)):
            for number in by_rest.get((at, (*of[:at], *of[at + 1 :])), ()):
                if not _over(left[number], life.danger.found_on):
                    pairs.append(
                        (-SequenceMatcher(None, of[at][:MOST], said[number][at][:MOST]).ratio(), order, life, number)
                    )
    done: set[int] = set()
    for _, order, life, number in sorted(pairs, key=lambda p: p[:2]):
        if order not in done and number in left:
            done.add(order)
            del left[number]
            yield life, number


def _over(danger: Danger, found_on: datetime.date) -> bool:
    """Return whether a danger was closed before another was found: that is surely another one."""
    return danger.closed_on is not None and danger.closed_on < found_on


def _renumbered(life: Life, number: str) -> Life:
    events = tuple(replace(event, danger=number) for event in life.events)
    return Life(life.row, events, replace(life.danger, id=number))
