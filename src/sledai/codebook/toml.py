"""Tables written as TOML, of which Python has only a reader."""

import json
from collections.abc import Mapping
from typing import Any, cast

__all__ = ["written_toml"]


def written_toml(sections: Mapping[str, Mapping[str, Any]]) -> str:
    """Write sections of texts, numbers, booleans, lists and tables, each key on a line of its own.

    >>> print(written_toml({"fields": {"pga": {"column": "PGA", "scale": [0, 10]}}}))
    [fields]
    pga = { column = "PGA", scale = [0, 10] }
    <BLANKLINE>
    """
    return "\n".join(
        "\n".join([f"[{_key(name)}]", *(f"{_key(k)} = {_value(v)}" for k, v in lines.items()), ""])
        for name, lines in sections.items()
    )


def _key(name: str) -> str:
    bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if bare else _value(name)


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        table = cast("Mapping[str, object]", value)
        return f"{{ {', '.join(f'{_key(k)} = {_value(v)}' for k, v in table.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, cast('list[object]', value)))}]"
    # JSON has the same texts and numbers, but for one control character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
