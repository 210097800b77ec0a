"""Which descriptors were not assessed, and which of them decide on a rule, by name, as expressions.

A rule asks of the scores only on which side of some numbers they are. So a descriptor decides where
the others can bring the score to within its weight below such a number. Each weight divides the
next heavier one, so that this is seen from the points that are there and from how many descriptors
of each weight are open, without going through their completions. Needs the extra `frame`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from itertools import pairwise, product
from operator import add
from typing import Any, NamedTuple

from sledai.descriptors import SEROLOGIC, Descriptor
from sledai.frame.descriptor_columns import DescriptorColumn
from sledai.frame.names_listed import names_listed
from sledai.frame.result_columns import MISSING_COLUMN, deciding_column
from sledai.frame.row_points import Range, RowPoints, reaches
from sledai.frame.three_valued import all_of, any_of
from sledai.rules import ActivityRule
from sledai.scoring import MAX_TOTAL

__all__ = ["deciding", "missing"]


def missing(row: RowPoints) -> dict[str, Any]:
    """Give the column that names the descriptors not assessed."""
    engine = row.engine
    unknown = {d.value: column.unknown(engine) > 0 for d, column in _askable(row).items()}
    return {MISSING_COLUMN: names_listed(engine, unknown)}


def deciding(row: RowPoints, rules: Iterable[ActivityRule]) -> dict[str, Any]:
    """Give for each rule the column that names the descriptors deciding on it.

    They are those of `Judgement.deciding`, so that there are none unless the rule is undetermined.
    """
    columns = _askable(row)
    views: dict[tuple[object, ...], _View] = {}  # rules that count alike share one
    made: dict[str, Any] = {}
    for rule in rules:
        counts = (rule.uncounted, rule.clinical_excluding, rule.one_of, _total_alone(rule))
        if counts not in views:
            views[counts] = _view(row, rule, columns)
        kinds = {d: _Kind.of(rule, d) for d in columns}
        decides: dict[_Kind, Any] = {}
        for kind in set(kinds.values()):
            condition = views[counts].decides(rule, kind)
            if condition is not False:
                decides[kind] = row.keep(1, condition)
        made[deciding_column(rule)] = names_listed(
            row.engine,
            {
                d.value: decides[kind] & (row.is_open(columns[d]) > 0)
                for d, kind in kinds.items()
                if kind in decides
            },
        )
    return made


def _askable(row: RowPoints) -> dict[Descriptor, DescriptorColumn]:
    """Leave out the descriptors that are known in every row: those asserted absent."""
    return {d: column for d, column in row.columns.items() if column.asserted is None}


class _Kind(NamedTuple):
    """What a rule sees of a descriptor: where its points count, and if it is in `one_of`."""

    weight: int
    beside: bool
    joins: bool

    @classmethod
    def of(cls, rule: ActivityRule, descriptor: Descriptor) -> "_Kind":
        counts = descriptor not in rule.uncounted
        beside = descriptor in rule.beside_clinical and not _total_alone(rule)
        return cls(descriptor.weight if counts else 0, beside, descriptor in rule.one_of)


def _total_alone(rule: ActivityRule) -> bool:
    """Whether nothing but the total counts, so that all points are in one pool."""
    return rule.most_total < MAX_TOTAL


@dataclass(frozen=True, slots=True)
class _Pool:
    """Points that are there, and by weight how many open descriptors can add theirs."""

    low: Any
    open: Mapping[int, Any]

    def settling(self, weight: int, count: Any, points: int) -> "_Pool":
        """Take some open descriptors of a weight for known, with so many points."""
        return _Pool(self.low + points, {**self.open, weight: self.open[weight] - count})

    def points(self, weights: Iterable[int]) -> Any:
        """Give the points of the open descriptors of some weights."""
        return reduce(add, (self.open[weight] * weight for weight in weights), 0)

    def reaches(self, first: int, last: int) -> Any:
        """Say whether some completion has between `first` and `last` points."""
        return reaches(self.low, self.open, first, last)

    @property
    def range(self) -> Range:
        """The fewest and the most points."""
        return Range(self.low, self.low + self.points(self.open))


@dataclass(frozen=True, slots=True)
class _View:
    """A row as a rule counts it: clinical points, those beside them, and `one_of`.

    `joining` counts the open ones of `one_of` by kind, and `one_there` says whether one is present.
    """

    clinical: _Pool
    beside: _Pool
    joining: Mapping[_Kind, Any]
    one_there: Any

    def settling(self, kind: _Kind, count: Any, points: int) -> "_View":
        """Take some open descriptors of a kind for known, with so many points."""
        if not kind.weight:
            return self
        if kind.beside:
            return replace(self, beside=self.beside.settling(kind.weight, count, points))
        return replace(self, clinical=self.clinical.settling(kind.weight, count, points))

    def decides(self, rule: ActivityRule, kind: _Kind) -> Any:
        """Say whether the answer of an open descriptor of this kind can change the verdict."""
        others = self.settling(kind, 1, 0)
        ways = [all_of(self.one_there, others.turned(rule, kind))]
        for one, count in self.joining.items():
            # Another one of `one_of` is present.
            there = others.settling(one, 1, one.weight)
            ways.append(all_of(count > int(one == kind), there.turned(rule, kind)))
        if kind.joins:
            # It is the only one of `one_of`.
            alone = self
            for one, count in self.joining.items():
                alone = alone.settling(one, count, 0)
            alone = alone.settling(kind, 0, kind.weight)
            can_be_met, _ = rule.outcomes(alone.clinical.range, alone.beside.range)
            ways.append(~self.one_there & can_be_met)
        return any_of(*ways)

    def turned(self, rule: ActivityRule, kind: _Kind) -> Any:
        """Say whether the points of one more descriptor can make the scores enough, or too many."""
        if not (weight := kind.weight):
            return False
        if _total_alone(rule):
            lasts = (rule.least_total - 1, rule.most_total)
            return any_of(*(self.clinical.reaches(last - weight + 1, last) for last in lasts))
        table = [*rule.least_clinical_beside.items(), (MAX_TOTAL + 1, 0)]
        rows = [(points, beyond - 1, least) for (points, least), (beyond, _) in pairwise(table)]
        if not kind.beside:
            return any_of(
                *(
                    all_of(
                        self.beside.reaches(first, last),
                        self.clinical.reaches(least - weight, least - 1),
                    )
                    for first, last, least in rows
                    if least <= MAX_TOTAL
                )
            )
        # The points lead from a row of the table into another one, where more or less is asked.
        return any_of(
            *(
                all_of(
                    self.beside.reaches(max(first, later - weight), min(last, latest - weight)),
                    self.clinical.reaches(min(before, after), max(before, after) - 1),
                )
                for (first, last, before), (later, latest, after) in product(rows, rows)
                if before != after and first <= latest - weight and later - weight <= last
            )
        )


def _view(
    row: RowPoints, rule: ActivityRule, columns: Mapping[Descriptor, DescriptorColumn]
) -> _View:
    def whole(expression: Any) -> Any:
        return row.keep(0, expression.cast(row.engine.Int32))

    def opened(descriptors: Iterable[Descriptor]) -> Any:
        return reduce(add, (row.is_open(row.columns[d]) for d in descriptors))

    others = rule.beside_clinical - SEROLOGIC
    counted, clinical = row.without(rule.uncounted), row.without(rule.uncounted | others)
    beside = row.serologic.low + counted.low - clinical.low
    (weight,) = {d.weight for d in SEROLOGIC}
    open_clinical = dict(row.open_clinical)
    open_beside = {weight: row.open_serologic}
    for d in sorted(rule.uncounted | others, key=lambda d: d.number):
        open_ = row.is_open(row.columns[d])
        open_clinical[d.weight] -= open_
        if d in others:
            before = open_beside.get(d.weight)
            open_beside[d.weight] = open_ if before is None else before + open_
    if _total_alone(rule):
        clinical = Range(clinical.low + beside, clinical.high)
        open_clinical[weight] += row.open_serologic
    one_of = [row.columns[d] for d in rule.one_of]
    joining = {
        kind: whole(opened(d for d in columns if d in rule.one_of and _Kind.of(rule, d) == kind))
        for kind in {_Kind.of(rule, d) for d in columns if d in rule.one_of}
    }
    return _View(
        clinical=_Pool(whole(clinical.low), {w: whole(n) for w, n in open_clinical.items()}),
        beside=_Pool(whole(beside), {w: whole(n) for w, n in open_beside.items()}),
        joining=joining,
        one_there=row.keep(0, any_of(*(column.present(row.engine) for column in one_of)))
        if one_of
        else True,
    )
