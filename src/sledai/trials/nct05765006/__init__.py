"""NCT05765006: the disease activity that this trial asks for, and its whole screen.

Relmacabtagene autoleucel in moderate to severe active systemic lupus erythematosus, phase I.
Inclusion criterion 6 asks for a SELENA-SLEDAI of 8 or more and, if low complement or anti-dsDNA
have points, for a clinical SELENA-SLEDAI (without these two) of 6 or more. That rule
stands here; the whole screen is in `screening`, with the other criteria as they are `registered`.
"""

from dataclasses import replace

from sledai.assessment import Assessment, UndeterminedError
from sledai.definitions import Edition
from sledai.descriptors import listed
from sledai.rules.activity import ActivityRule
from sledai.sources import NCT05765006, Citation, Read
from sledai.verdict import Verdict

__all__ = [
    "ACTIVITY_RULE",
    "meets_activity_criterion",
    "meets_clinical_threshold",
    "meets_total_threshold",
]


def __dir__() -> list[str]:
    return __all__


ACTIVITY_RULE = ActivityRule(
    name="NCT05765006",
    edition=Edition.SELENA,
    least_total=8,
    least_clinical=6,
    clinical_applies="serology scored",
    citation=Citation(NCT05765006, "inclusion criterion 6", Read.IN_WORK),
)
"""What inclusion criterion 6 asks of the score."""
_TOTAL_RULE = replace(ACTIVITY_RULE, least_clinical=0)
_CLINICAL_RULE = replace(ACTIVITY_RULE, least_total=0)


def meets_total_threshold(assessment: Assessment) -> bool:
    """Return whether the total is at least 8.

    Raises `UndeterminedError`, naming the descriptors that decide it, when the answer depends on
    descriptors that were not assessed.

    Source: NCT05765006, inclusion criterion 6, first part.

    >>> meets_total_threshold(Assessment.of(present={"arthritis", "rash", "low_complement"}))
    True
    """
    return _decide(_TOTAL_RULE, assessment)


def meets_clinical_threshold(assessment: Assessment) -> bool:
    """Return whether the clinical score is at least 6, **if** serology is scored.

    At a visit without points for low complement and increased DNA binding the registered
    condition does not apply, and the answer is True whatever the clinical score.

    Raises `UndeterminedError`, naming the descriptors that decide it, when the answer depends on
    descriptors that were not assessed.

    Source: NCT05765006, inclusion criterion 6, second part.

    >>> meets_clinical_threshold(Assessment.of(present={"arthritis", "low_complement"}))
    False
    >>> meets_clinical_threshold(Assessment.of(present={"arthritis"}))
    True
    """
    return _decide(_CLINICAL_RULE, assessment)


def meets_activity_criterion(assessment: Assessment) -> bool:
    """Return whether the visit shows the activity that the trial asks for: both thresholds.

    Raises `UndeterminedError`, naming the descriptors that decide it, when the answer depends on
    descriptors that were not assessed. `ACTIVITY_RULE.judge` gives three values instead.

    Source: NCT05765006, inclusion criterion 6.

    >>> meets_activity_criterion(Assessment.of(present={"arthritis", "rash", "low_complement"}))
    True
    """
    return _decide(ACTIVITY_RULE, assessment)


def _decide(rule: ActivityRule, assessment: Assessment) -> bool:
    judgement = rule.judge(assessment)
    if judgement.verdict is Verdict.UNDETERMINED:
        raise UndeterminedError(
            f"{rule.name}: {judgement.reason}; "
            f"it depends on what was not assessed: {listed(judgement.deciding)}",
            judgement.deciding,
        )
    return judgement.verdict is Verdict.MET
