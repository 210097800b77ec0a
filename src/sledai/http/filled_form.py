"""A visit as somebody fills it in: what a person answered, and laboratory values beside it.

What a person answered counts. Where nobody did, what the laboratory values decide counts; where the
two differ, both are said. The same document is the body of a request and a file that is kept.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Self, cast

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    field_validator,
    model_validator,
)

import sledai
from sledai.assessment import Assessment
from sledai.codebook.lab import ANALYTES
from sledai.definitions import Edition
from sledai.definitions.editions import edition_named
from sledai.descriptors import Descriptor, descriptor_set, listed
from sledai.displays import ANSWERS
from sledai.errors import InvalidInputError
from sledai.findings import Derivation, Findings, LabResult, derive
from sledai.quantities import Quantity
from sledai.quantities.fields import Day, Record, YesOrNo, known
from sledai.sheets.content import LONGEST_NAME

__all__ = ["FilledForm"]


def _name(value: object) -> object:
    if value is not None and (
        not isinstance(value, str) or not value.strip() or len(value) > LONGEST_NAME
    ):
        raise InvalidInputError.found(value, f"a name of at most {LONGEST_NAME} characters or null")
    return value


_Name = Annotated[
    str | None,
    BeforeValidator(_name),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": r"\S", "maxLength": LONGEST_NAME},
                {"type": "null"},
            ]
        }
    ),
]
_Edition = Annotated[
    Edition,
    BeforeValidator(edition_named),
    WithJsonSchema({"type": "string", "enum": [text for e in Edition for text in (e, e.name)]}),
]
_ANSWERS = {
    "type": "object",
    "propertyNames": {"enum": [*Descriptor]},
    "additionalProperties": {"anyOf": [{"type": "boolean"}, {"type": "null"}]},
}


def _require_one_unit(analyte: str, result: object) -> None:
    """Refuse limits in another unit than the value, since the form shows one unit for both."""
    value = result.value if isinstance(result, LabResult) else None
    if not isinstance(value, Quantity):
        return
    for name in ("lower", "upper"):
        end = getattr(result, name)
        if end is not None and end.unit != value.unit:
            accepted = f"the unit of the value: {value.unit}"
            raise InvalidInputError.found(end.unit, accepted, f"{analyte}: {name}")


class FilledForm(Record):
    """A visit as it is filled in, or was kept.

    `answered` has the descriptors that a person answered, null where that person said that it was
    not assessed. `assessment` is what counts; where it is given, it has to be what the rest gives,
    or all there is.

    Raises pydantic's `ValidationError` that names each field, what was found and what is accepted.

    >>> form = FilledForm.model_validate(
    ...     {"edition": "SELENA", "answered": {"rash": True}, "findings": {"platelets": "92 K/uL"}}
    ... )
    >>> sorted(form.counted.present)
    [<Descriptor.RASH: 'rash'>, <Descriptor.THROMBOCYTOPENIA: 'thrombocytopenia'>]
    """

    model_config = ConfigDict(json_schema_extra={"patternProperties": {"^#": {}}})

    subject: _Name = known("Who was seen, as the study names them.")
    date: Day | None = known("The date of the visit.")
    rater: _Name = known("Who rates.")
    edition: Annotated[_Edition, Field(description="The edition by whose definitions is rated.")]
    assessment: Assessment | None = known("What counts: all 24 answers, as a file that is kept has")
    answered: Annotated[Mapping[str, YesOrNo], WithJsonSchema(_ANSWERS)] = Field(
        default_factory=dict[str, bool | None],
        description="What a person answered; what is not there nobody has answered so far.",
    )
    findings: Findings = Field(
        default_factory=Findings,
        description=f"Laboratory values with units: {', '.join(ANALYTES)}.",
    )

    @field_validator("answered", mode="before")
    @classmethod
    def _descriptors(cls, value: object) -> object:
        if not isinstance(value, Mapping):
            return value
        answered = cast("Mapping[str, object]", value)
        descriptor_set(list(answered))
        return answered

    @field_validator("findings")
    @classmethod
    def _laboratory(cls, findings: Findings) -> Findings:
        # What the form does not show would count unseen.
        others = sorted(findings.model_fields_set - set(ANALYTES))
        if others:
            raise InvalidInputError.in_words(", ".join(others), ANALYTES)
        for analyte in ANALYTES:
            _require_one_unit(analyte, getattr(findings, analyte))
        return findings

    @model_validator(mode="before")
    @classmethod
    def _of_a_kept_visit(cls, data: object) -> object:
        """Take the answers of a visit that says nothing else of them for those of a person.

        Beside laboratory values, which fill what nobody answered, "not assessed" is an answer too.
        """
        if not isinstance(data, Mapping):
            return data
        whole = cast("Mapping[str, object]", data)
        answers = None if "answered" in whole else whole.get("assessment")
        if isinstance(answers, Assessment):
            answers = answers.model_dump()
        if not isinstance(answers, Mapping):
            return whole
        answered = cast("Mapping[str, object]", answers)
        if not whole.get("findings"):
            answered = {name: said for name, said in answered.items() if said is not None}
        return {**whole, "answered": answered}

    @model_validator(mode="after")
    def _agree(self) -> Self:
        kept = self.assessment
        if kept is not None and kept != (counted := self.counted):
            differing = [d for d in Descriptor if getattr(kept, d) is not getattr(counted, d)]
            first = differing[0]
            raise InvalidInputError(
                f"assessment: found {listed(differing)} otherwise than what was answered and the "
                f"laboratory values give; accepted: {first} {ANSWERS[getattr(counted, first)].word}"
                + (", and so on" if differing[1:] else "")
            )
        return self

    @property
    def derivation(self) -> Derivation:
        """What the laboratory values decide, by the edition."""
        return derive(self.findings, edition=self.edition)

    @property
    def counted(self) -> Assessment:
        """What counts: what a person answered, and elsewhere what the laboratory values decide."""
        derived = self.derivation.assessment.model_dump()
        return Assessment.model_validate(derived | dict(self.answered))

    def document(self) -> dict[str, Any]:
        """Give all of it as JSON has it, as it is kept in a file.

        >>> FilledForm(edition="SELENA", answered={"rash": None}).document()["answered"]
        {'rash': None}
        """
        remark = f"A rated visit. Made with sledai {sledai.__version__}."
        return {
            "#": f"{remark} What begins with # is a remark.",
            "subject": self.subject,
            "date": self.date and self.date.isoformat(),
            "rater": self.rater,
            "edition": self.edition.value,
            "assessment": self.counted.model_dump(),
            "answered": {
                d.value: self.answered[d.value] for d in Descriptor if d.value in self.answered
            },
            "findings": self.findings.model_dump(
                mode="json", exclude_none=True, exclude_defaults=True
            ),
        }
