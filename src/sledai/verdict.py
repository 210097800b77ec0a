"""The three answers to a yes/no question about an assessment with unknowns."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Never

__all__ = ["Verdict"]


class Verdict(StrEnum):
    """MET or NOT_MET when every completion agrees, UNDETERMINED when they do not.

    A verdict has no truth value: `if verdict:` would take all three for true.

    >>> Verdict.MET
    <Verdict.MET: 'met'>
    >>> bool(Verdict.NOT_MET)
    Traceback (most recent call last):
    TypeError: a Verdict has three values: compare it, as in `verdict is Verdict.MET`
    """

    MET = "met"
    NOT_MET = "not_met"
    UNDETERMINED = "undetermined"

    @classmethod
    def of_all(cls, verdicts: Iterable["Verdict"]) -> "Verdict":
        """Return the verdict on all of some questions whose answers do not depend on each other.

        >>> Verdict.of_all([Verdict.MET, Verdict.UNDETERMINED])
        <Verdict.UNDETERMINED: 'undetermined'>
        """
        found = set(verdicts)
        if cls.NOT_MET in found:
            return cls.NOT_MET
        return cls.UNDETERMINED if cls.UNDETERMINED in found else cls.MET

    def __bool__(self) -> Never:
        """Refuse a truth value."""
        raise TypeError("a Verdict has three values: compare it, as in `verdict is Verdict.MET`")
