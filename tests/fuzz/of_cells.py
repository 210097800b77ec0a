"""Doors of cells and of what describes them: frames and one visit at a time say the same."""

import io
from collections.abc import Iterable, Mapping
from contextlib import redirect_stdout
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from sledai import Assessment, Descriptor, frame, score_bounds
from sledai.cli import score_file
from sledai.codebook import Codebook, Lab, VisitColumns
from sledai.codebook.dates import read_date
from sledai.codebook.names import answer_columns, descriptor_named
from sledai.codebook.words import compared
from sledai.definitions import Edition
from sledai.errors import InvalidInputError
from sledai.files import read_visits
from sledai.findings import Findings, derive
from sledai.quantities import UNITS, Quantity, checked

__all__ = ["amounts", "codebook", "columns", "dates", "score"]

# Typed from docs/how-to/score-a-file.md.
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("yes", "y", "true", "present", "1"), True),
    **dict.fromkeys(("no", "n", "false", "absent", "0"), False),
    "": None,
}
_ENDS = ("sledai_low", "sledai_high", "sledai_not_assessed")


def score(data: bytes, folder: Path) -> None:
    """A file through the command, to a file of scores, row by row as one visit at a time."""
    visits, scored = folder / "visits.csv", folder / "scored.parquet"
    visits.write_bytes(data)
    try:
        names = answer_columns(read_visits(visits).columns, {})
        others = [d.value for d in Descriptor if d not in names.values()]
        with redirect_stdout(io.StringIO()):
            score_file.score(visits, output=scored, not_collected=others)
        rows = pl.read_parquet(scored)
        _scores_agree(names, rows, _answer, result=_result_names(rows, read_visits(visits)))
        (folder / "scored.parquet.provenance.json").unlink()
        scored.unlink()
    finally:
        visits.unlink()


def _answer(_: Descriptor, cell: Any) -> bool | None:
    return _WORDS["" if cell is None else compared(cell)]


def _result_names(rows: pl.DataFrame, before: pl.DataFrame) -> dict[str, str]:
    """Find the results, whose names get something behind them where they are there already."""
    added = rows.columns[before.width :]
    return {end: next(name for name in added if name.startswith(end)) for end in _ENDS}


def _scores_agree(
    names: Mapping[str, Descriptor],
    rows: pl.DataFrame,
    answer: Any,
    constant: Mapping[Descriptor, bool] = {},
    result: Mapping[str, str] = dict(zip(_ENDS, _ENDS, strict=True)),
) -> None:
    for row in rows.head(_ROWS).iter_rows(named=True):
        answers = dict.fromkeys(Descriptor, None) | dict(constant)
        answers |= {d: answer(d, row[name]) for name, d in names.items()}
        visit = Assessment.model_validate({d.value: one for d, one in answers.items()})
        bounds = score_bounds(visit)
        expected = (bounds.low, bounds.high, len(visit.not_assessed))
        found = tuple(row[result[end]] for end in _ENDS)
        assert found == expected, (found, expected)


_ROWS = 40


def codebook(data: bytes, folder: Path) -> None:
    """A codebook of any text: written and read again it says the same, and scores as it says."""
    path = folder / "book.toml"
    path.write_bytes(data)
    try:
        book = Codebook.load(path)
        path.write_text(book.written(), encoding="utf-8")
        again = Codebook.load(path)
    finally:
        path.unlink()
    assert (again.sha256, again.questions) == (book.sha256, book.questions)
    book = book.settled()
    named = {column: d for d, column in book.descriptors.columns.items()}
    cells: list[str | None] = ["yes", "no", None, "1", "0", "2", "ja", "nein", "NA", "8"]
    columns = {*named, *book.used} - set(book.findings.columns)
    visits = pl.DataFrame(dict.fromkeys(sorted(columns), cells))
    for number in range(visits.height):
        row = visits[number]
        meant = {c: book.words_of(d).meaning(row[c][0]) for c, d in named.items()}
        if book.rows.columns or book.long or book.descriptors.family:
            frame.score(row, book)
            continue
        try:
            scored = frame.score(row, book)
        except InvalidInputError:
            if all(one in (True, False, None) for one in meant.values()):
                raise
            continue
        absent = dict.fromkeys(book.descriptors.absent, False)
        _scores_agree(named, scored, lambda d, c, b=book: b.words_of(d).meaning(c), absent)


def columns(data: bytes, _: Path) -> None:
    """Names of columns, a line each: as a name, and as those of a frame of a row."""
    names = list(dict.fromkeys(data.decode("utf-8", "replace").split("\n")))
    for name in names:
        try:
            descriptor_named(name)
        except InvalidInputError:
            continue
    found = answer_columns(names, {})
    cells = [True, False, None]
    visit = pl.DataFrame({name: [cells[n % 3]] for n, name in enumerate(names)})
    others = set(Descriptor) - set(found.values())
    scored = frame.score(visit, Codebook(descriptors={"not_collected": others}))
    result = _result_names(scored, visit)
    _scores_agree(found, scored, lambda _, cell: cell, result=result)


def dates(data: bytes, _: Path) -> None:
    """A date as text, by each way that a codebook can have it: in a frame as by itself."""
    text = data.decode("utf-8", "replace")
    visits = pl.DataFrame({"id": ["A"], "seen": [text]})
    for how in _WAYS:
        book = Codebook(visit={"subject": "id", **how}, descriptors={"not_collected": Descriptor})
        try:
            meant = read_date(text, VisitColumns(**how))
        except InvalidInputError:
            meant = None
        try:
            found = frame.histories(visits, book)["A"].visits[0].date
        except InvalidInputError:
            found = None
        assert found == meant, (how, found, meant)
        try:
            frame.by_visit(visits, book)
        except InvalidInputError:
            assert meant is None, how


_WAYS: Iterable[dict[str, Any]] = (
    {"date": "seen"},
    {"date": "seen", "date_format": "%d/%m/%Y"},
    {"date": "seen", "date_format": "%d %b %y"},
    {"day": "seen"},
    {"day": "seen", "day_unit": "weeks"},
)


def amounts(data: bytes, _: Path) -> None:
    """An amount as text, of each analyte that has its unit: a column derives what a visit does."""
    text = data.decode("utf-8", "replace")
    quantity = Quantity.parse(text)
    assert Quantity.parse(str(quantity)) == quantity
    for analyte in UNITS:
        if quantity.unit not in UNITS[analyte] or analyte not in _COLUMNS:
            continue
        try:
            checked(analyte, quantity)
        except InvalidInputError:
            _refused(analyte, quantity)
            continue
        findings = Findings.model_validate({analyte: text})
        rows = _row(analyte, quantity)
        for edition in Edition:
            one = derive(findings, edition=edition).assessment
            many = frame.derive(rows, _book(analyte, quantity), edition=edition)
            for d in Descriptor:
                if d in many.columns and _digits(quantity) <= _DIGITS:
                    assert many[d][0] == getattr(one, d), (analyte, str(quantity), edition, d)


_DIGITS = 15
"""Of how many digits decimals keep their order as doubles."""

# Of the others the descriptor asks for more than the amount.
_COLUMNS = ("platelets", "white_cells", "temperature", "urine_red_cells", "urine_white_cells")


def _digits(quantity: Quantity) -> int:
    return len(Decimal(quantity.value).normalize().as_tuple().digits)


def _book(analyte: str, quantity: Quantity) -> Codebook:
    lab = Lab(analyte, "value", quantity.unit, bound="bound")
    return Codebook(
        findings={analyte: {"column": lab.column, "unit": lab.unit, "bound": lab.bound}}
    )


def _row(analyte: str, quantity: Quantity) -> pl.DataFrame:
    del analyte
    return pl.DataFrame({"value": [float(quantity.value)], "bound": [quantity.bound or None]})


def _refused(analyte: str, quantity: Quantity) -> None:
    """What no patient has is refused in a column too, where both hold the same number."""
    try:
        frame.derive(_row(analyte, quantity), _book(analyte, quantity), edition=Edition.SELENA)
    except InvalidInputError:
        return
    assert _digits(quantity) > _DIGITS, (analyte, str(quantity))
