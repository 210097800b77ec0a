"""Files that change while they are read, and files of sizes that visits do not have."""

import gzip
import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from sledai.errors import InvalidInputError
from sledai.files import open_visits, read_visits, write_visits
from sledai.files.limits import LIMITS, LINES_ABOVE, RECORD, Limit

pyreadstat: Any = import_module("pyreadstat")


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def said(path: Path) -> str:
    """What a file is refused with, without its name."""
    with pytest.raises(InvalidInputError) as caught:
        read_visits(path)
    return str(caught.value).removeprefix(f"{path}: ")


STAYS = "; accepted: a file that stays as it is while it is read; read it again"


class TestChanged:
    """docs/reference/files.md: a file that changes while it is read is refused."""

    @pytest.fixture
    def small_blocks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sledai.files.delimited.BLOCK", 300)

    def text(self, folder: Path) -> Path:
        return write(folder / "v.csv", "id,rash\n" + "a,yes\n" * 2000)

    @pytest.mark.usefixtures("small_blocks")
    def test_a_file_that_is_cut_where_a_line_ends(self, tmp_path: Path) -> None:
        path = self.text(tmp_path)
        batches = open_visits(path).batches
        next(batches)
        os.truncate(path, 608)
        with pytest.raises(InvalidInputError) as caught:
            list(batches)
        assert str(caught.value) == f"{path}: found 608 bytes where there were 12,008{STAYS}"

    @pytest.mark.usefixtures("small_blocks")
    @pytest.mark.parametrize("end", ["b", 'b,"', "a,b,c\n"])
    def test_what_is_wrong_with_a_file_that_changes_is_that_it_does(
        self, tmp_path: Path, end: str
    ) -> None:
        path = self.text(tmp_path)
        batches = open_visits(path).batches
        next(batches)
        path.write_text("id,rash\n" + "a,yes\n" * 500 + end)
        with pytest.raises(InvalidInputError, match="bytes where there were 12,008; accepted"):
            list(batches)

    def test_a_file_that_grows_after_its_last_row(self, tmp_path: Path) -> None:
        path = write(tmp_path / "v.csv", "id\na\n")
        batches = open_visits(path).batches
        assert [batch.visits.height for _, batch in zip(range(2), batches, strict=False)] == [0, 1]
        write(path, "id\na\nb\n")
        with pytest.raises(InvalidInputError, match="found 7 bytes where there were 5"):
            next(batches)

    @pytest.mark.usefixtures("small_blocks")
    def test_another_file_of_the_same_name_and_length(self, tmp_path: Path) -> None:
        path = self.text(tmp_path)
        batches = open_visits(path).batches
        next(batches)
        other = write(tmp_path / "w.csv", path.read_text().replace("yes", "no "))
        other.replace(path)
        with pytest.raises(InvalidInputError, match="found another content than before"):
            list(batches)

    @pytest.mark.usefixtures("small_blocks")
    def test_a_file_that_is_removed(self, tmp_path: Path) -> None:
        path = self.text(tmp_path)
        batches = open_visits(path).batches
        next(batches)
        path.unlink()
        with pytest.raises(InvalidInputError, match="found no file any more"):
            list(batches)

    @pytest.mark.parametrize("suffix", [".parquet", ".dta"])
    def test_other_formats_that_are_read_batch_by_batch(self, tmp_path: Path, suffix: str) -> None:
        path = tmp_path / f"v{suffix}"
        visits = pl.DataFrame({"id": ["a", "b"]})
        if suffix == ".dta":
            pyreadstat.write_dta(visits, str(path))
        else:
            write_visits(visits, path)
        batches = open_visits(path).batches
        next(batches)
        content = path.read_bytes()
        path.unlink()
        path.write_bytes(content + b"more")
        with pytest.raises(InvalidInputError, match=rf"{len(content) + 4:,} bytes where there"):
            list(batches)

    @pytest.mark.parametrize(
        ("suffix", "text"),
        [(".jsonl", '{"id": "a"}\n' * 3), (".json", '[{"id": "a"}]')],
    )
    def test_formats_that_are_read_whole(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, text: str
    ) -> None:
        path = write(tmp_path / f"v{suffix}", text)
        batches = open_visits(path).batches
        write(path, "")
        assert next(batches).visits["id"][0] == "a"  # all of it is there by now
        write(path, text)
        monkeypatch.setattr("sledai.files.json_lines.json_columns", columns := self.cutting(path))
        monkeypatch.setattr("sledai.files.json_array.json_columns", columns)
        assert said(path) == f"found 1 bytes where there were {len(text)}{STAYS}"

    def cutting(self, path: Path) -> Callable[..., pl.DataFrame]:
        def columns(*_: Any) -> pl.DataFrame:
            os.truncate(path, 1)
            return pl.DataFrame({"id": ["a"]})

        return columns

    def test_a_packed_file_that_is_cut_where_a_part_of_it_ends(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "v.csv.gz"
        part = gzip.compress(b"id\na\n")
        path.write_bytes(part + gzip.compress(b"b\n"))
        unpack = gzip.GzipFile

        def cut(name: Path) -> gzip.GzipFile:
            os.truncate(name, len(part))
            return unpack(name)

        monkeypatch.setattr("sledai.files.source.gzip.GzipFile", cut)
        assert said(path).startswith(f"found {len(part)} bytes where there were ")
        monkeypatch.undo()
        assert read_visits(path).rows() == [("a",)]

    def test_a_file_that_is_removed_when_it_was_unpacked(self, tmp_path: Path) -> None:
        path = tmp_path / "v.csv.gz"
        path.write_bytes(gzip.compress(b"id\na\n"))
        batches = open_visits(path).batches
        path.unlink()
        assert sum(batch.visits.height for batch in batches) == 1


class TestBounds:
    """docs/reference/files.md: what is beyond a bound is refused at once, with the bound."""

    def test_columns(self, tmp_path: Path) -> None:
        accepted = "accepted: at most 16,384 columns"
        names = [f"c{n}" for n in range(16_385)]
        text = ",".join(names)
        separator = "; what separates the fields? (--separator)"
        assert said(write(tmp_path / "v.csv", text)) == (
            f"found 16,385 columns; {accepted}{separator}"
        )
        assert (
            open_visits(write(tmp_path / "w.csv", text[: text.rindex(",")])).columns == names[:-1]
        )
        record = "{" + ",".join(f'"{name}": 1' for name in names) + "}"
        assert said(write(tmp_path / "v.jsonl", record)) == f"found 16,385 columns; {accepted}"
        assert (
            said(write(tmp_path / "v.json", f"[{record}]")) == f"found 16,385 columns; {accepted}"
        )

    @pytest.mark.parametrize("suffix", [".parquet", ".dta"])
    def test_columns_of_files_with_a_schema(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
    ) -> None:
        two = Limit(most=2, unit="columns", files="all", why="")
        for module in ("batches", "statistics"):
            monkeypatch.setattr(f"sledai.files.{module}.COLUMNS", two)
        visits = pl.DataFrame({"a": [1], "b": [1], "c": [1]})
        path = tmp_path / f"v{suffix}"
        if suffix == ".dta":
            pyreadstat.write_dta(visits, str(path))
        else:
            write_visits(visits, path)
        assert said(path) == "found 3 columns; accepted: at most 2 columns"

    @pytest.mark.parametrize("end", ["\n", "\r\n"])
    @pytest.mark.parametrize("quote", ["", '"'])
    def test_a_record_on_one_line(self, tmp_path: Path, quote: str, end: str) -> None:
        rest = f"id,n{end}b,1{end}"
        room = RECORD.most - len(f"{quote}{quote},1{end}")
        for more in (0, 1):
            path = tmp_path / "v.csv"
            cell = f"{quote}{'x' * (room + more)}{quote}"
            path.write_text(f"{rest}{cell},1{end}c,1{end}", newline="")
            if more:
                assert said(path).startswith(
                    "line 3: a record that begins here has more than 4,194"
                )
            else:
                assert read_visits(path)["id"].str.len_chars().to_list() == [1, room, 1]

    @pytest.mark.parametrize("block", [RECORD.most // 2, 2 * RECORD.most])
    def test_a_line_at_the_end_of_a_block(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
    ) -> None:
        monkeypatch.setattr("sledai.files.delimited.BLOCK", block)
        text = "id,n\n" + "a,1\n" * (block // 4 - 2) + "x" * (3 * RECORD.most) + ",1\n"
        line = block // 4
        assert said(write(tmp_path / "v.csv", text)) == (
            f"line {line}: a record that begins here has more than 4,194,304 bytes; "
            "a quote that opens here may never be closed"
        )

    def test_a_quote_that_is_never_closed(self, tmp_path: Path) -> None:
        rows = "b,yes, and more of the same to make the line long\n" * 85_000
        for before in ("", "x,y,z\n" * 3):
            path = write(tmp_path / "v.csv", f'id,rash,note\n{before}a,"yes,\n{rows}')
            line = 2 + before.count("\n")
            assert said(path).startswith(f"line {line}: a record that begins here has more than")
        assert said(write(tmp_path / "w.csv", f'"id,rash\n{rows}')).startswith("line 1: a record")
        assert said(write(tmp_path / "w.txt", "x" * RECORD.most + ",yes\n")).startswith(
            "found no usual separator in the header"
        )

    def test_a_record_of_json(self, tmp_path: Path) -> None:
        long = '{"id": "' + "x" * RECORD.most + '"}'
        most = "accepted: at most 4,194,304 bytes or characters in a record"
        path = write(tmp_path / "v.jsonl", f'{{"id": "a"}}\n{long}\n')
        assert said(path) == f"line 2: found 4,194,305 bytes or characters in a record; {most}"
        path = write(tmp_path / "v.json", f'[{{"id": "a"}},{long}]')
        assert said(path) == f"row 2: found 4,194,314 bytes or characters in a record; {most}"

    @pytest.mark.parametrize("suffix", [".jsonl", ".json"])
    def test_a_file_that_is_read_whole(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
    ) -> None:
        small = Limit(most=10, unit="bytes, unpacked", files="", why="")
        module = {".jsonl": "json_lines", ".json": "json_array"}[suffix]
        monkeypatch.setattr(f"sledai.files.{module}.WHOLE", small)
        text = {".jsonl": '{"id": "abc"}', ".json": '[{"id": "a"}]'}[suffix]
        path = write(tmp_path / f"v{suffix}", text)
        assert said(path) == "found 13 bytes, unpacked; accepted: at most 10 bytes, unpacked"

    @pytest.mark.parametrize("end", ["\n", "\r\n"])
    def test_blank_lines_are_passed_over_quickly(self, tmp_path: Path, end: str) -> None:
        blank = end * 300_000
        for cell, other in (("1", "n"), ('"1"', '"n,n"')):
            text = f"id,n{end}{blank}a,{cell}{end}{blank}b,{other}{end}{end}c,3{blank}"
            path = tmp_path / "v.csv"
            path.write_text(text, newline="")
            (_, batch) = open_visits(path).batches
            assert batch.visits["id"].to_list() == ["a", "b", "c"]
            assert batch.places.to_list() == [300_002, 600_003, 600_005]

    def test_lines_above_the_header(self, tmp_path: Path) -> None:
        for suffix in (".csv", ".txt"):
            path = write(tmp_path / f"v{suffix}", "\n" * LINES_ABOVE.most + "id,rash\na,yes\n")
            assert read_visits(path).rows() == [("a", "yes")]
            refused = said(write(path, "\n" * (LINES_ABOVE.most + 1) + "id,rash\na,yes\n"))
            assert refused.startswith("found 10,001 lines without content above the header; acc")

    def test_records_that_are_no_row(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        few = Limit(most=3, unit="records that are no row within 32 MiB", files="", why="")
        monkeypatch.setattr("sledai.files.delimited.NO_ROWS", few)
        assert said(write(tmp_path / "v.csv", "id,rash\n" + " \n" * 3)).startswith(
            "records that are no row: 3"
        )
        assert said(write(tmp_path / "v.csv", "id,rash\n" + " \n" * 4)).startswith(
            "found 4 records that are no row within 32 MiB; accepted: at most 3 rec"
        )

    def test_keys_are_looked_through_once(self, tmp_path: Path) -> None:
        """The time of a line of JSON grows as its length does, whatever stands twice in it."""
        names = [f"k{n // 2}" for n in range(20_000)]
        record = "{" + ",".join(f'"{name}":1' for name in names) + "}"
        assert said(write(tmp_path / "v.jsonl", record)) == (
            "records that are no row: 1\n  line 1: not readable as JSON Lines: 'k0' stands twice"
        )

    def test_every_bound_says_why(self) -> None:
        assert all(limit.most and limit.unit and limit.files and limit.why for limit in LIMITS)
