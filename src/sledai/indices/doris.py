"""DORIS 2021: remission in lupus. Clinical SLEDAI 0, a low global assessment, little prednisolone.

Serology does not count. Source: van Vollenhoven 2021. The paper gives the dose of prednisolone in
two ways, "5 mg/day or less" in the abstract and "< 5" in Table 2: `prednisolone` names the one that
is used. The default is the one of the abstract, which is the one in later use.
"""

from decimal import Decimal
from typing import Literal, get_args

from sledai.definitions.clauses import Limit
from sledai.errors import require_one_of
from sledai.indices.components import (
    GLOBAL_UNIT,
    IndexResult,
    component,
    number_component,
    sign_component,
)
from sledai.sources import DORIS_2021, Citation, Read
from sledai.visits import Visit
from sledai.visits.visit import require_visit

__all__ = ["GLOBAL", "PREDNISOLONE_MG_DAY", "Prednisolone", "assess"]

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
    require_visit(visit)
    require_one_of(prednisolone, get_args(Prednisolone), "prednisolone")
    clinical = visit.bounds(clinical=True)
    dose = Limit("prednisone_mg_day", prednisolone, PREDNISOLONE_MG_DAY, "mg/d")
    return IndexResult(
        name="DORIS 2021",
        components=(
            component(
                "clinical score",
                "clinical SLEDAI = 0",
                {clinical.low == 0, clinical.high == 0},
                f"clinical score {clinical}",
                _ABSTRACT,
            ),
            number_component("physician global", visit, GLOBAL, _ABSTRACT),
            number_component(
                "prednisolone", visit, dose, _ABSTRACT if prednisolone == "<=" else _TABLE
            ),
            sign_component(
                "treatment",
                "antimalarials, immunosuppressants and biologics stable",
                visit,
                "stable_treatment",
                _ABSTRACT,
                wanted=True,
            ),
        ),
    )
