"""Disease control, the outcome of BLISS-BELIEVE: a low SLEDAI-2K on little prednisone alone.

Rate the descriptors by SLEDAI-2K. Source: registry record NCT03312907.
"""

from decimal import Decimal

from sledai.definitions.clauses import Limit
from sledai.indices.components import IndexResult
from sledai.indices.requirements import (
    LimitedNumber,
    LimitedScore,
    Requirement,
    WantedSign,
    required,
)
from sledai.sources import BLISS_BELIEVE, Citation, Read
from sledai.visits import Visit

__all__ = ["MOST_TOTAL", "PREDNISONE", "assess", "requirements"]

MOST_TOTAL = 2
"""The highest total."""
PREDNISONE = Limit("prednisone_mg_day", "<=", Decimal(5), "mg/d")
"""The dose of prednisone that is asked for."""
_RECORD = Citation(BLISS_BELIEVE, "disease control among the outcomes", Read.IN_WORK)


def assess(visit: Visit) -> IndexResult:
    """Say whether disease is under control at a visit, with every component.

    Raises `InvalidInputError` for what is no visit.

    Source: registry record NCT03312907.

    >>> visit = Visit(date="2024-05-02", total_score=2, on_immunosuppressant=True)
    >>> print(assess(visit))
    disease control: not met
      score: met (total 2)
      immunosuppressant: not met (on_immunosuppressant: yes)
      prednisone: undetermined (prednisone_mg_day is not known)
    """
    return required("disease control", requirements(), None, visit)


def requirements() -> tuple[Requirement, ...]:
    """Give what the state asks for.

    >>> [one.statement for one in requirements()]
    ['SLEDAI-2K <= 2', 'no immunosuppressant', 'prednisone_mg_day <= 5 mg/d']
    """
    return (
        LimitedScore(name="score", score="SLEDAI-2K", most=MOST_TOTAL, citation=_RECORD),
        WantedSign(
            name="immunosuppressant",
            statement="no immunosuppressant",
            field="on_immunosuppressant",
            citation=_RECORD,
            wanted=False,
        ),
        LimitedNumber(name="prednisone", limit=PREDNISONE, citation=_RECORD),
    )
