"""The scores on each engine without the library, as well as we know how: the rivals.

All share one plan: count by weight what is present and what is unknown, and multiply.
"""

from functools import reduce
from operator import add
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from by_hand import CLINICAL, SEROLOGIC

Groups = dict[int, list[str]]


def by_pandas(data: pd.DataFrame) -> pd.DataFrame:
    clinical, slack, unknown = _numpy_parts(data, CLINICAL)
    serologic, serologic_slack, serologic_unknown = _numpy_parts(data, SEROLOGIC)
    total, total_slack = clinical + serologic, slack + serologic_slack

    def whole(values: np.ndarray, missing: np.ndarray | None = None) -> Any:
        if missing is None:
            missing = np.zeros(len(values), dtype=bool)
        return pd.arrays.IntegerArray(values.astype(np.int32), missing)

    return data.assign(
        sledai_total=whole(total, total_slack > 0),
        sledai_clinical=whole(clinical, slack > 0),
        sledai_low=whole(total),
        sledai_high=whole(total + total_slack),
        sledai_clinical_low=whole(clinical),
        sledai_clinical_high=whole(clinical + slack),
        sledai_not_assessed=whole(unknown + serologic_unknown),
    )


def _numpy_parts(data: pd.DataFrame, groups: Groups) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Add up points, points that are open, and cells that are unknown."""
    low, slack, unknown = np.zeros((3, len(data)), dtype=np.int8)
    for weight, names in groups.items():
        present_here, unknown_here = np.zeros((2, len(data)), dtype=np.int8)
        for name in names:
            present_here += data[name].to_numpy(dtype=np.int8, na_value=0)
            unknown_here += data[name].isna().to_numpy()
        low += present_here * np.int8(weight)
        slack += unknown_here * np.int8(weight)
        unknown += unknown_here
    return low, slack, unknown


def by_dask(data: Any) -> Any:
    return data.map_partitions(by_pandas)


def by_pyarrow(data: pa.Table) -> pa.Table:
    clinical, slack, unknown = _arrow_parts(data, CLINICAL)
    serologic, serologic_slack, serologic_unknown = _arrow_parts(data, SEROLOGIC)
    total, total_slack = pc.add(clinical, serologic), pc.add(slack, serologic_slack)
    none = pa.scalar(None, pa.int32())
    columns = {
        "sledai_total": pc.if_else(pc.equal(total_slack, 0), total, none),
        "sledai_clinical": pc.if_else(pc.equal(slack, 0), clinical, none),
        "sledai_low": total,
        "sledai_high": pc.add(total, total_slack),
        "sledai_clinical_low": clinical,
        "sledai_clinical_high": pc.add(clinical, slack),
        "sledai_not_assessed": pc.add(unknown, serologic_unknown),
    }
    for name, column in columns.items():
        data = data.append_column(name, column)
    return data


def _arrow_parts(data: pa.Table, groups: Groups) -> tuple[Any, Any, Any]:
    """Add up points, points that are open, and cells that are unknown."""
    low, slack, unknown = [], [], []
    for weight, names in groups.items():
        factor = pa.scalar(weight, pa.int32())
        present = [pc.fill_null(data[name], fill_value=False) for name in names]
        missing = [pc.is_null(data[name]) for name in names]
        unknown.append(reduce(pc.add, (pc.cast(flags, pa.int32()) for flags in missing)))
        count = reduce(pc.add, (pc.cast(flags, pa.int32()) for flags in present))
        low.append(pc.multiply(count, factor))
        slack.append(pc.multiply(unknown[-1], factor))
    return reduce(pc.add, low), reduce(pc.add, slack), reduce(pc.add, unknown)


def by_duckdb(data: Any) -> Any:
    parts = data.project(", ".join(["*", *_PARTS]))
    return parts.project(", ".join([*data.columns, *_SCORES]))


def by_spark(data: Any) -> Any:
    return data.selectExpr("*", *_PARTS).selectExpr(*data.columns, *_SCORES)


def _sql_points(groups: Groups) -> str:
    return " + ".join(
        f"CASE WHEN {name} THEN {weight} ELSE 0 END"
        for weight, names in groups.items()
        for name in names
    )


def _sql_unknown(names: list[str]) -> str:
    return " + ".join(f"CASE WHEN {name} IS NULL THEN 1 ELSE 0 END" for name in names)


_PARTS = [
    f"{_sql_points(CLINICAL)} AS _clinical",
    f"{_sql_points(SEROLOGIC)} AS _serologic",
    f"{_sql_unknown(SEROLOGIC[2])} AS _unknown",
    *(f"{_sql_unknown(names)} AS _{weight}" for weight, names in CLINICAL.items()),
]
_SLACK = "(8 * _8 + 4 * _4 + 2 * _2 + _1)"
_SCORES = [
    f"CASE WHEN {_SLACK} + _unknown = 0 THEN _clinical + _serologic END AS sledai_total",
    f"CASE WHEN {_SLACK} = 0 THEN _clinical END AS sledai_clinical",
    "_clinical + _serologic AS sledai_low",
    f"_clinical + _serologic + {_SLACK} + 2 * _unknown AS sledai_high",
    "_clinical AS sledai_clinical_low",
    f"_clinical + {_SLACK} AS sledai_clinical_high",
    "_unknown + _8 + _4 + _2 + _1 AS sledai_not_assessed",
]


def by_ibis(data: Any) -> Any:
    def number(value: int) -> Any:
        return ibis.literal(value, "int32")

    def points(groups: Groups) -> Any:
        return reduce(
            add,
            (
                ibis.ifelse(data[name], number(weight), number(0))
                for weight, names in groups.items()
                for name in names
            ),
        )

    def unknown(names: list[str]) -> Any:
        known = (data[name].notnull() for name in names)  # noqa: PD004 - Ibis has no notna
        return reduce(add, (ibis.ifelse(flag, number(0), number(1)) for flag in known))

    parts = data.mutate(
        _clinical=points(CLINICAL),
        _serologic=points(SEROLOGIC),
        _unknown=unknown(SEROLOGIC[2]),
        **{f"_{weight}": unknown(names) for weight, names in CLINICAL.items()},
    )
    slack = reduce(add, (parts[f"_{weight}"] * number(weight) for weight in CLINICAL))
    low, total = parts["_clinical"], parts["_clinical"] + parts["_serologic"]
    total_slack = slack + parts["_unknown"] * number(2)
    counts = ["_unknown", *(f"_{weight}" for weight in CLINICAL)]
    scores = {
        "sledai_total": ibis.cases((total_slack == 0, total)),
        "sledai_clinical": ibis.cases((slack == 0, low)),
        "sledai_low": total,
        "sledai_high": total + total_slack,
        "sledai_clinical_low": low,
        "sledai_clinical_high": low + slack,
        "sledai_not_assessed": reduce(add, (parts[name] for name in counts)),
    }
    scores = {name: score.cast("int32") for name, score in scores.items()}
    return parts.mutate(**scores).drop("_clinical", "_serologic", *counts)
