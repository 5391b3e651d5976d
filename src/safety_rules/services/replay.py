"""A verdict made again from its receipt: the same, or what differs, and which input is gone."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from safety_rules.language.errors import ReceiptError
from safety_rules.language.record import Record
from safety_rules.language.rule import Waiver
from safety_rules.language.rulebook import Rulebook
from safety_rules.language.source import Standing
from safety_rules.loading.folders import PathLike, rulebook_of
from safety_rules.semantics.decide import AreaOn, area_on
from safety_rules.semantics.verdict.receipt import MASKED, RECEIPT, digest, record_of
from safety_rules.semantics.verdict.serial import SCHEMA
from safety_rules.semantics.verdict.verdict import Verdict, decide
from safety_rules.version import VERSION
from safety_rules.words.said import refusal

WRITTEN = re.compile(r"safety_rules\.(verdict|receipt)/(\d+)")
KNOWN = {"verdict": SCHEMA, "receipt": RECEIPT}
CERTAIN = ("area", "as_of", "subject", "outcome", "at_best", "at_worst")
KEYS = ("rule", "clause", "fact", "name", "of", "source")  # what tells the items of a list apart
ROUTE = (
    "provenance.library",
    "provenance.engine",
    "provenance.overlay_changes",
    "chains.engine",
)  # how, and what a digest says
By = Callable[[AreaOn, Record, Sequence[Waiver]], Verdict]
"""What decides a record again: the definition for one, compiled functions and kept histories for the many of a log."""
HIDDEN = {MASKED: True}
OF_HISTORY = ("outcome", "definite", "at_best", "at_worst", "standing", "headline", "needs", "chains", "assumptions")
OF_LEDGER = ("needs", "chains")  # in whose terms: the joined records themselves are facts of the record
LEDGER = "ledger"


@dataclass(frozen=True, slots=True)
class Gone:
    """An input of a verdict that is not at hand as it was: what, and its digest or name then and now."""

    what: str
    then: str
    now: str = ""

    def __str__(self) -> str:
        return f"{self.what}: {self.then[:16] or '-'} then, {self.now[:16] or 'gone'} now"


@dataclass(frozen=True, slots=True)
class Difference:
    """One place at which a verdict made again is another."""

    path: str
    then: Any
    now: Any

    def __str__(self) -> str:
        return f"{self.path}: {str(self.then)[:60]} then, {str(self.now)[:60]} now"


@dataclass(frozen=True, slots=True)
class Replay:
    """A verdict made again, every place at which it differs, and every input that is not as it was."""

    verdict: Verdict
    differences: tuple[Difference, ...] = ()
    gone: tuple[Gone, ...] = field(default=())

    @property
    def same(self) -> bool:
        """Whether it came out the same, to the last word."""
        return not self.differences

    def __str__(self) -> str:
        return "\n".join(map(str, [*self.gone, *self.differences])) or "the same"


def replay(
    receipt: Mapping[str, Any], rules: PathLike | None = None, overlay: PathLike | Sequence[PathLike] = ()
) -> Replay:
    """Return a verdict made again from `verdict.to_dict()` or `verdict.receipt()`, read back from JSON or not.

    Rules and overlays are those named, the built-in ones by default; where they are not those of the receipt, that
    is said, and what they say now is compared all the same. Raises ReceiptError where it is no receipt, or of a
    newer schema.
    """
    check(receipt)
    return replayed(receipt, rulebook_of(rules, overlay), decide)


def check(receipt: Mapping[str, Any]) -> None:
    """Raise ReceiptError where data is no receipt, or of a schema that this version does not know."""
    parts = ("area", "as_of", "provenance")
    schema: Any = receipt.get("schema") if hasattr(receipt, "get") else None
    written = WRITTEN.fullmatch(str(schema))
    if written is None or not all(part in receipt for part in parts):
        raise ReceiptError(refusal("receipt.none"))
    known = KNOWN[written[1]]
    if int(written[2]) > int(known.rpartition("/")[2]):
        certain = {k: str(receipt[k]) for k in CERTAIN if isinstance(receipt.get(k), str)}
        said = ", ".join(f"{k} {v}" for k, v in certain.items())
        raise ReceiptError(refusal("receipt.newer", schema=written[0], known=known, certain=said), certain)
    if not isinstance(receipt["provenance"], Mapping) or not isinstance(receipt["provenance"].get("facts"), Mapping):
        raise ReceiptError(refusal("receipt.part", part="provenance"))


def replayed(receipt: Mapping[str, Any], book: Rulebook, by: By) -> Replay:
    """Return what rules say of the record of a receipt, beside what the receipt says."""
    made_from = receipt["provenance"]
    law = _law(receipt, book)
    facts, hidden = _unmasked(made_from["facts"])
    gone = [*_gone(receipt, book), *(Gone("fact", key, MASKED) for key in hidden)]
    chains = _chains(receipt)
    record = record_of(facts, receipt.get("problems", ()), made_from, book.vocabulary)
    verdict = by(law, record, _waivers(receipt))
    full = str(receipt["schema"]).startswith("safety_rules.verdict/")
    now: Mapping[str, Any] = verdict.to_dict() if full else verdict.receipt()
    older = receipt["schema"] not in (SCHEMA, RECEIPT)
    then = receipt if not hidden else {**receipt, "provenance": {**made_from, "facts": facts, "input": digest(facts)}}
    apart = list(_differences(_plain(then), _plain(now), "", older))
    if chains and "chains" not in now:
        if chains.get("engine") != LEDGER:
            gone.append(Gone("history", str(chains.get("history") or chains.get("engine", ""))))
            apart = [d for d in apart if d.path.partition(".")[0] not in OF_HISTORY]
        else:
            apart = [d for d in apart if d.path.partition(".")[0] not in OF_LEDGER]
            if chains.get("effects"):
                apart.append(Difference("chains.effects", chains["effects"], []))
    return Replay(verdict, tuple(apart), tuple(gone))


def _gone(receipt: Mapping[str, Any], book: Rulebook) -> Iterator[Gone]:
    made_from = receipt["provenance"]
    for what, now in (("rulebook", book.digest), ("overlay", book.overlay_digest), ("library", VERSION)):
        then = str(made_from.get(what, ""))
        if then != now:
            yield Gone(what, then, now)
    if "input" in made_from and made_from["input"] != digest(made_from["facts"]):
        yield Gone("input", str(made_from["input"]), digest(made_from["facts"]))


def _chains(receipt: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a receipt says of a history; empty where it had none."""
    chains = receipt.get("chains", {})
    if not isinstance(chains, Mapping):
        raise ReceiptError(refusal("receipt.part", part="chains"))
    return chains


def _unmasked(facts: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the facts that a receipt tells, and the names of those that a log has left out."""
    told, hidden = {}, []
    for key, value in facts.items():
        if value == HIDDEN:
            hidden.append(key)
        elif isinstance(value, list) and all(isinstance(i, Mapping) for i in value):
            parts = [_unmasked(item) for item in value]
            told[key] = [item for item, _ in parts]
            hidden += dict.fromkeys(f"{key}.{field}" for _, fields in parts for field in fields)
        else:
            told[key] = value
    return told, hidden


def _law(receipt: Mapping[str, Any], book: Rulebook) -> AreaOn:
    made_from = receipt["provenance"]
    try:
        key, day = str(receipt["area"]), datetime.date.fromisoformat(receipt["as_of"])
        require = Standing[made_from.get("require_standing", "assumed")]
        confirmed = frozenset(map(str, made_from.get("confirmed", ())))
    except (KeyError, TypeError, ValueError):
        raise ReceiptError(refusal("receipt.part", part="as_of, require_standing, confirmed")) from None
    return replace(area_on(book, key, day, require), confirmed=confirmed)


def _waivers(receipt: Mapping[str, Any]) -> tuple[Waiver, ...]:
    try:
        return tuple(
            Waiver(
                w["rule"], w["subject"], w["granted_by"], w.get("reason", ""), datetime.date.fromisoformat(w["until"])
            )
            for w in receipt.get("waivers", ())
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ReceiptError(refusal("receipt.part", part="waivers")) from None


def _plain(data: Any) -> Any:
    """Return data with its lists keyed by what their items are about, so that a new order is no difference of everything."""
    if isinstance(data, Mapping):
        return {str(k): _plain(v) for k, v in data.items()}
    if isinstance(data, list | tuple):
        keys = ["·".join(str(i[k]) for k in KEYS if k in i) if isinstance(i, Mapping) else "" for i in data]
        if keys and all(keys) and len(set(keys)) == len(keys):
            return {k: _plain(i) for k, i in zip(keys, data, strict=True)}
        return [_plain(i) for i in data]
    return data


def _differences(then: Any, now: Any, path: str, older: bool) -> Iterator[Difference]:
    """Yield each place that differs; an older schema is not asked for what it did not have."""
    if path in (*ROUTE, "schema"):
        return
    if isinstance(then, dict) and isinstance(now, dict):
        for key in then if older else dict.fromkeys([*then, *now]):
            at = f"{path}.{key}" if path else key
            yield from _differences(then.get(key), now.get(key), at, older)
    elif then != now:
        yield Difference(path, then, now)
