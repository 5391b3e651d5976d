"""Dangers and ledgers that the tests of rectifications share."""

from __future__ import annotations

import datetime
from pathlib import Path

from safety_rules.services.rectification.ledger import reading, writing
from safety_rules.services.rectification.life import Details, Event
from safety_rules.services.rectification.recording import entry
from safety_rules.services.store.store import Head, append, head

ENTERPRISE, UNIT, CODE = "示例企业", "示例街道", "91320991MA00000001"
EXPERT, DEPARTMENT, PARK = "示例专家组", "示例主管部门", "示例督查组"
DETAILS = Details("消防", "一般", "疏散通道堵塞", UNIT, ENTERPRISE, CODE)
EXAMPLES = Path(__file__).parents[2] / "examples"
WORKBOOK = EXAMPLES / "隐患排查台账.xlsx"


def day(number: int) -> datetime.date:
    return datetime.date(2020, 9, number)


def life(danger: str = "YH-1") -> tuple[Event, ...]:
    """Return the events of a danger from its finding on 1 September 2020 to its closing on the 7th."""
    return (
        Event(danger, "find", EXPERT, "expert", day(1), details=DETAILS),
        Event(danger, "order", DEPARTMENT, "department", day(2), deadline=day(10)),
        Event(danger, "start", ENTERPRISE, "enterprise", day(3)),
        Event(danger, "submit", ENTERPRISE, "enterprise", day(4)),
        Event(danger, "supervise", PARK, "zone", day(5)),
        Event(danger, "accept", DEPARTMENT, "department", day(6)),
        Event(danger, "close", DEPARTMENT, "department", day(7), evidence="整改前后照片"),
    )


def ledger(path: Path, count: int = 3, steps: int = 7) -> Head:
    """Write a ledger of some dangers and return its head."""
    with writing(path, create=True) as connection:
        return append(connection, [entry(e) for n in range(1, count + 1) for e in life(f"YH-{n}")[:steps]])


def head_of(path: Path) -> Head:
    with reading(path) as connection:
        return head(connection)
