"""The closure of a stratum by durable-rules: it joins records, and the definition checks every activation again.

Each call has a ruleset and a host of its own, which start no thread and are deleted after a complete run. Whatever goes
wrong (an exception, a count that differs, too many steps) is a ChainEngineError that names the stratum.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import time
from typing import Any

from durable import engine

from safety_rules.engines.forward.plan import Names, Plan, Unsupported, definition, plan
from safety_rules.language.chain import ChainFact, ChainRule, Step, canonical
from safety_rules.language.errors import ChainEngineError
from safety_rules.semantics.chaining.chain import Found
from safety_rules.semantics.chaining.step import Run, concluded, use_of

SESSION = "0"
LAST = 9
engine._unix_now = time  # its own asks what Python 3.12 deprecates; it looks at differences alone


class QuietHost(engine.Host):  # type: ignore[misc]
    """A host without the two threads that durable-rules starts and never stops."""

    def _run(self) -> None:
        return


@dataclass(slots=True)
class _Session:
    """One stratum while durable-rules works on it."""

    run: Run
    stratum: Plan
    names: Names
    open: frozenset[str]
    found: Found
    records: dict[str, ChainFact] = field(default_factory=dict)
    asserted: int = 0
    counted: int = 0
    also_open: set[str] = field(default_factory=set)
    fault: BaseException | None = None


def closure(run: Run, number: int, rules: Sequence[ChainRule]) -> list[Step]:
    """Return all steps of a stratum, and add its records to the pool."""
    stratum = plan(number, rules, {rule.key: run.environments[rule.key].derivations for rule in rules})
    facts = [f for key in sorted(run.pool.facts) if stratum.reads((f := run.pool.facts[key]).relation)]
    open_ = frozenset(f.relation for f in facts if stratum.is_open(f))
    while True:
        session = _Session(run, stratum, Names(), open_, Found(number, rules, run.pool))
        _work(session, facts)
        if not session.also_open:
            break
        open_ |= session.also_open  # a derived record lacks a tested field: once more, with variants for it
    for key in sorted(session.found.derived):
        run.pool.add(session.found.derived[key])
    return list(session.found.steps.values())


def _work(session: _Session, facts: Sequence[ChainFact]) -> None:
    """Let durable-rules find every activation; raises ChainEngineError on any fault."""
    if not facts:
        return
    found, state = session.found, {}
    try:
        state = _state_after(session, facts)
    except Unsupported:
        raise
    except Exception as error:
        session.fault = session.fault or error
    if isinstance(session.fault, ChainEngineError) or not isinstance(session.fault, Exception | None):
        raise session.fault
    wrong = session.fault or state.get("exception")
    if wrong is None and session.counted != session.asserted:
        wrong = f"{session.asserted} records went in and {session.counted} were seen"
    if wrong is not None:
        raise ChainEngineError(found.number, [r.key for r in found.rules], f"durable-rules failed: {wrong}")


def _state_after(session: _Session, facts: Sequence[ChainFact]) -> dict[str, Any]:
    """Return the session's state after every activation, and delete the session and its ruleset.

    Both are left as they are where not every activation came to its end: durable-rules crashes the process when a
    session is deleted that still waits for one, and the little memory that it holds is the lesser evil.
    """
    host, name = QuietHost(), session.names.of("q", f"stratum {session.found.number}")
    host.register_rulesets({name: _ruleset(session)})
    ruleset = host.get_ruleset(name)
    session.asserted += 1
    ruleset.assert_fact({"id": session.names.of("i", "opening"), "z": 1})
    for batch in _batches(session, facts):
        session.asserted += len(batch)
        host.assert_facts(name, batch)
    state: dict[str, Any] = host.get_state(name, SESSION)
    if session.counted == session.asserted and "exception" not in state:
        ruleset.delete_state(SESSION)
        engine.durable_rules_engine.delete_ruleset(ruleset._handle)
    return state


def _ruleset(session: _Session) -> dict[str, Any]:
    """Return the rules, and the sink that counts every record after all else is done."""
    made = definition(session.stratum, session.open, session.names)
    rules: dict[str, Any] = {
        name: {"all": patterns, "pri": 1, "run": _action(rule, session)} for name, (rule, patterns) in made.items()
    }
    rules["sink"] = {"all": [{"p0": {"z": 1}}], "pri": LAST, "run": _counter(session)}
    return rules


def _batches(session: _Session, facts: Sequence[ChainFact]) -> list[list[dict[str, Any]]]:
    """Return what is asserted: first the records that stand against rules, then those that rules look for."""
    run, stratum, names = session.run, session.stratum, session.names
    shadows = []
    for relation, fields in sorted(stratum.shadow_fields.items()):
        for fact in run.pool.by_relation.get(relation, []):
            if fact.id in run.certain and fields <= fact.values.keys():
                shadows.append(_flat(fact, "n", fields, names))
    shadows.sort(key=lambda s: str(s["id"]))
    return [batch for batch in (shadows, [m for f in facts for m in _messages(f, session)]) if batch]


def _messages(fact: ChainFact, session: _Session) -> list[dict[str, Any]]:
    """Return a record as durable-rules sees it, once for each copy, and remember it by its opaque ids."""
    is_open = session.stratum.is_open(fact)
    tested = frozenset() if is_open else session.stratum.fields.get(fact.relation, frozenset())
    made = []
    for copy in range(session.stratum.copies(fact.relation)):
        made.append(_flat(fact, f"{'o' if is_open else 't'}{copy}", tested, session.names))
        session.records[made[-1]["id"]] = fact
    return made


def _flat(fact: ChainFact, kind: str, fields: frozenset[str], names: Names) -> dict[str, Any]:
    flat: dict[str, Any] = {"id": names.of("i", f"{kind} {fact.id}"), "t": names.of(kind, fact.relation), "z": 1}
    flat.update((names.of("f", f), names.of("v", canonical(fact.values[f]))) for f in sorted(fields))
    return flat


def _action(rule: ChainRule, session: _Session) -> Callable[[Any], None]:
    """Return the action of a rule: the definition's own conclusion, asserted where it is new; it never raises."""

    def act(c: Any) -> None:
        if session.fault is not None:
            return
        try:
            ids = [c._m[f"p{i}"]["id"] for i in range(len(rule.given))]
            _conclude(rule, [session.records[i] for i in ids], session, c)
        except BaseException as error:  # durable-rules would swallow even an interrupt
            session.fault = error

    return act


def _conclude(rule: ChainRule, facts: Sequence[ChainFact], session: _Session, c: Any) -> None:
    found, run = session.found, session.run
    if (rule.key, tuple(f.id for f in facts)) in found.steps:
        return
    use = use_of(rule, facts, run)
    made = None if use is None else concluded(rule, use, run)
    if made is None or not found.add(*made) or not session.stratum.reads(made[1].relation):
        return
    if session.stratum.is_open(made[1]) and made[1].relation not in session.open:
        session.also_open.add(made[1].relation)
        return
    for message in _messages(made[1], session):
        session.asserted += 1
        c.assert_fact(message)


def _counter(session: _Session) -> Callable[[Any], None]:
    def count(c: Any) -> None:
        session.counted += 1

    return count
