"""Assessment: the 24 answers of one visit, and the two errors about what was not assessed."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import is_, itemgetter
from typing import Annotated, Any, Self, TypeVar, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from sledai.definitions import OBSERVATION_WINDOW
from sledai.definitions.selena import SELENA_DEFINITIONS
from sledai.descriptors import Descriptor, descriptor_set, in_form_order, listed, listed_briefly
from sledai.displays import ANSWERS, Displayed, Table, call
from sledai.errors import InvalidInputError, SledaiError, require, shorten
from sledai.records import place, places_escaped, plain_bool, validated_copy

__all__ = [
    "NOTHING_ASSESSED",
    "Assessment",
    "IncompleteAssessmentError",
    "Nested",
    "UndeterminedError",
    "require_assessment",
]

_NAMES = frozenset(descriptor.value for descriptor in Descriptor)
# To loop over: a member's value, and the enumeration itself, take longer than the answers.
_FORM = tuple((descriptor.value, descriptor) for descriptor in Descriptor)
_ANSWERS_IN_FORM = itemgetter(*(name for name, _ in _FORM))
_ANSWERS = "true (present), false (absent) or null (not assessed)"


def _describe_fields(schema: dict[str, Any]) -> None:
    """Put label and definition of each descriptor into the JSON Schema."""
    schema["description"] = (
        "The 24 descriptors of the SELENA-SLEDAI at one visit, each true (present), false (absent) "
        f"or null (not assessed). A descriptor counts when {OBSERVATION_WINDOW}."
    )
    for descriptor in Descriptor:
        field = schema["properties"][descriptor.value]
        definition = SELENA_DEFINITIONS[descriptor]
        by = f"SELENA-SLEDAI {definition.citation.mark}".rstrip()
        field["title"] = descriptor.label
        field["description"] = (
            f"{definition.text} ({by}; weight {descriptor.weight}; null: not assessed)"
        )


def _restate(error: ValidationError) -> ValidationError:
    """Say the same errors with the offending cell alone, not the rest of the record."""
    lines: list[InitErrorDetails] = []
    for line in error.errors():
        cell = line["input"]
        if line["type"] == "extra_forbidden":
            problem = PydanticCustomError("extra_forbidden", "not one of the 24 descriptors")
        elif not line["loc"] or line["loc"][0] not in _NAMES:
            # Of the record as a whole, or of a field of a model built on this one.
            return places_escaped(error)
        elif line["type"] == "missing":
            problem = PydanticCustomError("missing", f"no answer given; accepted: {_ANSWERS}")
            cell = None  # not the whole record
        else:
            problem = PydanticCustomError(
                "not_an_answer",
                "found {found}; accepted: {accepted}",
                {"found": shorten(cell), "accepted": _ANSWERS},
            )
        lines.append(InitErrorDetails(type=problem, loc=place(line["loc"]), input=cell))
    return ValidationError.from_exception_data(error.title, lines)


_Model = TypeVar("_Model")


def _read(data: Any, handler: ModelWrapValidatorHandler[_Model]) -> _Model:
    try:
        return handler(data)
    except ValidationError as error:
        if isinstance(data, Mapping):
            given = cast("Mapping[str, object]", data)
            plain = {name: plain_bool(answer) for name, answer in given.items()}
            if any(plain[name] is not given[name] for name in plain):
                return _read(plain, handler)
        raise _restate(error) from None


class Assessment(Displayed, BaseModel):
    """The answers to the 24 descriptors at one visit.

    Every field is required and is `True` (present), `False` (absent) or `None` (not assessed);
    nothing else is taken for an answer, not even 1 or "yes", but for numpy's booleans. An instance
    never changes.

    Raises pydantic's `ValidationError` (a `ValueError`) that names each missing, unknown or
    unreadable field.

    >>> visit = Assessment.of(present={"arthritis"}, not_assessed={"low_complement"})
    >>> visit.arthritis, visit.low_complement, visit.fever
    (True, None, False)
    """

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        hide_input_in_errors=True,
        json_schema_extra=_describe_fields,
    )

    seizure: bool | None
    psychosis: bool | None
    organic_brain_syndrome: bool | None
    visual_disturbance: bool | None
    cranial_nerve_disorder: bool | None
    lupus_headache: bool | None
    cerebrovascular_accident: bool | None
    vasculitis: bool | None
    arthritis: bool | None
    myositis: bool | None
    urinary_casts: bool | None
    hematuria: bool | None
    proteinuria: bool | None
    pyuria: bool | None
    rash: bool | None
    alopecia: bool | None
    mucosal_ulcers: bool | None
    pleurisy: bool | None
    pericarditis: bool | None
    low_complement: bool | None
    increased_dna_binding: bool | None
    fever: bool | None
    thrombocytopenia: bool | None
    leukopenia: bool | None

    @model_validator(mode="wrap")
    @classmethod
    def _name_the_cell(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        return _read(data, handler)

    @classmethod
    def of(
        cls,
        *,
        present: Iterable[Descriptor | str] = (),
        not_assessed: Iterable[Descriptor | str] = (),
    ) -> Self:
        """Build an assessment from what is present; **all others are asserted absent**.

        `present` and `not_assessed` hold descriptors or their names. Raises `InvalidInputError`
        for a name that is no descriptor and for one that stands in both.

        >>> sorted(Assessment.of(present={"rash", "fever"}).present)
        [<Descriptor.FEVER: 'fever'>, <Descriptor.RASH: 'rash'>]
        """
        unknown = descriptor_set(not_assessed)
        there = descriptor_set(present)
        if both := there & unknown:
            raise InvalidInputError(f"both present and not assessed: {listed(both)}")
        return cls.model_validate(
            {d.value: None if d in unknown else d in there for d in Descriptor}
        )

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:  # noqa: ARG002
        """Copy with some answers replaced; unlike pydantic's own, the result is validated.

        >>> Assessment.of(present={"rash"}).model_copy(update={"rash": None}).rash is None
        True
        """
        return validated_copy(self, update)

    def __eq__(self, other: object) -> bool:
        """Compare the answers as the sets below take them.

        An answer that slipped past validation is not assessed, though 1 equals True: results that
        are kept by assessment would be another's.
        """
        if not isinstance(other, Assessment):
            return NotImplemented
        if not super().__eq__(other):
            return False
        return all(map(is_, _ANSWERS_IN_FORM(self.__dict__), _ANSWERS_IN_FORM(other.__dict__)))

    def __repr__(self) -> str:
        asked = {"present": self.present, "not_assessed": self.not_assessed}
        made = call("Assessment.of", {how: which for how, which in asked.items() if which})
        # Of very many names the counts say more than the first of them.
        return made if "..." not in made else super().__repr__()

    def __str__(self) -> str:
        return "\n".join(self._lines(listed))

    def _headline(self) -> str:
        return "; ".join(self._lines(listed_briefly))

    def _lines(self, said: Callable[[frozenset[Descriptor]], str]) -> Iterator[str]:
        yield f"present: {said(self.present) or 'none'}"
        if self.not_assessed:
            yield f"not assessed: {said(self.not_assessed)}"
        if self.absent:
            others = "the other " if len(self.absent) < len(_FORM) else "all "
            yield f"absent: {others}{len(self.absent)}"

    def _tables(self) -> Iterable[Table]:
        low = sum(d.weight for d in self.present)
        high = low + sum(d.weight for d in self.not_assessed)
        rows: list[tuple[object, ...]] = [
            (d.system.label, d.label, points, ANSWERS[answer])
            for answer, which in ((True, self.present), (None, self.not_assessed))
            for d in in_form_order(which)
            for points in [d.weight if answer else f"0 or {d.weight}"]
        ]
        total = low if low == high else f"{low} to {high}"
        rows.append(("total", f"{len(self.absent)} others absent", total, ""))
        yield Table(("organ system", "descriptor", "points", "answer"), rows)

    def __hash__(self) -> int:
        """Hash the answers; pydantic's own does the same, which type checkers do not know."""
        return hash(_ANSWERS_IN_FORM(self.__dict__))

    @property
    def present(self) -> frozenset[Descriptor]:
        """The descriptors that count."""
        answers = self.__dict__
        return frozenset([d for name, d in _FORM if answers[name] is True])

    @property
    def absent(self) -> frozenset[Descriptor]:
        """The descriptors asserted not to count."""
        answers = self.__dict__
        return frozenset([d for name, d in _FORM if answers[name] is False])

    @property
    def not_assessed(self) -> frozenset[Descriptor]:
        """The descriptors nobody answered."""
        answers = self.__dict__
        return frozenset(
            [d for name, d in _FORM if answers[name] is not True and answers[name] is not False]
        )


def require_assessment(value: object) -> None:
    """Refuse what is no assessment, and say how a record or a data frame is scored.

    >>> require_assessment({"arthritis": True})
    Traceback (most recent call last):
    sledai.errors.InvalidInputError: assessment: found dict; accepted: an Assessment \
(Assessment.model_validate reads a dict, sledai.frame a data frame)
    """
    require(
        value,
        Assessment,
        "assessment",
        "an Assessment (Assessment.model_validate reads a dict, sledai.frame a data frame)",
    )


NOTHING_ASSESSED = Assessment.of(not_assessed=Descriptor)
"""What is known where nobody answered anything."""


def _nested(value: object) -> object:
    if value is None or isinstance(value, Assessment):
        return value
    if not isinstance(value, Mapping):
        raise InvalidInputError.found(value, "the 24 descriptors with their answers, or null")
    try:
        return Assessment.model_validate(value)
    except ValidationError as error:
        raise _summed_up(error) from None


def _summed_up(error: ValidationError) -> ValidationError:
    """Say in one line which descriptors have no answer, beside what is wrong with others."""
    lines = error.errors()
    missing = [Descriptor(str(line["loc"][0])) for line in lines if line["type"] == "missing"]
    if not missing:
        return error
    no_answer = PydanticCustomError(
        "incomplete",
        "no answer for {count} of the 24 descriptors: {missing}; accepted: {accepted}",
        {"count": len(missing), "missing": listed(missing), "accepted": _ANSWERS},
    )
    others: list[InitErrorDetails] = [
        InitErrorDetails(
            type=PydanticCustomError("not_an_answer", "{said}", {"said": line["msg"]}),
            loc=line["loc"],
            input=line["input"],
        )
        for line in lines
        if line["type"] != "missing"
    ]
    incomplete = InitErrorDetails(type=no_answer, loc=(), input=None)
    return ValidationError.from_exception_data(error.title, [incomplete, *others])


Nested = Annotated[Assessment | None, BeforeValidator(_nested)]
"""An assessment as a field of another model: what has no answer is one error, not one each."""


class _NotAssessedError(SledaiError, ValueError):
    """An answer that would need descriptors which were not assessed."""

    def __init__(self, message: str, descriptors: Iterable[Descriptor]) -> None:
        super().__init__(message)
        self._descriptors = frozenset(descriptors)

    def __reduce__(self) -> tuple[type[Self], tuple[str, frozenset[Descriptor]]]:
        return type(self), (str(self), self._descriptors)


class IncompleteAssessmentError(_NotAssessedError):
    """A score was asked for while some of its descriptors were not assessed."""

    @property
    def missing(self) -> frozenset[Descriptor]:
        """The not-assessed descriptors that the score needs."""
        return self._descriptors


class UndeterminedError(_NotAssessedError):
    """A yes/no question was asked that the not-assessed descriptors leave open."""

    @property
    def deciding(self) -> frozenset[Descriptor]:
        """The not-assessed descriptors whose answer can still change the verdict."""
        return self._descriptors
