"""Answers in words: one line for what holds, and the record in YAML for what does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from safety_rules.services.proving.answers import Proof
from safety_rules.words.catalog import CHINESE, ENGLISH, sentence


def headline(proof: Proof, language: str = ENGLISH) -> str:
    """Return an answer in one line."""
    q, why = proof.question, proof.why.in_(language)
    told = {"code": q.code, "day": q.day, "of": q.of or q.area, "asked": q.sentence.in_(language)}
    return sentence(
        "proving.why" if why else "proving.line", language, **told, answer=_answer(proof, language), why=why
    )


def _answer(proof: Proof, language: str) -> str:
    return sentence(f"proving.{proof.answer.value}", language)


def record_of(proof: Proof, language: str = ENGLISH) -> str:
    """Return the records that an answer shows, each as YAML below what came of it."""
    parts = []
    for i, shown in enumerate(proof.shown, start=1):
        which = sentence(
            "proving.one_of" if len(proof.shown) > 1 else "proving.one", language, i=i, most=len(proof.shown)
        )
        body = "\n".join(f"  {line}" for line in shown.given.splitlines())
        decided = sentence("proving.record", language, which=which, day=shown.day, says=shown.says.in_(language))
        parts.append(f"# {decided}\ngiven:\n{body}")
    return "\n".join(parts)


def failure(proof: Proof) -> str:
    """Return what is wrong with an answer that does not hold, with the records that show it."""
    return "\n".join(part for part in (headline(proof), record_of(proof)) if part)


def summary(proofs: Sequence[Proof], language: str = ENGLISH) -> str:
    """Return how many questions there were and what came of them."""
    invariants = {(p.question.area, p.question.of) for p in proofs if p.question.code == "invariant"}
    built_in = sum(p.question.code != "invariant" for p in proofs)
    counts = Counter(_answer(p, language) for p in proofs)
    told = [sentence("proving.count", language, said=said, count=n) for said, n in counts.items()]
    bounds = dict.fromkeys(p.bound.in_(language) for p in proofs if p.bound.en)
    between, after = ("，", "；") if language == CHINESE else (", ", "; ")
    within = sentence("proving.within", language, bounds=after.join(bounds)) if bounds else ""
    none = sentence("proving.none", language)
    counted = {"invariants": len(invariants), "built_in": built_in, "told": between.join(told) or none}
    asked = len(proofs) - built_in
    key = "proving.summary" if asked == len(invariants) else "proving.summary_days"
    return sentence(key, language, **counted, asked=asked, within=within)
