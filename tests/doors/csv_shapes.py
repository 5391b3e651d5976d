"""CSV in all shapes, drawn from a seed; and what each engine makes of one.

`python -m doors.csv_shapes 10000 SEED` (with `tests` on the path) holds DuckDB and records to each other on so many.
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path
from typing import Any

from doors.reading import area
from safety_rules.language.errors import LedgerError
from safety_rules.tables import prepare

COLUMNS = {
    "项目编号": ("XM-1", "XM-2", "", "A,B", 'x"y', "上\n下", "1", "2", " ", "合计", "备注：无"),
    "项目名称": ("光伏", "合计", "设计院", "甲、乙", '"引"', "注：", "", "示例", "1", "2"),
    "企业名称": ("甲公司", "同上", "", "—", "NA", "3", "总计"),
    "用地方式": ("单体征地", "厂房租赁", "land", "", "错", "未知"),
    "用地面积（亩）": ("15", "15.5", "1e2", "十五", "1,500", "", "-3", "20 亩", "0", "１５"),
    "固定资产投资（万元）": ("9375", "5000 万元", "0.5亿元", "", "1e400", "x", "1/3"),
    "年税收（万元）": ("750", "", "1.5", "7 5"),
    "名单记录": (
        "无",
        "",
        '[{"list": "black", "status": "listed", "listed_on": "2020-07-02"}]',
        "有2条",
        "[1,]",
        "见附表",
    ),
    "备注": ("", "无", "a;b", "a\tb", "长" * 300, "x,y,z", "0"),
}
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16")
ENDS = ("\n", "\r\n", "\r")


def drawn(dice: random.Random) -> bytes:
    """Return a CSV file: mostly well formed, often odd."""
    names = dice.sample(list(COLUMNS), dice.randint(2, len(COLUMNS)))
    if not {"项目编号", "项目名称", "用地方式"} & set(names):
        names[0] = "项目编号"
    if dice.random() < 0.1:
        names.append(dice.choice(names))
    if dice.random() < 0.05:
        names.insert(dice.randrange(len(names)), "")
    separator, end = dice.choice(",,,,\t;"), dice.choice(ENDS[: 2 + (dice.random() < 0.2)])
    rows = [names]
    for _ in range(dice.randint(0, 6)):
        row = [dice.choice(COLUMNS.get(n, ("",))) for n in names]
        kind = dice.random()
        if kind < 0.05:
            row = [""] * len(row)
        elif kind < 0.1:
            row = row[: dice.randint(0, len(row))]
        elif kind < 0.14:
            row += ["多"] * dice.randint(1, 2)
        elif kind < 0.17:
            row = list(names)
        elif kind < 0.2:
            row = [str(i) for i in range(1, len(row) + 1)]
        rows.append(row)
    if dice.random() < 0.1:
        rows.insert(0, ["项目台账"])
    if dice.random() < 0.1:
        rows.insert(0, ["单位：元"])
    quoting = dice.random()
    lines = [separator.join(_cell(c, separator, quoting, dice) for c in row) for row in rows]
    text = "".join(line + (dice.choice(ENDS) if dice.random() < 0.03 else end) for line in lines)
    if dice.random() < 0.1:
        at = dice.randrange(len(text))
        text = text[:at] + '"' + text[at:]
    if dice.random() < 0.2:
        text = text.rstrip("\r\n")
    return text.encode(dice.choice(ENCODINGS))


def _cell(cell: str, separator: str, quoting: float, dice: random.Random) -> str:
    odd = any(s in cell for s in (separator, '"', "\n", "\r"))
    if (odd and dice.random() < 0.97) or dice.random() < quoting / 4:
        return '"' + cell.replace('"', '""') + '"'
    return cell


def answer(path: Path, engine: str) -> Any:
    """Return what an engine makes of a file: its rows, or in words why there are none."""
    try:
        decision = area().decide_table(path, engine=engine)
    except LedgerError as error:
        return str(error)
    try:
        rows = [{k: v for k, v in row.items() if k != "again"} for row in decision]
        verdict = decision.verdict(1) if rows else None
        first = (verdict.at_best, verdict.at_worst, bool(verdict.problems)) if verdict else ()
        return rows, first
    except LedgerError as error:
        return str(error)
    finally:
        decision.close()


def different(dice: random.Random, folder: Path) -> str:
    """Return how the engines differ on a drawn file; nothing where they agree."""
    path = folder / "rows.csv"
    path.write_bytes(drawn(dice))
    by_table, by_record = answer(path, "duckdb"), answer(path, "records")
    return "" if by_table == by_record else f"{path.read_bytes()!r}\n{by_table}\n{by_record}"


def main(count: int, seed: int) -> int:
    """Print the first difference, and how many files were read each way."""
    seen, direct = 0, 0
    plain = prepare.plain

    def counted(*given: Any) -> bool:
        nonlocal direct
        found = plain(*given)
        direct += found
        return found

    prepare.plain = counted  # type: ignore[attr-defined]
    with tempfile.TemporaryDirectory() as folder:
        for seen in range(1, count + 1):
            if said := different(random.Random(seed * 1_000_003 + seen), Path(folder)):
                print(f"seed {seed}, file {seen}:\n{said}")
                return 1
    print(f"seed {seed}: {seen} files, {direct} of them read by DuckDB as they were, no difference")
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1))
