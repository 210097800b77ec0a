"""What is answered where the library has no one result of its own: the scores of a visit."""

from pydantic import BaseModel, ConfigDict, Field

from sledai.assessment import Assessment
from sledai.definitions import Edition
from sledai.descriptors import SEROLOGIC, Descriptor, OrganSystem, listed
from sledai.displays import Value
from sledai.fhir import Response
from sledai.rules import require_edition
from sledai.scoring import ScoreBounds, score_bounds
from sledai.trials.catalog import Trial
from sledai.verdict import Verdict

__all__ = ["FormScores", "Scores", "TrialVerdict"]

_OPEN = "null where not-assessed descriptors leave it open"
_WITHOUT = f"without {listed(SEROLOGIC)}"


class TrialVerdict(Value, BaseModel):
    """What a trial's rule on the score says of a visit.

    >>> from sledai.trials.catalog import find
    >>> TrialVerdict.of(find("NCT05899907"), Assessment.of(present={"seizure"})).verdict
    <Verdict.MET: 'met'>
    """

    model_config = ConfigDict(frozen=True)

    trial: str = Field(description="The registry number of the trial.")
    rule: str = Field(description="What it asks of the score.")
    clinical: str = Field(
        description="What its clinical score leaves out, and whether its record says so"
    )
    verdict: Verdict = Field(description="The same for every completion, or undetermined")
    reason: str = Field(description="The scores as the rule counts them.")
    deciding: tuple[Descriptor, ...] = Field(
        description="The not-assessed descriptors that can still change the verdict."
    )
    not_judged: str = Field(description="What the trial asks beside the score.")
    source: str = Field(description="Where the rule stands.")

    @classmethod
    def of(cls, trial: Trial, assessment: Assessment) -> "TrialVerdict":
        """Judge the rule of a trial."""
        judgement = trial.rule.judge(assessment)
        return cls(
            trial=trial.registry_id,
            rule=str(trial.rule),
            clinical=trial.clinical,
            verdict=judgement.verdict,
            reason=judgement.reason,
            deciding=tuple(d for d in Descriptor if d in judgement.deciding),
            not_judged=trial.note,
            source=str(trial.rule.citation),
        )


class Scores(Value, BaseModel):
    """The scores of a visit, exact over what was not assessed; names as of the columns of results.

    >>> scores = Scores.of(Assessment.of(present={"rash"}, not_assessed={"low_complement"}))
    >>> scores.total is None, scores.low, scores.high, scores.clinical
    (True, 2, 4, 2)
    """

    model_config = ConfigDict(frozen=True)

    total: int | None = Field(description=f"The total; {_OPEN}.")
    low: int = Field(description="The lowest possible total.")
    high: int = Field(description="The highest possible total.")
    clinical: int | None = Field(description=f"The score {_WITHOUT}; {_OPEN}.")
    clinical_low: int = Field(description="The lowest possible clinical score.")
    clinical_high: int = Field(description="The highest possible clinical score.")
    by_system: dict[OrganSystem, ScoreBounds] = Field(
        description="The lowest and the highest points of each organ system."
    )
    not_assessed: tuple[Descriptor, ...] = Field(
        description="The descriptors that nobody answered."
    )
    verdicts: tuple[TrialVerdict, ...] = Field(
        description="What the rules of the named trials say."
    )

    @classmethod
    def of(cls, assessment: Assessment, *trials: Trial) -> "Scores":
        """Score a visit, and judge it by the rules of trials."""
        total = score_bounds(assessment)
        clinical = score_bounds(assessment, excluding=SEROLOGIC)
        return cls(
            total=total.exact,
            low=total.low,
            high=total.high,
            clinical=clinical.exact,
            clinical_low=clinical.low,
            clinical_high=clinical.high,
            by_system={
                system: score_bounds(assessment, excluding=_ELSEWHERE[system])
                for system in OrganSystem
            },
            not_assessed=tuple(d for d in Descriptor if d in assessment.not_assessed),
            verdicts=tuple(TrialVerdict.of(trial, assessment) for trial in trials),
        )


class FormScores(Scores):
    """The scores of a filled form, and by which edition its questions are put.

    >>> from datetime import date
    >>> from sledai.fhir import read_response, response
    >>> from sledai.visits import Visit
    >>> visit = Visit(date=date(2024, 1, 16), assessment=Assessment.of(present={"rash"}))
    >>> given = read_response(response(visit, "SLEDAI-2K"))
    >>> FormScores.of_form(given).edition
    <Edition.SLEDAI_2K: 'SLEDAI-2K'>
    """

    edition: Edition = Field(description="The edition by whose definitions the form asks.")

    @classmethod
    def of_form(cls, given: Response, *trials: Trial) -> "FormScores":
        """Score a filled form, and judge it by the rules of trials.

        Raises `InvalidInputError` for a rule about another edition.
        """
        for trial in trials:
            require_edition(trial.rule, given.edition)
        return cls(edition=given.edition, **dict(Scores.of(given.visit.answers, *trials)))


_ELSEWHERE = {
    system: frozenset(d for d in Descriptor if d.system is not system) for system in OrganSystem
}
