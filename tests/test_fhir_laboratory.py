"""Laboratory values and temperatures of FHIR as findings: what counts, and what is left out."""

from copy import deepcopy
from datetime import date, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from itertools import product
from math import ceil, floor
from typing import Any, ClassVar, cast
from zoneinfo import ZoneInfo

import pytest
import spec_tables
from fhir_bundles import INTERPRETATION, UCUM, VISIT, Json, amount, bundle, concept, lab, result
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from examples import examples
from sledai import Descriptor, InvalidInputError
from sledai.definitions import Edition
from sledai.definitions.editions import DEFINITIONS
from sledai.fhir import (
    LABORATORY_CODES,
    ObservationsRead,
    Why,
    read_observations,
)
from sledai.findings import Findings, LabResult, derive
from sledai.findings.evaluation import asked_by
from sledai.quantities import UNITS, Quantity, converted, plausible
from sledai.sources import Read

CODES = spec_tables.rows("loinc.csv")
LABORATORY = spec_tables.rows("laboratory.csv")
CODE_OF = {"heme_granular_casts": "5793-5"} | {
    row["finding"]: row["code"] for row in reversed(CODES) if row["scale"] == "amount"
}
DAY = date.fromisoformat(VISIT)
UNSHRUNK = [Phase.explicit, Phase.reuse, Phase.generate]


def read(*resources: Json, edition: str = "SELENA", **more: Any) -> ObservationsRead:
    return read_observations(bundle(*resources), edition, VISIT, **more)


def left(found: ObservationsRead) -> list[str]:
    return [str(one) for one in found.left_out]


class TestCodes:
    """LOINC Users' Guide, C: the last digit of a code is a check digit, modulo 10."""

    @pytest.mark.parametrize("code", [*LABORATORY_CODES, "12345-5"])
    def test_the_check_digit(self, code: str) -> None:
        number, check = code.split("-")
        odd, even = number[::-1][::2][::-1], number[::-1][1::2][::-1]
        digits = even + str(int(odd) * 2)
        assert (-sum(map(int, digits))) % 10 == int(check)

    def test_the_table_is_the_one_that_was_typed(self) -> None:
        scale = {(False, "amount"): "amount", (True, "amount"): "none seen alone"}
        units = {((), "amount"): "all", (("%",), "amount"): "not %"}
        typed = {row["code"]: (row["finding"], row["scale"], row["units"]) for row in CODES}
        assert typed == {
            code: (
                row.finding,
                scale.get((row.broader, row.scale), "presence"),
                units.get((row.not_in, row.scale), "none"),
            )
            for code, row in LABORATORY_CODES.items()
        }

    def test_each_says_what_it_is_and_where_that_was_read(self) -> None:
        for row in LABORATORY_CODES.values():
            assert row.finding in Findings.model_fields
            assert row.name
            assert row.specimen
            assert row.citation.read in {Read.IN_WORK, Read.IN_REPRODUCTION}

    @pytest.mark.parametrize("edition", Edition)
    def test_each_is_of_one_descriptor(self, edition: Edition) -> None:
        for row in LABORATORY_CODES.values():
            asking = [
                descriptor
                for descriptor, definition in DEFINITIONS[edition].items()
                if row.finding in asked_by(definition.rule)
            ]
            assert len(asking) == 1, row.finding

    def test_every_analyte_has_a_code_but_the_earlier_protein(self) -> None:
        asked = {row["finding"] for row in LABORATORY if row["finding"]}
        assert asked - {row["finding"] for row in CODES} <= {"previous_urine_protein_24h"}


def observed(row: dict[str, str], *, as_code: bool) -> Json:
    """Write a row of the table of laboratory values as a server would."""

    def quantity(text: str) -> Json:
        value = Quantity.parse(text)
        written: Json = amount(str(value.value), value.unit, value.bound)
        return written if as_code else {k: v for k, v in written.items() if k in PLAIN}

    more: Json = {}
    if row["value"]:
        more["valueQuantity"] = quantity(row["value"])
    limits = {end: quantity(row[name]) for end, name in ENDS.items() if row[name]}
    if limits:
        more["referenceRange"] = [limits]
    if row["flag"]:
        more["interpretation"] = [concept(row["flag"][0].upper(), INTERPRETATION)]
    return result(CODE_OF[row["finding"]], **more)


PLAIN = {"value", "unit", "comparator"}
ENDS = {"low": "lower", "high": "upper"}
ROWS = [
    row
    for row in LABORATORY
    if row["finding"] in CODE_OF
    and row["finding"] != "heme_granular_casts"
    and row["expected"] != "error"
    and (row["value"] or row["flag"])
    and not row["value"].endswith(" %")  # which no code of LOINC here is in
]
# What laboratories print, and what is a code of something else in UCUM: kelvin, gauss, farad.
PRINTED = {"K/uL", "G/L", "C", "F"}


class TestTheSameAsDirectly:
    """What comes over FHIR are the findings that somebody would type, in each unit."""

    @pytest.mark.parametrize("as_code", [True, False])
    @pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['finding']} {row['case']}")
    def test_each_row_of_the_table(self, row: dict[str, str], as_code: bool) -> None:
        given = {name: row[name] or None for name in ("value", "lower", "upper", "flag")}
        held = any(given[name] for name in ("lower", "upper", "flag"))
        value = {k: v for k, v in given.items() if v} if held else row["value"]
        direct = Findings.model_validate(
            {row["finding"]: value, "visit_date": DAY, "dates": {row["finding"]: DAY}}
        )
        found = read(observed(row, as_code=as_code))
        if as_code and row["value"].split(" ")[-1] in PRINTED:
            assert found.left_out_as(Why.UNUSABLE)
            return
        assert found.findings == direct
        assert not found.left_out
        assert [one.finding for one in found.used] == [row["finding"]]

    def test_every_unit_is_in_those_rows(self) -> None:
        used = {(row["finding"], row["value"].split(" ")[-1]) for row in ROWS if row["value"]}
        for finding in {row["finding"] for row in ROWS} - {"c4", "red_cell_casts"}:
            unseen = {(finding, unit) for unit in UNITS[finding] if unit != "%"} - used
            assert not unseen or finding == "urine_protein_creatinine_ratio"

    @settings(max_examples=examples(100), phases=UNSHRUNK)
    @given(st.data())
    def test_any_amounts(self, data: st.DataObject) -> None:
        direct: dict[str, Any] = {}
        resources: list[Json] = []
        for finding in data.draw(st.sets(st.sampled_from(sorted(CODE_OF)), min_size=1)):
            if finding in {"heme_granular_casts", "urine_protein_creatinine_ratio"}:
                continue  # the ratio does not count beside an amount
            analyte = "urine_casts" if finding == "red_cell_casts" else finding
            unit = data.draw(st.sampled_from(list(UNITS[analyte])))
            least, most = plausible(analyte, unit)
            low, high = (converted(analyte, Fraction(end), unit) for end in (least, most))
            thousandths = data.draw(st.integers(ceil(low * 1000), floor(high * 1000)))
            value = Decimal(thousandths) / 1000
            bound = data.draw(st.sampled_from(["", "<", "<=", ">", ">="]))
            code = data.draw(st.sampled_from([c for c in CODES if c["finding"] == finding]))
            if code["scale"] != "amount" or unit == "%":
                continue
            direct[finding] = f"{bound}{value} {unit}"
            quantity = amount(str(value), unit, bound)
            if unit in PRINTED:
                quantity = {k: v for k, v in quantity.items() if k in PLAIN}
            resources.append(result(code["code"], valueQuantity=quantity))
        for edition in Edition:
            found = read(*data.draw(st.permutations(resources)), edition=edition.name)
            dates = dict.fromkeys(direct, DAY)
            typed = Findings(**direct, visit_date=DAY, dates=dates)
            assert found.findings == typed
            assert found.derivation == derive(typed, edition=edition)
            assert not found.left_out


class TestValues:
    """Observation.value, interpretation and referenceRange: what each says of a finding."""

    def test_of_a_code_in_ucum_the_words_are_for_people(self) -> None:
        quantity = {"value": 92, "unit": "thou/mcL", "system": UCUM, "code": "10*3/uL"}
        found = read(result("777-3", valueQuantity=quantity))
        assert found.derivation.assessment.thrombocytopenia is True

    def test_limits_and_value_in_different_units(self) -> None:
        low = {"low": amount(90, "mg/dL"), "high": amount(180, "mg/dL")}
        found = read(lab("4485-9", 0.7, "g/L", referenceRange=[low]))
        assert found.findings.c3 == LabResult(value="0.7 g/L", lower="90 mg/dL", upper="180 mg/dL")
        assert found.derivation.assessment.low_complement is True

    def test_the_range_that_is_marked_as_normal(self) -> None:
        meaning = "http://terminology.hl7.org/CodeSystem/referencerange-meaning"
        ranges = [
            {"low": amount(50, "mg/dL"), "type": concept("treatment", meaning)},
            {"low": amount(90, "mg/dL"), "type": concept("normal", meaning)},
        ]
        found = read(lab("4485-9", 0.7, "g/L", referenceRange=ranges))
        assert found.findings.c3 == LabResult(value="0.7 g/L", lower="90 mg/dL")
        assert left(found) == [
            (
                "not usable: Bundle.entry[0].resource.referenceRange[0]: found a range of another "
                "type; accepted: the range of normal alone"
            )
        ]

    @pytest.mark.parametrize(
        ("other", "said"),
        [
            ({"type": {"text": "Critical"}}, "a range of another type"),
            ({"type": concept("normal", "urn:x")}, "a range of another type"),
            ({"type": {}}, "a range of another type"),
            ({"age": {"high": {"value": 10, "unit": "a"}}}, "a range with age"),
            ({"appliesTo": [{"text": "children"}]}, "a range with appliesTo"),
            ({"modifierExtension": [{}]}, "a range with modifierExtension"),
            ({"text": "borderline"}, "a range with a text of its own"),
            ({"text": "10 to 180 mg/dL, deficient below"}, "a range with a text of its own"),
        ],
    )
    def test_beside_a_range_that_need_not_be_the_normal_one_the_flag_decides(
        self, other: Json, said: str
    ) -> None:
        ranges = [{"low": amount(10, "mg/dL"), "high": amount(180, "mg/dL")} | other]
        flag = [concept("L", INTERPRETATION)]
        found = read(lab("4485-9", 70, "mg/dL", referenceRange=ranges, interpretation=flag))
        assert found.derivation.assessment.low_complement is True
        assert left(found) == [
            (
                f"not usable: Bundle.entry[0].resource.referenceRange[0]: found {said}; accepted: "
                "the range of normal alone"
            )
        ]
        found = read(lab("4485-9", 70, "mg/dL", referenceRange=ranges))
        assert found.derivation.assessment.low_complement is None

    @pytest.mark.parametrize(
        "text", ["90 - 180", "90 to 180 mg/dL", "Normal range: 90\u2013180 mg/dL", "(>= 90)"]
    )
    def test_a_text_that_says_the_range_once_more(self, text: str) -> None:
        ranges = [{"low": amount(90, "mg/dL"), "high": {"value": 180, "unit": "mg/dL"}}]
        found = read(lab("4485-9", 70, "mg/dL", referenceRange=[ranges[0] | {"text": text}]))
        assert found.derivation.assessment.low_complement is True
        assert not found.left_out

    def test_of_a_marked_range_the_text_is_not_read(self) -> None:
        meaning = "http://terminology.hl7.org/CodeSystem/referencerange-meaning"
        marked = {"low": amount(90, "mg/dL"), "text": "adults"}
        marked["type"] = concept("normal", meaning)
        found = read(lab("4485-9", 70, "mg/dL", referenceRange=[marked]))
        assert found.derivation.assessment.low_complement is True

    @pytest.mark.parametrize(
        ("code", "value", "unit", "written"),
        [
            ("777-3", 92, "10*9/l", "92 10*9/L"),
            ("777-3", 92, "10*3/ul", "92 10*3/uL"),
            ("2890-2", 900, "mg/g", "900 mg/g"),
        ],
    )
    def test_a_liter_is_l_or_capital_l(
        self, code: str, value: int, unit: str, written: str
    ) -> None:
        finding = LABORATORY_CODES[code].finding
        assert str(getattr(read(lab(code, value, unit)).findings, finding)) == written

    def test_in_the_words_of_a_unit_and_in_a_range_too(self) -> None:
        low = {"low": {"value": 90, "unit": "mg/dl"}}
        value = amount(0.7, "g/L") | {"unit": "g/l"}
        found = read(result("4485-9", valueQuantity=value, referenceRange=[low]))
        assert found.findings.c3 == LabResult(value="0.7 g/L", lower="90 mg/dL")

    @pytest.mark.parametrize(("code", "unit"), [("777-3", "K/uL"), ("8310-5", "F")])
    def test_a_unit_as_it_is_printed_is_no_code_of_ucum(self, code: str, unit: str) -> None:
        printed = result(code, valueQuantity={"value": 101, "unit": unit})
        assert read(printed).used
        assert not read(lab(code, 101, unit)).used

    @pytest.mark.parametrize(("code", "flag"), [("5130-0", "N"), ("31348-6", "NEG")])
    def test_words_beside_a_flag_leave_the_flag(self, code: str, flag: str) -> None:
        interpretation = [concept(flag, INTERPRETATION)]
        found = read(result(code, valueString="<10", interpretation=interpretation))
        assert found.derivation.assessment.increased_dna_binding is False
        assert left(found) == [
            (
                "not usable: Bundle.entry[0].resource.valueString: found text; accepted: its "
                "interpretation alone"
            )
        ]

    @pytest.mark.parametrize(
        ("code", "flag", "expected"),
        [
            ("L", "4485-9", "low"),
            ("LL", "4485-9", "low"),
            ("N", "4498-2", "normal"),
            ("H", "5130-0", "high"),
            ("HH", "5130-0", "high"),
            ("POS", "5130-0", "high"),
            ("NEG", "5130-0", "normal"),
        ],
    )
    def test_flags(self, code: str, flag: str, expected: str) -> None:
        found = read(result(flag, interpretation=[concept(code, INTERPRETATION)]))
        (finding,) = {row["finding"] for row in CODES if row["code"] == flag}
        assert getattr(found.findings, finding) == LabResult(flag=cast("Any", expected))

    @pytest.mark.parametrize(("code", "answer"), [("POS", True), ("NEG", False)])
    def test_antibodies_that_are_there_or_not(self, code: str, answer: bool) -> None:
        found = read(result("31348-6", valueCodeableConcept=concept(code, INTERPRETATION)))
        assert found.derivation.assessment.increased_dna_binding is answer

    # The answers of LOINC's list LL360-9.
    @pytest.mark.parametrize(("code", "answer"), [("LA6576-8", True), ("LA6577-6", False)])
    def test_the_same_in_answers_of_loinc(self, code: str, answer: bool) -> None:
        found = read(result("31348-6", valueCodeableConcept=concept(code)))
        assert found.derivation.assessment.increased_dna_binding is answer
        assert not found.left_out

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ({"valueBoolean": True}, True),
            ({"valueBoolean": False}, False),
            ({"valueCodeableConcept": concept("POS", INTERPRETATION)}, True),
            ({"valueQuantity": amount(2, "/[LPF]")}, Quantity(2, "/[LPF]")),
        ],
    )
    def test_casts(self, value: Json, expected: object) -> None:
        quantity = expected if not isinstance(expected, Quantity) else Quantity("2.0", "/[LPF]")
        found = read(result("5807-3", **value)).findings.red_cell_casts
        assert str(found) == str(quantity) or found == expected

    @pytest.mark.parametrize(
        "none", [{"valueBoolean": False}, {"valueQuantity": amount(0, "/[LPF]")}]
    )
    def test_no_granular_casts_are_no_heme_granular_ones(self, none: Json) -> None:
        found = read(result("5793-5", **none))
        assert found.findings.heme_granular_casts is False

    @pytest.mark.parametrize(
        ("some", "place"),
        [
            ({"valueBoolean": True}, "valueBoolean"),
            ({"valueQuantity": amount(3, "/[LPF]")}, "valueQuantity"),
            ({"valueQuantity": amount(1, "/[LPF]", "<")}, "valueQuantity"),
        ],
    )
    def test_granular_casts_need_not_be_heme_granular(self, some: Json, place: str) -> None:
        found = read(result("5793-5", **some), result("5807-3", valueBoolean=False))
        assert found.derivation.assessment.urinary_casts is None
        assert left(found) == [
            (
                f"not usable: Bundle.entry[0].resource.{place}: granular casts in a low-power "
                "field: they need not be heme_granular_casts; only that there are none decides"
            )
        ]

    def test_the_components_of_a_panel(self) -> None:
        panel = {
            "resourceType": "Observation",
            "status": "final",
            "code": concept("58410-2"),
            "effectiveDateTime": "2024-01-12T08:30:00+01:00",
            "component": [
                {"code": concept("6690-2"), "valueQuantity": amount(2.9, "10*9/L")},
                {"code": concept("777-3"), "valueQuantity": amount(250, "10*9/L")},
                {"code": concept("718-7"), "valueQuantity": amount(12, "g/dL")},
            ],
        }
        found = read(panel)
        assert found.derivation.assessment.leukopenia is True
        assert found.derivation.assessment.thrombocytopenia is False
        assert [one.path for one in found.used] == [
            "Bundle.entry[0].resource.component[0]",
            "Bundle.entry[0].resource.component[1]",
        ]
        assert found.used[0].observed == date(2024, 1, 12)
        assert left(found) == [
            "unknown code: Bundle.entry[0].resource.component[2]: http://loinc.org|718-7"
        ]

    def test_several_codes_of_one_thing(self) -> None:
        code = {"coding": [*concept("8310-5")["coding"], *concept("8331-1")["coding"]]}
        code["coding"].append({"system": "http://snomed.info/sct", "code": "56342008"})
        found = read(lab("8310-5", 38.5, "Cel") | {"code": code})
        assert found.derivation.assessment.fever is True

    def test_the_head_of_a_panel_is_no_result(self) -> None:
        head = result("58410-2", hasMember=[{"reference": "Observation/1"}])
        assert not read(head).left_out


PLATELETS: Json = lab("777-3", 92, "10*9/L")


def without(resource: Json, *names: str) -> Json:
    return {key: value for key, value in resource.items() if key not in names}


WRONG: list[tuple[Json, str]] = [
    (
        lab("777-3", 92, "furlong"),
        (
            "valueQuantity.code: found 'furlong'; accepted: /mm3, /uL, 10*9/L, 10*3/uL, "
            "10^9/L, 10^3/uL"
        ),
    ),
    (
        result("8310-5", valueQuantity={"value": 38.5, "unit": "grad"}),
        "valueQuantity.unit: found 'grad'; accepted: Cel, °C, C, [degF], °F, F",
    ),
    (
        result("8310-5", valueQuantity={"value": 38.5}),
        "valueQuantity.unit: found None; accepted: Cel, °C, C, [degF], °F, F",
    ),
    (
        result("4485-9", valueQuantity=amount(0.7, "g/L") | {"unit": "mg/dL"}),
        "valueQuantity.unit: found 'mg/dL'; accepted: the unit of the code, g/L",
    ),
    (
        result("8310-5", valueQuantity={"value": 38.5, "code": "Cel", "system": "urn:x"}),
        "valueQuantity.system: found 'urn:x'; accepted: http://unitsofmeasure.org",
    ),
    (
        result("8310-5", valueQuantity=amount(38, "Cel") | {"value": "38"}),
        "valueQuantity.value: found '38'; accepted: a number",
    ),
    (
        result("8310-5", valueQuantity=amount(38, "Cel") | {"value": True}),
        "valueQuantity.value: found True; accepted: a number",
    ),
    (
        result("8310-5", valueQuantity=amount(38, "Cel") | {"value": -1}),
        (
            "valueQuantity: value: found -1; accepted: a number of at least 0, with a point before "
            "decimals"
        ),
    ),
    (
        result("8310-5", valueQuantity=amount(38, "Cel", "ad")),
        "valueQuantity.comparator: found 'ad'; accepted: <, <=, >=, >",
    ),
    (
        lab("777-3", 92000, "10*9/L"),
        (
            "valueQuantity: platelets: found '92000 10*9/L', which no patient has; accepted: 0 or "
            "1 to 10,000 10*9/L; is it the right unit?"
        ),
    ),
    (
        lab("32677-7", 30, "%"),
        "valueQuantity.code: found '%'; accepted: [IU]/mL, IU/mL, k[IU]/L, kIU/L, U/mL",
    ),
    (
        lab("5130-0", 30, "%{Farr}"),
        "valueQuantity.code: found '%{Farr}'; accepted: [IU]/mL, IU/mL, k[IU]/L, kIU/L, U/mL",
    ),
    (
        lab("8310-5", 101, "F"),
        "valueQuantity.code: found 'F'; accepted: Cel, °C, [degF], °F",
    ),
    (
        lab("777-3", 92, "K{platelets}/uL"),
        (
            "valueQuantity.code: found 'K{platelets}/uL'; accepted: /mm3, /uL, 10*9/L, 10*3/uL, "
            "10^9/L, 10^3/uL"
        ),
    ),
    (
        result("31348-6", interpretation=[concept(code, INTERPRETATION) for code in ("POS", "N")]),
        "interpretation: found high and normal; accepted: one of them",
    ),
    (
        result(
            "31348-6",
            valueCodeableConcept=concept("NEG", INTERPRETATION),
            interpretation=[concept("POS", INTERPRETATION)],
        ),
        "interpretation: found high and normal; accepted: one of them",
    ),
    (
        result(
            "31348-6",
            valueCodeableConcept=concept("NEG", INTERPRETATION),
            interpretation=[concept(code, INTERPRETATION) for code in ("POS", "NEG")],
        ),
        "interpretation: found high and normal; accepted: one of them",
    ),
    (
        result(
            "31348-6",
            valueCodeableConcept={
                "coding": [
                    *concept("POS", INTERPRETATION)["coding"],
                    *concept("LA6577-6")["coding"],
                ]
            },
        ),
        (
            f"valueCodeableConcept: found {INTERPRETATION}|POS, http://loinc.org|LA6577-6; "
            f"accepted: one of POS, NEG of {INTERPRETATION} or one of LA6576-8, LA6577-6 of "
            "http://loinc.org"
        ),
    ),
    (result("5130-0", valueString="<10"), ": found valueString; accepted: valueQuantity"),
    (
        result("31348-6", valueString="Positive"),
        ": found valueString; accepted: valueCodeableConcept",
    ),
    (result("777-3", valueString="low"), ": found valueString; accepted: valueQuantity"),
    (result("777-3", valueQuantity=7), ".valueQuantity: found int; accepted: an object"),
    (result("777-3"), ": found no value; accepted: valueQuantity"),
    (result("4485-9"), ": found no value and no flag; accepted: one of them"),
    (
        PLATELETS | {"valueString": "92"},
        ": found valueQuantity, valueString; accepted: one of them",
    ),
    (
        result("777-3", dataAbsentReason=concept("error", "urn:reason")),
        "dataAbsentReason: found error; accepted: a value",
    ),
    (
        result("777-3", dataAbsentReason={"text": "lost"}),
        "dataAbsentReason: found a reason; accepted: a value",
    ),
    (
        lab("31348-6", 30, "U/mL"),
        ": found valueQuantity; accepted: valueCodeableConcept",
    ),
    (
        result("31348-6", valueCodeableConcept=concept("A", INTERPRETATION)),
        (
            "valueCodeableConcept: found "
            f"{INTERPRETATION}|A; accepted: one of POS, NEG of {INTERPRETATION} or one of "
            "LA6576-8, LA6577-6 of http://loinc.org"
        ),
    ),
    (
        result("5807-3", valueCodeableConcept={"text": "seen"}),
        (
            f"valueCodeableConcept: found no code; accepted: one of POS, NEG of {INTERPRETATION} "
            "or one of LA6576-8, LA6577-6 of http://loinc.org"
        ),
    ),
    (
        result("5807-3", valueBoolean="yes"),
        "valueBoolean: found 'yes'; accepted: true or false",
    ),
    (
        PLATELETS | {"status": "preliminary"},
        "status: found 'preliminary'; accepted: final, amended, corrected",
    ),
    (without(PLATELETS, "status"), "status: found None; accepted: final, amended, corrected"),
    (PLATELETS | {"modifierExtension": [{}]}, "modifierExtension: it may change the meaning"),
    (
        without(PLATELETS, "effectiveDateTime"),
        ": found no time; accepted: effectiveDateTime, effectivePeriod",
    ),
    (
        without(PLATELETS, "effectiveDateTime") | {"effectiveTiming": {}},
        ": found effectiveTiming; accepted: effectiveDateTime, effectivePeriod",
    ),
    (
        PLATELETS | {"effectiveDateTime": "soon"},
        "effectiveDateTime: found 'soon'; accepted: a date, such as 2024-01-16",
    ),
    (
        PLATELETS | {"effectiveDateTime": "0000"},
        "effectiveDateTime: found '0000'; accepted: a date, such as 2024-01-16",
    ),
    (PLATELETS | {"effectiveDateTime": "2024"}, ": it may lie outside the window"),
    (
        without(PLATELETS, "effectiveDateTime")
        | {"effectivePeriod": {"start": "2024-01-16", "end": "2024-01-12"}},
        "effectivePeriod: found 2024-01-16 to 2024-01-12; accepted: a start before the end",
    ),
]


class TestWhatCannotBeRead:
    """What was measured and cannot be read is named with its path, and never counts as absent."""

    @pytest.mark.parametrize(("resource", "said"), WRONG, ids=range(len(WRONG)))
    def test_it_is_named(self, resource: Json, said: str) -> None:
        found = read(lab("2888-6", 1, "g/L"), resource)
        place = "Bundle.entry[1].resource"
        joined = f"{place}{said}" if said.startswith((".", ":")) else f"{place}.{said}"
        assert [str(one) for one in found.left_out_as(Why.UNUSABLE)] == [f"not usable: {joined}"]
        assert [one.path for one in found.left_out_as(Why.UNKNOWN)] == ["Bundle.entry[0].resource"]
        assert not found.used
        assert found.derivation.assessment.not_assessed == frozenset(Descriptor)

    @pytest.mark.parametrize(
        ("resource", "descriptor", "normal", "low"),
        [
            (lab("777-3", 92, "furlong"), "thrombocytopenia", lab("778-1", 150, "10*9/L"), 1),
            (PLATELETS | {"status": "registered"}, "thrombocytopenia", lab("778-1", 150, "/uL"), 0),
        ],
    )
    def test_beside_a_normal_value_it_leaves_the_descriptor_open(
        self, resource: Json, descriptor: str, normal: Json, low: int
    ) -> None:
        if not low:
            normal = lab("778-1", 150, "10*9/L")
        found = read(normal, resource)
        assert getattr(found.derivation.assessment, descriptor) is None
        assert [one.why for one in found.left_out] == [Why.UNUSABLE, Why.OTHER]

    def test_beside_one_that_decides_it_does_not_matter(self) -> None:
        found = read(PLATELETS, lab("777-3", 92, "furlong"))
        assert found.derivation.assessment.thrombocytopenia is True
        assert [one.code for one in found.used] == ["777-3"]

    def test_a_normal_value_of_an_unknown_time_changes_nothing(self) -> None:
        untimed = without(lab("777-3", 200, "10*9/L"), "effectiveDateTime")
        found = read(lab("778-1", 150, "10*9/L"), untimed)
        assert found.derivation.assessment.thrombocytopenia is False

    def test_what_was_not_performed_leaves_nothing_open(self) -> None:
        system = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
        none = result("777-3", dataAbsentReason=concept("not-performed", system))
        found = read(none, lab("778-1", 150, "10*9/L"))
        assert found.derivation.assessment.thrombocytopenia is False
        assert [one.why for one in found.left_out] == [Why.UNUSABLE]

    @pytest.mark.parametrize("status", ["entered-in-error", "cancelled"])
    def test_what_was_withdrawn_is_listed_and_does_not_count(self, status: str) -> None:
        found = read(PLATELETS | {"status": status}, lab("778-1", 150, "10*9/L"))
        assert found.derivation.assessment.thrombocytopenia is False
        assert left(found) == [f"not usable: Bundle.entry[0].resource.status: {status}"]

    def test_what_is_about_somebody_else_does_not_count(self) -> None:
        found = read(PLATELETS | {"focus": [{"reference": "Patient/child"}]})
        assert found.derivation.assessment.thrombocytopenia is None
        assert left(found) == [
            "not usable: Bundle.entry[0].resource.focus: about something else than the subject"
        ]

    def test_a_measured_ch50_that_cannot_be_read_leaves_complement_open(self) -> None:
        normal = [concept("N", INTERPRETATION)]
        c3, c4 = (result(code, interpretation=normal) for code in ("4485-9", "4498-2"))
        assert read(c3, c4).derivation.assessment.low_complement is False
        found = read(c3, c4, lab("4532-8", 40, "furlong"))
        assert found.derivation.assessment.low_complement is None

    @pytest.mark.parametrize(
        ("parts", "said"),
        [
            (
                {"referenceRange": [{"text": "90 to 180"}]},
                "referenceRange[0]: found neither low nor high; accepted: one of them",
            ),
            (
                {"referenceRange": [{"low": amount(90, "mg/dL")}, {"low": amount(80, "mg/dL")}]},
                "referenceRange: found 2 ranges of normal; accepted: one",
            ),
            (
                {"referenceRange": [{"low": {"value": 90}}]},
                "referenceRange[0].low.unit: found None; accepted: g/L, mg/dL, mg/L",
            ),
            (
                {"referenceRange": [{"low": amount(90, "mg/dL", "<")}]},
                "referenceRange[0].low.comparator: found '<'; accepted: none",
            ),
            ({"referenceRange": {}}, "referenceRange: found dict; accepted: a list"),
            (
                {"interpretation": [concept("A", INTERPRETATION)]},
                (
                    f"interpretation[0]: found {INTERPRETATION}|A; accepted: one of L, LL, N, H, "
                    f"HH of {INTERPRETATION}"
                ),
            ),
            (
                {"interpretation": [concept(code, INTERPRETATION) for code in "LN"]},
                "interpretation: found low and normal; accepted: one of them",
            ),
            ({"interpretation": concept("L")}, "interpretation: found dict; accepted: a list"),
        ],
    )
    def test_a_part_that_cannot_be_read_is_left_out(self, parts: Json, said: str) -> None:
        found = read(lab("4485-9", 70, "mg/dL", **parts))
        assert found.findings.c3 == LabResult(value="70.0 mg/dL") or found.findings.c3 == LabResult(
            value="70 mg/dL"
        )
        assert left(found) == [f"not usable: Bundle.entry[0].resource.{said}"]
        assert found.derivation.assessment.low_complement is None

    def test_limits_the_wrong_way_round(self) -> None:
        ends = {"low": amount(180, "mg/dL"), "high": amount(90, "mg/dL")}
        found = read(lab("4485-9", 70, "mg/dL", referenceRange=[ends]))
        assert "the lower limit 180 mg/dL is above the upper one 90 mg/dL" in left(found)[0]

    @pytest.mark.parametrize(
        ("resource", "said"),
        [
            (
                PLATELETS | {"code": {"text": "Plt\u202e"}},
                r"unknown code: Bundle.entry[0].resource: 'Plt\u202e'",
            ),
            (
                PLATELETS | {"code": {"coding": [{"code": "777-3"}, {}]}},
                "unknown code: Bundle.entry[0].resource: |777-3",
            ),
            (without(PLATELETS, "code"), "unknown code: Bundle.entry[0].resource: no code"),
            (
                PLATELETS | {"code": {"coding": [{"system": 7, "code": "777-3"}]}},
                (
                    "not usable: Bundle.entry[0].resource.code.coding[0].system: found 7; "
                    "accepted: text"
                ),
            ),
            (
                PLATELETS
                | {"code": {"coding": [*concept("777-3")["coding"], *concept("6690-2")["coding"]]}},
                (
                    "not usable: Bundle.entry[0].resource.code: found 777-3, 6690-2; accepted: "
                    "codes of one finding"
                ),
            ),
            (
                PLATELETS | {"component": {}},
                "not usable: Bundle.entry[0].resource.component: found dict; accepted: a list",
            ),
        ],
    )
    def test_codes(self, resource: Json, said: str) -> None:
        assert left(read(resource)) == [said]

    TWO: ClassVar[Json] = {"coding": [*concept("777-3")["coding"], *concept("6690-2")["coding"]]}
    COUNTS: ClassVar[list[Json]] = [
        lab(code, 150, "10*9/L", effectiveDateTime="2024-01-08") for code in ("777-3", "6690-2")
    ]

    def test_codes_of_two_findings_leave_both_open(self) -> None:
        found = read(*self.COUNTS, lab("777-3", 80, "10*9/L") | {"code": self.TWO})
        assert found.derivation.assessment.thrombocytopenia is None
        assert found.derivation.assessment.leukopenia is None
        assert left(found)[0] == (
            "not usable: Bundle.entry[2].resource.code: found 777-3, 6690-2; accepted: codes of "
            "one finding"
        )

    def test_codes_of_an_amount_and_of_presence_leave_it_open(self) -> None:
        code = {"coding": [*concept("5130-0")["coding"], *concept("31348-6")["coding"]]}
        normal = result("5130-0", interpretation=[concept("N", INTERPRETATION)])
        found = read(normal, lab("5130-0", 300, "[IU]/mL") | {"code": code})
        assert found.derivation.assessment.increased_dna_binding is None

    def test_codes_of_one_finding_that_differ_in_their_units(self) -> None:
        row = LABORATORY_CODES["33799-8"]
        assert row.not_in
        code = {"coding": [*concept("5130-0")["coding"], *concept("33799-8")["coding"]]}
        negative = concept("NEG", INTERPRETATION)
        earlier = result("31348-6", valueCodeableConcept=negative, effectiveDateTime="2024-01-08")
        high = [concept("H", INTERPRETATION)]
        found = read(earlier, lab("5130-0", 300, "[IU]/mL", interpretation=high) | {"code": code})
        assert found.derivation.assessment.increased_dna_binding is True
        assert not found.left_out_as(Why.UNUSABLE)

    @pytest.mark.parametrize(
        ("parts", "said"),
        [
            ({"component": {}}, ".component: found dict; accepted: a list"),
            ({"component": [7]}, ".component[0]: found int; accepted: an object"),
            (
                {"component": [], "valueString": "80"},
                ": found valueQuantity, valueString; accepted: one of them",
            ),
            (
                {"code": {"coding": [7, *concept("777-3")["coding"]]}},
                ".code.coding[0]: found int; accepted: an object",
            ),
        ],
    )
    def test_of_one_that_is_malformed_its_own_code_is_open(self, parts: Json, said: str) -> None:
        found = read(*self.COUNTS, lab("777-3", 150, "10*9/L") | parts)
        assert found.derivation.assessment.thrombocytopenia is None
        assert found.derivation.assessment.leukopenia is False
        assert left(found)[0] == f"not usable: Bundle.entry[2].resource{said}"

    def test_beside_a_malformed_component_the_others_are_read(self) -> None:
        cells = {"code": concept("6690-2"), "valueQuantity": amount(2, "10*9/L")}
        found = read(*self.COUNTS, result("58410-2", component=[7, cells]))
        assert found.derivation.assessment.leukopenia is True
        assert left(found)[0] == (
            "not usable: Bundle.entry[2].resource.component[0]: found int; accepted: an object"
        )

    def test_a_code_that_is_none(self) -> None:
        assert left(read(PLATELETS | {"code": "777-3"})) == [
            "not usable: Bundle.entry[0].resource.code: found str; accepted: an object"
        ]


class TestWindow:
    """Bombardier 1992, head of the form: at the visit or in the 10 days before it."""

    @pytest.mark.parametrize(
        ("when", "answer"),
        [
            ("2024-01-16", True),
            ("2024-01-16T23:59:00+02:00", True),
            ("2024-01-16T00:30:00-08:00", True),
            ("2024-01-06", True),
            ("2024-01-05", None),
            ("2024-01-17", None),
            ("2023", None),
            ("2024-02", None),
        ],
    )
    def test_days(self, when: str, answer: bool | None) -> None:
        found = read(PLATELETS | {"effectiveDateTime": when})
        assert found.derivation.assessment.thrombocytopenia is answer
        assert bool(found.left_out_as(Why.OUTSIDE)) is (answer is None)

    def test_how_far_outside_is_said(self) -> None:
        before = PLATELETS | {"effectiveDateTime": "2024-01-01"}
        after = PLATELETS | {"effectiveDateTime": "2024-01-18"}
        assert left(read(before, after)) == [
            (
                "outside the window: Bundle.entry[0].resource: platelets of 2024-01-01, 15 days "
                "before the visit"
            ),
            (
                "outside the window: Bundle.entry[1].resource: platelets of 2024-01-18, 2 days "
                "after the visit"
            ),
        ]

    @pytest.mark.parametrize(
        ("period", "why"),
        [
            ({"start": "2024-01-06", "end": "2024-01-07"}, None),
            ({"start": "2024-01-05T20:00:00Z", "end": "2024-01-06T20:00:00Z"}, Why.UNUSABLE),
            ({"start": "2024-01-06T20:00:00Z", "end": "2024-01-07T20:00:00Z"}, None),
            ({"start": "2024-01-06T02:00:00Z", "end": "2024-01-07T20:00:00Z"}, Why.UNUSABLE),
            ({"start": "2024-01-16", "end": "2024-01-17"}, Why.UNUSABLE),
            ({"start": "2024-01-06"}, Why.UNUSABLE),
            ({"end": "2024-01-06"}, Why.UNUSABLE),
            ({"end": "2024-01-05"}, Why.OUTSIDE),
            ({"start": "2024-01-17"}, Why.OUTSIDE),
            ({"start": "2024-02", "end": "2024-03"}, Why.OUTSIDE),
        ],
    )
    def test_periods(self, period: Json, why: Why | None) -> None:
        timed = without(lab("2889-4", 0.9, "g/d"), "effectiveDateTime")
        found = read(timed | {"effectivePeriod": period}, edition="SLEDAI_2K")
        assert [one.why for one in found.left_out] == ([] if why is None else [why])
        assert found.derivation.assessment.proteinuria is (True if why is None else None)

    # The westernmost zone is 12 h behind UTC, the easternmost 14 h ahead of it.
    @pytest.mark.parametrize(
        ("when", "why"),
        [
            ("2024-01-16T09:59:59Z", None),
            ("2024-01-16T10:00:00Z", Why.UNUSABLE),
            ("2024-01-17T02:00:00Z", Why.UNUSABLE),
            ("2024-01-17T11:59:00.5+00:00", Why.UNUSABLE),
            ("2024-01-17T12:00:00Z", Why.OUTSIDE),
            ("2024-01-06T12:00:00Z", None),
            ("2024-01-06T11:59:00-00:00", Why.UNUSABLE),
            ("2024-01-05T10:00:00Z", Why.UNUSABLE),
            ("2024-01-05T09:59:00Z", Why.OUTSIDE),
            ("2024-01-16T10:00:00", None),
        ],
    )
    def test_a_time_in_utc_is_of_the_day_of_any_zone(self, when: str, why: Why | None) -> None:
        normal = lab("778-1", 150, "10*9/L", effectiveDateTime="2024-01-10T09:00:00Z")
        found = read(normal, PLATELETS | {"effectiveDateTime": when})
        answer = {None: True, Why.UNUSABLE: None, Why.OUTSIDE: False}[why]
        assert found.derivation.assessment.thrombocytopenia is answer
        assert [one.why for one in found.left_out if one.path.endswith("[1].resource")] == (
            [why] if why else []
        )
        if why is Why.UNUSABLE:
            assert left(found)[0] == (
                "not usable: Bundle.entry[1].resource: it may lie outside the window: its time is "
                "in UTC, and the zone is not given"
            )

    @pytest.mark.parametrize(
        ("when", "zone", "day"),
        [
            ("2024-01-17T02:00:00Z", "America/Los_Angeles", "2024-01-16"),
            ("2024-01-17T02:00:00Z", "Europe/Berlin", None),
            ("2024-01-16T22:59:59Z", "Europe/Berlin", "2024-01-16"),
            ("2024-01-16T23:00:00Z", "Europe/Berlin", None),
            ("2024-01-05T15:00:00Z", "Asia/Tokyo", "2024-01-06"),
            ("2024-01-16T23:30:00+02:00", "America/Los_Angeles", "2024-01-16"),
            ("2024-01-16T10:00:00", "Asia/Tokyo", "2024-01-16"),
        ],
    )
    def test_with_the_zone_of_the_place_its_day_is_known(
        self, when: str, zone: str, day: str | None
    ) -> None:
        found = read(PLATELETS | {"effectiveDateTime": when}, zone=ZoneInfo(zone))
        assert [one.observed.isoformat() for one in found.used] == ([day] if day else [])
        assert bool(found.left_out_as(Why.OUTSIDE)) is (day is None)
        assert not found.left_out_as(Why.UNUSABLE)

    def test_a_zone_that_is_none(self) -> None:
        with pytest.raises(InvalidInputError, match="zone: found str; accepted: a time zone"):
            read(PLATELETS, zone="Europe/Berlin")

    @pytest.mark.parametrize(
        ("visit", "when"),
        [
            ("0001-01-05", "0001-01-01"),
            ("0001-01-01", "0001-01-01T01:00:00Z"),
            ("9999-12-31", "9999-12-31T23:00:00Z"),
        ],
    )
    @pytest.mark.parametrize("zone", [None, timezone(timedelta(hours=14))])
    def test_at_the_ends_of_the_calendar(
        self, visit: str, when: str, zone: timezone | None
    ) -> None:
        one = bundle(PLATELETS | {"effectiveDateTime": when})
        found = read_observations(one, "SELENA", visit, zone=zone)
        assert found.derivation.assessment.thrombocytopenia is True

    def test_a_part_of_a_date_that_lies_in_the_window_whole(self) -> None:
        resource = PLATELETS | {"effectiveDateTime": "2024-01"}
        found = read_observations(bundle(resource), "SELENA", "2024-01-31", window_days=30)
        assert found.derivation.assessment.thrombocytopenia is True
        assert found.used[0].observed == date(2024, 1, 31)

    def test_the_longer_window(self) -> None:
        found = read(PLATELETS | {"effectiveDateTime": "2023-12-17"}, window_days=30)
        assert found.derivation.assessment.thrombocytopenia is True
        assert found.derivation.window_days == 30

    def test_another_window_is_refused(self) -> None:
        with pytest.raises(InvalidInputError, match="window_days: found 20; accepted: 10, 30"):
            read(PLATELETS, window_days=20)


class TestSeveralValues:
    """Bombardier 1992, head of the form: present when it was, at the visit or in the days before.

    So one value of several is enough, and all of them are needed for absent.
    """

    def test_the_one_that_counts_is_used_and_the_other_listed(self) -> None:
        earlier = PLATELETS | {"effectiveDateTime": "2024-01-08"}
        found = read(lab("777-3", 150, "10*9/L"), earlier)
        assert found.derivation.assessment.thrombocytopenia is True
        assert found.findings.dates == {"platelets": date(2024, 1, 8)}
        assert left(found) == [
            "another value is used: Bundle.entry[0].resource: platelets of 2024-01-16"
        ]

    def test_of_those_that_say_the_same_the_latest(self) -> None:
        days = ("2024-01-08", "2024-01-12", "2024-01-10")
        found = read(*(PLATELETS | {"effectiveDateTime": when} for when in days))
        assert [one.observed for one in found.used] == [date(2024, 1, 12)]

    def test_a_ratio_beside_an_amount_of_24_hours(self) -> None:
        ratio = lab("2890-2", 900, "mg/g")
        protein = lab("2889-4", 0.3, "g/d")
        found = read(ratio, protein, edition="SLEDAI_2K", ratio_limit="0.5 g/g")
        assert found.derivation.assessment.proteinuria is False
        assert [one.code for one in found.used] == ["2889-4"]
        assert left(found) == [
            (
                "another value is used: Bundle.entry[0].resource: urine_protein_creatinine_ratio "
                "of 2024-01-16"
            )
        ]
        found = read(ratio, edition="SLEDAI_2K", ratio_limit="0.5 g/g")
        assert found.derivation.assessment.proteinuria is True

    @pytest.mark.parametrize(
        ("ratio", "limit", "answer", "used"),
        [
            (3000, "0.5 g/g", True, "2890-2"),
            (200, "0.5 g/g", False, "2889-4"),
            (3000, None, None, "2890-2"),
        ],
    )
    def test_a_ratio_of_another_day_than_the_amount(
        self, ratio: int, limit: str | None, answer: bool | None, used: str
    ) -> None:
        earlier = lab("2889-4", 0.2, "g/d", effectiveDateTime="2024-01-08")
        later = lab("2890-2", ratio, "mg/g", effectiveDateTime="2024-01-15")
        found = read(earlier, later, edition="SLEDAI_2K", ratio_limit=limit)
        assert found.derivation.assessment.proteinuria is answer
        assert [one.code for one in found.used] == [used]
        assert [one.why for one in found.left_out] == [Why.OTHER]

    def test_the_urine_of_24_hours_is_of_two_days(self) -> None:
        timed = without(lab("2889-4", 0.2, "g/d"), "effectiveDateTime")
        timed["effectivePeriod"] = {
            "start": "2024-01-14T08:00:00+01:00",
            "end": "2024-01-15T08:00:00+01:00",
        }
        for day, answer in (("13", True), ("14", False), ("15", False), ("16", True)):
            ratio = lab("2890-2", 3000, "mg/g", effectiveDateTime=f"2024-01-{day}")
            found = read(timed, ratio, edition="SLEDAI_2K", ratio_limit="0.5 g/g")
            assert found.derivation.assessment.proteinuria is answer

    def test_an_amount_that_cannot_be_read_hides_the_ratio_of_its_day_alone(self) -> None:
        ratio = lab("2890-2", 3000, "mg/g")
        for day, answer in (("2024-01-16", None), ("2024-01-15", True)):
            wrong = lab("2889-4", 1, "furlong", effectiveDateTime=day)
            found = read(ratio, wrong, edition="SLEDAI_2K", ratio_limit="0.5 g/g")
            assert found.derivation.assessment.proteinuria is answer

    def test_an_amount_beside_the_bundle_decides(self) -> None:
        ratio = lab("2890-2", 3000, "mg/g")
        for dates, answer in (({}, False), ({"urine_protein_24h": "2023-12-01"}, True)):
            beside = Findings.model_validate(
                {"urine_protein_24h": "0.2 g/d", "visit_date": DAY, "dates": dates}
            )
            found = read(ratio, beside=beside, edition="SLEDAI_2K", ratio_limit="0.5 g/g")
            assert found.derivation.assessment.proteinuria is answer
            assert bool(found.used) is answer
            assert [one.why for one in found.left_out] == ([] if answer else [Why.OTHER])

    def test_a_ratio_beside_and_an_amount_in_the_bundle_are_refused(self) -> None:
        beside = Findings(urine_protein_creatinine_ratio="3000 mg/g")
        with pytest.raises(InvalidInputError, match="accepted: both in one"):
            read(lab("2889-4", 0.2, "g/d"), beside=beside)

    # By finding: values that are past the limit, not past it, and that leave it open.
    VALUES: ClassVar[dict[str, list[Json]]] = {
        "777-3": [amount(92, "10*9/L"), amount(150, "10*9/L"), amount(200, "10*9/L", "<")],
        "8310-5": [amount(38.5, "Cel"), amount(97, "[degF]"), amount(37, "Cel", ">")],
        "2889-4": [amount(0.9, "g/d"), amount(200, "mg/d"), amount(0.8, "g/d", "<")],
        "2890-2": [amount(900, "mg/g"), amount(0.2, "mg/mg"), amount(900, "mg/g", "<")],
        "4485-9": [amount(60, "mg/dL"), amount(0.95, "g/L"), amount(95, "mg/dL", "<")],
        "4498-2": [amount(5, "mg/dL"), amount(0.95, "g/L"), amount(95, "mg/dL", "<")],
        "4532-8": [amount(5, "U/mL"), amount(95, "U/mL"), amount(95, "U/mL", "<")],
        "5130-0": [amount(30, "[IU]/mL"), amount(20, "[IU]/mL"), amount(30, "[IU]/mL", "<")],
    }
    RANGE: ClassVar[dict[str, Json]] = {
        "4485-9": {"low": amount(0.9, "g/L")},
        "4498-2": {"low": amount(0.9, "g/L")},
        "4532-8": {"low": amount(30, "U/mL")},
        "5130-0": {"high": amount(25, "[IU]/mL")},
    }
    HOW = st.sampled_from(["certain"] * 4 + ["untimed", "preliminary", "unreadable"])
    results = st.tuples(st.sampled_from(sorted(VALUES)), st.integers(0, 2), st.integers(0, 10), HOW)
    protein = st.tuples(
        st.sampled_from(["2889-4", "2890-2"]), st.integers(0, 2), st.integers(0, 2), HOW
    )

    @settings(max_examples=examples(300), phases=UNSHRUNK)
    @given(
        st.lists(results, max_size=6) | st.lists(protein, max_size=5),
        st.sampled_from(Edition),
        st.sampled_from(["0.1", None]),
        st.sampled_from(["0.5 g/g", None]),
    )
    def test_against_every_completion(
        self,
        drawn: list[tuple[str, int, int, str]],
        edition: Edition,
        earlier: str | None,
        limit: str | None,
    ) -> None:
        beside: Json = {"previous_urine_protein_24h": f"{earlier} g/d"} if earlier else {}
        resources = [self.written(*one) for one in drawn]
        found = read(*resources, edition=edition.name, beside=Findings(**beside), ratio_limit=limit)
        possible: list[dict[str, list[Any]]] = [{}]
        for code, which, day, how in drawn:
            finding = LABORATORY_CODES[code].finding
            value = self.typed(code, which)
            ways: list[Any] = [(value, day)]
            if how == "untimed":  # it counts, and may be of any day, or does not
                ways = [None, (value, None)]
            elif how != "certain":  # it may be any
                ways = [(self.typed(code, 0), day), (self.typed(code, 1), day)]
            possible = [
                {**one, finding: [*one.get(finding, []), *([way] if way is not None else [])]}
                for one in possible
                for way in ways
            ]
        answers = [self.any_of(one, edition, beside, limit) for one in possible]
        for descriptor in Descriptor:
            outcomes = {answer[descriptor] for answer in answers}
            exact = outcomes.pop() if len(outcomes) == 1 else None
            assert getattr(found.derivation.assessment, descriptor) is exact, descriptor

    def written(self, code: str, which: int, days: int, how: str) -> Json:
        resource = result(code, valueQuantity=self.VALUES[code][which])
        if code in self.RANGE:
            resource["referenceRange"] = [self.RANGE[code]]
        resource["effectiveDateTime"] = (DAY - timedelta(days)).isoformat()
        if how == "untimed":
            return without(resource, "effectiveDateTime")
        if how == "unreadable":
            resource["valueQuantity"] = amount(1, "furlong")
        return resource | ({"status": how} if how == "preliminary" else {})

    def typed(self, code: str, which: int) -> object:
        def text(quantity: Json) -> str:
            return f"{quantity.get('comparator', '')}{quantity['value']} {quantity['code']}"

        value = text(self.VALUES[code][which])
        ends = {"lower": "low", "upper": "high"}
        limits = self.RANGE.get(code, {})
        given = {end: text(limits[name]) for end, name in ends.items() if name in limits}
        return LabResult(value=value, **given) if given else value  # type: ignore[arg-type]

    def any_of(
        self, values: dict[str, list[Any]], edition: Edition, beside: Json, limit: str | None
    ) -> dict[Descriptor, bool | None]:
        """Answer by each choice of one value a finding, and then: present by one is present.

        Of urine protein it is an amount, or a ratio of a day that has no amount.
        """
        amounts = values.pop("urine_protein_24h", [])
        ratios = [
            (value, day)
            for value, day in values.pop("urine_protein_creatinine_ratio", [])
            if not any(day is None or other in {None, day} for _, other in amounts)
        ]
        choices = [[{name: value} for value, _ in given] for name, given in values.items() if given]
        protein = [{"urine_protein_24h": value} for value, _ in amounts]
        protein += [{"urine_protein_creatinine_ratio": value} for value, _ in ratios]
        made = [
            derive(
                Findings(
                    **{name: value for one in chosen for name, value in one.items()}, **beside
                ),
                edition=edition,
                ratio_limit=limit,
            ).assessment
            for chosen in product(*choices, *([protein] if protein else []))
        ]
        answers: dict[Descriptor, bool | None] = {}
        for descriptor in Descriptor:
            found = {getattr(one, descriptor) for one in made}
            absent = False if found == {False} else None
            answers[descriptor] = True if True in found else absent
        return answers


class TestBundles:
    """One patient's Observations, whole, each in one state; anything else is an error."""

    def test_what_is_no_observation_is_passed_over(self) -> None:
        found = read_observations(
            {
                "resourceType": "Bundle",
                "type": "searchset",
                "link": [{"relation": "self", "url": "x"}],
                "entry": [{"resource": {"resourceType": "Patient"}}, {}, {"resource": PLATELETS}],
            },
            Edition.SELENA,
            DAY,
        )
        assert found.derivation.assessment.thrombocytopenia is True
        assert not found.left_out

    def test_nothing(self) -> None:
        found = read_observations({"resourceType": "Bundle"}, "SELENA", VISIT)
        assert found.derivation.assessment.not_assessed == frozenset(Descriptor)
        assert not found.used

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ([], "bundle: found list; accepted: a resource of type Bundle, as a dict"),
            ({}, "Bundle.resourceType: found None; accepted: Bundle"),
            (bundle(type="history"), "Bundle.type: found 'history'; accepted: the newest"),
            (bundle(entry=[7]), r"Bundle.entry\[0\]: found int; accepted: an object"),
            (
                bundle(link=[{"relation": "next"}]),
                r"Bundle.link\[0\]: found a link to a next page; accepted: all pages in one",
            ),
            (
                bundle(PLATELETS | {"id": "a"}, PLATELETS | {"id": "a", "status": "amended"}),
                r"Bundle.entry\[1\].resource: found another state of Bundle.entry\[0\].resource",
            ),
        ],
    )
    def test_what_is_refused(self, wrong: Any, said: str) -> None:
        with pytest.raises(InvalidInputError, match=said):
            read_observations(wrong, "SELENA", VISIT)

    def test_one_that_stands_twice_counts_once(self) -> None:
        found = read(PLATELETS | {"id": "a"}, PLATELETS | {"id": "a"})
        assert len(found.used) == 1
        assert not found.left_out

    def test_without_a_name_two_that_are_the_same_are_two(self) -> None:
        found = read(PLATELETS, PLATELETS)
        assert [one.why for one in found.left_out] == [Why.OTHER]


class TestAnyJson:
    """Whatever stands in the place of a part: the Bundle is read, or refused by our error."""

    OF: ClassVar[Json] = {"reference": "Patient/7", "identifier": {"value": "7"}}
    WHOLE: ClassVar[Json] = bundle(
        lab(
            "4485-9",
            0.7,
            "g/L",
            id="a",
            subject=OF,
            referenceRange=[{"low": amount(0.9, "g/L"), "type": concept("normal", "urn:x")}],
            interpretation=[concept("L", INTERPRETATION)],
        ),
        result("777-3", subject=OF, dataAbsentReason=concept("not-performed", "urn:x")),
        without(result("58410-2"), "effectiveDateTime")
        | {
            "effectivePeriod": {"start": "2024-01-10", "end": "2024-01-12"},
            "component": [{"code": concept("5807-3"), "valueBoolean": True}],
            "focus": [],
            "subject": OF,
        },
        {
            "resourceType": "DiagnosticReport",
            "status": "partial",
            "subject": OF,
            "contained": [
                result("31348-6", valueCodeableConcept=concept("POS", INTERPRETATION)),
            ],
        },
        link=[{"relation": "self"}],
    )
    junk = st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-3, 10**40)
        | st.floats(allow_nan=True)
        | st.sampled_from(["", "POS", "2024", "http://loinc.org", "777-3", "\u202e", "1" * 90]),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(st.sampled_from(["code", "coding", "value", "x"]), inner, max_size=2)
        ),
        max_leaves=4,
    )

    @settings(max_examples=examples(300), phases=UNSHRUNK)
    @given(st.data())
    def test_a_part_that_is_replaced(self, data: st.DataObject) -> None:
        whole = deepcopy(self.WHOLE)
        part: Any = whole
        while True:
            keys = list(part) if isinstance(part, dict) else list(range(len(part)))
            key = data.draw(st.sampled_from(keys))
            inner = part[key]
            if not isinstance(inner, dict | list) or not inner or data.draw(st.integers(0, 5)) == 0:
                break
            part = inner
        part[key] = data.draw(self.junk)
        try:
            paths = [one.path for one in read_observations(whole, "SELENA", VISIT).left_out]
        except InvalidInputError as error:
            paths = [str(error)]
        assert all(path.startswith("Bundle.") for path in paths)

    def test_a_reason_that_is_none(self) -> None:
        found = read(result("777-3", dataAbsentReason="lost"))
        assert left(found) == [
            "not usable: Bundle.entry[0].resource.dataAbsentReason: found str; accepted: an object"
        ]


class TestBeside:
    """Signs and causes are not in the Bundle: they are given beside it."""

    def test_signs_dates_and_causes(self) -> None:
        beside = Findings(
            rash=True,
            rash_new_or_recurrent=True,
            visit_date=DAY,
            dates={"rash": DAY},
            other_cause={"thrombocytopenia": "heparin"},
        )
        found = read(PLATELETS, beside=beside)
        assert found.derivation.assessment.rash is True
        assert found.derivation.assessment.thrombocytopenia is False
        assert found.findings.dates == {"rash": DAY, "platelets": DAY}

    @pytest.mark.parametrize(
        ("beside", "said"),
        [
            (Findings(platelets="92 K/uL"), "platelets: found beside the Bundle and in it"),
            (
                Findings(visit_date=date(2024, 1, 15)),
                "beside: found findings of 2024-01-15; accepted: of 2024-01-16, the visit",
            ),
            ({}, "beside: found dict; accepted: Findings"),
        ],
    )
    def test_what_is_refused(self, beside: Any, said: str) -> None:
        with pytest.raises(InvalidInputError, match=said):
            read(PLATELETS, beside=beside)
