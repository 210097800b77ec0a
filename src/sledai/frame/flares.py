"""The SELENA flare index as expressions: which outcomes two visits leave possible.

The limits, signs and drugs are those of `sledai.indices.sfi_criteria`. What is not known may come
out in many ways, of which three say all that is asked:

- no flare is possible when there is none if what is unknown before was present and what is unknown
  now is absent, since all that makes a flare only grows from there;
- a severe flare is possible when one of its criteria can be met;
- a mild/moderate one when a criterion of its own can be met in a way that meets no severe one.

Needs the extra `frame`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sledai.descriptors import Descriptor
from sledai.frame.answer_columns import counted
from sledai.frame.beside import Beside, chosen_of
from sledai.frame.plain_visits import Number, billionths
from sledai.frame.three_valued import Answer, all_of, any_of, negated
from sledai.indices.sfi_criteria import (
    GLOBAL_RISE,
    HEMOGLOBIN,
    HEMOGLOBIN_FALL,
    MILD_DRUGS,
    MILD_SIGNS,
    PLATELETS,
    RISE,
    SEVERE_DOSE,
    SEVERE_GLOBAL,
    SEVERE_SIGNS,
    SEVERE_TOTAL,
    Flare,
    Parameters,
)

__all__ = ["Outcomes", "flare_column", "outcomes"]

MILD = sorted(frozenset[Descriptor]().union(*MILD_SIGNS.values()), key=lambda d: d.number)
SEVERE = sorted(frozenset[Descriptor]().union(*SEVERE_SIGNS.values()), key=lambda d: d.number)
TOTAL = int(SEVERE_TOTAL.value)
POINTS = int(RISE.value)


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Whether each outcome is possible, as expressions."""

    none: Any
    mild: Any
    severe: Any


def flare_column(beside: Beside, possible: Outcomes) -> Any:
    """Say which outcomes are possible; null at a first visit."""
    said = {
        Flare.NONE.value: possible.none,
        Flare.MILD_MODERATE.value: possible.mild,
        Flare.SEVERE.value: possible.severe,
    }
    return beside.unless_first(chosen_of(beside.engine, said))


def outcomes(beside: Beside, parameters: Parameters) -> Outcomes:
    """Say which outcomes two visits leave possible."""
    keep = beside.kept.keep
    score, dose, rise = _Score(beside, parameters), _Dose(beside), _Global(beside)
    now = beside.now
    signs = _any(now.sign(name) for name in MILD_SIGNS)
    mild_drugs = _any(now.sign(name) for name in MILD_DRUGS)
    severe_drugs = _any(now.sign(name) for name in parameters.severe_drugs)
    stay = now.sign("hospitalized_for_lupus")
    grave = _grave_signs(beside)
    grave = Answer(keep(0, grave.yes), keep(0, grave.no))
    grave_can_be = any_of(negated(grave.no), score.severe_sign_can_be)
    severe = any_of(
        score.severe_can_be,
        negated(stay.no),
        dose.severe,
        all_of(grave_can_be, dose.doubled_or_high),
        rise.severe,
        negated(severe_drugs.no),
    )
    # Where the dose was doubled or is high, a severe sign would be a severe flare.
    no_grave = all_of(negated(grave.yes), negated(score.severe_sign))
    quiet = all_of(
        negated(stay.yes),
        negated(score.flare),
        negated(score.mild_sign),
        any_of(dose.none_low, all_of(dose.none_high, no_grave)),
    )
    not_severe = negated(score.severe)
    mild_by_score = any_of(
        all_of(dose.mild_plain, not_severe),
        all_of(dose.mild_doubled, no_grave, not_severe),
        all_of(dose.none_low, score.mild_can_be),
        all_of(dose.none_high, negated(grave.yes), score.mild_can_be_without_severe_sign),
    )
    mild_by_score = all_of(negated(stay.yes), mild_by_score)
    none = all_of(
        quiet, rise.none, negated(signs.yes), negated(mild_drugs.yes), negated(severe_drugs.yes)
    )
    mild = all_of(
        negated(severe_drugs.yes),
        any_of(quiet, mild_by_score),
        any_of(rise.none, rise.mild),
        any_of(mild_by_score, rise.mild, negated(signs.no), negated(mild_drugs.no)),
    )
    return Outcomes(none, mild, severe)


def _any(answers: Iterable[Answer]) -> Answer:
    answers = list(answers)
    return Answer(any_of(*(a.yes for a in answers)), all_of(*(a.no for a in answers)))


def _grave_signs(beside: Beside) -> Answer:
    """Say whether there is a severe sign, or a laboratory value that is one."""
    now, before = beside.now, beside.before
    hemoglobin, earlier = now.number("hemoglobin"), before.number("hemoglobin")
    limit = billionths(HEMOGLOBIN_FALL.value)
    low = _below(hemoglobin, HEMOGLOBIN.value)
    fall = Answer(earlier.least - hemoglobin.most > limit, earlier.most - hemoglobin.least <= limit)
    hemolysis = now.sign("hemolytic_anemia")
    either = _any([low, fall])
    return _any(
        [
            *(now.sign(name) for name in SEVERE_SIGNS),
            _below(now.number("platelets"), PLATELETS.value),
            Answer(all_of(hemolysis.yes, either.yes), any_of(hemolysis.no, either.no)),
        ]
    )


def _below(amount: Number, limit: Any) -> Answer:
    return Answer(amount.most < billionths(limit), amount.least >= billionths(limit))


class _Score:
    """What the total and newly present descriptors can be part of."""

    def __init__(self, beside: Beside, parameters: Parameters) -> None:
        keep = beside.kept.keep
        now, before = beside.now, beside.before
        self.beside = beside
        self.original = parameters.variant == "original"
        self.rise = int(parameters.severe_rise.value)
        least_rise = beside.least_rise
        self.severe = keep(0, self._is_severe(least_rise, now.total.low))
        """Whether the score is severe in the way that has the least."""
        self.severe_can_be = self._is_severe(beside.most_rise, now.total.high)
        mild_rise = least_rise >= POINTS
        self.flare = keep(1, any_of(self.severe, mild_rise))
        self.severe_sign = keep(0, any_of(*map(beside.is_new, SEVERE)))
        can_be = any_of(*map(beside.can_be_new, SEVERE))
        self.severe_sign_can_be = beside.unless(beside.known, self.severe_sign, can_be)
        self.mild_sign = keep(0, any_of(*map(beside.is_new, MILD)))
        signs = [
            all_of(beside.can_be_new(d), negated(self._severe_with(d, least_rise))) for d in MILD
        ]
        settled = all_of(self.mild_sign, negated(self.severe))
        sign = keep(1, beside.unless(beside.known, settled, any_of(*signs)))
        none: dict[int, Any] = dict.fromkeys(now.open_of, 0)
        self.mild_can_be = any_of(sign, self._rises(none, 0))
        # Without a new severe sign: one that is present now was present before, and one that may be
        # new is absent now.
        left_out = dict(none)
        forced: Any = 0
        for d in SEVERE:
            is_, was = now.answers[d], before.answers[d]
            forced = forced + counted(self.beside.engine, all_of(is_.yes, was.unknown), d.weight)
            left_out[d.weight] = left_out[d.weight] + counted(
                self.beside.engine, all_of(is_.unknown, negated(was.yes)), 1
            )
        left_out = {
            weight: keep(0, beside.unless(beside.known, 0, count))
            for weight, count in left_out.items()
        }
        forced = keep(0, beside.unless(beside.known, 0, forced))
        self.mild_can_be_without_severe_sign = all_of(
            negated(self.severe_sign), any_of(sign, self._rises(left_out, forced))
        )

    def _is_severe(self, rise: Any, total: Any) -> Any:
        return all_of(total > TOTAL, rise >= self.rise) if self.original else False

    def _severe_with(self, d: Descriptor, least_rise: Any) -> Any:
        """Say whether the score is severe when one descriptor is new and all else is the least."""
        now, before = self.beside.now.answers[d], self.beside.before.answers[d]
        more = counted(self.beside.engine, now.unknown, d.weight)
        beyond = counted(self.beside.engine, before.unknown, d.weight)
        return self._is_severe(least_rise + more + beyond, self.beside.now.total.low + more)

    def _rises(self, left_out: dict[int, Any], forced: Any) -> Any:
        """Say whether the total can rise by 3 without being severe.

        Of the open descriptors some are `left_out`, and `forced` points were there before.
        """
        now, before = self.beside.now, self.beside.before
        open_of = {weight: now.open_of[weight] - left_out[weight] for weight in now.open_of}
        least_before = before.total.low + forced
        if not self.original:
            most = now.total.low
            for weight, count in open_of.items():
                most = most + count * weight
            return most - least_before >= POINTS
        # The highest total that is not above the limit takes the heaviest first.
        left = TOTAL - now.total.low
        for weight in sorted(open_of, reverse=True):
            count = open_of[weight]
            if not isinstance(count, int):  # none, in any row
                left = self.beside.engine.max_horizontal(left - count * weight, left % weight)
        left = self.beside.unless(self.beside.known, TOTAL - now.total.low, left)
        left = self.beside.kept.keep(1, left)
        return all_of(now.total.low <= TOTAL, TOTAL - left - least_before >= POINTS)


class _Dose:
    """What the doses of prednisone can be part of, each a way in which they may come out."""

    def __init__(self, beside: Beside) -> None:
        engine, keep = beside.engine, beside.kept.keep
        was, now = (one.number("prednisone_mg_day") for one in (beside.before, beside.now))
        kg = beside.now.number("weight_kg")
        per_kg = Fraction(SEVERE_DOSE.value)
        up, down = per_kg.numerator, per_kg.denominator

        def high(dose: Any, weight: Any) -> Any:
            return dose * down > weight * up

        self.severe = all_of(now.most > was.least, high(now.most, kg.least))
        doubled = all_of(now.most > was.least, now.most >= 2 * was.least)
        self.doubled_or_high = keep(
            0,
            any_of(
                doubled,
                high(now.most, kg.least),
                negated(beside.now.sign("hospitalized_for_lupus").no),
            ),
        )
        self.none_low = keep(0, all_of(now.least <= was.most, negated(high(now.least, kg.most))))
        below = _smaller(engine, now.most, was.most)
        self.none_high = keep(0, all_of(below >= now.least, high(below, kg.least)))
        # The highest dose that is not high: now.most, or the limit by weight.
        within = _smaller(engine, now.most * down, kg.most * up)
        within = keep(0, within)
        least = now.least * down
        is_mild = all_of(within >= least, within > was.least * down)
        self.mild_plain = keep(1, all_of(is_mild, now.least < 2 * was.most, was.most > 0))
        self.mild_doubled = keep(1, all_of(is_mild, within >= 2 * was.least * down))


class _Global:
    """What the global assessments can be part of."""

    def __init__(self, beside: Beside) -> None:
        engine, keep = beside.engine, beside.kept.keep
        was, now = (one.number(GLOBAL_RISE.quantity) for one in (beside.before, beside.now))
        rise, severe = billionths(GLOBAL_RISE.value), billionths(SEVERE_GLOBAL.value)
        below = _smaller(engine, now.most, severe)
        self.mild = keep(0, all_of(below >= now.least, below - was.least >= rise))
        self.severe = keep(0, all_of(now.most > was.least, now.most > severe))
        least = any_of(
            all_of(now.least <= severe, now.least - was.most >= rise),
            all_of(now.least > severe, now.least > was.most),
        )
        self.none = keep(0, negated(least))


def _smaller(engine: Any, one: Any, other: Any) -> Any:
    if isinstance(one, int) and isinstance(other, int):
        return min(one, other)
    return engine.when(one < other).then(one).otherwise(other)
