"""Admission in the light of a ledger: what chains derive of an enterprise's lists flows into its project's verdict.

The ledger's records of the enterprise stand in for those that the project's record leaves out; a listing that is
only possible comes without its status, so that it keeps the verdict open instead of deciding it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from safety_rules.engines.forward import Engine, chain
from safety_rules.face import DatedArea
from safety_rules.language.chain import ChainFact
from safety_rules.language.kinds import Name
from safety_rules.language.record import Problem, Record
from safety_rules.language.rule import Area
from safety_rules.semantics.admit import admit
from safety_rules.semantics.chain import ChainResult, program_on
from safety_rules.semantics.chain_explain import explain_fact
from safety_rules.semantics.chain_facts import derived_items, given_facts
from safety_rules.semantics.verdict import UNDETERMINED, UNDETERMINED_NAME, Verdict
from safety_rules.services.chained_words import because

LISTINGS = ("list", "listed_on", "status")
OWN_RECORDS = {
    "enterprise.accidents": ("ledger.accidents", ("date", "deaths", "serious_injuries", "direct_loss")),
    "enterprise.hidden_dangers": ("ledger.dangers", ("level", "deadline", "is_closed")),
}


@dataclass(frozen=True, slots=True)
class ChainedVerdict:
    """A verdict on a project, and the chain of records that bears on it; the worse of the two counts."""

    verdict: Verdict
    result: ChainResult
    effects: tuple[ChainFact, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def at_best(self) -> str:
        """The best outcome that is still possible."""
        return self._worst(self.verdict.at_best, [f for f in self.effects if f.id in self.result.certain])

    @property
    def at_worst(self) -> str:
        """The worst outcome that is still possible."""
        return self._worst(self.verdict.at_worst, self.effects)

    @property
    def outcome(self) -> str:
        """The outcome's key, or `undetermined`."""
        return self.at_best if self.at_best == self.at_worst else UNDETERMINED

    @property
    def outcome_name(self) -> Name:
        """The outcome in Chinese and English."""
        return UNDETERMINED_NAME if self.outcome == UNDETERMINED else self.area.outcome(self.outcome).name

    @property
    def area(self) -> Area:
        """The area that decides."""
        return self.verdict.on.area

    def explain(self, language: str = "zh") -> str:
        """Return the outcome with its chain in a sentence, the verdict's explanation, and each chain as a tree."""
        parts = [self.sentence(fact, language) for fact in self.effects] or [self.outcome_name.in_(language)]
        parts.append(self.verdict.explain(language))
        parts += ["\n".join(explain_fact(self.result, fact.id, language).render()) for fact in self.effects]
        return "\n\n".join(parts)

    def sentence(self, effect: ChainFact, language: str = "zh") -> str:
        """Return the effect, and because of what, down to the given records: `不予准入，因……，因……`."""
        zh = language == "zh"
        outcome = self.area.outcome(str(effect.values["effect"])).name.in_(language)
        if effect.id not in self.result.certain:
            outcome = f"待核实（可能{outcome}）" if zh else f"undetermined (possibly {outcome})"
        return because(self.result, effect, outcome, language)

    def _worst(self, outcome: str, effects: Any) -> str:
        return max([outcome, *(str(f.values["effect"]) for f in effects)], key=self.area.rank)


def decide_chained(area: DatedArea, project: Any, ledger: Mapping[str, Any], engine: Engine = "auto") -> ChainedVerdict:
    """Return the verdict on a project's record, with what follows from a ledger for its enterprise.

    `ledger` holds the lists `ledger.accidents`, `.dangers`, `.recorded_listings`, `.enterprises` and `.projects`;
    a list that it leaves out may hold anything. The project and its enterprise need not be among them.
    """
    law, record = area.law, area.admit(project)
    vocabulary = law.rulebook.vocabulary
    code, number, name = (record.values.get(k) for k in ("enterprise.credit_code", "project.id", "enterprise.name"))
    given = admit(dict(ledger), vocabulary)
    program = program_on(law.rulebook, law.as_of, law.require, confirmed=law.confirmed)
    facts, problems = given_facts(_with_subject(given, code, number, name), program)
    result = chain(program, facts, engine)
    found = tuple(f for f in result.derived("ledger.effects") if f.values.get("project") in (None, number))
    filled = _filled(record, given, result, code)
    return ChainedVerdict(area.decide(filled), result, found, (*given.problems, *problems))


def _with_subject(ledger: Record, code: Any, number: Any, name: Any) -> Record:
    """Return the ledger with the project and its enterprise among its records."""
    project = {k: v for k, v in (("id", number), ("enterprise", code)) if v is not None}
    values: dict[str, Any] = dict(ledger.values)
    others = tuple(p for p in values.get("ledger.projects", ()) if p.get("id") != number or number is None)
    values["ledger.projects"] = (*others, project)
    known = values.get("ledger.enterprises", ())
    if code is not None and code not in [e.get("credit_code") for e in known]:
        values["ledger.enterprises"] = (*known, {"credit_code": code} | ({} if name is None else {"name": name}))
    return Record(values, ledger.problems)


def _filled(record: Record, ledger: Record, result: ChainResult, code: Any) -> Record:
    """Return the project's record with the listings, accidents and dangers of its enterprise."""
    values: dict[str, Any] = dict(record.values)
    items = derived_items(result, "ledger.listings", "enterprise", code, frozenset({"status"}))
    derived = tuple({n: item[n] for n in LISTINGS if n in item} for _, item in items)
    values["enterprise.listings"] = (*values.get("enterprise.listings", ()), *derived)
    for fact, (relation, fields) in OWN_RECORDS.items():
        if fact not in values and relation in ledger.values:
            values[fact] = tuple(_own(ledger.values[relation], code, fields))
    return Record(values, record.problems, record.given)


def _own(items: Any, code: Any, fields: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Yield the items of an enterprise; one that may be another's stands as a blank."""
    for item in items:
        if code is None or "enterprise" not in item:
            yield {}
        elif item["enterprise"] == code:
            yield {n: item[n] for n in fields if n in item}
