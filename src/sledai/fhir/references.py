"""References of FHIR: whom one names, of which type that is, and whether two name the same."""

import json
import re
from collections.abc import Mapping
from typing import Any, cast

from sledai.errors import InvalidInputError, require
from sledai.fhir.canonical import Resource
from sledai.fhir.elements import Element

__all__ = ["kind_named", "named_by", "reference_to"]

_NAMES_SOMEBODY = ("reference", "identifier", "display")
_TEXTS = ("reference", "type", "display")

_LITERAL = re.compile(
    r"(?:(https?://.+)/)?([A-Z][A-Za-z]+)/([A-Za-z0-9.-]{1,64})(?:/_history/[A-Za-z0-9.-]{1,64})?",
    re.ASCII,
)
"""The address of a resource, relative or whole: base, type and id."""


def reference_to(value: Mapping[str, Any] | str, name: str) -> Resource:
    """Give a Reference of FHIR, or the text of one, as a Reference.

    Raises `InvalidInputError`, with its `name`, for what names nobody, for parts that are not as
    FHIR has them, and for a contained resource, which does not come along.

    >>> reference_to("Patient/7", "subject")
    {'reference': 'Patient/7'}
    """
    accepted = f"a Reference with {', '.join(_NAMES_SOMEBODY)}, or text such as Patient/7"
    given = {"reference": value} if isinstance(value, str) and value else value
    require(given, Mapping, name, accepted)
    reference = dict(cast("Mapping[str, Any]", given))
    if not any(reference.get(key) for key in _NAMES_SOMEBODY):
        raise InvalidInputError.in_words("one that names nobody", accepted, name)
    part = Element(reference, name)
    for key in _TEXTS:
        part.text(key)
    identifier = part.one("identifier")
    if identifier is not None and identifier.text("value") is None:
        raise InvalidInputError.in_words("no value", "text", identifier.at("value"))
    if identifier is not None:
        identifier.text("system")
    if _contained(part.text("reference")):
        raise InvalidInputError.in_words("a contained resource", accepted, part.at("reference"))
    try:
        json.dumps(reference)
    except (RecursionError, TypeError, ValueError):
        raise InvalidInputError.in_words("what JSON does not have", accepted, name) from None
    return reference


def kind_named(reference: Element) -> str | None:
    """Name the type of the resource that a Reference names; None where it does not say.

    >>> kind_named(Element({"reference": "https://fhir.example/Device/3"}, "Observation.subject"))
    'Device'
    """
    literal = _LITERAL.fullmatch(reference.text("reference") or "")
    return literal[2] if literal else reference.text("type")


def named_by(reference: Element, url: str | None = None) -> str | None:
    """Give what tells whom a Reference names from all others; None where nothing does.

    A relative address is one of the server that `url`, the resource's own, is of. A contained
    resource, or a name to be read, tells nobody apart.

    >>> whom = Element({"reference": "Patient/7"}, "Observation.subject")
    >>> named_by(whom, "https://fhir.example/Observation/1")
    'https://fhir.example/Patient/7'
    """
    address = reference.text("reference")
    if address is not None and not _contained(address):
        literal, own = _LITERAL.fullmatch(address), _LITERAL.fullmatch(url or "")
        if literal is None:
            return address
        base = literal[1] or (own[1] if own else None)
        return "/".join(part for part in (base, literal[2], literal[3]) if part)
    identifier = reference.one("identifier")
    value = None if identifier is None else identifier.text("value")
    if identifier is None or value is None:
        return None
    system = identifier.text("system")
    return f"{system}|{value}" if system else value


def _contained(address: str | None) -> bool:
    return address is not None and address.startswith("#")
