"""Units and facts from their files."""

from __future__ import annotations

from collections.abc import Container, Iterable

from safety_rules.language import kinds, limits
from safety_rules.language.clock import TIME, WITHIN, is_time
from safety_rules.language.diagnostic import Span
from safety_rules.language.lookalikes import skeleton
from safety_rules.language.patterns import BadPattern, checked, matches
from safety_rules.language.units import ONE, Unit, UnitTable
from safety_rules.language.vocabulary import BLANK_WORDS, Bounds, Fact, Subject, TextFormat, Vocabulary, normal
from safety_rules.loading.models_base import KINDS
from safety_rules.loading.models_facts import FactFile, FieldFile, OptionFile, TextFormatFile, UnitsFile, VocabularyFile
from safety_rules.loading.plausible import contradiction, plausible, ratio
from safety_rules.loading.report import Report
from safety_rules.loading.scalars import flag, key, name, number
from safety_rules.loading.tree import Scalar
from safety_rules.semantics.admission.folding import visible
from safety_rules.semantics.admission.formats import FORMATS
from safety_rules.words.near import suggestion
from safety_rules.words.said import Said, said


def unit_table(files: Iterable[UnitsFile], report: Report) -> UnitTable:
    """Return every unit by symbol and alias."""
    units: dict[str, Unit] = {}
    places: dict[str, Span] = {}
    for file in files:
        for symbol, entry in file.units.items():
            scale = number(entry.scale, report)
            if scale is None:
                continue
            if scale <= 0:
                report.error("number.scale", entry.scale)
                continue
            dimension = () if str(entry.dimension) == "none" else ((str(entry.dimension), 1),)
            unit = Unit(str(symbol), dimension, scale)
            for spelled in (symbol, *entry.aliases):
                if str(spelled) in units:
                    report.error("unit-twice", spelled)
                report.alike(str(spelled), spelled)
                units[str(spelled)] = unit
                places[str(spelled)] = spelled.at
    return UnitTable(units, places)


def vocabulary(files: Iterable[VocabularyFile], units: UnitTable, report: Report) -> Vocabulary:
    """Return the vocabulary of all vocabulary files together."""
    files = list(files)
    choices: dict[str, kinds.ChoiceList] = {}
    subjects: dict[str, Subject] = {}
    for file in files:
        for list_key, options in file.choices.items():
            _once(list_key, choices, said("what.choice-list"), report)
            choices[str(list_key)] = _choice_list(list_key, options, report)
        for subject_key, entry in file.subjects.items():
            _once(subject_key, subjects, said("what.subject"), report)
            report.alike(str(entry.zh), entry.zh)
            label = name(entry, report)
            identity = tuple(str(i) for i in entry.identity)
            subjects[key(subject_key, report)] = Subject(
                str(subject_key), label, str(entry.zh), identity, subject_key.at
            )
    facts: dict[str, Fact] = {}
    by_name: dict[str, str] = {}
    for file in files:
        for fact_key, fact in file.facts.items():
            for made in _facts(fact_key, fact, subjects, choices, units, report):
                _add(made, fact_key, facts, by_name, report)
    ratios = [ratio(k, f, facts, units, report) for file in files for k, f in file.ratios.items()]
    against = [contradiction(k, f, facts, report) for file in files for k, f in file.contradictions.items()]
    formats = _formats([item for file in files for item in file.formats.items()], report)
    pairs = tuple(r for r in ratios if r is not None), tuple(a for a in against if a is not None)
    return Vocabulary(subjects, facts, choices, units, by_name, *pairs, formats)


def _formats(entries: Iterable[tuple[Scalar, TextFormatFile]], report: Report) -> dict[str, TextFormat]:
    """Return the named formats, each tried with the texts that its file says are and are not of it."""
    found: dict[str, TextFormat] = {}
    for at, file in entries:
        _once(at, found, said("what.format"), report)
        made = TextFormat(key(at, report), name(file, report), str(file.pattern), tuple(str(t) for t in file.like))
        other = next((f for f in found.values() if f.pattern == made.pattern or f.name.zh == made.name.zh), None)
        if other is not None:
            report.error("format.twice", file.pattern, other=other.key)
        found[made.key] = made
        try:
            checked(made.pattern)
        except BadPattern as wrong:
            why = "format.unbounded" if wrong.why == "unbounded" else "format.too-many"
            why = "format.sign" if wrong.why == "sign" else why
            slots = {"most": limits.PATTERN, "ways": limits.PATTERN_WAYS}
            report.error(why, file.pattern, sign=made.pattern[wrong.at :][:12], place=wrong.at + 1, **slots)
            continue
        for texts, wanted in ((file.like, True), (file.not_like, False)):
            for text in texts:
                if matches(str(text), made.pattern) is not wanted:
                    report.error("format.like" if wanted else "format.not-like", text, name=at)
    return found


def _once(scalar: Scalar, known: Container[str], what: Said, report: Report) -> None:
    report.alike(str(scalar), scalar)
    if str(scalar) in known:
        report.error("defined-twice.listed", scalar, what=what)


def _choice_list(list_key: Scalar, options: dict[Scalar, OptionFile], report: Report) -> kinds.ChoiceList:
    made: list[kinds.Option] = []
    spelled: dict[str, str] = {}
    for option_key, entry in options.items():
        label = name(entry, report)
        note = str(entry.note) if entry.note is not None else ""
        option = kinds.Option(str(option_key), label, tuple(str(a) for a in entry.aliases), note, option_key.at)
        for spelling in dict.fromkeys(skeleton(s.casefold()) for s in option.spellings):
            if spelling in spelled:
                report.error("choice-twice", option_key, spelling=spelling, other=spelled[spelling])
            spelled[spelling] = str(option_key)
        unsaid = next((s for s in option.spellings if s != visible(s)), None)
        if unsaid is not None:
            report.error("never-given.choice", option_key, text=unsaid)
        made.append(option)
    if not made:
        report.error("empty-choices", list_key)
    return kinds.ChoiceList(str(list_key), tuple(made), list_key.at)


def _facts(
    fact_key: Scalar,
    file: FactFile,
    subjects: dict[str, Subject],
    choices: dict[str, kinds.ChoiceList],
    units: UnitTable,
    report: Report,
) -> list[Fact]:
    parts = key(fact_key, report).split(".")
    if len(parts) != 2 or parts[0] not in subjects:
        report.error("fact-key", fact_key, suggestion(parts[0], subjects))
        return []
    zh = f"{subjects[parts[0]].zh_key}.{file.zh}"
    outer = _fact(str(fact_key), zh, file, choices, units, fact_key, report)
    found = [] if outer is None else [outer]
    if bool(file.fields_) != (str(file.kind) == "records"):
        report.error("fields", file.kind)
    for field_key, field in file.fields_.items():
        inner = _fact(
            f"{fact_key}.{key(field_key, report)}", f"{zh}.{field.zh}", field, choices, units, field_key, report
        )
        found += [] if inner is None else [inner]
    return found


def _fact(
    fact_key: str,
    zh: str,
    file: FieldFile,
    choices: dict[str, kinds.ChoiceList],
    units: UnitTable,
    at: Scalar,
    report: Report,
) -> Fact | None:
    kind = fact_kind(file, choices, units, fact_key, report)
    if kind is None:
        return None
    if not all(part.isidentifier() for part in zh.split(".")):
        report.error("chinese-name", file.zh)
    fmt = str(file.format) if file.format is not None else ""
    if file.format is not None and fmt not in FORMATS:
        report.error("format", file.format, suggestion(fmt, FORMATS))
    if is_time(kind):
        return _time(fact_key, zh, file, at, report)
    bounds = Bounds(number(file.minimum, report), number(file.above, report), number(file.maximum, report))
    step = number(file.step, report)
    if step is not None and step <= 0 and file.step is not None:
        report.error("number.step", file.step)
        step = None
    _possible(bounds, file, at, report)
    return Fact(
        fact_key, name(file, report), kind, zh, None if file.meaning is None else name(file.meaning, report), bounds,
        step, tuple(str(h) for h in file.headings), fmt, flag(file.adjustable, True, report),
        str(file.or_else) if file.or_else is not None else "", _blank_words(file, kind),
        plausible(file, kind, bounds, units, report), at.at,
    )  # fmt: skip


def _time(fact_key: str, zh: str, file: FieldFile, at: Scalar, report: Report) -> Fact:
    """Return a fact that is a time of day, which nobody is told to change by seconds."""
    for said_of in (file.minimum, file.above, file.maximum, file.step):
        if said_of is not None:
            report.error("bounds.no-number", said_of)
    meaning = None if file.meaning is None else name(file.meaning, report)
    return Fact(
        fact_key, name(file, report), TIME, zh, meaning, WITHIN, None, tuple(str(h) for h in file.headings),
        adjustable=False, or_else=str(file.or_else) if file.or_else is not None else "",
        blank_words=_blank_words(file, TIME), at=at.at,
    )  # fmt: skip


def _blank_words(file: FieldFile, kind: kinds.Kind) -> frozenset[str]:
    """Return what says nothing for a fact: the words of its own, or those of all facts; never one of its options."""
    words = BLANK_WORDS if file.blank_words is None else {"", *(str(w).strip().casefold() for w in file.blank_words)}
    return frozenset(words) - (
        kind.choices.by_spelling.keys() if isinstance(kind, kinds.Choice | kinds.Choices) else set()
    )


def _possible(bounds: Bounds, file: FieldFile, at: Scalar, report: Report) -> None:
    """Report bounds that no number lies within, and bounds of what is no number."""
    low = bounds.minimum if bounds.above is None else bounds.above
    if low is not None and bounds.maximum is not None and not bounds.admits(bounds.maximum):
        report.error("bounds", file.maximum or at, name=at)


def fact_kind(
    file: FieldFile, choices: dict[str, kinds.ChoiceList], units: UnitTable, fact_key: str, report: Report
) -> kinds.Kind | None:
    """Return the kind that a fact's or parameter's file states."""
    word = str(file.kind)
    if word in ("choice", "choices"):
        listed = choices.get(str(file.choices)) if file.choices is not None else None
        if listed is None:
            at = file.choices if file.choices is not None else file.kind
            report.error("unknown-choices", at, suggestion(str(file.choices), choices), name=file.choices)
            return None
        return kinds.Choice(listed) if word == "choice" else kinds.Choices(listed)
    if word == "number":
        unit = ONE
        if file.unit is not None:
            found = units.find(str(file.unit))
            if found is None:
                report.error("unknown-unit.file", file.unit, suggestion(file.unit, units.units))
                return None
            unit = Unit(str(file.unit), found.dimension, found.scale)
        return kinds.Number(unit, flag(file.whole, False, report))
    plain: dict[str, kinds.Kind] = {
        "boolean": kinds.Boolean(),
        "text": kinds.Text(),
        "date": kinds.Date(),
        "time": TIME,
        "records": kinds.Records(fact_key),
    }
    if word not in plain:
        report.error("unknown-kind.fact", file.kind, suggestion(word, KINDS))
        return None
    return plain[word]


def _add(fact: Fact, at: Scalar, facts: dict[str, Fact], by_name: dict[str, str], report: Report) -> None:
    for spelled in (fact.key, fact.zh_key):
        other = by_name.get(normal(spelled))
        if other is not None:
            report.error("defined-twice.names", fact.at or at, name=spelled, other=other)
        by_name[normal(spelled)] = fact.key
        report.alike(spelled, fact.at or at)
    facts[fact.key] = fact
