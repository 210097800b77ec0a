"""Eligibility criteria as data, and what it takes to settle one: judged exactly under unknowns.

A criterion asks for answers and for amounts past limits, combined by `AllOf` and `AnyOf`, or for
the activity of an `ActivityRule`. What is known of a candidate comes as questions: for each field
the ways in which it can still be answered, of which there is one where the answer is known. A
clause may ask for a field more than once, so all combinations are tried instead of combining
three-valued answers.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
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
    known = {leaf: answer for ways in questions.values() for leaf, answer in _agreed(ways)}
    answer, deciding = _evaluate(clause, known)
    if answer is not None:
        return Settled(answer, {leaf: known[leaf] for leaf in deciding})
    open_ = {field: ways for field, ways in questions.items() if len(ways) > 1}
    sizes = _sizes(clause, open_, known)
    if sizes.answer is not None:
        # Where three-valued logic does not see it, all that speaks for the answer decides together.
        return Settled(sizes.answer, {leaf: a for leaf, a in known.items() if a is sizes.answer})
    return Settled(None, to_true=sizes.to[True], to_false=sizes.to[False])


@dataclass(frozen=True, slots=True)
class _Sizes:
    """Of a clause its answer or, where it is open, for each field the sizes of `Settled`."""

    answer: bool | None
    to: Mapping[bool, Mapping[str, int]] = field(default_factory=dict[bool, Mapping[str, int]])


def _sizes(clause: Clause, open_: Mapping[str, tuple[Way, ...]], known: Way) -> _Sizes:
    """Find what settles a clause, by its parts where they do not share an open field."""
    answer, _ = _evaluate(clause, known)
    if answer is not None:
        return _Sizes(answer)
    if not isinstance(clause, AllOf | AnyOf):
        return _Sizes(None, {to: {clause.field: 1} for to in (True, False)})
    groups = _independent(clause, open_)
    if len(groups) == 1:
        asked = {leaf.field for leaf in leaves(clause)}
        return _tried({name: ways for name, ways in open_.items() if name in asked}, clause, known)
    enough = isinstance(clause, AnyOf)
    found = [_sizes(group, open_, known) for group in groups]
    if any(one.answer is enough for one in found):
        return _Sizes(enough)
    found = [one for one in found if one.answer is None]
    if not found:
        return _Sizes(not enough)
    # One group is enough for the one answer. For the other each is needed, so that a set of answers
    # which settles a group is settling only together with the smallest of every other group.
    least = [min(one.to[not enough].values()) for one in found]
    others = [sum(least) - own for own in least]
    return _Sizes(
        None,
        {
            enough: {name: size for one in found for name, size in one.to[enough].items()},
            not enough: {
                name: size + rest
                for one, rest in zip(found, others, strict=True)
                for name, size in one.to[not enough].items()
            },
        },
    )


def _independent(clause: AllOf | AnyOf, open_: Mapping[str, object]) -> list[Clause]:
    """Group the parts of a clause so that no two groups ask for the same open field."""
    groups: list[tuple[set[str], list[Clause]]] = []
    for part in clause.clauses:
        fields = {leaf.field for leaf in leaves(part)} & open_.keys()
        parts = [part]
        apart: list[tuple[set[str], list[Clause]]] = []
        for group in groups:
            if fields & group[0]:
                fields, parts = fields | group[0], [*group[1], *parts]
            else:
                apart.append(group)
        groups = [*apart, (fields, parts)]
    kind = type(clause)
    return [parts[0] if len(parts) == 1 else kind(tuple(parts)) for _, parts in groups]


def _tried(questions: Mapping[str, tuple[Way, ...]], clause: Clause, known: Way) -> _Sizes:
    """Go through all combinations of answers to the questions, which are the bits of a number."""
    counts = tuple([len(ways) for ways in questions.values()])
    everything = (1 << prod(counts)) - 1
    holding = {leaf: everything if answer else 0 for leaf, answer in known.items()} | {
        leaf: sum(mask for way, mask in zip(ways, left, strict=True) if way[leaf])
        for ways, left in zip(questions.values(), _left_by(counts), strict=True)
        for leaf in ways[0]
    }
    true = _where(clause, holding, everything)
    if true in {0, everything}:
        return _Sizes(bool(true))
    names, against = tuple(questions), {True: everything & ~true, False: true}
    return _Sizes(
        None,
        {
            to: {names[place]: size for place, size in _smallest_settling(counts, against[to])}
            for to in (True, False)
        },
    )


def _where(clause: Clause, holding: Mapping[Leaf, int], everything: int) -> int:
    """Give the combinations in which a clause holds."""
    match clause:
        case Yes() | No() | Past():
            return holding[clause]
        case AllOf():
            found = everything
            for part in clause.clauses:
                found &= _where(part, holding, everything)
            return found
        case AnyOf():
            found = 0
            for part in clause.clauses:
                found |= _where(part, holding, everything)
            return found
        case _:
            assert_never(clause)


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


@lru_cache(maxsize=1024)
def _smallest_settling(counts: tuple[int, ...], against: int) -> tuple[tuple[int, int], ...]:
    """Find for each field the smallest set of answers, all needed, that settles a clause.

    A field goes by its place in `counts`, which says in how many ways it can be answered. A set of
    answers is the combinations that it leaves, and settles the clause when none of them is
    `against`.
    """
    # Each answer leaves the combinations of one mask in `left`, so that several leave what all
    # masks have in common: one `&` each. Whether a combination against is among them is another
    # `&`, in place of a walk through all combinations for each set that is tried.
    left = _left_by(counts)
    places = range(len(counts))
    sizes: dict[int, int] = {}
    matter = {place for place in places if _matters(counts, place, against)}
    for size in range(1, len(counts) + 1):
        for chosen in combinations(places, size):
            if sizes.keys() >= matter.intersection(chosen):
                continue
            for masks in product(*(left[place] for place in chosen)):
                if _all(masks, against):
                    continue
                for i, place in enumerate(chosen):
                    if place not in sizes and _all(masks[:i] + masks[i + 1 :], against):
                        sizes[place] = size
    return tuple(sizes.items())


def _all(masks: Iterable[int], among: int) -> int:
    for mask in masks:
        among &= mask
    return among


@lru_cache(maxsize=256)
def _left_by(counts: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """Give for each field and each of its ways the combinations, as bits, that have it."""
    everything = range(prod(counts))
    inner = [prod(counts[place + 1 :]) for place in range(len(counts))]
    return tuple(
        tuple(
            sum(1 << i for i in everything if i // inner[place] % count == way)
            for way in range(count)
        )
        for place, count in enumerate(counts)
    )


def _matters(counts: tuple[int, ...], place: int, against: int) -> bool:
    """Whether some combinations that differ in a field alone differ in what they come to."""
    # Combinations that differ in this field alone lie `inner` places apart for each way. Moved back
    # by that, the masks of its ways lie on one another, and what is against in them is the same
    # number just where the field changes nothing.
    inner = prod(counts[place + 1 :])
    left = _left_by(counts)[place]
    moved = [(against & mask) >> (way * inner) for way, mask in enumerate(left)]
    return len(set(moved)) > 1
