"""A fault in an engine is an error that names the stratum, never a partial result."""

from __future__ import annotations

import sys
import threading
import time
from typing import Any

import pytest

from chaining.campaign import memory
from chaining.ledgers import CHAINS, ledger, started
from chaining.maker import made
from safety_rules.engines.forward import chain, plan
from safety_rules.language.errors import ChainEngineError, NotFoundError
from safety_rules.semantics import chain as definition

HERE = sys.version_info < (3, 13)
needs_durable = pytest.mark.skipif(not HERE, reason="durable-rules does not import on Python 3.13")

ENDLESS = """
chain: endless
title: {zh: 无尽, en: Endless}
in_force: {from: 2000-01-01}
authority: [{source: statute, clause: 一}]
given:
  l: {in: ledger.listings, zh: 有一名单, en: a listing, that: l.since >= as_of}
derives:
  in: ledger.listings
  with: {enterprise: l.enterprise, since: 'l.since + 1[天]'}
"""
FIRST = """
chain: first
title: {zh: 起始, en: First}
in_force: {from: 2000-01-01}
authority: [{source: statute, clause: 一}]
given:
  e: {in: ledger.enterprises, zh: 有一企业, en: an enterprise}
derives:
  in: ledger.listings
  with: {enterprise: e.code, since: as_of}
"""
SMALL = ledger(20)


if HERE:
    from durable import engine as durable_engine

    from safety_rules.engines.forward import durable


@needs_durable
@pytest.mark.parametrize("method", ["assert_facts", "do_actions", "get_state"])
def test_an_exception_of_the_engine_names_the_stratum(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program, facts = started(SMALL)

    def fail(*_: Any) -> None:
        raise RuntimeError("engine fault")

    monkeypatch.setattr(durable_engine.Ruleset, method, fail)
    with pytest.raises(ChainEngineError, match=r"stratum 1 \(black, yellow\): durable-rules failed: engine fault") as e:
        chain(program, facts, "durable")
    assert e.value.stratum == 1


@needs_durable
def test_a_record_that_the_engine_does_not_see_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    program, facts = started(SMALL)
    real = durable_engine.Ruleset.assert_facts
    monkeypatch.setattr(durable_engine.Ruleset, "assert_facts", lambda self, found: real(self, found[:-1]))
    with pytest.raises(ChainEngineError, match="records went in and"):
        chain(program, facts, "durable")


@needs_durable
def test_a_fault_in_a_later_stratum_names_that_one(monkeypatch: pytest.MonkeyPatch) -> None:
    program, facts = started(SMALL)
    real, calls = durable.concluded, []

    def fail(rule: Any, *rest: Any) -> Any:
        calls.append(rule.key)
        if rule.key == "cleared":
            raise ZeroDivisionError("in an action")
        return real(rule, *rest)

    monkeypatch.setattr(durable, "concluded", fail)
    with pytest.raises(ChainEngineError, match=r"stratum 2 \(blocked, cleared\).*in an action") as e:
        chain(program, facts, "durable")
    assert e.value.stratum == 2
    assert "black" in calls


@needs_durable
def test_an_interrupt_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    program, facts = started(SMALL)

    def interrupt(*_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(durable, "concluded", interrupt)
    with pytest.raises(KeyboardInterrupt):
        chain(program, facts, "durable")


@needs_durable
def test_what_the_engine_finds_and_the_definition_does_not_is_no_step(monkeypatch: pytest.MonkeyPatch) -> None:
    program, facts = started(SMALL)
    monkeypatch.setattr(
        durable,
        "plan",
        lambda number, rules, _: plan.Plan(number, rules, dict.fromkeys([r.key for r in rules], ()), {}, {}),
    )
    assert chain(program, facts, "durable") == chain(program, facts, "fixpoint")


@pytest.mark.parametrize("engine", ["fixpoint", "auto"])
def test_chaining_that_does_not_end_is_an_error(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    program, facts = started({"ledger.enterprises": [{"code": "E"}]}, {"endless": ENDLESS, "first": FIRST})
    monkeypatch.setattr(definition, "MOST_DERIVED", 300)
    with pytest.raises(ChainEngineError, match=r"stratum 1 \(endless, first\): it came to 301 records"):
        chain(program, facts, engine)


@needs_durable
def test_names_that_hash_alike_are_salted(monkeypatch: pytest.MonkeyPatch) -> None:
    real = plan.fnv
    monkeypatch.setattr(plan, "fnv", lambda text: real(text) % 3000)
    names = plan.Names()
    made_ = [names.of("v", str(n)) for n in range(1500)]
    assert len({plan.fnv(n) for n in made_}) == 1500
    assert any("s" in n for n in made_)
    for seed in range(20):
        generated = made(seed)
        assert chain(generated.program, generated.facts, "durable") == chain(
            generated.program, generated.facts, "fixpoint"
        )


def test_the_hash_is_fnv_1a() -> None:
    assert [plan.fnv(t) for t in ("", "a", "foobar")] == [0x811C9DC5, 0xE40C292C, 0xBF9CF968]


@needs_durable
def test_a_program_beyond_the_engines_limits_goes_to_the_fixpoint() -> None:
    many = {f"first_{n}": FIRST.replace("chain: first", f"chain: first_{n}") for n in range(61)}
    program, facts = started(SMALL, many)
    assert chain(program, facts, "auto").engine == "fixpoint"
    with pytest.raises(ChainEngineError, match="61 patterns look for"):
        chain(program, facts, "durable")


def test_the_result_says_which_engine_worked_it_out() -> None:
    program, facts = started(SMALL)
    assert ["durable" if HERE else "fixpoint", "fixpoint"] == [
        chain(program, facts, e).engine for e in ("auto", "fixpoint")
    ]
    with pytest.raises(NotFoundError):
        chain(program, facts, "prolog")  # type: ignore[arg-type]


def test_without_durable_rules_the_fixpoint_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "durable", None)
    monkeypatch.delitem(sys.modules, "safety_rules.engines.forward.durable", raising=False)
    program, facts = started(SMALL)
    assert chain(program, facts).engine == "fixpoint"
    with pytest.raises(NotFoundError, match="durable-rules does not import here"):
        chain(program, facts, "durable")


def test_no_thread_is_left_behind() -> None:
    program, facts = started(SMALL)
    before = threading.active_count()
    chain(program, facts)
    assert before == threading.active_count()


def test_memory_does_not_grow_from_run_to_run() -> None:
    program, facts = started(SMALL)
    for _ in range(150):
        chain(program, facts)
    before = memory()
    for _ in range(600):
        chain(program, facts)
    assert memory() - before < 4096


@pytest.mark.parametrize("engine", ["fixpoint", "auto"])
def test_a_thousand_records_chain_in_under_a_second(engine: Any) -> None:
    program, facts = started(ledger(1000))
    began = time.process_time()
    result = chain(program, facts, engine)
    assert time.process_time() - began < 1
    assert len(facts) == 1000
    assert len(result.steps) > 1000
    assert set(CHAINS) == {s.rule for s in result.steps}
