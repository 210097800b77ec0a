"""Loss of improvement: the score rises from its best, and therapy would be increased.

The outcome of XmAb5871-04. The best is the lowest total at any visit before, the first among them.
Source: the trial's analysis plan.
"""

from sledai.errors import InvalidInputError
from sledai.indices.components import IndexResult, component, sign_component
from sledai.sources import XMAB5871_04, Citation, Read
from sledai.visits import History
from sledai.visits.visit import require_history

__all__ = ["RISE", "assess"]

RISE = 4
"""The least rise of the total from its best."""
_PLAN = Citation(XMAB5871_04, "loss of improvement", Read.IN_WORK)


def assess(history: History) -> IndexResult:
    """Say whether improvement is lost at the last visit of a history, with every component.

    `would_increase_therapy` of the last visit is the investigator's answer.

    Raises `InvalidInputError` for what is no history, and for a history of one visit.

    Source: analysis plan of XmAb5871-04.

    >>> from sledai.visits import Visit
    >>> totals = {"2024-01-16": 12, "2024-02-13": 4, "2024-03-12": 8}
    >>> visits = [Visit(date=date, total_score=total) for date, total in totals.items()]
    >>> print(assess(History(visits=visits)))
    loss of improvement: undetermined
      score: met (total 4 at best, then 8)
      therapy: undetermined (would_increase_therapy: not known)
    """
    require_history(history)
    *before, last = history.visits
    if not before:
        raise InvalidInputError(f"one visit, of {last.date}: no improvement to be lost")
    totals, now = [visit.bounds() for visit in before], last.bounds()
    # Visits are independent, so that the lowest and the highest of each give the ends.
    best = min(total.low for total in totals), min(total.high for total in totals)
    best_said = best[0] if best[0] == best[1] else f"{best[0]} to {best[1]}"
    return IndexResult(
        name="loss of improvement",
        components=(
            component(
                "score",
                f"total rises by >= {RISE} from the lowest before",
                {now.low - best[1] >= RISE, now.high - best[0] >= RISE},
                f"total {best_said} at best, then {now}",
                _PLAN,
            ),
            sign_component(
                "therapy",
                "the investigator would increase therapy",
                last,
                "would_increase_therapy",
                _PLAN,
                wanted=True,
            ),
        ),
    )
