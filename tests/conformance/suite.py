"""Reads the conformance files, for every engine alike.

A file holds `conditions` and `verdicts`; what is expected stands there by hand, from the meanings that
are fixed in the design, and never from a run. An engine is a function from an area's law on a day and
an admitted record to the status of each rule of that law, in the law's order: `Engine`. A condition is
given to an engine as the only requirement of a rule, so that true is satisfied, false violated and
unknown undetermined; a formula as the requirement that it equals what is expected.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from safety_rules.language.expr import Compare, Expr, Literal, kind_of
from safety_rules.language.kinds import Boolean, Choices, Date, Kind, Name, Number
from safety_rules.language.record import Record
from safety_rules.language.rule import Clause, Otherwise, Rule, Waiver
from safety_rules.language.rulebook import Rulebook
from safety_rules.language.source import Period, Standing
from safety_rules.language.verdict import Reason, Status
from safety_rules.loading.files import RuleFileText, folder_files
from safety_rules.loading.rulebook import loaded
from safety_rules.semantics.admission.admit import admit
from safety_rules.semantics.checking.check import condition
from safety_rules.semantics.checking.scope import Scope
from safety_rules.semantics.decide import AreaOn, area_on
from safety_rules.semantics.verdict.verdict import decide

HERE = Path(__file__).parent
DEFAULT_DAY = "2020-10-01"
UNKNOWN = "unknown"

Engine = Callable[[AreaOn, Record], Sequence[Status]]


@dataclass(frozen=True, slots=True)
class ConditionCase:
    """One condition or formula on one record; `expected` is a value, or `UNKNOWN`; `by_bounds` where Kleene leaves it open."""

    name: str
    that: str
    expr: Expr
    law: AreaOn
    record: Record
    expected: Any
    because: frozenset[Reason] | None
    by_bounds: bool = False

    @property
    def status(self) -> Status:
        """The status of the rule that `requirement` makes of the case."""
        if self.expected == UNKNOWN:
            return Status.UNDETERMINED
        return Status.VIOLATED if self.expected is False else Status.SATISFIED

    def requirement(self) -> AreaOn:
        """Return the law with one rule, which requires the condition; of a value that is unknown, by Kleene alone."""
        kind, that, bounded = kind_of(self.expr), self.expr, True
        if kind != Boolean():
            bounded = self.expected != UNKNOWN
            that = Compare("==", that, Literal(_some(kind) if self.expected == UNKNOWN else self.expected, kind))
        word = Name("条件", "condition")
        otherwise = Otherwise("rejected")
        rule = Rule("case", word, Period(), (), (), (Clause("holds", word, that, self.that),), otherwise)
        return replace(self.law, rules=(rule,), area=replace(self.law.area, rules=(rule,)), bounded=bounded)

    def by_kleene(self) -> Status:
        """Return what is expected of an engine that is asked without bounds: open where only these decide."""
        return Status.UNDETERMINED if self.by_bounds else self.status


@dataclass(frozen=True, slots=True)
class VerdictCase:
    """A few rules on one record; `expect` holds what must come of it, by the names of the file."""

    name: str
    law: AreaOn
    record: Record
    waivers: tuple[Waiver, ...]
    expect: Mapping[str, Any]


@cache
def book() -> Rulebook:
    """Return the rulebook whose facts, figures and tables the cases name."""
    return loaded(folder_files(HERE / "base"))


def scope(rulebook: Rulebook | None = None) -> Scope:
    """Return the names that a condition of the cases may use."""
    known = rulebook or book()
    names = {spelled: (p.key, p.kind) for p in known.parameters.values() for spelled in (p.key, p.zh_key)}
    return Scope(known.vocabulary, names, tables=known.tables)


def parsed(text: str, expected: Kind | None = None) -> Expr:
    """Return the tree of a condition or formula; raises ValueError with the diagnostics."""
    from safety_rules.language.diagnostic import SourceText, Span

    source = SourceText("condition", text)
    expr, wrong = condition(text, scope(), lambda start, end: Span(source, start, end), expected)
    if expr is None:
        raise ValueError("\n".join(d.text() for d in wrong))
    return expr


def record(given: Any, law: AreaOn) -> Record:
    """Return data as a record; raises ValueError where a case's data cannot be used."""
    admitted = admit(given, law.rulebook.vocabulary, derived=frozenset(law.derivations))
    if admitted.problems:
        raise ValueError("; ".join(p.text("en") for p in admitted.problems))
    return admitted


def files() -> list[Path]:
    """Return the conformance files."""
    return sorted(HERE.glob("*.yaml"))


def conditions() -> Iterator[ConditionCase]:
    """Yield every condition case of every file."""
    for path in files():
        for i, group in enumerate(_read(path).get("conditions", []), start=1):
            expr = parsed(group["that"])
            for j, case in enumerate(group.get("cases", [group]), start=1):
                yield _condition(f"{path.stem}-{i}.{j}", group["that"], expr, case)


def verdicts() -> Iterator[VerdictCase]:
    """Yield every verdict case of every file."""
    for path in files():
        for i, group in enumerate(_read(path).get("verdicts", []), start=1):
            rulebook = with_rules(group["rules"], group.get("facts"))
            for j, case in enumerate(group["cases"], start=1):
                require = Standing[case.get("require", "assumed")]
                law = area_on(rulebook, "base", _day(case), require)
                waivers = tuple(_waiver(w) for w in case.get("waivers", []))
                yield VerdictCase(f"{path.stem}-{i}.{j}", law, record(case.get("given", {}), law), waivers, case)


def with_rules(rules: Mapping[str, Mapping[str, Any]], facts: Mapping[str, Any] | None = None) -> Rulebook:
    """Return the rulebook with these rules (`requires`, `applies_when`, `outcome` (none: advice), `veto`, `source`) and
    more facts.
    """
    base = [f for f in folder_files(HERE / "base") if f.path != "area/is_ready.yaml"]
    if facts:
        base.append(RuleFileText("more.yaml", json.dumps({"facts": facts}, ensure_ascii=False).encode()))
    return loaded([*base, *(_rule_file(key, rule) for key, rule in rules.items())])


def _rule_file(key: str, rule: Mapping[str, Any]) -> RuleFileText:
    title = {"zh": key, "en": key}
    otherwise = {k: rule[k] for k in ("outcome", "veto", "duties") if k in rule}
    text = {
        "rule": key,
        "title": title,
        "in_force": rule.get("in_force", {"from": "2000-01-01"}),
        "authority": [{"source": rule.get("source", "statute"), "clause": "一"}],
        "applies_when": _clauses("when", rule.get("applies_when", [])),
        "requires": _clauses("clause", rule["requires"]),
        "otherwise": otherwise if "outcome" in rule else {"advice": "true"},
    }
    return RuleFileText(f"area/{key}.yaml", json.dumps(text, ensure_ascii=False).encode())


def _clauses(key: str, texts: str | Sequence[str]) -> dict[str, Any]:
    listed = [texts] if isinstance(texts, str) else texts
    return {f"{key}_{i}": {"zh": t, "en": t, "that": t} for i, t in enumerate(listed, start=1)}


def _read(path: Path) -> dict[str, Any]:
    """Return a file with every scalar as text, so that YAML decides no type here either."""
    found: dict[str, Any] = yaml.load(path.read_text("utf-8"), getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    return found


def _day(case: Mapping[str, Any]) -> datetime.date:
    return datetime.date.fromisoformat(case.get("day", DEFAULT_DAY))


def _condition(name: str, that: str, expr: Expr, case: Mapping[str, Any]) -> ConditionCase:
    law = area_on(book(), "base", _day(case), Standing[case.get("require", "assumed")])
    because = frozenset(_reason(b) for b in case["because"]) if "because" in case else None
    expected = _expected(case["is"], kind_of(expr))
    by_bounds = case.get("by") == "bounds"
    return ConditionCase(name, that, expr, law, record(case.get("given", {}), law), expected, because, by_bounds)


def _reason(text: str) -> Reason:
    kind, _, path = text.rpartition(" ")
    return Reason(kind or "fact", path)


def _expected(text: Any, kind: Kind) -> Any:
    if text == UNKNOWN:
        return UNKNOWN
    match kind:
        case Boolean():
            return {"true": True, "false": False}[text]
        case Number():
            top, _, bottom = text.partition("/")
            return Fraction(top) / int(bottom or 1)
        case Date():
            return datetime.date.fromisoformat(text)
        case Choices():
            return tuple(text)
        case _:
            return str(text)


def _some(kind: Kind) -> Any:
    """Return any value of a kind, for comparing something unknown with."""
    match kind:
        case Number():
            return Fraction(1)
        case Date():
            return datetime.date(2020, 1, 1)
        case _:
            return (getattr(getattr(kind, "choices", None), "options", None) and kind.choices.options[0].key) or "·"


def _waiver(given: Mapping[str, str]) -> Waiver:
    until = datetime.date.fromisoformat(given["until"])
    return Waiver(given["rule"], given["subject"], given.get("granted_by", "管委会"), given.get("reason", "试"), until)


def asserted(case: VerdictCase, statuses: Sequence[Status]) -> int:
    """Assert that an engine's statuses come to what is written of a verdict; return how many things were asserted.

    Outcome, both ends and violated rules are asserted of every case: as written, and where the case writes nothing of
    one (or waives a rule, which engines leave to the definition) as the definition has it.
    """
    found = dict(zip((r.key for r in case.law.rules), statuses, strict=True))
    written = {} if case.waivers else case.expect
    verdict = decide(case.law, case.record)
    area, bad = case.law.area, (Status.VIOLATED, Status.UNDETERMINED)
    best, worst = (
        max([0, *(area.rank(r.otherwise.outcome) for r in case.law.rules if found[r.key] in bad[:end])])
        for end in (1, 2)
    )
    at_best, at_worst = area.outcomes[best].key, area.outcomes[worst].key
    assert written.get("at_best", verdict.at_best) == at_best, case.name
    assert written.get("at_worst", verdict.at_worst) == at_worst, case.name
    outcome = at_best if at_best == at_worst else "undetermined"
    assert written.get("outcome", verdict.outcome) == outcome, case.name
    violated = sorted(k for k, status in found.items() if status is Status.VIOLATED)
    assert sorted(written.get("violated", verdict.violated())) == violated, case.name
    for rule, status in case.expect.get("findings", {}).items():
        assert Status(status) is found[rule], (case.name, rule)
    return 4 + len(case.expect.get("findings", {}))
