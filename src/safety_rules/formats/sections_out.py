"""A report of several short tables on one sheet: title, sentences, tables one below the other, a foot; and charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from safety_rules.formats.layout import row_height
from safety_rules.formats.overview import write_across
from safety_rules.formats.styles import Styles, write_text, write_value

CHART_ROWS = 11
ON_A_PAGE = 40  # rows that still fit on one page across without small type
FOUND, CLOSED, OPEN = "#005A9C", "#F2B134", "#404040"  # blue, amber, dark grey: told apart by every eye and in grey


@dataclass(frozen=True, slots=True)
class Section:
    """One table of a report; `nothing` is said where it has no rows. Shares are fractions and shown as percent."""

    title: str
    heads: Sequence[str]
    rows: Sequence[tuple[Any, ...]]
    nothing: str
    shares: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns (and a line) over a table of another sheet: its title, the sheet, how many rows, names of the series."""

    title: str
    sheet: str
    rows: int
    first: int
    series: Sequence[tuple[int, str, str]]
    line: tuple[int, str] | None = None
    bars: bool = False


def write_report(
    sheet: Any, title: str, said: Sequence[str], sections: Sequence[Section], widths: Sequence[int], styles: Styles,
    foot: Sequence[str] = (), gap_after: int = 0,
) -> int:  # fmt: skip
    """Write a report and return the row at which `gap_after` rows are free for a chart, below what is said."""
    last, whole = len(widths) - 1, [sum(widths) + len(widths) - 1]
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.set_row(0, 32)
    sheet.merge_range(0, 0, 0, last, "", styles.title)
    write_text(sheet, 0, 0, title, styles.title)
    at = 1
    for line in said:
        at = write_across(sheet, at, last, line, whole, styles)
    chart_at = at
    at += gap_after
    for section in sections:
        at = _section(sheet, at + 1, section, widths, styles)
    at += 1
    for line in foot:
        at = write_across(sheet, at, last, line, whole, styles)
    if at <= ON_A_PAGE:
        sheet.fit_to_pages(1, 1)
    return chart_at


def _section(sheet: Any, at: int, section: Section, widths: Sequence[int], styles: Styles) -> int:
    write_text(sheet, at, 0, section.title, styles.part)
    at += 1
    if not section.rows:
        write_text(sheet, at, 0, section.nothing, styles.part_note)
        return at + 1
    for column, head in enumerate(section.heads):
        write_text(sheet, at, column, head, styles.head_added)
    sheet.set_row(at, row_height(section.heads, widths))
    for row in section.rows:
        at += 1
        sheet.set_row(at, row_height([c if isinstance(c, str) else "" for c in row], widths))
        for column, cell in enumerate(row):
            share = column in section.shares and not isinstance(cell, str)
            write_value(sheet, at, column, cell, styles, styles.percent if share else None)
    return at + 1


def write_rows(sheet: Any, section: Section, widths: Sequence[int], styles: Styles, frozen: int = 0) -> None:
    """Write one table as a sheet with a frozen, filtered heading."""
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    for column, head in enumerate(section.heads):
        write_text(sheet, 0, column, head, styles.head_added)
    sheet.set_row(0, row_height(section.heads, widths))
    for at, row in enumerate(section.rows, 1):
        sheet.set_row(at, row_height([c if isinstance(c, str) else "" for c in row], widths))
        for column, cell in enumerate(row):
            share = column in section.shares and not isinstance(cell, str)
            write_value(sheet, at, column, cell, styles, styles.percent if share else None)
    if not section.rows:
        write_text(sheet, 1, 0, section.nothing, styles.part_note)
    sheet.freeze_panes(1, frozen)
    sheet.repeat_rows(0)
    sheet.autofilter(0, 0, max(1, len(section.rows)), len(widths) - 1)


def put_chart(book: Any, sheet: Any, at: int, chart: Chart) -> None:
    """Put a chart on a sheet at a row; its figures stand in another sheet, below a heading."""
    if chart.rows < 1:
        return
    made = book.add_chart({"type": "bar" if chart.bars else "column"})
    first, last = chart.first, chart.first + chart.rows - 1
    for column, name, colour in chart.series:
        made.add_series({
            "name": name, "categories": [chart.sheet, first, 0, last, 0], "values": [chart.sheet, first, column, last, column],
            "fill": {"color": colour}, "border": {"color": "#404040", "width": 0.75}, "data_labels": {"value": chart.rows <= 14},
            "gap": 60,
        })  # fmt: skip
    if chart.line is not None:
        column, name = chart.line
        line = book.add_chart({"type": "line"})
        line.add_series({
            "name": name, "categories": [chart.sheet, first, 0, last, 0], "values": [chart.sheet, first, column, last, column],
            "line": {"color": OPEN, "width": 2, "dash_type": "dash"}, "marker": {"type": "diamond", "size": 6},
        })  # fmt: skip
        made.combine(line)
    made.set_title({"name": chart.title, "name_font": {"size": 11}})
    made.set_legend({"position": "bottom"})
    lines = {"visible": True, "line": {"color": "#D9D9D9"}}
    values = {"min": 0, "major_gridlines": lines, "num_format": "0"}
    names = {"interval_unit": 1, "reverse": chart.bars, "major_gridlines": {"visible": False}}
    made.set_x_axis(values if chart.bars else names)  # the x axis of bars is the one that lies
    made.set_y_axis(names if chart.bars else values)
    made.set_size({"width": 900, "height": CHART_ROWS * 20 - 10})
    sheet.insert_chart(at, 0, made, {"x_offset": 8, "y_offset": 4})
