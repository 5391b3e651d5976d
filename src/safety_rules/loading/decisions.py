"""Decision tables as derivations, once their rows are known to leave no gap and to go together.

A row tests each fact by itself, so it is a box. A fact's values fall into as many kinds as the tests tell apart;
over these the rows are compared exactly, and what is wrong is shown by the facts on which it is.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from safety_rules.language.clock import is_time, time_text
from safety_rules.language.diagnostic import SourceText, Span
from safety_rules.language.kinds import Boolean, Choice, Name, Number, Value
from safety_rules.language.vocabulary import Fact, Vocabulary
from safety_rules.loading.models_base import POLICIES
from safety_rules.loading.models_decisions import DecisionFile, RowFile
from safety_rules.loading.models_facts import FactFile, OptionFile, VocabularyFile
from safety_rules.loading.models_rules import DeriveFile
from safety_rules.loading.report import Report
from safety_rules.loading.tables import cell_at, csv_lines, line_starts, shown_beside
from safety_rules.loading.tree import Scalar, made
from safety_rules.semantics.admission.unusable import Unusable
from safety_rules.semantics.admission.values import value_of
from safety_rules.words.near import suggestion
from safety_rules.words.said import said
from safety_rules.words.values import amount, decimal

Rows = dict[Scalar, RowFile]
OWN = ("row", "zh", "en", "gives")
TEST = re.compile(r"(<=|>=|<|>)?\s*([^<>=\s]+(?:\s+[^<>=\s\d][^<>=\s]*)?)\s*")
SIGNS = str.maketrans({"≥": ">=", "≤": "<=", "＜": "<", "＞": ">", "，": ",", "、": ","})
ANY = ("", "-", "—")


def rows_of(path: str, file: DecisionFile, texts: Mapping[str, bytes], report: Report) -> Rows:
    """Return the rows of a table, those of its CSV where it names one."""
    if (file.file is None) is not bool(file.rows):
        report.error("decision.rows", file.decision)
        return {}
    if file.file is None:
        return dict(file.rows)
    where = f"{path.rpartition('/')[0]}/{file.file}".removeprefix("/")
    if where not in texts:
        report.error("no-table-file", file.file, suggestion(where, texts), path=where)
        return {}
    source = SourceText(shown_beside(file.file), texts[where].decode("utf-8-sig", "replace"))
    heading, *body = csv_lines(source, report) or [(1, list(OWN))]
    for missing in (c for c in OWN if c not in heading[1]):
        at = Span(source, 0, len(source.text.split("\n")[0]))
        report.error("no-column", at, suggestion(missing, heading[1]), path=where, column=missing)
        return {}
    starts, found = line_starts(source), Rows()
    for line, cells in body:
        at = Span(source, starts[line - 1], starts[line] - 1)
        given = {
            h: made(c.strip(), cell_at(at, cells, i)) for i, (h, c) in enumerate(zip(heading[1], cells, strict=False))
        }
        if len(cells) != len(heading[1]):
            report.error("csv.cells", at, row=line, path=where, cells=len(cells), headings=len(heading[1]))
        elif given["row"] in found:
            report.error("defined-twice.something", given["row"])
        else:
            when: dict[Scalar, Scalar] = {made(h, at): c for h, c in given.items() if h not in OWN}
            found[given["row"]] = RowFile(zh=given["zh"], en=given["en"], when=when, gives=given["gives"])
    return found


def row_facts(tables: Sequence[tuple[str, DecisionFile, Rows]]) -> Iterator[tuple[str, VocabularyFile]]:
    """Yield the fact that names the row which decides, for each table whose rows are not added up."""
    for path, file, rows in tables:
        if file.hit != "collect" and rows:
            listed = {k: OptionFile(zh=r.zh, en=r.en) for k, r in rows.items()}
            at = file.decision.at
            fact = FactFile(
                zh=made("".join(c for c in file.title.zh if c.isalnum()) + "适用行", file.title.zh.at), en=made(f"{file.title.en}: row", at),
                kind=made("choice", at), choices=made(f"{file.decision}_row", at),
            )  # fmt: skip
            key = made(f"{str(file.fact).partition('.')[0]}.{file.decision}_row", at)
            yield path, VocabularyFile(facts={key: fact}, choices={made(f"{file.decision}_row", at): listed})


def derivations(
    tables: Sequence[tuple[str, DecisionFile, Rows]], vocabulary: Vocabulary, report: Report
) -> Iterator[tuple[str, DeriveFile]]:
    """Yield what the tables stand for: how the fact follows, and which row decides."""
    for path, file, written in tables:
        fact = vocabulary.find(str(file.fact))
        if fact is None:
            report.error("unknown-name.vocabulary", file.fact, suggestion(file.fact, vocabulary.facts))
        elif file.hit == "collect" and not isinstance(fact.kind, Number):
            report.error("decision.collect", file.hit)
        elif file.hit not in POLICIES:
            report.error("decision.hit", file.hit, suggestion(file.hit, POLICIES))
        else:
            report.named(file.fact, fact.key, fact.zh_key)
            rows = [r for r in (_row(k, row, fact, vocabulary, report) for k, row in written.items()) if r is not None]
            if rows and len(rows) == len(written) and _goes_together(file, rows, vocabulary, report):
                yield from ((path, d) for d in _derived(file, fact, rows))


@dataclass(frozen=True, slots=True)
class _Test:
    """A cell: the condition that it stands for, and which values it takes."""

    fact: Fact
    text: str
    bounds: tuple[tuple[str, Fraction], ...] = ()
    taken: frozenset[Value] | None = None

    def holds(self, value: Value) -> bool:
        if self.taken is not None:
            return value in self.taken
        assert isinstance(value, Fraction)
        return all(_ordered(op, value, edge) for op, edge in self.bounds)


def _ordered(op: str, value: Fraction, edge: Fraction) -> bool:
    match op:
        case "<":
            return value < edge
        case "<=":
            return value <= edge
        case ">":
            return value > edge
        case ">=":
            return value >= edge
        case _:
            return value == edge


@dataclass(frozen=True, slots=True)
class _Row:
    key: Scalar
    tests: dict[str, _Test]
    value: Value
    gives: str

    @property
    def condition(self) -> str:
        return " and ".join(t.text for t in self.tests.values())


def _row(key: Scalar, row: RowFile, fact: Fact, vocabulary: Vocabulary, report: Report) -> _Row | None:
    tests: dict[str, _Test] = {}
    for name, cell in row.when.items():
        asked = vocabulary.find(str(name))
        if asked is None:
            report.error("unknown-name.vocabulary", name, suggestion(name, vocabulary.facts))
            return None
        report.named(name, asked.key, asked.zh_key)
        if str(cell).strip() not in ANY:
            test = _test(cell, asked, vocabulary, report)
            if test is None:
                return None
            tests[asked.key] = test
    value = _value(row.gives, str(row.gives), fact, vocabulary, report)
    return None if value is None else _Row(key, tests, value, _written(value, fact))


def _value(at: Scalar, text: str, fact: Fact, vocabulary: Vocabulary, report: Report) -> Value | None:
    try:
        return value_of(text, fact, vocabulary.units)
    except Unusable as wrong:
        report.add(wrong.code, said("cell", column=fact.key, problem=wrong.said), at.at)
        return None


def _written(value: Value, fact: Fact) -> str:
    """Return a value as a condition writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Fraction) and is_time(fact.kind):
        return f"'{time_text(value)}'"
    if isinstance(value, Fraction):
        unit = fact.kind.unit.symbol if isinstance(fact.kind, Number) else ""
        return f"{decimal(value)}[{unit}]" if unit else decimal(value)
    return repr(str(value))


def _test(cell: Scalar, fact: Fact, vocabulary: Vocabulary, report: Report) -> _Test | None:
    text = str(cell).translate(SIGNS).strip()
    match fact.kind:
        case Boolean():
            value = _value(cell, text, fact, vocabulary, report)
            spelled = fact.key if value is True else f"not {fact.key}"
            return None if value is None else _Test(fact, spelled, taken=frozenset([value]))
        case Choice(choices):
            negated = text.startswith(("not ", "非"))
            parts = text.removeprefix("not ").removeprefix("非").split(",")
            found = [_value(cell, p.strip(), fact, vocabulary, report) for p in parts]
            if None in found:
                return None
            taken = frozenset(o.key for o in choices.options if (o.key in found) is not negated)
            return _Test(fact, f"{fact.key} in [{', '.join(repr(k) for k in sorted(taken))}]", taken=taken)
        case Number():
            return _bounded(cell, text, fact, vocabulary, report)
        case _:
            report.error("decision.cell", cell, fact=fact.name)
            return None


def _bounded(cell: Scalar, text: str, fact: Fact, vocabulary: Vocabulary, report: Report) -> _Test | None:
    bounds: list[tuple[str, Fraction]] = []
    position = 0
    for part in TEST.finditer(text):
        if part.start() != position:
            break
        position = part.end()
        value = _value(cell, part[2], fact, vocabulary, report)
        if not isinstance(value, Fraction):
            return None
        bounds.append((part[1] or "==", value))
    if position != len(text):
        report.error("decision.cell", cell, fact=fact.name)
        return None
    return _Test(fact, " and ".join(f"{fact.key} {op} {_written(v, fact)}" for op, v in bounds), tuple(bounds))


def _kinds(fact: Fact, tests: Sequence[_Test]) -> list[Value]:
    """Return one value of each kind that the tests tell apart, within what the fact admits."""
    if isinstance(fact.kind, Boolean):
        return [True, False]
    if isinstance(fact.kind, Choice):
        return [o.key for o in fact.kind.choices.options]
    assert isinstance(fact.kind, Number)
    edges = sorted({v for t in tests for _, v in t.bounds})
    found = [edges[0] - 1, *edges, edges[-1] + 1]
    if fact.kind.whole:
        found += [e + d for e in edges for d in (-1, 1)]
    else:
        found += [(a + b) / 2 for a, b in itertools.pairwise(edges)]
    return sorted({v for v in found if fact.bounds.admits(v) and (not fact.kind.whole or v.denominator == 1)})


@dataclass(frozen=True, slots=True)
class _Space:
    """The kinds of values of each fact that a table tests, and which of them each row takes, as bits."""

    facts: tuple[Fact, ...]
    kinds: tuple[list[Value], ...]

    def box(self, row: _Row) -> tuple[int, ...]:
        return tuple(
            sum(1 << i for i, v in enumerate(kinds) if f.key not in row.tests or row.tests[f.key].holds(v))
            for f, kinds in zip(self.facts, self.kinds, strict=True)
        )

    def outside(self, box: tuple[int, ...], others: Sequence[tuple[int, ...]]) -> tuple[int, ...] | None:
        """Return where, within a box, none of the others is: a bit for each fact; None where they fill it."""
        if 0 in box:
            return None
        if not others:
            return tuple(b & -b for b in box)
        first, *rest = others
        for i, (mine, its) in enumerate(zip(box, first, strict=True)):
            if mine & ~its:
                found = self.outside((*box[:i], mine & ~its, *box[i + 1 :]), rest)
                if found is not None:
                    return found
            box = (*box[:i], mine & its, *box[i + 1 :])
            if not mine & its:
                return None
        return None

    def shown(self, point: tuple[int, ...]) -> Name:
        """Return facts on which something is so, in both languages."""
        zh, en = [], []
        for fact, kinds, bit in zip(self.facts, self.kinds, point, strict=True):
            value = kinds[(bit & -bit).bit_length() - 1]
            zh.append(f"{fact.zh_key}＝{_told(value, fact).zh}")
            en.append(f"{fact.key} = {_told(value, fact).en}")
        return Name("，".join(zh), ", ".join(en))


def _told(value: Value, fact: Fact) -> Name:
    if isinstance(value, bool):
        return Name("是" if value else "否", "true" if value else "false")
    if isinstance(value, Fraction):
        written = amount(value, fact.kind)
        return Name(written.replace(" ", ""), written)
    names = {o.key: o.name.zh for o in fact.kind.choices.options} if isinstance(fact.kind, Choice) else {}
    return Name(names.get(str(value), str(value)), str(value))


def _goes_together(file: DecisionFile, rows: Sequence[_Row], vocabulary: Vocabulary, report: Report) -> bool:
    """Return whether the rows leave no gap and none that never decides, and contradict each other in nothing."""
    facts = tuple(vocabulary.facts[k] for k in dict.fromkeys(k for r in rows for k in r.tests))
    tests = {f.key: [r.tests[f.key] for r in rows if f.key in r.tests] for f in facts}
    space = _Space(facts, tuple(_kinds(f, tests[f.key]) for f in facts))
    boxes = [space.box(r) for r in rows]
    before = len(report.diagnostics)
    ordered = _order(file, rows, report)
    for place, i in enumerate(ordered):
        earlier = [boxes[j] for j in ordered[:place]] if file.hit in ("first", "priority") else []
        if space.outside(boxes[i], earlier) is None:
            report.error("decision-unreachable", rows[i].key)
    for i, j in itertools.combinations(range(len(rows)), 2):
        both = tuple(a & b for a, b in zip(boxes[i], boxes[j], strict=True))
        slots = {"other": str(rows[i].key), "on": space.shown(both) if 0 not in both else ""}
        if 0 not in both and file.hit == "unique":
            report.error("decision-overlap", rows[j].key, **slots)
        elif 0 not in both and file.hit == "any" and rows[i].value != rows[j].value:
            report.error("decision-contradiction", rows[j].key, **slots)
    gap = space.outside(tuple((1 << len(k)) - 1 for k in space.kinds), boxes)
    if gap is not None and file.hit != "collect":
        report.error("decision-gap", file.decision, on=space.shown(gap))
    return len(report.diagnostics) == before


def _order(file: DecisionFile, rows: Sequence[_Row], report: Report) -> list[int]:
    """Return the rows in the order in which they decide."""
    if file.hit != "priority":
        return list(range(len(rows)))
    listed = [str(p) for p in file.priority]
    for row in rows:
        if row.gives.strip("'") not in listed:
            report.error("decision.priority", row.key, given=row.gives.strip("'"))
            return list(range(len(rows)))
    return sorted(range(len(rows)), key=lambda i: listed.index(rows[i].gives.strip("'")))


def _derived(file: DecisionFile, fact: Fact, rows: Sequence[_Row]) -> Iterator[DeriveFile]:
    """Yield how the fact follows from the rows, and which of them decides."""
    if file.hit == "collect":
        nothing = _written(Fraction(0), fact)
        parts = [f"({r.gives} if {r.condition} else {nothing})" if r.tests else r.gives for r in rows]
        yield _derive(file, str(file.decision), str(file.fact), " + ".join(parts), True)
        return
    ordered = [rows[i] for i in _order(file, rows, Report())]
    yield _derive(file, str(file.decision), str(file.fact), _chain([(r.condition, r.gives) for r in ordered]), True)
    named = _chain([(r.condition, repr(str(r.key))) for r in ordered])
    subject = str(fact.key).partition(".")[0]
    yield _derive(file, f"{file.decision}_row", f"{subject}.{file.decision}_row", named, False)


def _chain(arms: Sequence[tuple[str, str]]) -> str:
    """Return arms as one expression; the last stands for all that is left, as there is no gap."""
    *before, (_, last) = arms
    return " ".join([*(f"{gives} if {condition} else" for condition, gives in before), last])


def _derive(file: DecisionFile, key: str, fact: str, formula: str, cased: bool) -> DeriveFile:
    at = file.decision.at
    return DeriveFile(
        derive=made(key, at),
        fact=made(fact, at),
        title=file.title,
        in_force=file.in_force,
        authority=file.authority,
        derives=made(formula, at),
        cases=file.cases if cased else [],
    )
