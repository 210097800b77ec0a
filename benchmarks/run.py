"""Measure speed against named rivals and write the tables to the docs.

A ratio is the median time of ours divided by that of the rival: 1.00 is as fast, 2.00 takes twice
as long. Rounds alternate between the two, so that noise of the machine meets both.

`core.py`, `frames.py`, `engines.py`, `course.py`, `files.py` and `drawn.py` run alone too, and then
only print. The length of the longest Parquet file is BENCH_ROWS from the environment, and that of
the longest course BENCH_VISITS, for a quick trial.
"""

import os
import platform
from importlib.metadata import version
from pathlib import Path

import core
import course
import drawn
import engines
import files
import frames
from data import EACH
from measure import Growth, Measured, Result, human, millions

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "performance.md"
PACKAGES = (
    "pydantic",
    "polars",
    "narwhals",
    "numpy",
    "pandas",
    "pyarrow",
    "duckdb",
    "ibis-framework",
    "dask",
    "pyspark",
    "vl-convert-python",
)
HEAD = """\
# Performance

Written by `make bench`. Each row is a ratio of medians measured in one run, ours divided by the
rival's: 1.00 is as fast, 2.00 takes twice as long. Times are of one machine; trust the ratios.

| what | time | rival | time | ratio | aim |
|---|---|---|---|---|---|
"""
RIVALS = """
What is hand-written is so as well as we know how, with the same parts shared, and its result is
checked to equal ours. The aim of 1.11 is 0.9 of the speed, and that of 1.25 is 0.8 of it. Numpy
starts from matrices of floats that are in memory already and leaves its results as floats: what the
arithmetic alone costs. Lazy engines compute their result in full; ours has one column more there,
`sledai_invalid`. Dask and PySpark first make a plan, which takes most of the time here and does not
grow with the rows.

`frame.by_visit` follows ten visits of each patient, of which `frame.VISIT_COLUMNS` are made. Its
rival packs the 24 answers into the bits of one number, takes every cell to be right and, in memory,
the rows to be in order, and knows one reading of each index. On DuckDB, Dask and PySpark it brings
the visits of each patient together, as ours does: nothing says that a partition has all of them.
Of visits that were not assessed in full the rival leaves open in two columns, the class of a change
and the flare, what the answers settle: it does less than is asked for.

DuckDB is asked in SQL that narwhals writes: about a second goes by before the first row is read,
however many there are, to write, bind and plan its expressions. SQL of our own would save most of
that, and would be a second text of every rule.

Where polars only reads and writes the text of a CSV file, it scores nothing. Records with quotes
are read one by one, strictly; the row in which every cell is quoted is the worst case.
"""
LARGE = """
## Large files

The Parquet files of the table above. Both run as a process of their own; its memory is the most
that it had in any round. A course is followed in memory, a file is scored batch by batch.

| what | rows a second | memory | aim |
|---|---|---|---|
"""
DRAWN = f"""
## Pictures

`pictures.cohort` of {drawn.PATIENTS:,} patients with {EACH} visits each, from a frame to the text
of an SVG, in a process that has drawn before; the first picture takes a second or two more. The aim
is 5 s.

| kind | time |
|---|---|
"""
GROWTH = "\n## Growth\n"
GROWING = """
{what}, in a process that is warm.

| rows | time | time per row |
|---|---|---|
"""


def page(results: list[Result], pictures: dict[str, float], *measured: tuple[str, Measured]) -> str:
    """Write the page: all ratios, then what else was measured, each with what grew."""
    results = [*results, *(r for _, m in measured for r in m.results)]
    return "".join(
        [
            HEAD,
            *(
                f"| {r.what} | {human(r.ours)} | {r.rival} | {human(r.theirs)} | "
                f"{r.ratio:.2f} | {f'{r.aim:.2f} or less' if r.aim else ''} |\n"
                for r in results
            ),
            f"\n{machine()}\n",
            RIVALS,
            LARGE,
            *(
                f"| {r.what} | {r.rows_per_second / 1e6:.2f} million | {r.peak / 2**30:.2f} GiB | "
                f"{f'{r.aim / 2**30:g} GiB or less' if r.aim else ''} |\n"
                for _, m in measured
                for r in m.large
            ),
            DRAWN,
            *(f"| {kind} | {human(time)} |\n" for kind, time in pictures.items()),
            GROWTH,
            *(GROWING.format(what=what) + grown(m.growth) for what, m in measured),
        ]
    )


def grown(growth: list[Growth]) -> str:
    return "".join(
        f"| {millions(g.rows)} | {human(g.seconds)} | {g.seconds / g.rows * 1e9:.0f} ns |\n"
        for g in growth
    )


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"Measured on {platform.machine()} with {os.cpu_count()} cores and {memory:.0f} GiB of "
        f"memory, in Python {platform.python_version()} with\n{versions}."
    )


if __name__ == "__main__":
    in_memory = [*core.measured(), *frames.measured(), *engines.measured()]
    text = page(
        in_memory,
        drawn.measured(),
        ("`frame.by_visit` on polars frames, 1 % of cells unknown", course.measured()),
        ("`sledai score` on Parquet files of growing length", files.measured()),
    )
    PAGE.write_text(text, encoding="utf-8")
    print(f"\n{text}")
