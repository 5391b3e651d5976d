"""What holds of a ledger as a whole: how many of its rows may say the same; judged once, with the rows named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from safety_rules.engines.columnar.result import TableDecision
from safety_rules.engines.spark.result import SparkDecision
from safety_rules.language.kinds import Name
from safety_rules.language.record import Problem, Record
from safety_rules.language.rulebook import AcrossRows
from safety_rules.language.vocabulary import Vocabulary
from safety_rules.semantics.across_rows import Asked, Key
from safety_rules.semantics.decide import AreaOn
from safety_rules.tables.by_record import RecordDecision
from safety_rules.words.problem import problem
from safety_rules.words.values import listed, shown

MOST_ROWS = 20  # of a group, that are named


def across_rows(
    rules: Iterable[AcrossRows], rows: Iterable[tuple[int, Record]], name: str, vocabulary: Vocabulary
) -> Iterator[Problem]:
    """Yield each group of rows that has too many of them, and how many rows leave open to which group they belong."""
    asked = [Asked(rule) for rule in rules]
    for number, record in rows:
        for one in asked:
            one.add(number, record)
    for one in asked:
        rule, facts = one.rule, _names(one.rule.by, vocabulary)
        for key, numbers in one.broken():
            place, rows_ = f"{name}:{numbers[0]}", _numbers(numbers)
            if rule.rising:
                kind, said = vocabulary.facts[rule.rising].kind, dict(one.groups[key])
                values = Name(
                    *(listed([shown(said[n], kind, at) for n in numbers[:MOST_ROWS]], at) for at in ("zh", "en"))
                )
                yield problem(
                    "across-rows.falls", rule.rising, place, _shown(key, rule, vocabulary),
                    rule=rule.name, facts=facts, rows=rows_, value=vocabulary.facts[rule.rising].name, values=values,
                )  # fmt: skip
            else:
                yield problem(
                    "across-rows", rule.by[0], place, _shown(key, rule, vocabulary),
                    rule=rule.name, facts=facts, rows=rows_, count=len(numbers), most=rule.at_most,
                )  # fmt: skip
        if one.blank:
            place, rows_ = f"{name}:{one.blank[0]}", _numbers(one.blank)
            facts = _names((*rule.by, *filter(None, [rule.rising])), vocabulary)
            yield problem(
                "across-rows.blank", rule.by[0], place, rule=rule.name, facts=facts, rows=rows_, count=len(one.blank)
            )


def across_table(law: AreaOn, found: TableDecision | RecordDecision | SparkDecision, data: Any) -> Iterator[Problem]:
    """Yield what holds of a decided table as a whole and is broken, its rows numbered from 1 as `verdict(row)` counts them."""
    rules, vocabulary = law.area.across_rows, law.rulebook.vocabulary
    name = Path(data).name if isinstance(data, str | Path) else type(data).__name__
    if isinstance(found, TableDecision | RecordDecision):
        keys = {key for rule in rules for key in (*rule.by, rule.rising)}
        yield from across_rows(rules, found.records(sorted(keys)), name, vocabulary) if rules else ()
        return
    for rule in rules:  # rows of a Spark DataFrame have neither number nor order
        yield problem("across-rows.unordered", rule.by[0], name, rule=rule.name)


def _names(keys: Iterable[str], vocabulary: Vocabulary) -> Name:
    listed_keys = list(keys)
    return Name(*(listed((vocabulary.facts[k].name.in_(at) for k in listed_keys), at) for at in ("zh", "en")))


def _numbers(numbers: list[int]) -> Name:
    """Return the numbers of rows, of many the first."""
    parts = [*map(str, numbers[:MOST_ROWS]), *(["…"] if len(numbers) > MOST_ROWS else [])]
    return Name(listed(parts, "zh"), listed(parts, "en"))


def _shown(key: Key, rule: AcrossRows, vocabulary: Vocabulary) -> str:
    kinds = [vocabulary.facts[k].kind for k in rule.by]
    return listed((str(v) if isinstance(v, str) else shown(v, k, "zh") for v, k in zip(key, kinds, strict=True)), "zh")
