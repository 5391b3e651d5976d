"""A decided DataFrame: Spark's own answers, with the rows that are too close to call settled exactly."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import Any

from safety_rules.engines.sql.dialect import SPARK
from safety_rules.engines.sql.query.law_query import FOUND, LawQuery, has_masks, words
from safety_rules.engines.sql.query.outcomes import (
    HELD,
    LIFTED,
    LOWEST,
    bound_columns,
    outcome_columns,
    rule_columns,
    satisfied_column,
)
from safety_rules.language.errors import LedgerError
from safety_rules.language.record import Problem
from safety_rules.semantics.decide import AreaOn

GLOB = re.compile(r"[*?\[\]{}\\]")  # signs by which a path that is read would stand for others
WHOLE = "spark.sql.codegen.wholeStage"
SETTINGS = {WHOLE: "false", "spark.sql.constraintPropagation.enabled": "false"}
Rows = Iterable[tuple[int, Mapping[str, Any]]]
Settle = Callable[[Rows, Sequence[str]], Iterator[tuple[Any, ...]]]
"""What gives rows that go back, with the facts that the law works out, their answers as `settled` has them."""


@contextmanager
def fit_for_laws(session: Any, whole: bool = False) -> Iterator[None]:
    """Set, for a while, what Spark needs for queries of hundreds of conditions.

    The JVM never compiles methods beyond 8,000 bytes of code, and a whole stage of ours in one method has some
    40,000: written operator by operator, Spark splits it (a quarter less time). `whole` is for the short query,
    whose parts are methods of their own and small enough. What Spark would infer from so many conditions takes
    more memory than it saves.
    """
    before = {name: session.conf.get(name) for name in SETTINGS}
    for name, value in SETTINGS.items():
        session.conf.set(name, "true" if whole and name == WHOLE else value)
    try:
        yield
    finally:
        for name, value in before.items():
            session.conf.set(name, value)


@dataclass(frozen=True, slots=True)
class Texts:
    """What Spark is asked for: `plain` are the columns as SQL has them, `marked` the same with the cells of the rows
    that go back. `quick` are those of the short query of complete, plain rows, if it can be asked: they hold where
    none of its rows goes back.
    """

    plain: str
    marked: str
    quick: str


@dataclass(slots=True)
class SparkDecision:
    """One row for each row of the DataFrame, with the columns of a `TableDecision`.

    `cells` are the facts that tell of a row that goes back, `settle` gives it its answers; `answers` are those
    asked for.
    """

    session: Any
    law: AreaOn
    query: LawQuery
    keep: tuple[str, ...]
    texts: Texts
    cells: tuple[str, ...]
    settle: Settle
    notices: tuple[Problem, ...] = ()
    answers: tuple[str, ...] = ()
    rule_keys: bool = False
    sent_back: int | None = None
    _frame: Any = None
    _asked: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def rules(self) -> tuple[str, ...]:
        """The keys of the rules, in the order of the masks' bits."""
        return tuple(r.key for r in self.law.rules)

    @property
    def plain(self) -> Any:
        """What SQL has by itself, before the rows that go back are settled."""
        return self._sql(self.texts.plain)

    @property
    def quick(self) -> Any:
        """What the short query has, None where it cannot be asked."""
        return self._sql(self.texts.quick) if self.texts.quick else None

    def _sql(self, text: str) -> Any:
        """Return a query as a DataFrame; Spark takes a while to read these, so each is read once, when it is asked for."""
        if text not in self._asked:
            self._asked[text] = self.session.sql(text)
        return self._asked[text]

    def frame(self) -> Any:
        """Return the decided rows as a DataFrame; the first call runs a job that finds the rows that go back.

        Rows that are alike in every fact are settled once.
        """
        return self._with_keys(self._decided())

    def _with_keys(self, frame: Any) -> Any:
        return frame.selectExpr("*", *rule_columns(self.law, SPARK)) if self.rule_keys else frame

    def _decided(self) -> Any:
        if self._frame is None and (quick := self.quick) is not None:
            with fit_for_laws(self.session):
                if not quick.where("again").limit(1).count():
                    self._settled(quick)
        if self._frame is None:
            with fit_for_laws(self.session):
                found = (
                    self._sql(self.texts.marked).where("again").groupBy("row_key").agg({"row_cells": "first"}).collect()
                )
            self.sent_back = len(found)
            self._frame = self._of_answers(self._joined(found) if found else self.plain)
        return self._frame

    def _joined(self, found: Iterable[Any]) -> Any:
        keys = [row[0] for row in found]
        rows = ((i, self._cells(row[1])) for i, row in enumerate(found))
        answers = self.settle(rows, self.query.derived)
        names = ["row_key", *FOUND, *self.query.derived, "problem", LIFTED, HELD]
        local = self.session.createDataFrame(self._keyed(keys, answers), self._schema())
        view = local.toDF("row_key", *(f"n{i}" for i in range(len(names) - 1)))
        wide = self._planned(self._sql(self.texts.marked)).join(view.hint("broadcast"), "row_key", "left")
        quoted = [SPARK.name_of(n) for n in names[1:-2]]
        patched = [f"(CASE WHEN again THEN n{i} ELSE {q} END) AS {q}" for i, q in enumerate(quoted)]
        kept = [SPARK.name_of(c) for c in self.keep]
        derived = [SPARK.name_of(k) for k in self.query.derived]
        at, nothing = len(quoted), ((LIFTED, 0), (HELD, LOWEST))
        ranks = [f"(CASE WHEN again THEN n{at + i} ELSE {v} END) AS {n}" for i, (n, v) in enumerate(nothing)]
        base = wide.selectExpr(*kept, *patched, *ranks, "again")
        bounded = base.selectExpr(*kept, *bound_columns(self.law, SPARK, True), *FOUND, *derived, "problem", "again")
        ends, satisfied = outcome_columns(self.law, SPARK), satisfied_column(self.law, SPARK)
        return bounded.selectExpr(*kept, *ends, *FOUND, satisfied, *derived, "problem", "again")

    def _planned(self, frame: Any) -> Any:
        """Return a frame planned now, under the settings that fit laws, whatever is made of it and asked later.

        A join would have Spark infer filters from hundreds of conditions, and take gigabytes for it.
        """
        from pyspark.sql import DataFrame

        with fit_for_laws(self.session):
            rows = frame._jdf.queryExecution().toRdd()
            return DataFrame(
                self.session._jsparkSession.internalCreateDataFrame(rows, frame._jdf.schema(), False), self.session
            )

    def _cells(self, row: Any) -> dict[str, Any]:
        values = list(row.asDict(recursive=True).values()) if self.cells else []
        return dict(zip(self.cells, values, strict=True))

    def _keyed(self, keys: list[str], answers: Iterator[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        return [(keys[answer[0]], *answer[1:]) for answer in answers]

    def _schema(self) -> str:
        types = {f.name: f.dataType.simpleString() for f in self.plain.schema.fields}
        mask = "bigint" if words(self.law) == 1 else "array<bigint>"
        parts = ["row_key string", *(f"{m} {mask}" for m in FOUND)]
        parts += [f"d{i} {types[k]}" for i, k in enumerate(self.query.derived)]
        return ", ".join([*parts, "problem boolean", f"{LIFTED} int", f"{HELD} int"])

    def counts(self) -> dict[str, int]:
        """Return how many rows have each outcome."""
        frame = self.frame()
        with fit_for_laws(self.session):
            return {row["outcome"]: row["count"] for row in frame.groupBy("outcome").count().collect()}

    def write(self, path: str | Path) -> Path:
        """Write the decided rows as a folder of parquet, whole or not at all; raises LedgerError.

        No file holds `satisfied`, since it is what the other three masks leave.
        One job where no row goes back: what SQL found is written beside, looked through for rows that
        go back, and only then it takes the name. First of all by the short query, where it can be asked.
        """
        target = str(path)  # which may be an address of any file system of Hadoop
        folder, slash, _ = target.rpartition("/")
        unfinished = f"{folder}{slash}safety-rules-{token_hex(6)}.part"
        try:
            if not any(self._written(t, unfinished) for t in (self.texts.quick, self.texts.plain) if t):
                frame = self.frame()
                with fit_for_laws(self.session):
                    frame.drop("satisfied").write.mode("overwrite").parquet(unfinished)
            self._renamed(unfinished, target)
        except LedgerError:
            raise
        except Exception as error:
            lines = str(error).strip().splitlines() or [type(error).__name__]
            raise LedgerError(f"`{target}` cannot be written: {lines[0][:300]}") from None
        return Path(path)

    def _settled(self, frame: Any) -> None:
        """Take a frame none of whose rows goes back as the result."""
        if "satisfied" not in frame.columns and has_masks(self.answers):
            place = frame.columns.index("not_applicable") + 1
            shown = [SPARK.name_of(c) for c in frame.columns]
            frame = frame.selectExpr(*shown[:place], satisfied_column(self.law, SPARK), *shown[place:])
        self.sent_back, self._frame = 0, frame

    def _written(self, text: str, path: str) -> bool:
        """Write what a query gives; return whether it holds: none of its rows goes back, by what was written.

        Spark skips parts whose statistics say that all is false; counting on the way took it longer.
        """
        frame = self._of_answers(self._sql(text))
        with fit_for_laws(self.session, whole=text == self.texts.quick):
            self._with_keys(frame.drop("satisfied")).write.mode("overwrite").parquet(path)
        holds: bool = (
            self.session.read.schema("again boolean").parquet(GLOB.sub(r"\\\g<0>", path)).where("again").isEmpty()
        )
        if holds:
            self._settled(frame)
        return holds

    def _of_answers(self, frame: Any) -> Any:
        """Return a frame with the answers that were asked for."""
        if has_masks(self.answers) or len(frame.columns) == len(self.keep) + len(self.answers) + 1:
            return frame
        return frame.selectExpr(*(SPARK.name_of(c) for c in (*self.keep, *self.answers, "again")))

    def _renamed(self, start: str, end: str) -> None:
        """Move a finished folder to its name, by the file system that it lies in."""
        jvm = self.session._jvm
        start_path, end_path = jvm.org.apache.hadoop.fs.Path(start), jvm.org.apache.hadoop.fs.Path(end)
        system = start_path.getFileSystem(self.session._jsc.hadoopConfiguration())
        if system.exists(end_path):
            system.delete(end_path, True)
        if not system.rename(start_path, end_path):
            raise LedgerError(f"`{end}` cannot take the place of what was there")
