"""One danger's life: what an event makes of it, or why the event is refused.

Pure: a danger is what its events made of it, days are arguments, and being overdue is worked out, never stored.
"""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from safety_rules.language.errors import SafetyRulesError
from safety_rules.language.kinds import Name
from safety_rules.services.rectification.table import RESPONSIBLE, SAME, Lifecycle, Transition

Day = datetime.date


class RefusedError(SafetyRulesError):
    """An event or a row was refused, and nothing was written for it; `.reason` says why in both languages.

    `.about` is the part of the event that is at fault: on, by, deadline, evidence or details.
    """

    def __init__(self, zh: str, en: str, about: str = "on") -> None:
        self.reason = Name(zh, en)
        self.about = about
        super().__init__(f"{zh} · {en}")


@dataclass(frozen=True, slots=True)
class Details:
    """What was found where: who answers for it (unit), who rectifies it (enterprise), and its credit code if any."""

    field: str
    level: str
    text: str
    unit: str
    enterprise: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something done to a danger, by a hand in a role, on a day.

    The role is claimed unless `verified`: then a roster names it, and the organisation (and its code) behind the hand.
    """

    danger: str
    name: str
    by: str
    role: str
    on: Day
    evidence: str = ""
    deadline: Day | None = None
    details: Details | None = None
    organisation: str = field(default="", compare=False)
    code: str = field(default="", compare=False)
    verified: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Danger:
    """What the events so far made of a danger; `hands` are (event, hand) of everything done to it."""

    id: str
    details: Details
    state: str
    found_on: Day
    last_on: Day
    deadline: Day | None = None
    accepted_on: Day | None = None
    closed_on: Day | None = None
    escalated: bool = False
    hands: frozenset[tuple[str, str]] = field(default=frozenset())


def hand(text: str) -> str:
    """Return a hand's name for comparison, so that blanks, width and letter case make no other hand of it."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def hands_of(event: Event) -> frozenset[str]:
    """Return the hands behind an event: who did it, and the organisation for which it was done."""
    return frozenset(hand(t) for t in (event.by, event.organisation, event.code) if t.strip())


def answers(hands: frozenset[str], details: Details) -> bool:
    """Return whether one of the hands answers for a danger: by its name, or as a part of the enterprise (甲公司安全科)."""
    enterprise = hand(details.enterprise)
    return bool(hands & responsible(details)) or any(h.startswith(enterprise) for h in hands if enterprise)


def responsible(details: Details) -> frozenset[str]:
    """Return the hands that answer for a danger, under each of their names."""
    return frozenset(hand(t) for t in (details.unit, details.enterprise, details.code) if t.strip())


def after(table: Lifecycle, danger: Danger | None, event: Event) -> Danger:
    """Return the danger after an event; raises RefusedError where the event may not happen."""
    transition = table.events.get(event.name)
    if transition is None:
        raise RefusedError(f"没有“{event.name}”这一事件", f"there is no event `{event.name}`")
    if danger is None and transition.sources:
        raise RefusedError(f"台账中没有隐患“{event.danger}”", f"there is no danger `{event.danger}` in the ledger")
    if danger is not None:
        _check_place(table, danger, transition, event)
    _check_asked(transition, event)
    details = danger.details if danger is not None else event.details
    if details is None:
        raise RefusedError("缺少隐患内容", "the details of the danger are missing", "details")
    _check_hand(table, transition, event, details, danger.hands if danger is not None else frozenset())
    if danger is None:
        danger = Danger(event.danger, details, transition.to, event.on, event.on)
    return _changed(danger, transition, event)


def _changed(danger: Danger, transition: Transition, event: Event) -> Danger:
    """Return the danger with a lawful event worked in."""
    state = danger.state if transition.to == SAME else transition.to
    accepted = danger.accepted_on if state in ("accepted", "closed") else None
    return replace(
        danger,
        state=state,
        last_on=event.on,
        deadline=event.deadline or danger.deadline,
        accepted_on=event.on if event.name == "accept" else accepted,
        closed_on=event.on if state == "closed" else None,
        escalated=danger.escalated or event.name == "escalate",
        hands=danger.hands | {(event.name, h) for h in hands_of(event)},
    )


def _check_place(table: Lifecycle, danger: Danger, transition: Transition, event: Event) -> None:
    """Raise where the danger's state or its dates do not allow the event."""
    state = table.states[danger.state].name
    if danger.state == "closed":
        zh = f"隐患“{danger.id}”已于{chinese(danger.last_on)}销号，不能再办“{transition.name.zh}”"
        raise RefusedError(zh, f"`{danger.id}` was closed on {danger.last_on}; `{transition.key}` comes too late")
    if not transition.sources:
        raise RefusedError(f"隐患“{danger.id}”已在台账中", f"`{danger.id}` is in the ledger already")
    if danger.state not in transition.sources:
        names = [table.states[s].name for s in transition.sources]
        zh = f"隐患“{danger.id}”现为“{state.zh}”，须为“{'”或“'.join(n.zh for n in names)}”才能办“{transition.name.zh}”"
        wanted = " or ".join(transition.sources)
        raise RefusedError(zh, f"`{danger.id}` is {danger.state}; `{transition.key}` wants it {wanted}")
    if event.on < danger.last_on:
        zh = f"日期颠倒：{transition.name.zh}日期{chinese(event.on)}早于上一环节的{chinese(danger.last_on)}"
        raise RefusedError(zh, f"dates out of order: {event.on} is before the step of {danger.last_on}")
    if event.name == "extend" and event.deadline and danger.deadline and event.deadline <= danger.deadline:
        zh = f"延期后的期限{chinese(event.deadline)}不晚于原期限{chinese(danger.deadline)}"
        raise RefusedError(zh, f"the new deadline {event.deadline} is not after {danger.deadline}", "deadline")


def _check_asked(transition: Transition, event: Event) -> None:
    """Raise where the event does not carry what it must, or carries a deadline that is past already."""
    if not event.by.strip():
        raise RefusedError(f"未写明由谁办理“{transition.name.zh}”", f"who did `{transition.key}` is not stated", "by")
    if "evidence" in transition.asks and not event.evidence.strip():
        zh = f"“{transition.name.zh}”须附佐证（文字或文件）"
        raise RefusedError(zh, f"`{transition.key}` wants evidence: a text or a file", "evidence")
    if "deadline" in transition.asks and event.deadline is None:
        zh = f"“{transition.name.zh}”须写明整改期限"
        raise RefusedError(zh, f"`{transition.key}` wants a deadline", "deadline")
    if event.deadline is not None and event.deadline < event.on:
        zh = f"日期颠倒：整改期限{chinese(event.deadline)}早于{transition.name.zh}日期{chinese(event.on)}"
        raise RefusedError(zh, f"dates out of order: the deadline {event.deadline} is before {event.on}", "deadline")


def _check_hand(
    table: Lifecycle, transition: Transition, event: Event, details: Details, hands: frozenset[tuple[str, str]]
) -> None:
    """Raise where the role, or the hand behind it, may not do the event."""
    if event.role not in transition.roles:
        who = "、".join(table.parties[r].zh for r in transition.roles)
        claimed = table.parties[event.role].zh if event.role in table.parties else event.role
        zh = f"“{transition.name.zh}”由{who}办理，{claimed}无权办理"
        raise RefusedError(
            zh, f"`{transition.key}` is for the {' or '.join(transition.roles)}, not `{event.role}`", "by"
        )
    own = answers(hands_of(event), details)
    if transition.only_by_responsible and not own:
        zh = f"“{transition.name.zh}”只能由责任单位“{details.unit}”或整改单位“{details.enterprise}”办理，不能由“{event.by}”办理"
        raise RefusedError(zh, f"`{transition.key}` is for those who answer for the danger, not `{event.by}`", "by")
    if own and RESPONSIBLE in transition.not_by:
        zh = f"“{event.by}”是该隐患的责任方，不得办理本单位隐患的“{transition.name.zh}”"
        raise RefusedError(
            zh, f"`{event.by}` answers for this danger and may not `{transition.key}` its own work", "by"
        )
    for name in transition.not_by:
        if any((name, h) in hands for h in hands_of(event)):
            zh = f"“{event.by}”{f'（{event.organisation}）' if event.organisation else ''}已办理过本隐患的“{table.events[name].name.zh}”，不得再办理“{transition.name.zh}”"
            raise RefusedError(zh, f"`{event.by}` did `{name}` and may not `{transition.key}` as well", "by")


def not_yet(on: Day, today: Day) -> None:
    """Raise where a day is yet to come."""
    if on > today:
        raise RefusedError(f"日期{on}尚未到来", f"the day {on} is yet to come")


def replay(table: Lifecycle, events: Iterable[Event], on: Day = Day.max) -> dict[str, Danger]:
    """Return every danger as its events up to a day made it, in the order of finding."""
    dangers: dict[str, Danger] = {}
    for event in events:
        if event.on <= on:
            dangers[event.danger] = after(table, dangers.get(event.danger), event)
    return dangers


def overdue(danger: Danger, on: Day) -> bool:
    """Return whether a danger's deadline has passed on a day and it is still not accepted."""
    return danger.accepted_on is None and danger.deadline is not None and danger.deadline < on


def week(on: Day) -> Day:
    """Return the Monday of a day's week."""
    return on - datetime.timedelta(days=on.weekday())


def due_this_week(danger: Danger, on: Day) -> bool:
    """Return whether a danger that is not accepted is due between a day and the Sunday of its week."""
    if danger.accepted_on is not None or danger.deadline is None:
        return False
    return on <= danger.deadline <= week(on) + datetime.timedelta(days=6)


def chinese(on: Day) -> str:
    """Return a day as it is written in Chinese.

    >>> chinese(datetime.date(2020, 8, 12))
    '2020年8月12日'
    """
    return f"{on.year}年{on.month}月{on.day}日"
