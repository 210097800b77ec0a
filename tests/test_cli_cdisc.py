"""`sledai visits --to`: the data sets of CDISC of a file, the same as from Python."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pyreadstat
import pytest
from commands import run

from sledai import Descriptor, cdisc, frame
from sledai.codebook import Codebook
from sledai.files import read_visits
from sledai.indices.states import Readings
from sledai.indices.time_to_event import ONCE

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "visits.csv"
BOOK = Codebook.load(ROOT / "examples" / "visits.toml")
VISITS = ("visits", EXAMPLE, "--codebook", ROOT / "examples" / "visits.toml")
FIRST = frame.BaselineRows.first()


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def data() -> pl.DataFrame:
    return read_visits(EXAMPLE)


class TestDataSets:
    """Each data set of a file is that of its frame."""

    STUDY = cdisc.Study(name="S1", visit="visit", edition="SLEDAI-2K")
    STATED = ("--study", "S1", "--visit", "visit", "--edition", "SLEDAI_2K")

    def test_tabulations(self) -> None:
        for to, domain in (("rs", "RS"), ("qs", "QS")):
            code, out, err = run(*VISITS, *self.STATED, "--to", to, "-o", "d.parquet")
            assert (code, err) == (0, "")
            assert f"1,024 rows of {domain} written to d.parquet" in out
            assert "empty: VISITNUM (--visit-number)" in out
            rows = cdisc.tabulation_rows(
                data(), BOOK, self.STUDY, domain="RS" if to == "rs" else "QS"
            )
            assert pl.read_parquet("d.parquet").equals(rows)

    def test_analysis(self) -> None:
        visits = data().with_columns(day_1=pl.col("date").min().over("patient"))
        visits.write_csv("v.csv")
        file = ("visits", "v.csv", "--codebook", ROOT / "examples" / "visits.toml")
        options = ("--baseline", "first", "--state", "DORIS", "--reference", "day_1")
        code, out, _ = run(*file, *self.STATED, *options, "--to", "adam", "-o", "d.parquet")
        assert code == 0
        assert "empty: AVISITN (--visit-number)" in out
        assert "baseline: the first visit; without one: 0 patients" in out
        study = cdisc.Study(name="S1", visit="visit", edition="SLEDAI-2K", reference="day_1")
        readings = Readings(states=("DORIS",))
        rows = cdisc.analysis_rows(visits, BOOK, study, baseline=FIRST, readings=readings)
        assert pl.read_parquet("d.parquet").equals(rows)
        beside = json.loads(Path("d.parquet.provenance.json").read_text(encoding="utf-8"))
        assert beside["dataset"] == "ADSLEDAI"
        assert beside["study"] == {
            "name": "S1",
            "edition": "SLEDAI-2K",
            "visit": "visit",
            "reference": "day_1",
        }

    @pytest.mark.parametrize("start", [0, 1])
    def test_events(self, start: Any) -> None:
        options = ("--baseline", "first", "--start-is-day", start)
        code, out, _ = run(*VISITS, *options, "--to", "adtte", "-o", "d.parquet")
        assert code == 0
        assert "empty: STUDYID (--study)" in out
        rows = cdisc.event_rows(data(), BOOK, baseline=FIRST, held=ONCE, start_is_day=start)
        assert pl.read_parquet("d.parquet").equals(rows)
        beside = json.loads(Path("d.parquet.provenance.json").read_text(encoding="utf-8"))
        assert beside["start_is_day"] == start

    def test_a_transport_file_without_a_baseline(self) -> None:
        code, out, _ = run(
            *("visits", EXAMPLE, "--subject", "patient", "--date", "date"),
            *("--to", "adam", "-o", "adsledai.xpt"),
        )
        assert code == 0
        assert "empty: STUDYID (--study); BASE, CHG, PCHG, ABLFL and CRITy (--baseline)" in out
        found, about = pyreadstat.read_xport("adsledai.xpt")
        assert len(found) == 320
        assert about.column_names_to_labels["AVAL"] == "Analysis Value"

    def test_a_file_of_rows_is_followed_again(self) -> None:
        run(*VISITS, "--to", "rs", "-o", "rs.xpt")
        cdisc.codebook("RS").dump("rs.toml")
        code, out, _ = run("visits", "rs.xpt", "--codebook", "rs.toml", "--to", "rs", "-o", "2.xpt")
        assert code == 0
        assert "40 visits of 9 patients" in out
        first, second = (read_visits(Path(name)) for name in ("rs.xpt", "2.xpt"))
        assert first.equals(second)

    def test_names_of_visits_come_back(self) -> None:
        run(*VISITS, "--visit", "visit", "--to", "rs", "-o", "rs.xpt")
        cdisc.codebook("RS", keeping=["VISIT"]).dump("rs.toml")
        read = ("visits", "rs.xpt", "--codebook", "rs.toml", "--visit", "VISIT")
        code, _, err = run(*read, "--to", "rs", "-o", "2.xpt")
        assert (code, err) == (0, "")
        first, second = (read_visits(Path(name)) for name in ("rs.xpt", "2.xpt"))
        assert {*first["VISIT"]} == {"baseline", "follow-up", "unscheduled"}
        assert first.equals(second)

    def test_rows_of_another_edition(self) -> None:
        run(*VISITS, *self.STATED, "--to", "rs", "-o", "rs.xpt")
        cdisc.codebook("RS").dump("rs.toml")
        read = ("visits", "rs.xpt", "--codebook", "rs.toml", "--to", "adam", "-o", "d.parquet")
        code, _, err = run(*read)
        assert code == 2
        assert "visits rated by another edition: 40; accepted: SELENA-SLEDAI (--edition)" in err
        assert not Path("d.parquet").exists()
        code, _, err = run(*read, "--edition", "SLEDAI_2K")
        assert (code, err) == (0, "")

    def test_recorded_scores_that_are_not_read_are_said(self) -> None:
        Path("v.csv").write_text("id,seen,rash,total\nA,2024-01-01,yes,2\n", encoding="utf-8")
        columns = ("--subject", "id", "--date", "seen")
        others = [f"--absent={d}" for d in Descriptor if d != "rash"]
        Path("v.toml").write_text('[recorded]\ntotal = "total"\n', encoding="utf-8")
        written = run(
            "visits",
            "v.csv",
            "--codebook",
            "v.toml",
            *columns,
            *others,
            "--to",
            "rs",
            "-o",
            "rs.csv",
        )
        assert written[0] == 0
        cdisc.codebook("RS").dump("rs.toml")
        code, out, _ = run("visits", "rs.csv", "--codebook", "rs.toml")
        assert code == 0
        assert "recorded scores that were not read: SLEDTOT (total in [recorded])" in out
        cdisc.codebook("RS").stating({"recorded": {"total": "SLEDTOT"}}).dump("rs.toml")
        code, out, _ = run("visits", "rs.csv", "--codebook", "rs.toml")
        assert code == 0
        assert "not read:" not in out

    def test_a_file_without_rows(self) -> None:
        data().head(0).write_csv("v.csv")
        codebook = ROOT / "examples" / "visits.toml"
        code, out, _ = run("visits", "v.csv", "--codebook", codebook, "--to", "rs", "-o", "d.xpt")
        assert code == 0
        assert "0 rows of RS written to d.xpt" in out

    def test_patients_whose_rows_are_apart(self, monkeypatch: pytest.MonkeyPatch) -> None:
        shuffled = data().sample(fraction=1, shuffle=True, seed=1)
        shuffled.write_csv("v.csv")
        rows = cdisc.analysis_rows(shuffled, BOOK, cdisc.Study(name="S1"), baseline=FIRST)
        monkeypatch.setattr("sledai.cli.whole_patients.ROWS", 7)
        code, _, _ = run(
            *("visits", "v.csv", "--codebook", ROOT / "examples" / "visits.toml"),
            *("--baseline", "first", "--study", "S1", "--to", "adam", "-o", "d.parquet"),
        )
        assert code == 0
        assert pl.read_parquet("d.parquet").equals(rows)


class TestWhatTheStudySays:
    """Names, numbers, days and reasons of visits are read as all cells of the file are."""

    ROWS = """id,seen,rash,nr,name,day_1,why
A,2024-01-01,,1.1,Screening,2024-01-03,no time
A,2024-02-01,yes,2,NK,2024-01-03,
B,2024-01-05,no,1.1,Screening,,
"""
    OPTIONS = (
        *("visits", "v.csv", "--subject", "id", "--date", "seen", "--missing", "NK"),
        *("--visit", "name", "--visit-number", "nr", "--reference", "day_1", "--reason", "why"),
        *("--to", "rs", "-o", "d.parquet"),
    )

    def rash(self, text: str, *more: str) -> tuple[int, str, str]:
        Path("v.csv").write_text(text, encoding="utf-8")
        others = [f"--absent={d}" for d in Descriptor if d != "rash"]
        return run(*self.OPTIONS, *others, *more)

    def test_in_the_rows(self) -> None:
        code, _, err = self.rash(self.ROWS)
        assert (code, err) == (0, "")
        rows = pl.read_parquet("d.parquet").filter(RSTESTCD="SLED115")
        columns = ("USUBJID", "VISITNUM", "VISIT", "RSDY", "RSSTAT", "RSREASND", "RSSTRESN")
        assert rows.select(columns).rows() == [
            ("A", 1.1, "Screening", -2, "NOT DONE", "no time", None),
            ("A", 2.0, None, 30, None, None, 2),
            ("B", 1.1, "Screening", None, None, None, 0),
        ]

    def test_what_is_wrong_is_said_with_its_line(self) -> None:
        code, _, err = self.rash(self.ROWS.replace(",2,", ",two,").replace("2024-01-03,no", "x,no"))
        assert code == 2
        assert "cells that are no number of a visit: 1; accepted: a number line 3" in err
        assert "cells that are no date: 1" in err

    @pytest.mark.parametrize("number", ["1e400", "inf"])
    def test_a_number_without_an_end(self, number: str) -> None:
        code, _, err = self.rash(self.ROWS.replace(",2,", f",{number},"))
        assert code == 2
        assert "cells that are no number of a visit: 1" in err

    def test_a_name_with_two_numbers(self) -> None:
        code, _, err = self.rash(self.ROWS.replace("no,1.1", "no,3"))
        assert code == 2
        assert "VISIT: found 'Screening' with VISITNUM 1.1 and 3.0; accepted: one for each" in err
        assert not Path("d.parquet").exists()

    def test_a_visit_without_a_number(self) -> None:
        code, _, err = self.rash(self.ROWS.replace(",2,", ",,"))
        assert code == 2
        assert "cells that are no number of a visit: 1" in err

    def test_patients_that_cannot_be_read_are_set_aside(self) -> None:
        code, out, _ = self.rash(self.ROWS.replace(",2,", ",two,"), "--rejects", "r.csv")
        assert code == 1
        assert "26 rows of RS written to d.parquet" in out
        assert pl.read_parquet("d.parquet")["USUBJID"].unique().to_list() == ["B"]
        assert pl.read_csv("r.csv")["id"].to_list() == ["A", "A"]


class TestWhatIsRefused:
    """What is asked for and cannot be, before anything is read."""

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            (("--study", "S1"), "found options of a data set; accepted: --to rs, qs, adam, adtte"),
            (("--edition", "SLEDAI_2K"), "found options of a data set"),
            (("--visit", "visit"), "found options of a data set"),
            (("--start-is-day", "1"), "found options of a data set"),
            (("--to", "rs"), "--to rs: found no --output; accepted: .xpt, .json, .csv"),
            (
                ("--to", "rs", "-o", "d.xpt", "--patients", "p.csv"),
                "--to rs: found --patients; accepted: --output alone",
            ),
            (
                ("--to", "adam", "-o", "d.xpt", "--start-is-day", "1"),
                "--to adam: found --start-is-day; accepted: it with adtte",
            ),
            (("--to", "adtte", "-o", "d.xpt"), "found no --start-is-day; accepted: 0, 1"),
            (
                ("--to", "adtte", "-o", "d.xpt", "--start-is-day", "0"),
                "found no baseline; accepted: --baseline, --baseline-where or --baseline-by",
            ),
            (("--to", "rs", "-o", "d.sav"), "cannot write suffix '.sav'; accepted: .xpt, .json"),
            (("--to", "rs", "-o", "d.xpt", "--visit", "no"), "no column 'no'"),
            (("--to", "rs", "-o", "d.xpt", "--edition", "3"), "edition: found '3'"),
            (("-o", "d.xpt"), "cannot write suffix '.xpt'"),
        ],
    )
    def test_options(self, options: tuple[str, ...], said: str) -> None:
        code, _, err = run(*VISITS, *options)
        assert code == 2
        assert said in err
        assert not [*Path().iterdir()]

    def test_days_in_place_of_dates(self) -> None:
        Path("v.csv").write_text("id,week,rash\nA,4,no\n", encoding="utf-8")
        Path("v.toml").write_text(
            '[visit]\nsubject = "id"\nday = "week"\nday_unit = "weeks"\n', encoding="utf-8"
        )
        code, _, err = run("visits", "v.csv", "--codebook", "v.toml", "--to", "rs", "-o", "d.csv")
        assert code == 2
        assert "found days since a day 0; accepted: dates" in err
