"""Eligibility criteria as data, and what it takes to settle one: judged exactly under unknowns.

A criterion asks for answers and for amounts past limits, combined by `AllOf` and `AnyOf`, or for
the activity of an `ActivityRule`. What is known of a candidate comes as questions: for each field
the ways in which it can still be answered, of which there is one where the answer is known. A
clause may ask for a field more than once, so all combinations are tried instead of combining
three-valued answers.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations, product
from math import prod
from typing import Literal, assert_never

from sledai.definitions.clauses import Limit
from sledai.rules.activity import ActivityRule
from sledai.sources import Citation

__all__ = [
    "AllOf",
    "AnyOf",
    "Clause",
    "Criterion",
    "Leaf",
    "No",
    "Past",
    "Settled",
    "Yes",
    "leaves",
    "settle",
]


@dataclass(frozen=True, slots=True)
class Yes:
    """The answer to a field is yes."""

    field: str


@dataclass(frozen=True, slots=True)
class No:
    """The answer to a field is no."""

    field: str


@dataclass(frozen=True, slots=True)
class Past:
    """The amount of a field is past a limit."""

    field: str
    limit: Limit


@dataclass(frozen=True, slots=True)
class AllOf:
    """Each of the clauses is needed."""

    clauses: tuple["Clause", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of the clauses is enough."""

    clauses: tuple["Clause", ...]


Leaf = Yes | No | Past
Clause = Leaf | AllOf | AnyOf


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One criterion of a trial: who meets an inclusion is let in, who meets an exclusion is not.

    `statement` says it in our own words, and `readings` what is made of words that leave more than
    one reading open.
    """

    kind: Literal["inclusion", "exclusion"]
    number: int
    statement: str
    clause: Clause | ActivityRule
    citation: Citation
    readings: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name by which the trial's documents call it, such as "inclusion 2"."""
        return f"{self.kind} {self.number}"


Way = dict[Leaf, bool]
"""One way in which a field can be answered: what it makes of each leaf that asks for the field."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What a clause comes to: an answer and the leaves that decide it, or what would settle it.

    `deciding` says of each such leaf whether it holds. Where the answer is open, `to_true` and
    `to_false` give for each field that matters the size of the smallest set of answers, of which
    it is one and each is needed, that settles the clause so.
    """

    answer: bool | None
    deciding: Way = field(default_factory=dict[Leaf, bool])
    to_true: Mapping[str, int] = field(default_factory=dict[str, int])
    to_false: Mapping[str, int] = field(default_factory=dict[str, int])


def leaves(clause: Clause) -> Iterator[Leaf]:
    """Give the clauses that ask for fields themselves, in order."""
    match clause:
        case Yes() | No() | Past():
            yield clause
        case AllOf() | AnyOf():
            for part in clause.clauses:
                yield from leaves(part)
        case _:
            assert_never(clause)


def settle(clause: Clause, questions: Mapping[str, tuple[Way, ...]]) -> Settled:
    """Say what a clause comes to over all ways in which the questions can be answered.

    >>> treated = {Yes("drug"): True, No("drug"): False}
    >>> untreated = {Yes("drug"): False, No("drug"): True}
    >>> settle(AnyOf((Yes("drug"), No("drug"))), {"drug": (treated, untreated)}).answer
    True
    """
    open_ = {field: ways for field, ways in questions.items() if len(ways) > 1}
    known = {leaf: answer for ways in questions.values() for leaf, answer in _agreed(ways)}
    answers = [
        _evaluate(clause, known | {leaf: a for way in ways for leaf, a in way.items()})[0] is True
        for ways in product(*open_.values())
    ]
    if len(set(answers)) == 1:
        # Where three-valued logic does not see it, all that speaks for the answer decides together.
        deciding = _evaluate(clause, known)[1] or [
            leaf for leaf in known if known[leaf] is answers[0]
        ]
        return Settled(answers[0], {leaf: known[leaf] for leaf in deciding})
    return Settled(
        None,
        to_true=_smallest_settling(open_, answers, to=True),
        to_false=_smallest_settling(open_, answers, to=False),
    )


def _agreed(ways: tuple[Way, ...]) -> Iterable[tuple[Leaf, bool]]:
    first, *others = ways
    return ((leaf, a) for leaf, a in first.items() if all(way[leaf] is a for way in others))


def _evaluate(clause: Clause, known: Way) -> tuple[bool | None, list[Leaf]]:
    """Answer a clause where what is known is enough, and name the leaves that decide it."""
    match clause:
        case Yes() | No() | Past():
            return known.get(clause), [clause]
        case AllOf() | AnyOf():
            enough = isinstance(clause, AnyOf)
            parts = [_evaluate(part, known) for part in clause.clauses]
            deciding = [
                leaf for answer, part_leaves in parts if answer is enough for leaf in part_leaves
            ]
            if deciding:
                return enough, deciding
            if any(answer is None for answer, _ in parts):
                return None, []
            return not enough, [leaf for _, part_leaves in parts for leaf in part_leaves]
        case _:
            assert_never(clause)


def _smallest_settling(
    questions: Mapping[str, tuple[Way, ...]], answers: list[bool], *, to: bool
) -> dict[str, int]:
    """Find for each field the smallest set of answers, all needed, that settles a clause.

    The combinations are the bits of a number, in the order of `answers`: a set of answers is the
    combinations that it leaves, and settles the clause when none of them is `against`.
    """
    everything = (1 << len(answers)) - 1
    # Each answer leaves the combinations of one mask, so that several leave what all masks have in
    # common: one `&` each. Whether a combination against is among them is another `&`, in place of
    # a walk through all combinations for each set that is tried.
    against = sum(1 << i for i, answer in enumerate(answers) if answer is not to)
    left = {
        field: [_combinations_with(questions, field, way) for way in range(len(ways))]
        for field, ways in questions.items()
    }
    sizes: dict[str, int] = {}
    matter = {field for field in questions if _matters(left[field], questions, field, against)}
    for size in range(1, len(questions) + 1):
        for chosen in combinations(questions, size):
            if sizes.keys() >= matter.intersection(chosen):
                continue
            for masks in product(*(left[name] for name in chosen)):
                if _all(masks, everything) & against:
                    continue
                for i, name in enumerate(chosen):
                    without = _all(masks[:i] + masks[i + 1 :], everything)
                    if name not in sizes and without & against:
                        sizes[name] = size
    return sizes


def _all(masks: Iterable[int], everything: int) -> int:
    for mask in masks:
        everything &= mask
    return everything


def _combinations_with(questions: Mapping[str, tuple[Way, ...]], field: str, way: int) -> int:
    """Give the combinations, as bits, in which a field is answered in one way."""
    counts = [len(ways) for ways in questions.values()]
    place = list(questions).index(field)
    inner = prod(counts[place + 1 :])
    return sum(1 << i for i in range(prod(counts)) if i // inner % counts[place] == way)


def _matters(
    left: list[int], questions: Mapping[str, tuple[Way, ...]], field: str, against: int
) -> bool:
    """Whether some combinations that differ in a field alone differ in what they come to."""
    # Combinations that differ in this field alone lie `inner` places apart for each way. Moved back
    # by that, the masks of its ways lie on one another, and what is against in them is the same
    # number just where the field changes nothing.
    counts = [len(ways) for ways in questions.values()]
    inner = prod(counts[list(questions).index(field) + 1 :])
    moved = [(against & mask) >> (way * inner) for way, mask in enumerate(left)]
    return len(set(moved)) > 1
