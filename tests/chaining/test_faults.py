"""A fault in an engine is an error that names the stratum, never a partial result."""

from __future__ import annotations

import sys
import threading
import time
from importlib.util import find_spec
from typing import Any

import pytest

from chaining.campaign import memory
from chaining.ledgers import CHAINS, ledger, started
from safety_rules.engines.forward import chain, plan
from safety_rules.language import limits
from safety_rules.language.errors import ChainEngineError, NotFoundError

HERE = find_spec("durable") is not None

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


@pytest.mark.parametrize("engine", ["fixpoint", "auto"])
def test_chaining_that_does_not_end_is_an_error(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    program, facts = started({"ledger.enterprises": [{"code": "E"}]}, {"endless": ENDLESS, "first": FIRST})
    monkeypatch.setattr(limits, "CHAIN_RECORDS", 300)
    with pytest.raises(ChainEngineError, match=r"stratum 1 \(endless, first\): it came to 301 records"):
        chain(program, facts, engine)


def test_the_hash_is_fnv_1a() -> None:
    assert [plan.fnv(t) for t in ("", "a", "foobar")] == [0x811C9DC5, 0xE40C292C, 0xBF9CF968]


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
