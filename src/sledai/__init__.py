"""The SELENA-SLEDAI: 24 descriptors, exact scores, and what missing answers leave open.

>>> from sledai import Assessment, clinical_score, meets_activity_criterion, total_score
>>> visit = Assessment.of(present={"arthritis", "rash", "low_complement"})
>>> total_score(visit), clinical_score(visit), meets_activity_criterion(visit)
(8, 6, True)
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from sledai.assessment import Assessment, IncompleteAssessmentError, UndeterminedError
from sledai.descriptors import SEROLOGIC, Descriptor, OrganSystem
from sledai.errors import InvalidInputError, SledaiError
from sledai.rules import ActivityRule, Judgement
from sledai.scoring import (
    ScoreBounds,
    clinical_score,
    points_by_system,
    score_bounds,
    total_score,
)
from sledai.trials.nct05765006 import (
    meets_activity_criterion,
    meets_clinical_threshold,
    meets_total_threshold,
)
from sledai.verdict import Verdict

__version__ = "1.0.0rc1"

__all__ = [
    "SEROLOGIC",
    "ActivityRule",
    "Assessment",
    "Descriptor",
    "IncompleteAssessmentError",
    "InvalidInputError",
    "Judgement",
    "OrganSystem",
    "ScoreBounds",
    "SledaiError",
    "UndeterminedError",
    "Verdict",
    "clinical_score",
    "meets_activity_criterion",
    "meets_clinical_threshold",
    "meets_total_threshold",
    "points_by_system",
    "score_bounds",
    "total_score",
]


def __dir__() -> list[str]:
    return __all__


# Type checkers would take every misspelled name for a module.
if not TYPE_CHECKING:  # pragma: no branch

    def __getattr__(name: str) -> ModuleType:
        """Import a module of the package when it is first asked for: `sledai.frame` works."""
        try:
            return import_module(f"{__name__}.{name}")
        except ModuleNotFoundError as error:
            if error.name != f"{__name__}.{name}":
                raise
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
