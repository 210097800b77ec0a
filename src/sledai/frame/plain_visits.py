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
_BITS = 50
"""How many answers are packed into a number: a float holds whole numbers of 53 bits exactly."""
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

    @property
    def known(self) -> Any:
        """Whether every descriptor was assessed: no points are open."""
        return self.total.low == self.total.high

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

    `columns` are to be added to the frame, then `totals` and, in place of the columns of answers,
    `bits`; `wrong` counts, in each row, the cells that are not accepted. A frame in which answers
    are there at every visit is computed faster.
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

        def points(some: Iterable[Descriptor]) -> Any:
            there = (flag(engine, column(f"{d}_yes"), d.weight) for d in some)
            return reduce(add, there, number(engine, 0)).cast(engine.Int32)

        def count(some: Iterable[Descriptor], always: int) -> Any:
            unknown = (flag(engine, ~column(f"{d}_yes") & ~column(f"{d}_no")) for d in some)
            return reduce(add, unknown, number(engine, always)).cast(engine.Int32)

        made: dict[str, Any] = {}
        low: list[Any] = []
        slack: list[Any] = []
        counts: dict[int, list[Any]] = {}
        for prefix, serologic in (("clinical_", False), ("", True)):
            low.append(points(d for d in asked if (d in SEROLOGIC) is serologic))
            can_be = [d for d in [*open_, *never] if (d in SEROLOGIC) is serologic]
            for weight in sorted({d.weight for d in can_be}):
                some = [d for d in can_be if d.weight == weight]
                counted = count((d for d in some if d in open_), sum(d in never for d in some))
                counts.setdefault(weight, []).append(counted)
                slack.append(counted * weight)
            made[f"{BETWEEN}{prefix}low"] = reduce(add, low)
            made[f"{BETWEEN}{prefix}high"] = reduce(add, [*low, *slack])
        made |= {f"{BETWEEN}open_{weight}": reduce(add, some) for weight, some in counts.items()}
        return made

    @cached_property
    def bits(self) -> dict[str, Any]:
        """The answers packed, where an engine sorts all columns of a frame to find visits before.

        Polars takes the answers as they are.
        """
        engine, made = self.engine, dict[str, list[Any]]()
        for name, (pack, place) in self._places.items():
            bit, none = (engine.lit(one, dtype=engine.Float64) for one in (1 << place, 0))
            so = engine.when(engine.col(f"{BETWEEN}{name}")).then(bit).otherwise(none)
            made.setdefault(f"{BETWEEN}{pack}", []).append(so)
        return {name: reduce(add, parts) for name, parts in made.items()}

    def unpacked(self, renamed: Callable[[str], str] | None = None) -> dict[str, Any]:
        """Give the answers that were packed, or those of another visit, whose names say so."""
        made: dict[str, Any] = {}
        packs = self.bits if renamed is None else self.names_beside
        for name, (pack, place) in self._places.items():
            if f"{BETWEEN}{pack}" in packs:
                called, held = ((renamed or str)(f"{BETWEEN}{one}") for one in (name, pack))
                part = self.engine.col(held) / (2 << place)
                made[called] = part - part.floor() >= 1 / 2  # the bit is the first of the fraction
        return made

    @cached_property
    def _places(self) -> dict[str, tuple[str, int]]:
        """The pack of each answer and its place there; what two visits are compared by is apart."""
        if self.engine.__name__ == "polars":
            return {}
        return {
            name: (f"{pack}_{number_ // _BITS}", number_ % _BITS)
            for pack, answers in (("answers", self._asked), ("signs", sorted(self.signs)))
            for number_, name in enumerate(f"{a}_{said}" for a in answers for said in ("yes", "no"))
        }

    @property
    def _asked(self) -> list[str]:
        return [d.descriptor.value for d in self.descriptors if d.kind is not None]

    @property
    def names_unpacked(self) -> list[str]:
        """The columns that are of use when `bits` and `totals` are there."""
        packed = {f"{BETWEEN}{name}" for name in self._places}
        return [name for name in self.columns if name not in packed]

    @property
    def names_beside(self) -> list[str]:
        """The columns that two visits are compared by."""
        answers = [
            *(f"{name}_yes" for name in self._asked),
            *(f"{name}_no" for name in self._asked if name not in self.always),
        ]
        if self._places:
            answers = list(dict.fromkeys(self._places[name][0] for name in answers))
        names = [
            *answers,
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
