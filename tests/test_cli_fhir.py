"""`sledai fhir`: what it prints and writes of responses, and what it says of wrong ones."""

import gzip
import io
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from commands import run
from fhir_models import validated

from sledai import Assessment, Descriptor
from sledai.fhir import response
from sledai.visits import Visit

Json = dict[str, Any]
ARTHRITIS = Assessment.of(present={"arthritis", "rash"})
OPEN = Assessment.of(present={"arthritis"}, not_assessed={"fever", "pyuria"})
EMPTY = Visit(date=date(2024, 3, 1))


def answered(seen: Assessment, day: int = 16, **more: Any) -> Json:
    visit = Visit(date=date(2024, 1, day), assessment=seen)
    return {"id": f"r{day}"} | response(visit, "SELENA", subject="Patient/7") | more


def by_2k(seen: Assessment) -> Json:
    visit = Visit(date=date(2024, 1, 17), assessment=seen)
    return {"id": "r17"} | response(visit, "SLEDAI_2K", subject="Patient/7")


def numbered(*responses: Json) -> list[Json]:
    """The same under ids of their own: what has one id is one response."""
    return [one | {"id": str(n)} for n, one in enumerate(responses)]


def saved(path: Path, *resources: Json | str, indent: int | None = None) -> Path:
    lines = [one if isinstance(one, str) else json.dumps(one, indent=indent) for one in resources]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def bundle(*resources: Json) -> Json:
    entries = [{"resource": one} for one in resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


class TestForms:
    """`questionnaire` and `codesystem` print JSON and nothing else."""

    @pytest.mark.parametrize("release", ["R4", "R5"])
    def test_questionnaire(self, release: str) -> None:
        code, out, err = run("fhir", "questionnaire", "--edition", "SELENA", "--release", release)
        assert (code, err) == (0, "")
        assert validated(json.loads(out), release).title == "SELENA-SLEDAI"

    @pytest.mark.parametrize("release", ["R4", "R5"])
    def test_codes(self, release: str) -> None:
        code, out, _ = run("fhir", "codesystem", "--release", release)
        assert code == 0
        found = json.loads(out)
        validated(found, release)
        kinds = [entry["resource"]["resourceType"] for entry in found["entry"]]
        assert {kind: kinds.count(kind) for kind in kinds} == {
            "CodeSystem": 6,
            "ValueSet": 4,
            "ConceptMap": 1,
        }
        urls = [entry["fullUrl"] for entry in found["entry"]]
        assert len(set(urls)) == len(urls)

    @pytest.mark.parametrize(
        ("args", "said"),
        [
            (["questionnaire", "--edition", "SLEDAI 3000"], "edition"),
            (["questionnaire"], "Missing option '--edition'"),
            (["codesystem", "--release", "R3"], "'R3' is not one of 'R4', 'R5'"),
        ],
    )
    def test_what_is_refused(self, args: list[str], said: str) -> None:
        code, _, err = run("fhir", *args)
        assert code == 2
        assert said in err


class TestScore:
    """A response is a row: who, when, the 24 answers and the scores, however the file holds it."""

    def test_one_response(self, tmp_path: Path) -> None:
        path = saved(tmp_path / "r.json", answered(ARTHRITIS), indent=2)
        code, out, err = run("fhir", "score", path)
        assert (code, err) == (0, "")
        assert "r16 Patient/7 2024-01-16 SELENA-SLEDAI 6 6 -" in out
        assert "1 responses: 1 with an exact total" in out
        assert out.endswith("no codebook")

    def test_a_bundle_with_other_resources(self, tmp_path: Path) -> None:
        other = answered(ARTHRITIS, id="o", questionnaire="https://example.org/phq-9|2")
        path = saved(
            tmp_path / "b.json",
            bundle(
                {"resourceType": "Patient"},
                answered(ARTHRITIS),
                answered(OPEN, 23),
                other,
                answered(ARTHRITIS, id="w", status="entered-in-error"),
                {"id": "7"},
            ),
        )
        code, out, _ = run("fhir", "score", path, "--trial", "NCT05765006")
        assert code == 0
        assert "r23 Patient/7 2024-01-23 4 to 9 4 to 9 2 undetermined" in out
        assert "2 responses: 1 with an exact total, 1 with a range" in out
        assert "0 met, 1 not met, 1 undetermined" in out
        assert (
            "passed over: 1 Patient, 1 responses to 'https://example.org/phq-9|2', 1 responses "
            "that were entered in error, 1 resources of no type"
        ) in out

    def test_a_rule_about_another_edition(self, tmp_path: Path) -> None:
        """Each response is named with both editions, and no verdict is printed or written."""
        path = saved(tmp_path / "r.ndjson", answered(ARTHRITIS), by_2k(ARTHRITIS))
        output = tmp_path / "s.csv"
        for more in ([], ["-o", output]):
            code, out, err = run("fhir", "score", path, "--trial", "NCT05765006", *more)
            assert (code, out) == (2, "")
            assert "r.ndjson: responses that cannot be read or judged: 1" in err
            assert (
                "line 2: NCT05765006: found answers by SLEDAI-2K; accepted: answers by "
                "SELENA-SLEDAI"
            ) in err
            assert not output.exists()
        code, out, _ = run("fhir", "score", path)
        assert code == 0
        assert "r16 Patient/7 2024-01-16 SELENA-SLEDAI 6 6 -" in out
        assert "r17 Patient/7 2024-01-17 SLEDAI-2K 6 6 -" in out

    @pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
    def test_lines_of_any_number(self, tmp_path: Path, suffix: str) -> None:
        seen = [answered(ARTHRITIS if n % 2 else OPEN, 1 + n % 28) for n in range(60)]
        lines = numbered(*seen)
        path = saved(tmp_path / "r.ndjson", *lines, "")
        output = tmp_path / f"scores{suffix}"
        code, out, _ = run("fhir", "score", path, "-o", output)
        assert code == 0
        assert "60 rows written to" in out
        if suffix == ".csv":
            rows = pl.read_csv(output)
        else:
            rows = pl.read_ndjson(output) if suffix == ".jsonl" else pl.read_parquet(output)
        if suffix != ".jsonl":  # of which polars loses the order
            assert rows.columns[:5] == ["response", "subject", "date", "edition", "status"]
        assert rows["sledai_low"].to_list() == [4, 6] * 30
        assert rows["sledai_high"].to_list() == [9, 6] * 30
        assert rows["sledai_total"].to_list() == [None, 6] * 30
        assert set(rows["edition"]) == {"SELENA-SLEDAI"}
        assert {d.value for d in Descriptor} <= set(rows.columns)
        facts = json.loads((tmp_path / f"scores{suffix}.provenance.json").read_text())
        assert facts["rules"] == {}

    def test_more_than_are_printed(self, tmp_path: Path) -> None:
        path = saved(tmp_path / "r.ndjson", *numbered(*[answered(ARTHRITIS)] * 53))
        _, out, _ = run("fhir", "score", path)
        assert "and 3 more responses; -o FILE writes all of them" in out

    @pytest.mark.parametrize("count", [4, 5])
    def test_batches(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
        monkeypatch.setattr("sledai.cli.fhir_file._BATCH", 2)
        path = saved(tmp_path / "r.ndjson", *numbered(*[answered(ARTHRITIS)] * count))
        code, _, _ = run("fhir", "score", path, "-o", tmp_path / "s.csv")
        assert code == 0
        assert pl.read_csv(tmp_path / "s.csv").height == count
        wrong = answered(ARTHRITIS, status="draft")
        lines = numbered(answered(ARTHRITIS), wrong, *[answered(OPEN)] * count)
        path = saved(tmp_path / "w.ndjson", *lines)
        code, _, err = run("fhir", "score", path, "-o", tmp_path / "w.csv")
        assert (code, "line 2" in err) == (2, True)
        assert not (tmp_path / "w.csv").exists()

    def test_packed_and_piped(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        text = json.dumps(answered(ARTHRITIS)).encode()
        (tmp_path / "r.ndjson.gz").write_bytes(gzip.compress(text))
        code, out, _ = run("fhir", "score", tmp_path / "r.ndjson.gz")
        assert (code, "1 responses" in out) == (0, True)
        stdin = io.TextIOWrapper(io.BytesIO(text))
        monkeypatch.setattr(sys, "stdin", stdin)
        code, out, _ = run("fhir", "score", "-")
        assert (code, "1 responses" in out) == (0, True)

    @pytest.mark.parametrize(
        ("subject", "shown"),
        [
            (None, None),
            ({"identifier": {"value": "007"}}, "007"),
            ({"identifier": {"system": "urn:a", "value": "007"}}, "urn:a|007"),
            ({"reference": "#p"}, None),
            ({"display": 7}, None),
            ({"display": "J. B."}, "J. B."),
            ({"identifier": {}}, None),
        ],
    )
    def test_who(self, tmp_path: Path, subject: Json | None, shown: str | None) -> None:
        one = answered(ARTHRITIS, id=7)
        one = {key: value for key, value in one.items() if key != "subject"}
        path = saved(tmp_path / "r.json", one | ({"subject": subject} if subject else {}))
        run("fhir", "score", path, "-o", tmp_path / "s.parquet")
        rows = pl.read_parquet(tmp_path / "s.parquet")
        assert rows["subject"].to_list() == [shown]
        assert rows["response"].to_list() == [None]


class TestWhatIsWrong:
    """Each response that cannot be read is named with its place, and nothing is written."""

    def test_lines(self, tmp_path: Path) -> None:
        wrong = answered(ARTHRITIS, id="w")
        wrong["item"][1]["item"][0]["answer"][0]["valueCoding"]["code"] = "perhaps"
        doubled = '{"resourceType": "Patient", "resourceType": "Patient"}'
        path = saved(
            tmp_path / "r.ndjson",
            answered(ARTHRITIS),
            wrong,
            "{",
            doubled,
            bundle(answered(ARTHRITIS, 17), wrong | {"id": "v"}),
            {"resourceType": "Bundle", "entry": {}},
        )
        output = tmp_path / "scores.csv"
        code, out, err = run("fhir", "score", path, "-o", output)
        assert (code, out) == (2, "")
        assert not list(tmp_path.glob("*scores*"))
        place = "QuestionnaireResponse.item[1].item[0].answer[0]"
        assert "responses that cannot be read: 5" in err
        assert f"line 2: {place}" in err
        assert "line 3: not readable as JSON" in err
        assert "line 4: not readable as JSON: 'resourceType' stands twice" in err
        assert f"line 5, Bundle.entry[1].resource: {place}" in err
        assert "line 6: Bundle.entry: found dict; accepted: a list" in err

    def test_one_that_is_alone(self, tmp_path: Path) -> None:
        path = saved(tmp_path / "r.json", answered(ARTHRITIS, status="draft"), indent=1)
        code, _, err = run("fhir", "score", path)
        assert code == 2
        assert "QuestionnaireResponse.status: found 'draft'" in err
        assert "line" not in err

    def test_many_are_counted(self, tmp_path: Path) -> None:
        path = saved(tmp_path / "r.ndjson", *numbered(*[answered(ARTHRITIS, status="draft")] * 25))
        _, _, err = run("fhir", "score", path)
        assert "cannot be read: 25" in err
        assert "and 5 more" in err

    def test_many_in_one_are_counted(self, tmp_path: Path) -> None:
        wrong = answered(ARTHRITIS, item=[{"linkId": "x"}] * 9000)
        _, _, err = run("fhir", "score", saved(tmp_path / "r.ndjson", wrong))
        assert "item[19].linkId: found 'x'" in err
        assert "item[20]" not in err
        assert err.rstrip().endswith("; and 8,981 more")
        assert len(err) < 3000

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("{\n", "neither JSON nor one resource a line"),
            ("[1]\n", "neither JSON nor one resource a line: not an object"),
            ("", "found no resource; accepted: a QuestionnaireResponse of the SLEDAI"),
            ('{"resourceType": "Patient"}', "found Patient; accepted: a QuestionnaireResponse"),
        ],
    )
    def test_what_holds_none(self, tmp_path: Path, text: str, said: str) -> None:
        path = tmp_path / "r.json"
        path.write_text(text)
        for command in ("score", "observations"):
            code, _, err = run("fhir", command, path)
            assert code == 2
            assert said in err

    def test_another_encoding(self, tmp_path: Path) -> None:
        path = tmp_path / "r.ndjson"
        path.write_bytes(json.dumps(answered(ARTHRITIS)).encode() + b"\n\xff\n")
        code, _, err = run("fhir", "score", path)
        assert code == 2
        assert "not UTF-8 text" in err

    def test_no_such_file_or_format(self, tmp_path: Path) -> None:
        path = saved(tmp_path / "r.json", answered(ARTHRITIS))
        assert run("fhir", "score", tmp_path / "none.json")[0] == 2
        code, _, err = run("fhir", "observations", path, "-o", tmp_path / "o.csv")
        assert code == 2
        assert "cannot write suffix '.csv'; accepted: .json, .ndjson" in err
        code, _, err = run("fhir", "observations", path, "-o", path)
        assert "this is the input" in err
        code, _, err = run(
            "fhir", "observations", path, "-o", tmp_path / "o.ndjson", "--transaction"
        )
        assert "--transaction: a Bundle alone asks for it" in err


class TestOneState:
    """A response counts once; one in two states, a page, and versions are refused."""

    R = "https://fhir.example/QuestionnaireResponse/r16"

    def test_the_same_again(self, tmp_path: Path) -> None:
        one = answered(ARTHRITIS)
        for path in (
            saved(tmp_path / "b.json", bundle(one, one)),
            saved(tmp_path / "r.ndjson", one, one),
        ):
            code, out, _ = run("fhir", "score", path)
            assert (code, "1 responses: 1 with" in out) == (0, True)
            output = tmp_path / f"{path.stem}-o.ndjson"
            run("fhir", "observations", path, "-o", output)
            assert len(output.read_text().splitlines()) == 4

    def test_without_an_id_the_observations_stand_once(self, tmp_path: Path) -> None:
        one = {key: value for key, value in answered(ARTHRITIS).items() if key != "id"}
        path = saved(tmp_path / "r.ndjson", one, one)
        run("fhir", "observations", path, "-o", tmp_path / "o.ndjson")
        lines = (tmp_path / "o.ndjson").read_text().splitlines()
        assert len({json.loads(line)["id"] for line in lines}) == len(lines) == 4

    @pytest.mark.parametrize("withdrawn", [0, 1])
    def test_withdrawn_and_not(self, tmp_path: Path, withdrawn: int) -> None:
        states = [answered(ARTHRITIS), answered(ARTHRITIS)]
        states[withdrawn]["status"] = "entered-in-error"
        path = saved(tmp_path / "r.ndjson", *states)
        code, out, err = run("fhir", "score", path)
        assert (code, out) == (2, "")
        assert (
            "line 2: found QuestionnaireResponse/r16 in another state than in line 1; "
            "accepted: one state of a response"
        ) in err

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"type": "history"}, "Bundle.type: found 'history'; accepted: the newest versions"),
            ({"link": [{"relation": "next", "url": "x"}]}, "found a link to a next page"),
            ({"implicitRules": "x"}, "Bundle.implicitRules: found one; accepted: none"),
        ],
    )
    def test_a_bundle_that_is_not_whole(self, tmp_path: Path, change: Json, said: str) -> None:
        path = saved(tmp_path / "b.json", bundle(answered(ARTHRITIS)) | change)
        for command in ("score", "observations"):
            code, out, err = run("fhir", command, path)
            assert (code, out) == (2, "")
            assert said in err

    def test_a_bundle_in_a_bundle(self, tmp_path: Path) -> None:
        path = saved(tmp_path / "b.json", bundle(bundle(answered(ARTHRITIS))))
        assert "1 responses: 1 with" in run("fhir", "score", path)[1]


class TestObservations:
    """Responses as Observations: one Bundle, or one Observation a line as servers take them."""

    def test_printed(self, tmp_path: Path) -> None:
        path = saved(tmp_path / "r.json", answered(ARTHRITIS))
        code, out, err = run("fhir", "observations", path)
        assert (code, err) == (0, "")
        found = json.loads(out)
        validated(found, "R4")
        panel, *others = [entry["resource"] for entry in found["entry"]]
        assert panel["derivedFrom"] == [{"reference": "QuestionnaireResponse/r16"}]
        assert panel["subject"] == {"reference": "Patient/7"}
        assert others[0]["valueQuantity"]["value"] == 6
        assert "performer" not in panel

    def test_a_bundle_of_all(self, tmp_path: Path) -> None:
        path = saved(
            tmp_path / "r.ndjson",
            answered(ARTHRITIS),
            answered(ARTHRITIS),
            answered(OPEN, 23, status="in-progress", author={"reference": "Practitioner/3"}),
            answered(OPEN, 24, status="amended"),
            {"resourceType": "Patient"},
        )
        output = tmp_path / "o.json"
        code, out, _ = run("fhir", "observations", path, "-o", output, "--transaction")
        assert code == 0
        assert "passed over: 1 responses that stand there again, 1 Patient" in out
        assert "3 responses written to" in out
        found = json.loads(output.read_text())
        assert len(validated(found, "R5").entry) == 12  # the second is the first
        resources = [entry["resource"] for entry in found["entry"]]
        assert [one["status"] for one in resources[::4]] == ["final", "preliminary", "amended"]
        assert resources[4]["performer"] == [{"reference": "Practitioner/3"}]
        assert found["type"] == "transaction"
        facts = json.loads((tmp_path / "o.json.provenance.json").read_text())
        assert list(facts["rules"]) == ["NCT05765006"]

    def test_a_rule_about_another_edition(self, tmp_path: Path) -> None:
        """By default such a response has no verdict; with --trial it is refused."""
        path = saved(tmp_path / "r.ndjson", answered(ARTHRITIS), by_2k(ARTHRITIS))
        code, out, _ = run("fhir", "observations", path)
        assert (code, len(json.loads(out)["entry"])) == (0, 4 + 3)
        code, out, err = run("fhir", "observations", path, "--trial", "NCT05765006")
        assert (code, out) == (2, "")
        assert "line 2: NCT05765006: found answers by SLEDAI-2K" in err

    def test_lines(self, tmp_path: Path) -> None:
        without_id = {key: v for key, v in answered(OPEN, 23).items() if key != "id"}
        path = saved(tmp_path / "r.ndjson", answered(ARTHRITIS), without_id)
        output = tmp_path / "o.ndjson"
        code, _, _ = run(
            "fhir",
            "observations",
            path,
            "-o",
            output,
            "--trial",
            "NCT01484496",
            "--trial",
            "NCT05765006",
        )
        assert code == 0
        lines = [json.loads(line) for line in output.read_text().splitlines()]
        assert len(lines) == 10
        for line in lines:
            validated(line, "R4")
        first, second = lines[:5], lines[5:]
        for panel, *others in (first, second):
            for other in others:
                assert other["derivedFrom"] == [{"reference": f"Observation/{panel['id']}"}]
        assert first[0]["derivedFrom"] == [{"reference": "QuestionnaireResponse/r16"}]
        assert "derivedFrom" not in second[0]
        assert first[3]["component"][0]["valueString"] == "NCT01484496"

    def test_nothing_is_written_of_a_file_with_a_wrong_response(self, tmp_path: Path) -> None:
        path = saved(tmp_path / "r.ndjson", answered(ARTHRITIS), answered(OPEN, 17, status="draft"))
        for output in (tmp_path / "o.ndjson", tmp_path / "o.json"):
            code, out, err = run("fhir", "observations", path, "-o", output)
            assert (code, out) == (2, "")
            assert "line 2: QuestionnaireResponse.status" in err
            assert [one.name for one in tmp_path.iterdir()] == ["r.ndjson"]

    def test_a_reference_that_names_nobody(self, tmp_path: Path) -> None:
        path = saved(
            tmp_path / "r.ndjson", answered(OPEN), answered(OPEN, 17, subject={"type": "x"})
        )
        code, _, err = run("fhir", "observations", path)
        assert code == 2
        assert "r.ndjson: line 2: subject: found one that names nobody" in err

    @pytest.mark.parametrize(
        "author",
        [{"reference": "Device/3"}, {"type": "Device", "display": "x"}, {"reference": "#a"}],
    )
    def test_an_author_that_is_no_performer(self, tmp_path: Path, author: Json) -> None:
        path = saved(tmp_path / "r.json", answered(ARTHRITIS, author=author))
        code, out, _ = run("fhir", "observations", path)
        assert code == 0
        assert all("performer" not in one["resource"] for one in json.loads(out)["entry"])

    def test_two_that_a_server_would_store_as_one(self, tmp_path: Path) -> None:
        path = saved(tmp_path / "r.ndjson", *numbered(answered(ARTHRITIS), answered(OPEN)))
        code, _, err = run("fhir", "observations", path, "--transaction")
        assert code == 2
        assert (
            "--transaction: found two responses of one subject, of 2024-01-16, that differ" in err
        )
        assert run("fhir", "observations", path)[0] == 0

    def test_a_visit_that_nobody_rated(self, tmp_path: Path) -> None:
        path = saved(tmp_path / "r.json", response(EMPTY, "SLEDAI_2K"))
        code, out, _ = run("fhir", "observations", path)
        assert code == 0
        panel, total, _ = [entry["resource"] for entry in json.loads(out)["entry"]]
        assert panel["method"] == {"text": "SLEDAI-2K"}
        assert [part["valueQuantity"]["value"] for part in total["component"]] == [0, 105]
