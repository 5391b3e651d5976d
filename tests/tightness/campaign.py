"""How wide open verdicts are beside the truth: `python -m tightness.campaign [RECORDS] [SEED] [AREA…]`, in `tests/`.

Records of every area are made at random, half of them near one that passes, with 5, 10 and 30 % of their facts and
of the fields of their lists blank, and partly blank accidents. For each open verdict z3 is asked, on records with
every blank filled in, whether one reaches the outcome at best, one that at worst, and one lies outside; each record
that it finds is replayed by the definition. Lists that are blank are filled in with up to three records. It prints
the seed and, for each area and share of blanks, how many open verdicts are as wide as the truth, wider, definite in
truth, narrower, and not told by z3 within its limit; it ends with an error where one is narrower.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import safety_rules as sr
from safety_rules.engines.smt.law import OpenLaw, open_law
from safety_rules.engines.smt.logic import Condition, conjunction, negation
from safety_rules.engines.smt.record import _is_there, equals_value
from safety_rules.engines.smt.solver import Found, Search, search
from safety_rules.engines.smt.texts import alike
from safety_rules.engines.smt.unsupported import NotLowered
from safety_rules.language.kinds import Records, Text
from safety_rules.language.record import Record
from safety_rules.semantics.decide import findings, interval
from safety_rules.semantics.verdict.verdict import Verdict
from safety_rules.testing.passing import barely_passing, passing_record
from safety_rules.testing.sampling import data_of, random_record, typical_values

DAYS = {"admission": "2020-10-01"}
DAY, LIMIT_S, SHARES, LONGEST = "2024-03-01", 5.0, (0.05, 0.1, 0.3), 3
ACCIDENTS = "enterprise.accidents"


@dataclass(slots=True)
class Referee:
    """An area's law as formulas over one record with every fact known, asked about one record after another."""

    law: Any
    opened: OpenLaw
    asking: Search

    def reaches(self, record: Record, worst: bool, rank: int) -> bool | None:
        """Return whether a completion's outcome at best is no worse than a rank, or at worst no better; None where z3 gave up."""
        held = self._held(record)
        least = self.opened.worst_is_at_least(rank) if worst else negation(self.opened.best_is_at_least(rank + 1))
        said, found = self.asking.ask(held, least)
        if said is Found.GAVE_UP:
            return None
        if said is Found.RECORD:
            ends = [self.law.area.rank(o) for o in interval(self.law.area, findings(self.law, found[0]))]
            assert (ends[1] >= rank) if worst else (ends[0] <= rank), (
                record.values,
                found[0].values,
                ends,
                worst,
                rank,
            )
        return said is Found.RECORD

    def _held(self, record: Record) -> Condition:
        """Return that every known fact is as the record has it, and every other one known."""
        made, parts = self.opened.record, list[Condition]()
        for path, value in made.facts.items():
            fact = made.law.rulebook.vocabulary.fact_at(path)
            outer = path.partition("[")[0]
            given = record.value_at(path) if outer == path or _is_there(record, path) else None
            if isinstance(fact.kind, Text) and isinstance(given, str):
                given = alike(given, fact, (made.law,), made.texts, made.domain(fact))
            if given is not None:
                parts.append(equals_value(value, given))
            elif outer == path or outer not in record.values or _is_there(record, path):
                parts.append(negation(conjunction(made.present(path), negation(value.known))))
        return conjunction(*parts)


def referee(area: sr.DatedArea) -> Referee:
    """Return the referee of an area."""
    law = area.law.by_kleene()
    opened = open_law(law, (), LONGEST)
    opened.findings()
    return Referee(law, opened, search([opened], LIMIT_S))


def told(verdict: Verdict, asked: Referee) -> str:
    """Return how wide an open verdict is beside the truth."""
    outcomes = verdict.on.area.outcomes
    best, worst = (verdict.on.area.rank(end) for end in (verdict.at_best, verdict.at_worst))
    outside = [asked.reaches(verdict.record, False, best - 1)] if best else []
    outside += [asked.reaches(verdict.record, True, worst + 1)] if worst + 1 < len(outcomes) else []
    if any(outside):
        return "narrower"
    lowest = next((r for r in range(best, worst + 1) if asked.reaches(verdict.record, False, r) is not False), worst)
    highest = next((r for r in range(worst, best - 1, -1) if asked.reaches(verdict.record, True, r) is not False), best)
    if (lowest, highest) != (best, worst):
        return "definite" if lowest == highest else "wider"
    sides = (asked.reaches(verdict.record, False, best), asked.reaches(verdict.record, True, worst))
    return "as wide" if all(sides) else "not told"


def holed(values: Mapping[str, Any], within: str, area: sr.DatedArea, share: float, random: Random) -> dict[str, Any]:
    """Return values as plain data, a share of them left out, and of the fields of the records in their lists."""
    facts, found = area.law.rulebook.vocabulary.facts, dict[str, Any]()
    for name, value in values.items():
        fact = facts[within + name]
        if random.random() >= share:
            listed = isinstance(fact.kind, Records) and isinstance(value, list | tuple)
            rows = [holed(row, f"{fact.key}.", area, share, random) for row in value] if listed else None
            found[name] = data_of(value, fact) if rows is None else rows
    return found


def records(area: sr.DatedArea, share: float, count: int, random: Random) -> Iterator[Mapping[str, Any]]:
    """Yield records of which a share is blank: at random, and one in two near a record that passes."""
    values, near = typical_values(area.law), [passing_record(area), barely_passing(area)]
    for number in range(count):
        made = random_record(area.law, random, values, share)
        if number % 2:
            drawn = {f"{s}.{k}": v for s, fields in made.items() for k, v in fields.items()}
            moved = random.sample(sorted(drawn), min(len(drawn), random.choice((0, 1, 2, 4))))
            whole = {**random.choice(near), **{k: drawn[k] for k in moved}}
            yield holed(whole, "", area, share, random)
        else:
            yield made


def accidents(area: sr.DatedArea, count: int, random: Random) -> Iterator[Mapping[str, Any]]:
    """Yield passing records with accidents of which half of the fields are blank."""
    values, base = typical_values(area.law), passing_record(area)
    fields = [f for f in area.law.rulebook.vocabulary.fields(ACCIDENTS) if f.key in values]
    for _ in range(count):
        given = [{f.field: random.choice(values[f.key]) for f in fields if random.random() < 0.5} for _ in range(random.choice((1, 2, 3)))]  # fmt: skip
        yield {**holed(base, "", area, 0, random), ACCIDENTS: given}


def measured(area: sr.DatedArea, made: Iterator[Mapping[str, Any]], asked: Referee, shown: bool) -> Counter[str]:
    """Return how many open verdicts are how wide."""
    found = Counter[str]()
    for data in made:
        verdict = area.decide(data)
        found["decided"] += 1
        if verdict.definite or any(isinstance(v, tuple) and len(v) > LONGEST for v in verdict.record.values.values()):
            continue
        says = told(verdict, asked)
        found[says] += 1
        if says != "as wide" and shown:
            print(f"  {says}: {verdict.at_best} … {verdict.at_worst}, {verdict.record.values}")
    return found


def areas(given: Sequence[str]) -> list[str]:
    """Return the areas that are asked: those named after records and seed, else all."""
    return list(given[2:] or sr.load().areas)


def main(arguments: Sequence[str]) -> int:
    """Print how wide open verdicts are; return how many are narrower than the truth."""
    given = [a for a in arguments if a != "--show"]
    count, seed = int(given[0]) if given else 20, int(given[1]) if given[1:] else Random().randrange(10**6)
    whole, shown = Counter[str](), "--show" in arguments
    print(f"seed {seed}, {count} records of each kind")
    for key in areas(given):
        try:
            area = sr.load().area(key).on(DAYS.get(key, DAY))
            asked = referee(area)
        except (sr.NotFoundError, NotLowered) as why:
            print(f"{key}: {why}")
            continue
        kinds = {f"{share:.0%} blank": records(area, share, count, Random(f"{seed} {key} {share}")) for share in SHARES}
        if ACCIDENTS in area.law.rulebook.vocabulary.facts and ACCIDENTS in passing_record(area):
            kinds["accidents"] = accidents(area, count, Random(f"{seed} {key}"))
        for name, made in kinds.items():
            found = measured(area, made, asked, shown)
            whole += found
            print(f"{key}, {name}: {dict(found)}", flush=True)
    print(f"in all: {dict(whole)}")
    return whole["narrower"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
