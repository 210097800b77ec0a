"""cCR and cCR-0: clinical remission of childhood lupus, with little prednisolone or with none.

Serology does not count; rate the descriptors by SLEDAI-2K. Of cCR-0 the abstract says that there is
no glucocorticoid, which is a dose of 0 here; all else is asked as for cCR.
Source: Clin Immunol 2024;263:110214, abstract.
"""

from decimal import Decimal
from typing import Literal, get_args

from sledai.definitions.clauses import Limit
from sledai.errors import require_one_of
from sledai.indices.components import GLOBAL_UNIT, IndexResult
from sledai.indices.requirements import (
    LimitedDose,
    LimitedNumber,
    LimitedScore,
    Requirement,
    WantedSign,
    required,
)
from sledai.sources import CHILDHOOD_REMISSION, Citation, Read
from sledai.visits import Visit

__all__ = [
    "GLOBAL",
    "NO_GLUCOCORTICOID",
    "PREDNISOLONE",
    "PREDNISOLONE_PER_KG",
    "Form",
    "assess",
    "requirements",
]

Form = Literal["cCR", "cCR-0"]
"""Remission with little prednisolone, or without any glucocorticoid."""
GLOBAL = Limit("physician_global", "<", Decimal("0.5"), GLOBAL_UNIT)
"""The global assessment that is asked for."""
PREDNISOLONE_PER_KG = Limit("prednisone_mg_day", "<=", Decimal("0.1"), "mg/kg/d")
"""The dose of prednisolone by body weight that cCR asks for."""
PREDNISOLONE = Limit("prednisone_mg_day", "<=", Decimal(5), "mg/d")
"""The dose of prednisolone that cCR asks for, whatever the weight."""
NO_GLUCOCORTICOID = Limit("prednisone_mg_day", "<=", Decimal(0), "mg/d")
"""What cCR-0 asks for: the dose stands for every glucocorticoid."""
_ABSTRACT = Citation(CHILDHOOD_REMISSION, "abstract", Read.IN_ABSTRACT)


def assess(visit: Visit, *, form: Form = "cCR") -> IndexResult:
    """Say whether a visit of a child is in clinical remission, with every component.

    `form` is "cCR", or "cCR-0" without glucocorticoid. `visit.prednisone_mg_day` counts as
    prednisolone, which is equivalent.

    Raises `InvalidInputError` for what is no visit, and for another form.

    Source: Clin Immunol 2024;263:110214, abstract.

    >>> from sledai import Assessment
    >>> quiet = Assessment.of(present={"low_complement"})
    >>> visit = Visit(date="2024-05-02", assessment=quiet, prednisone_mg_day=3, weight_kg=25)
    >>> print(assess(visit))
    cCR: not met
      clinical score: met (clinical score 0)
      physician global: undetermined (physician_global is not known)
      prednisolone by weight: not met (prednisone_mg_day 3, weight_kg 25: not <= 0.1 mg/kg/d)
      prednisolone: met (prednisone_mg_day 3 <= 5 mg/d)
      treatment: undetermined (stable_treatment: not known)
    """
    return required(form, requirements(form), None, visit)


def requirements(form: Form) -> tuple[Requirement, ...]:
    """Give what a form of remission asks for.

    Raises `InvalidInputError` for another form.

    >>> [one.statement for one in requirements("cCR-0")][2]
    'prednisone_mg_day <= 0 mg/d'
    """
    require_one_of(form, get_args(Form), "form")
    doses: dict[Form, tuple[Requirement, ...]] = {
        "cCR": (
            LimitedDose(
                name="prednisolone by weight", limit=PREDNISOLONE_PER_KG, citation=_ABSTRACT
            ),
            LimitedNumber(name="prednisolone", limit=PREDNISOLONE, citation=_ABSTRACT),
        ),
        "cCR-0": (
            LimitedNumber(name="glucocorticoid", limit=NO_GLUCOCORTICOID, citation=_ABSTRACT),
        ),
    }
    return (
        LimitedScore(
            name="clinical score",
            score="clinical SLEDAI-2K",
            most=0,
            citation=_ABSTRACT,
            clinical=True,
        ),
        LimitedNumber(name="physician global", limit=GLOBAL, citation=_ABSTRACT),
        *doses[form],
        WantedSign(
            name="treatment",
            statement="drugs stable",
            field="stable_treatment",
            citation=_ABSTRACT,
            wanted=True,
        ),
    )
