"""JSON Schemas promise what is accepted: a validator of theirs and pydantic say the same."""

import json
from functools import cache
from math import inf, nextafter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import BaseModel, ValidationError

from sledai import Assessment, Descriptor
from sledai.findings import Findings, LabResult
from sledai.findings.observations import OBSERVED
from sledai.quantities import UNITS, converted, plausible, written
from sledai.quantities.glucocorticoids import GLUCOCORTICOIDS
from sledai.quantities.schemas import amount, number, quantity, range_said
from sledai.trials.nct05765006.candidate import Candidate
from sledai.visits import History, Visit
from sledai.visits.visit import RANGES

MODELS: list[type[BaseModel]] = [Assessment, Candidate, Findings, History, LabResult, Visit]
COMPLETE = Assessment.of(present={"rash"}).model_dump()
DURATIONS = [name for name in Candidate.model_fields if "duration" in name or "stable_for" in name]


@cache
def validator(model: type[BaseModel]) -> Any:
    schema = model.model_json_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def accepted(model: type[BaseModel], document: object) -> bool:
    try:
        model.model_validate_json(json.dumps(document))
    except ValidationError:
        return False
    return True


def analyte_of(field: str) -> str:
    if field in DURATIONS:
        return "duration"
    return "urine_casts" if field.endswith("_casts") else field


WORDS = st.sampled_from(
    [
        *("", " ", "yes", "low", "LOW", "H", "hh", "Ll", "n", "A", "Farr", "ELISA", "rash", "x"),
        *(
            "2024-01-16",
            "2024-02-30",
            "20240116",
            "2024-1-6",
            " H ",
            "h\t",
            "92",
            "0.9",
            "1e5",
            " 1.5 ",
            "-1",
        ),
        *("2024-01-16T09:30", "2024-01-16 09", "2024-01-16T23:30:00-05:00", "2024-01-16T9:30"),
        *("2024-01-16T09:30:15.25Z", "2024-01-16T24:00", "2024-13-16T09:30", "2024-01-16T"),
        *(" H ", "h\t", "2023-02-29T09:30", "2024-02-29T09:30", "2024-01-16T09:30+0500"),
        *("5-10 /[HPF]", "0.9 ", "1.2.3", "1e5 ", "None", "null", "true"),
    ]
)
NUMBERS = st.one_of(
    st.integers(-3, 200),
    st.floats(-1, 20_000, allow_nan=False),
    st.sampled_from([1.0, 3.0, 130.0, 1e30]),
)
PLAIN = st.one_of(st.none(), st.booleans(), NUMBERS, WORDS)


@st.composite
def written_units(draw: st.DrawFn, unit: str) -> str:
    return draw(
        st.sampled_from(
            [
                *(unit, unit, unit, unit + "{CREAT}", unit.replace("/", "{cells}/", 1)),
                *(unit.replace("u", "\N{MICRO SIGN}"), "{#}" + unit, unit[:-1] + "{#}" + unit[-1]),
                *(unit + "{}", unit + "{x}", unit + "{#}{#}", unit + "{#", unit.swapcase(), "{#}"),
            ]
        )
    )


@st.composite
def texts(draw: st.DrawFn, analyte: str) -> str:
    """An amount as text, in range: the range of a number in a text no schema can say."""
    unit = draw(st.sampled_from(list(UNITS[analyte])))
    low, high = (float(converted(analyte, end, unit)) for end in plausible(analyte, unit))
    value = draw(st.floats(nextafter(low, inf), nextafter(high, 0)))
    bound = draw(st.sampled_from(["", "", "<", ">", "<= ", ">=", "\N{LESS-THAN OR EQUAL TO}"]))
    between = draw(st.sampled_from([" ", "", "  ", "x", " x ", "\N{MULTIPLICATION SIGN}", "-"]))
    shown = draw(written_units(unit)) if draw(st.booleans()) else unit
    return f"{draw(st.sampled_from(['', ' ']))}{bound}{value!r}{between}{shown}"


@st.composite
def objects(draw: st.DrawFn, analyte: str) -> dict[str, object]:
    unit = draw(st.sampled_from(list(UNITS[analyte])).flatmap(written_units))
    values: list[st.SearchStrategy[object]] = [PLAIN]
    if unit in UNITS[analyte]:
        ends = [float(converted(analyte, end, unit)) for end in plausible(analyte, unit)]
        beside = [nextafter(end, towards) for end in ends for towards in (-inf, inf)]
        values += [st.sampled_from([*ends, *beside]), st.floats(*ends)]
    found: dict[str, object] = {
        "value": draw(st.one_of(values).filter(lambda v: not isinstance(v, str))),
        "unit": unit,
        "bound": draw(st.sampled_from(["", "<", "<=", ">", ">=", "~", None])),
    }
    for name in draw(st.sets(st.sampled_from(["value", "unit", "bound", "bound"]), max_size=1)):
        del found[name]
    if draw(st.integers(0, 9)) == 0:
        found["comment"] = "x"
    return found


@st.composite
def results(draw: st.DrawFn, analyte: str) -> dict[str, object]:
    """A laboratory result with one limit: how limits lie to each other no schema can say."""
    unit = next(iter(UNITS[analyte]))
    parts: dict[str, object] = {
        "value": draw(st.sampled_from([f"1 {unit}", f"<1 {unit}", "1", "1 mmol", None])),
        draw(st.sampled_from(["lower", "upper"])): draw(
            st.sampled_from([f"1 {unit}", f"<1 {unit}", {"value": 1, "unit": unit}, None, 1])
        ),
        "flag": draw(st.one_of(WORDS, st.none())),
    }
    return {name: parts[name] for name in parts if draw(st.booleans())}


@st.composite
def values(draw: st.DrawFn, field: str) -> object:
    """Values that a field may take, and values that it may not."""
    names = st.sampled_from([*Descriptor, "rashes"])
    options: list[st.SearchStrategy[Any]] = [PLAIN]
    if field in RANGES:
        options = [PLAIN.filter(lambda value: written(value) is None or not isinstance(value, str))]
        options.append(st.sampled_from(["1", " 1.5 ", "2e0", "1x", "-1", ""]))
    analyte = analyte_of(field)
    if analyte in UNITS:
        options += [texts(analyte), objects(analyte)]
    if field in {"c3", "c4", "ch50", "anti_dsdna"}:
        options.append(results(analyte))
    elif field == "oral_corticosteroids":
        drugs = st.sampled_from([*GLUCOCORTICOIDS, "aspirin"])
        dose = st.one_of(PLAIN, texts("glucocorticoid_dose"), objects("glucocorticoid_dose"))
        options.append(st.dictionaries(drugs, dose, max_size=2))
    elif field == "assessment":
        answers = st.dictionaries(names, PLAIN, max_size=3)
        options.append(answers.map(lambda some: COMPLETE | some))
        options.append(answers)
    elif field == "other_cause":
        options.append(st.dictionaries(names, st.one_of(WORDS, PLAIN), max_size=2))
    elif field == "no_other_cause":
        options.append(st.lists(names, max_size=3))
    elif field == "visits":
        options.append(st.lists(st.just({"date": "2024-01-16"}), max_size=1))
    return draw(st.one_of(options))


@pytest.mark.parametrize("model", MODELS)
@given(data=st.data())
def test_a_field_takes_what_its_schema_promises_and_nothing_else(
    model: type[BaseModel], data: st.DataObject
) -> None:
    """But for the range of a number in a text, and for what fields have to do with each other."""
    field = data.draw(st.sampled_from([*sorted(model.model_fields), "no_such_field"]))
    document: dict[str, object] = {}
    if model is Assessment:
        document = dict(COMPLETE)
    elif model is Visit:
        document = {"date": "2024-01-16"}
    elif model is LabResult:
        document = {"flag": "low"}
    if model is LabResult and field in {"value", "lower", "upper"}:
        document[field] = data.draw(st.one_of(PLAIN, texts("c3"), objects("c3")))
    elif field != "dates":
        document[field] = data.draw(values(field))
    assert accepted(model, document) is validator(model).is_valid(document), document


@given(st.dictionaries(st.sampled_from(OBSERVED), WORDS, max_size=2))
def test_dates_of_findings(dates: dict[str, str]) -> None:
    given = {"rash": True, "visit_date": "2024-03-01", "dates": dates}
    if dates.keys() <= {"rash"}:
        assert accepted(Findings, given) is validator(Findings).is_valid(given)


@pytest.mark.parametrize("model", MODELS)
def test_every_field_has_a_description(model: type[BaseModel]) -> None:
    for mode in ("validation", "serialization"):
        properties = model.model_json_schema(mode=mode)["properties"]
        assert {name for name in properties if not properties[name].get("description")} == set()


UNITS_SAID = {
    "platelets": "/mm3, /uL, 10*9/L, 10*3/uL, K/uL, 10^9/L, 10^3/uL or G/L; 0 or 1,000 to",
    "temperature": "A number and Cel, °C, C, [degF], °F or F; 25 to 45 Cel.",
    "c3": "A number and g/L, mg/dL or mg/L; 0 or 0.01 to 10 g/L.",
    "anti_dsdna": "0 or 0.01 to 1,000,000 [IU]/mL; 0 or 0.01 to 1,000,000 U/mL; 0 or 0.01 to 100 %",
}


@pytest.mark.parametrize(("field", "said"), UNITS_SAID.items())
def test_amounts_say_their_units_and_ranges(field: str, said: str) -> None:
    assert said in Findings.model_json_schema()["properties"][field]["description"]


def test_one_unit_is_said() -> None:
    assert range_said("ch50") == "A number and U/mL; 0 or 0.1 to 10,000 U/mL."


def test_the_range_of_a_number() -> None:
    assert validator(Visit).schema["properties"]["weight_kg"]["anyOf"] == [
        {"type": "number", "minimum": 1, "maximum": 400},
        {
            "type": "string",
            "pattern": r"^\s*[0-9]{1,30}(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,3})?\s*$",
        },
        {"type": "null"},
    ]
    assert number(1, 400)["anyOf"][0] == {"type": "number", "minimum": 1, "maximum": 400}


def test_a_schema_of_amounts_by_hand() -> None:
    """A dose a day: 0, or 0.01 to 10,000 mg; no bound."""
    dose = amount("glucocorticoid_dose", bounds=False)["anyOf"][1]
    texts = {"type": "string", "pattern": dose["properties"]["value"]["anyOf"][2]["pattern"]}
    assert dose["properties"]["value"]["anyOf"] == [
        {"const": 0},
        {"type": "number", "minimum": 0.01, "maximum": 10_000},
        texts,
    ]
    assert dose["properties"]["bound"] == {"enum": [""]}
    assert (dose["required"], dose["additionalProperties"]) == (["value", "unit"], False)
    assert quantity()["anyOf"][1]["properties"]["bound"] == {"enum": ["", "<", "<=", ">", ">="]}


@pytest.mark.parametrize(
    ("field", "given", "text"),
    [
        ("platelets", {"value": 92, "unit": "K/uL"}, "92 K/uL"),
        ("platelets", {"value": "92", "unit": "K/uL", "bound": "<"}, "<92 K/uL"),
        ("temperature", {"value": 38.1, "unit": "Cel", "bound": ""}, "38.1 Cel"),
        ("red_cell_casts", {"value": 2, "unit": "/[LPF]"}, "2 /[LPF]"),
    ],
)
def test_objects_of_value_and_unit_make_a_round_trip(
    field: str, given: dict[str, object], text: str
) -> None:
    findings = Findings.model_validate_json(json.dumps({field: given}))
    assert findings == Findings.model_validate({field: text})
    written = findings.model_dump_json(exclude_defaults=True)
    assert json.loads(written) == {field: text}
    assert Findings.model_validate_json(written) == findings


def test_laboratory_results_take_objects_of_value_and_unit() -> None:
    given = {"value": {"value": 0.7, "unit": "g/L"}, "lower": {"value": 90, "unit": "mg/dL"}}
    by_text = {"value": "0.7 g/L", "lower": "90 mg/dL"}
    assert Findings.model_validate({"c3": given}) == Findings.model_validate({"c3": by_text})
    assert LabResult.model_validate(given) == LabResult.model_validate(by_text)
    bare = Findings.model_validate({"c3": given["value"]})
    assert bare == Findings.model_validate({"c3": "0.7 g/L"})
    dose = Candidate.model_validate(
        {"oral_corticosteroids": {"prednisone": {"value": 5, "unit": "mg/d"}}}
    )
    assert dose == Candidate(oral_corticosteroids={"prednisone": "5 mg/d"})


@pytest.mark.parametrize("model", MODELS)
def test_what_is_written_keeps_to_the_schema_of_what_is_written(model: type[BaseModel]) -> None:
    records: dict[type[BaseModel], BaseModel] = {
        Assessment: Assessment.of(present={"rash"}),
        Candidate: Candidate(oral_corticosteroids={"prednisone": "5 mg/d"}, iga="90 mg/dL"),
        Findings: Findings(platelets="<92 K/uL", c3="0.7 g/L", red_cell_casts="2 /[LPF]"),
        History: History(visits=(Visit(date="2024-01-16"),)),  # type: ignore[arg-type]
        LabResult: LabResult(value="0.7 g/L"),
        Visit: Visit(date="2024-01-16", weight_kg=60, platelets="92 K/uL"),  # type: ignore[arg-type]
    }
    record = records[model]
    schema = model.model_json_schema(mode="serialization")
    written = json.loads(record.model_dump_json())
    assert Draft202012Validator(schema).is_valid(written)
    assert validator(model).is_valid(written)


@pytest.mark.parametrize(
    ("model", "document", "taken"),
    [
        (Visit, {"date": "2024-01-16T09:30"}, True),
        (Visit, {"date": "2024-01-16 23:30:00-05:00"}, True),
        (Visit, {"date": "2024-02-29T09:30:15.25Z"}, True),
        (Visit, {"date": "2000-02-29T09:30"}, True),
        (Visit, {"date": "2024-01-16T09:30+0500"}, True),
        (Visit, {"date": "2023-02-29T09:30"}, False),
        (Visit, {"date": "1900-02-29T09:30"}, False),
        (Visit, {"date": "2024-04-31T09:30"}, False),
        (Visit, {"date": "0000-01-01T09:30"}, False),
        (Visit, {"date": "2024-01-16 09"}, False),
        (Visit, {"date": "2024-01-16T24:00"}, False),
        (Visit, {"date": "2024-01-16T"}, False),
        (LabResult, {"flag": " H "}, True),
        (LabResult, {"flag": "H L"}, False),
        (Findings, {"c3": {"flag": " low"}}, True),
        (Findings, {"inflamed_painful_joints": 3.0}, True),
        (Findings, {"inflamed_painful_joints": 3.5}, False),
        (Findings, {"inflamed_painful_joints": -1.0}, False),
        (Candidate, {"age": 34.0}, True),
        (Candidate, {"age": 131.0}, False),
        (Candidate, {"total_score": 8.0, "clinical_score": 8}, True),
        (Visit, {"date": "2024-01-16", "physician_global": 3.0}, True),
        (Visit, {"date": "2024-01-16", "physician_global": " 1.5 "}, True),
        (Visit, {"date": "2024-01-16", "physician_global": True}, False),
    ],
)
def test_schema_and_code_say_the_same(
    model: type[BaseModel], document: dict[str, object], taken: bool
) -> None:
    assert (accepted(model, document), validator(model).is_valid(document)) == (taken, taken)


def test_a_count_is_a_whole_number_of_python() -> None:
    for count in (3, 3.0, np.int64(3), np.float64(3)):
        found = Findings.model_validate({"inflamed_painful_joints": count})
        assert type(found.inflamed_painful_joints) is int
        assert found.inflamed_painful_joints == 3
    for wrong in (True, np.True_, "3", 3.5):
        with pytest.raises(ValidationError, match="accepted: a whole number of at least 0"):
            Findings.model_validate({"inflamed_painful_joints": wrong})
