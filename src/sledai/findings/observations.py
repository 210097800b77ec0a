"""What was observed at a visit: signs, counts, laboratory values with units, dates, causes."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Annotated, Literal, Self, cast

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from sledai.definitions.clauses import SPECIAL_CASES
from sledai.descriptors import Descriptor, descriptor_set, listed
from sledai.errors import InvalidInputError
from sledai.quantities import Quantity, checked, kind
from sledai.quantities.fields import (
    Amount,
    ByName,
    Count,
    Day,
    Measurement,
    Record,
    YesOrNo,
    known,
    measured,
    said,
)
from sledai.quantities.schemas import DATE, Schema, amount, or_null, quantity, spelled
from sledai.records import plain_bool

__all__ = ["FLAGS", "OBSERVED", "Findings", "LabResult"]


FLAGS: Mapping[str, Literal["low", "normal", "high"]] = {
    **dict.fromkeys(("low", "l", "ll"), "low"),
    **dict.fromkeys(("normal", "n"), "normal"),
    **dict.fromkeys(("high", "h", "hh"), "high"),
}
"""The flags as laboratories print them, in any case; of LL and HH only the direction counts."""


def _flag(value: object) -> object:
    if value is None:
        return None
    if isinstance(value, str) and (flag := FLAGS.get(value.strip().lower())):
        return flag
    raise InvalidInputError.found(value, f"{', '.join(FLAGS)} (any case) or null")


_Flag = Annotated[
    Literal["low", "normal", "high"] | None,
    BeforeValidator(_flag),
    WithJsonSchema(or_null(spelled(list(FLAGS))), mode="validation"),
]


_End = Annotated[
    Measurement | None, WithJsonSchema(or_null(quantity(bounds=False)), mode="validation")
]
_SAYS_SOMETHING: Schema = {
    "anyOf": [
        {"required": [name], "properties": {name: {"not": {"type": "null"}}}}
        for name in ("value", "flag")
    ]
}


class LabResult(Record):
    """A laboratory value that only the testing laboratory's own limits give a meaning.

    `lower` and `upper` are the ends of that laboratory's range of normal. `flag` is what the
    laboratory itself says of the value, low, normal or high; it is used where the value and the
    limit do not decide. L, LL, N, H and HH are read as they are meant, in any case.

    Raises pydantic's `ValidationError` for a result without value and flag, and for a range whose
    ends are the wrong way round.

    >>> LabResult(value="0.7 g/L", lower="0.9 g/L").flag is None
    True
    """

    model_config = ConfigDict(json_schema_extra=_SAYS_SOMETHING)

    value: Measurement | None = known("What was measured.")
    lower: _End = known("The lower end of the laboratory's range of normal; no bound.")
    upper: _End = known("The upper end of the laboratory's range of normal; no bound.")
    flag: _Flag = known(f"What the laboratory says of the value: {', '.join(FLAGS)}, in any case.")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.value is None and self.flag is None:
            raise InvalidInputError("neither a value nor a flag")
        for name in ("lower", "upper"):
            end = getattr(self, name)
            if end is not None and end.bound:
                raise InvalidInputError.found(str(end), "a number and a unit, no bound", name)
        return self

    def check(self, analyte: str) -> None:
        """Raise `InvalidInputError` where it cannot be a result of the analyte."""
        given: dict[str, Quantity] = {
            name: quantity for name in _MEASURED if (quantity := getattr(self, name)) is not None
        }
        amounts = {name: checked(analyte, quantity) for name, quantity in given.items()}
        if len({kind(analyte, quantity.unit) for quantity in given.values()}) > 1:
            units = ", ".join(quantity.unit for quantity in given.values())
            raise InvalidInputError(
                f"{analyte}: value and limits in units that cannot be compared: {units}"
            )
        if len(amounts.keys() & {"lower", "upper"}) == len(("lower", "upper")) and (
            amounts["lower"].least > amounts["upper"].least
        ):
            raise InvalidInputError(
                f"{analyte}: the lower limit {self.lower} is above the upper one {self.upper}"
            )


def _casts(value: object) -> object:
    value = plain_bool(value)
    return value if value is None or isinstance(value, bool) else measured(value, "urine_casts")


def _laboratory(value: object, info: ValidationInfo) -> object:
    if value is None:
        return None
    analyte, given = str(info.field_name), value
    if isinstance(value, Mapping) and "unit" not in value:
        result = LabResult.model_validate(_of_analyte(cast("Mapping[str, object]", value), analyte))
    elif isinstance(value, LabResult):
        result = value
    else:
        result = LabResult(value=measured(given, analyte))
    result.check(analyte)
    return result


_MEASURED = ("value", "lower", "upper")


def _of_analyte(parts: Mapping[str, object], analyte: str) -> dict[str, object]:
    """Read the amounts of a result, whose units the analyte says."""
    read = dict(parts)
    for name in _MEASURED:
        if read.get(name) is not None:
            try:
                read[name] = measured(read[name], analyte)
            except InvalidInputError as error:
                raise InvalidInputError(f"{name}: {error}") from None
    return read


def _result_schema(analyte: str) -> Schema:
    ends = or_null(amount(analyte, bounds=False))
    flag = or_null(spelled(list(FLAGS)))
    result = {
        "type": "object",
        "properties": {
            "value": or_null(amount(analyte)),
            "lower": ends,
            "upper": ends,
            "flag": flag,
        },
        "additionalProperties": False,
        **_SAYS_SOMETHING,
    }
    return {"anyOf": [*amount(analyte)["anyOf"], result]}


_CASTS: Schema = {"anyOf": [{"type": "boolean"}, *amount("urine_casts")["anyOf"]]}
_NAMES = [d.value for d in Descriptor]
_CAUSES: Schema = {
    "type": "object",
    "propertyNames": {"enum": _NAMES},
    "additionalProperties": {"type": "string", "pattern": r"\S"},
}
_RULED_OUT: Schema = {"type": "array", "items": {"enum": _NAMES}}
_DATES: Schema = {"type": "object", "additionalProperties": DATE}

_Laboratory = Annotated[
    LabResult | Quantity | str | None, BeforeValidator(_laboratory), ByName(_result_schema)
]
_Casts = Annotated[
    bool | Quantity | str | None,
    BeforeValidator(_casts),
    PlainSerializer(said, return_type=bool | str | None),
    WithJsonSchema(or_null(_CASTS), mode="validation"),
]


class Findings(Record):
    """What was observed at one visit; every field may be left out and is then not known.

    Signs are true, false or null. An amount is text such as "92 K/uL", "<5 /[HPF]", or a
    `Quantity`; which units are accepted, `sledai.quantities.UNITS` says. Complement and anti-dsDNA
    are a `LabResult`, with the laboratory's limit or flag, without which they decide nothing.

    A sign is false when it was looked for and is not there, and so is a proof (biopsy, angiogram,
    electromyogram, electrocardiogram) when there is none.

    `other_cause` says for a descriptor what else its findings are due to; it is then absent.
    `no_other_cause` names the descriptors for which the other causes that the definition excludes
    were considered and ruled out. `dates` says when a field was observed; what has no date was
    observed at the visit.

    Raises pydantic's `ValidationError` (a `ValueError`) that names each field, what was found and
    what is accepted.

    >>> findings = Findings(platelets="92 K/uL", pericardial_rub=True)
    >>> print(findings.platelets, findings.fever_of_unknown_origin)
    Traceback (most recent call last):
    ...
    AttributeError: 'Findings' object has no attribute 'fever_of_unknown_origin'
    """

    seizure: YesOrNo = known("A seizure, of recent onset.")
    psychosis: YesOrNo = known(
        "Psychosis: normal life is disturbed by a severely changed sense of reality."
    )
    altered_mental_function: YesOrNo = known(
        "Mental function is altered: orientation, memory or other intellect."
    )
    clouded_consciousness: YesOrNo = known("Clouded consciousness.")
    perceptual_disturbance: YesOrNo = known("Perceptual disturbance.")
    incoherent_speech: YesOrNo = known("Incoherent speech.")
    insomnia_or_daytime_drowsiness: YesOrNo = known("Insomnia or daytime drowsiness.")
    psychomotor_activity_changed: YesOrNo = known("Psychomotor activity is increased or decreased.")
    retinal_changes: YesOrNo = known("Changes of the retina by lupus.")
    scleritis: YesOrNo = known("Scleritis.")
    episcleritis: YesOrNo = known("Episcleritis.")
    cranial_neuropathy: YesOrNo = known("A new sensory or motor neuropathy of cranial nerves.")
    vertigo: YesOrNo = known("Vertigo from lupus.")
    lupus_headache: YesOrNo = known(
        "A severe, persistent headache that narcotic analgesia does not relieve."
    )
    cerebrovascular_accident: YesOrNo = known("A new cerebrovascular accident.")
    ulceration: YesOrNo = known("Ulceration by vasculitis.")
    gangrene: YesOrNo = known("Gangrene by vasculitis.")
    tender_finger_nodules: YesOrNo = known("Tender nodules of the fingers.")
    periungual_infarction: YesOrNo = known("Periungual infarction.")
    splinter_hemorrhages: YesOrNo = known("Splinter hemorrhages.")
    vasculitis_proof: YesOrNo = known("Biopsy or angiogram proves vasculitis.")
    inflamed_painful_joints: Count = known("How many joints have pain and signs of inflammation.")
    muscle_aching_or_weakness: YesOrNo = known("Proximal muscle aching or weakness.")
    raised_muscle_enzymes: YesOrNo = known("Raised creatine phosphokinase or aldolase.")
    electromyogram_changes: YesOrNo = known("Changes of myositis on the electromyogram.")
    myositis_on_biopsy: YesOrNo = known("Myositis on biopsy.")
    heme_granular_casts: _Casts = known("Heme-granular casts in urine.")
    red_cell_casts: _Casts = known("Red-cell casts in urine.")
    urine_red_cells: Amount = known("Red cells in urine.")
    urine_protein_24h: Amount = known("Protein in the urine of 24 hours.")
    previous_urine_protein_24h: Amount = known(
        "Protein in the urine of 24 hours, at an earlier date."
    )
    urine_protein_creatinine_ratio: Amount = known("Protein to creatinine in urine.")
    proteinuria_new_onset: YesOrNo = known("Proteinuria is of new onset.")
    urine_white_cells: Amount = known("White cells in urine.")
    rash: YesOrNo = known("Inflammatory rash.")
    rash_new_or_recurrent: YesOrNo = known("The rash is new or has come back.")
    alopecia: YesOrNo = known("Abnormal hair loss, patchy or diffuse.")
    alopecia_new_or_recurrent: YesOrNo = known("The hair loss is new or has come back.")
    mucosal_ulcers: YesOrNo = known("Oral or nasal ulcers.")
    mucosal_ulcers_new_or_recurrent: YesOrNo = known("The ulcers are new or have come back.")
    pleuritic_pain: YesOrNo = known("Pleuritic chest pain.")
    severe_pleuritic_pain: YesOrNo = known("The pleuritic pain is severe.")
    pleural_rub: YesOrNo = known("Pleural rub.")
    pleural_effusion: YesOrNo = known("Pleural effusion.")
    pleural_thickening: YesOrNo = known("Pleural thickening.")
    new_pleural_thickening: YesOrNo = known("The pleural thickening is new.")
    pericardial_pain: YesOrNo = known("Pericardial pain.")
    severe_pericardial_pain: YesOrNo = known("The pericardial pain is severe.")
    pericardial_rub: YesOrNo = known("Pericardial rub.")
    pericardial_effusion: YesOrNo = known("Pericardial effusion.")
    pericarditis_on_electrocardiogram: YesOrNo = known(
        "The electrocardiogram confirms pericarditis."
    )
    pericarditis_on_echocardiogram: YesOrNo = known("The echocardiogram confirms pericarditis.")
    c3: _Laboratory = known("Complement C3.")
    c4: _Laboratory = known("Complement C4.")
    ch50: _Laboratory = known("Total hemolytic complement.")
    anti_dsdna: _Laboratory = known("Antibodies to double-stranded DNA.")
    anti_dsdna_method: Literal["Farr", "ELISA", "CLIFT", "multiplex", "other"] | None = known(
        "How the antibodies to double-stranded DNA were measured."
    )
    temperature: Amount = known("Body temperature.")
    platelets: Amount = known("Platelets in blood.")
    white_cells: Amount = known("White cells in blood.")
    other_cause: Annotated[Mapping[str, str], WithJsonSchema(_CAUSES)] = Field(
        default_factory=dict[str, str],
        description="By descriptor: what else than lupus its findings are due to.",
    )
    no_other_cause: Annotated[AbstractSet[str], WithJsonSchema(_RULED_OUT)] = Field(
        default=frozenset(),
        description="The descriptors for which other causes were considered and ruled out.",
    )
    visit_date: Day | None = known("The date of the visit; needed where there are dates.")
    dates: Annotated[Mapping[str, Day], WithJsonSchema(_DATES)] = Field(
        default_factory=dict[str, date],
        description="By finding, of those that are given: when it was observed.",
    )

    @field_validator("other_cause", mode="before")
    @classmethod
    def _descriptors(cls, value: object) -> object:
        if not isinstance(value, Mapping):
            return value
        causes = cast("Mapping[str, object]", value)
        descriptor_set(list(causes))
        return {Descriptor(name).value: cause for name, cause in causes.items()}

    @field_validator("no_other_cause", mode="before")
    @classmethod
    def _descriptor_set(cls, value: object) -> object:
        names = cast("Iterable[str]", value)
        return descriptor_set(names) if isinstance(value, Iterable) else value

    @model_validator(mode="after")
    def _agree(self) -> Self:
        problems = [*self._contradictions(), *self._wrong_causes(), *self._wrong_dates()]
        if problems:
            raise InvalidInputError("; ".join(problems))
        return self

    def _contradictions(self) -> Iterable[str]:
        for special, general in SPECIAL_CASES.items():
            if getattr(self, special) is True and getattr(self, general) is False:
                yield f"{special} is true and {general} false; the first is a case of the second"
        dna = self.anti_dsdna
        if isinstance(dna, LabResult) and isinstance(dna.value, Quantity):
            percent = kind("anti_dsdna", dna.value.unit) == kind("anti_dsdna", "%")
            if percent and self.anti_dsdna_method not in {None, "Farr"}:
                yield "anti_dsdna in %, which only the Farr assay gives, but another method"

    def _wrong_causes(self) -> Iterable[str]:
        if both := self.no_other_cause & self.other_cause.keys():
            yield f"both due to another cause and not: {listed(descriptor_set(both))}"
        for descriptor, cause in self.other_cause.items():
            if not cause.strip():
                yield f"other_cause of {descriptor}: no cause given"

    def _wrong_dates(self) -> Iterable[str]:
        if self.dates and self.visit_date is None:
            yield "dates without visit_date"
        for name in self.dates:
            if name not in OBSERVED:
                yield str(InvalidInputError.found(name, "names of findings", "dates"))
            elif getattr(self, name) is None:
                yield f"dates: {name} is dated but not given"
        earlier = self.dates.get("previous_urine_protein_24h")
        now = self.dates.get("urine_protein_24h", self.visit_date)
        if earlier is not None and now is not None and earlier >= now:
            yield (
                f"previous_urine_protein_24h of {earlier} is not earlier than urine_protein_24h "
                f"of {now}"
            )

    @property
    def given(self) -> frozenset[str]:
        """The names of the findings that are known."""
        return frozenset(name for name in OBSERVED if getattr(self, name) is not None)


OBSERVED = tuple(
    name
    for name in Findings.model_fields
    if name not in {"other_cause", "no_other_cause", "visit_date", "dates", "anti_dsdna_method"}
)
"""The names of the findings, in the order of the form."""
