"""The rule of each trial, on visits that a program gets wrong which misreads one thing in it."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import combinations, count

import spec_tables
from conformance.scores import completions, judged, some_visit
from conformance.vector import Vector
from spec_tables import NAMES, SEROLOGIC, WEIGHTS

Row = dict[str, str]
OF_EACH_VERDICT, MOST_OPEN = 3, 5


@dataclass(frozen=True)
class Rule:
    """A row of the table: what a rule asks of a visit of which all is known."""

    row: Row
    uncounted: frozenset[str]
    excluded: frozenset[str]
    one_of: frozenset[str]

    @classmethod
    def of(cls, row: Row) -> "Rule":
        named = {
            column: frozenset(row[column].split(";")) - {""}
            for column in ("uncounted", "clinical_excluding", "one_of")
        }
        excluded = named["clinical_excluding"] or frozenset(SEROLOGIC)
        return cls(row, named["uncounted"], excluded, named["one_of"])

    def meets(self, present: AbstractSet[str]) -> bool:
        row, counted = self.row, present - self.uncounted
        total, clinical, serologic = (
            sum(WEIGHTS[name] for name in some)
            for some in (counted, counted - self.excluded, present & SEROLOGIC)
        )
        asks_for_clinical = row["clinical_applies"] == "always" or serologic > 0
        return (
            int(row["least_total"] or 0) <= total <= int(row["most_total"] or 105)
            and (clinical >= int(row["least_clinical"] or 0) or not asks_for_clinical)
            and serologic >= int(row["least_serologic"] or 0)
            and (not self.one_of or not present.isdisjoint(self.one_of))
        )

    def misread(self, name: str) -> Iterator[tuple["Rule", str]]:
        """The rule as a program has it that takes one descriptor for one of another kind."""
        if name in self.uncounted:
            yield replace(self, uncounted=self.uncounted - {name}), "counts in no score"
        elif name in self.excluded and self.row["least_clinical"]:
            yield replace(self, excluded=self.excluded - {name}), "counts in the total alone"
        elif self.row["least_clinical"]:
            yield replace(self, excluded=self.excluded | {name}), "counts in both scores"
        else:
            yield replace(self, uncounted=frozenset({name})), "counts"
        if self.one_of and name not in self.one_of:
            yield replace(self, one_of=self.one_of | {name}), "is not one of those needed"
        elif self.one_of:
            yield replace(self, one_of=self.one_of - {name}), "is one of those needed"


def catalog() -> Iterator[Vector]:
    for row in spec_tables.rows("trials.csv"):
        rule = Rule.of(row)
        source = {"publication": row["registry_id"], "locator": row["locator"]}
        for present, open_, note in telling(rule):
            trial = row["registry_id"]
            yield from judged("trials", trial, present, open_, note, rule.meets, source)


Case = tuple[AbstractSet[str], AbstractSet[str], str]


def telling(rule: Rule) -> Iterator[Case]:
    """What a program gets wrong that misreads one descriptor, or a limit; and what is open."""
    for name in NAMES:
        for other, note in rule.misread(name):
            for visit in small_visits(f"{rule.row['registry_id']} {name}"):
                present = visit | {name}
                if rule.meets(present) is not other.meets(present):
                    yield present, set(), f"{name} {note}"
                    break
    yield from at_limits(rule)
    yield from of_chance(rule)


def at_limits(rule: Rule) -> Iterator[Case]:
    """On each limit of a score and beside it."""
    for column, outside in (("least_total", -1), ("most_total", 1), ("least_clinical", -1)):
        if not rule.row[column]:
            continue
        limit = int(rule.row[column])
        for wanted, note in ((limit, "on the limit"), (limit + outside, "beside it")):
            for visit in small_visits(f"{rule.row['registry_id']} {column}"):
                counted = visit - rule.uncounted
                if column == "least_clinical":
                    counted -= rule.excluded
                misread = replace(rule, row={**rule.row, column: str(limit + outside)})
                beyond = replace(rule, row={**rule.row, column: str(limit - outside)})
                telling_one = rule.meets(visit) is not (
                    beyond if wanted == limit else misread
                ).meets(visit)
                if sum(WEIGHTS[name] for name in counted) == wanted and telling_one:
                    yield visit, set(), f"{column.replace('_', ' ')} {limit}: {note}"
                    break


def of_chance(rule: Rule) -> Iterator[Case]:
    """Visits with open answers, as many of each verdict."""
    left = {frozenset(verdicts): OF_EACH_VERDICT for verdicts in ({True}, {False}, {True, False})}
    for n in count():
        present, open_ = some_visit(f"{rule.row['registry_id']} {n}")
        if n % 2:  # else few fail
            present = frozenset(sorted(present)[:3])
        if not 0 < len(open_) <= MOST_OPEN:
            continue
        verdicts = frozenset(map(rule.meets, completions(present, open_)))
        if left[verdicts]:
            left[verdicts] -= 1
            yield present, open_, "of chance"
        if not any(left.values()):
            return


def small_visits(seed: str) -> Iterator[frozenset[str]]:
    """Few descriptors, with serology and without, in an order of chance that stays the same."""
    order = sorted(NAMES, key=lambda name: sha256(f"{seed} {name}".encode()).digest())
    for size in range(4):
        for some in combinations(order, size):
            yield frozenset(some)
            yield frozenset(some) | SEROLOGIC
