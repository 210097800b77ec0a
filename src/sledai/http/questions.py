"""What is asked in the address of a request: one model an address, which takes no other name."""

from typing import Annotated, Any, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from sledai.definitions import LONGER_WINDOW, OBSERVATION_WINDOW, Edition
from sledai.definitions.editions import edition_named
from sledai.errors import InvalidInputError
from sledai.fhir import Release
from sledai.quantities.fields import measured
from sledai.quantities.schemas import amount
from sledai.trials.catalog import CATALOG, Trial, find

__all__ = ["OfDerive", "OfEdition", "OfQuestionnaire", "OfScore", "OfScreen"]

_RATIO = "urine_protein_creatinine_ratio"
_RELEASES: tuple[Release, ...] = get_args(Release)


def _one_of(*accepted: Any) -> BeforeValidator:
    by_text = {str(value): value for value in accepted}

    def read(value: object) -> object:
        if str(value) not in by_text:
            raise InvalidInputError.found(value, by_text)
        return by_text[str(value)]

    return BeforeValidator(read)


def _texts(*texts: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": [*texts]})


_Trial = Annotated[Trial, BeforeValidator(find), _texts(*(trial.registry_id for trial in CATALOG))]
_Edition = Annotated[Edition, BeforeValidator(edition_named), _texts(*(e.name for e in Edition))]
_WINDOWS = (OBSERVATION_WINDOW.days, LONGER_WINDOW.days)
_Days = Annotated[int, _one_of(*_WINDOWS), WithJsonSchema({"type": "integer", "enum": [*_WINDOWS]})]
_Ratio = Annotated[
    str,
    BeforeValidator(lambda text: str(measured(text, _RATIO))),
    WithJsonSchema(amount(_RATIO, bounds=False)["anyOf"][0]),
]


class _Question(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OfScore(_Question):
    """What is asked of a visit beside its scores."""

    trial: Annotated[
        tuple[_Trial, ...],
        Field(description="Registry numbers of trials, whose rules on the score are judged."),
    ] = ()


class OfDerive(_Question):
    """By which definitions findings are read."""

    edition: Annotated[_Edition, Field(description="The edition whose definitions decide.")]
    window_days: Annotated[
        _Days, Field(description="How many days before the visit findings count.")
    ] = OBSERVATION_WINDOW.days
    ratio_limit: Annotated[
        _Ratio | None,
        Field(
            description="A limit of urine protein to creatinine, such as 0.5 g/g. No edition has "
            "one: without it a ratio alone decides nothing."
        ),
    ] = None


class OfScreen(_Question):
    """What is asked of a candidate: nothing beside the whole screen."""


class OfEdition(_Question):
    """Of which edition something is asked for."""

    edition: Annotated[_Edition, Field(description="The edition whose definitions it gives.")]


class OfQuestionnaire(OfEdition):
    """Which form is asked for."""

    release: Annotated[Release, _one_of(*_RELEASES), Field(description="The release of FHIR.")] = (
        "R4"
    )
