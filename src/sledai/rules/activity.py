"""ActivityRule: a threshold rule on the score, as data, judged exactly under unknowns.

A rule is MET when every completion of the not-assessed descriptors meets it, NOT_MET when none
does. That is not the same as judging its conditions one by one and combining the answers: total
and clinical score share descriptors, so the answers depend on each other.

The exactness rests on one fact. Once the points are fixed that count in the total alone, a rule
asks of the scores nothing but that the clinical one be at least some number. So its least scores
are a short table (`least_clinical_beside`), and judging it needs only the reachable clinical scores
and the reachable points beside them, which are independent of each other. Where the serologic
descriptors are not the only ones beside the clinical score, more points never fail a rule, so that
the lowest and the highest scores alone decide. Where one of some descriptors must be present, the
highest score is reached with all of them present. A highest total is accepted only if no one
descriptor can lead past the whole range, and beside no condition but a least total.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any, Literal, NamedTuple, Protocol, Self, get_args

from sledai.assessment import NOTHING_ASSESSED, Assessment
from sledai.definitions import Edition
from sledai.descriptors import SEROLOGIC, Descriptor, descriptor_set, listed
from sledai.displays import Displayed
from sledai.errors import InvalidInputError, require_one_of, shorten, whole_number
from sledai.records import FrozenDict
from sledai.rules.judgement import Judgement
from sledai.scoring import MAX_TOTAL, ScoreBounds, given_score, possible_scores, score_bounds
from sledai.sources import Citation
from sledai.verdict import Verdict

__all__ = ["ActivityRule", "Judgement"]

ClinicalApplies = Literal["always", "serology scored"]

_MAX_SEROLOGIC = sum(d.weight for d in SEROLOGIC)
_SEROLOGIC_POINTS = range(0, _MAX_SEROLOGIC + 1, Descriptor.LOW_COMPLEMENT.weight)
_HEAVIEST = max(d.weight for d in Descriptor)
_OUT_OF_REACH = MAX_TOTAL + 1
# A clinical score and the points beside it are one number, so that sets of such pairs are the bits
# of one integer and a descriptor moves them by one shift: the score, and a row for each point. A
# row is longer than any clinical score, so that no shift leads from one row into the next.
_ROW = 1 << MAX_TOTAL.bit_length()


class _Range(Protocol):
    @property
    def low(self) -> Any: ...

    @property
    def high(self) -> Any: ...


@dataclass(frozen=True, kw_only=True)
class ActivityRule(Displayed):
    """The activity that a trial asks for, on the total, on the clinical score and on descriptors.

    `least_clinical` applies always or, with `clinical_applies="serology scored"`, only to a visit
    with points for low complement or increased DNA binding. `clinical_excluding` is what the rule
    means by clinical: the descriptors that count in the total and not in the clinical score, these
    two among them (`sledai.scoring.variants` holds the published sets). `least_serologic` is 2
    where one of the two must be present, and 4 where both must. `uncounted` descriptors count in
    neither score, and of `one_of` at least one must be present. `edition` is the wording by which
    the descriptors are to be rated; the arithmetic does not depend on it.

    Raises `InvalidInputError` for a rule without a condition, with a number out of range, or with
    conditions that cannot be judged exactly together: where more than the serologic descriptors is
    left out, `least_clinical` applies always, and there is no `least_serologic`.

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
    clinical_excluding: frozenset[Descriptor] = SEROLOGIC
    most_total: int = MAX_TOTAL
    least_serologic: int = 0
    uncounted: frozenset[Descriptor] = frozenset()
    one_of: frozenset[Descriptor] = frozenset()
    citation: Citation | None = None

    def __post_init__(self) -> None:
        if type(self.name) is not str or not self.name.strip():
            raise InvalidInputError.found(self.name, "text", "name")
        if type(self.edition) is not Edition:
            editions = (f"Edition.{edition.name}" for edition in Edition)
            raise InvalidInputError.found(self.edition, editions, "edition")
        for field in ("least_total", "least_clinical", "most_total"):
            object.__setattr__(self, field, given_score(getattr(self, field), field))
        if (serologic := whole_number(self.least_serologic)) not in _SEROLOGIC_POINTS:
            raise InvalidInputError.found(
                self.least_serologic, _SEROLOGIC_POINTS, "least_serologic"
            )
        object.__setattr__(self, "least_serologic", serologic)
        require_one_of(self.clinical_applies, get_args(ClinicalApplies), "clinical_applies")
        self._read_descriptors()
        self._refuse_what_is_not_exact()

    def _read_descriptors(self) -> None:
        for field in ("clinical_excluding", "uncounted", "one_of"):
            try:
                descriptors = descriptor_set(getattr(self, field))
            except InvalidInputError as error:
                raise InvalidInputError(f"{field}: {error}") from None
            object.__setattr__(self, field, descriptors)
            if field == "clinical_excluding":
                if not descriptors >= SEROLOGIC:
                    raise InvalidInputError.in_words(
                        listed(descriptors) or "none", f"{listed(SEROLOGIC)} and others", field
                    )
            elif serologic := descriptors & SEROLOGIC:
                raise InvalidInputError.in_words(listed(serologic), "clinical descriptors", field)

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
        always = self.least_clinical and self.clinical_applies == "always"
        if self.beside_clinical != SEROLOGIC and (not always or self.least_serologic):
            raise InvalidInputError.in_words(
                listed(self.clinical_excluding),
                f"more than {listed(SEROLOGIC)} only with a least_clinical that applies always and "
                "without a least_serologic",
                "clinical_excluding",
            )

    def __str__(self) -> str:
        return self._said

    def _headline(self) -> str:
        return f"{self.name}: {self}"

    @cached_property
    def _said(self) -> str:
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
        without = ""
        if self.beside_clinical != SEROLOGIC:
            without = f", clinical without {listed(self.beside_clinical)}"
        return f"{self.edition} {' and '.join(conditions)}{not_counted}{without}"

    @property
    def beside_clinical(self) -> frozenset[Descriptor]:
        """The descriptors that count in the total and not in the clinical score."""
        if not self.uncounted:
            return self.clinical_excluding  # the same set, which knows its hash
        return self.clinical_excluding - self.uncounted

    @cached_property
    def least_clinical_beside(self) -> Mapping[int, int]:
        """The least scores as a table: points beside the clinical ones to the least clinical score.

        Each row holds from its points up to those of the next. A number that no score reaches
        stands where no clinical score is enough. A highest total and `one_of` are conditions
        beside the table.

        >>> rule = ActivityRule(name="example", edition=Edition.SELENA, least_total=8)
        >>> rule.least_clinical_beside
        {0: 8, 2: 6, 4: 4}
        """
        table: dict[int, int] = {}
        before = None
        for points in _possible_points(self.beside_clinical):
            applies = points > 0 or self.clinical_applies == "always"
            least = max(
                0,
                self.least_total - points,
                self.least_clinical if applies else 0,
                0 if points >= self.least_serologic else _OUT_OF_REACH,
            )
            if least != before:
                table[points] = before = least
        return FrozenDict(table)

    def outcomes(self, clinical: _Range, beside: _Range) -> tuple[Any, Any]:
        """Say whether scores in these ranges can meet the rule, and whether they can fail it.

        The ranges are of the clinical score as the rule counts it, and of the points beside it.
        Their ends are numbers or expressions on columns, and so are the two results. That one of
        `one_of` is present is not looked at.

        >>> rule = ActivityRule(name="example", edition=Edition.SELENA, least_total=8)
        >>> rule.outcomes(ScoreBounds(6, 6), ScoreBounds(0, 4))
        (True, True)
        """
        can_be_met: Any = False
        can_fail: Any = False
        rows = [*self.least_clinical_beside.items(), (_OUT_OF_REACH, 0)]
        for (points, least), (beyond, _) in pairwise(rows):
            reached = (beside.low < beyond) & (beside.high >= points)
            can_be_met |= reached & (clinical.high >= least)
            can_fail |= reached & (clinical.low < least)
        if self.most_total < MAX_TOTAL:
            can_be_met &= clinical.low + beside.low <= self.most_total
            can_fail |= clinical.high + beside.high > self.most_total
        return can_be_met, can_fail

    def judge(self, assessment: Assessment) -> Judgement:
        """Judge the rule exactly over all completions of the not-assessed descriptors.

        >>> rule = ActivityRule(name="example", edition=Edition.SELENA, least_total=8)
        >>> pending = Assessment.of(present={"arthritis", "rash"}, not_assessed={"fever", "pyuria"})
        >>> judgement = rule.judge(pending)
        >>> judgement.verdict, judgement.deciding
        (<Verdict.UNDETERMINED: 'undetermined'>, frozenset({<Descriptor.PYURIA: 'pyuria'>}))
        """
        clinical, total, verdict = self._bounds_and_verdict(assessment)
        reason = self._reason(total, clinical)
        if verdict is not Verdict.UNDETERMINED:
            return Judgement(verdict, reason)
        # One bit, at the scores of what is present: all else is shifted on from there. It stands in
        # the set for which one of `one_of` is present, or in the other where none is so far.
        start = 1 << clinical.low + _ROW * (total.low - clinical.low)
        begin = (0, start) if self._one_there(assessment) else (start, 0)
        return Judgement(verdict, reason, _deciding(self, assessment.not_assessed, begin))

    def verdict_on(self, assessment: Assessment) -> Verdict:
        """Give the verdict of `judge` alone, without the reason and without what decides.

        >>> rule = ActivityRule(name="example", edition=Edition.SELENA, least_total=8)
        >>> rule.verdict_on(Assessment.of(present={"seizure"}, not_assessed={"fever"}))
        <Verdict.MET: 'met'>
        """
        return self._bounds_and_verdict(assessment)[-1]

    def _bounds_and_verdict(
        self, assessment: Assessment
    ) -> tuple[ScoreBounds, ScoreBounds, Verdict]:
        clinical = score_bounds(assessment, excluding=self.clinical_excluding | self.uncounted)
        total = score_bounds(assessment, excluding=self.uncounted)
        beside = ScoreBounds(total.low - clinical.low, total.high - clinical.high)
        can_be_met, can_fail = self.outcomes(clinical, beside)
        one_there = self._one_there(assessment)
        one_possible = one_there or bool(self.one_of - assessment.absent)
        if one_there and not can_fail:
            return clinical, total, Verdict.MET
        possible = one_possible and can_be_met
        return clinical, total, Verdict.UNDETERMINED if possible else Verdict.NOT_MET

    def _one_there(self, assessment: Assessment) -> bool:
        return not self.one_of or bool(self.one_of & assessment.present)

    def judge_scores(self, *, total: int, clinical: int) -> Judgement:
        """Judge the rule on the two scores alone, for callers who hold nothing else.

        They are the scores as the rule counts them: both without its `uncounted` descriptors, and
        the clinical one without its `clinical_excluding`. Where one of some descriptors must be
        present, scores may leave that open, and so the rule.

        Raises `InvalidInputError` for a pair that no visit can have: a total is its clinical score
        plus the points of what that score leaves out, by default 0, 2 or 4.

        >>> rule = ActivityRule(name="example", edition=Edition.SELENA, least_total=8)
        >>> rule.judge_scores(total=8, clinical=6).verdict
        <Verdict.MET: 'met'>
        """
        total, clinical = given_score(total, "total"), given_score(clinical, "clinical")
        beside = total - clinical
        if beside not in (possible := _possible_points(self.beside_clinical)):
            raise InvalidInputError(
                f"no visit has total {total} with clinical score {clinical}: the difference is one "
                f"of {', '.join(map(str, possible))}, the points of {listed(self.beside_clinical)}"
            )
        without, with_one = _reachable([_Kind.of(self, d) for d in Descriptor])
        if not self.one_of:
            without, with_one = 0, without
        # The pair of scores is one bit of each set: a visit has it where that bit is 1.
        place = clinical + _ROW * beside
        without, with_one = without >> place & 1, with_one >> place & 1
        if not without and not with_one:
            raise InvalidInputError(
                f"clinical: found {clinical}; no visit has it as {self.name} counts"
            )
        exactly = ScoreBounds(clinical, clinical)
        reason = self._reason(ScoreBounds(total, total), exactly)
        met, _ = self.outcomes(exactly, ScoreBounds(beside, beside))
        if not (met and with_one):
            return Judgement(Verdict.NOT_MET, reason)
        if without:
            return Judgement(Verdict.UNDETERMINED, reason, self.one_of)
        return Judgement(Verdict.MET, reason)

    def _reason(self, total: ScoreBounds, clinical: ScoreBounds) -> str:
        return f"total {total}, clinical {clinical}; needed: {self}"


def _deciding(
    rule: ActivityRule, unknown: frozenset[Descriptor], begin: tuple[int, int]
) -> frozenset[Descriptor]:
    """Find the not-assessed descriptors whose answer can change whether the rule is met.

    Sets of scores are bits of an integer, one for each clinical score and points beside it: in
    `begin` the scores of what is present, for when none of `one_of` is present and for when one is.
    """
    kinds = {d: _Kind.of(rule, d) for d in unknown}
    met = _met(rule)
    matters: dict[_Kind, bool] = {}
    for kind in set(kinds.values()):
        others = list(kinds.values())
        others.remove(kind)
        without, with_one = _reachable(others, begin)
        after = met >> kind.points
        # Of a score that the others reach, the bit in `met` says whether it is enough without the
        # descriptor, and the bit in `after` whether it is with its points. Where they differ, the
        # descriptor decides; it does too where it is the first of `one_of` and enough is reached.
        matters[kind] = bool(with_one & (met ^ after)) or bool(kind.joins and without & after)
    return frozenset(d for d, kind in kinds.items() if matters[kind])


def _met(rule: ActivityRule) -> int:
    """Give the scores that meet a rule where one of `one_of` is present."""
    scores = 0
    table = rule.least_clinical_beside
    least = _OUT_OF_REACH
    for points in _possible_points(rule.beside_clinical):
        least = table.get(points, least)
        # All bits up to the most clinical score that the highest total leaves, 2^(most + 1) - 1; to
        # the right and back again clears those below the least. A highest total below the points
        # themselves leaves none. Then the row goes to its place.
        enough = (1 << max(rule.most_total - points, -1) + 1) - 1 >> least << least
        scores |= enough << _ROW * points
    return scores


def _reachable(kinds: list["_Kind"], begin: tuple[int, int] = (1, 0)) -> tuple[int, int]:
    """Give the scores that some of these descriptors make, without and with one of `one_of`."""
    without, with_one = begin
    # A descriptor adds its points to every score that is reached, which is one shift of the set;
    # the scores without it stay. A descriptor of `one_of` leads from the first set into the second,
    # so that the first keeps only what is reached with none of them.
    for kind in kinds:
        with_one |= with_one << kind.points
        if kind.joins:
            with_one |= without << kind.points
        else:
            without |= without << kind.points
    return without, with_one


@lru_cache(maxsize=64)
def _possible_points(descriptors: frozenset[Descriptor]) -> tuple[int, ...]:
    """List what some of these descriptors score together, from 0 up."""
    others = frozenset(Descriptor) - descriptors
    return tuple(sorted(possible_scores(NOTHING_ASSESSED, excluding=others)))


class _Kind(NamedTuple):
    """What a rule sees of a descriptor: where its points lead, and if it is in `one_of`."""

    points: int
    joins: bool

    @classmethod
    def of(cls, rule: ActivityRule, descriptor: Descriptor) -> Self:
        counts = descriptor not in rule.uncounted
        place = _ROW if descriptor in rule.clinical_excluding else 1
        return cls(descriptor.weight * place if counts else 0, descriptor in rule.one_of)
