"""LLDAS: the lupus low disease activity state. Five items, of which each is needed.

The score is a SLEDAI-2K: rate the descriptors by that edition. Hemolytic anemia and
gastrointestinal activity are answers of their own, since no descriptor sees them.
Source: Franklyn 2016, Table 1.

What counts as new activity since the previous assessment, the paper leaves to the rater. How it is
read here stands with `sledai.indices.requirements.NothingNew`. What counts as no is `assumed` in
the component and in the result. Of two questions no source that was read says anything, so each is
a parameter of `assess`: what a first visit needs, and whether serology alone is activity.
"""

from decimal import Decimal
from functools import cache

from sledai.definitions.clauses import Limit
from sledai.descriptors import CNS_LUPUS, Descriptor
from sledai.indices.components import GLOBAL_UNIT, IndexResult
from sledai.indices.requirements import (
    FirstVisit,
    LimitedNumber,
    LimitedScore,
    NewSerology,
    NoneOf,
    NothingNew,
    Requirement,
    WantedSign,
    required,
)
from sledai.sources import FRANKLYN_2016, Citation, Read
from sledai.visits import Visit

__all__ = ["GLOBAL", "MAJOR_ORGANS", "MOST_TOTAL", "PREDNISOLONE", "assess", "requirements"]

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
    asked = requirements(new_serology=new_serology, first_visit=first_visit)
    return required("LLDAS", asked, previous, visit)


def requirements(
    *, new_serology: NewSerology = "counts", first_visit: FirstVisit = "needs a statement"
) -> tuple[Requirement, ...]:
    """Give what the state asks for; the parameters, and what is raised, are those of `assess`.

    >>> [one.name for one in requirements()][:2]
    ['score', 'major organs']
    """
    return (
        LimitedScore(name="score", score="SLEDAI-2K", most=MOST_TOTAL, citation=_item(1)),
        NoneOf(name="major organs", descriptors=MAJOR_ORGANS, citation=_item(1)),
        _no("hemolytic_anemia"),
        _no("gastrointestinal_activity"),
        NothingNew(
            name="new activity",
            citation=_item(2),
            new_serology=new_serology,
            first_visit=first_visit,
        ),
        LimitedNumber(name="physician global", limit=GLOBAL, citation=_item(3)),
        LimitedNumber(name="prednisolone", limit=PREDNISOLONE, citation=_item(4)),
        WantedSign(
            name="maintenance",
            statement="well tolerated standard maintenance doses, no investigational drug",
            field="maintenance_doses",
            citation=_item(5),
            wanted=True,
        ),
    )


@cache
def _item(number: int) -> Citation:
    return Citation(FRANKLYN_2016, f"Table 1, item {number}", Read.IN_WORK)


def _no(field: str) -> WantedSign:
    name = field.replace("_", " ")
    return WantedSign(
        name=name, statement=f"no {name}", field=field, citation=_item(1), wanted=False
    )
