"""JSON Schemas of what the fields of records take: numbers in a range, amounts with their units.

A schema promises what is accepted, with two exceptions that a schema cannot say and a description
does: the range of a number inside a text, and what fields have to do with each other.
"""

import re
from fractions import Fraction
from math import inf, nextafter
from typing import Any, get_args

from sledai.quantities.annotations import ANNOTATION
from sledai.quantities.quantity import NUMBER, QUANTITY, Bound
from sledai.quantities.units import (
    NEVER_ZERO,
    UNITS,
    converted,
    plausible,
    plausible_range,
)

__all__ = [
    "DATE",
    "TIMED",
    "Schema",
    "amount",
    "number",
    "or_null",
    "quantity",
    "range_said",
    "spelled",
]

Schema = dict[str, Any]

_LEAP = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)"
_DAY = (
    f"(?!0000)(?:{_LEAP}-02-29|[0-9]{{4}}-(?:02-(?:0[1-9]|1[0-9]|2[0-8])|"
    "(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])))"
)
_HOUR, _SIXTY = "(?:[01][0-9]|2[0-3])", "[0-5][0-9]"
TIMED = f"{_DAY}[T ]{_HOUR}:{_SIXTY}(?::{_SIXTY}(?:[.,][0-9]+)?)?(?:Z|[+-]{_HOUR}(?::?{_SIXTY})?)?"
"""A date with a time as a pattern, the same in Python and in JSON Schema."""

DATE: Schema = {
    "anyOf": [
        {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
        {"type": "string", "pattern": f"^{TIMED}$"},
    ]
}

_WHOLE_RANGE, _FROM_ZERO, _ABOVE = ("", "<="), ("<",), (">", ">=")
"""The bounds by what may stand beside them: 0 too, no 0, or anything from 0 on."""


def or_null(schema: Schema) -> Schema:
    """Accept null beside what a schema accepts.

    >>> or_null({"type": "boolean"})
    {'anyOf': [{'type': 'boolean'}, {'type': 'null'}]}
    """
    return {"anyOf": [*schema.get("anyOf", [schema]), {"type": "null"}]}


def spelled(words: list[str]) -> Schema:
    r"""Accept one of some words in any case, with blanks around it or not.

    >>> spelled(["H"])["pattern"]
    '^\\s*(?:[Hh])\\s*$'
    """
    cased = ["".join(f"[{c.upper()}{c.lower()}]" for c in word) for word in words]
    return {"type": "string", "pattern": rf"^\s*(?:{'|'.join(cased)})\s*$"}


def number(least: float, most: float) -> Schema:
    """Accept a number in a range, or a number as text, of which a schema cannot say the range.

    >>> number(0, 3)["anyOf"][0]
    {'type': 'number', 'minimum': 0, 'maximum': 3}
    """
    return {
        "anyOf": [
            {"type": "number", "minimum": least, "maximum": most},
            {"type": "string", "pattern": rf"^\s*{NUMBER}\s*$"},
        ]
    }


def amount(analyte: str, *, bounds: bool = True) -> Schema:
    """Accept an amount of an analyte: text, or an object of value, unit and, if so, a bound.

    >>> [form["type"] for form in amount("hemoglobin")["anyOf"]]
    ['string', 'object', 'object', 'object', 'object', 'object', 'object']
    """
    objects: list[Schema] = []
    for units in _alike(analyte):
        unit: Schema = {"type": "string", "pattern": f"^{_any_of(units)}$"}
        for allowed in (_WHOLE_RANGE, _FROM_ZERO, _ABOVE) if bounds else (("",),):
            values = _values(analyte, units[0], allowed)
            objects.append(_object(values, unit, allowed))
    return {"anyOf": [_text(analyte, bounds=bounds), *objects]}


def quantity(*, bounds: bool = True) -> Schema:
    """Accept an amount of an analyte that the place of the schema does not say."""
    no_bound = "" if bounds else r"(?![<>\u2264\u2265])"
    unit: Schema = {"type": "string", "minLength": 1}
    values: list[Schema] = [{"type": "number", "minimum": 0}]
    texts: Schema = {"type": "string", "pattern": rf"^\s*{no_bound}{QUANTITY}\s*$"}
    return {"anyOf": [texts, _object(values, unit, get_args(Bound) if bounds else ("",))]}


def range_said(analyte: str) -> str:
    """Say for people in which units and in which range an amount is accepted.

    >>> range_said("hemoglobin")
    'A number and g/dL or g/L; 0 or 0.5 to 30 g/dL.'
    """
    *others, last = UNITS[analyte]
    units = f"{', '.join(others)} or {last}" if others else last
    ranges = [plausible_range(analyte, alike[0]) for alike in _by_kind(analyte)]
    return f"A number and {units}; {'; '.join(ranges)}."


def _text(analyte: str, *, bounds: bool) -> Schema:
    units = list(UNITS[analyte])
    numeric = [unit for unit in units if unit[0].isdigit()]
    times = r"\s*[x\u00d7]\s*"
    forms = [rf"(?:{times}|\s*){_any_of([u for u in units if u not in numeric])}"]
    if numeric:
        forms.append(rf"(?:{times}|\s+){_any_of(numeric)}")
    bound = r"(?:[<>]=?|[\u2264\u2265])?\s*" if bounds else ""
    return {"type": "string", "pattern": rf"^\s*{bound}{NUMBER}(?:{'|'.join(forms)})\s*$"}


def _object(values: list[Schema], unit: Schema, bounds: tuple[str, ...]) -> Schema:
    texts: Schema = {"type": "string", "pattern": rf"^\s*{NUMBER}\s*$"}
    return {
        "type": "object",
        "properties": {
            "value": {"anyOf": [*values, texts]},
            "unit": unit,
            "bound": {"enum": list(bounds)},
        },
        "required": ["value", "unit"] if "" in bounds else ["value", "unit", "bound"],
        "additionalProperties": False,
    }


def _values(analyte: str, unit: str, bounds: tuple[str, ...]) -> list[Schema]:
    low, high = (converted(analyte, end, unit) for end in plausible(analyte, unit))
    if bounds == _ABOVE:
        low = max(Fraction(0), converted(analyte, Fraction(0), unit))
    values: list[Schema] = [{"type": "number", "minimum": _inside(low, inf)}]
    values[0]["maximum"] = _inside(high, -inf)
    if "" in bounds and analyte not in NEVER_ZERO:
        values.insert(0, {"const": 0})
    return values


def _inside(end: Fraction, towards: float) -> float:
    """Give the double nearest to the end of a range that, as it is written, lies in it."""
    number = float(end)
    beyond = Fraction(repr(number)) < end if towards > 0 else Fraction(repr(number)) > end
    return nextafter(number, towards) if beyond else number


def _alike(analyte: str) -> list[list[str]]:
    """Group the units of an analyte in which the same numbers are accepted."""
    groups: dict[object, list[str]] = {}
    for unit, scale in UNITS[analyte].items():
        groups.setdefault((scale, plausible(analyte, unit)), []).append(unit)
    return list(groups.values())


def _by_kind(analyte: str) -> list[list[str]]:
    groups: dict[object, list[str]] = {}
    for unit, scale in UNITS[analyte].items():
        groups.setdefault((scale.kind, plausible(analyte, unit)), []).append(unit)
    return list(groups.values())


def _any_of(units: list[str]) -> str:
    return f"(?:{'|'.join(map(_unit, units))})"


def _unit(unit: str) -> str:
    """Write a unit as a pattern: with either sign for micro, and annotations at ends of terms."""
    annotation = f"(?:{ANNOTATION})?"
    written = "".join(
        (annotation if c in "/.)" else "") + ("[u\u00b5\u03bc]" if c == "u" else re.escape(c))
        for c in unit
    )
    return written + annotation
