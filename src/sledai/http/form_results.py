"""What the form shows: what is asked by an edition, and what a form that is filled in comes to."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sledai.assessment import Assessment
from sledai.codebook.lab import ANALYTES
from sledai.definitions import OBSERVATION_WINDOW, Edition
from sledai.definitions.clauses import BeyondLaboratory, leaves
from sledai.definitions.editions import DEFINITIONS
from sledai.descriptors import SEROLOGIC, Descriptor, OrganSystem
from sledai.findings import Findings, Reason
from sledai.findings.observations import FLAGS
from sledai.http.filled_form import FilledForm
from sledai.http.results import FormScores, Scores
from sledai.quantities import UNITS
from sledai.quantities.schemas import range_said
from sledai.rules import require_edition
from sledai.scoring import MAX_TOTAL
from sledai.sheets.content import INTENDED_USE
from sledai.trials.catalog import CATALOG, Trial

__all__ = ["Definitions", "FilledScores"]

_SHOWN = ConfigDict(frozen=True)


class EditionShown(BaseModel):
    """An edition, by the name that parameters have and the one for people."""

    model_config = _SHOWN

    name: str
    label: str


class DescriptorShown(BaseModel):
    """A descriptor as an edition asks for it."""

    model_config = _SHOWN

    descriptor: Descriptor
    number: int
    label: str
    weight: int
    definition: str
    source: str
    unverified: str = Field(description="The part of the wording that is in doubt, and why.")


class SystemShown(BaseModel):
    """An organ system, with its descriptors."""

    model_config = _SHOWN

    system: OrganSystem
    label: str
    descriptors: tuple[DescriptorShown, ...]


class AnalyteShown(BaseModel):
    """A laboratory value, the units in which it is accepted, and what it decides."""

    model_config = _SHOWN

    analyte: str
    label: str
    units: tuple[str, ...]
    accepted: str
    laboratory_limit: Literal["lower", "upper"] | None = Field(
        description="The end of the testing laboratory's range of normal, without which it "
        "decides nothing."
    )
    flags: tuple[str, ...] = Field(description="What that laboratory may say of the value.")
    decides: tuple[Descriptor, ...]


class TrialShown(BaseModel):
    """A trial whose rule on the score is about the edition."""

    model_config = _SHOWN

    trial: str
    name: str
    rule: str


class Definitions(BaseModel):
    """What is asked by an edition, in the order of the form.

    >>> shown = Definitions.of(Edition.SELENA)
    >>> shown.systems[0].descriptors[0].label, shown.laboratory[0].units[0], shown.most
    ('Seizure', '/mm3', 105)
    """

    model_config = _SHOWN

    edition: EditionShown
    editions: tuple[EditionShown, ...]
    counts_when: str
    clinical: str = Field(description="What the clinical score leaves out.")
    most: int = Field(description="The highest total that there is.")
    systems: tuple[SystemShown, ...]
    laboratory: tuple[AnalyteShown, ...]
    trials: tuple[TrialShown, ...]
    intended_use: str

    @classmethod
    def of(cls, edition: Edition) -> "Definitions":
        """Give what an edition asks."""
        return cls(
            edition=_edition(edition),
            editions=tuple(map(_edition, Edition)),
            counts_when=str(OBSERVATION_WINDOW),
            clinical=f"without {' and '.join(d.label for d in Descriptor if d in SEROLOGIC)}",
            most=MAX_TOTAL,
            systems=tuple(
                SystemShown(
                    system=system,
                    label=system.label,
                    descriptors=tuple(
                        _descriptor(d, edition) for d in Descriptor if d.system is system
                    ),
                )
                for system in OrganSystem
            ),
            laboratory=tuple(_analyte(analyte, edition) for analyte in ANALYTES),
            trials=tuple(
                TrialShown(trial=one.registry_id, name=one.name, rule=str(one.rule))
                for one in CATALOG
                if one.rule.edition is edition
            ),
            intended_use=INTENDED_USE,
        )


def _edition(edition: Edition) -> EditionShown:
    return EditionShown(name=edition.name, label=edition.value)


def _descriptor(descriptor: Descriptor, edition: Edition) -> DescriptorShown:
    definition = DEFINITIONS[edition][descriptor]
    return DescriptorShown(
        descriptor=descriptor,
        number=descriptor.number,
        label=descriptor.label,
        weight=descriptor.weight,
        definition=definition.text,
        source=str(definition.citation),
        unverified=definition.unverified,
    )


def _analyte(analyte: str, edition: Edition) -> AnalyteShown:
    definitions = DEFINITIONS[edition]
    asking = {d: definitions[d] for d in Descriptor if analyte in definitions[d].findings}
    ends: list[Literal["lower", "upper"]] = [
        "lower" if leaf.operator == "<" else "upper"
        for definition in asking.values()
        for leaf in leaves(definition.rule)
        if isinstance(leaf, BeyondLaboratory) and leaf.finding == analyte
    ]
    return AnalyteShown(
        analyte=analyte,
        label=str(Findings.model_fields[analyte].description).removesuffix("."),
        units=tuple(UNITS[analyte]),
        accepted=range_said(analyte),
        laboratory_limit=ends[0] if ends else None,
        flags=tuple(dict.fromkeys(FLAGS.values())) if ends else (),
        decides=tuple(asking),
    )


class DerivedShown(BaseModel):
    """What laboratory values say of a descriptor: the answer, or null where they leave it open."""

    model_config = _SHOWN

    answer: bool | None
    reason: str
    differs: bool = Field(description="A person answered otherwise, and that counts.")


class FilledScores(FormScores):
    """What a form that is filled in comes to.

    >>> from sledai.trials.catalog import find
    >>> form = FilledForm.model_validate(
    ...     {
    ...         "edition": "SELENA",
    ...         "answered": {"thrombocytopenia": False},
    ...         "findings": {"platelets": "92 K/uL"},
    ...     }
    ... )
    >>> shown = FilledScores.filled(form, find("NCT05765006"))
    >>> shown.low, shown.high, shown.derived["thrombocytopenia"].differs
    (0, 104, True)
    """

    assessment: Assessment = Field(description="What counts.")
    derived: dict[Descriptor, DerivedShown] = Field(
        description="What the laboratory values say, of the descriptors that they are about."
    )
    worth_asking: tuple[Descriptor, ...] = Field(
        description="Those not assessed that still decide a verdict, or else that widen the total "
        "most."
    )

    @classmethod
    def filled(cls, form: FilledForm, *trials: Trial) -> "FilledScores":
        """Score a form, and judge it by the rules of trials.

        Raises `InvalidInputError` for a rule about another edition.
        """
        for trial in trials:
            require_edition(trial.rule, form.edition)
        counted = form.counted
        scores = Scores.of(counted, *trials)
        return cls(
            edition=form.edition,
            assessment=counted,
            derived={
                descriptor: _derived(form, descriptor, reason)
                for descriptor, reason in form.derivation.reasons.items()
                if form.findings.given & set(reason.definition.findings)
            },
            worth_asking=_worth_asking(scores),
            **dict(scores),
        )


def _derived(form: FilledForm, descriptor: Descriptor, reason: Reason) -> DerivedShown:
    answered = form.answered.get(descriptor.value, reason.answer)
    return DerivedShown(
        answer=reason.answer,
        reason="; ".join(reason.grounds),
        differs=reason.answer is not None and answered is not reason.answer,
    )


def _worth_asking(scores: Scores) -> tuple[Descriptor, ...]:
    deciding = {d for verdict in scores.verdicts for d in verdict.deciding}
    if not deciding:
        widest = max((d.weight for d in scores.not_assessed), default=0)
        deciding = {d for d in scores.not_assessed if d.weight == widest}
    return tuple(d for d in Descriptor if d in deciding)
