"""One frame of one engine, compared row by row with what it has to be."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np
import polars as pl


@dataclass(frozen=True)
class Task:
    """So many rows of a kind, on an engine, whose columns are of a dtype."""

    what: str
    engine: str
    dtype: str
    rows: int
    seed: int

    @property
    def name(self) -> str:
        return f"{self.what}, {self.engine}, {self.dtype}"

    @property
    def random(self) -> np.random.Generator:
        """The same draws for the same task, whatever else runs."""
        return np.random.default_rng([self.seed, crc32(self.name.encode())])


@dataclass(frozen=True)
class Compared:
    """How many rows were compared, of how many different ones, and what differs."""

    task: Task
    rows: int
    different: int
    differences: int = 0
    smallest: str = ""


COPIES = 10
KEYS = {"row", "same", "copy"}


class Part(ABC):
    """What is drawn, and what it comes to: on an engine, one visit at a time, and by brute force.

    Each different row stands `COPIES` times, in random places: engines are fast, and the others are
    asked once. Its number is in the column `same`, and that of its place in `row`. Rows stand in
    groups that are followed together: one row each, or the visits of a patient.
    """

    def __init__(self, task: Task) -> None:
        self.task = task
        self.random = task.random

    @abstractmethod
    def drawn(self, rows: int) -> pl.DataFrame:
        """Draw so many different rows; those with one number in `group` are followed together."""

    @abstractmethod
    def on_engine(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Give results with the column `row`."""

    @abstractmethod
    def expected(self, rows: pl.DataFrame) -> Mapping[str, pl.DataFrame]:
        """Give results for rows as they stand, by who says so."""

    @abstractmethod
    def plain(self, column: str) -> Any:
        """The cell of a column that says least; what differs without is the smaller example."""

    def rows(self) -> pl.DataFrame:
        copies = min(COPIES, max(1, self.task.rows // 100))
        one = self.drawn(self.task.rows // copies).with_row_index("same")
        all_ = one.join(pl.DataFrame({"copy": range(copies)}), how="cross")
        return all_[self.random.permutation(len(all_))].with_row_index("row")

    def compared(self) -> Compared:
        rows = self.rows()
        different = rows.drop(KEYS, "group").n_unique()
        found = self.differing(rows)
        if found.is_empty():
            return Compared(self.task, rows.height, different)
        smallest = self.smallest(rows, found)
        return Compared(self.task, rows.height, different, found["row"].n_unique(), smallest)

    def differing(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Give each cell of the results that differs: row, column, found, expected, who says so."""
        found = self.on_engine(rows).sort("row")
        assert found["row"].equals(rows["row"].sort()), "rows were lost or doubled"
        once = rows.filter(copy=0).sort("same")
        places = (
            rows.sort("row")
            .select("same")
            .join(
                once.select("same").with_row_index("place"),
                on="same",
                how="left",
                maintain_order="left",
            )["place"]
        )
        cells: list[pl.DataFrame] = []
        for who, of_once in self.expected(once).items():
            expected = of_once[places]
            # What an engine does not give is compared between the others.
            found = found.with_columns(expected.select(set(expected.columns) - {*found.columns}))
            for name in expected.columns:
                both = pl.DataFrame(
                    {"found": found[name].cast(expected[name].dtype), "expected": expected[name]}
                )
                where = both.select(pl.col("found").ne_missing(pl.col("expected"))).to_series()
                cells.append(
                    both.cast(pl.String)
                    .with_columns(row=found["row"], column=pl.lit(name), who=pl.lit(who))
                    .filter(where)
                )
        return pl.concat(cells)

    def smallest(self, rows: pl.DataFrame, found: pl.DataFrame) -> str:
        """Make the smallest group of rows that differs smaller while it differs, and write it."""
        of_group = ["group", "copy"]
        groups = rows.join(found.select("row").unique(), on="row", how="semi").select(of_group)
        first = min(
            (
                rows.join(groups[place], on=of_group, how="semi")
                for place in range(min(len(groups), 100))
            ),
            key=lambda few: (few.height, len(self.said(few))),
        ).with_columns(pl.lit(0, pl.Int64).alias("copy"))
        few, again = first, self.differing(first)
        alone = not again.is_empty()
        if alone and self.task.engine != "PySpark":  # a second for each try
            for row in range(first.height):
                for column in first.columns:
                    if column in {*KEYS, "group"}:
                        continue
                    plain = pl.Series(column, [self.plain(column)], dtype=first[column].dtype)
                    less = few.with_columns(few[column].scatter(row, plain))
                    if not less.equals(few) and not (now := self.differing(less)).is_empty():
                        few, again = less, now
        shown = again if alone else found.filter(pl.col("row").is_in(first["row"].implode()))
        first_line = f"{self.task.name}: seed {self.task.seed}, row {few['row'][0]} of {len(rows)}"
        differ = "  {column}: {found} on the engine, {expected} by {who}"
        return "\n".join(
            [
                first_line if alone else f"{first_line}, which alone is right",
                *(f"  {line}" for line in self.said(few)),
                *(differ.format(**cell) for cell in shown.head(6).iter_rows(named=True)),
            ]
        )

    def said(self, rows: pl.DataFrame) -> list[str]:
        """Write the cells of rows that say something."""
        return [
            f"{name} = {cell!r}"
            for row in rows.iter_rows(named=True)
            for name, cell in row.items()
            if name not in {*KEYS, "group"} and cell != self.plain(name)
        ]
