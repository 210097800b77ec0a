"""Ways in which a file could give a wrong score without an error: each is right, or refused."""

import csv
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import spec_tables
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import assessments

from examples import examples
from sledai import Assessment, Descriptor, InvalidInputError, frame, score_bounds
from sledai.__main__ import main
from sledai.cli import app as cli
from sledai.codebook import Codebook
from sledai.files import open_visits, read_visits

NAMES = spec_tables.NAMES
FIELD = Path(__file__).parents[2] / "shared" / "field"
field = pytest.mark.skipif(
    not FIELD.exists(), reason=f"the files of the field are not at {FIELD.name}/"
)


@contextmanager
def folder() -> Iterator[None]:
    before = Path.cwd()
    with TemporaryDirectory() as path:
        os.chdir(path)
        try:
            yield
        finally:
            os.chdir(before)


def run(*args: object) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit) as stopped, redirect_stdout(out), redirect_stderr(err):
        cli.run([str(arg) for arg in args])
    assert isinstance(stopped.value.code, int)
    return stopped.value.code, out.getvalue(), " ".join(err.getvalue().split())


def write(path: str, rows: list[dict[str, object]]) -> None:
    with Path(path).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def bounds() -> list[tuple[int, int]]:
    scored = pl.read_csv("s.csv", infer_schema_length=None)
    return scored.select("sledai_low", "sledai_high").rows()


class TestNamesOfOtherColumns:
    """1.1: a name is taken only where it can be no other column."""

    @field
    def test_history_beside_prefixed_items(self) -> None:
        path = FIELD / "prefixed-plus-bare.csv"
        code, out, err = run("score", path)
        assert (code, out) == (2, "")
        assert "two families of names: 'arthritis', 'cva', 'proteinuria' beside 'sledai_" in err
        named = [f"--column=sledai_{d}={d}" for d in Descriptor]
        history = {"arthritis", "cerebrovascular_accident", "proteinuria"}
        some = [f"--column=sledai_{d}={d}" for d in Descriptor if d not in history]
        assert run("score", path, *some)[0] == 2
        with folder():
            assert run("score", path, *named, "-o", "s.csv")[0] == 0
            assert bounds() == [(0, 0), (8, 8)]
            none = [f"--no-item={name}" for name in ("arthritis", "cva", "proteinuria")]
            open_ = [f"--not-collected={d}" for d in history]
            code, out, _ = run("score", path, *some, *none, *open_)
            assert (code, "no items: arthritis, cva, proteinuria" in out) == (0, True)

    @field
    def test_a_titre_is_no_item(self) -> None:
        path = FIELD / "lab-beside-item.csv"
        code, _, err = run("score", path)
        assert code == 2
        assert "'dsdna' may be increased_dna_binding or another column; if it is: --column" in err
        with folder():
            open_ = "--not-collected=increased_dna_binding"
            assert run("score", path, open_, "-o", "s.csv")[0] == 0
            assert bounds() == [(2, 4)] * 3
            assert run("score", path, open_, "--no-item=dsdna", "-o", "s.csv")[0] == 0
            assert bounds() == [(2, 4)] * 3

    def test_the_number_of_a_row_is_no_item(self) -> None:
        others = {d: 0 for d in NAMES if d != "organic_brain_syndrome"}
        with folder():
            write("v.csv", [{"Obs": 1, **others}])
            assert run("score", "v.csv")[0] == 2
            assert run("score", "v.csv", "--not-collected", "obs", "-o", "s.csv")[0] == 0
            assert bounds() == [(0, 8)]
            assert run("score", "v.csv", "--column", "Obs=obs", "-o", "s.csv")[0] == 0
            assert bounds() == [(8, 8)]

    @settings(max_examples=examples(40), deadline=None)
    @given(
        assessments(),
        st.sampled_from(["sledai_{}", "{}_v1", "SLEDAI {}", "b.{}", "sledai{}"]),
        st.sets(st.sampled_from(NAMES), min_size=1),
        st.sets(st.sampled_from(NAMES), max_size=24),
        st.sets(st.sampled_from(NAMES)),
    )
    def test_right_or_refused(
        self,
        visit: Assessment,
        pattern: str,
        collected: set[str],
        bare: set[str],
        named: set[str],
    ) -> None:
        """Items by a pattern, beside bare names of something else; some are named, or all."""
        cells = {True: "yes", False: "no", None: ""}
        items = {pattern.format(n): cells[getattr(visit, n)] for n in NAMES if n in collected}
        row: dict[str, object] = {"id": 1, **dict.fromkeys(sorted(bare), "yes"), **items}
        known = visit.model_copy(update=dict.fromkeys(set(NAMES) - (collected & named)))
        columns = [f"--column={pattern.format(n)}={n}" for n in collected & named]
        rest = [n for n in NAMES if n not in collected & named]
        with folder():
            write("v.csv", [row])
            code, _, _ = run("score", "v.csv", *columns, "-o", "s.csv")
            if code == 0 and rest:
                # Few were named and nothing else looks like an item: the bare names are the file's.
                assert collected <= named
                assert len(collected) < len(bare)
            elif code == 0:
                assert bounds() == [(score_bounds(known).low, score_bounds(known).high)]
            none = [f"--no-item={name}" for name in sorted(bare)]
            none += [f"--no-item={pattern.format(n)}" for n in collected - named]
            open_ = [f"--not-collected={n}" for n in rest]
            assert run("score", "v.csv", *columns, *none, *open_, "-o", "s.csv")[0] == 0
            assert bounds() == [(score_bounds(known).low, score_bounds(known).high)]

    @pytest.mark.parametrize("lazy", [False, True])
    def test_frames(self, lazy: bool) -> None:
        data = pl.DataFrame({"arthritis": [True], "sledai_arthritis": [False]})
        df: Any = data.lazy() if lazy else data
        others = set(Descriptor) - {"arthritis"}
        with pytest.raises(InvalidInputError, match=r"'sledai_arthritis'; .*\[descriptors\]"):
            frame.score(df, Codebook(descriptors={"absent": others}))
        options: list[dict[str, Any]] = [
            {"absent": others, "arthritis": "sledai_arthritis"},
            {"absent": others, "not_collected": ["arthritis"], "no_items": ["arthritis"]},
            {"absent": others, "no_items": ["sledai_arthritis"]},
        ]
        found = [frame.score(df, Codebook(descriptors=one)).lazy().collect() for one in options]
        assert [one.select("sledai_low", "sledai_high").row(0) for one in found] == [
            (0, 0),
            (0, 4),
            (4, 4),
        ]
        with pytest.raises(InvalidInputError, match=r"\[descriptors\] no_items: found 'arthritis'"):
            frame.score(df, Codebook(descriptors={"absent": others, "no_items": "arthritis"}))
        with pytest.raises(
            InvalidInputError, match=r"if that is no item, say so \(no_items of a c"
        ):
            frame.score(
                df,
                Codebook(descriptors={"absent": set(Descriptor), "no_items": ["sledai_arthritis"]}),
            )


class TestScales:
    """1.2: a global assessment is on the scale that is stated, and on no other."""

    @field
    def test_zero_to_ten(self) -> None:
        path = FIELD / "pga-0-10.csv"
        options = ["--subject", "id", "--date", "date", "-o", "s.csv"]
        options += ["--field", "Dosis_Prednisona_Mg_Dia=prednisone_mg_day", "--field"]
        column = "Actividad_Global_Medico"
        with folder():
            code, _, err = run("visits", path, *options, f"{column}=physician_global")
            assert (code, "with the scale of the column, as 'physician_global 0-3'" in err) == (
                2,
                True,
            )
            code, out, _ = run("visits", path, *options, f"{column}=physician_global 0-10")
            assert (code, f"{column} as physician_global 0-10" in out) == (0, True)
            states = pl.read_csv("s.csv")["sledai_doris"].to_list()
            assert states == ["not_met", "not_met", "met"]

    @settings(max_examples=examples(40), deadline=None)
    @given(st.sampled_from([3, 10, 100]), st.integers(0, 300))
    def test_right_or_refused(self, most: int, hundredths: int) -> None:
        """The same visit on three scales is in remission on all of them or on none."""
        told = hundredths * most / 300  # the physician's global, as the column has it
        quiet = {
            "id": "A",
            "seen": "2024-01-01",
            "prednisone_mg_day": "0",
            "stable_treatment": "yes",
        }
        row: dict[str, object] = {**quiet, "pga": f"{told:.6f}", **dict.fromkeys(NAMES, "no")}
        options = ["--subject", "id", "--date", "seen", "-o", "s.csv"]
        with folder():
            write("v.csv", [row])
            assert run("visits", "v.csv", *options)[0] == 2  # a scale that nobody stated
            stated = f"pga=physician_global 0-{most}"
            assert run("visits", "v.csv", *options, "--field", stated)[0] == 0
            expected = "met" if hundredths < 50 else "not_met"
            assert pl.read_csv("s.csv")["sledai_doris"].to_list() == [expected]


class TestRowsOfWhichNothingIsKnown:
    """1.3: a row without one answered descriptor stays open under every policy."""

    def test_a_file(self) -> None:
        row: dict[str, object] = {"id": 1, **dict.fromkeys(NAMES, "")}
        with folder():
            write("v.csv", [row, {**row, "rash": "no"}, {**row, "rash": "yes"}])
            code, out, _ = run("score", "v.csv", "--policy", "absent", "-o", "s.csv")
            assert code == 0
            assert bounds() == [(0, 105), (0, 0), (2, 2)]
            assert "1 visits at which no descriptor was assessed: left open" in out
            assert "policy absent: 46 answers at 2 visits were not assessed and count" in out
            _, out, _ = run("score", "v.csv", "-o", "s.csv")
            assert "1 visits at which no descriptor was assessed: left open" in out

    def test_columns_that_are_not_there_answer_nothing(self) -> None:
        with folder():
            write("v.csv", [{"id": 1, "rash": ""}, {"id": 1, "rash": "no"}])
            asserted = [f"--absent={d}" for d in Descriptor if d not in {"rash", "fever"}]
            options = [*asserted, "--not-collected=fever", "--policy=absent", "-o", "s.csv"]
            assert run("score", "v.csv", *options)[0] == 0
            assert bounds() == [(0, 3), (0, 0)]

    def test_frames_in_which_nothing_was_collected(self) -> None:
        data = pl.DataFrame({"id": [1]})
        scored = frame.score(
            data, Codebook(descriptors={"not_collected": Descriptor}), policy="absent"
        )
        assert scored.select("sledai_total", "sledai_low", "sledai_high").row(0) == (None, 0, 105)
        scored = frame.score(data, Codebook(descriptors={"absent": Descriptor}), policy="absent")
        assert scored["sledai_total"].to_list() == [0]

    def test_a_rule_stays_open(self) -> None:
        data = pl.DataFrame({name: [None, False] for name in NAMES})
        judged = frame.judge(data.cast(pl.Boolean), rules="NCT05765006", policy="absent")
        assert judged["sledai_nct05765006"].to_list() == ["undetermined", "not_met"]


CODES = [("2", "1"), ("-1", "0"), ("1", "2"), ("+", "-"), ("t", "f"), ("ja", "nein"), ("x", "")]
CODES += [("SI", "NO"), ("Checked", "Unchecked"), ("1", "0"), ("yes", "no"), ("9", "1")]


class TestCodes:
    """1.4: cells in a code that nobody stated are refused, whether or not rows are set aside."""

    @field
    @pytest.mark.parametrize("rejects", [[], ["--rejects", "r.csv"]])
    def test_one_for_no_and_two_for_yes(self, rejects: list[str]) -> None:
        path = FIELD / "coded-1-no-2-yes.csv"
        with folder():
            code, _, err = run("score", path, *rejects)
            assert (code, list(Path().iterdir())) == (2, [])
            assert "a coding that is not stated: all cells that are no answer hold '2' (1 of" in err
            stated = ["--present", "2", "--absent-text", "1"]
            assert run("score", path, *stated, *rejects, "-o", "s.csv")[0] == 0
            assert bounds() == [(0, 0), (4, 4)]

    @settings(max_examples=examples(60), deadline=None)
    @given(
        st.lists(assessments(st.booleans()), min_size=1, max_size=3)
        | st.lists(assessments(), min_size=1, max_size=3),
        st.sampled_from(CODES),
        st.booleans(),
    )
    def test_right_or_refused(
        self, visits: list[Assessment], code: tuple[str, str], rejects: bool
    ) -> None:
        yes, no = code
        # Where an empty cell says no, it cannot be told from a missing answer.
        visits = visits if no else [Assessment.of(present=v.present) for v in visits]
        cells = {True: yes, False: no, None: ""}
        rows: list[dict[str, object]] = [
            {"id": 1, **{name: cells[getattr(visit, name)] for name in NAMES}} for visit in visits
        ]
        expected = [(score_bounds(v).low, score_bounds(v).high) for v in visits]
        with folder():
            write("v.csv", rows)
            options = ["-o", "s.csv", *(["--rejects", "r.csv"] if rejects else [])]
            if run("score", "v.csv", *options)[0] == 0:
                open_ = [score_bounds(v.model_copy(update=dict.fromkeys(v.absent))) for v in visits]
                assert bounds() == (expected if no else [(b.low, b.high) for b in open_])
            if no:
                stated = ["--present", yes.upper(), "--absent-text", no]
                assert run("score", "v.csv", *options, *stated)[0] == 0
                assert bounds() == expected

    def test_only_ones(self) -> None:
        with folder():
            write("v.csv", [dict.fromkeys(NAMES, "1"), dict.fromkeys(NAMES, "")])
            code, _, err = run("score", "v.csv", "-o", "s.csv")
            assert (code, Path("s.csv").exists()) == (2, False)
            assert "most columns hold 1 and never say absent, so 1 may mean no" in err
            assert run("score", "v.csv", "--present", "1", "-o", "s.csv")[0] == 0
            assert bounds() == [(105, 105), (0, 105)]
            for word in ("yes", "true"):
                write("v.csv", [dict.fromkeys(NAMES, word)])
                assert run("score", "v.csv", "-o", "s.csv")[0] == 0
            pl.DataFrame({name: [True] for name in NAMES}).write_parquet("v.parquet")
            assert run("score", "v.parquet", "-o", "s.csv")[0] == 0
            pl.DataFrame({name: [1] for name in NAMES}).write_parquet("v.parquet")
            assert run("score", "v.parquet", "-o", "s.csv")[0] == 2

    def test_other_codes_beside_it(self) -> None:
        """1 = no, 2 = yes, 8 and 9 = not known: what is set aside hides the coding."""
        row: dict[str, object] = dict.fromkeys(NAMES, "1")
        odd: list[dict[str, object]] = [{**row, "rash": code} for code in ("2", "8", "9")]
        with folder():
            write("v.csv", [row, *odd])
            assert run("score", "v.csv", "--rejects", "r.csv")[0] == 2
            write("v.csv", [{**row, "seizure": "0"}, {**row, "seizure": "0", "rash": "2"}])
            assert run("score", "v.csv", "--rejects", "r.csv")[0] == 2
            write("v.csv", [{**row, "seizure": "0"}] * 2)
            assert run("score", "v.csv")[0] == 2

    def test_a_third_code_throughout(self) -> None:
        """Where 1 is yes, 2 no and 0 not known, a 0 is not absent."""
        row: dict[str, object] = {**dict.fromkeys(NAMES, "0"), "rash": "1"}
        with folder():
            write("v.csv", [{**row, "fever": "2", "pyuria": "2"}, row])
            assert run("score", "v.csv", "--rejects", "r.csv")[0] == 2
            # One odd cell is a slip, and its row is set aside.
            write("v.csv", [{**row, "fever": "2"}, row])
            assert run("score", "v.csv", "--rejects", "r.csv", "-o", "s.csv")[0] == 1
            assert bounds() == [(2, 2)]
            write("v.csv", [{**row, "fever": "maybe"}, {**row, "fever": "maybe"}, row])
            assert run("score", "v.csv", "--rejects", "r.csv", "-o", "s.csv")[0] == 1

    def test_where_codes_are_stated_another_is_a_slip(self) -> None:
        with folder():
            row: dict[str, object] = dict.fromkeys(NAMES, "n")
            write("v.csv", [{**row, "rash": "x"}, row])
            stated = ["--present", "j", "--absent-text", "n", "-o", "s.csv"]
            assert run("score", "v.csv", *stated, "--rejects", "r.csv")[0] == 1
            assert bounds() == [(0, 0)]

    def test_booleans_say_what_they_say(self) -> None:
        with folder():
            row = {name: [2, 1] for name in NAMES} | {"rash": [True, False]}
            pl.DataFrame(row).write_parquet("v.parquet")
            stated = ["--present", "2", "--absent-text", "1"]
            assert run("score", "v.parquet", *stated, "-o", "s.csv")[0] == 0
            assert bounds() == [(105, 105), (0, 0)]

    def test_more_wrong_texts_than_a_coding_has(self) -> None:
        with folder():
            row: dict[str, object] = dict.fromkeys(NAMES, "no")
            odd = [{**row, "seizure": text, "rash": "e"} for text in ("a", "b", "c", "d")]
            write("v.csv", [*odd, row])
            assert run("score", "v.csv", "--rejects", "r.csv", "-o", "s.csv")[0] == 1
            assert bounds() == [(0, 0)]

    def test_a_word_that_would_say_both(self) -> None:
        with folder():
            write("v.csv", [dict.fromkeys(NAMES, "1")])
            code, _, err = run("score", "v.csv", "--present", "A", "--absent-text", "a")
            assert (code, err) == (2, "error: found 'a' both for present and for absent")

    def test_stated_words_hold_for_every_command(self) -> None:
        row = {
            "id": "A",
            "seen": "2024-01-01",
            "total": 4,
            "new": "ja",
            **dict.fromkeys(NAMES, "n"),
        }
        words = ["--present", "ja", "--absent-text", "n"]
        with folder():
            write("v.csv", [{**row, "arthritis": "JA"}])
            assert run("audit", "v.csv", "--recorded", "total", *words)[0] == 0
            options = ["--subject", "id", "--date", "seen", *words, "--field", "new=new_nsaid"]
            assert run("visits", "v.csv", *options, "-o", "s.csv")[0] == 0
            assert bounds() == [(4, 4)]
            signs = ["--edition", "SELENA", "--sign", "scleritis=new", "-o", "d.csv", *words]
            write("signs.csv", [{"id": 1, "new": "ja"}, {"id": 2, "new": "n"}])
            assert run("derive", "signs.csv", *signs)[0] == 0
            assert pl.read_csv("d.csv")["visual_disturbance"].to_list() == [True, None]

    @pytest.mark.parametrize("engine", ["polars", "pandas", "pandas objects", "pyarrow"])
    def test_frames(self, engine: str) -> None:
        others = set(Descriptor) - {"rash", "fever"}
        texts = pl.DataFrame(
            {"rash": ["Ja", "nein ", "NK", None], "fever": ["JA", "ja", "nein", "nk"]}
        )
        numbers = pl.DataFrame({"rash": [2.0, 1.0, -9.0, None], "fever": [2, 2, 1, -9]})
        kinds: dict[str, Any] = {
            "polars": lambda df: df,
            "pandas": lambda df: df.to_pandas(),
            "pandas objects": lambda df: df.to_pandas().astype(object),
            "pyarrow": lambda df: df.to_arrow(),
        }
        make = kinds[engine]
        if engine == "pandas objects":
            texts = texts.with_columns(pl.all().str.strip_chars())
        words: list[tuple[pl.DataFrame, Any]] = [
            (texts, {"present": ["ja"], "absent": ["Nein"], "not_assessed": ["nk"]}),
            (numbers, {"present": [2], "absent": [1], "not_assessed": [-9]}),
        ]
        for df, said in words:
            scored = frame.score(make(df), Codebook(descriptors={"absent": others}, answers=said))
            rows = pl.DataFrame(scored).select("sledai_low", "sledai_high").rows()
            assert rows == [(3, 3), (1, 1), (0, 2), (0, 3)]
        with pytest.raises(InvalidInputError, match=r"found '?Ja'? in row 0"):
            frame.score(make(texts), Codebook(descriptors={"absent": others}))

    def test_frames_of_ones(self) -> None:
        ones = pl.DataFrame({name: [1, None] for name in NAMES})
        with pytest.raises(
            InvalidInputError, match=r"state what means present and absent \(\[answers\] of"
        ):
            frame.score(ones)
        assert frame.score(ones, Codebook(answers={"present": [1]}))["sledai_low"].to_list() == [
            105,
            0,
        ]
        assert frame.score(ones, Codebook(answers={"present": [2], "absent": [1]}))[
            "sledai_low"
        ].to_list() == [0, 0]
        assert frame.score(ones.cast(pl.Boolean))["sledai_low"].to_list() == [105, 0]
        nothing = pl.DataFrame(
            {name: [None] for name in NAMES}, schema=dict.fromkeys(NAMES, pl.Int8)
        )
        assert frame.score(nothing)["sledai_high"].to_list() == [105]
        for nans in (pl.DataFrame({name: [float("nan")] for name in NAMES}), nothing.to_pandas()):
            assert list(frame.score(nans)["sledai_high"]) == [105]
        objects = ones.cast(pl.Boolean).to_pandas().astype(object)
        assert frame.score(objects)["sledai_low"].to_list() == [105, 0]
        with pytest.raises(InvalidInputError, match="holds true and false beside codes that are"):
            frame.score(objects, Codebook(answers={"present": [2], "absent": [1]}))
        one_absent = ones.with_columns(seizure=0, psychosis=0)
        with pytest.raises(InvalidInputError, match="most columns hold 1 and never say absent"):
            frame.score(one_absent)

    def test_signs_of_visits_in_frames(self) -> None:
        """What is stated holds for every yes-or-no column, and for what stands for nothing."""
        row: dict[str, Any] = {"id": ["A", "A"], "seen": ["2024-01-01", "2024-02-01"]}
        row |= {name: [1, 1] for name in NAMES} | {
            "hemolytic_anemia": [1, 2],
            "weight_kg": [60, -9],
        }
        file = {"missing": [-9]}
        words = Codebook(file=file, answers={"present": [2], "absent": [1]})
        found = frame.histories(pl.DataFrame(row), words, subject="id", date="seen")
        visits = found["A"].visits
        assert [visit.hemolytic_anemia for visit in visits] == [False, True]
        assert [visit.weight_kg for visit in visits] == [60, None]
        row["hemolytic_anemia"] = ["nein", "Ja "]
        texts = Codebook(file=file, answers={"present": [2, "ja"], "absent": [1, "nein"]})
        found = frame.histories(pl.DataFrame(row), texts, subject="id", date="seen")
        assert [visit.hemolytic_anemia for visit in found["A"].visits] == [False, True]

    def test_signs_of_findings(self) -> None:
        with folder():
            write("v.csv", [{"id": 1, "new": "1"}, {"id": 2, "new": "1"}])
            options = ["--edition", "SELENA", "--sign", "scleritis=new"]
            assert run("derive", "v.csv", *options)[0] == 2
            assert run("derive", "v.csv", *options, "--present", "1")[0] == 0
        signs = {"scleritis": "new"}
        with pytest.raises(InvalidInputError, match="1 may mean no"):
            frame.derive(pl.DataFrame({"new": [1, 1]}), Codebook(findings=signs), edition="SELENA")
        made = frame.derive(
            pl.DataFrame({"new": [1, 1]}),
            Codebook(answers={"present": [1]}, findings=signs),
            edition="SELENA",
        )
        assert made["visual_disturbance"].to_list() == [True, True]

    @pytest.mark.parametrize("kind", [pl.Categorical, pl.Enum(["ja", "nein"])])
    def test_categories_are_texts(self, kind: Any) -> None:
        df = pl.DataFrame({"rash": pl.Series(["ja", "nein", None], dtype=kind)})
        scored = frame.score(
            df,
            Codebook(
                answers={"present": ["ja"], "absent": ["nein"]},
                descriptors={"absent": set(Descriptor) - {"rash"}},
            ),
        )
        assert scored["sledai_high"].to_list() == [2, 0, 2]
        assert scored["sledai_low"].to_list() == [2, 0, 0]

    @pytest.mark.parametrize(
        ("answers", "said"),
        [
            (["ja"], r"\[answers\] found \['ja'\]; accepted: a table of present, absent"),
            ({"present": "ja"}, r"\[answers\] present: found 'ja'; accepted: a list of texts"),
            ({"present": [True]}, r"\[answers\] present: found True; accepted: text or a number"),
            ({"absent": [None]}, r"\[answers\] absent: found None; accepted: text or a number"),
            ({"present": ["x"], "absent": ["X "]}, "found 'x' both for present and for absent"),
        ],
    )
    def test_words_that_are_none(self, answers: Any, said: str) -> None:
        with pytest.raises(InvalidInputError, match=said):
            Codebook(answers=answers)


class TestMissing:
    """1.6: numbers that stand for nothing are compared as numbers."""

    @pytest.mark.parametrize(
        ("missing", "cell"),
        [("-9", "-9.0"), ("-9", "-9.00"), ("999", "999.0"), ("999.0", "999"), ("-9.5", "-9.50")],
    )
    def test_however_they_are_written(self, missing: str, cell: str) -> None:
        with folder():
            row: dict[str, object] = {**dict.fromkeys(NAMES, "0"), "rash": cell, "fever": "1"}
            write("v.csv", [row, {**row, "rash": "0"}])
            assert run("score", "v.csv", "--missing", missing, "-o", "s.csv")[0] == 0
            assert bounds() == [(1, 3), (1, 1)]
            pl.read_csv("v.csv").write_parquet("v.parquet")
            assert run("score", "v.parquet", "--missing", missing, "-o", "s.csv")[0] == 0
            assert bounds() == [(1, 3), (1, 1)]

    def test_past_the_first_cells(self) -> None:
        with folder():
            rows: list[dict[str, object]] = [{**dict.fromkeys(NAMES, "0"), "fever": "1"}] * 1_000
            write("v.csv", [*rows, {**rows[0], "rash": "-9.0"}])
            assert run("score", "v.csv", "--missing", "-9", "-o", "s.csv")[0] == 0
            assert bounds()[-1] == (1, 3)

    def test_other_numbers_stay(self) -> None:
        with folder():
            write("v.csv", [{**dict.fromkeys(NAMES, "0"), "rash": "-9.1"}])
            assert run("score", "v.csv", "--missing", "-9")[0] == 2

    def test_dates_and_fields_of_visits(self) -> None:
        with folder():
            row: dict[str, object] = {"id": "A", "seen": "2024-01-01", "weight_kg": "-9.0"}
            write("v.csv", [{**row, **dict.fromkeys(NAMES, "no"), "hemoglobin": "-9.0"}])
            options = ["--subject", "id", "--date", "seen", "--missing", "-9"]
            assert run("visits", "v.csv", *options)[0] == 0


class TestNamesOfLaboratoryColumns:
    """1.7: just the column that is named is read."""

    @pytest.mark.parametrize(
        "name", ["WBC ", " WBC", "WBC", "^W.*$", "*", "", "a b", "W lower=1", "W 10*9/L", "w=b"]
    )
    def test_every_column_can_be_named(self, name: str) -> None:
        others = {"WBC": "9.9", "WBC ": "8.8", "W": "7.7"}
        row: dict[str, object] = {"id": 1, **others, name: "2.5", "last": "x"}
        with folder():
            write("v.csv", [row])
            lab = ["--lab", f"white_cells={name} 10*9/L"]
            code, out, err = run("derive", "v.csv", "--edition", "SELENA", *lab, "-o", "d.csv")
            assert (code, err) == (0, "")
            assert pl.read_csv("d.csv")["leukopenia"].to_list() == [True]
            items = dict.fromkeys(NAMES, "no")
            write("v.csv", [{**row, **items, "total": 0}])
            code, out, _ = run("audit", "v.csv", "--recorded", "total", *lab)
            assert (code, "1 absent though past the limit" in " ".join(out.split())) == (0, True)

    @settings(max_examples=examples(60), deadline=None)
    @given(
        st.text("aW ^$*=.10", max_size=5), st.sets(st.text("aW ^$*=.10", max_size=5), max_size=3)
    )
    def test_right_or_refused(self, name: str, others: set[str]) -> None:
        near = {name.strip(), f"{name} ", f" {name}", name.lower(), name.upper(), "W", *others}
        row: dict[str, object] = {"id": 1, **dict.fromkeys(sorted(near), "9.9"), name: "2.5"}
        with folder():
            write("v.csv", [{**row, "last": "x"}])
            lab = f"white_cells={name} 10*9/L"
            code = run("derive", "v.csv", "--edition", "SELENA", "--lab", lab, "-o", "d.csv")[0]
            assert code in {0, 2}
            if code == 0:
                assert pl.read_csv("d.csv")["leukopenia"].to_list() == [True]

    def test_limits_in_columns_of_any_name(self) -> None:
        with folder():
            write("v.csv", [{"id": 1, "C 3": "0.8", "low end": "0.9", "*": "1.8"}])
            lab = "c3=C 3 g/L lower=low end upper=*"
            assert (
                run("derive", "v.csv", "--edition", "SELENA", "--lab", lab, "-o", "d.csv")[0] == 0
            )
            assert pl.read_csv("d.csv")["low_complement"].to_list() == [True]

    def test_a_name_that_can_be_read_in_two_ways_is_refused(self) -> None:
        with folder():
            write("v.csv", [{"C3": "0.8", "C3 g/L lower=0.9 upper=x": "0.8", "x y": "1"}])
            lab = "c3=C3 g/L lower=0.9 upper=x y"
            code, _, err = run("derive", "v.csv", "--edition", "SELENA", "--lab", lab)
            assert code == 2
            assert "which may mean column 'C3' or 'C3 g/L lower=0.9 upper=x'; rename one" in err

    def test_a_column_that_is_not_there_is_not_another(self) -> None:
        with folder():
            write("v.csv", [{"id": 1, "WBC": "2.5"}])
            for name in ("WBC ", "wbc", " WBC"):
                lab = f"white_cells={name} 10*9/L"
                code, _, err = run("derive", "v.csv", "--edition", "SELENA", "--lab", lab)
                assert (code, err) == (2, f"error: v.csv: no column {name!r}")

    @pytest.mark.parametrize("name", ["^r.*$", "*", "", "a b"])
    def test_items_and_recorded_totals(self, name: str) -> None:
        row: dict[str, object] = dict.fromkeys(NAMES, "no") | {"total": 2}
        del row["rash"]
        with folder():
            write("v.csv", [{name: "yes", **row}])
            options = ["--column", f"{name}=rash"]
            assert run("score", "v.csv", *options, "-o", "s.csv")[0] == 0
            assert bounds() == [(2, 2)]
            assert read_visits(Path("s.csv")).columns[:2] == [name, "seizure"]
            assert run("audit", "v.csv", *options, "--recorded", "total")[0] == 0


class TestStateOfTheProcess:
    """1.8: no result depends on it, and it is left as it was."""

    def test_the_limit_of_csv_is_left_as_it_was(self) -> None:
        before = csv.field_size_limit()
        with folder():
            write("v.csv", [{"id": "x" * 200_000, "note": '"quoted"'}] * 50)

            def read() -> None:
                assert read_visits(Path("v.csv")).height == 50

            threads = [Thread(target=read) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert csv.field_size_limit() == before


class TestWhatIsNoVerdict:
    """1.9: 0, 1 and 3 are said by a verdict alone, whatever happens."""

    def table(self, **columns: Any) -> pa.Table:
        return pa.table({**columns, **{name: pa.array([False, None]) for name in NAMES}})

    @pytest.mark.parametrize(
        ("column", "shown"),
        [
            (
                pa.array([datetime(2024, 1, 1, tzinfo=UTC)] * 2, pa.timestamp("us", "+05:30")),
                "2024-01-01 05:30:00+05:30",
            ),
            (pa.array([[1, 2], None]), "[1, 2]"),
            (pa.array([3_000_000, None], pa.int32()).cast(pa.date32()), "3000000"),
            (pa.array([2**62, None], pa.int64()).cast(pa.timestamp("ms")), "4611686018427387904"),
            (pa.array([{"a": 1}, None]), "{'a': 1}"),
            (pa.array([timedelta(days=1), None]), "1 day, 0:00:00"),
        ],
    )
    def test_valid_files_are_read(self, column: pa.Array, shown: str) -> None:
        with folder():
            pq.write_table(self.table(odd=column), "v.parquet")
            code, out, err = run("score", "v.parquet")
            assert (code, err) == (0, "")
            assert out.splitlines()[1].startswith(shown[:8])
            assert run("score", "v.parquet", "-o", "s.parquet")[0] == 0
            written = str(pq.read_schema("s.parquet").field("odd").type)
            assert written in {str(column.type), "large_list<element: int64>"}
            pq.write_table(self.table(total=pa.array([1, 0]), odd=column), "v.parquet")
            for output in ("f.json", "f.parquet"):
                assert run("audit", "v.parquet", "--recorded", "total", "-o", output)[0] == 1

    def test_an_offset_is_written_as_text(self) -> None:
        times = pa.array([datetime(2024, 1, 1, tzinfo=UTC), None], pa.timestamp("us", "+05:30"))
        with folder():
            pq.write_table(self.table(when=times), "v.parquet")
            assert run("score", "v.parquet", "-o", "s.csv")[0] == 0
            assert read_visits(Path("s.csv"))["when"].to_list() == [
                "2024-01-01T05:30:00+05:30",
                None,
            ]
            pq.write_table(self.table(id=pa.array(["A", "B"]), seen=times), "v.parquet")
            options = ["--subject", "id", "--date", "seen"]
            code, _, err = run("visits", "v.parquet", *options)
            assert (code, "row 2, column 'seen': found None" in err) == (2, True)

    def test_an_unknown_zone_is_named(self) -> None:
        times = pa.array([datetime(2024, 1, 1, tzinfo=UTC)] * 2, pa.timestamp("us", "Mars/Base"))
        with folder():
            pq.write_table(self.table(when=times), "v.parquet")
            code, _, err = run("score", "v.parquet")
            assert (code, err) == (
                2,
                "error: v.parquet: column 'when' has an unknown time zone: Mars/Base",
            )

    @pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
    def test_times_that_a_format_cannot_hold(self, suffix: str) -> None:
        with folder():
            far = pa.array([2**62, None], pa.int64()).cast(pa.timestamp("ms"))
            pq.write_table(self.table(far=far), "v.parquet")
            code, _, err = run("score", "v.parquet", "-o", f"s{suffix}")
            assert (code, "cannot hold column 'far', whose times lie beyond" in err) == (2, True)

    def test_one_far_time_leaves_the_others_as_they_are(self) -> None:
        with folder():
            dates = pa.array([3_000_000, 19_723], pa.int32()).cast(pa.date32())
            pq.write_table(self.table(odd=dates), "v.parquet")
            assert "2024-01-01" in run("score", "v.parquet")[1]
            lists = pa.array([[3_000_000], [19_723]], pa.list_(pa.int32()))
            pq.write_table(self.table(odd=lists.cast(pa.list_(pa.date32()))), "v.parquet")
            assert "a List of" in run("score", "v.parquet")[1]
            structs = pa.StructArray.from_arrays([dates], names=["a"])
            pq.write_table(self.table(odd=structs), "v.parquet")
            assert "a Struct of" in run("score", "v.parquet")[1]

    @pytest.mark.parametrize(
        "far", [pl.Series([3_000_000]).cast(pl.Date), pl.Series([2**62]).cast(pl.Datetime("us"))]
    )
    def test_frames_with_times_that_python_cannot_hold(self, far: pl.Series) -> None:
        df = pl.DataFrame({"id": [1], "seen": far})
        with pytest.raises(InvalidInputError, match="accepted: dates of the years 1 to 9999"):
            frame.by_visit(
                df, Codebook(descriptors={"not_collected": Descriptor}), subject="id", date="seen"
            )

    def test_years_that_python_holds_are_shown_as_dates(self) -> None:
        with folder():
            last = pa.array([datetime(9999, 12, 31), datetime(1, 1, 1)])  # noqa: DTZ001
            pq.write_table(self.table(last=last), "v.parquet")
            assert "9999-12-31" in run("score", "v.parquet")[1]

    def test_a_panic_is_no_verdict(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def panic(*_: object, **__: object) -> None:
            raise pl.exceptions.PanicException("of patient 7")

        monkeypatch.setattr("sledai.cli.score_file.frame.score", panic)
        with folder():
            write("v.csv", [dict.fromkeys(NAMES, "no")])
            assert run("score", "v.csv") == (
                70,
                "",
                "error: a defect of sledai (PanicException); please report it",
            )

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
    @pytest.mark.parametrize(
        ("arguments", "redirected", "code"),
        [
            ("score none.csv", "2>/dev/full", 2),
            ("score none.csv", "2>&-", 2),
            ("nonsense", "2>/dev/full", 2),
            ("score v.csv", ">/dev/full", 2),
            ("score v.csv", ">&-", 0),
            ("audit v.csv --recorded total", ">/dev/null", 1),
            ("audit v.csv --recorded total", ">/dev/full 2>/dev/full", 2),
            ("audit v.csv --recorded total", "2>/dev/full >/dev/null", 1),
        ],
    )
    def test_what_cannot_be_printed(self, arguments: str, redirected: str, code: int) -> None:
        with folder():
            write("v.csv", [{**dict.fromkeys(NAMES, "no"), "total": 7}])
            command = f'"{sys.executable}" -m sledai {arguments} {redirected}'
            assert subprocess.run(command, shell=True, check=False).returncode == code  # noqa: S602

    def test_where_signals_are_missing(self) -> None:
        """On Windows there is neither SIGPIPE nor SIGHUP, and a closed pipe is an error."""
        script = (
            "import signal, sys; del signal.SIGPIPE, signal.SIGHUP; "
            "sys.argv = ['sledai', *sys.argv[1:]]; from sledai.__main__ import main; main()"
        )
        with folder():
            write("v.csv", [dict.fromkeys(NAMES, "no")] * 60)
            command = [sys.executable, "-c", script, "score", "v.csv"]
            done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
            assert (done.returncode, done.stderr) == (0, "")
            assert "60 visits: 60 with an exact total" in done.stdout
            read, end = os.pipe()
            os.close(read)
            closed = subprocess.run(command, stdout=end, stderr=-1, check=False)  # noqa: S603
            os.close(end)
            assert closed.returncode == 2

    def test_where_signals_are_missing_in_this_process(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delattr("signal.SIGPIPE")
        monkeypatch.setattr(sys, "argv", ["sledai", "--version"])
        with pytest.raises(SystemExit) as stopped, redirect_stdout(io.StringIO()):
            main()
        assert stopped.value.code == 0

    def test_an_exit_code_that_no_command_gave(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A pipe that is closed ends in 1 where nothing stops the process before."""

        def write() -> None:
            raise BrokenPipeError(32, "Broken pipe")

        def closed(*_: object, **__: object) -> None:
            try:
                write()
            except OSError:
                sys.exit(1)

        monkeypatch.setattr(cli, "app", closed)
        assert run("score", "v.csv") == (2, "", "error: what is printed: Broken pipe")
        monkeypatch.setattr(cli, "app", lambda *_, **__: sys.exit(1))
        assert run("score", "v.csv")[0] == 70

    def test_nothing_can_be_printed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        class Full(io.StringIO):
            def flush(self) -> None:
                raise OSError(28, "No space left on device")

        for name in ("stdout", "stderr"):
            monkeypatch.setattr(sys, name, Full())
        with pytest.raises(SystemExit) as stopped:
            cli.run(["--version"])
        assert stopped.value.code == 2
        assert not isinstance(sys.stdout, Full)
        assert not isinstance(sys.stderr, Full)

    def test_a_zone_with_a_name(self) -> None:
        times = pa.array([datetime(2024, 1, 1, tzinfo=UTC)] * 2, pa.timestamp("us", "Asia/Tokyo"))
        with folder():
            pq.write_table(self.table(when=times), "v.parquet")
            assert "2024-01-01" in run("score", "v.parquet")[1]

    def test_stopped_before_a_file_is_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def stop(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("sledai.cli.app._verdict", stop)
        assert run("score", "v.csv") == (130, "", "")

    def test_a_missing_extra_has_a_code_of_its_own(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "fastexcel", None)
        with folder():
            Path("v.xlsx").write_bytes(b"PK\x03\x04")
            code, _, err = run("score", "v.xlsx")
            assert code == 69
            assert err.endswith("pip install 'sledai[excel]', or in a clone pip install '.[excel]'")


class TestTrailingColumns:
    """3: columns behind the last name that hold nothing, as spreadsheets leave them."""

    def test_they_are_left_out(self) -> None:
        header, row = ",".join(NAMES), ",".join(["no"] * 24)
        with folder():
            Path("v.csv").write_text(f'{header},, ,\n{row},,,\n"no"{row[2:]},,,\n')
            assert run("score", "v.csv", "-o", "s.csv")[0] == 0
            assert bounds() == [(0, 0)] * 2
            assert read_visits(Path("s.csv")).columns[:25] == [*NAMES, "sledai_total"]

    def test_content_is_never_lost(self) -> None:
        header, row = ",".join(NAMES), ",".join(["no"] * 24)
        with folder():
            Path("v.csv").write_text(f"{header},\n{row},7\n")
            assert open_visits(Path("v.csv")).columns == [*NAMES, ""]
            Path("v.csv").write_text(f"{header},,\n{row},7,\n")
            code, _, err = run("score", "v.csv")
            assert (code, "more than one column is called ''" in err) == (2, True)


def test_the_whole_namespace_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """`import sledai; sledai.frame` works, and nothing of it is loaded before it is used."""
    script = (
        "import sys, sledai; assert 'narwhals' not in sys.modules; sledai.frame.score; "
        "sledai.findings.derive; sledai.visits.Visit; sledai.audit.compare"
    )
    subprocess.run([sys.executable, "-c", script], check=True)  # noqa: S603
    import sledai  # noqa: PLC0415

    name = "nothing"
    with pytest.raises(AttributeError, match="module 'sledai' has no attribute 'nothing'"):
        getattr(sledai, name)

    def lacking(_: str) -> None:
        raise ModuleNotFoundError(name="narwhals")

    monkeypatch.setattr("sledai.import_module", lacking)
    with pytest.raises(ModuleNotFoundError):  # what the module needs is another matter
        getattr(sledai, name)
    with suppress(ImportError):
        from sledai import nothing_either  # type: ignore[attr-defined]  # noqa: F401, PLC0415

        pytest.fail("there is no such thing")
