"""The command line on large files: Parquet and CSV, its memory, and how its time grows."""

import os
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from data import many_visits
from measure import GIB, Growth, Large, Measured, Result, compare, grown, millions, said, turns

from sledai import Descriptor
from sledai.cli.app import run
from sledai.codebook import Codebook
from sledai.frame import MISSING_COLUMN, SCORE_COLUMNS

ROWS = int(os.environ.get("BENCH_ROWS", "100_000_000"))
CSV_ROWS = min(5_000_000, ROWS)
QUOTED_ROWS = min(1_000_000, ROWS)
ROUNDS = 3
BY_HAND = Path(__file__).with_name("by_hand.py")


def measured() -> Measured:
    with TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "visits.parquet"
        many_visits(ROWS).sink_parquet(source)
        print(f"{millions(ROWS)} rows: {source.stat().st_size / 1e6:.0f} MB of Parquet", flush=True)
        result, large = parquet(source)
        growth = growing(source)
        source.unlink()
        return Measured([result, *csv(folder)], large, growth)


def parquet(source: Path) -> tuple[Result, list[Large]]:
    """Compare two processes, so that both pay for their start."""
    ours, theirs = source.with_name("ours.parquet"), source.with_name("theirs.parquet")
    score = [sys.executable, "-m", "sledai", "score", str(source), "-o", str(ours)]
    rival = [sys.executable, str(BY_HAND), str(source), str(theirs)]
    what, hand = f"`sledai score`, Parquet, {millions(ROWS)} rows", "hand-written polars"
    medians, peaks = turns(score, rival, ROUNDS)
    assert sums(ours).equals(sums(theirs))
    ours.unlink()
    theirs.unlink()
    return said(Result(what, f"{hand}, a process too", *medians, aim=1.25)), [
        Large(what, ROWS / medians[0], peaks[0], aim=2 * GIB),
        Large(f"{hand}, the same file", ROWS / medians[1], peaks[1]),
    ]


def sums(path: Path) -> pl.DataFrame:
    """Sum up the scores and names, which visit has which, and how many there are."""
    scores = pl.col(*SCORE_COLUMNS).cast(pl.Int64)
    names = pl.col(MISSING_COLUMN).hash() // 2**54
    return (
        pl.scan_parquet(path)
        .select(
            pl.len(),
            scores.sum().name.suffix(" sum"),
            (scores * pl.col("visit")).sum().name.suffix(" by visit"),
            scores.count().name.suffix(" known"),
            (names * pl.col("visit").cast(pl.UInt64)).sum(),
        )
        .collect(engine="streaming")
    )


def growing(source: Path) -> list[Growth]:
    """Score the beginning of a file, ten times as much each time."""
    target = source.with_name("scored.parquet")
    growth: list[Growth] = []
    for rows in (10**power for power in range(5, 9)):
        if rows > ROWS:
            break
        part = source
        if rows < ROWS:
            part = source.with_name("part.parquet")
            pl.scan_parquet(source).head(rows).sink_parquet(part)
        if not growth:
            score(part, target)  # what only the first time costs
        rounds = 1 if part is source else ROUNDS
        growth.append(grown(rows, lambda p=part: score(p, target), rounds))
    return growth


def csv(folder: Path) -> list[Result]:
    """Compare with polars reading and writing the same text, which scores nothing."""
    source, target = folder / "visits.csv", folder / "scored.csv"

    def compared(rows: int, label: str, *, rounds: int, aim: float | None = None) -> Result:
        print(f"{millions(rows)} rows: {source.stat().st_size / 1e6:.0f} MB of CSV", flush=True)
        return compare(
            f"`sledai score`, CSV, {millions(rows)} rows{label}",
            lambda: score(source, target),
            "polars reads and writes the text",
            lambda: pl.scan_csv(source, infer_schema=False).sink_csv(target),
            rounds=rounds,
            aim=aim,
        )

    text(CSV_ROWS).sink_csv(source)
    plain = compared(CSV_ROWS, "", rounds=5, aim=1.3)
    described = with_codebook(source, target)
    text(QUOTED_ROWS).sink_csv(source, quote_style="always")
    return [plain, described, compared(QUOTED_ROWS, ", every cell quoted", rounds=3, aim=2)]


def with_codebook(source: Path, target: Path) -> Result:
    """Compare reading a file by its codebook with reading the same file without one."""
    book = source.with_name("book.toml")
    Codebook(
        file={"missing": ["NA", "-9"], "decimal": ","},
        rows={"not_assessed_where": {"note": ["not done"]}},
        visit={"subject": "patient", "date": "date"},
        answers={"present": ["1"], "absent": ["0"], "not_assessed": ["NI"]},
    ).dump(book)
    return compare(
        f"`sledai score` with a codebook, CSV, {millions(CSV_ROWS)} rows",
        lambda: score(source, target, "--codebook", str(book)),
        "the same file without one",
        lambda: score(source, target),
        rounds=3,
        aim=1.3,
    )


def text(rows: int) -> pl.LazyFrame:
    """Make visits as people export them."""
    visit = pl.col("visit")
    notes = pl.Series([None, "seen by phone", "bloods repeated; result pending", "no change"])
    day = pl.date(2020, 1, 1) + pl.duration(days=visit % 1000)
    return many_visits(rows).select(
        pl.format("P{}", 100_000 + visit // 10).alias("patient"),
        day.alias("date"),
        pl.col(list(Descriptor)).cast(pl.Int8),
        (visit % 4).replace_strict(range(4), notes).alias("note"),
    )


def score(source: Path, target: Path, *options: str) -> None:
    """Run the command line here, and want it to succeed."""
    with redirect_stdout(StringIO()):
        try:
            run(["score", str(source), "-o", str(target), *options])
        except SystemExit as stop:
            if stop.code:
                raise


if __name__ == "__main__":
    measured()
