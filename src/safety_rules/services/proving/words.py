"""Answers in words: one line for what holds, and the record in YAML for what does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from safety_rules.services.proving.answers import Answer, Proof

SAID = {
    Answer.PROVED: "proved", Answer.REFUTED: "does not hold", Answer.UNDECIDED: "not decided",
    Answer.ACCEPTED: "exempted", Answer.NEEDLESS: "needless exemption", Answer.NOT_REPLAYED: "not replayed",
}  # fmt: skip


def headline(proof: Proof) -> str:
    """Return an answer in one line."""
    q = proof.question
    sentence = f"{q.of or q.area}: {q.sentence.en}"
    why = f": {proof.why.en}" if proof.why.en else ""
    return f"{q.code} on {q.day}: {sentence}: {SAID[proof.answer]}{why}"


def record_of(proof: Proof) -> str:
    """Return the records that an answer shows, each as YAML below what came of it."""
    parts = []
    for i, shown in enumerate(proof.shown, start=1):
        which = f"record {i} of {len(proof.shown)}" if len(proof.shown) > 1 else "a record"
        body = "\n".join(f"  {line}" for line in shown.given.splitlines())
        parts.append(f"# {which}, decided on {shown.day} by the definition: {shown.says}\ngiven:\n{body}")
    return "\n".join(parts)


def failure(proof: Proof) -> str:
    """Return what is wrong with an answer that does not hold, with the records that show it."""
    return "\n".join(part for part in (headline(proof), record_of(proof)) if part)


def summary(proofs: Sequence[Proof]) -> str:
    """Return how many questions there were and what came of them."""
    invariants = {(p.question.area, p.question.of) for p in proofs if p.question.code == "invariant"}
    built_in = sum(p.question.code != "invariant" for p in proofs)
    counts = Counter(SAID[p.answer] for p in proofs)
    told = ", ".join(f"{n} {said}" for said, n in counts.items())
    bounds = dict.fromkeys(p.bound.en for p in proofs if p.bound.en)
    within = f" ({'; '.join(bounds)})" if bounds else ""
    return f"{len(invariants)} invariants and {built_in} built-in questions: {told or 'none asked'}{within}"
