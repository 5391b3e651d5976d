"""What a record must carry and does not: told beside the verdict, of which it moves neither end.

It asks whether a fact is given, which no condition may: a fact that is learned later takes a line away, and never a
verdict.
"""

from __future__ import annotations

from collections.abc import Iterator

from safety_rules.language.kinds import Name
from safety_rules.language.record import Problem, Record
from safety_rules.language.rule import MustBeGiven
from safety_rules.language.truth import Truth
from safety_rules.language.verdict import Reason
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.environment import Environment
from safety_rules.semantics.evaluate import truth
from safety_rules.words.problem import problem
from safety_rules.words.values import label

INCOMPLETE = ("must-be-given", "may-have-to-be-given")


def concerning(on: AreaOn) -> tuple[MustBeGiven, ...]:
    """Return what records of an area must carry."""
    subjects, key = on.area.subjects, on.area.key
    return tuple(
        n for n in on.rulebook.must_be_given if n.fact.partition(".")[0] in subjects and (not n.areas or key in n.areas)
    )


def incomplete(on: AreaOn, record: Record, env: Environment) -> tuple[Problem, ...]:
    """Return each fact that must be given and is not, and each of which it is not known yet whether it must."""
    return tuple(
        p for need in concerning(on) for path, scope in _missing(need, record, env) for p in _said(need, path, scope)
    )


def _missing(need: MustBeGiven, record: Record, env: Environment) -> Iterator[tuple[str, Environment]]:
    """Yield the paths at which a fact is not given, each with what the condition is read in there."""
    outer, _, field = need.fact.rpartition(".")
    assert env.vocabulary is not None
    if not env.vocabulary.is_list(outer):
        if _lacks(need, record, outer):
            yield need.fact, env
        return
    items = record.values.get(outer)
    for i, item in enumerate(items if isinstance(items, tuple) else ()):
        at = f"{outer}[{i}]"
        if _lacks(need, record, at):
            yield f"{at}.{field}", env if need.variable is None else env.with_item(need.variable, at, item)


def _lacks(need: MustBeGiven, record: Record, at: str) -> bool:
    """Return whether a fact is not given there, what it goes with is, and what may stand for it is not."""

    def given(key: str) -> bool:
        outer, _, field = key.rpartition(".")
        own = outer == need.fact.rpartition(".")[0]
        return record.value_at(f"{at}.{field}" if own else key) is not None

    wanted = not need.given_with or given(need.given_with)
    return wanted and not given(need.fact) and not (need.without and given(need.without))


def _said(need: MustBeGiven, path: str, env: Environment) -> Iterator[Problem]:
    holds, reasons = (Truth.TRUE, frozenset[Reason]()) if need.when is None else truth(need.when, env)
    fact, why = _name(path, env), need.why
    if holds is Truth.TRUE and why is None:
        yield problem("must-be-given.always", path, "", fact=fact)
    elif holds is Truth.TRUE:
        yield problem("must-be-given.when", path, "", fact=fact, why=why)
    elif holds is Truth.UNKNOWN:
        names = [_name(r.name, env) for r in sorted(reasons)]
        lacks = Name("、".join(n.zh for n in names), ", ".join(n.en for n in names))
        yield problem("may-have-to-be-given", path, "", fact=fact, why=why, lacks=lacks)


def _name(path: str, env: Environment) -> Name:
    assert env.vocabulary is not None
    return Name(label(path, env.vocabulary, "zh"), label(path, env.vocabulary, "en"))
