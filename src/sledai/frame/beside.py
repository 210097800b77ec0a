"""A visit beside the one before it, as expressions: what changed, by descriptor and in points.

Needs the extra `frame`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

from sledai.descriptors import Descriptor
from sledai.frame.names_listed import joined, names_listed, packed, taken
from sledai.frame.plain_visits import VisitView
from sledai.frame.row_points import Kept, reaches
from sledai.frame.three_valued import all_of, any_of, negated
from sledai.scoring import MAX_TOTAL
from sledai.visits.change import PERSISTENT_WITHIN, ChangeClass

__all__ = ["Beside", "change_columns", "chosen_of", "listed_if"]

_OR = " or "


@dataclass(frozen=True, slots=True)
class Beside:
    """A visit `now` and the one `before`; `first` tells that there is none before.

    What is said of `before` at a first visit means nothing.
    """

    engine: Any
    now: VisitView
    before: VisitView
    first: Any
    kept: Kept

    def is_new(self, descriptor: Descriptor) -> Any:
        """Say whether a descriptor is newly present for certain."""
        return all_of(self.now.answers[descriptor].yes, self.before.answers[descriptor].no)

    def can_be_new(self, descriptor: Descriptor) -> Any:
        """Say whether a descriptor can be newly present."""
        now, before = self.now.answers[descriptor], self.before.answers[descriptor]
        return all_of(negated(now.no), negated(before.yes))

    def is_resolved(self, descriptor: Descriptor) -> Any:
        """Say whether a descriptor was present and is absent for certain."""
        return all_of(self.now.answers[descriptor].no, self.before.answers[descriptor].yes)

    @property
    def least_rise(self) -> Any:
        """The lowest change of the total."""
        return self.now.total.low - self.before.total.high

    @property
    def most_rise(self) -> Any:
        """The highest change of the total."""
        return self.now.total.high - self.before.total.low

    @property
    def known(self) -> Any:
        """Whether every descriptor was assessed at both visits, or there is none before."""
        return self.first | (self.now.known & self.before.known)

    def unless(self, condition: Any, simple: Any, value: Any) -> Any:
        """Give a value that is a simple one where a condition holds.

        Engines other than polars evaluate it then for the rest of the rows alone.
        """
        if self.engine.__name__ == "polars" or condition is True or isinstance(value, bool | int):
            return value
        if isinstance(simple, bool | int | str):
            simple = self.engine.lit(simple)
        return self.engine.when(condition).then(simple).otherwise(value)

    def unless_first(self, value: Any) -> Any:
        """Give a value that a first visit does not have."""
        return self.engine.when(~self.first).then(value)


def change_columns(beside: Beside) -> dict[str, Any]:
    """Give the columns of the change since the visit before."""
    return {
        "sledai_change_low": beside.unless_first(beside.least_rise),
        "sledai_change_high": beside.unless_first(beside.most_rise),
        "sledai_class": beside.unless_first(_classes(beside)),
        "sledai_new": listed_if(beside, beside.is_new),
        "sledai_resolved": listed_if(beside, beside.is_resolved),
    }


def listed_if(beside: Beside, is_so: Callable[[Descriptor], Any]) -> Any:
    """List the descriptors of which something is so; null at a first visit."""
    which = {d.value: is_so(d) for d in Descriptor}
    return beside.unless_first(names_listed(beside.engine, which))


def _classes(beside: Beside) -> Any:
    """Say which classes of change are possible."""
    now, before, engine = beside.now, beside.before, beside.engine
    within, keep = PERSISTENT_WITHIN, beside.kept.keep
    can_be_none = keep(0, now.total.low == 0)
    gap, both = beside.least_rise, _counts(now.open_of, before.open_of)

    def near(low: Any, open_of: Mapping[int, Any]) -> Any:
        return reaches(low, open_of, -within, within, least=-MAX_TOTAL)

    # A total that is not 0 has a point for certain, or one of the open descriptors is present.
    improves = [all_of(now.total.low > 0, before.total.high - now.total.low > within)]
    persists = [all_of(now.total.low > 0, near(gap, both))]
    known_to_persist = all_of(now.total.low > 0, gap >= -within, gap <= within)
    for weight, count in now.open_of.items():
        if isinstance(count, int):  # none, in any row
            continue
        one = all_of(can_be_none, count > 0)
        improves.append(all_of(one, before.total.high - weight > within))
        others = {**both, weight: both[weight] - 1}
        persists.append(all_of(one, near(gap + weight, others)))
    possible = {
        ChangeClass.REMISSION: can_be_none,
        ChangeClass.FLARE: beside.most_rise > within,
        ChangeClass.IMPROVEMENT: beside.unless(beside.known, improves[0], any_of(*improves)),
        ChangeClass.PERSISTENT: beside.unless(beside.known, known_to_persist, any_of(*persists)),
    }
    return chosen_of(engine, {one.value: keep(1, possible[one]) for one in sorted(possible)})


def _counts(*several: Mapping[int, Any]) -> dict[int, Any]:
    return {weight: reduce(add, (one[weight] for one in several)) for weight in several[0]}


def chosen_of(engine: Any, conditions: Mapping[str, Any]) -> Any:
    """Join by "or" the texts of which the conditions hold; one of them does."""
    if engine.__name__ != "polars":
        return joined(engine, conditions, _OR)
    texts = [
        _OR.join(name for place, name in enumerate(conditions) if code >> place & 1)
        for code in range(1 << len(conditions))
    ]
    return taken(engine, texts, packed(engine, conditions.values()))
