"""Words in a column as admission would take them: yes and no, texts, days and choices."""

from __future__ import annotations

from safety_rules.engines.sql.dialect import Dialect
from safety_rules.engines.sql.read.cell_types import Cell, absent_text
from safety_rules.engines.sql.read.types import Reads
from safety_rules.language import limits
from safety_rules.language.kinds import ChoiceList
from safety_rules.language.vocabulary import Fact
from safety_rules.semantics.admission.values import FALSE, NOTHING, SEPARATORS, TRUE

SPACES = r"[\s\x{1c}-\x{1f}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]"
UNSEEN = r"[\x{ad}\x{34f}\x{61c}\x{115f}\x{1160}\x{17b4}\x{17b5}\x{180e}\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{206f}\x{fe00}-\x{fe0f}\x{feff}]"
PADDED = rf"(?s)\A{SPACES}|{SPACES}\z|{UNSEEN}"
PLAIN_DAY = r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\z"
PLAIN_TIME = r"\A([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?\z"
PLAIN_CODE = r"\A[0-9]{2,4}\z"
PLAIN_CAS = r"\A[0-9]{2,7}-[0-9]{2}-[0-9]\z"
FIRST_PLAIN, LAST_PLAIN = "DATE '1001-01-01'", "DATE '8999-12-31'"  # a period of a thousand years stays in the calendar


def boolean_cell(fact: Fact, sql: str, d: Dialect) -> Cell:
    """Return the cell of yes or no in words."""
    words = {True: TRUE - fact.blank_words, False: FALSE - fact.blank_words}
    arms = " ".join(f"WHEN {d.one_of(sql, sorted(w))} THEN {str(v).upper()}" for v, w in words.items())
    known = d.one_of(sql, sorted(w for group in words.values() for w in group))
    return Cell(f"(CASE {arms} END)", f"(NOT {known} AND NOT {absent_text(fact, sql, d)})")


def text_cell(fact: Fact, sql: str, name: str, reads: Reads, d: Dialect) -> Cell:
    """Return the cell of a text in a column of the type `name`."""
    if name == "integer":
        text = d.cast(sql, "text")
    elif name in ("decimal", "double"):
        number = d.cast(sql, "double")
        bad = f"({d.unbounded(number)} OR {number} <> round({number}))"
        odd = f"(abs({number}) > 1E15)"
        whole = f"(CASE WHEN {bad} OR {odd} THEN NULL ELSE {d.cast(f'CAST({number} AS BIGINT)', 'text')} END)"
        return _formed(fact, whole, Cell(whole, odd, bad), d)
    elif fact.format in ("industry_code", "cas"):
        plain = d.matches(sql, PLAIN_CODE) if fact.format == "industry_code" else _is_cas(sql, d)
        return Cell(f"(CASE WHEN {plain} THEN {sql} END)", f"(NOT {plain} AND NOT {absent_text(fact, sql, d)})")
    elif reads.bare and not fact.format:
        strange = f"{d.matches(sql, PADDED)} OR length({sql}) > {limits.TEXT // 2}"
        return Cell(sql, f"({strange} OR {d.one_of(f'lower({sql})', sorted(fact.blank_words))})")
    else:
        text = f"(CASE WHEN {absent_text(fact, sql, d)} THEN NULL ELSE {sql} END)"
        odd = f"({d.matches(sql, PADDED)} OR length({sql}) > {limits.TEXT // 2})"
        return _formed(fact, text, Cell(text, odd), d)
    return _formed(fact, text, Cell(text), d)


def _is_cas(sql: str, d: Dialect) -> str:
    """Return whether text is a CAS number with its check digit, or 无.

    The digits before the last, counted from the right, times 1, 2, 3, ... add up to the last one, modulo 10. The
    w-th digit is what the digits from there on are, less ten times those after it.
    """
    heads = " + ".join(f"({10 - 9 * w}) * floor(n / 1E{w})" for w in range(1, 10))
    number = d.array(d.cast(f"replace({sql}, '-', '')", "double"))
    right = d.some_of(number, "n", f"(({heads} - n) % 10 = 0)")
    return f"(CASE WHEN {sql} = '无' THEN TRUE WHEN {d.matches(sql, PLAIN_CAS)} THEN {right} ELSE FALSE END)"


def _formed(fact: Fact, text: str, found: Cell, d: Dialect) -> Cell:
    """Return the cell where the fact has a form of its own: what is not plainly in it is odd."""
    if not fact.format:
        return found
    outside = f"(NOT {d.matches(text, PLAIN_CODE)})" if fact.format == "industry_code" else f"({text} IS NOT NULL)"
    odd = outside if found.odd is None else f"({found.odd} OR coalesce({outside}, FALSE))"
    return Cell(found.value, odd, found.problem)


def day_cell(fact: Fact, sql: str, name: str, d: Dialect) -> Cell:
    """Return the cell of a day in a column of the type `name`."""
    if name == "text":
        value = f"(CASE WHEN {d.matches(sql, PLAIN_DAY)} THEN {d.try_cast(sql, 'date')} END)"
        far = f"({value} NOT BETWEEN {FIRST_PLAIN} AND {LAST_PLAIN})"
        return Cell(value, f"(({value} IS NULL AND NOT {absent_text(fact, sql, d)}) OR coalesce({far}, FALSE))")
    day = d.cast(sql, "date") if name == "timestamp" else sql
    return Cell(day, f"({day} NOT BETWEEN {FIRST_PLAIN} AND {LAST_PLAIN})")


def time_cell(fact: Fact, sql: str, name: str, d: Dialect) -> Cell:
    """Return the cell of a time of day in a column of the type `name`, in seconds from midnight."""
    text = d.cast(sql, "text") if name == "time" else sql
    hour, minute, second = (d.cast(f"substr({text}, {at}, 2)", "double") for at in (1, 4, 7))
    seconds = f"(CASE WHEN length({text}) = 8 THEN {second} ELSE 0E0 END)"
    value = f"(CASE WHEN {d.matches(text, PLAIN_TIME)} THEN {hour} * 3600E0 + {minute} * 60E0 + {seconds} END)"
    return Cell(value, f"({value} IS NULL AND NOT {absent_text(fact, text, d)})")


def _spelled(choices: ChoiceList) -> dict[str, str]:
    """Return the option of each spelling, as far as it is written exactly so."""
    found: dict[str, str] = {}
    for option in choices.options:
        for spelling in option.spellings:
            first = choices.find(spelling)
            if first is not None and spelling == spelling.strip():
                found[spelling] = first.key
    return found


def _key_of(choices: ChoiceList, sql: str, d: Dialect) -> str:
    of: dict[str, list[str]] = {}
    for spelling, key in _spelled(choices).items():
        of.setdefault(key, []).append(spelling)
    arms = " ".join(f"WHEN {d.one_of(sql, s)} THEN {d.text(k)}" for k, s in of.items())
    return f"(CASE {arms} END)" if arms else d.null("text")


def choice_cell(fact: Fact, choices: ChoiceList, sql: str, clean: bool, bare: bool, d: Dialect) -> Cell:
    """Return the cell of one choice."""
    if clean:
        keys = [o.key for o in choices.options]
        key = sql if bare else d.as_choice(sql, keys)
        strange = f"(NOT {d.one_of(sql, keys)})" if key == sql else f"({key} IS NULL AND {sql} IS NOT NULL)"
        return Cell(sql, strange, known=None if key == sql else key)
    value = _key_of(choices, sql, d)
    return Cell(value, f"({value} IS NULL AND NOT {absent_text(fact, sql, d)})")


def choices_cell(choices: ChoiceList, sql: str, counted: bool, d: Dialect) -> Cell:
    """Return a list of choices, each once where it matters; a list with any other spelling than the keys is odd."""
    keys = [o.key for o in choices.options]
    return Cell(d.distinct(sql) if counted else sql, f"({sql} IS NOT NULL AND NOT {d.only(sql, keys)})")


def choices_in_words(fact: Fact, choices: ChoiceList, sql: str, counted: bool, d: Dialect, json: bool = False) -> Cell:
    """Return the choices of a cell such as `硝化、机械加工`; a part with any other spelling makes it odd.

    `json`: the cell may also be a list that was written as JSON.
    """
    one, part = _key_of(choices, sql, d), _key_of(choices, "e", d)
    nothing = d.one_of(f"lower({sql})", sorted(NOTHING - fact.blank_words - choices.by_spelling.keys()))
    several = d.transform(d.split(sql, SEPARATORS.pattern), d.lambda_("e", part))
    if json:
        is_list = f"({sql} LIKE '[%' AND {d.valid_json(sql)})"
        listed = d.transform(d.texts_of_json(f"(CASE WHEN {is_list} THEN {sql} END)"), d.lambda_("e", part))
        several = f"(CASE WHEN {is_list} THEN {listed} ELSE {several} END)"
    listed = f"(CASE WHEN {one} IS NOT NULL THEN {d.literal_list(one)} ELSE {several} END)"
    filled = f"(CASE WHEN {nothing} THEN {d.literal_list('')} WHEN NOT {absent_text(fact, sql, d)} THEN {listed} END)"
    return Cell(
        d.distinct(filled) if counted else filled,
        f"coalesce({d.holes(listed)} AND NOT {nothing} AND NOT {absent_text(fact, sql, d)}, FALSE)",
    )
