"""The other sheets of a result: summary, problems, and the rules with their law."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from safety_rules.formats.result import Screening, outcome_names, rule_names
from safety_rules.language.record import Problem
from safety_rules.language.rule import Rule
from safety_rules.language.source import Citation
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.verdict.decided import UNDETERMINED
from safety_rules.semantics.verdict.incomplete import INCOMPLETE
from safety_rules.version import VERSION
from safety_rules.words.catalog import sentence, texts
from safety_rules.words.values import label, standing_words


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet; with an outcome, its cell `outcome_at` has that outcome's colour and mark."""

    cells: tuple[Any, ...]
    heading: bool = False
    outcome: str = ""
    outcome_at: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of text: the widths of its columns, and its rows."""

    widths: tuple[int, ...]
    rows: Sequence[Row]


def summary_rows(screening: Screening, language: str) -> Sheet:
    """Return the summary: what was screened by which law, and the counts."""
    on, summary, book, ledger = screening.on, screening.summary, screening.on.rulebook, screening.ledger
    values: tuple[str | int, ...] = (
        "", f"{ledger.path.name}　{ledger.name}", on.area.title.in_(language), on.as_of.isoformat(), summary.rows,
        summary.problems, len(screening.notices), standing_words(on.require, language), book.digest,
        book.overlay_digest or sentence("screening.none", language), VERSION,
    )  # fmt: skip
    heads = texts("sheet.summary", language)
    rows = [Row((h, v), heading=not i) for i, (h, v) in enumerate(zip(heads, values, strict=True))]
    rows += [Row(()), *_outcome_rows(screening, language)]
    titles = rule_names(on)
    violated = [(titles[k].in_(language), n) for k, n in summary.violated.most_common()]
    missing = [(summary.names[r].in_(language), n) for r, n in summary.missing.most_common()]
    for heading, counts in (("sheet.violated", violated), ("sheet.missing", missing)):
        rows += [Row(()), Row(texts(heading, language), heading=True)]
        rows += map(Row, counts or [(sentence("screening.none", language), 0)])
    return Sheet((52, 70), rows)


def _outcome_rows(screening: Screening, language: str) -> list[Row]:
    summary, area = screening.summary, screening.on.area
    rows = [Row(texts("sheet.outcomes", language), heading=True)]
    for key, name in outcome_names(screening.on).items():
        rows.append(Row((name.in_(language), summary.outcomes[key]), outcome=key))
        for ends, count in summary.intervals.most_common() if key == UNDETERMINED else ():
            best, worst = (area.outcome(end).name.in_(language) for end in ends)
            rows.append(Row((sentence("screening.interval", language, best=best, worst=worst), count)))
    return rows


def _sort(number: int | None, problem: Problem) -> str:
    """Return what a line is: an assumption that the reading rests on, a problem of a row, or what was not used."""
    if problem.code.startswith("assumed") and number is None:
        return "line.assumed"
    if problem.code in INCOMPLETE:
        return "line.incomplete"
    return "line.problem" if number is not None else "line.notice"


def problem_rows(problems: Iterable[tuple[int | None, Problem]], on: AreaOn, language: str) -> Sheet:
    """Return every problem with its cell."""
    rows = [Row(texts("sheet.problems", language), heading=True)]
    for number, p in problems:
        line, sort = "" if number is None else number, sentence(_sort(number, p), language)
        rows.append(Row((line, sort, p.place, _fact(p, on, language), p.message.in_(language), p.given)))
    if len(rows) == 1:
        rows.append(Row(("", "", "", "", sentence("screening.no_problem", language), "")))
    return Sheet((8, 10, 24, 34, 80, 40), rows)


def rule_rows(on: AreaOn, language: str) -> Sheet:
    """Return the rules in force on the day, one row a citation, each with what it asks for and its law."""
    rows = [Row(texts("sheet.rules", language), heading=True)]
    rows += [Row(_rule_cells(rule, citation, on, language)) for rule in on.rules for citation in rule.authority]
    return Sheet((44, 30, 44, 18, 46, 36, 46, 24, 14), rows)


def _rule_cells(rule: Rule, citation: Citation, on: AreaOn, language: str) -> tuple[str, ...]:
    source, outcome = on.rulebook.sources[citation.source], rule.otherwise.outcome
    asked, title = sentence("screening.is_advice", language), source.title.in_(language)
    if outcome is not None:
        asked = on.area.outcome(outcome).name.in_(language)
    if rule.otherwise.veto:
        asked = sentence("screening.is_veto", language, outcome=asked)
    if source.number:
        title = sentence("screening.document", language, title=title, number=source.number)
    return (
        rule.title.in_(language), rule.key, "\n".join(c.sentence.in_(language) for c in rule.requires), asked, title,
        citation.clause, citation.quotation, standing_words(citation.standing, language),
        rule.in_force.since.isoformat() if rule.in_force.since is not None else "",
    )  # fmt: skip


def _fact(problem: Problem, on: AreaOn, language: str) -> str:
    return label(problem.path, on.rulebook.vocabulary, language) if problem.path else ""
