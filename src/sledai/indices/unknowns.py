"""What unknown numbers and not-assessed descriptors leave possible, in a few cases for all."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise, product
from typing import NamedTuple

from sledai.assessment import Assessment
from sledai.descriptors import Descriptor
from sledai.scoring import MAX_TOTAL

__all__ = ["Transition", "points", "transitions"]


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


class Transition(NamedTuple):
    """One way in which the answers of two assessments may come out.

    `total` is the later one; `new` names the kinds of which a descriptor is newly present.
    """

    rise: int
    total: int
    new: frozenset[str]


def transitions(
    earlier: Assessment,
    later: Assessment,
    kinds: Mapping[str, frozenset[Descriptor]],
    *,
    most_total: int,
) -> set[Transition]:
    """Give every way in which two assessments may come out, each once.

    Totals above `most_total` are given as one more than it.

    >>> pending = Assessment.of(not_assessed={"fever"})
    >>> sorted(transitions(Assessment.of(), pending, {}, most_total=12))
    [Transition(rise=0, total=0, new=frozenset()), Transition(rise=1, total=1, new=frozenset())]
    """
    # The rises with which a total and its kinds are reached are the bits of one number, so that a
    # descriptor moves them all by two shifts: left by its points at the later visit, right by those
    # at the earlier. A rise of 0 is the bit MAX_TOTAL, so that no fall, which is 105 at most, leads
    # below the first bit and is lost.
    reached: dict[tuple[int, frozenset[str]], int] = {(0, frozenset()): 1 << MAX_TOTAL}
    for d in Descriptor:
        steps = list(product(_answers(getattr(earlier, d)), _answers(getattr(later, d))))
        of_kind = frozenset(name for name, descriptors in kinds.items() if d in descriptors)
        after: dict[tuple[int, frozenset[str]], int] = {}
        for (total, new), rises in reached.items():
            for was, is_ in steps:
                shifted = rises << d.weight * is_ >> d.weight * was
                now = min(total + d.weight * is_, most_total + 1)
                key = now, new | of_kind if is_ and not was else new
                after[key] = after.get(key, 0) | shifted
        reached = after
    return {
        Transition(place - MAX_TOTAL, total, new)
        for (total, new), rises in reached.items()
        for place in range(rises.bit_length())
        if rises >> place & 1
    }


def _answers(answer: bool | None) -> tuple[bool, ...]:  # noqa: FBT001
    return (False, True) if answer is None else (answer,)
