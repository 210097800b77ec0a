"""Whether one weight that was counted otherwise is what most disagreements come from.

A form, a spreadsheet or a program that has one weight wrong makes every total wrong in which that
descriptor is present, and each by the same points. So it is enough to count, for each descriptor,
the visits that have it by how far their recorded scores are off; the counts of parts of a file add
up to those of the whole. Only visits whose answers are all known are counted: of another one the
computed score, and with it the difference, is not known. Needs nothing but the core.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sledai.descriptors import Descriptor
from sledai.displays import Displayed, Value
from sledai.records import FrozenDict

__all__ = ["CountedWeight", "Differences", "counted_weights"]

_LEAST_VISITS = 3
"""How many visits one weight must explain: two may be off alike by chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedWeight(Displayed):
    """A weight that a descriptor seems to have been counted with: a question, not a correction.

    With `weight` in place of the published one, `explained` of the visits whose recorded score
    `disagreeing` in all is off come out right; `having` is how many visits have the descriptor, of
    which none agrees with the published weight. Counted are visits with known answers alone.

    >>> print(CountedWeight(
    ...     descriptor=Descriptor.LUPUS_HEADACHE, weight=4, explained=4, having=4, disagreeing=5
    ... ))
    lupus_headache counted 4, not 8, in all 4 visits that have it: explains 4 of 5
    """

    descriptor: Descriptor
    weight: int
    explained: int
    having: int
    disagreeing: int

    def __str__(self) -> str:
        where = f"{self.explained} of the" if self.explained < self.having else "all"
        return (
            f"{self.descriptor} counted {self.weight}, not {self.descriptor.weight}, in {where} "
            f"{self.having} visits that have it: explains {self.explained} of {self.disagreeing}"
        )


@dataclass(frozen=True, slots=True)
class Differences(Value):
    """How far the recorded scores of visits with known answers are off, counted.

    `disagreeing` is how many of them are off at all, and `by_descriptor` says of each descriptor
    how many visits that have it are off by how many points; 0 is those that agree.
    """

    disagreeing: int = 0
    by_descriptor: Mapping[Descriptor, Mapping[float, int]] = field(
        default_factory=FrozenDict[Descriptor, Mapping[float, int]]
    )

    @classmethod
    def of(
        cls,
        agreeing: Mapping[Descriptor, int],
        disagreeing: Iterable[tuple[float, Iterable[Descriptor]]],
    ) -> "Differences":
        """Count visits that agree, by descriptor, and the others, given one by one."""
        counts = {d: Counter({0.0: n}) for d, n in agreeing.items() if n}
        number = 0
        for difference, present in disagreeing:
            number += 1
            for d in present:
                counts.setdefault(d, Counter())[difference] += 1
        return cls(number, FrozenDict({d: FrozenDict(c) for d, c in counts.items()}))

    def __add__(self, other: "Differences") -> "Differences":
        both = [*self.by_descriptor, *other.by_descriptor]
        nothing: Mapping[float, int] = {}
        return Differences(
            self.disagreeing + other.disagreeing,
            FrozenDict(
                {
                    d: FrozenDict(
                        Counter(self.by_descriptor.get(d, nothing))
                        + Counter(other.by_descriptor.get(d, nothing))
                    )
                    for d in dict.fromkeys(both)
                }
            ),
        )


def counted_weights(differences: Differences) -> tuple[CountedWeight, ...]:
    """Find the one weight that, counted otherwise, explains most of the visits that disagree.

    It explains more than half of them, three at least, and no visit that agrees has the descriptor.
    A weight is a whole number, and 0 where the descriptor was left out. There are several only
    where they explain as many visits each, so that the visits cannot tell which it was.

    >>> off = [(-4.0, [Descriptor.SEIZURE, Descriptor.RASH])] * 3
    >>> found = counted_weights(Differences.of({Descriptor.RASH: 1}, off))
    >>> print(*found)
    seizure counted 4, not 8, in all 3 visits that have it: explains 3 of 3
    """
    found = [
        CountedWeight(
            descriptor=d,
            weight=int(d.weight + points),
            explained=visits,
            having=sum(counts.values()),
            disagreeing=differences.disagreeing,
        )
        for d, counts in differences.by_descriptor.items()
        if not counts.get(0.0)
        for points, visits in counts.items()
        if visits >= _LEAST_VISITS
        and 2 * visits > differences.disagreeing
        and points.is_integer()
        and d.weight + points >= 0
    ]
    most = max((one.explained for one in found), default=0)
    ordered = sorted(found, key=lambda one: one.descriptor.number)
    return tuple(one for one in ordered if one.explained == most)
