"""Scores on the terminal: the first rows as a table, and how many there are with which verdicts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from sledai import frame
from sledai.cli.printing import Column, Table, printable, verdict_said, wrapped
from sledai.descriptors import Descriptor
from sledai.rules import ActivityRule
from sledai.scoring import ScoreBounds
from sledai.verdict import Verdict

__all__ = ["ScoreCounts", "missing_said", "print_scores"]


@dataclass(slots=True)
class ScoreCounts:
    """How many rows were scored, gathered batch by batch."""

    rules: Sequence[ActivityRule]
    rows: int = 0
    exact: int = 0
    verdicts: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])

    def add(self, scored: pl.DataFrame) -> None:
        """Take up the scores of some rows."""
        self.rows += scored.height
        self.exact += scored["sledai_total"].count()
        for rule in self.rules:
            verdicts = scored[frame.verdict_column(rule)]
            self.verdicts.setdefault(rule.name, Counter()).update(
                {verdict: int((verdicts == verdict).sum()) for verdict in Verdict}
            )

    def totals_said(self, what: str) -> str:
        """Say how many rows have an exact total; `what` they are."""
        said = f"{self.rows:,} {what}: {self.exact:,} with an exact total"
        if self.exact < self.rows:
            said += f", {self.rows - self.exact:,} with a range (descriptors not assessed)"
        return said

    def verdicts_said(self) -> list[str]:
        """Say for each rule how many rows have which verdict."""
        lines: list[str] = []
        for rule in self.rules:
            found = self.verdicts[rule.name]
            counts = ", ".join(f"{found[one]:,} {one.replace('_', ' ')}" for one in Verdict)
            lines.append(f"{rule.name} ({rule}): {counts}")
        return lines


def print_scores(
    known_by: Mapping[str, Sequence[object]],
    rows: Sequence[Mapping[str, Any]],
    rules: Sequence[ActivityRule],
    *,
    widest: int,
    more: str,
) -> None:
    """Print scored rows behind the cells that they are known by, each at most so wide.

    `more` says how many more rows there are and of what kind; empty where these are all.
    """
    table = Table(
        [
            *(Column(name, most=widest) for name in known_by),
            *(Column(name, right=True) for name in ("total", "clinical", "not assessed")),
            *(Column(rule.name) for rule in rules),
        ]
    )
    for n, row in enumerate(rows):
        table.add(
            *(printable(cells[n]) for cells in known_by.values()),
            str(ScoreBounds(row["sledai_low"], row["sledai_high"])),
            str(ScoreBounds(row["sledai_clinical_low"], row["sledai_clinical_high"])),
            str(row["sledai_not_assessed"] or "-"),
            *(verdict_said(Verdict(row[frame.verdict_column(rule)])) for rule in rules),
        )
    table.print()
    print()
    if more:
        print(wrapped(f"  and {more}; -o FILE writes all of them"))
        print()


def missing_said(row: Mapping[str, Any], rules: Sequence[ActivityRule]) -> str:
    """Name what was not assessed at a visit, and what of it decides on each rule."""
    everything = row["sledai_not_assessed"] == len(Descriptor)
    said = [f"all {len(Descriptor)}" if everything else row[frame.MISSING_COLUMN]]
    for rule in rules:
        if names := row[frame.deciding_column(rule)]:
            same = "all of them" if names == row[frame.MISSING_COLUMN] and "," in names else names
            said.append(f"deciding {rule.name}: {same}")
    return "; ".join(said)
