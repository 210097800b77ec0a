"""Grades of a change of the SLEDAI between two visits: much worse to improved, and inactive.

Source: PMC8766607, table 3, on SLEDAI. Whether inactive, a low score at the visit, goes before a
grade or stands beside it the table as it was read does not say, so that both are given.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Never

from pydantic import computed_field

from sledai.displays import Displayed, Table
from sledai.indices.components import Component, component, components_table
from sledai.sources import CHANGE_TABLE, Citation, Read
from sledai.visits import Visit
from sledai.visits.visit import refuse_order

__all__ = ["IMPROVED", "INACTIVE", "MUCH_WORSE", "WORSE", "Grade", "GradeResult", "assess"]

MUCH_WORSE = 8
"""The least rise of the total that is much worse."""
WORSE = 4
"""The least rise of the total that is mildly or moderately worse."""
IMPROVED = 4
"""The least fall of the total that is an improvement."""
INACTIVE = 2
"""The highest total of inactive disease."""
_TABLE = Citation(CHANGE_TABLE, "table 3", Read.IN_WORK)


class Grade(StrEnum):
    """The grades of a change of the total, the worst first.

    Source: PMC8766607, table 3.
    """

    MUCH_WORSE = "much worse"
    WORSE = "mildly or moderately worse"
    STABLE = "stable"
    IMPROVED = "improved"


_ASKED = {
    Grade.MUCH_WORSE: f"total rises by >= {MUCH_WORSE}",
    Grade.WORSE: f"total rises by {WORSE} to {MUCH_WORSE - 1}",
    Grade.STABLE: f"total changes by {WORSE - 1} at most",
    Grade.IMPROVED: f"total falls by >= {IMPROVED}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeResult(Displayed):
    """The grades that the answers leave possible, one if they settle it, and every component."""

    possible: frozenset[Grade]
    components: tuple[Component, ...]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def grade(self) -> Grade | None:
        """The grade, or None where more than one is possible."""
        return next(iter(self.possible)) if len(self.possible) == 1 else None

    def __bool__(self) -> Never:
        """Refuse a truth value: every grade would count as true."""
        raise TypeError("a GradeResult has four grades: ask for its `grade` or `possible`")

    def __str__(self) -> str:
        said = " or ".join(grade for grade in Grade if grade in self.possible)
        return "\n".join([f"change: {said}", *(f"  {one}" for one in self.components)])

    def _tables(self) -> Iterable[Table]:
        yield components_table(self.components)


def assess(previous: Visit, visit: Visit) -> GradeResult:
    """Grade the change of the total from the previous visit, with every component.

    Raises `InvalidInputError` for what is no visit, and for a visit that is not after the previous.

    Source: PMC8766607, table 3.

    >>> before = Visit(date="2024-01-16", total_score=4)
    >>> print(assess(before, Visit(date="2024-02-13", total_score=10)))
    change: mildly or moderately worse
      much worse: not met (total 4, then 10)
      mildly or moderately worse: met (total 4, then 10)
      stable: not met (total 4, then 10)
      improved: not met (total 4, then 10)
      inactive: not met (total 10)
    """
    refuse_order(previous, visit, "previous")
    now = visit.scores()
    grades = [_grade(after - before) for before in previous.scores() for after in now]
    reason = f"total {previous.bounds()}, then {visit.bounds()}"
    return GradeResult(
        possible=frozenset(grades),
        components=(
            *(
                component(grade, asked, {one is grade for one in grades}, reason, _TABLE)
                for grade, asked in _ASKED.items()
            ),
            component(
                "inactive",
                f"total <= {INACTIVE}",
                {total <= INACTIVE for total in now},
                f"total {visit.bounds()}",
                _TABLE,
            ),
        ),
    )


def _grade(rise: int) -> Grade:
    if rise >= MUCH_WORSE:
        return Grade.MUCH_WORSE
    if rise >= WORSE:
        return Grade.WORSE
    return Grade.IMPROVED if -rise >= IMPROVED else Grade.STABLE
