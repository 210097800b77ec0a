"""cLLDAS: the low disease activity state of childhood lupus. That of adults, with a dose by weight.

Rate the descriptors by SLEDAI-2K. The abstract names "no major organ activity" and no organs: they
are those of LLDAS here, hemolytic anemia and gastrointestinal activity among them. What is new
activity is read as for LLDAS too. Source: PMID 36934849, abstract.
"""

from decimal import Decimal

from sledai.definitions.clauses import Limit
from sledai.indices.components import GLOBAL_UNIT, IndexResult
from sledai.indices.lldas import MAJOR_ORGANS
from sledai.indices.requirements import (
    FirstVisit,
    LimitedDose,
    LimitedNumber,
    LimitedScore,
    NewSerology,
    NoneOf,
    NothingNew,
    Requirement,
    WantedSign,
    required,
)
from sledai.sources import CLLDAS, Citation, Read
from sledai.visits import Visit

__all__ = [
    "GLOBAL",
    "PREDNISOLONE",
    "PREDNISOLONE_PER_KG",
    "assess",
    "requirements",
]

GLOBAL = Limit("physician_global", "<=", Decimal(1), GLOBAL_UNIT)
"""The global assessment that is asked for."""
PREDNISOLONE_PER_KG = Limit("prednisone_mg_day", "<=", Decimal("0.15"), "mg/kg/d")
"""The dose of prednisolone by body weight that is asked for."""
PREDNISOLONE = Limit("prednisone_mg_day", "<=", Decimal("7.5"), "mg/d")
"""The dose of prednisolone that is asked for, whatever the weight."""
_ABSTRACT = Citation(CLLDAS, "abstract", Read.IN_ABSTRACT)
_ORGANS = Citation(CLLDAS, "abstract, major organs read as those of LLDAS", Read.IN_ABSTRACT)


def assess(
    previous: Visit | None,
    visit: Visit,
    *,
    new_serology: NewSerology = "counts",
    first_visit: FirstVisit = "needs a statement",
) -> IndexResult:
    """Say whether a visit of a child is in low disease activity, with every component.

    `previous` is the visit before, None at the first; the parameters are those of
    `sledai.indices.lldas.assess`. Prednisone counts as prednisolone, which is equivalent.

    Raises `InvalidInputError` for what is no visit, for a visit that is not after the previous, and
    for another reading.

    Source: PMID 36934849, abstract.

    >>> from sledai import Assessment
    >>> rash = Assessment.of(present={"rash"})
    >>> now = Visit(date="2024-05-02", assessment=rash, prednisone_mg_day=5, weight_kg=30)
    >>> print(assess(None, now).components[6])
    prednisolone by weight: not met (prednisone_mg_day 5, weight_kg 30: not <= 0.15 mg/kg/d)
    """
    asked = requirements(new_serology=new_serology, first_visit=first_visit)
    return required("cLLDAS", asked, previous, visit)


def requirements(
    *, new_serology: NewSerology = "counts", first_visit: FirstVisit = "needs a statement"
) -> tuple[Requirement, ...]:
    """Give what the state asks for; the parameters, and what is raised, are those of `assess`.

    >>> [one.statement for one in requirements() if one.name.startswith("prednisolone")]
    ['prednisone_mg_day <= 0.15 mg/kg/d', 'prednisone_mg_day <= 7.5 mg/d']
    """
    return (
        LimitedScore(name="score", score="SLEDAI-2K", most=4, citation=_ABSTRACT),
        NoneOf(name="major organs", descriptors=MAJOR_ORGANS, citation=_ORGANS),
        _no("hemolytic_anemia"),
        _no("gastrointestinal_activity"),
        NothingNew(
            name="new activity",
            citation=_ABSTRACT,
            new_serology=new_serology,
            first_visit=first_visit,
        ),
        LimitedNumber(name="physician global", limit=GLOBAL, citation=_ABSTRACT),
        LimitedDose(name="prednisolone by weight", limit=PREDNISOLONE_PER_KG, citation=_ABSTRACT),
        LimitedNumber(name="prednisolone", limit=PREDNISOLONE, citation=_ABSTRACT),
        WantedSign(
            name="treatment",
            statement="drugs stable",
            field="stable_treatment",
            citation=_ABSTRACT,
            wanted=True,
        ),
    )


def _no(field: str) -> WantedSign:
    name = field.replace("_", " ")
    return WantedSign(
        name=name, statement=f"no {name}", field=field, citation=_ORGANS, wanted=False
    )
