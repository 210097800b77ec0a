"""JSON as its standard has it: no NaN, nothing out of range, and no key that stands twice."""

import json
from collections import Counter
from math import isfinite
from typing import Any, NoReturn

from sledai.errors import InvalidInputError, cut, shorten

__all__ = ["JSON", "decoder", "refuse_halves"]


def decoder(*, remarks: str | None = None) -> json.JSONDecoder:
    """Make what reads JSON and takes nothing that JSON has not, nor a key that stands twice.

    Keys that begin with `remarks` are left out, whatever they hold. What is read raises
    `ValueError` for what is not accepted.

    >>> decoder(remarks="#").decode('{"# note": "said by phone", "# note": 1, "rash": true}')
    {'rash': True}
    >>> decoder().decode('{"rash": true, "rash": false}')
    Traceback (most recent call last):
    sledai.errors.InvalidInputError: 'rash' stands twice
    """

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        if remarks is not None:
            items = [item for item in items if not item[0].startswith(remarks)]
        read = dict(items)
        if len(read) < len(items):
            counts = Counter(name for name, _ in items)
            doubled = min(name for name, count in counts.items() if count > 1)
            raise InvalidInputError(f"{shorten(doubled)} stands twice")
        return read

    return json.JSONDecoder(
        object_pairs_hook=pairs, parse_constant=_refuse_constant, parse_float=_number
    )


def _refuse_constant(name: str) -> NoReturn:
    raise InvalidInputError(f"{name} is not JSON")


_LONGEST = 40


def _number(literal: str) -> float:
    if not isfinite(value := float(literal)):
        raise InvalidInputError(f"{cut(literal, _LONGEST)} is out of range")
    return value


JSON = decoder()
"""What reads JSON, remarks and all."""


def refuse_halves(value: object) -> None:
    """Raise `ValueError` for half a character, escaped, which is no text.

    >>> refuse_halves(JSON.decode('{"name": "Müller"}'))
    """
    json.dumps(value, ensure_ascii=False).encode()
