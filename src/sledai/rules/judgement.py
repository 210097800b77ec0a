"""Judgement: what a rule says of an assessment, and which answers would settle it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Never

from sledai.descriptors import Descriptor, listed, listed_briefly
from sledai.displays import Displayed, in_words
from sledai.verdict import Verdict

__all__ = ["Judgement"]


@dataclass(frozen=True, slots=True)
class Judgement(Displayed):
    """What a rule says of an assessment, and why.

    `deciding` holds the not-assessed descriptors that matter: those whose answer changes whether
    the rule is met, for some answers to the others. It is empty unless the verdict is
    UNDETERMINED. A judgement has no truth value: ask for its `verdict`.
    """

    verdict: Verdict
    reason: str
    deciding: frozenset[Descriptor] = frozenset()

    def __bool__(self) -> Never:
        """Refuse a truth value: an unmet judgement would count as true."""
        raise TypeError("a Judgement has three values: ask `.verdict is Verdict.MET`")

    def __str__(self) -> str:
        return self._in_words(listed)

    def _headline(self) -> str:
        return self._in_words(listed_briefly)

    def _in_words(self, named: Callable[[frozenset[Descriptor]], str]) -> str:
        deciding = f" (deciding: {named(self.deciding)})" if self.deciding else ""
        return f"{in_words(self.verdict)}{deciding}: {self.reason}"
