"""Descriptors from columns of findings: on every engine, row by row as one visit at a time."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd
import polars as pl
import pytest
import spec_tables
from codebooks import labs_of
from commands import run
from engines import ENGINES, Engine, need_java
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from sledai import Descriptor, InvalidInputError
from sledai.codebook import Codebook, Lab
from sledai.codebook.lab import SIGNS
from sledai.definitions import Edition
from sledai.definitions.clauses import SPECIAL_CASES
from sledai.findings import Findings, LabResult
from sledai.findings import derive as derive_one
from sledai.frame import INVALID_COLUMN, derive, reason_column
from sledai.quantities import Quantity

pytestmark = pytest.mark.filterwarnings(
    "ignore:Dask support is moving out of Narwhals:FutureWarning",
    "ignore::ResourceWarning",  # sockets of py4j
)
LABS = (
    Lab("platelets", "plt", "10*9/L", bound="plt_sign"),
    Lab("white_cells", "wbc", "K/uL"),
    Lab("temperature", "temp", "[degF]"),
    Lab("urine_protein_24h", "protein", "mg/d", bound="protein_sign"),
    Lab("previous_urine_protein_24h", "protein_before", "g/d", bound="before_sign"),
    Lab("urine_red_cells", "rbc", "/[HPF]"),
    Lab("urine_white_cells", "uwbc", "/HPF", bound="uwbc_sign"),
    Lab("c3", "C3", "mg/dL", lower=90),
    Lab("c4", "C4", "g/L", lower="c4_from", upper="c4_to", bound="c4_sign"),
    Lab("anti_dsdna", "dna", "%", upper="dna_to", bound="dna_sign"),
)
# About the limits: on them, beside them, well past them.
VALUES: dict[str, list[float | None]] = {
    "plt": [None, 0, 12, 99, 99.9, 100, 100.1, 250],
    "wbc": [None, 0.4, 2.9, 2.99, 3.0, 3.01, 9],
    "temp": [None, 97.7, 100.3, 100.4, 100.5, 104],
    "protein": [None, 0, 100, 499, 500, 501, 800, 1100, 2500],
    "protein_before": [None, 0.0, 0.1, 0.3, 0.299999999999, 0.49, 0.5, 0.51, 0.6, 2],
    "rbc": [None, 0, 5, 6, 60],
    "uwbc": [None, 0, 5, 6, 60],
    "C3": [None, 40, 89.9, 90, 90.1, 140],
    "C4": [None, 0.05, 0.1, 0.11, 0.2],
    "c4_from": [None, 0.1, 0.0],
    "c4_to": [None, 0.4],
    "dna": [None, 10, 25, 25.1, 40],
    "dna_to": [None, 15, 25, 30],
}
BOUNDS = ["", None, "<", "<=", ">", ">="]
SIGN_COLUMNS = {
    "proteinuria_new_onset": "new_protein",
    "pericardial_pain": "pain",
    "severe_pericardial_pain": "bad_pain",
    "pericardial_rub": "rub",
    "pericarditis_on_electrocardiogram": "ecg",
    "pericardial_effusion": "effusion",
    "rash": "eruption",
    "rash_new_or_recurrent": "eruption_new",
    "altered_mental_function": "mental",
    "clouded_consciousness": "clouded",
    "perceptual_disturbance": "percept",
    "incoherent_speech": "speech",
    "insomnia_or_daytime_drowsiness": "sleep",
    "psychomotor_activity_changed": "motor",
}
BOUND_COLUMNS = [lab.bound for lab in LABS if lab.bound]
SCHEMA: dict[str, Any] = (
    dict.fromkeys(VALUES, pl.Float64)
    | dict.fromkeys(BOUND_COLUMNS, pl.String)
    | dict.fromkeys(SIGN_COLUMNS.values(), pl.Boolean)
)
Row = dict[str, Any]


@st.composite
def rows(draw: st.DrawFn) -> Row:
    row: Row = {name: draw(st.sampled_from(values)) for name, values in VALUES.items()}
    row |= {name: draw(st.sampled_from(BOUNDS)) for name in BOUND_COLUMNS}
    row |= {name: draw(st.sampled_from([True, False, None])) for name in SIGN_COLUMNS.values()}
    for lab in LABS:
        if lab.bound and row[lab.column] == 0 and row[lab.bound] == "<":  # below nothing
            row[lab.bound] = "<="
    for special, general in (("bad_pain", "pain"), ("eruption_new", "eruption")):
        if row[special] is True and row[general] is False:  # a contradiction
            row[special] = None
    return row


def findings_of(row: Row) -> Findings:
    """The same visit, as one types it."""

    def quantity(lab: Lab, column: str) -> Quantity | None:
        if row[column] is None:
            return None
        sign: Any = row[lab.bound] if lab.bound and column == lab.column else ""
        return Quantity(row[column], lab.unit, sign or "")

    given_: dict[str, Any] = {finding: row[column] for finding, column in SIGN_COLUMNS.items()}
    for lab in LABS:
        value = quantity(lab, lab.column)
        if lab.analyte not in {"c3", "c4", "anti_dsdna"}:
            given_[lab.analyte] = value
        elif value is not None:
            ends = {
                name: quantity(lab, end) if isinstance(end, str) else Quantity(end, lab.unit)
                for name, end in (("lower", lab.lower), ("upper", lab.upper))
                if end is not None
            }
            given_[lab.analyte] = LabResult.model_validate({"value": value, **ends})
    return Findings.model_validate(given_)


def frame_of(data: Iterable[Row]) -> pl.DataFrame:
    return pl.DataFrame(list(data), schema=SCHEMA)


@settings(max_examples=examples(60))
@given(st.lists(rows(), min_size=1, max_size=20), st.sampled_from(Edition))
def test_row_by_row_it_is_the_answer_for_one_visit(data: list[Row], edition: Edition) -> None:
    derived = derive(
        frame_of(data), Codebook(findings={**labs_of(LABS), **SIGN_COLUMNS}), edition=edition
    )
    names = [d for d in Descriptor if d.value in derived.columns]
    assert len(names) == 11
    for row, result in zip(data, derived.rows(named=True), strict=True):
        assessment = derive_one(findings_of(row), edition=edition).assessment
        for descriptor in names:
            answer = result[descriptor.value]
            assert answer is getattr(assessment, descriptor), (descriptor, row)
            word = {True: "present", False: "absent", None: "not assessed"}[answer]
            assert result[reason_column(descriptor)].startswith(f"{word}: ")


def engine_of(name: str) -> Engine:
    if name == "PySpark":
        need_java()
    return ENGINES[name]


# One edition on the engines that take many seconds for a plan: the kinds of clauses are the same.
EDITIONS = {"Dask": [Edition.SELENA], "PySpark": [Edition.SELENA]}


SOME = [
    {
        **dict.fromkeys(SCHEMA),
        **{name: values[n % len(values)] for name, values in VALUES.items()},
        **{name: BOUNDS[(n + m) % 6] for m, name in enumerate(BOUND_COLUMNS)},
        **{
            name: [True, False, None][(n * m + m) % 3]
            for m, name in enumerate(SIGN_COLUMNS.values())
        },
        "bad_pain": None,
        "eruption_new": [None, False][n % 2],
    }
    for n in range(24)
]
for some in SOME:
    for lab in LABS:
        if lab.bound and some[lab.column] == 0:
            some[lab.bound] = None


@pytest.mark.parametrize(
    ("name", "edition"),
    [(name, edition) for name in ENGINES for edition in EDITIONS.get(name, list(Edition))],
    ids=str,
)
def test_every_engine(name: str, edition: Edition) -> None:
    engine = engine_of(name)
    data = frame_of(SOME)
    expected = derive(data, Codebook(findings={**labs_of(LABS), **SIGN_COLUMNS}), edition=edition)
    result = derive(
        engine.make(data), Codebook(findings={**labs_of(LABS), **SIGN_COLUMNS}), edition=edition
    )
    assert isinstance(result, engine.kind())
    found = engine.rows(result)
    if engine.lazy:
        assert {row.pop(INVALID_COLUMN) for row in found} == {0}
    derived = [name for name in expected.columns if name not in data.columns]

    def told(row: Row) -> tuple[Any, ...]:
        return tuple(row[name] for name in derived)

    assert sorted(map(told, found), key=str) == sorted(
        map(told, expected.rows(named=True)), key=str
    )
    assert set(found[0]) == set(expected.columns)


@pytest.mark.parametrize("name", ENGINES)
def test_a_value_without_a_limit_decides_nothing(name: str) -> None:
    engine = engine_of(name)
    data = engine.make(pl.DataFrame({"C3": [0.5, None]}))
    result = engine.rows(
        derive(data, Codebook(findings=labs_of([Lab("c3", "C3", "g/L")])), edition=Edition.SELENA)
    )
    assert [row["low_complement"] for row in result] == [None, None]
    reasons = {row["sledai_low_complement_reason"] for row in result}
    assert {reason.split(":")[0] for reason in reasons} == {"not assessed"}


class TestReasons:
    def test_each_clause_with_its_limit(self) -> None:
        labs = [Lab("c3", "C3", "g/L", lower=0.9), Lab("c4", "C4", "g/L", lower=0.1)]
        data = pl.DataFrame({"C3": [0.8, 1.0, 1.0], "C4": [0.2, 0.2, None]})
        derived = derive(data, Codebook(findings=labs_of(labs)), edition="SELENA")
        assert derived["low_complement"].to_list() == [True, False, None]
        reasons = derived["sledai_low_complement_reason"].to_list()
        ends = "the laboratory's lower limit"
        ch50 = f"ch50 < {ends}: not known"
        assert reasons == [
            f"present: c3 < {ends}; not c4 < {ends}; {ch50} [SELENA-SLEDAI]",
            f"absent: not c3 < {ends}; not c4 < {ends}; {ch50} [SELENA-SLEDAI]",
            f"not assessed: not c3 < {ends}; c4 < {ends}: not known; {ch50} [SELENA-SLEDAI]",
        ]

    def test_signs(self) -> None:
        data = pl.DataFrame({"x": [1, 0, None]})
        derived = derive(data, Codebook(findings={"rash": "x"}), edition=Edition.SLEDAI_2K)
        assert derived["sledai_rash_reason"].to_list() == [
            "present: rash: yes [SLEDAI-2K]",
            "absent: rash: no [SLEDAI-2K]",
            "not assessed: rash: not known [SLEDAI-2K]",
        ]


class TestColumns:
    DATA = pl.DataFrame(
        {"plt": [92.0], "sign": ["<"], "text": ["92"], "fever": [True], "single": [1.0]},
        schema_overrides={"single": pl.Float32},
    )

    @pytest.mark.parametrize(
        ("labs", "signs", "message"),
        [
            ([], {}, "nothing that a definition of SELENA-SLEDAI asks for is given"),
            (
                [Lab("iga", "plt", "g/L")],
                {},
                r"\[findings\] no key 'iga'; accepted: platelets, white",
            ),
            ([Lab("platelets", "x", "/uL")], {}, "no column 'x', named for platelets"),
            (
                [Lab("platelets", "text", "/uL")],
                {},
                "column 'text' holds no numbers",
            ),
            ([Lab("c3", "plt", "g/L", lower="low")], {}, "no column 'low', named for c3"),
            ([Lab("c3", "plt", "g/L", upper="text")], {}, "column 'text' holds no numbers"),
            ([Lab("platelets", "plt", "/uL", bound="b")], {}, "no column 'b', named for platelets"),
            (
                [],
                {"rashes": "plt"},
                r"\[findings\] no key 'rashes'; accepted: .* seizure, psychosis, .*closest: rash",
            ),
            ([], {"rash": "x"}, "no column 'x', named for rash"),
            (
                [Lab("platelets", "plt", "/uL", bound="fever")],
                {},
                "column 'fever' holds no bounds: it is of type Boolean",
            ),
            (
                [Lab("platelets", "plt", "/uL", bound="plt")],
                {},
                "column 'plt' holds no bounds: it is of type Float64",
            ),
            (
                [Lab("c3", "plt", "g/L", lower="single")],
                {},
                "columns 'plt', 'single': floats of 32 and of 64 bits differ at the limit",
            ),
        ],
    )
    def test_refused(self, labs: list[Lab], signs: dict[str, str], message: str) -> None:
        with pytest.raises(InvalidInputError, match=message):
            derive(self.DATA, Codebook(findings={**labs_of(labs), **signs}), edition=Edition.SELENA)

    def test_a_descriptor_whose_name_a_column_has(self) -> None:
        data = pl.DataFrame({"t": [39.0, 37.0], "fever": ["?", "?"], "FEVER": [1, 2]})
        book = Codebook(findings={"temperature": {"column": "t", "unit": "Cel"}})
        derived = derive(data, book, edition=Edition.SELENA)
        assert derived.select(data.columns).equals(data)
        assert derived["fever_computed"].to_list() == [True, False]

    @pytest.mark.parametrize("name", ["^p.*$", "*", "", " p "])
    def test_just_the_column_that_is_named_is_read(self, name: str) -> None:
        data = pl.DataFrame({"p": [150_000.0], name: [92_000.0], "p ": [150_000.0]})
        for frame in (data, data.lazy()):
            labs = [Lab("platelets", name, "/uL")]
            derived = (
                derive(frame, Codebook(findings=labs_of(labs)), edition=Edition.SELENA)
                .lazy()
                .collect()
            )
            assert derived["thrombocytopenia"].to_list() == [True]

    def test_what_is_no_frame_and_no_edition(self) -> None:
        with pytest.raises(InvalidInputError, match="expected a data frame of polars"):
            derive([1], edition=Edition.SELENA)  # type: ignore[type-var]
        with pytest.raises(InvalidInputError, match="edition: found '2000'"):
            derive(self.DATA, edition="2000")


class TestWrongCells:
    LAB = Lab("platelets", "plt", "10*9/L", bound="sign")
    DATA = pl.DataFrame(
        {
            "plt": [92.0, 92_000, -1, float("inf"), 0.5, 0, 0.5, 0, float("nan"), 92, None, 0.5],
            "sign": [None, None, "", None, None, None, "<", "<", None, "~", "?", ">"],
            "wrong": [0, 1, 1, 1, 1, 0, 1, 1, 0, 1, 0, 0],
        }
    )

    def test_an_eager_frame_is_refused_with_the_row(self) -> None:
        with pytest.raises(InvalidInputError) as caught:
            derive(self.DATA, Codebook(findings=labs_of([self.LAB])), edition=Edition.SELENA)
        assert str(caught.value) == (
            "column 'plt': found 92000.0 in row 1, counting from 0 (6 such cells); accepted: "
            "0 or 1 to 10,000 10*9/L; column 'sign': found '~' in row 9, counting from 0 "
            "(1 such cell); accepted: <, <=, >, >= or nothing"
        )

    @pytest.mark.parametrize(
        ("data", "lab", "message"),
        [
            ({"x": [98.6, 98.7]}, Lab("temperature", "x", "Cel"), "98.6 in row 0.*2 such cells"),
            (
                {"x": [-2]},
                Lab("urine_red_cells", "x", "/HPF"),
                "accepted: 0 or 0.01 to 10,000 /HPF",
            ),
            (
                {"x": [0.7, 0.8], "low": [0.9, 90]},
                Lab("c3", "x", "g/L", lower="low"),
                "'low': found 90.0 in row 1.*accepted: 0 or 0.01 to 10 g/L, and lower not above",
            ),
            (
                {"x": [0.7], "low": [0.9], "high": [0.8]},
                Lab("c3", "x", "g/L", lower="low", upper="high"),
                "'high': found 0.8 in row 0",
            ),
            (
                {"x": [0.7], "low": [0.9]},
                Lab("c3", "x", "g/L", lower="low", upper=0.8),
                "'low': found 0.9 in row 0",
            ),
            (
                {"x": [0.7], "high": [0.8]},
                Lab("c3", "x", "g/L", lower=0.9, upper="high"),
                "'high': found 0.8 in row 0",
            ),
        ],
    )
    def test_values_and_limits_that_no_patient_has(
        self, data: dict[str, list[float]], lab: Lab, message: str
    ) -> None:
        with pytest.raises(InvalidInputError, match=message):
            derive(pl.DataFrame(data), Codebook(findings=labs_of([lab])), edition=Edition.SELENA)
        lazy = derive(
            pl.LazyFrame(data), Codebook(findings=labs_of([lab])), edition=Edition.SELENA
        ).collect()
        assert lazy[INVALID_COLUMN].sum() > 0

    @pytest.mark.parametrize(
        ("ends", "message"),
        [
            ({"lower": 90}, "c3, lower: found 90; accepted: a column or 0 or 0.01 to 10 g/L"),
            ({"lower": float("nan")}, "c3, lower: found nan; accepted"),
            ({"upper": -1}, "c3, upper: found -1; accepted"),
            ({"lower": 0.9, "upper": 0.8}, "c3: lower 0.9 is above 0.8"),
        ],
    )
    def test_limits_that_no_laboratory_has(self, ends: dict[str, float], message: str) -> None:
        with pytest.raises(InvalidInputError, match=message):
            Lab("c3", "x", "g/L", **ends)  # type: ignore[arg-type]

    def test_a_limit_of_zero_is_a_limit(self) -> None:
        assert Lab("anti_dsdna", "x", "[IU]/mL", lower=0, upper=0).upper == 0

    def test_a_lazy_frame_counts_them_and_takes_them_for_not_known(self) -> None:
        derived = derive(
            self.DATA.lazy(), Codebook(findings=labs_of([self.LAB])), edition=Edition.SELENA
        ).collect()
        assert derived[INVALID_COLUMN].to_list() == self.DATA["wrong"].to_list()
        assert derived["thrombocytopenia"].to_list() == [
            True, None, None, None, None, True, None, None, None, None, None, None,
        ]  # fmt: skip

    @pytest.mark.parametrize(("special", "general"), SPECIAL_CASES.items())
    def test_a_special_case_without_the_general_one(self, special: str, general: str) -> None:
        data = pl.DataFrame({"s": [True, None, True], "g": [True, False, False]})
        signs = {special: "s", general: "g"}
        with pytest.raises(InvalidInputError) as caught:
            derive(data, Codebook(findings=signs), edition=Edition.SLEDAI_1992)
        assert str(caught.value) == (
            "column 's': found True in row 2, counting from 0 (1 such cell); accepted: "
            f"{special} only where there is {general} ('g')"
        )
        lazy = derive(data.lazy(), Codebook(findings=signs), edition=Edition.SLEDAI_1992).collect()
        assert lazy[INVALID_COLUMN].to_list() == [0, 0, 1]
        answers = [name for name in lazy.columns if name in set(Descriptor)]
        assert [lazy[name][2] for name in answers] == [None] * len(answers)
        assert all(lazy[name][1] is not True for name in answers)

    def test_signs_that_are_no_answers(self) -> None:
        data = pl.DataFrame({"a": [0, 2], "b": [7, 1]})
        signs = {"pericardial_rub": "a", "pericardial_effusion": "b"}
        with pytest.raises(InvalidInputError, match=r"found 2 in row 1.*'b': found 7 in row 0"):
            derive(data, Codebook(findings=signs), edition=Edition.SELENA)
        lazy = derive(data.lazy(), Codebook(findings=signs), edition=Edition.SELENA).collect()
        assert lazy[INVALID_COLUMN].to_list() == [1, 1]


def test_single_floats_are_compared_as_such() -> None:
    data = pl.DataFrame(
        {"t": [100.4, 100.5], "c3": [0.9, 0.89]}, schema={"t": pl.Float32, "c3": pl.Float32}
    )
    labs = [Lab("temperature", "t", "[degF]"), Lab("c3", "c3", "g/L", lower=0.9)]
    derived = derive(data, Codebook(findings=labs_of(labs)), edition=Edition.SELENA)
    assert derived["fever"].to_list() == [False, True]
    assert derived["low_complement"].to_list() == [None, True]


@pytest.mark.parametrize("edition", Edition)
def test_anti_dsdna_in_units_other_than_percent(edition: Edition) -> None:
    """The 25 % of the Farr assay is no limit for international units."""
    data = pl.DataFrame({"dna": [31.0, 30.0, 26.0, None]})
    for lab, answers in (
        (Lab("anti_dsdna", "dna", "[IU]/mL", upper=30), [True, False, False, None]),
        (Lab("anti_dsdna", "dna", "[IU]/mL"), [None] * 4),
    ):
        derived = derive(data, Codebook(findings=labs_of([lab])), edition=edition)
        assert derived["increased_dna_binding"].to_list() == answers


def test_complement_that_was_measured_is_not_taken_for_normal() -> None:
    data = pl.DataFrame(
        {
            "C3": [1.0] * 5,
            "C4": [0.3] * 5,
            "CH": [None, 40, 60, 60, 20],
            "sign": [None, None, None, "<", None],
        },
        schema_overrides={"sign": pl.String, "CH": pl.Float64},
    )
    others = [Lab("c3", "C3", "g/L", lower=0.9), Lab("c4", "C4", "g/L", lower=0.1)]
    measured = Lab("ch50", "CH", "U/mL", lower=50, bound="sign")
    derived = derive(data, Codebook(findings=labs_of([*others, measured])), edition=Edition.SELENA)
    assert derived["low_complement"].to_list() == [False, True, False, None, True]
    derived = derive(
        data,
        Codebook(findings=labs_of([*others, Lab("ch50", "CH", "U/mL")])),
        edition=Edition.SELENA,
    )
    assert derived["low_complement"].to_list() == [False, None, None, None, None]


def test_a_special_case_alone_is_enough() -> None:
    data = pl.DataFrame({"again": [True, False, None]})
    signs = {"rash_new_or_recurrent": "again"}
    by = {e: derive(data, Codebook(findings=signs), edition=e)["rash"].to_list() for e in Edition}
    assert by[Edition.SLEDAI_2K] == [True, None, None]
    assert by[Edition.SLEDAI_1992] == [True, False, None]


def test_one_column_may_hold_two_signs() -> None:
    data = pl.DataFrame({"skin": [True, False]})
    signs = {"rash": "skin", "alopecia": "skin"}
    derived = derive(data, Codebook(findings=signs), edition=Edition.SLEDAI_2K)
    assert derived.select("rash", "alopecia").rows() == [(True, True), (False, False)]


def test_what_is_said_of_assay_and_of_causes() -> None:
    data = pl.DataFrame({"dna": [40.0, 20.0], "wbc": [2.0, 4.0]})
    labs = [Lab("anti_dsdna", "dna", "[IU]/mL", upper=30), Lab("white_cells", "wbc", "K/uL")]
    derived = derive(data, Codebook(findings=labs_of(labs)), edition=Edition.SELENA)
    assert derived["sledai_increased_dna_binding_reason"][0] == (
        "present: anti_dsdna > 25 %: not measured so; anti_dsdna > the laboratory's upper limit "
        "[SELENA-SLEDAI]"
    )
    assert derived["sledai_leukopenia_reason"].to_list() == [
        "present: white_cells < 3,000 per mm3; assumed not to be the cause: drugs [SELENA-SLEDAI]",
        "absent: not white_cells < 3,000 per mm3 [SELENA-SLEDAI]",
    ]


@pytest.mark.parametrize("dtype", [pl.Float32, pl.Float64])
def test_increases_of_exactly_half_a_gram(dtype: Any) -> None:
    tenths = [n / 100 for n in range(1, 300)]
    data = pl.DataFrame(
        {"now": [round(n + 0.5, 2) for n in tenths], "before": tenths},
        schema={"now": dtype, "before": dtype},
    )
    labs = [
        Lab("urine_protein_24h", "now", "g/d"),
        Lab("previous_urine_protein_24h", "before", "g/d"),
    ]
    derived = derive(data, Codebook(findings=labs_of(labs)), edition=Edition.SELENA)
    assert derived["proteinuria"].to_list() == [True] * 50 + [False] * 249  # new to 0.50 before


class TestNewOnset:
    """Bombardier 1992, descriptor 13: new onset or increase; an earlier value settles the onset."""

    ROWS: ClassVar = [
        (edition, row)
        for row in spec_tables.rows("findings.csv")
        if row["descriptor"] == "proteinuria" and row["findings"]
        for edition in spec_tables.editions_of(row, Edition)
    ]

    @pytest.mark.parametrize(
        ("edition", "row"), ROWS, ids=[f"{edition}: {row['findings']}" for edition, row in ROWS]
    )
    @pytest.mark.parametrize("dtype", [pl.Float32, pl.Float64])
    def test_table(self, edition: str, row: dict[str, str], dtype: Any) -> None:
        cells = dict(cell.split("=", 1) for cell in row["findings"].split(";"))
        signs: dict[str, str] = {}
        labs: list[Lab] = []
        data = pl.DataFrame({"nothing": [None]}, schema={"nothing": dtype})
        if "urine_protein_24h" not in cells:
            labs.append(Lab("urine_protein_24h", "nothing", "g/d"))
        for name, cell in cells.items():
            if name == "proteinuria_new_onset":
                data = data.with_columns(pl.lit(cell == "yes").alias(name))
                signs[name] = name
                continue
            found = Quantity.parse(cell)
            data = data.with_columns(
                pl.lit(float(found.value), dtype=dtype).alias(name),
                pl.lit(found.bound, dtype=pl.String).alias(f"{name}_sign"),
            )
            labs.append(Lab(name, name, found.unit, bound=f"{name}_sign"))
        (answer,) = derive(data, Codebook(findings={**labs_of(labs), **signs}), edition=edition)[
            "proteinuria"
        ]
        assert answer is {"present": True, "absent": False, "not_assessed": None}[row["expected"]]

    def test_what_is_said(self) -> None:
        data = pl.DataFrame({"now": [0.8, 2.0], "before": [0.4, 2.0]})
        labs = [
            Lab("urine_protein_24h", "now", "g/d"),
            Lab("previous_urine_protein_24h", "before", "g/d"),
        ]
        derived = derive(data, Codebook(findings=labs_of(labs)), edition=Edition.SELENA)
        now = "urine_protein_24h > 0.5 g/24 h"
        onset = "proteinuria_new_onset (unless stated: previous_urine_protein_24h not > 0.5 g/24 h)"
        increase = "urine_protein_24h - previous_urine_protein_24h > 0.5 g/24 h"
        assert derived["sledai_proteinuria_reason"].to_list() == [
            f"present: {now}; {onset}: yes; not {increase} [SELENA-SLEDAI]",
            f"absent: {now}; {onset}: no; not {increase} [SELENA-SLEDAI]",
        ]


def test_attributes_of_a_pandas_frame_stay() -> None:
    data = pl.DataFrame({"wbc": [2.0]}).to_pandas()
    data.attrs["study"] = "x"
    derived = derive(
        data,
        Codebook(findings=labs_of([Lab("white_cells", "wbc", "K/uL")])),
        edition=Edition.SELENA,
    )
    assert derived.attrs == {"study": "x"}


def test_a_column_in_words() -> None:
    assert str(Lab("platelets", "plt", "K/uL")) == "platelets < 100 K/uL"
    assert str(Lab("c3", "C3", "g/L", lower=0.9)) == "c3 g/L"


def test_whole_numbers_are_numbers() -> None:
    data = pl.DataFrame({"plt": [92, 100, None]}, schema={"plt": pl.Int16})
    derived = derive(
        data, Codebook(findings=labs_of([Lab("platelets", "plt", "K/uL")])), edition=Edition.SELENA
    )
    assert derived["thrombocytopenia"].to_list() == [True, False, None]


def test_a_lazy_source_is_not_read() -> None:
    def explode(*_: object) -> Iterator[pl.DataFrame]:
        raise AssertionError

    source = pl.io.plugins.register_io_source(explode, schema={"plt": pl.Float64})
    lab = Lab("platelets", "plt", "K/uL")
    assert isinstance(
        derive(source, Codebook(findings=labs_of([lab])), edition=Edition.SELENA), pl.LazyFrame
    )


def test_the_signs_are_fields_of_findings() -> None:
    assert set(SIGNS) <= set(Findings.model_fields)


class TestUnitsByRow:
    """Each value is in the unit that stands beside it; where there is no value, any will do."""

    BOOK = Codebook(
        file={"missing": ["-9", "ND"]},
        findings={"platelets": {"column": "plt", "unit_column": "unit"}},
    )
    ROWS = (("92", "10*9/L"), ("92000", " /uL "), ("150", "10*9/L"), ("-9", "ND"), ("", ""))
    ANSWERS = (True, True, False, None, None)

    def frame(self) -> pl.DataFrame:
        return pl.DataFrame(
            {
                "plt": [float(value) if value else None for value, _ in self.ROWS],
                "unit": [unit or None for _, unit in self.ROWS],
            }
        )

    def test_frames(self) -> None:
        for data in (self.frame(), self.frame().to_pandas()):
            derived = derive(data, self.BOOK, edition="SELENA")
            answers = [None if pd.isna(a) else bool(a) for a in derived["thrombocytopenia"]]
            assert answers == list(self.ANSWERS)

    def test_files(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        lines = [f"{value},{unit}" for value, unit in self.ROWS]
        Path("v.csv").write_text("\n".join(["plt,unit", *lines, ""]), encoding="utf-8")
        self.BOOK.dump("b.toml")
        code, _, err = run("derive", "v.csv", "--codebook", "b.toml", "-o", "d.csv")
        assert (code, err) == (0, "")
        assert pl.read_csv("d.csv")["thrombocytopenia"].to_list() == list(self.ANSWERS)

    def test_a_value_without_its_unit(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        data = pl.DataFrame({"plt": [92.0, 92.0], "unit": ["10*9/L", "ND"]})
        with pytest.raises(InvalidInputError, match=r"'unit', row 1, .*found None; accepted: /mm3"):
            derive(data, self.BOOK, edition="SELENA")
        with pytest.raises(InvalidInputError, match="unit_column: found a lazy frame; accepted: "):
            derive(data.lazy(), self.BOOK, edition="SELENA")
        with pytest.raises(InvalidInputError, match="no column 'unit'"):
            derive(data.drop("unit"), self.BOOK, edition="SELENA")
        monkeypatch.chdir(tmp_path)
        data.write_csv("v.csv")
        self.BOOK.dump("b.toml")
        code, _, err = run("derive", "v.csv", "--codebook", "b.toml", "-o", "d.csv")
        assert code == 2
        assert "cells that are no unit of platelets: 1; accepted: /mm3, /uL" in err
        assert "line 3, column 'unit': found 'ND'" in err
