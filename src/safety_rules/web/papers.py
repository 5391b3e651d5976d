"""The papers that a page hands out: which are asked for, and one archive of them with their checksums."""

from __future__ import annotations

import datetime
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from safety_rules.formats.docx_out import Values
from safety_rules.formats.result import ScreenedRow
from safety_rules.formats.safe import replacing
from safety_rules.language import limits
from safety_rules.language.errors import LedgerError, NotFoundError
from safety_rules.services.dated_area import DatedArea
from safety_rules.services.documents import checksum, file_name, layouts, of_row, of_unit, write_document
from safety_rules.services.grading import GradedUnit, grade
from safety_rules.services.office import pdfs
from safety_rules.services.papers import papers_of
from safety_rules.services.screening import screen
from safety_rules.words.catalog import sentence
from safety_rules.words.near import did_you_mean

ARCHIVE = "papers.zip"
ROWS = re.compile(r"([0-9]{1,7})(?:[-－—~～至到]([0-9]{1,7}))?")
Named = tuple[str, str, Values]  # the key of a paper, the name of its file, what stands in it


@dataclass(frozen=True, slots=True)
class Asked:
    """Which papers are asked for: the kind of those about dangers (blank: all), the rows or the enterprise, and PDFs."""

    kind: str = ""
    about: str = ""
    pdf: bool = False


def rows_in(text: str) -> list[range]:
    """Return the rows that a text names, `7、9-12`; raises LedgerError where it names none.

    >>> rows_in("7，9-12")
    [range(7, 8), range(9, 13)]
    """
    made = []
    for part in re.split(r"[,，、;；\s]+", text.strip()):
        match = ROWS.fullmatch(part)
        if match is None:
            raise LedgerError(f"`{text}` names no rows; write 7, 9-12")
        made.append(range(int(match[1]), int(match[2] or match[1]) + 1))
    return made


def of_ledger(source: Path, dated: DatedArea, wanted: Any, asked: Asked, graded: bool) -> Iterator[Named]:
    """Yield the opinion about each row, or the report about each unit, that is asked for."""
    rows, key = rows_in(asked.about) if asked.about else None, "grading" if graded else "opinion"
    found: Iterator[tuple[ScreenedRow, GradedUnit | None]]
    if graded:
        found = ((u.row, u) for u in grade(source, dated, wanted)[1])
    else:
        found = ((r, None) for r in screen(source, dated, wanted, engine="records").rows)
    for row, unit in found:
        if row.verdict is not None and (rows is None or any(row.row.number in r for r in rows)):
            name = file_name(layouts()[key]["name"], str(row.row.number), row.verdict.subject or "")
            yield key, name, of_row(row) if unit is None else of_unit(unit)


def of_store(store: Path, day: datetime.date, asked: Asked) -> Iterator[Named]:
    """Yield the papers about the dangers and tasks of a ledger that are asked for."""
    if not store.is_file():
        raise LedgerError(f"there is no ledger `{store.name}`; import one first")
    kinds = [k for k, v in layouts().items() if k != "law" and v["from"] != "ledger" and asked.kind in ("", k)]
    found = [(key, paper) for key in kinds for paper in papers_of(key, store, day)]
    known = dict.fromkeys(paper.unit for _, paper in found if paper.unit)
    if asked.about and asked.about not in known:
        raise NotFoundError(
            f"`{store.name}` has nothing for this paper of `{asked.about}`; {did_you_mean(asked.about, known)}"
        )
    for key, paper in found:
        if asked.about in ("", paper.unit):
            yield key, paper.name, paper.values


def write_papers(folder: Path, papers: Iterable[Named], asked: Asked) -> int:
    """Write papers and their checksums into one archive, which is whole or absent, and return how many.

    Of one name, the later ones are numbered; beside each is a PDF, where they are asked for and LibreOffice is there.
    """
    seen: Counter[str] = Counter()
    with TemporaryDirectory(dir=folder, prefix="papers-") as made:
        written: list[Path] = []
        for key, name, values in papers:
            if len(written) == limits.PAPERS:
                raise LedgerError(f"more than {limits.PAPERS} papers; ask for some of them")
            seen[name] += 1
            written.append(Path(made) / f"{name}{f'_{seen[name]}' if seen[name] > 1 else ''}.docx")
            write_document(key, values, written[-1], None)
        if not written:
            raise LedgerError("there is nothing that a paper is about")
        beside = pdfs(written) if asked.pdf else []
        files = sorted([*written, *beside])
        sums = Path(made) / f"{sentence('web.sums', 'zh')}.sha256"
        sums.write_text("".join(f"{checksum(p)}  {p.name}\n" for p in files), "utf-8")
        with (
            replacing(folder / ARCHIVE) as temporary,
            zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive,
        ):
            for path in (*files, sums):
                archive.write(path, path.name)
    return len(written)
