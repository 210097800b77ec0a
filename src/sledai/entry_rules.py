"""ActivityRule: a threshold rule on the score, as data, judged exactly under unknowns.

A rule is MET when every completion of the not-assessed descriptors meets it, NOT_MET when none
does. That is not the same as judging its conditions one by one and combining the answers: total
and clinical score share descriptors, so the answers depend on each other.

The exactness rests on one fact. Once the serologic points are fixed, a rule asks of the scores
nothing but that the clinical one be at least some number. So its least scores are a table of
three numbers (`least_clinical_by_serology`), and judging it needs only the reachable clinical
scores and the reachable serologic points, which are independent of each other. Where
one of some descriptors must be present, the highest score is reached with all of them present. A
highest total is accepted only if no one descriptor can lead past the whole range, and beside no
condition but a least total.
"""

from dataclasses import dataclass
from itertools import pairwise
from operator import index
from typing import Literal, NamedTuple, Never, Self, get_args

from sledai.assessment import Assessment
from sledai.definitions import Edition
from sledai.descriptors import SEROLOGIC, Descriptor, descriptor_set, listed
from sledai.errors import InvalidInputError, shorten
from sledai.scoring import MAX_TOTAL, ScoreBounds, score_bounds
from sledai.sources import Citation
from sledai.verdict import Verdict

__all__ = ["ActivityRule", "Judgement"]

ClinicalApplies = Literal["always", "serology scored"]

_MAX_SEROLOGIC = sum(d.weight for d in SEROLOGIC)
_SEROLOGIC_POINTS = range(0, _MAX_SEROLOGIC + 1, Descriptor.LOW_COMPLEMENT.weight)
_HEAVIEST = max(d.weight for d in Descriptor)
_OUT_OF_REACH = MAX_TOTAL + 1


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
    """The activity that a trial asks for, on the total, on the clinical score and on descriptors.

    `least_clinical` applies always or, with `clinical_applies="serology scored"`, only to a visit
    with points for low complement or increased DNA binding. `least_serologic` is 2 where one of
    these two must be present, and 4 where both must. `uncounted` descriptors count in neither
    score, and of `one_of` at least one must be present. `edition` is the wording by which the
    descriptors are to be rated; the arithmetic does not depend on it.

    Raises `InvalidInputError` for a rule without a condition, with a number out of range, or with
    conditions that cannot be judged exactly together.

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
    most_total: int = MAX_TOTAL
    least_serologic: int = 0
    uncounted: frozenset[Descriptor] = frozenset()
    one_of: frozenset[Descriptor] = frozenset()
    citation: Citation | None = None

    def __post_init__(self) -> None:
        if type(self.name) is not str or not self.name.strip():
            raise InvalidInputError(f"name: found {shorten(self.name)}; accepted: text")
        if type(self.edition) is not Edition:
            editions = ", ".join(f"Edition.{edition.name}" for edition in Edition)
            raise InvalidInputError(f"edition: found {shorten(self.edition)}; accepted: {editions}")
        for field in ("least_total", "least_clinical", "most_total"):
            number = getattr(self, field)
            if type(number) is not int or not 0 <= number <= MAX_TOTAL:
                raise InvalidInputError(
                    f"{field}: found {shorten(number)}; accepted: a whole number 0 to {MAX_TOTAL}"
                )
        if type(self.least_serologic) is not int or self.least_serologic not in _SEROLOGIC_POINTS:
            raise InvalidInputError(
                f"least_serologic: found {shorten(self.least_serologic)}; accepted: "
                f"{', '.join(map(str, _SEROLOGIC_POINTS))}"
            )
        if self.clinical_applies not in (accepted := get_args(ClinicalApplies)):
            raise InvalidInputError(
                f"clinical_applies: found {shorten(self.clinical_applies)}; "
                f"accepted: {' or '.join(map(repr, accepted))}"
            )
        self._read_descriptors()
        self._refuse_what_is_not_exact()

    def _read_descriptors(self) -> None:
        for field in ("uncounted", "one_of"):
            try:
                descriptors = descriptor_set(getattr(self, field))
            except (InvalidInputError, TypeError) as error:
                raise InvalidInputError(f"{field}: {error}") from None
            if serologic := descriptors & SEROLOGIC:
                raise InvalidInputError(
                    f"{field}: found {listed(serologic)}; accepted: clinical descriptors"
                )
            object.__setattr__(self, field, descriptors)

    def _refuse_what_is_not_exact(self) -> None:
        others = bool(self.least_clinical or self.least_serologic or self.one_of)
        if not (self.least_total or others or self.most_total < MAX_TOTAL):
            raise InvalidInputError(f"rule {shorten(self.name)} has no condition")
        narrow = self.least_total and self.most_total - self.least_total < _HEAVIEST - 1
        if self.most_total < MAX_TOTAL and (others or narrow):
            raise InvalidInputError(
                f"most_total: found {self.most_total}; accepted only with no other condition but a "
                f"least_total that is at least {_HEAVIEST - 1} less"
            )

    def __str__(self) -> str:
        conditions: list[str] = []
        if self.least_total:
            conditions.append(f"total >= {self.least_total}")
        if self.most_total < MAX_TOTAL:
            conditions.append(f"total <= {self.most_total}")
        if self.least_clinical:
            when = " when serology is scored" if self.clinical_applies != "always" else ""
            conditions.append(f"clinical >= {self.least_clinical}{when}")
        if self.least_serologic:
            both = self.least_serologic == _MAX_SEROLOGIC
            conditions.append(f"{'both' if both else 'one'} of {listed(SEROLOGIC)} present")
        if self.one_of:
            conditions.append(f"one of {listed(self.one_of)} present")
        not_counted = f", {listed(self.uncounted)} not counted" if self.uncounted else ""
        return f"{self.edition} {' and '.join(conditions)}{not_counted}"

    @property
    def least_clinical_by_serology(self) -> dict[int, int]:
        """The least scores as a table: serologic points to the least clinical score to meet them.

        A number that no score reaches stands where no clinical score does. A highest total and
        `one_of` are conditions beside it.

        >>> rule = ActivityRule(name="example", edition=Edition.SELENA, least_total=8)
        >>> rule.least_clinical_by_serology
        {0: 8, 2: 6, 4: 4}
        """
        table: dict[int, int] = {}
        for serologic in _SEROLOGIC_POINTS:
            applies = serologic > 0 or self.clinical_applies == "always"
            table[serologic] = max(
                0,
                self.least_total - serologic,
                self.least_clinical if applies else 0,
                0 if serologic >= self.least_serologic else _OUT_OF_REACH,
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
        clinical = score_bounds(assessment, excluding=SEROLOGIC | self.uncounted)
        total = score_bounds(assessment, excluding=self.uncounted)
        table = self.least_clinical_by_serology
        accepted = [
            (table[points], self.most_total - points)
            for points in _SEROLOGIC_POINTS
            if total.low - clinical.low <= points <= total.high - clinical.high
        ]
        one_there = not self.one_of or bool(self.one_of & assessment.present)
        one_possible = one_there or bool(self.one_of - assessment.absent)
        can_fail = not one_there or any(
            clinical.low < least or clinical.high > most for least, most in accepted
        )
        can_be_met = one_possible and any(
            clinical.high >= least and clinical.low <= most for least, most in accepted
        )
        reason = self._reason(total, clinical)
        if not can_fail:
            return Judgement(Verdict.MET, reason)
        if not can_be_met:
            return Judgement(Verdict.NOT_MET, reason)
        return Judgement(
            Verdict.UNDETERMINED,
            reason,
            _deciding(self, assessment, clinical.low, accepted, one_there=one_there),
        )

    def judge_scores(self, *, total: int, clinical: int) -> Judgement:
        """Judge the rule on the two scores alone, for callers who hold nothing else.

        They are the scores as the rule counts them, without its `uncounted` descriptors. Where one
        of some descriptors must be present, scores may leave that open, and so the rule.

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
        none, one = _reachable([_Kind.of(self, d) for d in Descriptor if d not in SEROLOGIC])
        if not self.one_of:
            none, one = 0, none
        without, with_one = none >> clinical & 1, one >> clinical & 1
        if not without and not with_one:
            raise InvalidInputError(
                f"clinical: found {clinical}; no visit has it as {self.name} counts"
            )
        reason = self._reason(ScoreBounds(total, total), ScoreBounds(clinical, clinical))
        if clinical < needed or total > self.most_total or not with_one:
            return Judgement(Verdict.NOT_MET, reason)
        if without:
            return Judgement(Verdict.UNDETERMINED, reason, self.one_of)
        return Judgement(Verdict.MET, reason)

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
    rule: ActivityRule,
    assessment: Assessment,
    lowest_clinical: int,
    accepted: list[tuple[int, int]],
    *,
    one_there: bool,
) -> frozenset[Descriptor]:
    """Find the not-assessed descriptors whose answer can change whether the rule is met.

    `accepted` is the least and the most clinical score for each reachable number of serologic
    points. Sets of clinical scores are bits of an integer, bit c for score c, one for when none of
    `one_of` is present and one for when one is.
    """
    unknown = assessment.not_assessed
    kinds = {d: _Kind.of(rule, d) for d in unknown - SEROLOGIC}
    met = [((1 << max(most, -1) + 1) - 1) >> least << least for least, most in accepted]

    start = 1 << lowest_clinical
    begin = (0, start) if one_there else (start, 0)
    matters: dict[_Kind, bool] = {}
    for kind in set(kinds.values()):
        others = list(kinds.values())
        others.remove(kind)
        none, one = _reachable(others, begin)
        after = [scores >> kind.weight for scores in met]
        matters[kind] = any(one & (scores ^ then) for scores, then in zip(met, after, strict=True))
        if kind.joins:
            matters[kind] |= any(none & then for then in after)
    _, one = _reachable(list(kinds.values()), begin)
    serologic_matter = any(one & (fewer ^ more) for fewer, more in pairwise(met))
    return frozenset(d for d in unknown if (matters[kinds[d]] if d in kinds else serologic_matter))


def _reachable(kinds: list["_Kind"], begin: tuple[int, int] = (1, 0)) -> tuple[int, int]:
    """Give the scores that some of these descriptors make, without and with one of `one_of`."""
    none, one = begin
    for kind in kinds:
        one |= one << kind.weight
        if kind.joins:
            one |= none << kind.weight
        else:
            none |= none << kind.weight
    return none, one


class _Kind(NamedTuple):
    """What a rule sees of a clinical descriptor: the points it counts, and if it is in `one_of`."""

    weight: int
    joins: bool

    @classmethod
    def of(cls, rule: ActivityRule, descriptor: Descriptor) -> Self:
        counts = descriptor not in rule.uncounted
        return cls(descriptor.weight if counts else 0, descriptor in rule.one_of)
