"""Lists joined from ledgers by stated keys: a row is a record's, or may be, and where that is not known it stays open.

A row whose keys all say what the record says is its own. One that leaves a key blank, and contradicts it in no other,
may be anybody's, and so may one under nearly its name: it stands in the list as a record of which nothing is known,
where every condition asks something of each record that it counts, so that the blank holds it open; otherwise the whole
list is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import product
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safety_rules.engines.compiled.decide import Decider, decided
from safety_rules.formats.joined_in import Rows, read_rows
from safety_rules.language.errors import LedgerError, NotFoundError
from safety_rules.language.expr import Expr
from safety_rules.language.kinds import Name
from safety_rules.language.record import Problem, Record
from safety_rules.language.rule import Waiver
from safety_rules.language.rulebook import LedgerJoin
from safety_rules.language.vocabulary import Vocabulary
from safety_rules.semantics.chaining.chain import ChainResult, program_on
from safety_rules.semantics.decide import AreaOn, area_record
from safety_rules.semantics.verdict.incomplete import concerning
from safety_rules.semantics.verdict.verdict import Verdict
from safety_rules.services.chaining.finding import MOST_NAMES, MOST_POSSIBLE, JoinedList, indexed
from safety_rules.services.chaining.possible import asks_each
from safety_rules.services.chaining.verdict import ChainedVerdict
from safety_rules.words.catalog import both
from safety_rules.words.problem import problem
from safety_rules.words.values import label

if TYPE_CHECKING:
    from safety_rules.engines.columnar.result import TableDecision
    from safety_rules.engines.spark.result import SparkDecision
    from safety_rules.tables.by_record import RecordDecision

MOST_TRIED, MOST_TOLD = 64, 10
Decide = Callable[[Record, Sequence[Waiver]], Verdict]


@dataclass(slots=True)
class _Filled:
    """A record's values while lists are joined to it, where what is open comes from, and what is told of it.

    `blanks` are the lists that end in records that are only possible: how many, and where the first comes from;
    `told` is how many joined rows were named; where it is `quiet`, nothing is told.
    """

    values: dict[str, Any]
    origins: dict[str, str] = field(default_factory=dict)
    notes: list[Name] = field(default_factory=list)
    blanks: dict[str, tuple[int, str]] = field(default_factory=dict)
    told: int = 0
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class AreaWithLedger:
    """An area's law on a day, with the ledgers that lists of its records are joined from.

    `seen` are lists that joined; `chained` says that no chains bear on a record.
    """

    law: AreaOn
    decider: Decider = field(repr=False)
    lists: tuple[JoinedList, ...]
    notices: tuple[Problem, ...]
    chained: ChainResult = field(repr=False)
    seen: set[str] = field(default_factory=set, compare=False, repr=False)

    def decide(self, data: Any, waivers: Sequence[Waiver] = ()) -> ChainedVerdict:
        """Return the verdict on one record, with the rows of the ledgers that are its own."""
        return self.verdict(area_record(self.law, data), 0, waivers)

    def decide_many(self, many: Iterable[Any], waivers: Sequence[Waiver] = ()) -> Iterator[ChainedVerdict]:
        """Yield the verdict of each record, one at a time."""
        return (self.decide(data, waivers) for data in many)

    def verdict(
        self, record: Record, number: int, waivers: Sequence[Waiver] = (), by: Decide | None = None
    ) -> ChainedVerdict:
        """Return the verdict on an admitted record, whichever row it stands in; `by` adds what a history does."""
        made = self._made(record)
        found = self._decided(record, made, waivers, by)
        if not isinstance(found, ChainedVerdict):
            return ChainedVerdict(found, waivers, self.chained, (), made.origins, made.notes)
        origins, notes = {**made.origins, **found.origins}, (*found.notes, *made.notes)
        return ChainedVerdict(found, waivers, found.result, found.effects, origins, notes, found.at)

    def judged(self, record: Record, waivers: Sequence[Waiver] = ()) -> Verdict:
        """Return the verdict on an admitted record, without what is told of the rows that are its own."""
        return self._decided(record, self._made(record, quiet=True), waivers)

    @property
    def joined(self) -> Sequence[str]:
        """The lists that a ledger holds."""
        return [one.join.list for one in self.lists]

    @property
    def keys(self) -> Sequence[str]:
        """The facts of a record by which its rows are found."""
        return list(dict.fromkeys(fact for one in self.lists for _, fact in one.join.pairs))

    def given(self, record: Record) -> tuple[Mapping[str, Any], bool]:
        """Return the lists that a record's keys give, left out where unknown, and whether a row is only possible."""
        made = self._made(record, quiet=True)
        return {k: made.values[k] for k in self.joined if k in made.values}, bool(made.blanks)

    def decide_table(
        self,
        source: Any,
        output: str | Path | None = None,
        *,
        engine: str = "auto",
        columns: Mapping[str, str] | str | Path | None = None,
        keep: Sequence[str] = (),
        waivers: Sequence[Waiver] = (),
        progress: Callable[[float], None] | None = None,
        answers: Sequence[str] = (),
        rule_keys: bool = False,
    ) -> TableDecision | SparkDecision | RecordDecision:
        """Return the decision on every row of a table, with the rows of the ledgers that are its own.

        Arguments are those of `DatedArea.decide_table`. Lists are joined by SQL, and rows that may own a row of a
        ledger are decided one by one. Raises LedgerError where the table itself tells such a list.
        """
        from safety_rules.formats.heading_map import layout
        from safety_rules.services.across_rows import across_table
        from safety_rules.tables.by_record import RecordDecision
        from safety_rules.tables.decide import decided_table

        named = layout(Path(columns), self.law.rulebook.vocabulary) if isinstance(columns, str | Path) else columns
        found = decided_table(
            self.law, source, output, engine, named, keep, waivers, progress, None, False, answers, rule_keys, self
        )
        told = (*self.notices, *found.notices, *(() if isinstance(found, RecordDecision) else self.unjoined()))
        found.notices = (*told, *across_table(self.law, found, source))
        return found

    def _made(self, record: Record, quiet: bool = False) -> _Filled:
        """Return a record's values with its rows in its lists."""
        made = _Filled(dict(record.values), quiet=quiet)
        for one in self.lists:
            self._join(one, record, made)
        if made.told > MOST_TOLD:
            made.notes.append(both("joined.more", count=made.told - MOST_TOLD))
        return made

    def _decided(self, record: Record, made: _Filled, waivers: Sequence[Waiver], by: Decide | None = None) -> Verdict:
        decide = by or partial(decided, self.decider)
        verdict = decide(replace(record, values=made.values), waivers)
        if not self._covers(verdict, record, made, waivers, decide):
            for key, (_, first) in made.blanks.items():
                made.values.pop(key)
                made.origins[key] = first
            verdict = decide(replace(record, values=made.values), waivers)
        return verdict

    def _covers(
        self, verdict: Verdict, record: Record, made: _Filled, waivers: Sequence[Waiver], decide: Decide
    ) -> bool:
        """Return whether a verdict holds however many of the possible records are there: each number of them is tried."""
        counts = [range(count + 1) for count, _ in made.blanks.values()]
        if prod(map(len, counts)) > MOST_TRIED:
            return False
        rank = self.law.area.rank
        for left_out in product(*counts):
            shorter = {k: made.values[k][: len(made.values[k]) - n] for k, n in zip(made.blanks, left_out, strict=True)}
            other = decide(replace(record, values={**made.values, **shorter}), waivers)
            if rank(other.at_best) < rank(verdict.at_best) or rank(other.at_worst) > rank(verdict.at_worst):
                return False
        return True

    def unjoined(self) -> Iterator[Problem]:
        """Yield the lists of which no row belonged to any record so far."""
        for one in self.lists:
            if one.rows and one.join.list not in self.seen:
                fact = self.law.rulebook.vocabulary.facts[one.join.list]
                keys = _keys(one.join, self.law.rulebook.vocabulary)
                yield problem(
                    "ledger-joins-nothing", fact.key, fact.name.zh, fact=fact.name, count=len(one.rows), keys=keys
                )

    def _join(self, one: JoinedList, record: Record, made: _Filled) -> None:
        """Put the rows that are a record's own, or may be, into its list; leave the list out where it cannot be known."""
        key, vocabulary = one.join.list, self.law.rulebook.vocabulary
        mine, stated = one.mine(record.values), record.values.get(key)
        unusable = stated is None and any(p.path == key for p in record.problems)
        may, fact = [*mine.unsaid, *mine.alike], vocabulary.facts[key].name
        keys = _keys(one.join, vocabulary) if may or mine.blank else fact
        if unusable or mine.blank:
            made.values.pop(key, None)
            if not unusable:
                made.origins[key] = mine.blank
                made.notes.append(both("joined.keyless", keys=keys, fact=fact, count=len(one.rows)))
            return
        items: list[Any] = list(stated) if isinstance(stated, tuple) else []
        known = {frozenset(item.items()) for item in items}
        for i in mine.certain:
            if (content := frozenset(one.rows[i].items())) not in known:
                known.add(content)
                items.append(one.rows[i])
                self._told(made, key, len(items) - 1, one.places[i])
        if mine.certain:
            self.seen.add(key)
        for i in () if made.quiet else may[:MOST_TOLD]:
            said = "joined.alike" if i in mine.alike else "joined.possible"
            made.notes.append(both(said, fact=fact, place=one.places[i], keys=keys))
        origins = [f"{key}[={one.places[i].replace(']', '］')}].{one.join.by[0][0]}" for i in may[: MOST_POSSIBLE + 1]]
        if may and (not one.open_rows or len(may) > MOST_POSSIBLE):
            made.values.pop(key, None)
            made.origins[key] = origins[0]
            return
        made.blanks |= {key: (len(may), origins[0])} if may else {}
        for origin in origins:
            made.origins[f"{key}[{len(items)}]"] = origin
            items.append({})
        made.values[key] = tuple(items)

    def _told(self, made: _Filled, key: str, at: int, place: str) -> None:
        """Tell where a joined record stands, of many the first ones."""
        made.told += not made.quiet
        if made.told <= MOST_TOLD and not made.quiet:
            vocabulary, path = self.law.rulebook.vocabulary, f"{key}[{at}]"
            item = Name(label(path, vocabulary, "zh"), label(path, vocabulary, "en"))
            made.notes.append(both("joined.row", item=item, place=place))


def with_ledger(law: AreaOn, decider: Decider, *sources: Path | str | Mapping[str, Any]) -> AreaWithLedger:
    """Return an area whose lists are joined from ledgers, as its `from_ledger:` says.

    Sources are workbooks, csv and parquet files, or mappings of a list's name to rows (mappings, by the names of its
    fields). A list that no source holds is unknown, so that nobody is cleared by it. Raises NotFoundError where the
    area joins nothing, and LedgerError where a file holds none of its lists.
    """
    joins, vocabulary, rows = law.area.from_ledger, law.rulebook.vocabulary, Rows()
    if not joins:
        raise NotFoundError(
            f"the area `{law.area.key}` joins no list from a ledger: its `area.yaml` has no `from_ledger:`"
        )
    if not sources:
        raise NotFoundError("no ledger was named")
    for source in sources:
        if isinstance(source, Mapping):
            _add(source, joins, vocabulary, rows)
        else:
            read_rows(Path(source), joins, vocabulary, rows)
    admitted = area_record(law, rows.data, rows.units, lambda path: rows.cells.get(path, ""))
    notices, made = [*rows.notices, *admitted.problems], list[JoinedList]()
    for join in joins:
        found, fact = admitted.values.get(join.list), vocabulary.facts[join.list]
        if not isinstance(found, tuple):
            notices.append(problem("ledger-lacks", fact.key, fact.name.zh, fact=fact.name))
            continue
        one = indexed(join, found, rows.places[join.list], _open(join, law), vocabulary)
        notices.append(problem("ledger-rows", fact.key, fact.name.zh, fact=fact.name, count=len(found)))
        if one.overlooks:
            notices.append(problem("ledger-near", fact.key, fact.name.zh, fact=fact.name, most=MOST_NAMES))
        if one.loose * 2 >= len(found) > 0:
            keys, blank = _keys(join, vocabulary, fields=True), one.loose
            slots = {"fact": fact.name, "count": blank, "all": len(found), "keys": keys}
            notices.append(problem("ledger-key-blank", fact.key, fact.name.zh, **slots))
        made.append(one)
    program = program_on(law.rulebook, law.as_of, law.require, confirmed=law.confirmed)
    nothing = ChainResult(program, {}, (), frozenset(), "ledger")
    return AreaWithLedger(law, decider, tuple(made), tuple(notices), nothing)


def _add(given: Mapping[str, Any], joins: Sequence[LedgerJoin], vocabulary: Vocabulary, rows: Rows) -> None:
    for name, items in given.items():
        fact = vocabulary.find(name)
        if fact is None or fact.key not in {j.list for j in joins}:
            raise NotFoundError(f"`{name}` is no list that is joined from a ledger: {', '.join(j.list for j in joins)}")
        if isinstance(items, str | Mapping) or not isinstance(items, Iterable):
            raise LedgerError(f"`{name}` holds no rows: give a list of mappings")
        data, places = rows.data.setdefault(fact.key, []), rows.places.setdefault(fact.key, [])
        for item in items:
            places.append(f"{fact.key}[{len(data)}]")
            data.append(item)


def _open(join: LedgerJoin, law: AreaOn) -> bool:
    """Return whether a row that is only possible can stand in a list as a blank."""
    fields_told = any(n.fact.startswith(join.list + ".") for n in concerning(law))
    return not fields_told and asks_each(_read(law), join.list, law)


def _read(law: AreaOn) -> Iterator[Expr]:
    """Yield every condition and formula that says anything of an area's records."""
    for rule in law.rules:
        yield from (c.that for c in (*rule.applies_when, *rule.requires))
    for obligation in law.obligations:
        yield from (c.that for c in obligation.applies_when)
    yield from (d.formula for d in law.derivations.values())
    yield from (n.when for n in concerning(law) if n.when is not None)


def _keys(join: LedgerJoin, vocabulary: Vocabulary, fields: bool = False) -> Name:
    pairs = dict.fromkeys(f"{join.list}.{name}" if fields else fact for name, fact in join.pairs)
    facts = [vocabulary.facts[key] for key in pairs]
    return Name("、".join(f"“{f.name.zh}”" for f in facts), ", ".join(f.name.en for f in facts))
