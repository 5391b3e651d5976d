"""The transition table of rectifications, read from its YAML file."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from safety_rules.language.diagnostic import Span
from safety_rules.language.errors import RuleFileError
from safety_rules.loading.compose import document
from safety_rules.loading.models_base import Model, NameFile
from safety_rules.loading.report import Report, shaped, start_of
from safety_rules.loading.tree import Mapping, span_of

Asked = Literal["details", "deadline", "evidence", "reason", "change"]


class StateFile(NameFile):
    """A state, and whose move is next."""

    rests_with: str | None = None


class EventFile(NameFile):
    """An event: who may do it, from which states, to which one, and what it must carry."""

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
    report = Report()
    node, report.diagnostics = document(path.name, path.read_bytes())
    table = shaped(LifecycleFile, node, report) if isinstance(node, Mapping) else None
    if table is None and not report.failed:
        report.error("lifecycle.shape", start_of(path.name))
    elif table is not None:
        _check(table, span_of(node, start_of(path.name)), report)
    if table is None or report.failed:
        raise RuleFileError(report.sorted())
    return table


def _check(table: LifecycleFile, at: Span, report: Report) -> None:
    """Report every name that the table uses and does not define, and every state that nothing reaches."""
    for event, file in table.events.items():
        to = {file.to} - {"same"}
        for state in {*file.from_, *to} - table.states.keys():
            report.error("lifecycle.state", at, event=event, name=state)
        for party in (r for r in file.roles if r not in table.parties):
            report.error("lifecycle.party", at, event=event, name=party)
        for other in (e for e in file.not_by if e not in {*table.events, "responsible"}):
            report.error("lifecycle.event", at, event=event, name=other)
    for state in table.states.keys() - {e.to for e in table.events.values()}:
        report.error("lifecycle.unreached", at, name=state)
    for nobody in {s.rests_with for s in table.states.values()} - {None, *table.parties}:
        report.error("lifecycle.nobody", at, name=nobody)
