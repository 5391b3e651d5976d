"""What a verdict was made from, as data from which it can be made again: digests, day, facts, and who was exempt."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from safety_rules.language.acceptance import Acceptance
from safety_rules.language.clock import is_time
from safety_rules.language.errors import ReceiptError
from safety_rules.language.kinds import Boolean, Choice, Choices, Date, Kind, Name, Number, Records, Text, Value
from safety_rules.language.record import Absence, Problem, Record
from safety_rules.language.source import standing_key
from safety_rules.language.verdict import WaiverResult
from safety_rules.language.vocabulary import Vocabulary
from safety_rules.semantics.admission.values import time
from safety_rules.semantics.verdict.decided import Decided
from safety_rules.version import VERSION
from safety_rules.words.said import refusal
from safety_rules.words.values import json_value

RECEIPT = "safety_rules.receipt/1"
MASKED = "masked"


def provenance(verdict: Decided) -> dict[str, Any]:
    """Return what is needed to replay a verdict, with a digest of what it was decided on."""
    on, record = verdict.on, verdict.record
    book, facts = on.rulebook, facts_of(record, on.rulebook.vocabulary)
    return {
        "library": VERSION,
        "engine": verdict.engine,
        "rulebook": book.digest,
        "overlay": book.overlay_digest,
        "overlay_changes": [
            {"overlay": c.overlay, "what": c.what, "key": c.key, "zh": c.detail.zh, "en": c.detail.en}
            for c in book.changes
        ],
        "require_standing": on.require.name,
        "confirmed": sorted(on.confirmed),
        "input": digest(facts),
        "facts": facts,
        "accepted": [_accepted(a, book.vocabulary) for a in record.accepted],
        "blanks": {path: why.value for path, why in sorted(record.blanks.items())},
    }


def came_to(verdict: Decided) -> dict[str, Any]:
    """Return what was decided, of whom, on which day, and what came out."""
    return {
        "area": verdict.on.area.key,
        "as_of": verdict.on.as_of.isoformat(),
        "subject": verdict.subject,
        "outcome": verdict.outcome,
        "at_best": verdict.at_best,
        "at_worst": verdict.at_worst,
    }


def receipt(verdict: Decided) -> dict[str, Any]:
    """Return what a verdict came to and what it was made from, without words: what a decision log keeps."""
    violated, undetermined, not_applicable = verdict.rules_by_status()
    return {
        "schema": RECEIPT,
        **came_to(verdict),
        "standing": standing_key(verdict.standing),
        "violated": {key: list(verdict.failed(key)) for key in violated},
        "undetermined": list(undetermined),
        "not_applicable": list(not_applicable),
        "waivers": [waiver(w) for w in verdict.waivers],
        "problems": [problem(p) for p in verdict.problems],
        "provenance": provenance(verdict),
    }


def problem(p: Problem) -> dict[str, str]:
    """Return what of the data could not be used."""
    message = p.message
    return {"code": p.code, "fact": p.path, "place": p.place, "given": p.given, "zh": message.zh, "en": message.en}


def waiver(w: WaiverResult) -> dict[str, str]:
    """Return what became of a waiver."""
    return {
        "rule": w.rule, "subject": w.subject, "result": w.result, "granted_by": w.granted_by,
        "reason": w.reason, "until": w.until,
    }  # fmt: skip


def _accepted(a: Acceptance, vocabulary: Vocabulary) -> dict[str, Any]:
    said = {"record": a.record, "fact": a.fact, "by": a.by, "why": a.why, "day": a.day.isoformat()}
    return {**said, "value": json_value(a.value, vocabulary.facts[a.fact].kind)}


def digest(data: Any) -> str:
    """Return the digest of plain data: equal for equal content."""
    return hashlib.sha256(canonical(data).encode("utf-8", "surrogatepass")).hexdigest()


def canonical(data: Any) -> str:
    """Return plain data as the one text of its content."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def facts_of(record: Record, vocabulary: Vocabulary) -> dict[str, Any]:
    """Return the admitted facts of a record as plain data, by key."""
    return {key: _data(value, key, vocabulary) for key, value in sorted(record.values.items())}


def _data(value: Value, key: str, vocabulary: Vocabulary) -> Any:
    kind = vocabulary.facts[key].kind
    if not isinstance(kind, Records):
        return json_value(value, kind)
    items = [item for item in value if isinstance(item, Mapping)] if isinstance(value, tuple) else []
    return [{field: _data(v, f"{key}.{field}", vocabulary) for field, v in item.items()} for item in items]


def record_of(facts: Mapping[str, Any], problems: Any, made_from: Mapping[str, Any], vocabulary: Vocabulary) -> Record:
    """Return the record that was written as plain data; raises ReceiptError where it is not as a receipt writes it."""
    values = {key: _value(data, key, vocabulary) for key, data in facts.items()}
    try:
        absent = {path: Absence(why) for path, why in made_from.get("blanks", {}).items()}
        named = tuple(Problem(p["code"], p["fact"], p["place"], Name(p["zh"], p["en"]), p["given"]) for p in problems)
        accepted = tuple(
            Acceptance(
                a["record"], a["fact"], Fraction(a["value"]), a["by"], a["why"], datetime.date.fromisoformat(a["day"])
            )
            for a in made_from.get("accepted", ())
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ReceiptError(refusal("receipt.part", part="problems, blanks, accepted")) from None
    return Record(values, named, accepted, absent)


def _value(data: Any, key: str, vocabulary: Vocabulary) -> Value:
    if key not in vocabulary.facts:
        raise ReceiptError(refusal("receipt.unknown-fact", fact=key[:60]))
    kind = vocabulary.facts[key].kind
    try:
        if isinstance(kind, Records):
            return tuple({f: _value(v, f"{key}.{f}", vocabulary) for f, v in item.items()} for item in data)
        return _plain_value(data, kind)
    except (ValueError, TypeError, AttributeError, ZeroDivisionError):
        raise ReceiptError(refusal("receipt.fact", fact=key)) from None


def _plain_value(data: Any, kind: Kind) -> Value:
    match kind:
        case Number() if isinstance(data, str):
            return time(data) if is_time(kind) and ":" in data else Fraction(data)
        case Date() if isinstance(data, str):
            return datetime.date.fromisoformat(data)
        case Choices() if isinstance(data, list) and all(isinstance(option, str) for option in data):
            return tuple(data)
        case Boolean() if isinstance(data, bool):
            return data
        case Text() | Choice() if isinstance(data, str):
            return data
        case _:
            raise ValueError(data)
