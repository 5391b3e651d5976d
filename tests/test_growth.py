"""What a reading costs grows with a condition's length and does not double with each step of it.

The cost is the number of calls of Python functions, counted, so that no clock is asked; of SQL its length as
well. Each shape is read at three sizes, the second and third twice the one before.
"""

from __future__ import annotations

import datetime
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest

import safety_rules as sr
from conformance.suite import HERE, folder_files, loaded
from safety_rules.engines.columnar.cases import arrow_table
from safety_rules.engines.columnar.source import source
from safety_rules.engines.compiled import compiled, fast
from safety_rules.engines.compiled.decide import decider
from safety_rules.engines.compiled.standing import standings
from safety_rules.engines.smt.law import open_law
from safety_rules.engines.sql.dialect import DUCKDB
from safety_rules.engines.sql.query.builder import first_query, law_query
from safety_rules.engines.sql.read.types import Use
from safety_rules.language.errors import SafetyRulesError
from safety_rules.language.record import Record
from safety_rules.language.rulebook import Rulebook
from safety_rules.loading.rulebook import RuleFileText
from safety_rules.semantics.admission.admit import admit
from safety_rules.semantics.decide import AreaOn, area_on
from safety_rules.semantics.verdict.verdict import decide

DAY = datetime.date(2020, 10, 1)
SIZES = (4, 8, 16)
MOST = 4_000_000
"""Calls, after which a reading is taken for one that does not end."""

LINEAR, SQUARE = 2.6, 5.0
"""By how much the cost may grow with twice the size: 2 where it is in proportion, 4 where it is its square."""

SMALL = 400
"""Calls that a reading may take beside that."""


class Endless(BaseException):
    """More was called than `MOST`."""


def calls(work: Callable[[], Any]) -> int:
    """Return how many Python functions are called."""
    count = 0

    def seen(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal count
        count += event == "call"
        if count > MOST:
            raise Endless

    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@dataclass
class Pack:
    """A rule, with the derived facts that it reads: name, formula, the kind of its value, and the list that it is of."""

    that: str
    derived: list[tuple[str, str, str]] = field(default_factory=list)
    of_items: bool = False


def book(pack: Pack) -> Rulebook:
    kept = [f for f in folder_files(HERE / "base") if f.path in ("area/area.yaml",) or not f.path.startswith("area/")]
    owner, variable = ("enterprise.runs", "e") if pack.of_items else ("project", None)
    facts = {name: _fact(name, kind) for name, _, kind in pack.derived}
    fields = {"loss": _fact("loss", "number"), "hot": _fact("hot", "boolean"), **(facts if pack.of_items else {})}
    runs = {"enterprise.runs": {**_fact("runs", "records"), "fields": fields}}
    more = runs | ({} if pack.of_items else {f"{owner}.{name}": fact for name, fact in facts.items()})
    lines = "".join(f"  {key}: {json.dumps(fact)}\n" for key, fact in more.items())
    files = [RuleFileText(f.path, f.data + lines.encode() * (f.path == "vocabulary.yaml")) for f in kept]
    for name, formula, _ in pack.derived:
        derivation = {"derive": name, "fact": f"{owner}.{name}", "derives": formula, **_head(name)}
        files.append(_file(name, derivation | ({"for_each": variable} if variable else {})))
    clause = {"holds": {"zh": "条件", "en": "condition", "that": pack.that}}
    files.append(_file("r", {"rule": "r", **_head("r"), "requires": clause, "otherwise": {"outcome": "rejected"}}))
    return loaded(files)


def _fact(name: str, kind: str) -> dict[str, Any]:
    return {"zh": f"项{name}", "en": f"Fact {name}", "kind": kind}


def _head(name: str) -> dict[str, Any]:
    authority = [{"source": "statute", "clause": "1"}]
    return {"title": {"zh": name, "en": name}, "in_force": {"from": "2000-01-01"}, "authority": authority}


def _file(name: str, content: Mapping[str, Any]) -> RuleFileText:
    return RuleFileText(f"area/{name}.yaml", json.dumps(content).encode())


def nested(n: int, leaf: str, form: str) -> str:
    """Return a text put into a form, n times; `{i}` is the number of the time."""
    for i in range(n):
        leaf = form.format(leaf, i=i)
    return leaf


def chain(n: int, first: str, step: str, kind: str, that: str, of_items: bool = False) -> Pack:
    """Return a rule over the last of n facts, each of which is derived from the one before."""
    derived = [(f"d{i}", first if i == 0 else step.format(before=f"d{i - 1}", i=i), kind) for i in range(n)]
    return Pack(that.format(last=f"d{n - 1}"), derived, of_items)


BOTH = "(project.{before} and project.clean) or (not project.{before} and project.ratio == {i})"
EVENT = "(e.{before} and project.ready) or (not e.{before} and e.loss == {i})"
SHAPES: dict[str, Callable[[int], Pack]] = {
    "else if, numbers": lambda n: Pack(
        f"({' else '.join(f'{i} if project.ratio == {i}' for i in range(n))} else 0) >= 1"
    ),
    "else if, choices": lambda n: Pack(
        f"({' else '.join(f'project.site if project.ratio == {i}' for i in range(n))} else project.other_site) == 'land'"
    ),
    "else if, conditions": lambda n: Pack(
        f"{' else '.join(f'project.ready if project.ratio == {i}' for i in range(n))} else project.clean"
    ),
    "if in an arm": lambda n: Pack(nested(n, "project.ratio", "(({}) if project.ratio == {i} else {i})") + " >= 1"),
    "if in an arm, text": lambda n: Pack(
        nested(n, "'y'", "(({}) if project.ratio == {i} else 'n')") + " == project.code"
    ),
    "if in a test": lambda n: Pack(nested(n, "project.ratio == 1", "project.ready if ({}) else project.clean")),
    "else if, of items": lambda n: Pack(
        f"any(({' else '.join(f'{i} if e.score == {i}' for i in range(n))} else 0) >= 1 for e in enterprise.events)"
    ),
    "not": lambda n: Pack(nested(n, "project.ready", "not {}")),
    "and, or": lambda n: Pack(nested(n, "project.ready", "(project.ratio == {i} and (project.clean or {}))")),
    "equal truths": lambda n: Pack(nested(n, "project.clean", "(project.ready == {})")),
    "sum": lambda n: Pack(nested(n, "project.ratio", "(project.ratio + {})") + " >= 1"),
    "quotient": lambda n: Pack(nested(n, "project.level", "(project.level / (1 + {}))") + " >= 1"),
    "smaller": lambda n: Pack(nested(n, "project.width", "min(project.ratio, {})") + " >= 1"),
    "step": lambda n: Pack(nested(n, "project.width", "round_to({}, 2)") + " >= 1"),
    "moved day": lambda n: Pack(nested(n, "project.approved", "({} + project.wait)") + " >= as_of"),
    "figure of a day": lambda n: Pack(
        nested(n, "project.approved", "(project.approved + limit.period[{}])") + " >= as_of"
    ),
    "sums of items": lambda n: Pack(
        nested(n, "project.ready", "(sum(e.loss for e in enterprise.events if e.closed) >= {i}[万元] and {})")
    ),
    "derived numbers": lambda n: chain(
        n, "project.ratio", "project.{before} + project.{before}", "number", "project.{last} >= 1"
    ),
    "derived by a test": lambda n: chain(
        n,
        "project.ratio",
        "project.{before} if project.ready else project.{before} + 1",
        "number",
        "project.{last} >= 1",
    ),
    "derived conditions": lambda n: chain(n, "project.ready", BOTH, "boolean", "project.{last}"),
    "derived numbers of items": lambda n: chain(
        n, "e.loss", "e.{before} + e.{before}", "number", "any(x.{last} >= 1 for x in enterprise.runs)", True
    ),
    "derived conditions of items": lambda n: chain(
        n, "e.hot", EVENT, "boolean", "all(x.{last} for x in enterprise.runs)", True
    ),
}
KNOWN: dict[str, Any] = {
    "project.ready": False, "project.clean": True, "project.ratio": Fraction(1), "project.width": Fraction(1),
    "project.level": Fraction(1), "project.code": "氨", "project.wait": Fraction(3), "project.approved": DAY,
    "project.site": "land", "project.other_site": "lease",
    "enterprise.events": ({"loss": Fraction(3), "closed": True, "score": Fraction(2)}, {"closed": False}),
    "enterprise.runs": ({"loss": Fraction(3), "hot": True}, {"loss": Fraction(0)}),
}  # fmt: skip
RECORDS = {"known": KNOWN, "blank": {}, "part": {k: KNOWN[k] for k in ("project.clean", "enterprise.runs")}}


def standing(law: AreaOn) -> None:
    area = compiled(law)
    for values in RECORDS.values():
        masks = area.masks(values)
        standings(area)(values, masks, area.outcome(masks.violated))


def queries(law: AreaOn, con: Any) -> dict[str, str]:
    """Return the full and the short query over a complete row."""
    rows = source(con, arrow_table(law, [Record(KNOWN)]), Path())
    uses = {key: Use(key, kind, None, True, True) for key, kind in rows.types.items()}
    return {"full": law_query(law, uses, DUCKDB).over(""), "short": first_query(law, uses, DUCKDB).over("")}


def costs(pack: Pack, con: Any) -> dict[str, int]:
    """Return what every reading of a pack costs."""
    found = {"load": calls(lambda: book(pack))}
    law = area_on(book(pack), "base", DAY)
    found["compile"] = calls(lambda: compiled(law))
    found["fast"] = calls(lambda: fast(law, lambda _: None))
    found["standing"] = calls(lambda: standing(law))
    found["sql"] = calls(lambda: queries(law, con))
    found |= {f"length of the {name} query": len(sql) for name, sql in queries(law, con).items()}
    found["solver"] = calls(lambda: open_law(law).findings())
    for name, values in RECORDS.items():
        record = Record(values)
        found[f"decide {name}"] = calls(lambda r=record: decide(law, r))
        for part in ("derived", "needs", "clause_gaps"):
            found[f"{part} {name}"] = calls(lambda r=record, p=part: getattr(decide(law, r), p))
        found[f"evidence {name}"] = calls(lambda r=record: decide(law, r).evidence(every=True))
        found[f"explain {name}"] = calls(lambda r=record: decide(law, r).explain("zh", ["r"]))
    return found


SQUARES = ("needs", "clause_gaps", "explain", "length", "fast", "solver", "standing")
"""For each figure that is missing or short the condition is read again; SQL and the fast function repeat bounds and
exact forms up to a fixed size; the solver has a case for each arm of each arm; how sure a part is is asked beside
what it is.
"""


@pytest.mark.parametrize("shape", SHAPES)
def test_no_reading_doubles_with_a_step(shape: str) -> None:
    with duckdb.connect() as con:
        costs(SHAPES[shape](2), con)
        sizes = [costs(SHAPES[shape](n), con) for n in SIZES]
    for reading in sizes[0]:
        counts = [cost[reading] for cost in sizes]
        most = SQUARE if reading.startswith(SQUARES) else LINEAR
        assert counts[2] <= most * counts[1] + SMALL, (reading, counts)


def test_chains_of_comparisons_within_each_other_are_read_once_and_refused_where_they_come_to_too_much() -> None:
    def text(n: int) -> Pack:
        return Pack(nested(n, "project.clean", "(project.ready == {} == project.clean)"))

    assert calls(lambda: book(text(6))) < 3 * calls(lambda: book(text(3)))
    with pytest.raises(SafetyRulesError, match="condition-too-long"):
        book(text(40))


def test_unknown_names_of_a_record_cost_in_proportion() -> None:
    def admitted(n: int) -> int:
        data = {"project": {f"no_such_fact_{i}": 1 for i in range(n)}}
        return calls(lambda: admit(data, book(Pack("project.ready")).vocabulary))

    few, many = admitted(200), admitted(2000)
    assert many - few < 1800 * 60


def unit(n: int) -> dict[str, Any]:
    """Return a unit of the first level with so many chemicals, of which every number has its gap."""
    chemicals = [{"name": ("液氨", "氯")[i % 2], "quantity": 100 + i} for i in range(n)]
    return {"unit": {"name": "单元", "scope": "适用", "people_outside": 10, "chemicals": chemicals}}


def test_what_is_told_of_a_list_grows_with_its_length_and_not_with_its_square() -> None:
    law = sr.load().area("major_hazard").on("2020-10-01")
    law.decide(unit(2)).to_dict()
    small, large = (calls(lambda n=n: law.decide(unit(n)).to_dict()) for n in (16, 32))
    assert large <= 3 * small


def test_what_a_blank_list_of_choices_can_come_to_is_worked_out_once_and_not_for_each_record_that_leaves_it_blank() -> (
    None
):
    law = sr.load().area("major_hazard").on("2020-10-01")

    def explained(n: int) -> int:
        chemicals = [{"name": "某混合物", "quantity": 1} for _ in range(n)]
        unit = {"name": "单元", "scope": "适用", "exposed_population": 20, "chemicals": chemicals}
        return calls(lambda: law.decide({"unit": unit}).explain())

    explained(1)
    assert explained(16) <= 2 * explained(2)


def firm(n: int, known: int = 0) -> dict[str, Any]:
    """Return an enterprise of so many accidents of which each lacks something, and of larger ones that are known."""
    whole = ({"date": DAY - datetime.timedelta(30 + i), "deaths": 3, "serious_injuries": 1} for i in range(known))
    partly = []
    for j in range(n):
        day = datetime.date(2018, 1, 1) + datetime.timedelta(days=5 * j)
        fields = {"date": day, "deaths": j % 4, "serious_injuries": j % 12, "direct_loss": 300 * (j % 5)}
        partly.append({name: value for i, (name, value) in enumerate(fields.items()) if (j + i) % 3})
    return {"project": {"site": "land"}, "enterprise": {"accidents": [*whole, *partly]}}


TOLD: dict[str, Callable[[Any], object]] = {
    "gaps": lambda verdict: verdict.gaps,
    "standing": lambda verdict: verdict.standing,
    "to_dict": lambda verdict: verdict.to_dict(),
}
MOST_FOR_A_PAIR = {"gaps": 600, "standing": 420, "to_dict": 900}
"""Calls that what is told may take for each pair of accidents: a rule compares them all, and no more than that may grow so."""


def of_accidents(known: int, asked: Callable[[Any], object]) -> list[int]:
    """Return what is called for an enterprise of 8, 16 and 32 accidents, by functions that no other test has used."""
    law = replace(sr.load().area("admission").on(DAY).law)
    decided = decider(law).decided
    asked(decided(firm(3, known)))
    return [calls(lambda n=n: asked(decided(firm(n, known)))) for n in (8, 16, 32)]


def test_cases_of_accidents_that_lack_something_work_out_the_pairs_of_the_changed_one_alone() -> None:
    _, small, large = of_accidents(0, lambda verdict: verdict.outcome)
    assert large <= 5 * small


@pytest.mark.parametrize("told", TOLD)
def test_what_is_told_of_accidents_that_lack_something_takes_few_calls_for_a_pair(told: str) -> None:
    first, second, third = of_accidents(2, TOLD[told])
    for_pairs = (third - second) - 2 * (second - first)  # without what is in proportion to the length
    assert for_pairs <= MOST_FOR_A_PAIR[told] * (32 * 32 - 3 * 16 * 16 + 2 * 8 * 8), (first, second, third)
