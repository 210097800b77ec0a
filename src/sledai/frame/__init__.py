"""Scores, descriptors and the course of patients on data frames: one row a visit.

The expressions are generated from the descriptor table and from each rule's own table, and are the
same on every engine. Every function takes a `Codebook` as its second argument, which says how the
frame is written. Needs the extra `frame`.
"""

from sledai.errors import extra_advice

try:
    from sledai.engines import ENGINES
    from sledai.frame.baseline_rows import BaselineRows
    from sledai.frame.derivation import derive
    from sledai.frame.follow_up import by_patient, by_visit, histories
    from sledai.frame.result_columns import (
        BASELINE_COLUMNS,
        INVALID_COLUMN,
        MISSING_COLUMN,
        PATIENT_COLUMNS,
        POLICY_COLUMN,
        SCORE_COLUMNS,
        VISIT_COLUMNS,
        ResultColumn,
        deciding_column,
        patient_columns,
        reason_column,
        response_column,
        verdict_column,
        visit_columns,
    )
    from sledai.frame.row_points import Policy
    from sledai.frame.scores import judge, score
except ModuleNotFoundError as error:
    error.msg = extra_advice("sledai.frame", error.name, "frame")
    raise

__all__ = [
    "BASELINE_COLUMNS",
    "ENGINES",
    "INVALID_COLUMN",
    "MISSING_COLUMN",
    "PATIENT_COLUMNS",
    "POLICY_COLUMN",
    "SCORE_COLUMNS",
    "VISIT_COLUMNS",
    "BaselineRows",
    "Policy",
    "ResultColumn",
    "by_patient",
    "by_visit",
    "deciding_column",
    "derive",
    "histories",
    "judge",
    "patient_columns",
    "reason_column",
    "response_column",
    "score",
    "verdict_column",
    "visit_columns",
]


def __dir__() -> list[str]:
    return __all__
