"""Oral glucocorticoids, and the dose of prednisone that a dose of each is equivalent to."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sledai.displays import Displayed
from sledai.errors import InvalidInputError, require
from sledai.quantities.fields import measured
from sledai.quantities.quantity import Quantity, checked
from sledai.sources import DEXAMETHASONE_LABEL, GANAPATI_2018, Citation, Read

__all__ = [
    "GLUCOCORTICOIDS",
    "PREDNISONE_MG",
    "Glucocorticoid",
    "daily_dose",
    "glucocorticoid_named",
    "prednisone_equivalent",
]

PREDNISONE_MG = 5
"""The dose of prednisone, in mg, for which the table gives the equivalent of each drug."""


@dataclass(frozen=True, slots=True)
class Glucocorticoid(Displayed):
    """An oral glucocorticoid: `equivalent` mg of it are equivalent to 5 mg of prednisone."""

    name: str
    equivalent: Decimal
    citation: Citation

    def _headline(self) -> str:
        same = f"equivalent to {PREDNISONE_MG} mg of prednisone"
        return f"{self.name}: {self.equivalent} mg {same}"


_LABEL = Citation(DEXAMETHASONE_LABEL, "list of equivalent milligram doses", Read.IN_WORK)
_RATIO = Citation(GANAPATI_2018, "abstract, background: 1.2 to 1", Read.IN_ABSTRACT)

GLUCOCORTICOIDS = {
    drug.name: drug
    for drug in (
        Glucocorticoid("prednisone", Decimal(5), _LABEL),
        Glucocorticoid("prednisolone", Decimal(5), _LABEL),
        Glucocorticoid("methylprednisolone", Decimal(4), _LABEL),
        Glucocorticoid("hydrocortisone", Decimal(20), _LABEL),
        Glucocorticoid("cortisone", Decimal(25), _LABEL),
        Glucocorticoid("triamcinolone", Decimal(4), _LABEL),
        Glucocorticoid("dexamethasone", Decimal("0.75"), _LABEL),
        Glucocorticoid("betamethasone", Decimal("0.75"), _LABEL),
        Glucocorticoid("deflazacort", Decimal(6), _RATIO),
    )
}
"""The drugs by name. The equivalents hold for doses by mouth, and are approximate."""


def prednisone_equivalent(doses: Mapping[str, Quantity | str]) -> Fraction:
    """Return the dose of prednisone, in mg a day, that daily doses add up to, exactly.

    `doses` holds for each drug a `Quantity` or text such as "16 mg/d".

    Raises `InvalidInputError` for what is no mapping, for a drug that is not in the table, for a
    unit other than mg a day, and for a dose that is no number but a bound.

    Source: see `GLUCOCORTICOIDS`.

    >>> prednisone_equivalent({"methylprednisolone": "16 mg/d"})
    Fraction(20, 1)
    """
    require(doses, Mapping, "doses", 'drugs and their doses, such as {"prednisone": "10 mg/d"}')
    total = Fraction(0)
    for name, dose in doses.items():
        drug = glucocorticoid_named(name)
        amount = checked("glucocorticoid_dose", daily_dose(drug.name, dose))
        total += amount.least * PREDNISONE_MG / Fraction(drug.equivalent)
    return total


def daily_dose(drug: str, dose: object) -> Quantity:
    """Read a daily dose of a drug: a number, and not a bound, of mg a day.

    Raises `InvalidInputError`, with the drug, for anything else.

    >>> print(daily_dose("prednisone", "10 mg/day"))
    10 mg/day
    """
    require(drug, str, "drug", "its name")
    try:
        quantity = measured(dose, "glucocorticoid_dose")
    except InvalidInputError as error:
        raise InvalidInputError(f"{drug}: {error}") from None
    if quantity.bound:
        raise InvalidInputError.found(str(quantity), "no bound", drug)
    return quantity


def glucocorticoid_named(name: object) -> Glucocorticoid:
    """Look a drug up by its name.

    Raises `InvalidInputError`, with those that are known, for another one.

    >>> print(glucocorticoid_named("deflazacort").citation)
    Ganapati 2018 (PMID 29320974), abstract, background: 1.2 to 1 [abstract read]
    """
    if isinstance(name, str) and name in GLUCOCORTICOIDS:
        return GLUCOCORTICOIDS[name]
    raise InvalidInputError.found(name, GLUCOCORTICOIDS, "glucocorticoid")
