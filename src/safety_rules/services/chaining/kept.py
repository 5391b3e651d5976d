"""A history that was joined, as plain data with a digest: what a log keeps beside it, and joins again from there."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from safety_rules.language.errors import ReceiptError
from safety_rules.language.record import Record
from safety_rules.language.vocabulary import Vocabulary
from safety_rules.semantics.verdict.receipt import canonical, digest, facts_of, record_of
from safety_rules.services.chaining.filling import ADDED
from safety_rules.services.chaining.history import Entry, History
from safety_rules.words.said import refusal

SCHEMA = "safety_rules.history/1"
IDENTITY = ("project.id", "enterprise.name", "enterprise.credit_code")
"""What of the other records counts: one may name an enterprise for another."""


@dataclass(frozen=True)
class JoinedHistory:
    """A history as it was read, and who the records are that it was joined with."""

    history: History
    records: Sequence[Record]
    vocabulary: Vocabulary

    @cached_property
    def data(self) -> dict[str, Any]:
        """The history and whose the records are, as plain data."""
        return {
            "schema": SCHEMA,
            "entries": {relation: self._entries(relation) for relation in self.history.entries},
            "enterprises": [list(pair) for pair in self.history.enterprises],
            "records": [
                facts_of(Record({k: r.values[k] for k in IDENTITY if k in r.values}), self.vocabulary)
                for r in self.records
            ],
        }

    @cached_property
    def digest(self) -> str:
        """The digest of its content."""
        return digest(self.data)

    def text(self) -> str:
        """Return its content as the one text from which it is read again."""
        return canonical(self.data)

    def _entries(self, relation: str) -> list[dict[str, Any]]:
        found = self.history.entries[relation]
        values = facts_of(Record({relation: tuple(e.values for e in found)}), self.vocabulary)[relation]
        return [
            {"values": v, "code": e.code, "name": e.name, "place": e.place} for v, e in zip(values, found, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class JoinedAt:
    """Where a record stands among those that were joined with a history, and what it said itself of such lists."""

    joined: JoinedHistory
    row: int
    own: Record

    def receipt(self) -> dict[str, Any]:
        """Return what a receipt needs to join the record again."""
        own = Record({k: self.own.values[k] for k in ADDED if k in self.own.values})
        return {"history": self.joined.digest, "row": self.row, "own": facts_of(own, self.joined.vocabulary)}


def joined_history(text: str, vocabulary: Vocabulary) -> JoinedHistory:
    """Return a history from its text; raises ReceiptError where it is none that this version and these rules know."""
    try:
        data = json.loads(text)
        if data["schema"] != SCHEMA:
            raise ValueError(data["schema"])
        entries = {relation: _read(relation, items, vocabulary) for relation, items in data["entries"].items()}
        enterprises = tuple((str(name), str(code)) for name, code in data["enterprises"])
        records = [record_of(facts, (), {}, vocabulary) for facts in data["records"]]
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ReceiptError(refusal("receipt.part", part="history")) from None
    return JoinedHistory(History(entries, enterprises, ()), records, vocabulary)


def _read(relation: str, items: Sequence[Mapping[str, Any]], vocabulary: Vocabulary) -> tuple[Entry, ...]:
    values: Any = record_of({relation: [i["values"] for i in items]}, (), {}, vocabulary).values[relation]
    return tuple(Entry(v, i["code"], i["name"], i["place"]) for v, i in zip(values, items, strict=True))
