"""SRI: the SLE responder index, SRI-4 and its stricter forms to SRI-8.

A response is a fall of the SELENA-SLEDAI by n points from baseline, with no new BILAG A and one new
BILAG B at most, and a global assessment that is not worse. BILAG letters are the caller's: this
library does not compute them. Source: Furie 2009, for n = 4.

The index is in use on three scores, and the result is named by which. The arithmetic is the same:
rate both visits by the edition, and say it.

- `Edition.SELENA`: SRI-4, as published;
- `Edition.HYBRID`: SRI-4 (S2K), the SRI-S2K of EMBRACE, proteinuria alone by SLEDAI-2K;
- `Edition.SLEDAI_2K`: SRI-4 (SLEDAI-2K), every descriptor by SLEDAI-2K, as in TOPAZ and TULIP.

That the rules on medication were kept, which the outcome of TOPAZ asks for too, is a trial's own
condition and no component here.
"""

from decimal import Decimal
from fractions import Fraction

from sledai.definitions import Edition
from sledai.definitions.clauses import Limit
from sledai.definitions.editions import edition_named
from sledai.errors import InvalidInputError, whole_number
from sledai.indices.components import (
    GLOBAL_UNIT,
    Component,
    IndexResult,
    component,
    number_of,
    number_said,
    past,
)
from sledai.sources import EMBRACE, FURIE_2009, TABALUMAB, TOPAZ_1, Citation, Read
from sledai.visits import Visit
from sledai.visits.visit import MOST_GLOBAL, refuse_order

__all__ = ["FALLS", "MOST_NEW_A", "MOST_NEW_B", "SCORES", "WORSE", "assess"]

FALLS = range(4, 9)
"""The falls for which the index is in use, SRI-4 to SRI-8."""
WORSE = Limit("physician_global", ">=", Decimal("0.3"), GLOBAL_UNIT)
"""The rise of the global assessment that is a worsening."""
MOST_NEW_A = 0
"""How many organ systems may have a new BILAG A."""
MOST_NEW_B = 1
"""How many organ systems may have a new BILAG B."""
SCORES = {
    Edition.SELENA: "",
    Edition.HYBRID: " (S2K)",
    Edition.SLEDAI_2K: " (SLEDAI-2K)",
}
"""The editions by which the score may be rated, and what each adds to the name."""
_DEFINITION = Citation(FURIE_2009, "abstract, results", Read.IN_ABSTRACT)
_FALLS = {
    (4, Edition.SELENA): _DEFINITION,
    (5, Edition.SELENA): Citation(TABALUMAB, "footnote a", Read.IN_WORK),
    (4, Edition.HYBRID): Citation(EMBRACE, "abstract, methods", Read.IN_ABSTRACT),
    (4, Edition.SLEDAI_2K): Citation(
        TOPAZ_1, "SRI-4 among the outcomes", Read.IN_REPRODUCTION, "trials.co"
    ),
}
_NAMED_ONLY = Citation(FURIE_2009, "responder index, with another fall or score", Read.NOT_READ)


def assess(
    baseline: Visit,
    visit: Visit,
    *,
    n: int = 4,
    new_bilag_a: int | None = None,
    new_bilag_b: int | None = None,
    edition: Edition | str = Edition.SELENA,
) -> IndexResult:
    """Say whether a visit is a response to SRI-n from baseline, with every component.

    `n` is the fall of the total that is asked for, 4 to 8 points. `new_bilag_a` and `new_bilag_b`
    count the organ systems with a new BILAG A and B since baseline; None is not known. A patient
    whose baseline total is below `n` can never reach it, and the reason says so. `edition` is the
    one by which both visits were rated, or its name: SELENA, the hybrid or SLEDAI-2K.

    Raises `InvalidInputError` for another `n`, for counts below 0, for a visit that is not after
    the baseline, and for the edition of 1992.

    Source: Furie 2009 for n = 4, the tabalumab trials for n = 5; the others are named only. By the
    hybrid EMBRACE, by SLEDAI-2K the outcomes of TOPAZ-1 as reproduced, n = 4.

    >>> from sledai import Assessment
    >>> before = Visit(date="2024-01-16", assessment=Assessment.of(present={"rash"}))
    >>> after = Visit(date="2024-07-16", assessment=Assessment.of())
    >>> result = assess(before, after)
    >>> print(result.verdict, "-", result.components[0].reason)
    not_met - total 2 at baseline: SRI-4 cannot be reached
    """
    n = _fall_asked(n)
    edition = edition_named(edition)
    if edition not in SCORES:
        raise InvalidInputError.found(edition, (rated.name for rated in SCORES), "edition")
    refuse_order(baseline, visit, "baseline")
    citation = _FALLS.get((n, edition), _NAMED_ONLY)
    return IndexResult(
        name=f"SRI-{n}{SCORES[edition]}",
        components=(
            _fall(baseline, visit, n, citation),
            _bilag("new_bilag_a", new_bilag_a, MOST_NEW_A),
            _bilag("new_bilag_b", new_bilag_b, MOST_NEW_B),
            _global(baseline, visit),
        ),
    )


def _fall_asked(n: int) -> int:
    if (whole := whole_number(n)) is None or whole not in FALLS:
        raise InvalidInputError.found(n, f"{FALLS[0]} to {FALLS[-1]}", "n")
    return whole


def _fall(baseline: Visit, visit: Visit, n: int, citation: Citation) -> Component:
    before, after = baseline.scores(), visit.scores()
    at_baseline, now = baseline.bounds(), visit.bounds()
    reason = f"total {at_baseline} at baseline, then {now}"
    if max(before) < n:
        reason = f"total {at_baseline} at baseline: SRI-{n} cannot be reached"
    answers = {b - a >= n for b in before for a in after}
    return component("score", f"total falls by >= {n}", answers, reason, citation)


def _bilag(name: str, given: int | None, most: int) -> Component:
    count = None if given is None else whole_number(given)
    if given is not None and (count is None or count < 0):
        raise InvalidInputError.found(given, "a whole number of at least 0, or None", name)
    reason = f"{name} {'is not known' if count is None else count}"
    answer = None if count is None else count <= most
    return component(name, f"{name} <= {most}", [answer], reason, _DEFINITION)


def _global(baseline: Visit, visit: Visit) -> Component:
    before, now = (number_of(v, WORSE.quantity) for v in (baseline, visit))
    # As fractions: the caller's decimal context would round the difference of two decimals.
    ends = [(0, MOST_GLOBAL) if v is None else (Fraction(v), Fraction(v)) for v in (before, now)]
    smallest, largest = Fraction(ends[1][0] - ends[0][1]), Fraction(ends[1][1] - ends[0][0])
    return component(
        "physician global",
        f"{WORSE.quantity} does not rise by {WORSE}",
        {not past(rise, WORSE) for rise in (smallest, largest)},
        f"{WORSE.quantity} from {number_said(before)} to {number_said(now)}",
        _DEFINITION,
    )
