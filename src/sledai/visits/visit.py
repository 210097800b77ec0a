"""Visit and History: what is known of one visit, and a patient's visits in order.

Nothing defaults to normal: what is left out is not known. The assessment has the 24 descriptors;
the other fields are what the indices ask for and the score does not see.
"""

from collections.abc import Iterable
from decimal import Context, Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Any, Self, cast

from pydantic import (
    BeforeValidator,
    Field,
    PlainSerializer,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from sledai.assessment import NOTHING_ASSESSED, Assessment, Nested
from sledai.descriptors import SEROLOGIC
from sledai.displays import Displayed, Table
from sledai.errors import InvalidInputError, require, require_several
from sledai.quantities import written
from sledai.quantities.fields import Amount, Day, Letter, Record, YesOrNo, day, known, whole
from sledai.quantities.schemas import number, or_null
from sledai.scoring import MAX_TOTAL, ScoreBounds, possible_scores, score_bounds
from sledai.scoring.completions import NOTHING_RECORDED, Recorded, completed_scores, settled
from sledai.visits.displays import assessment_tables, visit_said, visits_said, visits_table

__all__ = [
    "BILAG",
    "DECIMALS",
    "HEAVIEST_KG",
    "LIGHTEST_KG",
    "MOST_GLOBAL",
    "MOST_PREDNISONE",
    "RANGES",
    "History",
    "Visit",
    "day",
    "refuse_order",
    "require_history",
    "require_visit",
    "visit_number",
]

MOST_GLOBAL = 3
"""The physician's global assessment is on a scale of 0 to 3; others have to be converted."""

LIGHTEST_KG, HEAVIEST_KG = 1, 400
MOST_PREDNISONE = 10_000
"""In mg a day. These are no clinical limits: what no patient has is a slip or another unit."""

RANGES = {
    "physician_global": (0, MOST_GLOBAL, "on the SELENA scale"),
    "prednisone_mg_day": (0, MOST_PREDNISONE, "mg a day"),
    "weight_kg": (LIGHTEST_KG, HEAVIEST_KG, "kg"),
}
"""The numbers of a visit: least, most, and in what."""


DECIMALS = 9
"""To how many decimals the numbers of a visit are held."""


def visit_number(field: str, value: object) -> Decimal | None:
    """Read a number of a visit as the decimal that was written, to nine decimals.

    So 1.5 - 1.2 is 0.3, also where a computation left 0.30000000000000004.

    Raises `InvalidInputError` for what is no number, or none that the field can have.

    >>> visit_number("physician_global", 0.1 + 0.2)
    Decimal('0.3')
    """
    least, most, unit = RANGES[field]
    if value is None:
        return None
    if (number := written(value)) is None:
        raise InvalidInputError.found(value, "a number or null")
    if not least <= number <= most:
        raise InvalidInputError.found(value, f"{least:,} to {most:,} {unit}")
    if -cast("int", number.as_tuple().exponent) <= DECIMALS:
        return number
    return (
        Decimal(round(Fraction(number) * 10**DECIMALS)).scaleb(-DECIMALS, _PLAIN).normalize(_PLAIN)
    )


_PLAIN = Context()
"""Decimals, whatever the context of the process is."""


def _number(field: str) -> BeforeValidator:
    return BeforeValidator(lambda value: visit_number(field, value))


def _range(field: str) -> WithJsonSchema:
    least, most, _ = RANGES[field]
    return WithJsonSchema(or_null(number(least, most)), mode="validation")


def _plain(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


_SAID = PlainSerializer(_plain, when_used="json")
_Global = Annotated[
    Decimal | float | None, _number("physician_global"), _SAID, _range("physician_global")
]
_Dose = Annotated[
    Decimal | float | None, _number("prednisone_mg_day"), _SAID, _range("prednisone_mg_day")
]
_Weight = Annotated[Decimal | float | None, _number("weight_kg"), _SAID, _range("weight_kg")]


def _score(value: object) -> int | None:
    if value is None:
        return None
    if (score := whole(value)) is None or not 0 <= score <= MAX_TOTAL:
        raise InvalidInputError.found(value, f"a whole number 0 to {MAX_TOTAL}, or null")
    return score


_Score = Annotated[
    int | None,
    BeforeValidator(_score),
    WithJsonSchema(or_null({"type": "integer", "minimum": 0, "maximum": MAX_TOTAL})),
]


def _bilag(system: str) -> Any:
    return known(f"Letter of BILAG-2004, {system}: A to E.")


class Visit(Record):
    """What is known of one visit.

    Signs are true, false or null. "New" and "new or worse" are since the visit before; drugs are
    those added for lupus. Dates may be text such as "2024-01-16", and numbers text or floats; type
    checkers want a `date` and a `Decimal` or float.

    Raises pydantic's `ValidationError` (a `ValueError`) that names each field, what was found and
    what is accepted.

    >>> from sledai import Assessment
    >>> visit = Visit(date="2024-01-16", assessment=Assessment.of(present={"rash"}))
    >>> visit.date.isoformat(), visit.physician_global
    ('2024-01-16', None)

    A recorded score stands beside answers or in place of them:

    >>> Visit(date="2024-01-16", total_score=8).bounds()
    ScoreBounds(low=8, high=8)
    """

    date: Annotated[Day, Field(description="The date of the visit.")]
    assessment: Nested = known("The 24 descriptors at the visit; null where nobody rated them.")
    total_score: _Score = known(
        "The total that was recorded; what is possible are the answers that give it."
    )
    clinical_score: _Score = known("The clinical score that was recorded, in the same way.")
    physician_global: _Global = known(
        f"Physician's global assessment, on a scale of 0 to {MOST_GLOBAL}."
    )
    prednisone_mg_day: _Dose = known(
        f"Prednisone, or its equivalent of other glucocorticoids, 0 to {MOST_PREDNISONE:,} mg "
        "a day."
    )
    weight_kg: _Weight = known(f"Body weight, {LIGHTEST_KG} to {HEAVIEST_KG} kg.")
    new_nsaid: YesOrNo = known("An NSAID was added.")
    new_hydroxychloroquine: YesOrNo = known("Hydroxychloroquine was added.")
    new_cyclophosphamide: YesOrNo = known("Cyclophosphamide was started.")
    new_azathioprine: YesOrNo = known("Azathioprine was started.")
    new_methotrexate: YesOrNo = known("Methotrexate was started.")
    new_mycophenolate: YesOrNo = known("Mycophenolate was started.")
    hospitalized_for_lupus: YesOrNo = known("Hospitalization for lupus.")
    new_or_worse_rash: YesOrNo = known(
        "New or worse discoid or photosensitive rash, lupus profundus, cutaneous vasculitis or "
        "bullous lupus."
    )
    new_or_worse_nasopharyngeal_ulcers: YesOrNo = known("New or worse nasopharyngeal ulcers.")
    new_or_worse_pleuritis: YesOrNo = known("New or worse pleuritis.")
    new_or_worse_pericarditis: YesOrNo = known("New or worse pericarditis.")
    new_or_worse_arthritis: YesOrNo = known("New or worse arthritis.")
    new_or_worse_fever: YesOrNo = known("New or worse fever from lupus.")
    new_or_worse_cns_lupus: YesOrNo = known("New or worse lupus of the central nervous system.")
    new_or_worse_vasculitis: YesOrNo = known("New or worse vasculitis.")
    new_or_worse_nephritis: YesOrNo = known("New or worse nephritis.")
    new_or_worse_myositis: YesOrNo = known("New or worse myositis.")
    platelets: Amount = known("Platelets.")
    hemoglobin: Amount = known("Hemoglobin.")
    hemolytic_anemia: YesOrNo = known("Hemolytic anemia.")
    gastrointestinal_activity: YesOrNo = known("Gastrointestinal activity of lupus.")
    new_lupus_activity: YesOrNo = known("A rater states new lupus activity since the visit before.")
    maintenance_doses: YesOrNo = known(
        "Immunosuppressants and approved biologics, if any, at well tolerated standard "
        "maintenance doses, and no investigational drug."
    )
    stable_treatment: YesOrNo = known(
        "Antimalarials, immunosuppressants and biologics, if any, are stable."
    )

    on_immunosuppressant: YesOrNo = known("An immunosuppressant is given.")
    increased_background: YesOrNo = known(
        "An antimalarial or immunosuppressant was started, or its dose increased, since the visit "
        "before."
    )
    would_increase_therapy: YesOrNo = known("The investigator would increase therapy.")
    medication_rule_kept: YesOrNo = known(
        "The trial's rules on medication were kept, from baseline to the visit."
    )
    treatment_failure: YesOrNo = known(
        "Treatment failed, as the trial defines it, from baseline to the visit."
    )
    bilag_constitutional: Letter = _bilag("constitutional")
    bilag_mucocutaneous: Letter = _bilag("mucocutaneous")
    bilag_neuropsychiatric: Letter = _bilag("neuropsychiatric")
    bilag_musculoskeletal: Letter = _bilag("musculoskeletal")
    bilag_cardiorespiratory: Letter = _bilag("cardiorespiratory")
    bilag_gastrointestinal: Letter = _bilag("gastrointestinal")
    bilag_ophthalmic: Letter = _bilag("ophthalmic")
    bilag_renal: Letter = _bilag("renal")
    bilag_hematological: Letter = _bilag("hematological")

    @model_validator(mode="after")
    def _agree(self) -> Self:
        recorded = self.recorded
        if recorded == NOTHING_RECORDED or settled(self.answers, recorded) is not None:
            return self
        scores = {"total_score": recorded.total, "clinical_score": recorded.clinical}
        said = " and ".join(
            f"{name} {score}" for name, score in scores.items() if score is not None
        )
        total = score_bounds(self.answers)
        clinical = score_bounds(self.answers, excluding=SEROLOGIC)
        raise InvalidInputError.in_words(
            said,
            f"scores that the answers can give, total {total} and clinical {clinical}; "
            "sledai.audit says what explains a recorded score",
        )

    __repr__ = Displayed.__repr__

    def _headline(self) -> str:
        return visit_said(self)

    def _tables(self) -> Iterable[Table]:
        yield from super()._tables()
        yield from assessment_tables(self)

    @property
    def answers(self) -> Assessment:
        """What was answered; where there is no assessment, nothing was assessed."""
        return NOTHING_ASSESSED if self.assessment is None else self.assessment

    @property
    def recorded(self) -> Recorded:
        """The scores that somebody wrote down."""
        if self.total_score is None and self.clinical_score is None:
            return NOTHING_RECORDED  # as of most visits, and asked for many times
        return Recorded(self.total_score, self.clinical_score)

    @property
    def known(self) -> Assessment:
        """What was answered, and what the recorded scores answer beyond it.

        >>> len(Visit(date="2024-01-16", clinical_score=0).known.absent)
        22
        """
        if (recorded := self.recorded) is NOTHING_RECORDED:
            return self.answers
        return settled(self.answers, recorded) or self.answers

    def scores(self, *, clinical: bool = False) -> frozenset[int]:
        """Give every total, or clinical score, that the answers and recorded scores leave possible.

        >>> sorted(Visit(date="2024-01-16", total_score=8).scores(clinical=True))
        [4, 6, 8]
        """
        if (recorded := self.recorded) is NOTHING_RECORDED:
            return possible_scores(self.answers, excluding=SEROLOGIC if clinical else frozenset())
        return completed_scores(self.answers, recorded, clinical=clinical)

    def bounds(self, *, clinical: bool = False) -> ScoreBounds:
        """Give the lowest and the highest of `scores`."""
        if self.recorded is NOTHING_RECORDED:
            return score_bounds(self.answers, excluding=SEROLOGIC if clinical else frozenset())
        scores = self.scores(clinical=clinical)
        return ScoreBounds(min(scores), max(scores))


BILAG = tuple(name for name in Visit.model_fields if name.startswith("bilag_"))
"""The fields of the letters of BILAG, one for each organ system."""


class History(Record):
    """A patient's visits, in the order of their dates.

    Raises pydantic's `ValidationError` (a `ValueError`) that names the dates, for two visits of one
    date and for visits out of order, which `History.of` sorts; and for no visit at all.

    >>> history = History.of([Visit(date="2024-02-13"), Visit(date="2024-01-16")])
    >>> [visit.date.isoformat() for visit in history.visits]
    ['2024-01-16', '2024-02-13']
    """

    visits: Annotated[
        tuple[Visit, ...],
        Field(
            strict=False,
            description="One at least, in the order of their dates, of which none stands twice.",
            json_schema_extra={"minItems": 1},
        ),
    ]

    @classmethod
    def of(cls, visits: Iterable[Visit]) -> Self:
        """Sort visits by date; all else is as for the class.

        Raises `InvalidInputError` for what holds no visits.
        """
        require_several(visits, "visits", "a list of visits")
        visits = tuple(visits)
        for visit in visits:
            require_visit(visit)
        return cls(visits=tuple(sorted(visits, key=lambda visit: visit.date)))

    __repr__ = Displayed.__repr__

    def __str__(self) -> str:
        return "\n".join([visits_said(self.visits), *map(visit_said, self.visits)])

    def _tables(self) -> Iterable[Table]:
        return [visits_table(self.visits)]

    @field_validator("visits")
    @classmethod
    def _in_order(cls, visits: tuple[Visit, ...]) -> tuple[Visit, ...]:
        if not visits:
            raise InvalidInputError.in_words("none", "at least one visit")
        for visit, following in pairwise(visits):
            if visit.date == following.date:
                raise InvalidInputError.in_words(f"two of {visit.date}", "one of a date")
            if visit.date > following.date:
                raise InvalidInputError.in_words(
                    f"{visit.date} before {following.date}", "in order (History.of sorts them)"
                )
        return visits


def refuse_order(earlier: Visit, visit: Visit, name: str) -> None:
    """Refuse a visit that is not later than the one it is held against, which goes by `name`.

    Raises `InvalidInputError` with both dates, and for what is no visit.

    >>> refuse_order(Visit(date="2024-02-13"), Visit(date="2024-01-16"), "baseline")
    Traceback (most recent call last):
    ...
    sledai.errors.InvalidInputError: visit: found one of 2024-01-16; accepted: one after \
2024-02-13, the date of baseline
    """
    require_visit(earlier, name)
    require_visit(visit)
    if visit.date <= earlier.date:
        raise InvalidInputError.in_words(
            f"one of {visit.date}", f"one after {earlier.date}, the date of {name}", "visit"
        )


def require_visit(value: object, name: str = "visit") -> None:
    """Refuse what is no visit.

    >>> require_visit({"date": "2024-01-16"})
    Traceback (most recent call last):
    sledai.errors.InvalidInputError: visit: found dict; accepted: a Visit (Visit.model_validate \
reads a dict, sledai.frame a data frame)
    """
    accepted = "a Visit (Visit.model_validate reads a dict, sledai.frame a data frame)"
    require(value, Visit, name, accepted)


def require_history(value: object) -> None:
    """Refuse what is no history.

    >>> require_history([])
    Traceback (most recent call last):
    sledai.errors.InvalidInputError: history: found list; accepted: a History (History.of makes \
one of visits, sledai.frame.histories reads a data frame)
    """
    accepted = (
        "a History (History.of makes one of visits, sledai.frame.histories reads a data frame)"
    )
    require(value, History, "history", accepted)
