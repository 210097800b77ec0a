"""DORIS 2021: remission in lupus. Clinical SLEDAI 0, a low global assessment, little prednisolone.

Serology does not count. Source: van Vollenhoven 2021. The paper gives the dose of prednisolone in
two ways, "5 mg/day or less" in the abstract and "< 5" in Table 2: `prednisolone` names the one that
is used. The default is the one of the abstract, which is the one in later use.
"""

from decimal import Decimal
from typing import Literal, get_args

from sledai.definitions.clauses import Limit
from sledai.errors import require_one_of
from sledai.indices.components import GLOBAL_UNIT, IndexResult
from sledai.indices.requirements import (
    LimitedNumber,
    LimitedScore,
    Requirement,
    WantedSign,
    required,
)
from sledai.sources import DORIS_2021, Citation, Read
from sledai.visits import Visit

__all__ = ["GLOBAL", "PREDNISOLONE_MG_DAY", "Prednisolone", "assess", "requirements"]

Prednisolone = Literal["<=", "<"]
"""How a dose of prednisolone is held against the limit."""
GLOBAL = Limit("physician_global", "<", Decimal("0.5"), GLOBAL_UNIT)
"""The global assessment that is asked for."""
PREDNISOLONE_MG_DAY = Decimal(5)
"""The dose of prednisolone that is the limit, in mg a day."""
_ABSTRACT = Citation(DORIS_2021, "abstract, results", Read.IN_ABSTRACT)
_TABLE = Citation(DORIS_2021, "Table 2, final recommendation", Read.IN_WORK)


def assess(visit: Visit, *, prednisolone: Prednisolone = "<=") -> IndexResult:
    """Say whether a visit is in remission by DORIS 2021, with every component.

    `visit.prednisone_mg_day` counts as prednisolone, which is equivalent. `prednisolone="<"` asks
    for less than 5 mg a day, as Table 2 of the paper does, instead of 5 at most.

    Raises `InvalidInputError` for what is no visit, and for another reading.

    Source: van Vollenhoven 2021 (DORIS), abstract.

    >>> from sledai import Assessment
    >>> quiet = Assessment.of(present={"low_complement"})
    >>> visit = Visit(date="2024-05-02", assessment=quiet, physician_global=0.3)
    >>> print(assess(visit))
    DORIS 2021: undetermined
      clinical score: met (clinical score 0)
      physician global: met (physician_global 0.3 < 0.5 on 0 to 3)
      prednisolone: undetermined (prednisone_mg_day is not known)
      treatment: undetermined (stable_treatment: not known)
    """
    return required("DORIS 2021", requirements(prednisolone=prednisolone), None, visit)


def requirements(*, prednisolone: Prednisolone = "<=") -> tuple[Requirement, ...]:
    """Give what the state asks for; the parameter, and what is raised, are those of `assess`.

    >>> [one.statement for one in requirements(prednisolone="<")][2]
    'prednisone_mg_day < 5 mg/d'
    """
    require_one_of(prednisolone, get_args(Prednisolone), "prednisolone")
    return (
        LimitedScore(
            name="clinical score",
            score="clinical SLEDAI",
            most=0,
            citation=_ABSTRACT,
            clinical=True,
        ),
        LimitedNumber(name="physician global", limit=GLOBAL, citation=_ABSTRACT),
        LimitedNumber(
            name="prednisolone",
            limit=Limit("prednisone_mg_day", prednisolone, PREDNISOLONE_MG_DAY, "mg/d"),
            citation=_ABSTRACT if prednisolone == "<=" else _TABLE,
        ),
        WantedSign(
            name="treatment",
            statement="antimalarials, immunosuppressants and biologics stable",
            field="stable_treatment",
            citation=_ABSTRACT,
            wanted=True,
        ),
    )
