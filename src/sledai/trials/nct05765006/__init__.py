"""NCT05765006: the disease activity that this trial asks for, and its whole screen.

Relmacabtagene autoleucel in moderate to severe active systemic lupus erythematosus, phase I.
Inclusion criterion 6 asks for a SELENA-SLEDAI of 8 or more and, if low complement or anti-dsDNA
have points, for a clinical SELENA-SLEDAI (without these two) of 6 or more. The other criteria are
in `registered`, what is known of somebody is a `Candidate`, and `screen` judges all.
"""

from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

from sledai.assessment import Assessment
from sledai.definitions import Edition
from sledai.descriptors import listed
from sledai.entry_rules import ActivityRule
from sledai.errors import UndeterminedError
from sledai.sources import NCT05765006, Citation, Read
from sledai.verdict import Verdict

if TYPE_CHECKING:
    from sledai.trials.nct05765006.candidate import Candidate as Candidate
    from sledai.trials.nct05765006.registered import CRITERIA as CRITERIA
    from sledai.trials.nct05765006.registered import FACTS as FACTS
    from sledai.trials.nct05765006.report import ScreeningReport as ScreeningReport
    from sledai.trials.nct05765006.screening import screen as screen

__all__ = [
    "ACTIVITY_RULE",
    "meets_activity_criterion",
    "meets_clinical_threshold",
    "meets_total_threshold",
]

ACTIVITY_RULE = ActivityRule(
    name="NCT05765006",
    edition=Edition.SELENA,
    least_total=8,
    least_clinical=6,
    clinical_applies="serology scored",
    citation=Citation(NCT05765006, "inclusion criterion 6", Read.IN_WORK),
)
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


# Imported when asked for: who needs the activity rule alone, as `import sledai` does, should not
# wait for the rest.
_SCREEN = {
    "CRITERIA": "registered",
    "FACTS": "registered",
    "Candidate": "candidate",
    "ScreeningReport": "report",
    "screen": "screening",
}


def __getattr__(name: str) -> object:
    if name not in _SCREEN:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_SCREEN[name]}"), name)
