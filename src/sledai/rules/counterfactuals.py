"""What would have to be otherwise for a rule to be judged otherwise: for a subject at the edge.

A monitor asks it of a visit that just meets a trial's rule, or just does not: on which descriptors
does that rest?
"""

from dataclasses import dataclass
from itertools import combinations

from sledai.assessment import Assessment
from sledai.descriptors import Descriptor, listed
from sledai.displays import Displayed
from sledai.errors import InvalidInputError, require, whole_number
from sledai.rules.activity import ActivityRule
from sledai.verdict import Verdict

__all__ = ["MOST_CHANGES", "Counterfactual", "counterfactuals"]

MOST_CHANGES = 4
"""How many changed answers are tried at most: a visit that needs more is not at the edge."""


@dataclass(frozen=True, slots=True)
class Counterfactual(Displayed):
    """Descriptors that, each counted the other way round, change the verdict to another one.

    >>> print(Counterfactual(frozenset({Descriptor.RASH}), frozenset(), Verdict.MET))
    met with rash present
    """

    present: frozenset[Descriptor]
    absent: frozenset[Descriptor]
    verdict: Verdict

    def __str__(self) -> str:
        changes = [
            f"{listed(changed)} {how}"
            for changed, how in ((self.present, "present"), (self.absent, "absent"))
            if changed
        ]
        return f"{self.verdict.replace('_', ' ')} with {' and '.join(changes)}"


def counterfactuals(
    rule: ActivityRule, assessment: Assessment, *, most: int = MOST_CHANGES
) -> tuple[Counterfactual, ...]:
    """Find the smallest sets of answers whose change would change the verdict, all of one size.

    Only answers that were given are changed, present to absent or absent to present; which of the
    descriptors not assessed decide, the judgement itself says. There is none where more than `most`
    changes would be needed.

    Raises `InvalidInputError` for another rule than an `ActivityRule`, another assessment than an
    `Assessment`, and unless `most` is a whole number of 1 to 4.

    >>> from sledai.trials.nct05765006 import ACTIVITY_RULE
    >>> visit = Assessment.of(present={"arthritis", "rash", "low_complement"})
    >>> print(*counterfactuals(ACTIVITY_RULE, visit), sep="; ")
    not met with arthritis absent; not met with rash absent; not met with low_complement absent
    """
    if (whole := whole_number(most)) is None or not 1 <= whole <= MOST_CHANGES:
        raise InvalidInputError.found(most, f"a whole number of 1 to {MOST_CHANGES}", "most")
    require(rule, ActivityRule, "rule", "an ActivityRule (a trial of the catalog has one)")
    before = rule.judge(assessment).verdict
    present = assessment.present
    known = [d for d in Descriptor if d not in assessment.not_assessed]
    for size in range(1, whole + 1):
        turning: list[Counterfactual] = []
        for changed in combinations(known, size):
            update = {d.value: d not in present for d in changed}
            after = rule.judge(assessment.model_copy(update=update)).verdict
            if after is not before:
                turning.append(
                    Counterfactual(frozenset(changed) - present, present & set(changed), after)
                )
        if turning:
            return tuple(turning)
    return ()
