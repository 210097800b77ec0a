"""From findings to the 24 descriptors by the rules of an edition, with a reason for each."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from operator import itemgetter
from typing import NamedTuple

from sledai.assessment import Assessment
from sledai.definitions import LONGER_WINDOW, OBSERVATION_WINDOW, Definition, Edition
from sledai.definitions.editions import DEFINITIONS, edition_named
from sledai.descriptors import SEROLOGIC, Descriptor, listed_briefly
from sledai.displays import ANSWERS, Displayed, Table, Value, in_words
from sledai.errors import InvalidInputError, require, require_one_of, whole_number
from sledai.findings.evaluation import EARLIER, Evaluation, Evidence, asked_by
from sledai.findings.observations import OBSERVED, Findings
from sledai.quantities import Quantity, checked
from sledai.records import FrozenDict
from sledai.scoring import ScoreBounds, score_bounds

__all__ = [
    "Derivation",
    "EditionComparison",
    "NotUsed",
    "Reason",
    "compare_editions",
    "derive",
]

_WINDOWS = (OBSERVATION_WINDOW.days, LONGER_WINDOW.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason(Displayed):
    """Why a descriptor is present, absent or not assessed.

    `evidence` are the findings that decide, `missing` names those that would, where they are not
    enough. `assumed` names tests that were not given and count as no evidence. `other_cause` is
    what the findings are due to instead of lupus. The other causes that the `definition` excludes
    were either considered and ruled out (`exclusions_stated`) or only assumed not to be there.
    """

    descriptor: Descriptor
    edition: Edition
    answer: bool | None
    evidence: tuple[Evidence, ...]
    missing: tuple[str, ...]
    assumed: tuple[str, ...]
    other_cause: str
    exclusions_stated: bool
    definition: Definition

    def __str__(self) -> str:
        return (
            f"{ANSWERS[self.answer].word}: {'; '.join(self.grounds)} [{self.edition}: "
            f"{self.definition.citation}]"
        )

    @property
    def grounds(self) -> tuple[str, ...]:
        """What the answer rests on, each in words."""
        grounds = [*map(str, self.evidence)]
        if self.missing:
            grounds.append(f"not known: {', '.join(self.missing)}")
        if self.assumed:
            grounds.append(f"not given, so no evidence: {', '.join(self.assumed)}")
        if self.other_cause:
            grounds.append(f"due to another cause: {self.other_cause}")
        elif self.answer and self.definition.exclusions:
            how = "ruled out" if self.exclusions_stated else "assumed not to be the cause"
            grounds.append(f"{how}: {', '.join(self.definition.exclusions)}")
        return tuple(grounds)

    def _headline(self) -> str:
        return f"{self.descriptor} {ANSWERS[self.answer].word}: {'; '.join(self.grounds)}"

    def _tables(self) -> Iterable[Table]:
        yield Table(
            ("field", "value"),
            [
                ("descriptor", self.descriptor.label),
                ("answer", ANSWERS[self.answer]),
                ("because", self.grounds),
                ("definition", self.definition.text),
                ("source", f"{self.edition}: {self.definition.citation}"),
            ],
        )


@dataclass(frozen=True, slots=True)
class NotUsed(Value):
    """A finding that lies outside the window before the visit.

    >>> print(NotUsed("platelets", date(2026, 1, 2), 30))
    platelets of 2026-01-02, 30 days before the visit
    """

    finding: str
    observed: date
    days: int

    def __str__(self) -> str:
        return f"{self.finding} of {self.when}"

    @property
    def when(self) -> str:
        """When it was observed, and how far from the visit."""
        days = f"{self.days} days before" if self.days > 0 else f"{-self.days} days after"
        return f"{self.observed}, {days} the visit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation(Displayed):
    """An assessment that was made from findings, and how.

    `reasons` has one for each descriptor. `not_used` are findings outside the window of
    `window_days` before the visit.
    """

    edition: Edition
    window_days: int
    assessment: Assessment
    reasons: Mapping[Descriptor, Reason]
    not_used: tuple[NotUsed, ...]

    def __str__(self) -> str:
        reasons = (f"{descriptor}: {reason}" for descriptor, reason in self.reasons.items())
        not_used = (f"not used: {one}" for one in self.not_used)
        return "\n".join([self._headline(), *reasons, *not_used])

    def _headline(self) -> str:
        return f"{self.edition}: {in_words(self.assessment)}"

    def _tables(self) -> Iterable[Table]:
        yield Table(
            ("descriptor", "answer", "because"),
            [(d.label, ANSWERS[one.answer], one.grounds) for d, one in self.reasons.items()],
        )
        if self.not_used:
            rows = [(one.finding, one.when) for one in self.not_used]
            yield Table(("not used", "because"), rows)


def derive(
    findings: Findings,
    *,
    edition: Edition | str,
    window_days: int = OBSERVATION_WINDOW.days,
    ratio_limit: Quantity | str | None = None,
) -> Derivation:
    """Turn findings into the 24 descriptors by the definitions of an edition.

    A descriptor is present or absent where its definition is decided by what is given, whatever
    the rest may be, and otherwise not assessed. Where what was found is due to another cause
    (`other_cause`) it is absent. Of a 24 h amount and a ratio of urine protein the amount decides;
    a ratio alone is used only with `ratio_limit`, such as "0.5 g/g", since none of the editions
    has one. Of a value against the laboratory's limit and the laboratory's flag the value decides.

    `window_days` is 10, as in all editions, or 30. Findings with a date outside it are not used;
    the earlier urine protein may be of any date.

    Raises `InvalidInputError` for what are no findings, another window, an unknown edition, and a
    ratio limit that is none.

    >>> findings = Findings(platelets="92 K/uL", temperature="100.4 [degF]")
    >>> derivation = derive(findings, edition=Edition.SELENA)
    >>> derivation.assessment.present
    frozenset({<Descriptor.THROMBOCYTOPENIA: 'thrombocytopenia'>})
    >>> print(derivation.reasons["fever"])
    absent: temperature 100.4 [degF] is not > 100.4 [degF] [SELENA-SLEDAI: \
Bombardier 1992 (PMID 1599520), definition of descriptor 22 [as reproduced in public forms]]
    """
    require(findings, Findings, "findings", "Findings (Findings.model_validate reads a dict)")
    edition = edition_named(edition)
    if (days := whole_number(window_days)) is not None:
        window_days = days  # of numpy, too
    require_one_of(window_days, _WINDOWS, "window_days")
    not_used = _outside(findings, window_days)
    used = findings.__dict__ | dict.fromkeys(unused.finding for unused in not_used)
    amounts = frozenset([name for name in _MAY_BE_AMOUNTS if type(used[name]) not in _SIGNS])
    limit = _ratio_limit(ratio_limit)
    earlier, causes = findings.dates.get(EARLIER), findings.other_cause
    taken_from, by_descriptor = _asked(edition)
    taken = taken_from(used)
    reasons: dict[Descriptor, Reason] = {}
    for descriptor, asked, place in by_descriptor:
        known = taken[place]
        others = causes.get(descriptor, ""), descriptor in findings.no_other_cause
        if amounts.isdisjoint(asked):
            reasons[descriptor] = _reason_of_signs(descriptor, edition, known, *others)
        else:
            evaluation = Evaluation(
                known=dict(zip(asked, known, strict=True)), earlier=earlier, ratio_limit=limit
            )
            reasons[descriptor] = _reason(descriptor, edition, evaluation, *others)
    return Derivation(
        edition=edition,
        window_days=window_days,
        assessment=Assessment.model_validate(
            {name: reasons[descriptor].answer for name, descriptor in _FORM}
        ),
        reasons=FrozenDict(reasons),
        not_used=not_used,
    )


def _outside(findings: Findings, window_days: int) -> tuple[NotUsed, ...]:
    if findings.visit_date is None:
        return ()
    unused = (
        NotUsed(name, observed, (findings.visit_date - observed).days)
        for name, observed in findings.dates.items()
        if name != EARLIER
    )
    return tuple(finding for finding in unused if not 0 <= finding.days <= window_days)


def _ratio_limit(limit: Quantity | str | None) -> Quantity | None:
    if isinstance(limit, str):
        limit = Quantity.parse(limit)
    if limit is not None:
        if type(limit) is not Quantity:
            raise InvalidInputError.found(limit, "text of a number and a unit", "ratio_limit")
        checked("urine_protein_creatinine_ratio", limit)
        if limit.bound:
            raise InvalidInputError.found(str(limit), "a number and a unit", "ratio_limit")
    return limit


_FORM = tuple((d.value, d) for d in Descriptor)
_SIGNS = frozenset({bool, int, type(None)})
"""What is known of signs and counts: no amounts, of which equal ones may be written differently."""


_MAY_BE_AMOUNTS = tuple(n for n in OBSERVED if Findings.model_fields[n].annotation != bool | None)


class _Asked(NamedTuple):
    """The findings that an edition asks for, one after the other, and which are a descriptor's."""

    taken_from: Callable[[Mapping[str, object]], tuple[object, ...]]
    by_descriptor: tuple[tuple[Descriptor, tuple[str, ...], slice], ...]


@cache
def _asked(edition: Edition) -> _Asked:
    names: list[str] = []
    by_descriptor: list[tuple[Descriptor, tuple[str, ...], slice]] = []
    for descriptor, definition in DEFINITIONS[edition].items():
        asked = asked_by(definition.rule)
        by_descriptor.append((descriptor, asked, slice(len(names), len(names) + len(asked))))
        names += asked
    return _Asked(itemgetter(*names), tuple(by_descriptor))


# Signs are seldom there and most amounts are not given, so that most reasons are the same for many
# findings. A date of the earlier urine protein and the limit of a ratio are said of amounts alone.
@lru_cache(maxsize=4096)
def _reason_of_signs(
    descriptor: Descriptor,
    edition: Edition,
    known: tuple[object, ...],
    other_cause: str,
    exclusions_stated: bool,  # noqa: FBT001 - an answer, no switch
) -> Reason:
    asked = asked_by(DEFINITIONS[edition][descriptor].rule)
    evaluation = Evaluation(known=dict(zip(asked, known, strict=True)))
    return _reason(descriptor, edition, evaluation, other_cause, exclusions_stated)


def _reason(
    descriptor: Descriptor,
    edition: Edition,
    evaluation: Evaluation,
    other_cause: str,
    exclusions_stated: bool,  # noqa: FBT001 - an answer, no switch
) -> Reason:
    definition = DEFINITIONS[edition][descriptor]
    outcome = evaluation.of(definition.rule)
    answer, cause = outcome.answer, ""
    if answer is not False and any(evidence.holds for evidence in outcome.evidence):
        cause = other_cause
    if cause:
        answer = False
    return Reason(
        descriptor=descriptor,
        edition=edition,
        answer=answer,
        evidence=outcome.evidence,
        missing=outcome.missing if answer is None else (),
        assumed=outcome.assumed,
        other_cause=cause,
        exclusions_stated=exclusions_stated,
        definition=definition,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionComparison(Displayed):
    """The same findings scored by each edition.

    `totals` and `clinical` have the lowest and the highest possible score of each; `differing` are
    the descriptors on which the editions do not all agree, in form order.
    """

    derivations: Mapping[Edition, Derivation]
    totals: Mapping[Edition, ScoreBounds]
    clinical: Mapping[Edition, ScoreBounds]
    differing: tuple[Descriptor, ...]

    def __str__(self) -> str:
        lines = [
            f"{edition}: total {total}, clinical {self.clinical[edition]}"
            for edition, total in self.totals.items()
        ]
        for d in self.differing:
            said = (
                f"{edition} {ANSWERS[made.reasons[d].answer].word}"
                for edition, made in self.derivations.items()
            )
            lines.append(f"{d}: {', '.join(said)}")
        return "\n".join(lines)

    def _headline(self) -> str:
        totals = ", ".join(f"{edition} {bounds}" for edition, bounds in self.totals.items())
        return f"total by {totals}; differing: {listed_briefly(self.differing) or 'none'}"

    def _tables(self) -> Iterable[Table]:
        yield Table(
            ("edition", "total", "clinical"),
            [(edition, total, self.clinical[edition]) for edition, total in self.totals.items()],
        )
        if self.differing:
            made = self.derivations.values()
            rows = [
                (d.label, *(ANSWERS[one.reasons[d].answer] for one in made)) for d in self.differing
            ]
            yield Table(("differing", *self.derivations), rows)


def compare_editions(
    findings: Findings,
    *,
    window_days: int = OBSERVATION_WINDOW.days,
    ratio_limit: Quantity | str | None = None,
) -> EditionComparison:
    """Derive and score the same findings by each edition.

    The rest is as in `derive`, and so is what is raised.

    >>> compared = compare_editions(Findings(rash=True, rash_new_or_recurrent=False))
    >>> [(e.name, compared.totals[e].low) for e in Edition], list(map(str, compared.differing))
    ([('SLEDAI_1992', 0), ('SELENA', 2), ('HYBRID', 2), ('SLEDAI_2K', 2)], ['rash'])
    """
    derivations = {
        edition: derive(findings, edition=edition, window_days=window_days, ratio_limit=ratio_limit)
        for edition in Edition
    }
    assessments = {edition: made.assessment for edition, made in derivations.items()}
    return EditionComparison(
        derivations=FrozenDict(derivations),
        totals=FrozenDict({e: score_bounds(a) for e, a in assessments.items()}),
        clinical=FrozenDict(
            {e: score_bounds(a, excluding=SEROLOGIC) for e, a in assessments.items()}
        ),
        differing=tuple(
            d for d in Descriptor if len({getattr(a, d) for a in assessments.values()}) > 1
        ),
    )
