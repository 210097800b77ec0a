"""The course of patients on frames of each engine, against the same engine by hand.

The longest course has BENCH_VISITS visits from the environment, for a quick trial; ten million are
followed in memory, with all that is in between.
"""

import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import engines
import polars as pl
from course_by_hand import (
    by_dask,
    by_duckdb,
    by_pandas,
    by_polars,
    by_polars_in_bounds,
    by_pyarrow,
    by_spark,
)
from data import BOOK, courses
from engines import Engine
from measure import Growth, Large, Measured, Result, compare, grown, millions, said, turns

from sledai import frame

MOST = int(os.environ.get("BENCH_VISITS", "10_000_000"))
ROWS = min(1_000_000, MOST)
FEW_ROWS = 1_000
UNKNOWN = 0.01
ROUNDS = 3
KEYS = ["patient", "date"]
IN_BOUNDS = [c for c in frame.VISIT_COLUMNS if c not in {"sledai_class", "sledai_flare"}]
"""What the rival gets right of visits that were not assessed in full."""
BY_HAND = {
    "pandas": by_pandas,
    "pyarrow": by_pyarrow,
    "DuckDB": by_duckdb,
    "Dask": by_dask,
    "PySpark": by_spark,
}


def measured() -> Measured:
    warnings.simplefilter("ignore", FutureWarning)  # what narwhals and PySpark plan
    results = [*in_polars(), *on_engines()]
    growth = growing()
    large_results, large = as_processes()
    return Measured([*results, *large_results], large, growth)


def in_polars() -> Iterator[Result]:
    rival = "hand-written polars"
    what = f"`frame.by_visit`, {millions(ROWS)} polars rows"
    data = courses(ROWS, 0)
    followed = frame.by_visit(data, BOOK)
    assert followed.equals(by_polars(data))
    lazy = data.lazy()
    assert followed.equals(frame.by_visit(lazy, BOOK).drop(frame.INVALID_COLUMN).collect())
    follow = lambda: frame.by_visit(data, BOOK)  # noqa: E731
    yield compare(f"{what}, complete", follow, rival, lambda: by_polars(data), rounds=7, aim=5)
    yield compare(
        f"{what}, complete, lazy",
        lambda: frame.by_visit(lazy, BOOK).collect(),
        rival,
        lambda: by_polars(data),
        rounds=7,
    )
    some = courses(ROWS, UNKNOWN)
    right = [*data.columns, *IN_BOUNDS]
    assert frame.by_visit(some, BOOK)[right].equals(by_polars_in_bounds(some)[right])
    yield compare(
        f"{what}, {UNKNOWN:.0%} of cells unknown",
        lambda: frame.by_visit(some, BOOK),
        f"{rival}, not exact",
        lambda: by_polars_in_bounds(some),
        rounds=7,
        aim=10,
    )


def on_engines() -> Iterator[Result]:
    few, many = courses(FEW_ROWS, 0), courses(ROWS, 0)
    expected = frame.by_visit(few, BOOK).sort(KEYS)
    for engine in engines.engines():
        if engine.name not in BY_HAND:
            continue
        by_hand = BY_HAND[engine.name]
        data = engine.make(few)
        refuse_another(expected, engine, by_hand(data))
        refuse_another(expected, engine, frame.by_visit(data, BOOK))
        data = engine.make(many)
        yield compare(
            f"`frame.by_visit`, {millions(ROWS)} {engine.name} rows, complete",
            lambda e=engine, d=data: e.compute(frame.by_visit(d, BOOK)),
            f"hand-written {engine.name}",
            lambda e=engine, d=data, hand=by_hand: e.compute(hand(d)),
            rounds=ROUNDS,
            aim=3,
        )


def refuse_another(expected: pl.DataFrame, engine: Engine, result: object) -> None:
    found = pl.DataFrame(engine.give(result)).select(expected.columns).sort(KEYS)
    assert found.cast(expected.schema).equals(expected), engine.name


def growing() -> list[Growth]:
    """Follow more and more patients, ten times as many each time."""
    growth: list[Growth] = []
    for rows in (10**power for power in range(4, 8)):
        if rows > MOST:
            break
        data = courses(rows, UNKNOWN)
        if not growth:
            frame.by_visit(data, BOOK)  # what only the first time costs
        growth.append(
            grown(rows, lambda d=data: frame.by_visit(d, BOOK), ROUNDS if rows < MOST else 1)
        )
    return growth


def as_processes() -> tuple[list[Result], list[Large]]:
    """Compare two processes that read a file, follow its visits and write another."""
    results, large = [], []
    with TemporaryDirectory() as name:
        source, ours, theirs = (Path(name) / f"{n}.parquet" for n in ("visits", "ours", "theirs"))
        for rows in sorted({ROWS, MOST}):
            courses(rows, UNKNOWN).write_parquet(source)
            commands = (
                [sys.executable, str(Path(__file__).with_name(script)), str(source), str(target)]
                for script, target in (("follow.py", ours), ("course_by_hand.py", theirs))
            )
            medians, peaks = turns(*commands, ROUNDS if rows == ROWS else 1)
            mine, other = (pl.read_parquet(p, columns=[*KEYS, *IN_BOUNDS]) for p in (ours, theirs))
            assert mine.equals(other)
            what = f"`frame.by_visit`, Parquet, {millions(rows)} visits"
            hand = "hand-written polars, not exact"
            results.append(said(Result(what, f"{hand}, a process too", *medians)))
            large += [
                Large(what, rows / medians[0], peaks[0]),
                Large(f"{hand}, the same file", rows / medians[1], peaks[1]),
            ]
    return results, large


if __name__ == "__main__":
    measured()
