"""A screened ledger as one HTML page: an overview, the table to search, and each row's reasons to unfold.

The page stands alone: no font, script or style comes from elsewhere. Every sentence is said here, in both languages,
from `words/`; its script only filters, pages and switches.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safety_rules.formats.columns import first_reason, result_cells, result_headings
from safety_rules.formats.marks import marks
from safety_rules.formats.result import ScreenedRow, Screening, outcome_names, rule_names
from safety_rules.formats.safe import printable, replacing
from safety_rules.language.kinds import Name
from safety_rules.semantics.verdict.verdict import Verdict
from safety_rules.version import VERSION
from safety_rules.words.catalog import both, texts

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).parent / "page"
LANGUAGES = ("zh", "en")
LARGEST = 15_000_000  # characters of the rows' texts; a page beyond it opens too slowly
SHOWN_BARS = 10
SHOWN_NOTICES = 200
PRINTED = 2_000
STEPS = (Fraction(1, 20), Fraction(1, 10), Fraction(1, 4))


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a chart: what it counts, how many, its share of the longest, and what it filters by."""

    name: Name
    count: int
    share: float
    outcome: str = ""
    rule: int | None = None


@dataclass(frozen=True, slots=True)
class Distance:
    """How far rows fall short of one rule's figures: how many by share, and the nearest."""

    name: Name
    rule: int
    counts: tuple[int, ...]
    nearest: Name


@dataclass(slots=True)
class Gaps:
    """How far the rows fall short of one rule's figures: rows by share of the figure, and the least share."""

    counts: Counter[int] = field(default_factory=Counter)
    least: Fraction | None = None


@dataclass(slots=True)
class _Rows:
    """The rows of the page while they are read, their texts each kept once."""

    screening: Screening
    languages: tuple[str, ...] = LANGUAGES
    pool: dict[tuple[str, ...], int] = field(default_factory=dict)
    rows: list[list[Any]] = field(default_factory=list)
    size: int = 0
    kept: int | None = None
    gaps: dict[str, Gaps] = field(default_factory=dict)

    def add(self, row: ScreenedRow, outcomes: Sequence[str], rules: Mapping[str, int]) -> None:
        """Add a row: number, subject, outcome, rules violated, first reason, then the texts to unfold."""
        verdict = row.verdict
        subject = (verdict.subject or "") if verdict is not None else ""
        failed = sorted(rules[k] for k in verdict.violated()) if verdict is not None else []
        own: list[Any] = [row.row.number, printable(subject), outcomes.index(row.outcome), failed]
        own.append(self._text([first_reason(row, at) for at in self.languages]))
        if self.kept is None:
            cells = zip(*(result_cells(row, at, self.screening.with_history) for at in self.languages), strict=True)
            own += [self._text(pair) for pair in cells]
            if self.size > LARGEST:
                self.kept = len(self.rows) + 1
        self.rows.append(own)
        if verdict is not None:
            self._measure(verdict)

    def _text(self, said: Iterable[str]) -> int:
        pair = tuple(map(printable, said))
        if pair not in self.pool:
            self.pool[pair] = len(self.pool)
            self.size += sum(len(t.encode()) for t in pair)
        return self.pool[pair]

    def _measure(self, verdict: Verdict) -> None:
        """Count the least share by which one change of a failed clause falls short."""
        for clause in verdict.clause_gaps:
            shares = [abs(Fraction(g.change) / Fraction(g.to)) for g in clause.gaps if g.to]
            if not shares:
                continue
            found, least = self.gaps.setdefault(clause.rule, Gaps()), min(shares)
            found.counts[bisect_right(STEPS, least)] += 1
            found.least = least if found.least is None else min(found.least, least)


def write_page(screening: Screening, rows: Iterable[ScreenedRow], path: Path, language: str) -> None:
    """Write the page; it opens in `language`, and shows the other at a switch unless it would be too large."""
    outcomes, rules = list(outcome_names(screening.on)), {k: i for i, k in enumerate(rule_names(screening.on))}
    read = _Rows(screening)
    for row in rows:
        if row.outcome:
            read.add(row, outcomes, rules)
    with replacing(path, screening.ledger.path) as temporary:
        temporary.write_text(_page(screening, read, language), encoding="utf-8")


def _page(screening: Screening, read: _Rows, language: str) -> str:
    on, names = screening.on, outcome_names(screening.on)
    looks = marks([o.key for o in on.area.outcomes])
    return environment().get_template("page.html").render(
        language=language,
        title=both("result_page.title", area=on.area.title),
        about=both("result_page.about", day=on.as_of.isoformat(), ledger=f"{screening.ledger.path.name} {screening.ledger.name}"),
        answer=_answer(screening, names),
        outcomes=[(key, name, looks[key], screening.summary.outcomes[key]) for key, name in names.items()],
        own=[o.key for o in on.area.outcomes],
        total=screening.summary.rows,
        charts=_charts(screening, read),
        distances=_distances(read, rule_names(on)),
        notices=screening.notices[:SHOWN_NOTICES],
        more=len(screening.notices) - SHOWN_NOTICES,
        problems=screening.summary.problems,
        rules=list(rule_names(on).values()),
        data=_data(screening, read, looks, names),
        digest=on.rulebook.digest[:16],
        version=VERSION,
        kept=read.kept,
        megabytes=LARGEST // 1_000_000,
        printed=PRINTED,
        style=(FOLDER / "page.css").read_text("utf-8"),
        script=(FOLDER / "page.js").read_text("utf-8"),
    )  # fmt: skip


def _answer(screening: Screening, names: Mapping[str, Name]) -> Name:
    """Return the answer in one sentence; its parts add up to the whole."""
    found = screening.summary.outcomes
    if not screening.summary.rows:
        return both("result_page.nothing")
    parts = [both("result_page.part", outcome=name, count=found[key]) for key, name in names.items() if found[key]]
    joined = Name(*(both("result_page.joint").in_(at).join(p.in_(at) for p in parts) for at in LANGUAGES))
    return both("result_page.answer", count=screening.summary.rows, parts=joined)


def _charts(screening: Screening, read: _Rows) -> list[tuple[str, list[Bar]]]:
    summary, titles = screening.summary, rule_names(screening.on)
    order = {key: i for i, key in enumerate(titles)}
    advice = {r.key for r in screening.on.rules if r.otherwise.outcome is None}  # refuses nothing: after what does
    counted = sorted(summary.violated.items(), key=lambda item: (item[0] in advice, -item[1]))[:SHOWN_BARS]
    violated = [(titles[k], n, order[k]) for k, n in counted]
    missing = [(summary.names[r], n, None) for r, n in summary.missing.most_common(SHOWN_BARS)]
    return [("result_page.violated", _bars(violated)), ("result_page.missing", _bars(missing))]


def _bars(counted: Sequence[tuple[Name, int, int | None]]) -> list[Bar]:
    most = max((n for _, n, _ in counted), default=1)
    return [Bar(name, n, 100 * n / most, rule=rule) for name, n, rule in counted]


def _distances(read: _Rows, titles: Mapping[str, Name]) -> list[Distance]:
    """Return how far rows fall short, a line for each rule with figures, the most often missed first."""
    often = sorted(read.gaps.items(), key=lambda item: -sum(item[1].counts.values()))[:SHOWN_BARS]
    order = {key: i for i, key in enumerate(titles)}
    return [
        Distance(titles[key], order[key], tuple(found.counts[step] for step in range(len(STEPS) + 1)), _least(found))
        for key, found in often
    ]


def _least(found: Gaps) -> Name:
    """Return how far the nearest row is from the figure, in percent, rounded up so that it is never called none."""
    share = -((-1000 * (found.least or 0)) // 1)
    return both("result_page.closest", least=f"{share // 10}.{share % 10}")


def _data(screening: Screening, read: _Rows, looks: Mapping[str, Any], names: Mapping[str, Name]) -> str:
    """Return the rows as JSON that cannot end the element which holds it."""
    said_once = [p[0] if len(set(p)) == 1 else p for p in read.pool]
    heads = list(zip(*(result_headings(at, screening.with_history) for at in LANGUAGES), strict=True))
    outcomes = [{"key": k, "sign": looks[k].sign, "name": [n.zh, n.en]} for k, n in names.items()]
    plain = {"heads": heads, "outcomes": outcomes, "texts": said_once, "rows": read.rows, "printed": PRINTED}
    said = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    return said.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


@cache
def environment() -> Environment:
    """Return the templates of pages: everything that they are given is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                       lstrip_blocks=True)  # fmt: skip
    made.globals["said"] = both
    made.globals["texts"] = texts
    return made
