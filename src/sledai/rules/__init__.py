"""Rules on the score, as data, judged exactly over all that was not assessed.

`ActivityRule` is a rule and `Judgement` what it says of a visit; `counterfactuals` finds on which
answers a verdict rests. `require_edition` is for answers of which the edition is known.
"""

from sledai.rules.activity import ActivityRule, Judgement
from sledai.rules.editions import require_edition

__all__ = ["ActivityRule", "Judgement", "require_edition"]


def __dir__() -> list[str]:
    return __all__
