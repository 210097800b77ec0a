"""What is written can be read again, in each format, with the same cells and the same scores."""

import math
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from commands import run
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from examples import examples
from sledai import Descriptor, InvalidInputError
from sledai.files import OUTPUT_FORMATS, read_visits, write_visits

nan = float("nan")
MARK = "\ufeff"
TEXTS = st.text(alphabet=f"ab1.,;\"' \n=-{MARK}ü", max_size=6)
# As many decimals as a sheet is read with.
NUMBERS = st.integers(-(10**12), 10**12).map(lambda n: n / 10**6) | st.just(nan)
ROWS = st.fixed_dictionaries(
    {
        "text": st.none() | TEXTS,
        "number": st.none() | NUMBERS,
        "count": st.none() | st.integers(-(2**53), 2**53),
        "yes": st.sampled_from([True, False, None]),
        "day": st.none() | st.dates(),
    }
)
SCHEMA: Any = {
    "text": pl.String,
    "number": pl.Float64,
    "count": pl.Int64,
    "yes": pl.Boolean,
    "day": pl.Date,
}


def said(cell: Any) -> Any:
    """Give what a cell says, however it is held: text without content says nothing."""
    match cell:
        case None | "":
            return None
        case bool():
            return str(cell).lower()
        case float() | int():
            return None if math.isnan(cell) else float(cell)
        case str():
            return cell
        case _:
            return cell.isoformat()


class TestEachFormat:
    """Cells of every kind come back as they were; NaN holds nothing."""

    @settings(max_examples=examples(12), phases=[Phase.explicit, Phase.generate])
    @given(st.lists(ROWS, min_size=1, max_size=6))
    def test_there_and_back(self, rows: list[dict[str, Any]]) -> None:
        visits = pl.DataFrame(rows, schema=SCHEMA).with_row_index("id")
        with TemporaryDirectory() as folder:
            for suffix in OUTPUT_FORMATS:
                path = Path(folder) / f"v{suffix}"
                write_visits(visits, path)
                back = read_visits(path)
                assert back.columns == visits.columns
                for name, dtype in SCHEMA.items():
                    known = [said(cell) for cell in visits[name]]
                    found = [said(cell) for cell in back[name]]
                    if dtype.is_numeric():
                        found = [None if cell is None else float(cell) for cell in found]
                    assert found == known, (suffix, name)

    @pytest.mark.parametrize("suffix", OUTPUT_FORMATS)
    def test_a_column_without_a_name_beside_another(self, tmp_path: Path, suffix: str) -> None:
        visits = pl.DataFrame({"": ["1"], "a": ["2"]})
        write_visits(visits, tmp_path / f"v{suffix}")
        back = read_visits(tmp_path / f"v{suffix}")
        assert (back.columns, back.rows()) == (visits.columns, visits.rows())

    @pytest.mark.parametrize("suffix", [".csv", ".tsv", ".xlsx"])
    @pytest.mark.parametrize("name", ["", MARK])
    def test_a_column_without_a_name_by_itself(
        self, tmp_path: Path, suffix: str, name: str
    ) -> None:
        """Its header is a blank line to those who read it, and the first row was lost."""
        said = "cannot hold a column without a name by itself; rename it"
        with pytest.raises(InvalidInputError, match=said):
            write_visits(pl.DataFrame({name: ["1"]}), tmp_path / f"v{suffix}")
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("suffix", OUTPUT_FORMATS)
    def test_scores_of_what_was_written(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
    ) -> None:
        monkeypatch.chdir(tmp_path)
        items = {d.value: [0.0, 0.0, 0.0] for d in Descriptor}
        visits = pl.DataFrame(items | {"arthritis": [1.0, nan, None], "weight": [nan, 60.5, None]})
        visits.write_parquet("v.parquet")
        first, second = f"1{suffix}", f"2{suffix}"
        assert run("score", "v.parquet", "-o", first)[0] == 0
        code, _, err = run("score", first, "-o", second)
        assert (code, err) == (0, "")
        columns = ["sledai_low", "sledai_high"]
        found = read_visits(Path(second)).select(columns).cast(pl.Float64).rows()
        assert found == [(4, 4), (0, 4), (0, 4)]


class TestByteOrderMarks:
    """A byte-order mark belongs to the beginning of a file; elsewhere it is a character."""

    @pytest.mark.parametrize("block", [1, 9, 12, 10_000])
    @pytest.mark.parametrize("quote", ["", '"'])
    def test_a_row_that_begins_with_one(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int, quote: str
    ) -> None:
        monkeypatch.setattr("sledai.files.delimited.BLOCK", block)
        cells = [f"{MARK}a", "b", f"{MARK}c", MARK, f"{MARK}{MARK}d"]
        lines = "".join(f"{cell},{quote}x{quote}\n" for cell in cells)
        path = tmp_path / "v.csv"
        path.write_text(f"{MARK}id,note\n{lines}", encoding="utf-8")
        visits = read_visits(path)
        assert visits.columns == ["id", "note"]
        assert visits.rows() == [(cell, "x") for cell in cells]

    def test_a_second_one_belongs_to_the_name(self, tmp_path: Path) -> None:
        path = tmp_path / "v.csv"
        path.write_text(f"{MARK}{MARK}id\na\n", encoding="utf-8")
        assert read_visits(path).columns == [f"{MARK}id"]
