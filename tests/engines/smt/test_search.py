"""A search ends by its own time, and asks for help only where an answer does not come at once."""

from __future__ import annotations

import time

import z3

from safety_rules.engines.smt.logic import conjunction, disjunction, negation
from safety_rules.engines.smt.solver import Found, Search

X, Y, Z = z3.Ints("x y z")
HARD = z3.And(X * X * X + Y * Y * Y + Z * Z * Z == 114, X > 1000)  # nobody knows whether it has an answer


def test_a_limit_is_of_the_processs_own_time() -> None:
    search = Search((), 1.0)
    search.solver.add(HARD)
    before = time.process_time()
    assert search.check(0.2) == z3.unknown
    assert time.process_time() - before >= 0.2


def test_a_search_that_was_stopped_answers_the_next_question() -> None:
    search = Search((), 0.1)
    assert search.ask(HARD)[0] is Found.GAVE_UP
    assert search.ask(X > 3, X < 3)[0] is Found.NOTHING


def test_help_is_worked_out_only_where_an_answer_does_not_come_at_once() -> None:
    told: list[str] = []
    search = Search((), 0.1)

    def tell() -> None:
        told.append("no")
        search.solver.add(Y == 0, Z == 0, X < 100)

    search.help = tell
    assert search.ask(X > 3, X < 3)[0] is Found.NOTHING
    assert told == []
    assert search.ask(HARD)[0] is Found.NOTHING
    assert search.ask(HARD)[0] is Found.NOTHING
    assert told == ["no"]


def test_conditions_are_joined_as_z3_joins_them() -> None:
    a, b = z3.Bools("a b")
    assert conjunction(a, b, a).eq(z3.And(a, b))
    assert disjunction(a, negation(b), False).eq(z3.Or(a, z3.Not(b)))
    assert conjunction(a, False) is False
    assert disjunction() is False
