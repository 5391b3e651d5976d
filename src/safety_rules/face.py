"""What other programs call: load rules, choose an area and a day, decide records."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from safety_rules.language.errors import NotFoundError
from safety_rules.language.rulebook import Area, Rulebook
from safety_rules.language.source import Standing
from safety_rules.language.zones import DEFAULT_ZONE
from safety_rules.loading.folders import PathLike, rulebook_of
from safety_rules.semantics.admission.objects import shown
from safety_rules.semantics.admission.values import day_of
from safety_rules.services.dated_area import DatedArea, dated_area
from safety_rules.services.live import LiveBook, live_book
from safety_rules.words.diagnostic import Diagnostic
from safety_rules.words.near import did_you_mean

if TYPE_CHECKING:
    from pydantic import BaseModel

    from safety_rules.formats.verdict_model import VerdictModel
    from safety_rules.language.legal_calendar import LegalCalendar
    from safety_rules.tables.chain import ChainedTables


def load(rules: PathLike | None = None, overlay: PathLike | Sequence[PathLike] = ()) -> Rules:
    """Return the rules of a folder (or installed rule pack), the built-in ones by default, with overlays on top.

    Raises RuleFileError, with every diagnostic, when a file holds an error.
    """
    return Rules(rulebook_of(rules, overlay))


def live(
    rules: PathLike | None = None,
    overlay: PathLike | Sequence[PathLike] = (),
    every: float = 1.0,
    settle: float = 0.5,
    clock: Callable[[], float] = time.monotonic,
) -> LiveRules:
    """Return rules that follow their folder, for a service: `live.area("admission").on(day)` is of what stands
    there by now.

    The files are looked at at most every `every` seconds, when somebody asks. What changed is taken whole, once two
    looks `settle` seconds apart find the same content; what holds an error is not taken: the last good rules stay,
    and `diagnostics` says why. Raises RuleFileError where the folder holds an error from the start.
    """
    return LiveRules(live_book(rules, overlay, every, settle, clock))


@dataclass(frozen=True, slots=True)
class Rules:
    """A loaded rulebook."""

    rulebook: Rulebook

    def __repr__(self) -> str:
        return f"<Rules {', '.join(self.areas)}; {self.rulebook.digest[:12]}>"

    @property
    def areas(self) -> tuple[str, ...]:
        """The keys of the areas."""
        return tuple(self.rulebook.areas)

    def area(self, key: str) -> AreaRules:
        """Return an area by key; raises NotFoundError."""
        if key not in self.rulebook.areas:
            raise NotFoundError(f"there is no area `{key}`; {did_you_mean(key, self.areas)}")
        return AreaRules(self.rulebook, self.rulebook.areas[key])

    def law(self, day: datetime.date | str, area: str | None = None) -> LegalCalendar:
        """Return the legal calendar of a day, of one area or of all.

        It holds the documents in force, what rests on each, what has lapsed, what is not covered and what changes next.
        """
        from safety_rules.services.legal_calendar import legal_calendar

        return legal_calendar(self.rulebook, _day(day), area)

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
        from safety_rules.semantics.chaining.chain import program_on
        from safety_rules.tables.chain import chained_tables

        program = program_on(self.rulebook, _day(day), _standing(require_standing))
        return chained_tables(program, sources, output)


def _day(given: Any, zone: datetime.tzinfo = DEFAULT_ZONE) -> datetime.date:
    """Return the day that a caller means; raises NotFoundError."""
    found = day_of(given, zone)
    if found is None:
        raise NotFoundError(f"`{shown(given, 40)}` is not a day of the calendar; write 2020-10-01")
    return found


def _standing(standing: Standing | str) -> Standing:
    if not isinstance(standing, str):
        return standing
    if standing not in Standing.__members__:
        raise NotFoundError(f"`{standing}` is not a standing; {did_you_mean(standing, Standing.__members__)}")
    return Standing[standing]


@dataclass(frozen=True, slots=True)
class LiveRules:
    """Rules that follow their folder; any number of threads may ask."""

    book: LiveBook

    def __repr__(self) -> str:
        return f"<LiveRules {self.book.book.digest[:12]}{'; the folder holds an error' if self.error else ''}>"

    @property
    def rules(self) -> Rules:
        """The rules of this moment, whole: what is decided by them is decided by one content."""
        return Rules(self.book.now())

    def area(self, key: str) -> AreaRules:
        """Return an area of this moment's rules by key; raises NotFoundError."""
        return self.rules.area(key)

    def look(self) -> bool:
        """Look at the files now; return whether other rules were taken."""
        return self.book.look()

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The mistakes for which the folder's content is not taken; empty where it is."""
        return self.book.diagnostics

    @property
    def error(self) -> str:
        """Why the folder's content is not taken, in a line; empty where it is."""
        return self.book.error


@dataclass(frozen=True, slots=True)
class AreaRules:
    """One area, on every day."""

    rulebook: Rulebook
    area: Area

    def __repr__(self) -> str:
        return f"<AreaRules {self.area.key}; {self.rulebook.digest[:12]}>"

    def on(self, day: datetime.date | str, require_standing: Standing | str = Standing.assumed) -> DatedArea:
        """Return the area's law on a day; what rests on less than `require_standing` is undetermined.

        The day is a date, a time (a zoned one falls on a day of the area's zone), or text such as 2020-10-01 or
        2020年10月1日. Raises NotFoundError where it is none of these, and when no rule is in force on that day: a
        verdict by no rules would be a pass.
        """
        return dated_area(self.rulebook, self.area.key, _day(day, self.area.zone), _standing(require_standing))

    def record_model(self) -> type[BaseModel]:
        """Return a pydantic model of the area's facts, with labels, units and choices."""
        from safety_rules.formats.models import record_model

        return record_model(self.rulebook, self.area)

    def json_schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the area's data."""
        from safety_rules.formats.models import json_schema

        return json_schema(self.rulebook, self.area)

    def verdict_model(self) -> type[VerdictModel]:
        """Return the pydantic model of the area's verdicts, with its own outcomes and rules."""
        from safety_rules.formats.verdict_model import verdict_model

        return verdict_model(self.area)
