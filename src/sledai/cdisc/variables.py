"""What a variable of a data set is: as a Define-XML says it, and how it is made.

Needs no engine.
"""

from dataclasses import dataclass
from typing import Literal, get_args

from sledai.displays import Value
from sledai.errors import require_one_of

__all__ = [
    "MOST_TEXT",
    "Domain",
    "Origin",
    "Type",
    "Variable",
    "number",
    "prefixed",
    "require_domain",
    "text",
]

Domain = Literal["RS", "QS"]
"""The domain of SDTM in which rows stand: clinical classifications, or questionnaires."""

Type = Literal["text", "integer", "float", "ISO 8601", "date"]
"""What a variable holds: "ISO 8601" is a date as text, "date" a day that SAS counts."""

Origin = Literal["Collected", "Derived", "Assigned"]
"""Where a value comes from, as Define-XML has it."""

MOST_TEXT = 200
"""The most characters of a text in a SAS transport file of version 5."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable(Value):
    """A column of a data set: name, label, type, length of text, origin, and how it is made.

    `standard` is False where the name or its label is none of the guide that the data set cites.
    """

    name: str
    label: str
    type: Type
    length: int | None
    origin: Origin
    source: str
    standard: bool = True


def prefixed(domain: str, name: str) -> str:
    """Name a variable of a domain; those without a domain's prefix are named as they are.

    >>> prefixed("RS", "--TESTCD"), prefixed("RS", "VISITNUM")
    ('RSTESTCD', 'VISITNUM')
    """
    return name.replace("--", domain)


def text(name: str, label: str, length: int, origin: Origin, source: str) -> Variable:
    """Make a variable of text of at most so many characters."""
    return Variable(
        name=name, label=label, type="text", length=length, origin=origin, source=source
    )


def number(name: str, label: str, origin: Origin, source: str, kind: Type = "integer") -> Variable:
    """Make a variable of whole numbers, or of another kind that is no text."""
    return Variable(name=name, label=label, type=kind, length=None, origin=origin, source=source)


def require_domain(domain: object) -> Domain:
    """Give a domain, or refuse what is none.

    >>> require_domain("RS")
    'RS'
    """
    require_one_of(domain, get_args(Domain), "domain")
    return "RS" if domain == "RS" else "QS"
