"""Each visit of a frame as plain columns: what is answered, numbers in billionths, and the day.

Whatever engine a frame is of and however its cells are written, what is made of visits sees these
columns alone. A number is held as a whole number of billionths, so that 1.3 - 0.3 is 1 on every
engine, as it is for a `Visit`. Needs the extra `frame`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, reduce
from operator import add
from typing import Any, Self

from sledai.descriptors import SEROLOGIC, Descriptor
from sledai.engines import BETWEEN
from sledai.frame.answer_columns import flag, number
from sledai.frame.descriptor_columns import DescriptorColumn
from sledai.frame.row_points import Range
from sledai.frame.three_valued import Answer
from sledai.visits.visit import BILAG, DECIMALS, RANGES

__all__ = [
    "BILLION",
    "DAY",
    "MARKED",
    "NO_END",
    "UNTIL",
    "Letter",
    "Number",
    "PlainVisits",
    "VisitView",
    "billionths",
]

BILLION = 10**DECIMALS
"""What the numbers of visits are held in parts of."""
NO_END = 10**18
"""In billionths, beyond every amount."""
DAY = f"{BETWEEN}day"
"""The day of a visit, as the days since another that is the same for all."""


_AT_BOTH = ("prednisone_mg_day", "physician_global", "hemoglobin")
"""The fields of an earlier visit that something asks for."""
MARKED = f"{BETWEEN}marked"
"""Whether a row is marked as the baseline."""
UNTIL = f"{BETWEEN}until"
"""The day up to which the last visit is the baseline."""


def billionths(number_: Decimal | Fraction | int) -> int:
    """Write a number as a whole number of billionths.

    >>> billionths(Decimal("0.5"))
    500000000
    """
    whole: int = round(Fraction(number_) * BILLION)
    return whole


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a visit in billionths: the least and the most that it can be.

    Each is an expression or, where it is the same in every row, a number.
    """

    least: Any
    most: Any


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of BILAG as its place from the most active, 0 to 4, or null; None without a column.

    What is not known can be every letter.
    """

    place: Any = None

    def within(self, first: int, last: int) -> Answer:
        """Say whether the letter is one of some that follow each other."""
        if self.place is None:
            return Answer(yes=False, no=False)
        known = ~self.place.is_null()
        is_one = (self.place >= first) & (self.place <= last)
        return Answer(known & is_one, known & ~is_one)


@dataclass(frozen=True, slots=True)
class VisitView:
    """A visit as expressions: answers, fields, letters and scores."""

    engine: Any
    answers: Mapping[Descriptor, Answer]
    signs: Mapping[str, Answer]
    numbers: Mapping[str, Number]
    letters: Mapping[str, Letter]
    total: Range
    clinical: Range
    open_of: Mapping[int, Any]

    def sign(self, name: str) -> Answer:
        """Give a sign; what the frame does not have is not known."""
        return self.signs.get(name, Answer(yes=False, no=False))

    def number(self, name: str) -> Number:
        """Give a number; what the frame does not have can be all that it may be."""
        least, most = _ends_of(name)
        return self.numbers.get(name, Number(least, most))


def _ends_of(name: str) -> tuple[int, int]:
    if name not in RANGES:
        return -NO_END, NO_END
    least, most, _ = RANGES[name]
    return billionths(least), billionths(most)


@dataclass(frozen=True)
class PlainVisits:
    """What is read of a frame: the expressions of its plain columns, and which rows are wrong.

    `columns` are to be added to the frame, then `totals`; `wrong` counts, in each row, the cells
    that are not accepted. A frame in which answers are there at every visit is computed faster.
    """

    engine: Any
    descriptors: list[DescriptorColumn]
    columns: Mapping[str, Any]
    constants: Mapping[str, Answer | Number]
    signs: frozenset[str]
    numbers: frozenset[str]
    amounts: frozenset[str]
    letters: frozenset[str]
    wrong: Any
    always: frozenset[str] = frozenset()
    """The answers that are there at every visit."""

    @cached_property
    def totals(self) -> dict[str, Any]:
        """The points that are there or can be, and by weight how many descriptors are open."""
        engine = self.engine
        asked = [d.descriptor for d in self.descriptors if d.kind is not None]
        never = [d.descriptor for d in self.descriptors if d.kind is None and d.asserted is None]
        open_ = [d for d in asked if d.value not in self.always]

        def column(name: str) -> Any:
            return engine.col(f"{BETWEEN}{name}")

        def total(start: int, amounts: Mapping[Descriptor, int], *, there: bool) -> Any:
            parts = [number(engine, start)]
            for d, points in amounts.items():
                counts = column(f"{d}_yes")
                if not there:
                    counts = ~counts & ~column(f"{d}_no")
                parts.append(flag(engine, counts, points))
            return reduce(add, parts).cast(engine.Int32)

        def points_of(
            some: Iterable[Descriptor], left_out: frozenset[Descriptor]
        ) -> dict[Descriptor, int]:
            return {d: d.weight for d in some if d not in left_out}

        made: dict[str, Any] = {}
        for prefix, left_out in (("", frozenset[Descriptor]()), ("clinical_", SEROLOGIC)):
            low = total(0, points_of(asked, left_out), there=True)
            always = sum(points_of(never, left_out).values())
            made[f"{BETWEEN}{prefix}low"] = low
            made[f"{BETWEEN}{prefix}high"] = low + total(
                always, points_of(open_, left_out), there=False
            )
        for weight in {d.weight for d in [*open_, *never]}:
            made[f"{BETWEEN}open_{weight}"] = total(
                sum(d.weight == weight for d in never),
                {d: 1 for d in open_ if d.weight == weight},
                there=False,
            )
        return made

    @property
    def names_beside(self) -> list[str]:
        """The columns that two visits are compared by."""
        asked = [d.descriptor.value for d in self.descriptors if d.kind is not None]
        names = [
            *(f"{name}_yes" for name in asked),
            *(f"{name}_no" for name in asked if name not in self.always),
            *(name for name in _AT_BOTH if name in self.numbers),
            *(f"{n}_{end}" for n in _AT_BOTH if n in self.amounts for end in ("least", "most")),
            *self.letters,
        ]
        return [*(f"{BETWEEN}{name}" for name in names), *self.totals]

    def view(self, renamed: Callable[[str], str] = str) -> VisitView:
        """Give the visits by their columns, which may have been renamed."""
        engine, totals = self.engine, self.totals

        def column(name: str) -> Any:
            return engine.col(renamed(f"{BETWEEN}{name}"))

        signs = {n: v for n, v in self.constants.items() if isinstance(v, Answer)}
        signs |= {name: self._answer(column, name) for name in self.signs}
        found = {n: v for n, v in self.constants.items() if isinstance(v, Number)}
        for name in self.numbers:
            known = ~column(name).is_null()
            least, most = (
                engine.when(known).then(column(name)).otherwise(engine.lit(end, dtype=engine.Int64))
                for end in _ends_of(name)
            )
            found[name] = Number(least, most)
        for name in self.amounts:
            found[name] = Number(column(f"{name}_least"), column(f"{name}_most"))
        return VisitView(
            engine=engine,
            answers={
                d.descriptor: Answer(yes=bool(d.asserted), no=d.asserted is False)
                if d.kind is None
                else self._answer(column, d.descriptor.value)
                for d in self.descriptors
            },
            signs=signs,
            numbers=found,
            letters={
                name: Letter(column(name) if name in self.letters else None) for name in BILAG
            },
            total=Range(column("low"), column("high")),
            clinical=Range(column("clinical_low"), column("clinical_high")),
            open_of={
                weight: column(f"open_{weight}") if f"{BETWEEN}open_{weight}" in totals else 0
                for weight in sorted({d.weight for d in Descriptor}, reverse=True)
            },
        )

    def _answer(self, column: Callable[[str], Any], name: str) -> Answer:
        yes = column(f"{name}_yes")
        if name in self.always:
            return Answer(yes, ~yes, always=True)
        return Answer(yes, column(f"{name}_no"))

    def settled(self, frame: Any) -> Self:
        """Find the answers that are there at every visit of an eager frame with the columns."""
        names = [*(d.descriptor.value for d in self.descriptors if d.kind), *self.signs]
        if not names:
            return self  # a selection of nothing has no row
        engine = self.engine
        there = frame.select(
            (engine.col(f"{BETWEEN}{name}_yes") | engine.col(f"{BETWEEN}{name}_no"))
            .all()
            .alias(name)
            for name in names
        ).row(0, named=True)
        return replace(self, always=frozenset(name for name in names if there[name]))
