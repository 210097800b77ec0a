"""Made-up visits: a tenth of the answers is present, and some are not known."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from polars.io.plugins import register_io_source

from sledai import Descriptor

BLOCK = 1_000_000


def visits(rows: int, unknown: float) -> pl.DataFrame:
    """Draw a boolean column for each descriptor."""
    draw = np.random.default_rng(0)
    return pl.DataFrame(
        {
            name.value: pl.Series(draw.random(rows) < 0.1).set(
                pl.Series(draw.random(rows) < unknown), None
            )
            if unknown
            else draw.random(rows) < 0.1
            for name in Descriptor
        }
    )


def many_visits(rows: int) -> pl.LazyFrame:
    """Number visits and draw their answers, more than memory may hold: one block, repeated."""
    block = visits(min(rows, BLOCK), 0.01)

    def blocks(*_: object) -> Iterator[pl.DataFrame]:
        for start in range(0, rows, BLOCK):
            height = min(BLOCK, rows - start)
            number = pl.int_range(start, start + height, eager=True).alias("visit")
            yield block.head(height).insert_column(0, number)

    return register_io_source(blocks, schema={"visit": pl.Int64(), **block.schema})
