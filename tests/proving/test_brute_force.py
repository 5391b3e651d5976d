"""What z3 answers is what going through every record answers, on small areas whose records can all be listed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from proving.pack import FILES
from safety_rules.language.record import Record
from safety_rules.language.rulebook import Rulebook
from safety_rules.language.verdict import Status
from safety_rules.loading.files import RuleFileText
from safety_rules.loading.rulebook import loaded
from safety_rules.semantics.decide import AreaOn, area_on, findings, interval
from safety_rules.services.proving.answers import Answer
from safety_rules.services.proving.days import changes
from safety_rules.services.proving.prove import prove_built_in, prove_invariants

NUMBERS = range(5)
VOCABULARY = """
subjects:
  plant: {zh: 厂, en: Plant}
choices:
  band: {low: {zh: 低, en: Low}, middle: {zh: 中, en: Middle}, high: {zh: 高, en: High}}
facts:
  plant.a: {zh: 甲, en: A, kind: boolean}
  plant.b: {zh: 乙, en: B, kind: boolean}
  plant.band: {zh: 档, en: Band, kind: choice, choices: band}
  plant.n: {zh: 数, en: Number, kind: number, whole: true, minimum: 0, maximum: 4}
"""
ATOMS = (
    "plant.a", "plant.b", "not plant.a", "plant.band == 'low'", "plant.band in ['low', 'high']", "plant.n >= 2",
    "plant.n * 2 < 5", "plant.n / (plant.n - 1) > 1.4", "(plant.n if plant.a else 4 - plant.n) >= 3",
)  # fmt: skip


def condition(rng: Random) -> str:
    parts = [rng.choice(ATOMS) for _ in range(rng.choice((1, 2, 2, 3)))]
    return f" {rng.choice(('and', 'or'))} ".join(f"({p})" for p in parts)


def rule(rng: Random, number: int) -> str:
    outcome = rng.choice(("fair", "bad", "bad"))
    applies = condition(rng) if rng.random() < 0.5 else "plant.n >= 1 or plant.n < 1"
    return f"""
rule: rule_{number}
title: {{zh: 则, en: Rule}}
in_force: {{from: 2020-01-01}}
authority: [{{source: code, clause: 一}}]
applies_when:
  applies: {{zh: 适用, en: It applies, that: "{applies}"}}
requires:
  holds: {{zh: 要求, en: It holds, that: "{condition(rng)}"}}
otherwise: {{outcome: {outcome}}}
"""


INVARIANTS = """
invariants:
  never_better: {{zh: 不更好, en: Never better, when: "{when}", never_better_than: fair}}
  never_worse: {{zh: 不更差, en: Never worse, when: "{when}", never_worse_than: fair}}
  growing: {{zh: 增长, en: Growing, grows: plant.n, verdict: never_better}}
"""


def small(seed: int) -> Rulebook:
    rng = Random(seed)
    files = {p: FILES[p] for p in ("units.yaml", "sources.yaml", "area/area.yaml")}
    files["vocabulary.yaml"] = VOCABULARY
    files |= {f"area/rule_{i}.yaml": rule(rng, i) for i in range(3)}
    files["area/invariants.yaml"] = INVARIANTS.format(when=condition(rng))
    return loaded([RuleFileText(path, text.encode()) for path, text in files.items()])


def records() -> Iterator[Record]:
    """Yield every record there is, blanks included."""
    options: dict[str, list[Any]] = {
        "plant.a": [None, True, False],
        "plant.b": [None, True, False],
        "plant.band": [None, "low", "middle", "high"],
        "plant.n": [None, *(Fraction(n) for n in NUMBERS)],
    }
    for values in itertools.product(*options.values()):
        yield Record({k: v for k, v in zip(options, values, strict=True) if v is not None})


def by_listing(law: AreaOn) -> dict[tuple[str, str], bool]:
    """Return which built-in questions hold, by going through every record."""
    area = law.area
    all_found = [(r, findings(law, r)) for r in records()]
    holds: dict[tuple[str, str], bool] = {}
    for i, one in enumerate(law.rules):
        statuses = [f[i].status for _, f in all_found]
        holds["can-be-violated", one.key] = Status.VIOLATED in statuses
        holds["can-be-satisfied", one.key] = Status.SATISFIED in statuses
        rank = area.rank(one.otherwise.outcome)
        holds["can-decide", one.key] = any(
            f[i].status is Status.VIOLATED
            and not any(
                g.status is Status.VIOLATED and j != i and area.rank(g.outcome) >= rank for j, g in enumerate(f)
            )
            for _, f in all_found
        )
        later = range(i + 1, len(law.rules))
        pairs = [{(f[i].status, f[j].status) for _, f in all_found} for j in later]
        yes, no = Status.SATISFIED, Status.VIOLATED
        if pairs:
            holds["no-contradiction", one.key] = not any(
                (yes, yes) not in p and {(yes, no), (no, yes)} <= p for p in pairs
            )
    bounds = [(r, [area.rank(o) for o in interval(area, f)]) for r, f in all_found]
    holds["best-is-reachable", ""] = any(b == [0, 0] for _, b in bounds)
    read = {k for r in law.rules for c in (*r.applies_when, *r.requires) for k in _facts(c.text)}
    holds["definite-when-known", ""] = all(b[0] == b[1] for r, b in bounds if read <= set(r.values))
    return holds


def _facts(text: str) -> set[str]:
    return {
        k for k in ("plant.a", "plant.band", "plant.n", "plant.b") if k in text.replace("plant.band", "plant.band ")
    }


@pytest.mark.parametrize("seed", range(12))
def test_the_built_in_answers_are_those_of_all_records(seed: int) -> None:
    book = small(seed)
    law = area_on(book, "area", changes(book, book.areas["area"])[0])
    expected = by_listing(law)
    answers = {(p.question.code, p.question.of): p.answer for p in prove_built_in(book)}
    unasked = {key for key in expected if key not in answers}
    assert {code for code, _ in unasked} <= {"no-contradiction"}, "rules that share no fact are not asked: they hold"
    assert {key: answers.get(key, Answer.PROVED) is Answer.PROVED for key in expected} == expected
    assert set(answers.values()) <= {Answer.PROVED, Answer.REFUTED}


@pytest.mark.parametrize("seed", range(12))
def test_the_answers_to_invariants_are_those_of_all_records(seed: int) -> None:
    book = small(seed)
    law = area_on(book, "area", changes(book, book.areas["area"])[0])
    when = law.area.invariants[0].when
    assert when is not None
    ranked = {}
    for record in records():
        best, worst = interval(law.area, findings(law, record))
        ranked[tuple(sorted(record.values.items(), key=str))] = (law.area.rank(best), law.area.rank(worst), record)
    expected = {"never_better": True, "never_worse": True, "growing": True}
    from safety_rules.language.truth import Truth
    from safety_rules.semantics.evaluate import truth

    for best, _, record in ranked.values():
        if truth(when, law.environment(record))[0] is Truth.TRUE:
            expected["never_better"] &= best >= 1
            expected["never_worse"] &= best <= 1
    for best, worst, record in ranked.values():
        n = record.values.get("plant.n")
        for more in () if n is None else [m for m in NUMBERS if m > n]:
            larger = ranked[tuple(sorted({**record.values, "plant.n": Fraction(more)}.items(), key=str))]
            expected["growing"] &= larger[0] >= best and larger[1] >= worst
    answers = {p.question.of: p.answer is Answer.PROVED for p in prove_invariants(book)}
    assert answers == expected
