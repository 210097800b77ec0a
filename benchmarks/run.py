"""Measure speed against named rivals, each pair in one process, and write the table to the docs.

A ratio is the median time of ours divided by that of the rival: 1.00 is as fast, 2.00 takes twice
as long. Rounds alternate between the two, so that noise of the machine meets both.
"""

import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import reduce
from importlib.metadata import version
from operator import add
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from pydantic import ConfigDict, create_model

from sledai import SEROLOGIC, Assessment, Descriptor, clinical_score, frame, total_score
from sledai.trials.nct05765006 import ACTIVITY_RULE

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "performance.md"
ROWS = 2_000_000
WEIGHTS = {d.value: d.weight for d in Descriptor}
ROW = {name: name in {"arthritis", "rash", "low_complement"} for name in WEIGHTS}


class Result(NamedTuple):
    what: str
    rival: str
    ours: float
    theirs: float
    aim: float | None


def seconds(call: Callable[[], object], repeat: int) -> float:
    started = time.perf_counter()
    for _ in range(repeat):
        call()
    return (time.perf_counter() - started) / repeat


def compare(
    what: str,
    ours: Callable[[], object],
    rival: str,
    theirs: Callable[[], object],
    *,
    repeat: int = 1,
    rounds: int = 15,
    aim: float | None = None,
) -> Result:
    ours()
    theirs()
    pairs = [(seconds(ours, repeat), seconds(theirs, repeat)) for _ in range(rounds)]
    medians = [statistics.median(times) for times in zip(*pairs, strict=True)]
    result = Result(what, rival, medians[0], medians[1], aim)
    print(f"{what} / {rival}: {medians[0] / medians[1]:.2f}", flush=True)
    return result


def importing() -> Result:
    fields = ", ".join(f"{name}=(bool | None, ...)" for name in WEIGHTS)
    config = "__config__=pydantic.ConfigDict(frozen=True, strict=True, extra='forbid')"
    model = f"import pydantic; pydantic.create_model('M', {config}, {fields})"

    def run(code: str) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603

    return compare(
        "`import sledai`",
        run("import sledai"),
        "import pydantic, define a model of 24 fields",
        run(model),
        rounds=31,
        aim=1.15,
    )


def one_visit() -> list[Result]:
    fields: dict[str, Any] = dict.fromkeys(WEIGHTS, (bool | None, ...))
    config = ConfigDict(frozen=True, strict=True, extra="forbid")
    bare = create_model("Bare", __config__=config, **fields)

    def scored() -> tuple[int, int]:
        visit = Assessment.model_validate(ROW)
        return total_score(visit), clinical_score(visit)

    def loop() -> int:
        total = 0
        for name, weight in WEIGHTS.items():
            if ROW[name]:
                total += weight
        return total

    visit = Assessment.model_validate(ROW)
    unknown = Assessment.of(not_assessed=list(Descriptor))
    return [
        compare(
            "`Assessment.model_validate(row)`, total, clinical",
            scored,
            "a bare model's validation alone",
            lambda: bare.model_validate(ROW),
            repeat=20_000,
            aim=2.0,
        ),
        compare(
            "`total_score(a)`",
            lambda: total_score(visit),
            "a loop over a dict of weights",
            loop,
            repeat=50_000,
            aim=1.5,
        ),
        compare(
            "`ACTIVITY_RULE.judge(a)`, all 24 unknown",
            lambda: ACTIVITY_RULE.judge(unknown),
            "the same, nothing unknown",
            lambda: ACTIVITY_RULE.judge(visit),
            repeat=5_000,
        ),
    ]


def visits(unknown: float) -> pl.DataFrame:
    draw = np.random.default_rng(0)
    return pl.DataFrame(
        {
            name: pl.Series(draw.random(ROWS) < 0.1).set(
                pl.Series(draw.random(ROWS) < unknown), None
            )
            if unknown
            else draw.random(ROWS) < 0.1
            for name in WEIGHTS
        }
    )


def by_hand(data: pl.DataFrame) -> pl.DataFrame:
    """Compute the same columns in polars as well as we know how: small integers, shared parts."""

    def number(value: int) -> pl.Expr:
        return pl.lit(value, dtype=pl.Int8)

    def points(name: str) -> pl.Expr:
        return pl.when(pl.col(name)).then(number(WEIGHTS[name])).otherwise(number(0))

    def unknown(name: str) -> pl.Expr:
        return pl.when(pl.col(name).is_null()).then(number(1)).otherwise(number(0))

    clinical = [name for name in WEIGHTS if name not in SEROLOGIC]
    by_weight = {w: [n for n in clinical if WEIGHTS[n] == w] for w in (8, 4, 2, 1)}
    counts = {f"_{w}": reduce(add, map(unknown, names)) for w, names in by_weight.items()}
    low, slack = pl.col("_clinical").cast(pl.Int32), pl.col("_slack").cast(pl.Int32)
    serologic, serologic_slack = (
        pl.col("_serologic").cast(pl.Int32),
        pl.col("_unknown").cast(pl.Int32) * 2,
    )
    return (
        data.lazy()
        .with_columns(
            _clinical=reduce(add, map(points, clinical)),
            _serologic=reduce(add, map(points, SEROLOGIC)),
            _unknown=reduce(add, map(unknown, SEROLOGIC)),
            **counts,
        )
        .with_columns(_slack=reduce(add, (pl.col(f"_{w}") * number(w) for w in by_weight)))
        .with_columns(
            sledai_total=pl.when(slack + serologic_slack == 0).then(low + serologic),
            sledai_clinical=pl.when(slack == 0).then(low),
            sledai_low=low + serologic,
            sledai_high=low + serologic + slack + serologic_slack,
            sledai_clinical_low=low,
            sledai_clinical_high=low + slack,
            sledai_not_assessed=reduce(add, (pl.col(c) for c in ("_unknown", *counts))).cast(
                pl.Int32
            ),
        )
        .drop("_clinical", "_serologic", "_unknown", "_slack", *counts)
        .collect()
    )


def by_numpy(present: np.ndarray, unknown: np.ndarray) -> dict[str, np.ndarray]:
    """Compute the same columns from matrices that numpy has in hand already."""
    weights = np.array(list(WEIGHTS.values()), dtype=np.float32)
    clinical = np.where([name in SEROLOGIC for name in WEIGHTS], 0, weights).astype(np.float32)
    both = np.stack([weights, clinical], axis=1)
    low, slack = present @ both, unknown @ both
    high = low + slack
    exact = np.where(slack == 0, low, np.nan)
    count = unknown @ np.ones(len(weights), dtype=np.float32)
    return {"low": low, "high": high, "exact": exact, "count": count}


def frames() -> list[Result]:
    results = []
    for unknown, label in ((0.01, "1 % of cells unknown"), (0.0, "nothing unknown")):
        data = visits(unknown)
        assert frame.score(data).equals(by_hand(data))
        what = f"`frame.score`, 2 million polars rows, {label}"
        score = lambda data=data: frame.score(data)  # noqa: E731
        results.append(
            compare(what, score, "hand-written polars", lambda data=data: by_hand(data), aim=1.11)
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
        print(f"  {ROWS / results[-1].ours / 1e6:.0f} million rows/s")
    return results


HEAD = """\
# Performance

Written by `make bench`. Each row is a ratio of medians measured in one run, ours divided by the
rival's: 1.00 is as fast, 2.00 takes twice as long. Times are of one machine; trust the ratios.

| what | time | rival | time | ratio | aim |
|---|---|---|---|---|---|
"""
FOOT = """
The rival in polars is written by hand as well as we know how, with the same parts shared; its
result is checked to equal ours. The aim of 1.11 is 0.9 of its speed. Numpy starts from matrices of
floats that are in memory already and leaves its results as floats: what the arithmetic alone costs.
"""


def page(results: list[Result]) -> str:
    rows = [
        f"| {r.what} | {human(r.ours)} | {r.rival} | {human(r.theirs)} | "
        f"{r.ours / r.theirs:.2f} | {f'{r.aim:.2f} or less' if r.aim else ''} |\n"
        for r in results
    ]
    packages = ("pydantic", "polars", "narwhals", "numpy")
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    machine = (
        f"\nPython {platform.python_version()}, {versions}; {platform.machine()}, two cores.\n"
    )
    return HEAD + "".join(rows) + machine + FOOT


def human(duration: float) -> str:
    for unit, factor in (("s", 1), ("ms", 1e3)):
        if duration * factor >= 1:
            return f"{duration * factor:.3g} {unit}"
    return f"{duration * 1e6:.3g} us"


if __name__ == "__main__":
    measured = [importing(), *one_visit(), *frames()]
    PAGE.write_text(page(measured), encoding="utf-8")
    print(f"\n{PAGE.read_text(encoding='utf-8')}")
