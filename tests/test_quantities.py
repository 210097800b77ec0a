"""Units: exact factors against a second table, and limits that hold in every unit alike."""

from decimal import Decimal
from fractions import Fraction
from math import inf, nextafter

import pytest
import spec_tables

from sledai import InvalidInputError
from sledai.audit import LAB_LIMITS, Lab
from sledai.quantities import UNITS, converted

ROWS = spec_tables.rows("units.csv")
# Analyte and unit: what one and zero of it are in the first unit.
SPEC = {
    (row["analyte"], row["unit"]): (
        Fraction(row["in_first_unit_of_one"]),
        Fraction(row["in_first_unit_of_zero"]),
    )
    for row in ROWS
}
# Limits as the definitions print them, in each unit by hand: value on the limit, and one beyond it.
LIMITS = {
    ("platelets", "/mm3"): ("100000", "99999"),
    ("platelets", "/uL"): ("100000", "99999"),
    ("platelets", "10*9/L"): ("100", "99.9"),
    ("platelets", "10*3/uL"): ("100", "99.9"),
    ("platelets", "K/uL"): ("100", "99"),
    ("platelets", "10^9/L"): ("100.0", "99.99"),
    ("white_cells", "/mm3"): ("3000", "2999"),
    ("white_cells", "/uL"): ("3000", "2999"),
    ("white_cells", "10*9/L"): ("3.0", "2.9"),
    ("white_cells", "10*3/uL"): ("3", "2.99"),
    ("white_cells", "K/uL"): ("3", "2.9"),
    ("white_cells", "10^9/L"): ("3.00", "2.999"),
    ("temperature", "Cel"): ("38.0", "38.1"),
    ("temperature", "[degF]"): ("100.4", "100.5"),
    ("urine_protein_24h", "g/(24.h)"): ("0.5", "0.51"),
    ("urine_protein_24h", "g/d"): ("0.50", "0.501"),
    ("urine_protein_24h", "mg/(24.h)"): ("500", "501"),
    ("urine_protein_24h", "mg/d"): ("500", "500.1"),
    ("urine_red_cells", "/[HPF]"): ("5", "6"),
    ("urine_red_cells", "/HPF"): ("5", "6"),
    ("urine_white_cells", "/[HPF]"): ("5", "6"),
    ("urine_white_cells", "/HPF"): ("5", "6"),
}
UNIT_IDS = [f"{analyte} {unit}" for analyte, unit in SPEC]


def test_the_table_of_units_is_the_second_one() -> None:
    assert {(a, u) for a, units in UNITS.items() for u in units} == set(SPEC)
    assert set(SPEC) == set(LIMITS)


@pytest.mark.parametrize(("analyte", "unit"), SPEC, ids=UNIT_IDS)
def test_factors_are_exact(analyte: str, unit: str) -> None:
    one, zero = SPEC[analyte, unit]
    for amount in (Fraction(0), Fraction(1), Fraction(38), Fraction(-7, 3)):
        there = zero + amount * (one - zero)
        scale = UNITS[analyte][unit]
        assert amount * scale.factor + scale.offset == there
    assert converted(analyte, Decimal(38), unit) * (one - zero) + zero == 38


@pytest.mark.parametrize(("analyte", "unit"), LIMITS, ids=UNIT_IDS)
class TestLimits:
    """Strict: on the limit it does not count, on the next number it does."""

    def test_on_the_limit_and_past_it(self, analyte: str, unit: str) -> None:
        on, past = LIMITS[analyte, unit]
        lab = Lab(analyte, "x", unit)
        assert lab.is_past(float(past)) is True
        assert lab.is_past(float(on)) is False

    def test_the_next_double_on_either_side(self, analyte: str, unit: str) -> None:
        on = float(LIMITS[analyte, unit][0])
        lab = Lab(analyte, "x", unit)
        below = LAB_LIMITS[analyte][1].operator == "<"
        assert lab.is_past(nextafter(on, -inf)) is below
        assert lab.is_past(nextafter(on, inf)) is not below

    def test_well_past_it_and_well_within_it(self, analyte: str, unit: str) -> None:
        lab = Lab(analyte, "x", unit)
        below = LAB_LIMITS[analyte][1].operator == "<"
        assert (lab.is_past(0.0), lab.is_past(1e9)) == (below, not below)


@pytest.mark.parametrize("unit", ["k/uL", "", "g/L", "10*9/l", "/[LPF]", "mm3"])
def test_an_unknown_unit_is_refused_with_the_accepted_ones(unit: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        Lab("platelets", "x", unit)
    assert str(caught.value) == (
        f"unit of platelets: found {unit!r}; accepted: /mm3, /uL, 10*9/L, 10*3/uL, K/uL, 10^9/L"
    )


def test_an_unknown_analyte_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="analyte: found 'iron'; accepted: urine_red_cells"):
        Lab("iron", "x", "mg")
    with pytest.raises(InvalidInputError, match="analyte: found 'iron'; accepted: platelets"):
        converted("iron", Decimal(1), "mg")


def test_the_analytes_and_their_descriptors() -> None:
    assert {analyte: descriptor for analyte, (descriptor, _) in LAB_LIMITS.items()} == {
        "platelets": "thrombocytopenia",
        "white_cells": "leukopenia",
        "temperature": "fever",
        "urine_protein_24h": "proteinuria",
        "urine_red_cells": "hematuria",
        "urine_white_cells": "pyuria",
    }


def test_the_limit_is_in_the_first_unit_of_its_analyte() -> None:
    """The words of a definition and the symbol of UCUM mean the same unit."""
    first = {analyte: next(iter(units)) for analyte, units in UNITS.items()}
    words = {"per mm3": "/mm3", "degrees C": "Cel", "g/24 h": "g/(24.h)"}
    words |= {"per high-power field": "/[HPF]"}
    assert {a: words[limit.unit] for a, (_, limit) in LAB_LIMITS.items()} == first
