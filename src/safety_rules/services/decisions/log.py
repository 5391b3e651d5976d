"""The decision log: receipts in an append-only store, the rules that made them beside it, and each made again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from safety_rules.language.errors import ReceiptError, SafetyRulesError
from safety_rules.language.record import Record
from safety_rules.language.rule import Waiver
from safety_rules.language.rulebook import Rulebook
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.verdict.verdict import Verdict
from safety_rules.services.chaining.deciding import Joined
from safety_rules.services.chaining.verdict import ChainedVerdict
from safety_rules.services.dated_area import DatedArea, decided_by
from safety_rules.services.decisions.histories import again, joined_again, keep, kept_history
from safety_rules.services.decisions.masking import facts_named, masked
from safety_rules.services.decisions.packs import kept, pack
from safety_rules.services.replay import Replay, check, replayed
from safety_rules.services.store.store import Entry, Fault, Head, Kind, append, content, head, reading, writing
from safety_rules.services.store.verifying import fault, store_faults
from safety_rules.words.said import refusal

DECISIONS = Kind(0x53524C47, 1, "log", "decisions", "decide with `--log` first", wal=True, meant=False)
DECISION = "decision"
BATCH = 500
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Logged:
    """One decision of a log: its number, and its receipt."""

    number: int
    receipt: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReplayedDecision:
    """One decision of a log made again, or why it cannot be."""

    logged: Logged
    replay: Replay | None = None
    error: str = ""

    @property
    def same(self) -> bool:
        """Whether it came out the same, the whole of it: what rests on a history that is gone was not made again."""
        return self.replay is not None and self.replay.same and not self.partly

    @property
    def partly(self) -> bool:
        """Whether only what rests on the record alone could be made again."""
        return self.replay is not None and any(g.what == "history" for g in self.replay.gone)

    def __str__(self) -> str:
        return self.error if self.replay is None else str(self.replay)


@dataclass(slots=True, init=False)
class DecisionLog:
    """A log of decisions in a file: what was decided, on what, by which rules.

    What is appended is on the disk, or not there at all, when the call ends; several programs may append at once.
    Facts named in `mask` (in Chinese or English) are left out before an entry is chained, so that the chain verifies
    without them. The rules are kept by digest in the folder `FILE.packs`, and the histories that were joined.
    """

    path: Path
    mask: Sequence[str]
    _known: set[tuple[str, str]] = field(repr=False, compare=False)

    def __init__(self, path: str | Path, mask: Sequence[str] = ()) -> None:
        self.path, self.mask, self._known = Path(path), mask, set()

    def append(self, verdict: Verdict) -> Head:
        """Append one verdict; returns the head of the log, to be kept elsewhere."""
        return self.extend([verdict])

    def extend(self, verdicts: Iterable[Verdict]) -> Head:
        """Append verdicts, all or none; returns the head of the log. Raises LedgerError where it cannot be written."""
        entries = [self._entry(v) for v in verdicts]
        with writing(self.path, DECISIONS, create=True) as connection:
            return append(connection, entries)

    def logged(self, items: Iterable[T], verdict_of: Callable[[T], Verdict | None]) -> Iterator[T]:
        """Yield items, each after its verdict is in the log; an item without a verdict passes."""
        rest = iter(items)
        while batch := list(islice(rest, BATCH)):
            self.extend(v for v in map(verdict_of, batch) if v is not None)
            yield from batch

    def _entry(self, verdict: Verdict) -> Entry:
        book, receipt = verdict.on.rulebook, verdict.receipt()
        if (book.digest, book.overlay_digest) not in self._known:
            if self.path.absolute().parent.is_dir():
                kept(self.path, book)
            self._known.add((book.digest, book.overlay_digest))
        if self.mask:
            receipt = masked(receipt, facts_named(self.mask, book.vocabulary))
        if isinstance(verdict, ChainedVerdict) and verdict.at is not None:
            digest = receipt["chains"]["history"]
            if digest and (digest, "") not in self._known:
                keep(self.path, verdict.at.joined)
                self._known.add((digest, ""))
        return Entry(DECISION, receipt["subject"], receipt)

    def head(self) -> Head:
        """Return how many decisions there are, and the hash of the last."""
        with reading(self.path, DECISIONS) as connection:
            return head(connection)

    def __len__(self) -> int:
        return self.head().count

    def __iter__(self) -> Iterator[Logged]:
        """Yield each decision in its order; raises LedgerError at one that is damaged."""
        for number, body in self._bodies():
            yield Logged(number, content(str(number), body))

    def _bodies(self) -> Iterator[tuple[int, str]]:
        with reading(self.path, DECISIONS) as connection:
            yield from connection.execute("SELECT seq, body FROM entries ORDER BY seq")

    def verify(self, kept: Head | None = None) -> tuple[Head, tuple[Fault, ...]]:
        """Return the head that the entries really have, and every fault; `kept` is a head that was kept elsewhere."""
        return store_faults(self.path, DECISIONS, _strange, kept)

    def replay(self, rules: Rulebook | None = None) -> Iterator[ReplayedDecision]:
        """Yield each decision made again, by the rules kept beside the log, or by those given where these are gone."""
        books: dict[tuple[str, str], Rulebook | None] = {}
        made = _Made(self.path)
        for number, body in self._bodies():
            logged = Logged(number, {})
            try:
                logged = Logged(number, content(str(number), body))
                yield ReplayedDecision(logged, self._again(logged.receipt, rules, books, made))
            except SafetyRulesError as wrong:
                yield ReplayedDecision(logged, error=str(wrong))

    def _again(
        self,
        receipt: Mapping[str, Any],
        rules: Rulebook | None,
        books: dict[tuple[str, str], Rulebook | None],
        made: _Made,
    ) -> Replay:
        check(receipt)
        digests = str(receipt["provenance"].get("rulebook", "")), str(receipt["provenance"].get("overlay", ""))
        if digests not in books:
            same = rules is not None and (rules.digest, rules.overlay_digest) == digests
            books[digests] = rules if same else pack(self.path, *digests) or rules
        book = books[digests]
        if book is None:
            raise ReceiptError(refusal("receipt.rules", digest=digests[0][:12], folder=f"{self.path.name}.packs"))
        return replayed(receipt, book, lambda law, record, waivers: made.decide(receipt, law, record, waivers))


@dataclass(frozen=True, slots=True)
class _Made:
    """What is made once for the decisions of one law: compiled functions, and what follows from kept histories."""

    path: Path
    areas: dict[Any, DatedArea] = field(default_factory=dict)
    histories: dict[Any, Joined | None] = field(default_factory=dict)

    def decide(self, receipt: Mapping[str, Any], law: AreaOn, record: Record, waivers: Sequence[Waiver]) -> Verdict:
        """Return the verdict of a receipt again, with its history where that is at hand."""
        book = law.rulebook
        key = book.digest, book.overlay_digest, law.area.key, law.as_of, law.require, law.confirmed
        if key not in self.areas:
            self.areas[key] = decided_by(law)
        area, chains = self.areas[key], receipt.get("chains", {})
        digest = chains.get("history", "")
        if digest and (key, digest) not in self.histories:
            found = kept_history(self.path, str(digest), book.vocabulary)
            self.histories[key, digest] = None if found is None else joined_again(area, found)
        known = self.histories.get((key, digest))
        verdict = again(known, record, chains, waivers) if known is not None else None
        return area.decide(record, waivers) if verdict is None else verdict


def _strange(connection: sqlite3.Connection) -> Iterator[Fault]:
    """Yield each entry that is no decision."""
    for seq, kind in connection.execute("SELECT seq, kind FROM entries WHERE kind <> ? ORDER BY seq", (DECISION,)):
        yield fault(seq, "stray", kind=kind)
