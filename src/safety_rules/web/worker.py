"""What reads an upload: a process of its own, with a limit of memory and of time, that leaves its answer in a folder.

`python -m safety_rules.web.worker FOLDER` reads `job.json` there, and writes `headings.json`, `result.html`,
`result.xlsx` and, where papers were asked for, `papers.zip`; of a list of dangers more, see `rectified`; or `error.json` with what a person is told.
"""

from __future__ import annotations

import datetime
import json
import sys
import zipfile
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safety_rules.face import load
from safety_rules.formats.docx_out import Values
from safety_rules.formats.heading_map import layout
from safety_rules.formats.ledger import ledger
from safety_rules.formats.safe import replacing
from safety_rules.language.errors import LedgerError, SafetyRulesError
from safety_rules.services.dated_area import DatedArea
from safety_rules.services.documents import file_name, layouts, of_row, of_unit, write_document
from safety_rules.services.grading import grade
from safety_rules.services.screening import screen
from safety_rules.web.rectified import DANGERS, dangers_papers, read_dangers

MEMORY = 4 << 30
GRADED = "major_hazard"
MOST_PAPERS = 500


@dataclass(frozen=True, slots=True)
class Job:
    """What is asked for: a ledger in a folder, the area and day, the language, and whether papers are wanted."""

    folder: Path
    source: Path
    area: str
    day: str
    language: str
    papers: bool
    hand: tuple[str, str] | None = None


def job_in(folder: Path) -> Job:
    """Return the job that a folder holds."""
    told = json.loads((folder / "job.json").read_text("utf-8"))
    hand = told.get("hand")
    settles = (str(hand[0]), str(hand[1])) if hand else None
    return Job(folder, folder / told["file"], told["area"], told["day"], told["language"], told["papers"], settles)


def run(job: Job) -> None:
    """Read, decide and write; raises SafetyRulesError where a person has to be told something."""
    if job.area == DANGERS:
        day = datetime.date.fromisoformat(job.day)
        if job.papers:
            _write_papers(job.folder, dangers_papers(job.folder, day))
        else:
            read_dangers(job.folder, job.source, day, job.hand, job.language)
        return
    dated = load().area(job.area).on(job.day)
    mapped = job.folder / "map.yaml"
    wanted = layout(mapped, dated.law.rulebook.vocabulary) if mapped.is_file() else None
    if job.papers:
        _papers(job, dated, wanted)
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


def _papers(job: Job, dated: DatedArea, wanted: Any) -> None:
    """Write a paper for each record into one archive."""
    key = "grading" if job.area == GRADED else "opinion"
    if key == "grading":
        found = (
            (u.row, of_unit(u) if u.row.verdict is not None else None) for u in grade(job.source, dated, wanted)[1]
        )
    else:
        rows = screen(job.source, dated, wanted, engine="records").rows
        found = ((r, of_row(r) if r.verdict is not None else None) for r in rows)
    named = (
        (key, file_name(layouts()[key]["name"], str(r.row.number), r.verdict.subject if r.verdict else ""), values)
        for r, values in found
        if values is not None
    )
    _write_papers(job.folder, named)


def _write_papers(folder: Path, papers: Iterable[tuple[str, str, Values]]) -> None:
    """Write papers into one archive, which is whole or absent; of one name, the later ones are numbered."""
    seen: Counter[str] = Counter()
    with (
        replacing(folder / "papers.zip") as temporary,
        zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for key, name, values in papers:
            if seen.total() == MOST_PAPERS:
                raise LedgerError(f"more than {MOST_PAPERS} papers; use `safety-rules document` for so many")
            seen[name] += 1
            write_document(key, values, folder / "paper.docx", None)
            archive.write(folder / "paper.docx", f"{name}{f'_{seen[name]}' if seen[name] > 1 else ''}.docx")
        (folder / "paper.docx").unlink(missing_ok=True)
        if not seen:
            raise LedgerError("there is nothing that a paper is about")


def main(folder: Path) -> int:
    """Run a job and return 0, or 1 with `error.json`."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        run(job_in(folder))
    except SafetyRulesError as error:
        (folder / "error.json").write_text(json.dumps({"message": str(error)}, ensure_ascii=False), "utf-8")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
