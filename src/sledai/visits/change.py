"""What changed between two visits: descriptors, scores, and the published class of change."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sledai.assessment import Assessment
from sledai.descriptors import SEROLOGIC, Descriptor
from sledai.scoring import given_score, possible_scores
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
    return _class_of(given_score(earlier, "earlier"), given_score(later, "later"))


def _class_of(earlier: int, later: int) -> ChangeClass:
    if later == 0:
        return ChangeClass.REMISSION
    if later - earlier > PERSISTENT_WITHIN:
        return ChangeClass.FLARE
    if earlier - later > PERSISTENT_WITHIN:
        return ChangeClass.IMPROVEMENT
    return ChangeClass.PERSISTENT


@dataclass(frozen=True, slots=True)
class ScoreChange:
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
class Change:
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


def change_of(earlier: Assessment | Visit, later: Assessment | Visit) -> Change:
    """Compare two assessments, or two visits; what was not assessed is not known to have changed.

    Of visits the recorded scores count too.

    >>> change = change_of(Assessment.of(present={"arthritis"}), Assessment.of(present={"rash"}))
    >>> str(change.total), set(change.new), set(change.classes)
    ('-2', {<Descriptor.RASH: 'rash'>}, {<ChangeClass.PERSISTENT: 'persistent activity'>})
    """
    before, after = map(_answers, (earlier, later))
    totals = _scores(earlier), _scores(later)
    return Change(
        new=before.absent & after.present,
        resolved=before.present & after.absent,
        persisting=before.present & after.present,
        unknown=before.not_assessed | after.not_assessed,
        total=_change(*totals),
        clinical=_change(_scores(earlier, clinical=True), _scores(later, clinical=True)),
        classes=frozenset(_class_of(before, after) for before in totals[0] for after in totals[1]),
    )


def _answers(of: Assessment | Visit) -> Assessment:
    return of.known if isinstance(of, Visit) else of


def _scores(of: Assessment | Visit, *, clinical: bool = False) -> frozenset[int]:
    if isinstance(of, Visit):
        return of.scores(clinical=clinical)
    return possible_scores(of, excluding=SEROLOGIC if clinical else frozenset())


def _change(earlier: Iterable[int], later: Iterable[int]) -> ScoreChange:
    before, after = set(earlier), set(later)
    return ScoreChange(min(after) - max(before), max(after) - min(before))
