"""From what was observed to the 24 descriptors, with a reason for each.

`Findings` holds what is known of a visit: signs, counts, laboratory values with units. `derive`
makes an assessment of it by a chosen edition and says for each descriptor why.
"""

from sledai.findings.derivation import (
    Derivation,
    EditionComparison,
    NotUsed,
    Reason,
    compare_editions,
    derive,
)
from sledai.findings.evaluation import Evidence
from sledai.findings.observations import Findings, LabResult

__all__ = [
    "Derivation",
    "EditionComparison",
    "Evidence",
    "Findings",
    "LabResult",
    "NotUsed",
    "Reason",
    "compare_editions",
    "derive",
]


def __dir__() -> list[str]:
    return __all__
