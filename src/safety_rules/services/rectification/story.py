"""A danger's life in words: who did what when, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from safety_rules.language.kinds import Name
from safety_rules.services.rectification.life import Danger, Event, after, chinese
from safety_rules.services.rectification.table import Lifecycle


def story(events: Sequence[Event], table: Lifecycle, language: str) -> Iterator[str]:
    """Yield a heading, and a line for each event with the state that it led to."""
    danger: Danger | None = None
    for number, event in enumerate(events, 1):
        danger = after(table, danger, event)
        if number == 1:
            yield _heading(danger, language)
        yield _line(number, event, danger, table, language)


def _heading(danger: Danger, language: str) -> str:
    d = danger.details
    if language == "zh":
        return f"{danger.id} {d.enterprise}：{d.text}（{d.field}，{d.level}隐患，责任单位：{d.unit}）"
    return f"{danger.id} {d.enterprise}: {d.text} ({d.field}, {d.level}, responsible: {d.unit})"


def _role(event: Event, table: Lifecycle) -> Name:
    """Return a role in words: with its organisation where a roster names it, and as only claimed where none does."""
    party, of = table.parties[event.role], event.organisation
    if not event.verified:
        return Name(f"{party.zh}，自报未核实", f"{party.en}, as claimed")
    if of in ("", event.by):
        return Name(f"{party.zh}，名册已核实", f"{party.en}, on the roster")
    return Name(f"{party.zh}，{of}，名册已核实", f"{party.en}, {of}, on the roster")


def _line(number: int, event: Event, danger: Danger, table: Lifecycle, language: str) -> str:
    name, role = table.events[event.name].name, _role(event, table)
    state = table.states[danger.state].name
    if language == "zh":
        more = f"，期限{chinese(event.deadline)}" if event.deadline else ""
        more += f"，佐证：{event.evidence}" if event.evidence else ""
        return f"  {number}. {chinese(event.on)} {name.zh}：{event.by}（{role.zh}）{more} → {state.zh}"
    more = f", due {event.deadline}" if event.deadline else ""
    more += f", evidence: {event.evidence}" if event.evidence else ""
    return f"  {number}. {event.on} {name.en}: {event.by} ({role.en}){more} -> {state.en}"
