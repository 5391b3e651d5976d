"""What other programs call: load rules, choose an area and a day, decide records."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safety_rules.engines.compiled.decide import Decider, decided, decider
from safety_rules.language.errors import NotFoundError, SafetyRulesError
from safety_rules.language.record import Record
from safety_rules.language.rule import Area, Rulebook, Standing, Waiver
from safety_rules.language.units import Unit
from safety_rules.semantics.admit import admit
from safety_rules.semantics.chain import program_on
from safety_rules.semantics.decide import AreaOn, area_on
from safety_rules.semantics.near import did_you_mean
from safety_rules.semantics.verdict import Verdict

if TYPE_CHECKING:
    from pydantic import BaseModel

    from safety_rules.engines.columnar.result import TableDecision
    from safety_rules.engines.spark.result import SparkDecision
    from safety_rules.formats.chain_tables import ChainedTables
    from safety_rules.formats.tables_by_record import RecordDecision
    from safety_rules.language.verdict import SmallestChange
    from safety_rules.loading.rulebook import RuleFileText

RULEPACKS = "safety_rules.rulepacks"
PathLike = str | Path


def rules_folder() -> Path:
    """Return the folder of the built-in rules, in a wheel, an editable install or a checkout."""
    here = Path(__file__).resolve().parent
    for folder in (here / "rules", here.parent.parent / "rules"):
        if (folder / "vocabulary.yaml").is_file():
            return folder
    raise SafetyRulesError("the built-in rules are missing from this installation")


def pack_folder(name: str) -> Path:
    """Return the folder of an installed rule pack (entry-point group `safety_rules.rulepacks`)."""
    packs = {e.name: e for e in entry_points(group=RULEPACKS)}
    if name not in packs:
        raise NotFoundError(
            f"there is no folder and no installed rule pack `{name}`; {did_you_mean(name, packs)}".rstrip("; ")
        )
    module = packs[name].load()
    return Path(getattr(module, "RULES", None) or Path(module.__file__).parent)


def resolve_folder(rules: PathLike | None) -> Path:
    """Return the folder of rules that a path or a rule pack's name means; the built-in rules for None."""
    if rules is None:
        return rules_folder()
    return Path(rules) if Path(rules).is_dir() else pack_folder(str(rules))


def load(rules: PathLike | None = None, overlay: PathLike | Sequence[PathLike] = ()) -> Rules:
    """Return the rules of a folder (or installed rule pack), the built-in ones by default, with overlays on top.

    Raises RuleFileError, with every diagnostic, when a file holds an error.
    """
    folder = resolve_folder(rules)
    overlays = [overlay] if isinstance(overlay, str | Path) else list(overlay)
    return Rules(_loaded(_fingerprint(folder), folder, tuple(Path(o) for o in overlays), _stamps(overlays)))


def _fingerprint(folder: Path) -> tuple[tuple[str, int, int], ...]:
    paths = (p for p in sorted(folder.rglob("*")) if p.suffix in (".yaml", ".yml", ".csv"))
    return tuple((str(p), p.stat().st_mtime_ns, p.stat().st_size) for p in paths)


def _stamps(overlays: Iterable[PathLike]) -> tuple[tuple[int, int], ...]:
    stats = [Path(o).stat() for o in overlays if Path(o).exists()]
    return tuple((s.st_mtime_ns, s.st_size) for s in stats)


@cache
def _loaded(_fingerprint: Any, folder: Path, overlays: tuple[Path, ...], _stamps: Any) -> Rulebook:
    from safety_rules.loading.rulebook import folder_files, loaded

    return loaded(folder_files(folder), overlay_files(overlays), f"{folder.as_posix()}/")


def overlay_files(overlays: Iterable[Path]) -> list[RuleFileText]:
    """Return the files of overlays: each a YAML file, or a folder of them."""
    from safety_rules.loading.rulebook import RuleFileText, folder_files

    found: list[RuleFileText] = []
    for overlay in overlays:
        if overlay.is_dir():
            if not folder_files(overlay):
                raise NotFoundError(f"there is no overlay in the folder `{overlay}`")
            found += [RuleFileText(f"{overlay.as_posix()}/{f.path}", f.data) for f in folder_files(overlay)]
        elif overlay.is_file():
            found.append(RuleFileText(overlay.as_posix(), overlay.read_bytes()))
        else:
            raise NotFoundError(f"there is no overlay `{overlay}`")
    return found


@dataclass(frozen=True, slots=True)
class Rules:
    """A loaded rulebook."""

    rulebook: Rulebook

    @property
    def areas(self) -> tuple[str, ...]:
        """The keys of the areas."""
        return tuple(self.rulebook.areas)

    def area(self, key: str) -> AreaRules:
        """Return an area by key; raises NotFoundError."""
        if key not in self.rulebook.areas:
            raise NotFoundError(f"there is no area `{key}`; {did_you_mean(key, self.areas)}")
        return AreaRules(self.rulebook, self.rulebook.areas[key])

    def chain_tables(
        self,
        day: datetime.date | str,
        sources: Mapping[str, Any],
        output: PathLike | None = None,
        require_standing: Standing | str = Standing.assumed,
    ) -> ChainedTables:
        """Return what chaining rules derive on a day from tables of records, each by its list's name.

        A source is a csv, parquet, JSON or workbook file, an Arrow, Polars or pandas frame, a DuckDB relation
        or a list of mappings. `output` is a new folder, with a parquet file for each derived list.
        Raises LedgerError or ChainEngineError where there is no complete result.
        """
        from safety_rules.formats.chain_tables import chained_tables

        program = program_on(self.rulebook, _day(day), _standing(require_standing))
        return chained_tables(program, sources, output)


def _day(day: datetime.date | str) -> datetime.date:
    if not isinstance(day, str):
        return day
    try:
        return datetime.date.fromisoformat(day)
    except ValueError:
        raise NotFoundError(f"`{day}` is not a day of the calendar; write 2020-10-01") from None


def _standing(standing: Standing | str) -> Standing:
    if not isinstance(standing, str):
        return standing
    if standing not in Standing.__members__:
        raise NotFoundError(f"`{standing}` is not a standing; {did_you_mean(standing, Standing.__members__)}")
    return Standing[standing]


@dataclass(frozen=True, slots=True)
class AreaRules:
    """One area, on every day."""

    rulebook: Rulebook
    area: Area

    def on(self, day: datetime.date | str, require_standing: Standing | str = Standing.assumed) -> DatedArea:
        """Return the area's law on a day; what rests on less than `require_standing` is undetermined.

        Raises NotFoundError when no rule is in force on that day: a verdict by no rules would be a pass.
        """
        day, require = _day(day), _standing(require_standing)
        law = area_on(self.rulebook, self.area.key, day, require)
        if not law.rules:
            raise NotFoundError(f"no rule of `{self.area.key}` is in force on {day}")
        return DatedArea(law, decider(law))

    def record_model(self) -> type[BaseModel]:
        """Return a pydantic model of the area's facts, with labels, units and choices."""
        from safety_rules.formats.models import record_model

        return record_model(self.rulebook, self.area)

    def json_schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the area's data."""
        from safety_rules.formats.models import json_schema

        return json_schema(self.rulebook, self.area)


@dataclass(frozen=True, slots=True)
class DatedArea:
    """One area's law on a day, ready to decide records."""

    law: AreaOn
    decider: Decider = field(repr=False)

    @property
    def key(self) -> str:
        """The area's key."""
        return self.law.area.key

    def admit(self, data: Any, units: Mapping[str, Unit] | None = None) -> Record:
        """Return data as a record: exact values, and a named problem for what could not be used."""
        return admit(data, self.law.rulebook.vocabulary, units, derived=frozenset(self.law.derivations))

    def decide(self, data: Any, waivers: Sequence[Waiver] = ()) -> Verdict:
        """Return the verdict on a nested or flat mapping, a pydantic model, a dataclass, or an admitted record."""
        return decided(self.decider, data, waivers) if waivers else self.decider.decided(data)

    def decide_many(self, many: Iterable[Any], waivers: Sequence[Waiver] = ()) -> Iterator[Verdict]:
        """Yield the verdict of each record, one at a time; the quickest way through many."""
        if not waivers:
            return map(self.decider.decided, many)
        return (decided(self.decider, data, waivers) for data in many)

    def smallest_change(
        self, data: Any, to: str | None = None, weights: Mapping[str, Any] | None = None, seconds: float = 20.0
    ) -> SmallestChange | None:
        """Return the cheapest change of several facts at once that gets a record an outcome; None where none does.

        `to` is the outcome's key, the best one by default. `weights` say what one unit of each fact costs,
        by English or Chinese name; by default each adjustable number that a violated rule reads counts by
        the share of itself that it changes. Blanks stay blank: the outcome is the one at best. Needs the
        extra `prove`; raises SafetyRulesError when there is no answer within `seconds`.
        """
        from safety_rules.engines.smt.change import smallest_change
        from safety_rules.semantics.weights import relative_weights, weights_by_path

        verdict, outcomes = self.decide(data), [o.key for o in self.law.area.outcomes]
        if to is not None and to not in outcomes:
            raise NotFoundError(f"there is no outcome `{to}`; {did_you_mean(to, outcomes)}".rstrip("; "))
        vocabulary = self.law.rulebook.vocabulary
        costs = relative_weights(verdict) if weights is None else weights_by_path(weights, verdict.record, vocabulary)
        return smallest_change(self.law, verdict.record, to or outcomes[0], costs, seconds)

    def decide_table(
        self,
        source: Any,
        output: PathLike | None = None,
        *,
        engine: str = "auto",
        columns: Mapping[str, str] | None = None,
        keep: Sequence[str] = (),
        waivers: Sequence[Waiver] = (),
        progress: Callable[[float], None] | None = None,
        details: bool = False,
        answers: Sequence[str] = (),
    ) -> TableDecision | SparkDecision | RecordDecision:
        """Return the decision on every row of a file, a frame, an Arrow table or a Spark DataFrame.

        A file is csv, parquet, a workbook, JSON or JSON lines. Columns are found by their headings, or as
        `columns` says (fact to column); those in `keep` are passed through. `engine` is `duckdb`, `spark`,
        `records` (one by one), or `auto`: Spark for its own DataFrames, DuckDB for all else, and records
        where DuckDB is not installed, which the notices say. The answers are the same. With `details`, rows
        that violate or lack something also carry their needs and gaps, by the definition. `answers` are those
        that are wanted beside the outcome, such as `("violated",)`; all by default, fewer are quicker. Raises
        LedgerError where the table cannot be read, or `output` cannot be written, as a whole.
        """
        from safety_rules.formats.tables import decided_table

        exact = None if waivers else self.masks
        return decided_table(
            self.law, source, output, engine, columns, keep, waivers, progress, exact, details, answers
        )

    def masks(self, record: Record) -> tuple[int, int, int]:
        """Return the violated, undetermined and inapplicable rules of an admitted record; bit i is rule i of the law."""
        violated, undetermined, not_applicable = self.decider.exact().masks(record.values)
        return violated, undetermined, not_applicable
