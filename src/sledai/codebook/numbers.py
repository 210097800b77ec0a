"""Numbers as people write them: a comma before decimals, groups of thousands."""

import re
from typing import Literal

__all__ = ["BETWEEN_THOUSANDS", "Decimal", "in_points", "number_pattern"]

Decimal = Literal[".", ","]
"""What stands before decimals; the other one may then stand between thousands."""

_SPACES = " '\u2019\u00a0\u202f"
BETWEEN_THOUSANDS: dict[Decimal, str] = {",": f"[.{_SPACES}]", ".": f"[,{_SPACES}]"}
"""What may stand between thousands, as a pattern, by what stands before decimals."""


def number_pattern(decimal: Decimal) -> str:
    """Write a number as a pattern, the same for Python and polars.

    >>> [bool(re.fullmatch(number_pattern(","), text)) for text in ("1.200,5", "0,3", "1.5")]
    [True, True, False]
    """
    group = BETWEEN_THOUSANDS[decimal]
    whole = rf"(?:[0-9]{{1,3}}(?:{group}[0-9]{{3}})+|[0-9]+)"
    return rf"[+-]?{whole}(?:{re.escape(decimal)}[0-9]+)?(?:[eE][+-]?[0-9]+)?"


def in_points(text: str, decimal: Decimal) -> str:
    """Write the number in a text, behind a bound and before a unit, with a point before decimals.

    A text whose number is not written so stays as it is, with a mark that makes it none.

    >>> in_points("<1.200,5 mg/L", ","), in_points("1.5", ",")
    ('<1200.5 mg/L', '? 1.5')
    """
    found = re.match(rf"\s*([<>]=?|[\u2264\u2265])?\s*({number_pattern(decimal)})(?![0-9.,])", text)
    if found is None:
        return text if not re.search("[0-9]", text) else f"? {text}"
    number = re.sub(BETWEEN_THOUSANDS[decimal], "", found[2]).replace(decimal, ".")
    return f"{found[1] or ''}{number}{text[found.end() :]}"
