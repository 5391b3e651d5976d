"""What a screened row says, one text a column: verdict, reasons, gaps, needs, duties, standing, problems."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from safety_rules.formats.result import ERROR_NAME, ScreenedRow
from safety_rules.language.kinds import Name
from safety_rules.language.record import Problem
from safety_rules.language.truth import Truth
from safety_rules.language.verdict import Finding, Status
from safety_rules.semantics.verdict.atoms import clause_lines
from safety_rules.semantics.verdict.explain import gap_text, reason_label
from safety_rules.semantics.verdict.verdict import Verdict
from safety_rules.words.values import label, standing_words

RESULT_COLUMNS = (
    Name("结论", "Verdict"),
    Name("最好", "At best"),
    Name("最坏", "At worst"),
    Name("不满足的规则", "Rules violated"),
    Name("原因", "Reasons"),
    Name("差额", "Gaps"),
    Name("最少补齐", "Fewest needed to settle"),
    Name("仍缺", "Still missing"),
    Name("义务", "Duties"),
    Name("提示", "Advice"),
    Name("依据效力", "Standing"),
    Name("数据问题", "Data problems"),
)


CHAINS = Name("名单联动", "Chains of records")


def result_headings(language: str, with_history: bool = False) -> tuple[str, ...]:
    """Return the headings of the columns that a result adds."""
    return tuple(n.in_(language) for n in (*RESULT_COLUMNS, *((CHAINS,) if with_history else ())))


def result_cells(row: ScreenedRow, language: str, with_history: bool = False) -> tuple[str, ...]:
    """Return the text of each added column; blanks for a line that is no record."""
    chains = () if row.verdict is None else row.verdict.chains(language)
    return (*_own_cells(row, language), *((numbered(chains, language),) if with_history else ()))


def _own_cells(row: ScreenedRow, language: str) -> tuple[str, ...]:
    if row.verdict is None:
        blank = ("",) * (len(RESULT_COLUMNS) - 2)
        if row.error is None:
            return ("", *blank, "")
        return (ERROR_NAME.in_(language), *blank, row.error.in_(language))
    verdict = row.verdict
    area = verdict.on.area
    violated = [f for f in verdict.open_findings if f.status is Status.VIOLATED]
    counted = sorted((f for f in violated if f.outcome is not None), key=lambda f: -area.rank(f.outcome))
    advice = [f for f in violated if f.outcome is None]
    return (
        verdict.outcome_name.in_(language),
        area.outcome(verdict.at_best).name.in_(language),
        area.outcome(verdict.at_worst).name.in_(language),
        numbered((rule_text(f, verdict, language) for f in counted), language),
        numbered((reason_text(f, verdict, language) for f in counted), language),
        numbered(gap_texts(verdict, language), language),
        _listed((reason_label(r, verdict, language) for r in verdict.needs.smallest), language),
        _listed((reason_label(r, verdict, language) for r in verdict.needs.can_change), language),
        numbered(duty_texts(verdict, language), language),
        numbered((advice_text(f, language) for f in advice), language),
        standing_words(verdict.standing, language),
        numbered((problem_text(p, verdict, language) for p in verdict.problems), language),
    )


def numbered(texts: Iterable[str], language: str) -> str:
    """Return one text a line, numbered when there are several; rules and reasons have the same numbers."""
    found = list(texts)
    mark = "、" if language == "zh" else ". "
    return "\n".join(f"{i}{mark}{t}" for i, t in enumerate(found, 1)) if len(found) > 1 else "".join(found)


def problem_text(problem: Problem, verdict: Verdict, language: str) -> str:
    """Return a problem in one line, with its cell and the fact's name."""
    said = problem.message.in_(language)
    name = label(problem.path, verdict.on.rulebook.vocabulary, language) if problem.path else ""
    if not problem.place or not name or name in said or problem.code == "unknown-fact":
        return problem.text(language)
    return f"{problem.place}（{name}）：{said}" if language == "zh" else f"{problem.place} ({name}): {said}"


def _listed(texts: Iterable[str], language: str) -> str:
    return ("、" if language == "zh" else ", ").join(dict.fromkeys(texts))


def rule_text(f: Finding, verdict: Verdict, language: str) -> str:
    """Return a violated rule's title with what it asks for."""
    zh, parts = language == "zh", []
    if f.outcome is not None:
        parts.append(verdict.on.area.outcome(f.outcome).name.in_(language))
    if f.rule.otherwise.veto:
        parts.append("一票否决" if zh else "one-vote veto")
    if f.waived:
        parts.append("已豁免，不计入" if zh else "waived, not counted")
    said = ("，" if zh else ", ").join(parts)
    return f"{f.rule.title.in_(language)}（{said}）" if zh else f"{f.rule.title.in_(language)} ({said})"


def advice_text(f: Finding, language: str) -> str:
    """Return advice that is not met."""
    return f"未满足：{f.rule.title.zh}" if language == "zh" else f"not met: {f.rule.title.en}"


def reason_text(f: Finding, verdict: Verdict, language: str) -> str:
    """Return the values with which a violated rule's clauses fail."""
    env = verdict.on.environment(verdict.record)
    by_key = {c.key: c for c in f.rule.requires}
    lines = [
        line
        for result in f.requires
        if result.truth is Truth.FALSE
        for line in clause_lines(by_key[result.key].that, env, language)
    ]
    return ("；" if language == "zh" else "; ").join(dict.fromkeys(lines))


def gap_texts(verdict: Verdict, language: str) -> Sequence[str]:
    """Return, for each failed numeric clause, the single changes with which it holds."""
    zh, texts = language == "zh", []
    for clause in verdict.clause_gaps:
        ways = [gap_text(g, verdict, language) for g in clause.gaps]
        if ways:
            texts.append(("；或 " if zh else "; or ").join(ways))
            continue
        title = next(f.rule.title.in_(language) for f in verdict.open_findings if f.rule.key == clause.rule)
        texts.append(f"{title}：单项调整均不足以满足" if zh else f"{title}: no change of a single figure is enough")
    return texts


def duty_texts(verdict: Verdict, language: str) -> Sequence[str]:
    """Return who has to do what, and by when."""
    zh, texts = language == "zh", []
    for due in verdict.obligations:
        by = due.duty.by.in_(language) if due.duty.by is not None else ""
        sure = "" if due.certain else "（视待核实事项而定）" if zh else " (depends on what is missing)"
        if zh:
            texts.append(f"{due.duty.who.zh}{'，' + by if by else ''}，{due.duty.what.zh}{sure}")
        else:
            texts.append(f"{due.duty.who.en}: {due.duty.what.en}{', ' + by if by else ''}{sure}")
    return texts
