"""SRI: the SLE responder index, SRI-4 and its stricter forms to SRI-8.

A response is a fall of the SELENA-SLEDAI by n points from baseline, with no new BILAG A and one new
BILAG B at most, and a global assessment that is not worse. BILAG letters are the caller's: this
library does not compute them. Source: Furie 2009, for n = 4.

In the variant SRI-S2K proteinuria is scored by the definition of SLEDAI-2K: rate the descriptor of
both visits so, and say `edition=Edition.SLEDAI_2K`, which names the result.
"""

from decimal import Decimal

from sledai.definitions import Edition
from sledai.definitions.clauses import Limit
from sledai.errors import InvalidInputError, shorten
from sledai.indices.components import (
    GLOBAL_UNIT,
    Component,
    IndexResult,
    assessment_of,
    component,
    number_of,
    past,
)
from sledai.scoring import ScoreBounds, possible_scores
from sledai.sources import FURIE_2009, Citation
from sledai.visits import MOST_GLOBAL, Visit

__all__ = ["FALLS", "MOST_NEW_A", "MOST_NEW_B", "WORSE", "assess"]

FALLS = range(4, 9)
"""The falls for which the index is in use, SRI-4 to SRI-8."""
WORSE = Limit("physician_global", ">=", Decimal("0.3"), GLOBAL_UNIT)
MOST_NEW_A, MOST_NEW_B = 0, 1
_DEFINITION = Citation(FURIE_2009, "definition of the SLE responder index")
_STRICTER = Citation(FURIE_2009, "as there, with a greater fall", verified=False)


def assess(
    baseline: Visit,
    visit: Visit,
    *,
    n: int = 4,
    new_bilag_a: int | None = None,
    new_bilag_b: int | None = None,
    edition: Edition = Edition.SELENA,
) -> IndexResult:
    """Say whether a visit is a response to SRI-n from baseline, with every component.

    `n` is the fall of the total that is asked for, 4 to 8 points. `new_bilag_a` and `new_bilag_b`
    count the organ systems with a new BILAG A and B since baseline; None is not known. A patient
    whose baseline total is below `n` can never reach it, and the reason says so.

    Raises `InvalidInputError` for another `n`, for counts below 0, for visits in the wrong order,
    and for another edition than SELENA and SLEDAI-2K.

    Source: Furie 2009.

    >>> from sledai import Assessment
    >>> before = Visit(date="2024-01-16", assessment=Assessment.of(present={"rash"}))
    >>> after = Visit(date="2024-07-16", assessment=Assessment.of())
    >>> result = assess(before, after)
    >>> print(result.verdict, "-", result.components[0].reason)
    not_met - total 2 at baseline: SRI-4 cannot be reached
    """
    if isinstance(n, bool) or n not in FALLS:
        raise InvalidInputError(f"n: found {shorten(n)}; accepted: {FALLS[0]} to {FALLS[-1]}")
    if edition not in {Edition.SELENA, Edition.SLEDAI_2K}:
        raise InvalidInputError(f"edition: found {shorten(edition)}; accepted: SELENA, SLEDAI_2K")
    if visit.date <= baseline.date:
        raise InvalidInputError(f"visit of {visit.date} is not after baseline of {baseline.date}")
    citation = _DEFINITION if n == FALLS[0] else _STRICTER
    return IndexResult(
        name=f"SRI-{n}" + (" (S2K)" if edition is Edition.SLEDAI_2K else ""),
        components=(
            _fall(baseline, visit, n, citation),
            _bilag("new_bilag_a", new_bilag_a, MOST_NEW_A),
            _bilag("new_bilag_b", new_bilag_b, MOST_NEW_B),
            _global(baseline, visit),
        ),
    )


def _fall(baseline: Visit, visit: Visit, n: int, citation: Citation) -> Component:
    before = possible_scores(assessment_of(baseline))
    after = possible_scores(assessment_of(visit))
    at_baseline, now = (ScoreBounds(min(scores), max(scores)) for scores in (before, after))
    reason = f"total {at_baseline} at baseline, then {now}"
    if max(before) < n:
        reason = f"total {at_baseline} at baseline: SRI-{n} cannot be reached"
    answers = {b - a >= n for b in before for a in after}
    return component("score", f"total falls by >= {n}", answers, reason, citation)


def _bilag(name: str, found: int | None, most: int) -> Component:
    if found is not None and (isinstance(found, bool) or type(found) is not int or found < 0):
        raise InvalidInputError(
            f"{name}: found {shorten(found)}; accepted: a whole number of at least 0, or None"
        )
    reason = f"{name} {'is not known' if found is None else found}"
    answer = None if found is None else found <= most
    return component(name, f"{name} <= {most}", [answer], reason, _DEFINITION)


def _global(baseline: Visit, visit: Visit) -> Component:
    before, now = (number_of(v, WORSE.quantity) for v in (baseline, visit))
    ends = [(Decimal(0), Decimal(MOST_GLOBAL)) if v is None else (v, v) for v in (before, now)]
    smallest, largest = ends[1][0] - ends[0][1], ends[1][1] - ends[0][0]
    said = ["not known" if value is None else str(value) for value in (before, now)]
    return component(
        "physician global",
        f"{WORSE.quantity} does not rise by {WORSE}",
        {not past(rise, WORSE) for rise in (smallest, largest)},
        f"{WORSE.quantity} from {said[0]} to {said[1]}",
        _DEFINITION,
    )
