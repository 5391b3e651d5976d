"""What a screened row says, one text a column: verdict, reasons, gaps, needs, duties, standing, problems."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from safety_rules.formats.result import ERROR, ScreenedRow, Told
from safety_rules.language.explanation import Series, Slot, statement
from safety_rules.language.record import Problem
from safety_rules.language.truth import Truth
from safety_rules.language.verdict import Finding, Status
from safety_rules.semantics.verdict.atoms import clause_lines
from safety_rules.semantics.verdict.currency import not_covered_said
from safety_rules.semantics.verdict.explain import (
    duty_said,
    either_said,
    places,
    reasons_said,
    standing_said,
    ways_said,
)
from safety_rules.semantics.verdict.verdict import Verdict
from safety_rules.words.catalog import sentence, texts
from safety_rules.words.explanation import text
from safety_rules.words.values import label


def result_headings(language: str, with_history: bool = False) -> tuple[str, ...]:
    """Return the headings of the columns that a result adds."""
    own = texts("screening.columns", language)
    return (*own, sentence("screening.chains", language)) if with_history else own


def result_cells(
    row: ScreenedRow, language: str, with_history: bool = False, said: Told | None = None
) -> tuple[str, ...]:
    """Return the text of each added column; blanks for a line that is no record. `said` spares telling it again."""
    chains = () if row.verdict is None else row.verdict.chains(language)
    own = cells_told(said, language) if said is not None else _own_cells(row, language)
    return (*own, *((numbered(chains, language),) if with_history else ()))


def told(verdict: Verdict, language: str) -> Told:
    """Return what a verdict says, the rule that asks for most first."""
    area = verdict.on.area
    violated = [f for f in verdict.open_findings if f.status is Status.VIOLATED]
    counted = sorted((f for f in violated if f.outcome is not None), key=lambda f: (f.waived, -area.rank(f.outcome)))
    best, worst = (area.outcome(key).name.in_(language) for key in (verdict.at_best, verdict.at_worst))

    def said(slots: Iterable[Slot]) -> tuple[str, ...]:
        return tuple(text(s, language, verdict.on.rulebook.vocabulary) for s in slots)

    by_hand = not_covered_said(verdict)
    why = [reason_said(f, verdict) for f in counted]
    either = either_said(verdict)
    blank: list[Slot] = [statement("first.blank", blank=places(verdict.split.blanks))] if either else []
    return Told(
        verdict.outcome_name.in_(language), (best, worst), tuple(f.rule.key for f in counted if not f.waived),
        said([*either, *(rule_said(f, verdict) for f in counted)]), said([*blank, *why]),
        "".join(said(why[0].parts[:1] if why and not either else ())), said(gaps_said(verdict)),
        said(_once(reasons_said(verdict.needs.smallest, verdict))),
        said(_once(reasons_said(verdict.needs.can_change, verdict))), said(map(duty_said, verdict.obligations)),
        said([*(statement("screening.advice", title=f.rule.title) for f in violated if f.outcome is None), *by_hand]),
        "".join(said([standing_said(verdict.standing)])),
        (
            *(problem_text(p, verdict, language) for p in verdict.problems),
            *(p.message.in_(language) for p in verdict.incomplete),
        ),
    )  # fmt: skip


def cells_told(said: Told, language: str) -> tuple[str, ...]:
    """Return what a verdict says, one text a column."""
    lists = (
        said.rules, said.reasons, said.gaps, said.smallest, said.missing, said.duties, said.advice, (said.standing,),
        said.problems,
    )  # fmt: skip
    return (said.outcome, *said.ends, *(numbered(of, language) for of in lists))


def _own_cells(row: ScreenedRow, language: str) -> tuple[str, ...]:
    if row.worded is not None:
        return cells_told(row.worded.said, language)
    if row.verdict is not None:
        return cells_told(told(row.verdict, language), language)
    blank = ("",) * (len(texts("screening.columns", language)) - 2)
    if row.error is None:
        return ("", *blank, "")
    return (sentence(f"screening.{ERROR}", language), *blank, row.error.in_(language))


def first_reason(row: ScreenedRow, language: str) -> str:
    """Return the one reason that a row's outcome has, with its gap; what is missing where it is open."""
    if row.verdict is None:
        return row.error.in_(language) if row.error is not None else ""
    verdict = row.verdict
    return text(_first_reason(verdict), language, verdict.on.rulebook.vocabulary)


def _first_reason(verdict: Verdict) -> Slot:
    area = verdict.on.area
    violated = [f for f in verdict.open_findings if f.status is Status.VIOLATED and f.outcome is not None]
    violated = [f for f in violated if not f.waived]
    if verdict.definite and verdict.one_of:
        return either_said(verdict)[0]
    if violated:
        worst = max(violated, key=lambda f: area.rank(f.outcome))
        said: Slot = statement("first.violated", title=worst.rule.title, reason=reason_said(worst, verdict))
        gap = next((c for c in verdict.clause_gaps if c.rule == worst.rule.key and c.gaps), None)
        return said if gap is None else statement("first.gap", said=said, gap=ways_said(gap))
    if not verdict.definite:
        best, worst_end = (area.outcome(key).name for key in (verdict.at_best, verdict.at_worst))
        said = statement("first.open", best=best, worst=worst_end)
        lacking = verdict.needs.smallest or verdict.needs.can_change
        if not lacking:
            return said
        facts = statement("first.missing", facts=Series("joint.list", reasons_said(lacking, verdict).parts))
        return statement("first.gap", said=said, gap=facts)
    statuses = [f.status for f in verdict.findings]
    satisfied, idle = statuses.count(Status.SATISFIED), statuses.count(Status.NOT_APPLICABLE)
    return statement("first.satisfied", satisfied=satisfied, not_applicable=idle)


def numbered(said: Iterable[str], language: str) -> str:
    """Return one text a line, numbered when there are several; rules and reasons have the same numbers."""
    return "\n".join(numbered_list(said, language))


def numbered_list(said: Iterable[str], language: str) -> tuple[str, ...]:
    """Return texts with their numbers, when there are several."""
    found = tuple(said)
    if len(found) < 2:
        return found
    return tuple(sentence("screening.numbered", language, number=i, text=t) for i, t in enumerate(found, 1))


def problem_text(problem: Problem, verdict: Verdict, language: str) -> str:
    """Return a problem in one line, with its cell and the fact's name."""
    said = problem.message.in_(language)
    name = label(problem.path, verdict.on.rulebook.vocabulary, language) if problem.path else ""
    if not problem.place or not name or name in said or problem.code == "unknown-fact":
        return problem.text(language)
    return sentence("screening.problem", language, place=problem.place, name=name, message=said)


def _once(said: Series) -> Iterable[Slot]:
    """Return a list in one text, without repetitions; nothing where it is empty."""
    return [Series(said.between, tuple(dict.fromkeys(said.parts)))] if said.parts else []


def rule_said(f: Finding, verdict: Verdict) -> Slot:
    """Return a violated rule's title with what it asks for."""
    parts: list[Slot] = [] if f.outcome is None else [verdict.on.area.outcome(f.outcome).name]
    parts += [statement("screening.veto")] if f.rule.otherwise.veto else []
    parts += [statement("screening.waived")] if f.waived else []
    return statement("screening.rule", title=f.rule.title, asks=Series("joint.comma", tuple(parts)))


def reason_said(f: Finding, verdict: Verdict) -> Series:
    """Return the values with which a violated rule's clauses fail, not those beside them that would not."""
    env = verdict.environment
    failing = (c for c, result in zip(f.rule.requires, f.requires, strict=True) if result.truth is Truth.FALSE)
    lines = dict.fromkeys(line for clause in failing for line in clause_lines(clause.that, env, deciding=True))
    return Series("joint.beside", tuple(lines))


def gaps_said(verdict: Verdict) -> Iterator[Slot]:
    """Yield, for each failed numeric clause, the single changes with which it holds."""
    titles = {f.rule.key: f.rule.title for f in verdict.open_findings}
    for clause in verdict.clause_gaps:
        yield ways_said(clause) if clause.gaps else statement("screening.no_gap", title=titles[clause.rule])
