"""Papers about dangers and lists of tasks: what stands in their blanks, from the ledger of rectifications.

A paper is about one enterprise: a record about one inspection of it, an order and its review about what was ordered
on one day. The three lists are about the tasks of a plan: the problems, the tasks, and what each responsible unit
answers for.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from safety_rules.formats.docx_out import Values
from safety_rules.services.documents import file_name, law_line, layouts
from safety_rules.services.rectification.deadlines import week
from safety_rules.services.rectification.life import Danger, chinese
from safety_rules.services.rectification.recording import dangers, tasks
from safety_rules.services.rectification.table import Lifecycle, lifecycle, task_table
from safety_rules.words.catalog import sentence

MAJOR = "重大"


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper: whom it is about (blank: all), the name of its file, and what stands in its blanks."""

    unit: str
    name: str
    values: Values


def papers_of(key: str, store: Path, on: datetime.date) -> Iterator[Paper]:
    """Yield the papers of a kind that a ledger gives rise to on a day."""
    named = layouts()[key]["name"]
    if layouts()[key]["from"] == "tasks":
        for unit, own in _lists(key, tasks(store, on).values()).items():
            yield Paper(unit, file_name(named, unit), of_tasks(key, unit, own, on))
        return
    table = lifecycle()
    for (enterprise, *days), own in occasions(key, dangers(store, table, on).values(), on).items():
        name = file_name(named, enterprise, *(f"{day:%Y%m%d}" for day in days if day is not None))
        yield Paper(enterprise, name, of_enterprise(key, enterprise, own, table, on))


Occasion = tuple[
    str, datetime.date | None, datetime.date | None
]  # an enterprise, the day of an order, of an inspection


def occasions(key: str, found: Iterable[Danger], on: datetime.date) -> Mapping[Occasion, list[Danger]]:
    """Return the dangers that each paper is about: all of its occasion, whatever became of one of them since.

    A paper is written while something of its occasion is open; a review while its order is under review.
    """
    made: dict[Occasion, list[Danger]] = {}
    for danger in sorted(found, key=lambda d: (d.deadline or datetime.date.max, d.id)):
        if danger.withdrawn_on is None and _belongs(key, danger):
            made.setdefault(_occasion(key, danger), []).append(danger)
    return {about: own for about, own in made.items() if (_under_review(own, on) if key == "review" else _open(own))}


def _belongs(key: str, danger: Danger) -> bool:
    """Return whether a paper of a kind speaks of a danger; none orders what was done before it was ordered."""
    if key == "supervision":
        return danger.details.level == MAJOR and danger.closed_on is None
    return key != "order" or danger.closed_on is None or ordered_on(danger) is not None


def _occasion(key: str, danger: Danger) -> Occasion:
    """Return what a paper about a danger is about; an order that is still to be made is about an inspection."""
    ordered = ordered_on(danger) if key in ("order", "review") else None
    return danger.details.enterprise, ordered, danger.found_on if key != "supervision" and ordered is None else None


def _open(own: Sequence[Danger]) -> bool:
    return any(d.closed_on is None for d in own)


def ordered_on(danger: Danger) -> datetime.date | None:
    """Return the day on which the rectification of a danger was ordered."""
    return next((e.on for e in danger.past if e.name == "order"), None)


def _under_review(order: Sequence[Danger], on: datetime.date) -> bool:
    """Return whether an order is reviewed: its first term has come, completion is reported, or its last danger closed this week.

    An order of which everything was closed before has had its review.
    """
    still = [d for d in order if d.closed_on is None]
    if not still:
        return max(week(d.closed_on) for d in order if d.closed_on is not None) == week(on)
    return any((d.deadline is not None and d.deadline <= on) or any(e.name == "submit" for e in d.past) for d in still)


def of_enterprise(key: str, enterprise: str, own: Sequence[Danger], table: Lifecycle, on: datetime.date) -> Values:
    """Return what a paper about an enterprise's dangers says; those of a supervision are the major ones."""
    if key == "supervision":
        own = [d for d in own if d.details.level == MAJOR]
    blank = sentence("document.blank", "zh")
    rows = [
        {
            "no": str(at),
            "id": d.id,
            "text": d.details.text,
            "level": d.details.level or blank,
            "deadline": chinese(due) if (due := _term(key, d)) is not None else blank,
            "state": table.states[d.state].name.zh,
            "opinion": sentence("document.opinions", "zh"),
        }
        for at, d in enumerate(own, 1)
    ]
    days: dict[str, list[str]] = {}
    for row in rows:
        days.setdefault(row["deadline"], []).append(row["no"])
    return {
        "enterprise": enterprise or blank,
        "code": next((d.details.code for d in own if d.details.code), blank),
        "count": str(len(rows)),
        "major": str(sum(d.details.level == MAJOR for d in own)),
        "dangers": rows,
        "groups": [{"numbers": sentence("joint.list", "zh").join(n), "deadline": due} for due, n in days.items()],
        "ordered": _one_day(ordered_on(d) for d in own),
        "found": _one_day(d.found_on for d in own),
        "basis": law_line("basis", on),
        "rights": law_line("rights", on),
    }


def _term(key: str, danger: Danger) -> datetime.date | None:
    """Return the day until which a danger is to be gone; an order says the one that it set, whatever was added to it."""
    own = (e.deadline for e in danger.past if e.name == "order" and key == "order")
    return next(own, None) or danger.deadline


def _one_day(found: Iterable[datetime.date | None]) -> str:
    """Return the day that is the same for all, or a blank for one."""
    days = set(found)
    day = days.pop() if len(days) == 1 else None
    return chinese(day) if day is not None else sentence("document.blank_day", "zh")


def _lists(key: str, found: Iterable[Danger]) -> Mapping[str, list[Danger]]:
    """Return the tasks of each list: of the problems those that name one, of what is answered for a list for each unit."""
    made: dict[str, list[Danger]] = {}
    for task in sorted(found, key=lambda t: (t.deadline or datetime.date.max, t.id)):
        if task.withdrawn_on is None and (key != "problems" or task.details.problem):
            made.setdefault(task.details.unit if key == "duties" else "", []).append(task)
    return made


def of_tasks(key: str, unit: str, own: Sequence[Danger], on: datetime.date) -> Values:
    """Return what a list of tasks says; a problem stands once, with all that is done about it."""
    groups: dict[str, list[Danger]] = {}
    for task in own:
        groups.setdefault(task.details.problem if key == "problems" else task.id, []).append(task)
    return {
        "unit": unit,
        "day": chinese(on),
        "count": str(len(groups)),
        "closed": str(sum(all(t.closed_on is not None for t in of) for of in groups.values())),
        "items": [{"no": str(at), **_item(of, on)} for at, of in enumerate(groups.values(), 1)],
    }


def _item(of: Sequence[Danger], on: datetime.date) -> dict[str, str]:
    def said(what: Callable[[Danger], str]) -> str:
        return "\n".join(dict.fromkeys(filter(None, map(what, of)))) or sentence("document.nothing", "zh")

    return {
        "id": said(lambda t: t.id),
        "problem": said(lambda t: t.details.problem),
        "field": said(lambda t: t.details.field),
        "task": said(lambda t: t.details.task),
        "text": said(lambda t: t.details.text),
        "unit": said(lambda t: t.details.unit),
        "office": said(lambda t: t.details.office),
        "person": said(lambda t: t.details.person),
        "leader": said(lambda t: t.details.leader),
        "deadline": said(lambda t: chinese(t.deadline) if t.deadline is not None else ""),
        "state": said(lambda t: _state(t, on)),
    }


def _state(task: Danger, on: datetime.date) -> str:
    """Return how far a task is, and by how many days it is late."""
    name = task_table().states[task.state].name.zh
    if task.closed_on is not None or task.deadline is None or task.deadline >= on:
        return name
    return sentence("document.late", "zh", state=name, days=(on - task.deadline).days)
