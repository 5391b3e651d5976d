"""What the cases of rule files leave untried: each clause satisfied, failing alone, at its edge, and unknown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from safety_rules.language.diagnostic import Span
from safety_rules.language.expr import Compare, Expr, kind_of, walk
from safety_rules.language.kinds import Date, Name, Number
from safety_rules.language.rule import Case, Clause, Derivation, Obligation, Rule
from safety_rules.language.rulebook import AcrossRows, Area, Rulebook
from safety_rules.language.truth import Truth, conjunction
from safety_rules.language.verdict import Status, Unknown
from safety_rules.loading.cases import OF_ROWS
from safety_rules.semantics.decide import Told, area_on, area_record, clause_results, scopes, told
from safety_rules.semantics.environment import Environment
from safety_rules.semantics.evaluate import evaluate, walk_scoped
from safety_rules.services.case_words import status_word
from safety_rules.services.chain_cases import untried_of
from safety_rules.words.catalog import both


@dataclass(frozen=True, slots=True)
class Untried:
    """Something that no case tries: `what` is a sentence, `kind` is `status`, `alone`, `boundary` or `unknown`.

    `word` is what a case would have to expect, where that is one word.
    """

    area: str
    of: str
    clause: str
    what: Name
    at: Span | None
    kind: str = "status"
    word: str = ""

    @property
    def name(self) -> str:
        """The key of what it is about, with that of the clause."""
        return f"{self.of}.{self.clause}" if self.clause else self.of

    def text(self) -> str:
        """Return it in one line."""
        place = self.at.place if self.at is not None else self.area
        return both("untried.place", place=place, name=self.name, what=self.what).en


def untried(rulebook: Rulebook, area: str | None = None) -> Iterator[Untried]:
    """Yield what no case of an area's rules, derivations and obligations tries."""
    for found in rulebook.areas.values():
        if area is not None and found.key != area:
            continue
        for rule in found.rules:
            yield from _rule(rulebook, found, rule)
        for derivation in (d for d in found.derivations if not d.borrowed):
            yield from _derivation(rulebook, found, derivation)
        for obligation in found.obligations:
            yield from _obligation(rulebook, found, obligation)
        for across in found.across_rows:
            yield from _across(found, across)
    for chain in (c for c in rulebook.chains if area in (None, c.area)):
        for word in untried_of(chain):
            what = both("untried.status", word=status_word(word)) if word else both("untried.record")
            kind = "unknown" if word == "undetermined" else "status"
            yield Untried(chain.area, chain.key, "", what, chain.at, kind, word)


def _environment(rulebook: Rulebook, area: Area, case: Case) -> Environment:
    on = area_on(rulebook, area.key, case.on)
    return on.environment(area_record(on, dict(case.given)))


def _rule(rulebook: Rulebook, area: Area, rule: Rule) -> Iterator[Untried]:
    environments = [_environment(rulebook, area, c) for c in rule.cases]
    tried = [told(rule, e) for e in environments]
    statuses = {says for says, *_ in tried}
    wanted = [Status.SATISFIED, Status.VIOLATED, Status.UNDETERMINED]
    for status in wanted + ([Status.NOT_APPLICABLE] if rule.applies_when else []):
        if status not in statuses:
            kind = "unknown" if status is Status.UNDETERMINED else "status"
            what = both("untried.status", word=status_word(status.value))
            yield Untried(area.key, rule.key, "", what, rule.at, kind, status.value)
    for i, clause in enumerate(rule.requires):
        yield from _clause(area, rule, clause, i, tried)
        yield from _boundary(area, rule, clause, environments)
    for i, clause in enumerate(rule.applies_when):
        results = [applies[i].truth for _, applies, *_ in tried]
        if Truth.FALSE not in results:
            yield Untried(area.key, rule.key, clause.key, both("untried.applies"), clause.at)
        if Truth.UNKNOWN not in results:
            what = both("untried.applies_unknown")
            yield Untried(area.key, rule.key, clause.key, what, clause.at, "unknown")
        yield from _boundary(area, rule, clause, environments)


def _clause(area: Area, rule: Rule, clause: Clause, i: int, tried: Sequence[Told]) -> Iterator[Untried]:
    failed = [
        [r.key for r in requires if r.truth is Truth.FALSE] for says, _, requires, _ in tried if says is Status.VIOLATED
    ]
    if [clause.key] not in failed:
        yield Untried(area.key, rule.key, clause.key, both("untried.alone"), clause.at, "alone")
    if not any(requires[i].truth is Truth.UNKNOWN and says is Status.UNDETERMINED for says, _, requires, _ in tried):
        yield Untried(area.key, rule.key, clause.key, both("untried.unknown"), clause.at, "unknown")


def _boundary(area: Area, rule: Rule, clause: Clause, environments: Sequence[Environment]) -> Iterator[Untried]:
    if not at_edge(clause.that, environments):
        yield Untried(area.key, rule.key, clause.key, both("untried.boundary"), clause.at, "boundary")


def at_edge(expr: Expr, environments: Sequence[Environment]) -> bool:
    """Return whether some case makes both sides of some comparison of numbers or days equal, where there is one."""
    if not any(_is_edge(node) for node in walk(expr)):
        return True
    for env in environments:
        for node, scope in walk_scoped(expr, env, through=False):
            if _is_edge(node):
                assert isinstance(node, Compare)
                left, right = evaluate(node.left, scope), evaluate(node.right, scope)
                if not isinstance(left, Unknown) and not isinstance(right, Unknown) and left == right:
                    return True
    return False


def _is_edge(node: Expr) -> bool:
    return isinstance(node, Compare) and isinstance(kind_of(node.left), Number | Date)


def _derivation(rulebook: Rulebook, area: Area, derivation: Derivation) -> Iterator[Untried]:
    cases = sorted(derivation.cases, key=lambda case: len(str(case.given)))  # a formula over a long list is dear
    environments = [s for c in cases for s in scopes(derivation, _environment(rulebook, area, c))]
    unknown = _either_way(isinstance(evaluate(derivation.formula, e), Unknown) for e in environments)
    if False not in unknown:
        yield Untried(area.key, derivation.key, "", both("untried.known"), derivation.at)
    if True not in unknown:
        yield Untried(area.key, derivation.key, "", both("untried.unknown"), derivation.at, "unknown")
    if not at_edge(derivation.formula, environments):
        yield Untried(area.key, derivation.key, "", both("untried.boundary"), derivation.at, "boundary")


def _across(area: Area, rule: AcrossRows) -> Iterator[Untried]:
    expected = [str(c.expect["expect"]) for c in rule.cases]
    for word in (w for w in OF_ROWS if w not in expected):
        kind = "unknown" if word == Status.UNDETERMINED.value else "status"
        yield Untried(area.key, rule.key, "", both("untried.status", word=status_word(word)), rule.at, kind, word)


def _either_way(answers: Iterable[bool]) -> set[bool]:
    """Return which answers there are, asking no further than both."""
    found: set[bool] = set()
    for answer in answers:
        found.add(answer)
        if len(found) == 2:
            break
    return found


def _obligation(rulebook: Rulebook, area: Area, obligation: Obligation) -> Iterator[Untried]:
    found = set()
    for case in obligation.cases:
        results = clause_results(obligation.applies_when, _environment(rulebook, area, case))
        found.add(conjunction(*(r.truth for r in results)))
    wanted = [(Truth.TRUE, "due")] + (
        [(Truth.FALSE, "not_due"), (Truth.UNKNOWN, "undetermined")] if obligation.applies_when else []
    )
    for truth, word in wanted:
        if truth not in found:
            kind = "unknown" if truth is Truth.UNKNOWN else "status"
            yield Untried(area.key, obligation.key, "", both(f"untried.{word}"), obligation.at, kind, word)
