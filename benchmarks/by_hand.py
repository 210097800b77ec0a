"""The scores in polars without the library, as well as we know how: the rival.

The parts are shared, and the integers are small. Run as a script it scores a Parquet file, and
names what is missing.
"""

import sys
from collections.abc import Iterable
from functools import cache, reduce
from operator import add

import polars as pl

CLINICAL = {
    8: [
        "seizure",
        "psychosis",
        "organic_brain_syndrome",
        "visual_disturbance",
        "cranial_nerve_disorder",
        "lupus_headache",
        "cerebrovascular_accident",
        "vasculitis",
    ],
    4: ["arthritis", "myositis", "urinary_casts", "hematuria", "proteinuria", "pyuria"],
    2: ["rash", "alopecia", "mucosal_ulcers", "pleurisy", "pericarditis"],
    1: ["fever", "thrombocytopenia", "leukopenia"],
}
SEROLOGIC = {2: ["low_complement", "increased_dna_binding"]}
NAMES = [*CLINICAL[8], *CLINICAL[4], *CLINICAL[2], *SEROLOGIC[2], *CLINICAL[1]]
"""In the order of the form."""
HALF = 12
"""So many names are looked up at once."""


def scored(visits: pl.LazyFrame) -> pl.LazyFrame:
    def number(value: int) -> pl.Expr:
        return pl.lit(value, dtype=pl.Int8)

    def total(expressions: Iterable[pl.Expr]) -> pl.Expr:
        return reduce(add, expressions)

    def points(groups: dict[int, list[str]]) -> pl.Expr:
        return total(
            pl.when(pl.col(name)).then(number(weight)).otherwise(number(0))
            for weight, names in groups.items()
            for name in names
        )

    def unknown(names: list[str]) -> pl.Expr:
        return total(
            pl.when(pl.col(name).is_null()).then(number(1)).otherwise(number(0)) for name in names
        )

    counts = {f"_{weight}": unknown(names) for weight, names in CLINICAL.items()}
    low, slack = pl.col("_clinical").cast(pl.Int32), pl.col("_slack").cast(pl.Int32)
    serologic = pl.col("_serologic").cast(pl.Int32)
    serologic_slack = pl.col("_unknown").cast(pl.Int32) * 2
    return (
        visits.with_columns(
            _clinical=points(CLINICAL),
            _serologic=points(SEROLOGIC),
            _unknown=unknown(SEROLOGIC[2]),
            **counts,
        )
        .with_columns(_slack=total(pl.col(f"_{weight}") * number(weight) for weight in CLINICAL))
        .with_columns(
            sledai_total=pl.when(slack + serologic_slack == 0).then(low + serologic),
            sledai_clinical=pl.when(slack == 0).then(low),
            sledai_low=low + serologic,
            sledai_high=low + serologic + slack + serologic_slack,
            sledai_clinical_low=low,
            sledai_clinical_high=low + slack,
            sledai_not_assessed=total(map(pl.col, ("_unknown", *counts))).cast(pl.Int32),
        )
        .drop("_clinical", "_serologic", "_unknown", "_slack", *counts)
    )


def named(visits: pl.LazyFrame) -> pl.LazyFrame:
    """Name the descriptors not assessed."""
    return visits.with_columns(
        sledai_missing=listed(packed(pl.col(name).is_null() for name in NAMES))
    )


def packed(conditions: Iterable[pl.Expr]) -> pl.Expr:
    """Write 24 conditions as bits of a number, a byte first."""
    flags = list(conditions)

    def byte(start: int) -> pl.Expr:
        return reduce(
            add,
            (
                pl.when(flag)
                .then(pl.lit(1 << place, dtype=pl.UInt8))
                .otherwise(pl.lit(0, dtype=pl.UInt8))
                for place, flag in enumerate(flags[start : start + 8])
            ),
        )

    return reduce(add, (byte(start).cast(pl.Int32) * (1 << start) for start in (0, 8, 16)))


def listed(codes: pl.Expr, prefix: str = "") -> pl.Expr:
    """List names by their bits: each list that there is is written once, and looked up."""

    def looked_up(series: pl.Series) -> pl.Series:
        different = series.unique().drop_nulls()
        texts = written(different, prefix)
        return series.replace_strict(different, texts, default=None, return_dtype=pl.String)

    return codes.map_batches(looked_up, return_dtype=pl.String, is_elementwise=True)


def written(codes: pl.Series, prefix: str = "") -> pl.Series:
    """Write lists of names, each half of which is looked up among all that there can be."""
    low, high = (
        _lists(tuple(prefix + name for name in half)) for half in (NAMES[:HALF], NAMES[HALF:])
    )
    both = pl.DataFrame({"low": low[codes & (1 << HALF) - 1], "high": high[codes // (1 << HALF)]})
    joiner = pl.when((pl.col("low") != "") & (pl.col("high") != "")).then(pl.lit(", "))
    joined = pl.concat_str("low", joiner.otherwise(pl.lit("")), "high")
    return both.select(joined).to_series()


@cache
def _lists(names: tuple[str, ...]) -> pl.Series:
    """Write the list of each set of names, by the number that has their bits."""
    lists = [""]
    for name in names:
        lists += [f"{before}, {name}" if before else name for before in lists]
    return pl.Series(lists)


if __name__ == "__main__":
    source, target = sys.argv[1:]
    named(scored(pl.scan_parquet(source))).sink_parquet(target)
