"""The course of patients: `frame.by_visit` and `frame.by_patient`, with several readings."""

from collections.abc import Mapping
from itertools import product
from random import Random
from typing import Any

import narwhals as nw
import pandas as pd
import polars as pl
import pyarrow as pa
import spec_tables
from test_engines_follow_visits import BASELINES, BOOK, READINGS, SCHEMA, SIGNS, by_row, some_visits

from differential.columns import DTYPES, collected, column, made, way_of
from differential.compared import Part, Task
from sledai import frame
from sledai.frame.history_rows import patients_by_row
from sledai.frame.result_columns import BASELINE_COLUMNS, patient_columns, visit_columns
from sledai.frame.visit_rows import read_visit_rows

NAMES = spec_tables.NAMES
ANSWERS = [*NAMES, *SIGNS]
OTHERS = [name for name in SCHEMA if name not in {"row", "id", *ANSWERS}]


class Followed(Part):
    """Visits of patients, in any order."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        number = list(DTYPES[task.engine]).index(task.dtype) + len(task.engine)
        self.readings = READINGS[number % len(READINGS)]
        self.baseline = BASELINES[number % len(BASELINES)]

    def plain(self, column: str) -> Any:
        return 0 if column in NAMES else None

    def drawn(self, rows: int) -> pl.DataFrame:
        random = Random(int(self.random.integers(2**32)))  # noqa: S311
        found: list[pl.DataFrame] = []
        while sum(map(len, found)) < rows:
            some = some_visits(random, random.choice, 4, 5)
            found.append(some.with_columns(id=pl.format("{}.{}", pl.lit(len(found)), "id")))
        visits = pl.concat(found).drop("row").with_columns(pl.col(ANSWERS).cast(pl.Int8))
        return visits.with_columns(group=pl.col("id").rank("dense"))

    def on_engine(self, rows: pl.DataFrame) -> pl.DataFrame:
        engine, dtype = self.task.engine, self.task.dtype
        way = way_of(engine, dtype)
        rows = rows.with_columns(id=pl.format("{}-{}", "id", "copy"))
        columns = {n: column(engine, dtype, way.cells(rows[n], rows["row"])) for n in ANSWERS}
        kept = {
            "row": rows["row"].to_numpy(),
            **{n: as_is(engine, rows[n]) for n in ("id", *OTHERS)},
        }
        native = made(engine, {**kept, **columns})
        book = BOOK.stating({"answers": way.answers} if way.answers else {})
        visits = frame.by_visit(native, book, readings=self.readings, baseline=self.baseline)
        patients = frame.by_patient(native, book, readings=self.readings)
        of_patients = collected(patients, ["id", *patient_columns(self.readings)], by="id")
        names = {*nw.from_native(visits).collect_schema().names()} - {*rows.columns}
        return (
            collected(visits, ["row", *(names - {frame.INVALID_COLUMN})])
            .with_columns(rows.sort("row")["id"])
            .join(of_patients, on="id", how="left", maintain_order="left")
            .drop("id")
        )

    def expected(self, rows: pl.DataFrame) -> Mapping[str, pl.DataFrame]:
        visits = rows.select("id", *OTHERS, *(pl.col(name).cast(pl.Boolean) for name in ANSWERS))
        columns = [*visit_columns(self.readings), *(BASELINE_COLUMNS if self.baseline else ())]
        of_patients = patients_by_row(read_visit_rows(visits, BOOK, None, None), self.readings)
        scalar = by_row(visits, self.readings, self.baseline).select("id", *columns)
        return {
            "one visit": scalar.join(of_patients, on="id", how="left", maintain_order="left").drop(
                "id"
            ),
            "brute force": self.by_brute_force(visits),
        }

    def by_brute_force(self, visits: pl.DataFrame) -> pl.DataFrame:
        """Go through the completions of each visit, and of each pair of visits."""
        strict = self.readings.prednisolone == "<"
        numbered = [{**row, "place": n} for n, row in enumerate(visits.iter_rows(named=True))]
        of_patient: dict[str, list[dict[str, Any]]] = {}
        for row in numbered:
            of_patient.setdefault(row["id"], []).append(row)
        found: list[dict[str, Any]] = []
        for course in of_patient.values():
            course.sort(key=lambda row: row["seen"])
            for before, row in zip([None, *course], course, strict=False):
                said = {"place": row["place"], **scores(row), **change(before, row)}
                if "sledai_doris" in visit_columns(self.readings):
                    said["sledai_doris"] = doris(row, strict=strict)
                found.append(said)
        return pl.DataFrame(found, infer_schema_length=None).sort("place").drop("place")


def totals(row: Mapping[str, Any], left_out: set[str]) -> set[int]:
    """Every total that the open answers leave possible."""
    sums = {0}
    for name in set(NAMES) - left_out:
        weight = spec_tables.WEIGHTS[name]
        more = {True: {weight}, False: {0}, None: {0, weight}}[row[name]]
        sums = {a + b for a in sums for b in more}
    return sums


def scores(row: Mapping[str, Any]) -> dict[str, Any]:
    total, clinical = totals(row, set()), totals(row, spec_tables.SEROLOGIC)
    return {
        "sledai_total": min(total) if len(total) == 1 else None,
        "sledai_clinical": min(clinical) if len(clinical) == 1 else None,
        "sledai_low": min(total),
        "sledai_high": max(total),
        "sledai_clinical_low": min(clinical),
        "sledai_clinical_high": max(clinical),
        "sledai_missing": ", ".join(name for name in NAMES if row[name] is None),
    }


def change(before: Mapping[str, Any] | None, row: Mapping[str, Any]) -> dict[str, Any]:
    """What changed since the visit before; the classes are those of Gladman 2000."""
    names = ("change_low", "change_high", "class", "new", "resolved")
    if before is None:
        return {f"sledai_{name}": None for name in names}
    pairs = list(product(totals(before, set()), totals(row, set())))
    changes = [after - earlier for earlier, after in pairs]
    classes = {class_of(earlier, after) for earlier, after in pairs}
    new = [name for name in NAMES if before[name] is False and row[name] is True]
    resolved = [name for name in NAMES if before[name] is True and row[name] is False]
    said = (min(changes), max(changes), *map(" or ".join, [sorted(classes)]))
    return dict(
        zip(
            (f"sledai_{name}" for name in names),
            (*said, ", ".join(new), ", ".join(resolved)),
            strict=True,
        )
    )


def class_of(before: int, after: int) -> str:
    if after == 0:
        return "remission"
    if after - before > 3:
        return "flare"
    return "improvement" if before - after > 3 else "persistent activity"


def doris(row: Mapping[str, Any], *, strict: bool) -> str:
    """Remission by DORIS 2021: clinical score 0, global below 0.5, at most 5 mg, stable drugs."""
    clinical = {score == 0 for score in totals(row, spec_tables.SEROLOGIC)}
    rating, dose, stable = (
        row["physician_global"],
        row["prednisone_mg_day"],
        row["stable_treatment"],
    )
    either = {False, True}
    outcomes = {
        all(one)
        for one in product(
            clinical,
            either if rating is None else {rating < 0.5},
            either if dose is None else {dose < 5 if strict else dose <= 5},
            either if stable is None else {stable},
        )
    }
    return "undetermined" if len(outcomes) > 1 else "met" if outcomes == {True} else "not_met"


def as_is(engine: str, cells: pl.Series) -> Any:
    """Hold dates, numbers and text in the engine's usual columns."""
    if "polars" in engine:
        return cells
    if engine not in {"pandas", "Dask"}:
        return cells.to_arrow() if cells.dtype != pl.String else cells.to_arrow().cast(pa.string())
    if cells.dtype == pl.Date:
        return pd.to_datetime(pd.Series(cells.to_list()))
    return pd.Series(cells.to_list(), dtype="str" if cells.dtype == pl.String else "float64")
