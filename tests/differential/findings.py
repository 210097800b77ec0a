"""Descriptors from findings: `frame.derive` by each edition, in each unit, about each limit."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import narwhals as nw
import pandas as pd
import polars as pl
import pyarrow as pa
import spec_tables

from differential.columns import DTYPES, collected, column, made, way_of
from differential.compared import Part, Task
from sledai import Descriptor
from sledai.codebook import Codebook
from sledai.definitions import Edition
from sledai.findings import Findings
from sledai.findings import derive as derive_one
from sledai.frame import derive, reason_column

EDITIONS = [str(edition) for edition in Edition]
BOUNDS = ("<", "<=", ">", ">=")
Known = Mapping[str, Any]

# In the first unit of each analyte: on the limit of the wording, beside it, well past it.
VALUES = {
    "platelets": ("0", "12000", "99000", "99900", "100000", "100100", "250000"),
    "white_cells": ("0", "400", "2900", "2990", "3000", "3010", "9000"),
    "temperature": ("36.5", "37.9", "38", "38.1", "40"),
    "urine_protein_24h": ("0", "0.1", "0.499", "0.5", "0.501", "0.8", "1.1", "2.5"),
    "previous_urine_protein_24h": ("0", "0.1", "0.3", "0.49", "0.5", "0.51", "0.6", "2"),
    "urine_red_cells": ("0", "5", "6", "60"),
    "urine_white_cells": ("0", "5", "6", "60"),
    "c3": ("0.4", "0.899", "0.9", "0.901", "1.4"),
    "c4": ("0.05", "0.1", "0.11", "0.2"),
    "ch50": ("20", "29.9", "30", "40"),
    "anti_dsdna": ("10", "25", "25.1", "30", "40"),
}
ENDS = {  # the end of the laboratory's range that counts
    "c3": ("lower", "0.9"),
    "c4": ("lower", "0.1"),
    "ch50": ("lower", "30"),
    "anti_dsdna": ("upper", "30"),
}
SPECIAL = {  # who has the first has the second
    "rash_new_or_recurrent": "rash",
    "alopecia_new_or_recurrent": "alopecia",
    "mucosal_ulcers_new_or_recurrent": "mucosal_ulcers",
    "severe_pleuritic_pain": "pleuritic_pain",
    "new_pleural_thickening": "pleural_thickening",
    "severe_pericardial_pain": "pericardial_pain",
}
SIGNS = sorted(
    {
        cell.split("=")[0]
        for row in spec_tables.rows("findings.csv")
        for cell in row["findings"].split(";")
        if cell.endswith(("=yes", "=no"))
    }
)
SCALES = {
    (row["analyte"], row["unit"]): (
        Fraction(row["in_first_unit_of_one"]) - Fraction(row["in_first_unit_of_zero"]),
        Fraction(row["in_first_unit_of_zero"]),
    )
    for row in spec_tables.rows("units.csv")
}
LIMITS = {
    (row["quantity"], edition): Fraction(row["value"])
    for row in spec_tables.rows("limits.csv")
    for edition in spec_tables.editions_of(row, EDITIONS)
}
FEATURES = (
    "perceptual_disturbance",
    "incoherent_speech",
    "insomnia_or_daytime_drowsiness",
    "psychomotor_activity_changed",
)
VASCULITIS = (
    *("ulceration", "gangrene", "tender_finger_nodules", "periungual_infarction"),
    *("splinter_hemorrhages", "vasculitis_proof"),
)
MYOSITIS = ("raised_muscle_enzymes", "electromyogram_changes", "myositis_on_biopsy")
RUB = ("pericardial_rub", "pericardial_effusion", "pericarditis_on_electrocardiogram")
PAIN = {"pleurisy": "pleuritic_pain", "pericarditis": "pericardial_pain"}
SEVERE = {"pleurisy": "severe_pleuritic_pain", "pericarditis": "severe_pericardial_pain"}


def meets(descriptor: str, edition: str, known: Known) -> Any:  # noqa: C901, PLR0911, PLR0912
    """A definition as a reader would type it, of findings that are all known."""

    def limit(quantity: str) -> Fraction:
        return LIMITS[quantity, edition]

    of_selena = edition.startswith("SELENA")
    match descriptor:
        case "organic_brain_syndrome":
            enough = sum(known[one] for one in FEATURES) >= 2
            return known["altered_mental_function"] and known["clouded_consciousness"] and enough
        case "visual_disturbance":
            eye = ("scleritis", "episcleritis") if of_selena else ()
            return any(known[one] for one in ("retinal_changes", *eye))
        case "cranial_nerve_disorder":
            return known["cranial_neuropathy"] or (of_selena and known["vertigo"])
        case "vasculitis":
            return any(known[one] for one in VASCULITIS)
        case "myositis":
            return known["muscle_aching_or_weakness"] and any(known[one] for one in MYOSITIS)
        case "urinary_casts":
            return known["heme_granular_casts"] or known["red_cell_casts"]
        case "hematuria":
            return known["urine_red_cells"] > limit("urine_red_cells")
        case "pyuria":
            return known["urine_white_cells"] > limit("urine_white_cells")
        case "proteinuria":
            now, before = known["urine_protein_24h"], known["previous_urine_protein_24h"]
            if ("urine_protein_24h", edition) in LIMITS:
                return now > limit("urine_protein_24h")
            past, onset = limit("urine_protein_24h_new_onset"), known["proteinuria_new_onset"]
            new = now > past and (before <= past if onset is None else onset)
            more = now - before > limit("urine_protein_24h_recent_increase")
            return new or more
        case "rash" | "alopecia" | "mucosal_ulcers":
            return known[descriptor] and (
                edition != "SLEDAI 1992" or known[f"{descriptor}_new_or_recurrent"]
            )
        case "pleurisy":
            signs = ("pleural_rub", "pleural_effusion")
            if of_selena:
                return any(known[n] for n in (SEVERE[descriptor], *signs, "new_pleural_thickening"))
            return known[PAIN[descriptor]] and any(known[n] for n in (*signs, "pleural_thickening"))
        case "pericarditis":
            echo = ("pericarditis_on_echocardiogram",) if edition == "SLEDAI-2K" else ()
            if of_selena:
                return any(known[one] for one in (SEVERE[descriptor], *RUB))
            return known[PAIN[descriptor]] and any(known[one] for one in (*RUB, *echo))
        case "low_complement":
            return any(known[one] < known[f"{one} lower"] for one in ("c3", "c4", "ch50"))
        case "increased_dna_binding":
            above = known["anti_dsdna"] > known["anti_dsdna upper"]
            farr = LIMITS.get(("anti_dsdna_farr_binding", edition))
            return above or (farr is not None and known["%"] and known["anti_dsdna"] > farr)
        case "fever":
            return known["temperature"] > limit("temperature")
        case "thrombocytopenia":
            return known["platelets"] < limit("platelets")
        case "leukopenia":
            return known["white_cells"] < limit("white_cells")
    return known[descriptor]  # the judgement itself


def outcomes(descriptor: str, edition: str, possible: Mapping[str, Sequence[Any]]) -> set[bool]:
    """Hold a definition against every completion of what it asks for."""

    def of(known: dict[str, Any]) -> set[bool]:
        try:
            return {bool(meets(descriptor, edition, known))}
        except KeyError as error:
            (name,) = error.args
            return set().union(*(of({**known, name: one}) for one in possible[name]))

    return of({})


def could_be(sign: str | None, value: Fraction) -> list[Fraction]:
    """Give amounts that a result can be: its value, the next ones, none, and very much."""
    e, much = Fraction(1, 10**7), Fraction(10**9)
    below, above = [value - e, value / 2, Fraction(0)], [value + e, value + 1, much]
    some = {"<": below, "<=": [value, *below], ">": above, ">=": [value, *above]}.get(sign or "")
    return [value] if some is None else [one for one in some if one >= 0]


def possible(row: Mapping[str, Any], ends: Mapping[str, str], *, percent: bool) -> dict[str, Any]:
    """Give the values that each finding of a row can have."""
    anything = [Fraction(0), Fraction(10**9)]
    found: dict[str, Any] = {"%": [percent]}
    for sign in SIGNS:
        found[sign] = [False, True] if row[sign] is None else [bool(row[sign])]
    for special, general in SPECIAL.items():
        if row[general] is None and row[special]:
            found[general] = [True]
        if row[special] is None and row[general] == 0:
            found[special] = [False]
    for name in VALUES:
        cell = row[name]
        found[name] = anything if cell is None else could_be(row[f"{name} bound"], Fraction(cell))
    for name, (end, _) in ENDS.items():
        typed = row[f"{name} {end}"] or ends.get(name)
        found[f"{name} {end}"] = anything if typed is None else [Fraction(typed)]
    if row["ch50"] is None:  # which is not done everywhere: no evidence
        found["ch50"] = [Fraction(10**9)]
    if row["proteinuria_new_onset"] is None and row["previous_urine_protein_24h"] is not None:
        found["proteinuria_new_onset"] = [None]  # the earlier value says it
    return found


class Derived(Part):
    """Findings of which much or little is known, in units drawn for each frame."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        number = list(DTYPES[task.engine]).index(task.dtype)
        self.edition = EDITIONS[(number + len(task.engine)) % len(EDITIONS)]
        chosen, one_in = self.random.choice, self.random.integers
        self.units: dict[str, str] = {
            name: str(chosen([unit for analyte, unit in SCALES if analyte == name]))
            for name in VALUES
        }
        self.given = [name for name in (*SIGNS, *VALUES) if one_in(12)]
        self.bounded = [name for name in VALUES if name in self.given and one_in(2)]
        how = {name: int(one_in(4)) for name in ENDS}  # a number, a column, or nothing
        self.ends = {name: ENDS[name][1] for name in ENDS if how[name] == 0}
        self.end_columns = [name for name in ENDS if how[name] in {1, 2} and name in self.given]
        self.derived: list[str] = []

    def plain(self, column: str) -> Any:  # noqa: ARG002 - of every column
        return None

    def drawn(self, rows: int) -> pl.DataFrame:
        unknown = self.random.choice((0, 0.1, 0.3, 0.7), rows)

        def cells(values: Sequence[Any], *, there: bool = True) -> list[Any]:
            taken = self.random.integers(len(values), size=rows)
            gone = (self.random.random(rows) < unknown) | (not there)
            return [None if g else values[n] for n, g in zip(taken, gone, strict=True)]

        found: dict[str, Any] = {"group": range(rows)}
        found |= {
            name: pl.Series(cells([0, 1], there=name in self.given), dtype=pl.Int8)
            for name in SIGNS
        }
        for name, values in VALUES.items():
            found[name] = pl.Series(cells(values, there=name in self.given), dtype=pl.String)
            signs = cells(["", "", "", *BOUNDS], there=name in self.bounded)
            below = [
                sign == "<" and value == "0" for sign, value in zip(signs, found[name], strict=True)
            ]
            signs = ["<=" if b else sign for b, sign in zip(below, signs, strict=True)]
            found[f"{name} bound"] = pl.Series(signs, dtype=pl.String)
        for name, (end, value) in ENDS.items():
            typed = cells([value], there=name in self.end_columns)
            found[f"{name} {end}"] = pl.Series(typed, dtype=pl.String)
        data = pl.DataFrame(found)
        return data.with_columns(  # a contradiction is refused
            pl.when((pl.col(special) != 1) | (pl.col(general) != 0) | pl.col(general).is_null())
            .then(special)
            .alias(special)
            for special, general in SPECIAL.items()
        )

    def on_engine(self, rows: pl.DataFrame) -> pl.DataFrame:
        engine, dtype = self.task.engine, self.task.dtype
        quiet = {"row": len(rows) + 1_000_000, **dict.fromkeys(SIGNS, 0)}
        rows = pl.concat([rows, pl.DataFrame([quiet])], how="diagonal_relaxed")
        way, signs = way_of(engine, dtype), [name for name in SIGNS if name in self.given]
        columns = {n: column(engine, dtype, way.cells(rows[n], rows["row"])) for n in signs}
        book: dict[str, Any] = {name: name for name in signs}
        for name in VALUES:
            if name not in self.given:
                continue
            columns[name] = self.numbers(name, rows[name])
            book[name] = {"column": name, "unit": self.units[name]}
            if name in self.bounded:
                columns[f"{name} bound"] = texts(engine, rows[f"{name} bound"])
                book[name]["bound"] = f"{name} bound"
            if name in ENDS:
                end, _ = ENDS[name]
                if name in self.ends:
                    book[name][end] = float(self.in_unit(name, self.ends[name]))
                if name in self.end_columns:
                    columns[f"{name} {end}"] = self.numbers(name, rows[f"{name} {end}"])
                    book[name][end] = f"{name} {end}"
        native = made(engine, {"row": rows["row"].to_numpy(), **columns})
        result = derive(
            native,
            Codebook(findings=book, answers=way.answers or {}),
            edition=self.edition,
        )
        there = set(nw.from_native(result).collect_schema().names())
        self.derived = [name for name in spec_tables.NAMES if f"sledai_{name}_reason" in there]
        # A sign has the name of its descriptor.
        answer = {n: f"{n}_computed" if n in columns else n for n in self.derived}
        reasons = [reason_column(Descriptor(name)) for name in self.derived]
        found = collected(result, ["row", *answer.values(), *reasons]).head(-1)
        return found.select(
            "row",
            *(pl.col(theirs).alias(f"{name} of {self.edition}") for name, theirs in answer.items()),
            *(
                pl.col(reason).str.extract("^([a-z ]+): ").alias(f"{name} in words")
                for name, reason in zip(self.derived, reasons, strict=True)
            ),
        )

    def in_unit(self, name: str, value: str) -> Decimal:
        factor, zero = SCALES[name, self.units[name]]
        exact = (Fraction(value) - zero) / factor
        return Decimal(exact.numerator) / Decimal(exact.denominator)

    def numbers(self, name: str, values: pl.Series) -> Any:
        cells = [None if value is None else self.in_unit(name, value) for value in values]
        return number_column(self.task.engine, self.task.dtype, cells)

    def expected(self, rows: pl.DataFrame) -> Mapping[str, pl.DataFrame]:
        found: dict[str, list[dict[str, bool | None]]] = {"one visit": [], "brute force": []}
        for row in rows.iter_rows(named=True):
            assessment = derive_one(self.findings(row), edition=self.edition).assessment
            found["one visit"].append({name: getattr(assessment, name) for name in self.derived})
            filled = possible(row, self.ends, percent=self.units["anti_dsdna"] == "%")
            answers: dict[str, bool | None] = {}
            for name in self.derived:
                ways = outcomes(name, self.edition, filled)
                answers[name] = None if len(ways) > 1 else ways == {True}
            found["brute force"].append(answers)
        words = {True: "present", False: "absent", None: "not assessed"}
        return {
            who: pl.DataFrame(
                [
                    {f"{name} of {self.edition}": said for name, said in row.items()}
                    | {f"{name} in words": words[said] for name, said in row.items()}
                    for row in of
                ],
                infer_schema_length=None,
                schema={f"{name} of {self.edition}": pl.Boolean for name in self.derived}
                | {f"{name} in words": pl.String for name in self.derived},
            )
            for who, of in found.items()
        }

    def findings(self, row: Mapping[str, Any]) -> Findings:
        """Write the same visit as one types it."""
        given: dict[str, Any] = {n: bool(row[n]) for n in SIGNS if row[n] is not None}
        for name, unit in self.units.items():
            if row[name] is None:
                continue
            value = f"{row[f'{name} bound'] or ''}{self.in_unit(name, row[name]):f} {unit}"
            given[name] = value
            if name in ENDS:
                end, _ = ENDS[name]
                typed = row[f"{name} {end}"] or self.ends.get(name)
                ends = {} if typed is None else {end: f"{self.in_unit(name, typed):f} {unit}"}
                given[name] = {"value": value, **ends}
        return Findings.model_validate(given)


def number_column(engine: str, dtype: str, cells: list[Decimal | None]) -> Any:
    """Hold numbers in a column, of 32 bits or of decimals where the dtype of the signs is such."""
    arrow = pa.decimal128(24, 9) if "decimal" in dtype else pa.float64()
    arrow = pa.float32() if dtype == "float" else arrow
    if "polars" in engine:
        if dtype == "Decimal":
            return pl.Series(cells, dtype=pl.Decimal(24, 9))
        wide = pl.Float32 if dtype == "Float32" else pl.Float64
        return pl.Series([None if cell is None else float(cell) for cell in cells]).cast(wide)
    numbers: list[Any] = [
        cell if cell is None or "decimal" in dtype else float(cell) for cell in cells
    ]
    if engine in {"pandas", "Dask"}:
        if "[pyarrow]" in dtype:
            return pd.Series(numbers, dtype=pd.ArrowDtype(arrow))
        nullable = "Float64" if dtype[0].isupper() and dtype != "Decimal objects" else "float64"
        return pd.Series(numbers, dtype="float32" if dtype == "float32" else nullable)
    return pa.array(numbers, arrow)


def texts(engine: str, cells: pl.Series) -> Any:
    if "polars" in engine:
        return cells
    if engine in {"pandas", "Dask"}:
        return pd.Series(cells.to_list(), dtype="str")
    return cells.to_arrow().cast(pa.string())
