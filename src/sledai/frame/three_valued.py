"""Conditions that may be the same in every row, and answers that may be neither yes nor no.

Needs the extra `frame`.
"""

from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from typing import Any

__all__ = ["Answer", "all_of", "any_of", "at_least", "certain", "chosen", "negated", "three_valued"]


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether something holds and whether it does not: expressions, or what is always so.

    `always` tells that in every row it is one of the two.
    """

    yes: Any
    no: Any
    always: bool = False

    @property
    def unknown(self) -> Any:
        """Whether it is neither."""
        return False if self.always else all_of(negated(self.yes), negated(self.no))


def all_of(*conditions: Any) -> Any:
    """Join conditions by "and"; each is an expression, or true or false in every row."""
    if any(condition is False for condition in conditions):
        return False
    open_ = [condition for condition in conditions if condition is not True]
    return reduce(lambda one, other: one & other, open_) if open_ else True


def any_of(*conditions: Any) -> Any:
    """Join conditions by "or"; each is an expression, or true or false in every row."""
    if any(condition is True for condition in conditions):
        return True
    open_ = [condition for condition in conditions if condition is not False]
    return reduce(lambda one, other: one | other, open_) if open_ else False


def negated(condition: Any) -> Any:
    """Negate an expression, or what is so in every row."""
    return not condition if isinstance(condition, bool) else ~condition


def certain(engine: Any, condition: Any) -> Any:
    """Take an expression that may be null for no where it is."""
    return engine.when(condition).then(engine.lit(value=True)).otherwise(engine.lit(value=False))


def three_valued(engine: Any, answer: Answer) -> Any:
    """Write an answer as true, false or null."""
    present, absent = engine.lit(value=True), engine.lit(value=False)
    if answer.no is False:
        return engine.when(answer.yes).then(present)
    if answer.yes is False:
        return engine.when(answer.no).then(absent)
    return engine.when(answer.yes).then(present).otherwise(engine.when(answer.no).then(absent))


def at_least(needed: int, answers: list[Answer]) -> Answer:
    """Combine clauses of which as many are needed."""

    def some(of_which: list[Any], number_: int) -> Any:
        return any_of(*(all_of(*chosen) for chosen in combinations(of_which, number_)))

    return Answer(
        some([answer.yes for answer in answers], needed),
        some([answer.no for answer in answers], len(answers) - needed + 1),
    )


def chosen(engine: Any, answer: Answer, yes: str, no: str, neither: str) -> Any:
    """Say which it is: an expression, or a text where it is the same in every row."""
    if answer.yes is False and answer.no is False:
        return neither
    said = engine.lit(neither)
    if answer.no is not False:
        said = engine.when(answer.no).then(engine.lit(no)).otherwise(said)
    if answer.yes is not False:
        said = engine.when(answer.yes).then(engine.lit(yes)).otherwise(said)
    return said
