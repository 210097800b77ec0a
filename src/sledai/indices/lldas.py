"""LLDAS: the lupus low disease activity state. Five items, of which each is needed.

The score is a SLEDAI-2K: rate the descriptors by that edition. Hemolytic anemia and
gastrointestinal activity are answers of their own, since no descriptor sees them.
Source: Franklyn 2016, Table 1.

What counts as new activity since the previous assessment, the paper leaves to the rater. Here it is
a descriptor that is newly present, or a rater's statement (`new_lupus_activity`):

- A statement that there is none does not outweigh a descriptor that is new, or that was absent and
  is not assessed now.
- Where nobody stated anything and no descriptor can be new, the silence counts as no.
- Whether a descriptor is new that the previous visit did not assess, a statement that there is none
  decides: it counts as not new.

What counts as no is `assumed` in the component and in the result. Of two questions no source that
was read says anything, so each is a parameter of `assess`: what a first visit needs, and whether
serology alone is activity.
"""

from decimal import Decimal
from typing import Literal, get_args

from sledai.assessment import NOTHING_ASSESSED
from sledai.definitions.clauses import Limit
from sledai.descriptors import CNS_LUPUS, SEROLOGIC, Descriptor, listed
from sledai.errors import require_one_of
from sledai.indices.components import (
    GLOBAL_UNIT,
    Component,
    IndexResult,
    component,
    number_component,
    sign_component,
)
from sledai.indices.unknowns import transitions
from sledai.scoring.completions import NOTHING_RECORDED, any_present
from sledai.sources import FRANKLYN_2016, Citation, Read
from sledai.visits import Visit
from sledai.visits.visit import refuse_order, require_visit

__all__ = [
    "GLOBAL",
    "MAJOR_ORGANS",
    "MOST_TOTAL",
    "PREDNISOLONE",
    "FirstVisit",
    "NewSerology",
    "assess",
]

FirstVisit = Literal["needs a statement", "has nothing new"]
"""Whether at a visit without a previous one a rater has to state that no activity is new.

Without a previous visit nothing shows what is new, so by default the answer is not known until
somebody gives it.
"""
NewSerology = Literal["counts", "ignored"]
"""Whether low complement or increased DNA binding that is newly present is new activity by itself.

By default it is, as for every other descriptor: the score in the first item counts both, and no
visit passes by it that would fail otherwise.
"""

MOST_TOTAL = 4
"""The highest total."""
GLOBAL = Limit("physician_global", "<=", Decimal(1), GLOBAL_UNIT)
"""The global assessment that is asked for."""
PREDNISOLONE = Limit("prednisone_mg_day", "<=", Decimal("7.5"), "mg/d")
"""The dose of prednisolone that is asked for."""
MAJOR_ORGANS = CNS_LUPUS | frozenset(
    {
        Descriptor.VASCULITIS,
        Descriptor.URINARY_CASTS,
        Descriptor.HEMATURIA,
        Descriptor.PROTEINURIA,
        Descriptor.PYURIA,
        Descriptor.PLEURISY,
        Descriptor.PERICARDITIS,
        Descriptor.FEVER,
    }
)
"""Renal, central nervous system, cardiopulmonary, vasculitis and fever."""


def assess(
    previous: Visit | None,
    visit: Visit,
    *,
    new_serology: NewSerology = "counts",
    first_visit: FirstVisit = "needs a statement",
) -> IndexResult:
    """Say whether a visit is in low disease activity, with every component.

    `previous` is the visit before, None at the first. `first_visit` says what a visit without one
    needs, and `new_serology` whether low complement or increased DNA binding that is newly present
    is new activity. Prednisone counts as prednisolone, which is equivalent.

    Raises `InvalidInputError` for what is no visit, for a visit that is not after the previous, and
    for another reading.

    Source: Franklyn 2016, Table 1.

    >>> from sledai import Assessment
    >>> rash = Assessment.of(present={"rash"})
    >>> before = Visit(date="2024-02-01", assessment=rash)
    >>> now = Visit(date="2024-05-02", assessment=rash, physician_global=1.5)
    >>> result = assess(before, now)
    >>> print(result.verdict, "-", result.components[5].reason)
    not_met - physician_global 1.5 is not <= 1 on 0 to 3
    """
    for name, reading, accepted in (
        ("new_serology", new_serology, get_args(NewSerology)),
        ("first_visit", first_visit, get_args(FirstVisit)),
    ):
        require_one_of(reading, accepted, name)
    require_visit(visit)
    if previous is not None:
        refuse_order(previous, visit, "previous")
    now, total = visit.known, visit.bounds()
    present, unknown = now.present & MAJOR_ORGANS, now.not_assessed & MAJOR_ORGANS
    active = any_present(now, visit.recorded, MAJOR_ORGANS)
    organs = f"present: {listed(present)}" if present else "none present"
    if unknown and not present:
        organs = f"not assessed: {listed(unknown)}"
        if False not in active:
            organs += ", one of them present by the recorded score"
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
                {not one for one in active},
                organs,
                _item(1),
            ),
            _no("hemolytic_anemia", visit),
            _no("gastrointestinal_activity", visit),
            _new_activity(previous, visit, new_serology, first_visit),
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
    return Citation(FRANKLYN_2016, f"Table 1, item {number}", Read.IN_WORK)


def _no(field: str, visit: Visit) -> Component:
    name = field.replace("_", " ")
    return sign_component(name, f"no {name}", visit, field, _item(1), wanted=False)


def _new_by_score(previous: Visit | None, visit: Visit, counted: frozenset[Descriptor]) -> bool:
    """Whether every way in which recorded scores come about has a new descriptor."""
    if previous is None or (previous.recorded, visit.recorded) == (NOTHING_RECORDED,) * 2:
        return False
    ways = transitions(previous, visit, {"new": counted}, most_total=0)
    return all(way.new for way in ways)


def _new_activity(
    previous: Visit | None, visit: Visit, new_serology: NewSerology, first_visit: FirstVisit
) -> Component:
    now, before = visit.known, NOTHING_ASSESSED if previous is None else previous.known
    counted = frozenset(Descriptor) - (SEROLOGIC if new_serology == "ignored" else frozenset())
    new = now.present & before.absent & counted
    by_score = not new and _new_by_score(previous, visit, counted)
    may_be_new = ((now.present | now.not_assessed) - before.present) & counted
    stated = visit.new_lupus_activity
    reason = {True: "stated", False: "stated not to be there", None: "not stated"}[stated]
    answer: bool | None = True
    assumed: tuple[str, ...] = ("new_lupus_activity",) if stated is None else ()
    if new:
        reason += f", new: {listed(new)}"
    elif by_score:
        reason += ", a descriptor is new by the recorded scores"
    elif previous is None:
        reason += ", no previous visit"
        if stated is None and first_visit == "needs a statement":
            answer = None
    elif not may_be_new:
        reason += ", no descriptor is new"
    else:
        reason += f", not known: {listed(may_be_new)}"
        if stated is False and may_be_new <= before.not_assessed:
            assumed = tuple(f"new {d}" for d in Descriptor if d in may_be_new)
        else:
            answer = None
    if stated or new or by_score:
        answer = False
    not_counted = "" if counted >= SEROLOGIC else f" ({listed(SEROLOGIC)} not counted)"
    return component(
        "new activity",
        f"no new lupus activity since the previous assessment{not_counted}",
        [answer],
        f"new activity {reason}",
        _item(2),
        assumed=assumed if answer else (),
    )
