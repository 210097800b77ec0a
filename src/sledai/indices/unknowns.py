"""What unknown numbers and not-assessed descriptors leave possible, in a few cases for all."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise, product
from typing import NamedTuple

from sledai.descriptors import SEROLOGIC, Descriptor
from sledai.scoring import MAX_TOTAL
from sledai.scoring.completions import NOTHING_RECORDED, Recorded
from sledai.visits import Visit

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
    earlier: Visit,
    later: Visit,
    kinds: Mapping[str, frozenset[Descriptor]],
    *,
    most_total: int,
) -> set[Transition]:
    """Give every way in which the answers of two visits may come out, each once.

    Totals above `most_total` are given as one more than it.

    >>> from sledai import Assessment
    >>> before = Visit(date="2024-01-16", assessment=Assessment.of())
    >>> after = Visit(date="2024-02-13", assessment=Assessment.of(not_assessed={"fever"}))
    >>> sorted(transitions(before, after, {}, most_total=12))
    [Transition(rise=0, total=0, new=frozenset()), Transition(rise=1, total=1, new=frozenset())]
    """
    if earlier.recorded != NOTHING_RECORDED or later.recorded != NOTHING_RECORDED:
        return _with_recorded(earlier, later, kinds, most_total)
    was, now = earlier.known, later.known
    # The rises with which a total and its kinds are reached are the bits of one number, so that a
    # descriptor moves them all by two shifts: left by its points at the later visit, right by those
    # at the earlier. A rise of 0 is the bit MAX_TOTAL, so that no fall, which is 105 at most, leads
    # below the first bit and is lost.
    reached: dict[tuple[int, frozenset[str]], int] = {(0, frozenset()): 1 << MAX_TOTAL}
    for d in Descriptor:
        of_kind = _kinds_of(d, kinds)
        after: dict[tuple[int, frozenset[str]], int] = {}
        for (total, new), rises in reached.items():
            for before, is_ in product(*(_answers(getattr(one, d)) for one in (was, now))):
                shifted = rises << d.weight * is_ >> d.weight * before
                key = (
                    min(total + d.weight * is_, most_total + 1),
                    new | of_kind if is_ and not before else new,
                )
                after[key] = after.get(key, 0) | shifted
        reached = after
    return {
        Transition(place - MAX_TOTAL, total, new)
        for (total, new), rises in reached.items()
        for place in _bits(rises)
    }


def _with_recorded(
    earlier: Visit, later: Visit, kinds: Mapping[str, frozenset[Descriptor]], most_total: int
) -> set[Transition]:
    """Give the ways in which both visits have the scores that were recorded.

    The few answers of serologic descriptors are gone through one by one; each leaves a clinical
    score to be reached, or any. The later scores that are reached with an earlier one and its kinds
    are the bits of one number.
    """
    found: set[Transition] = set()
    ways = _clinical_ways(earlier, later, kinds)
    for (was, now), steps in _serologic(earlier, later):
        scores_before = _clinical_wanted(earlier.recorded, was)
        scores_after = _clinical_wanted(later.recorded, now)
        serologic = frozenset[str]().union(
            *(_kinds_of(d, kinds) for d, (before, is_) in steps.items() if is_ and not before)
        )
        found |= {
            Transition(
                after + now - before - was, min(after + now, most_total + 1), new | serologic
            )
            for (before, new), laters in ways.items()
            if before in scores_before
            for after in _bits(laters)
            if after in scores_after
        }
    return found


def _clinical_ways(
    earlier: Visit, later: Visit, kinds: Mapping[str, frozenset[Descriptor]]
) -> dict[tuple[int, frozenset[str]], int]:
    """Reach every pair of clinical scores."""
    most = max(earlier.scores(clinical=True))
    was, now = earlier.known, later.known
    reached: dict[tuple[int, frozenset[str]], int] = {(0, frozenset()): 1}
    for d in Descriptor:
        if d in SEROLOGIC:
            continue
        of_kind = _kinds_of(d, kinds)
        after: dict[tuple[int, frozenset[str]], int] = {}
        for (score, new), laters in reached.items():
            for before, is_ in product(*(_answers(getattr(one, d)) for one in (was, now))):
                key = (score + d.weight * before, new | of_kind if is_ and not before else new)
                if key[0] <= most:
                    after[key] = after.get(key, 0) | laters << d.weight * is_
        reached = after
    return reached


_Steps = dict[Descriptor, tuple[bool, bool]]


def _serologic(earlier: Visit, later: Visit) -> Iterator[tuple[tuple[int, int], _Steps]]:
    """Give the points of serologic descriptors at both visits, for each of their answers."""
    some = sorted(SEROLOGIC)
    visits = earlier.known, later.known
    pairs = [[*product(*(_answers(getattr(one, d)) for one in visits))] for d in some]
    for way in product(*pairs):
        steps = {d: (before, is_) for d, (before, is_) in zip(some, way, strict=True)}
        was, now = (sum(d.weight * step[n] for d, step in steps.items()) for n in (0, 1))
        yield (was, now), steps


def _clinical_wanted(recorded: Recorded, serologic: int) -> frozenset[int]:
    """Say which clinical scores give what was recorded with so many serologic points."""
    wanted = range(MAX_TOTAL + 1) if recorded.clinical is None else [recorded.clinical]
    total = recorded.total
    return frozenset(c for c in wanted if total is None or c + serologic == total)


def _kinds_of(d: Descriptor, kinds: Mapping[str, frozenset[Descriptor]]) -> frozenset[str]:
    return frozenset(name for name, descriptors in kinds.items() if d in descriptors)


def _bits(number: int) -> Iterator[int]:
    return (place for place in range(number.bit_length()) if number >> place & 1)


def _answers(answer: bool | None) -> tuple[bool, ...]:  # noqa: FBT001
    return (False, True) if answer is None else (answer,)
