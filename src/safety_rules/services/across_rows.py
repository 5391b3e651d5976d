"""What holds of a ledger as a whole: how many of its rows may say the same; judged once, with the rows named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from safety_rules.language.kinds import Name
from safety_rules.language.record import Problem, Record
from safety_rules.language.rulebook import AcrossRows
from safety_rules.language.table import normal_spelling
from safety_rules.language.vocabulary import Vocabulary
from safety_rules.words.problem import problem
from safety_rules.words.values import listed, shown

MOST_ROWS = 20  # of a group, that are named


def across_rows(
    rules: Iterable[AcrossRows], rows: Iterable[tuple[int, Record]], name: str, vocabulary: Vocabulary
) -> Iterator[Problem]:
    """Yield each group of rows that has too many of them, and how many rows leave open to which group they belong.

    A text counts as another text that differs in width, letter case and blanks alone.
    """
    asked = [(rule, dict[tuple[Any, ...], list[int]](), list[int]()) for rule in rules]
    for number, record in rows:
        for rule, groups, blank in asked:
            values = [record.values.get(key) for key in rule.by]
            if None in values:
                blank.append(number)
            else:
                groups.setdefault(tuple(_key(v) for v in values), []).append(number)
    for rule, groups, blank in asked:
        facts = Name(*(listed((vocabulary.facts[k].name.in_(at) for k in rule.by), at) for at in ("zh", "en")))
        for key, numbers in groups.items():
            if len(numbers) > rule.at_most:
                place, rows_, count = f"{name}:{numbers[0]}", _numbers(numbers), len(numbers)
                yield problem(
                    "across-rows", rule.by[0], place, _shown(key, rule, vocabulary),
                    rule=rule.name, facts=facts, rows=rows_, count=count, most=rule.at_most,
                )  # fmt: skip
        if blank:
            place, rows_ = f"{name}:{blank[0]}", _numbers(blank)
            yield problem(
                "across-rows.blank", rule.by[0], place, rule=rule.name, facts=facts, rows=rows_, count=len(blank)
            )


def _key(value: Any) -> Any:
    return normal_spelling(value) if isinstance(value, str) else value


def _numbers(numbers: list[int]) -> Name:
    """Return the numbers of rows, of many the first."""
    parts = [*map(str, numbers[:MOST_ROWS]), *(["…"] if len(numbers) > MOST_ROWS else [])]
    return Name(listed(parts, "zh"), listed(parts, "en"))


def _shown(key: tuple[Any, ...], rule: AcrossRows, vocabulary: Vocabulary) -> str:
    kinds = [vocabulary.facts[k].kind for k in rule.by]
    return listed((str(v) if isinstance(v, str) else shown(v, k, "zh") for v, k in zip(key, kinds, strict=True)), "zh")
