"""The transition table of rectifications, read from its YAML file."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from safety_rules.language.diagnostic import Span
from safety_rules.language.errors import RuleFileError
from safety_rules.loading.compose import document
from safety_rules.loading.models_base import Model, NameFile
from safety_rules.loading.tree import span_of
from safety_rules.words.diagnostic import plain

Asked = Literal["details", "deadline", "evidence"]


class StateFile(Model):
    """A state, and whose move is next."""

    zh: str
    en: str
    rests_with: str | None = None


class EventFile(Model):
    """An event: who may do it, from which states, to which one, and what it must carry."""

    zh: str
    en: str
    roles: list[str]
    from_: list[str] = Field(default_factory=list, alias="from")
    to: str
    not_by: list[str] = Field(default_factory=list)
    only_by: Literal["responsible"] | None = None
    asks: list[Asked] = Field(default_factory=list)


class LifecycleFile(Model):
    """The whole table."""

    parties: dict[str, NameFile]
    states: dict[str, StateFile]
    events: dict[str, EventFile]


def lifecycle_file(path: Path) -> LifecycleFile:
    """Return the table of a file; raises RuleFileError where it is not one, or names what it does not define."""
    node, diagnostics = document(path.name, path.read_bytes())
    if node is None or diagnostics:
        raise RuleFileError(diagnostics)
    try:
        table = LifecycleFile.model_validate(node)
        faults = list(_faults(table))
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, e['loc']))}: {e['msg'].lower()}" for e in error.errors()]
    if faults:
        at: Span = span_of(node, node.at)
        raise RuleFileError([plain("lifecycle", fault, at) for fault in faults])
    return table


def _faults(table: LifecycleFile) -> list[str]:
    """Return every name that the table uses and does not define, and every state that nothing reaches."""
    faults = []
    for key, event in table.events.items():
        states = [*event.from_, *([event.to] if event.to != "same" else [])]
        faults += [f"`{key}` names no state `{s}`" for s in states if s not in table.states]
        faults += [f"`{key}` names no party `{r}`" for r in event.roles if r not in table.parties]
        faults += [f"`{key}` names no event `{e}`" for e in event.not_by if e not in {*table.events, "responsible"}]
    reached = {e.to for e in table.events.values()}
    faults += [f"no event leads to `{s}`" for s in table.states if s not in reached]
    rests = {s.rests_with for s in table.states.values()} - {None}
    return faults + [f"there is no party `{r}`" for r in rests if r not in table.parties]
