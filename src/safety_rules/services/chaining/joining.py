"""Whose a project and a record of the history are: joined on the credit code, or on the name where there is none."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from safety_rules.formats.belonging import incomparable, kinds, unattached
from safety_rules.formats.writing import in_chinese
from safety_rules.language.kinds import Name
from safety_rules.language.record import Problem, Record
from safety_rules.language.vocabulary import Vocabulary
from safety_rules.services.chaining.history import History, key_of
from safety_rules.words.problem import problem

NAME, CODE = "enterprise.name", "enterprise.credit_code"


@dataclass(frozen=True, slots=True)
class Subject:
    """A record's project and the enterprise behind it as chaining knows them; an enterprise of None is unknown."""

    project: str
    enterprise: str | None
    notes: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class Register:
    """Every enterprise that a history and the records in question name.

    `codes` are the codes of a name, `names` the name of a code; `theirs` and `their_codes` are those of the history.
    """

    codes: Mapping[str, frozenset[str]]
    names: Mapping[str, str]
    theirs: Mapping[str, str]
    their_codes: Mapping[str, frozenset[str]]

    def enterprise(self, code: str, name: str) -> str | None:
        """Return what stands for an enterprise: its code, or its name; None where it could be several."""
        if code:
            return code
        found = self.codes.get(key_of(name), frozenset()) if name else frozenset()
        return None if len(found) > 1 or not name else next(iter(found), name)


def register(history: History, records: Iterable[Record]) -> Register:
    """Return the register of a history and of the records that are to be decided."""
    stated = [(_name(r), _code(r)) for r in records]
    stated += dict.fromkeys((e.name, e.code) for entries in history.entries.values() for e in entries)
    names = {code: name for name, code in (*stated, *history.enterprises) if code and name}
    theirs = {code: name for name, code in history.enterprises}
    return Register(_codes((*history.enterprises, *stated)), names, theirs, _codes(history.enterprises))


def _codes(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for name, code in pairs:
        if name and code:
            found[key_of(name)].add(code)
    return {name: frozenset(codes) for name, codes in found.items()}


def _code(record: Record) -> str:
    return str(record.values.get("enterprise.credit_code", ""))


def _name(record: Record) -> str:
    return str(record.values.get("enterprise.name", ""))


def subjects(records: Sequence[Record], known: Register) -> Iterator[Subject]:
    """Yield whose each record is; a project whose number is blank or another's too is named by its place."""
    numbers = [str(r.values.get("project.id", "")) for r in records]
    count = Counter(numbers)
    for place, (number, record) in enumerate(zip(numbers, records, strict=True), 1):
        yield _subject(number if number and count[number] == 1 else f"#{place}", record, known)


def _subject(project: str, record: Record, known: Register) -> Subject:
    code, name = _code(record), _name(record)
    found = known.enterprise(code, name)
    if found is None:
        zh = "投资企业没有可用的代码，名称也未填或者对应多个代码，不能与历史台账关联"
        en = "no usable code, and no name of one enterprise only: the history cannot be joined"
        return Subject(project, None, (Name(zh, en),))
    others = "、".join(sorted(known.their_codes.get(key_of(name), frozenset())))
    if code and code not in known.theirs and others:
        zh = f"“{name}”在历史台账中的代码是“{others}”，与本行的“{code}”不同，不能确定是否同一企业"
        en = f"`{name}` has the code `{others}` in the history, `{code}` here: it may be another enterprise"
        return Subject(project, None, (Name(zh, en),))
    theirs = known.theirs.get(code, "")
    if theirs and name and key_of(theirs) != key_of(name):
        zh = f"代码“{code}”在历史台账中的名称是“{theirs}”，本行为“{name}”，按代码关联"
        en = f"`{code}` is `{theirs}` in the history and `{name}` here; joined on the code"
        return Subject(project, found, (Name(zh, en),))
    return Subject(project, found)


def strays(history: History, records: Iterable[Record]) -> Iterator[Problem]:
    """Yield a notice for each record of the history whose enterprise neither the history nor the records know."""
    pairs = {(key_of(n), c) for n, c in (*history.enterprises, *((_name(r), _code(r)) for r in records))}
    names, codes = {n for n, _ in pairs if n}, {c for _, c in pairs if c}
    theirs = {code: name for name, code in history.enterprises}
    for relation, entries in history.entries.items():
        for entry in entries:
            known = entry.code in codes if entry.code else key_of(entry.name) in names
            if (entry.code or entry.name) and not known:
                who = "、".join(t for t in (entry.name, entry.code) if t)
                yield problem("joins-nothing", relation, entry.place, who, who=who)
            elif entry.name and key_of(theirs.get(entry.code, entry.name)) != key_of(entry.name):
                slots = {"code": entry.code, "theirs": theirs[entry.code], "own": entry.name}
                yield problem("joins-otherwise", relation, entry.place, entry.code, **slots)


def unsure(history: History, records: Iterable[Record], vocabulary: Vocabulary) -> History:
    """Return the history in which a record of nobody may be anybody's where its name or code is nearly somebody's, or
    where nothing that it says can be compared with what somebody is named by.
    """
    pairs = [*history.enterprises, *((_name(r), _code(r)) for r in records)]
    rows = [{k: v for k, v in zip((NAME, CODE), pair, strict=True) if v} for pair in dict.fromkeys(pairs)]
    names, codes = {key_of(r[NAME]) for r in rows if NAME in r}, {r[CODE] for r in rows if CODE in r}
    entries, notices = dict(history.entries), list(history.notices)
    named = {kinds(r) for r in rows if NAME in r}
    for relation, found in history.entries.items():
        told = ((e, {key_of(e.name), key_of(e.code)} - {""}) for e in found)
        lost = [e for e, own in told if own and e.code not in codes and names.isdisjoint(own)]
        said = [(_named(e.name, e.code), str(i)) for i, e in enumerate(lost)]
        like = unattached(said, rows, vocabulary)[1]
        doubtful = {
            id(e): like.get(i, "") for e, (n, i) in zip(lost, said, strict=True) if i in like or incomparable(n, named)
        }
        for e in (e for e in lost if id(e) in doubtful):
            who, other = e.name or e.code, doubtful[id(e)]
            key = "no-identity.near" if other else "no-identity.apart"
            notices.append(problem(key, relation, e.place, who, given=who, other=other))
        entries[relation] = tuple(replace(e, code="", name="") if id(e) in doubtful else e for e in found)
    return History(entries, history.enterprises, tuple(notices))


def _named(name: str, code: str) -> dict[str, str]:
    """Return what somebody is named by; Chinese that stands for a code is a name, where no other is given."""
    if not name and in_chinese(code):
        return {NAME: code}
    return {k: v for k, v in ((NAME, name), (CODE, code)) if v}


def enterprises_given(known: Register, about: Iterable[Subject], history: History) -> list[dict[str, str]]:
    """Return every enterprise that the history or the subjects name, as items of `ledger.enterprises`."""
    keys = dict.fromkeys(known.theirs)
    for entries in history.entries.values():
        keys |= dict.fromkeys(k for e in entries if (k := known.enterprise(e.code, e.name)))
    keys |= dict.fromkeys(s.enterprise for s in about if s.enterprise)
    return [{"credit_code": key, "name": known.names.get(key, key)} for key in keys]
