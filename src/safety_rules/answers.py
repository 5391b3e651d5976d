"""What a program over a wire is answered: the same data by HTTP and to an assistant, made by the engine alone."""

from __future__ import annotations

import datetime
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from safety_rules.language.errors import NotFoundError, SafetyRulesError
from safety_rules.language.vocabulary import Fact, Vocabulary
from safety_rules.semantics.verdict.receipt import came_to
from safety_rules.semantics.verdict.serial_findings import name
from safety_rules.version import VERSION
from safety_rules.words.catalog import CHINESE
from safety_rules.words.near import did_you_mean

if TYPE_CHECKING:
    from safety_rules.face import AreaRules, LiveRules, Rules
    from safety_rules.semantics.verdict.verdict import Verdict
    from safety_rules.services.dated_area import DatedArea

DETAILS = ("verdict", "receipt", "outcome")
SCHEMAS = ("record", "verdict")


class TooSlowError(SafetyRulesError):
    """What was asked for was not done in its time; nothing of it is answered."""


def areas(rules: Rules) -> list[dict[str, Any]]:
    """Return the areas: key, title, outcomes from the best to the worst."""
    return [
        {
            "area": key,
            "title": name(area.title),
            "outcomes": [{"key": o.key, "name": name(o.name)} for o in area.outcomes],
        }
        for key, area in rules.rulebook.areas.items()
    ]


def schema(rules: Rules, area: str, of: str = "record") -> dict[str, Any]:
    """Return the JSON Schema of an area's records or verdicts."""
    if of not in SCHEMAS:
        raise NotFoundError(f"`{of}` is not a schema; {did_you_mean(of, SCHEMAS)}")
    found = rules.area(area)
    return found.json_schema() if of == "record" else found.verdict_model().model_json_schema()


def dated(rules: Rules, area: str, day: str | None = None, standing: str | None = None) -> DatedArea:
    """Return an area's law on a day; today is that of the area's own zone, wherever the machine stands."""
    found = rules.area(area)
    return found.on(day or datetime.datetime.now(found.area.zone).date(), standing or "assumed")


def decided(area: DatedArea, records: Sequence[Any], until: float | None = None) -> list[Verdict]:
    """Return the verdict of each record; raises TooSlowError past `until`."""
    verdicts: list[Verdict] = []
    for verdict in area.decide_many(records):
        if until is not None and time.monotonic() > until:
            raise TooSlowError(f"not done in time: {len(verdicts)} of {len(records)} records")
        verdicts.append(verdict)
    return verdicts


def detailed(verdict: Verdict, detail: str = "verdict") -> dict[str, Any]:
    """Return a verdict as data: whole, as a receipt that can be replayed, or its outcome with the rules behind it."""
    if detail not in DETAILS:
        raise NotFoundError(f"`{detail}` is not a detail; {did_you_mean(detail, DETAILS)}")
    if detail == "verdict":
        return verdict.to_dict()
    if detail == "receipt":
        return verdict.receipt()
    return {
        **came_to(verdict),
        "violated": list(verdict.violated()),
        "undetermined": list(verdict.rules_by_status()[1]),
        "problems": len(verdict.problems),
        "rulebook": verdict.on.rulebook.digest,
        "overlay": verdict.on.rulebook.overlay_digest,
    }


def explained(verdict: Verdict, language: str, chosen: Sequence[str] = ()) -> dict[str, Any]:
    """Return why a verdict is what it is: what decides in three lines, the tree, and the receipt."""
    return {
        "brief": list(verdict.brief(language)),
        "text": verdict.explain(language, chosen),
        "receipt": verdict.receipt(),
    }


def law(rules: Rules, day: str | None = None, area: str | None = None) -> dict[str, Any]:
    """Return the legal calendar of a day as data."""
    from safety_rules.formats.law_out import law_data
    from safety_rules.language.zones import DEFAULT_ZONE

    if area is not None:
        rules.area(area)
    return law_data(rules.law(day or datetime.datetime.now(DEFAULT_ZONE).date(), area))


def health(live: LiveRules) -> dict[str, Any]:
    """Return which rules decide; `stale` where the folder holds an error and the last good rules stay."""
    book = live.rules.rulebook
    return {
        "status": "stale" if live.error else "ok",
        "version": VERSION,
        "rulebook": book.digest,
        "overlay": book.overlay_digest,
        "areas": list(book.areas),
        "error": live.error,
        "diagnostics": [d.line() for d in live.diagnostics],
    }


def example(area: AreaRules, language: str) -> dict[str, Any]:
    """Return the record of an area's first case, its names in Chinese or English; empty where there is no case."""
    vocabulary = area.rulebook.vocabulary
    if not area.area.cases:
        return {}
    found: dict[str, Any] = {}
    for key, value in area.area.cases[0].given.items():
        subject, _, rest = key.partition(".")
        at = vocabulary.subjects[subject]
        outer, inner = (at.zh_key, _last(vocabulary.facts[key])) if language == CHINESE else (subject, rest)
        found.setdefault(outer, {})[inner] = _plain(value, key, vocabulary, language)
    return found


def _plain(value: Any, key: str, vocabulary: Vocabulary, language: str) -> Any:
    if isinstance(value, Mapping):
        return {
            _field(str(k), key, vocabulary, language): _plain(v, key, vocabulary, language) for k, v in value.items()
        }
    if isinstance(value, list | tuple):
        return [_plain(v, key, vocabulary, language) for v in value]
    return value if isinstance(value, str | int | bool) or value is None else str(value)


def _field(given: str, key: str, vocabulary: Vocabulary, language: str) -> str:
    field = next((f for f in vocabulary.fields(key) if given in (_last(f), f.field)), None)
    if field is None:
        return given
    return _last(field) if language == CHINESE else field.field


def _last(fact: Fact) -> str:
    return fact.zh_key.rpartition(".")[2]
