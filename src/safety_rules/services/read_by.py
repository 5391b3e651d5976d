"""What reads a figure, table or derivation: the things whose cases can notice a change of it."""

from __future__ import annotations

from safety_rules.language.chain import ChainRule
from safety_rules.language.expr import Expr, FactRef, ItemField, Listed, Lookup, ParameterRef, walk
from safety_rules.language.rule import Clause, Obligation, Rule
from safety_rules.language.rulebook import Area, Rulebook
from safety_rules.semantics.reads import parameters_of


def chain_figures(chain: ChainRule) -> set[str]:
    """Return the figures that a chaining rule reads."""
    parts = [*(p.that for p in (*chain.given, *chain.unless) if p.that is not None), *(e for _, e in chain.record)]
    return {p.key for part in parts for p in parameters_of(part, {})}


def readers(book: Rulebook, area: Area, of: str) -> set[str]:
    """Return the keys of what is a thing, or reads it: a figure, table or derivation, through whatever derivations."""
    changed = {d.fact for d in area.derivations if d.key == of}
    if not changed and of not in book.parameters and of not in book.tables:
        return {of}
    formulas = [(d, _named(d.formula)) for d in area.derivations]
    grown = -1
    while grown != len(changed):
        grown = len(changed)
        changed |= {d.fact for d, named in formulas if of in named or named & changed}
    holders: tuple[Rule | Obligation, ...] = (*area.rules, *area.obligations)
    clauses = [(h.key, c.that) for h in holders for c in _conditions(h)]
    found = {key for key, that in clauses if of in (named := _named(that)) or named & changed}
    return found | {d.key for d in area.derivations if d.fact in changed}


def _conditions(holder: Rule | Obligation) -> tuple[Clause, ...]:
    return holder.applies_when + holder.requires if isinstance(holder, Rule) else holder.applies_when


def _named(expr: Expr) -> set[str]:
    """Return the facts, parameters and tables that an expression names itself."""
    named = {n.key for n in walk(expr) if isinstance(n, FactRef | ItemField | ParameterRef)}
    return named | {n.table for n in walk(expr) if isinstance(n, Listed | Lookup)}
