"""Descriptors from columns of findings: on every engine, row by row as one visit at a time."""

from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl
import pytest
from engines import ENGINES, Engine, need_java
from hypothesis import given, settings
from hypothesis import strategies as st

from sledai import Descriptor, InvalidInputError
from sledai.definitions import Edition
from sledai.definitions.clauses import SPECIAL_CASES
from sledai.findings import Findings, LabResult
from sledai.findings import derive as derive_one
from sledai.frame import INVALID_COLUMN, SIGNS, Lab, derive, reason_column
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
    Lab("c4", "C4", "g/L", lower="c4_from", upper="c4_to"),
    Lab("anti_dsdna", "dna", "%", upper="dna_to", bound="dna_sign"),
)
# About the limits: on them, beside them, well past them.
VALUES: dict[str, list[float | None]] = {
    "plt": [None, 0, 12, 99, 99.9, 100, 100.1, 250],
    "wbc": [None, 0.4, 2.9, 2.99, 3.0, 3.01, 9],
    "temp": [None, 97.7, 100.3, 100.4, 100.5, 104],
    "protein": [None, 0, 100, 499, 500, 501, 800, 1100],
    "protein_before": [None, 0.0, 0.1, 0.3, 0.5, 0.6, 2],
    "rbc": [None, 0, 5, 6, 60],
    "uwbc": [None, 0, 5, 6, 60],
    "C3": [None, 40, 89.9, 90, 90.1, 140],
    "C4": [None, 0.05, 0.1, 0.11, 0.2],
    "c4_from": [None, 0.1],
    "c4_to": [None, 0.4],
    "dna": [None, 10, 25, 25.1, 40],
    "dna_to": [None, 15, 25, 30],
}
BOUNDS = ["", None, "<", "<=", ">", ">="]
SIGN_COLUMNS = {
    "new_protein": "proteinuria_new_onset",
    "pain": "pericardial_pain",
    "bad_pain": "severe_pericardial_pain",
    "rub": "pericardial_rub",
    "ecg": "pericarditis_on_electrocardiogram",
    "effusion": "pericardial_effusion",
    "eruption": "rash",
    "eruption_new": "rash_new_or_recurrent",
    "mental": "altered_mental_function",
    "clouded": "clouded_consciousness",
    "percept": "perceptual_disturbance",
    "speech": "incoherent_speech",
    "sleep": "insomnia_or_daytime_drowsiness",
    "motor": "psychomotor_activity_changed",
}
BOUND_COLUMNS = [lab.bound for lab in LABS if lab.bound]
SCHEMA: dict[str, Any] = (
    dict.fromkeys(VALUES, pl.Float64)
    | dict.fromkeys(BOUND_COLUMNS, pl.String)
    | dict.fromkeys(SIGN_COLUMNS, pl.Boolean)
)
Row = dict[str, Any]


@st.composite
def rows(draw: st.DrawFn) -> Row:
    row: Row = {name: draw(st.sampled_from(values)) for name, values in VALUES.items()}
    row |= {name: draw(st.sampled_from(BOUNDS)) for name in BOUND_COLUMNS}
    row |= {name: draw(st.sampled_from([True, False, None])) for name in SIGN_COLUMNS}
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

    given_: dict[str, Any] = {
        finding: row[column] for column, finding in SIGN_COLUMNS.items() if column in row
    }
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


@settings(max_examples=60)
@given(st.lists(rows(), min_size=1, max_size=20), st.sampled_from(Edition))
def test_row_by_row_it_is_the_answer_for_one_visit(data: list[Row], edition: Edition) -> None:
    derived = derive(frame_of(data), edition=edition, labs=LABS, signs=SIGN_COLUMNS)
    names = [d for d in Descriptor if d.value in derived.columns]
    assert len(names) == 11
    for row, result in zip(data, derived.rows(named=True), strict=True):
        assessment = derive_one(findings_of(row), edition=edition).assessment
        for descriptor in names:
            answer = result[descriptor.value]
            assert answer is getattr(assessment, descriptor), (descriptor, row)
            word = {True: "present", False: "absent", None: "not assessed"}[answer]
            assert result[reason_column(descriptor)].startswith(f"{word}: ")


@pytest.fixture(scope="module", params=ENGINES, ids=str)
def engine(request: pytest.FixtureRequest) -> Engine:
    if request.param == "PySpark":
        need_java()
    return ENGINES[request.param]


SOME = [
    {
        **dict.fromkeys(SCHEMA),
        **{name: values[n % len(values)] for name, values in VALUES.items()},
        **{name: BOUNDS[(n + m) % 6] for m, name in enumerate(BOUND_COLUMNS)},
        **{name: [True, False, None][(n * m + m) % 3] for m, name in enumerate(SIGN_COLUMNS)},
        "bad_pain": None,
        "eruption_new": [None, False][n % 2],
    }
    for n in range(24)
]


@pytest.mark.parametrize("edition", Edition)
def test_every_engine(engine: Engine, edition: Edition) -> None:
    data = frame_of(SOME)
    expected = derive(data, edition=edition, labs=LABS, signs=SIGN_COLUMNS)
    result = derive(engine.make(data), edition=edition, labs=LABS, signs=SIGN_COLUMNS)
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


class TestReasons:
    def test_each_clause_with_its_limit(self) -> None:
        labs = [Lab("c3", "C3", "g/L", lower=0.9), Lab("c4", "C4", "g/L", lower=0.1)]
        data = pl.DataFrame({"C3": [0.8, 1.0, 1.0], "C4": [0.2, 0.2, None]})
        derived = derive(data, edition="SELENA", labs=labs)
        assert derived["low_complement"].to_list() == [True, False, None]
        reasons = derived["sledai_low_complement_reason"].to_list()
        ends = "the laboratory's lower limit"
        ch50 = f"ch50 < {ends}: not known"
        assert reasons == [
            f"present: c3 < {ends}; not c4 < {ends}; {ch50}",
            f"absent: not c3 < {ends}; not c4 < {ends}; {ch50}",
            f"not assessed: not c3 < {ends}; c4 < {ends}: not known; {ch50}",
        ]

    def test_signs(self) -> None:
        data = pl.DataFrame({"x": [1, 0, None]})
        derived = derive(data, edition=Edition.SLEDAI_2K, signs={"x": "rash"})
        assert derived["sledai_rash_reason"].to_list() == [
            "present: rash: yes",
            "absent: rash: no",
            "not assessed: rash: not known",
        ]


class TestColumns:
    DATA = pl.DataFrame({"plt": [92.0], "sign": ["<"], "text": ["92"], "fever": [True]})

    @pytest.mark.parametrize(
        ("labs", "signs", "message"),
        [
            ([], {}, "nothing that a definition of SELENA-SLEDAI asks for is given"),
            ([Lab("iga", "plt", "g/L")], {}, "nothing that a definition of SELENA-SLEDAI asks for"),
            ([Lab("platelets", "x", "/uL")], {}, "no column 'x', named for platelets"),
            (
                [Lab("platelets", "text", "/uL")],
                {},
                "column 'text' holds no numbers",
            ),
            (
                [Lab("platelets", "plt", "/uL"), Lab("platelets", "plt", "/uL")],
                {},
                "analytes given twice: platelets",
            ),
            ([Lab("c3", "plt", "g/L", lower="low")], {}, "no column 'low', named for c3"),
            ([Lab("c3", "plt", "g/L", upper="text")], {}, "column 'text' holds no numbers"),
            ([Lab("platelets", "plt", "/uL", bound="b")], {}, "no column 'b', named for platelets"),
            ([], {"plt": "rashes"}, "sign: found 'rashes'; accepted: seizure, psychosis, "),
            ([], {"x": "rash"}, "no column 'x', named for rash"),
            ([], {"fever": "rash", "plt": "rash"}, "signs given twice: rash"),
            ([Lab("temperature", "plt", "Cel")], {}, "there already .*: fever"),
        ],
    )
    def test_refused(self, labs: list[Lab], signs: dict[str, str], message: str) -> None:
        with pytest.raises(InvalidInputError, match=message):
            derive(self.DATA, edition=Edition.SELENA, labs=labs, signs=signs)

    def test_a_name_that_would_be_a_pattern(self) -> None:
        with pytest.raises(InvalidInputError, match="would be read as a pattern"):
            derive(
                pl.DataFrame({"^p.*$": [1.0]}),
                edition=Edition.SELENA,
                labs=[Lab("platelets", "^p.*$", "/uL")],
            )

    def test_what_is_no_frame_and_no_edition(self) -> None:
        with pytest.raises(InvalidInputError, match="expected a data frame of polars"):
            derive([1], edition=Edition.SELENA)  # type: ignore[type-var]
        with pytest.raises(InvalidInputError, match="edition: found '2000'"):
            derive(self.DATA, edition="2000")


class TestWrongCells:
    LAB = Lab("platelets", "plt", "10*9/L", bound="sign")
    DATA = pl.DataFrame(
        {
            "plt": [92.0, 92_000, -1, float("inf"), 0.5, 0, 0.5, float("nan"), 92, None],
            "sign": [None, None, "", None, None, None, "<", None, "~", "?"],
            "wrong": [False, True, True, True, True, False, False, False, True, False],
        }
    )

    def test_an_eager_frame_is_refused_with_the_row(self) -> None:
        with pytest.raises(InvalidInputError) as caught:
            derive(self.DATA, edition=Edition.SELENA, labs=[self.LAB])
        assert str(caught.value) == (
            "column 'plt': found 92000.0 in row 1, counting from 0 (5 such cells); accepted: "
            "0 or 1 to 10,000 10*9/L, and in 'sign' <, <=, >, >= or nothing"
        )
        with pytest.raises(InvalidInputError, match=r"'t': found 98.6 in row 0.*1 such cell\); "):
            derive(
                pl.DataFrame({"t": [98.6]}),
                edition=Edition.SELENA,
                labs=[Lab("temperature", "t", "Cel")],
            )
        with pytest.raises(InvalidInputError, match="accepted: at least 0 /HPF"):
            derive(
                pl.DataFrame({"r": [-2]}),
                edition=Edition.SELENA,
                labs=[Lab("urine_red_cells", "r", "/HPF")],
            )

    def test_a_lazy_frame_counts_them_and_takes_them_for_not_known(self) -> None:
        derived = derive(self.DATA.lazy(), edition=Edition.SELENA, labs=[self.LAB]).collect()
        assert derived[INVALID_COLUMN].to_list() == [int(wrong) for wrong in self.DATA["wrong"]]
        assert derived["thrombocytopenia"].to_list() == [
            True, None, None, None, None, True, True, None, None, None,
        ]  # fmt: skip

    @pytest.mark.parametrize(("special", "general"), SPECIAL_CASES.items())
    def test_a_special_case_without_the_general_one(self, special: str, general: str) -> None:
        data = pl.DataFrame({"s": [True, None, True], "g": [True, False, False]})
        signs = {"s": special, "g": general}
        with pytest.raises(InvalidInputError) as caught:
            derive(data, edition=Edition.SLEDAI_1992, signs=signs)
        assert str(caught.value) == (
            "column 's': found True in row 2, counting from 0 (1 such cell); accepted: "
            f"{special} only where there is {general} ('g')"
        )
        lazy = derive(data.lazy(), edition=Edition.SLEDAI_1992, signs=signs).collect()
        assert lazy[INVALID_COLUMN].to_list() == [0, 0, 1]

    def test_signs_that_are_no_answers(self) -> None:
        data = pl.DataFrame({"a": [0, 2], "b": [7, 1]})
        signs = {"a": "pericardial_rub", "b": "pericardial_effusion"}
        with pytest.raises(InvalidInputError, match=r"found 2 in row 1.*'b': found 7 in row 0"):
            derive(data, edition=Edition.SELENA, signs=signs)
        lazy = derive(data.lazy(), edition=Edition.SELENA, signs=signs).collect()
        assert lazy[INVALID_COLUMN].to_list() == [1, 1]


def test_single_floats_are_compared_as_such() -> None:
    data = pl.DataFrame(
        {"t": [100.4, 100.5], "c3": [0.9, 0.89]}, schema={"t": pl.Float32, "c3": pl.Float32}
    )
    labs = [Lab("temperature", "t", "[degF]"), Lab("c3", "c3", "g/L", lower=0.9)]
    derived = derive(data, edition=Edition.SELENA, labs=labs)
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
        derived = derive(data, edition=edition, labs=[lab])
        assert derived["increased_dna_binding"].to_list() == answers


def test_a_column_in_words() -> None:
    assert str(Lab("platelets", "plt", "K/uL")) == "platelets < 100 K/uL"
    assert str(Lab("c3", "C3", "g/L", lower=0.9)) == "c3 g/L"


def test_whole_numbers_are_numbers() -> None:
    data = pl.DataFrame({"plt": [92, 100, None]}, schema={"plt": pl.Int16})
    derived = derive(data, edition=Edition.SELENA, labs=[Lab("platelets", "plt", "K/uL")])
    assert derived["thrombocytopenia"].to_list() == [True, False, None]


def test_a_lazy_source_is_not_read() -> None:
    def explode(*_: object) -> Iterator[pl.DataFrame]:
        raise AssertionError

    source = pl.io.plugins.register_io_source(explode, schema={"plt": pl.Float64})
    lab = Lab("platelets", "plt", "K/uL")
    assert isinstance(derive(source, edition=Edition.SELENA, labs=[lab]), pl.LazyFrame)


def test_the_signs_are_fields_of_findings() -> None:
    assert set(SIGNS) <= set(Findings.model_fields)
