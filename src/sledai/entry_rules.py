"""ActivityRule: a threshold rule on the score, as data, judged exactly under unknowns.

A rule is MET when every completion of the not-assessed descriptors meets it, NOT_MET when none
does. That is not the same as judging its conditions one by one and combining the answers: total
and clinical score share descriptors, so the answers depend on each other.

The exactness rests on one fact. Once the serologic points are fixed, a rule asks nothing but
that the clinical score be at least some number. So a rule is a table of three numbers
(`least_clinical_by_serology`), and judging it needs only the reachable clinical scores and the
reachable serologic points, which are independent of each other.
"""

from dataclasses import dataclass
from itertools import pairwise
from operator import index
from typing import Literal, Never, get_args

from sledai.assessment import Assessment
from sledai.definitions import Edition
from sledai.descriptors import SEROLOGIC, Descriptor
from sledai.errors import InvalidInputError, shorten
from sledai.scoring import MAX_TOTAL, ScoreBounds, score_bounds
from sledai.sources import Citation
from sledai.verdict import Verdict

__all__ = ["ActivityRule", "Judgement"]

ClinicalApplies = Literal["always", "serology scored"]

_MAX_SEROLOGIC = sum(d.weight for d in SEROLOGIC)
_SEROLOGIC_WEIGHT = Descriptor.LOW_COMPLEMENT.weight


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a rule says of an assessment, and why.

    `deciding` holds the not-assessed descriptors that matter: those whose answer changes whether
    the rule is met, for some answers to the others. It is empty unless the verdict is
    UNDETERMINED. A judgement has no truth value: ask for its `verdict`.
    """

    verdict: Verdict
    reason: str
    deciding: frozenset[Descriptor] = frozenset()

    def __bool__(self) -> Never:
        """Refuse a truth value: an unmet judgement would count as true."""
        raise TypeError("a Judgement has three values: ask `.verdict is Verdict.MET`")


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityRule:
    """The least activity that a trial asks for, on the total and on the clinical score.

    `least_clinical` applies always or, with `clinical_applies="serology scored"`, only to a visit
    with points for low complement or increased DNA binding. `edition` is the wording by which the
    descriptors are to be rated; the arithmetic does not depend on it.

    Raises `InvalidInputError` for a rule without a condition or with a number out of range.

    >>> rule = ActivityRule(name="example", edition=Edition.SELENA, least_total=6)
    >>> print(rule)
    SELENA-SLEDAI total >= 6
    >>> rule.judge(Assessment.of(present={"arthritis"})).verdict
    <Verdict.NOT_MET: 'not_met'>
    """

    name: str
    edition: Edition
    least_total: int = 0
    least_clinical: int = 0
    clinical_applies: ClinicalApplies = "always"
    citation: Citation | None = None

    def __post_init__(self) -> None:
        if self.edition not in set(Edition):
            editions = ", ".join(f"Edition.{edition.name}" for edition in Edition)
            raise InvalidInputError(f"edition: found {shorten(self.edition)}; accepted: {editions}")
        for field in ("least_total", "least_clinical"):
            least = getattr(self, field)
            if type(least) is not int or not 0 <= least <= MAX_TOTAL:
                raise InvalidInputError(
                    f"{field}: found {shorten(least)}; accepted: a whole number 0 to {MAX_TOTAL}"
                )
        if self.clinical_applies not in (accepted := get_args(ClinicalApplies)):
            raise InvalidInputError(
                f"clinical_applies: found {shorten(self.clinical_applies)}; "
                f"accepted: {' or '.join(map(repr, accepted))}"
            )
        if not self.least_total and not self.least_clinical:
            raise InvalidInputError(f"rule {shorten(self.name)} has no condition")

    def __str__(self) -> str:
        conditions: list[str] = []
        if self.least_total:
            conditions.append(f"total >= {self.least_total}")
        if self.least_clinical:
            when = " when serology is scored" if self.clinical_applies != "always" else ""
            conditions.append(f"clinical >= {self.least_clinical}{when}")
        return f"{self.edition} {' and '.join(conditions)}"

    @property
    def least_clinical_by_serology(self) -> dict[int, int]:
        """The rule as a table: serologic points to the least clinical score that meets it.

        >>> rule = ActivityRule(name="example", edition=Edition.SELENA, least_total=8)
        >>> rule.least_clinical_by_serology
        {0: 8, 2: 6, 4: 4}
        """
        table: dict[int, int] = {}
        for serologic in range(0, _MAX_SEROLOGIC + 1, _SEROLOGIC_WEIGHT):
            applies = serologic > 0 or self.clinical_applies == "always"
            table[serologic] = max(
                0, self.least_total - serologic, self.least_clinical if applies else 0
            )
        return table

    def judge(self, assessment: Assessment) -> Judgement:
        """Judge the rule exactly over all completions of the not-assessed descriptors.

        >>> rule = ActivityRule(name="example", edition=Edition.SELENA, least_total=8)
        >>> pending = Assessment.of(present={"arthritis", "rash"}, not_assessed={"fever", "pyuria"})
        >>> judgement = rule.judge(pending)
        >>> judgement.verdict, judgement.deciding
        (<Verdict.UNDETERMINED: 'undetermined'>, frozenset({<Descriptor.PYURIA: 'pyuria'>}))
        """
        clinical = score_bounds(assessment, excluding=SEROLOGIC)
        total = score_bounds(assessment)
        lowest_serologic = total.low - clinical.low
        highest_serologic = total.high - clinical.high
        least = self.least_clinical_by_serology
        needed = [
            least[points]
            for points in range(lowest_serologic, highest_serologic + 1, _SEROLOGIC_WEIGHT)
        ]
        reason = self._reason(total, clinical)
        if clinical.low >= max(needed):
            return Judgement(Verdict.MET, reason)
        if clinical.high < min(needed):
            return Judgement(Verdict.NOT_MET, reason)
        return Judgement(Verdict.UNDETERMINED, reason, _deciding(assessment, clinical.low, needed))

    def judge_scores(self, *, total: int, clinical: int) -> Judgement:
        """Judge the rule on the two scores alone, for callers who hold nothing else.

        Raises `InvalidInputError` for a pair that no visit can have: a total is its clinical
        score plus 0, 2 or 4 serologic points.

        >>> rule = ActivityRule(name="example", edition=Edition.SELENA, least_total=8)
        >>> rule.judge_scores(total=8, clinical=6).verdict
        <Verdict.MET: 'met'>
        """
        total, clinical = _score("total", total), _score("clinical", clinical)
        needed = self.least_clinical_by_serology.get(total - clinical)
        if needed is None or clinical > MAX_TOTAL - _MAX_SEROLOGIC:
            raise InvalidInputError(
                f"no visit has total {total} with clinical score {clinical}: the difference is "
                "the serologic points, 0, 2 or 4"
            )
        verdict = Verdict.MET if clinical >= needed else Verdict.NOT_MET
        return Judgement(
            verdict, self._reason(ScoreBounds(total, total), ScoreBounds(clinical, clinical))
        )

    def _reason(self, total: ScoreBounds, clinical: ScoreBounds) -> str:
        return f"total {total}, clinical {clinical}; needed: {self}"


def _score(name: str, value: int) -> int:
    try:
        score = index(value)
    except TypeError:
        score = -1
    if isinstance(value, bool) or not 0 <= score <= MAX_TOTAL:
        raise InvalidInputError(
            f"{name}: found {shorten(value)}; accepted: a whole number 0 to {MAX_TOTAL}"
        )
    return score


def _deciding(
    assessment: Assessment, lowest_clinical: int, needed: list[int]
) -> frozenset[Descriptor]:
    """Find the not-assessed descriptors whose answer can change whether the rule is met.

    `needed` is the least clinical score for each reachable number of serologic points. Sets of
    clinical scores are bits of an integer: bit c stands for score c.
    """
    unknown = assessment.not_assessed
    weights = [d.weight for d in unknown - SEROLOGIC]

    def reachable(weights: list[int]) -> int:
        scores = 1 << lowest_clinical
        for weight in weights:
            scores |= scores << weight
        return scores

    def any_between(scores: int, low: int, high: int) -> bool:
        """Whether some score s has low <= s < high."""
        return scores & ((1 << high) - (1 << max(low, 0))) != 0

    # A clinical descriptor matters where the others leave the score short by at most its weight.
    clinical_weights: set[int] = set()
    for weight in set(weights):
        others = weights.copy()
        others.remove(weight)
        scores = reachable(others)
        if any(any_between(scores, least - weight, least) for least in needed):
            clinical_weights.add(weight)
    # A serologic one matters where its points change the least score across a reachable one.
    scores = reachable(weights)
    serologic_matter = any(any_between(scores, min(pair), max(pair)) for pair in pairwise(needed))
    return frozenset(
        d for d in unknown if (serologic_matter if d in SEROLOGIC else d.weight in clinical_weights)
    )
