"""Made-up visits: a tenth of the answers is present, and some are not known."""

from collections.abc import Iterator
from datetime import date

import numpy as np
import polars as pl
from polars.io.plugins import register_io_source

from sledai import Descriptor
from sledai.codebook import Codebook
from sledai.codebook.fields import FIELDS

BLOCK = 1_000_000
EACH = 10
"""How many visits a patient has."""
SIGNS = {
    "new_hydroxychloroquine": 0.02,
    "new_azathioprine": 0.02,
    "new_mycophenolate": 0.02,
    "hospitalized_for_lupus": 0.01,
    "new_or_worse_rash": 0.05,
    "new_or_worse_arthritis": 0.05,
    "new_or_worse_nephritis": 0.02,
    "hemolytic_anemia": 0.02,
    "gastrointestinal_activity": 0.02,
    "new_lupus_activity": 0.1,
    "maintenance_doses": 0.9,
    "stable_treatment": 0.9,
}
"""The fields of yes and no that have a column, and how often they say yes."""
BOOK = Codebook(
    visit={"subject": "patient", "date": "date"},
    fields={
        "platelets": {"column": "platelets", "unit": "10*9/L"},
        "hemoglobin": {"column": "hemoglobin", "unit": "g/dL"},
        **{name: False for name in FIELDS if name.startswith("new_") and name not in SIGNS},
    },
)
"""How `courses` are written: signs and drugs without a column are absent at every visit."""


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


def courses(rows: int, unknown: float) -> pl.DataFrame:
    """Draw the visits of patients, in order, with the fields that `BOOK` names.

    Numbers are multiples of a quarter, whose differences are exact as floats. Most doses and global
    assessments are low.
    """
    draw = np.random.default_rng(1)

    def quarters(least: int, most: int, power: int = 1) -> np.ndarray:
        return np.round(4 * (least + draw.random(rows) ** power * (most - least))) / 4

    fields = {
        "physician_global": quarters(0, 3, 3),
        "prednisone_mg_day": quarters(0, 60, 4),
        "weight_kg": quarters(40, 110),
        "platelets": quarters(50, 400),
        "hemoglobin": quarters(6, 16),
        **{name: draw.random(rows) < share for name, share in SIGNS.items()},
    }
    drawn = {
        name: pl.Series(values).set(pl.Series(draw.random(rows) < unknown), None)
        for name, values in fields.items()
    }
    visit = pl.int_range(rows, eager=True)
    days = pl.Series(draw.integers(0, 28, rows)) + 28 * (visit % EACH)
    return pl.DataFrame(
        {
            "patient": pl.select(pl.format("P{}", 100_000 + visit // EACH)).to_series(),
            "date": pl.select(pl.lit(date(2020, 1, 6)) + pl.duration(days=days)).to_series(),
            **drawn,
        }
    ).hstack(visits(rows, unknown))
