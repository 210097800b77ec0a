"""What was observed at a visit: signs, counts, laboratory values with units, dates, causes."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Annotated, Literal, Self, cast

from pydantic import (
    BeforeValidator,
    Field,
    PlainSerializer,
    ValidationInfo,
    field_validator,
    model_validator,
)

from sledai.definitions.clauses import SPECIAL_CASES
from sledai.descriptors import Descriptor, descriptor_set, listed
from sledai.errors import InvalidInputError, shorten
from sledai.fields import Amount, Count, Measurement, Record, Sign, measured, said
from sledai.quantities import Quantity, checked, kind

__all__ = ["OBSERVED", "Findings", "LabResult"]


class LabResult(Record):
    """A laboratory value that only the testing laboratory's own limits give a meaning.

    `lower` and `upper` are the ends of that laboratory's range of normal. `flag` is what the
    laboratory itself says of the value; it is used where the value and the limit do not decide.

    Raises pydantic's `ValidationError` for a result without value and flag, and for a range whose
    ends are the wrong way round.

    >>> LabResult(value="0.7 g/L", lower="0.9 g/L").flag is None
    True
    """

    value: Measurement | None = None
    lower: Measurement | None = None
    upper: Measurement | None = None
    flag: Literal["low", "normal", "high"] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.value is None and self.flag is None:
            raise InvalidInputError("neither a value nor a flag")
        for name in ("lower", "upper"):
            end = getattr(self, name)
            if end is not None and end.bound:
                raise InvalidInputError(
                    f"{name}: found {shorten(str(end))}; accepted: a number and a unit, no bound"
                )
        return self

    def check(self, analyte: str) -> None:
        """Raise `InvalidInputError` where it cannot be a result of the analyte."""
        given: dict[str, Quantity] = {
            name: quantity
            for name in ("value", "lower", "upper")
            if (quantity := getattr(self, name)) is not None
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
    return value if value is None or isinstance(value, bool) else measured(value, "urine_casts")


def _laboratory(value: object, info: ValidationInfo) -> object:
    if value is None:
        return None
    if isinstance(value, Mapping):
        value = LabResult.model_validate(value)
    result = value if isinstance(value, LabResult) else LabResult(value=cast("str", value))
    result.check(str(info.field_name))
    return result


_Laboratory = Annotated[LabResult | Quantity | str | None, BeforeValidator(_laboratory)]
_Casts = Annotated[bool | Quantity | str | None, BeforeValidator(_casts), PlainSerializer(said)]


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

    seizure: Sign = None
    psychosis: Sign = None
    altered_mental_function: Sign = None
    clouded_consciousness: Sign = None
    perceptual_disturbance: Sign = None
    incoherent_speech: Sign = None
    insomnia_or_daytime_drowsiness: Sign = None
    psychomotor_activity_changed: Sign = None
    retinal_changes: Sign = None
    scleritis: Sign = None
    episcleritis: Sign = None
    cranial_neuropathy: Sign = None
    vertigo: Sign = None
    lupus_headache: Sign = None
    cerebrovascular_accident: Sign = None
    ulceration: Sign = None
    gangrene: Sign = None
    tender_finger_nodules: Sign = None
    periungual_infarction: Sign = None
    splinter_hemorrhages: Sign = None
    vasculitis_proof: Sign = None
    inflamed_painful_joints: Count = None
    muscle_aching_or_weakness: Sign = None
    raised_muscle_enzymes: Sign = None
    electromyogram_changes: Sign = None
    myositis_on_biopsy: Sign = None
    heme_granular_casts: _Casts = None
    red_cell_casts: _Casts = None
    urine_red_cells: Amount = None
    urine_protein_24h: Amount = None
    previous_urine_protein_24h: Amount = None
    urine_protein_creatinine_ratio: Amount = None
    proteinuria_new_onset: Sign = None
    urine_white_cells: Amount = None
    rash: Sign = None
    rash_new_or_recurrent: Sign = None
    alopecia: Sign = None
    alopecia_new_or_recurrent: Sign = None
    mucosal_ulcers: Sign = None
    mucosal_ulcers_new_or_recurrent: Sign = None
    pleuritic_pain: Sign = None
    severe_pleuritic_pain: Sign = None
    pleural_rub: Sign = None
    pleural_effusion: Sign = None
    pleural_thickening: Sign = None
    new_pleural_thickening: Sign = None
    pericardial_pain: Sign = None
    severe_pericardial_pain: Sign = None
    pericardial_rub: Sign = None
    pericardial_effusion: Sign = None
    pericarditis_on_electrocardiogram: Sign = None
    pericarditis_on_echocardiogram: Sign = None
    c3: _Laboratory = None
    c4: _Laboratory = None
    ch50: _Laboratory = None
    anti_dsdna: _Laboratory = None
    anti_dsdna_method: Literal["Farr", "ELISA", "CLIFT", "multiplex", "other"] | None = None
    temperature: Amount = None
    platelets: Amount = None
    white_cells: Amount = None
    other_cause: Mapping[str, str] = Field(default_factory=dict[str, str])
    no_other_cause: AbstractSet[str] = frozenset()
    visit_date: date | None = None
    dates: Mapping[str, date] = Field(default_factory=dict[str, date])

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
            percent = dna.value.unit == "%"
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
                yield f"dates: found {shorten(name)}; accepted: names of findings"
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
