"""What the worker makes of a list of dangers: the ledger of rectifications, its reports, what is overdue, and papers."""

from __future__ import annotations

import datetime
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safety_rules.formats.heading_map import layout
from safety_rules.services.rectification.book import HEADINGS, heading_sheets
from safety_rules.services.rectification.importing import Hand, Imported, import_workbook
from safety_rules.services.rectification.page import write_page
from safety_rules.services.rectification.recording import tasks
from safety_rules.services.rectification.reports import Reported, write_due, write_reports
from safety_rules.services.rectification.sheets import vocabulary_of
from safety_rules.services.rectification.stats import due, of_store, stats
from safety_rules.services.rectification.table import lifecycle
from safety_rules.words.catalog import sentence

DANGERS = "dangers"  # no area of rules: a list of dangers, kept in a ledger of rectifications
STORE = "store.db"
MOST_SAID = 200


def read_dangers(
    folder: Path,
    source: Path,
    day: datetime.date,
    hand: tuple[str, str, str] | None,
    told: Mapping[str, bool],
    language: str,
) -> None:
    """Import a list into the ledger that was given, or into a new one, and write what comes of it."""
    mapped, store, given = folder / "map.yaml", folder / STORE, folder / "given.db"
    wanted = layout(mapped, vocabulary_of(HEADINGS)) if mapped.is_file() else None
    sheets = heading_sheets(source, wanted)
    found = [
        {"heading": c.heading.removeprefix("="), "place": at, "fact": c.fact.key}
        for s in sheets
        for at, c in s.understood
    ]
    found += [{"heading": n.given, "place": n.place, "fact": ""} for s in sheets for n in s.unread]
    (folder / "headings.json").write_text(json.dumps(found, ensure_ascii=False), "utf-8")
    if given.is_file():
        shutil.copyfile(given, store)
    today = datetime.date.today()
    settles = None
    if hand is not None:
        settles = Hand(hand[0], "department", hand[1], min(datetime.date.fromisoformat(hand[2]), today))
    made = import_workbook(source, store, lifecycle(), today, settles, write=True, wanted=wanted, told=told)
    said = _said(made, settles.on if settles is not None else day, language)
    (folder / "said.json").write_text(json.dumps(said, ensure_ascii=False), "utf-8")
    if not store.is_file():
        return
    held, inspections = of_store(store, lifecycle(), day)
    units = sorted({d.details.enterprise for d in held if d.withdrawn_on is None})
    (folder / "units.json").write_text(json.dumps(units, ensure_ascii=False), "utf-8")
    set_ones = tuple(tasks(store, day).values())
    reported = Reported(source, held, stats(held, inspections, day), lifecycle(), set_ones)
    write_reports(reported, folder / "result.xlsx", language)
    write_due(reported, [*due(held, day), *due(set_ones, day)], folder / "due.xlsx", language)
    write_page(reported, folder / "result.html", language)


def _said(made: Imported, day: datetime.date, language: str) -> dict[str, Any]:
    """Return what is told of an import: what was taken, what was refused at which cell, what was assumed."""
    new = {"dangers": made.dangers, "events": made.events, "tasks": made.tasks, "unchanged": made.unchanged}
    lines = [sentence("web.taken", language, **new)]
    if made.settled:
        lines.append(
            sentence("web.settled", language, count=made.settled, day=sentence("story.day", language, day=day))
        )
    if made.gone:
        told = sentence("joint.list", language).join(made.gone[:MOST_SAID])
        lines.append(sentence("rectify.gone", language, count=len(made.gone), listed=told).strip())
    lines += [n.text(language) for n in made.read.notices if n.code == "status-not-used"]
    refused = [(r.place, r.reason.in_(language), r.apart) for r in made.refusals]
    return {
        "lines": lines,
        "refused": refused[:MOST_SAID],
        "refusals": len(refused),
        "differs": made.differs,
        "notices": [n.text(language) for n in made.read.notices[:MOST_SAID]],
    }
