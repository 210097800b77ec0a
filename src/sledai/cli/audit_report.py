"""What an audit found in a file: gathered batch by batch, printed, and as rows or JSON."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import polars as pl

from sledai.audit import Agreement, Audit, Check, Differences, Finding, Query
from sledai.audit.agreement import AGREEMENT_WORDS
from sledai.audit.weights import counted_weights
from sledai.cells import Answers, python_values
from sledai.cli.options import Input
from sledai.cli.printing import ROWS_SHOWN, colored, identifying, printable, wrapped
from sledai.cli.problems import EMPTY
from sledai.codebook import Lab
from sledai.errors import InvalidInputError, file_name, shorten
from sledai.files import Batch

__all__ = ["Report"]

Status = Literal["disagrees", "possible", "query", "cell"]

_HEADINGS: dict[Status, str] = {
    "disagrees": "recorded scores that disagree",
    "possible": "recorded scores that are possible, with descriptors not assessed",
    "query": "queries on laboratory values",
    "cell": "cells that cannot be read, which count as not known",
}
_STYLES: dict[Status, str] = {
    "disagrees": "red",
    "possible": "yellow",
    "query": "cyan",
    "cell": "magenta",
}
_COLUMNS: dict[str, type[pl.DataType]] = {
    "check": pl.String,
    "status": pl.String,
    "recorded": pl.Float64,
    "computed_low": pl.Int64,
    "computed_high": pl.Int64,
    "difference": pl.Float64,
    "explanation": pl.String,
    "column": pl.String,
    "found": pl.String,
}
_QUERIES = {
    Query.ABSENT_PAST_LIMIT: "absent though past the limit",
    Query.PRESENT_WITHIN_LIMIT: "present though not past it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongCell:
    """A cell that cannot be read, of a row counted from 0: what `check` is then left open."""

    row: int
    check: str
    column: str
    found: object
    what: str

    def __str__(self) -> str:
        found = shorten(self.found)
        return f"{self.check}: column {shorten(self.column)} holds {found}, which is {self.what}"


def _status(finding: Finding | WrongCell) -> Status:
    if isinstance(finding, WrongCell):
        return "cell"
    if finding.lab is not None:
        return "query"
    return "disagrees" if finding.disagrees else "possible"


@dataclass(slots=True)
class Report:
    """Findings and counts; `recorded` says which column each recorded score is in.

    All findings are kept only where `keep` says so; otherwise the first ones, to be printed.
    """

    input_: Input
    recorded: Mapping[Check, str]
    keep: bool
    visits: int = 0
    findings: int = 0
    disagreements: int = 0
    _agreement: dict[Check, Counter[Agreement]] = field(default_factory=dict[Check, Any])
    _queries: dict[Lab, Counter[Query]] = field(default_factory=dict[Lab, Any])
    _differences: dict[Check, Differences] = field(default_factory=dict[Check, Any])
    unread: int = 0
    _cells: list[WrongCell] = field(default_factory=list[WrongCell])  # of the batch
    _no_answers: dict[str, Counter[str]] = field(default_factory=dict[str, Any])
    _no_numbers: dict[str, Counter[str]] = field(default_factory=dict[str, Any])
    _accepted: str = ""
    _shown: dict[Status, list[str]] = field(default_factory=dict[Status, Any])
    _statuses: Counter[Status] = field(default_factory=Counter[Status])
    _kept: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def __post_init__(self) -> None:
        added = {self._place, *(f"sledai_{name}" for name in _COLUMNS)}
        if taken := [name for name in self.input_.others if name in added]:
            raise InvalidInputError(
                f"{file_name(self.input_.visits.path)}: findings have columns of names that are "
                f"there already (rename or drop them): {', '.join(map(shorten, taken))}"
            )

    @property
    def _place(self) -> str:
        return f"sledai_{self.input_.visits.place}"

    def add_answers(self, answers: Answers) -> None:
        """Take up the cells of descriptors in the next batch that are no answer."""
        self._accepted = answers.accepted
        for wrong in answers.wrong:
            cells, check = answers.cells[wrong.name], self.input_.columns[wrong.name]
            what = f"no answer{answers.accepted_in(wrong.name)}"
            self._add_cells(self._no_answers, check, cells, wrong, what)
            self.unread += int(wrong.sum())

    def add_numbers(self, check: str, cells: pl.Series, wrong: pl.Series) -> None:
        """Take up the cells of a recorded score or laboratory value that are no number.

        A value such as <5 is no slip, so that these are not `unread`.
        """
        self._add_cells(self._no_numbers, check, cells, wrong, "no number")
        if cells.name in self.recorded.values():
            self.unread += int(wrong.sum())

    def _add_cells(
        self,
        counts: dict[str, Counter[str]],
        check: str,
        cells: pl.Series,
        wrong: pl.Series,
        what: str,
    ) -> None:
        found = python_values(cells.filter(wrong))
        counts.setdefault(cells.name, Counter()).update(map(str, found))
        self._cells += [
            WrongCell(row=row, check=check, column=cells.name, found=cell, what=what)
            for row, cell in zip(wrong.arg_true(), found, strict=True)
        ]

    def add(self, batch: Batch, found: Audit) -> pl.DataFrame:
        """Take up what was found in a batch, and give the findings as rows."""
        told: list[Finding | WrongCell] = [*self._cells, *found.findings]
        told.sort(key=lambda finding: finding.row)
        self._cells.clear()
        self.visits += found.rows
        self.findings += len(told)
        self.disagreements += len(found.disagreements)
        for check, agreement in found.agreement.items():
            self._agreement.setdefault(check, Counter()).update(agreement)
        for check, differences in found.differences.items():
            self._differences[check] = self._differences.get(check, Differences()) + differences
        for lab, queries in found.queries.items():
            self._queries.setdefault(lab, Counter()).update(queries)
        rows = pl.Series([finding.row for finding in told], dtype=pl.UInt32)
        cells = pl.DataFrame({name: batch.visits[name] for name in self.input_.others})[rows]
        values = [python_values(column) for column in cells]
        shown = [tuple(column[n] for column in values) for n in range(cells.height)]
        places = batch.places.gather(rows)
        records = [_record(finding) for finding in told]
        for place, finding, row in zip(places, told, shown, strict=True):
            self._show(place, finding, row)
        if self.keep:
            self._kept += [
                {
                    self.input_.visits.place: place,
                    "columns": dict(zip(cells.columns, row, strict=True)),
                    **record,
                    "alternatives": _alternatives(finding),
                }
                for place, row, record, finding in zip(places, shown, records, told, strict=True)
            ]
        said = pl.DataFrame(records, schema=_COLUMNS).rename(lambda name: f"sledai_{name}")
        return pl.DataFrame({self._place: places, **cells.to_dict(), **said.to_dict()})

    def _show(self, place: int, finding: Finding | WrongCell, row: tuple[object, ...]) -> None:
        status = _status(finding)
        self._statuses[status] += 1
        shown = self._shown.setdefault(status, [])
        if len(shown) < ROWS_SHOWN:
            known_by = row[: len(identifying(self.input_.others))]
            where = "  ".join(
                [f"{self.input_.visits.place} {place}", *(printable(c).plain for c in known_by)]
            )
            shown += [f"{wrapped(where)}\n{wrapped(f'  {finding}', indent=4)}"]

    def print(self) -> None:
        """Print a weight that explains most of them, the findings, kind by kind, and the counts."""
        weights = self._weights()
        for line in weights:
            print(wrapped(line))
        if weights:
            print()
        for status, heading in _HEADINGS.items():
            if shown := self._shown.get(status):
                for line in wrapped(f"{heading}: {self._statuses[status]:,}").splitlines():
                    print(colored(line, _STYLES[status]))
                print()
                print("\n".join(shown))
                if more := self._statuses[status] - len(shown):
                    print(f"  and {more:,} more; -o FILE writes all of them")
                print()
        for line in self._summary():
            print(wrapped(line))

    def _weights(self) -> list[str]:
        lines: list[str] = []
        for check, differences in self._differences.items():
            if found := counted_weights(differences):
                said = "; or ".join(map(str, found))
                lines.append(f"{check}: {said} visits with known answers that disagree")
        return lines

    def _summary(self) -> list[str]:
        lines = [f"{self.visits:,} visits"]
        for check, counts in self._agreement.items():
            what = self.recorded.get(check, "recorded total less clinical score")
            said = [f"{counts[a]:,} {text}" for a, text in AGREEMENT_WORDS.items() if counts[a]]
            lines.append(f"{check} ({printable(what).plain}): {', '.join(said) or 'none'}")
        for lab, queries in self._queries.items():
            said = [f"{queries[q]:,} {text}" for q, text in _QUERIES.items()]
            line = f"{lab.descriptor} by {printable(lab.column).plain} ({lab}): {', '.join(said)}"
            if unreadable := self._no_numbers.get(lab.column):
                (text, _), *_ = unreadable.most_common(1)
                line += f"; {unreadable.total():,} cells without a number, such as {shorten(text)}"
            lines.append(line)
        return lines + self._unread_said() + self.input_.said()

    def _unread_said(self) -> list[str]:
        """Say how many answers and recorded scores cannot be read, and what can."""
        recorded = {name: self._no_numbers.get(name, Counter()) for name in self.recorded.values()}
        accepted = {
            "no answer": self._accepted,
            "no number": f"; accepted: a number, {EMPTY}",
        }
        lines: list[str] = []
        for what, counts in (("no answer", self._no_answers), ("no number", recorded)):
            said = [f"{printable(n).plain} {c.total():,}" for n, c in counts.items() if c]
            if said:
                lines.append(f"cells that are {what}: {', '.join(said)}{accepted[what]}")
        return lines

    def json(self) -> str:
        """Write counts and kept findings as one JSON document."""
        return json.dumps(
            {
                "visits": self.visits,
                "agreement": self._agreement,
                "weights": [
                    {"check": check, **asdict(one)}
                    for check, differences in self._differences.items()
                    for one in counted_weights(differences)
                ],
                "queries": [
                    {"analyte": lab.analyte, "column": lab.column, "unit": lab.unit, **queries}
                    for lab, queries in self._queries.items()
                ],
                "cells_without_an_answer": self._no_answers,
                "cells_without_a_number": self._no_numbers,
                "findings": self._kept,
            },
            indent=1,
            default=str,
        )


def _record(finding: Finding | WrongCell) -> dict[str, Any]:
    if isinstance(finding, WrongCell):
        return {
            "check": str(finding.check),
            "status": _status(finding),
            "column": finding.column,
            "found": str(finding.found),
            "explanation": finding.what,
        }
    bounds = finding.computed
    return {
        "check": finding.lab.analyte if finding.lab else str(finding.check),
        "status": _status(finding),
        "recorded": finding.recorded,
        "computed_low": bounds.low if bounds else None,
        "computed_high": bounds.high if bounds else None,
        "difference": finding.difference,
        "explanation": finding.reason,
    }


def _alternatives(finding: Finding | WrongCell) -> list[list[dict[str, Any]]]:
    """Give the sets that explain a score: in each some of `among` were counted wrongly."""
    if isinstance(finding, WrongCell) or finding.explanation is None:
        return []
    return [
        [
            {
                "added_though_absent" if change.added else "not_added_though_present": change.count,
                "among": sorted(change.among, key=lambda d: d.number),
            }
            for change in changes
        ]
        for changes in finding.explanation.alternatives
    ]
