"""The columns that are added to data frames: their names, what they mean, and their types.

Each is one row here, which frames, the command line and the docs read. Needs no engine.
"""

import re
from dataclasses import dataclass
from typing import Literal

from sledai.descriptors import Descriptor
from sledai.displays import Value
from sledai.errors import require, require_one_of
from sledai.indices.sri import FALLS
from sledai.indices.states import DEFAULT, STATES, Readings
from sledai.rules import ActivityRule
from sledai.trials.catalog import rule_of

__all__ = [
    "BASELINE_COLUMNS",
    "INVALID_COLUMN",
    "MISSING_COLUMN",
    "PATIENT_COLUMNS",
    "POLICY_COLUMN",
    "SCORE_COLUMNS",
    "VISIT_COLUMNS",
    "ResultColumn",
    "deciding_column",
    "patient_columns",
    "reason_column",
    "response_column",
    "verdict_column",
    "visit_columns",
]

INVALID_COLUMN = "sledai_invalid"
"""Added on lazy frames: number of cells that are no answer; they count as not assessed."""

MISSING_COLUMN = "sledai_missing"
"""Added where names were asked for, and by `by_visit`: the descriptors not assessed, by name."""

POLICY_COLUMN = "sledai_policy"
"""Added where a policy other than strict was asked for: its name, in every row."""


@dataclass(frozen=True, slots=True)
class ResultColumn(Value):
    """What a column means, and whether it holds whole numbers, other numbers or text."""

    meaning: str
    kind: Literal["whole", "number", "text"]


_TOTALS = {
    "sledai_total": ResultColumn(
        "total score; null where not-assessed descriptors leave it open", "whole"
    ),
    "sledai_clinical": ResultColumn(
        "clinical score; null where not-assessed descriptors leave it open", "whole"
    ),
    "sledai_low": ResultColumn("lowest possible total", "whole"),
    "sledai_high": ResultColumn("highest possible total", "whole"),
    "sledai_clinical_low": ResultColumn("lowest possible clinical score", "whole"),
    "sledai_clinical_high": ResultColumn("highest possible clinical score", "whole"),
}
_ASSUMED = ResultColumn("what nobody answered and that counts as no", "text")

SCORE_COLUMNS = _TOTALS | {
    "sledai_not_assessed": ResultColumn("number of descriptors not assessed", "whole"),
}
"""The columns that `score` adds, with their meaning."""

_OF_VISITS = _TOTALS | {
    MISSING_COLUMN: ResultColumn("descriptors not assessed", "text"),
    "sledai_change_low": ResultColumn(
        "lowest possible change of the total since the visit before", "whole"
    ),
    "sledai_change_high": ResultColumn(
        "highest possible change of the total since the visit before", "whole"
    ),
    "sledai_class": ResultColumn(
        "published class of that change, or those that are possible", "text"
    ),
    "sledai_new": ResultColumn("descriptors that are newly present", "text"),
    "sledai_resolved": ResultColumn("descriptors that were present and are absent", "text"),
    "sledai_flare": ResultColumn(
        "SELENA flare index since the visit before, or what is possible", "text"
    ),
}


def response_column(n: int) -> str:
    """Name the column that holds the response by SRI-n.

    >>> response_column(4)
    'sledai_sri_4'
    """
    require_one_of(n, FALLS, "n")
    return f"sledai_sri_{n}"


BASELINE_COLUMNS = {
    "sledai_baseline_days": ResultColumn(
        "days since the baseline; 0 at it, below 0 before it, null without one", "whole"
    ),
    "sledai_baseline_change_low": ResultColumn("lowest possible change of the total", "whole"),
    "sledai_baseline_change_high": ResultColumn("highest possible change of the total", "whole"),
    "sledai_baseline_clinical_change_low": ResultColumn(
        "lowest possible change of the clinical score", "whole"
    ),
    "sledai_baseline_clinical_change_high": ResultColumn(
        "highest possible change of the clinical score", "whole"
    ),
    "sledai_baseline_percent_low": ResultColumn(
        "lowest possible change of the total in percent of the baseline; null where that may be 0",
        "number",
    ),
    "sledai_baseline_percent_high": ResultColumn(
        "highest possible change of the total in percent of the baseline, in the same way",
        "number",
    ),
    "sledai_baseline_new": ResultColumn("descriptors that are present, and were absent", "text"),
    "sledai_baseline_resolved": ResultColumn(
        "descriptors that are absent, and were present", "text"
    ),
    **{
        response_column(n): ResultColumn(f"SRI-{n}: met, not_met or undetermined", "text")
        for n in FALLS
    },
}
"""The columns that `by_visit` adds where a baseline is asked for; but for the days they are null at
the baseline and before it."""

_OF_PATIENTS = {
    "sledai_visits": ResultColumn("number of visits", "whole"),
    "sledai_days": ResultColumn("days from the first visit to the last", "whole"),
    "sledai_adjusted_mean_low": ResultColumn(
        "lowest possible adjusted mean of the total", "number"
    ),
    "sledai_adjusted_mean_high": ResultColumn(
        "highest possible adjusted mean of the total", "number"
    ),
    "sledai_area_low": ResultColumn(
        "lowest possible area under the total, points times days", "number"
    ),
    "sledai_area_high": ResultColumn(
        "highest possible area under the total, points times days", "number"
    ),
    "sledai_flare_earliest": ResultColumn(
        "days to the first visit at which a flare is possible", "whole"
    ),
    "sledai_flare_latest": ResultColumn(
        "days to the first visit at which a flare is certain", "whole"
    ),
}


def visit_columns(readings: Readings = DEFAULT) -> dict[str, ResultColumn]:
    """Give the columns that `by_visit` adds with these readings, each with its meaning.

    Those about a change are null at a patient's first visit.

    >>> [*visit_columns(Readings(states=("cCR",)))][-1]
    'sledai_ccr'
    """
    require(readings, Readings, "readings", "Readings")
    columns = dict(_OF_VISITS)
    for state in map(STATES.__getitem__, readings.states):
        columns[state.column] = ResultColumn(
            f"{state.meaning}: met, not_met or undetermined", "text"
        )
        if state.assumes:
            columns[f"{state.column}_assumed"] = _ASSUMED
    return columns


def patient_columns(readings: Readings = DEFAULT) -> dict[str, ResultColumn]:
    """Give the columns of `by_patient` with these readings, each with its meaning.

    They stand beside the patient; those over time are null after one visit.

    >>> [*patient_columns(Readings(states=("cCR",)))][-2:]
    ['sledai_ccr_low', 'sledai_ccr_high']
    """
    require(readings, Readings, "readings", "Readings")
    columns = dict(_OF_PATIENTS)
    for state in map(STATES.__getitem__, readings.states):
        for end, word in (("low", "least"), ("high", "greatest")):
            columns[f"{state.column}_{end}"] = ResultColumn(
                f"{word} share of the days in {state.meaning}", "number"
            )
        if state.assumes:
            columns[f"{state.column}_assumed"] = _ASSUMED
    return columns


VISIT_COLUMNS = visit_columns()
"""The columns that `by_visit` adds by default; `visit_columns` gives those of other readings."""
PATIENT_COLUMNS = patient_columns()
"""The columns of `by_patient` by default; `patient_columns` gives those of other readings."""


def reason_column(descriptor: Descriptor) -> str:
    """Name the column that holds the reason for a derived descriptor.

    >>> reason_column(Descriptor.FEVER)
    'sledai_fever_reason'
    """
    require(descriptor, Descriptor, "descriptor", "a Descriptor")
    return f"sledai_{descriptor}_reason"


def verdict_column(rule: ActivityRule | str) -> str:
    """Name the column that holds the verdict on a rule, or on a trial's by its registry number.

    Raises `InvalidInputError` for what is neither.

    >>> verdict_column("NCT05765006")
    'sledai_nct05765006'
    """
    return "sledai_" + re.sub(r"\W+", "_", rule_of(rule).name.lower()).strip("_")


def deciding_column(rule: ActivityRule | str) -> str:
    """Name the column of the not-assessed descriptors that decide on a rule, or on a trial's.

    Raises `InvalidInputError` for what is neither.

    >>> deciding_column("NCT05765006")
    'sledai_nct05765006_deciding'
    """
    return f"{verdict_column(rule)}_deciding"
