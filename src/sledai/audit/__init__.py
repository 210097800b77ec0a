"""Recorded scores against recomputed ones, and laboratory values against items.

`compare` adds to a data frame what each row says, on every engine; `audit` goes through a frame in
memory and explains what it finds. Needs the extra `frame`.
"""

from sledai.errors import extra_advice

try:
    from sledai.audit.agreement import Agreement, Check, Query, query_column
    from sledai.audit.rows import Audit, Finding, audit, compare
    from sledai.audit.weights import CountedWeight, Differences
    from sledai.codebook.lab import LAB_LIMITS
except ModuleNotFoundError as error:
    error.msg = extra_advice("sledai.audit", error.name, "frame")
    raise

__all__ = [
    "LAB_LIMITS",
    "Agreement",
    "Audit",
    "Check",
    "CountedWeight",
    "Differences",
    "Finding",
    "Query",
    "audit",
    "compare",
    "query_column",
]


def __dir__() -> list[str]:
    return __all__
