"""Why: rule → clause → values as they are, with citation, standing, gap and what is still missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from safety_rules.language.kinds import Name
from safety_rules.language.rule import Clause
from safety_rules.language.source import Citation, Source, Standing
from safety_rules.language.truth import Truth
from safety_rules.language.verdict import ClauseResult, Finding, Gap, Reason, Status
from safety_rules.semantics.decide import deciding
from safety_rules.semantics.evaluate import Environment
from safety_rules.semantics.verdict.atoms import clause_lines
from safety_rules.words.values import decimal, label, standing_words

if TYPE_CHECKING:
    from safety_rules.semantics.verdict.verdict import Verdict

STATUS_NAMES = {
    Status.VIOLATED: Name("违反", "violated"),
    Status.UNDETERMINED: Name("待核实", "undetermined"),
    Status.SATISFIED: Name("满足", "satisfied"),
    Status.NOT_APPLICABLE: Name("不适用", "not applicable"),
}
MARKS = {
    Status.VIOLATED: "✗",
    Status.UNDETERMINED: "?",
    Status.SATISFIED: "✓",
    Status.NOT_APPLICABLE: "○",
}
TRUTH_MARKS = {Truth.TRUE: "✓", Truth.FALSE: "✗", Truth.UNKNOWN: "?"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an explanation, with what stands below it."""

    text: str
    below: tuple[Line, ...] = field(default=())

    def render(self, prefix: str = "", last: bool = True, top: bool = True) -> list[str]:
        """Return the lines of this tree, drawn with branches."""
        own = self.text if top else f"{prefix}{'└─ ' if last else '├─ '}{self.text}"
        inner = "" if top else prefix + ("   " if last else "│  ")
        rows = [own]
        for i, line in enumerate(self.below):
            rows += line.render(inner, i == len(self.below) - 1, False)
        return rows


def explanation(verdict: Verdict, language: str, rules: Iterable[str] = ()) -> str:
    """Return the explanation of a verdict as a tree in `zh` or `en`.

    Without `rules`, those that are violated or undetermined are explained, and the satisfied ones
    are counted; with `rules`, exactly those are explained, whatever they say.
    """
    asked = set(rules)
    shown = [f for f in verdict.findings if (f.rule.key in asked if asked else f.status in _SHOWN)]
    shown.sort(key=lambda f: (_ORDER[f.status], -verdict.on.area.rank(f.outcome)))
    lines = [finding_line(f, verdict, language) for f in shown]
    if not asked:
        lines += _weak_lines(verdict, shown, language)
        lines += _needs_lines(verdict, language) + _duty_lines(verdict, language) + _waiver_lines(verdict, language)
        lines += [*_problem_lines(verdict, language), _rest(verdict, language)]
    return "\n".join(Line(headline(verdict, language), tuple(lines)).render())


_SHOWN = (Status.VIOLATED, Status.UNDETERMINED)
_ORDER = {Status.VIOLATED: 0, Status.UNDETERMINED: 1, Status.SATISFIED: 2, Status.NOT_APPLICABLE: 3}


def _weak_lines(verdict: Verdict, shown: Sequence[Finding], language: str) -> list[Line]:
    """Return what makes the verdict less sure than statute, where no rule that is shown says so."""
    if verdict.standing is Standing.statute:
        return []
    found = deciding(verdict.on.area, verdict.findings, verdict.at_best)
    said = {(key, c) for f in shown for key, c in _cited(f)}
    weak = [(key, c) for f in found for key, c in _cited(f) if c.standing is verdict.standing]
    title = "结论依据效力较弱之处——" if language == "zh" else "what makes the verdict less sure: "
    rest = [line for line in dict.fromkeys(weak) if line not in said]
    return [Line(title + citation_text(c, verdict, language, key)) for key, c in rest]


def _cited(f: Finding) -> list[tuple[str, Citation]]:
    """Return the citations of a finding: its rule's, and those of what it rests on, by their keys."""
    return [*(("", c) for c in f.rule.authority), *f.parameters.items(), *f.derivations.items()]


def headline(verdict: Verdict, language: str) -> str:
    """Return the verdict, its day, and how sure it is, in one line."""
    zh = language == "zh"
    who, what = verdict.subject, verdict.outcome_name.in_(language)
    veto = any(f.rule.otherwise.veto and f.status is Status.VIOLATED for f in verdict.findings)
    if not verdict.definite:
        best = verdict.on.area.outcome(verdict.at_best).name.in_(language)
        worst = verdict.on.area.outcome(verdict.at_worst).name.in_(language)
        what += f"（最好：{best}；最坏：{worst}）" if zh else f" (at best {best}, at worst {worst})"
    if veto:
        what += ("（一票否决）" if zh else " (one-vote veto)") if "否决" not in verdict.outcome_name.zh else ""
    standing = standing_words(verdict.standing, language)
    area = verdict.on.area.title.in_(language)
    if zh:
        return f"{who}{'：' if who else ''}{what}　〔{area}，审查日 {verdict.on.as_of}，依据效力：{standing}〕"
    return f"{who}{': ' if who else ''}{what} [{area}, as of {verdict.on.as_of}, standing: {standing}]"


def finding_line(f: Finding, verdict: Verdict, language: str) -> Line:
    """Return one rule's part of the explanation."""
    zh = language == "zh"
    env = verdict.on.environment(verdict.record)
    head = f"{MARKS[f.status]} {f.rule.title.in_(language)}"
    says = STATUS_NAMES[f.status].in_(language)
    head += f"　［{f.rule.key}］{says}" if zh else f" [{f.rule.key}] {says}"
    if f.status is Status.VIOLATED or f.waived:
        head += _consequence(f, verdict, language)
    below = [*_clauses(f.rule.applies_when, f.applies_when, env, language, Name("适用条件", "applies when"))]
    below += _clauses(f.rule.requires, f.requires, env, language, Name("要求", "requires"))
    below += _gap_lines(f, verdict, language)
    if f.status is Status.UNDETERMINED:
        missing = ("、" if zh else ", ").join(reason_label(r, verdict, language) for r in sorted(f.reasons))
        below.append(Line(f"尚缺：{missing}" if zh else f"lacks: {missing}"))
    below += [Line(citation_text(c, verdict, language)) for c in f.rule.authority]
    below += [Line(citation_text(c, verdict, language, key)) for key, c in f.parameters.items()]
    below += [Line(citation_text(c, verdict, language, key)) for key, c in f.derivations.items()]
    if f.status is Status.VIOLATED and f.rule.otherwise.remedy is not None:
        remedy = f.rule.otherwise.remedy.in_(language)
        below.append(Line(f"整改建议：{remedy}" if zh else f"remedy: {remedy}"))
    if f.rule.note is not None:
        below.append(Line(f"说明：{f.rule.note.zh}" if zh else f"note: {f.rule.note.en}"))
    return Line(head, tuple(below))


def _consequence(f: Finding, verdict: Verdict, language: str) -> str:
    zh = language == "zh"
    if f.waived:
        return "（已豁免，不计入）" if zh else " (waived, not counted)"
    if f.outcome is None:
        return "（仅作提示）" if zh else " (advice only)"
    name = verdict.on.area.outcome(f.outcome).name.in_(language)
    veto = ("，一票否决" if zh else ", one-vote veto") if f.rule.otherwise.veto else ""
    return f" → {name}{veto}"


def _clauses(
    clauses: Sequence[Clause], results: Sequence[ClauseResult], env: Environment, language: str, title: Name
) -> list[Line]:
    """Return one line a clause, with the values that it looked at below it."""
    lines = []
    for clause, result in zip(clauses, results, strict=True):
        values = tuple(Line(text) for text in clause_lines(clause.that, env, language))
        colon = "：" if language == "zh" else ": "
        text = f"{TRUTH_MARKS[result.truth]} {title.in_(language)}{colon}{clause.sentence.in_(language)}"
        lines.append(Line(text, values))
    return lines


def _gap_lines(f: Finding, verdict: Verdict, language: str) -> list[Line]:
    zh = language == "zh"
    lines = []
    for clause in verdict.clause_gaps:
        if clause.rule != f.rule.key:
            continue
        if not clause.gaps:
            lines.append(
                Line(
                    "差额：任何单项数据的调整都不足以满足本项要求"
                    if zh
                    else "gap: no change of a single figure is enough"
                )
            )
            continue
        ways = ("；或 " if zh else "; or ").join(gap_text(g, verdict, language) for g in clause.gaps)
        lines.append(Line(f"差额：{ways}" if zh else f"gap: {ways}"))
    return lines


def gap_text(gap: Gap, verdict: Verdict, language: str) -> str:
    """Return a gap in words: `尚差固定资产投资 1250 万元（须达 10000 万元）`."""
    fact = verdict.on.rulebook.vocabulary.fact_at(gap.path)
    name = label(gap.path, verdict.on.rulebook.vocabulary, language)
    symbol = getattr(getattr(fact.kind, "unit", None), "symbol", "")
    change, to = (f"{decimal(n)} {symbol}".rstrip() for n in (abs(gap.change), gap.to))
    if language == "zh":
        return f"尚差{name} {change}（须达 {to}）" if gap.change > 0 else f"{name}须减少 {change}（至多 {to}）"
    return f"{name} is {change} short (needs {to})" if gap.change > 0 else f"{name} is {change} too much (at most {to})"


def citation_text(citation: Citation, verdict: Verdict, language: str, parameter: str = "") -> str:
    """Return a citation in words, with its standing; for a figure, table or derived fact, with its name."""
    of = figure_name(parameter, verdict, language) if parameter else ""
    return citation_words(citation, verdict.on.rulebook.sources, language, of)


def citation_words(citation: Citation, sources: Mapping[str, Source], language: str, of: str = "") -> str:
    """Return a citation in words, with its standing, and with the name of the figure that it is for."""
    zh = language == "zh"
    source = sources[citation.source]
    number = f"（{source.number}）" if source.number and zh else f" ({source.number})" if source.number else ""
    title = f"《{source.title.zh}》" if zh and not source.title.zh.startswith("《") else source.title.in_(language)
    clause = (" " if not zh else "") + citation.clause
    quote = (f"：“{citation.quotation}”" if zh else f': "{citation.quotation}"') if citation.quotation else ""
    standing = standing_words(citation.standing, language)
    if zh:
        return f"依据{f'（{of}）' if of else ''}：{title}{number}{clause}{quote}〔{standing}〕"
    return f"authority{f' for {of}' if of else ''}: {title}{number}{clause}{quote} [{standing}]"


def figure_name(key: str, verdict: Verdict, language: str) -> str:
    """Return the name of a parameter, reference table or derived fact."""
    book = verdict.on.rulebook
    if key in verdict.on.derivations:
        return verdict.on.derivations[key].title.in_(language)
    return (book.parameters[key] if key in book.parameters else book.tables[key]).name.in_(language)


def reason_label(reason: Reason, verdict: Verdict, language: str) -> str:
    """Return what is missing, in words."""
    zh, book = language == "zh", verdict.on.rulebook
    match reason.kind:
        case "parameter":
            name = figure_name(reason.name, verdict, language)
            return (
                f"标准“{name}”（{reason.name}）须经确认"
                if zh
                else f"confirmation of the standard {name} ({reason.name})"
            )
        case "authority":
            return _authority_label(reason.name, verdict, language)
        case "divisor":
            name = label(reason.name, book.vocabulary, language)
            return f"{name}（不得为零）" if zh else f"{name} (must not be zero)"
        case "step":
            name = label(reason.name, book.vocabulary, language)
            return f"{name}（步长须大于零）" if zh else f"{name} (a step must be above zero)"
        case _:
            return label(reason.name, book.vocabulary, language)


def _authority_label(key: str, verdict: Verdict, language: str) -> str:
    zh = language == "zh"
    derived = next((d for d in verdict.on.derivations.values() if d.key == key), None)
    if derived is None:
        return f"规则 {key} 的依据须经确认" if zh else f"confirmation of the authority of rule {key}"
    title = derived.title.in_(language)
    return f"推算“{title}”（{key}）的依据须经确认" if zh else f"confirmation of how {title} ({key}) is derived"


def _needs_lines(verdict: Verdict, language: str) -> list[Line]:
    if verdict.definite:
        return []
    zh, needs = language == "zh", verdict.needs
    join = "、" if zh else ", "
    best = verdict.on.area.outcome(verdict.at_best).name.in_(language)
    smallest = join.join(reason_label(r, verdict, language) for r in needs.smallest)
    everything = join.join(reason_label(r, verdict, language) for r in needs.can_change)
    count = len(needs.smallest)
    if not count:
        none = f"未找到能使结论定为“{best}”的补齐办法" if zh else f"no answers were found that settle it as {best}"
        still = f"仍可能影响结论的缺项：{everything}" if zh else f"still able to change the verdict: {everything}"
        return [Line(none), Line(still)]
    sure = "" if needs.proven else ("（未能证明为最少）" if zh else " (not proven to be the fewest)")
    if zh:
        return [
            Line(f"最少补齐 {count} 项即可定为“{best}”{sure}：{smallest}"),
            Line(f"仍可能影响结论的缺项：{everything}"),
        ]
    return [
        Line(f"{count} at least to settle it as {best}{sure}: {smallest}"),
        Line(f"still able to change the verdict: {everything}"),
    ]


def _duty_lines(verdict: Verdict, language: str) -> list[Line]:
    zh = language == "zh"
    lines = []
    for due in verdict.obligations:
        by = due.duty.by.in_(language) if due.duty.by is not None else ""
        sure = "" if due.certain else ("（视待核实事项而定）" if zh else " (depends on what is missing)")
        if zh:
            lines.append(Line(f"义务：{due.duty.who.zh}{'，' + by if by else ''}，{due.duty.what.zh}{sure}"))
        else:
            lines.append(Line(f"duty: {due.duty.who.en}: {due.duty.what.en}{', ' + by if by else ''}{sure}"))
    return lines


_WAIVERS = {
    "applied": Name("有效，该项不计入结论", "counts; the rule is left out of the verdict"),
    "unused": Name("有效，但该项并未违反", "counts, but the rule is not violated"),
    "expired": Name("已过期，不予采信", "expired; counts as none"),
    "refused": Name(
        "无效：一票否决事项不得豁免，或无此规则", "refused: a veto cannot be waived, or there is no such rule"
    ),
}


def _waiver_lines(verdict: Verdict, language: str) -> list[Line]:
    lines = []
    for w in verdict.waivers:
        result = _WAIVERS[w.result].in_(language)
        if language == "zh":
            lines.append(Line(f"豁免［{w.rule}］：{w.granted_by}，至 {w.until}，理由：{w.reason}——{result}"))
        else:
            lines.append(Line(f"waiver [{w.rule}]: {w.granted_by}, until {w.until}, {w.reason}: {result}"))
    return lines


def _problem_lines(verdict: Verdict, language: str) -> list[Line]:
    title = "数据问题（按未知处理）：" if language == "zh" else "data problem (counts as unknown): "
    return [Line(title + p.text(language)) for p in verdict.record.problems]


def _rest(verdict: Verdict, language: str) -> Line:
    counts = {s: sum(f.status is s for f in verdict.findings) for s in Status}
    satisfied, inapplicable = counts[Status.SATISFIED], counts[Status.NOT_APPLICABLE]
    if language == "zh":
        return Line(f"其余：满足 {satisfied} 项，不适用 {inapplicable} 项")
    return Line(f"others: {satisfied} satisfied, {inapplicable} not applicable")
