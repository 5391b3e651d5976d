"""The other sheets of a result: summary, problems, and the rules with their law."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from safety_rules.formats.result import Screening, outcome_names, rule_names
from safety_rules.language.kinds import Name
from safety_rules.language.record import Problem
from safety_rules.language.rule import Rule
from safety_rules.language.rulebook import Area
from safety_rules.language.source import Citation
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.verdict.decided import UNDETERMINED
from safety_rules.version import VERSION
from safety_rules.words.values import label, standing_words


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet of text; with an outcome, its first cell has that outcome's colour."""

    cells: tuple[str | int, ...]
    heading: bool = False
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of text: the widths of its columns, and its rows."""

    widths: tuple[int, ...]
    rows: Sequence[Row]


def summary_rows(screening: Screening, language: str) -> Sheet:
    """Return the summary: what was screened by which law, and the counts."""
    zh, on, summary = language == "zh", screening.on, screening.summary
    book = on.rulebook
    rows = [
        Row(("审查概况", "") if zh else ("Screening", ""), heading=True),
        Row(("台账" if zh else "Ledger", f"{screening.ledger.path.name}　{screening.ledger.name}")),
        Row(("审查事项" if zh else "Area", on.area.title.in_(language))),
        Row(("审查日" if zh else "As of", on.as_of.isoformat())),
        Row(("审查行数" if zh else "Rows", summary.rows)),
        Row(("数据问题数" if zh else "Data problems", summary.problems)),
        Row(("未使用的列、行、表" if zh else "Columns, rows and sheets not used", len(screening.notices))),
        Row(("依据效力要求" if zh else "Standing required", standing_words(on.require, language))),
        Row(("规则版本" if zh else "Rulebook digest", book.digest)),
        Row(("本区补充规定版本" if zh else "Overlay digest", book.overlay_digest or ("无" if zh else "none"))),
        Row(("软件版本" if zh else "Library version", VERSION)),
        Row(()),
    ]
    rows += _outcome_rows(screening, language)
    rows += [Row(()), Row(("不满足的规则", "行数") if zh else ("Rules violated", "Rows"), heading=True)]
    titles = rule_names(on)
    rows += [Row((titles[k].in_(language), n)) for k, n in summary.violated.most_common()] or [_none(zh)]
    rows += [Row(()), Row(("仍可能影响结论的缺项", "行数") if zh else ("Missing", "Rows"), heading=True)]
    rows += [Row((summary.names[r].in_(language), n)) for r, n in summary.missing.most_common()] or [_none(zh)]
    return Sheet((52, 70), rows)


def _none(zh: bool) -> Row:
    return Row(("无" if zh else "none", 0))


def _outcome_rows(screening: Screening, language: str) -> list[Row]:
    zh, summary, area = language == "zh", screening.summary, screening.on.area
    rows = [Row(("结论", "行数") if zh else ("Verdict", "Rows"), heading=True)]
    for key, name in outcome_names(screening.on).items():
        rows.append(Row((name.in_(language), summary.outcomes[key]), outcome=key))
        if key == UNDETERMINED:
            rows += [_interval_row(ends, n, area, zh) for ends, n in summary.intervals.most_common()]
    return rows


def _interval_row(ends: tuple[str, str], count: int, area: Area, zh: bool) -> Row:
    best, worst = (area.outcome(key).name for key in ends)
    text = f"　其中：最好“{best.zh}”，最坏“{worst.zh}”" if zh else f"  of these: at best {best.en}, at worst {worst.en}"
    return Row((text, count))


PROBLEM_HEADINGS = {
    "zh": ("行号", "类别", "位置", "事实项", "问题", "原填内容"),
    "en": ("Row", "Kind", "Place", "Fact", "Problem", "Given"),
}


def _sort(number: int | None, problem: Problem) -> Name:
    """Return what a line is: an assumption that the reading rests on, a problem of a row, or what was not used."""
    if problem.code.startswith("assumed") and number is None:
        return Name("假定", "assumed")
    return Name("数据问题", "problem") if number is not None else Name("提示", "notice")


def problem_rows(problems: Iterable[tuple[int | None, Problem]], on: AreaOn, language: str) -> Sheet:
    """Return every problem with its cell."""
    zh = language == "zh"
    heads = PROBLEM_HEADINGS["zh" if zh else "en"]
    rows = [Row(heads, heading=True)]
    for number, p in problems:
        rows.append(
            Row(
                (
                    number if number is not None else "",
                    _sort(number, p).in_(language),
                    p.place,
                    _fact(p, on, language),
                    p.message.in_(language),
                    p.given,
                )
            )
        )
    if len(rows) == 1:
        rows.append(Row(("", "", "", "", "没有发现数据问题" if zh else "no problem was found", "")))
    return Sheet((8, 10, 24, 34, 80, 40), rows)


RULE_HEADINGS = {
    "zh": ("规则", "编码", "要求", "不满足时", "依据", "条款", "原文", "依据效力", "施行日期"),
    "en": ("Rule", "Key", "Requires", "Otherwise", "Source", "Clause", "Quotation", "Standing", "From"),
}


def rule_rows(on: AreaOn, language: str) -> Sheet:
    """Return the rules in force on the day, one row a citation, each with what it asks for and its law."""
    rows = [Row(RULE_HEADINGS[language], heading=True)]
    rows += [Row(_rule_cells(rule, citation, on, language)) for rule in on.rules for citation in rule.authority]
    return Sheet((44, 30, 44, 18, 46, 36, 46, 24, 14), rows)


def _rule_cells(rule: Rule, citation: Citation, on: AreaOn, language: str) -> tuple[str, ...]:
    zh, source = language == "zh", on.rulebook.sources[citation.source]
    outcome = rule.otherwise.outcome
    asked = on.area.outcome(outcome).name.in_(language) if outcome is not None else "仅作提示" if zh else "advice only"
    if rule.otherwise.veto:
        asked += "（一票否决）" if zh else " (one-vote veto)"
    number = source.number and (f"（{source.number}）" if zh else f" ({source.number})")
    return (
        rule.title.in_(language),
        rule.key,
        "\n".join(c.sentence.in_(language) for c in rule.requires),
        asked,
        source.title.in_(language) + number,
        citation.clause,
        citation.quotation,
        standing_words(citation.standing, language),
        rule.in_force.since.isoformat() if rule.in_force.since is not None else "",
    )


def _fact(problem: Problem, on: AreaOn, language: str) -> str:
    return label(problem.path, on.rulebook.vocabulary, language) if problem.path else ""
