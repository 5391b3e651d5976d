"""A law as a query: its text, what it reads, what it answers, and what is to be said of its columns once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from safety_rules.engines.sql.dialect import Dialect
from safety_rules.engines.sql.read.cell_types import wrong_type
from safety_rules.engines.sql.read.types import Use
from safety_rules.language.errors import NotFoundError
from safety_rules.language.kinds import Name
from safety_rules.language.record import Problem
from safety_rules.semantics.decide import AreaOn
from safety_rules.words.near import did_you_mean
from safety_rules.words.problem import problem

BITS = 63
MASKS = ("violated", "undetermined", "not_applicable", "satisfied")
FOUND = MASKS[:3]
OUTCOMES = ("outcome", "at_best", "at_worst")


@dataclass(frozen=True, slots=True)
class LawQuery:
    """A law as SQL over columns named by `uses`; `{source}` in `text` stands for what it is read from.

    `again` is the column that says that a row goes back to the exact evaluator, `problem` that a cell
    could not be used. `best` is, of the short query of complete rows, the outcome: no finding of a row that
    does not go back is undetermined, and at best and at worst are one; `answers` are those that it gives, all
    of them if empty. `maps` are constants that the connection must know by name: keys and what they lead to,
    or without keys, a list.
    """

    law: AreaOn
    dialect: Dialect
    uses: Mapping[str, Use]
    text: str
    maps: Mapping[str, tuple[list[str], list[str]]]
    derived: tuple[str, ...]
    unread: tuple[str, ...]
    best: str = ""
    answers: tuple[str, ...] = ()

    @property
    def short(self) -> bool:
        """Whether this is the query of complete, plain rows."""
        return bool(self.best)

    def with_outcome(self, source: str) -> str:
        """Return a short query over a source with its outcome and the ends that are asked for, all in the last projection."""
        asked = [name for name in OUTCOMES if name in answers_of(self.law, self.answers)]
        several = ", ".join(f"{self.best} AS {name}" for name in asked)
        return self.over(source).replace(f"{self.best} AS at_best", several, 1)

    def over(self, source: str) -> str:
        """Return the query over a source."""
        return self.text.replace("{source}", source)


def answers_of(law: AreaOn, asked: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the answers that are given, in their order: all, or the outcome and those asked for; raises NotFoundError."""
    derived = tuple(k for k, d in law.derivations.items() if d.variable is None)
    known = (*OUTCOMES, *FOUND, *derived, "problem")
    for name in asked:
        if name not in known:
            raise NotFoundError(f"there is no answer `{name}`; {did_you_mean(name, known)}".rstrip("; "))
    return tuple(name for name in known if not asked or name in asked or name == "outcome")


def has_masks(answers: Sequence[str]) -> bool:
    """Return whether all masks are among the answers, so that the satisfied rules follow from them."""
    return set(FOUND) <= set(answers)


def words(law: AreaOn) -> int:
    """Return how many words of 63 bits a mask takes."""
    return max(1, -(-len(law.rules) // BITS))


def column_notices(law: AreaOn, query: LawQuery) -> tuple[Problem, ...]:
    """Return what is to be said once of facts that no column carries, or that a column's type cannot hold."""
    facts = law.rulebook.vocabulary.facts
    found = []
    for key in query.unread:
        found.append(problem("missing-column.row", key, "", fact=Name(facts[key].name.zh, key)))
    for key, use in query.uses.items():
        if wrong_type(facts[key], use.type):
            found.append(problem("column-type.row", key, use.column, column=use.column, fact=facts[key].name))
    return tuple(found)
