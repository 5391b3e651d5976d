"""Grading of major hazard installations: units with S, R, level, each chemical's part, and what changes in between."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from safety_rules.engines.compiled.area import CompiledArea, compiled
from safety_rules.engines.compiled.decide import Decider, decider_by
from safety_rules.engines.compiled.derived import duties, with_derived
from safety_rules.engines.compiled.standing import Standings, field_standing, standings
from safety_rules.formats.heading_map import Wanted
from safety_rules.formats.result import ScreenedRow, Screening
from safety_rules.formats.table import cell_text, folded, letters
from safety_rules.language.kinds import Name, Number
from safety_rules.language.law import edition_on
from safety_rules.language.record import Problem
from safety_rules.language.source import Standing
from safety_rules.language.table import Edition
from safety_rules.language.verdict import DueDuty
from safety_rules.semantics.admission.unusable import Unusable
from safety_rules.semantics.admission.values import absent, number
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.verdict.verdict import Verdict
from safety_rules.services.dated_area import DatedArea
from safety_rules.services.screening import screen
from safety_rules.words.problem import problem
from safety_rules.words.values import amount

CHEMICALS = "unit.chemicals"
LEVEL_HEADING = re.compile(r"^(?:重大)?(?:危险源)?(?:评估|辨识)?(?:级别|等级)$")
LEVEL = re.compile(r"^(?:构成)?(IV|I{1,3}|[1-4一二三四])级?(?:重大危险源)?$")
LEVELS = {"I": 1, "II": 2, "III": 3, "IV": 4} | {c: i % 4 + 1 for i, c in enumerate("1234一二三四")}


@dataclass(frozen=True, slots=True)
class GradedChemical:
    """One chemical of a unit; what is not known is None. `share` is its part of Σβ·q/Q, `standing` how sure that is."""

    name: str
    quantity: Fraction | None
    critical_quantity: Fraction | None
    beta: Fraction | None
    ratio: Fraction | None
    corrected_ratio: Fraction | None
    share: Fraction | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class GradedUnit:
    """One unit: its row of the ledger, how sure its level is, S, α and R where known, its chemicals and duties.

    `stated` is the level that the ledger itself says, as it stands there.
    """

    row: ScreenedRow
    standing: Standing | None = None
    ratio_sum: Fraction | None = None
    alpha: Fraction | None = None
    hazard_index: Fraction | None = None
    chemicals: tuple[GradedChemical, ...] = ()
    notes: tuple[Name, ...] = ()
    duties: tuple[DueDuty, ...] = ()
    stated: str = ""


@dataclass(frozen=True, slots=True)
class Grader:
    """The compiled functions that grade a record's values: derived facts, findings, how sure they are, duties."""

    area: CompiledArea
    ready: Callable[[Mapping[str, Any]], Mapping[str, Any]] = field(repr=False)
    standing: Standings = field(repr=False)
    part_standing: Callable[[Any], Standing] = field(repr=False)
    duties: Callable[[Mapping[str, Any]], list[DueDuty]] = field(repr=False)

    def decider(self) -> Decider:
        """Return the decider that works the derived facts out once, for findings and figures."""
        return decider_by(self.area, lambda values, masks, best: self.standing(self.ready(values), masks, best))


def grader(law: AreaOn) -> Grader:
    """Return the compiled functions of a law of `major_hazard`."""
    ready = with_derived(law)
    area = replace(compiled(law, ready=True), ready=ready)
    part = f"{CHEMICALS}.corrected_ratio"
    part_standing = field_standing(law, part) if part in law.derivations else _sure
    return Grader(area, ready, standings(area, ready=True), part_standing, duties(law, ready=True))


def _sure(_: Any) -> Standing:
    return Standing.statute


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changes from one verdict on a unit to a later one."""

    before: str
    after: str
    gained: tuple[DueDuty, ...]
    lost: tuple[DueDuty, ...]
    values: Mapping[str, tuple[Any, Any]]


def grade(
    source: Path | str, area: DatedArea, sheet: Wanted = None, engine: str = "auto"
) -> tuple[Screening, Iterator[GradedUnit]]:
    """Return the screening of a ledger of units, and its units as they are graded (rows can be read once).

    `auto` takes the records: figures, parts and duties are told of every unit, so deciding them all in DuckDB
    first spares nothing; for levels and figures alone see `services.grading_tables`.
    """
    tools = grader(area.law)
    engine = "records" if engine == "auto" else engine
    screening = screen(source, replace(area, decider=tools.decider()), sheet, engine=engine)
    return screening, _held_against_ours(screening, (graded(row, tools) for row in screening.rows))


def _held_against_ours(screening: Screening, units: Iterator[GradedUnit]) -> Iterator[GradedUnit]:
    """Yield the units; a level or a critical quantity that the ledger itself states and that is not ours is named, and
    that critical quantities of the ledger are not used.
    """
    ledger = screening.ledger
    at = next((i for i, h in enumerate(ledger.headings) if LEVEL_HEADING.match(folded(h))), None)
    if at is not None:
        ledger.notices[:] = [n for n in ledger.notices if n.given != ledger.headings[at] or n.code != "heading"]
    told = False
    for unit in units:
        verdict, row = unit.row.verdict, unit.row.row
        critical = next((k for k in row.places if k.endswith("].critical_quantity")), "")
        if critical and not told:
            told = True
            ledger.notices.append(
                problem("heading-computed", critical, row.places[critical], heading=Name("临界量", "critical quantity"))
            )
        ledger.notices.extend(_critical_differs(unit, screening) if critical else ())
        text = cell_text(row.cells[at]) if at is not None and at < len(row.cells) else ""
        if verdict is not None and verdict.definite and text and at is not None and _level(text) != verdict.outcome:
            place = f"{row.place.rstrip('0123456789')}{letters(at)}{row.place.rpartition('!')[2].rpartition(':')[2]}"
            ledger.notices.append(
                problem("level-differs", "unit.level", place, text, stated=text, ours=verdict.outcome_name)
            )
        yield replace(unit, stated=text)


def _critical_differs(unit: GradedUnit, screening: Screening) -> Iterator[Problem]:
    """Yield each critical quantity of a unit's chemicals that the ledger states and that is not that of the standard."""
    data = (unit.row.row.data or {}).get(CHEMICALS)
    if unit.row.verdict is None or not isinstance(data, list) or len(data) != len(unit.chemicals):
        return
    vocabulary, key = unit.row.verdict.on.rulebook.vocabulary, f"{CHEMICALS}.critical_quantity"
    fact, given_in = vocabulary.facts[key], screening.ledger.units.get(key)
    for index, (item, chemical) in enumerate(zip(data, unit.chemicals, strict=True)):
        said, ours = item.get(fact.field), chemical.critical_quantity
        if isinstance(fact.kind, Number) and ours is not None and not absent(said):
            path = f"{CHEMICALS}[{index}].{fact.field}"
            text = cell_text(said)
            try:
                same = number(said, fact.kind.unit, vocabulary.units, given_in) == ours
            except Unusable:
                same = False
            if not same:
                slots = {"name": chemical.name, "stated": text, "ours": amount(ours, fact.kind)}
                yield problem("critical-differs", key, unit.row.row.place_of(path), text, **slots)


def _level(text: str) -> str:
    """Return the outcome that a ledger's words for a level mean; nothing where they mean none."""
    plain = folded(text).upper()
    if plain in {"0", "/"} or plain.startswith(("不构成", "非重大")):
        return "not_major"
    match = LEVEL.match(plain)
    return f"level_{LEVELS[match[1]]}" if match is not None else ""


def graded(row: ScreenedRow, tools: Grader) -> GradedUnit:
    """Return a row of the ledger with its figures and duties."""
    if row.verdict is None:
        return GradedUnit(row)
    given = row.verdict.record.values
    values = tools.ready(given)
    total = values.get("unit.corrected_sum")
    return GradedUnit(
        row, tools.standing(values, tools.area.masks(given), row.verdict.at_best), values.get("unit.ratio_sum"),
        values.get("unit.alpha"), values.get("unit.hazard_index"),
        tuple(_chemical(item, total, tools) for item in values.get(CHEMICALS, ())), notes(row.verdict),
        tuple(tools.duties(values)),
    )  # fmt: skip


def _chemical(item: Mapping[str, Any], total: Fraction | None, tools: Grader) -> GradedChemical:
    corrected = item.get(f"{CHEMICALS}.corrected_ratio")
    return GradedChemical(
        str(item.get("name", "")), item.get("quantity"), item.get(f"{CHEMICALS}.critical_quantity"),
        item.get(f"{CHEMICALS}.beta"), item.get(f"{CHEMICALS}.ratio"), corrected,
        corrected / total if corrected is not None and total else None, tools.part_standing(item),
    )  # fmt: skip


def notes(verdict: Verdict) -> tuple[Name, ...]:
    """Return what a reader should know of a unit's list: chemicals given twice, names that their CAS numbers contradict."""
    edition = edition_on(verdict.on.rulebook.tables["listed_substances"], verdict.on.as_of)
    items: Any = verdict.record.values.get("unit.chemicals", ())
    return (*_twice(items, edition), *_contradicting(items, edition))


def _substance(spelling: str | None, edition: Edition | None) -> str | None:
    """Return the substance of Table 1 that a name or CAS number means."""
    rows = edition.matching(spelling) if edition is not None and spelling is not None else ()
    return str(rows[0].cells["substance"]) if rows else None


def _twice(items: Any, edition: Edition | None) -> Iterator[Name]:
    names: dict[str, list[str]] = {}
    for item in items:
        name = item.get("name")
        if name is not None:
            names.setdefault(_substance(name, edition) or name, []).append(name)
    for same in names.values():
        if len(same) > 1:
            zh, en = "、".join(dict.fromkeys(same)), ", ".join(dict.fromkeys(same))
            yield Name(
                f"“{zh}”填报{len(same)}次，数量已合并计算",
                f"`{en}` is given {len(same)} times; the quantities are added up",
            )


def _contradicting(items: Any, edition: Edition | None) -> Iterator[Name]:
    for item in items:
        name, cas = item.get("name"), item.get("cas")
        one, other = _substance(name, edition), _substance(cas, edition)
        if one is not None and other is not None and one != other:
            yield Name(
                f"品名“{name}”与CAS号 {cas}（{other}）不是同一物质，按品名计算，请核对",
                f"the name `{name}` and the CAS number {cas} ({other}) are not one substance; the name counts; check them",
            )


def compare(before: Verdict, after: Verdict) -> Comparison:
    """Return what changes between two verdicts on one unit: outcome, duties that come and go, figures."""
    old, new = ({d.key: d for d in v.obligations if d.certain} for v in (before, after))
    paths = [p for p in after.derived if "[" not in p]
    changed = {p: (before.derived.get(p), after.derived[p]) for p in paths if before.derived.get(p) != after.derived[p]}
    return Comparison(
        before.outcome,
        after.outcome,
        tuple(d for key, d in new.items() if key not in old),
        tuple(d for key, d in old.items() if key not in new),
        changed,
    )
