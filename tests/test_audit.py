"""Recorded scores against recomputed ones: row by row on every engine, and explained in memory."""

from functools import reduce
from operator import add
from typing import Any

import pandas as pd
import polars as pl
import pytest
import spec_tables
from codebooks import labs_of
from engines import ENGINES, Rows
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import assessments, complete_assessments
from test_engines import VISITS, table
from test_recorded_scores import completions

from examples import examples
from sledai import Assessment, Descriptor, InvalidInputError
from sledai.audit import (
    Agreement,
    Audit,
    Check,
    CountedWeight,
    Differences,
    Finding,
    Query,
    audit,
    compare,
    query_column,
)
from sledai.audit.weights import counted_weights
from sledai.codebook import Codebook, Lab

pytestmark = pytest.mark.filterwarnings(
    "ignore:Dask support is moving out of Narwhals:FutureWarning",
    "ignore::ResourceWarning",  # sockets of py4j
)

PLATELETS = Lab("platelets", "plt", "10*9/L")
PROTEIN = Lab("urine_protein_24h", "protein", "mg/d")


def recorded_totals() -> list[int | None]:
    """Right and wrong by turns, and now and then none."""
    totals: list[int | None] = []
    for row, visit in enumerate(VISITS):
        low = spec_tables.total_of({d.value for d in visit.present})
        totals.append(None if row % 9 == 8 else low + (0, 1, 0, -1, 2, 0, 8)[row % 7])
    return totals


def expected(visit: Assessment, total: float | None, left_out: set[str]) -> tuple[str, Any]:
    """Agreement and difference, by trying every completion."""
    if total is None:
        return "not_recorded", None
    present = {d.value for d in visit.present} - left_out
    unknown = [d.value for d in visit.not_assessed if d.value not in left_out]
    low = spec_tables.total_of(present)
    high = low + spec_tables.total_of(set(unknown))
    off = min(0, total - low) + max(0, total - high)
    if len(unknown) > 12:  # all of them: every score up to the highest can be made up
        return ("possible" if not off else "disagrees"), off
    scores = {low + spec_tables.total_of(chosen) for chosen in completions(unknown)}
    if total not in scores:
        return "disagrees", off
    return ("possible" if unknown else "agrees"), 0


def rows_of(engine: str, compared: Any) -> Rows:
    return sorted(ENGINES[engine].rows(compared), key=lambda row: row["id"])


@pytest.mark.parametrize("engine", ENGINES)
class TestEveryEngine:
    @pytest.mark.parametrize("dtype", [pl.Int64, pl.Float64], ids=str)
    def test_agreement_and_difference(self, engine: str, dtype: Any) -> None:
        totals = recorded_totals()
        clinical = [None if n % 5 == 4 else total for n, total in enumerate(totals)]
        data = table(VISITS).with_columns(
            total=pl.Series(totals, dtype=dtype), clinical=pl.Series(clinical, dtype=dtype)
        )
        if dtype == pl.Float64:
            data = data.with_columns(pl.col("total", "clinical").fill_null(float("nan")))
        compared = compare(
            ENGINES[engine].make(data),
            Codebook(recorded={"total": "total", "clinical": "clinical"}),
        )
        rows = rows_of(engine, compared)
        serologic = spec_tables.SEROLOGIC
        clinical_only = set(spec_tables.NAMES) - serologic
        for check, values, left_out in (
            ("total", totals, set[str]()),
            ("clinical", clinical, serologic),
            ("serologic", [None if c is None else 0 for c in clinical], clinical_only),
        ):
            said = [
                (row[f"sledai_{check}_agreement"], row[f"sledai_{check}_difference"])
                for row in rows
            ]
            assert said == [
                expected(visit, value, left_out)
                for visit, value in zip(VISITS, values, strict=True)
            ]

    def test_queries(self, engine: str) -> None:
        cells: list[tuple[bool | None, float | None, str | None]] = [
            (False, 99.9, "absent_past_limit"),
            (False, 100.0, None),
            (True, 100.0, "present_within_limit"),
            (True, 99.9, None),
            (None, 1.0, None),
            (True, None, None),
            (False, None, None),
        ]
        visits = [Assessment.of().model_copy(update={"thrombocytopenia": a}) for a, _, _ in cells]
        data = table(visits).with_columns(
            plt=pl.Series([value for _, value, _ in cells]), total=pl.lit(0, dtype=pl.Int64)
        )
        for values in (pl.col("plt"), pl.col("plt").fill_null(float("nan"))):
            native = ENGINES[engine].make(data.with_columns(values))
            compared = compare(
                native, Codebook(findings=labs_of([PLATELETS]), recorded={"total": "total"})
            )
            assert [row[query_column(PLATELETS)] for row in rows_of(engine, compared)] == [
                query for _, _, query in cells
            ]

    def test_columns_that_are_no_numbers_or_not_there(self, engine: str) -> None:
        data = ENGINES[engine].make(table(VISITS).with_columns(total=pl.lit("5")))
        with pytest.raises(InvalidInputError, match="column 'total' holds no numbers"):
            compare(data, Codebook(recorded={"total": "total"}))
        with pytest.raises(InvalidInputError, match="no column 'other'"):
            compare(data, Codebook(recorded={"total": "other"}))

    def test_an_audit_takes_limits_of_the_definitions_alone(self, engine: str) -> None:
        data = ENGINES[engine].make(pl.DataFrame({"id": [0], "total": [2], "x": [0.4]}))

        def book(lab: Lab) -> Codebook:
            return Codebook(
                descriptors={"absent": list(Descriptor)},
                findings=labs_of([lab]),
                recorded={"total": "total"},
            )

        # The codebook is one for every door: what the laboratory's range decides is for `derive`.
        (row,) = rows_of(engine, compare(data, book(Lab("c3", "x", "g/L"))))
        assert not any(name.endswith("_query") for name in row)
        with pytest.raises(InvalidInputError, match="platelets: an audit takes no bounds"):
            compare(data, book(Lab("platelets", "x", "K/uL", bound="sign")))

    def test_descriptors_without_a_column_and_narrow_unsigned_numbers(self, engine: str) -> None:
        data = pl.DataFrame(
            {"id": [0, 1], "rash": [True, None], "total": [2, 4], "clinical": [4, 2]},
            schema_overrides={"rash": pl.Boolean},
        )
        if engine != "PySpark":  # it has none
            data = data.with_columns(pl.col("total", "clinical").cast(pl.UInt8))
        compared = compare(
            ENGINES[engine].make(data.with_columns(plt=pl.lit(50.0), wbc=pl.lit(50.0))),
            Codebook(
                descriptors={
                    "absent": set(Descriptor) - {"rash", "low_complement", "leukopenia"},
                    "not_collected": ["low_complement", "leukopenia"],
                },
                findings=labs_of([PLATELETS, Lab("white_cells", "wbc", "/uL")]),
                recorded={"total": "total", "clinical": "clinical"},
            ),
        )
        rows = rows_of(engine, compared)
        assert [row["sledai_total_agreement"] for row in rows] == ["possible", "possible"]
        assert [row["sledai_serologic_difference"] for row in rows] == [-2, 0]
        assert [row["sledai_serologic_agreement"] for row in rows] == ["disagrees", "possible"]
        assert [row["sledai_platelets_query"] for row in rows] == ["absent_past_limit"] * 2
        assert [row["sledai_white_cells_query"] for row in rows] == [None, None]

    def test_the_frame_stays_of_its_engine(self, engine: str) -> None:
        data = ENGINES[engine].make(
            table(VISITS).with_columns(pl.lit(1, dtype=pl.Int64).alias("total"))
        )
        assert type(compare(data, Codebook(recorded={"total": "total"}))) is type(data)


@pytest.mark.parametrize("dtype", ["int64[pyarrow]", "double[pyarrow]", "Int64", "Float32"])
def test_other_numbers_of_pandas(dtype: str) -> None:
    totals = recorded_totals()
    data = table(VISITS).to_pandas().astype(dict.fromkeys(spec_tables.NAMES, "boolean"))
    data["total"] = pd.Series(totals, dtype="Int64").astype(dtype)  # type: ignore[call-overload]
    compared = compare(data, Codebook(recorded={"total": "total"}))
    assert compared["sledai_total_agreement"].tolist() == [
        expected(visit, total, set())[0] for visit, total in zip(VISITS, totals, strict=True)
    ]


@pytest.mark.parametrize("engine", ["polars", "polars lazy", "pyarrow", "DuckDB", "Ibis"])
def test_a_single_float_on_the_limit_is_on_the_limit(engine: str) -> None:
    """100.4 in 32 bits is a little above 100.4 in 64."""
    data = table([Assessment.of()] * 3).with_columns(
        t=pl.Series([100.4, 100.5, 100.3], dtype=pl.Float32), total=pl.lit(0, dtype=pl.Int64)
    )
    lab = Lab("temperature", "t", "[degF]")
    rows = rows_of(
        engine,
        compare(
            ENGINES[engine].make(data),
            Codebook(findings=labs_of([lab]), recorded={"total": "total"}),
        ),
    )
    assert [row[query_column(lab)] for row in rows] == [None, "absent_past_limit", None]


class TestAudit:
    data = pl.DataFrame(
        {
            "arthritis": [True, True, None, False, True],
            "leukopenia": [1, 0, 1, 0, 1],
            "low_complement": [0.0, 0.0, float("nan"), 1.0, 0.0],
            "total": [4, 4, 7, None, 5],
            "clinical": [5, 4, 5, 0, 4],
        }
    )
    others = frozenset(Descriptor) - {"arthritis", "leukopenia", "low_complement"}

    def test_findings(self) -> None:
        found = audit(
            self.data, Codebook(descriptors={"absent": self.others}, recorded={"total": "total"})
        )
        assert found.rows == 5
        assert found.agreement == {
            Check.TOTAL: {
                Agreement.AGREES: 2,
                Agreement.POSSIBLE: 1,
                Agreement.DISAGREES: 1,
                Agreement.NOT_RECORDED: 1,
            }
        }
        assert [str(finding) for finding in found.findings] == [
            "total recorded 4, computed 5, difference -1: leukopenia present but not added",
            "total recorded 7, computed 1 to 7: implies arthritis, low_complement present",
        ]
        assert [finding.row for finding in found.disagreements] == [0]

    def test_both_scores(self) -> None:
        found = audit(
            self.data,
            Codebook(
                descriptors={"absent": self.others},
                recorded={"total": "total", "clinical": "clinical"},
            ),
        )
        assert [(f.row, f.check) for f in found.findings] == [
            (0, Check.TOTAL),
            (2, Check.TOTAL),
            (2, Check.CLINICAL),
            (2, Check.SEROLOGIC),
            (4, Check.CLINICAL),
        ]
        assert [f.row for f in found.disagreements] == [0, 4]
        assert found.agreement[Check.SEROLOGIC] == {
            Agreement.AGREES: 1,
            Agreement.POSSIBLE: 1,
            Agreement.DISAGREES: 2,
            Agreement.NOT_RECORDED: 1,
        }

    def test_two_scores_that_no_visit_has(self) -> None:
        """Each is possible alone, the two together are not."""
        data = pl.DataFrame({"rash": [None], "low_complement": [None], "t": [2], "c": [2]})
        others = frozenset(Descriptor) - {"rash", "low_complement"}
        assert [
            str(f)
            for f in audit(
                data,
                Codebook(descriptors={"absent": others}, recorded={"total": "t", "clinical": "c"}),
            ).disagreements
        ] == []
        found = audit(
            data.with_columns(t=4, c=0, low_complement=False),
            Codebook(descriptors={"absent": others}, recorded={"total": "c", "clinical": "t"}),
        )
        assert found.disagreements
        data = pl.DataFrame(
            {"rash": [None], "alopecia": [None], "low_complement": [False], "t": [4], "c": [2]}
        )
        (finding,) = audit(
            data,
            Codebook(
                descriptors={"absent": others - {"alopecia"}},
                recorded={"total": "t", "clinical": "c"},
            ),
        ).disagreements
        assert str(finding) == (
            "serologic recorded 2, computed 0, difference +2: 1 of low_complement, "
            "increased_dna_binding absent but added"
        )

    def test_queries(self) -> None:
        data = self.data.with_columns(plt=pl.Series([99.0, 100.0, None, 50.0, float("nan")]))
        found = audit(
            data,
            Codebook(
                descriptors={"absent": self.others},
                findings=labs_of([PLATELETS]),
                recorded={"total": "total"},
            ),
        )
        assert found.queries == {
            PLATELETS: {Query.ABSENT_PAST_LIMIT: 2, Query.PRESENT_WITHIN_LIMIT: 0}
        }
        queries = [finding for finding in found.findings if finding.lab]
        assert [(f.row, f.recorded, f.query) for f in queries] == [
            (0, 99, Query.ABSENT_PAST_LIMIT),
            (3, 50, Query.ABSENT_PAST_LIMIT),
        ]
        assert str(queries[0]) == (
            "platelets 99 10*9/L, past the limit (< 100,000 per mm3), yet thrombocytopenia is "
            "absent: overlooked, or of another cause?"
        )
        assert not any(finding.disagrees for finding in queries)

    def test_a_query_on_what_is_present(self) -> None:
        data = pl.DataFrame({"proteinuria": [True] * 2, "protein": [500, 501], "total": [4, 4]})
        others = frozenset(Descriptor) - {"proteinuria"}
        (finding,) = audit(
            data,
            Codebook(
                descriptors={"absent": others},
                findings=labs_of([PROTEIN]),
                recorded={"total": "total"},
            ),
        ).findings
        assert str(finding) == (
            "urine_protein_24h 500 mg/d, not past the limit (> 0.5 g/24 h), yet proteinuria is "
            "present: by which value?"
        )

    @pytest.mark.parametrize("engine", ["pandas", "pyarrow"])
    def test_other_frames_in_memory_give_the_same(self, engine: str) -> None:
        data = table(VISITS).with_columns(total=pl.Series(recorded_totals(), dtype=pl.Int64))
        data = data.with_columns(plt=pl.col("id").cast(pl.Float64) * 2.5)

        def comparable(finding: Finding) -> tuple[object, ...]:
            return (finding.row, finding.check, float(finding.recorded), str(finding))

        expected, found = (
            audit(frame, Codebook(findings=labs_of([PLATELETS]), recorded={"total": "total"}))
            for frame in (data, ENGINES[engine].make(data))
        )
        assert [comparable(f) for f in found.findings] == [comparable(f) for f in expected.findings]
        assert (found.agreement, found.queries) == (expected.agreement, expected.queries)

    def test_a_frame_that_is_not_in_memory(self) -> None:
        with pytest.raises(InvalidInputError, match="audit needs a frame in memory, found LazyF"):
            audit(
                self.data.lazy(),
                Codebook(descriptors={"absent": self.others}, recorded={"total": "total"}),
            )

    def test_what_is_no_frame(self) -> None:
        with pytest.raises(InvalidInputError, match="expected a data frame of polars"):
            audit([1], Codebook(recorded={"total": "total"}))
        doubled = pd.DataFrame([[1, 2]], columns=["rash", "rash"])
        with pytest.raises(InvalidInputError, match="'rash' 2 times"):
            audit(doubled, Codebook(recorded={"total": "rash"}))

    def test_a_score_that_is_no_whole_number_or_out_of_range(self) -> None:
        data = pl.DataFrame({"total": [7.5, 106.0, -1.0, 0.0, float("inf")]})
        found = audit(
            data, Codebook(descriptors={"absent": list(Descriptor)}, recorded={"total": "total"})
        )
        differences = [(f.row, f.difference) for f in found.findings]
        assert differences == [(0, 7.5), (1, 106), (2, -1), (4, float("inf"))]
        assert str(found.findings[0]).endswith("difference +7.5: no descriptors explain it")

    def test_descriptors_that_nobody_assessed(self) -> None:
        data = pl.DataFrame({"total": [105, 0]})
        found = audit(
            data,
            Codebook(descriptors={"not_collected": list(Descriptor)}, recorded={"total": "total"}),
        )
        assert [str(f)[:42] for f in found.findings] == [
            "total recorded 105, computed 0 to 105: imp",
            "total recorded 0, computed 0 to 105: impli",
        ]
        assert found.findings[0].implication is not None
        assert len(found.findings[0].implication.present) == 24

    def test_results_whose_names_the_frame_has_already(self) -> None:
        """An audit reads its own results, not the columns of the frame that are called so."""
        book = Codebook(
            descriptors={"absent": self.others},
            findings=labs_of([PLATELETS]),
            recorded={"total": "total", "clinical": "clinical"},
        )
        data = self.data.with_columns(plt=pl.lit(50.0), wbc=pl.lit(50.0))
        own = [name for name in compare(data, book).columns if name not in data.columns]
        assert len(own) == 13
        theirs = data.with_columns(pl.lit(1).alias(name) for name in own)
        expected, found = audit(data, book), audit(theirs, book)
        assert (found.agreement, found.queries) == (expected.agreement, expected.queries)
        assert [str(f) for f in found.findings] == [str(f) for f in expected.findings]
        compared = compare(theirs, book)
        assert compared.columns == [*theirs.columns, *(f"{name}_computed" for name in own)]
        assert compared.select(theirs.columns).equals(theirs)
        with pytest.raises(InvalidInputError, match=r"there already .*: sledai_low_computed"):
            compare(compared.select(*data.columns, "sledai_low", "sledai_low_computed"), book)

    @pytest.mark.parametrize("name", ["^t.*l$", "*"])
    def test_names_that_polars_would_take_for_patterns(self, name: str) -> None:
        data = self.data.rename({"total": name})
        expected = audit(
            self.data, Codebook(descriptors={"absent": self.others}, recorded={"total": "total"})
        )
        assert (
            audit(data, Codebook(descriptors={"absent": self.others}, recorded={"total": name}))
            == expected
        )
        labs = [Lab("platelets", "plt", "/uL")]
        queries = audit(
            self.data.with_columns(plt=50),
            Codebook(
                descriptors={"absent": self.others},
                findings=labs_of(labs),
                recorded={"total": "total"},
            ),
        )
        data = self.data.with_columns(pl.lit(50).alias(name))
        named = audit(
            data,
            Codebook(
                descriptors={"absent": self.others},
                findings=labs_of([Lab("platelets", name, "/uL")]),
                recorded={"total": "total"},
            ),
        )
        assert [str(f) for f in named.findings] == [str(f) for f in queries.findings]


OFTEN_ABSENT = assessments(st.sampled_from([True, False, False, False]))
POINTS = {d: spec_tables.total_of({d.value}) for d in Descriptor}


def recorded_as(visits: list[Assessment], *totals: float) -> Audit:
    data = table(visits).with_columns(total=pl.Series(totals, dtype=pl.Float64))
    return audit(data, Codebook(recorded={"total": "total"}))


class TestWeights:
    """An audit names the weight that, counted otherwise, explains most rows that disagree."""

    headache = Assessment.of(present={"lupus_headache"})
    with_rash = Assessment.of(present={"lupus_headache", "rash"})
    rash = Assessment.of(present={"rash"})
    fever = Assessment.of(present={"fever"})

    def names(self, visits: list[Assessment], *totals: float) -> list[str]:
        return [str(one) for one in recorded_as(visits, *totals).weights[Check.TOTAL]]

    def test_a_weight_of_another_table(self) -> None:
        visits = [self.headache, self.with_rash, self.headache, self.headache, self.rash]
        assert self.names([*visits, self.fever], 4, 6, 4, 4, 2, 2) == [
            "lupus_headache counted 4, not 8, in all 4 visits that have it: explains 4 of 5"
        ]

    def test_visits_that_are_off_in_another_way(self) -> None:
        visits = [self.headache, self.headache, self.headache, self.with_rash, self.rash]
        assert recorded_as(visits, 0, 0, 0, 9, 2).weights == {
            Check.TOTAL: (
                CountedWeight(
                    descriptor=Descriptor.LUPUS_HEADACHE,
                    weight=0,
                    explained=3,
                    having=4,
                    disagreeing=4,
                ),
            )
        }
        assert self.names(visits, 0, 0, 0, 9, 2) == [
            "lupus_headache counted 0, not 8, in 3 of the 4 visits that have it: explains 3 of 4"
        ]

    def test_a_visit_that_agrees_contradicts(self) -> None:
        visits = [self.headache] * 5
        assert len(self.names(visits, 4, 4, 4, 4, 4)) == 1
        assert self.names(visits, 4, 4, 4, 4, 8) == []

    def test_two_visits_are_too_few(self) -> None:
        assert self.names([self.headache] * 2, 4, 4) == []
        assert len(self.names([self.headache] * 3, 4, 4, 4)) == 1

    def test_half_is_not_most(self) -> None:
        visits = [self.headache] * 3 + [self.fever] * 3
        assert self.names(visits, 4, 4, 4, 2, 3, 4) == []
        assert len(self.names(visits, 4, 4, 4, 2, 3, 1)) == 1

    @pytest.mark.parametrize(("total", "number"), [(0, 1), (-1, 0), (3.5, 0), (float("inf"), 0)])
    def test_a_weight_is_a_whole_number_from_0(self, total: float, number: int) -> None:
        assert len(self.names([self.headache] * 3, total, total, total)) == number

    def test_what_cannot_be_told_apart_is_named_together(self) -> None:
        assert self.names([self.with_rash] * 3, 11, 11, 11) == [
            "lupus_headache counted 9, not 8, in all 3 visits that have it: explains 3 of 3",
            "rash counted 3, not 2, in all 3 visits that have it: explains 3 of 3",
        ]

    def test_of_several_the_one_that_explains_most(self) -> None:
        visits = [self.with_rash] * 3 + [self.headache]
        assert self.names(visits, 6, 6, 6, 4) == [
            "lupus_headache counted 4, not 8, in all 4 visits that have it: explains 4 of 4"
        ]

    def test_visits_with_open_answers_are_not_counted(self) -> None:
        open_ = Assessment.of(present={"lupus_headache"}, not_assessed={"fever"})
        assert self.names([self.headache, self.headache, open_, open_], 4, 4, 4, 8) == []
        assert self.names([*[self.headache] * 3, open_], 4, 4, 4, 8) == [
            "lupus_headache counted 4, not 8, in all 3 visits that have it: explains 3 of 3"
        ]

    def test_a_clinical_score_by_itself(self) -> None:
        """Low complement is open, which leaves the clinical score known."""
        visits = [
            Assessment.of(present={"lupus_headache"}, not_assessed={"low_complement"}),
            *[Assessment.of(present={"lupus_headache", "low_complement"})] * 2,
        ]
        data = table(visits).with_columns(total=pl.Series([8, 10, 10]), clinical=pl.lit(4))
        book = Codebook(recorded={"total": "total", "clinical": "clinical"})
        weights = audit(data, book).weights
        assert weights[Check.TOTAL] == ()
        assert [str(one) for one in weights[Check.CLINICAL]] == [
            "lupus_headache counted 4, not 8, in all 3 visits that have it: explains 3 of 3"
        ]

    def test_without_a_disagreement_there_is_none(self) -> None:
        assert self.names([self.headache, self.rash, self.fever], 8, 2, 1) == []

    @settings(deadline=None, max_examples=examples(40))
    @given(
        st.lists(OFTEN_ABSENT, min_size=8, max_size=30),
        st.lists(assessments(), max_size=4),
        st.sampled_from(Descriptor),
        st.integers(0, 12),
        st.integers(1, 7),
    )
    def test_a_planted_weight_is_found(
        self,
        known: list[Assessment],
        open_: list[Assessment],
        planted: Descriptor,
        weight: int,
        size: int,
    ) -> None:
        having = [visit for visit in known if planted in visit.present]
        assume(len(having) >= 3 and weight != POINTS[planted])
        counted = POINTS | {planted: weight}
        visits = [*known, *(visit for visit in open_ if visit.not_assessed)]
        totals = [sum(counted[d] for d in visit.present) for visit in visits]
        found = recorded_as(visits, *totals)
        expected = CountedWeight(
            descriptor=planted,
            weight=weight,
            explained=len(having),
            having=len(having),
            disagreeing=len(having),
        )
        assert expected in found.weights[Check.TOTAL]
        for other in set(found.weights[Check.TOTAL]) - {expected}:
            assert all(other.descriptor in visit.present for visit in having)
        batches = [
            recorded_as(visits[start : start + size], *totals[start : start + size])
            for start in range(0, len(visits), size)
        ]
        parts = [batch.differences[Check.TOTAL] for batch in batches]
        assert counted_weights(reduce(add, parts, Differences())) == found.weights[Check.TOTAL]

    @settings(deadline=None, max_examples=examples(20))
    @given(st.lists(complete_assessments, min_size=1, max_size=20))
    def test_where_none_is_planted_none_is_found(self, visits: list[Assessment]) -> None:
        totals = [sum(POINTS[d] for d in visit.present) for visit in visits]
        assert recorded_as(visits, *totals).weights == {Check.TOTAL: ()}
