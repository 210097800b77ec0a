"""`sledai score`: a file of visits in, the same file with scores out, batch by batch."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from sledai import frame
from sledai.cells import find_answers, python_values
from sledai.cli.completion import names_of
from sledai.cli.options import (
    Absent,
    AbsentText,
    CodebookOption,
    Columns,
    EncodingOption,
    Input,
    InputFile,
    ItemsOption,
    Missing,
    NoItems,
    NotCollected,
    Present,
    SeparatorOption,
    SheetOption,
    open_input,
    read_codebook,
    read_items,
    refuse_outputs,
)
from sledai.cli.printing import (
    ROWS_SHOWN,
    identifying,
    names_said,
    printable,
    wrapped,
)
from sledai.cli.problems import Problems
from sledai.cli.provenance import Provenance
from sledai.cli.rejects import Rejects, rejects_option
from sledai.cli.score_table import ScoreCounts, missing_said, print_scores
from sledai.descriptors import Descriptor
from sledai.engines import result_names
from sledai.errors import file_name
from sledai.files import OUTPUT_FORMATS, Output, together
from sledai.frame import Policy
from sledai.trials.catalog import CATALOG, find

__all__ = ["score"]

_NAMED = 10
"""Of how many visits the descriptors not assessed are printed."""

OutputOption = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        help=f"Write all columns and the scores to this file: {', '.join(OUTPUT_FORMATS)}.",
    ),
]
RejectsOption = Annotated[
    Path | None,
    rejects_option(
        "Write the rows that cannot be read to this file, with line and reason, and score all "
        "others."
    ),
]
PolicyOption = Annotated[
    Policy,
    typer.Option(
        "--policy",
        help="What a descriptor that was not assessed is taken for: strict (open; totals become "
        "ranges) or absent.",
    ),
]
Trials = Annotated[
    list[str],
    typer.Option(
        metavar="ID",
        help="Judge the activity rule of this trial, such as NCT05765006; `sledai trials` lists "
        "them. Repeatable.",
        autocompletion=names_of(trial.registry_id for trial in CATALOG),
    ),
]


def score(
    source: InputFile,
    codebook: CodebookOption = None,
    output: OutputOption = None,
    rejects: RejectsOption = None,
    items: ItemsOption = None,
    policy: PolicyOption = "strict",
    column: Columns = [],
    missing: Missing = [],
    not_collected: NotCollected = [],
    absent: Absent = [],
    no_item: NoItems = [],
    present: Present = [],
    absent_text: AbsentText = [],
    trial: Trials = [],
    separator: SeparatorOption = None,
    encoding: EncodingOption = None,
    sheet: SheetOption = None,
) -> None:
    """Score a file of visits.

    One row is a visit, one column a descriptor. The file may be larger than memory.

    Without --output the scores are printed as a table, beside the first three other columns.
    """
    rules = list(dict.fromkeys(find(name).rule for name in trial))
    book = read_codebook(
        codebook,
        items=items,
        column=column,
        missing=missing,
        not_collected=not_collected,
        absent=absent,
        no_item=no_item,
        present=present,
        absent_text=absent_text,
        separator=separator,
        encoding=encoding,
        sheet=sheet,
    )
    refuse_outputs(source, output, rejects)
    input_ = read_items(open_input(source, book), book)
    made = Provenance(book, policy=policy, rules={rule.name: str(rule) for rule in rules})
    alone_book = input_.alone()
    tally = _Tally(ScoreCounts(rules), policy, asked=len(Descriptor) - len(input_.sources.absent))
    aside = Rejects(input_.visits, rejects, made)
    problems = Problems(input_, aside)
    names: dict[str, str] = {}
    with problems.batches() as batches, together(), ExitStack() as files:
        scores = files.enter_context(Output(output, made.facts)) if output else None
        aside.open(files)
        for batch in batches:
            answers = find_answers(batch.visits, input_.words, book.rows)
            problems.add_code(answers)
            problems.add(batch)
            problems.add_items(batch, answers)
            if not problems.found:  # else read on to find the others; nothing will be written
                aside.write(aside.split(batch)[1])
                readable = answers.readable()
                alone = readable.alone(input_.columns)
                scored = frame.score(
                    alone, alone_book, rules=rules, policy=policy, missing_names=True
                ).drop(alone.columns)
                rows = readable.as_in_the_file
                tally.add(rows, scored)
                if scores is not None:
                    names = result_names(input_.visits.columns, scored.columns)
                    scores.write(rows.hstack(scored.rename(names)))
        if scores is not None:
            scores.finish()  # both are whole before either gets its name
        aside.finish()
    _print_result(tally, input_, names, output, aside)
    print(made)
    if aside.count:
        raise typer.Exit(1)


@dataclass(slots=True)
class _Tally:
    """What is printed in the end, gathered batch by batch."""

    counts: ScoreCounts
    policy: Policy
    asked: int
    assumed_cells: int = 0
    assumed_visits: int = 0
    empty: int = 0
    rows: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])  # the first, to be shown
    scores: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])

    def add(self, rows: pl.DataFrame, scored: pl.DataFrame) -> None:
        """Take up the scores of some rows."""
        if self.counts.rows < ROWS_SHOWN:
            self.rows.append(rows.head(ROWS_SHOWN - self.counts.rows))
            self.scores.append(scored.head(ROWS_SHOWN - self.counts.rows))
        self.counts.add(scored)
        unknown = scored["sledai_not_assessed"]
        empty = (unknown == self.asked) & (unknown > 0)
        assumed = unknown.filter(~empty)
        self.empty += int(empty.sum())
        self.assumed_cells += int(assumed.sum())
        self.assumed_visits += int((assumed > 0).sum())

    def said(self) -> list[str]:
        lines = [self.counts.totals_said("visits")]
        if self.empty:
            lines.append(f"{self.empty:,} visits at which no descriptor was assessed: left open")
        if self.policy == "absent":
            lines.append(
                f"policy absent: {self.assumed_cells:,} answers at {self.assumed_visits:,} visits "
                "were not assessed and count as absent"
            )
        return lines + self.counts.verdicts_said()


def _print_result(
    tally: _Tally,
    input_: Input,
    names: dict[str, str],
    output: Path | None,
    aside: Rejects,
) -> None:
    if output is None:
        _print_table(tally, input_)
    for line in (*tally.said(), *input_.said(), *names_said(names | aside.names)):
        print(wrapped(line))
    if output is not None:
        print(wrapped(f"{tally.counts.rows} rows written to {file_name(output)}"))
    for line in aside.said():
        print(wrapped(line))


def _print_table(tally: _Tally, input_: Input) -> None:
    shown, rules = pl.concat(tally.rows), tally.counts.rules
    known_by = {name: python_values(shown[name]) for name in identifying(input_.others)}
    rows = pl.concat(tally.scores).rows(named=True)
    left = tally.counts.rows - shown.height
    print_scores(known_by, rows, rules, widest=14, more=f"{left:,} more rows" if left else "")
    known = [
        "  ".join(printable(column[n]).plain for column in known_by.values())
        for n in range(len(rows))
    ]
    lines = [
        wrapped(f"  {known[n] or f'row {n + 1}'}: {missing_said(row, rules)}", indent=4)
        for n, row in enumerate(rows)
        if row["sledai_not_assessed"]
    ]
    if lines:
        print("not assessed:")
        print(*lines[:_NAMED], sep="\n")
        if len(lines) > _NAMED:
            more = len(lines) - _NAMED
            print(wrapped(f"  and {more} more of these rows; -o FILE writes all of them"))
        print()
