"""Hypothesis strategies for the library's inputs, for use in other projects' tests too."""

from hypothesis import strategies as st

from sledai import SEROLOGIC, ActivityRule, Assessment, Descriptor
from sledai.definitions import Edition
from sledai.scoring.variants import LABORATORY

answers = st.sampled_from([True, False, None])


def assessments(
    answer: st.SearchStrategy[bool | None] = answers,
) -> st.SearchStrategy[Assessment]:
    """Assessments whose 24 answers are drawn one by one."""
    return st.fixed_dictionaries({d.value: answer for d in Descriptor}).map(
        Assessment.model_validate
    )


complete_assessments = assessments(st.booleans())


@st.composite
def nearly_complete_assessments(draw: st.DrawFn, most_unknown: int = 8) -> Assessment:
    """Assessments with few enough unknowns to try every completion."""
    unknown = draw(st.sets(st.sampled_from(Descriptor), max_size=most_unknown))
    present = draw(st.sets(st.sampled_from(Descriptor))) - unknown
    return Assessment.of(present=present, not_assessed=unknown)


_CLINICAL = st.frozensets(st.sampled_from(sorted(set(Descriptor) - SEROLOGIC)), max_size=4)
_nothing = st.just(frozenset[Descriptor]())
_more = st.frozensets(st.sampled_from(sorted(set(Descriptor) - SEROLOGIC)), max_size=8)
rules = st.builds(
    ActivityRule,
    name=st.just("drawn"),
    edition=st.sampled_from(Edition),
    least_total=st.integers(1, 40),
    least_clinical=st.integers(0, 40),
    clinical_applies=st.sampled_from(["always", "serology scored"]),
    least_serologic=st.sampled_from([0, 0, 0, 2, 4]),
    uncounted=_nothing | _CLINICAL,
    one_of=_nothing | _CLINICAL,
) | st.builds(
    lambda least, more, uncounted: ActivityRule(
        name="drawn",
        edition=Edition.SLEDAI_2K,
        least_total=least,
        most_total=least + more,
        uncounted=uncounted,
    ),
    st.integers(0, 20),
    st.integers(7, 20),
    _nothing | _CLINICAL,
)
rules |= st.builds(
    ActivityRule,
    name=st.just("drawn"),
    edition=st.sampled_from(Edition),
    least_total=st.integers(0, 40),
    least_clinical=st.integers(1, 30),
    clinical_excluding=(_more | st.just(LABORATORY)).map(lambda more: more | SEROLOGIC),
    uncounted=_nothing | _CLINICAL,
    one_of=_nothing | _CLINICAL,
)
