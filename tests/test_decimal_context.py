"""No result depends on the decimal context: not on precision, rounding, traps or capitals."""

import decimal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sledai import Assessment, InvalidInputError, Verdict
from sledai.findings import Findings, LabResult, compare_editions, derive
from sledai.indices import adjusted_mean, doris, lldas, sfi, sri
from sledai.indices.course import course, first_flare, time_in
from sledai.quantities import PLAUSIBLE, UNITS, Quantity, checked, converted, plausible_range
from sledai.quantities.glucocorticoids import prednisone_equivalent
from sledai.trials.nct05765006 import ACTIVITY_RULE
from sledai.trials.nct05765006.candidate import Candidate, template
from sledai.trials.nct05765006.screening import screen
from sledai.visits import History, Visit
from sledai.visits.change import change_of

HOSTILE = decimal.Context(
    prec=1,
    rounding=decimal.ROUND_UP,
    Emin=0,
    Emax=0,
    capitals=0,
    clamp=1,
    traps=[
        decimal.Clamped,
        decimal.DivisionByZero,
        decimal.FloatOperation,
        decimal.Inexact,
        decimal.InvalidOperation,
        decimal.Overflow,
        decimal.Rounded,
        decimal.Subnormal,
        decimal.Underflow,
    ],
)


@contextmanager
def hostile() -> Iterator[None]:
    with decimal.localcontext(HOSTILE):
        yield


def visits() -> tuple[Visit, Visit]:
    return (
        Visit(
            date="2024-01-16",  # type: ignore[arg-type]
            assessment=Assessment.of(present={"arthritis", "rash", "low_complement"}),
            physician_global=1.004,
            prednisone_mg_day="1.25e1",  # type: ignore[arg-type]
            weight_kg=61.5,
            hemoglobin="12.05 g/dL",
        ),
        Visit(
            date="2024-04-16",  # type: ignore[arg-type]
            assessment=Assessment.of(present={"low_complement"}, not_assessed={"rash"}),
            physician_global=Decimal("1.300"),
            prednisone_mg_day=Decimal("1E+1"),
            weight_kg=60,
            platelets="59.999 K/uL",
            hemoglobin="90.4 g/L",
            hemolytic_anemia=True,
        ),
    )


def of_findings() -> Findings:
    return Findings(
        platelets="99.999 K/uL",
        white_cells="2.9999 10*9/L",
        temperature="100.41 [degF]",
        urine_protein_24h="1.2345 g/d",
        previous_urine_protein_24h="734.4 mg/d",
        urine_red_cells=">5 /[HPF]",
        c3=LabResult(value="0.8999 g/L", lower="90 mg/dL"),
    )


def candidate() -> Candidate:
    return Candidate(
        age=34,
        oral_corticosteroids={"dexamethasone": "1.125 mg/d"},
        disease_duration="26 wk",
        urine_protein_24h="6000.1 mg/d",
        serum_creatinine="221.01 umol/L",
        iga="0.0999 g/L",
    )


RESULTS: dict[str, Callable[[], object]] = {
    "visits": visits,
    "written out": lambda: [visit.model_dump_json() for visit in visits()],
    "sfi": lambda: str(sfi.assess(*visits())),
    "sri": lambda: str(sri.assess(*visits(), new_bilag_a=0, new_bilag_b=1)),
    "lldas": lambda: str(lldas.assess(*visits())),
    "doris": lambda: str(doris.assess(visits()[1])),
    "adjusted mean": lambda: str(adjusted_mean.assess(History(visits=visits()))),
    "course": lambda: course(History(visits=visits())),
    "first flare": lambda: first_flare(History(visits=visits())),
    "time in": lambda: time_in(History(visits=visits()), "LLDAS").share,
    "change": lambda: change_of(*(visit.assessment for visit in visits() if visit.assessment)),
    "derive": lambda: list(map(str, derive(of_findings(), edition="SELENA").reasons.values())),
    "ratio": lambda: str(
        derive(
            Findings(urine_protein_creatinine_ratio="57 mg/mmol"),
            edition="SELENA",
            ratio_limit="0.5 g/g",
        ).reasons
    ),
    "editions": lambda: compare_editions(of_findings()).totals,
    "findings written out": lambda: of_findings().model_dump_json(),
    "definitions": lambda: [
        reason.definition.text
        for reason in derive(of_findings(), edition="SELENA").reasons.values()
    ],
    "screen": lambda: str(screen(candidate())),
    "template": template,
    "judgement": lambda: ACTIVITY_RULE.judge(Assessment.of(present={"arthritis", "rash"})),
    "glucocorticoids": lambda: prednisone_equivalent({"betamethasone": "1.1 mg/d"}),
    "quantity": lambda: (str(Quantity("1.25e3", "K/uL")), Quantity(1.25, "g/L").value),
    "checked": lambda: checked("temperature", Quantity("100.41", "[degF]")),
    "converted": lambda: converted("serum_creatinine", Decimal("2.5"), "umol/L"),
    "ranges": lambda: [plausible_range(a, unit) for a in PLAUSIBLE for unit in UNITS[a]],
}


@pytest.mark.parametrize("result", RESULTS.values(), ids=RESULTS)
def test_every_result_is_the_same(result: Callable[[], object]) -> None:
    expected = result()
    with hostile():
        found = result()
    assert found == expected


def test_what_is_refused_is_refused_in_the_same_words() -> None:
    said: list[str] = []
    for context in (decimal.localcontext(), hostile()):
        with context, pytest.raises(InvalidInputError) as caught:
            checked("platelets", Quantity("0.9999", "K/uL"))
        said.append(str(caught.value))
    assert said[0] == said[1]


def test_a_rise_of_less_than_a_third_is_a_response() -> None:
    """Furie 2009: not worse by 0.3. With two digits 1.300 - 1.004 would be 0.30."""
    with decimal.localcontext(decimal.Context(prec=2)):
        result = sri.assess(*visits(), new_bilag_a=0, new_bilag_b=0)
    assert result.components[3].verdict is Verdict.MET


@given(st.decimals(0, 3, places=4), st.decimals(0, 3, places=4))
def test_the_rise_of_the_global_assessment_is_exact(before: Decimal, now: Decimal) -> None:
    first, later = visits()
    pair = (
        first.model_copy(update={"physician_global": before}),
        later.model_copy(update={"physician_global": now}),
    )
    with hostile():
        verdict = sri.assess(*pair).components[3].verdict
    worse = Fraction(now) - Fraction(before) >= Fraction(3, 10)
    assert verdict is (Verdict.NOT_MET if worse else Verdict.MET)


def test_importing_under_such_a_context_changes_nothing() -> None:
    code = """
import decimal
decimal.setcontext(decimal.Context(prec=1, capitals=0, traps=[decimal.Inexact, decimal.Rounded]))
from sledai.trials.nct05765006.candidate import Candidate
print(Candidate.model_fields["nephritis_high_dose_duration"].description)
"""
    command = [sys.executable, "-c", code]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603
    description = Candidate.model_fields["nephritis_high_dose_duration"].description
    assert shown.strip() == description
    assert description is not None
    assert "(methylprednisolone >= 80 mg/d)" in description
