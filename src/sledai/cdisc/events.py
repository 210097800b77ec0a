"""Times to events as rows of ADaM: flares, responses, states and their loss, each with two ends.

What is open gives the earliest date at which the event is possible and the first at which it is
certain. Both are rows, with parameters of their own: an analysis takes one of them, and the other
shows what the open answers are worth. Needs the extra `frame`.
"""

from collections.abc import Iterator
from typing import Any, Literal, get_args

import polars as pl

from sledai.cdisc.study_visits import UNNAMED, Study, StudyVisits
from sledai.cdisc.tables import dataset_of
from sledai.cdisc.terms import code_of
from sledai.codebook import Codebook
from sledai.errors import require
from sledai.frame import BaselineRows
from sledai.indices.sri import FALLS
from sledai.indices.states import DEFAULT, Readings
from sledai.indices.time_to_event import (
    Bound,
    Held,
    TimeToEvent,
    time_to_flare,
    time_to_loss,
    time_to_response,
    time_to_state,
)
from sledai.visits import History
from sledai.visits.baseline import Baseline

__all__ = ["UNIT", "event_rows"]

UNIT = "DAYS"
"""The unit of AVAL."""
_ENDS: dict[Bound, str] = {bound: bound[0].upper() for bound in get_args(Bound)}


def event_rows(
    df: Any,
    codebook: Codebook | None = None,
    study: Study = UNNAMED,
    *,
    baseline: BaselineRows,
    held: Held,
    start_is_day: Literal[0, 1],
    readings: Readings = DEFAULT,
) -> pl.DataFrame:
    """Give for each patient with a baseline the times to events, in the order of patients.

    `df` is eager, of polars or pandas, and it, `baseline` and `readings` are those of
    `sledai.frame.by_visit`. `held` says for how long a state or a response has to last, and
    `start_is_day` the number of the day of STARTDT, as for
    `sledai.indices.time_to_event.TimeToEvent.row`. The loss of a state has no rows of who is never
    certainly in it. Codes end in E for the earliest and in L for the latest end. Columns are those
    of `variables("ADTTE")`.

    Raises `InvalidInputError` for days in place of dates, for the edition of 1992, on which SRI is
    not in use, and as `by_visit` and the functions of `sledai.indices.time_to_event` do.

    Source: ADaMIG 1.3, table of time-to-event variables, as reproduced.

    >>> from sledai import Descriptor
    >>> from sledai.indices.time_to_event import ONCE
    >>> visits = pl.DataFrame({
    ...     "id": ["A", "A"], "seen": ["2024-01-01", "2024-03-01"], "seizure": [False, True]
    ... })
    >>> book = Codebook(
    ...     visit={"subject": "id", "date": "seen"},
    ...     descriptors={"absent": set(Descriptor) - {"seizure"}},
    ... )
    >>> rows = event_rows(visits, book, baseline=BaselineRows.first(), held=ONCE, start_is_day=1)
    >>> rows.select("PARAMCD", "AVAL", "CNSR", "EVNTDESC").rows()[1]
    ('FLAREL', 61.0, 0, 'flare')
    """
    require(baseline, BaselineRows, "baseline", "BaselineRows, such as BaselineRows.first()")
    require(held, Held, "held", "a Held, such as ONCE")
    visits = StudyVisits.of(df, codebook, study, baseline)
    rows: list[dict[str, object]] = []
    for patient, history, start in visits.with_baseline():
        mine: list[dict[str, object]] = []
        for code, found in _events(history, start, study, held, readings):
            for bound, end in _ENDS.items():
                row = found.row(bound=bound, start_is_day=start_is_day)
                mine.append(
                    {
                        "STUDYID": study.name,
                        "USUBJID": visits.subjects[patient],
                        "ASEQ": len(mine) + 1,
                        "PARAMCD": f"{code}{end}",
                        "PARAM": f"{row.PARAM}, {bound}",
                        "STARTDT": row.STARTDT,
                        "ADT": row.ADT,
                        "AVAL": float(row.AVAL),
                        "AVALU": UNIT,
                        "CNSR": row.CNSR,
                        "EVNTDESC": row.EVNTDESC,
                    }
                )
        rows += mine
    return dataset_of(rows, "ADTTE")


def _events(
    history: History, baseline: Baseline, study: Study, held: Held, readings: Readings
) -> Iterator[tuple[str, TimeToEvent]]:
    yield "FLARE", time_to_flare(history, baseline, readings)
    yield "SEVFL", time_to_flare(history, baseline, readings, severe=True)
    for n in FALLS:
        found = time_to_response(history, baseline, n=n, held=held, edition=study.edition)
        yield f"SRI{n}", found
    for state in readings.states:
        code = code_of(state)
        yield code, time_to_state(history, baseline, state, readings, held=held)
        if (lost := time_to_loss(history, baseline, state, readings)) is not None:
            yield f"X{code}", lost
