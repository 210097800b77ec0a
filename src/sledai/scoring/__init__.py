"""Scores of one assessment, the published meanings of "clinical", and what a recorded score says.

The scores stand here; `variants` has what published scores leave out, and `recorded_scores` what a
score that somebody wrote down says of its visit.
"""

from sledai.scoring.scores import (
    MAX_TOTAL,
    ScoreBounds,
    clinical_score,
    given_score,
    points_by_system,
    possible_scores,
    score_bounds,
    total_score,
)

__all__ = [
    "MAX_TOTAL",
    "ScoreBounds",
    "clinical_score",
    "given_score",
    "points_by_system",
    "possible_scores",
    "score_bounds",
    "total_score",
]


def __dir__() -> list[str]:
    return __all__
