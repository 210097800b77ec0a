"""A codebook in the making: lines with what speaks for them, questions, and remarks."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sledai.codebook.questions import Place, Question
from sledai.codebook.sections import Section
from sledai.errors import shorten

__all__ = ["Draft", "counted"]

_COUNTED = 6


@dataclass(slots=True)
class Draft:
    """What is proposed so far.

    A line is said with the evidence for it, or asked where only a person can know; a remark is no
    line. A column is used once; those in `named` need no line, since they are read by their names.
    """

    sections: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    evidence: dict[Place, str] = field(default_factory=dict[Place, str])
    questions: list[Question] = field(default_factory=list[Question])
    remarks: list[str] = field(default_factory=list[str])
    used: set[str] = field(default_factory=set[str])
    named: list[str] = field(default_factory=list[str])

    def say(
        self, section: str, key: str, value: object, evidence: str, columns: Iterable[str] = ()
    ) -> None:
        """Propose a line, which takes these columns."""
        self.sections.setdefault(section, {})[key] = value
        self.evidence[section, key] = evidence
        self.used |= {*columns}

    def ask(
        self,
        section: str,
        key: str,
        said: str,
        value: str | Section = "?",
        columns: Iterable[str] = (),
    ) -> None:
        """Leave a line open, with "?" where somebody has to say what is so."""
        self.questions.append(Question(section, key, said, value))
        self.used |= {*columns}

    def asks(self, section: str, key: str) -> bool:
        """Whether a line is left open."""
        return any((q.section, q.key) == (section, key) for q in self.questions)

    def free(self, names: Iterable[str]) -> list[str]:
        """Give the columns that nothing is proposed of yet."""
        return [name for name in names if name not in self.used]


def counted(texts: Mapping[str, int]) -> str:
    """Say which texts how many cells hold, the most frequent first.

    >>> counted({"2": 8, "1": 40})
    "'1' in 40, '2' in 8"
    """
    most = Counter(texts).most_common()
    said = ", ".join(f"{shorten(text)} in {count:,}" for text, count in most[:_COUNTED])
    more = len(most) - _COUNTED
    return f"{said} and {more:,} more texts" if more > 0 else said
