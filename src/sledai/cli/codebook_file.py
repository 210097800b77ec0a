"""`sledai codebook`: how a file may be read, proposed as TOML; or how each column is read."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from sledai.cells import Answers, find_answers, given, python_values
from sledai.cli.options import (
    CodebookOption,
    EncodingOption,
    Input,
    InputFile,
    SeparatorOption,
    SheetOption,
    open_input,
    read_codebook,
    read_items,
)
from sledai.cli.printing import Column, Table, printable, wrapped
from sledai.cli.progress import reading
from sledai.codebook import Codebook
from sledai.codebook.columns import field_sources
from sledai.codebook.dates import accepted_dates, read_date
from sledai.errors import InvalidInputError, file_name, shorten
from sledai.files import Batch

__all__ = ["codebook"]

OutputOption = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Write the codebook to this file, by its suffix .toml."),
]
CheckOption = Annotated[
    bool,
    typer.Option(
        "--check",
        help="Propose nothing: say how every column is read, with counts; exit code 1 if a cell or "
        "row cannot be read.",
    ),
]


def codebook(
    source: InputFile,
    codebook: CodebookOption = None,
    output: OutputOption = None,
    check: CheckOption = False,
    separator: SeparatorOption = None,
    encoding: EncodingOption = None,
    sheet: SheetOption = None,
) -> None:
    """Propose a codebook for a file, with what speaks for each line.

    What only a person can know stays open, as a line with "?"; no command takes the codebook before
    each is completed. A data dictionary of REDCap gives the codebook of its exports.

    With --check: say how each column is read, by the codebook if there is one.
    """
    if check:
        _check(
            source,
            read_codebook(codebook, separator=separator, encoding=encoding, sheet=sheet),
        )
        return
    if codebook is not None:
        raise InvalidInputError("--codebook: with --check alone; else a codebook is proposed")
    known = {"separator": separator, "encoding": encoding, "sheet": sheet}
    proposed = Codebook.propose(source, **{k: said for k, said in known.items() if said})
    if output is None:
        print(proposed.written(), end="")
        return
    if output.suffix.lower() != ".toml":
        raise InvalidInputError.found(output.suffix, ".toml", output)
    proposed.dump(output)
    print(wrapped(f"codebook written to {file_name(output)}"))
    if proposed.questions:
        print(wrapped(f'open questions: {len(proposed.questions)}; put what is so in place of "?"'))
        for question in proposed.questions:
            print(wrapped(f"  [{question.section}] {question.key}", indent=4))


@dataclass(slots=True)
class _Counts:
    """What the cells of the columns say, gathered batch by batch."""

    input_: Input
    rows: int = 0
    wrong: int = 0
    rejected: int = 0
    says: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])
    none: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])
    filled: Counter[str] = field(default_factory=Counter[str])
    dates: int = 0

    def add(self, batch: Batch) -> None:
        """Take up a batch."""
        answers = find_answers(batch.visits, self.input_.words, self.input_.book.rows)
        self.rows += batch.visits.height
        self.wrong += answers.wrong_cells
        self.rejected += len(batch.rejected)
        for name in self.input_.columns:
            self._add_answers(name, answers)
        for name in self.input_.others:
            texts = given(batch.visits[name], self.input_.missing)
            self.filled[name] += texts.count()
            if name == self.input_.book.visit.when:
                self.dates += sum(map(self._is_date, python_values(batch.visits[name])))

    def _add_answers(self, name: str, answers: Answers) -> None:
        said = answers.visits[name]
        wrong = answers.wrong[name] if name in answers.wrong.columns else None
        no_answer = 0 if wrong is None else int(wrong.sum())
        counts = self.says.setdefault(name, Counter())
        counts["present"] += int(said.sum())
        counts["absent"] += said.count() - int(said.sum())
        counts["not assessed"] += said.null_count() - no_answer
        if wrong is not None:
            cells = answers.cells[name].filter(wrong).cast(pl.String)
            self.none.setdefault(name, Counter()).update(cells.to_list())

    def _is_date(self, cell: object) -> bool:
        try:
            read_date(cell, self.input_.book.visit)
        except InvalidInputError:
            return False
        return True

    def said(self, name: str) -> str:
        """Say what a column of answers holds."""
        text = ", ".join(f"{side} {count:,}" for side, count in self.says[name].items() if count)
        none = self.none.get(name, Counter())
        if none:
            first = ", ".join(map(shorten, list(none)[:_TEXTS]))
            text += f"{', ' if text else ''}no answer {none.total():,} ({first})"
        return text or "no rows"


_TEXTS = 3


def _check(source: Path, book: Codebook) -> None:
    input_ = read_items(open_input(source, book), book)
    counts = _Counts(input_)
    uses = _uses(input_)
    with reading(input_.visits) as shown:
        for batch in input_.visits.batches:
            counts.add(batch)
            shown.read(batch)
    table = Table([Column("column"), Column("read as"), Column("cells")])
    for name in input_.visits.columns:
        if name in input_.columns:
            said = counts.said(name)
        elif name in uses and name == book.visit.when:
            said = f"{counts.dates:,} of {counts.rows:,} are {accepted_dates(book.visit)}"
        else:
            said = f"filled {counts.filled[name]:,}, empty {counts.rows - counts.filled[name]:,}"
        table.add(printable(name), uses.get(name, "-"), said)
    table.print()
    print()
    print(wrapped(f"{counts.rows:,} rows; cells that are no answer: {counts.wrong:,}"))
    if counts.rejected:
        print(f"records that are no row: {counts.rejected:,}")
    for line in (*input_.rows.said(), *input_.sources.said()):
        print(wrapped(line))
    if input_.incomplete:
        print(wrapped(input_.incomplete.splitlines()[0]))
    if counts.wrong or counts.rejected or input_.incomplete:
        raise typer.Exit(1)


def _uses(input_: Input) -> Mapping[str, str]:
    """Say of each column that is read what it holds."""
    book, names = input_.book, input_.visits.columns
    uses: dict[str, str] = {name: d.value for name, d in input_.columns.items()}
    uses |= {one.column: str(one) for one in field_sources(names, book)}
    uses |= {lab.column: str(lab) for lab in book.findings.labs}
    uses |= {
        column: f"unit, limit or bound of {lab.analyte}"
        for lab in book.findings.labs
        for column in lab.columns[1:]
    }
    uses |= {flag.flag: f"flags of {flag.analyte}" for flag in book.findings.flags}
    uses |= {column: sign for sign, column in book.findings.signs.items()}
    uses |= dict.fromkeys(book.rows.columns, "which rows are visits")
    named = {
        book.visit.subject: "patient",
        book.visit.when: "date" if book.visit.date else f"day, in {book.visit.day_unit}",
        book.recorded.total: "recorded total",
        book.recorded.clinical: "recorded clinical score",
    }
    uses |= {name: said for name, said in named.items() if name is not None}
    uses |= dict.fromkeys(book.descriptors.no_items, "no item")
    for name in uses:
        if name not in names:
            raise InvalidInputError.no_column(name, uses[name])
    return uses
