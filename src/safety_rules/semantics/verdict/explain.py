"""Why: rule → clause → values as they are, with citation, standing, gap and what is still missing, as statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from safety_rules.language.acceptance import Acceptance
from safety_rules.language.chain import ChainRule
from safety_rules.language.explanation import Amount, Cited, Place, Series, Slot, Statement, statement
from safety_rules.language.kinds import Name
from safety_rules.language.record import Problem
from safety_rules.language.rule import Clause, Derivation, Rule
from safety_rules.language.rulebook import Rulebook
from safety_rules.language.source import Citation, Source, Standing, standing_key
from safety_rules.language.truth import Truth
from safety_rules.language.verdict import ClauseGaps, ClauseResult, DueDuty, Finding, Gap, Reason, Status, WaiverResult
from safety_rules.semantics.environment import Environment
from safety_rules.semantics.verdict.atoms import clause_lines
from safety_rules.semantics.verdict.currency import all_lapsed, notes_of, review_said, reviews
from safety_rules.semantics.verdict.decided import Decided

MARKS = {Truth.TRUE: "✓", Truth.FALSE: "✗", Truth.UNKNOWN: "?"}
SHOWN = (Status.VIOLATED, Status.UNDETERMINED)
ORDER = {Status.VIOLATED: 0, Status.UNDETERMINED: 1, Status.SATISFIED: 2, Status.NOT_APPLICABLE: 3}


def explanation(verdict: Decided, rules: Iterable[str] = (), standing: bool = False) -> Statement:
    """Return the explanation of a verdict as a tree.

    Without `rules`, those that are violated or undetermined are explained, and the satisfied ones
    are counted; with `rules`, exactly those are explained, whatever they say. What makes the verdict
    less sure than statute is one line; with `standing`, each citation of it.
    """
    asked = set(rules)
    shown = [f for f in verdict.findings if (f.rule.key in asked if asked else f.status in SHOWN)]
    shown.sort(key=lambda f: (ORDER[f.status], -verdict.on.area.rank(f.outcome)))
    lines: list[Slot] = [finding_line(f, verdict) for f in shown]
    if not asked:
        lines = [
            *cases_said(verdict),
            *lines,
            *map(review_said, reviews(verdict)),
            *_weak_lines(verdict, shown, standing),
            *_needs_lines(verdict),
        ]
        lines += [statement("duty.line", duty=duty_said(d)) for d in verdict.obligations]
        lines += [_waiver_line(w) for w in verdict.waivers]
        lines += [_accepted_line(a, verdict) for a in verdict.accepted]
        lines += problem_lines(verdict)
        said = [f.status for f in verdict.findings]
        satisfied, inapplicable = said.count(Status.SATISFIED), said.count(Status.NOT_APPLICABLE)
        lines.append(statement("verdict.rest", satisfied=satisfied, not_applicable=inapplicable))
    return headline(verdict, *lines)


def either_said(verdict: Decided) -> list[Statement]:
    """Return that one of several rules is violated whatever blanks turn out to be, where that decides."""
    titles = Series("joint.beside", tuple(f.rule.title for f in verdict.one_of))
    blank = places(verdict.split.blanks)
    return [statement("verdict.one_of", blank=blank, rules=titles)] if titles.parts else []


def cases_said(verdict: Decided) -> list[Statement]:
    """Return all that the cases of blanks decide, and that not all of them were looked at."""
    found, split = either_said(verdict), verdict.split
    if split.worst is not None:
        worst = verdict.on.area.outcome(verdict.at_worst).name
        found.append(statement("verdict.no_worse", blank=places(split.held_by), worst=worst))
    return found if split.whole or verdict.definite else [*found, statement("verdict.not_every_case")]


def places(paths: Iterable[str]) -> Series:
    """Return several places of a record, as they are listed."""
    return Series("joint.list", tuple(map(Place, paths)))


def headline(verdict: Decided, *below: Slot) -> Statement:
    """Return the first line: the verdict, its day, and how sure it is."""
    what: Slot = verdict.outcome_name
    if not verdict.definite:
        best, worst = (verdict.on.area.outcome(key).name for key in (verdict.at_best, verdict.at_worst))
        what = statement("verdict.open", best=best, worst=worst)
    veto = any(f.rule.otherwise.veto and f.status is Status.VIOLATED for f in verdict.findings)
    if veto and "否决" not in verdict.outcome_name.zh:
        what = statement("verdict.veto", what=what)
    who = statement("verdict.subject", name=verdict.subject) if verdict.subject else ""
    day, sure = verdict.on.as_of.isoformat(), standing_said(verdict.standing)
    area = verdict.on.area.title
    return statement("verdict.headline", *below, who=who, what=what, area=area, day=day, standing=sure)


def _weak_lines(verdict: Decided, shown: Sequence[Finding], every: bool) -> list[Slot]:
    """Return what makes the verdict less sure than statute, where no rule that is shown says so: one line, or each."""
    if verdict.standing in (None, Standing.statute):
        return []
    found = verdict.decisive
    said, standing = {line for f in shown for line in _cited(f)}, verdict.standing
    rest = dict.fromkeys(line for f in found for line in _cited(f) if line[1].standing is standing and line not in said)
    each = [_citation(c, verdict, key) for key, c in rest]
    if every or len(each) < 2:
        return [statement("verdict.weak", citation=c) for c in each]
    return [statement("verdict.weakest", citation=each[0], standing=standing_said(standing), count=len(each) - 1)]


def _cited(f: Finding) -> list[tuple[str, Citation]]:
    """Return the citations of a finding: its rule's, and those of what it rests on, by their keys."""
    return [*[("", c) for c in f.rule.authority], *f.parameters.items(), *f.derivations.items()]


def finding_line(f: Finding, verdict: Decided) -> Statement:
    """Return one rule's part of the explanation."""
    env, below = verdict.environment, list[Slot]()
    below += _clauses("applies", f.rule.applies_when, f.applies_when, env)
    below += _clauses("criterion" if is_graded(f, verdict) else "requires", f.rule.requires, f.requires, env)
    below += [statement("gap.line", gap=_gap_said(c)) for c in verdict.clause_gaps if c.rule == f.rule.key]
    if f.status is Status.UNDETERMINED:
        below.append(statement("finding.lacks", facts=reasons_said(f.reasons, verdict)))
    below += [_citation(c, verdict, key) for key, c in _cited(f)]
    if f.status is Status.VIOLATED and f.rule.otherwise.remedy is not None:
        below.append(statement("finding.remedy", remedy=f.rule.otherwise.remedy))
    below += [statement("finding.note", note=note) for note in notes_of(f, verdict)]
    title, asks = f.rule.title, _consequence(f, verdict)
    return statement(f"finding.{_status(f, verdict)}", *below, title=title, rule=f.rule.key, consequence=asks)


def _status(f: Finding, verdict: Decided) -> str:
    """Return how a finding is told: a grade is reached or not, a hint is met or not; a duty or a veto is broken."""
    if f.status is Status.VIOLATED and f.outcome is None:
        return "hint"
    graded = {Status.VIOLATED: "not_reached", Status.SATISFIED: "reached"} if is_graded(f, verdict) else {}
    return graded.get(f.status, f.status.value)


def is_graded(f: Finding, verdict: Decided) -> bool:
    """Return whether a rule is a step of a grade, which is reached or not; a veto is broken, wherever it stands."""
    return verdict.on.area.grades and not f.rule.otherwise.veto


def _consequence(f: Finding, verdict: Decided) -> Slot:
    if f.waived:
        return statement("consequence.waived")
    if f.status is not Status.VIOLATED:
        return ""
    if f.outcome is None:
        return statement("consequence.advice")
    code = "consequence.veto" if f.rule.otherwise.veto else "consequence.outcome"
    return statement(code, outcome=verdict.on.area.outcome(f.outcome).name)


def _clauses(
    part: str, clauses: Sequence[Clause], results: Sequence[ClauseResult], env: Environment
) -> Iterable[Statement]:
    """Yield one statement a clause, with the values that it looked at below it."""
    for clause, result in zip(clauses, results, strict=True):
        yield clause_said(part, result.truth, clause.sentence, clause_lines(clause.that, env))


def clause_said(part: str, truth: Truth, sentence: Name, below: Iterable[Slot]) -> Statement:
    """Return a clause of a part of a rule (`applies`, `requires`, `given`), and whether it holds."""
    return statement(f"clause.{part}", *below, mark=MARKS[truth], sentence=sentence)


def _gap_said(clause: ClauseGaps) -> Slot:
    """Return the single changes with which a failed clause holds, or that there is none."""
    return ways_said(clause) if clause.gaps else statement("gap.none")


def ways_said(clause: ClauseGaps) -> Slot:
    """Return the single changes with which a failed clause holds."""
    return Series("joint.or", tuple(gap_said(g) for g in clause.gaps))


def gap_said(gap: Gap) -> Statement:
    """Return a gap: `尚差固定资产投资 1250 万元（须达 10000 万元）`."""
    change, to = Amount(abs(gap.change), gap.kind), Amount(gap.to, gap.kind)
    return statement("gap.more" if gap.change > 0 else "gap.less", name=Place(gap.path), change=change, to=to)


def _citation(citation: Citation, verdict: Decided, key: str = "") -> Cited:
    """Return a citation; for a figure, table or derived fact, with its name."""
    of = figure_name(key, verdict.on.rulebook, verdict.on.derivations) if key else None
    return cited(citation, verdict.on.rulebook.sources, of)


def cited(citation: Citation, sources: Mapping[str, Source], of: Name | None = None) -> Cited:
    """Return a citation with its document, and with the name of the figure that it is for."""
    source = sources[citation.source]
    return Cited(citation, source.title, source.number, of)


def standing_said(standing: Standing | None) -> Statement:
    """Return how sure something is; of None that nothing decided it."""
    return statement(f"standing.{standing_key(standing) or 'none'}")


def figure_name(key: str, book: Rulebook, derivations: Mapping[str, Derivation]) -> Name:
    """Return the name of a parameter, reference table or derived fact."""
    if key in derivations:
        return derivations[key].title
    return (book.parameters[key] if key in book.parameters else book.tables[key]).name


def reasons_said(reasons: Iterable[Reason], verdict: Decided) -> Series:
    """Return several missing things, sorted, as a list."""
    book, derivations, rules = verdict.on.rulebook, verdict.on.derivations, verdict.on.rules
    return Series("joint.list", tuple(reason_said(r, book, derivations, rules) for r in sorted(reasons)))


def reason_said(
    reason: Reason, book: Rulebook, derivations: Mapping[str, Derivation], rules: Iterable[Rule | ChainRule] = ()
) -> Slot:
    """Return what is missing; `rules` are those of the day, of which one may have lapsed."""
    key = reason.name
    match reason.kind:
        case "parameter":
            return statement("reason.parameter", name=figure_name(key, book, derivations), key=key)
        case "authority":
            holders = (*rules, *derivations.values())
            lapsed = next((h for h in holders if h.key == key and h.lapsed), None)
            if lapsed is not None:
                documents = all_lapsed(lapsed.authority, book.sources)
                return statement("currency.rule", title=lapsed.title, key=key, documents=documents)
            derived = next((d for d in derivations.values() if d.key == key), None)
            if derived is None:
                return statement("reason.rule", key=key)
            return statement("reason.derivation", title=derived.title, key=key)
        case "divisor":
            return statement("reason.divisor", name=Place(key))
        case "calendar":
            return statement("reason.calendar", name=Place(key))
        case "year":
            return statement("reason.year", year=key)
        case "step" | "window":
            return statement("reason.step" if reason.kind == "step" else "reason.window", name=Place(key))
        case _:
            return Place(key)


def _needs_lines(verdict: Decided) -> list[Slot]:
    if verdict.definite:
        return []
    needs, best = verdict.needs, verdict.on.area.outcome(verdict.at_best).name
    everything = statement("needs.all", facts=reasons_said(needs.can_change, verdict))
    if not needs.smallest:
        return [statement("needs.none", best=best), everything]
    sure, facts = "" if needs.proven else statement("needs.unproven"), reasons_said(needs.smallest, verdict)
    return [statement("needs.smallest", count=len(needs.smallest), best=best, sure=sure, facts=facts), everything]


def duty_said(due: DueDuty) -> Statement:
    """Return who has to do what, and by when."""
    ended = bool(due.authority) and all(c.lapsed for c in due.authority)
    sure, duty = "" if due.certain else statement("duty.lapsed" if ended else "duty.open"), due.duty
    if duty.by is None:
        return statement("duty.plain", who=duty.who, what=duty.what, sure=sure)
    return statement("duty.timed", who=duty.who, what=duty.what, by=duty.by, sure=sure)


def _waiver_line(w: WaiverResult) -> Statement:
    result = statement(f"waiver.{w.result}")
    return statement("waiver.line", rule=w.rule, by=w.granted_by, until=w.until, reason=w.reason, result=result)


def _accepted_line(a: Acceptance, verdict: Decided) -> Statement:
    fact = verdict.on.rulebook.vocabulary.facts[a.fact]
    return statement(
        "accepted.line", fact=fact.name, value=Amount(a.value, fact.kind), by=a.by, day=a.day.isoformat(), why=a.why
    )


def problem_lines(verdict: Decided) -> list[Statement]:
    """Return what of the data could not be used, and what must be given and is not."""
    unused = [statement("problem.line", problem=problem_said(p)) for p in verdict.problems]
    return [*unused, *(statement("completeness.line", message=p.message) for p in verdict.incomplete)]


def problem_said(problem: Problem) -> Statement:
    """Return a problem with its cell."""
    return statement("problem.at", place=problem.place or problem.path, message=problem.message)
