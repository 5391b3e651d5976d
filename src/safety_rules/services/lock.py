"""The sound state of rules, a line for each thing that holds them: what is lost or widened against it is named.

A line is `kind key := what it says #digest`: people read what it says, the digest is of all of it. The cases of one
holder share a line, with a digest each, and so do the headings of a fact: their words stand in the files beside the
lock.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import get_args

from safety_rules.language.diagnostic import SourceText, Span
from safety_rules.language.expr import Expr
from safety_rules.language.kinds import Name
from safety_rules.language.rule import Case, Derivation, Obligation
from safety_rules.language.rulebook import Area, Rulebook
from safety_rules.semantics.canonical import canonical
from safety_rules.services.impact.leads import across, leads, period_says
from safety_rules.services.lint.texts import texts_in
from safety_rules.services.lint.waivers import LintWaiver
from safety_rules.words.catalog import both
from safety_rules.words.diagnostic import Diagnostic

NAME = "rules.lock"
HEAD = "# safety-rules lock 1: 规则的完好状态，一行一项；不要手改，用 `safety-rules lock --accept 理由` 更新"
ACCEPTED = "# accepted "
DIGEST = "# digest "
RULES = "# rules "
LINE = re.compile(r"(?P<kind>\S+) (?P<key>.*?) := (?P<says>.*) #(?P<digest>[0-9a-f ]+)")
LONGEST = 80
MOST_GONE = 8
EXPRESSIONS = get_args(Expr)
OF_ONE, OF_MANY = 8, 6  # digits of a digest: of a thing, of one among those of a line
WIDENING = frozenset(
    {"exemption", "silence", "waiver", "spelling", "row_spelling", "not-covered", "switched-off", "exception"}
)
GROUPED = frozenset({"cases", "headings", "sentences"})
NO_LOSS = frozenset({"exemption", "silence", "waiver", "not-covered", "choices", "switched-off", "exception"})
"""Whose coming makes rules hold less, and whose going takes nothing away."""

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Locked:
    """One thing of a lock: what people read, and the digest of all that it holds."""

    says: str
    digest: str


Lock = Mapping[Key, Locked]
Texts = Mapping[str, str]


def texts_beside(folder: Path) -> Texts:
    """Return the texts of law in a rules folder, by file."""
    return {f.name: f.read_text("utf-8", errors="replace") for f in texts_in(folder)}


def state(book: Rulebook, texts: Texts) -> str:
    """Return the digest of rules and the texts beside them."""
    return _digest((book.digest, *(f"{name} {text}" for name, text in texts.items()))) if texts else book.digest


def lock(book: Rulebook, folder: str = "", waivers: Iterable[LintWaiver] = (), texts: Texts | None = None) -> Lock:
    """Return the lock of a rulebook and the texts of law beside it.

    `folder` is what stands before the names of its files, `waivers` are those of lint.
    """
    made: dict[Key, Locked] = {}
    for kind, key, says, whole in _things(book, folder, waivers, texts):
        plain, short = " ".join(key.replace(":=", "=").split()), " ".join(says.split())
        unique, i = plain, 1
        while (kind, unique) in made:
            i += 1
            unique = f"{plain} ({i})"
        cut = short if len(short) <= LONGEST else short[: LONGEST - 1] + "…"
        digest = whole if kind in GROUPED else _short(f"{kind}\0{plain}\0{says}\0{whole}", OF_ONE)
        made[kind, unique] = Locked(cut, digest)
    return made


def beside(overlay: Path) -> tuple[Path, str]:
    """Return where the lock of an overlay stands, and what stands before the names of its files."""
    where = overlay if overlay.is_dir() else overlay.parent
    return (overlay / NAME if overlay.is_dir() else overlay.with_suffix(".lock")), f"{where.as_posix()}/"


def of_overlay(made: Lock, below: Lock, kept: Kept | None = None) -> Lock:
    """Return what a lock holds beyond that of the rules below an overlay: what it adds and changes.

    Beside it stands what `kept` asks for, as it is now: what the rules have come to say themselves is not lost.
    """
    found = {at: made[at] for at in (kept.things if kept is not None else ()) if at in made}
    for (kind, key), one in made.items():
        was = below.get((kind, key))
        if was is None or kind not in GROUPED:
            own = one if was is None or was.digest != one.digest else None
        else:
            left = [digest for digest in one.digest.split() if digest not in was.digest.split()]
            own = Locked(f"{len(left)}" if kind == "cases" else one.says, " ".join(left)) if left else None
        if own is not None:
            found.setdefault((kind, key), own)
    return found


def _short(text: str, digits: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:digits]


Thing = tuple[str, str, str, str]


def _things(book: Rulebook, folder: str, waivers: Iterable[LintWaiver], texts: Texts | None) -> Iterator[Thing]:
    for area in book.areas.values():
        frame = (area.subjects, area.default_on, area.grades, area.from_ledger, across(area), str(area.zone))
        yield "area", area.key, ", ".join(o.key for o in area.outcomes), repr(frame)
        yield from _of_area(area)
    for chain in book.chains:
        yield "rule", f"chain/{chain.key}", period_says(chain.in_force), chain.derives
        yield from _cases(f"chain/{chain.key}", chain.cases)
    headings, told = dict[str, list[str]](), dict[str, list[str]]()
    for lead in leads(book).values():
        if lead.kind in ("heading", "name"):
            headings.setdefault(lead.says, []).append(f"{lead.kind} {lead.key}")
        elif lead.kind == "sentence":
            told.setdefault(lead.key.partition(": ")[0], []).append(f"{lead.key} {lead.says}")
        elif lead.kind != "figure":  # here a line for each of its days
            yield lead.kind, lead.key, lead.says, ""
    for fact, words in headings.items():
        shown = " ".join(dict.fromkeys(w.split(" ", 1)[1].rpartition(": ")[2] for w in words))
        yield "headings", fact, shown, " ".join(_short(w, OF_MANY) for w in words)
    for of, said in told.items():
        yield (
            "sentences",
            of,
            said[0].removeprefix(f"{of}: ").partition(" ")[2],
            " ".join(_short(s, OF_MANY) for s in said),
        )
    for change in book.changes:
        kind = {"switch_off": "switched-off", "exception": "exception"}.get(change.what, "overlay")
        yield kind, f"{change.overlay}: {change.key}", change.detail.zh, ""
    for name, text in (texts or {}).items():
        yield "text", name, f"{len(text)}", text
    for parameter in book.parameters.values():
        for entry in parameter.entries:
            yield "figure", f"{parameter.key} {period_says(entry.period)}", str(entry.value), ""
    for left in book.not_covered:
        yield (
            "not-covered",
            left.key,
            f"{', '.join(left.areas)} {period_says(left.period)}",
            " ".join((left.what.zh, *left.rules)),
        )
    for silence in book.silences:
        file = silence.file.removeprefix(folder)
        yield "silence", f"{file}: {silence.code} {silence.of}", silence.reason, ""
    for waiver in waivers:
        yield "waiver", f"{waiver.code} {waiver.of}", f"{waiver.reason} ..{waiver.until}", repr(waiver)


def _of_area(area: Area) -> Iterator[Thing]:
    for rule in area.rules:
        asks = (rule.otherwise.outcome or "advice") + (", veto" if rule.otherwise.veto else "")
        yield "rule", f"{area.key}/{rule.key}", f"{asks} {period_says(rule.in_force)}", ""
        yield from _cases(f"{area.key}/{rule.key}", rule.cases)
    holders: tuple[Derivation | Obligation, ...] = (*area.derivations, *area.obligations)
    for holder in holders:
        yield "rule", f"{area.key}/{holder.key}", period_says(holder.in_force), ""
        yield from _cases(f"{area.key}/{holder.key}", holder.cases)
    for rows in area.across_rows:
        yield from _cases(f"{area.key}/{rows.key}", rows.cases)
    yield from _cases(area.key, area.cases)
    for one in area.invariants:
        yield "invariant", f"{area.key}/{one.key}", one.sentence.zh, _asked(one.claim, one.when, one.period)
    for left in area.exemptions:
        yield "exemption", f"{area.key}: {left.question} {', '.join(left.of)}", left.reason.zh, _asked(left.where)


def _asked(*parts: object) -> str:
    """Return all of claims and conditions as they are understood, so that a word of an option that moves is told at the word."""
    return repr([canonical(p) if isinstance(p, EXPRESSIONS) else _claimed(p) for p in parts])


def _claimed(part: object) -> object:
    if not is_dataclass(part) or isinstance(part, type):
        return part
    return (type(part).__name__, *(_asked(getattr(part, f.name)) for f in fields(part)))


def _cases(of: str, cases: Sequence[Case]) -> Iterator[Thing]:
    if cases:
        whole = (WRITTEN([c.title, c.expect, str(c.on), c.given]) for c in cases)
        yield "cases", of, f"{len(cases)}", " ".join(_short(w, OF_MANY) for w in whole)


WRITTEN = json.JSONEncoder(ensure_ascii=False, default=str, sort_keys=True).encode


def lock_text(made: Lock, rules: str, accepted: Iterable[str] = ()) -> str:
    """Return a lock as its file holds it: what was accepted so far, and of which rules, by their digest, it is the lock."""
    things = [f"{kind} {key} := {one.says} #{one.digest}" for (kind, key), one in sorted(made.items())]
    lines = [f"{RULES}{rules}", *things]
    told = [f"{ACCEPTED}{a}" for a in accepted]
    return "\n".join([HEAD, *told, f"{DIGEST}{_digest(lines)}", *lines]) + "\n"


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Kept:
    """A lock as it was read: its things with their places, what was accepted, and whether it is as it was written.

    Of rules with the digest `rules` it holds all: nothing of them can be lost, and they need not be looked at.
    """

    things: Mapping[Key, tuple[Locked, Span]]
    accepted: tuple[str, ...]
    whole: bool
    start: Span
    rules: str = ""


def kept_lock(path: Path) -> Kept | None:
    """Return the lock that stands in a file; None where there is none."""
    if not path.is_file():
        return None
    source = SourceText(path.as_posix(), path.read_text("utf-8").replace("\r\n", "\n"))
    things: dict[Key, tuple[Locked, Span]] = {}
    accepted, digest, rules, lines, at = [], "", "", [], 0
    for line in source.text.split("\n"):
        found = LINE.fullmatch(line)
        if found is not None:
            span = Span(source, at, at + len(line))
            things[found["kind"], found["key"]] = Locked(found["says"], found["digest"]), span
        if line.startswith(ACCEPTED):
            accepted.append(line.removeprefix(ACCEPTED))
        elif line.startswith(DIGEST):
            digest = line.removeprefix(DIGEST)
        elif line.startswith(RULES):
            rules = line.removeprefix(RULES)
            lines.append(line)
        elif line and not line.startswith("#"):
            lines.append(line)
        at += len(line) + 1
    start = Span(source, 0, len(source.text.split("\n")[0]))
    return Kept(things, tuple(accepted), digest == _digest(lines), start, rules)


def holds_all(kept: Kept, book: Rulebook, texts: Texts) -> bool:
    """Return whether a lock, as it was written, is of exactly these rules and texts."""
    return kept.whole and kept.rules == state(book, texts) and not book.overlay_digest


def against(kept: Kept, made: Lock, with_waivers: bool = True) -> Iterator[Diagnostic]:
    """Yield what was lost, altered or widened since a lock was written; what came beside it is no loss."""
    if not kept.whole:
        yield Diagnostic.of("lock-edited", kept.start)
    for (kind, key), (was, at) in kept.things.items():
        now = made.get((kind, key))
        slots = {"kind": _kind(kind), "key": key, "was": was.says}
        if kind == "waiver" and not with_waivers:
            continue
        if now is None and kind not in NO_LOSS:
            yield Diagnostic.of("lock-lost", at, **slots)
        elif now is not None and kind in GROUPED:
            gone = _gone(was.digest, now.digest)
            if gone:
                yield Diagnostic.of("lock-lost.some", at, **slots, now=now.says, which=gone)
        elif now is not None and now.digest != was.digest:
            same = now.says == was.says
            yield Diagnostic.of("lock-altered.beneath" if same else "lock-altered", at, now=now.says, **slots)
    for (kind, key), one in made.items():
        if kind in WIDENING and (kind, key) not in kept.things:
            yield Diagnostic.of("lock-widened", kept.start, kind=_kind(kind), key=key, now=one.says)


def _gone(was: str, now: str) -> str:
    """Return which of the things of a line are gone or altered, by their place in it; nothing where all are there."""
    there = set(now.split())
    gone = [str(i) for i, digest in enumerate(was.split(), 1) if digest not in there]
    if not gone:
        return ""
    shown = "、".join(gone[:MOST_GONE])
    return shown if len(gone) <= MOST_GONE else f"{shown} …"


def _kind(kind: str) -> Name:
    return both(f"item.{kind.replace('-', '_')}")
