"""`sledai derive`: laboratory values and signs of a file to descriptors, batch by batch."""

from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from sledai import frame
from sledai.answers import find_answers, read_amounts, read_numbers
from sledai.cli.options import (
    AbsentText,
    EncodingOption,
    Input,
    InputFile,
    Missing,
    Present,
    SeparatorOption,
    SheetOption,
    read_lab,
    refuse_outputs,
)
from sledai.cli.printing import plain_table, print_table, wrapped
from sledai.cli.problems import Problems
from sledai.cli.progress import reading
from sledai.definitions import Edition
from sledai.definitions.editions import edition_named
from sledai.descriptors import Descriptor
from sledai.errors import InvalidInputError, shorten
from sledai.files import OUTPUT_FORMATS, Batch, Dialect, Output, open_visits
from sledai.finding_columns import ANALYTES
from sledai.laboratory import Lab, LabValues
from sledai.quantities import plausible_range
from sledai.words import stated_words

__all__ = ["derive"]

EditionOption = Annotated[
    str,
    typer.Option(
        "--edition",
        metavar="NAME",
        help=f"Whose definitions: {', '.join(e.name for e in Edition)}.",
    ),
]
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
Prefix = Annotated[
    str,
    typer.Option("--prefix", metavar="TEXT", help="Begins the names of the added columns."),
]
_ANY = Descriptor.SEIZURE  # yes and no are said in the same words for each


def derive(
    source: InputFile,
    edition: EditionOption,
    lab: Labs = [],
    sign: Signs = [],
    output: OutputOption = None,
    prefix: Prefix = "",
    missing: Missing = [],
    present: Present = [],
    absent_text: AbsentText = [],
    separator: SeparatorOption = ",",
    encoding: EncodingOption = "utf-8",
    sheet: SheetOption = None,
) -> None:
    """Derive descriptors from laboratory values and signs.

    For each descriptor whose definition asks for one of the columns, two are added: the answer
    (true, false, or empty for not assessed) and the reason. Values such as <5 and >200 are bounds.
    """
    by = edition_named(edition)
    words = stated_words(present, absent_text)
    signs = _signs(sign)
    refuse_outputs(source, output)
    visits = open_visits(source, Dialect(separator, encoding, sheet))
    labs = [read_lab(option, visits.columns) for option in lab]
    input_ = Input(visits=visits, columns={}, not_collected=(), absent=(), incomplete="")
    for name in (*(lab.column for lab in labs), *_limits(labs), *signs.values()):
        if name not in visits.columns:
            raise InvalidInputError(f"{source}: no column {shorten(name)}")
    problems = Problems(input_)
    counts: dict[Descriptor, Counter[bool | None]] = {}
    with reading(visits) as show, ExitStack() as files:
        table = files.enter_context(Output(output)) if output else None
        for batch in problems.until_enough():
            findings = _findings(batch, labs, signs, missing, words, problems)
            derived = frame.derive(
                findings.lazy(),
                edition=by,
                labs=[_as_read(one) for one in labs],
                signs={name: _read(column) for name, column in signs.items()},
            ).collect()
            if not problems.found:
                contradicting = derived[frame.INVALID_COLUMN] > 0
                problems.add_rows(
                    batch, contradicting, "rows with signs that contradict each other"
                )
            if not problems.found:  # else read on to find the others; nothing will be written
                made = derived.drop(findings.columns).drop(frame.INVALID_COLUMN)
                added = made.rename(lambda name: prefix + name)
                if taken := [name for name in added.columns if name in visits.columns]:
                    raise InvalidInputError(
                        f"{source}: would add columns that are there already (rename or drop "
                        f"them, or give --prefix): {', '.join(taken)}"
                    )
                for descriptor in Descriptor:
                    if descriptor in made.columns:
                        counts.setdefault(descriptor, Counter()).update(made[descriptor])
                if table is not None:
                    table.write(batch.visits.hstack(added))
            show(batch)
        problems.refuse()
    _print(counts, by, output)


def _signs(options: list[str]) -> dict[str, str]:
    signs: dict[str, str] = {}
    for option in options:
        sign, equals, column = option.partition("=")
        if not equals or not column:
            raise InvalidInputError(
                f"--sign: found {shorten(option)}; accepted: SIGN=COLUMN, such as "
                "proteinuria_new_onset=new_protein"
            )
        if sign.strip() in signs:
            raise InvalidInputError(f"--sign: {shorten(sign.strip())} is given twice")
        signs[sign.strip()] = column
    return signs


def _limits(labs: list[Lab]) -> list[str]:
    return [end for lab in labs for end in (lab.lower, lab.upper) if isinstance(end, str)]


def _read(name: str) -> str:
    """Name a column of the file as it is read, so that it is no descriptor's."""
    return f"read {name}"


def _as_read(lab: Lab) -> Lab:
    lower, upper = (_read(end) if isinstance(end, str) else end for end in (lab.lower, lab.upper))
    column = _read(lab.column)
    return replace(lab, column=column, lower=lower, upper=upper, bound=f"bound {lab.column}")


def _findings(
    batch: Batch,
    labs: list[Lab],
    signs: dict[str, str],
    missing: list[str],
    words: Mapping[str, bool],
    problems: Problems,
) -> pl.DataFrame:
    """Read the columns of values and of signs, and take up what is wrong in them."""
    other = "empty; other texts need --missing TEXT"
    columns = dict.fromkeys(signs.values(), _ANY)
    answers = find_answers(batch.visits, columns, missing=missing, words=words)
    problems.add_code(answers)
    problems.add(batch, answers, f"; accepted: {', '.join(words)} (any case), {other}")
    read = [answers.visits[name].alias(_read(name)) for name in columns]
    for name in _limits(labs):
        numbers, wrong = read_numbers(batch.visits[name], missing)
        problems.add_cells(batch, name, wrong, "limits that are no number", f"a number, {other}")
        read.append(numbers.alias(_read(name)))
    for lab in labs:
        amounts = read_amounts(batch.visits[lab.column], missing)
        problems.add_cells(
            batch,
            lab.column,
            amounts.wrong,
            "cells that are no laboratory value",
            f"a number, a bound such as <5, {other}",
        )
        new = _as_read(lab)
        read += [amounts.numbers.alias(new.column), amounts.bounds.alias(str(new.bound))]
    findings = pl.DataFrame({column.name: column for column in read})
    for lab in labs:
        values = LabValues.of(_as_read(lab), pl, findings.schema)
        implausible = {lab.column: values.there & ~values.plausible} | {
            name.removeprefix(_read("")): where
            for name, where in values.wrong_limits(pl, findings.schema).items()
        }
        for name, where in implausible.items():
            problems.add_cells(
                batch,
                name,
                findings.select(where).to_series(),
                f"values and limits of {lab.analyte} that no patient has",
                plausible_range(lab.analyte, lab.unit),
            )
    return findings


def _print(
    counts: dict[Descriptor, Counter[bool | None]], by: Edition, output: Path | None
) -> None:
    answers = {"present": True, "absent": False, "not assessed": None}
    table = plain_table()
    table.add_column("descriptor")
    for name in answers:
        table.add_column(name, justify="right")
    for descriptor, count in counts.items():
        table.add_row(descriptor.value, *(f"{count[answer]:,}" for answer in answers.values()))
    print_table(table)
    visits = max(count.total() for count in counts.values())
    print(wrapped(f"{visits:,} visits, by the definitions of {by}"))
    if output is not None:
        print(f"{visits} rows written to {output}")
