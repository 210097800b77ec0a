"""What changed between two visits: descriptors, scores, and the published class of change."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from sledai.assessment import Assessment, require_assessment
from sledai.descriptors import SEROLOGIC, Descriptor, listed_briefly
from sledai.displays import Displayed, Value
from sledai.scoring import ScoreBounds, given_score, possible_scores, score_bounds
from sledai.sources import GLADMAN_2000, Citation, Read
from sledai.visits.visit import Visit

__all__ = [
    "CLASS_CITATION",
    "PERSISTENT_WITHIN",
    "Change",
    "ChangeClass",
    "ScoreChange",
    "change_of",
    "class_of",
]

PERSISTENT_WITHIN = 3
"""A change of the total by so many points at most is persistent activity."""
CLASS_CITATION = Citation(GLADMAN_2000, "abstract, conclusion", Read.IN_ABSTRACT)
"""Where the classes of change are defined."""


class ChangeClass(StrEnum):
    """The published outcomes of two visits; remission is a total of 0, whatever it was before.

    Source: Gladman 2000, abstract.
    """

    FLARE = "flare"
    IMPROVEMENT = "improvement"
    PERSISTENT = "persistent activity"
    REMISSION = "remission"


def class_of(earlier: int, later: int) -> ChangeClass:
    """Class two totals: flare is a rise of more than 3, improvement a fall of more than 3.

    Raises `InvalidInputError` for what is no total, a whole number of 0 to 105.

    Source: Gladman 2000, abstract.

    >>> class_of(8, 4), class_of(4, 7), class_of(2, 0)
    (<ChangeClass.IMPROVEMENT: 'improvement'>, <ChangeClass.PERSISTENT: 'persistent activity'>, \
<ChangeClass.REMISSION: 'remission'>)
    """
    totals = given_score(earlier, "earlier"), given_score(later, "later")
    (found,) = _classes_of(*(frozenset({total}) for total in totals))
    return found


@lru_cache(maxsize=1024)
def _classes_of(earlier: frozenset[int], later: frozenset[int]) -> frozenset[ChangeClass]:
    """Give the classes of all pairs of totals, one of each set."""
    classes = {ChangeClass.REMISSION} if 0 in later else set[ChangeClass]()
    if active := later - {0}:
        if max(active) - min(earlier) > PERSISTENT_WITHIN:
            classes.add(ChangeClass.FLARE)
        if max(earlier) - min(active) > PERSISTENT_WITHIN:
            classes.add(ChangeClass.IMPROVEMENT)
        if any(not earlier.isdisjoint(_near(total)) for total in active):
            classes.add(ChangeClass.PERSISTENT)
    return frozenset(classes)


def _near(total: int) -> range:
    return range(total - PERSISTENT_WITHIN, total + PERSISTENT_WITHIN + 1)


@dataclass(frozen=True, slots=True)
class ScoreChange(Value):
    """The lowest and the highest change of a score that the not-assessed descriptors leave.

    >>> str(ScoreChange(-4, -4)), str(ScoreChange(-2, 4)), str(ScoreChange(0, 0))
    ('-4', '-2 to +4', '0')
    """

    low: int
    high: int

    def __str__(self) -> str:
        ends = [f"{end:+}" if end else "0" for end in (self.low, self.high)]
        return ends[0] if self.low == self.high else " to ".join(ends)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Displayed):
    """What changed from an earlier to a later assessment.

    Each descriptor is `new` (absent, then present), `resolved`, `persisting` (present at both),
    absent at both, or `unknown`: not assessed at one of them. `classes` are the published classes
    that the answers leave possible, one if they settle it.
    """

    new: frozenset[Descriptor]
    resolved: frozenset[Descriptor]
    persisting: frozenset[Descriptor]
    unknown: frozenset[Descriptor]
    total: ScoreChange
    clinical: ScoreChange
    classes: frozenset[ChangeClass]

    def _headline(self) -> str:
        named = {"new": self.new, "resolved": self.resolved, "unknown": self.unknown}
        which = [f"{how}: {listed_briefly(those)}" for how, those in named.items() if those]
        return "; ".join([f"total {self.total}, clinical {self.clinical}", *which])


def change_of(earlier: Assessment | Visit, later: Assessment | Visit) -> Change:
    """Compare two assessments, or two visits; what was not assessed is not known to have changed.

    Of visits the recorded scores count too.

    >>> change = change_of(Assessment.of(present={"arthritis"}), Assessment.of(present={"rash"}))
    >>> str(change.total), set(change.new), set(change.classes)
    ('-2', {<Descriptor.RASH: 'rash'>}, {<ChangeClass.PERSISTENT: 'persistent activity'>})
    """
    before, after = _answers(earlier), _answers(later)
    steps = [
        (d, was, is_)
        for name, d in _FORM
        if (was := before[name]) is not (is_ := after[name]) or was is not False
    ]
    totals = _scores(earlier), _scores(later)
    return Change(
        new=frozenset([d for d, was, is_ in steps if is_ is True and was is False]),
        resolved=frozenset([d for d, was, is_ in steps if was is True and is_ is False]),
        persisting=frozenset([d for d, was, is_ in steps if was is True and is_ is True]),
        unknown=frozenset([d for d, was, is_ in steps if was is None or is_ is None]),
        total=ScoreChange(min(totals[1]) - max(totals[0]), max(totals[1]) - min(totals[0])),
        clinical=_change(_clinical(earlier), _clinical(later)),
        classes=_classes_of(*totals),
    )


_FORM = tuple((d.value, d) for d in Descriptor)


def _answers(of: Assessment | Visit) -> Mapping[str, bool | None]:
    if isinstance(of, Visit):
        return of.known.__dict__
    require_assessment(of)
    return of.__dict__


def _scores(of: Assessment | Visit) -> frozenset[int]:
    return of.scores() if isinstance(of, Visit) else possible_scores(of)


def _clinical(of: Assessment | Visit) -> ScoreBounds:
    if isinstance(of, Visit):
        return of.bounds(clinical=True)
    return score_bounds(of, excluding=SEROLOGIC)


def _change(earlier: ScoreBounds, later: ScoreBounds) -> ScoreChange:
    return ScoreChange(later.low - earlier.high, later.high - earlier.low)
