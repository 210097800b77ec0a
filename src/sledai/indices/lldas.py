"""LLDAS: the lupus low disease activity state. Five items, of which each is needed.

The score is a SLEDAI-2K: rate the descriptors by that edition. Hemolytic anemia and
gastrointestinal activity are answers of their own, since no descriptor sees them.
Source: Franklyn 2016, Table 1.

What counts as new activity since the previous assessment, the paper leaves to the rater. Here it is
a descriptor that is newly present, or a rater's statement. A statement that there is none does not
outweigh a descriptor that is new or may be; it decides where there is no earlier assessment.
"""

from decimal import Decimal

from sledai.definitions.clauses import Limit
from sledai.descriptors import Descriptor, OrganSystem, listed
from sledai.indices.components import (
    GLOBAL_UNIT,
    Component,
    IndexResult,
    assessment_of,
    component,
    number_component,
    sign_component,
)
from sledai.scoring import score_bounds
from sledai.sources import FRANKLYN_2016, Citation
from sledai.visits import Visit

__all__ = ["GLOBAL", "MAJOR_ORGANS", "MOST_TOTAL", "PREDNISOLONE", "assess"]

MOST_TOTAL = 4
GLOBAL = Limit("physician_global", "<=", Decimal(1), GLOBAL_UNIT)
PREDNISOLONE = Limit("prednisone_mg_day", "<=", Decimal("7.5"), "mg/d")
MAJOR_ORGANS = frozenset(
    d
    for d in Descriptor
    if d.system in {OrganSystem.CENTRAL_NERVOUS_SYSTEM, OrganSystem.RENAL}
    or d in {Descriptor.PLEURISY, Descriptor.PERICARDITIS, Descriptor.VASCULITIS, Descriptor.FEVER}
)
"""Renal, central nervous system, cardiopulmonary, vasculitis and fever."""


def assess(visit: Visit, previous: Visit | None = None) -> IndexResult:
    """Say whether a visit is in low disease activity, with every component.

    `previous` is the visit before, without which new activity has to be stated. Prednisone counts
    as prednisolone, which is equivalent.

    Source: Franklyn 2016, Table 1.

    >>> from sledai import Assessment
    >>> rash = Assessment.of(present={"rash"})
    >>> before = Visit(date="2024-02-01", assessment=rash)
    >>> now = Visit(date="2024-05-02", assessment=rash, physician_global=1.5)
    >>> result = assess(now, before)
    >>> print(result.verdict, "-", result.components[5].reason)
    not_met - physician_global 1.5 is not <= 1 on 0 to 3
    """
    now = assessment_of(visit)
    total = score_bounds(now)
    present, unknown = now.present & MAJOR_ORGANS, now.not_assessed & MAJOR_ORGANS
    found = f"present: {listed(present)}" if present else "none present"
    if unknown and not present:
        found = f"not assessed: {listed(unknown)}"
    return IndexResult(
        name="LLDAS",
        components=(
            component(
                "score",
                f"SLEDAI-2K <= {MOST_TOTAL}",
                {total.low <= MOST_TOTAL, total.high <= MOST_TOTAL},
                f"total {total}",
                _item(1),
            ),
            component(
                "major organs",
                f"none of {listed(MAJOR_ORGANS)}",
                [False] if present else [None] if unknown else [True],
                found,
                _item(1),
            ),
            _no("hemolytic_anemia", visit),
            _no("gastrointestinal_activity", visit),
            _new_activity(visit, previous),
            number_component("physician global", visit, GLOBAL, _item(3)),
            number_component("prednisolone", visit, PREDNISOLONE, _item(4)),
            sign_component(
                "maintenance",
                "well tolerated standard maintenance doses, no investigational drug",
                visit,
                "maintenance_doses",
                _item(5),
                wanted=True,
            ),
        ),
    )


def _item(number: int) -> Citation:
    return Citation(FRANKLYN_2016, f"Table 1, item {number}")


def _no(field: str, visit: Visit) -> Component:
    name = field.replace("_", " ")
    return sign_component(name, f"no {name}", visit, field, _item(1), wanted=False)


def _new_activity(visit: Visit, previous: Visit | None) -> Component:
    now, before = assessment_of(visit), assessment_of(previous)
    new = now.present & before.absent
    may_be_new = (now.present | now.not_assessed) - before.present
    stated = visit.new_lupus_activity
    said = {True: "stated", False: "stated not to be there", None: "not stated"}[stated]
    if new:
        said += f", new: {listed(new)}"
    elif not may_be_new:
        said += ", no descriptor is new"
    else:
        said += f", not known: {listed(may_be_new)}"
    if stated or new:
        answer: bool | None = False
    elif stated is False and (previous is None or previous.assessment is None):
        answer = True  # there is nothing to hold the statement against
    else:
        answer = None if may_be_new else True
    return component(
        "new activity",
        "no new lupus activity since the previous assessment",
        [answer],
        f"new activity {said}",
        _item(2),
    )
