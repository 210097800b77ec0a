"""Equivalent doses of prednisone, against a second table."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
import spec_tables

from sledai import InvalidInputError
from sledai.quantities import Quantity
from sledai.quantities.glucocorticoids import GLUCOCORTICOIDS, PREDNISONE_MG, prednisone_equivalent

ROWS = spec_tables.rows("glucocorticoids.csv")


def test_the_table_is_the_published_one() -> None:
    published = {row["drug"]: Decimal(row["mg_equal_to_prednisone_5_mg"]) for row in ROWS}
    assert {name: drug.equivalent for name, drug in GLUCOCORTICOIDS.items()} == published
    assert PREDNISONE_MG == 5


def test_the_sources() -> None:
    """US label of dexamethasone tablets, read; Ganapati 2018, abstract."""
    label = "US label of dexamethasone (dailymed.nlm.nih.gov), list of equivalent milligram doses"
    for name, drug in GLUCOCORTICOIDS.items():
        said = label
        if name == "deflazacort":
            said = "Ganapati 2018 (PMID 29320974), abstract, background: 1.2 to 1 [abstract read]"
        assert str(drug.citation) == said


@pytest.mark.parametrize("row", ROWS, ids=[row["drug"] for row in ROWS])
def test_each_drug(row: dict[str, str]) -> None:
    dose = Quantity(row["mg_equal_to_prednisone_5_mg"], "mg/d")
    assert prednisone_equivalent({row["drug"]: dose}) == 5
    assert prednisone_equivalent({row["drug"]: "0 mg/d"}) == 0


def test_doses_add_up_exactly() -> None:
    doses = {"dexamethasone": "0.5 mg/d", "hydrocortisone": "10 mg/day"}
    assert prednisone_equivalent(doses) == Fraction(10, 3) + Fraction(5, 2)
    assert prednisone_equivalent({}) == 0


@pytest.mark.parametrize(
    ("doses", "message"),
    [
        ({"prednison": "5 mg/d"}, "glucocorticoid: found 'prednison'; accepted: prednisone, "),
        (
            {"prednisone": "5 mg"},
            "prednisone: unit of glucocorticoid_dose: found 'mg'; accepted: m",
        ),
        ({"prednisone": "<5 mg/d"}, "prednisone: found '<5 mg/d'; accepted: no bound"),
        ({"prednisone": "20000 mg/d"}, "which no patient has"),
        ({"prednisone": "five"}, "prednisone: found 'five'; accepted: text of a number and a unit"),
        ({"prednisone": None}, "prednisone: found None; accepted: text of a number and a unit"),
        ({"prednisone": 10}, "prednisone: found 10; accepted: text of a number and a unit"),
    ],
)
def test_what_is_refused(doses: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        prednisone_equivalent(dict(doses))
