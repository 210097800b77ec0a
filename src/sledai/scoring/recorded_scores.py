"""What a recorded score says: of an addition gone wrong, or of what was not assessed.

A recorded score that no answers give is explained by the smallest sets of descriptors that were
added though absent, or not added though present. One that some answers give says something of the
descriptors that were not assessed. Descriptors of one weight are interchangeable, so both are found
by counting how many of each weight are meant.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, product
from math import comb, prod

from sledai.assessment import Assessment, require_assessment
from sledai.descriptors import Descriptor, descriptor_set, listed
from sledai.displays import Displayed
from sledai.errors import InvalidInputError, is_number

__all__ = ["Explanation", "Implication", "Miscount", "explain", "imply"]

_Counts = tuple[tuple[int, int], ...]  # weight, and how many of it


@dataclass(frozen=True, slots=True)
class Miscount(Displayed):
    """Some descriptors of one weight that were counted otherwise than they are rated.

    `count` of those in `among` were added though absent (`added`), or not added though present.

    >>> print(Miscount(added=False, count=1, among=frozenset({Descriptor.LEUKOPENIA})))
    leukopenia present but not added
    """

    added: bool
    count: int
    among: frozenset[Descriptor]

    def __str__(self) -> str:
        what = "absent but added" if self.added else "present but not added"
        if self.count == len(self.among):
            return f"{listed(self.among)} {what}"
        return f"{self.count} of {listed(self.among)} {what}"


@dataclass(frozen=True, slots=True)
class Explanation(Displayed):
    """The smallest sets of descriptors that explain a recorded score.

    Each of `alternatives` stands for every choice of its changes. All choices have `size`
    descriptors; with fewer there is none.
    """

    alternatives: tuple[tuple[Miscount, ...], ...]

    @property
    def size(self) -> int:
        """How many descriptors are to be counted otherwise."""
        return sum(change.count for change in self.alternatives[0]) if self.alternatives else 0

    @property
    def number(self) -> int:
        """How many sets there are."""
        return sum(
            prod(comb(len(change.among), change.count) for change in changes)
            for changes in self.alternatives
        )

    @property
    def single(self) -> frozenset[Descriptor] | None:
        """The only set, where there is but one."""
        return next(self.sets()) if self.number == 1 else None

    def sets(self) -> Iterator[frozenset[Descriptor]]:
        """Yield each of the sets."""
        for changes in self.alternatives:
            for chosen in product(
                *(combinations(sorted(change.among), change.count) for change in changes)
            ):
                yield frozenset(
                    descriptor for of_one_weight in chosen for descriptor in of_one_weight
                )

    def __str__(self) -> str:
        if not self.alternatives:
            return "no descriptors explain it"
        return "; or ".join(" and ".join(map(str, changes)) for changes in self.alternatives)


@dataclass(frozen=True, slots=True)
class Implication(Displayed):
    """What a recorded score says of the descriptors that were not assessed.

    `present` and `absent` are so in every completion that gives the score. Of each set in `some`
    as many are present in every completion as stands beside it; of `undecided` not even that is
    known.
    """

    present: frozenset[Descriptor]
    absent: frozenset[Descriptor]
    some: tuple[tuple[int, frozenset[Descriptor]], ...]
    undecided: frozenset[Descriptor]

    def __str__(self) -> str:
        parts = [
            f"{listed(self.present)} present" if self.present else "",
            *(f"{count} of {listed(among)} present" for count, among in self.some),
            f"{listed(self.absent)} absent" if self.absent else "",
            f"{listed(self.undecided)} left open" if self.undecided else "",
        ]
        return "implies " + "; ".join(filter(None, parts))


def explain(
    assessment: Assessment, recorded: float, *, excluding: Iterable[Descriptor | str] = ()
) -> Explanation:
    """Find the smallest sets of descriptors that explain a recorded score.

    A set explains it when the score comes out, for some completion of the not-assessed
    descriptors, once each descriptor in the set is counted the other way round. There is one
    alternative, without changes, when the score comes out as it is, and none when no set explains
    it. `excluding` names what the score leaves out; for the clinical score that is `SEROLOGIC`.

    Raises `InvalidInputError` for a recorded score that is no number.

    >>> visit = Assessment.of(present={"arthritis", "leukopenia"})
    >>> print(explain(visit, 4))
    leukopenia present but not added
    >>> print(explain(visit, 6))
    1 of fever, thrombocytopenia absent but added
    """
    present, absent, unknown = _groups(assessment, descriptor_set(excluding))
    excess = _number(recorded) - sum(weight * len(group) for weight, group in present.items())
    if not float(excess).is_integer():
        return Explanation(())
    smallest = _smallest(int(excess), _sizes(present), _sizes(absent), _sizes(unknown))
    return Explanation(
        tuple(
            tuple(
                Miscount(
                    added=count > 0,
                    count=abs(count),
                    among=(absent if count > 0 else present)[weight],
                )
                for weight, count in sorted(changes, key=lambda change: (change[1] > 0, -change[0]))
            )
            for changes in smallest
        )
    )


def imply(
    assessment: Assessment, recorded: float, *, excluding: Iterable[Descriptor | str] = ()
) -> Implication | None:
    """Say what a recorded score implies for the not-assessed descriptors that it counts.

    Gives None where no completion of them gives the score.

    Raises `InvalidInputError` for a recorded score that is no number.

    >>> pending = Assessment.of(present={"arthritis"}, not_assessed={"rash", "fever"})
    >>> print(imply(pending, 5))
    implies fever present; rash absent
    >>> print(imply(Assessment.of(not_assessed={"rash", "alopecia", "pleurisy"}), 4))
    implies 2 of rash, alopecia, pleurisy present
    >>> imply(pending, 8) is None
    True
    """
    present, _, unknown = _groups(assessment, descriptor_set(excluding))
    excess = _number(recorded) - sum(weight * len(group) for weight, group in present.items())
    ways = _ways(excess, _sizes(unknown))
    if not ways:
        return None
    present_of = [
        ({way[place] for way in ways}, group) for place, group in enumerate(unknown.values())
    ]
    return Implication(
        present=_union(group for counts, group in present_of if counts == {len(group)}),
        absent=_union(group for counts, group in present_of if counts == {0}),
        some=tuple(
            (min(counts), group)
            for counts, group in present_of
            if len(counts) == 1 and counts.isdisjoint({0, len(group)})
        ),
        undecided=_union(group for counts, group in present_of if len(counts) > 1),
    )


def _number(recorded: float) -> float:
    if not is_number(recorded):
        raise InvalidInputError.found(recorded, "a number", "recorded")
    return recorded


_Group = Mapping[int, frozenset[Descriptor]]


def _groups(
    assessment: Assessment, excluded: frozenset[Descriptor]
) -> tuple[_Group, _Group, _Group]:
    """Sort what is present, absent and not assessed by weight, heaviest first."""
    require_assessment(assessment)

    def by_weight(descriptors: frozenset[Descriptor]) -> _Group:
        counted = descriptors - excluded
        weights = sorted({d.weight for d in counted}, reverse=True)
        return {w: frozenset(d for d in counted if d.weight == w) for w in weights}

    return (
        by_weight(assessment.present),
        by_weight(assessment.absent),
        by_weight(assessment.not_assessed),
    )


def _sizes(group: _Group) -> _Counts:
    return tuple((weight, len(descriptors)) for weight, descriptors in group.items())


def _union(groups: Iterable[frozenset[Descriptor]]) -> frozenset[Descriptor]:
    return frozenset[Descriptor]().union(*groups)


@lru_cache(maxsize=4096)
def _smallest(
    excess: int, present: _Counts, absent: _Counts, unknown: _Counts
) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Find the changes that give the score: pairs of a weight and how many more of it to count."""
    fewer, more = dict(present), dict(absent)
    weights = sorted({*fewer, *more}, reverse=True)
    completions = {
        sum(weight * count for (weight, _), count in zip(unknown, way, strict=True))
        for way in product(*(range(size + 1) for _, size in unknown))
    }
    best: list[tuple[tuple[int, int], ...]] = []
    least = None
    for counts in product(*(range(-fewer.get(w, 0), more.get(w, 0) + 1) for w in weights)):
        changes = tuple((w, n) for w, n in zip(weights, counts, strict=True) if n)
        size = sum(abs(n) for _, n in changes)
        if (least is not None and size > least) or (
            excess - sum(w * n for w, n in changes) not in completions
        ):
            continue
        if least is None or size < least:
            best, least = [], size
        best.append(changes)
    return tuple(best)


@lru_cache(maxsize=4096)
def _ways(excess: float, unknown: _Counts) -> tuple[tuple[int, ...], ...]:
    """List, by weight, how many of the unknown can be present to give the score."""
    return tuple(
        way
        for way in product(*(range(size + 1) for _, size in unknown))
        if sum(weight * count for (weight, _), count in zip(unknown, way, strict=True)) == excess
    )
