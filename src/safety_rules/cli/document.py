"""`safety-rules document`: papers ready to sign, from a ledger or from the ledger of rectifications."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from safety_rules.cli.options import OUTPUT, PATH, Verb, calendar_day, day_option, rules_option

if TYPE_CHECKING:
    from safety_rules.formats.docx_out import Values
    from safety_rules.formats.result import ScreenedRow
    from safety_rules.services.grading import GradedUnit


@click.command("document", cls=Verb)
@click.argument("kind", metavar="PAPER")
@click.argument("source", type=PATH, required=False)
@click.option("--output", "-o", type=OUTPUT, required=True, help="A .docx, or a folder for one file each.")
@click.option("--row", "rows", type=int, multiple=True, help="The row of a ledger, as it counts; may be repeated.")
@click.option("--unit", "units", multiple=True, help="The enterprise, of a ledger of rectifications; may be repeated.")
@click.option("--blank", is_flag=True, help="Write the template itself, to be changed and put into an overlay folder.")
@click.option("--pdf", is_flag=True, help="Write a PDF beside it, where LibreOffice is there.")
@click.option("--sheet", default=None, help="The sheet of a workbook.")
@day_option
@rules_option
def command(
    kind: str,
    source: Path | None,
    output: Path,
    rows: tuple[int, ...],
    units: tuple[str, ...],
    blank: bool,
    pdf: bool,
    sheet: str | None,
    day: str | None,
    require_standing: str,
    rules: str | None,
    overlays: tuple[Path, ...],
    language: str,
) -> None:
    """Write PAPER (审查意见书, 辨识分级报告, 现场检查记录, 责令限期整改指令书, 整改复查意见书, 挂牌督办通知书,
    问题清单, 任务清单, 责任清单) from SOURCE.

    SOURCE is a ledger for the first two, and a ledger of rectifications (台账.db) for the others. Numbers of documents,
    names, seals and days of signing stay blank. A district's own template, `documents/审查意见书.docx` in an overlay
    folder, takes the place of ours.
    """
    from safety_rules.services.documents import document_key, layouts, template_of, write_document
    from safety_rules.words.catalog import sentence

    key = document_key(kind)
    template = template_of(key, [o for o in overlays if o.is_dir()])
    if blank:
        write_document(key, None, output, template)
        click.echo(sentence("screening.written", language, file=output))
        return
    if source is None:
        raise click.UsageError("name a ledger, or write the template with --blank")
    if layouts()[key]["from"] == "ledger":
        found = _of_ledger(key, source, rows, sheet, (rules, overlays, day, require_standing), language)
    else:
        found = _of_store(key, source, units, day)
    _write(key, found, source, output, template, pdf, language)


def _of_ledger(
    key: str,
    source: Path,
    rows: tuple[int, ...],
    sheet: str | None,
    law: tuple[str | None, tuple[Path, ...], str | None, str],
    language: str,
) -> Iterator[tuple[str, Values]]:
    """Yield a file's name and the content of a document for each row that is asked for."""
    from safety_rules.cli.screen import area_on
    from safety_rules.language.errors import LedgerError, NotFoundError
    from safety_rules.services.documents import file_name, layouts, of_row, of_unit
    from safety_rules.services.grading import grade
    from safety_rules.services.screening import screen
    from safety_rules.words.catalog import sentence

    rules, overlays, day, standing = law
    if key == "grading":
        graded = grade(source, area_on(rules, overlays, "major_hazard", day, standing), sheet)[1]
        units: Iterator[tuple[ScreenedRow, GradedUnit | None]] = ((unit.row, unit) for unit in graded)
    else:
        screening = screen(source, area_on(rules, overlays, "admission", day, standing), sheet, engine="records")
        units = ((row, None) for row in screening.rows)
    wanted = set(rows)
    for row, unit in units:
        if not row.outcome or (rows and row.row.number not in wanted):
            continue
        wanted.discard(row.row.number)
        try:
            values = of_row(row) if unit is None else of_unit(unit)
        except LedgerError as error:
            if rows:
                raise
            click.echo(sentence("document.skipped", language, row=row.row.number, why=error), err=True)
            continue
        subject = row.verdict.subject if row.verdict is not None else ""
        yield file_name(layouts()[key]["name"], str(row.row.number), subject or ""), values
    if wanted:
        raise NotFoundError(f"`{source.name}` has no record in row {min(wanted)}")


def _of_store(key: str, source: Path, units: tuple[str, ...], day: str | None) -> Iterator[tuple[str, Values]]:
    """Yield a file's name and the content of each paper, of the enterprises or units that are asked for."""
    from safety_rules.language.errors import NotFoundError
    from safety_rules.services.papers import papers_of
    from safety_rules.words.near import did_you_mean

    found = list(papers_of(key, source, calendar_day(day) or datetime.date.today()))
    known = dict.fromkeys(paper.unit for paper in found)
    for unit in units:
        if unit not in known:
            raise NotFoundError(f"`{source.name}` has nothing for this paper of `{unit}`; {did_you_mean(unit, known)}")
    for paper in found:
        if not units or paper.unit in units:
            yield paper.name, paper.values


def _write(
    key: str,
    found: Iterator[tuple[str, Values]],
    source: Path,
    output: Path,
    template: Path | None,
    pdf: bool,
    language: str,
) -> None:
    """Write one document to a file, or all into a folder with their checksums; each is whole or absent."""
    from safety_rules.formats.safe import replacing
    from safety_rules.language.errors import NotFoundError
    from safety_rules.services.documents import checksum, layouts, write_document
    from safety_rules.words.catalog import sentence

    single, written, seen = output.suffix.lower() == ".docx", list[Path](), dict[str, int]()
    if not single:
        output.mkdir(exist_ok=True)
    for name, values in found:
        if single and written:
            raise click.UsageError("there are several documents: name a row or an enterprise, or a folder for -o")
        seen[name] = seen.get(name, 0) + 1
        again = f"_{seen[name]}" if seen[name] > 1 else ""
        path = output if single else output / f"{name}{again}.docx"
        write_document(key, values, path, template, source)
        written.append(path)
    if not written:
        raise NotFoundError(f"`{source.name}` has nothing that this document is about")
    made = [*written, *(_pdf(written, language) if pdf else [])]
    if single:
        for path in made:
            click.echo(sentence("document.written", language, file=path, digest=checksum(path)))
        return
    sums = output / f"{layouts()[key]['name']}.sha256"
    with replacing(sums) as temporary:
        temporary.write_text("".join(f"{checksum(p)}  {p.name}\n" for p in made), encoding="utf-8")
    click.echo(sentence("document.folder", language, count=len(written), file=sums))


def _pdf(paths: list[Path], language: str) -> list[Path]:
    """Return PDFs that LibreOffice made of documents; none, and said so, where it is not there."""
    from safety_rules.services.office import office, pdfs
    from safety_rules.words.catalog import sentence

    if office() is None:
        click.echo(sentence("document.no_pdf", language), err=True)
    return pdfs(paths)
