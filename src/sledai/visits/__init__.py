"""What is known of a visit, a patient's visits in order, and what changed between two.

`Visit` and `History` stand here; `change` says what changed between two assessments, `baseline`
finds the visit against which others are held, and `windows` the one that stands for a planned one.
"""

from sledai.visits.visit import History, Visit

__all__ = ["History", "Visit"]


def __dir__() -> list[str]:
    return __all__
