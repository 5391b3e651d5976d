"""Facts that a log does not keep: left out of a receipt wherever it would tell them, before it is chained."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from safety_rules.language.errors import NotFoundError
from safety_rules.language.vocabulary import Vocabulary, fact_key
from safety_rules.semantics.verdict.receipt import MASKED, digest
from safety_rules.services.decisions.histories import tells
from safety_rules.words.near import did_you_mean


def facts_named(names: Iterable[str], vocabulary: Vocabulary) -> frozenset[str]:
    """Return the keys of facts by their Chinese or English names; raises NotFoundError."""
    found = set()
    for name in names:
        fact = vocabulary.find(name)
        if fact is None:
            known = vocabulary.facts if name.isascii() else [f.zh_key for f in vocabulary.facts.values()]
            raise NotFoundError(f"there is no fact `{name}`; {did_you_mean(name, known)}".rstrip("; "))
        found.add(fact.key)
    return frozenset(found)


def masked(receipt: Mapping[str, Any], hidden: frozenset[str]) -> dict[str, Any]:
    """Return a receipt without the values of facts, also where they name who it is about or are quoted in a problem."""
    made_from = receipt["provenance"]
    unsaid = {str(made_from["facts"][key]) for key in hidden if key in made_from["facts"]}
    facts = {key: _masked(value, key, hidden) for key, value in made_from["facts"].items()}
    told = [a for a in made_from["accepted"] if a["fact"] not in hidden]
    accepted = [{**a, "record": MASKED} if a["record"] in unsaid else a for a in told]
    chains = receipt.get("chains", {})
    if "own" in chains:
        own = {key: _masked(value, key, hidden) for key, value in chains["own"].items()}
        chains = {**chains, "own": own, "history": "" if tells(hidden) else chains["history"]}
    return {
        **receipt,
        **({"chains": chains} if chains else {}),
        "subject": "" if receipt["subject"] in unsaid else receipt["subject"],
        "waivers": [{**w, "subject": MASKED} if w["subject"] in unsaid else w for w in receipt["waivers"]],
        "problems": [
            _silent(p) if hidden & {fact_key(p["fact"]), _list(p["fact"])} else p for p in receipt["problems"]
        ],
        "provenance": {**made_from, "input": digest(facts), "facts": facts, "accepted": accepted},
    }


def _list(path: str) -> str:
    return path.partition("[")[0]


def _masked(value: Any, key: str, hidden: frozenset[str]) -> Any:
    if key in hidden:
        return {MASKED: True}
    if isinstance(value, list):
        return [
            {f: _masked(v, f"{key}.{f}", hidden) for f, v in i.items()} if isinstance(i, Mapping) else i for i in value
        ]
    return value


def _silent(problem: Mapping[str, str]) -> dict[str, str]:
    """Return a problem without what was given, which its sentences quote."""
    return {**problem, "given": "", "zh": problem["code"], "en": problem["code"]}
