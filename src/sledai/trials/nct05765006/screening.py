"""The whole screen of NCT05765006: a verdict on every criterion and on all, exact under unknowns.

No field is asked for by two criteria. So all criteria can be met together just when each can, and
one that cannot be met is enough for NOT_MET, however much is unknown.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import cast

from sledai.assessment import NOTHING_ASSESSED, Assessment
from sledai.definitions.clauses import Limit
from sledai.descriptors import CNS_LUPUS, SEROLOGIC, Descriptor, listed
from sledai.displays import VERDICTS
from sledai.errors import InvalidInputError, require
from sledai.quantities import Quantity
from sledai.quantities.glucocorticoids import prednisone_equivalent
from sledai.rules.activity import ActivityRule
from sledai.scoring import ScoreBounds, possible_scores
from sledai.trials import durations
from sledai.trials.criteria import Clause, Criterion, Past, Way, Yes, leaves, settle
from sledai.trials.nct05765006 import ACTIVITY_RULE
from sledai.trials.nct05765006.candidate import Candidate
from sledai.trials.nct05765006.questions import questions_of
from sledai.trials.nct05765006.registered import CRITERIA, FACTS
from sledai.trials.nct05765006.report import CriterionResult, MissingAnswer, ScreeningReport
from sledai.verdict import Verdict

__all__ = [
    "CRITERIA",
    "FACTS",
    "SCORED_YET_EXCLUDING",
    "Candidate",
    "CriterionResult",
    "MissingAnswer",
    "ScreeningReport",
    "screen",
]

SCORED_YET_EXCLUDING: Mapping[str, tuple[str, frozenset[Descriptor]]] = {
    "active_cns_lupus": (
        "exclusion 2",
        CNS_LUPUS,
    ),
    "severe_vasculitis": ("exclusion 2", frozenset({Descriptor.VASCULITIS})),
    "other_cns_disease": (
        "exclusion 3",
        frozenset(
            {
                Descriptor.SEIZURE,
                Descriptor.PSYCHOSIS,
                Descriptor.ORGANIC_BRAIN_SYNDROME,
                Descriptor.CEREBROVASCULAR_ACCIDENT,
            }
        ),
    ),
}
"""Fields that exclude, by which criterion, and the descriptors that score for what may be that."""


_FORM = tuple(Candidate.model_fields)


def screen(candidate: Candidate) -> ScreeningReport:
    """Judge every criterion of the trial and all of them, over all that is not known.

    Raises `InvalidInputError` for what is no candidate.

    Source: NCT05765006, inclusion criteria 1 to 6 and exclusion criteria 1 to 6.

    >>> report = screen(Candidate(informed_consent=True, age=17))
    >>> report.verdict, [r.criterion for r in report.criteria if r.verdict is Verdict.NOT_MET]
    (<Verdict.NOT_MET: 'not_met'>, ['inclusion 2'])
    """
    require(
        candidate, Candidate, "candidate", "a Candidate (Candidate.model_validate reads a dict)"
    )
    judged = [_judge(criterion, candidate) for criterion in CRITERIA]
    verdict = Verdict.of_all(outcome.verdict for outcome in judged)
    return ScreeningReport(
        trial=FACTS.registry_id,
        verdict=verdict,
        criteria=tuple(outcome.result() for outcome in judged),
        missing=tuple(_missing(judged)) if verdict is Verdict.UNDETERMINED else (),
        notes=tuple(_notes(candidate)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """What a criterion comes to; where it is open, in how many answers it could pass or fail.

    The numbers stand by field, as in `sledai.trials.criteria.Settled`.
    """

    criterion: Criterion
    verdict: Verdict
    reason: str
    to_pass: Mapping[str, int] = field(default_factory=dict[str, int])
    to_fail: Mapping[str, int] = field(default_factory=dict[str, int])
    descriptors: tuple[Descriptor, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields that matter, in the order of the form."""
        return tuple(sorted(self.to_fail, key=_FORM.index))

    def result(self) -> CriterionResult:
        return CriterionResult(
            criterion=self.criterion.name,
            statement=self.criterion.statement,
            verdict=self.verdict,
            reason=self.reason,
            missing=self.missing,
            source=str(self.criterion.citation),
            readings=self.criterion.readings,
        )


def _missing(judged: Iterable[_Judged]) -> list[MissingAnswer]:
    """Order what is missing by how few answers could settle the verdict.

    To fail one criterion is enough; to pass, all that are open have to.
    """
    open_ = [outcome for outcome in judged if outcome.verdict is Verdict.UNDETERMINED]
    to_pass_all = sum(min(outcome.to_pass.values()) for outcome in open_)
    missing = [
        MissingAnswer(
            field=name,
            criterion=outcome.criterion.name,
            answers=min(
                outcome.to_fail[name],
                outcome.to_pass[name] + to_pass_all - min(outcome.to_pass.values()),
            ),
            descriptors=outcome.descriptors,
        )
        for outcome in open_
        for name in outcome.missing
    ]
    return sorted(missing, key=lambda answer: answer.answers)


def _judge(criterion: Criterion, candidate: Candidate) -> _Judged:
    if isinstance(criterion.clause, ActivityRule):
        return _judge_activity(criterion, criterion.clause, candidate)
    questions = questions_of(criterion.clause, candidate)
    settled = settle(criterion.clause, questions)
    lets_in = criterion.kind == "inclusion"
    if settled.answer is None:
        to_pass, to_fail = settled.to_true, settled.to_false
        if not lets_in:
            to_pass, to_fail = to_fail, to_pass
        return _Judged(
            criterion=criterion,
            verdict=Verdict.UNDETERMINED,
            reason=_open(candidate, criterion.clause, to_fail),
            to_pass=to_pass,
            to_fail=to_fail,
        )
    return _Judged(
        criterion=criterion,
        verdict=Verdict.MET if settled.answer is lets_in else Verdict.NOT_MET,
        reason=_reason(candidate, settled.deciding),
    )


def _judge_activity(criterion: Criterion, rule: ActivityRule, candidate: Candidate) -> _Judged:
    total, clinical = candidate.total_score, candidate.clinical_score
    if total is None and clinical is None:
        return _judge_assessment(criterion, rule, candidate.assessed or NOTHING_ASSESSED)
    possible = list(_judge_scores(rule, total, clinical))
    verdicts = {verdict for _, _, verdict in possible}
    totals, clinicals = {one[0] for one in possible}, {one[1] for one in possible}
    bounds = [ScoreBounds(min(scores), max(scores)) for scores in (totals, clinicals)]
    reason = f"total {bounds[0]}, clinical {bounds[1]}; needed: {rule}"
    if len(verdicts) == 1:
        return _Judged(criterion=criterion, verdict=verdicts.pop(), reason=reason)
    missing = "total_score" if total is None else "clinical_score"
    return _Judged(
        criterion=criterion,
        verdict=Verdict.UNDETERMINED,
        reason=f"not known: {missing}; {reason}",
        to_pass={missing: 1},
        to_fail={missing: 1},
    )


def _judge_scores(
    rule: ActivityRule, total: int | None, clinical: int | None
) -> Iterator[tuple[int, int, Verdict]]:
    """Judge each pair of total and clinical score that a visit can have, one or both known."""
    others = frozenset(Descriptor) - rule.beside_clinical
    for beside in sorted(possible_scores(NOTHING_ASSESSED, excluding=others)):
        pair = (
            cast("int", clinical) + beside if total is None else total,
            cast("int", total) - beside if clinical is None else clinical,
        )
        with suppress(InvalidInputError):  # no visit has it
            if pair[0] - pair[1] == beside:
                yield *pair, rule.judge_scores(total=pair[0], clinical=pair[1]).verdict


def _judge_assessment(criterion: Criterion, rule: ActivityRule, visit: Assessment) -> _Judged:
    judgement = rule.judge(visit)
    if judgement.verdict is not Verdict.UNDETERMINED:
        return _Judged(criterion=criterion, verdict=judgement.verdict, reason=judgement.reason)
    return _Judged(
        criterion=criterion,
        verdict=Verdict.UNDETERMINED,
        reason=judgement.reason,
        to_pass={"assessment": _fewest_descriptors(rule, visit, present=True)},
        to_fail={"assessment": _fewest_descriptors(rule, visit, present=False)},
        descriptors=tuple(sorted(judgement.deciding, key=lambda d: (-d.weight, d.number))),
    )


def _fewest_descriptors(rule: ActivityRule, visit: Assessment, *, present: bool) -> int:
    """Count the fewest descriptors which, found present or else absent, settle the rule."""
    wanted = Verdict.MET if present else Verdict.NOT_MET
    by_weight = sorted(visit.not_assessed - SEROLOGIC, key=lambda d: -d.weight)
    serologic = sorted(visit.not_assessed & SEROLOGIC)

    def settles(clinical: int, *, others: int) -> int:
        answered = by_weight[:clinical] + serologic[:others]
        after = visit.model_copy(update=dict.fromkeys(answered, present))
        return int(rule.verdict_on(after) is wanted)

    fewest = len(visit.not_assessed)
    for others in range(len(serologic) + 1):
        # What is settled stays so whatever else is answered: halving finds where that begins.
        fewer = range(fewest - others)
        clinical = bisect_left(fewer, 1, key=partial(settles, others=others))
        fewest = min(fewest, clinical + others)
    return fewest


def _open(candidate: Candidate, clause: Clause, open_: Iterable[str]) -> str:
    """Say what is not known, and what is known yet not well enough to settle a limit."""
    asked = sorted(open_, key=_FORM.index)
    unknown = [name for name in asked if getattr(candidate, name) is None]
    parts = [f"not known: {', '.join(unknown)}"] if unknown else []
    for leaf in leaves(clause):
        if isinstance(leaf, Past) and leaf.field in asked and leaf.field not in unknown:
            value = _value(leaf.field, getattr(candidate, leaf.field))
            parts.append(f"{leaf.field} {value} may or may not be {leaf.limit}")
    return "; ".join(parts)


def _reason(candidate: Candidate, deciding: Way) -> str:
    signs = {True: list[str](), False: list[str]()}
    parts: list[str] = []
    for leaf, holds in deciding.items():
        if isinstance(leaf, Past):
            answer = getattr(candidate, leaf.field)
            value = _value(leaf.field, answer)
            bound = ", which is " if isinstance(answer, Quantity) and answer.bound else " "
            parts.append(f"{leaf.field} {value}{bound if holds else ' is not '}{leaf.limit}")
        else:
            signs[isinstance(leaf, Yes) is holds].append(leaf.field)
    for answer, names in signs.items():
        if names:
            parts.insert(0, f"{'yes' if answer else 'no'}: {', '.join(names)}")
    return "; ".join(parts)


def _value(name: str, value: object) -> str:
    if name != "oral_corticosteroids":
        return str(value)
    doses = cast("Mapping[str, Quantity | None]", value)
    parts = [f"{drug} {dose or '(dose not known)'}" for drug, dose in doses.items()]
    known = {drug: dose for drug, dose in doses.items() if dose is not None}
    if known.keys() - {"prednisone"}:
        parts.append(f"as prednisone {float(prednisone_equivalent(known)):.10g} mg/d")
    return ", ".join(parts)


def _notes(candidate: Candidate) -> Iterator[str]:
    """Show where answers pull two ways, or cannot both be meant."""
    yield from _tensions(candidate)
    if candidate.total_score is not None or candidate.clinical_score is not None:
        yield (
            "only scores are known: whether they count a descriptor that may be a crisis or "
            "another disease (exclusions 2 and 3) cannot be seen"
        )
    if candidate.oral_corticosteroids == {} and candidate.corticosteroid_duration is not None:
        yield "no oral corticosteroid is taken, and yet corticosteroid_duration is given"
    taken, stable = candidate.corticosteroid_duration, candidate.corticosteroid_dose_stable_for
    if isinstance(taken, Quantity) and isinstance(stable, Quantity):
        limit = Limit("duration", ">=", stable.value, stable.unit)
        if durations.is_past(taken, limit) is False:
            yield (
                f"a dose that is stable for {stable} cannot be one that is taken for {taken}: "
                "corticosteroid_dose_stable_for, corticosteroid_duration"
            )


def _tensions(candidate: Candidate) -> Iterator[str]:
    """Show where a descriptor scores for what may exclude."""
    if candidate.assessed is None:
        return
    pulling: set[Descriptor] = set()
    for name, (criterion, descriptors) in SCORED_YET_EXCLUDING.items():
        if not (present := candidate.assessed.present & descriptors):
            continue
        pulling |= present
        answer = {
            None: "is not known, and does not follow from it",
            False: "is stated not to be there",
            True: "is stated to be there",
        }[cast("bool | None", getattr(candidate, name))]
        points = sum(d.weight for d in present)
        yield (
            f"{listed(present)}: {points} points towards inclusion 6, while {name}, which excludes "
            f"by {criterion}, {answer}"
        )
    if pulling:
        without = candidate.assessed.model_copy(update={d.value: False for d in pulling})
        verdict = VERDICTS[ACTIVITY_RULE.judge(without).verdict].word
        yield f"without {listed(pulling)}, inclusion 6 would be: {verdict}"
