"""What recorded scores leave possible: the completions of an assessment that give them.

Descriptors of one weight are interchangeable, but for the two serologic ones, which the clinical
score leaves out; so completions are counted by how many of each kind are present.
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
_OF_KIND = {
    kind: tuple(d for d in Descriptor if kind == (d.weight, d in SEROLOGIC)) for kind in _KINDS
}


def settled(assessment: Assessment, recorded: Recorded) -> Assessment | None:
    """Answer what every completion that gives the scores answers alike; None if there is none.

    >>> settled(Assessment.of(not_assessed=Descriptor), Recorded(total=0)).present
    frozenset()
    >>> settled(Assessment.of(), Recorded(total=4)) is None
    True
    """
    ways = _ways_of(assessment, recorded)
    if not ways:
        return None
    answers: dict[str, bool] = {}
    for place, kind in enumerate(_KINDS):
        unknown = [d for d in _OF_KIND[kind] if d in assessment.not_assessed]
        counts = {way[place] for way in ways}
        if counts in ({0}, {len(unknown)}):
            answers |= dict.fromkeys((d.value for d in unknown), 0 not in counts)
    return assessment.model_copy(update=answers) if answers else assessment


def completed_scores(
    assessment: Assessment, recorded: Recorded, *, clinical: bool = False
) -> frozenset[int]:
    """Give every total, or clinical score, of the completions that give the recorded scores.

    >>> unknown = Assessment.of(not_assessed=Descriptor)
    >>> sorted(completed_scores(unknown, Recorded(total=4), clinical=True))
    [0, 2, 4]
    """
    counted = [kind.weight * (not (clinical and kind.serologic)) for kind in _KINDS]
    low = sum(d.weight for d in assessment.present if not clinical or d not in SEROLOGIC)
    return frozenset(
        low + sum(weight * count for weight, count in zip(counted, way, strict=True))
        for way in _ways_of(assessment, recorded)
    )


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
    meant = [sum(d in unknown for d in descriptors) for descriptors in _OF_KIND.values()]
    others = [n - some for n, some in zip(_unknown(assessment), meant, strict=True)]
    ways = _ways_of(assessment, recorded)
    can_be = any(c and some for way in ways for c, some in zip(way, meant, strict=True))
    need_not = any(all(c <= n for c, n in zip(way, others, strict=True)) for way in ways)
    return frozenset({True} if can_be else ()) | frozenset({False} if need_not else ())


def _unknown(assessment: Assessment) -> tuple[int, ...]:
    open_ = assessment.not_assessed
    return tuple(sum(d in open_ for d in descriptors) for descriptors in _OF_KIND.values())


def _ways_of(assessment: Assessment, recorded: Recorded) -> tuple[tuple[int, ...], ...]:
    present = sum(d.weight for d in assessment.present)
    clinical = sum(d.weight for d in assessment.present - SEROLOGIC)
    return _ways(
        _unknown(assessment),
        None if recorded.total is None else recorded.total - present,
        None if recorded.clinical is None else recorded.clinical - clinical,
    )


@lru_cache(maxsize=4096)
def _ways(
    sizes: tuple[int, ...], total: int | None, clinical: int | None
) -> tuple[tuple[int, ...], ...]:
    """List how many of each kind are present in the completions that add these points."""
    ways: list[tuple[int, ...]] = []
    for way in product(*(range(size + 1) for size in sizes)):
        points = [kind.weight * count for kind, count in zip(_KINDS, way, strict=True)]
        of_clinical = sum(p for kind, p in zip(_KINDS, points, strict=True) if not kind.serologic)
        if total in (None, sum(points)) and clinical in (None, of_clinical):
            ways.append(way)
    return tuple(ways)
