"""The scores in polars without the library, as well as we know how: the rival.

The parts are shared, and the integers are small. Run as a script it scores a Parquet file.
"""

import sys
from collections.abc import Iterable
from functools import reduce
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


if __name__ == "__main__":
    source, target = sys.argv[1:]
    scored(pl.scan_parquet(source)).sink_parquet(target)
