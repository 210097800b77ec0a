"""Columns of findings at the ends: limits of 0, bounds, the least increase, floats of each size."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from typing import Any

import polars as pl
import pytest
from codebooks import labs_of
from engines import ENGINES

from sledai import Descriptor, InvalidInputError
from sledai.codebook import Codebook, Lab
from sledai.definitions import Edition
from sledai.findings import Findings, LabResult
from sledai.findings import derive as derive_one
from sledai.frame import derive
from sledai.quantities import UNITS, Quantity, checked

BOUNDS: list[Any] = ["", "<", "<=", ">", ">="]
NOW, BEFORE = "urine_protein_24h", "previous_urine_protein_24h"
BY_LABORATORY = {
    "c3": Descriptor.LOW_COMPLEMENT,
    "c4": Descriptor.LOW_COMPLEMENT,
    "ch50": Descriptor.LOW_COMPLEMENT,
    "anti_dsdna": Descriptor.INCREASED_DNA_BINDING,
}
BY_DEFINITION = {
    "platelets": (Descriptor.THROMBOCYTOPENIA, 100_000),
    "white_cells": (Descriptor.LEUKOPENIA, 3_000),
    "temperature": (Descriptor.FEVER, 38),
    "urine_red_cells": (Descriptor.HEMATURIA, 5),
    "urine_white_cells": (Descriptor.PYURIA, 5),
}


def accepted(analyte: str, value: float | None, unit: str, bound: Any = "") -> bool:
    try:
        return value is None or bool(checked(analyte, Quantity(value, unit, bound)))
    except InvalidInputError:
        return False


def written(value: float | None, unit: str) -> Quantity | None:
    return None if value is None else Quantity(value, unit)


def answers_of(data: pl.DataFrame, labs: list[Lab], edition: Edition, of: str) -> list[Any]:
    return list(derive(data, Codebook(findings=labs_of(labs)), edition=edition)[of])


class TestRowByRow:
    """Each answer of a column is that of one visit, whatever unit, edition, bound and limit."""

    @pytest.mark.parametrize("edition", Edition)
    @pytest.mark.parametrize("analyte", BY_LABORATORY)
    def test_limits_of_the_laboratory(self, analyte: str, edition: Edition) -> None:
        descriptor = BY_LABORATORY[analyte]
        schema: Any = {"v": pl.Float64, "b": pl.String, "low": pl.Float64, "high": pl.Float64}
        for unit in dict.fromkeys(list(UNITS[analyte])[::2]):
            rows = [
                (value, bound, low, high)
                for value, bound in product([0.0, 1e-300, 0.5, 4.9999999999, 5.0, 25.0], BOUNDS)
                for low, high in ((None, 0.0), (0.0, 5.0), (5.0, None), (0.0, 0.0), (0.5, 25.0))
                if accepted(analyte, value, unit, bound)
                and accepted(analyte, low, unit)
                and accepted(analyte, high, unit)
            ]
            assert rows
            data = pl.DataFrame(rows, schema=schema, orient="row")
            lab = Lab(analyte, "v", unit, lower="low", upper="high", bound="b")
            got = answers_of(data, [lab], edition, descriptor)
            for (value, bound, low, high), answer in zip(rows, got, strict=True):
                result = LabResult(
                    value=Quantity(value, unit, bound),
                    lower=written(low, unit),
                    upper=written(high, unit),
                )
                visit = Findings.model_validate({analyte: result})
                alone = derive_one(visit, edition=edition).assessment
                assert answer is getattr(alone, descriptor), (value, bound, low, high, unit)

    @pytest.mark.parametrize("edition", Edition)
    @pytest.mark.parametrize("analyte", BY_DEFINITION)
    def test_limits_of_the_definition(self, analyte: str, edition: Edition) -> None:
        descriptor, limit = BY_DEFINITION[analyte]
        for unit, scale in UNITS[analyte].items():
            on = float((limit - scale.offset) / scale.factor)
            values = [0.0, 1e-300, on * (1 - 2**-50), on, on * (1 + 2**-50), on * 1.01, 1e300]
            rows = [
                row for row in product(values, BOUNDS) if accepted(analyte, row[0], unit, row[1])
            ]
            data = pl.DataFrame(rows, schema={"v": pl.Float64, "b": pl.String}, orient="row")
            got = answers_of(data, [Lab(analyte, "v", unit, bound="b")], edition, descriptor)
            for (value, bound), answer in zip(rows, got, strict=True):
                visit = Findings.model_validate({analyte: Quantity(value, unit, bound)})
                alone = derive_one(visit, edition=edition).assessment
                assert answer is getattr(alone, descriptor), (value, bound, unit)

    @pytest.mark.parametrize("edition", Edition)
    @pytest.mark.parametrize("units", [("g/d", "g/d"), ("g/d", "mg/d"), ("mg/d", "g/d")])
    def test_increases(self, units: tuple[str, str], edition: Edition) -> None:
        rows = list(increases(units))
        schema: Any = {"now": pl.Float64, "n": pl.String, "before": pl.Float64, "b": pl.String}
        data = pl.DataFrame(rows, schema=schema, orient="row")
        labs = [Lab(NOW, "now", units[0], bound="n"), Lab(BEFORE, "before", units[1], bound="b")]
        got = answers_of(data, labs, edition, Descriptor.PROTEINURIA)
        for (now, n, before, b), answer in zip(rows, got, strict=True):
            visit = Findings.model_validate(
                {NOW: Quantity(now, units[0], n), BEFORE: Quantity(before, units[1], b)}
            )
            alone = derive_one(visit, edition=edition).assessment
            assert answer is alone.proteinuria, (now, n, before, b)


def increases(units: tuple[str, str]) -> Iterator[tuple[float, Any, float, Any]]:
    """Amounts about half a gram apart, to the twelfth decimal of a gram."""
    now_in, before_in = (1000 if unit.startswith("m") else 1 for unit in units)
    steps = ("0.5", "0.500000000001", "0.499999999999", "0.5000000001")
    for before, step in product(("0", "0.1", "2.000000001", "99.4", "1e-10"), steps):
        now = float((Decimal(before) + Decimal(step)) * now_in)
        earlier = float(Decimal(before) * before_in)
        for n, b in product(BOUNDS, BOUNDS):
            if accepted(NOW, now, units[0], n) and accepted(BEFORE, earlier, units[1], b):
                yield now, n, earlier, b


@pytest.mark.parametrize("name", ["polars", "polars lazy", "pandas", "pyarrow", "DuckDB"])
def test_engines_decide_at_the_ends(name: str) -> None:
    """No amount is below 0; an increase of a picogram beyond half a gram is one."""
    engine = ENGINES[name]
    data = pl.DataFrame(
        {
            "c3": [0.5, 0.5, 0.5, 0.5],
            "c4": [0.5, 0.5, 0.5, 0.5],
            "sign": ["<", "<=", ">", "<"],
            "from": [0.0, 0.0, 0.0, 0.9],
            "now": [2.500000000001, 2.5, 2.499999999999, 99.900000000001],
            "before": [2.0, 2.0, 2.0, 99.4],
        }
    )
    labs = [
        Lab("c3", "c3", "g/L", lower="from", bound="sign"),
        Lab("c4", "c4", "g/L", lower=0),
        Lab(NOW, "now", "g/d"),
        Lab(BEFORE, "before", "g/d"),
    ]
    book = Codebook(findings=labs_of(labs))
    found = engine.rows(derive(engine.make(data), book, edition=Edition.SELENA))
    assert [row["low_complement"] for row in found] == [False, False, False, True]
    assert [row["proteinuria"] for row in found] == [True, False, False, True]


@pytest.mark.parametrize("name", ["polars", "pyarrow", "DuckDB"])
def test_single_floats_hold_seven_digits_of_an_amount(name: str) -> None:
    """A float of 32 bits stands for the number of seven digits that was written."""
    engine = ENGINES[name]
    now = [0.600001, 0.6000001, 0.6, 2.500001, 2.5, 99.90001, 99.9]
    before = [0.1, 0.1, 0.1, 2.0, 2.0, 99.4, 99.4]
    single = pl.DataFrame(
        {"now": now, "before": before}, schema={"now": pl.Float32, "before": pl.Float32}
    ).with_columns(onset=pl.lit(value=False))
    for data in (single, single.with_columns(before=pl.Series(before, dtype=pl.Float64))):
        book = Codebook(
            findings={
                **labs_of([Lab(NOW, "now", "g/d"), Lab(BEFORE, "before", "g/d")]),
                "proteinuria_new_onset": "onset",
            }
        )
        found = engine.rows(derive(engine.make(data), book, edition=Edition.SELENA))
        said = [row["proteinuria"] for row in found]
        assert said == [True, True, False, True, False, True, False]
