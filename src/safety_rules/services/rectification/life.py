"""One danger's life: what an event makes of it, or why the event is refused.

Pure: a danger is what its events made of it, days are arguments, and being overdue is worked out, never stored.
"""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from safety_rules.language.errors import SafetyRulesError
from safety_rules.language.kinds import Name
from safety_rules.services.rectification.forms import (
    DANGERS,
    EVIDENCE,
    LEVELS,
    MAY_BE_BLANK,
    ROUND,
    TASKS,
    Form,
)
from safety_rules.services.rectification.table import RESPONSIBLE, SAME, Lifecycle, Transition
from safety_rules.words.catalog import both

Day = datetime.date


class RefusedError(SafetyRulesError):
    """An event or a row was refused, and nothing was written for it; `.reason` says why in both languages.

    `.about` is the part of the event that is at fault: on, by, deadline, evidence, change or details.
    """

    def __init__(self, zh: str, en: str, about: str = "on") -> None:
        self.reason = Name(zh, en)
        self.about = about
        super().__init__(f"{zh} · {en}")


@dataclass(frozen=True, slots=True)
class Details:
    """What was found where: who answers for it (unit), who rectifies it (enterprise), its credit code, how it was found.

    Of a task: what it belongs to (field, task), what is to be done (text), for which problem, and who answers for it.
    """

    field: str
    level: str
    text: str
    unit: str
    enterprise: str
    code: str = ""
    way: str = ""
    problem: str = ""
    task: str = ""
    office: str = ""
    person: str = ""
    leader: str = ""

    @property
    def form(self) -> Form:
        """The headings of the list in which it stands."""
        return TASKS if self.task else DANGERS


def refused(key: str, about: str = "on", /, **slots: object) -> RefusedError:
    """Return the refusal that the catalog words."""
    reason = both(f"refused.{key}", **slots)
    return RefusedError(reason.zh, reason.en, about)


@dataclass(frozen=True, slots=True)
class Change:
    """A correction: under which heading of the ledger, what stands there and what should; days as 2020-09-05."""

    field: str
    old: str
    new: str


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
    change: Change | None = None
    organisation: str = field(default="", compare=False)
    code: str = field(default="", compare=False)
    verified: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Danger:
    """What the events so far made of a danger.

    `hands` are (event, hand) of everything done to it; `past` are its steps as they are corrected by now.
    """

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
    withdrawn_on: Day | None = None
    extended: int = 0
    corrected: int = 0
    past: tuple[Event, ...] = field(default=(), compare=False, repr=False)


@lru_cache(maxsize=4096)
def hand(text: str) -> str:
    """Return a hand's name for comparison, so that blanks, width and letter case make no other hand of it."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


@lru_cache(maxsize=4096)
def _hands(*names: str) -> frozenset[str]:
    return frozenset(hand(name) for name in names if name.strip())


def hands_of(event: Event) -> frozenset[str]:
    """Return the hands behind an event: who did it, and the organisation for which it was done."""
    return _hands(event.by, event.organisation, event.code)


def answers(hands: frozenset[str], details: Details) -> bool:
    """Return whether one of the hands answers for a danger: by its name, or as a part of the enterprise (甲公司安全科)."""
    enterprise = hand(details.enterprise)
    return bool(hands & responsible(details)) or any(h.startswith(enterprise) for h in hands if enterprise)


def responsible(details: Details) -> frozenset[str]:
    """Return the hands that answer for a danger, under each of their names."""
    return _hands(details.unit, details.enterprise, details.code)


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
    return _changed(danger, transition, event) if event.change is None else _corrected(table, danger, event)


def _changed(danger: Danger, transition: Transition, event: Event) -> Danger:
    """Return the danger with a lawful event worked in."""
    state = danger.state if transition.to == SAME else transition.to
    accepted = danger.accepted_on if state in ("accepted", "closed") else None
    return Danger(
        danger.id,
        danger.details,
        state,
        danger.found_on,
        event.on,
        (event.deadline if sets_deadline(event) else None) or danger.deadline,
        event.on if event.name == "accept" else accepted,
        event.on if state == "closed" else None,
        danger.escalated or event.name == "escalate",
        danger.hands | {(event.name, h) for h in hands_of(event)},
        event.on if state == "withdrawn" else None,
        danger.extended + (event.name == "extend"),
        danger.corrected,
        (*danger.past, event),
    )


def sets_deadline(event: Event) -> bool:
    """Return whether a deadline in an event is one: a finding may carry it, an order or an extension sets it."""
    return event.deadline is not None and event.name in ("find", "order", "extend")


def _corrected(table: Lifecycle, danger: Danger, event: Event) -> Danger:
    """Return the danger as its steps make it with one of them corrected; each must still be allowed."""
    assert event.change is not None
    lived: Danger | None = None
    try:
        for step in corrected(danger.past, event.change, event.on):
            lived = after(table, lived, step)
    except RefusedError as error:
        if error.about == "change":
            raise
        change = event.change
        raise refused("change_breaks", "change", field=change.field, new=change.new, why=error.reason) from None
    assert lived is not None, "a danger has been found"
    hands = {(event.name, h) for h in hands_of(event)}
    return replace(lived, corrected=danger.corrected + 1, hands=danger.hands | lived.hands | hands)


def form_of(past: Iterable[Event]) -> Form:
    """Return the headings under which the steps of a danger, or of a task, are kept."""
    return next((event.details.form for event in past if event.details is not None), DANGERS)


def cells(past: Sequence[Event]) -> dict[str, str]:
    """Return what steps say under each heading of a ledger; days as 2020-09-05, of a step done again the last."""
    form = form_of(past)
    at = {name: (on, by) for name, _, on, by in form.steps}
    found: dict[str, str] = {}
    for event in past:
        if event.details is not None:
            found |= {heading: getattr(event.details, name) for heading, name in form.fields.items()}
        if event.name == "send_back":
            gone = {heading for name in ROUND if name in at for heading in at[name]} - form.fields.keys()
            found = {h: c for h, c in found.items() if h not in gone}
        if event.name in at:
            on, by = at[event.name]
            found |= {on: event.on.isoformat()} | ({by: event.by} if by not in form.fields else {})
        if sets_deadline(event):
            found[form.deadline] = str(event.deadline)
        if event.name == "close":
            found[EVIDENCE] = event.evidence
    return found


def corrected(past: Sequence[Event], change: Change, on: Day) -> tuple[Event, ...]:
    """Return steps with what stands under one heading corrected on a day; raises RefusedError where it may not be.

    Who did a step is not corrected: the step is done again by another.
    """
    form, heading, new = form_of(past), change.field, change.new.strip()
    now = cells(past).get(heading, "")
    known = [*form.fields, form.deadline, EVIDENCE, *(on_heading for _, _, on_heading, _ in form.steps)]
    if heading not in known or (heading not in form.fields and not now):
        raise refused("no_field", "change", field=heading, known="、".join(known))
    if now != change.old or now == new:
        raise refused("old_value", "change", field=heading, now=now, old=change.old, new=new)
    if (not new and heading not in MAY_BE_BLANK) or (heading == "隐患级别" and new not in LEVELS):
        raise refused("new_value", "change", field=heading, new=new)
    wrong = max(i for i, step in enumerate(past) if heading in _headings(step, form))
    return (*past[:wrong], _rewritten(past[wrong], heading, new, on, form), *past[wrong + 1 :])


def _headings(step: Event, form: Form) -> set[str]:
    """Return the headings under which a step stands."""
    own = {h for name, _, h, _ in form.steps if name == step.name}
    own |= set(form.fields) if step.details is not None else set()
    return own | ({form.deadline} if sets_deadline(step) else set()) | ({EVIDENCE} if step.name == "close" else set())


def _rewritten(step: Event, heading: str, new: str, on: Day, form: Form) -> Event:
    """Return a step with what stands under a heading replaced."""
    if heading in form.fields:
        assert step.details is not None
        return replace(step, details=replace(step.details, **{form.fields[heading]: new}))
    if heading == EVIDENCE:
        return replace(step, evidence=new)
    day = iso_day(new, heading)
    if heading == form.deadline:
        return replace(step, deadline=day)
    not_yet(day, on)
    return replace(step, on=day)


def iso_day(text: str, heading: str) -> Day:
    """Return the day that a correction writes; raises RefusedError where it is none."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise refused("new_value", "change", field=heading, new=text) from None


def _check_place(table: Lifecycle, danger: Danger, transition: Transition, event: Event) -> None:
    """Raise where the danger's state or its dates do not allow the event."""
    state, noun = table.states[danger.state].name, danger.details.form.noun.zh
    if danger.state == "closed" and danger.state not in transition.sources:
        zh = f"{noun}“{danger.id}”已于{chinese(danger.last_on)}销号，不能再办“{transition.name.zh}”"
        raise RefusedError(zh, f"`{danger.id}` was closed on {danger.last_on}; `{transition.key}` comes too late")
    if not transition.sources:
        raise RefusedError(f"{noun}“{danger.id}”已在台账中", f"`{danger.id}` is in the ledger already")
    if danger.state not in transition.sources:
        names = [table.states[s].name for s in transition.sources]
        zh = (
            f"{noun}“{danger.id}”现为“{state.zh}”，须为“{'”或“'.join(n.zh for n in names)}”才能办“{transition.name.zh}”"
        )
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
    if "reason" in transition.asks and not event.evidence.strip():
        raise refused("reason", "evidence", event=transition.name)
    if ("change" in transition.asks) != (event.change is not None):
        raise refused("change", "change", event=transition.name)
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
    doing = hands_of(event)
    own = answers(doing, details)
    if transition.only_by_responsible and not own:
        zh = f"“{transition.name.zh}”只能由责任单位“{details.unit}”{f'或整改单位“{details.enterprise}”' if details.enterprise else ''}办理，不能由“{event.by}”办理"
        raise RefusedError(zh, f"`{transition.key}` is for those who answer for the danger, not `{event.by}`", "by")
    if own and RESPONSIBLE in transition.not_by:
        noun = details.form.noun.zh
        zh = f"“{event.by}”是该{noun}的责任方，不得办理本单位{noun}的“{transition.name.zh}”"
        raise RefusedError(
            zh, f"`{event.by}` answers for this danger and may not `{transition.key}` its own work", "by"
        )
    for name in transition.not_by:
        if any((name, h) in hands for h in doing):
            zh = f"“{event.by}”{f'（{event.organisation}）' if event.organisation else ''}已办理过本{details.form.noun.zh}的“{table.events[name].name.zh}”，不得再办理“{transition.name.zh}”"
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


def chinese(on: Day) -> str:
    """Return a day as it is written in Chinese.

    >>> chinese(datetime.date(2020, 8, 12))
    '2020年8月12日'
    """
    return f"{on.year}年{on.month}月{on.day}日"
