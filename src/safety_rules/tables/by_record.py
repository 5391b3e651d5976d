"""A table decided record by record, where DuckDB is not installed: the same columns, more slowly."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from safety_rules.engines.columnar.details import details_of
from safety_rules.engines.compiled.derived import derived
from safety_rules.engines.sql.exactness.settle import Exact, plain, split, split_of
from safety_rules.engines.sql.exactness.settle import joined as joined_mask
from safety_rules.engines.sql.query.law_query import FOUND, has_masks
from safety_rules.engines.sql.query.outcomes import KEYED
from safety_rules.engines.sql.read.types import Plain
from safety_rules.formats.heading_map import Layout
from safety_rules.formats.ledger import ledger
from safety_rules.formats.safe import no_input, replacing
from safety_rules.formats.tables_out import without_satisfied, write_table
from safety_rules.language.errors import LedgerError, NotFoundError
from safety_rules.language.record import Problem, Record
from safety_rules.language.rule import Waiver
from safety_rules.language.units import Unit
from safety_rules.language.verdict import Masks
from safety_rules.language.vocabulary import Vocabulary
from safety_rules.semantics.decide import AreaOn, area_record
from safety_rules.semantics.verdict.verdict import Verdict, decide
from safety_rules.tables.joining import Joining, answers_by
from safety_rules.tables.prepare import uses_of
from safety_rules.words.near import did_you_mean

Named = Mapping[str, str] | Layout | None
"""Which column carries a fact, or a map of a file's headings; None where the headings tell."""


@dataclass(slots=True, repr=False)
class RecordDecision:
    """One row for each row of the table, with the columns of a `TableDecision`; rows are decided as they are read."""

    law: AreaOn
    data: Any
    keep: tuple[str, ...]
    named: Named
    waivers: tuple[Waiver, ...]
    exact: Exact
    details: bool = False
    notices: tuple[Problem, ...] = ()
    answers: tuple[str, ...] = ()
    rule_keys: bool = False
    joining: Joining | None = None

    def __repr__(self) -> str:
        return f"<RecordDecision {self.law.area.key} on {self.law.as_of}>"

    @property
    def rules(self) -> tuple[str, ...]:
        """The keys of the rules, in the order of the masks' bits."""
        return tuple(r.key for r in self.law.rules)

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(1 for _ in self._records())

    @property
    def sent_back(self) -> int:
        """How many rows were settled by the exact evaluator: all."""
        return self.rows

    def close(self) -> None:
        """Nothing is held."""

    def _records(self) -> Iterator[tuple[Mapping[str, Any], Record]]:
        """Yield the cells to be kept, and the record, of each row."""
        vocabulary, subjects = self.law.rulebook.vocabulary, self.law.area.subjects
        if isinstance(self.data, str | Path):
            named = None if isinstance(self.named, Layout) else self.named
            wanted = self.named if isinstance(self.named, Layout) else None
            book = ledger(Path(self.data), vocabulary, subjects, wanted, apart=True)
            for row in book.rows:
                if row.error is not None:
                    book.notices.append(Problem("row", "", row.place, row.error))
                elif row.data is not None:
                    kept = dict(zip(book.headings, row.cells, strict=False))
                    given = row.data if named is None else _as_named(named, row.data, kept, vocabulary)
                    record = area_record(self.law, given, book.units, row.place_of)
                    yield kept, replace(record, problems=(*row.problems, *record.problems))
            self._told(book.notices)
            return
        names, rows = _frame_rows(self.data)
        assert not isinstance(self.named, Layout)
        uses, notices = uses_of(dict.fromkeys(names, Plain("other")), vocabulary, subjects, self.named)
        self._told(notices)
        units: dict[str, Unit] = {k: u.unit for k, u in uses.items() if u.unit is not None}
        for cells in rows:
            given = {k: cells[u.column] for k, u in uses.items()}
            yield cells, area_record(self.law, given, units)

    def records(self, keys: Sequence[str]) -> Iterator[tuple[int, Record]]:
        """Yield each row (from 1) with its record, which tells at least of some facts."""
        return enumerate((record for _, record in self._records()), 1)

    def _told(self, notices: Iterable[Problem]) -> None:
        """Add what was said of the table as a whole, each once; it is complete when the rows were read."""
        self.notices = tuple(dict.fromkeys((*self.notices, *notices)))

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        worked_out, told = derived(self.law), answers_by(self.law)
        for cells, record in self._records():
            if self.joining is not None:
                found = told(self.joining.judged(record, self.waivers))
                yield self._row(cells, record, found, [joined_mask(found[n]) for n in FOUND])
                continue
            violated, undetermined, absent = self.exact(record)
            best, worst = self._outcome(violated), self._outcome(violated | undetermined)
            if best != worst:
                found_masks = Masks(violated, undetermined, absent)
                area, cases = self.law.area, split_of(self.law, record, found_masks, self.exact)
                best = area.outcomes[max(area.rank(best), cases.rank)].key
                worst = area.outcomes[cases.most(area.rank(worst))].key
            masks = (violated, undetermined, absent)
            values = {k: plain(v) for k, v in worked_out(record.values).items() if "[" not in k}
            found = {
                "outcome": best if best == worst else "undetermined",
                "at_best": best,
                "at_worst": worst,
                **{n: split(m, self.law) for n, m in zip(FOUND, masks, strict=True)},
                **values,
                "problem": bool(record.problems),
            }
            yield self._row(cells, record, found, masks)

    def _row(
        self, cells: Mapping[str, Any], record: Record, found: Mapping[str, Any], masks: Sequence[int]
    ) -> dict[str, Any]:
        """Return the columns of a row."""
        satisfied = (1 << len(self.law.rules)) - 1 & ~(masks[0] | masks[1] | masks[2])
        return {
            **{k: cells.get(k) for k in self.keep},
            **{k: found[k] for k in self.answers},
            "again": True,
            **(details_of(decide(self.law, record, self.waivers)) if self.details else {}),
            **(self._named(*masks[:2]) if self.rule_keys else {}),
            **({"satisfied": split(satisfied, self.law)} if has_masks(self.answers) else {}),
        }

    def _named(self, *masks: int) -> dict[str, str]:
        """Return the columns that name the violated and the open rules."""
        keys = (", ".join(key for i, key in enumerate(self.rules) if mask >> i & 1) for mask in masks)
        return {f"{name}_rules": said for name, said in zip(KEYED, keys, strict=True)}

    def _outcome(self, mask: int) -> str:
        area = self.law.area
        asked = (area.rank(r.otherwise.outcome) for i, r in enumerate(self.law.rules) if mask >> i & 1)
        return area.outcomes[max(asked, default=0)].key

    def counts(self) -> dict[str, int]:
        """Return how many rows have each outcome."""
        return dict(Counter(row["outcome"] for row in self))

    def verdict(self, row: int) -> Verdict:
        """Return the verdict of a row (from 1) by the definition: findings, needs, gaps, obligations."""
        found = next(islice(self._records(), row - 1, row), None) if row > 0 else None
        if found is None:
            raise NotFoundError(f"the table has no row {row}")
        record = found[1]
        if self.joining is not None:
            return self.joining.verdict(record, row, self.waivers)
        return decide(self.law, record, self.waivers)

    def explain_row(self, row: int, language: str = "zh", rules: Sequence[str] = ()) -> str:
        """Return the explanation of a row (from 1), in the words of a single record's."""
        return self.verdict(row).explain(language, rules)

    def write(self, path: str | Path) -> Path:
        """Write the decided rows as .csv or .xlsx, whole or not at all; raises LedgerError."""
        path = Path(path)
        no_input(path, [Path(self.data)] if isinstance(self.data, str | Path) else [])
        if path.suffix.lower() == ".xlsx":
            write_table(self, self.rows, path)
        elif path.suffix.lower() == ".csv":
            with replacing(path) as unfinished, unfinished.open("w", encoding="utf-8", newline="") as file:
                rows = (without_satisfied(row) for row in self)
                first = next(rows, {})
                writer = csv.DictWriter(file, list(first))
                writer.writeheader()
                writer.writerow(first)
                writer.writerows(rows)
        else:
            raise LedgerError(f"`{path.name}` cannot be written without DuckDB; write .csv or .xlsx")
        return path


def _as_named(named: Mapping[str, str], data: Any, cells: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, Any]:
    """Return what a row of a file gives by the columns that are named, and by no others."""
    found = {}
    for name, column in named.items():
        fact = vocabulary.find(name)
        if fact is None:
            raise NotFoundError(f"there is no fact `{name}`; {did_you_mean(name, vocabulary.facts)}".rstrip("; "))
        if column not in cells and column not in vocabulary.facts:
            raise NotFoundError(f"there is no column `{column}`; {did_you_mean(column, cells)}".rstrip("; "))
        found[fact.key] = cells[column] if column in cells else data.get(column)
    return found


def _frame_rows(data: Any) -> tuple[list[str], Iterator[Mapping[str, Any]]]:
    """Return the columns of an Arrow table, a Polars or pandas frame or a sequence of mappings, and its rows."""
    home = type(data).__module__.partition(".")[0]
    if home == "pyarrow" and hasattr(data, "to_batches"):
        return list(data.column_names), (row for batch in data.to_batches() for row in batch.to_pylist())
    if home == "polars" and hasattr(data, "iter_rows"):
        return list(data.columns), data.iter_rows(named=True)
    if home == "pandas" and hasattr(data, "itertuples"):
        names = [str(c) for c in data.columns]
        both = zip(data.itertuples(index=False, name=None), data.isna().itertuples(index=False, name=None), strict=True)
        return names, ({n: None if b else c for n, c, b in zip(names, *row, strict=True)} for row in both)
    if isinstance(data, Sequence) and not isinstance(data, str) and all(isinstance(row, Mapping) for row in data):
        names = list(dict.fromkeys(k for row in data for k in row))
        return names, ({n: row.get(n) for n in names} for row in data)
    raise LedgerError(
        f"`{type(data).__name__}` is no table that can be read without DuckDB; install `safety-rules[tables]`"
    )
