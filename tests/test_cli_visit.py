"""`sledai visit`: a visit is typed answer by answer, by a person or from a pipe."""

import io
import json
import random
import re
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import spec_tables
from terminals import in_terminal

from sledai import Assessment, Descriptor, clinical_score, score_bounds
from sledai.cli import app
from sledai.descriptors import SEROLOGIC
from sledai.rules.activity import ActivityRule
from sledai.trials.catalog import find

HEAD = "P01\n2024-01-16\nDr X\n\n"
LETTERS = {True: "p", False: "a", None: "n"}
NAMES = list(spec_tables.NAMES)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


Entered = Callable[..., tuple[int, str, str]]


@pytest.fixture
def enter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Entered:
    """Type lines, on a terminal or in a pipe; give the code, the results, and the questions."""
    for name in ("CLICOLOR_FORCE", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.chdir(tmp_path)

    def enter(typed: str, *args: object, terminal: bool = False) -> tuple[int, str, str]:
        out, err = io.StringIO(), Terminal() if terminal else io.StringIO()
        with monkeypatch.context() as here, pytest.raises(SystemExit) as stopped:
            here.setattr(sys, "stdin", Terminal(typed) if terminal else io.StringIO(typed))
            here.setattr(sys, "stdout", out)
            here.setattr(sys, "stderr", err)
            app.run(["visit", *map(str, args)])
        assert isinstance(stopped.value.code, int)
        return stopped.value.code, out.getvalue(), err.getvalue()

    return enter


def saved(name: str = "v.json") -> dict[str, Any]:
    document: dict[str, Any] = json.loads(Path(name).read_text(encoding="utf-8"))
    return document


def typed(answers: dict[str, bool | None]) -> str:
    return HEAD + "".join(f"{LETTERS[answer]}\n" for answer in answers.values())


class TestAnswers:
    """What is typed is what is written, and its numbers are the library's."""

    @pytest.mark.parametrize("seed", range(20))
    def test_a_visit_in_a_pipe(self, enter: Entered, seed: int) -> None:
        chosen = random.Random(seed)  # noqa: S311 - no secret
        answers = {name: chosen.choice([True, False, False, None]) for name in NAMES}
        code, out, err = enter(typed(answers), "--trial", "NCT05765006", "-o", "v.json")
        assert (code, err) == (0, "")
        assert saved() == {
            "subject": "P01",
            "date": "2024-01-16",
            "rater": "Dr X",
            "edition": "SELENA-SLEDAI",
            "assessment": answers,
        }
        visit = Assessment.model_validate(answers)
        total, clinical = score_bounds(visit), score_bounds(visit, excluding=SEROLOGIC)
        verdict = find("NCT05765006").rule.judge(visit).verdict.replace("_", " ")
        row = " ".join(out.split("\n\n")[0].split())
        open_ = len(visit.not_assessed)
        assert f"SELENA-SLEDAI {total} {clinical} {open_ or '-'} {verdict}" in row
        assert f"NCT05765006: {verdict}; total {total}" in " ".join(out.split())

    def test_a_complete_visit_by_hand(self, enter: Entered) -> None:
        there = {"arthritis", "rash", "low_complement"}
        out = enter(typed({name: name in there for name in NAMES}))[1]
        assert out.splitlines()[1].split() == ["P01", "2024-01-16", "SELENA-SLEDAI", "8", "6", "-"]
        assert "not assessed:" not in out
        assert clinical_score(Assessment.of(present=there)) == 6

    def test_enter_is_not_assessed_and_never_absent(self, enter: Entered) -> None:
        assert enter("\n" * 28, "-o", "v.json")[0] == 0
        assert set(saved()["assessment"].values()) == {None}
        assert [saved()[name] for name in ("subject", "date", "rater")] == [None] * 3
        assert saved()["edition"] == "SELENA-SLEDAI"

    @pytest.mark.parametrize("end", ["", "q\n", "Q\n"])
    def test_whoever_ends_leaves_the_rest_not_assessed(self, enter: Entered, end: str) -> None:
        code, out, _ = enter(f"{HEAD}p\na\n{end}", "-o", "v.json")
        assert code == 0
        assert list(saved()["assessment"].values()) == [True, False, *[None] * 22]
        assert out.splitlines()[1].split()[3:] == ["8", "to", "97", "8", "to", "93", "22"]

    def test_words_in_any_case(self, enter: Entered) -> None:
        enter(f"{HEAD}Present\nABSENT\nNot assessed\nP\nA\nN\n", "-o", "v.json")
        assert [*saved()["assessment"].values()][:6] == [True, False, None] * 2

    def test_b_goes_back_and_enter_keeps_what_was_answered(self, enter: Entered) -> None:
        enter(f"{HEAD}p\np\nb\nb\n\na\nb\nb\nb\n\n\n\np\n", "-o", "v.json")
        assert [*saved()["assessment"].values()][:4] == [True, False, True, None]

    def test_b_at_the_first_question_stays_there(self, enter: Entered) -> None:
        enter("b\nb\nP07\nb\n\n2024-01-16\n", "-o", "v.json")
        assert (saved()["subject"], saved()["date"]) == ("P07", "2024-01-16")

    def test_every_edition_by_its_name(self, enter: Entered) -> None:
        enter("P\n\n\nsledai-2k\n", "-o", "v.json")
        assert saved()["edition"] == "SLEDAI-2K"


class TestValues:
    """A laboratory value answers by the definition of the edition, once it is confirmed."""

    def to(self, descriptor: str) -> str:
        return HEAD + "a\n" * NAMES.index(descriptor)

    @pytest.mark.parametrize(
        ("descriptor", "value", "answer", "finding"),
        [
            ("thrombocytopenia", "92 K/uL", True, {"platelets": "92 K/uL"}),
            ("thrombocytopenia", "100 K/uL", False, {"platelets": "100 K/uL"}),
            ("thrombocytopenia", "platelets=92 K/uL", True, {"platelets": "92 K/uL"}),
            ("thrombocytopenia", "< 120 K/uL", None, {"platelets": "< 120 K/uL"}),
            ("fever", "100.4 [degF]", False, {"temperature": "100.4 [degF]"}),
            ("pyuria", ">5 /hpf", True, {"urine_white_cells": ">5 /hpf"}),
            ("urinary_casts", "red_cell_casts=yes", True, {"red_cell_casts": True}),
            ("arthritis", "inflamed_painful_joints = 3", True, {"inflamed_painful_joints": 3}),
            (
                "proteinuria",
                "urine_protein_24h=0.7 g/24h; proteinuria_new_onset=yes",
                True,
                {"urine_protein_24h": "0.7 g/24h", "proteinuria_new_onset": True},
            ),
            (
                "low_complement",
                "c3=0.7 g/L lower=0.9 g/L",
                True,
                {"c3": {"value": "0.7 g/L", "lower": "0.9 g/L"}},
            ),
            ("low_complement", "c3=0.7 g/L", None, {"c3": "0.7 g/L"}),
            (
                "increased_dna_binding",
                "120 IU/mL upper=50 IU/mL flag=H",
                True,
                {"anti_dsdna": {"value": "120 IU/mL", "upper": "50 IU/mL", "flag": "H"}},
            ),
        ],
    )
    def test_what_it_comes_to(
        self,
        enter: Entered,
        descriptor: str,
        value: str,
        answer: bool | None,
        finding: dict[str, Any],
    ) -> None:
        code, out, _ = enter(f"{self.to(descriptor)}{value}\n\n", "-o", "v.json")
        assert code == 0
        assert saved()["assessment"][descriptor] is answer
        assert saved()["findings"] == finding
        said = {True: "present", False: "absent", None: "not assessed"}[answer]
        assert out.startswith(f"{descriptor}: {said}: ")

    def test_the_answer_of_a_person_wins_and_the_value_stays(self, enter: Entered) -> None:
        enter(f"{self.to('thrombocytopenia')}92 K/uL\na\n", "-o", "v.json")
        assert saved()["assessment"]["thrombocytopenia"] is False
        assert saved()["findings"] == {"platelets": "92 K/uL"}

    def test_another_edition_judges_the_values_again(self, enter: Entered) -> None:
        value = "urine_protein_24h=0.7 g/24h; proteinuria_new_onset=no"
        enter(f"{self.to('proteinuria')}{value}\n\n", "-o", "v.json")
        assert saved()["assessment"]["proteinuria"] is None
        back = "b\n" * 14
        enter(
            f"{self.to('proteinuria')}urine_protein_24h=0.7 g/24h\n\n{back}hybrid\n", "-o", "v.json"
        )
        assert saved()["edition"] == "SELENA-SLEDAI hybrid"
        assert saved()["assessment"]["proteinuria"] is True

    @pytest.mark.parametrize(
        ("descriptor", "value", "said"),
        [
            (
                "thrombocytopenia",
                "92",
                "platelets: found '92'; accepted: text of a number and",
            ),
            ("thrombocytopenia", "92 g/L", "unit of platelets: found 'g/L'; accepted: "),
            ("thrombocytopenia", "c3=1 g/L", "found 'c3=1 g/L'; accepted: platelets=VALUE"),
            ("low_complement", "0.7 g/L", "accepted: c3=VALUE, c4=VALUE, ch50=VALUE"),
            ("rash", "2 cm", "accepted: rash=VALUE"),
            (
                "arthritis",
                f"inflamed_painful_joints={'9' * 5000}",
                "inflamed_painful_joints: found '9999",
            ),
            (
                "rash",
                "maybe",
                "rash: found 'maybe'; accepted: p (present), a (absent), n (not",
            ),
        ],
    )
    def test_what_is_no_answer(
        self, enter: Entered, descriptor: str, value: str, said: str
    ) -> None:
        code, out, err = enter(f"{self.to(descriptor)}{value}\n\n", "-o", "v.json")
        line = 5 + NAMES.index(descriptor)
        assert (code, out) == (2, "")
        assert " ".join(err.split()).startswith(f"error: standard input, line {line}: ")
        assert said in " ".join(err.split())
        assert not Path("v.json").exists()
        code, _, asked = enter(f"{self.to(descriptor)}{value}\np\n", "-o", "v.json", terminal=True)
        assert code == 0  # who sits there is asked again
        assert saved()["assessment"][descriptor] is True
        assert said.split(maxsplit=1)[0] in asked


class TestQuestions:
    """Somebody at a terminal sees definitions, reasons, scores so far, and what is worth asking."""

    def test_each_descriptor_with_its_definition(self, enter: Entered) -> None:
        _, out, asked = enter(HEAD + "n\n" * 24, terminal=True)
        for d in Descriptor:
            assert f"{d.number} of 24  {d.label}, " in asked
            assert f"{d} [not assessed]: " in asked
        assert asked.count("\ncentral nervous system\n") == 1
        assert asked.count("\nserosal\n") == 1
        assert "enter takes what stands in brackets" in " ".join(asked.split())
        assert "Platelets < 100,000 per mm3." in asked
        assert "Answer p" not in out

    def test_scores_and_verdicts_after_each_answer(self, enter: Entered) -> None:
        answers = "a\n" * 8 + "p\n" + "a\n" * 5 + "p\n" + "a\n" * 4 + "\n\n" + "a\na\na\n"
        _, _, asked = enter(HEAD + answers, "--trial", "NCT05765006", terminal=True)
        assert "total 0 to 97, clinical 0 to 93; not assessed: 23\n" in asked
        assert "NCT05765006: undetermined; worth asking: 23 descriptors" in asked
        assert asked.endswith(
            "total 6 to 10, clinical 6; not assessed: 2\n"
            "    NCT05765006: undetermined; worth asking: low_complement,\n"
            "    increased_dna_binding\n"
        )

    def test_a_reason_that_enter_takes(self, enter: Entered) -> None:
        to = HEAD + "a\n" * 22
        asked = enter(f"{to}92 K/uL\nb\n\n\n", terminal=True)[2]
        text = " ".join(asked.split())
        assert "thrombocytopenia [not assessed]: present: platelets 92 K/uL < 100 K/uL [SE" in text
        assert "; enter takes it thrombocytopenia [present]: " in text
        assert text.count("present: platelets 92 K/uL < 100 K/uL") == 2  # and on coming back

    def test_a_question_mark_explains(self, enter: Entered) -> None:
        asked = enter("?\n?\n" + HEAD + "a\n" * 12 + "?\n", terminal=True)[2]
        text = " ".join(asked.split())
        assert "Who was seen: a number or a name, as you know them. Enter takes: not known." in text
        assert "Proteinuria (proteinuria), descriptor 13 of 24 weight: 4 points; Bombardier" in text
        assert "present at the visit or in the 10 days before it" in text
        assert "urine_protein_24h: a number and a unit: g/(24.h), g/d, g/24h" in text
        assert "each NAME=yes, =no or a count: proteinuria_new_onset" in text

    def test_of_a_value_alone(self, enter: Entered) -> None:
        before = "a\n" * NAMES.index("thrombocytopenia")
        text = " ".join(enter(HEAD + before + "?\n", terminal=True)[2].split())
        assert "platelets: a number and a unit: " in text
        assert "as findings" not in text

    def test_of_a_visit(self, enter: Entered) -> None:
        asked = enter("\nsoon\n2024-01-16\n\n?\nsledai\n\nq\n", terminal=True)[2]
        assert "date [not known]: found 'soon'; accepted: a date, such as 2024-01-16" in asked
        assert "By whose definitions the descriptors are rated: SLEDAI_1992, SELENA," in asked
        assert "edition [SELENA-SLEDAI]: " in asked
        assert "found 'sledai'" in asked


class TestRules:
    """A trial's rule is about one edition, by which the visit is then rated."""

    def test_the_edition_of_the_rule(self, enter: Entered) -> None:
        rules = [t for t in map(find, ("NCT04895241", "NCT05765006")) if t.rule]
        by_2k = next(t for t in rules if t.rule.edition != "SELENA-SLEDAI")
        enter(HEAD, "--trial", by_2k.registry_id, "-o", "v.json")
        assert saved()["edition"] == by_2k.rule.edition
        code, _, err = enter("\n\n\nselena\n", "--trial", by_2k.registry_id)
        assert code == 2
        assert "standard input, line 4: " in err
        assert f"accepted: answers by {by_2k.rule.edition}" in " ".join(err.split())

    def test_rules_about_two_editions_are_refused(self, enter: Entered) -> None:
        code, _, err = enter("", "--trial", "NCT05765006", "--trial", "NCT04895241")
        assert code == 2
        assert "found answers by" in err


class TestFiles:
    """The ending says how the visit is written: for people and forms, or as a row for commands."""

    def test_a_row_that_the_other_commands_read(self, enter: Entered) -> None:
        answers = {name: name in {"rash", "fever"} for name in NAMES} | {"alopecia": None}
        enter(typed(answers), "-o", "v.csv")
        row = pl.read_csv("v.csv").row(0, named=True)
        assert row == {
            "subject": "P01",
            "date": "2024-01-16",
            "rater": "Dr X",
            "edition": "SELENA-SLEDAI",
            **answers,
        }
        out = io.StringIO()
        with pytest.MonkeyPatch.context() as here, pytest.raises(SystemExit):
            here.setattr(sys, "stdout", out)
            app.run(["score", "v.csv"])
        assert out.getvalue().splitlines()[1].split() == (
            ["P01", "2024-01-16", "Dr", "X", "3", "to", "5", "3", "to", "5", "1"]
        )

    @pytest.mark.parametrize("suffix", [".parquet", ".jsonl", ".tsv"])
    def test_other_rows(self, enter: Entered, suffix: str) -> None:
        assert enter(HEAD, "-o", f"v{suffix}")[0] == 0
        assert Path(f"v{suffix}").exists()

    def test_how_it_was_made_stands_beside_it(self, enter: Entered) -> None:
        enter(HEAD, "--trial", "NCT05765006", "-o", "v.json")
        made = saved("v.json.provenance.json")
        assert made["command"] == "sledai visit --trial NCT05765006 -o v.json"
        assert made["edition"] == "SELENA-SLEDAI"
        assert list(made["rules"]) == ["NCT05765006"]

    def test_another_ending_is_refused_before_anything_is_asked(self, enter: Entered) -> None:
        code, _, err = enter("", "-o", "v.txt", terminal=True)
        assert code == 2
        assert "subject" not in err
        accepted = "accepted: .csv, .tsv, .parquet, .jsonl, .ndjson, .xlsx, .json"
        assert accepted in " ".join(err.split())

    def test_no_name_is_longer_than_a_sheet_has_room_for(self, enter: Entered) -> None:
        code, _, err = enter("x" * 201 + "\n")
        assert code == 2
        assert "accepted: a name of at most 200 characters" in " ".join(err.split())

    def test_names_are_text(self, enter: Entered) -> None:
        bad = "<script>\x1b[31m\u202e"
        _, out, _ = enter(f"{bad}\n\n{bad}\n\n", "-o", "v.json")
        assert r"<script>\x1b[31m" in out
        assert "\x1b" not in out
        assert saved()["subject"] == bad

    def test_what_is_no_text(self, monkeypatch: pytest.MonkeyPatch) -> None:
        err = io.StringIO()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff\n"), "utf-8"))
        monkeypatch.setattr(sys, "stderr", err)
        with pytest.raises(SystemExit) as stopped:
            app.run(["visit"])
        assert stopped.value.code == 2
        assert err.getvalue() == "error: standard input: no text in utf-8\n"


class TestStop:
    """Ctrl-C stops, and nothing is written: code 130, as of every command."""

    def test_by_the_caller(self, enter: Entered, monkeypatch: pytest.MonkeyPatch) -> None:
        def stop(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(ActivityRule, "judge", stop)
        code, out, err = enter(f"{HEAD}p\n", "--trial", "NCT05765006", "-o", "v.json")
        assert (code, out, err) == (130, "", "\nstopped: nothing was written\n")
        assert not Path("v.json").exists()

    def test_in_a_terminal(self, tmp_path: Path) -> None:
        shown = in_terminal(
            "visit", "-o", "v.json", typed=f"{HEAD}p\n\x03", until="subject", folder=tmp_path
        )
        assert shown.code == 130
        assert shown.lines[-1] == "stopped: nothing was written"
        assert list(tmp_path.iterdir()) == []

    def test_in_another_thread(self, enter: Entered) -> None:
        with ThreadPoolExecutor(1) as threads:
            assert threads.submit(enter, HEAD).result()[0] == 0

    @pytest.mark.parametrize("handler", [signal.SIG_IGN, signal.default_int_handler])
    def test_whoever_ignores_it_goes_on_ignoring_it(self, enter: Entered, handler: Any) -> None:
        before = signal.signal(signal.SIGINT, handler)
        try:
            assert enter(HEAD)[0] == 0
            assert signal.getsignal(signal.SIGINT) is handler
        finally:
            signal.signal(signal.SIGINT, before)


class TestInATerminal:
    """In a real terminal of any width the same visit is asked, and no line is longer than it."""

    @pytest.mark.parametrize("columns", [60, 80, 120])
    def test_a_visit(self, tmp_path: Path, columns: int) -> None:
        answers: dict[str, bool | None] = {name: name in {"rash", "arthritis"} for name in NAMES}
        answers |= {"low_complement": None, "increased_dna_binding": None}
        shown = in_terminal(
            "visit", "--trial", "NCT05765006", "-o", "v.json", typed=typed(answers),
            until="subject", columns=columns, folder=tmp_path,
        )  # fmt: skip
        assert shown.code == 0
        # What is typed ahead stands before the line that the program prints.
        assert max(map(len, re.split(r"\n|\]: ", shown.text))) <= columns
        assert "\x1b[33m    NCT05765006: undetermined" in shown.raw
        document = json.loads((tmp_path / "v.json").read_text())
        assert document["assessment"] == answers
