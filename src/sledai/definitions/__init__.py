"""What each descriptor means, by edition of the instrument, in our own words.

The editions share the 24 descriptors and their weights and differ in wording. A number that a
definition turns on stands in a `Limit`, and the sentence is made from it.

One module per edition: `sledai.definitions.selena`.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from sledai.sources import BOMBARDIER_1992, Citation

__all__ = ["OBSERVATION_WINDOW", "Definition", "Edition", "Limit", "ObservationWindow"]


class Edition(StrEnum):
    """A published wording of the 24 descriptors."""

    SLEDAI_1992 = "SLEDAI 1992"
    SELENA = "SELENA-SLEDAI"
    SLEDAI_2K = "SLEDAI-2K"


@dataclass(frozen=True, slots=True)
class Limit:
    """A number that a definition turns on: what is measured, operator, value and unit.

    >>> str(Limit("temperature", ">", Decimal(38), "degrees C"))
    '> 38 degrees C'
    """

    quantity: str
    operator: Literal["<", "<=", ">", ">="]
    value: Decimal
    unit: str

    def __str__(self) -> str:
        return f"{self.operator} {self.value:,} {self.unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """The paraphrased definition of one descriptor in one edition.

    `wording` holds a `{}` for each of `limits`, in order. `unverified` names the part of the
    wording that no readable publication confirmed; it is empty where all of it is confirmed.
    """

    wording: str
    limits: tuple[Limit, ...] = ()
    citation: Citation
    unverified: str = ""

    @property
    def text(self) -> str:
        """The definition as a sentence, its limits filled in."""
        return self.wording.format(*self.limits)


@dataclass(frozen=True, slots=True)
class ObservationWindow:
    """How long before the visit a descriptor still counts, in all editions.

    >>> print(OBSERVATION_WINDOW)
    present at the visit or in the 10 days before it, and due to lupus
    """

    days: int
    citation: Citation

    def __str__(self) -> str:
        return f"present at the visit or in the {self.days} days before it, and due to lupus"


OBSERVATION_WINDOW = ObservationWindow(10, Citation(BOMBARDIER_1992, "head of the form"))
