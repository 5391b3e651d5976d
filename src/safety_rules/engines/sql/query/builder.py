"""The one builder: facts and cells, findings by the setting, stages, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from safety_rules.engines.sql.dialect import Dialect
from safety_rules.engines.sql.lower import quantities
from safety_rules.engines.sql.lower.tree import READINGS
from safety_rules.engines.sql.lower.writer import Writer
from safety_rules.engines.sql.query.full import full
from safety_rules.engines.sql.query.law_query import LawQuery, answers_of
from safety_rules.engines.sql.query.setting import Plan, Setting
from safety_rules.engines.sql.query.short import best, short
from safety_rules.engines.sql.read.cell_types import wrong_type
from safety_rules.engines.sql.read.facts import facts_and_cells, used_facts
from safety_rules.engines.sql.read.ratios import asked_pairs, asked_ratios, contradicted, odd_ratio
from safety_rules.engines.sql.read.types import Use
from safety_rules.language.expr import FactRef
from safety_rules.language.kinds import Choice, Number, Records
from safety_rules.language.law import is_sure
from safety_rules.language.rule import Waiver
from safety_rules.semantics.decide import AreaOn

MOST_REMEMBERED = 8
REMEMBERED: dict[tuple[int, str, str, tuple[str, ...], tuple[str, ...]], LawQuery] = {}


def first_query(
    law: AreaOn,
    uses: Mapping[str, Use],
    d: Dialect,
    keep: Sequence[str] = (),
    waivers: Sequence[Waiver] = (),
    answers: Sequence[str] = (),
) -> LawQuery:
    """Return the query that a table is first read with: the short one where its first rows were complete and plain.

    What was confirmed for a record, or waived, needs its name, which the full one reads. A short one gives no more
    than the `answers` that are asked for. The last few are remembered, for a law that decides one table after
    another.
    """
    if waivers or law.accepted:
        return law_query(law, uses, d, keep, waivers)
    name = (id(law), d.name, repr(uses), tuple(keep), tuple(answers))
    found = REMEMBERED.get(name)
    if found is None:
        found = _first(law, uses, d, keep, answers)
        while len(REMEMBERED) >= MOST_REMEMBERED:
            REMEMBERED.pop(next(iter(REMEMBERED), name), None)
        REMEMBERED[name] = found  # it holds the law, whose id is then nobody else's
    return found


def _first(law: AreaOn, uses: Mapping[str, Use], d: Dialect, keep: Sequence[str], answers: Sequence[str]) -> LawQuery:
    sure = law.rules and all(is_sure(r, law) for r in law.rules)
    if not (sure and all(key in uses and _plain(law, key, uses[key]) for key in used_facts(law))):
        return law_query(law, uses, d, keep)
    w, raw = _writer(law, uses, d, ())
    given = answers_of(law, answers)
    derived = {k: sql for k, sql in _derived(law, w).items() if k in given}
    setting = short(law, w, given)
    text, outcome = _text(Plan(w, uses, raw), keep, derived, setting), best(law, d, setting.letter)
    return LawQuery(law, d, {k: uses[k] for k in raw}, text, w.maps, tuple(derived), (), outcome, tuple(answers))


def _plain(law: AreaOn, key: str, use: Use) -> bool:
    """Return whether a column is expected to hold a plain value of the fact in every row."""
    fact = law.rulebook.vocabulary.facts[key]
    plain = use.clean or not isinstance(fact.kind, Number | Choice | Records)
    return use.filled and plain and not wrong_type(fact, use.type)


def law_query(
    law: AreaOn, uses: Mapping[str, Use], d: Dialect, keep: Sequence[str] = (), waivers: Sequence[Waiver] = ()
) -> LawQuery:
    """Return the full query of a law over columns; the columns `keep` are passed through as they are."""
    subjects = law.rulebook.vocabulary.subjects
    identity = [k for s in law.area.subjects for k in subjects[s].identity] if waivers else []
    named = [k for s in subjects.values() for k in s.identity if k in uses] if law.accepted else []
    w, raw = _writer(law, uses, d, [*identity, *named])
    setting = full(law, w, identity, waivers)
    derived = _derived(law, w)
    text = _text(Plan(w, uses, raw), keep, derived, setting)
    unread = tuple(k for k in used_facts(law) if k not in uses)
    return LawQuery(law, d, {k: uses[k] for k in raw}, text, w.maps, tuple(derived), unread)


def _writer(
    law: AreaOn, uses: Mapping[str, Use], d: Dialect, besides: Sequence[str]
) -> tuple[Writer, Mapping[str, str]]:
    """Return a writer over the cells of a law, and the raw column of each fact that has one."""
    ratios = asked_ratios(law, uses, used_facts(law))
    pairs = asked_pairs(law, uses, used_facts(law))
    both = [(r.of, r.per) for r in ratios] + [(p.text, p.choice) for p in pairs]
    beside = dict.fromkeys([*besides, *(key for two in both for key in two)])
    read, raw, cells = facts_and_cells(law, uses, d, beside)
    w = Writer(law, d, cells, read, READINGS)
    for ratio in ratios:
        w.doubt(odd_ratio(ratio, w))
    for pair in pairs:
        w.doubt(contradicted(pair, w))
    return w, raw


def _derived(law: AreaOn, w: Writer) -> dict[str, str]:
    """Return the derived facts of the law's own scope, each as a column."""
    found: dict[str, str] = {}
    for key, derivation in law.derivations.items():
        if derivation.variable is None:
            kind = law.rulebook.vocabulary.facts[key].kind
            found[key] = quantities.fact(key, w).sql if isinstance(kind, Number) else w.value(FactRef(key, kind))
    return found


def _text(plan: Plan, keep: Sequence[str], derived: Mapping[str, str], setting: Setting) -> str:
    """Return the query: raw columns, stages of what is worked out once, findings, and what comes out."""
    w, d = plan.w, plan.dialect
    passed = [f"k{i}" for i in range(len(keep))]
    first = [f"{d.name_of(c)} AS {p}" for c, p in zip(keep, passed, strict=True)] + setting.read(plan)
    steps, here = [f"r AS (SELECT {', '.join(first) or '1 AS nothing'} FROM {{source}})"], "r"
    stages = [[f"{sql} AS {name}" for name, sql in stage] for stage in w.stages()]
    opening = setting.opening(plan)
    if opening is not None:
        first_stage = stages.pop(0) if stages else []
        steps.append(f"s0 AS (SELECT {', '.join([*passed, *opening, *first_stage])} FROM r)")
        here = "s0"
    for i, stage in enumerate(stages, start=0 if opening is None else 1):
        steps.append(f"s{i} AS (SELECT *, {', '.join(stage)} FROM {here})")
        here = f"s{i}"
    shown = [f"{sql} AS v{i}" for i, sql in enumerate(derived.values())]
    steps.append(f"t AS (SELECT {', '.join([*passed, *setting.told(plan), *shown])} FROM {here})")
    out = [f"{p} AS {d.name_of(c)}" for c, p in zip(keep, passed, strict=True)]
    out += setting.before()
    out += [f"v{i} AS {d.name_of(key)}" for i, key in enumerate(derived)]
    return f"WITH {', '.join(steps)} SELECT {', '.join([*out, *setting.after()])} FROM t"
