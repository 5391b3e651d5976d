"""A path is a path: no sign in the name of a file, of a folder or of the temporary folder means anything else."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from doors.reading import area

ROOT = Path(__file__).parents[2]
GOOD = {"项目编号": "XM-1", "用地方式": "单体征地", "用地面积（亩）": "15", "固定资产投资（万元）": "9375"}
OTHER = {**GOOD, "项目编号": "XM-2", "固定资产投资（万元）": "1"}
NAMES = ["q[1]", "b*", "c?", "[!x]", "**", "e]]", "q'1", 'q"1', "q$1", "{a,b}", "~", "-", "a b", "项目％"]
FOLDERS = ["plain", "site=land", "violated=0", "t'x", "b[a]r", "project.site=factory"]


def written(path: Path, record: dict[str, str]) -> Path:
    """Write a file of one record without DuckDB's ways of naming files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".csv":
        path.write_text(",".join(record) + "\n" + ",".join(record.values()) + "\n", "utf-8")
    else:
        import pyarrow as pa
        import pyarrow.parquet as pq

        with path.open("wb") as file:
            pq.write_table(pa.table({k: [v] for k, v in record.items()}), file)
    return path


def rows(path: Path, engine: str = "duckdb", **more: Any) -> list[tuple[Any, ...]]:
    """Return what each row comes to."""
    decision = area().decide_table(path, engine=engine, keep=("项目编号",), **more)
    try:
        return [(r["项目编号"], r["at_best"], r["at_worst"], r["violated"], r["undetermined"]) for r in decision]
    finally:
        decision.close()


@pytest.mark.parametrize("ending", [".parquet", ".csv"])
@pytest.mark.parametrize("name", NAMES)
def test_signs_in_a_name_stand_for_no_other_file(tmp_path: Path, name: str, ending: str) -> None:
    for near in ("q1", "bb", "cc", "x", "other", "a", "b"):
        written(tmp_path / f"{near}{ending}", OTHER)
    path = written(tmp_path / f"{name}{ending}", GOOD)
    plain = written(tmp_path / f"plain{ending}", GOOD)
    assert rows(plain) == rows(path) == rows(path, "records")


@pytest.mark.parametrize("ending", [".parquet", ".csv"])
@pytest.mark.parametrize("folder", FOLDERS)
def test_the_name_of_a_folder_is_no_column(tmp_path: Path, folder: str, ending: str) -> None:
    record = {k: v for k, v in GOOD.items() if k != "用地方式"}
    expected = rows(written(tmp_path / f"plain{ending}", record))
    path = written(tmp_path / folder / f"rows{ending}", record)
    assert expected == rows(path)
    output = tmp_path / folder / "decided.parquet"
    area().decide_table(path, output).close()
    with output.open("rb") as file:
        import pyarrow.parquet as pq

        assert "site" not in pq.read_table(file).column_names


def test_a_backslash_among_signs_is_refused_by_name(tmp_path: Path) -> None:
    path = written(tmp_path / "a\\b[1].parquet", GOOD)
    with pytest.raises(Exception, match="backslash"):
        rows(path)


SCRIPT = """
import sys, pathlib
sys.path.insert(0, {tests!r})
from doors.test_paths import rows
from safety_rules.cli.main import main
source, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
print(rows(source))
print(rows(source, details=True))
for target in (out / "a.parquet", out / "a.csv", out / "a.xlsx"):
    sys.argv = ["safety-rules", "screen", str(source), "-o", str(target), "--engine", "duckdb", "--on", "2020-10-01"]
    try:
        main()
    except SystemExit as stop:
        assert not stop.code, stop.code
"""


def said(folder: Path, temporary: Path) -> str:
    """Return what is printed of one ledger by a process whose temporary files lie in a folder."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(tests=str(ROOT / "tests")), written(folder / "rows.csv", OTHER), folder],
        env={**os.environ, "TMPDIR": str(temporary)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.replace(str(folder), "…")


@pytest.fixture(scope="module")
def said_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("elsewhere")
    return said(folder, folder)


@pytest.mark.parametrize("name", ["plain", "violated=0", "t'x", "a[b]*", 'q"q', "at_best=admitted"])
def test_where_temporary_files_lie_changes_nothing(tmp_path: Path, said_elsewhere: str, name: str) -> None:
    place = tmp_path / name
    place.mkdir()
    assert said(tmp_path, place) == said_elsewhere


def test_graded_units_are_the_same_wherever_temporary_files_lie(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tempfile
    from contextlib import ExitStack

    from safety_rules.services.grading_tables import unit_table

    source = tmp_path / "units.csv"
    source.write_text("单元名称,危险化学品\n一单元,\n", "utf-8")
    found = []
    for name in ("plain", "outcome=level_1", "t'x"):
        (tmp_path / name).mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / name))
        with ExitStack() as stack:
            found.append(list(unit_table(source, area("major_hazard", "2024-10-01"), None, "duckdb", stack)))
    assert found[0] == found[1] == found[2]


def test_a_long_name_is_a_name(tmp_path: Path) -> None:
    source = written(tmp_path / "rows.csv", GOOD)
    for ending in (".parquet", ".csv", ".xlsx"):
        target = tmp_path / ("长" * ((253 - len(ending)) // 3) + "a" * ((253 - len(ending)) % 3) + ending)
        assert len(target.name.encode()) == 253
        for engine in ("duckdb", "records"):
            if engine == "records" and ending == ".parquet":
                continue
            area().decide_table(source, target, engine=engine).close()
            assert target.is_file()
            target.unlink()


def test_what_is_no_file_is_never_replaced(tmp_path: Path) -> None:
    source = written(tmp_path / "rows.csv", GOOD)
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(Exception, match="no file"):
        area().decide_table(source, tmp_path / "pipe.csv")
    assert (tmp_path / "pipe.csv").is_fifo()


SQL = re.compile(r"\b(?:SELECT|FROM|COPY|SET|INSERT INTO|CREATE|read_\w+)\b", re.ASCII)
SAFE = re.compile(r"^(?:int|len|str|.*\b(?:quoted|at|just|parquet|copied|name_of|text|_name|texts|double|day)\b)")


def unquoted(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the line and text of each f-string of SQL that puts a value between quotes of its own, or a path as it is."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.JoinedStr):
            continue
        texts = [p.value for p in node.values if isinstance(p, ast.Constant)]
        if not SQL.search(" ".join(map(str, texts))):
            continue
        for before, part in zip([None, *node.values], node.values, strict=False):
            if not isinstance(part, ast.FormattedValue):
                continue
            said = ast.unparse(part.value)
            open_quote = isinstance(before, ast.Constant) and str(before.value).endswith(("'", '"', "`"))
            is_path = re.search(r"\b(?:path|folder|file|target|source|name)\b", said) and not SAFE.match(said)
            if open_quote or (is_path and "(" not in said and said.endswith(("path", "folder", "file"))):
                yield node.lineno, said


def test_no_path_or_name_goes_into_sql_unquoted() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {said}"
        for path in sorted((ROOT / "src").rglob("*.py"))
        if "words" not in path.parts and "cli" not in path.parts
        for line, said in unquoted(ast.parse(path.read_text("utf-8")))
    ]
    assert found == []


@pytest.mark.parametrize(
    "line",
    ["f\"SELECT * FROM read_parquet('{path}')\"", "f\"COPY x TO '{target}'\"", "f'SELECT \"{name}\" FROM t'",
     "f'SELECT * FROM read_parquet({path})'"],
)  # fmt: skip
def test_an_unquoted_path_would_be_found(line: str) -> None:
    assert list(unquoted(ast.parse(line)))


def test_quotes_in_names_of_columns_are_part_of_the_name(tmp_path: Path) -> None:
    con = duckdb.connect()
    frame = con.sql('SELECT \'XM-1\' AS "项目编号", \'x\' AS "a""b\'c", \'land\' AS "用地方式"')
    decision = area().decide_table(frame, tmp_path / "o.parquet", keep=("a\"b'c",))
    assert [row["a\"b'c"] for row in decision] == ["x"]
    decision.close()
