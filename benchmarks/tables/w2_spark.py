"""W2 on Spark: our lowering beside Spark SQL by hand, on a session of two local cores."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.records.w1 import area
from benchmarks.result import Result, Row, Target
from benchmarks.tables import w2_by_hand
from benchmarks.tables.w2 import different
from benchmarks.tables.w2_data import write_rows
from benchmarks.timing import Timed, paired

ROWS = int(os.environ.get("SAFETY_RULES_ROWS", "1000000"))
ABOUT = """{rows} rows of W2 from Parquet, decided and written as a folder of Parquet by `local[2]`. By hand: Spark SQL that gives
the outcome and the mask of failed rules, in floats; and once more with all that a verdict says of complete rows. Ours: the
outcome and the failed rules alone (`answers=("violated",)`), and once more all that W2 lists; both looked through for rows that go back before the folder takes its name. All are warm;
answers are compared row by row first."""
HAND, OURS = "Spark SQL by hand", "safety_rules on Spark"
LEAN = "safety_rules on Spark, outcome and failed rules alone"
WHOLE = "Spark SQL by hand, verdict and all masks"


def session() -> Any:
    """Return a local session."""
    from pyspark.sql import SparkSession

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        builder = SparkSession.builder.master("local[2]").config("spark.driver.memory", "2g")
        builder = builder.config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false")
        made = builder.config("spark.driver.host", "127.0.0.1").getOrCreate()
    made.sparkContext.setLogLevel("OFF")
    return made


def measured() -> Result:
    """Return what W2 on Spark measured."""
    law, spark = area(), session()
    rules = [r.key for r in law.law.rules]
    with tempfile.TemporaryDirectory(prefix="w2-spark-") as name:
        folder = Path(name)
        source = str(write_rows(folder / "rows.parquet", ROWS))
        keys = spark.read.parquet(source).columns
        text = w2_by_hand.query("rows_by_hand", keys, rules, "`", "D")

        def hand(target: Path = folder / "hand") -> None:
            spark.read.parquet(source).createOrReplaceTempView("rows_by_hand")
            spark.sql(text).write.mode("overwrite").parquet(str(target))

        def ours(target: Path = folder / "ours") -> None:
            law.decide_table(spark.read.parquet(source), target)

        def lean(target: Path = folder / "lean") -> None:
            law.decide_table(spark.read.parquet(source), target, answers=("violated",))

        whole_text = w2_by_hand.whole_query("rows_by_hand", keys, rules, "`", "D")

        def whole(target: Path = folder / "whole") -> None:
            spark.read.parquet(source).createOrReplaceTempView("rows_by_hand")
            spark.sql(whole_text).write.mode("overwrite").parquet(str(target))

        agree = _agree(spark, source, keys, text, law, folder)
        calls: dict[str, Callable[[], object]] = {HAND: hand, LEAN: lean, OURS: ours}
        times = paired(calls, 1, 7)
        beside_whole = paired({WHOLE: whole, OURS: ours}, 1, 7)
        times[WHOLE] = Timed(beside_whole[WHOLE].seconds, beside_whole[WHOLE].seconds / times[HAND].seconds)
    what = f"{ROWS:,} rows"
    rows = [Row("W2-Spark", n, what, t.seconds, None if n == HAND else t.ratio, None, agree) for n, t in times.items()]
    reached = {
        "verdict and all masks written by both": beside_whole[OURS].ratio,
        "outcome and failed rules alone written by both": times[LEAN].ratio,
    }
    targets = tuple(
        Target("W2-Spark", f"our lowering beside Spark SQL by hand, {n}", 1.15, r, "×", "" if r <= 1.15 else WHY)
        for n, r in reached.items()
    )
    spark.stop()
    return Result(
        "W2-Spark", "thirty rules on Spark", ABOUT.format(rows=f"{ROWS:,}"), tuple(rows), targets, ("pyspark",),
        {"w2_spark_row_us": times[OURS].seconds / ROWS * 1e6},
    )  # fmt: skip


WHY = (
    "beyond the query by hand, ours looks for blanks, NaN, bounds and unknown words, settles what is too close for DOUBLE, and writes "
    "whether a row goes back: left out by itself, looking at words is 7 hundredths, at bounds 3. Two jobs beside the main one, on the first rows and on what was written, take some 0.2 s whatever the "
    "size. Tried, and kept: a short query for complete, plain rows, its parts in methods that the JVM compiles (one method of 17,000 "
    "bytes runs four times slower), blanks replaced while reading, quotients compared as products, the outcome thrice in one "
    "projection, the full query planned only where it is needed. Tried, and no quicker: other numbers of rules in a method, operator "
    "by operator, counting the rows that go back while writing"
)


def _agree(spark: Any, source: str, keys: list[str], text: str, law: Any, folder: Path) -> bool:
    """Return whether all give the same rows, told apart by their number."""
    from pyspark.sql import functions as f

    numbered = spark.read.parquet(source).limit(100_000).withColumn("n", f.monotonically_increasing_id()).cache()
    numbered.createOrReplaceTempView("rows_by_hand")
    inner = text.replace(" FROM rows_by_hand", ", `n` FROM rows_by_hand").replace(
        "AS violated FROM", "AS violated, n FROM"
    )
    by_hand = spark.sql(inner.replace("AS outcome, violated FROM", "AS outcome, violated, n FROM", 1))
    by_hand.orderBy("n").coalesce(1).select("outcome", "violated").write.parquet(str(folder / "a"))
    for name, answers in (("b", ()), ("c", ("violated",))):
        decided = law.decide_table(numbered, keep=["n"], answers=answers).frame()
        decided.orderBy("n").coalesce(1).select("outcome", "violated").write.parquet(str(folder / name))
    one, *others = (next((folder / x).glob("*.parquet")) for x in "abc")
    numbered.unpersist()
    return not any(different(one, other) for other in others)
