"""What reads an upload: a process of its own, with a limit of memory and of time, that leaves its answer in a folder.

`python -m safety_rules.web.worker FOLDER` reads `job.json` there, and writes `headings.json`, `result.html`,
`result.xlsx` and, where papers were asked for, `papers.zip`; of a list of dangers more, see `rectified`; or
`error.json` with what a person is told. It ends when its standard input does, which is when the server ended.
"""

from __future__ import annotations

import datetime
import json
import os
import signal
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

from safety_rules.face import load
from safety_rules.formats.heading_map import layout
from safety_rules.formats.ledger import ledger
from safety_rules.language.errors import SafetyRulesError
from safety_rules.services.dated_area import DatedArea
from safety_rules.services.grading import grade
from safety_rules.services.screening import screen
from safety_rules.web.papers import Asked, Named, of_ledger, of_store, write_papers
from safety_rules.web.rectified import DANGERS, STORE, read_dangers

MEMORY = 4 << 30
GRADED = "major_hazard"


@dataclass(frozen=True, slots=True)
class Job:
    """What is asked for: a ledger in a folder, the area and day, the language, and whether papers are wanted."""

    folder: Path
    source: Path
    area: str
    day: str
    language: str
    papers: Asked | None
    hand: tuple[str, str, str] | None = None
    told: Mapping[str, bool] = field(default_factory=dict)


def job_in(folder: Path) -> Job:
    """Return the job that a folder holds."""
    told = json.loads((folder / "job.json").read_text("utf-8"))
    asked = Asked(**told["papers"]) if told["papers"] is not None else None
    hand = tuple(told["hand"]) if told["hand"] else None
    at = (folder, folder / told["file"], told["area"], told["day"], told["language"])
    return Job(*at, asked, hand, told["told"])


def run(job: Job) -> None:
    """Read, decide and write; raises SafetyRulesError where a person has to be told something."""
    if job.area == DANGERS:
        day = datetime.date.fromisoformat(job.day)
        if job.papers is not None:
            _handed_out(job.folder, of_store(job.folder / STORE, day, job.papers), job.papers)
        else:
            read_dangers(job.folder, job.source, day, job.hand, job.told, job.language)
        return
    dated = load().area(job.area).on(job.day)
    mapped = job.folder / "map.yaml"
    wanted = layout(mapped, dated.law.rulebook.vocabulary) if mapped.is_file() else None
    if job.papers is not None:
        found = of_ledger(job.source, dated, wanted, job.papers, job.area == GRADED)
        _handed_out(job.folder, found, job.papers)
        return
    _headings(job, dated, wanted)
    if job.area == GRADED:
        from safety_rules.formats.grading_out import write_grading

        screening, units = grade(job.source, dated, wanted)
        write_grading(screening, units, job.folder / "result.xlsx", job.language)
    else:
        from safety_rules.formats.workbook_out import write_workbook

        screening = screen(job.source, dated, wanted)
        write_workbook(screening, screening.rows, job.folder / "result.xlsx", job.language)
    from safety_rules.formats.page_out import write_page

    screening = screen(job.source, dated, wanted)
    write_page(screening, screening.rows, job.folder / "result.html", job.language)


def _handed_out(folder: Path, papers: Iterable[Named], asked: Asked) -> None:
    """Write papers, and how many they are."""
    count = write_papers(folder, papers, asked)
    (folder / "papers.json").write_text(json.dumps({"count": count}), "utf-8")


def _headings(job: Job, dated: DatedArea, wanted: Any) -> None:
    """Write how each heading was understood, and the headings that were not."""
    vocabulary = dated.law.rulebook.vocabulary
    read = ledger(job.source, vocabulary, dated.law.area.subjects, wanted)
    known = [
        {"heading": c.heading.removeprefix("="), "place": place, "fact": c.fact.key} for place, c in read.understood
    ]
    lost = [{"heading": n.given, "place": n.place, "fact": ""} for n in read.notices if n.code == "heading"]
    both = sorted([*known, *lost], key=lambda h: (len(h["place"]), h["place"]))
    (job.folder / "headings.json").write_text(json.dumps(both, ensure_ascii=False), "utf-8")


def _until_the_server_ends() -> None:
    """End this process and what it started once the server is no more: its end of our standard input is closed then."""
    while os.read(0, 1):  # not through `sys.stdin`, which may not be read while Python ends
        pass
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():  # a group of our own, as the server starts us
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def main(folder: Path) -> int:
    """Run a job and return 0, or 1 with `error.json`."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    Thread(target=_until_the_server_ends, daemon=True).start()
    try:
        run(job_in(folder))
    except SafetyRulesError as error:
        (folder / "error.json").write_text(json.dumps({"message": str(error)}, ensure_ascii=False), "utf-8")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
