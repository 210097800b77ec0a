"""Data sets of CDISC in files, read back by programs that nobody here wrote."""

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import polars as pl
import pyreadstat
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from odmlib.dataset_json_1_1.model import DatasetJSON
from spec_tables import NAMES, WEIGHTS

import sledai
from examples import examples
from sledai import InvalidInputError, cdisc, frame
from sledai.codebook import Codebook
from sledai.errors import MissingExtraError
from sledai.files import read_visits
from sledai.indices.time_to_event import ONCE

BOOK = Codebook(visit={"subject": "id", "date": "seen"}, recorded={"total": "score"})
STUDY = cdisc.Study(name="S1")
FIRST = frame.BaselineRows.first()
DATA = pl.DataFrame(
    {
        "id": ["A", "A", "B"],
        "seen": [date(1959, 12, 31), date(2024, 3, 1), date(2024, 2, 29)],
        **{name: [False, name == "seizure", None] for name in NAMES},
        "score": [None, None, 4],
    }
)


def dataset(name: str, data: pl.DataFrame = DATA, study: cdisc.Study = STUDY) -> pl.DataFrame:
    if name in {"RS", "QS"}:
        return cdisc.tabulation_rows(data, BOOK, study, domain="RS" if name == "RS" else "QS")
    if name == "ADSLEDAI":
        return cdisc.analysis_rows(data, BOOK, study, baseline=FIRST)
    return cdisc.event_rows(data, BOOK, study, baseline=FIRST, held=ONCE, start_is_day=1)


def is_nothing(cell: Any) -> bool:
    return cell is None or cell == "" or cell != cell  # noqa: PLR0124 - NaN


def cells(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What each row holds; of a transport file nothing is empty text or NaN."""
    return [{name: cell for name, cell in row.items() if not is_nothing(cell)} for row in rows]


class TestTransport:
    """SAS transport of version 5 as pyreadstat reads it: values, labels, and days as days."""

    @pytest.mark.parametrize("name", cdisc.DATASETS)
    def test_values_and_labels_come_back(self, name: str, tmp_path: Path) -> None:
        rows = dataset(name)
        cdisc.write(rows, name.lower(), tmp_path / "d.XPT")
        for output in ("pandas", "polars"):
            table, about = pyreadstat.read_xport(str(tmp_path / "d.XPT"), output_format=output)
            back: Any = table
            found = back.to_dict("records") if output == "pandas" else back.to_dicts()
            assert cells(found) == cells(rows.to_dicts())
            variables = cdisc.variables(name)
            assert about.column_names_to_labels == {v.name: v.label for v in variables}
            assert (about.table_name, about.file_label) == (name, cdisc.DATASETS[name].label)
            shown = {n for n, said in about.original_variable_types.items() if said == "DATE9"}
            assert shown == {v.name for v in variables if v.type == "date"}

    def test_no_rows(self, tmp_path: Path) -> None:
        cdisc.write(dataset("ADTTE").clear(), "ADTTE", tmp_path / "d.xpt")
        back, _ = pyreadstat.read_xport(str(tmp_path / "d.xpt"))
        assert (len(back), len(back.columns)) == (0, 11)

    @pytest.mark.parametrize("name", ["Müller", "A" * 201, "a\0b"])
    def test_text_that_it_does_not_hold(self, name: str, tmp_path: Path) -> None:
        path = tmp_path / "d.xpt"
        path.write_text("old", encoding="utf-8")
        rows = dataset("RS", study=cdisc.Study(name=name))
        with pytest.raises(InvalidInputError, match=r"STUDYID: found '.*accepted: (ASCII|at most)"):
            cdisc.write(rows, "RS", path)
        assert path.read_text(encoding="utf-8") == "old"
        assert [*tmp_path.iterdir()] == [path]

    def test_a_blank_that_it_would_lose(self, tmp_path: Path) -> None:
        rows = dataset("RS").with_columns(RSREASND=pl.lit("no time "))
        said = "RSREASND: found 'no time '; accepted: ASCII without NUL that"
        with pytest.raises(InvalidInputError, match=said):
            cdisc.write(rows, "RS", tmp_path / "d.xpt")

    def test_without_its_library(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sledai.files.batches.find_spec", lambda _: None)
        with pytest.raises(MissingExtraError, match=r"writing SAS transport.*sledai\[stat\]"):
            cdisc.write(dataset("RS"), "RS", tmp_path / "d.xpt")


@st.composite
def recorded_visits(draw: st.DrawFn) -> pl.DataFrame:
    rows: list[dict[str, Any]] = []
    for name in draw(st.lists(st.sampled_from(["1", "A-1"]), min_size=1, unique=True)):
        for day in draw(
            st.lists(
                st.dates(date(1900, 3, 1), date(2100, 1, 1)), min_size=1, max_size=2, unique=True
            )
        ):
            answers = {d: draw(st.sampled_from([True, False, None])) for d in NAMES}
            low = sum(WEIGHTS[d] for d, said in answers.items() if said)
            score = draw(st.sampled_from([None, low]))
            rows.append({"id": name, "seen": day, **answers, "score": score})
    schema = {**dict.fromkeys(NAMES, pl.Boolean), "score": pl.Int64}
    return pl.DataFrame(rows, schema_overrides=schema)


class TestRoundTrip:
    """Visits to rows of SDTM to a transport file to a data frame to visits: the same visits."""

    @given(recorded_visits(), st.sampled_from(["RS", "QS"]))
    @settings(max_examples=examples(10), phases=[Phase.explicit, Phase.reuse, Phase.generate])
    def test_the_same_visits(self, data: pl.DataFrame, domain: Any) -> None:
        rows = cdisc.tabulation_rows(data, BOOK, STUDY, domain=domain)
        with TemporaryDirectory() as folder:
            path = Path(folder, "d.xpt")
            cdisc.write(rows, domain, path)
            tables = [
                pyreadstat.read_xport(str(path), output_format=output)[0]
                for output in ("pandas", "polars")
            ]
            tables.append(read_visits(path))
        book = cdisc.codebook(domain)
        totals = rows.filter(pl.col(f"{domain}TESTCD") == "SLEDTOT")
        if totals[f"{domain}DRVFL"].null_count():
            book = book.stating({"recorded": {"total": "SLEDTOT"}})
        expected = frame.histories(data, BOOK)
        for table in tables:
            assert frame.histories(table, book) == expected


class TestDatasetJson:
    """Dataset-JSON 1.1, top-level and column metadata, and supported column data types."""

    TYPES: ClassVar = {"string": str, "integer": int, "double": float, "date": str}

    @pytest.mark.parametrize("name", cdisc.DATASETS)
    def test_another_program_reads_it(self, name: str, tmp_path: Path) -> None:
        rows = dataset(name)
        cdisc.write(rows, name, tmp_path / "d.json")
        found = DatasetJSON.read_json(str(tmp_path / "d.json"))
        assert (found.name, found.label, found.records) == (
            name,
            cdisc.DATASETS[name].label,
            rows.height,
        )
        assert found.column_names == rows.columns
        days = rows.with_columns(pl.col(pl.Date).dt.to_string("%Y-%m-%d"))
        assert found.rows == [list(row) for row in days.rows()]

    @pytest.mark.parametrize("name", cdisc.DATASETS)
    def test_metadata(self, name: str, tmp_path: Path) -> None:
        before = datetime.now(UTC).replace(microsecond=0)
        cdisc.write(dataset(name), name, tmp_path / "d.json")
        said = json.loads((tmp_path / "d.json").read_text(encoding="utf-8"))
        assert [*said] == [
            "datasetJSONCreationDateTime",
            "datasetJSONVersion",
            "sourceSystem",
            "studyOID",
            "itemGroupOID",
            "records",
            "name",
            "label",
            "columns",
            "rows",
        ]
        assert datetime.fromisoformat(said["datasetJSONCreationDateTime"]) >= before
        assert re.fullmatch(r"1\.1(\.(0|([1-9][0-9]*)))?", said["datasetJSONVersion"])
        assert said["sourceSystem"] == {"name": "sledai", "version": sledai.__version__}
        assert (said["studyOID"], said["itemGroupOID"]) == ("S1", f"IG.{name}")
        keys = [c["name"] for c in sorted(said["columns"], key=lambda c: c.get("keySequence", 99))]
        assert tuple(keys)[: len(cdisc.DATASETS[name].keys)] == cdisc.DATASETS[name].keys
        for number, column in enumerate(said["columns"]):
            assert column["itemOID"] == f"IT.{name}.{column['name']}"
            assert ("length" in column) == (column["dataType"] == "string")
            analysis = column["dataType"] == "date" and name.startswith("AD")
            assert column.get("targetDataType") == ("integer" if analysis else None)
            assert column.get("displayFormat") == ("DATE9." if analysis else None)
            kind = self.TYPES[column["dataType"]]
            assert all(row[number] is None or type(row[number]) is kind for row in said["rows"])

    def test_no_study_is_made_up(self, tmp_path: Path) -> None:
        rows = dataset("RS", study=cdisc.Study())
        cdisc.write(rows, "RS", tmp_path / "d.json")
        said = json.loads((tmp_path / "d.json").read_text(encoding="utf-8"))
        assert "studyOID" not in said
        assert said["rows"][0][0] is None


class TestOtherFormats:
    """Every format that visits are written in takes the rows as they are."""

    @pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl", ".xlsx"])
    def test_rows(self, suffix: str, tmp_path: Path) -> None:
        rows = dataset("ADTTE")
        cdisc.write(rows, "ADTTE", tmp_path / f"d{suffix}")
        back = read_visits(tmp_path / f"d{suffix}")
        assert back.columns == rows.columns
        assert back.height == rows.height
        assert str(back["STARTDT"][0])[:10] == "1959-12-31"

    @pytest.mark.parametrize("suffix", [".csv", ".xpt", ".json"])
    def test_how_it_was_made_stands_beside_it(self, suffix: str, tmp_path: Path) -> None:
        path = tmp_path / f"d{suffix}"
        cdisc.write(dataset("ADTTE"), "ADTTE", path, provenance={"why": "test"})
        beside = json.loads(Path(f"{path}.provenance.json").read_text(encoding="utf-8"))
        assert beside["why"] == "test"


class TestWhatIsRefused:
    """Rows of another data set, another suffix, and what a variable cannot hold."""

    @pytest.mark.parametrize(
        ("name", "suffix", "said"),
        [
            ("DM", ".xpt", "dataset: found 'DM'; accepted: RS, QS, ADSLEDAI, ADTTE"),
            ("QS", ".xpt", "QS: found variables STUDYID, DOMAIN, USUBJID, RSSEQ"),
            ("RS", ".sas7bdat", "cannot write suffix '.sas7bdat'; accepted: .xpt, .json, .csv"),
        ],
    )
    def test_by_name(self, name: str, suffix: str, said: str, tmp_path: Path) -> None:
        with pytest.raises(InvalidInputError, match=re.escape(said)):
            cdisc.write(dataset("RS"), name, tmp_path / f"d{suffix}")

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            (pl.col("RSSEQ").cast(pl.String), "RS, RSSEQ: found type String; accepted: Int64"),
            (pl.lit("A" * 41).alias("RSTEST"), "RS, RSTEST: found 'A.*'; accepted: at most 40 c"),
            (pl.lit("A" * 9).alias("RSTESTCD"), "RSTESTCD: found 'A{9}'; accepted: at most 8 ch"),
        ],
    )
    def test_by_variable(self, changed: pl.Expr, said: str, tmp_path: Path) -> None:
        with pytest.raises(InvalidInputError, match=said):
            cdisc.write(dataset("RS").with_columns(changed), "RS", tmp_path / "d.csv")

    @pytest.mark.parametrize("suffix", [".json", ".xpt", ".csv"])
    @pytest.mark.parametrize("number", [float("inf"), float("-inf"), float("nan")])
    def test_a_number_that_is_none(self, number: float, suffix: str, tmp_path: Path) -> None:
        rows = dataset("RS").with_columns(VISITNUM=pl.lit(number))
        with pytest.raises(InvalidInputError, match=r"RS, VISITNUM: found .*; accepted: a n"):
            cdisc.write(rows, "RS", tmp_path / f"d{suffix}")

    def test_a_name_of_a_visit_with_two_numbers(self, tmp_path: Path) -> None:
        rows = dataset("RS").with_columns(VISIT=pl.lit("Week 4"))
        with pytest.raises(InvalidInputError, match=r"VISIT: found 'Week 4' with VISITNUM 1\.0"):
            cdisc.write(rows, "RS", tmp_path / "d.csv")

    @pytest.mark.parametrize("name", cdisc.DATASETS)
    def test_rows_that_the_keys_do_not_tell_apart(self, name: str, tmp_path: Path) -> None:
        rows = dataset(name)
        keys = cdisc.DATASETS[name].keys
        assert not rows.select(keys).is_duplicated().any()
        with pytest.raises(InvalidInputError, match=rf"{name}: found two rows of 'S1', 'A', '"):
            cdisc.write(pl.concat([rows, rows.head(1)]), name, tmp_path / "d.csv")

    def test_a_frame_of_another_kind(self, tmp_path: Path) -> None:
        rows: Any = dataset("RS").to_pandas()
        with pytest.raises(InvalidInputError, match="RS: found DataFrame; accepted: a data"):
            cdisc.write(rows, "RS", tmp_path / "d.csv")
