"""BICLA: the BILAG-based combined lupus assessment, a response from entry to a visit.

Every BILAG A and B at entry is better, none is new but for one B, neither the SLEDAI nor the global
assessment is worse, and treatment did not fail. BILAG letters are the caller's. That a patient has
an A or a B at entry is a condition of the trial, and not asked here. Source: ePROVIDE, BICLA.

What a new letter is stands with `sledai.indices.bilag`, and E, which the source does not name, is
taken as D. An A at entry has to be better and no other may be new, so that there is no A at the
visit: asked so, a letter at entry that is not known decides nothing about it.
"""

from decimal import Decimal

from sledai.definitions.clauses import Limit
from sledai.indices.bilag import is_new, letters_said, systems_with
from sledai.indices.components import (
    GLOBAL_UNIT,
    Component,
    IndexResult,
    component,
    rise_component,
    sign_component,
)
from sledai.sources import BICLA_FORM, Citation, Read
from sledai.visits import Visit
from sledai.visits.visit import refuse_order

__all__ = ["MOST_NEW", "WORSE", "assess"]

MOST_NEW = 1
"""How many organ systems may have a new BILAG B."""
WORSE = Limit("physician_global", ">", Decimal("0.3"), GLOBAL_UNIT)
"""The rise of the global assessment that is a worsening: more than 10 % of its scale."""
_FORM = Citation(BICLA_FORM, "definition of a responder", Read.IN_WORK)


def assess(baseline: Visit, visit: Visit) -> IndexResult:
    """Say whether a visit is a response by BICLA from baseline, with every component.

    The letters of both visits are their fields, such as `bilag_renal`; a system without one is not
    known. `visit.treatment_failure` is as the trial defines it.

    Raises `InvalidInputError` for what is no visit, and for a visit that is not after the baseline.

    Source: ePROVIDE, BICLA.

    >>> before = Visit(date="2024-01-16", total_score=8, bilag_mucocutaneous="A")
    >>> after = Visit(date="2024-07-16", total_score=6, bilag_mucocutaneous="B", bilag_renal="A")
    >>> result = assess(before, after)
    >>> print(result.verdict, "-", result.components[0].reason.split(";")[0])
    not_met - A: renal
    """
    refuse_order(baseline, visit, "baseline")
    before, after = baseline.scores(), visit.scores()
    new_b, may_be_new_b = systems_with(is_new("B"), baseline, visit)
    return IndexResult(
        name="BICLA",
        components=(
            _none(
                "BILAG A",
                "each A at baseline is B, C or D, and no A is new",
                systems_with(lambda _, now: now == "A", baseline, visit),
                "A",
            ),
            _none(
                "BILAG B",
                "each B at baseline is C or D",
                systems_with(lambda was, now: was == "B" and now in {"A", "B"}, baseline, visit),
                "B at baseline and no better",
            ),
            component(
                "new BILAG B",
                f"new B <= {MOST_NEW}",
                {len(new_b) <= MOST_NEW, len(may_be_new_b) <= MOST_NEW},
                f"new B: {letters_said(new_b, may_be_new_b)}",
                _FORM,
            ),
            component(
                "score",
                "total not above that at baseline",
                {now <= was for was in before for now in after},
                f"total {baseline.bounds()} at baseline, then {visit.bounds()}",
                _FORM,
            ),
            rise_component("physician global", baseline, visit, WORSE, _FORM),
            sign_component(
                "treatment failure",
                "no treatment failure",
                visit,
                "treatment_failure",
                _FORM,
                wanted=False,
            ),
        ),
    )


def _none(name: str, statement: str, systems: tuple[list[str], list[str]], what: str) -> Component:
    """Ask that something holds in no organ system."""
    certain, possible = systems
    answers = {not certain, not possible}
    return component(name, statement, answers, f"{what}: {letters_said(certain, possible)}", _FORM)
