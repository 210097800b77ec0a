"""DORIS 2017: the earlier forms of remission, on treatment and complete.

Remission on treatment asks for a clinical SLEDAI of 0, a low global assessment and little
prednisone. Complete remission asks for no serologic activity, no glucocorticoid and no
immunosuppressant beside; as a clinical score of 0 without serologic activity is a total of 0, it is
asked so. Source: DORIS 2017, as table 1 of PMC7719036 prints it; the work itself was not read.
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
from sledai.sources import DORIS_2017, Citation, Read
from sledai.visits import Visit

__all__ = ["GLOBAL", "NO_GLUCOCORTICOID", "PREDNISONE", "Form", "assess", "requirements"]

Form = Literal["on treatment", "complete"]
"""Remission on treatment, or complete: without serologic activity and treatment."""
GLOBAL = Limit("physician_global", "<=", Decimal("0.5"), GLOBAL_UNIT)
"""The global assessment that is asked for."""
PREDNISONE = Limit("prednisone_mg_day", "<=", Decimal(5), "mg/d")
"""The dose of prednisone that remission on treatment asks for."""
NO_GLUCOCORTICOID = Limit("prednisone_mg_day", "<=", Decimal(0), "mg/d")
"""What complete remission asks for: the dose stands for every glucocorticoid."""
_TABLE = Citation(
    DORIS_2017, "definitions of remission", Read.IN_REPRODUCTION, "PMC7719036, table 1"
)


def assess(visit: Visit, *, form: Form) -> IndexResult:
    """Say whether a visit is in remission by DORIS 2017, with every component.

    `form` is "on treatment" or "complete".

    Raises `InvalidInputError` for what is no visit, and for another form.

    Source: DORIS 2017, as reproduced in PMC7719036, table 1.

    >>> from sledai import Assessment
    >>> quiet = Assessment.of(present={"low_complement"})
    >>> visit = Visit(date="2024-05-02", assessment=quiet, physician_global=0.5)
    >>> print(assess(visit, form="complete"))
    DORIS 2017 complete: not met
      score: not met (total 2)
      physician global: met (physician_global 0.5 <= 0.5 on 0 to 3)
      glucocorticoid: undetermined (prednisone_mg_day is not known)
      immunosuppressant: undetermined (on_immunosuppressant: not known)
    """
    return required(f"DORIS 2017 {form}", requirements(form), None, visit)


def requirements(form: Form) -> tuple[Requirement, ...]:
    """Give what a form of remission asks for.

    Raises `InvalidInputError` for another form.

    >>> [one.statement for one in requirements("on treatment")][2]
    'prednisone_mg_day <= 5 mg/d'
    """
    require_one_of(form, get_args(Form), "form")
    low_global = LimitedNumber(name="physician global", limit=GLOBAL, citation=_TABLE)
    if form == "on treatment":
        return (
            LimitedScore(
                name="clinical score",
                score="clinical SLEDAI",
                most=0,
                citation=_TABLE,
                clinical=True,
            ),
            low_global,
            LimitedNumber(name="prednisone", limit=PREDNISONE, citation=_TABLE),
        )
    return (
        LimitedScore(name="score", score="SLEDAI, serology included,", most=0, citation=_TABLE),
        low_global,
        LimitedNumber(name="glucocorticoid", limit=NO_GLUCOCORTICOID, citation=_TABLE),
        WantedSign(
            name="immunosuppressant",
            statement="no immunosuppressant",
            field="on_immunosuppressant",
            citation=_TABLE,
            wanted=False,
        ),
    )
