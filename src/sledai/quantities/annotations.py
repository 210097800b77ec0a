"""The annotations of units: words in braces that say of what, and change nothing.

UCUM lets any text stand there. Here the words are a closed list, since in what people write the
braces also hold what does change the amount: a multiplier, as in {K}/uL, or another unit.
"""

import re

__all__ = ["ANNOTATION", "ANNOTATIONS", "without_annotations"]

ANNOTATIONS = (
    "#",
    "cell",
    "cells",
    "platelets",
    "plt",
    "WBC",
    "RBC",
    "leukocytes",
    "erythrocytes",
    "casts",
    "seen",
    "protein",
    "total",
    "creat",
    "creatinine",
    "Farr",
    "binding",
)
"""The words that are accepted, in any case."""

_WORDS = "|".join(
    "".join(f"[{c.upper()}{c.lower()}]" if c.isalpha() else c for c in word) for word in ANNOTATIONS
)
ANNOTATION = rf"\{{(?:{_WORDS})\}}"
"""An annotation as a pattern, the same in Python and in JSON Schema."""
_ENDS_A_TERM = re.compile(rf"{ANNOTATION}(?=[/.)]|$)")  # as UCUM has it


def without_annotations(unit: str) -> str:
    """Take the annotations at the ends of terms out of a unit; others stay, and so make it unknown.

    >>> without_annotations("mg{protein}/g{creat}"), without_annotations("{K}/uL")
    ('mg/g', '{K}/uL')
    """
    return _ENDS_A_TERM.sub("", unit)
