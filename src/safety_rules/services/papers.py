"""Papers about dangers and lists of tasks: what stands in their blanks, from the ledger of rectifications.

A paper is about one enterprise; a review about one order of it, with all that was ordered on that day. The three lists
are about the tasks of a plan: the problems, the tasks, and what each responsible unit answers for.
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
    for (enterprise, ordered), own in by_enterprise(key, dangers(store, table, on).values(), on).items():
        name = file_name(named, enterprise, f"{ordered:%Y%m%d}" if ordered is not None else "")
        yield Paper(enterprise, name, of_enterprise(key, enterprise, own, table, on))


About = tuple[str, datetime.date | None]  # an enterprise, and, of a review, the day of the order


def by_enterprise(key: str, found: Iterable[Danger], on: datetime.date) -> Mapping[About, list[Danger]]:
    """Return the dangers that each paper is about: of a review those of an order that is under review, else what is open."""
    made: dict[About, list[Danger]] = {}
    for danger in sorted(found, key=lambda d: (d.deadline or datetime.date.max, d.id)):
        if danger.withdrawn_on is not None or (key != "review" and danger.closed_on is not None):
            continue
        if key != "supervision" or danger.details.level == MAJOR:
            about = danger.details.enterprise, ordered_on(danger) if key == "review" else None
            made.setdefault(about, []).append(danger)
    return {about: own for about, own in made.items() if key != "review" or _under_review(own, on)}


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
            "deadline": chinese(d.deadline) if d.deadline is not None else blank,
            "state": table.states[d.state].name.zh,
            "opinion": sentence("document.opinions", "zh"),
        }
        for at, d in enumerate(own, 1)
    ]
    days: dict[str, list[str]] = {}
    for row in rows:
        days.setdefault(row["deadline"], []).append(row["no"])
    ordered = {ordered_on(d) for d in own}
    day = ordered.pop() if len(ordered) == 1 else None
    return {
        "enterprise": enterprise or blank,
        "code": next((d.details.code for d in own if d.details.code), blank),
        "count": str(len(rows)),
        "major": str(sum(d.details.level == MAJOR for d in own)),
        "dangers": rows,
        "groups": [{"numbers": sentence("joint.list", "zh").join(n), "deadline": due} for due, n in days.items()],
        "ordered": chinese(day) if day is not None else sentence("document.blank_day", "zh"),
        "basis": law_line("basis", on),
        "rights": law_line("rights", on),
    }


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
