"""What unknown numbers and not-assessed descriptors leave possible, in a few cases for all."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise, product
from typing import NamedTuple

from sledai.descriptors import SEROLOGIC, Descriptor
from sledai.records import FrozenDict
from sledai.scoring import MAX_TOTAL
from sledai.scoring.completions import Recorded
from sledai.visits import Visit

__all__ = ["TotalPairs", "pairs_where", "points", "transitions"]


def points(
    known: Decimal | None, least: Fraction, most: Fraction, limits: Iterable[Fraction]
) -> list[Fraction]:
    """Give a known number, or one on each limit, between each two, and at the ends of the range.

    >>> points(None, Fraction(0), Fraction(3), [Fraction(1)])
    [Fraction(0, 1), Fraction(1, 2), Fraction(1, 1), Fraction(2, 1), Fraction(3, 1)]
    """
    if known is not None:
        return [Fraction(known)]
    edges = sorted({least, most, *(limit for limit in limits if least < limit < most)})
    return sorted({*edges, *((a + b) / 2 for a, b in pairwise(edges))})


# A pair of totals, of the earlier and of the later visit, is one bit: its place is the earlier
# total, and a row more for each point of the later one. A row is longer than any total, so that no
# shift leads from one row into the next: a descriptor moves all pairs that are reached by one
# shift, and what is asked of pairs is one `&` for all.
_ROW = MAX_TOTAL + 1
_TOTALS = range(MAX_TOTAL + 1)

TotalPairs = int
"""A set of pairs of totals, of an earlier visit and of a later one; 0 is the empty set."""


def pairs_where(holds: Callable[[int, int], bool]) -> TotalPairs:
    """Give the pairs of an earlier and a later total for which something holds.

    >>> some = pairs_where(lambda earlier, later: later - earlier >= 3)
    >>> none = pairs_where(lambda earlier, later: later == earlier)
    >>> some & none, some > 0
    (0, True)
    """
    rows = (sum(1 << before for before in _TOTALS if holds(before, now)) for now in _TOTALS)
    return sum(row << _ROW * now for now, row in enumerate(rows))


def transitions(
    earlier: Visit, later: Visit, kinds: Mapping[Descriptor, frozenset[str]]
) -> Mapping[frozenset[str], TotalPairs]:
    """Give every way in which the answers of two visits, and their recorded scores, may come out.

    `kinds` names the kinds of descriptors. The ways are grouped by the kinds of which a descriptor
    is newly present, each group with its pairs of totals.

    >>> from sledai import Assessment
    >>> before = Visit(date="2024-01-16", assessment=Assessment.of())
    >>> after = Visit(date="2024-02-13", assessment=Assessment.of(not_assessed={"fever"}))
    >>> ways = transitions(before, after, {Descriptor.FEVER: frozenset({"hot"})})
    >>> rise = pairs_where(lambda earlier, later: later > earlier)
    >>> [(sorted(new), bool(pairs & rise)) for new, pairs in ways.items()]
    [([], False), (['hot'], True)]
    """
    was, now = earlier.answers.__dict__, later.answers.__dict__
    new, known, serologic = _NO_KIND, 0, 0
    open_: tuple[list[_Open], list[_Open]] = ([], [])
    for d, name, weight, is_serologic in _FORM:
        before, is_ = was[name], now[name]
        if before is None or is_ is None:
            open_[is_serologic].append(_Open(weight, kinds.get(d, _NO_KIND), before, is_))
        elif before or is_:
            place = weight * (before + _ROW * is_)
            known += place
            serologic += place * is_serologic
            new |= kinds.get(d, _NO_KIND) if is_ and not before else _NO_KIND
    clinical, others = map(tuple, open_)
    recorded = (earlier.recorded, later.recorded)
    return _reached(_Case(new, known, serologic, clinical, others, recorded))


_NO_KIND = frozenset[str]()
_FORM = tuple((d, d.value, d.weight, d in SEROLOGIC) for d in Descriptor)


class _Open(NamedTuple):
    """All that matters of a descriptor that is not known at both visits."""

    weight: int
    kinds: frozenset[str]
    before: bool | None
    now: bool | None


class _Case(NamedTuple):
    """All that matters of two visits: what is known at both, what is open, what was recorded.

    `known` is the place of the pair that the known points make, `serologic` their part in it.
    """

    new: frozenset[str]
    known: int
    serologic: int
    open_clinical: tuple[_Open, ...]
    open_serologic: tuple[_Open, ...]
    recorded: tuple[Recorded, Recorded]


@lru_cache(maxsize=512)
def _reached(case: _Case) -> Mapping[frozenset[str], TotalPairs]:
    ways = _moved({case.new: 1 << case.known}, case.open_clinical)
    # The pairs are still of clinical scores, but for the known serologic points.
    ways = _as_recorded(ways, [score.clinical for score in case.recorded], case.serologic)
    ways = _moved(ways, case.open_serologic)
    return FrozenDict(_as_recorded(ways, [score.total for score in case.recorded], 0))


_Ways = dict[frozenset[str], TotalPairs]


def _moved(ways: _Ways, open_: Iterable[_Open]) -> _Ways:
    """Let the descriptors come out in all their ways."""
    for one in open_:
        after: _Ways = {}
        steps = [*product(_answers(one.before), _answers(one.now))]
        for new, pairs in ways.items():
            for before, now in steps:
                kinds = new | one.kinds if now and not before else new
                moved = pairs << one.weight * (before + _ROW * now)
                after[kinds] = after.get(kinds, 0) | moved
        ways = after
    return ways


def _as_recorded(ways: _Ways, scores: Iterable[int | None], beside: int) -> _Ways:
    """Keep the pairs in which each visit has its recorded score, `beside` points of another."""
    now, before = divmod(beside, _ROW)
    for score, more, earlier in zip(scores, (before, now), (True, False), strict=True):
        if score is not None:
            pairs = _pairs_of(score + more, earlier=earlier)
            ways = {new: left for new, some in ways.items() if (left := some & pairs)}
    return ways


@lru_cache
def _pairs_of(total: int, *, earlier: bool) -> TotalPairs:
    return pairs_where(lambda before, now: (before if earlier else now) == total)


def _answers(answer: bool | None) -> tuple[bool, ...]:  # noqa: FBT001
    return (False, True) if answer is None else (answer,)
