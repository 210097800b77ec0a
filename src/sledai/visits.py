"""Visit and History: what is known of one visit, and a patient's visits in order.

Nothing defaults to normal: what is left out is not known. The assessment has the 24 descriptors;
the other fields are what the indices ask for and the score does not see.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, PlainSerializer, field_validator

from sledai.assessment import Assessment
from sledai.errors import InvalidInputError, shorten
from sledai.fields import Amount, Record, Sign
from sledai.quantities import written

__all__ = [
    "HEAVIEST_KG",
    "LIGHTEST_KG",
    "MOST_GLOBAL",
    "MOST_PREDNISONE",
    "RANGES",
    "History",
    "Visit",
    "day",
]

MOST_GLOBAL = 3
"""The physician's global assessment is on a scale of 0 to 3; others have to be converted."""

LIGHTEST_KG, HEAVIEST_KG = 1, 400
MOST_PREDNISONE = 10_000
"""In mg a day. These are no clinical limits: what no patient has is a slip or another unit."""

RANGES = {
    "physician_global": (0, MOST_GLOBAL, "on the SELENA scale"),
    "prednisone_mg_day": (0, MOST_PREDNISONE, "mg a day"),
    "weight_kg": (LIGHTEST_KG, HEAVIEST_KG, "kg"),
}
"""The numbers of a visit: least, most, and in what."""


def _number(field: str) -> BeforeValidator:
    """Read a number as the decimal that was written, so that 1.5 - 1.2 is 0.3."""
    least, most, unit = RANGES[field]

    def read(value: object) -> object:
        if value is None:
            return None
        if (number := written(value)) is None:
            raise InvalidInputError(f"found {shorten(value)}; accepted: a number or null")
        if not least <= number <= most:
            raise InvalidInputError(
                f"found {shorten(value)}; accepted: {least:,} to {most:,} {unit}"
            )
        return number

    return BeforeValidator(read)


def day(value: object) -> date:
    """Read a date, the date of a time, or text such as "2024-01-16".

    Raises `InvalidInputError` for anything else, which no other number or text can be meant by.

    >>> day("2024-01-16")
    datetime.date(2024, 1, 16)
    """
    if isinstance(value, date) and value == value:  # noqa: PLR0124 - no time is not itself
        return date(value.year, value.month, value.day)
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        with suppress(ValueError):
            return date.fromisoformat(value)
    raise InvalidInputError(f"found {shorten(value)}; accepted: a date, such as 2024-01-16")


def _plain(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


_SAID = PlainSerializer(_plain, when_used="json")
_Global = Annotated[Decimal | float | None, _number("physician_global"), _SAID]
_Dose = Annotated[Decimal | float | None, _number("prednisone_mg_day"), _SAID]
_Weight = Annotated[Decimal | float | None, _number("weight_kg"), _SAID]


class Visit(Record):
    """What is known of one visit.

    Signs are true, false or null. "New" and "new or worse" are since the visit before; drugs are
    those added for lupus. Dates may be text such as "2024-01-16", and numbers text or floats; type
    checkers want a `date` and a `Decimal` or float.

    Raises pydantic's `ValidationError` (a `ValueError`) that names each field, what was found and
    what is accepted.

    >>> visit = Visit(date="2024-01-16", assessment=Assessment.of(present={"rash"}))
    >>> visit.date.isoformat(), visit.physician_global
    ('2024-01-16', None)
    """

    date: Annotated[date, BeforeValidator(day)]
    assessment: Assessment | None = None
    physician_global: _Global = Field(
        default=None,
        description=f"Physician's global assessment, on a scale of 0 to {MOST_GLOBAL}.",
    )
    prednisone_mg_day: _Dose = Field(
        default=None,
        description="Prednisone, or its equivalent of other glucocorticoids, mg a day.",
    )
    weight_kg: _Weight = Field(default=None, description="Body weight, kg.")
    new_nsaid: Sign = Field(default=None, description="An NSAID was added.")
    new_hydroxychloroquine: Sign = Field(default=None, description="Hydroxychloroquine was added.")
    new_cyclophosphamide: Sign = Field(default=None, description="Cyclophosphamide was started.")
    new_azathioprine: Sign = Field(default=None, description="Azathioprine was started.")
    new_methotrexate: Sign = Field(default=None, description="Methotrexate was started.")
    new_mycophenolate: Sign = Field(default=None, description="Mycophenolate was started.")
    hospitalized_for_lupus: Sign = Field(default=None, description="Hospitalization for lupus.")
    new_or_worse_rash: Sign = Field(
        default=None,
        description=(
            "New or worse discoid or photosensitive rash, lupus profundus, cutaneous vasculitis or "
            "bullous lupus."
        ),
    )
    new_or_worse_nasopharyngeal_ulcers: Sign = Field(
        default=None, description="New or worse nasopharyngeal ulcers."
    )
    new_or_worse_pleuritis: Sign = Field(default=None, description="New or worse pleuritis.")
    new_or_worse_pericarditis: Sign = Field(default=None, description="New or worse pericarditis.")
    new_or_worse_arthritis: Sign = Field(default=None, description="New or worse arthritis.")
    new_or_worse_fever: Sign = Field(default=None, description="New or worse fever from lupus.")
    new_or_worse_cns_lupus: Sign = Field(
        default=None, description="New or worse lupus of the central nervous system."
    )
    new_or_worse_vasculitis: Sign = Field(default=None, description="New or worse vasculitis.")
    new_or_worse_nephritis: Sign = Field(default=None, description="New or worse nephritis.")
    new_or_worse_myositis: Sign = Field(default=None, description="New or worse myositis.")
    platelets: Amount = Field(default=None, description="Platelets, as text with a unit.")
    hemoglobin: Amount = Field(default=None, description="Hemoglobin, as text with a unit.")
    hemolytic_anemia: Sign = Field(default=None, description="Hemolytic anemia.")
    gastrointestinal_activity: Sign = Field(
        default=None, description="Gastrointestinal activity of lupus."
    )
    new_lupus_activity: Sign = Field(
        default=None, description="A rater states new lupus activity since the visit before."
    )
    maintenance_doses: Sign = Field(
        default=None,
        description=(
            "Immunosuppressants and approved biologics, if any, at well tolerated standard "
            "maintenance doses, and no investigational drug."
        ),
    )
    stable_treatment: Sign = Field(
        default=None,
        description="Antimalarials, immunosuppressants and biologics, if any, are stable.",
    )


class History(Record):
    """A patient's visits, in the order of their dates.

    Raises pydantic's `ValidationError` (a `ValueError`) that names the dates, for two visits of one
    date and for visits out of order, which `History.of` sorts; and for no visit at all.

    >>> history = History.of([Visit(date="2024-02-13"), Visit(date="2024-01-16")])
    >>> [visit.date.isoformat() for visit in history.visits]
    ['2024-01-16', '2024-02-13']
    """

    visits: Annotated[tuple[Visit, ...], Field(strict=False)]

    @classmethod
    def of(cls, visits: Iterable[Visit]) -> Self:
        """Sort visits by date; all else is as for the class."""
        return cls(visits=tuple(sorted(visits, key=lambda visit: visit.date)))

    @field_validator("visits")
    @classmethod
    def _in_order(cls, visits: tuple[Visit, ...]) -> tuple[Visit, ...]:
        if not visits:
            raise InvalidInputError("found none; accepted: at least one visit")
        for one, following in pairwise(visits):
            if one.date == following.date:
                raise InvalidInputError(f"found two of {one.date}; accepted: one of a date")
            if one.date > following.date:
                raise InvalidInputError(
                    f"found {one.date} before {following.date}; accepted: in order (History.of "
                    "sorts them)"
                )
        return visits
