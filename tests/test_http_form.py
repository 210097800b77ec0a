"""What the page of `sledai form` asks of the library, and what a browser is told of the page."""

import csv
import io
import json
import re
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import spec_tables
import strategies
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from examples import examples
from sledai import Assessment, Descriptor
from sledai.definitions import Edition
from sledai.definitions.editions import DEFINITIONS
from sledai.fhir import read_response
from sledai.http import loopback
from sledai.http.filled_form import FilledForm
from sledai.quantities import UNITS
from sledai.trials.catalog import CATALOG

PAGE = Path(loopback.__file__).with_name("page")
PROBLEM = "application/problem+json"
client = TestClient(
    loopback.form_app, base_url="http://localhost:8123", raise_server_exceptions=False
)
BEGUN: dict[str, Any] = {
    "subject": "P01",
    "date": "2024-01-16",
    "rater": "Dr. Ñandú",
    "edition": "SELENA-SLEDAI",
    "answered": {"arthritis": True, "rash": False, "seizure": None},
    "findings": {"platelets": "92 K/uL", "c3": {"value": "0.7 g/L", "lower": "0.9 g/L"}},
}
PRESENT = {"arthritis", "thrombocytopenia", "low_complement"}
COUNTED = Assessment.of(present=PRESENT, not_assessed=set(Descriptor) - PRESENT - {"rash"})


def post(what: str, body: object) -> Any:
    return client.post(f"/form/{what}", json=body)


def errors(answer: Any) -> dict[str, str]:
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == PROBLEM
    return {
        one.get("pointer") or one["parameter"]: one["detail"] for one in answer.json()["errors"]
    }


class TestPolicy:
    """A browser loads nothing from elsewhere, keeps nothing, and shows the page in no other."""

    FILES = ("", "form.css", "form.js", "asking.js", "drawing.js", "keeping.js")

    def test_every_file_of_the_page_is_sent(self) -> None:
        assert {path.name for path in PAGE.iterdir()} == {"form.html", *self.FILES[1:]}
        for name in self.FILES:
            answer = client.get(f"/{name}")
            assert answer.content == (PAGE / (name or "form.html")).read_bytes()
            kind = "text/javascript" if name.endswith(".js") else f"text/{name[5:] or 'html'}"
            assert answer.headers["content-type"] == f"{kind}; charset=utf-8"

    def test_no_parameter_names_another_file(self) -> None:
        assert client.get("/?name=../../__init__.py").content == client.get("/").content
        assert client.get("/form.js?name=form.css").content == client.get("/form.js").content
        assert client.get("/../server.py").status_code == 404

    @pytest.mark.parametrize(
        "path", ["/", "/form.js", "/form/definitions?edition=SELENA", "/nowhere", "/score"]
    )
    def test_of_all_that_is_sent(self, path: str) -> None:
        headers = client.get(path).headers
        assert headers["content-security-policy"] == (
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src "
            "'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cross-origin-resource-policy"] == "same-origin"

    def test_no_script_runs_beside_the_sheet(self) -> None:
        """Its page is empty, and takes the styles that a sheet brings along."""
        answer = client.get("/sheet")
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'")
        assert "script" not in policy + answer.text
        assert answer.headers["cache-control"] == "no-store"

    def test_names_and_pages_of_others(self) -> None:
        for path in ("/", "/form.js", "/form/definitions?edition=SELENA"):
            assert client.get(path, headers={"host": "evil.example"}).status_code == 421
        headers = {"origin": "http://evil.example"}
        assert client.post("/form/score", json=BEGUN, headers=headers).status_code == 403

    def test_the_page_is_no_part_of_the_server_for_programs(self) -> None:
        programs = TestClient(loopback.app, base_url="http://localhost:8123")
        for path in ("/", "/form.js", "/sheet", "/form/definitions?edition=SELENA"):
            assert programs.get(path).status_code == 404

    def test_programs_are_answered_as_by_the_other(self) -> None:
        answers = COUNTED.model_dump()
        assert client.post("/score", json=answers).json()["low"] == 7

    def test_nothing_is_loaded_from_elsewhere(self) -> None:
        """No address stands in the page, and no text is taken for markup."""
        for path in PAGE.iterdir():
            text = path.read_text("utf-8")
            assert "://" not in text
            assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", text)
            assert not re.search(r"\beval\(|Function\(|localStorage|sessionStorage|indexedDB", text)

    def test_no_number_of_the_instrument_stands_in_the_page(self) -> None:
        """Weights, limits and names are asked for."""
        said = "".join(path.read_text("utf-8") for path in PAGE.glob("*.js"))
        for descriptor in Descriptor:
            assert descriptor.value not in said
        for analyte, units in UNITS.items():
            assert not re.search(rf"\b{analyte}\b", said) or analyte == "duration"
            assert not any(f"'{unit}'" in said for unit in units if len(unit) > 1)


class TestDefinitions:
    """GET /form/definitions: what is asked by an edition, as the library has it."""

    @pytest.mark.parametrize("edition", list(Edition))
    def test_every_descriptor_in_the_words_of_the_edition(self, edition: Edition) -> None:
        shown = client.get(f"/form/definitions?edition={edition.name}").json()
        assert shown["edition"] == {"name": edition.name, "label": edition.value}
        asked = [one for system in shown["systems"] for one in system["descriptors"]]
        assert [one["descriptor"] for one in asked] == list(Descriptor)
        assert {one["descriptor"]: one["weight"] for one in asked} == spec_tables.WEIGHTS
        for one in asked:
            definition = DEFINITIONS[edition][Descriptor(one["descriptor"])]
            assert one["definition"] == definition.text
            assert one["source"] == str(definition.citation)
            assert one["unverified"] == definition.unverified

    def test_laboratory_values_and_what_they_decide(self) -> None:
        shown = client.get("/form/definitions?edition=SELENA").json()["laboratory"]
        decides = {one["analyte"]: one["decides"] for one in shown}
        assert decides == {
            "platelets": ["thrombocytopenia"],
            "white_cells": ["leukopenia"],
            "temperature": ["fever"],
            "urine_protein_24h": ["proteinuria"],
            "previous_urine_protein_24h": ["proteinuria"],
            "urine_red_cells": ["hematuria"],
            "urine_white_cells": ["pyuria"],
            "c3": ["low_complement"],
            "c4": ["low_complement"],
            "ch50": ["low_complement"],
            "anti_dsdna": ["increased_dna_binding"],
        }
        ends = {one["analyte"]: one["laboratory_limit"] for one in shown}
        assert {name: end for name, end in ends.items() if end} == {
            **dict.fromkeys(("c3", "c4", "ch50"), "lower"),
            "anti_dsdna": "upper",
        }
        for one in shown:
            assert one["units"] == list(UNITS[one["analyte"]])
            assert one["flags"] == (["low", "normal", "high"] if ends[one["analyte"]] else [])

    def test_what_an_edition_does_not_ask_for(self) -> None:
        shown = client.get("/form/definitions?edition=SLEDAI_2K").json()["laboratory"]
        decides = {one["analyte"]: one["decides"] for one in shown}
        assert decides["previous_urine_protein_24h"] == []

    def test_the_trials_of_the_edition(self) -> None:
        for edition in Edition:
            shown = client.get(f"/form/definitions?edition={edition.name}").json()["trials"]
            expected = [one.registry_id for one in CATALOG if one.rule.edition is edition]
            assert [one["trial"] for one in shown] == expected

    def test_an_edition_that_is_none(self) -> None:
        answer = client.get("/form/definitions?edition=SLEDAI")
        assert errors(answer)["edition"].startswith("found 'SLEDAI'; accepted: SLEDAI_1992, ")


class TestScore:
    """POST /form/score: what is filled in, exact over all that nobody answered."""

    @settings(max_examples=examples(40))
    @given(strategies.nearly_complete_assessments(5), st.booleans())
    def test_against_every_completion(self, assessment: Assessment, said: bool) -> None:
        """Whether what is not assessed was said so, or not said, is the same."""
        answers = assessment.model_dump()
        answered = {name: a for name, a in answers.items() if said or a is not None}
        body = {"edition": "SELENA", "answered": answered}
        shown = client.post("/form/score?trial=NCT05765006", json=body).json()
        open_ = sorted(assessment.not_assessed)
        totals: list[int] = []
        verdicts: set[bool] = set()
        for found in product([False, True], repeat=len(open_)):
            more = {d for d, one in zip(open_, found, strict=True) if one}
            present = {d.value for d in assessment.present | more}
            totals.append(spec_tables.total_of(present))
            clinical = spec_tables.clinical_of(present)
            verdicts.add(spec_tables.meets_nct05765006(totals[-1], clinical))
        assert (shown["low"], shown["high"]) == (min(totals), max(totals))
        assert shown["assessment"] == answers
        assert shown["derived"] == {}
        (verdict,) = shown["verdicts"]
        assert (verdict["verdict"] == "undetermined") is (len(verdicts) == 2)

    def test_laboratory_values_fill_what_nobody_answered(self) -> None:
        shown = post("score", BEGUN).json()
        assert shown["assessment"] == COUNTED.model_dump()
        assert shown["derived"] == {
            "low_complement": {
                "answer": True,
                "reason": "c3 0.7 g/L < 0.9 g/L",
                "differs": False,
            },
            "thrombocytopenia": {
                "answer": True,
                "reason": "platelets 92 K/uL < 100 K/uL",
                "differs": False,
            },
        }

    @pytest.mark.parametrize(
        ("answered", "counts", "differs"),
        [
            ({}, True, False),
            ({"thrombocytopenia": True}, True, False),
            ({"thrombocytopenia": False}, False, True),
            ({"thrombocytopenia": None}, None, True),
        ],
    )
    def test_what_a_person_answered_counts(
        self, answered: dict[str, bool | None], counts: bool | None, differs: bool
    ) -> None:
        body = {"edition": "SELENA", "answered": answered, "findings": {"platelets": "92 K/uL"}}
        shown = post("score", body).json()
        assert shown["assessment"]["thrombocytopenia"] is counts
        assert shown["derived"]["thrombocytopenia"]["answer"] is True
        assert shown["derived"]["thrombocytopenia"]["differs"] is differs

    def test_an_open_value_differs_from_nothing(self) -> None:
        body = {"edition": "SELENA", "answered": {"low_complement": True}}
        shown = post("score", body | {"findings": {"c3": "0.7 g/L"}}).json()
        assert shown["derived"]["low_complement"]["answer"] is None
        assert shown["derived"]["low_complement"]["differs"] is False
        assert shown["assessment"]["low_complement"] is True

    def test_the_widest_are_worth_asking(self) -> None:
        open_ = {"fever", "rash", "alopecia"}
        answered = {d.value: False for d in Descriptor if d not in open_}
        assert post("score", {"edition": "SELENA", "answered": answered}).json()[
            "worth_asking"
        ] == ["rash", "alopecia"]

    def test_or_those_that_decide(self) -> None:
        """Arthritis and rash are 6, and nothing is open but fever, low complement and alopecia."""
        answered: dict[str, bool | None] = dict.fromkeys(Descriptor, False)
        answered |= {"arthritis": True, "rash": True}
        answered |= {"fever": None, "low_complement": None}
        body = {"edition": "SELENA", "answered": answered}
        asked = client.post("/form/score?trial=NCT05765006", json=body).json()
        assert asked["worth_asking"] == ["low_complement"]
        answered["low_complement"] = True
        asked = client.post("/form/score?trial=NCT05765006", json=body).json()
        assert (asked["verdicts"][0]["verdict"], asked["worth_asking"]) == ("met", ["fever"])
        answered["fever"] = False
        assert post("score", body).json()["worth_asking"] == []

    def test_a_trial_of_another_edition(self) -> None:
        for what in ("score", "sheet"):
            answer = client.post(f"/form/{what}?trial=NCT05899907", json=BEGUN)
            assert errors(answer) == {
                "trial": "NCT05899907: found answers by SELENA-SLEDAI; accepted: answers by "
                "SLEDAI-2K"
            }


class TestRefused:
    """What is not accepted is named by its place; nothing is scored without it."""

    @pytest.mark.parametrize("what", ["score", "sheet", "json", "fhir", "csv"])
    def test_each_place(self, what: str) -> None:
        body = BEGUN | {
            "subject": " ",
            "rater": "x" * 201,
            "date": "soon",
            "answered": {"rahs": True},
            "findings": {"platelets": "92", "c3": {"value": "0.7 g/L", "lower": "high"}},
        }
        said = errors(post(what, body))
        assert set(said) == {
            *("#/subject", "#/rater", "#/date", "#/answered"),
            *("#/findings/platelets", "#/findings/c3"),
        }
        assert said["#/subject"] == "found ' '; accepted: a name of at most 200 characters or null"
        assert said["#/answered"] == "not one of the 24 descriptors: 'rahs' (did you mean rash?)"
        assert said["#/findings/platelets"].startswith("found '92'; accepted: text of a number")

    @pytest.mark.parametrize(
        ("body", "place", "said"),
        [
            ({}, "#/edition", "nothing given; it is required"),
            ({"edition": "SLEDAI"}, "#/edition", "found 'SLEDAI'; accepted: SLEDAI_1992, "),
            ({"answered": {"rash": 1}}, "#/answered/rash", "found 1; accepted: true, false or nul"),
            ({"answered": []}, "#/answered", "Input should be "),
            ({"findings": {"rash": True}}, "#/findings", "found rash; accepted: platelets, "),
            (
                {"findings": {"c3": {"value": "70 mg/dL", "lower": "0.9 g/L"}}},
                "#/findings",
                "c3: lower: found 'g/L'; accepted: the unit of the value: mg/dL",
            ),
            ({"subjekt": "P01"}, "#/subjekt", "no such field; did you mean subject?"),
        ],
    )
    def test_others(self, body: dict[str, Any], place: str, said: str) -> None:
        whole = {"edition": "SELENA", **body} if body else {}
        (found,) = errors(post("score", whole)).items()
        assert found[0] == place
        assert found[1].startswith(said)


class TestKept:
    """A file that is kept says what counts, and is taken again as what it was."""

    def test_json(self) -> None:
        kept = post("json", BEGUN).json()
        assert kept.pop("#").startswith("A rated visit. Made with sledai ")
        assert kept == BEGUN | {
            "assessment": COUNTED.model_dump(),
            "findings": {"platelets": "92 K/uL", "c3": {"value": "0.7 g/L", "lower": "0.9 g/L"}},
        }
        assert [*kept["answered"]] == ["seizure", "arthritis", "rash"]

    @settings(max_examples=examples(60))
    @given(
        st.dictionaries(st.sampled_from(list(Descriptor)), st.sampled_from([True, False, None])),
        st.fixed_dictionaries(
            {},
            optional={
                "platelets": st.sampled_from(["92 K/uL", "<150 G/L", "212 10*9/L"]),
                "temperature": st.sampled_from(["38.4 Cel", "100.4 [degF]"]),
                "anti_dsdna": st.sampled_from(
                    [{"flag": "high"}, {"value": "30 %"}, {"value": "9 IU/mL", "upper": "10 IU/mL"}]
                ),
            },
        ),
        st.sampled_from(list(Edition)),
        st.text(max_size=30),
    )
    def test_it_is_taken_again(
        self, answered: dict[str, bool | None], findings: dict[str, Any], edition: str, name: str
    ) -> None:
        subject = name if name.strip() and name.isprintable() else None
        body = {
            "subject": subject,
            "date": None,
            "edition": edition,
            "answered": answered,
            "findings": findings,
        }
        kept = post("json", body)
        assert kept.status_code == 200, kept.text
        assert post("json", kept.json()).json() == kept.json()
        assert kept.json()["subject"] == subject

    def test_a_visit_that_says_no_more_than_its_answers(self) -> None:
        """They are a person's; what is null there, nobody answered so far."""
        body = {"edition": "SELENA", "assessment": COUNTED.model_dump()}
        kept = post("json", body).json()
        assert kept["assessment"] == COUNTED.model_dump()
        assert kept["answered"] == {
            name: answer for name, answer in COUNTED.model_dump().items() if answer is not None
        }
        made = FilledForm(edition=Edition.SELENA, assessment=COUNTED)
        assert made.counted == COUNTED

    def test_beside_laboratory_values_not_assessed_is_an_answer(self) -> None:
        answers = Assessment.of(not_assessed={"thrombocytopenia"}).model_dump()
        body = {"edition": "SELENA", "assessment": answers, "findings": {"platelets": "92 K/uL"}}
        assert post("json", body).json()["assessment"] == answers
        assert post("score", body).json()["derived"]["thrombocytopenia"]["differs"] is True

    def test_a_file_that_contradicts_itself(self) -> None:
        body = BEGUN | {"assessment": Assessment.of(not_assessed={"rash"}).model_dump()}
        said = errors(post("json", body))["#"]
        assert said.startswith("assessment: found seizure, psychosis, ")
        assert said.endswith("; accepted: seizure not assessed, and so on")
        one = COUNTED.model_dump() | {"arthritis": False}
        assert errors(post("json", BEGUN | {"assessment": one})) == {
            "#": "assessment: found arthritis otherwise than what was answered and the laboratory "
            "values give; accepted: arthritis present"
        }

    def test_an_assessment_that_is_none(self) -> None:
        body = {"edition": "SELENA", "assessment": {"rash": True}}
        assert len(errors(post("json", body))) == 20
        with pytest.raises(ValidationError):
            FilledForm.model_validate([])

    def test_fhir(self) -> None:
        answer = post("fhir", BEGUN)
        assert answer.headers["content-type"] == "application/fhir+json"
        read = read_response(answer.json())
        assert (read.visit.date, read.visit.answers) == (date(2024, 1, 16), COUNTED)
        assert read.edition is Edition.SELENA
        assert read.subject == {"identifier": {"value": "P01"}, "display": "P01"}
        assert read.author == {"display": "Dr. Ñandú"}
        nobody = read_response(post("fhir", BEGUN | {"subject": None, "rater": None}).json())
        assert (nobody.subject, nobody.author) == (None, None)
        assert errors(post("fhir", BEGUN | {"date": None})) == {
            "#/date": "nothing given; FHIR asks for the date"
        }

    def test_csv(self) -> None:
        answer = post("csv", BEGUN | {"subject": 'a "b", c'})
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        (row,) = csv.DictReader(io.StringIO(answer.text))
        words = {True: "present", False: "absent", None: ""}
        assert row == {
            "subject": 'a "b", c',
            "date": "2024-01-16",
            "rater": "Dr. Ñandú",
            "edition": "SELENA-SLEDAI",
            **{name: words[said] for name, said in COUNTED.model_dump().items()},
        }

    def test_the_sheet(self) -> None:
        body = BEGUN | {"subject": "<script>alert(1)</script>\u202e"}
        answer = client.post("/form/sheet?trial=NCT05765006", json=body)
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        for text in ("SELENA-SLEDAI score sheet", "2024-01-16", "NCT05765006", "&lt;script&gt;"):
            assert text in answer.text
        assert "<script" not in answer.text
        assert "\u202e" not in answer.text


class TestDescription:
    """OpenAPI has what the page asks, with examples that are accepted, and not the page."""

    DESCRIBED: Any = client.get("/openapi.json").json()

    def test_addresses(self) -> None:
        own = {path for path in self.DESCRIBED["paths"] if path.startswith("/form/")}
        assert own == {
            f"/form/{what}" for what in ("definitions", "score", "sheet", "json", "fhir", "csv")
        }
        assert "/" not in self.DESCRIBED["paths"]

    def test_every_example_is_accepted(self) -> None:
        for path, of_path in self.DESCRIBED["paths"].items():
            if path.startswith("/form/") and "post" in of_path:
                content = of_path["post"]["requestBody"]["content"]["application/json"]
                for example in content["examples"].values():
                    assert client.post(path, content=json.dumps(example["value"])).is_success
