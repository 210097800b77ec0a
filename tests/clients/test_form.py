"""The page of `sledai form`, filled in in a browser: its numbers, its files, whom it asks."""

import csv
import json
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from clients.node import ask
from clients.visits import drawn_visit
from commands import run

from sledai import SEROLOGIC, Assessment, Descriptor, OrganSystem, score_bounds
from sledai.fhir import read_response
from sledai.http.filled_form import FilledForm

WORDS = {True: "present", False: "absent", None: "not assessed"}
BY = ("mouse", "keys", "keys", "arrows")
HOSTILE = "<script>alert(1)</script>\u202e\u0007"
KEPT = Assessment.of(present={"arthritis", "fever"}, not_assessed={"rash"})


def visits() -> list[Assessment]:
    draw = random.Random(17)  # noqa: S311
    return [drawn_visit(draw).answers for _ in range(20)]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of the page, and the folder in which its server runs; at the end it is empty."""
    folder = tmp_path_factory.mktemp("form")
    command = [sys.executable, "-m", "sledai", "form", "--no-browser", "--port", "0"]
    process = subprocess.Popen(  # noqa: S603
        command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout
    found = re.match(r"http://localhost:\d+/\?edition=SELENA(?=,)", process.stdout.readline())
    assert found
    yield found[0], folder
    process.terminate()
    assert process.communicate(timeout=30) == ("", "")
    assert list(folder.iterdir()) == []


@pytest.fixture(scope="module")
def seen(served: tuple[str, Path]) -> Any:
    """All that was seen: one browser and one page fill in the visits, one after the other."""
    asked = [
        {"by": BY[number % 4], "answers": {k: WORDS[v] for k, v in visit.model_dump().items()}}
        for number, visit in enumerate(visits())
    ]
    kept = {"subject": "T1", "edition": "SELENA", "assessment": KEPT.model_dump()}
    question = {"address": served[0], "visits": asked, "hostile": HOSTILE, "kept": json.dumps(kept)}
    return ask("form", question)


def bounds(assessment: Assessment, counted: frozenset[Descriptor] = frozenset(Descriptor)) -> str:
    return str(score_bounds(assessment, excluding=frozenset(Descriptor) - counted))


def shows(shown: dict[str, Any], assessment: Assessment) -> None:
    """The page shows these answers, and the numbers that the library makes of them."""
    said = {True: "true", False: "false", None: "null"}
    assert shown["answers"] == {k: said[v] for k, v in assessment.model_dump().items()}
    assert shown["total"] == bounds(assessment)
    assert shown["clinical"] == bounds(assessment, frozenset(Descriptor) - SEROLOGIC)
    assert shown["open"] == str(len(assessment.not_assessed) or "none")
    points = {
        system.value: bounds(assessment, frozenset(d for d in Descriptor if d.system is system))
        for system in OrganSystem
    }
    assert shown["points"] == points
    assert shown["headed"] == points


class TestFilledIn:
    """What is shown is what the library makes of what was filled in, by mouse or by keyboard."""

    def test_nothing_is_answered_at_the_start(self, seen: Any) -> None:
        shows(seen["empty"], Assessment.of(not_assessed=set(Descriptor)))

    def test_no_unit_is_chosen_at_the_start(self, seen: Any) -> None:
        assert seen["empty"]["units"] == [""] * 11

    @pytest.mark.parametrize("number", range(20))
    def test_visits(self, seen: Any, number: int) -> None:
        shows(seen["filled"][number], visits()[number])

    def test_the_total_is_announced(self, seen: Any) -> None:
        shown = seen["filled"][-1]
        assert seen["announced"] == f"Total {shown['total']}, clinical {shown['clinical']}"

    def test_another_edition(self, seen: Any) -> None:
        """Its trials alone are offered, and answers by another wording are to be looked at."""
        changed = seen["editions"]
        nothing_else = set(Descriptor) - {Descriptor.ARTHRITIS, Descriptor.FEVER}
        shows(changed, Assessment.of(present={"arthritis"}, not_assessed=nothing_else))
        assert changed["notice"] == (
            "Answered by another wording, please look again: Arthritis. Not asked by this edition, "
            "and left out: previous urine protein 24h."
        )
        assert "NCT05899907" in changed["trials"]
        assert "NCT05765006" not in changed["trials"]


class TestStale:
    """No number stands beside answers of which it was not computed."""

    def test_replies_in_the_wrong_order(self, seen: Any) -> None:
        """The reply to both answers comes first, that to the first one after it."""
        disturbed = seen["disturbances"]
        waiting = disturbed["waiting"]
        assert (waiting["total"], waiting["clinical"], waiting["open"]) == ("…", "…", "…")
        assert set(waiting["points"].values()) == {"…"}
        for reply in ("late", "later"):
            open_ = set(Descriptor) - {Descriptor.SEIZURE, Descriptor.PSYCHOSIS}
            both = Assessment.of(present={"seizure", "psychosis"}, not_assessed=open_)
            shows(disturbed[reply], both)

    def test_the_server_is_gone(self, seen: Any) -> None:
        gone = seen["disturbances"]["gone"]
        assert (gone["total"], gone["clinical"]) == ("not answered", "not answered")
        assert set(gone["points"].values()) == {"\u2013"}
        assert "".join(gone["verdicts"]) == ""
        assert gone["said"].startswith("sledai does not answer. Was it stopped?")
        assert gone["answers"]["rash"] == "true"
        assert seen["disturbances"]["back"]["total"] == "18 to 105"

    def test_while_a_value_is_typed_and_when_it_is_none(self, seen: Any) -> None:
        assert seen["labs"]["typing"] == "…"
        assert seen["labs"]["wrong"]["total"] == "not answered"
        assert seen["labs"]["wrong"]["invalid"] == 1
        assert seen["labs"]["wrong"]["said"].startswith("⚠ found '2,5'; accepted: ")

    def test_nobody_is_told_a_number_of_before(self, seen: Any) -> None:
        assert seen["slowly"]["told"] == ""

    def test_no_answer_of_the_value_before(self, seen: Any) -> None:
        measured = seen["slowly"]["unanswered"]["measured"]
        assert {k: v for k, v in measured.items() if v != "null"} == {"rash": "true"}
        assert not seen["slowly"]["unanswered"]["beside"]

    def test_no_answer_of_the_patient_before(self, seen: Any) -> None:
        """Somebody who is fast would go on from it, and it would stay if nobody answers."""
        assert set(seen["slowly"]["unanswered"]["emptied"].values()) == {"null"}

    def test_what_is_filled_in_while_another_edition_comes(self, seen: Any) -> None:
        changed = seen["slowly"]["changed"]
        present = {"rash", "thrombocytopenia"}
        shows(changed, Assessment.of(present=present, not_assessed=set(Descriptor) - present))
        assert changed["subject"] == "P07"

    def test_the_server_is_back(self, seen: Any) -> None:
        """Also before the page was begun, and without another request for scores."""
        shows(seen["after"]["begun"], Assessment.of(not_assessed=set(Descriptor)))
        open_ = set(Descriptor) - {Descriptor.RASH}
        shows(seen["after"]["answered"], Assessment.of(present={"rash"}, not_assessed=open_))


class TestMistakes:
    """What somebody does by mistake answers nothing, and is lost nowhere unseen."""

    def test_a_key_that_is_held_down_answers_once(self, seen: Any) -> None:
        answered = {k: v for k, v in seen["mistaken"]["held"].items() if v != "null"}
        assert answered == {"seizure": "false"}

    def test_a_day_that_there_is_not(self, seen: Any) -> None:
        """It has no value, as an empty date has none, and is not taken for one."""
        assert seen["mistaken"]["noDay"]["marked"] == 1
        assert "Accepted: a day of the calendar." in seen["mistaken"]["noDay"]["said"]
        assert seen["mistaken"]["emptied"]

    def test_files_of_something_else(self, seen: Any) -> None:
        """What is wrong is said; it is in the file, and in no field of the page."""
        files = seen["mistaken"]["files"]
        assert [file["marked"] for file in files] == [0, 0, 0]
        assert files[0]["said"].startswith("Not accepted: the body is no JSON: line 1, column 1")
        assert files[1]["said"] == "Not accepted: the body is no JSON: no text in UTF-8."
        assert files[2]["said"].startswith("Not accepted. findings/platelets: found '92'; accepted")

    def test_a_limit_without_its_value(self, seen: Any) -> None:
        assert seen["mistaken"]["limit"] == "⚠ neither a value nor a flag"

    def test_laboratory_values_are_kept_in_json_alone(self, seen: Any) -> None:
        """Whoever saved something else is asked before they go."""
        said = "Saved visit.csv; laboratory values are kept in JSON alone."
        assert seen["mistaken"]["kept"] == said
        assert seen["mistaken"]["asked"] == 1


class TestLaboratory:
    """Laboratory values fill answers, with reasons; what a person answered counts, and is said."""

    def test_it_fills(self, seen: Any) -> None:
        reason = "Laboratory: present (platelets 92 K/uL < 100 K/uL)."
        assert seen["labs"]["filled"] == {"answer": "true", "laboratory": reason}
        assert seen["labs"]["taken"] == seen["labs"]["filled"]

    def test_it_overwrites_nobody(self, seen: Any) -> None:
        differs = seen["labs"]["differs"]
        assert differs["answer"] == "false"
        assert differs["laboratory"].startswith(
            "⚠ Differs. You: absent, which counts. Laboratory: present (platelets 92 K/uL < 100 "
            "K/uL)."
        )
        assert "Thrombocytopenia" in seen["labs"]["listed"]

    def test_not_assessed_is_an_answer_once_it_is_chosen(self, seen: Any) -> None:
        """By a click on it as by its key, though it stands there at the start."""
        chosen = seen["labs"]["chosen"]
        assert chosen["answer"] == "null"
        assert chosen["laboratory"].startswith("⚠ Differs. You: not assessed, which counts.")

    def test_without_the_limit_of_the_laboratory_it_is_open(self, seen: Any) -> None:
        assert seen["labs"]["open"]["answer"] == "null"
        assert seen["labs"]["open"]["laboratory"].startswith("Laboratory: open. Not known: ")
        assert seen["labs"]["low"]["answer"] == "true"

    def test_what_counts_in_the_end(self, seen: Any) -> None:
        present = {Descriptor.THROMBOCYTOPENIA, Descriptor.LEUKOPENIA, Descriptor.LOW_COMPLEMENT}
        open_ = set(Descriptor) - present
        shows(seen["labs"]["right"], Assessment.of(present=present, not_assessed=open_))


class TestKept:
    """What is saved is what was filled in, and the library reads it."""

    FILLED = Assessment.of(
        present={"thrombocytopenia", "leukopenia", "low_complement"},
        not_assessed=set(Descriptor) - {"thrombocytopenia", "leukopenia", "low_complement"},
    )

    def test_json(self, seen: Any) -> None:
        file = seen["keeps"]["files"]["json"]
        assert file["name"] == "visit-2024-01-16.json"
        kept = json.loads(file["text"])
        assert kept.pop("#")
        assert kept["assessment"] == self.FILLED.model_dump()
        assert (kept["subject"], kept["date"], kept["rater"]) == (
            HOSTILE,
            "2024-01-16",
            "Dr. Ñandú",
        )
        assert FilledForm.model_validate(kept).document()["findings"] == kept["findings"]

    def test_the_command_line_prints_it(self, seen: Any, tmp_path: Path) -> None:
        kept, printed = tmp_path / "visit.json", tmp_path / "sheet.html"
        kept.write_text(seen["keeps"]["files"]["json"]["text"], "utf-8")
        code, _, err = run("sheet", kept, "-o", printed)
        assert (code, err) == (0, "")
        assert "4 to 105" in printed.read_text("utf-8")

    def test_it_is_opened_again(self, seen: Any) -> None:
        again = seen["again"]
        assert again["emptied"]["total"] == "0 to 105"
        shows(again, self.FILLED)
        assert json.loads(again["text"]) == json.loads(seen["keeps"]["files"]["json"]["text"])

    def test_a_visit_that_something_else_wrote_is_opened(self, seen: Any) -> None:
        shows(seen["theirs"], KEPT)
        assert seen["theirs"]["subject"] == "T1"

    def test_what_is_no_visit_changes_nothing(self, seen: Any) -> None:
        unreadable = seen["unreadable"]
        assert "not one of the 24 descriptors: 'rahs' (did you mean rash?)" in unreadable["said"]
        assert unreadable["after"] == unreadable["before"]

    def test_fhir(self, seen: Any) -> None:
        read = read_response(json.loads(seen["keeps"]["files"]["fhir"]["text"]))
        assert read.visit.answers == self.FILLED
        assert (read.visit.date.isoformat(), read.edition) == ("2024-01-16", "SELENA-SLEDAI")
        assert "FHIR asks for the date" in seen["keeps"]["undated"]

    def test_csv(self, seen: Any, tmp_path: Path) -> None:
        (tmp_path / "visit.csv").write_text(seen["keeps"]["files"]["csv"]["text"], "utf-8")
        code, _, err = run("score", tmp_path / "visit.csv", "-o", tmp_path / "scores.csv")
        assert (code, err) == (0, "")
        with (tmp_path / "scores.csv").open(encoding="utf-8", newline="") as file:
            (scored,) = csv.DictReader(file)
        assert scored["subject"] == HOSTILE
        low, high = scored["sledai_low"], scored["sledai_high"]
        assert f"{low} to {high}" == bounds(self.FILLED)

    def test_the_sheet(self, seen: Any) -> None:
        printed = seen["keeps"]["printed"]
        assert printed["address"].endswith("/sheet")
        for text in ("SELENA-SLEDAI score sheet", "2024-01-16", "Dr. Ñandú", "4 to 105"):
            assert text in printed["text"]
        assert "NCT05765006" in printed["text"]

    def test_hostile_names_are_text(self, seen: Any) -> None:
        assert "<script>alert(1)</script>\\u202e" in seen["keeps"]["printed"]["text"]
        assert seen["again"]["subject"] == HOSTILE
        assert set(seen["dialogs"]) == {"confirm", "beforeunload"}

    def test_who_leaves_is_asked(self, seen: Any) -> None:
        """Also who begins a new visit, and nobody who has saved."""
        assert seen["dialogs"][-1] == "beforeunload"


class TestPage:
    """It is for everybody, and asks nobody but the server that it came from."""

    @pytest.mark.parametrize("at", ["empty", "filled", "differing", "wrong", "gone"])
    def test_axe_finds_nothing(self, seen: Any, at: str) -> None:
        looks = {
            "empty": seen["empty"]["looks"],
            "filled": seen["full"],
            "differing": seen["labs"]["differing"],
            "wrong": seen["labs"]["wrong"]["looks"],
            "gone": seen["disturbances"]["gone"]["looks"],
        }[at]
        assert len(looks) >= 2
        for look in looks:
            assert look["violations"] == []
            assert look["sideways"] == 0

    def test_nobody_else_is_asked(self, seen: Any, served: tuple[str, Path]) -> None:
        here = served[0].partition("?")[0]
        assert len(seen["requests"]) > 100
        assert [url for url in seen["requests"] if not url.startswith((here, f"blob:{here}"))] == []

    def test_no_address_holds_an_answer(self, seen: Any) -> None:
        asked = {key for url in seen["requests"] for key in re.findall(r"[?&](\w+)=", url)}
        assert asked == {"edition", "trial"}

    def test_nothing_breaks_the_policy(self, seen: Any) -> None:
        assert seen["refused"] == []
        expected = re.compile(r"Failed to load resource: (.*status of 4(22|00)|net::ERR_FAILED)")
        assert [error for error in seen["errors"] if not expected.match(error)] == []
