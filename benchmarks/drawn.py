"""Pictures of a thousand patients with ten visits each, from a frame to the text of an SVG."""

import statistics
from typing import get_args

from data import BOOK, EACH, courses
from measure import human, seconds

from sledai.pictures import CohortKind, cohort

PATIENTS = 1_000
UNKNOWN = 0.01
ROUNDS = 3


def measured() -> dict[str, float]:
    """Give the median seconds of each kind, in a process that has drawn before."""
    data = courses(PATIENTS * EACH, UNKNOWN)
    cohort(data, BOOK).svg()
    times: dict[str, float] = {}
    for kind in get_args(CohortKind):
        draw = lambda kind=kind: cohort(data, BOOK, kind=kind).svg()  # noqa: E731
        times[kind] = statistics.median(seconds(draw) for _ in range(ROUNDS))
        print(f"{kind} of {PATIENTS:,} patients: {human(times[kind])}", flush=True)
    return times


if __name__ == "__main__":
    measured()
