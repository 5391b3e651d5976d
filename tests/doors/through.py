"""One content through a door: written as the door wants it, decided, and told in the same words whatever the door.

A content is a mapping of names (of facts, English or Chinese) to plain values: text, numbers, booleans, days, a list of
texts, a list of records. Where the door is a table, contents of the same names are its rows.
"""

from __future__ import annotations

import csv
import datetime
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, make_dataclass
from functools import cache
from pathlib import Path
from typing import Any

import safety_rules as sr
from doors.contents import Content
from doors.writers import ods, workbook, xls
from safety_rules.language.vocabulary import Vocabulary
from safety_rules.services.screening import screen

Judge = Callable[[sr.DatedArea, Sequence[Content], Path], "list[Answer]"]
# What a table says once of a column, a record says of the fact; and what only files can have is said in their words.
FEW = 4
WHO = ("enterprise.name", "enterprise.credit_code")  # a row of a table of several has a name of its own
SAME_KIND = {
    "heading-twice": "given-twice",
    "columns-differ": "given-twice",
    "list": "not-a-list",
    "heading": "unknown-fact",
}
SHEETS = {
    "enterprise.listings": "名单记录",
    "enterprise.accidents": "事故记录",
    "enterprise.hidden_dangers": "隐患记录",
}
OF_COLUMNS = ("unknown-fact", "heading-twice", "heading")
PLACE = re.compile(r"^(?:项目!|[^!]*:)[A-Z]*([0-9]+)$")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a content: the interval, the findings, the kinds of its problems, and the record as it was admitted.

    What a history adds to a verdict is no finding of a rule: then there are none to compare. What a verdict needs
    follows from its record and its law, by one function.
    """

    at_best: str
    at_worst: str
    violated: tuple[str, ...] | None
    undetermined: tuple[str, ...] | None
    problems: tuple[str, ...] | None
    record: Mapping[str, Any] | None


def answer(area: sr.DatedArea, verdict: Any, said: Sequence[Any] = (), row: Mapping[str, Any] | None = None) -> Answer:
    """Return what a verdict says; with an engine's row, what that says of outcomes and findings."""
    violated, undetermined, _ = area.masks(verdict.record)
    at = (verdict.at_best, verdict.at_worst)
    if row is not None:
        assert (violated, undetermined) == (mask(row["violated"]), mask(row["undetermined"]))
        assert at == (row["at_best"], row["at_worst"])
    found = [tuple(r.key for i, r in enumerate(area.law.rules) if m >> i & 1) for m in (violated, undetermined)]
    reasons = {p.path for p in said}  # a cell of which the file's reader said why holds no value, and the row says that
    codes = {SAME_KIND.get(p.code, p.code) for p in (*said, *(p for p in verdict.problems if p.path not in reasons))}
    return Answer(*at, *found, tuple(sorted(codes)), {k: v for k, v in verdict.record.values.items() if k not in WHO})


def mask(found: int | list[int]) -> int:
    """Return a mask of a row: a number, or of an area of more rules than a number has bits several, 63 bits each."""
    return found if isinstance(found, int) else sum(word << 63 * i for i, word in enumerate(found))


# --- records -----------------------------------------------------------------------------------------------------------


def nested(content: Content) -> dict[str, Any]:
    """Return a content as a tree of subjects."""
    tree: dict[str, Any] = {}
    for name, value in content.items():
        outer, _, inner = name.rpartition(".")
        if outer:
            tree.setdefault(outer, {})[inner] = value
        else:
            tree[name] = value
    return tree


def in_chinese(content: Content, vocabulary: Vocabulary) -> dict[str, Any]:
    """Return a content under the other names of its facts and fields: Chinese for English, English for Chinese."""
    return {_other(name, vocabulary): _items(name, value, vocabulary) for name, value in content.items()}


def _other(name: str, vocabulary: Vocabulary) -> str:
    fact = vocabulary.find(name)
    return name if fact is None else fact.zh_key if name == fact.key else fact.key


def _items(name: str, value: Any, vocabulary: Vocabulary) -> Any:
    fact = vocabulary.find(name)
    if fact is None or not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
        return value
    names = {f.field: f.zh_key.rpartition(".")[2] for f in vocabulary.fields(fact.key)}
    names |= {zh: key for key, zh in names.items()}
    return [{names.get(k, k): v for k, v in item.items()} for item in value]


def as_dataclass(content: Content) -> Any:
    """Return a content as a dataclass of dataclasses."""
    return _object(nested(content), lambda name, fields: _class(name, tuple(fields))(**fields))


@cache
def _class(name: str, fields: tuple[str, ...]) -> Any:
    return make_dataclass(name, fields)


def as_pydantic(content: Content) -> Any:
    """Return a content as a pydantic model of models."""
    from pydantic import ConfigDict, create_model

    def made(name: str, fields: dict[str, Any]) -> Any:
        config = ConfigDict(arbitrary_types_allowed=True)
        return create_model(name, __config__=config, **dict.fromkeys(fields, (Any, None)))(**fields)

    return _object(nested(content), made)


def _object(tree: dict[str, Any], made: Callable[[str, dict[str, Any]], Any]) -> Any:
    inner = {k: made(f"A_{k}", v) if isinstance(v, dict) else v for k, v in tree.items()}
    return made("Data", inner)


def by_record(form: Callable[[sr.DatedArea, Content], Any]) -> Judge:
    """Return a door of single records, in a form."""
    return lambda area, contents, folder: [answer(area, area.decide(form(area, c))) for c in contents]


# --- tables ------------------------------------------------------------------------------------------------------------


def columns(contents: Sequence[Content]) -> list[str]:
    return list(dict.fromkeys(name for c in contents for name in c))


def by_table(made: Callable[[Sequence[Content], Path], Any], engine: str = "auto", every: int = 5) -> Judge:
    """Return a door of whole tables, decided by an engine; the verdict of few rows, or of one in some, is asked for besides."""

    def judged(area: sr.DatedArea, contents: Sequence[Content], folder: Path) -> list[Answer]:
        decision = area.decide_table(made(contents, folder), engine=engine)
        try:
            rows = list(decision)
            assert len(rows) == len(contents)
            notices = _by_row(decision.notices)
            return [
                told(area, decision, n, r, [*notices(n), *notices(0)], n <= FEW or not n % every)
                for n, r in enumerate(rows, 1)
            ]
        finally:
            decision.close()

    return judged


def told(
    area: sr.DatedArea, decision: Any, number: int, row: Mapping[str, Any], said: Sequence[Any], whole: bool
) -> Answer:
    """Return what an engine says of a row; of the whole, also what the row's verdict says."""
    if not whole:
        found = [
            tuple(r for i, r in enumerate(decision.rules) if mask(row[n]) >> i & 1)
            for n in ("violated", "undetermined")
        ]
        return Answer(row["at_best"], row["at_worst"], *found, None, None)
    return answer(area, decision.verdict(number), said, row)


def _by_row(notices: Sequence[Any]) -> Callable[[int], list[Any]]:
    """Return what was said of a row of a table (from 1), or with 0 of its columns."""
    of_rows = [(int(found[1]) - found[0].count("!"), n) for n in notices if (found := PLACE.search(n.place)) and n.path]
    of_columns = [n for n in notices if n.code in OF_COLUMNS]
    return lambda number: [n for at, n in of_rows if at == number] if number else of_columns


def by_screening(made: Callable[[Sequence[Content], Path], Any], engine: str = "auto") -> Judge:
    """Return a door of ledgers that are screened; each row is of an enterprise of its own."""

    def judged(area: sr.DatedArea, contents: Sequence[Content], folder: Path) -> list[Answer]:
        apart = [of_its_own(c, n) for n, c in enumerate(contents, 1)] if len(contents) > 1 else contents
        screening = screen(made(apart, folder), area, engine=engine)
        verdicts = [r.verdict for r in screening.rows if r.outcome]
        assert len(verdicts) == len(contents), [n.text("zh") for n in screening.notices]
        notices = [n for n in screening.notices if n.code in OF_COLUMNS]
        return [answer(area, v, notices) for v in verdicts]

    return judged


def of_its_own(content: Content, number: int) -> Content:
    """Return a content whose enterprise, where it names one, is no other row's."""
    who = {"enterprise.name": f"甲公司{number}", "enterprise.credit_code": ""}
    return {k: who.get(k, v) for k, v in content.items()}


def text(value: Any) -> str:
    """Return a value as the text that people write in a cell."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case []:
            return "无"
        case [dict(), *_] | dict() | [None, *_] | [list(), *_]:
            return json.dumps(value, ensure_ascii=False, default=text)
        case list():
            return "、".join(map(text, value))
        case datetime.date():
            return value.isoformat()
        case _:
            return str(value)


def rows_of(contents: Sequence[Content]) -> Iterator[list[Any]]:
    names = columns(contents)
    for content in contents:
        yield [content.get(name) for name in names]


def as_csv(encoding: str = "utf-8", separator: str = ",") -> Callable[[Sequence[Content], Path], Path]:
    def made(contents: Sequence[Content], folder: Path) -> Path:
        path = folder / f"{folder.name}.csv"
        with path.open("w", encoding=encoding, newline="") as file:
            writer = csv.writer(file, delimiter=separator)
            writer.writerow(columns(contents))
            writer.writerows([text(v) for v in row] for row in rows_of(contents))
        return path

    return made


def as_json_lines(contents: Sequence[Content], folder: Path) -> Path:
    (folder / f"{folder.name}.jsonl").write_text("".join(_json(nested(c)) + "\n" for c in contents), "utf-8")
    return folder / f"{folder.name}.jsonl"


def as_json_array(contents: Sequence[Content], folder: Path) -> Path:
    (folder / f"{folder.name}.json").write_text("[" + ",\n".join(_json(dict(c)) for c in contents) + "]", "utf-8")
    return folder / f"{folder.name}.json"


def _json(data: Any) -> str:
    return json.dumps(
        data, ensure_ascii=False, default=lambda v: v.isoformat() if isinstance(v, datetime.date) else str(v)
    )


def as_arrow(contents: Sequence[Content], folder: Path = Path()) -> Any:
    """Return an Arrow table; a column whose values are not of one type holds their text."""
    import pyarrow as pa

    return pa.table({name: _column([c.get(name) for c in contents]) for name in columns(contents)})


def _column(values: Sequence[Any]) -> Any:
    import pyarrow as pa

    there = [v for v in values if v is not None]
    if len({type(v) for v in there}) == 1 and isinstance(there[0], bool | int | float | datetime.date | str):
        return pa.array(values)
    if there and all(isinstance(v, list) and all(isinstance(i, str) for i in v) for v in there) and any(there):
        return pa.array(values, pa.list_(pa.string()))
    if there and all(isinstance(v, list) and all(isinstance(i, dict) for i in v) for v in there):
        fields = list(dict.fromkeys(k for v in there for i in v for k in i)) or ["x"]
        plain = [
            None if v is None else [{k: text(i[k]) if k in i else None for k in fields} for i in v] for v in values
        ]
        return pa.array(plain, pa.list_(pa.struct([(k, pa.string()) for k in fields])))
    return pa.array([None if v is None else text(v) for v in values], pa.string())


def as_parquet(contents: Sequence[Content], folder: Path) -> Path:
    import pyarrow.parquet as pq

    pq.write_table(as_arrow(contents), folder / f"{folder.name}.parquet")
    return folder / f"{folder.name}.parquet"


def as_pandas(contents: Sequence[Content], folder: Path) -> Any:
    return as_arrow(contents).to_pandas()


def as_polars(contents: Sequence[Content], folder: Path) -> Any:
    import polars as pl

    return pl.from_arrow(as_arrow(contents))


def as_relation(contents: Sequence[Content], folder: Path) -> Any:
    import duckdb

    return duckdb.connect().from_arrow(as_arrow(contents))


def by_spark(area: sr.DatedArea, contents: Sequence[Content], folder: Path) -> list[Answer]:
    """Put contents through a frame of Spark, whose rows have no order: a number is kept. A session of the process's own."""
    from pyspark.sql import SparkSession

    local = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    session = (
        local.config("spark.sql.shuffle.partitions", "1").config("spark.driver.bindAddress", "127.0.0.1").getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    rows = [{**dict(c), "at": n} for n, c in enumerate(contents)]
    frame = session.read.parquet(str(as_parquet(rows, folder)))
    decision = area.decide_table(frame, keep=["at"])
    found = sorted((r.asDict() for r in decision.frame().collect()), key=lambda r: r["at"])
    assert len(found) == len(contents)
    return [told(area, decision, row["at"], row, (), False) for row in found]


def as_mappings(contents: Sequence[Content], folder: Path) -> Any:
    return [dict(c) for c in contents]


# --- workbooks ---------------------------------------------------------------------------------------------------------


def sheets_of(contents: Sequence[Content]) -> dict[str, list[list[Any]]]:
    """Return contents as one wide sheet: a list stands in its cell as text."""
    return {"项目": [columns(contents), *([_cell(v) for v in row] for row in rows_of(contents))]}


def _cell(value: Any) -> Any:
    return value if isinstance(value, int | float | datetime.date) and not isinstance(value, bool) else text(value)


def as_list_sheets(contents: Sequence[Content], folder: Path, hidden: str = "") -> Path:
    """Return a workbook in which each list stands in a sheet of its own, joined by the enterprise's name."""
    rows: list[dict[str, Any]] = []
    lists: dict[str, list[dict[str, Any]]] = {}
    for number, content in enumerate(contents, 1):
        who = f"甲公司{number}"
        rows.append({k: v for k, v in content.items() if k not in WHO} | {"企业名称": who})
        for name, value in content.items():
            if name in SHEETS and isinstance(value, list) and value and all(isinstance(v, dict) for v in value):
                rows[-1][name] = f"{len(value)}条"
                lists.setdefault(SHEETS[name], []).extend({"企业名称": who, **item} for item in value)
    sheets = {n: [columns(items), *([text(v) for v in row] for row in rows_of(items))] for n, items in lists.items()}
    return workbook(folder / f"{folder.name}.xlsx", hidden=hidden, **sheets_of(rows), **sheets)


def as_two_rows(contents: Sequence[Content], folder: Path) -> Path:
    """Return a workbook with a row of groups above the headings."""
    (headings, *rows), *_ = sheets_of([_zh(c) for c in contents]).values()
    groups = ["基本情况", *[""] * 4, "建设情况", *[""] * (len(headings) - 6)]
    return workbook(
        folder / f"{folder.name}.xlsx", merged=((0, 0, 4), (0, 5, len(headings) - 1)), 项目=[groups, headings, *rows]
    )


def as_form(contents: Sequence[Content], folder: Path) -> Path:
    """Return a workbook of forms, a sheet each: a heading and its value in a line."""
    forms = {f"申报表{n}": [[h, _cell(v)] for h, v in _zh(c).items()] for n, c in enumerate(contents, 1)}
    return workbook(folder / f"{folder.name}.xlsx", **forms)


def _zh(content: Content) -> dict[str, Any]:
    """Return a content under the headings that forms have: the last part of the Chinese names."""
    vocabulary = sr.load().rulebook.vocabulary
    return {(f.name.zh if (f := vocabulary.find(name)) else name): value for name, value in content.items()}


def with_nobody(made: Callable[..., Path], ending: str) -> Callable[[Sequence[Content], Path], Path]:
    """Return a maker of workbooks whose sheet of listings holds a row of nobody."""
    rows = [["企业名称", "名单", "列入日期", "名单状态"], ["", "黑名单", "2020-03-12", "在列"]]
    return lambda contents, folder: made(folder / f"{folder.name}.{ending}", **sheets_of(contents), 名单记录=rows)


def with_hidden_row(contents: Sequence[Content], folder: Path) -> Path:
    return workbook(folder / f"{folder.name}.xlsx", hidden="rows", **sheets_of(contents))


def as_workbook(contents: Sequence[Content], folder: Path, hidden: str = "") -> Path:
    return workbook(folder / f"{folder.name}.xlsx", hidden=hidden, **sheets_of(contents))


def as_ods(contents: Sequence[Content], folder: Path) -> Path:
    return ods(folder / f"{folder.name}.ods", **sheets_of(contents))


def as_xls(contents: Sequence[Content], folder: Path) -> Path:
    return xls(folder / f"{folder.name}.xls", **sheets_of(contents))
