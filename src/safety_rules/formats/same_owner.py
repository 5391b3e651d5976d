"""What several rows of a ledger say of one subject beside their own: of the enterprise of two projects, say.

A ledger is screened on one day, so its rows speak of one state of an enterprise. Where they say two things, neither is
sure, in none of these rows; each is told where the other one stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from safety_rules.formats.table import cell_text, folded, is_blank, usable
from safety_rules.language.vocabulary import Fact, Vocabulary
from safety_rules.semantics.admission.objects import MOST_SHOWN, Unread
from safety_rules.semantics.admission.values import absent, denies
from safety_rules.words.said import said

Watched = Mapping[str, tuple[str, ...]]
"""The facts of which rows of one subject must say one thing, each with the facts that name its subject."""


class Statement(NamedTuple):
    """What one row says of the subjects that it names: names and cells by fact, and where the row stands."""

    names: Mapping[str, str]
    cells: Mapping[str, str]
    place: str


class Other(NamedTuple):
    """What another row says of the same fact of the same subject, and where."""

    said: str
    place: str


@dataclass
class SameOwner:
    """The facts of which rows of one subject say two things, by whom they name: each with its two statements."""

    differing: dict[tuple[str, str, str], tuple[Other, Other]] = field(default_factory=dict)

    def unread(self, key: str, names: Mapping[str, str], cell: Any) -> Unread | None:
        """Return a cell as unread, told where the other statement stands, where rows of whom it names differ."""
        for name, value in names.items():
            if found := self.differing.get((key, name, folded(value))):
                text = cell_text(cell)
                other = next(o for o in found if _same(o.said) != _same(text))
                slots = {"shown": other.said[:MOST_SHOWN], "place": other.place, "owner": value}
                return Unread(text, said("owner-differs", **slots))
        return None


def watched(vocabulary: Vocabulary, subjects: Sequence[str]) -> Watched:
    """Return the facts of every subject but the first, which is the row's own, each with what names its subject."""
    return {
        f.key: identity
        for s in subjects[1:]
        for identity in (vocabulary.subjects[s].identity,)
        for f in vocabulary.of_subject(s)
        if f.key not in identity
    }


def same_owner(statements: Iterable[Statement], watch: Watched) -> SameOwner:
    """Return of which facts rows of one subject differ."""
    found, first = SameOwner(), dict[tuple[str, str, str], Other]()
    for statement in statements:
        for key, told in statement.cells.items():
            for name in watch[key]:
                if not (value := statement.names.get(name)):
                    continue
                at = (key, name, folded(value))
                own = Other(told, statement.place)
                before = first.setdefault(at, own)
                if _same(before.said) != _same(told):
                    found.differing.setdefault(at, (before, own))
    return found


def states(cell: Any, fact: Fact) -> bool:
    """Return whether a cell says something of its fact."""
    return not isinstance(cell, Unread) and not is_blank(cell) and not absent(usable(cell), fact.blank_words)


def _same(told: str) -> str:
    """Return what is said for comparison: every word for nothing is one."""
    return "" if denies(told) else folded(told)
