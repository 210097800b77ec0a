"""Open questions of a codebook: lines that only a person can complete.

In a file such a line holds "?"; no function takes a codebook that has one.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from sledai.codebook.sections import Section
from sledai.displays import call
from sledai.errors import SHOWN, InvalidInputError

__all__ = ["OPEN", "Place", "Question", "refuse_open", "without_open"]

OPEN = "?"
"""What stands in a line that is open."""

Place = tuple[str, str]
"""Section and key of a line."""


class Question(NamedTuple):
    """A line that is open: its section and key, what is asked, and the value with its "?".

    >>> print(Question("answers", "present", "1 in 40 cells, 2 in 8"))
    [answers] present: 1 in 40 cells, 2 in 8
    """

    section: str
    key: str
    said: str = ""
    value: str | Section = OPEN

    def __repr__(self) -> str:
        return call("Question", self._asdict())

    def __str__(self) -> str:
        return f"[{self.section}] {self.key}{f': {self.said}' if self.said else ''}"


def without_open(
    sections: Mapping[str, Any],
) -> tuple[dict[str, Any], list[Question]]:
    """Take the open lines out of sections."""
    questions: list[Question] = []
    rest: dict[str, Any] = {}
    for section, lines in sections.items():
        if not isinstance(lines, Mapping):
            rest[section] = lines
            continue
        known: dict[str, Any] = {}
        for key, value in cast("Mapping[str, Any]", lines).items():
            if _is_open(value):
                questions.append(Question(section, str(key), value=value))
            else:
                known[key] = value
        rest[section] = known
    return rest, questions


def _is_open(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(map(_is_open, cast("Mapping[str, object]", value).values()))
    return value == OPEN


def refuse_open(questions: tuple[Question, ...]) -> None:
    """Raise `InvalidInputError` where a question is open."""
    if questions:
        more = len(questions) - SHOWN
        lines = [f"  {question}" for question in questions[:SHOWN]]
        lines += [f"  and {more} more"] if more > 0 else []
        said = f"open questions in the codebook: {len(questions)}"
        raise InvalidInputError("\n".join([f'{said}; put what is so in place of "?"', *lines]))
