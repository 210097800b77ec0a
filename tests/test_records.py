"""What every record does: copies are validated, and names of fields are shown as they are."""

from typing import Any

import numpy as np
import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from sledai import Assessment, Descriptor
from sledai.definitions import Edition
from sledai.definitions.clauses import AllOf, AnyOf, AtLeast, IfGiven, Limit, Sign
from sledai.definitions.editions import DEFINITIONS
from sledai.findings import Findings, derive
from sledai.findings.derivation import Derivation, Reason
from sledai.trials.nct05765006.candidate import Candidate
from sledai.visits import History, Visit

VISIT = Visit.model_validate({"date": "2024-01-16", "physician_global": 1.5, "platelets": "9 K/uL"})
RECORDS: list[BaseModel] = [
    VISIT,
    History.of([VISIT]),
    Findings.model_validate(
        {
            "rash": True,
            "c3": {"value": "0.7 g/L", "flag": "L"},
            "visit_date": "2024-01-16",
            "dates": {"rash": "2024-01-10"},
            "other_cause": {"fever": "flu"},
        }
    ),
    Candidate.model_validate({"age": 34, "oral_corticosteroids": {"prednisone": "5 mg/d"}}),
    Assessment.of(present={"rash"}),
]


class TestCopies:
    """A copy with other values is validated, which pydantic's own is not."""

    @pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
    def test_a_copy_is_the_same(self, record: BaseModel) -> None:
        copy = record.model_copy()
        assert copy == record
        assert copy.model_fields_set == record.model_fields_set
        with pytest.raises(ValidationError, match="zzz"):
            record.model_copy(update={"zzz": 1})

    @pytest.mark.parametrize(
        "update", [{"stable_treatment": 1}, {"physician_global": -5}, {"date": None}]
    )
    def test_wrong_values_are_refused(self, update: dict[str, Any]) -> None:
        with pytest.raises(ValidationError, match=next(iter(update))):
            VISIT.model_copy(update=update)

    def test_values_are_read(self) -> None:
        copy = VISIT.model_copy(update={"stable_treatment": np.True_, "physician_global": "2"})
        assert (copy.stable_treatment, copy.physician_global) == (True, 2)


@pytest.mark.parametrize("model", [Visit, Findings, Candidate, History, Assessment])
def test_unknown_names_are_escaped(model: type[BaseModel]) -> None:
    """Control characters would act on a terminal, and those of direction on what is read."""
    with pytest.raises(ValidationError) as caught:
        model.model_validate({"a\u202e\x1b[31mb": 1})
    said = str(caught.value)
    assert r"a\u202e\x1b[31mb" in said
    assert "\u202e" not in said
    assert "\x1b" not in said


def test_names_beside_other_errors_are_escaped() -> None:
    with pytest.raises(ValidationError) as caught:
        Findings.model_validate({"\u0301x": 1, "rash": 8})
    assert [line["loc"] for line in caught.value.errors()] == [("rash",), (r"\u0301x",)]
    assert "found 8; accepted: true, false or null" in str(caught.value)
    complete = Assessment.of().model_dump()
    with pytest.raises(ValidationError) as caught:
        Visit.model_validate({"date": "2024-01-16", "assessment": {**complete, "\x1b": 1}})
    assert "assessment.\\x1b" in str(caught.value)


class TestRules:
    """What pydantic writes of a definition tells its rule from any other."""

    def test_rules_that_differ_are_written_differently(self) -> None:
        rules = {d.rule for of in DEFINITIONS.values() for d in of.values()}
        assert len({str(rule) for rule in rules}) == len(rules)

    def test_one_and_each_are_told_apart(self) -> None:
        signs = Sign("rash"), Sign("fever")
        two = Limit("signs", ">=", 2, "")  # type: ignore[arg-type]
        rules = AnyOf(*signs), AllOf(*signs), AtLeast(two, *signs), IfGiven(AnyOf(*signs))
        definition = DEFINITIONS[Edition.SELENA][Descriptor.RASH]
        adapter = TypeAdapter(type(definition))
        texts = [
            adapter.dump_python(definition.reworded(definition.citation.source, "", "x", rule))
            for rule in rules
        ]
        assert [text["rule"] for text in texts] == [
            "any of (rash, fever)",
            "all of (rash, fever)",
            ">= 2 of (rash, fever)",
            "any of (rash, fever) if given",
        ]

    def test_a_derivation(self) -> None:
        made = derive(Findings(rash=True), edition=Edition.SELENA)
        assert b'"rule":"any of (' in TypeAdapter(Derivation).dump_json(made)
        reason = TypeAdapter(Reason).dump_python(made.reasons[Descriptor.FEVER])
        assert reason["definition"]["rule"] == "temperature > 38 degrees C"


def test_an_error_says_all_that_it_said_with_names_escaped() -> None:
    """The title, the message, the input and the place; numbers in it stay numbers."""
    with pytest.raises(ValidationError) as caught:
        History.model_validate({"visits": [{"date": "2024-01-16", "a\nb": 5}]})
    assert caught.value.title == "History"
    (line,) = caught.value.errors()
    assert line["loc"] == ("visits", 0, "a\\nb")
    assert (line["type"], line["msg"], line["input"]) == (
        "extra_forbidden",
        "Extra inputs are not permitted",
        5,
    )
