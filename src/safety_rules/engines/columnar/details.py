"""Needs and gaps of a decided table: by the definition, for the rows that violate or lack something."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from safety_rules.engines.columnar.progress import told
from safety_rules.engines.columnar.result import TableDecision
from safety_rules.engines.sql.dialect import DUCKDB
from safety_rules.engines.sql.exactness.settle import joined, record_of
from safety_rules.engines.sql.query.law_query import words
from safety_rules.formats.duck import PARQUET, as_ledger_errors, copied, parquet
from safety_rules.language.kinds import Date, Number
from safety_rules.language.verdict import Masks
from safety_rules.semantics.verdict.incomplete import concerning
from safety_rules.semantics.verdict.shared import Shared
from safety_rules.semantics.verdict.verdict import Verdict, decide
from safety_rules.words.values import json_value

BATCH = 2_000
GAP = ("rule", "clause", "fact", "now", "to", "change")
FORM: dict[str, list[Any]] = {"needs": ["VARCHAR"], "smallest": ["VARCHAR"], "gaps": [dict.fromkeys(GAP, "VARCHAR")]}


def add_details(decision: TableDecision, shared: Shared, progress: Callable[[float], None] | None = None) -> None:
    """Add the columns `needs` (all facts that can still change the outcome), `smallest` (the fewest that settle it
    at its best) and `gaps` (of one fact each, in its own unit, exact) to a decided table; empty where there is none.
    Where the law says what must be given, also `incomplete`: what of it is not, or may have to be.
    """
    con = decision.con
    form_of = FORM | ({"incomplete": ["VARCHAR"]} if concerning(decision.law) else {})
    target = decision.folder / "detailed.parquet"
    with as_ledger_errors(decision.source.name):
        con.execute("CREATE OR REPLACE TABLE details (n BIGINT, said VARCHAR)")
        beside, found = con.cursor(), _said(decision, shared, told(progress))
        while batch := list(islice(found, BATCH)):
            beside.execute(
                "INSERT INTO details SELECT unnest($1), unnest($2)", [list(c) for c in zip(*batch, strict=True)]
            )
        form = DUCKDB.text(json.dumps(form_of))
        parts = ", ".join(f"coalesce(from_json(s.said, {form}).{n}, []) AS {n}" for n in form_of)
        rows = parquet(decision.path, numbered=True)
        joined_to = f"{rows} f LEFT JOIN details s ON s.n = f.file_row_number + 1 ORDER BY f.file_row_number"
        con.execute(copied(f"SELECT f.* EXCLUDE (file_row_number), {parts} FROM {joined_to}", target, PARQUET))
        os.replace(target, decision.path)


def _said(decision: TableDecision, shared: Shared, progress: Callable[[float], None]) -> Iterator[tuple[int, str]]:
    """Yield, for each row with any, its number and its needs and gaps as JSON."""
    columns = "".join(f", r.{DUCKDB.name_of(u.column)}" for u in decision.uses.values())
    stored = parquet(decision.path, numbered=True)
    some = "d.violated <> 0" if words(decision.law) == 1 else "list_max(d.violated) <> 0"
    masks = "d.violated, d.undetermined, d.not_applicable, d.at_best, d.at_worst"
    reader = decision.con.execute(  # a cursor of its own would not see a registered frame
        f"SELECT r.row_number, {masks}{columns} FROM {decision.source.numbered} r "
        f"JOIN {stored} d ON d.file_row_number + 1 = r.row_number "
        f"WHERE {some} OR d.at_best <> d.at_worst{_may_lack(decision)}"
    )
    while batch := reader.fetchmany(BATCH):
        for number, violated, undetermined, absent, best, worst, *cells in batch:
            known = joined(violated), joined(undetermined), joined(absent)
            verdict = _verdict(decision, dict(zip(decision.uses, cells, strict=True)), known, (best, worst), shared)
            yield number, json.dumps(details_of(verdict), ensure_ascii=False)
        progress(batch[-1][0] / max(1, decision.rows))


def _may_lack(decision: TableDecision) -> str:
    """Return the condition on the rows that may lack what must be given: each but those whose cells surely say it.

    A cell surely says something where no cell of the row was odd and it has more letters and digits than any word
    for nothing.
    """
    facts, surely = decision.law.rulebook.vocabulary.facts, ["NOT d.problem"]
    for key in dict.fromkeys(n.fact for n in concerning(decision.law)):
        use = decision.uses.get(key)
        if use is None:
            return " OR true"
        longest = max(map(len, facts[key].blank_words), default=0)
        cell = f"CAST(r.{DUCKDB.name_of(use.column)} AS VARCHAR)"
        plain = isinstance(facts[key].kind, Number | Date) and f"coalesce({cell}, '') ~ '.*[0-9].*'"
        surely.append(
            plain or f"length(regexp_replace(coalesce({cell}, ''), '[^0-9A-Za-z一-龥]', '', 'g')) > {longest}"
        )
    return f" OR NOT ({' AND '.join(surely)})" if len(surely) > 1 else ""


def _verdict(
    decision: TableDecision,
    cells: Mapping[str, Any],
    masks: tuple[int, int, int],
    ends: tuple[str, str],
    shared: Shared,
) -> Verdict:
    record = record_of(decision.law, cells, decision.uses)
    if decision.waivers:
        return decide(decision.law, record, decision.waivers)
    return Verdict(decision.law, record, *ends, (), None, None, Masks(*masks), shared)


def details_of(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict's needs and gaps as plain data, numbers as exact decimals."""
    facts = verdict.on.rulebook.vocabulary
    incomplete = {"incomplete": [p.path for p in verdict.incomplete]} if concerning(verdict.on) else {}
    return {
        "needs": [r.name for r in verdict.needs.can_change],
        "smallest": [r.name for r in verdict.needs.smallest],
        "gaps": [
            dict(
                zip(
                    GAP,
                    (g.rule, g.clause, g.path, *(_text(n, facts.fact_at(g.path).kind) for n in figures)),
                    strict=True,
                )
            )
            for g in verdict.gaps
            for figures in [(g.now, g.to, g.change)]
        ],
        **incomplete,
    }


def _text(number: Any, kind: Any) -> str:
    return str(json_value(number, kind))
