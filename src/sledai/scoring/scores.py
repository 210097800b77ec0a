"""Scores of one assessment: total, clinical, bounds under unknowns, points by organ system.

A score is the sum of the weights of the present descriptors (Bombardier 1992). It is given only
when every descriptor that it counts was assessed; otherwise `score_bounds` says how low and how
high it can be.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from operator import ge, gt, le, lt
from typing import Never, cast

from sledai.assessment import (
    Assessment,
    IncompleteAssessmentError,
    UndeterminedError,
    require_assessment,
)
from sledai.descriptors import SEROLOGIC, Descriptor, OrganSystem, descriptor_set, listed
from sledai.displays import Value
from sledai.errors import InvalidInputError, whole_number

__all__ = [
    "MAX_TOTAL",
    "ScoreBounds",
    "clinical_score",
    "given_score",
    "points_by_system",
    "possible_scores",
    "score_bounds",
    "total_score",
]

MAX_TOTAL = sum(descriptor.weight for descriptor in Descriptor)
"""The score of a visit at which all 24 descriptors are present."""


@dataclass(frozen=True, slots=True)
class ScoreBounds(Value):
    """The lowest and the highest score that the not-assessed descriptors leave possible.

    Some completion reaches each of the two; not every score between them need be possible.

    `<`, `<=`, `>` and `>=` compare the score with a whole number, or with that of another visit,
    and answer where every completion gives the same answer; `==` asks whether both bounds are the
    same. `low, high = bounds` unpacks them.

    Raises `UndeterminedError` for a comparison that the bounds leave open.

    >>> str(ScoreBounds(6, 10)), str(ScoreBounds(8, 8))
    ('6 to 10', '8')
    >>> ScoreBounds(6, 10) >= 6, ScoreBounds(6, 10) > 10
    (True, False)
    >>> ScoreBounds(6, 10) >= 8
    Traceback (most recent call last):
    sledai.assessment.UndeterminedError: undetermined: 6 to 10 >= 8
    """

    low: int
    high: int

    def __iter__(self) -> Iterator[int]:
        """Give the lowest and the highest."""
        return iter((self.low, self.high))

    def __contains__(self, score: object) -> Never:
        """Refuse to look a score up: one between the bounds need not be possible."""
        raise TypeError("bounds do not say which scores are possible: ask possible_scores")

    def __lt__(self, other: object) -> bool:
        return self._compared(lt, "<", other)

    def __le__(self, other: object) -> bool:
        return self._compared(le, "<=", other)

    def __gt__(self, other: object) -> bool:
        return self._compared(gt, ">", other)

    def __ge__(self, other: object) -> bool:
        return self._compared(ge, ">=", other)

    def _compared(self, holds: Callable[[int, int], bool], sign: str, other: object) -> bool:
        if isinstance(other, ScoreBounds):
            ends = tuple(other)
        elif (score := whole_number(other)) is not None:
            ends = (score,)
        else:
            return cast("bool", NotImplemented)  # so that Python refuses it
        # Both ends are reached and no score lies beyond them, so that they settle it for all.
        answers = {holds(mine, theirs) for mine in self for theirs in ends}
        if len(answers) > 1:
            raise UndeterminedError(f"undetermined: {self} {sign} {other}", ())
        return answers.pop()

    @property
    def exact(self) -> int | None:
        """The score, or None where it is open."""
        return self.low if self.low == self.high else None

    @property
    def is_exact(self) -> bool:
        """Whether one score alone is possible."""
        return self.low == self.high

    def __str__(self) -> str:
        return str(self.low) if self.low == self.high else f"{self.low} to {self.high}"


def total_score(assessment: Assessment) -> int:
    """Return the total score, 0 to 105.

    Raises `IncompleteAssessmentError`, naming them, when any of the 24 was not assessed.

    Source: Bombardier 1992, weights of the 24 descriptors.

    >>> total_score(Assessment.of(present={"arthritis", "rash", "low_complement"}))
    8
    """
    return _sum(assessment, _ALL)


def clinical_score(
    assessment: Assessment, *, excluding: Iterable[Descriptor | str] = SEROLOGIC
) -> int:
    """Return the score without the descriptors in `excluding`.

    By default that is the clinical SELENA-SLEDAI, 0 to 101: without low complement and increased
    DNA binding. `sledai.scoring.variants` holds the other published sets. Descriptors left out need
    not have been assessed.

    Raises `IncompleteAssessmentError` when a counted descriptor was not assessed and
    `InvalidInputError` when `excluding` names no descriptor.

    Source: NCT05765006, inclusion criterion 6.

    >>> visit = Assessment.of(present={"arthritis", "rash", "low_complement"})
    >>> clinical_score(visit)
    6
    >>> from sledai.scoring.variants import LABORATORY
    >>> clinical_score(Assessment.of(present={"arthritis", "pyuria"}), excluding=LABORATORY)
    4
    """
    return _sum(assessment, _counted(excluding))


def score_bounds(
    assessment: Assessment, *, excluding: Iterable[Descriptor | str] = frozenset()
) -> ScoreBounds:
    """Return the lowest and highest score over all completions of the not-assessed descriptors.

    Nothing is left out by default; `excluding=SEROLOGIC` gives the bounds of the clinical score.

    Raises `InvalidInputError` when `excluding` names no descriptor.

    >>> score_bounds(Assessment.of(present={"arthritis", "rash"}, not_assessed=SEROLOGIC))
    ScoreBounds(low=6, high=10)
    """
    if type(assessment) is not Assessment:  # spares a call
        require_assessment(assessment)
    answers = assessment.__dict__
    low = unknown = 0
    for name, weight in _counted(excluding):
        answer = answers[name]
        if answer is not False:  # first: most answers are
            if answer is True:
                low += weight
            else:
                unknown += weight
    return ScoreBounds(low, low + unknown)


def possible_scores(
    assessment: Assessment, *, excluding: Iterable[Descriptor | str] = frozenset()
) -> frozenset[int]:
    """Return every score that some completion of the not-assessed descriptors has.

    Nothing is left out by default; `excluding=SEROLOGIC` gives the possible clinical scores.

    Raises `InvalidInputError` when `excluding` names no descriptor.

    >>> visit = Assessment.of(present={"rash"}, not_assessed={"arthritis", "fever"})
    >>> sorted(possible_scores(visit))
    [2, 3, 6, 7]
    """
    if type(assessment) is not Assessment:  # spares a call
        require_assessment(assessment)
    answers = assessment.__dict__
    low, reached = 0, 1  # a bit for each score above the lowest: a descriptor is one shift for all
    for name, weight in _counted(excluding):
        answer = answers[name]
        if answer is not False:
            if answer is True:
                low += weight
            else:
                reached |= reached << weight
    return _from(low, reached)


@lru_cache(maxsize=1024)
def _from(low: int, bits: int) -> frozenset[int]:
    return frozenset([low + place for place in range(bits.bit_length()) if bits >> place & 1])


def points_by_system(assessment: Assessment) -> dict[OrganSystem, int]:
    """Return the points of each of the nine organ systems, in form order; they add up to the total.

    Raises `IncompleteAssessmentError` when any of the 24 was not assessed.

    Source: see `OrganSystem`.

    >>> points_by_system(Assessment.of(present={"arthritis"}))[OrganSystem.MUSCULOSKELETAL]
    4
    """
    require_assessment(assessment)
    points = dict.fromkeys(OrganSystem, 0)
    if assessment.not_assessed:
        raise _incomplete(assessment.not_assessed)
    for descriptor in assessment.present:
        points[descriptor.system] += descriptor.weight
    return points


def given_score(value: object, name: str) -> int:
    """Read a score that somebody else computed, as a whole number of Python.

    Raises `InvalidInputError`, with its `name`, for what is no whole number of 0 to 105.

    >>> given_score(106, "total")
    Traceback (most recent call last):
    sledai.errors.InvalidInputError: total: found 106; accepted: a whole number 0 to 105
    """
    if (score := whole_number(value)) is None or not 0 <= score <= MAX_TOTAL:
        raise InvalidInputError.found(value, f"a whole number 0 to {MAX_TOTAL}", name)
    return score


# Names and weights of the descriptors that a score counts, ready to loop over.
_Counted = tuple[tuple[str, int], ...]


@lru_cache(maxsize=64)
def _without(excluding: frozenset[Descriptor | str]) -> _Counted:
    excluded = descriptor_set(excluding)
    return tuple((d.value, d.weight) for d in Descriptor if d not in excluded)


def _counted(excluding: Iterable[Descriptor | str]) -> _Counted:
    return _without(excluding if isinstance(excluding, frozenset) else descriptor_set(excluding))


_ALL = _counted(frozenset())


def _sum(assessment: Assessment, counted: _Counted) -> int:
    if type(assessment) is not Assessment:  # spares a call
        require_assessment(assessment)
    answers = assessment.__dict__
    total = 0
    for name, weight in counted:
        answer = answers[name]
        if answer is not False:  # first: most answers are
            if answer is not True:
                raise _incomplete(d for d in assessment.not_assessed if (d, d.weight) in counted)
            total += weight
    return total


def _incomplete(missing: Iterable[Descriptor]) -> IncompleteAssessmentError:
    missing = frozenset(missing)
    return IncompleteAssessmentError(
        f"no score: not assessed: {listed(missing)} (score_bounds gives what is possible)", missing
    )
