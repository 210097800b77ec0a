"""Laboratory values and temperatures of a Bundle to findings, and these to descriptors.

A result that was measured and cannot be read may be any amount; so may one of which it is not known
whether it lies in the window or will stay as it is, where it would matter.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from enum import StrEnum
from typing import Any

from sledai.definitions import OBSERVATION_WINDOW, Edition
from sledai.definitions.editions import edition_named
from sledai.displays import Displayed, Value, in_words
from sledai.errors import InvalidInputError, require, shorten
from sledai.fhir.bundles import observations_of
from sledai.fhir.chosen_results import Choice, ResultRead
from sledai.fhir.elements import Element, codings
from sledai.fhir.laboratory import LABORATORY_CODES, LOINC_SYSTEM, LaboratoryCode
from sledai.fhir.observation_values import Problems, has_value, unknown, value_of
from sledai.fhir.observed_days import EVER, Period, Window, days_of
from sledai.findings import Derivation, Findings, NotUsed
from sledai.quantities import Quantity
from sledai.quantities.fields import day

__all__ = ["LeftOut", "ObservationsRead", "UsedObservation", "Why", "read_observations"]


class Why(StrEnum):
    """Why an Observation, or a part of one, was not used."""

    UNKNOWN = "unknown code"
    UNUSABLE = "not usable"
    OUTSIDE = "outside the window"
    OTHER = "another value is used"


@dataclass(frozen=True, slots=True)
class LeftOut(Displayed):
    """An Observation, or a part of one, that was not used: where it stands, why, and of what.

    >>> print(LeftOut("Bundle.entry[0].resource", Why.UNKNOWN, "http://loinc.org|718-7"))
    unknown code: Bundle.entry[0].resource: http://loinc.org|718-7
    """

    path: str
    why: Why
    reason: str

    def __str__(self) -> str:
        inside = self.reason.startswith(self.path)  # an error names the part
        return f"{self.why}: {self.reason if inside else f'{self.path}: {self.reason}'}"


@dataclass(frozen=True, slots=True)
class UsedObservation(Value):
    """An Observation that a finding was taken from: where it stands, its code, and its date."""

    finding: str
    path: str
    code: str
    observed: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservationsRead(Displayed):
    """What a Bundle of Observations says of a visit.

    `derivation` are the descriptors with their reasons, and `findings` what they were derived from.
    `used` has an Observation for each finding that was taken from one, and `left_out` all others.
    """

    derivation: Derivation
    findings: Findings
    used: tuple[UsedObservation, ...]
    left_out: tuple[LeftOut, ...]

    def _headline(self) -> str:
        counts = f"{len(self.used)} Observations used, {len(self.left_out)} left out"
        return f"{in_words(self.derivation)}; {counts}"

    def left_out_as(self, why: Why) -> tuple[LeftOut, ...]:
        """Give what was left out for one reason."""
        return tuple(one for one in self.left_out if one.why is why)


_SETTLED = ("final", "amended", "corrected")
_WITHDRAWN = ("cancelled", "entered-in-error")
_NOT_DONE = "not-performed"


def read_observations(
    bundle: Mapping[str, Any],
    edition: Edition | str,
    visit_date: date | str,
    *,
    beside: Findings | None = None,
    window_days: int = OBSERVATION_WINDOW.days,
    ratio_limit: Quantity | str | None = None,
    zone: tzinfo | None = None,
) -> ObservationsRead:
    """Derive descriptors from the laboratory values and temperatures of a Bundle.

    An Observation, or a component of one, is recognized by its LOINC code (`LABORATORY_CODES`), and
    its unit by UCUM. Used are those that are final, amended or corrected, of the `window_days` days
    before the visit; of several the one by which the descriptor is present, if any. What is not
    used is listed with its path. `beside` are other findings of the visit, which the Bundle has
    not: signs, an earlier urine protein, other causes. `window_days` and `ratio_limit` are as for
    `derive`; of a 24 h amount and a ratio of one day the amount decides, and of days of which there
    is a ratio alone the ratio. `zone` is that of the place, such as `ZoneInfo("Europe/Berlin")`:
    without it the day of a time in UTC may be the one before or the one after, where some zone has
    it so.

    Raises `InvalidInputError`, with the path, for what is no Bundle, for a page of more, for a
    Bundle of versions, of two subjects, and of one resource in two states; for a finding that
    `beside` gives too, and a 24 h amount where it gives a ratio; as `derive` does; and pydantic's
    `ValidationError` for findings that contradict each other.

    Source: the window, `OBSERVATION_WINDOW`; the codes, each with its own.

    >>> platelets = {
    ...     "resourceType": "Observation",
    ...     "status": "final",
    ...     "code": {"coding": [{"system": "http://loinc.org", "code": "777-3"}]},
    ...     "effectiveDateTime": "2024-01-12",
    ...     "valueQuantity": {
    ...         "value": 92, "system": "http://unitsofmeasure.org", "code": "10*9/L",
    ...     },
    ... }
    >>> bundle = {"resourceType": "Bundle", "entry": [{"resource": platelets}]}
    >>> read = read_observations(bundle, "SELENA", "2024-01-16")
    >>> print(read.derivation.reasons["thrombocytopenia"])
    present: platelets 92 10*9/L < 100 10*9/L [SELENA-SLEDAI: Bombardier 1992 (PMID 1599520), \
definition of descriptor 23 [as reproduced in public forms]]
    """
    edition = edition_named(edition)
    visit = day(visit_date)
    beside = Findings() if beside is None else beside
    require(beside, Findings, "beside", "Findings")
    if zone is not None:
        require(zone, tzinfo, "zone", "a time zone, such as zoneinfo.ZoneInfo('Europe/Berlin')")
    choice = Choice(beside, edition, visit, window_days, ratio_limit)
    choice.derived(())  # refuses another window and a limit that is none
    left_out: list[LeftOut] = []
    window = Window.before(visit, window_days)
    results: dict[str, list[ResultRead]] = {}
    for observation in observations_of(bundle):
        for result in _results(observation, window, zone, left_out):
            results.setdefault(result.code.finding, []).append(result)
    used = choice.made(results)
    for result in (one for several in results.values() for one in several):
        if result.certain and result not in used:
            said = f"{result.code.finding} of {result.observed}"
            left_out.append(LeftOut(result.path, Why.OTHER, said))
    return ObservationsRead(
        derivation=choice.derived(used),
        findings=choice.findings(used),
        used=tuple(
            UsedObservation(one.code.finding, one.path, one.code.code, one.observed)
            for one in used
            if one.certain
        ),
        left_out=tuple(left_out),
    )


def _results(
    observation: Element, window: Window, zone: tzinfo | None, left_out: list[LeftOut]
) -> Iterator[ResultRead]:
    """Give what an Observation and its components say of findings, and list what they do not."""
    malformed: Problems = []
    components = observation.readable("component", malformed)
    try:
        parts = [observation] if malformed or _says_something(observation) else []
    except InvalidInputError as error:
        malformed.append(str(error))
        parts = [observation]
    for part in [*parts, *components]:
        wrong = [*malformed] if part is observation else Problems()
        codes = _known_codes(part, wrong)
        if codes:
            yield from _results_of(codes, part, observation, window, zone, wrong, left_out)
        elif wrong:
            left_out += [LeftOut(part.path, Why.UNUSABLE, one) for one in wrong]
        else:
            left_out.append(LeftOut(part.path, Why.UNKNOWN, _tokens(part)))


def _says_something(observation: Element) -> bool:
    """Say whether an Observation is more than the head of a panel."""
    panel = "component" in observation or "hasMember" in observation
    return not panel or has_value(observation)


def _results_of(
    codes: list[LaboratoryCode],
    part: Element,
    observation: Element,
    window: Window,
    zone: tzinfo | None,
    wrong: Problems,
    left_out: list[LeftOut],
) -> Iterator[ResultRead]:
    """Read a result, or list why it is none; what is in doubt of it is listed too.

    Where something is wrong with it, it may be any amount of each finding that it names.
    """
    withdrawn = _withdrawn(observation)
    if withdrawn:
        left_out.append(LeftOut(part.path, Why.UNUSABLE, withdrawn))
        return
    timing: Problems = []
    period = _period(observation, window, zone, timing)
    if window.holds(period) is False:
        near = period.end if period.latest < window.first else period.start
        for code in codes:
            unused = NotUsed(code.finding, near, (window.last - near).days)
            left_out.append(LeftOut(part.path, Why.OUTSIDE, str(unused)))
        return
    doubts, problems = [*wrong, *_doubts(observation, part)], Problems()
    value: Any = None
    if not wrong:
        try:
            value = value_of(codes[0], part, problems)
        except InvalidInputError as error:
            doubts.append(str(error))
    said = (*timing, *doubts, *problems)
    left_out += [LeftOut(part.path, Why.UNUSABLE, one) for one in said]
    if _not_done(part):
        return
    for code in codes:
        if doubts:  # it is known, or was, and may be any
            value = unknown(code.finding)
        yield ResultRead(code, value, part.path, period, certain=not (timing or doubts))


def _period(
    observation: Element, window: Window, zone: tzinfo | None, problems: Problems
) -> Period:
    """Give the days of an Observation, and name why they may lie outside the window."""
    try:
        period = days_of(observation, zone)
    except InvalidInputError as error:
        problems.append(str(error))
        return EVER
    if window.holds(period) is None:
        moves = (period.earliest, period.latest) != (period.start, period.end)
        why = ": its time is in UTC, and the zone is not given" if moves else ""
        problems.append(f"{observation.path}: it may lie outside the window{why}")
    return period


def _withdrawn(observation: Element) -> str:
    """Say why an Observation is no result of the subject at all; empty where it is one."""
    status = observation.content.get("status")
    if status in _WITHDRAWN:
        return f"{observation.at('status')}: {status}"
    if "focus" in observation:
        return f"{observation.at('focus')}: about something else than the subject"
    return ""


def _doubts(observation: Element, part: Element) -> Problems:
    """Say why a value may not stay as it is, or may not mean what it says."""
    doubts: Problems = []
    if (status := observation.content.get("status")) not in _SETTLED:
        accepted = ", ".join(_SETTLED)
        doubts.append(str(InvalidInputError.found(status, accepted, observation.at("status"))))
    doubts += [
        f"{one.at('modifierExtension')}: it may change the meaning"
        for one in ([observation] if part is observation else [observation, part])
        if "modifierExtension" in one
    ]
    return doubts


def _known_codes(part: Element, wrong: Problems) -> list[LaboratoryCode]:
    """Find the codes of LOINC that are known: one, or where they disagree one for each finding."""
    known: list[LaboratoryCode] = []
    try:
        concept = part.one("code")
    except InvalidInputError as error:
        wrong.append(str(error))
        return known
    for coding in () if concept is None else concept.readable("coding", wrong):
        try:
            system, code = coding.text("system"), coding.text("code")
        except InvalidInputError as error:
            wrong.append(str(error))
            continue
        if system == LOINC_SYSTEM and code in LABORATORY_CODES:
            known.append(LABORATORY_CODES[code])
    if len({(one.finding, one.scale, one.broader) for one in known}) > 1:
        found = ", ".join(one.code for one in known)
        accepted = "codes of one finding"
        wrong.append(str(InvalidInputError.in_words(found, accepted, part.at("code"))))
    refused = tuple(dict.fromkeys(unit for one in known for unit in one.not_in))
    first = {one.finding: one for one in reversed(known)}
    return [replace(one, not_in=refused) for one in first.values()]


def _tokens(part: Element) -> str:
    concept = part.one("code")
    tokens = [f"{system}|{code}" for system, code in codings(concept)]
    words = None if concept is None else concept.content.get("text")
    return ", ".join(tokens) or (shorten(words) if words else "no code")


def _not_done(part: Element) -> bool:
    """Say whether it was not measured at all, so that nothing is unknown of it."""
    try:
        reasons = codings(part.one("dataAbsentReason"))
    except InvalidInputError:  # which is listed already
        return False
    return any(code == _NOT_DONE for _, code in reasons)
