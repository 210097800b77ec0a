"""The clauses of a definition, held against findings: yes, no, or open where something is missing.

Three-valued logic: a clause is decided only when no answer to what is missing could change it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache, lru_cache
from typing import assert_never

from sledai.definitions.clauses import (
    SPECIAL_CASES,
    AllOf,
    AnyOf,
    AtLeast,
    BeyondLaboratory,
    Clause,
    IfGiven,
    Measured,
    NewOnset,
    Sign,
    findings_of,
)
from sledai.displays import Value
from sledai.findings.observations import LabResult
from sledai.operators import Operator
from sledai.quantities import Interval, Quantity, checked, converted, kind

__all__ = ["EARLIER", "Evaluation", "Evidence", "Outcome", "asked_by"]

EARLIER = "previous_urine_protein_24h"
"""The finding that may be of any date before the visit."""
_PROTEIN, _RATIO = "urine_protein_24h", "urine_protein_creatinine_ratio"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence(Value):
    """One finding that an answer rests on: what was found and, of an amount, past which limit.

    The limit is in the unit of the value. `note` says what else was decided on the way.

    >>> print(Evidence(finding="platelets", value="92 K/uL", operator="<", limit="100 K/uL"))
    platelets 92 K/uL < 100 K/uL
    """

    finding: str
    value: str
    operator: str = ""
    limit: str = ""
    holds: bool = True
    note: str = ""

    def __str__(self) -> str:
        note = f" ({self.note})" if self.note else ""
        if not self.operator:
            return f"{self.finding}: {self.value}{note}"
        comparison = f"{self.operator} {self.limit}"
        if not self.holds:
            comparison = f"is not {comparison}"
        return f"{self.finding} {self.value} {comparison}{note}"


@dataclass(frozen=True, slots=True)
class Outcome(Value):
    """What a clause comes to: the answer, what it rests on, and what it would take to decide it.

    `assumed` are tests that were not given and count as no evidence.
    """

    answer: bool | None
    evidence: tuple[Evidence, ...] = ()
    missing: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What is known of the findings that a definition asks for: `known` holds all of `asked_by`.

    `earlier` is the date of the earlier urine protein. With `ratio_limit` a urine protein to
    creatinine ratio stands in for a 24 h amount that was not given, and is past the limit of that
    amount when it is past this one.
    """

    known: Mapping[str, object]
    earlier: date | None = None
    ratio_limit: Quantity | None = None

    def of(self, clause: Clause) -> Outcome:  # noqa: PLR0911 - one for each kind
        """Hold a clause against the findings."""
        match clause:
            case Sign():
                return self._sign(clause.finding)
            case Measured():
                return self._increase(clause) if clause.since else self._measured(clause)
            case NewOnset():
                return self._new_onset(clause)
            case BeyondLaboratory():
                return self._beyond_laboratory(clause)
            case IfGiven():
                asked = tuple(findings_of(clause.clause))
                if all(self.given(finding) is None for finding in asked):
                    return Outcome(answer=False, assumed=asked)
                return self.of(clause.clause)
            case AllOf():
                return _at_least(len(clause.clauses), map(self.of, clause.clauses))
            case AnyOf():
                return _at_least(1, map(self.of, clause.clauses))
            case AtLeast():
                return _at_least(int(clause.limit.value), map(self.of, clause.clauses))
            case _:
                assert_never(clause)

    def given(self, finding: str) -> object:
        """Give what is known of a finding, or None."""
        return self.known[finding]

    def _sign(self, finding: str) -> Outcome:
        sign, note = self.given(finding), ""
        if sign is None:
            for special, general in SPECIAL_CASES.items():
                if finding == general and self.given(special) is True:
                    sign, note = True, special
                if finding == special and self.given(general) is False:
                    sign, note = False, f"no {general}"
        if isinstance(sign, Quantity):  # casts that were counted
            seen = checked("urine_casts", sign).is_past(">", Fraction(0))
            evidence = Evidence(
                finding=finding,
                value=str(sign),
                operator=">",
                limit=f"0 {sign.unit}",
                holds=bool(seen),
            )
            return _decided(seen, evidence, finding)
        if sign is None:
            return Outcome(None, missing=(finding,))
        holds = bool(sign)
        evidence = Evidence(finding=finding, value="yes" if holds else "no", holds=holds, note=note)
        return Outcome(holds, (evidence,))

    def _measured(self, clause: Measured) -> Outcome:
        finding, limit = clause.finding, clause.limit
        value = self.given(finding)
        if isinstance(value, LabResult):
            value = value.value
            if not isinstance(value, Quantity) or kind(finding, value.unit) != kind(
                finding, limit.unit
            ):
                return Outcome(answer=False)  # measured in another way: this clause is not for it
        ratio = self.given(_RATIO) if finding == _PROTEIN else None
        if isinstance(value, Quantity):
            note = "the ratio is not used beside it" if ratio is not None else ""
            return _compared(
                finding,
                value,
                limit.operator,
                Fraction(limit.value),
                note=note,
            )
        if isinstance(value, int):
            count = Interval(Fraction(value), Fraction(value))
            holds = bool(count.is_past(limit.operator, Fraction(limit.value)))
            evidence = Evidence(
                finding=finding,
                value=str(value),
                operator=limit.operator,
                limit=str(limit.value),
                holds=holds,
            )
            return Outcome(holds, (evidence,))
        if isinstance(ratio, Quantity) and self.ratio_limit is not None:
            return _compared(
                _RATIO,
                ratio,
                limit.operator,
                checked(_RATIO, self.ratio_limit).least,
                note=f"for {finding} {limit}, as asked for",
            )
        if ratio is not None:
            return Outcome(None, missing=(f"{finding} (or ratio_limit, to use {_RATIO})",))
        return Outcome(None, missing=(finding,))

    def _increase(self, clause: Measured) -> Outcome:
        now, before = self.given(clause.finding), self.given(clause.since)
        if not (isinstance(now, Quantity) and isinstance(before, Quantity)):
            names = (clause.finding, clause.since)
            return Outcome(None, missing=tuple(n for n in names if self.given(n) is None))
        increase = checked(clause.finding, now) - checked(clause.since, before)
        limit = Fraction(clause.limit.value)
        past = increase.is_past(clause.limit.operator, limit)
        evidence = Evidence(
            finding=f"increase of {clause.finding}",
            value=f"from {before} to {now}",
            operator=clause.limit.operator,
            limit=_in_unit(clause.finding, limit, now.unit),
            holds=bool(past),
            note="".join(self._dated()),
        )
        return _decided(past, evidence, clause.finding if now.bound else clause.since)

    def _new_onset(self, clause: NewOnset) -> Outcome:
        before = self.given(clause.since)
        if self.given(clause.finding) is not None or not isinstance(before, Quantity):
            return self._sign(clause.finding)
        limit = Fraction(clause.limit.value)
        past = checked(clause.since, before).is_past(clause.limit.operator, limit)
        if past is None:
            open_ = f"{clause.finding} (or {clause.since} as a number: {before} leaves it open)"
            return Outcome(None, missing=(open_,))
        onset = "no new onset" if past else "a new onset"
        evidence = Evidence(
            finding=clause.since,
            value=str(before),
            operator=clause.limit.operator,
            limit=_in_unit(clause.since, limit, before.unit),
            holds=past,
            note=", ".join([onset, *self._dated()]),
        )
        return Outcome(not past, (evidence,))

    def _dated(self) -> list[str]:
        return [f"the earlier one of {self.earlier}"] if self.earlier else []

    def _beyond_laboratory(self, clause: BeyondLaboratory) -> Outcome:
        finding, operator = clause.finding, clause.operator
        result = self.given(finding)
        if not isinstance(result, LabResult):
            return Outcome(None, missing=(finding,))
        end, past_flag = ("lower", "low") if operator == "<" else ("upper", "high")
        flagged = None if result.flag is None else result.flag == past_flag
        limit = result.lower if end == "lower" else result.upper
        if isinstance(result.value, Quantity) and isinstance(limit, Quantity):
            end_of_normal = checked(finding, limit).least
            past = checked(finding, result.value).is_past(operator, end_of_normal)
            if past is not None:
                note = "" if flagged in {None, past} else f"the flag {result.flag} is not used"
                return _compared(finding, result.value, operator, end_of_normal, note=note)
        if flagged is None:
            return Outcome(None, missing=(f"the laboratory's {end} limit of {finding}",))
        value = f"flagged {result.flag} by the laboratory"
        return Outcome(flagged, (Evidence(finding=finding, value=value, holds=flagged),))


@cache
def asked_by(clause: Clause) -> tuple[str, ...]:
    """Name the findings on which the outcome of a clause may depend, in the order of asking.

    >>> asked_by(Sign("rash_new_or_recurrent"))
    ('rash_new_or_recurrent', 'rash')
    """
    asked: dict[str, None] = {}
    for finding in findings_of(clause):
        others = [pair for pair in SPECIAL_CASES.items() if finding in pair]
        beside = [_RATIO] if finding == _PROTEIN else []
        asked |= dict.fromkeys([finding, *(name for pair in others for name in pair), *beside])
    return tuple(asked)


def _compared(
    finding: str, value: Quantity, operator: Operator, limit: Fraction, *, note: str
) -> Outcome:
    return _compared_as(str(value), finding, value, operator, limit, note)


# Laboratories give few values, each often; equal ones may be written differently.
@lru_cache(maxsize=4096)
def _compared_as(
    written: str, finding: str, value: Quantity, operator: Operator, limit: Fraction, note: str
) -> Outcome:
    past = checked(finding, value).is_past(operator, limit)
    evidence = Evidence(
        finding=finding,
        value=written,
        operator=operator,
        limit=_in_unit(finding, limit, value.unit),
        holds=bool(past),
        note=note,
    )
    return _decided(past, evidence, finding)


def _decided(past: bool | None, evidence: Evidence, finding: str) -> Outcome:  # noqa: FBT001
    if past is None:
        return Outcome(None, missing=(f"{finding} as a number ({evidence.value} leaves it open)",))
    return Outcome(past, (evidence,))


@lru_cache(maxsize=1024)
def _in_unit(analyte: str, limit: Fraction, unit: str) -> str:
    """Write a limit, which is in the first unit of the analyte, in another unit."""
    return f"{float(converted(analyte, limit, unit)):,.12g} {unit}"


def _at_least(needed: int, outcomes: Iterable[Outcome]) -> Outcome:
    """Combine clauses of which as many are needed: what decides is said, or what is missing."""
    outcomes = tuple(outcomes)
    true = [outcome for outcome in outcomes if outcome.answer is True]
    false = [outcome for outcome in outcomes if outcome.answer is False]
    open_ = [outcome for outcome in outcomes if outcome.answer is None]
    if len(true) >= needed:
        answer, deciding = True, true
    elif len(true) + len(open_) < needed:
        answer, deciding = False, false
    else:
        answer, deciding = None, true
    return Outcome(
        answer,
        tuple(evidence for outcome in deciding for evidence in outcome.evidence),
        tuple(name for outcome in open_ for name in outcome.missing) if answer is None else (),
        tuple(name for outcome in deciding for name in outcome.assumed),
    )
