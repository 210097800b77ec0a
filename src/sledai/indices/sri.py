"""SRI: the SLE responder index, SRI-4 and its stricter forms to SRI-8.

A response is a fall of the SELENA-SLEDAI by n points from baseline, with no new BILAG A and one new
BILAG B at most, and a global assessment that is not worse. BILAG letters are the caller's: this
library does not compute them. Source: Furie 2009, for n = 4. A new A is an A that was none at
baseline, and a new B one that was C, D or E there (`sledai.indices.bilag`): a reading, since no
publication that was read says what is new.

The index is in use on three scores, and the result is named by which. The arithmetic is the same:
rate both visits by the edition, and say it.

- `Edition.SELENA`: SRI-4, as published;
- `Edition.HYBRID`: SRI-4 (S2K), the SRI-S2K of EMBRACE, proteinuria alone by SLEDAI-2K;
- `Edition.SLEDAI_2K`: SRI-4 (SLEDAI-2K), every descriptor by SLEDAI-2K, as in TOPAZ and TULIP.

That the rules on medication were kept, which the outcome of TOPAZ and the tabalumab trials ask for
too, is a trial's own condition: `medication=True` makes it a component, which the caller answers.
"""

from decimal import Decimal

from sledai.definitions import Edition
from sledai.definitions.clauses import Limit
from sledai.definitions.editions import edition_named
from sledai.errors import InvalidInputError, require_one_of, whole_number
from sledai.indices.bilag import any_letters, is_new, letters_said, systems_with
from sledai.indices.components import (
    GLOBAL_UNIT,
    Component,
    IndexResult,
    component,
    rise_component,
    sign_component,
)
from sledai.sources import EMBRACE, FURIE_2009, TABALUMAB, TOPAZ_1, Citation, Read
from sledai.visits import Visit
from sledai.visits.visit import refuse_order

__all__ = ["FALLS", "MOST_NEW_A", "MOST_NEW_B", "SCORES", "WORSE", "assess", "name_of"]

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
_MEDICATION = Citation(
    TOPAZ_1, "no violation of medication rules", Read.IN_REPRODUCTION, "trials.co"
)
_NAMED_ONLY = Citation(FURIE_2009, "responder index, with another fall or score", Read.NOT_READ)


def assess(
    baseline: Visit,
    visit: Visit,
    *,
    n: int = 4,
    new_bilag_a: int | None = None,
    new_bilag_b: int | None = None,
    edition: Edition | str = Edition.SELENA,
    medication: bool = False,
) -> IndexResult:
    """Say whether a visit is a response to SRI-n from baseline, with every component.

    `n` is the fall of the total that is asked for, 4 to 8 points. `new_bilag_a` and `new_bilag_b`
    count the organ systems with a new BILAG A and B since baseline; of None they are counted by the
    letters of both visits (`bilag_renal` and others), and not known where there are none. A patient
    whose baseline total is below `n` can never reach it, and the reason says so. `edition` is the
    one by which both visits were rated, or its name: SELENA, the hybrid or SLEDAI-2K. `medication`
    asks that the rules on medication were kept, too (`visit.medication_rule_kept`).

    Raises `InvalidInputError` for another `n`, for counts below 0, for a visit that is not after
    the baseline, for the edition of 1992, and for a `medication` that is neither true nor false.

    Source: Furie 2009 for n = 4, the tabalumab trials for n = 5; the others are named only. By the
    hybrid EMBRACE, by SLEDAI-2K the outcomes of TOPAZ-1 as reproduced, n = 4.

    >>> from sledai import Assessment
    >>> before = Visit(date="2024-01-16", assessment=Assessment.of(present={"rash"}))
    >>> after = Visit(date="2024-07-16", assessment=Assessment.of())
    >>> result = assess(before, after)
    >>> print(result.verdict, "-", result.components[0].reason)
    not_met - total 2 at baseline: SRI-4 cannot be reached
    """
    n, edition = _asked(n, edition)
    require_one_of(medication, (True, False), "medication")
    refuse_order(baseline, visit, "baseline")
    citation = _FALLS.get((n, edition), _NAMED_ONLY)
    return IndexResult(
        name=f"{name_of(n, edition)}{' with medication rule' if medication else ''}",
        components=(
            _fall(baseline, visit, n, citation),
            _bilag("A", new_bilag_a, MOST_NEW_A, baseline, visit),
            _bilag("B", new_bilag_b, MOST_NEW_B, baseline, visit),
            rise_component("physician global", baseline, visit, WORSE, _DEFINITION),
            *([_medication_kept(visit)] if medication else []),
        ),
    )


def name_of(n: int, edition: Edition | str) -> str:
    """Name SRI-n by the edition by which the visits were rated.

    Raises `InvalidInputError` for another `n` and for an edition on which the index is not in use.

    >>> name_of(5, "hybrid")
    'SRI-5 (S2K)'
    """
    n, edition = _asked(n, edition)
    return f"SRI-{n}{SCORES[edition]}"


def _asked(n: int, edition: Edition | str) -> tuple[int, Edition]:
    """Read the fall and the edition that are asked for, and refuse others."""
    n, rated = _fall_asked(n), edition_named(edition)
    if rated not in SCORES:
        raise InvalidInputError.found(rated, (one.name for one in SCORES), "edition")
    return n, rated


def _medication_kept(visit: Visit) -> Component:
    return sign_component(
        "medication rule",
        "no violation of medication rules",
        visit,
        "medication_rule_kept",
        _MEDICATION,
        wanted=True,
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


def _bilag(letter: str, given: int | None, most: int, baseline: Visit, visit: Visit) -> Component:
    """Hold a count of new letters against the most: the caller's, or that of both visits."""
    name = f"new_bilag_{letter.lower()}"
    count = None if given is None else whole_number(given)
    if given is not None and (count is None or count < 0):
        raise InvalidInputError.found(given, "a whole number of at least 0, or None", name)
    counts, reason = [count], f"{name} {'is not known' if count is None else count}"
    if count is None and any_letters(baseline, visit):
        certain, possible = systems_with(is_new(letter), baseline, visit)
        counts = [len(certain), len(possible)]
        reason = f"{name} by the letters: {letters_said(certain, possible)}"
    answers = {None if one is None else one <= most for one in counts}
    return component(name, f"{name} <= {most}", answers, reason, _DEFINITION)
