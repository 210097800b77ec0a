"""What recorded scores leave possible: the completions of an assessment that give them.

Descriptors of one weight are interchangeable, but for the two serologic ones, which the clinical
score leaves out; so completions are counted by how many of each kind are present, and what follows
from the counts alone is worked out once for all assessments that have them.
"""

from functools import lru_cache
from itertools import product
from typing import NamedTuple

from sledai.assessment import Assessment
from sledai.descriptors import SEROLOGIC, Descriptor

__all__ = ["NOTHING_RECORDED", "Recorded", "any_present", "completed_scores", "settled"]


class Recorded(NamedTuple):
    """The scores that somebody wrote down; None where nobody did."""

    total: int | None = None
    clinical: int | None = None


NOTHING_RECORDED = Recorded()


class _Kind(NamedTuple):
    """Descriptors that count alike."""

    weight: int
    serologic: bool


_KINDS = tuple(dict.fromkeys(_Kind(d.weight, d in SEROLOGIC) for d in Descriptor))
_OF_KIND = tuple(
    frozenset(d for d in Descriptor if kind == (d.weight, d in SEROLOGIC)) for kind in _KINDS
)
_WEIGHTS = {d: d.weight for d in Descriptor}
_AT_HAND = 256
"""Of how many assessments an answer is kept: indices ask the same of two visits many times."""
_Counts = tuple[int, ...]
"""How many descriptors of each kind."""


class _Case(NamedTuple):
    """All that matters of an assessment: how much is unknown, and what it has to add.

    Where a score was not recorded, what is added to it is None.
    """

    unknown: _Counts
    total: int | None
    clinical: int | None


@lru_cache(maxsize=_AT_HAND)
def settled(assessment: Assessment, recorded: Recorded) -> Assessment | None:
    """Answer what every completion that gives the scores answers alike; None if there is none.

    >>> settled(Assessment.of(not_assessed=Descriptor), Recorded(total=0)).present
    frozenset()
    >>> settled(Assessment.of(), Recorded(total=4)) is None
    True
    """
    alike = _alike(_case(assessment, recorded))
    if alike is None:
        return None
    unknown = assessment.not_assessed
    answers = {
        d.value: answer
        for descriptors, answer in zip(_OF_KIND, alike, strict=True)
        if answer is not None
        for d in descriptors & unknown
    }
    return assessment.model_copy(update=answers) if answers else assessment


@lru_cache(maxsize=_AT_HAND)
def completed_scores(
    assessment: Assessment, recorded: Recorded, *, clinical: bool = False
) -> frozenset[int]:
    """Give every total, or clinical score, of the completions that give the recorded scores.

    >>> unknown = Assessment.of(not_assessed=Descriptor)
    >>> sorted(completed_scores(unknown, Recorded(total=4), clinical=True))
    [0, 2, 4]
    """
    present = assessment.present
    low = sum([_WEIGHTS[d] for d in (present - SEROLOGIC if clinical else present)])
    added = _added(_case(assessment, recorded), clinical=clinical)
    return frozenset([low + points for points in added])


def any_present(
    assessment: Assessment, recorded: Recorded, among: frozenset[Descriptor]
) -> frozenset[bool]:
    """Say whether one of some descriptors is present, over the completions that give the scores.

    >>> unknown = Assessment.of(not_assessed=Descriptor)
    >>> any_present(unknown, Recorded(total=1), frozenset({Descriptor.FEVER}))
    frozenset({False, True})
    """
    if among & assessment.present:
        return frozenset({True})
    unknown = among & assessment.not_assessed
    if recorded == NOTHING_RECORDED:
        return frozenset({False, True}) if unknown else frozenset({False})
    return _any_of(_case(assessment, recorded), _counts(unknown))


def _counts(descriptors: frozenset[Descriptor]) -> _Counts:
    return tuple([len(descriptors & of_kind) for of_kind in _OF_KIND])


def _case(assessment: Assessment, recorded: Recorded) -> _Case:
    present = assessment.present
    points = sum([_WEIGHTS[d] for d in present])
    serologic = sum([_WEIGHTS[d] for d in present & SEROLOGIC])
    return _Case(
        _counts(assessment.not_assessed),
        None if recorded.total is None else recorded.total - points,
        None if recorded.clinical is None else recorded.clinical - (points - serologic),
    )


@lru_cache(maxsize=4096)
def _ways(case: _Case) -> tuple[_Counts, ...]:
    """List how many of each kind are present in the completions that add these points."""
    ways: list[_Counts] = []
    for way in product(*(range(size + 1) for size in case.unknown)):
        points = [kind.weight * count for kind, count in zip(_KINDS, way, strict=True)]
        of_clinical = sum(p for kind, p in zip(_KINDS, points, strict=True) if not kind.serologic)
        if case.total in (None, sum(points)) and case.clinical in (None, of_clinical):
            ways.append(way)
    return tuple(ways)


@lru_cache(maxsize=4096)
def _alike(case: _Case) -> tuple[bool | None, ...] | None:
    """Say of each kind whether all unknown ones are present, or none is, in each of the ways."""
    ways = _ways(case)
    if not ways:
        return None
    counts = [set(of_kind) for of_kind in zip(*ways, strict=True)]
    return tuple(
        0 not in found if found in ({0}, {size}) else None
        for found, size in zip(counts, case.unknown, strict=True)
    )


@lru_cache(maxsize=4096)
def _added(case: _Case, *, clinical: bool) -> frozenset[int]:
    """Give the points that the ways add to the total, or to the clinical score."""
    counted = [kind.weight * (not (clinical and kind.serologic)) for kind in _KINDS]
    return frozenset(
        sum(weight * count for weight, count in zip(counted, way, strict=True))
        for way in _ways(case)
    )


@lru_cache(maxsize=4096)
def _any_of(case: _Case, meant: _Counts) -> frozenset[bool]:
    """Say over the ways whether one of some unknown descriptors, so many of a kind, is present."""
    ways = _ways(case)
    others = [n - some for n, some in zip(case.unknown, meant, strict=True)]
    can_be = any(c and some for way in ways for c, some in zip(way, meant, strict=True))
    need_not = any(all(c <= n for c, n in zip(way, others, strict=True)) for way in ways)
    return frozenset({True} if can_be else ()) | frozenset({False} if need_not else ())
