"""Tables written as TOML, of which Python has only a reader."""

import json
import re
import textwrap
from collections.abc import Mapping
from typing import Any, cast

__all__ = ["commented", "toml_value", "written_toml"]


_NOTHING: dict[tuple[str, str], str] = {}


def written_toml(
    sections: Mapping[str, Mapping[str, Any]], comments: Mapping[tuple[str, str], str] = _NOTHING
) -> str:
    """Write sections of texts, numbers, booleans, lists and tables, each key on a line of its own.

    `comments` stand above their lines, by section and key.

    >>> print(written_toml({"fields": {"pga": {"column": "PGA", "scale": [0, 10]}}}))
    [fields]
    pga = { column = "PGA", scale = [0, 10] }
    <BLANKLINE>
    """
    return "\n".join(
        "\n".join([f"[{_key(name)}]", *_lines(name, lines, comments), ""])
        for name, lines in sections.items()
    )


def commented(text: str) -> list[str]:
    """Write a text as comments of at most 100 characters a line."""
    # What no comment may hold would end it, or the file.
    plain = re.sub(r"[\x00-\x1f\x7f]+", " ", text)
    return textwrap.wrap(plain, 98, initial_indent="# ", subsequent_indent="#   ")


def _lines(
    name: str, lines: Mapping[str, Any], comments: Mapping[tuple[str, str], str]
) -> list[str]:
    written: list[str] = []
    for key, value in lines.items():
        if comment := comments.get((name, key)):
            written += commented(comment)
        written.append(f"{_key(key)} = {toml_value(value)}")
    return written


def _key(name: str) -> str:
    bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if bare else toml_value(name)


def toml_value(value: object) -> str:
    """Write a text, number, boolean, list or table.

    >>> print(toml_value({"column": "PGA", "scale": [0, 10]}))
    { column = "PGA", scale = [0, 10] }
    """
    if isinstance(value, Mapping):
        table = cast("Mapping[str, object]", value)
        return f"{{ {', '.join(f'{_key(k)} = {toml_value(v)}' for k, v in table.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml_value, cast('list[object]', value)))}]"
    # JSON has the same texts and numbers, but for one control character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
