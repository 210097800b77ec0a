"""Rules on the score, as data, judged exactly over all that was not assessed.

`ActivityRule` is a rule and `Judgement` what it says of a visit; `counterfactuals` finds on which
answers a verdict rests.
"""

from sledai.rules.activity import ActivityRule, Judgement

__all__ = ["ActivityRule", "Judgement"]


def __dir__() -> list[str]:
    return __all__
