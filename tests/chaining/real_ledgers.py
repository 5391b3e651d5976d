"""Generated ledgers for the built-in chaining rules: accidents, dangers, listings and projects, with blanks.

Days lie on and beside everything that the rules compare with; enterprises are few, so that grounds, entries and
listings follow from one another.
"""

from __future__ import annotations

import datetime
from random import Random
from typing import Any

import safety_rules as sr
from safety_rules.language.chain import ChainFact
from safety_rules.semantics.admission.admit import admit
from safety_rules.semantics.chaining.chain import ChainProgram, program_on
from safety_rules.semantics.chaining.facts import given_facts

DAYS = ("2017-05-09", "2018-01-01", "2022-10-01", "2023-09-29", "2023-09-30", "2023-10-01", "2024-03-01", "2024-06-01")
DAY = datetime.date(2024, 6, 1)


def ledger(size: int, seed: int = 1, blank: float = 0.03) -> dict[str, list[dict[str, Any]]]:
    """Return a ledger of that many enterprises, with plain values; a share of the cells is left out."""
    random = Random(seed)
    codes = [f"E{n:07d}" for n in range(size)]

    def day() -> datetime.date:
        near = datetime.date.fromisoformat(random.choice(DAYS)) + datetime.timedelta(
            random.choice((-366, -365, -1, 0, 1))
        )
        return near if random.random() < 0.4 else DAY - datetime.timedelta(days=random.randrange(-30, 2600))

    def record(number: str, **fields: Any) -> dict[str, Any]:
        return {"id": number} | {k: v for k, v in fields.items() if random.random() >= blank}

    accidents = [
        record(
            f"S{n}", enterprise=random.choice(codes), date=day(), deaths=random.choice((0, 1, 2, 3, 9, 10, 29, 30)),
            serious_injuries=random.choice((0, 9, 10, 49, 50, 100)), direct_loss=random.choice((0, 999.99, 1000, 5000, 9999.99)),
        )
        for n in range(size)
    ]  # fmt: skip
    dangers = [
        record(
            f"D{n}", enterprise=random.choice(codes), level=random.choice(("major", "general", "general")),
            deadline=day(), is_closed=random.random() < 0.5,
        )
        for n in range(size * 3)
    ]  # fmt: skip
    listings = [
        record(
            f"L{n}", enterprise=random.choice(codes), list=random.choice(("black", "yellow")), listed_on=day(),
            status=random.choice(("listed", "listed", "removed")),
        )
        for n in range(size // 2)
    ]  # fmt: skip
    projects = [record(f"P{n}", enterprise=random.choice(codes)) for n in range(size)]
    enterprises = [{"credit_code": c, "name": f"示例{c}"} for c in codes]
    return {
        "ledger.enterprises": enterprises,
        "ledger.accidents": accidents,
        "ledger.dangers": dangers,
        "ledger.recorded_listings": listings,
        "ledger.projects": projects,
    }


def started(data: dict[str, Any], day: datetime.date) -> tuple[ChainProgram, tuple[ChainFact, ...]]:
    """Return the built-in program on a day, and the records of a ledger."""
    book = sr.load().rulebook
    program = program_on(book, day)
    record = admit(data, book.vocabulary)
    assert record.problems == ()
    return program, given_facts(record, program)[0]
