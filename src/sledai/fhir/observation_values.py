"""What one Observation, or a component of one, says of a finding: a value, a range, a flag.

What is not accepted is an error with its path. A part that only helps to read the value, a range or
an interpretation, is left out where it cannot be read, and its error is given beside the value.
"""

import re
from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import Any, cast

from sledai.codebook.lab import FLAGGED
from sledai.errors import InvalidInputError, is_number
from sledai.fhir.elements import Element, codings
from sledai.fhir.laboratory import LOINC_SYSTEM, LaboratoryCode
from sledai.findings import LabResult
from sledai.quantities import UNITS, Bound, Quantity, checked, scale_of
from sledai.quantities.annotations import without_annotations

__all__ = [
    "INTERPRETATION",
    "UCUM",
    "Problems",
    "analyte_of",
    "has_value",
    "unit_of",
    "unknown",
    "value_of",
]

UCUM = "http://unitsofmeasure.org"
"""The system of units."""

INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
"""The system of what laboratories say of a value."""

_FLAGS = {"L": "low", "LL": "low", "N": "normal", "H": "high", "HH": "high"}
_POSITIVE = {"POS": "high", "NEG": "normal"}
"""Of antibodies, where what is positive is above the laboratory's range."""
_THERE = {
    INTERPRETATION: {"POS": True, "NEG": False},
    LOINC_SYSTEM: {"LA6576-8": True, "LA6577-6": False},
}
"""What says that something is there or is not; of LOINC, the answers of its list LL360-9."""
_ELSE_IN_UCUM = ("K/uL", "G/L", "C", "F")
"""What laboratories print, and what in UCUM is of kelvin, gauss, coulomb and farad."""
_LITER = re.compile(r"(?<=/)([dmuµμ]?)l$")
_BOUNDS = {"<": "<", "<=": "<=", ">=": ">=", ">": ">"}
_MEANING = "http://terminology.hl7.org/CodeSystem/referencerange-meaning"

Problems = list[str]
"""What was left out of a value, each with its path."""


def analyte_of(finding: str) -> str:
    """Name the analyte, as in `sledai.quantities.UNITS`, of a finding that is an amount."""
    return finding if finding in UNITS else "urine_casts"


def unknown(finding: str) -> Quantity:
    """Give an amount of which nothing is known, but that it was measured: at least 0.

    >>> print(unknown("platelets"))
    >=0 /mm3
    """
    return Quantity(0, next(iter(UNITS[analyte_of(finding)])), ">=")


def has_value(part: Element) -> bool:
    """Say whether it was measured: there is a value, an interpretation, or a reason for none."""
    return any(name in part for name in ("interpretation", "dataAbsentReason")) or (
        part.choice("value") is not None
    )


def value_of(code: LaboratoryCode, part: Element, problems: Problems) -> Any:
    """Read the value as the finding's field takes it.

    Raises `InvalidInputError`, with the path, for a value of another type, in a unit that is not
    the analyte's, that no patient has, and for none at all.
    """
    if "dataAbsentReason" in part:
        reasons = ", ".join(reason for _, reason in codings(part.one("dataAbsentReason")))
        raise InvalidInputError.in_words(
            reasons or "a reason", "a value", part.at("dataAbsentReason")
        )
    if code.finding in FLAGGED:
        return _laboratory(code, part, problems)
    kind = part.choice("value")
    if code.finding in UNITS:
        return _measured(code, part, kind)
    if kind in {"valueBoolean", "valueCodeableConcept"}:
        return _seen(code, _sign(part, kind), part.at(kind))
    return _seen(code, _measured(code, part, kind), part.at("valueQuantity"))


def _measured(code: LaboratoryCode, part: Element, kind: str | None) -> Quantity:
    if kind is None:
        raise InvalidInputError.in_words("no value", "valueQuantity", part.path)
    if kind != "valueQuantity":
        raise InvalidInputError.in_words(kind, "valueQuantity", part.path)
    return _quantity(code, cast("Element", part.one(kind)))


def _quantity(code: LaboratoryCode, part: Element, *, bounds: bool = True) -> Quantity:
    analyte = analyte_of(code.finding)
    number = part.content.get("value")
    if not is_number(number):
        raise InvalidInputError.found(number, "a number", part.at("value"))
    comparator = part.text("comparator") or ""
    if comparator and (not bounds or comparator not in _BOUNDS):
        accepted = ", ".join(_BOUNDS) if bounds else "none"
        raise InvalidInputError.found(comparator, accepted, part.at("comparator"))
    unit = unit_of(analyte, part, code.not_in)
    try:
        quantity = Quantity(cast("float", number), unit, cast("Bound", comparator))
        checked(analyte, quantity)
    except InvalidInputError as error:
        raise InvalidInputError(f"{part.path}: {error}") from None
    return quantity


def unit_of(analyte: str, part: Element, not_in: Collection[str] = ()) -> str:
    """Give the unit of a Quantity: its code in UCUM, or without one what is written for people.

    Raises `InvalidInputError`, with the path, for one that is not the analyte's or is `not_in` a
    test, for a code of another system, and where the two differ.
    """
    system, coded, written = (part.text(name) for name in ("system", "code", "unit"))
    if coded is not None and system != UCUM:
        raise InvalidInputError.found(system, UCUM, part.at("system"))
    place, unit = ("unit", written) if coded is None else ("code", coded)
    refused = {*not_in, *(() if coded is None else _ELSE_IN_UCUM)}
    accepted = [name for name in UNITS[analyte] if name not in refused]
    if unit is None:
        raise InvalidInputError.found(unit, accepted, part.at(place))
    try:
        scale = scale_of(analyte, _with_liters(unit))
    except InvalidInputError:
        raise InvalidInputError.found(unit, accepted, part.at(place)) from None
    if without_annotations(unit) in refused:
        raise InvalidInputError.found(unit, accepted, part.at(place))
    if coded is not None and written is not None:
        try:
            differs = scale_of(analyte, _with_liters(written)) != scale
        except InvalidInputError:
            differs = False  # words for people, as "thousands per microliter"
        if differs:
            raise InvalidInputError.found(
                written, f"the unit of the code, {coded}", part.at("unit")
            )
    return _with_liters(unit)


def _with_liters(unit: str) -> str:
    """Write a liter as L: in UCUM l is the same."""
    return _LITER.sub(r"\1L", unit)


def _sign(part: Element, kind: str) -> bool:
    if kind == "valueBoolean":
        value = part.content[kind]
        if not isinstance(value, bool):
            raise InvalidInputError.found(value, "true or false", part.at(kind))
        return value
    found = {
        _THERE[system][code]
        for system, code in codings(part.one(kind))
        if code in _THERE.get(system, ())
    }
    if len(found) != 1:
        raise _no_interpretation(part.one(kind), part.at(kind), _THERE)
    return found.pop()


def _seen(code: LaboratoryCode, value: bool | Quantity, path: str) -> bool | Quantity:  # noqa: FBT001
    """Take of a code that names more than the finding only that there is nothing of it."""
    if not code.broader:
        return value
    if isinstance(value, Quantity):
        none = checked("urine_casts", value).is_past(">", Fraction(0)) is False
    else:
        none = not value
    if not none:
        raise InvalidInputError(
            f"{path}: {code.name}: they need not be {code.finding}; only that there are "
            "none decides"
        )
    return False


def _laboratory(code: LaboratoryCode, part: Element, problems: Problems) -> LabResult:
    kind = part.choice("value")
    value: Quantity | None = None
    flags = _flags(code, part, problems)
    if kind == "valueString" and len(flags) == 1:  # as words of what the flag says
        accepted = "its interpretation alone"
        problems.append(str(InvalidInputError.in_words("text", accepted, part.at(kind))))
    elif code.scale == "presence" and kind is not None:
        if kind != "valueCodeableConcept":
            raise InvalidInputError.in_words(kind, "valueCodeableConcept", part.path)
        flags.add(_POSITIVE["POS" if _sign(part, kind) else "NEG"])
    elif kind is not None:
        value = _measured(code, part, kind)
    if len(flags) > 1:
        found = " and ".join(sorted(flags))
        several = InvalidInputError.in_words(found, "one of them", part.at("interpretation"))
        if value is None:
            raise several
        problems.append(str(several))
        flags.clear()
    if value is None and not flags:
        raise InvalidInputError.in_words("no value and no flag", "one of them", part.path)
    ends = _ends(code, part, value, problems) if value is not None else {}
    return LabResult(value=value, flag=cast("Any", next(iter(flags), None)), **ends)


def _flags(code: LaboratoryCode, part: Element, problems: Problems) -> set[str]:
    known = _FLAGS | (_POSITIVE if code.finding == "anti_dsdna" else {})
    found: set[str] = set()
    try:
        for concept in part.several("interpretation"):
            flags = {
                known[one]
                for system, one in codings(concept)
                if system == INTERPRETATION and one in known
            }
            if not flags:
                accepted = {INTERPRETATION: known}
                problems.append(str(_no_interpretation(concept, concept.path, accepted)))
            found |= flags
    except InvalidInputError as error:
        problems.append(str(error))
        return set()
    return found


def _no_interpretation(
    concept: Element | None, path: str, known: Mapping[str, Mapping[str, object]]
) -> InvalidInputError:
    found = ", ".join(f"{system}|{code}" for system, code in codings(concept)) or "no code"
    accepted = " or ".join(
        f"one of {', '.join(codes)} of {system}" for system, codes in known.items()
    )
    return InvalidInputError.in_words(found, accepted, path)


def _ends(
    code: LaboratoryCode, part: Element, value: Quantity, problems: Problems
) -> dict[str, Any]:
    """Read the laboratory's range of normal; any other range is left out."""
    ends: dict[str, Any] = {}
    try:
        ranges: list[Element] = []
        for one in part.several("referenceRange"):
            if other := _other_than_normal(one):
                accepted = "the range of normal alone"
                problems.append(str(InvalidInputError.in_words(other, accepted, one.path)))
            else:
                ranges.append(one)
        if len(ranges) > 1:
            raise InvalidInputError.in_words(
                f"{len(ranges)} ranges of normal", "one", part.at("referenceRange")
            )
        for one in ranges:
            for end, name in (("lower", "low"), ("upper", "high")):
                if (limit := one.one(name)) is not None:
                    ends[end] = _quantity(code, limit, bounds=False)
            if not ends:
                raise InvalidInputError.in_words("neither low nor high", "one of them", one.path)
            LabResult(value=value, **ends).check(code.finding)
    except InvalidInputError as error:
        problems.append(str(error))
        return {}
    return ends


_OF_A_RANGE = re.compile(
    r"[\s0-9.,:<>=()\[\]\u2013-]+|\b(?:to|normal|reference|range)\b", re.IGNORECASE
)


def _other_than_normal(one: Element) -> str:
    """Say what a range is for, where it need not be the range of normal of this subject.

    FHIR takes a range without a type for the range of normal. Its text may say otherwise: it is one
    of normal where it has no words but of a range, and the unit.
    """
    for name in ("age", "appliesTo", "modifierExtension"):
        if name in one:
            return f"a range with {name}"
    if "type" in one:
        meaning = codings(one.one("type"))
        of_hl7 = {code for system, code in meaning if system == _MEANING}
        return "" if of_hl7 == {"normal"} else "a range of another type"
    words = one.text("text") or ""
    for limit in (one.one("low"), one.one("high")):
        for name in ("unit", "code"):
            if limit is not None and (unit := limit.text(name)) is not None:
                words = words.replace(unit, " ")
    return "a range with a text of its own" if _OF_A_RANGE.sub("", words) else ""
