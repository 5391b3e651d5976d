"""A verdict: what was decided, and how it is told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from safety_rules.language.errors import NotFoundError
from safety_rules.language.explanation import Statement
from safety_rules.language.record import Record
from safety_rules.language.rule import Waiver
from safety_rules.semantics.decide import AreaOn, findings, interval
from safety_rules.semantics.verdict.brief import brief
from safety_rules.semantics.verdict.decided import Decided
from safety_rules.semantics.verdict.explain import explanation
from safety_rules.semantics.verdict.receipt import receipt
from safety_rules.semantics.verdict.serial import to_dict
from safety_rules.words.explanation import html, texts, tree

LANGUAGES = ("zh", "en")


class Verdict(Decided):
    """The verdict of one area on one record as of a day: what it comes to, with its explanation and its plain data."""

    __slots__ = ()

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle what the verdict was made from, without the functions that make its parts sooner."""
        violated = self._violated if self._masks is None else self.violated()
        return Verdict, (self.on, self._data, self.at_best, self.at_worst, self._granted, violated)

    def explanation(self, rules: Iterable[str] = (), standing: bool = False) -> Statement:
        """Return the explanation as a tree of statements, of the rules named or of all that matter."""
        asked = tuple(rules)
        for rule in asked:
            self.finding(rule)
        return explanation(self, asked, standing)

    def explain(self, language: str = "zh", rules: Iterable[str] = (), standing: bool = False) -> str:
        """Return the explanation in `zh` or `en`, of the rules named or of all that matter.

        What makes the verdict less sure is one line with a count; with `standing`, each citation of it is a line.
        """
        if language not in LANGUAGES:
            raise NotFoundError(f"there is no language `{language}`; one of `zh`, `en`")
        return tree(self.explanation(rules, standing), language, self.on.rulebook.vocabulary)

    def brief(self, language: str = "zh") -> tuple[str, ...]:
        """Return what decides, in three lines: the verdict, the main reason, what to do or to ask; then what was not used."""
        vocabulary = self.on.rulebook.vocabulary
        return (*self.chains(language), *texts(brief(self), language, vocabulary))

    def chains(self, language: str = "zh") -> tuple[str, ...]:
        """Return what chains of other records bear on the verdict, in sentences; none without a history."""
        return ()

    def to_dict(self) -> dict[str, Any]:
        """Return the verdict as plain data for JSON, with all that is needed to replay it."""
        return to_dict(self)

    def receipt(self) -> dict[str, Any]:
        """Return what the verdict came to and what it was made from, without words: a line of a log, to be replayed."""
        return receipt(self)

    def _repr_html_(self) -> str:
        """Return the explanation for a notebook, in Chinese, as nested lists, every text escaped."""
        return html(self.explanation(), "zh", self.on.rulebook.vocabulary)


def decide(on: AreaOn, record: Record, waivers: Sequence[Waiver] = ()) -> Verdict:
    """Return the verdict of an area's law on a record."""
    found = findings(on, record, waivers, env := on.environment(record))
    verdict = Verdict(on, record, *interval(on.area, found), waivers)
    verdict.findings, verdict.environment = found, env
    if not verdict.definite:
        verdict.lift(verdict.split)
    return verdict
