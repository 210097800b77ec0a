"""The date of a visit as a data set writes it: a date in some format, or a day since a day 0."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from sledai.codebook.layout import VisitColumns
from sledai.errors import InvalidInputError
from sledai.quantities import written
from sledai.visits.visit import day

__all__ = ["DAY_ZERO", "MOST_DAYS", "accepted_dates", "date_said", "read_date"]

DAY_ZERO = date(2000, 1, 1)
"""What stands for a patient's day 0, so that study days are dates; no year is said of it."""

_DAYS = {"days": 1, "weeks": 7}
MOST_DAYS = 365_000
"""How far from day 0 a visit may be: no patient's visits lie beyond."""


def read_date(value: object, visit: VisitColumns) -> date:
    """Read the date of a visit.

    Raises `InvalidInputError` for what is none, as the codebook says that it is written.

    >>> read_date("16/01/2024", VisitColumns(date="seen", date_format="%d/%m/%Y"))
    datetime.date(2024, 1, 16)
    >>> read_date(-2, VisitColumns(day="week", day_unit="weeks")) - DAY_ZERO
    datetime.timedelta(days=-14)
    """
    if visit.day is not None:
        return DAY_ZERO + timedelta(_day(value, visit))
    if visit.date_format is None or not isinstance(value, str):
        return day(value)
    try:
        return datetime.strptime(value.strip(), visit.date_format).date()  # noqa: DTZ007 - no time
    except ValueError:
        raise InvalidInputError.found(value, accepted_dates(visit)) from None


def accepted_dates(visit: VisitColumns) -> str:
    """Say how a date is written."""
    if visit.day is not None:
        return f"a whole number of days; in {visit.day_unit}"
    return visit.date_format or "a date, such as 2024-01-16"


def date_said(when: date, visit: VisitColumns) -> str:
    """Say a date as the data set means it.

    >>> date_said(DAY_ZERO, VisitColumns(day="day"))
    'day 0'
    """
    return str(when) if visit.day is None else f"day {(when - DAY_ZERO).days}"


def _day(value: object, visit: VisitColumns) -> int:
    text = str(value).strip()
    number = written(text.removeprefix("-").removeprefix("+"))
    if number is None or isinstance(value, bool):
        raise InvalidInputError.found(value, accepted_dates(visit))
    days = (-number if text.startswith("-") else number) * Decimal(_DAYS[visit.day_unit])
    if days != int(days) or abs(days) > MOST_DAYS:
        raise InvalidInputError.found(value, accepted_dates(visit))
    return int(days)
