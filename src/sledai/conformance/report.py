"""What a program answered, held against what must come out: by class, and each that differs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import UnionType
from typing import Any, Literal, cast

from sledai.conformance.vectors import CLASSES, FINGERPRINT, VERSION, Vector
from sledai.displays import Value
from sledai.verdict import Verdict

__all__ = ["NEAR", "Answered", "ClassReport", "Report", "agrees", "report_on"]

NEAR = 1e-6
"""How far a number that is no whole one may lie from what must come out."""


def agrees(expected: object, answered: object) -> bool:
    """Say whether an answer is the one that must come out, both values of JSON.

    Lists are compared whatever their order, and true is no 1. Where a whole number must come out,
    it and nothing near it agrees.

    >>> agrees(8, 8.0), agrees(1, True), agrees(["none", "severe"], ["severe", "none"])
    (True, False, True)
    >>> agrees({"low": 0.8, "high": 0.8}, {"low": 0.8000000001, "high": 0.8})
    True
    """
    if _are(dict, expected, answered):
        wanted, given = cast("_Object", expected), cast("_Object", answered)
        same_names = wanted.keys() == given.keys()
        return same_names and all(agrees(value, given[name]) for name, value in wanted.items())
    if _are(list, expected, answered):
        names, said = cast("list[str]", expected), cast("list[Any]", answered)
        return _are(str, *said) and sorted(names) == sorted(said)
    if _are(int | float, expected, answered) and bool not in {type(expected), type(answered)}:
        must, is_ = Fraction(cast("float", expected)), Fraction(cast("float", answered))
        return abs(must - is_) <= (0 if must.denominator == 1 else NEAR)
    return type(expected) is type(answered) and expected == answered


_Object = dict[str, object]


def _are(kind: type | UnionType, *values: object) -> bool:
    return all(isinstance(value, kind) for value in values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(Value):
    """A vector, and what a program answered to it, a value of JSON."""

    vector: Vector
    answer: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassReport(Value):
    """How many vectors of a class agree, which differ, and how many were not answered.

    `skipped` are those of which the program says that it does not answer them.
    """

    of_class: str
    agree: int
    differ: tuple[Answered, ...]
    skipped: int
    not_answered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Value):
    """How a program was held: by class, and what there is to say of how it ran.

    `fingerprint` is the SHA-256 of the manifest of the vectors.
    """

    classes: tuple[ClassReport, ...]
    remarks: tuple[str, ...] = ()
    version: str = VERSION
    fingerprint: str = FINGERPRINT

    @property
    def verdict(self) -> Verdict:
        """Whether the program agrees; undetermined where nothing differs and something is missing.

        What it says that it does not answer is not missing, as long as it answers something.
        """
        if any(one.differ for one in self.classes):
            return Verdict.NOT_MET
        open_ = any(one.not_answered for one in self.classes)
        if open_ or not any(one.agree for one in self.classes):
            return Verdict.UNDETERMINED
        return Verdict.MET


Reply = tuple[Literal["answer", "skipped"], Any]
"""What a program printed of one vector."""


def report_on(
    vectors: Iterable[Vector], replies: Mapping[str, Reply], remarks: Iterable[str] = ()
) -> Report:
    """Hold replies, by the `id` of their vector, against what must come out."""
    by_class: dict[str, list[Vector]] = {}
    for vector in vectors:
        by_class.setdefault(vector.of_class, []).append(vector)
    reports: list[ClassReport] = []
    for name in CLASSES:
        asked = by_class.get(name, [])
        answered = [
            Answered(vector=vector, answer=replies[vector.id][1])
            for vector in asked
            if vector.id in replies and replies[vector.id][0] == "answer"
        ]
        differ = tuple(one for one in answered if not agrees(one.vector.expect, one.answer))
        skipped = sum(vector.id in replies for vector in asked) - len(answered)
        if asked:
            reports.append(
                ClassReport(
                    of_class=name,
                    agree=len(answered) - len(differ),
                    differ=differ,
                    skipped=skipped,
                    not_answered=len(asked) - len(answered) - skipped,
                )
            )
    return Report(classes=tuple(reports), remarks=tuple(remarks))
