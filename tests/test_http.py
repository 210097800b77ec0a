"""Over HTTP: the library's answers, errors that name fields and echo no record, and limits."""

import asyncio
import json
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from itertools import product
from pathlib import Path
from typing import Annotated, Any

import pytest
import spec_tables
import strategies
from fastapi import Depends, FastAPI, Header, Request
from fastapi.responses import PlainTextResponse
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from examples import examples
from sledai import Assessment, Descriptor, InvalidInputError
from sledai.fhir import questionnaire, response
from sledai.http import MAX_BODY, app, router
from sledai.http.problems import field_problems, line_problems
from sledai.trials.nct05765006.candidate import template
from sledai.visits import Visit

ROOT = Path(__file__).parents[1]
LOCAL = "http://localhost:8123"
PROBLEM = "application/problem+json"
ABSENT = Assessment.of().model_dump()
ANSWERS = "accepted: true (present), false (absent) or null (not assessed)"
client = TestClient(app, base_url=LOCAL, raise_server_exceptions=False)


def post(path: str, body: object, **headers: str) -> Any:
    return client.post(path, content=json.dumps(body), headers=headers)


def problem(answer: Any) -> dict[str, Any]:
    """What is said of what is not accepted, when it is said as RFC 9457 has it."""
    assert answer.headers["content-type"] == PROBLEM
    said: dict[str, Any] = answer.json()
    assert said["type"] == "about:blank"
    assert said["status"] == answer.status_code
    return said


def errors(answer: Any) -> dict[str, str]:
    """What is said of each field or parameter that is not accepted."""
    assert answer.status_code == 422, answer.text
    places = problem(answer)["errors"]
    return {one.get("pointer") or one["parameter"]: one["detail"] for one in places}


class TestScore:
    """POST /score: the scores of a visit, exact over every completion of what is not assessed."""

    def test_a_complete_visit(self) -> None:
        answer = post("/score", ABSENT | {"arthritis": True, "rash": True, "low_complement": True})
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
        said = answer.json()
        systems = said.pop("by_system")
        assert said == {
            "total": 8,
            "low": 8,
            "high": 8,
            "clinical": 6,
            "clinical_low": 6,
            "clinical_high": 6,
            "not_assessed": [],
            "verdicts": [],
        }
        assert {name: of for name, of in systems.items() if of["high"]} == {
            "musculoskeletal": {"low": 4, "high": 4},
            "mucocutaneous": {"low": 2, "high": 2},
            "immunologic": {"low": 2, "high": 2},
        }
        assert len(systems) == 9

    def test_the_example_as_it_is_and_with_what_curl_calls_it(self) -> None:
        body = (ROOT / "examples" / "visit.json").read_bytes()
        headers = {"content-type": "application/x-www-form-urlencoded"}
        said = client.post("/score", content=body, headers=headers).json()
        assert (said["total"], said["low"], said["high"], said["clinical"]) == (None, 7, 11, 7)
        assert said["not_assessed"] == ["low_complement", "increased_dna_binding"]
        assert said["by_system"]["immunologic"] == {"low": 0, "high": 4}
        assert said["by_system"]["hematologic"] == {"low": 1, "high": 1}

    @settings(max_examples=examples(60))
    @given(strategies.nearly_complete_assessments(5))
    def test_against_every_completion(self, assessment: Assessment) -> None:
        open_ = sorted(assessment.not_assessed)
        totals: list[int] = []
        clinical: list[int] = []
        verdicts: set[bool] = set()
        for answers in product([False, True], repeat=len(open_)):
            found = {d.value for d, answer in zip(open_, answers, strict=True) if answer}
            present = {d.value for d in assessment.present} | found
            totals.append(spec_tables.total_of(present))
            clinical.append(spec_tables.clinical_of(present))
            verdicts.add(spec_tables.meets_nct05765006(totals[-1], clinical[-1]))
        said = post("/score?trial=NCT05765006", assessment.model_dump()).json()
        assert (said["low"], said["high"]) == (min(totals), max(totals))
        assert (said["clinical_low"], said["clinical_high"]) == (min(clinical), max(clinical))
        assert said["total"] == (totals[0] if len(set(totals)) == 1 else None)
        assert said["clinical"] == (clinical[0] if len(set(clinical)) == 1 else None)
        assert set(said["not_assessed"]) == set(open_)
        assert sum(of["low"] for of in said["by_system"].values()) == said["low"]
        assert sum(of["high"] for of in said["by_system"].values()) == said["high"]
        (verdict,) = said["verdicts"]
        named = {frozenset({True}): "met", frozenset({False}): "not_met"}
        assert verdict["verdict"] == named.get(frozenset(verdicts), "undetermined")
        assert bool(verdict["deciding"]) is (len(verdicts) > 1)

    def test_the_rules_of_trials(self) -> None:
        """Each that is named, in any case, and with what is not judged."""
        body = ABSENT | {"arthritis": True, "rash": True, "fever": None, "low_complement": None}
        said = post("/score?trial=nct05765006&trial=NCT06265220", body).json()
        first, second = said["verdicts"]
        assert (first["trial"], second["trial"]) == ("NCT05765006", "NCT06265220")
        assert (first["verdict"], second["verdict"]) == ("undetermined", "undetermined")
        assert first["deciding"] == ["low_complement"]
        assert first["reason"].startswith("total 6 to 9, clinical 6 to 7; needed: SELENA-SLEDAI ")
        assert second["not_judged"].startswith("BILAG-2004 1 A or 2 B; the rule is for lupus with")
        assert second["clinical"].endswith("(a reading)")
        assert first["source"] == "NCT05765006, inclusion criterion 6"


class TestDerive:
    """POST /derive: the 24 descriptors by an edition that is named, with a reason for each."""

    def test_by_the_edition(self) -> None:
        body = {"rash": True, "rash_new_or_recurrent": False, "platelets": "92 K/uL"}
        editions = {"SLEDAI_1992": False, "selena": True}
        for edition, rash in editions.items():
            said = post(f"/derive?edition={edition}", body).json()
            assert said["assessment"]["rash"] is rash
            assert said["assessment"]["thrombocytopenia"] is True
            assert said["assessment"]["fever"] is None
            assert said["reasons"]["fever"]["missing"] == ["temperature"]
        assert said["edition"] == "SELENA-SLEDAI"
        assert said["reasons"]["thrombocytopenia"]["evidence"][0]["limit"] == "100 K/uL"

    def test_what_it_gives_is_taken_by_score(self) -> None:
        made = post("/derive?edition=SELENA", {"platelets": "92 K/uL"}).json()
        said = post("/score", made["assessment"]).json()
        assert (said["total"], said["low"], len(said["not_assessed"])) == (None, 1, 23)

    def test_the_window_and_the_ratio(self) -> None:
        body = {
            "visit_date": "2024-01-31",
            "dates": {"platelets": "2024-01-11"},
            "platelets": "92 K/uL",
            "urine_protein_creatinine_ratio": "0.6 g/g",
        }
        for days, known in ((10, None), (30, True)):
            address = f"/derive?edition=SELENA&window_days={days}&ratio_limit=0.5 g/g"
            said = post(address, body).json()
            assert said["window_days"] == days
            assert said["assessment"]["thrombocytopenia"] is known
            assert said["reasons"]["proteinuria"]["evidence"][0]["limit"] == "0.5 g/g"
        assert said["not_used"] == []

    def test_no_edition_is_no_default(self) -> None:
        assert errors(post("/derive", {})) == {"edition": "nothing given; it is required"}


class TestScreen:
    """POST /screen: the whole screen of NCT05765006."""

    def test_the_example_as_it_is(self) -> None:
        body = (ROOT / "examples" / "candidate.json").read_bytes()
        said = client.post("/screen", content=body).json()
        assert (said["trial"], said["verdict"]) == ("NCT05765006", "undetermined")
        assert [one["field"] for one in said["missing"]] == ["iga", "assessment"]
        assert len(said["criteria"]) == 12

    def test_one_answer_can_be_enough(self) -> None:
        said = post("/screen", {"age": 17}).json()
        assert (said["verdict"], said["missing"]) == ("not_met", [])

    def test_the_form_to_fill_in_is_a_candidate_of_whom_nothing_is_known(self) -> None:
        said = client.post("/screen", content=template()).json()
        assert {one["verdict"] for one in said["criteria"]} == {"undetermined"}


class TestQuestionnaire:
    """GET and POST /questionnaire: the form of an edition, and what a filled one scores."""

    def test_the_form(self) -> None:
        for release in ("R4", "R5"):
            answer = client.get(f"/questionnaire?edition=SLEDAI_2K&release={release}")
            assert answer.headers["content-type"] == "application/fhir+json"
            assert answer.json() == questionnaire("SLEDAI_2K", release=release)
        default = client.get("/questionnaire?edition=sledai-2k").json()
        assert default == questionnaire("SLEDAI_2K", release="R4")

    def test_a_filled_form(self) -> None:
        assessment = Assessment.of(present={"arthritis", "fever"}, not_assessed={"rash"})
        visit = Visit.model_validate({"date": "2024-01-16", "assessment": assessment})
        filled = response(visit, "SELENA")
        headers = {"content-type": "application/fhir+json; charset=utf-8"}
        said = post("/questionnaire?trial=NCT05765006", filled, **headers).json()
        assert (said["total"], said["low"], said["high"]) == (None, 5, 7)
        assert said["verdicts"][0]["verdict"] == "not_met"
        assert said["edition"] == "SELENA-SLEDAI"

    @pytest.mark.parametrize(
        ("edition", "trial", "found", "accepted"),
        [
            ("SLEDAI_1992", "NCT05765006", "SLEDAI 1992", "SELENA-SLEDAI"),
            ("HYBRID", "NCT05765006", "SELENA-SLEDAI hybrid", "SELENA-SLEDAI"),
            ("SLEDAI_2K", "NCT05765006", "SLEDAI-2K", "SELENA-SLEDAI"),
            ("SELENA", "NCT05899907", "SELENA-SLEDAI", "SLEDAI-2K"),
        ],
    )
    def test_no_verdict_is_given_on_another_edition(
        self, edition: str, trial: str, found: str, accepted: str
    ) -> None:
        filled = self.filled(edition)
        said = post("/questionnaire", filled).json()
        assert (said["total"], said["edition"]) == (8, found)
        assert errors(post(f"/questionnaire?trial={trial}", filled)) == {
            "trial": f"{trial}: found answers by {found}; accepted: answers by {accepted}"
        }

    def test_another_resource(self) -> None:
        answer = post("/questionnaire", {"resourceType": "Patient", "name": "Miller"})
        assert errors(answer) == {
            "#/resourceType": "found 'Patient'; accepted: QuestionnaireResponse"
        }

    def test_a_wrong_answer_is_named_with_its_place(self) -> None:
        filled = self.filled("SELENA")
        answer = filled["item"][1]["item"][0]["answer"][0]
        answer["valueCoding"] |= {"code": "perhaps"}
        filled["item"].append({"linkId": "x"})
        assert errors(post("/questionnaire", filled)) == {
            f"#/item/{len(filled['item']) - 1}/linkId": "found 'x'; accepted: a linkId of the form",
            "#/item/1/item/0/answer/0/valueCoding/code": "found 'perhaps'; accepted: present, "
            "absent, not-assessed",
        }

    def test_of_many_wrong_items_the_first_are_shown(self) -> None:
        filled = self.filled("SELENA") | {
            "item": [{"linkId": "visit_date"}, *[{"linkId": "x"}] * 9000]
        }
        answer = post("/questionnaire", filled)
        assert len(errors(answer)) == 20
        detail = problem(answer)["detail"]
        assert detail == "not accepted, in 9,001 places, of which the first 20 are shown"
        assert len(answer.content) < 3000

    def test_what_is_said_has_an_end(self) -> None:
        """Of items nested deep, and of an answer with many names."""
        nested: dict[str, Any] = {"linkId": "x"}
        for _ in range(100):
            nested = {"linkId": "x", "item": [nested]}
        names = dict.fromkeys([f"value{n}" for n in range(9000)], 1)
        items = [{"linkId": "visit_date", "answer": [names]}, nested]
        answer = post("/questionnaire", self.filled("SELENA") | {"item": items})
        said = errors(answer)
        assert said["#/item/0/answer/0"].startswith("found value0, value1, ")
        assert len(answer.content) < 20_000

    def test_a_line_without_a_place_is_said_of_the_whole(self) -> None:
        said = line_problems(InvalidInputError("a form: no")).errors or ()
        assert [(one.pointer, one.detail) for one in said] == [("#", "a form: no")]

    @staticmethod
    def filled(edition: str) -> dict[str, Any]:
        seen = Assessment.of(present={"arthritis", "rash", "low_complement"})
        return response(Visit(date=date(2024, 1, 16), assessment=seen), edition)

    def test_wrong_parameters(self) -> None:
        assert errors(client.get("/questionnaire?edition=SLEDAI&release=R6&x=1")) == {
            "edition": "found 'SLEDAI'; accepted: SLEDAI_1992, SELENA, HYBRID, SLEDAI_2K",
            "release": "found 'R6'; accepted: R4, R5",
            "x": "no such parameter",
        }


class TestErrors:
    """Each field or parameter that is not accepted is named; a misspelled one is not ignored."""

    def test_every_wrong_field_of_a_visit(self) -> None:
        body = {**ABSENT, "rash": 1, "alopecia": "no", "rahs": True, "a/b~c": 0}
        del body["fever"]
        assert errors(post("/score", body)) == {
            "#/rash": f"found 1; {ANSWERS}",
            "#/alopecia": f"found 'no'; {ANSWERS}",
            "#/fever": f"no answer given; {ANSWERS}",
            "#/rahs": "no such field; did you mean rash?",
            "#/a~1b~0c": "no such field",
        }

    @pytest.mark.parametrize(
        ("address", "body", "said"),
        [
            (
                "/score?trail=NCT05765006",
                ABSENT,
                {"trail": "no such parameter; did you mean trial?"},
            ),
            ("/screen?edition=SELENA", {}, {"edition": "no such parameter"}),
            (
                "/score?trial=NCT05899907&trial=NCT05899908",
                ABSENT,
                {"trial": "found 'NCT05899908'; did you mean NCT05899907?"},
            ),
            (
                "/derive?edition=SELENA&window_days=11",
                {},
                {"window_days": "found '11'; accepted: 10, 30"},
            ),
            (
                "/derive?edition=SELENA&ratio_limit=0.5",
                {},
                {
                    "ratio_limit": "found '0.5'; accepted: text of a number and a unit: g/g, "
                    "mg/mg, mg/g, mg/mmol, g/mol"
                },
            ),
            (
                "/derive?edition=SELENA",
                {"platelets": "92 K", "dates": {"c3": "soon"}, "other_cause": {"rash": 1}},
                {
                    "#/platelets": "unit of platelets: found 'K'; accepted: /mm3, /uL, 10*9/L, "
                    "10*3/uL, K/uL, 10^9/L, 10^3/uL, G/L",
                    "#/dates/c3": "found 'soon'; accepted: a date, such as 2024-01-16",
                    "#/other_cause/rash": "Input should be a valid string",
                },
            ),
            (
                "/screen",
                {"age": 300, "assessment": {**ABSENT, "rash": 2, "rahs": None}},
                {
                    "#/age": "found 300; accepted: a whole number 0 to 130, or null",
                    "#/assessment/rash": f"found 2; {ANSWERS}",
                    "#/assessment/rahs": "no such field; did you mean rash?",
                },
            ),
            (
                "/screen",
                {"total_score": 3, "clinical_score": 4},
                {
                    "#": "no visit has total 3 with clinical score 4: the difference is one of "
                    "0, 2, 4, the points of low_complement, increased_dna_binding"
                },
            ),
            ("/screen", {"agee": 3}, {"#/agee": "no such field; did you mean age?"}),
        ],
    )
    def test_where(self, address: str, body: object, said: dict[str, str]) -> None:
        assert errors(post(address, body)) == said

    def test_of_many_the_first_are_shown(self) -> None:
        said = problem(post("/screen", {f"field{n}": n for n in range(3000)}))
        assert said["detail"] == "not accepted, in 3,000 places, of which the first 20 are shown"
        assert len(said["errors"]) == 20
        one = problem(post("/screen", {"zzz": 1}))
        assert one["detail"] == "not accepted, in 1 place"

    def test_a_place_that_is_none_of_the_body_ends_where_the_body_does(self) -> None:
        lines = [
            {"loc": ("body", "age", "int"), "type": "value_error", "msg": "no"},
            {"loc": ("body", "iga", "unit"), "type": "value_error", "msg": "no"},
        ]
        said = field_problems(lines, {"age": 3, "iga": {}}, {}).errors or ()
        assert [one.pointer for one in said] == ["#/age", "#/iga"]

    def test_names_are_cut_and_shown_as_they_are(self) -> None:
        said = errors(post("/screen", {"x" * 200: 1, "\u202ey": 1}))
        assert said == {
            f"#/{'x' * 37}...": "no such field",
            r"#/\u202ey": "no such field",
        }

    @settings(max_examples=examples(60))
    @given(
        st.sampled_from([d.value for d in Descriptor]),
        st.one_of(st.integers(), st.text(), st.lists(st.booleans()), st.floats(allow_nan=False)),
        st.booleans(),
    )
    def test_no_other_cell_is_echoed(self, name: str, wrong: object, whole: bool) -> None:
        """What is said of a wrong cell is the same whatever stands in the others."""
        if isinstance(wrong, float) and wrong in {float("inf"), float("-inf")}:
            wrong = 0.5
        texts: set[str] = set()
        for others in (True, False, None):
            body: dict[str, object] = {**dict.fromkeys(ABSENT, others), name: wrong}
            path = "/score"
            if not whole:
                body, path = {"assessment": body, "age": 55, "iga": None}, "/screen"
            answer = post(path, body)
            assert answer.status_code == 422
            texts.add(answer.text)
        (text,) = texts
        assert len(text) < 500

    def test_nothing_is_to_be_kept_by_others(self) -> None:
        assert post("/score", ABSENT).headers["cache-control"] == "no-store"
        assert post("/score", {}).headers["cache-control"] == "no-store"


class TestBodies:
    """A body is one object of JSON in UTF-8, as the standard has it, and no longer than a limit."""

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            (b"", "line 1, column 1: Expecting value"),
            (b'{"rash": true,\n "fever": tru}', "line 2, column 11: Expecting value"),
            (b"arthritis=true&rash=false", "line 1, column 1: Expecting value"),
            (b'{"rash": NaN}', "NaN is not JSON"),
            (b'{"rash": -Infinity}', "-Infinity is not JSON"),
            (b'{"rash": 1e999}', "1e999 is out of range"),
            (b'{"rash": 1' + b"0" * 400 + b".0}", "1" + "0" * 36 + "... is out of range"),
            (b'{"rash": true, "rash": false}', "'rash' stands twice"),
            (b'{"assessment": {"rash": true, "rash": true}}', "'rash' stands twice"),
            (b'{"rash": ' + b"9" * 5000 + b"}", "a number has too many digits"),
            (b"[" * 100_000, "nested too deep"),
            (b'{"rash": "M\xfcller"}', "no text in UTF-8"),
            (b'{"rash": "\\ud800"}', "half a character, escaped"),
            (b'{"\\udfff": 1}', "half a character, escaped"),
        ],
    )
    def test_no_json(self, body: bytes, said: str) -> None:
        answer = client.post("/screen", content=body)
        assert answer.status_code == 400
        assert problem(answer)["detail"] == f"the body is no JSON: {said}"

    @pytest.mark.parametrize(
        ("body", "found"),
        [
            ([ABSENT], "an array"),
            ("rash", "a text"),
            (8, "a number"),
            (0.5, "a number"),
            (True, "true or false"),
            (None, "null"),
        ],
    )
    def test_no_object(self, body: object, found: str) -> None:
        answer = post("/score", body)
        assert answer.status_code == 422
        assert (
            problem(answer)["detail"] == f"the body: found {found}; accepted: one object of fields"
        )

    def test_remarks_and_a_byte_order_mark(self) -> None:
        body = {"#": "by phone", **ABSENT, "# rash": "new", "rash": True}
        text = json.dumps(body).replace('"# rash"', '"#"')
        answer = client.post("/score", content=b"\xef\xbb\xbf" + text.encode())
        assert answer.json()["total"] == 2

    def test_escapes_are_read(self) -> None:
        text = json.dumps(ABSENT).replace("rash", "r\\u0061sh")
        assert client.post("/score", content=text).json()["total"] == 0

    @pytest.mark.parametrize(
        "kind", ["", "application/json", "Application/FHIR+JSON; charset=utf-8", "text/x+json"]
    )
    def test_types_that_are_json(self, kind: str) -> None:
        assert post("/score", ABSENT, **{"content-type": kind}).status_code == 200

    @pytest.mark.parametrize(
        ("header", "value", "said"),
        [
            ("content-type", "text/csv; header=present", "Content-Type: found 'text/csv'; "),
            ("content-type", "multipart/form-data", "Content-Type: found 'multipart/form-data'; "),
            ("content-encoding", "gzip", "Content-Encoding: found 'gzip'; accepted: none"),
        ],
    )
    def test_types_that_are_not(self, header: str, value: str, said: str) -> None:
        answer = post("/score", ABSENT, **{header: value})
        assert answer.status_code == 415
        assert problem(answer)["detail"].startswith(said)

    def test_the_limit_is_exact(self) -> None:
        body = json.dumps(ABSENT).encode().ljust(MAX_BODY)
        assert client.post("/score", content=body).status_code == 200
        answer = client.post("/score", content=body + b" ")
        assert answer.status_code == 413
        assert problem(answer)["detail"] == "the body is too long; accepted: 262,144 bytes"

    @pytest.mark.parametrize("stated", [b"262145", b"9" * 400, None])
    def test_what_is_too_long_is_not_read_to_its_end(self, stated: bytes | None) -> None:
        """Where its length is stated nothing is read, and without no more than the limit."""
        headers = [(b"host", b"localhost")]
        if stated:
            headers.append((b"content-length", stated))
        read, sent = asyncio.run(asked(headers, b" " * 1000))
        assert read == (0 if stated else MAX_BODY // 1000 + 1)
        assert sent[0]["status"] == 413

    def test_who_leaves_while_sending_is_answered_nothing_wrong(self) -> None:
        _, sent = asyncio.run(asked([(b"host", b"localhost")], None))
        assert not sent or sent[0]["status"] == 500


async def asked(
    headers: list[tuple[bytes, bytes]], chunk: bytes | None
) -> tuple[int, list[dict[str, Any]]]:
    """Send the same chunk as long as it is read; None leaves."""
    read = 0
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        nonlocal read
        if chunk is None:
            return {"type": "http.disconnect"}
        read += 1
        return {"type": "http.request", "body": chunk, "more_body": True}

    async def send(message: Any) -> None:
        sent.append(dict(message))

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": "/score",
        "raw_path": b"/score",
        "root_path": "",
        "query_string": b"",
        "headers": headers,
        "scheme": "http",
        "server": ("127.0.0.1", 8123),
        "client": ("127.0.0.1", 5000),
    }
    with suppress(ClientDisconnect):  # which a server lets go
        await app(scope, receive, send)
    return read, sent


class TestMounted:
    """The router in an application of somebody else, whose own errors stay its own."""

    @pytest.fixture
    def theirs(self) -> FastAPI:
        def key(x_key: Annotated[int, Header()]) -> None:
            assert x_key

        theirs = FastAPI()
        theirs.include_router(router, prefix="/sledai")
        theirs.include_router(router, prefix="/locked", dependencies=[Depends(key)])

        @theirs.post("/own")
        def own(visit: Assessment) -> int:
            return len(visit.present)

        return theirs

    def test_it_answers_under_any_name(self, theirs: FastAPI) -> None:
        mounted = TestClient(theirs, base_url="https://hospital.example")
        assert mounted.post("/sledai/score", json=ABSENT | {"rash": True}).json()["total"] == 2
        wrong = mounted.post("/sledai/score", json=ABSENT | {"rash": "secret"})
        assert errors(wrong) == {"#/rash": f"found 'secret'; {ANSWERS}"}

    def test_other_errors_are_left_alone(self, theirs: FastAPI) -> None:
        @theirs.exception_handler(ZeroDivisionError)
        async def told(_: Request, __: Exception) -> PlainTextResponse:
            return PlainTextResponse("theirs", status_code=418)

        def fails() -> None:
            raise ZeroDivisionError

        theirs.include_router(router, prefix="/fails", dependencies=[Depends(fails)])
        mounted = TestClient(theirs)
        assert mounted.post("/fails/score", json=ABSENT).status_code == 418
        answer = mounted.post("/own", json={})
        assert answer.headers["content-type"] == "application/json"
        assert len(answer.json()["detail"]) == 24

    def test_what_they_ask_beside_it(self, theirs: FastAPI) -> None:
        mounted = TestClient(theirs)
        assert mounted.post("/locked/score", json=ABSENT, headers={"x-key": "7"}).json()
        answer = mounted.post("/locked/score", json=ABSENT)
        assert errors(answer) == {"x-key": "nothing given; it is required"}

    def test_it_is_in_their_description(self, theirs: FastAPI) -> None:
        paths = theirs.openapi()["paths"]
        assert {"/sledai/score", "/sledai/derive", "/sledai/screen", "/sledai/questionnaire"} <= {
            *paths
        }
        assert theirs.openapi()["components"]["schemas"]["Assessment"]["properties"]["rash"]


class TestLoopback:
    """The served application answers what is asked of this machine, by nobody's page."""

    @pytest.mark.parametrize(
        "host", ["localhost", "LOCALHOST:8123", "127.0.0.1:8123", "127.8.8.8", "[::1]:80", "[::1]"]
    )
    def test_names_of_this_machine(self, host: str) -> None:
        assert post("/score", ABSENT, host=host).status_code == 200
        assert post("/score", ABSENT, host=host, origin=f"http://{host}").status_code == 200
        assert post("/score", ABSENT, origin=f"https://{host}").status_code == 200

    @pytest.mark.parametrize(
        "name",
        [
            *("evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "evil@localhost"),
            *("192.168.0.7", "192.168.0.7:8123", "[::]", "[fe80::1]", "localhost:8123:8123", ""),
        ],
    )
    def test_names_of_others(self, name: str) -> None:
        answer = post("/score", ABSENT, host=name)
        assert answer.status_code == 421
        accepted = "accepted: localhost, 127.0.0.1 or [::1], with a port or without"
        assert problem(answer)["detail"] == f"Host: found {name!r}; {accepted}"
        answer = post("/score", ABSENT, origin=f"http://{name}")
        assert answer.status_code == 403
        assert problem(answer)["detail"].startswith("Origin: found 'http://")

    @pytest.mark.parametrize("origin", ["null", "localhost", "file://localhost"])
    def test_pages_without_a_name(self, origin: str) -> None:
        assert post("/score", ABSENT, origin=origin).status_code == 403

    def test_no_name_and_two_names(self) -> None:
        body = json.dumps(ABSENT).encode()
        for headers in ([], [(b"host", b"localhost"), (b"host", b"evil.example")]):
            _, sent = asyncio.run(asked(headers, body))
            assert sent[0]["status"] == 421

    def test_nobody_else_is_let_read_it(self) -> None:
        headers = {"origin": "http://localhost:3000", "access-control-request-method": "POST"}
        answer = client.options("/score", headers=headers)
        assert answer.status_code == 405
        assert not [name for name in answer.headers if name.startswith("access-control")]
        answer = post("/score", ABSENT, origin="http://localhost:3000")
        assert not [name for name in answer.headers if name.startswith("access-control")]

    def test_there_is_no_page_that_loads_scripts(self) -> None:
        for path in ("/", "/docs", "/redoc", "/docs/oauth2-redirect"):
            answer = client.get(path)
            assert answer.status_code == 404
            said = problem(answer)["detail"]
            assert said == "no such address; /openapi.json lists what there is"

    def test_a_method_that_is_not_there(self) -> None:
        answer = client.get("/score")
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
        assert problem(answer)["detail"] == "accepted: POST"

    def test_other_words_of_the_framework(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object) -> None:
            raise HTTPException(503, "not now")

        monkeypatch.setattr("sledai.http.routes.judge_candidate", refuse)
        answer = post("/screen", {})
        assert (answer.status_code, problem(answer)["detail"]) == (503, "not now")

    def test_a_defect_is_said_without_what_it_quotes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(candidate: object) -> None:
            raise KeyError(str(candidate), "Miller")

        monkeypatch.setattr("sledai.http.routes.judge_candidate", fail)
        answer = post("/screen", {"age": 44})
        assert answer.status_code == 500
        assert problem(answer)["detail"] == "a defect of sledai (KeyError); please report it"
        assert "Miller" not in answer.text


class TestDescription:
    """OpenAPI: each address with examples that are accepted, and problems as they are answered."""

    DESCRIBED: Any = client.get("/openapi.json").json()

    def test_every_example_is_accepted(self) -> None:
        seen = 0
        for path, of_path in self.DESCRIBED["paths"].items():
            if "post" not in of_path:
                continue
            content = of_path["post"]["requestBody"]["content"]["application/json"]
            for example in content["examples"].values():
                address = f"{path}?edition=SELENA" if path == "/derive" else path
                assert post(address, example["value"]).status_code == 200
                seen += 1
        assert seen == 4

    def test_problems_are_as_described(self) -> None:
        described = self.DESCRIBED["paths"]["/score"]["post"]["responses"]
        assert set(described) == {"200", "400", "413", "415", "422"}
        too_long = client.post("/score", content=b" " * (MAX_BODY + 1))
        csv = post("/score", {}, **{"content-type": "text/csv"})
        for answer in (client.post("/score", content=b"{"), too_long, csv, post("/score", {})):
            schema = described[str(answer.status_code)]["content"][PROBLEM]["schema"]
            Draft202012Validator(schema).validate(answer.json())


class TestHowTo:
    """The page shows what is answered."""

    PAGE = (ROOT / "docs" / "how-to" / "accept-assessments-over-http.md").read_text("utf-8")

    def test_the_exchange_is_real(self) -> None:
        (shown,) = re.findall(r"```json\n(.*?)```", self.PAGE, re.DOTALL)
        body = (ROOT / "examples" / "visit.json").read_bytes()
        answer = client.post("/score?trial=NCT05765006", content=body).json()
        assert json.loads(shown) == answer
        assert [*json.loads(shown)] == [*answer]

    def test_what_is_sent_on_is_real(self) -> None:
        made = post("/derive?edition=SELENA", {"platelets": "92 K/uL"}).json()["assessment"]
        said = post("/score", made).json()
        assert f"[{said['low']},{said['high']}]" in self.PAGE

    def test_it_names_every_address_and_limit(self) -> None:
        operations = {
            f"{method.upper()} {path}"
            for path, of_path in app.openapi()["paths"].items()
            for method in of_path
        }
        named = set(re.findall(r"^\| `([A-Z]+ /[a-z]+)", self.PAGE, re.MULTILINE))
        assert operations == named - {"GET /openapi"}
        assert f"{MAX_BODY:,} bytes" in self.PAGE


class TestMissingExtra:
    """Without the extra, what to install is said."""

    def test_importing_says_it(
        self, monkeypatch: pytest.MonkeyPatch, forget: Callable[[str], None]
    ) -> None:
        forget("sledai.http")
        monkeypatch.setitem(sys.modules, "fastapi", None)
        said = r"sledai\.http needs fastapi: pip install 'sledai\[http\]', or in a clone pip"
        with pytest.raises(ModuleNotFoundError, match=said):
            import sledai.http  # noqa: F401, PLC0415

    def test_only_public_names_are_shown(self) -> None:
        import sledai.http  # noqa: PLC0415

        assert dir(sledai.http) == sorted(sledai.http.__all__)
