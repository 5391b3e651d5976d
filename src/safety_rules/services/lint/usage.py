"""Facts and parameters that nothing reads, and named clauses, duties and citations that nothing refers to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from safety_rules.language.expr import Expr, FactRef, ItemField, ParameterRef, walk
from safety_rules.language.kinds import Records
from safety_rules.language.rule import Clause, Duty, Obligation, Rule
from safety_rules.language.rulebook import Rulebook
from safety_rules.language.source import Citation
from safety_rules.services.impact.meaning import conditions, items_of
from safety_rules.words.diagnostic import Diagnostic


def unused(book: Rulebook) -> Iterator[Diagnostic]:
    """Yield the facts and the parameters that no rule, derivation, obligation or chaining rule reads."""
    exprs = [e for item in items_of(book).values() for e in conditions(item)]
    exprs += [n.when for n in book.must_be_given if n.when is not None]
    yield from _facts(book, _named(exprs, book))
    read = {n.key for e in exprs for n in walk(e) if isinstance(n, ParameterRef)}
    for key, parameter in book.parameters.items():
        if key not in read and parameter.at is not None:
            yield Diagnostic.doubt("unused-parameter", parameter.at, name=key)
    clauses, duties, citations = _referred(book)
    yield from _idle(book.named.clauses, clauses)
    yield from _idle(book.named.duties, duties)
    yield from _idle(book.named.citations, citations)


def _idle(parts: Mapping[str, Clause | Duty | Citation], used: set[str]) -> Iterator[Diagnostic]:
    for key, part in parts.items():
        if key not in used and part.at is not None:
            yield Diagnostic.doubt("unused-name", part.at, name=key)


def _referred(book: Rulebook) -> tuple[set[str], set[str], set[str]]:
    """Return the names of clauses, duties and citations that something refers to."""
    clauses, duties, citations = set(), set(), set()
    for item in items_of(book).values():
        citations |= {c.named for c in item.authority}
        if isinstance(item, Rule | Obligation):
            clauses |= {c.named for c in (*item.applies_when, *getattr(item, "requires", ()))}
            duties |= {d.named for d in ((item.duty,) if isinstance(item, Obligation) else item.otherwise.duties)}
    return clauses, duties, citations


def _facts(book: Rulebook, read: set[str]) -> Iterator[Diagnostic]:
    joins = [join for area in book.areas.values() for join in area.from_ledger]
    read = read | {key for area in book.areas.values() for rule in area.across_rows for key in (*rule.by, rule.rising)}
    read |= {key for join in joins for name, fact in join.pairs for key in (f"{join.list}.{name}", fact)}
    for key, fact in book.vocabulary.facts.items():
        outer = key.rpartition(".")[0]
        unused_list = isinstance(fact.kind, Records) and not any(k.startswith(key + ".") or k == key for k in read)
        if fact.at is None or (unused_list is False and (key in read or isinstance(fact.kind, Records))):
            continue
        if book.vocabulary.is_list(outer) and not any(k == outer or k.startswith(outer + ".") for k in read):
            continue  # the list itself is reported
        yield Diagnostic.doubt("unused-fact", fact.at, name=key)


def _named(exprs: Iterable[Expr], book: Rulebook) -> set[str]:
    """Return the facts that are read, derived, or by which a subject is named."""
    found = {n.key for e in exprs for n in walk(e) if isinstance(n, FactRef | ItemField)}
    found |= {key for n in book.must_be_given for key in (n.fact, n.given_with, n.without) if key}
    found |= {i for s in book.vocabulary.subjects.values() for i in s.identity}
    found |= {d.fact for a in book.areas.values() for d in a.derivations}
    for chain in book.chains:
        found |= {p.relation for p in (*chain.given, *chain.unless)} | {chain.derives}
        found |= {f"{chain.derives}.{name}" for name, _ in chain.record}
    instead = {f"{k.rpartition('.')[0]}.{f.or_else}" for k, f in book.vocabulary.facts.items() if f.or_else}
    return found | instead
