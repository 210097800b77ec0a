"""On which days something was observed, as far as an Observation says, and whether they count.

A server may write each time in UTC, wherever the patient was: so the day of such a time is known
only with the zone of the place. Of a time with another offset it is the day that is written.
"""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple, Self, cast

from sledai.errors import InvalidInputError
from sledai.fhir.elements import Element
from sledai.quantities.fields import day

__all__ = ["EVER", "Period", "Window", "days_of"]


class Period(NamedTuple):
    """The days on which something was observed, or may have been: any, where nothing is said.

    `start` and `end` are as they are written; the place's own may be as far as `earliest` and
    `latest`.
    """

    start: date
    end: date
    earliest: date
    latest: date

    @classmethod
    def exact(cls, start: date, end: date) -> Self:
        """Make a period of days that are as they are written."""
        return cls(start, end, start, end)

    def meets(self, other: "Period") -> bool:
        """Say whether two periods have a day in common, as they are written."""
        return self.start <= other.end and other.start <= self.end


class Window(NamedTuple):
    """The days that count, the first and the last among them."""

    first: date
    last: date

    @classmethod
    def before(cls, visit: date, days: int) -> Self:
        """Make the window of some days before a visit, from the first day of all on."""
        return cls(_moved(visit, -days), visit)

    def holds(self, period: Period) -> bool | None:
        """Say whether a period lies in the window, or None where it may and may not."""
        if self.first <= period.earliest and period.latest <= self.last:
            return True
        return False if period.latest < self.first or period.earliest > self.last else None


EVER = Period.exact(date.min, date.max)
_TIMES = "effectiveDateTime, effectivePeriod"


def days_of(observation: Element, zone: tzinfo | None) -> Period:
    """Give the days on which it was observed: all that are possible, where they are not exact."""
    kind = observation.choice("effective")
    if kind is None:
        raise InvalidInputError.in_words("no time", _TIMES, observation.path)
    if kind in {"effectiveDateTime", "effectiveInstant"}:
        return _days(observation, kind, zone)
    if kind != "effectivePeriod":
        raise InvalidInputError.in_words(kind, _TIMES, observation.path)
    period = cast("Element", observation.one(kind))
    first = _days(period, "start", zone) if "start" in period else EVER
    last = _days(period, "end", zone) if "end" in period else EVER
    if first.start > last.end:
        said = f"{first.start} to {last.end}"
        raise InvalidInputError.in_words(said, "a start before the end", period.path)
    return Period(first.start, last.end, first.earliest, last.latest)


_MONTHS = 12
_IN_UTC = re.compile(r".{11,}(?:Z|[+-]00(?::?00)?)")
_HOURS = 24
_BEHIND, _AHEAD = 12, 14
"""How many hours the zones of the world are behind UTC, and ahead of it, at most."""


def _days(element: Element, name: str, zone: tzinfo | None) -> Period:
    """Give the days that a time may mean: one, or those of a month or of a year."""
    said = element.text(name) or ""
    partial = re.fullmatch(r"([0-9]{4})(?:-(0[1-9]|1[0-2]))?", said)
    if partial is None:
        try:
            observed = day(said)
        except InvalidInputError:
            accepted = "a date, such as 2024-01-16"
            raise InvalidInputError.found(said, accepted, element.at(name)) from None
        return _of_utc(said, observed, zone) if _IN_UTC.fullmatch(said) else _one(observed)
    year, month = int(partial[1]), partial[2]
    if not date.min.year <= year < date.max.year:
        raise InvalidInputError.found(said, "a date, such as 2024-01-16", element.at(name))
    first, last = (int(month), int(month)) if month else (1, _MONTHS)
    after = date(year + last // _MONTHS, last % _MONTHS + 1, 1)
    return Period.exact(date(year, first, 1), after - timedelta(1))


def _one(observed: date) -> Period:
    return Period.exact(observed, observed)


def _of_utc(said: str, written: date, zone: tzinfo | None) -> Period:
    """Give the day of a time in UTC: that of the place or, where that is not known, of any."""
    time = datetime.fromisoformat(said[: len("2024-01-16T09:30")])
    if zone is not None and date.min < written < date.max:  # there is a day on either side
        return _one(time.replace(tzinfo=UTC).astimezone(zone).date())
    earliest = _moved(written, -1) if time.hour < _BEHIND else written
    latest = _moved(written, 1) if time.hour >= _HOURS - _AHEAD else written
    return Period(written, written, earliest, latest)


def _moved(start: date, days: int) -> date:
    """Move a date, as far as there are days."""
    return date.fromordinal(
        min(max(start.toordinal() + days, date.min.toordinal()), date.max.toordinal())
    )
