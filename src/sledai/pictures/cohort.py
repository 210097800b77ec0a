"""The patients of a data frame in one picture, of five kinds.

The values are those of `sledai.frame.by_visit`, and for prevalence the answers as it reads them.
Frames of any engine are taken, and held in memory: a picture of more patients than a screen has
lines shows little.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args

from sledai.codebook import Codebook
from sledai.errors import require_one_of
from sledai.frame import BaselineRows
from sledai.indices.states import DEFAULT, Readings
from sledai.pictures.cohort_scores import distribution, heatmap, waterfall
from sledai.pictures.cohort_states import prevalence, swimmer
from sledai.pictures.cohort_visits import Cohort, Drawn, read_cohort
from sledai.pictures.frames import in_memory
from sledai.pictures.picture import Picture
from sledai.pictures.style import picture

__all__ = ["CohortKind", "cohort"]

CohortKind = Literal["heatmap", "distribution", "prevalence", "swimmer", "waterfall"]
"""What is drawn of a cohort: totals of patients by visits, how often each total is there, how often
each descriptor is, time in states, and change of the total from a baseline to the last visit."""

_KINDS: Mapping[CohortKind, Callable[[Cohort], Drawn]] = {
    "heatmap": heatmap,
    "distribution": distribution,
    "prevalence": prevalence,
    "swimmer": swimmer,
    "waterfall": waterfall,
}


def cohort(
    df: Any,
    codebook: Codebook | None = None,
    *,
    kind: CohortKind = "heatmap",
    subject: str | None = None,
    date: str | None = None,
    readings: Readings = DEFAULT,
    baseline: BaselineRows | None = None,
) -> Picture:
    """Draw the patients of a frame, one row a visit.

    The other arguments are those of `sledai.frame.by_visit`. `readings` names the states that are
    followed, and `baseline` the visit from which a waterfall counts, by default the first. What is
    open is drawn as open: a total as a range, an answer as not assessed, a change with both ends.

    Raises `InvalidInputError` as `by_visit` does on a frame in memory, for a frame without a visit,
    and for another kind.

    >>> import polars as pl
    >>> from sledai import Descriptor
    >>> visits = pl.DataFrame({
    ...     "id": ["A", "A"], "seen": ["2024-01-01", "2024-03-01"], "rash": [True, None]
    ... })
    >>> book = Codebook(
    ...     visit={"subject": "id", "date": "seen"},
    ...     descriptors={"absent": set(Descriptor) - {"rash"}},
    ... )
    >>> [row["said"] for row in cohort(visits, book).data["visits"]]
    ['2', '0 to 2']
    """
    require_one_of(kind, get_args(CohortKind), "kind")
    if baseline is None and kind == "waterfall":
        baseline = BaselineRows.first()
    found = read_cohort(in_memory(df), codebook, subject, date, readings, baseline)
    drawn = _KINDS[kind](found)
    return picture(
        drawn.title,
        [found.said, *drawn.said],
        drawn.panels,
        drawn.data,
        notes=drawn.notes,
        description=f"{found.said}. {' '.join(drawn.description)}",
        left=drawn.left,
    )
