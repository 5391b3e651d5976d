"""Whatever goes wrong in durable-rules is an error that names the stratum; what it finds is checked again."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from typing import Any

import pytest

from chaining.ledgers import ledger, started
from chaining.maker import made
from chaining.test_faults import FIRST
from safety_rules.engines.forward import chain, plan
from safety_rules.language.errors import ChainEngineError

durable_engine = pytest.importorskip("durable.engine", reason="durable-rules is not here: install `.[durable]`")
durable = importlib.import_module("safety_rules.engines.forward.durable")

SMALL = ledger(20)


@pytest.mark.parametrize("method", ["assert_facts", "do_actions", "get_state"])
def test_an_exception_of_the_engine_names_the_stratum(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program, facts = started(SMALL)

    def fail(*_: Any) -> None:
        raise RuntimeError("engine fault")

    monkeypatch.setattr(durable_engine.Ruleset, method, fail)
    with pytest.raises(ChainEngineError, match=r"stratum 1 \(black, yellow\): durable-rules failed: engine fault") as e:
        chain(program, facts, "durable")
    assert e.value.stratum == 1


FAULTS = """
from chaining.ledgers import ledger, started
from durable import engine
from safety_rules.engines.forward import chain
from safety_rules.language.errors import ChainEngineError

program, facts = started(ledger(20))
real, faults = engine.Ruleset.METHOD, 0

def fail(*_):
    raise RuntimeError("engine fault")

for _ in range(10):
    engine.Ruleset.METHOD = fail
    try:
        chain(program, facts, "durable")
    except ChainEngineError:
        faults += 1
    engine.Ruleset.METHOD = real
    assert chain(program, facts, "durable") == chain(program, facts, "fixpoint")
print(faults)
"""


@pytest.mark.parametrize("method", ["assert_facts", "do_actions", "get_state"])
def test_a_fault_with_activations_pending_does_not_take_the_process_down(method: str) -> None:
    code = FAULTS.replace("METHOD", method)
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, env=env)
    assert (done.returncode, done.stdout, done.stderr) == (0, "10\n", "")


def test_a_record_that_the_engine_does_not_see_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    program, facts = started(SMALL)
    real = durable_engine.Ruleset.assert_facts
    monkeypatch.setattr(durable_engine.Ruleset, "assert_facts", lambda self, found: real(self, found[:-1]))
    with pytest.raises(ChainEngineError, match="records went in and"):
        chain(program, facts, "durable")


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


def test_an_interrupt_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    program, facts = started(SMALL)

    def interrupt(*_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(durable, "concluded", interrupt)
    with pytest.raises(KeyboardInterrupt):
        chain(program, facts, "durable")


def test_what_the_engine_finds_and_the_definition_does_not_is_no_step(monkeypatch: pytest.MonkeyPatch) -> None:
    program, facts = started(SMALL)
    monkeypatch.setattr(
        durable,
        "plan",
        lambda number, rules, _: plan.Plan(number, rules, dict.fromkeys([r.key for r in rules], ()), {}, {}),
    )
    assert chain(program, facts, "durable") == chain(program, facts, "fixpoint")


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


def test_a_program_beyond_the_engines_limits_goes_to_the_fixpoint() -> None:
    many = {f"first_{n}": FIRST.replace("chain: first", f"chain: first_{n}") for n in range(61)}
    program, facts = started(SMALL, many)
    assert chain(program, facts, "auto").engine == "fixpoint"
    with pytest.raises(ChainEngineError, match="61 patterns look for"):
        chain(program, facts, "durable")
