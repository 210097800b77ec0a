"""`sledai derive`: laboratory values and signs of a file to descriptors, batch by batch."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from sledai import frame
from sledai.cells import Nothing, as_text, find_answers, read_numbers, read_printed_values
from sledai.cli.options import (
    AbsentText,
    CodebookOption,
    EditionOption,
    EncodingOption,
    Input,
    InputFile,
    Missing,
    Present,
    SeparatorOption,
    SheetOption,
    lab_lines,
    open_input,
    read_codebook,
    refuse_outputs,
)
from sledai.cli.printing import Column, Table, names_said, wrapped
from sledai.cli.problems import EMPTY, Problems
from sledai.cli.provenance import Provenance
from sledai.cli.rejects import Rejects, rejects_option
from sledai.codebook import Codebook, Lab
from sledai.codebook.columns import DescriptorSources
from sledai.codebook.lab import ANALYTES, BOUNDS, unit_of_row
from sledai.definitions import Edition
from sledai.definitions.editions import edition_named
from sledai.descriptors import Descriptor
from sledai.engines import result_names
from sledai.errors import InvalidInputError, file_name, shorten
from sledai.files import OUTPUT_FORMATS, Batch, Output, together
from sledai.frame.lab_columns import LabValues
from sledai.quantities import UNITS, plausible_range

__all__ = ["derive"]

Labs = Annotated[
    list[str],
    typer.Option(
        "--lab",
        metavar="'ANALYTE=COLUMN UNIT'",
        help="A column of laboratory values, such as 'platelets=plt 10*9/L'; with the laboratory's "
        "limits, numbers or columns, as 'c3=C3 g/L lower=0.9'. Analytes: "
        f"{', '.join(ANALYTES)}. Repeatable.",
    ),
]
Signs = Annotated[
    list[str],
    typer.Option(
        "--sign",
        metavar="SIGN=COLUMN",
        help="A column of yes or no, such as proteinuria_new_onset=new_protein. Repeatable.",
    ),
]
OutputOption = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        help="Write all columns, the descriptors and their reasons to this file: "
        f"{', '.join(OUTPUT_FORMATS)}.",
    ),
]
RejectsOption = Annotated[
    Path | None,
    rejects_option(
        "Write the rows that cannot be read to this file, with line and reason, and derive all "
        "others."
    ),
]
Prefix = Annotated[
    str,
    typer.Option("--prefix", metavar="TEXT", help="Begins the names of the added columns."),
]


def derive(
    source: InputFile,
    codebook: CodebookOption = None,
    edition: EditionOption = Edition.SELENA.name,
    lab: Labs = [],
    sign: Signs = [],
    output: OutputOption = None,
    rejects: RejectsOption = None,
    prefix: Prefix = "",
    missing: Missing = [],
    present: Present = [],
    absent_text: AbsentText = [],
    separator: SeparatorOption = None,
    encoding: EncodingOption = None,
    sheet: SheetOption = None,
) -> None:
    """Derive descriptors from laboratory values and signs.

    For each descriptor whose definition asks for one of the columns, two are added: the answer
    (true, false, or empty for not assessed) and the reason. Values such as <5 and >200 are bounds.
    """
    by = edition_named(edition)
    book = read_codebook(
        codebook,
        missing=missing,
        present=present,
        absent_text=absent_text,
        separator=separator,
        encoding=encoding,
        sheet=sheet,
    )
    refuse_outputs(source, output, rejects)
    rows = open_input(source, book)
    visits = rows.visits
    findings = {**lab_lines(lab, visits.columns), **_sign_lines(sign)}
    book = book.stating({"findings": findings})
    input_ = Input(visits=visits, book=book, sources=_NO_DESCRIPTORS, rows=rows)
    input_.require(book.findings.columns)
    made = Provenance(book, edition=by.value)
    aside = Rejects(visits, rejects, made)
    problems = Problems(input_, aside)
    counts: dict[Descriptor, Counter[bool | None]] = {}
    names: dict[str, str] = {}
    with problems.batches() as batches, together(), ExitStack() as files:
        table = files.enter_context(Output(output, made.facts)) if output else None
        aside.open(files)
        for batch in batches:
            derived = _derived(batch, input_, by, problems)
            if not problems.found:  # else read on to find the others; nothing will be written
                kept, rows_aside = aside.split(batch)
                aside.write(rows_aside)
                derived = derived.filter(kept.gather(derived[_ROW])).drop(_ROW)
                added = derived.rename(lambda name: prefix + name)
                names = result_names(visits.columns, added.columns)
                added = added.rename(names)
                for descriptor in Descriptor:
                    if descriptor in derived.columns:
                        counts.setdefault(descriptor, Counter()).update(derived[descriptor])
                if table is not None:
                    table.write(batch.visits.filter(kept).hstack(added))
        if table is not None:
            table.finish()  # both are whole before either gets its name
        aside.finish()
    _print(counts, by, names, output, aside)
    print(made)
    if aside.count:
        raise typer.Exit(1)


def _derived(batch: Batch, input_: Input, by: Edition, problems: Problems) -> pl.DataFrame:
    """Derive the descriptors of a batch: the rows of each unit apart, where units have a column.

    In `_ROW` are the numbers of the rows; one of which a unit cannot be read is left out.
    """
    problems.add(batch)
    parts: list[pl.DataFrame] = []
    rows = pl.int_range(batch.visits.height, dtype=pl.UInt32, eager=True).alias(_ROW)
    for some, book in _by_units(batch, input_, problems):
        mine = rows.filter(some)
        of_unit = replace(
            batch, visits=batch.visits.filter(some), places=batch.places.filter(some), rejected=()
        )
        as_read = Codebook(findings=_as_read(book))
        read = _findings(of_unit, book, as_read, problems)
        derived = frame.derive(read.lazy(), as_read, edition=by).collect()
        if not problems.found:
            wrong = derived[frame.INVALID_COLUMN] > 0
            problems.add_rows(of_unit, wrong, "signs that contradict each other")
        parts.append(derived.drop(read.columns).drop(frame.INVALID_COLUMN).hstack([mine]))
    return pl.concat(parts).sort(_ROW)


_ROW = "row"


def _by_units(
    batch: Batch, input_: Input, problems: Problems
) -> Iterator[tuple[pl.Series, Codebook]]:
    """Give the rows of each unit, with the codebook that says so."""
    book = input_.book
    labs = [lab for lab in book.findings.labs if lab.unit_column is not None]
    everyone = pl.repeat(value=True, n=batch.visits.height, eager=True)
    if not labs:
        yield everyone, book
        return
    units: dict[str, pl.Series] = {}
    known = everyone
    for lab in labs:
        values, cells = batch.visits[lab.column], batch.visits[str(lab.unit_column)]
        cells = cells.cast(pl.String).set(_nothing(cells, book), None)
        found, wrong = _units(lab, cells, ~_nothing(values, book))
        accepted = ", ".join(UNITS[lab.analyte])
        what = f"cells that are no unit of {lab.analyte}"
        problems.add_cells(batch, str(lab.unit_column), wrong, what, accepted)
        units[lab.analyte] = found
        known = known & ~wrong  # else a value would be held against limits in another unit
    table = pl.DataFrame(units)
    groups = list(table.filter(known).unique(maintain_order=True).iter_rows(named=True))
    for group in groups or [{lab.analyte: next(iter(UNITS[lab.analyte])) for lab in labs}]:
        some = known
        for analyte, unit in group.items():
            some = some & (table[analyte] == unit)
        yield some, book.stating({"findings": book.findings.in_units(group)})


def _nothing(cells: pl.Series, book: Codebook) -> pl.Series:
    text = as_text(cells)
    return text.is_null() | Nothing(book.file.missing).among(text)


def _units(lab: Lab, cells: pl.Series, there: pl.Series) -> tuple[pl.Series, pl.Series]:
    found: list[str] = []
    wrong: list[bool] = []
    for cell, is_there in zip(cells, there, strict=True):
        try:
            found.append(unit_of_row(lab.analyte, cell, there=is_there))
        except InvalidInputError:
            found.append(next(iter(UNITS[lab.analyte])))
            wrong.append(True)
        else:
            wrong.append(False)
    return pl.Series(found, dtype=pl.String), pl.Series(wrong, dtype=pl.Boolean)


_NO_DESCRIPTORS = DescriptorSources(
    columns={}, not_collected=frozenset(), absent=frozenset(), unknown=frozenset()
)


def _sign_lines(options: list[str]) -> dict[str, str]:
    signs: dict[str, str] = {}
    for option in options:
        sign, equals, column = option.partition("=")
        if not equals or not column:
            raise InvalidInputError.found(
                option, "SIGN=COLUMN, such as proteinuria_new_onset=new_protein", "--sign"
            )
        if sign.strip() in signs:
            raise InvalidInputError(f"--sign: {shorten(sign.strip())} is given twice")
        signs[sign.strip()] = column
    return signs


def _limits(lab: Lab) -> list[str]:
    return [end for end in (lab.lower, lab.upper) if isinstance(end, str)]


def _read(name: str) -> str:
    """Name a column of the file as it is read, so that it is no descriptor's."""
    return f"read {name}"


def _as_read(book: Codebook) -> dict[str, Any]:
    """Say which columns hold the findings once they are read, with bounds apart."""
    lines = book.findings.lines()
    for lab in book.findings.labs:
        columns = {"column": lab.column, "lower": lab.lower, "upper": lab.upper}
        read = {key: _read(name) for key, name in columns.items() if isinstance(name, str)}
        lines[lab.analyte] |= read | {"bound": f"bound {lab.column}"}
    for flag in book.findings.flags:
        lines[flag.analyte] = lines[flag.analyte] | {"flag": _read(flag.flag)}
    return lines | {sign: _read(column) for sign, column in book.findings.signs.items()}


def _findings(batch: Batch, book: Codebook, as_read: Codebook, problems: Problems) -> pl.DataFrame:
    """Read the columns of values, flags and signs, and take up what is wrong in them."""
    findings, words, missing = book.findings, book.words, book.file.missing
    answers = find_answers(batch.visits, dict.fromkeys(findings.signs.values(), words))
    problems.add_code(answers)
    accepted = f"{', '.join(words.table)} (any case), {EMPTY}"
    problems.add_answers(batch, answers, "cells that are no answer", accepted)
    flags = find_answers(batch.visits, {flag.flag: flag.words for flag in findings.flags})
    accepted = f"the texts of [findings] (any case), {EMPTY}"
    problems.add_answers(batch, flags, "cells that are no flag", accepted)
    read = [batch.visits[flag.flag].alias(_read(flag.flag)) for flag in findings.flags]
    read += [answers.visits[name].alias(_read(name)) for name in answers.words]
    for name in dict.fromkeys(end for lab in findings.labs for end in _limits(lab)):
        numbers, wrong = read_numbers(batch.visits[name], missing, book.file.decimal)
        problems.add_cells(batch, name, wrong, "limits that are no number", f"a number, {EMPTY}")
        read.append(numbers.alias(_read(name)))
    for lab in findings.labs:
        values = read_printed_values(batch.visits[lab.column], missing, book.file.decimal)
        problems.add_cells(
            batch,
            lab.column,
            values.wrong,
            "cells that are no laboratory value",
            f"a number, a bound such as <5, {EMPTY}",
        )
        bounds = values.bounds
        if lab.bound is not None:  # in a column of its own
            bounds = pl.select(pl.coalesce(bounds, as_text(batch.visits[lab.bound]))).to_series()
        read += [values.numbers.alias(_read(lab.column)), bounds.alias(f"bound {lab.column}")]
    table = pl.DataFrame({column.name: column for column in read})
    for lab, stated in zip(as_read.findings.labs, findings.labs, strict=True):
        found = LabValues.of(lab, pl, table.schema)
        if stated.bound is not None:
            wrong = table.select(found.there & ~found.readable).to_series()
            accepted = f"{', '.join(BOUNDS)} or nothing"
            problems.add_cells(batch, stated.bound, wrong, "cells that are no bound", accepted)
        implausible = {lab.column: found.there & ~found.plausible}
        implausible |= found.wrong_limits(pl, table.schema)
        for name, where in implausible.items():
            problems.add_cells(
                batch,
                name.removeprefix(_read("")),
                table.select(where).to_series(),
                f"values and limits of {lab.analyte} that no patient has",
                plausible_range(lab.analyte, lab.unit),
            )
    return table


def _print(
    counts: dict[Descriptor, Counter[bool | None]],
    by: Edition,
    names: dict[str, str],
    output: Path | None,
    aside: Rejects,
) -> None:
    answers = {"present": True, "absent": False, "not assessed": None}
    table = Table([Column("descriptor"), *(Column(name, right=True) for name in answers)])
    for descriptor, count in counts.items():
        table.add(descriptor.value, *(f"{count[answer]:,}" for answer in answers.values()))
    table.print()
    print()
    visits = max(count.total() for count in counts.values())
    print(wrapped(f"{visits:,} visits, by the definitions of {by}"))
    for line in names_said((names if output else {}) | aside.names):
        print(wrapped(line))
    if output is not None:
        print(wrapped(f"{visits} rows written to {file_name(output)}"))
    for line in aside.said():
        print(wrapped(line))
