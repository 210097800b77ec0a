"""JSON: an array of records, read whole and as JSON Lines are."""

import re
from collections.abc import Iterator
from typing import Any, cast

import polars as pl

from sledai.errors import InvalidInputError, shorten
from sledai.files.batches import Rejected, VisitFile, one_batch, unreadable
from sledai.files.json_lines import json_columns
from sledai.files.limits import RECORD, WHOLE
from sledai.files.source import Source
from sledai.strict_json import JSON, refuse_halves

__all__ = ["open_json"]

_ACCEPTED = "an array of records"
_KEYS = 5  # that are shown of an object
_SPACE = re.compile(r"[ \t\n\r]*")
_NAMES = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "a text",
    list: "an array",
    type(None): "null",
}


def open_json(source: Source) -> VisitFile:
    """Read an array of records; a row is named by its number from 1.

    A record that is no object is no row. Raises `InvalidInputError` for anything but an array.
    """
    WHOLE.check(source.content.stat().st_size, source)
    try:
        text = source.content.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        unreadable(source, "not UTF-8 text; save the file as UTF-8")
    start = _after_space(text, 0)
    if start == len(text):
        unreadable(source, "no rows")
    if text[start] != "[":
        raise InvalidInputError.in_words(_found(source, text, start), _ACCEPTED, source)
    rows: list[dict[str, Any]] = []
    places: list[int] = []
    rejected: list[Rejected] = []
    number = 0
    for number, (value, record) in enumerate(_values(source, text, start), 1):
        if isinstance(value, dict):
            rows.append(cast("dict[str, Any]", value))
            places.append(number)
        else:
            reason = f"{_NAMES[type(value)]} in place of an object"
            rejected.append(Rejected(number, reason, record))
    if not any(rows) and not rejected:
        unreadable(source, "no rows")
    return one_batch(
        source,
        json_columns(source, rows),
        pl.Series(places, dtype=pl.Int64),
        place="row",
        length=number,
        rejected=rejected,
    )


def _values(source: Source, text: str, start: int) -> Iterator[tuple[Any, str]]:
    """Read what an array holds, one by one, so that an error names its row."""
    number, begin = 1, _after_space(text, start + 1)
    if text[begin : begin + 1] == "]":
        _refuse_rest(source, text, begin + 1)
        return
    while True:
        value, end = _decoded(source, text, begin, f"row {number}")
        RECORD.check(end - begin, f"{source}: row {number}")
        yield value, text[begin:end]
        end = _after_space(text, end)
        sign = text[end : end + 1]
        if sign == "]":
            _refuse_rest(source, text, end + 1)
            return
        if sign != ",":
            found = "the end of the file" if not sign else shorten(sign)
            where = f"{source}: line {text.count(chr(10), 0, end) + 1}, behind row {number}"
            raise InvalidInputError.in_words(found, "a comma or ]", where)
        number, begin = number + 1, _after_space(text, end + 1)


def _decoded(source: Source, text: str, begin: int, where: str) -> tuple[Any, int]:
    try:
        value, end = JSON.raw_decode(text, begin)
        if "\\u" in text[begin:end]:
            refuse_halves(value)
    except (ValueError, RecursionError) as error:
        line = text.count("\n", 0, begin) + 1
        unreadable(source, f"{where}, from line {line}: not readable as JSON: {error}")
    return value, end


def _refuse_rest(source: Source, text: str, end: int) -> None:
    if (rest := _after_space(text, end)) < len(text):
        found = f"{shorten(text[rest : rest + 40])} behind the array"
        raise InvalidInputError.in_words(found, _ACCEPTED, source)


def _found(source: Source, text: str, start: int) -> str:
    """Say what stands in place of an array."""
    value, end = _decoded(source, text, start, "not an array")
    if not isinstance(value, dict):
        return _NAMES[type(value)]
    if text[_after_space(text, end) :].startswith("{"):
        return "one object behind another, as JSON Lines (.jsonl) has them"
    keys = list(cast("dict[str, Any]", value))
    more = f" and {len(keys) - _KEYS} more" if len(keys) > _KEYS else ""
    shown = ", ".join(map(shorten, keys[:_KEYS]))
    return f"an object with keys {shown}{more}" if keys else "an empty object"


def _after_space(text: str, start: int) -> int:
    found = _SPACE.match(text, start)
    assert found is not None  # noqa: S101 - it matches no space too
    return found.end()
