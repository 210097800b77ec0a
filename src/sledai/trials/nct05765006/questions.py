"""From what is known of a candidate to the ways in which a criterion's fields can be answered."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cache, lru_cache
from itertools import pairwise
from typing import cast

from sledai.quantities import Interval, Quantity, checked
from sledai.quantities.glucocorticoids import prednisone_equivalent
from sledai.trials import durations
from sledai.trials.criteria import Clause, Leaf, No, Past, Way, Yes, leaves
from sledai.trials.nct05765006.candidate import Candidate

__all__ = ["questions_of"]


def questions_of(clause: Clause, candidate: Candidate) -> dict[str, tuple[Way, ...]]:
    """Give for each field that a clause asks for the ways in which it can be answered."""
    asked: dict[str, list[Leaf]] = {}
    for leaf in leaves(clause):
        asked.setdefault(leaf.field, []).append(leaf)
    return {
        name: tuple(_ways(name, getattr(candidate, name), of_field))
        for name, of_field in asked.items()
    }


def _ways(name: str, value: object, asked: list[Leaf]) -> Sequence[Way]:
    if name == "oral_corticosteroids":
        return _ways_of_doses(cast("Mapping[str, Quantity | None] | None", value), asked)
    past = [leaf for leaf in asked if isinstance(leaf, Past)]
    if not past:
        answers = (False, True) if value is None else (bool(value),)
        return [{leaf: isinstance(leaf, Yes) is answer for leaf in asked} for answer in answers]
    if past[0].limit.quantity == "duration":
        (leaf,) = past
        is_past = durations.is_past(value, leaf.limit) if isinstance(value, Quantity) else None
        return [{leaf: answer} for answer in ((False, True) if is_past is None else (is_past,))]
    if isinstance(value, int):
        amount = Interval(Fraction(value), Fraction(value))
    elif isinstance(value, Quantity):
        amount = checked(past[0].limit.quantity, value)
    else:
        amount = Interval(Fraction(0), None)
    return _ways_of_amount(amount, tuple(past))


def _ways_of_doses(doses: Mapping[str, Quantity | None] | None, asked: list[Leaf]) -> list[Way]:
    past = tuple([leaf for leaf in asked if isinstance(leaf, Past)])
    none: Way = {leaf: isinstance(leaf, No) for leaf in asked} | _past(Fraction(0), past)
    takes: Way = {leaf: isinstance(leaf, Yes) for leaf in asked}
    if doses is None:
        some = Interval(Fraction(0), None, least_open=True)
        return [none, *(takes | way for way in _ways_of_amount(some, past))]
    known = prednisone_equivalent({drug: dose for drug, dose in doses.items() if dose is not None})
    if None in doses.values():
        dose = Interval(known, None, least_open=True)
    elif not known:
        return [none]
    else:
        dose = Interval(known, known)
    return [takes | way for way in _ways_of_amount(dose, past)]


# What is not known is the same for every candidate, and so are the limits.
@lru_cache(maxsize=1024)
def _ways_of_amount(amount: Interval, asked: tuple[Past, ...]) -> Sequence[Way]:
    """Give what amounts within an interval make of limits, each once."""
    edges = sorted(
        {amount.least, *(() if amount.most is None else (amount.most,)), *map(_number, asked)}
    )
    between = [(a + b) / 2 for a, b in pairwise(edges)]
    points = [p for p in (*edges, *between, edges[-1] + 1) if _within(p, amount)]
    ways = [_past(point, asked) for point in sorted(points)]
    return tuple([way for i, way in enumerate(ways) if way not in ways[:i]])


@cache
def _number(leaf: Past) -> Fraction:
    if leaf.limit.unit == "years":
        return Fraction(leaf.limit.value)
    return checked(leaf.limit.quantity, Quantity(leaf.limit.value, leaf.limit.unit)).least


def _within(point: Fraction, amount: Interval) -> bool:
    above = point > amount.least if amount.least_open else point >= amount.least
    if amount.most is None:
        return above
    return above and (point < amount.most if amount.most_open else point <= amount.most)


def _past(point: Fraction, asked: Iterable[Past]) -> Way:
    amount = Interval(point, point)
    return {leaf: bool(amount.is_past(leaf.limit.operator, _number(leaf))) for leaf in asked}
