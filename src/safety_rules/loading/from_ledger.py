"""Which lists of an area's records are joined from ledgers, and by which keys."""

from __future__ import annotations

from safety_rules.language.kinds import Choices, Date, Number, Records
from safety_rules.language.rulebook import AcrossRows, LedgerJoin
from safety_rules.language.vocabulary import Fact
from safety_rules.loading.cases import rows_cases
from safety_rules.loading.context import Context
from safety_rules.loading.models_rules import AreaFile
from safety_rules.loading.scalars import key, name, number
from safety_rules.loading.tree import Scalar
from safety_rules.words.near import suggestion

Keys = dict[Scalar, Scalar]


def joins(file: AreaFile, c: Context) -> tuple[LedgerJoin, ...]:
    """Return the lists that are joined from ledgers, each with the fields and facts by which a row is a record's."""
    found = (_join(at, by, file, c) for at, by in file.from_ledger.items())
    return tuple(j for j in found if j is not None)


def across(file: AreaFile, c: Context) -> tuple[AcrossRows, ...]:
    """Return what holds of a ledger as a whole."""
    found = []
    for at, own in file.across_rows.items():
        facts = [(_known(of, file, c), of) for of in own.by]
        for fact, of in facts:
            if fact is not None and (
                fact.key in c.derived or isinstance(fact.kind, Records | Choices) or fact.key.count(".") > 1
            ):
                c.report.error("from-ledger.key", of, fact=fact.key)
        most = number(own.at_most, c.report)
        if own.at_most is not None and most is not None and (most < 1 or most.denominator != 1):
            c.report.error("number.rows", own.at_most)
        keys = tuple(f.key for f, _ in facts if f is not None)
        rising = None if own.rising is None else _known(own.rising, file, c)
        if own.rising is not None and own.at_most is not None:
            c.report.error("from-ledger.both", own.at_most)
        elif (
            own.rising is not None
            and rising is not None
            and (rising.key in c.derived or rising.key.count(".") > 1 or not isinstance(rising.kind, Number | Date))
        ):
            c.report.error("from-ledger.rising", own.rising, fact=rising.key)
        most_rows = 1 if most is None else int(most)
        made = AcrossRows(
            key(at, c.report), name(own, c.report), keys, most_rows, "" if rising is None else rising.key,
            rows_cases(own.cases, file, c), at.at,
        )  # fmt: skip
        found.append(made)
    return tuple(found)


def _join(at: Scalar, said: Keys | list[Keys], file: AreaFile, c: Context) -> LedgerJoin | None:
    fact = _known(at, file, c)
    if fact is None:
        return None
    if not isinstance(fact.kind, Records) or fact.key in c.derived:
        c.report.error("from-ledger.list", at, fact=fact.key)
        return None
    ways = said if isinstance(said, list) else [said]
    if not ways or not all(ways):
        c.report.error("from-ledger.by", at, fact=fact.key)
    by, *instead = [_way(by, fact, file, c) for by in ways] or [()]
    return LedgerJoin(fact.key, by, tuple(instead))


def _way(by: Keys, fact: Fact, file: AreaFile, c: Context) -> tuple[tuple[str, str], ...]:
    """Return the fields by which rows are joined, each with its fact."""
    pairs = [(_field(name, fact, c), _known(of, file, c), of) for name, of in by.items()]
    for field, own, of in pairs:
        if own is None or field is None:
            continue
        if own.key in c.derived or c.vocabulary.is_list(own.key.rpartition(".")[0]):
            c.report.error("from-ledger.key", of, fact=own.key)
        elif own.kind != field.kind or isinstance(own.kind, Records | Choices):
            c.report.error("from-ledger.kind", of, field=field.key, fact=own.key)
    return tuple((f.field, own.key) for f, own, _ in pairs if f is not None and own is not None)


def _known(at: Scalar, file: AreaFile, c: Context) -> Fact | None:
    """Return a fact of the area's subjects."""
    fact, subjects = c.vocabulary.find(str(at)), [str(s) for s in file.subjects]
    facts = [k for k in c.vocabulary.facts if k.partition(".")[0] in subjects]
    if fact is None or fact.key not in facts:
        c.report.error("unknown-name.vocabulary", at, suggestion(at, facts))
        return None
    c.report.named(at, fact.key, fact.zh_key)
    return fact


def _field(at: Scalar, fact: Fact, c: Context) -> Fact | None:
    fields = c.vocabulary.fields(fact.key)
    found = next((f for f in fields if str(at) in (f.field, f.zh_key.rpartition(".")[2])), None)
    if found is None or found.key in c.derived:
        spelled = [n for f in fields for n in (f.field, f.zh_key.rpartition(".")[2])]
        c.report.error("unknown-name.field", at, suggestion(at, spelled), name=at, list=fact.key)
        return None
    c.report.named(at, found.field, found.zh_key.rpartition(".")[2])
    return found
