"""Units: exact factors against a second table, and limits that hold in every unit alike."""

from decimal import Decimal
from fractions import Fraction
from functools import cache
from math import inf, nextafter
from typing import Any

import pint
import pytest
import spec_tables
from hypothesis import assume, given
from hypothesis import strategies as st

from sledai import InvalidInputError
from sledai.codebook import Lab
from sledai.codebook.lab import LAB_LIMITS
from sledai.operators import Operator
from sledai.quantities import (
    PLAUSIBLE,
    UNITS,
    Bound,
    Interval,
    Quantity,
    checked,
    converted,
    kind,
    written,
)

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
    ("urine_protein_24h", "g/24h"): ("0.5", "0.51"),
    ("urine_protein_24h", "mg/24h"): ("500", "501"),
    ("urine_red_cells", "/[HPF]"): ("5", "6"),
    ("urine_red_cells", "/HPF"): ("5", "6"),
    ("urine_white_cells", "/[HPF]"): ("5", "6"),
    ("urine_white_cells", "/HPF"): ("5", "6"),
    ("platelets", "10^3/uL"): ("100", "99"),
    ("platelets", "G/L"): ("100", "99"),
    ("white_cells", "10^3/uL"): ("3.0", "2.9"),
    ("white_cells", "G/L"): ("3.0", "2.9"),
    ("temperature", "°C"): ("38.0", "38.1"),
    ("temperature", "C"): ("38", "38.05"),
    ("temperature", "°F"): ("100.4", "100.5"),
    ("temperature", "F"): ("100.4", "100.41"),
    ("urine_red_cells", "/hpf"): ("5", "6"),
    ("urine_white_cells", "/hpf"): ("5", "6"),
}
UNIT_IDS = [f"{analyte} {unit}" for analyte, unit in SPEC]
LIMIT_IDS = [f"{analyte} {unit}" for analyte, unit in LIMITS]


def test_the_table_of_units_is_the_second_one() -> None:
    assert {(a, u) for a, units in UNITS.items() for u in units} == set(SPEC)
    assert {(analyte, unit) for analyte, unit in SPEC if analyte in LAB_LIMITS} == set(LIMITS)


@pytest.mark.parametrize(("analyte", "unit"), SPEC, ids=UNIT_IDS)
def test_factors_are_exact(analyte: str, unit: str) -> None:
    one, zero = SPEC[analyte, unit]
    for amount in (Fraction(0), Fraction(1), Fraction(38), Fraction(-7, 3)):
        there = zero + amount * (one - zero)
        scale = UNITS[analyte][unit]
        assert amount * scale.factor + scale.offset == there
    assert converted(analyte, Decimal(38), unit) * (one - zero) + zero == 38


@pytest.mark.parametrize(("analyte", "unit"), LIMITS, ids=LIMIT_IDS)
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
        f"unit of platelets: found {unit!r}; accepted: /mm3, /uL, 10*9/L, 10*3/uL, K/uL, 10^9/L, "
        "10^3/uL, G/L"
    )


def test_an_unknown_analyte_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="analyte: found 'iron'; accepted: platelets"):
        Lab("iron", "x", "mg")
    with pytest.raises(InvalidInputError, match="analyte: found 'iron'; accepted: platelets"):
        converted("iron", Decimal(1), "mg")


@pytest.mark.parametrize("value", [float("nan"), inf, "100", None, True, [1]])
def test_what_is_converted_is_a_number(value: Any) -> None:
    with pytest.raises(InvalidInputError, match=r"^value: found .*; accepted: a number$"):
        converted("platelets", value, "K/uL")


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
    first = {analyte: next(iter(UNITS[analyte])) for analyte in LAB_LIMITS}
    words = {"per mm3": "/mm3", "degrees C": "Cel", "g/24 h": "g/(24.h)"}
    words |= {"per high-power field": "/[HPF]"}
    assert {a: words[limit.unit] for a, (_, limit) in LAB_LIMITS.items()} == first


# What a unit is in the words of an independent library. Not there: U/mL (an assay's own), and per
# field, where there is nothing to convert.
@cache
def registry() -> Any:
    """Give the library's own units; to build them takes longer than all tests of this file."""
    return pint.UnitRegistry()


PINT = {
    "/mm3": "1 / millimeter**3",
    "/uL": "1 / microliter",
    "10*9/L": "1e9 / liter",
    "10*3/uL": "1e3 / microliter",
    "K/uL": "1e3 / microliter",
    "10^9/L": "1e9 / liter",
    "10^3/uL": "1e3 / microliter",
    "G/L": "1e9 / liter",
    "g/(24.h)": "gram / (24 * hour)",
    "g/d": "gram / day",
    "g/24h": "gram / (24 * hour)",
    "mg/24h": "milligram / (24 * hour)",
    "mg/(24.h)": "milligram / (24 * hour)",
    "mg/d": "milligram / day",
    "g/L": "gram / liter",
    "mg/dL": "milligram / deciliter",
    "mg/L": "milligram / liter",
    "g/g": "gram / gram",
    "mg/mg": "milligram / milligram",
    "mg/g": "milligram / gram",
    "mg/day": "milligram / day",
    "g/dL": "gram / deciliter",
    "d": "day",
    "day": "day",
    "days": "day",
    "wk": "week",
    "week": "week",
    "weeks": "week",
}


@pytest.mark.parametrize(
    ("analyte", "unit"),
    [(a, u) for a, u in SPEC if u in PINT],
    ids=[f"{a} {u}" for a, u in SPEC if u in PINT],
)
def test_factors_against_an_independent_library(analyte: str, unit: str) -> None:
    first = next(iter(UNITS[analyte]))
    factor = (registry()(PINT[unit]) / registry()(PINT[first])).to_base_units().magnitude
    assert float(UNITS[analyte][unit].factor) == pytest.approx(factor, rel=1e-12)


def test_temperatures_against_an_independent_library() -> None:
    for fahrenheit in (95, 98.6, 100.4, 104):
        celsius = registry().Quantity(fahrenheit, "degF").to("degC").magnitude
        ours = checked("temperature", Quantity(fahrenheit, "[degF]")).least
        assert float(ours) == pytest.approx(celsius, rel=1e-12)


def test_moles_against_an_independent_library() -> None:
    creatinine = registry().Quantity("113.12 gram / mole")
    ratio = registry().Quantity("1 milligram / millimole") / creatinine
    per_gram = UNITS["urine_protein_creatinine_ratio"]["mg/mmol"].factor
    assert float(per_gram) == pytest.approx(ratio.to("gram / gram").magnitude)


def test_half_a_gram_per_gram_is_not_50_mg_per_mmol() -> None:
    """Often printed as equal: 0.5 g/g is 56.56 mg/mmol, and 50 mg/mmol is 442 mg/g."""
    analyte = "urine_protein_creatinine_ratio"
    assert converted(analyte, Decimal("0.5"), "mg/mmol") == Fraction("56.56")
    assert round(float(checked(analyte, Quantity(50, "mg/mmol")).least) * 1000) == 442


class TestReading:
    @pytest.mark.parametrize(
        ("text", "value", "unit", "bound"),
        [
            ("92 K/uL", "92", "K/uL", ""),
            ("92K/uL", "92", "K/uL", ""),
            ("  3.0   10*9/L ", "3.0", "10*9/L", ""),
            ("3.0 x 10*9/L", "3.0", "10*9/L", ""),
            ("3.0x10^9/L", "3.0", "10^9/L", ""),
            ("3.0 \N{MULTIPLICATION SIGN} 10*9/L", "3.0", "10*9/L", ""),
            ("3.0\N{MULTIPLICATION SIGN}10*9/L", "3.0", "10*9/L", ""),
            ("<5 /[HPF]", "5", "/[HPF]", "<"),
            ("> 200 [IU]/mL", "200", "[IU]/mL", ">"),
            (">=200 [IU]/mL", "200", "[IU]/mL", ">="),
            ("\u2264 0.3 g/d", "0.3", "g/d", "<="),
            ("\u2265 0.3 g/d", "0.3", "g/d", ">="),
            ("31%", "31", "%", ""),
            ("38.1\u00b0C", "38.1", "\u00b0C", ""),
            ("1e3 /uL", "1000", "/uL", ""),
        ],
    )
    def test_text(self, text: str, value: str, unit: str, bound: Bound) -> None:
        assert Quantity.parse(text) == Quantity(Decimal(value), unit, bound)

    @pytest.mark.parametrize(
        "text",
        [
            *("", "92", "K/uL", "92,000 /uL", "-3 g/L", "5-10 /[HPF]", "nan g/L", "inf g/L"),
            *("many /uL", "0.9", "1e5", "1E-5", "5-10", "1.5.2", "9,2", "+5 g/L", "5+ g/L"),
        ],
    )
    def test_what_is_no_quantity_is_refused(self, text: str) -> None:
        with pytest.raises(InvalidInputError) as caught:
            Quantity.parse(text)
        assert str(caught.value) == (
            f"found {text!r}; accepted: a number of at least 0 and a unit, such as "
            '"92 K/uL" or "<5 /[HPF]"'
        )

    @pytest.mark.parametrize("value", [-1, True, "1,5", float("nan"), float("inf"), "x"])
    def test_what_is_no_number_is_refused(self, value: float | str) -> None:
        with pytest.raises(InvalidInputError, match=r"value: found .*; accepted: a number of at"):
            Quantity(value, "g/L")

    @pytest.mark.parametrize("unit", [None, "", 5])
    def test_what_is_no_unit_is_refused(self, unit: Any) -> None:
        with pytest.raises(InvalidInputError, match=r"unit: found .*; accepted: text"):
            Quantity(1, unit)

    def test_an_unknown_bound_is_refused(self) -> None:
        with pytest.raises(InvalidInputError, match=r"bound: found '~'; accepted: <, <=, >, >="):
            Quantity(1, "g/L", "~")  # type: ignore[arg-type]

    @pytest.mark.parametrize("text", ["92 K/uL", "<5 /[HPF]", ">=1000 /uL", "0.10 g/d"])
    def test_it_prints_as_it_is_read(self, text: str) -> None:
        assert str(Quantity.parse(text)) == text

    def test_floats_are_what_they_print(self) -> None:
        assert Quantity(100.4, "[degF]").value == Decimal("100.4")


def allowed(value: int, bound: Bound, most: int) -> list[Fraction]:
    """Every quarter from 0 to `most` that a bound allows."""
    quarters = [Fraction(n, 4) for n in range(4 * most + 1)]
    return {
        "": [q for q in quarters if q == value],
        "<": [q for q in quarters if q < value],
        "<=": [q for q in quarters if q <= value],
        ">": [q for q in quarters if q > value],
        ">=": [q for q in quarters if q >= value],
    }[bound]


COMPARISONS: dict[Operator, set[str]] = {
    "<": {"below"},
    "<=": {"below", "on"},
    ">": {"above"},
    ">=": {"above", "on"},
}


@given(
    st.integers(0, 8),
    st.sampled_from(["", "<", "<=", ">", ">="]),
    st.integers(0, 8),
    st.sampled_from(list(COMPARISONS)),
)
def test_a_bound_decides_only_what_all_its_values_agree_on(
    value: int, bound: Bound, limit: int, operator: Operator
) -> None:
    """Against every quarter between 0 and 20 that the bound allows."""
    assume((value, bound) != (0, "<"))  # nothing is below 0
    within = allowed(value, bound, most=20)
    sides = {"below" if q < limit else "on" if q == limit else "above" for q in within}
    passing = COMPARISONS[operator]
    amount = checked("urine_red_cells", Quantity(value, "/[HPF]", bound))
    expected = True if sides <= passing else False if not sides & passing else None
    assert amount.is_past(operator, Fraction(limit)) is expected


@given(st.data())
def test_a_difference_is_open_where_an_end_is(data: st.DataObject) -> None:
    def drawn() -> tuple[Interval, list[Fraction]]:
        value = data.draw(st.integers(1, 4))
        bound: Bound = data.draw(st.sampled_from(["", "<", "<=", ">", ">="]))
        within = allowed(value, bound, most=15)
        return checked("urine_red_cells", Quantity(value, "/[HPF]", bound)), within

    now, now_within = drawn()
    before, before_within = drawn()
    limit = Fraction(data.draw(st.integers(-4, 4)))
    above = {n - b > limit for n in now_within for b in before_within}
    expected = above.pop() if len(above) == 1 else None
    assert (now - before).is_past(">", limit) is expected


PLAUSIBLE_ROWS = spec_tables.rows("plausible.csv")


class TestAbsurdValues:
    def test_every_analyte_has_a_range(self) -> None:
        assert set(UNITS) == set(PLAUSIBLE) == {row["analyte"] for row in PLAUSIBLE_ROWS}

    @pytest.mark.parametrize(
        "row", PLAUSIBLE_ROWS, ids=[f"{row['analyte']} {row['unit']}" for row in PLAUSIBLE_ROWS]
    )
    def test_the_ends_are_accepted_and_what_is_beyond_is_not(self, row: dict[str, str]) -> None:
        analyte, unit = row["analyte"], row["unit"]
        least, most = Decimal(row["least"]), Decimal(row["most"])
        for accepted in (least, most):
            checked(analyte, Quantity(accepted, unit))
        for refused in (least * Decimal("0.9999999"), most * Decimal("1.0000001")):
            with pytest.raises(InvalidInputError, match="which no patient has"):
                checked(analyte, Quantity(refused, unit))

    def test_the_message_says_the_range_in_the_unit_that_was_found(self) -> None:
        with pytest.raises(InvalidInputError) as caught:
            checked("platelets", Quantity(92_000, "10*9/L"))
        assert str(caught.value) == (
            "platelets: found '92000 10*9/L', which no patient has; accepted: 0 or 1 to 10,000 "
            "10*9/L; is it the right unit?"
        )
        with pytest.raises(InvalidInputError, match="accepted: 0 or 1,000 to 10,000,000 /uL"):
            checked("platelets", Quantity(250, "/uL"))
        with pytest.raises(InvalidInputError, match=r"accepted: 77 to 113 \[degF\]"):
            checked("temperature", Quantity(38, "[degF]"))
        with pytest.raises(InvalidInputError, match="accepted: 25 to 45 Cel"):
            checked("temperature", Quantity(0, "Cel"))

    def test_nothing_is_found_and_a_bound_may_be_small_where_it_is_one_below(self) -> None:
        assert checked("platelets", Quantity(0, "/uL")).least == 0
        assert checked("platelets", Quantity.parse("<=0 /uL")).most == 0
        assert checked("platelets", Quantity.parse(">0 /uL")).least == 0
        assert checked("platelets", Quantity.parse(">5 /uL")).least == 5
        assert checked("temperature", Quantity.parse(">=0 Cel")).least == 0
        for absurd in ("<0 /uL", "<5 /uL", "<=5 /uL", ">1e8 /uL"):
            with pytest.raises(InvalidInputError, match="which no patient has"):
                checked("platelets", Quantity.parse(absurd))
        with pytest.raises(InvalidInputError, match="which no patient has"):
            checked("temperature", Quantity.parse(">0 [degF]"))  # below 0 Cel


def test_units_that_measure_different_things() -> None:
    kinds = {unit: kind("anti_dsdna", unit) for unit in UNITS["anti_dsdna"]}
    assert kinds["[IU]/mL"] == kinds["IU/mL"] == kinds["k[IU]/L"] == kinds["kIU/L"]
    assert len(set(kinds.values())) == 3
    months = {unit for unit in UNITS["duration"] if kind("duration", unit)}
    assert months == {"mo", "month", "months", "a", "year", "years"}
    for analyte in UNITS.keys() - {"anti_dsdna", "duration"}:
        assert {kind(analyte, unit) for unit in UNITS[analyte]} == {""}


class TestAnnotations:
    """UCUM, curly braces: an annotation at the end of a term is a comment."""

    @pytest.mark.parametrize(
        ("analyte", "annotated", "plain"),
        [
            ("urine_protein_creatinine_ratio", "mg/g{creat}", "mg/g"),
            ("urine_protein_creatinine_ratio", "mg{protein}/g{creat}", "mg/g"),
            ("urine_protein_creatinine_ratio", "mg/mmol{creatinine}", "mg/mmol"),
            ("urine_red_cells", "{#}/[HPF]", "/[HPF]"),
            ("urine_white_cells", "{WBC}/[HPF]", "/[HPF]"),
            ("urine_casts", "/[LPF]{seen}", "/[LPF]"),
            ("platelets", "10*3/uL{cells}", "10*3/uL"),
            ("platelets", "10*3{cells}/\N{MICRO SIGN}L", "10*3/uL"),
            ("white_cells", "{cells}/uL", "/uL"),
            ("urine_protein_24h", "g/(24.h{total})", "g/(24.h)"),
            ("urine_protein_24h", "g/(24{total}.h)", "g/(24.h)"),
            ("anti_dsdna", "%{binding}", "%"),
            ("anti_dsdna", "[IU]{Farr}/mL", "[IU]/mL"),
            ("platelets", "K/uL{PLT}", "K/uL"),
        ],
    )
    def test_it_is_a_comment(self, analyte: str, annotated: str, plain: str) -> None:
        value = "3000" if annotated == "{cells}/uL" else "3"
        by_text = Quantity.parse(f"{value} {annotated}")
        assert by_text == Quantity(value, annotated)
        assert str(by_text) == f"{value} {annotated}"
        assert checked(analyte, by_text) == checked(analyte, Quantity(value, plain))
        assert kind(analyte, annotated) == kind(analyte, plain)

    @pytest.mark.parametrize("analyte", UNITS)
    def test_of_every_analyte(self, analyte: str) -> None:
        for unit in UNITS[analyte]:
            assert converted(analyte, Decimal(50), unit + "{total}") == converted(
                analyte, Decimal(50), unit
            )

    @pytest.mark.parametrize(
        ("analyte", "unit"),
        [
            ("urine_protein_24h", "g/{24.h}"),
            ("urine_protein_24h", "g{24.h}"),
            ("urine_protein_24h", "mg{d}"),
            ("urine_red_cells", "{#}/{HPF}"),
            ("urine_red_cells", "/{HPF}"),
            ("urine_red_cells", "{cells}/uL"),
            ("c3", "m{total}g/dL"),
            ("c3", "{total}mg/dL"),
            ("c3", "mg/{total}dL"),
            ("c3", "mg/dL{total}{protein}"),
            ("c3", "mg/dL{}"),
            ("c3", "mg/dL{total"),
            ("c3", "mg/dLtotal}"),
            ("c3", "mg/dL{total{protein}}"),
            ("c3", "mg/dL{total protein}"),
            ("c3", "{mg/dL}"),
            ("platelets", "10{cells}*3/uL"),
            ("platelets", "10*{cells}3/uL"),
        ],
    )
    def test_no_wrong_unit_is_accepted(self, analyte: str, unit: str) -> None:
        with pytest.raises(InvalidInputError, match=f"unit of {analyte}: found .*; accepted: "):
            checked(analyte, Quantity(3, unit))

    @pytest.mark.parametrize(
        ("analyte", "text"),
        [
            ("platelets", "12000 {K}/uL"),
            ("platelets", "92000 {10*3}/uL"),
            ("platelets", "92000 {thou}/uL"),
            ("white_cells", "3000 {x10E3}/uL"),
            ("white_cells", "3000 /uL{10*3}"),
            ("c3", "0.7 g/L{mg/dL}"),
            ("urine_protein_creatinine_ratio", "600 mg/g{mmol}"),
            ("temperature", "38.5 Cel{F}"),
            ("temperature", "38.5 Cel{oral}"),
        ],
    )
    def test_no_multiplier_and_no_unit_is_one(self, analyte: str, text: str) -> None:
        with pytest.raises(InvalidInputError) as caught:
            checked(analyte, Quantity.parse(text))
        assert str(caught.value).endswith(
            "; in braces: #, cell, cells, platelets, plt, WBC, RBC, leukocytes, erythrocytes, "
            "casts, seen, protein, total, creat, creatinine, Farr, binding"
        )

    @pytest.mark.parametrize("unit", ["10*3/uL{cells}", "10*3/\N{MICRO SIGN}L"])
    def test_a_column_of_values(self, unit: str) -> None:
        assert Lab("platelets", "plt", unit).limit == 100


def test_numbers_of_any_size() -> None:
    """A double may have three digits in its exponent, and its zero a sign."""
    assert Quantity(1e-300, "g/L").value == Decimal("1e-300")
    assert str(Quantity(-0.0, "g/L").value) == "0"
    assert written(-0.0) == 0
    assert written(5e-324) == Decimal("5e-324")
