"""Baseline: the visit against which a patient's later visits are held, by one of three rules.

Which visit that is changes every answer that is made from it, so no rule is a default.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal, Self, get_args

from sledai.displays import Value
from sledai.errors import InvalidInputError, require, require_one_of
from sledai.visits.visit import History, Visit, day, require_history

__all__ = ["Baseline", "BaselineRule", "require_baseline"]

BaselineRule = Literal["first visit", "marked visit", "last visit on or before"]
"""The rules by which a baseline is found; the last two need a date."""


@dataclass(frozen=True, slots=True)
class Baseline(Value):
    """Which visit is the baseline: made by `first`, `marked` or `last_by`.

    Raises `InvalidInputError` for another rule, for a rule without the date that it needs or with
    one that it does not, and for what is no date.

    >>> print(Baseline.first(), "-", Baseline.last_by("2024-01-16"))
    the first visit - the last visit on or before 2024-01-16
    """

    rule: BaselineRule
    on: date | None = None

    def __post_init__(self) -> None:
        require_one_of(self.rule, get_args(BaselineRule), "rule")
        if self.rule == "first visit":
            if self.on is not None:
                raise InvalidInputError.found(self.on, "no date for the first visit", "on")
        else:
            object.__setattr__(self, "on", _day(self.on))

    @classmethod
    def first(cls) -> Self:
        """Take the first visit."""
        return cls("first visit")

    @classmethod
    def marked(cls, on: date | str) -> Self:
        """Take the visit of this date, which somebody marked as the baseline."""
        return cls("marked visit", _day(on))

    @classmethod
    def last_by(cls, on: date | str) -> Self:
        """Take the last visit on or before a date, such as that of the first dose."""
        return cls("last visit on or before", _day(on))

    def find(self, history: History) -> Visit | None:
        """Find the baseline among a patient's visits; None where the rule finds none.

        Raises `InvalidInputError` for what is no history.

        >>> history = History(visits=[Visit(date="2024-01-16"), Visit(date="2024-02-13")])
        >>> Baseline.last_by("2024-02-12").find(history).date.isoformat()
        '2024-01-16'
        >>> Baseline.marked("2024-02-12").find(history) is None
        True
        """
        require_history(history)
        if self.on is None:
            return history.visits[0]
        upto = [visit for visit in history.visits if visit.date <= self.on]
        if not upto or (self.rule == "marked visit" and upto[-1].date != self.on):
            return None
        return upto[-1]

    def __str__(self) -> str:
        said = {"first visit": "the first visit", "marked visit": f"the marked visit of {self.on}"}
        return said.get(self.rule, f"the last visit on or before {self.on}")


def _day(value: object) -> date:
    try:
        return day(value)
    except InvalidInputError as error:
        raise InvalidInputError(f"on: {error}") from None


def require_baseline(history: History, baseline: Baseline) -> Visit:
    """Give the baseline of a patient, and refuse a history that has none.

    Raises `InvalidInputError` that says what was looked for and when the visits were; `find` gives
    None instead.

    >>> require_baseline(History(visits=[Visit(date="2024-02-13")]), Baseline.last_by("2024-01-16"))
    Traceback (most recent call last):
    sledai.errors.InvalidInputError: baseline: found visits of 2024-02-13 to 2024-02-13; \
accepted: the last visit on or before 2024-01-16
    """
    require_history(history)
    accepted = "a Baseline, such as Baseline.first()"
    require(baseline, Baseline, "baseline", accepted)
    found = baseline.find(history)
    if found is None:
        visits = f"visits of {history.visits[0].date} to {history.visits[-1].date}"
        raise InvalidInputError.in_words(visits, str(baseline), "baseline")
    return found
