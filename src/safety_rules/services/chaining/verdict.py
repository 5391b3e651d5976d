"""A verdict that rests on a history as well: its chains are part of its outcome, needs, standing and explanation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol

from safety_rules.language.chain import ChainFact
from safety_rules.language.explanation import Slot, Statement, statement
from safety_rules.language.kinds import Name
from safety_rules.language.rule import Waiver
from safety_rules.language.source import Standing, weakest
from safety_rules.language.verdict import Needs, Reason
from safety_rules.semantics.chaining.chain import ChainResult
from safety_rules.semantics.chaining.explain import explain_fact, standing
from safety_rules.semantics.chaining.facts import missing
from safety_rules.semantics.counsel.needs import needs
from safety_rules.semantics.decide import interval
from safety_rules.semantics.verdict.verdict import Verdict
from safety_rules.services.chaining.words import because, chain_below
from safety_rules.words.explanation import text, texts, tree
from safety_rules.words.values import json_value


class KeptHistory(Protocol):
    """A history that can be kept: its digest, and its content as one text."""

    @property
    def digest(self) -> str:
        """The digest of its content."""

    def text(self) -> str:
        """Return its content."""


class Joining(Protocol):
    """What it takes to join a record with its history again."""

    @property
    def joined(self) -> KeptHistory:
        """The history."""

    def receipt(self) -> dict[str, Any]:
        """Return what a receipt tells of it."""


class ChainedVerdict(Verdict):
    """A verdict on a project, with the effects that chains of records have on it; the worse of the two counts.

    `effects` are records of `ledger.effects`, the worst first; one that is not in `result.certain` is only
    possible. `notes` say what of the record and the history does not agree; `at` is what it takes to join the
    record again.
    """

    def __init__(
        self,
        verdict: Verdict,
        waivers: Sequence[Waiver],
        result: ChainResult,
        effects: Sequence[ChainFact],
        origins: Mapping[str, str],
        notes: Sequence[Name] = (),
        at: Joining | None = None,
    ) -> None:
        known = {o.key: -rank for rank, o in enumerate(verdict.on.area.outcomes)}
        own = (f for f in effects if f.values.get("effect") in known)
        self.effects = tuple(sorted(own, key=lambda f: known[str(f.values["effect"])]))
        waived = {f.outcome for f in verdict.findings if f.waived} if waivers else set()
        counted = [f for f in self.effects if f.values["effect"] not in waived]
        best = _worst(verdict, verdict.at_best, [f for f in counted if f.id in result.certain])
        super().__init__(
            verdict.on, verdict.record, best, _worst(verdict, verdict.at_worst, counted), waivers, verdict._violated
        )
        self.result, self.origins, self.notes, self.at = result, origins, tuple(notes), at

    @cached_property
    def needs(self) -> Needs:
        """What is missing of the record and of the history, and the fewest of it that settle the verdict."""
        if self.definite:
            return Needs()
        rank = self.on.area.rank(interval(self.on.area, self.findings)[0])
        own = needs(
            self.on, self.record, self.findings, max(rank, self.split.rank), self.split.most(len(self.on.area.outcomes))
        )
        open_ = frozenset(r for f in self.effects for r in self._missing(f.id))
        can_change = frozenset(r for reason in own.can_change for r in self._given(reason)) | open_
        smallest = frozenset(r for reason in own.smallest for r in self._given(reason)) or open_
        same = smallest == frozenset(own.smallest)
        return Needs(tuple(sorted(can_change)), tuple(sorted(smallest)), own.proven and same)

    def _given(self, reason: Reason) -> frozenset[Reason]:
        """Return a missing field of a record that the history added in terms of the history itself."""
        head, bracket, rest = reason.name.partition("]")
        origin = self.origins.get(head + bracket, "") if reason.kind == "fact" else ""
        if not origin:
            return frozenset({reason})
        if origin in self.result.facts:
            return self._missing(origin) or frozenset({reason})
        whole = "]" not in origin or not origin.endswith("]")
        return frozenset({Reason("fact", origin if whole else origin + rest)})

    def _missing(self, fact: str) -> frozenset[Reason]:
        return frozenset(
            Reason(r.kind, r.name.replace("[", "[=", 1)) if r.kind == "fact" and "[=" not in r.name else r
            for r in missing(self.result, fact)
        )

    @cached_property
    def standing(self) -> Standing | None:
        """The weakest standing among what decided the verdict, the chains included; None where nothing did."""
        deciding = [f for f in self.effects if f.values.get("effect") == self.at_best and f.id in self.result.certain]
        own, chained = super().standing, [standing(self.result, f.id) for f in deciding]
        return weakest(*chained, *([] if own is None else [own])) if chained else own

    def chains(self, language: str = "zh") -> tuple[str, ...]:
        """Return each effect in a sentence, and because of what: `不予准入，因……，因……。`; then the notes."""
        own = texts(map(self._sentence, self.effects), language, self.on.rulebook.vocabulary)
        return (*own, *(n.in_(language) for n in self.notes))

    def _sentence(self, effect: ChainFact) -> Statement:
        """Return one effect, and because of what, record by record down to those that were given."""
        outcome: Slot = self.on.area.outcome(str(effect.values["effect"])).name
        if effect.id not in self.result.certain:
            outcome = statement("chain.possibly", outcome=outcome)
        return because(self.result, effect, outcome)

    def explain(self, language: str = "zh", rules: Iterable[str] = (), standing: bool = False) -> str:
        """Return the chains in sentences, the verdict's explanation, and each chain as a tree; or some rules only."""
        asked = tuple(rules)
        said = super().explain(language, asked, standing)
        if asked or not (self.effects or self.notes):
            return said
        vocabulary = self.on.rulebook.vocabulary
        trees = [tree(explain_fact(self.result, f.id), language, vocabulary) for f in self.effects]
        return "\n\n".join([*self.chains(language), said, *trees])

    def to_dict(self) -> dict[str, Any]:
        """Return the verdict as plain data, with its chains down to the given records."""
        notes = [{"zh": n.zh, "en": n.en} for n in self.notes]
        chains = {"engine": self.result.engine, "effects": self._effects(), "notes": notes}
        return {**super().to_dict(), "chains": chains}

    def receipt(self) -> dict[str, Any]:
        """Return what the verdict came to and was made from; of the history, its digest and what effects it had."""
        certain = self.result.certain
        effects = [{"effect": f.values.get("effect"), "certain": f.id in certain} for f in self.effects]
        chains = {"engine": self.result.engine, "effects": effects, **({} if self.at is None else self.at.receipt())}
        return {**super().receipt(), "chains": chains}

    def _effects(self) -> list[dict[str, Any]]:
        vocabulary = self.on.rulebook.vocabulary
        return [
            {
                "effect": effect.values.get("effect"),
                "certain": effect.id in self.result.certain,
                "standing": standing(self.result, effect.id).name,
                "zh": text(self._sentence(effect), "zh", vocabulary),
                "en": text(self._sentence(effect), "en", vocabulary),
                "records": [self._record(f) for f in (effect, *chain_below(self.result, effect))],
            }
            for effect in self.effects
        ]

    def _record(self, fact: ChainFact) -> dict[str, Any]:
        fields = self.on.rulebook.vocabulary.fields(fact.relation)
        values = {f.field: json_value(fact.values[f.field], f.kind) for f in fields if f.field in fact.values}
        return {"record": fact.id, "certain": fact.id in self.result.certain, **values}


def _worst(verdict: Verdict, outcome: str, effects: Iterable[ChainFact]) -> str:
    return max([outcome, *(str(f.values["effect"]) for f in effects)], key=verdict.on.area.rank)
