"""A danger's life in words: who did what when, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from safety_rules.services.rectification.life import Danger, Event, after, replay
from safety_rules.services.rectification.table import Lifecycle, task_table
from safety_rules.words.catalog import sentence


def story(events: Sequence[Event], table: Lifecycle, language: str) -> Iterator[str]:
    """Yield a heading with what is known of the danger by now, and a line for each event with the state that it led to."""
    for lived in replay(table, events).values():
        yield heading(lived, language)
    danger: Danger | None = None
    for number, event in enumerate(events, 1):
        danger = after(table, danger, event)
        yield _line(number, event, danger, table, language)


def table_for(danger: Danger, table: Lifecycle) -> Lifecycle:
    """Return the table by which a danger goes, or a task."""
    return task_table() if danger.details.task else table


def heading(danger: Danger, language: str) -> str:
    """Return what is known of a danger, or of a task, in a line."""
    d = danger.details
    told = {"danger": danger.id, "enterprise": d.enterprise, "text": d.text, "task": d.task}
    parts = {
        "field": d.field,
        "unit": d.unit,
        "level": d.level,
        "office": d.office,
        "person": d.person,
        "leader": d.leader,
    }
    told |= {name: stated(text, language) for name, text in parts.items()}
    return sentence("story.task" if d.task else "story.heading", language, **told)


def stated(text: str, language: str) -> str:
    """Return a detail of a danger, or that the ledger does not say it."""
    return text or sentence("story.unstated", language)


def role_said(event: Event, table: Lifecycle, language: str) -> str:
    """Return a role in words: with its organisation where a roster names it, and as only claimed where none does."""
    party, of = table.parties[event.role].in_(language), event.organisation
    if not event.verified:
        return sentence("story.claimed", language, party=party)
    if of in ("", event.by):
        return sentence("story.on_roster", language, party=party)
    return sentence("story.of_organisation", language, party=party, organisation=of)


def _line(number: int, event: Event, danger: Danger, table: Lifecycle, language: str) -> str:
    more = ""
    if event.deadline:
        more += sentence("story.deadline", language, day=sentence("story.day", language, day=event.deadline))
    if event.change is not None:
        more += sentence("story.change", language, **asdict(event.change))
    if event.evidence:
        key = "story.reason" if "reason" in table.events[event.name].asks else "story.evidence"
        more += sentence(key, language, evidence=event.evidence)
    name, state = (n.in_(language) for n in (table.events[event.name].name, table.states[danger.state].name))
    told = {"day": sentence("story.day", language, day=event.on), "event": name, "by": event.by, "more": more}
    return sentence("story.event", language, number=number, role=role_said(event, table, language), state=state, **told)
