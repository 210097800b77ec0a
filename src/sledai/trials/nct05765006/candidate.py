"""Candidate: what is known of somebody who is screened, as a record and as a form to fill in."""

import json
from collections.abc import Mapping
from difflib import get_close_matches
from fractions import Fraction
from typing import Annotated, Any, Self, cast

from pydantic import (
    BeforeValidator,
    PlainSerializer,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from sledai.assessment import Assessment, Nested
from sledai.definitions.selena import SELENA_DEFINITIONS
from sledai.descriptors import SEROLOGIC, Descriptor
from sledai.errors import SHOWN, InvalidInputError, require, require_one_of, shorten
from sledai.quantities import UNITS, Quantity
from sledai.quantities.fields import Amount, Duration, Record, YesOrNo, known, whole
from sledai.quantities.glucocorticoids import (
    GLUCOCORTICOIDS,
    PREDNISONE_MG,
    daily_dose,
    glucocorticoid_named,
)
from sledai.quantities.schemas import amount, or_null
from sledai.records import message_of
from sledai.rules.activity import ActivityRule
from sledai.scoring import MAX_TOTAL
from sledai.trials.criteria import Criterion, leaves
from sledai.trials.nct05765006 import ACTIVITY_RULE
from sledai.trials.nct05765006.registered import CRITERIA, HIGH_DOSE, LOOK_BACK

__all__ = ["Candidate", "explained", "read_candidate", "template"]

_OLDEST = 130  # years: nobody has been older, so a greater number is a slip


def _whole(most: int) -> BeforeValidator:
    def check(value: object) -> object:
        number = whole(value)
        if value is not None and (number is None or not 0 <= number <= most):
            raise InvalidInputError.found(value, f"a whole number 0 to {most}, or null")
        return number

    return BeforeValidator(check)


def _whole_number(most: int) -> WithJsonSchema:
    return WithJsonSchema(or_null({"type": "integer", "minimum": 0, "maximum": most}))


def _doses(value: object) -> object:
    if value is None:
        return None
    if not isinstance(value, Mapping):
        accepted = 'drugs and their doses by day, such as {"prednisone": "10 mg/d"}'
        raise InvalidInputError.found(value, f"{accepted}, {{}} for none, or null")
    doses: dict[str, Quantity | None] = {}
    for name, dose in cast("Mapping[object, object]", value).items():
        drug = glucocorticoid_named(name).name
        doses[drug] = None if dose is None else daily_dose(drug, dose)
    return doses


def _said_doses(doses: Mapping[str, Quantity | None] | None) -> dict[str, str | None] | None:
    if doses is None:
        return None
    return {drug: None if dose is None else str(dose) for drug, dose in doses.items()}


_MOST_CLINICAL = MAX_TOTAL - sum(d.weight for d in SEROLOGIC)
_Age = Annotated[int | None, _whole(_OLDEST), _whole_number(_OLDEST)]
_Total = Annotated[int | None, _whole(MAX_TOTAL), _whole_number(MAX_TOTAL)]
_Clinical = Annotated[int | None, _whole(_MOST_CLINICAL), _whole_number(_MOST_CLINICAL)]
_Doses = Annotated[
    Mapping[str, Quantity | str | None] | None,
    BeforeValidator(_doses),
    PlainSerializer(_said_doses, return_type=dict[str, str | None] | None),
    WithJsonSchema(
        or_null(
            {
                "type": "object",
                "propertyNames": {"enum": list(GLUCOCORTICOIDS)},
                "additionalProperties": or_null(amount("glucocorticoid_dose", bounds=False)),
            }
        ),
        mode="validation",
    ),
]


_METHYLPREDNISOLONE_MG = (
    Fraction(HIGH_DOSE.value)
    * Fraction(GLUCOCORTICOIDS["methylprednisolone"].equivalent)
    / PREDNISONE_MG
)
_IN_METHYLPREDNISOLONE = (
    f"methylprednisolone {HIGH_DOSE.operator} {float(_METHYLPREDNISOLONE_MG):g} mg/d"
)


class Candidate(Record):
    """What is known of a candidate; every field may be left out and is then not known.

    Questions are true, false or null. An amount is text such as "1.2 g/d", "26 wk", or a
    `Quantity`. The activity is the `assessment` or, where nothing else is held, the two scores.

    Raises pydantic's `ValidationError` (a `ValueError`) that names each field, what was found and
    what is accepted.

    >>> candidate = Candidate(age=34, oral_corticosteroids={"methylprednisolone": "8 mg/d"})
    >>> candidate.age, candidate.informed_consent
    (34, None)
    """

    informed_consent: YesOrNo = known("Consent was signed voluntarily.")
    age: _Age = known("Completed years at consent.")
    acr_1997: YesOrNo = known("Lupus by the revised ACR criteria of 1997.")
    disease_duration: Duration = known("Since when lupus, before screening.")
    regimen_duration: Duration = known("How long on the stable standard regimen, before screening.")
    active_despite_regimen: YesOrNo = known("Still active on that regimen.")
    oral_corticosteroids: _Doses = known(
        'Each with its dose a day, as {"prednisone": "10 mg/d"}; null for a dose that is not '
        f"known; {{}} for none. Drugs: {', '.join(GLUCOCORTICOIDS)}."
    )
    corticosteroid_duration: Duration = known("How long on oral corticosteroids, before screening.")
    corticosteroid_dose_stable_for: Duration = known(
        "For how long at their present dose, before screening."
    )
    antimalarial: YesOrNo = known("On a stable dose of an antimalarial.")
    nsaid: YesOrNo = known("On steady use of an NSAID.")
    immunosuppressant: YesOrNo = known(
        "On a stable dose of azathioprine, mycophenolate mofetil, cyclophosphamide, "
        "methotrexate, leflunomide, tacrolimus, cyclosporine, or another immunosuppressant or "
        "immunomodulator."
    )
    ana_positive: YesOrNo = known("Antinuclear antibodies, at screening.")
    anti_dsdna_positive: YesOrNo = known("Antibodies to dsDNA, at screening.")
    anti_smith_positive: YesOrNo = known("Antibodies to Smith, at screening.")
    assessment: Nested = known("The 24 descriptors of the SELENA-SLEDAI, at screening.")
    total_score: _Total = known("SELENA-SLEDAI, where the descriptors are not at hand.")
    clinical_score: _Clinical = known("The same without low complement and increased DNA binding.")
    urine_protein_24h: Amount = known("Protein in the urine of 24 hours.")
    serum_creatinine: Amount = known("Creatinine in serum.")
    nephritis_treated_with_prohibited_drugs: YesOrNo = known(
        f"Active nephritis was treated with drugs the protocol prohibits, {LOOK_BACK}."
    )
    hemodialysis: YesOrNo = known(f"Hemodialysis for active nephritis, {LOOK_BACK}.")
    nephritis_high_dose_duration: Duration = known(
        f"For how long the prednisone equivalent for active nephritis was {HIGH_DOSE} "
        f"({_IN_METHYLPREDNISOLONE}), {LOOK_BACK}; 0 d for never."
    )
    active_cns_lupus: YesOrNo = known("Active lupus of the central nervous system, as a crisis.")
    severe_hemolytic_anemia: YesOrNo = known("Severe hemolytic anemia.")
    severe_thrombocytopenic_purpura: YesOrNo = known("Severe thrombocytopenic purpura.")
    severe_agranulocytosis: YesOrNo = known("Severe agranulocytosis.")
    severe_myocardial_damage: YesOrNo = known("Severe damage of the heart muscle.")
    severe_lupus_pneumonia: YesOrNo = known("Severe lupus pneumonia.")
    pulmonary_hemorrhage: YesOrNo = known("Pulmonary hemorrhage.")
    severe_lupus_hepatitis: YesOrNo = known("Severe lupus hepatitis.")
    severe_vasculitis: YesOrNo = known("Severe vasculitis.")
    other_cns_disease: YesOrNo = known(
        "Clinically significant disease of the central nervous system that lupus does not "
        "cause: cerebrovascular accident, aneurysm, epilepsy, convulsions, aphasia, stroke, "
        "severe brain injury, dementia, Parkinson's disease, cerebellar disease, organic brain "
        "syndrome, psychosis, or another."
    )
    other_autoimmune_disease: YesOrNo = known(
        "Another autoimmune disease that needs systemic treatment."
    )
    organ_transplant: YesOrNo = known(
        "A transplant of a major organ (heart, lung, kidney, liver, other), ever."
    )
    stem_cell_transplant: YesOrNo = known(
        "A transplant of hematopoietic stem cells or bone marrow, ever."
    )
    iga: Amount = known("IgA in serum, at screening.")

    @model_validator(mode="after")
    def _one_activity(self) -> Self:
        scores = {"total": self.total_score, "clinical": self.clinical_score}
        given = [name for name, score in scores.items() if score is not None]
        if given and self.assessed is not None:
            raise InvalidInputError.in_words(
                f"an assessment and {' and '.join(f'{name}_score' for name in given)}",
                "the assessment or the scores, which it gives",
            )
        if self.total_score is not None and self.clinical_score is not None:
            ACTIVITY_RULE.judge_scores(total=self.total_score, clinical=self.clinical_score)
        return self

    @property
    def assessed(self) -> Assessment | None:
        """The assessment, unless not one of its descriptors was assessed."""
        if self.assessment is None or len(self.assessment.not_assessed) == len(Descriptor):
            return None
        return self.assessment


_REMARK = "#"


def template() -> str:
    """Write a candidate of whom nothing is known as JSON, with a remark before every field.

    >>> template().splitlines()[4]
    '  "# age": "Completed years at consent. A whole number. [inclusion 2]",'
    """
    form: dict[str, Any] = {_REMARK: "null: not known. What begins with # is a remark."}
    for name in Candidate.model_fields:
        form[f"{_REMARK} {name}"] = explained(name)
        form[name] = _empty_assessment() if name == "assessment" else None
    return json.dumps(form, indent=2)


def explained(field: str) -> str:
    """Say what a field asks, what it accepts, and by which criterion it is asked for.

    Raises `InvalidInputError` for what is no field of a candidate.

    >>> explained("iga")
    'IgA in serum, at screening. A number and mg/dL or g/L. [exclusion 6]'
    """
    require_one_of(field, list(Candidate.model_fields), "field")
    criteria = ", ".join(criterion.name for criterion in CRITERIA if field in _asked_for(criterion))
    parts = (Candidate.model_fields[field].description, _accepted(field), f"[{criteria}]")
    return " ".join(part for part in parts if part)


def _asked_for(criterion: Criterion) -> set[str]:
    if isinstance(criterion.clause, ActivityRule):
        return {"assessment", "total_score", "clinical_score"}
    return {leaf.field for leaf in leaves(criterion.clause)}


def _accepted(field: str) -> str:
    holds = Candidate.__annotations__[field]
    if holds is YesOrNo:
        return "true or false."
    if holds in {_Age, _Total, _Clinical}:
        return "A whole number."
    analyte = {Duration: "duration", Amount: field}.get(holds)
    if analyte is None:
        return "Each true or false." if field == "assessment" else ""
    *others, last = UNITS[analyte]
    return f"A number and {', '.join(others)} or {last}."


def _empty_assessment() -> dict[str, Any]:
    form: dict[str, Any] = {}
    for d in Descriptor:
        form[f"{_REMARK} {d}"] = SELENA_DEFINITIONS[d].text
        form[d.value] = None
    return form


def read_candidate(text: str) -> Candidate:
    """Read a candidate from JSON; keys that begin with "#" are remarks.

    Raises `InvalidInputError` for text that is no JSON object, for a key that stands twice, and for
    each field that is unknown or holds what is not accepted, of which the first are listed.

    >>> read_candidate('{"# age": "at consent", "age": 34}').age
    34
    """
    require(text, str, "candidate", "text of JSON")
    try:
        return Candidate.model_validate(_record(text))
    except ValidationError as error:
        lines = error.errors()
        problems = [f"{_place(line)}: {_problem(line)}" for line in lines[:SHOWN]]
        if len(lines) > SHOWN:
            problems.append(f"and {len(lines) - SHOWN:,} more")
        raise InvalidInputError("\n".join(problems)) from None
    except RecursionError:
        raise InvalidInputError("no candidate: objects nested too deep") from None


def _record(text: str) -> dict[str, object]:
    try:
        record = json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        raise InvalidInputError(
            f"line {error.lineno}, column {error.colno}: no JSON: {error.msg}"
        ) from None
    except InvalidInputError:
        raise
    except ValueError:  # of int
        raise InvalidInputError("no candidate: a number has too many digits") from None
    if not isinstance(record, dict):
        raise InvalidInputError.found(record, "one object of fields")
    return cast("dict[str, object]", record)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    record: dict[str, object] = {}
    for key, value in pairs:
        if key.startswith(_REMARK):
            continue
        if key in record:
            raise InvalidInputError(f"{shorten(key)}: stands twice")
        if not key.isprintable():
            raise InvalidInputError(f"{shorten(key)}: no such field")
        record[key] = value
    return record


def _place(line: Any) -> str:
    """Name a field, or shorten what is none: it may be anything."""
    known = {*Candidate.model_fields, *Descriptor, *GLUCOCORTICOIDS}
    return ".".join(n if n in known else shorten(n) for n in line["loc"]) or "candidate"


def _problem(line: Any) -> str:
    if line["type"] == "extra_forbidden":
        close = get_close_matches(str(line["loc"][-1]), Candidate.model_fields, n=2)
        hint = f"did you mean {' or '.join(close)}?" if close else "accepted: see the template"
        return f"no such field; {hint}"
    message = message_of(line)
    return message.removeprefix(f"{line['loc'][0]}: ") if line["loc"] else message
