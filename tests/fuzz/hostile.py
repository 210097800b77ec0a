"""How inputs are changed: what a file suffers by accident, and what somebody would put there.

Of JSON the values are changed and the rest stays JSON, since a change of bytes mostly makes it
none. Each change is made by a number, so that it can be made again.
"""

import json
from collections.abc import Sequence
from random import Random
from typing import Any

__all__ = ["changed"]

_TEXTS = (
    *("", " ", "\x00", "\ufeff", "\u202e", "\x1b[31m", "\r", "\r\n", "\n", "\t", '"', "'", '""'),
    *(",", ";", "=1+1", "@SUM(1)", "<script>", "</td>", "&amp", "\ud800", "e\u0301", "\u0131", "ß"),
    *("yes", "NO", "1", "0", "1.0", "-0", "2", "8", "-9", "NA", "null", "NaN", "inf", "true"),
    *("1e400", "1e-400", "9" * 40, "0.1", "<5", ">= 5", "≤5", "5-10", "1,5", "1.5.2", "0x10"),
    *("92 K/uL", "0.5 g/d", "38 Cel", "26 wk", "5 /[HPF]", "12 mo", "100.4 [degF]", "1 mg/mmol"),
    *(
        "2024-01-16",
        "2024-02-30",
        "0000-00-00",
        "9999-12-31",
        "16/01/2024",
        "24:00",
        "-1",
        "365001",
    ),
    *("365001", "rash", "Rash (2)", "arthritis", "sledai_total", "#", "# rash", "__class__", "[a]"),
    *("%s", "{}", "^.*$", "*", "?", "\\", "\\u0000", "a" * 300),
)
_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2, 8, 105, 106, 1.5, -0.0, 1e308, 10**25, float("nan")),
    *([], {}, [[]], [None], {"": None}, {"value": 1}, [{}] * 3),
)
_MOST = 5
"""The most changes at once."""


def changed(
    data: bytes, seed: int, others: Sequence[bytes] = (), *, is_json: bool = False
) -> bytes:
    """Change an input in one to five places; parts of others may come in."""
    random = Random(seed)  # noqa: S311 - no secret
    for _ in range(random.randint(1, _MOST)):
        if is_json and random.random() < 0.8:
            data = _json_changed(data, random)
        elif others and random.random() < 0.1:
            data = _spliced(data, random.choice(others), random)
        else:
            data = _bytes_changed(data, random)
    return data


def _text(random: Random) -> bytes:
    return random.choice(_TEXTS).encode("utf-8", "surrogatepass")


def _bytes_changed(data: bytes, random: Random) -> bytes:
    start = random.randrange(len(data) + 1)
    end = min(len(data), start + random.choice([0, 1, 1, 2, 8, 40]))
    before, part, behind = data[:start], data[start:end], data[end:]
    match random.randrange(7):
        case 0:
            return _cell_changed(data, random)
        case 1:
            lines = data.split(b"\n")
            random.shuffle(lines)
            return b"\n".join(lines)
        case 2:
            return before
        case 3:
            part = _text(random)
        case 4:
            part = random.randbytes(len(part))
        case 5:
            part += part
        case _:
            part = b""
    return before + part + behind


def _cell_changed(data: bytes, random: Random) -> bytes:
    """Put a text in place of what stands between two separators."""
    separator = random.choice([b",", b";", b"\t", b"\n", b" ", b">", b'"'])
    cells = data.split(separator)
    cells[random.randrange(len(cells))] = _text(random)
    return separator.join(cells)


def _spliced(data: bytes, other: bytes, random: Random) -> bytes:
    return data[: random.randrange(len(data) + 1)] + other[random.randrange(len(other) + 1) :]


def _json_changed(data: bytes, random: Random) -> bytes:
    """Change one line of JSON, or all that is one document."""
    text = data.decode("utf-8", "replace")
    lines = [text] if _is_json(text) else text.split("\n")
    place = random.randrange(len(lines))
    try:
        document = json.loads(lines[place])
    except (ValueError, RecursionError):
        return _bytes_changed(data, random)
    lines[place] = json.dumps(_value_changed(document, random), ensure_ascii=random.random() < 0.5)
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _value_changed(document: Any, random: Random) -> Any:
    within = [document]
    places: list[tuple[Any, Any]] = []
    while within:
        one = within.pop()
        keys: list[Any] = list(one) if isinstance(one, dict) else []
        keys += list(range(len(one))) if isinstance(one, list) else []
        places += [(one, key) for key in keys]
        within += [one[key] for key in keys]
    if not places:
        return random.choice(_VALUES)
    parent, key = random.choice(places)
    match random.randrange(6):
        case 0:
            del parent[key]
        case 1:
            parent[key] = random.choice(_VALUES)
        case 2:
            parent[key] = random.choice(_TEXTS)
        case 3:
            whose, which = random.choice(places)
            if which in whose if isinstance(whose, dict) else which < len(whose):
                parent[key] = json.loads(json.dumps(whose[which]))
        case 4 if isinstance(parent, dict):
            parent[random.choice(_TEXTS)] = parent.pop(key)
        case _:
            parent[key] = [parent[key]]
    return document
