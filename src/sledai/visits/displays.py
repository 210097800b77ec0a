"""What a visit and a history say of themselves: a line each, and a table of visits."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sledai.descriptors import listed_briefly
from sledai.displays import Table

if TYPE_CHECKING:
    from sledai.visits.visit import Visit

__all__ = ["assessment_tables", "visit_said", "visits_said", "visits_table"]


def visit_said(visit: "Visit") -> str:
    """Say the date and the scores of a visit, and what was not assessed."""
    total, clinical = visit.bounds(), visit.bounds(clinical=True)
    said = f"{visit.date}: total {total}, clinical {clinical}"
    unknown = visit.known.not_assessed
    return f"{said}; not assessed: {listed_briefly(unknown)}" if unknown else said


def assessment_tables(visit: "Visit") -> Iterable[Table]:
    """Give the tables of the answers, if there are any."""
    if visit.assessment is None:
        return ()
    return visit.assessment._tables()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def visits_said(visits: Sequence["Visit"]) -> str:
    """Say how many visits there are, from when to when, the first and the last total."""
    first, last = visits[0], visits[-1]
    if first is last:
        return f"1 visit, {visit_said(first)}"
    totals = [visit.bounds() for visit in visits]
    said = f"{len(visits)} visits, {first.date} to {last.date}: total {totals[0]} at the first, "
    still_open = sum(not total.is_exact for total in totals)
    open_at = f"; total open at {still_open}" if still_open else ""
    return f"{said}{totals[-1]} at the last{open_at}"


def visits_table(visits: Sequence["Visit"]) -> Table:
    """Give visits as a table, one row a visit."""
    rows = [
        (visit.date, visit.bounds(), visit.bounds(clinical=True), known.present, known.not_assessed)
        for visit in visits
        for known in [visit.known]
    ]
    return Table(("date", "total", "clinical", "present", "not assessed"), rows)
