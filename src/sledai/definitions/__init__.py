"""What each descriptor means, by edition of the instrument, in our own words.

The editions share the 24 descriptors and their weights and differ in wording. Each definition is
both a sentence and a rule made of clauses; a number that it turns on stands in the rule, and the
sentence is made from it.

One module per edition: `sledai_1992`, `selena`, `sledai_2k` and `hybrid`; `editions` has them all.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated, Self

from pydantic import PlainSerializer

from sledai.definitions.clauses import Clause, Limit, findings_of, limits_of
from sledai.displays import Displayed, Table
from sledai.sources import BOMBARDIER_1992, TOUMA_2010, Citation, Read, Source

__all__ = [
    "LONGER_WINDOW",
    "OBSERVATION_WINDOW",
    "Definition",
    "Edition",
    "Limit",
    "ObservationWindow",
]


def __dir__() -> list[str]:
    return __all__


class Edition(StrEnum):
    """A published wording of the 24 descriptors.

    `HYBRID` is the SELENA-SLEDAI with proteinuria scored as in SLEDAI-2K.
    """

    SLEDAI_1992 = "SLEDAI 1992"
    SELENA = "SELENA-SLEDAI"
    HYBRID = "SELENA-SLEDAI hybrid"
    SLEDAI_2K = "SLEDAI-2K"


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition(Displayed):
    """The paraphrased definition of one descriptor in one edition.

    `wording` holds a `{}` for each limit of the `rule`, in order. `exclusions` are the other
    causes that the wording names: a finding that is due to one of them does not count.
    `unverified` names the part of the wording that is in doubt, and why; it is empty where none is.
    `reading` is what this library makes of words that leave something open. Written by pydantic,
    the rule is its text, in which the kinds of clauses are told apart.
    """

    wording: str
    rule: Annotated[Clause, PlainSerializer(str, return_type=str)]
    exclusions: tuple[str, ...] = ()
    citation: Citation
    unverified: str = ""
    reading: str = ""

    @property
    def limits(self) -> tuple[Limit, ...]:
        """The numbers that it turns on, with operator and unit."""
        return tuple(limits_of(self.rule))

    @property
    def findings(self) -> tuple[str, ...]:
        """The findings that it asks for, each once."""
        return tuple(dict.fromkeys(findings_of(self.rule)))

    @property
    def text(self) -> str:
        """The definition as sentences, its limits and exclusions filled in."""
        text = self.wording.format(*self.limits)
        return f"{text} Not from {_listed(self.exclusions)}." if self.exclusions else text

    def __str__(self) -> str:
        return self.text

    def _tables(self) -> Iterable[Table]:
        rows: list[tuple[str, object]] = [
            ("definition", self.text),
            ("asked", str(self.rule)),
            ("source", self.citation),
            ("in doubt", self.unverified),
            ("reading", self.reading),
        ]
        yield Table(("field", "value"), [row for row in rows if row[1]])

    def reworded(
        self,
        source: Source,
        read_in: str,
        wording: str = "",
        rule: Clause | None = None,
        *,
        also_not_from: tuple[str, ...] = (),
        unverified: str = "",
    ) -> Self:
        """Give the definition as a later edition has it; what is not given stays.

        `read_in` names the reproduction of the source that was read; without one none was. Another
        wording or rule takes its own reading.
        """
        read = Read.IN_REPRODUCTION if read_in else Read.NOT_READ
        return replace(
            self,
            wording=wording or self.wording,
            rule=rule or self.rule,
            exclusions=self.exclusions + also_not_from,
            citation=Citation(source, self.citation.locator, read, read_in),
            unverified=unverified,
            reading="" if rule else self.reading,
        )


def _listed(exclusions: tuple[str, ...]) -> str:
    *others, last = exclusions
    return f"{', '.join(others)} or {last}" if others else last


@dataclass(frozen=True, slots=True)
class ObservationWindow(Displayed):
    """How long before the visit a descriptor still counts.

    >>> print(OBSERVATION_WINDOW)
    present at the visit or in the 10 days before it, and due to lupus
    """

    days: int
    citation: Citation

    def __str__(self) -> str:
        return f"present at the visit or in the {self.days} days before it, and due to lupus"


OBSERVATION_WINDOW = ObservationWindow(
    10,
    Citation(BOMBARDIER_1992, "head of the form", Read.IN_REPRODUCTION, "medicalcriteria.com"),
)
"""The window of all editions."""

LONGER_WINDOW = ObservationWindow(30, Citation(TOUMA_2010, "abstract", Read.IN_ABSTRACT))
"""The window of SLEDAI-2K that was compared with the usual one; a choice to be stated."""
