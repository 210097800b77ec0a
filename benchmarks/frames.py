"""Polars frames in memory, against polars by hand and against numpy."""

import by_hand
import numpy as np
import polars as pl
from data import visits
from measure import Result, compare, millions

from sledai import SEROLOGIC, Descriptor, frame

ROWS = 2_000_000


def measured() -> list[Result]:
    results = []
    for unknown, label in ((0.01, "1 % of cells unknown"), (0.0, "nothing unknown")):
        data = visits(ROWS, unknown)
        assert frame.score(data).equals(by_polars(data))
        what = f"`frame.score`, {millions(ROWS)} polars rows, {label}"
        score = lambda data=data: frame.score(data)  # noqa: E731
        results.append(
            compare(what, score, "hand-written polars", lambda data=data: by_polars(data), aim=1.11)
        )
        present = np.ascontiguousarray(data.fill_null(value=False).to_numpy(), dtype=np.float32)
        missing = np.ascontiguousarray(data.select(pl.all().is_null()).to_numpy(), np.float32)
        results.append(
            compare(
                what,
                score,
                "numpy, matrices of floats in hand",
                lambda p=present, m=missing: by_numpy(p, m),
            )
        )
        print(f"  {ROWS / results[-1].ours / 1e6:.0f} million rows/s", flush=True)
    return results


def by_polars(data: pl.DataFrame) -> pl.DataFrame:
    return by_hand.scored(data.lazy()).collect()


def by_numpy(present: np.ndarray, unknown: np.ndarray) -> dict[str, np.ndarray]:
    """Compute the same columns from matrices that numpy has in hand already."""
    weights = np.array([d.weight for d in Descriptor], dtype=np.float32)
    clinical = np.where([d in SEROLOGIC for d in Descriptor], 0, weights).astype(np.float32)
    both = np.stack([weights, clinical], axis=1)
    low, slack = present @ both, unknown @ both
    high = low + slack
    exact = np.where(slack == 0, low, np.nan)
    count = unknown @ np.ones(len(weights), dtype=np.float32)
    return {"low": low, "high": high, "exact": exact, "count": count}


if __name__ == "__main__":
    measured()
