"""The conformance vectors: made without the library, whole, and answered by it; and their door."""

import ast
import io
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from time import sleep
from typing import Any

import jsonschema
import pytest
import spec_tables

from examples import examples
from sledai import Descriptor, InvalidInputError, Verdict, conformance
from sledai.conformance import CLASSES, FOLDER, Vector, agrees, hold, vectors_of
from sledai.conformance.answer import ASKED, INDICES, answer, main
from sledai.conformance.exchange import LONGEST_LINE
from sledai.conformance.report import report_on
from sledai.definitions import Edition
from sledai.definitions.editions import DEFINITIONS
from sledai.indices.states import STATES
from sledai.quantities import UNITS
from sledai.scoring.variants import EXCLUSIONS
from sledai.trials.catalog import CATALOG

TESTS = Path(__file__).parent
VECTORS = vectors_of()


def of_class(name: str) -> list[Vector]:
    return [vector for vector in VECTORS if vector.of_class == name]


class TestMaking:
    """What must come out is never made by the library that is held against it."""

    def test_they_are_what_the_maker_makes_where_there_is_no_library(self, tmp_path: Path) -> None:
        code = (
            "import sys; from pathlib import Path; sys.modules['sledai'] = None\n"
            f"sys.path.insert(0, {str(TESTS)!r})\n"
            f"from conformance import make; make.main(Path({str(tmp_path)!r}))"
        )
        subprocess.run([sys.executable, "-I", "-c", code], check=True)  # noqa: S603
        made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
        assert made.keys() == {path.name for path in FOLDER.iterdir()} - {"schema.json"}
        for name, text in made.items():
            assert text == (FOLDER / name).read_bytes(), f"{name}: run make vectors"

    @pytest.mark.parametrize(
        "file", [TESTS / "spec_tables.py", *sorted((TESTS / "conformance").glob("*.py"))], ids=str
    )
    def test_no_module_of_the_maker_imports_the_library(self, file: Path) -> None:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                assert not any(alias.name.startswith("sledai") for alias in node.names)
            if isinstance(node, ast.ImportFrom):
                assert not str(node.module).startswith("sledai")


class TestFiles:
    """JSON Lines that meet their schema, under a manifest of hashes."""

    def test_every_vector_meets_the_schema(self) -> None:
        schema = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
        for name in CLASSES:
            lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
            for line in lines[:: len(lines) // examples(len(lines))]:  # seconds for all of them
                assert validator.is_valid(json.loads(line)), line

    @pytest.mark.parametrize(
        "wrong",
        [
            {"expect": 106},
            {"expect": "met"},
            {"expect": 2.5},
            {"ask": "score"},
            {"input": {"answers": {"others": False, "raynaud": True}}},
            {"input": {"answers": {"rash": 1}}},
            {"source": {"publication": "Bombardier 1992"}},
            {"class": "totals"},
            {"id": "totals"},
        ],
    )
    def test_the_schema_refuses(self, wrong: dict[str, Any]) -> None:
        schema = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))
        first = json.loads(of_class("totals")[0].line)
        assert jsonschema.Draft202012Validator(schema).is_valid(first)
        assert not jsonschema.Draft202012Validator(schema).is_valid(first | wrong)

    def test_the_manifest_has_the_hash_of_every_file(self) -> None:
        manifest = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
        assert manifest["version"] == conformance.VERSION == "1.0"
        for name, facts in manifest["files"].items():
            read = (FOLDER / name).read_bytes()
            assert sha256(read).hexdigest() == facts["sha256"]
            assert facts.get("vectors", 0) == (read.count(b"\n") if name != "schema.json" else 0)
        assert {*manifest["files"], "manifest.json"} == {path.name for path in FOLDER.iterdir()}

    def test_each_is_known_by_its_id_and_asked_once(self) -> None:
        assert len({vector.id for vector in VECTORS}) == len(VECTORS)
        asked = {(v.of_class, v.ask, json.dumps(v.input, sort_keys=True)) for v in VECTORS}
        assert len(asked) == len(VECTORS)

    def test_a_line_is_the_line_of_the_file(self) -> None:
        text = "".join(f"{vector.line}\n" for vector in of_class("refusals"))
        assert text.encode() == (FOLDER / "refusals.jsonl").read_bytes()

    def test_a_file_that_was_changed_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        text = (FOLDER / "totals.jsonl").read_text(encoding="utf-8")
        (tmp_path / "totals.jsonl").write_text(text.replace("105", "106"), encoding="utf-8")
        monkeypatch.setattr("sledai.conformance.vectors.FOLDER", tmp_path)
        with pytest.raises(InvalidInputError, match=r"totals.jsonl: not the file of vectors 1\.0"):
            vectors_of(["totals"])

    @pytest.mark.parametrize("classes", ["totals", ["total"], 3])
    def test_another_class_is_refused(self, classes: Any) -> None:
        with pytest.raises(InvalidInputError, match="classes: found"):
            vectors_of(classes)


class TestNothingIsMissing:
    """Every row of the library has vectors, so that a new one without them fails here."""

    def test_every_descriptor_alone(self) -> None:
        alone = {frozenset(v.input["answers"].items()) for v in of_class("totals")}
        for d in Descriptor:
            assert frozenset({("others", False), (d.value, True)}) in alone

    def test_every_published_meaning_of_clinical(self) -> None:
        asked = {frozenset(v.input["excluding"]) for v in of_class("clinical")}
        assert asked >= {frozenset(map(str, exclusion.excluded)) for exclusion in EXCLUSIONS}

    def test_every_trial_in_each_verdict(self) -> None:
        found = {(v.input["trial"], v.expect) for v in of_class("trials") if v.ask == "verdict"}
        ids = [trial.registry_id for trial in CATALOG]
        assert found == {(id_, said) for id_ in ids for said in ("met", "not met", "undetermined")}

    def test_every_index_in_each_outcome(self) -> None:
        found: dict[str, set[str]] = {name: set() for name in INDICES}
        for vector in of_class("indices"):
            found[vector.input["index"]].add(json.dumps(vector.expect))
        verdicts = {'"met"', '"not met"', '"undetermined"'}
        for name in (*STATES, "SRI", "BICLA", "loss of improvement", "steroid sparing"):
            assert found[name] == verdicts, name
        assert {'["none"]', '["mild/moderate"]', '["severe"]'} < found["SFI"]
        assert {'["much worse"]', '["stable"]', '["improved"]'} < found["grade of change"]
        assert len(found["adjusted mean"]) > 2
        assert set(STATES) < INDICES.keys()

    def test_every_module_of_indices_that_assesses(self) -> None:
        package = Path(str(sys.modules["sledai.indices"].__file__)).parent
        assess = {
            path.stem
            for path in package.glob("*.py")
            if "\ndef assess(" in path.read_text(encoding="utf-8")
        }
        held = {"sfi", "sri", "bicla", "change_grade", "loss_of_improvement", "steroid_sparing"}
        states = {"lldas", "doris", "clldas", "ccr", "doris_2017", "disease_control"}
        assert assess == {*held, *states, "adjusted_mean"}

    @pytest.mark.parametrize("edition", Edition)
    def test_every_limit_on_it_and_beside_it(self, edition: Edition) -> None:
        notes: dict[tuple[str, str], set[str]] = {}
        for vector in of_class("limits"):
            if vector.input["edition"] == edition:
                place, _, asked = vector.note.partition(", ")
                notes.setdefault((vector.input["descriptor"], asked), set()).add(place)
        sides = {"next value below", "on the limit", "next value above"}
        for d in Descriptor:
            for limit in DEFINITIONS[edition][d].limits:
                unit = limit.unit.replace("per mm3", "/mm3").replace("per high", "/high")
                said = f"{limit.operator} {limit.value} {unit}"
                assert notes.get((d.value, said), set()) >= sides, (d, said)

    def test_every_unit_of_every_analyte_of_a_limit(self) -> None:
        used: set[tuple[str, str]] = set()
        for vector in of_class("limits"):
            for name, value in vector.input["findings"].items():
                if isinstance(value, str):
                    used.add((name, value.partition(" ")[2]))
        for analyte in ("platelets", "white_cells", "temperature", "urine_protein_24h"):
            assert {(analyte, unit) for unit in UNITS[analyte]} <= used
        for analyte in ("urine_red_cells", "urine_white_cells"):
            assert {(analyte, unit) for unit in UNITS[analyte]} <= used

    def test_every_definition_in_each_state(self) -> None:
        found = {
            (v.input["edition"], v.input["descriptor"], v.expect)
            for v in (*of_class("definitions"), *of_class("limits"))
        }
        for edition in Edition:
            for d in Descriptor:
                for state in ("present", "absent", "not assessed"):
                    assert (edition.value, d.value, state) in found

    def test_every_kind_of_question_is_refused_somewhere(self) -> None:
        refused = {vector.ask for vector in of_class("refusals")}
        assert refused == ASKED.keys() - {"deciding"}


class TestTheLibrary:
    """It answers every vector as it must come out."""

    @pytest.mark.parametrize("name", CLASSES)
    def test_each_class(self, name: str) -> None:
        for vector in of_class(name):
            found = answer(vector.ask, vector.input)
            assert agrees(vector.expect, found), (vector, found)

    def test_by_the_door(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        asked = of_class("refusals")[:3]
        lines = "".join(f"{vector.question}\n" for vector in asked)
        monkeypatch.setattr("sys.stdin", io.StringIO(lines))
        main()
        said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert said == [{"id": vector.id, "answer": "refused"} for vector in asked]

    @pytest.mark.parametrize(
        "line",
        [
            "{",
            "[]",
            "{}",
            '{"id": "a", "ask": "score", "input": {}}',
            '{"id": "a", "ask": "total", "input": {}}',
            '{"id": "a", "id": "b", "ask": "total", "input": {}}',
        ],
    )
    def test_what_is_no_question(
        self, line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{line}\n"))
        with pytest.raises(SystemExit, match="2"):
            main()
        assert capsys.readouterr().err.startswith("line 1: no question (")


Wrong = Callable[[Vector], Any]


def replies_of(program: Wrong, *classes: str) -> conformance.Report:
    vectors = vectors_of(classes)
    return report_on(vectors, {vector.id: ("answer", program(vector)) for vector in vectors})


def present(vector: Vector) -> set[str]:
    return {name for name, answer in vector.input["answers"].items() if answer}


class TestPower:
    """What is wrong in a program is found."""

    @pytest.mark.parametrize("name", spec_tables.NAMES)
    def test_a_wrong_weight(self, name: str) -> None:
        weights = spec_tables.WEIGHTS | {name: spec_tables.WEIGHTS[name] + 1}
        report = replies_of(lambda v: sum(weights[d] for d in present(v)), "totals")
        wrong = [one.vector.note for one in report.classes[0].differ]
        assert f"{name} alone" in wrong
        assert report.verdict is Verdict.NOT_MET

    def test_silence_counted_as_absence(self) -> None:
        report = replies_of(lambda v: spec_tables.total_of(present(v)), "totals")
        notes = {one.vector.note for one in report.classes[0].differ}
        assert notes == {f"{name} not assessed" for name in spec_tables.NAMES}

    @pytest.mark.parametrize("row", spec_tables.rows("limits.csv"), ids=str)
    def test_a_limit_that_counts_where_it_must_not(self, row: dict[str, str]) -> None:
        """Each limit, read with the other of > and >=, is wrong on the limit in each edition."""
        said = f"on the limit, {row['operator']} {row['value']} {row['unit']}"
        held = {
            (v.input["edition"], v.expect)
            for v in of_class("limits")
            if (v.input["descriptor"], v.note) == (row["descriptor"], said)
        }
        on_it = "present" if row["operator"] == ">=" else "absent"
        assert held >= {(edition, on_it) for edition in row["edition"].split(";")}

    def test_the_verdict_by_the_total_alone(self) -> None:
        def by_total(vector: Vector) -> str:
            scores: Mapping[str, int] = vector.input.get("scores", {})
            total = scores.get("total", -1)
            return "met" if total >= 8 else "not met"

        vectors = [v for v in of_class("verdicts") if "scores" in v.input]
        report = report_on(vectors, {v.id: ("answer", by_total(v)) for v in vectors})
        assert [one.vector.input["scores"] for one in report.classes[0].differ] == [
            {"total": 8, "clinical": 4},
            {"total": 9, "clinical": 5},
        ]


class TestAgreement:
    """An answer agrees where it is the same value of JSON, in whatever way it is written."""

    @pytest.mark.parametrize(
        ("expected", "answered"),
        [
            (8, 8),
            (8, 8.0),
            (0.8, 0.8000000001),
            (0.8, 0.8),
            (None, None),
            ("met", "met"),
            (["none", "severe"], ["severe", "none"]),
            ({"low": 1, "high": 3}, {"high": 3.0, "low": 1}),
        ],
    )
    def test_the_same(self, expected: object, answered: object) -> None:
        assert agrees(expected, answered)

    @pytest.mark.parametrize(
        ("expected", "answered"),
        [
            (8, 9),
            (8, 8.0000001),
            (8, "8"),
            (1, True),
            (0, False),
            (0, None),
            (None, 0),
            (None, "null"),
            (0.8, 0.81),
            (0.8, 10**400),
            ("met", "Met"),
            ("met", True),
            (["none"], "none"),
            (["none"], ["none", "none"]),
            (["none"], ["severe"]),
            (["none", "severe"], ["none", 1]),
            ({"low": 1, "high": 3}, {"low": 1}),
            ({"low": 1, "high": 3}, {"low": 1, "high": 3, "mid": 2}),
            ({"low": 1, "high": 3}, [1, 3]),
            ("refused", None),
        ],
    )
    def test_another(self, expected: object, answered: object) -> None:
        assert not agrees(expected, answered)

    def test_the_exact_mean(self) -> None:
        means = [v for v in of_class("indices") if v.input["index"] == "adjusted mean"]
        for vector in means:
            for end in vector.expect.values():
                assert Fraction(str(end)).limit_denominator(100) == Fraction(str(end))


READS = (
    "import sys, json\n"
    "def questions():\n"
    "    for line in sys.stdin: yield json.loads(line)\n"
    "def say(id, **said): print(json.dumps({'id': id, **said}))\n"
)
FILES = f"import pathlib\nfolder = pathlib.Path({str(FOLDER)!r})\n"
ALL = FILES + "lines = [l for f in folder.glob('*.jsonl') for l in f.open()]\n"


def program(code: str, *arguments: str) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", READS + code, *arguments]


def held(code: str, *classes: str, limit: float = 20) -> conformance.Report:
    return hold(program(code), classes=classes or CLASSES, limit_seconds=limit)


def counts(report: conformance.Report) -> tuple[int, int, int, int]:
    one = report.classes[0]
    return one.agree, len(one.differ), one.skipped, one.not_answered


def has_ended(pid: int) -> bool:
    """Whether a process is not there, or nobody has asked yet how it ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").split()[2] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


class TestTheDoor:
    """Questions and answers, a line each, in whatever order and however the program buffers."""

    def test_all_questions_before_the_first_answer(self) -> None:
        code = ALL + (
            "known = {v['id']: v['expect'] for v in map(json.loads, lines)}\n"
            "for q in reversed(list(questions())): say(q['id'], answer=known[q['id']])"
        )
        report = held(code)
        assert report.verdict is Verdict.MET
        assert sum(one.agree for one in report.classes) == len(VECTORS)

    def test_all_answers_before_the_first_question_is_read(self) -> None:
        code = ALL + (
            "for v in map(json.loads, lines): say(v['id'], answer=v['expect'], why='x' * 200)\n"
            "list(questions())"
        )
        assert held(code).verdict is Verdict.MET

    def test_a_program_that_stops_reading(self) -> None:
        code = "q = next(questions()); say(q['id'], answer=0)"
        report = held(code)
        assert counts(report) == (1, 0, 0, 137)
        assert report.verdict is Verdict.UNDETERMINED
        assert report.remarks == ()

    def test_what_it_does_not_do_it_says(self) -> None:
        code = (
            "for q in questions():\n"
            "    there = [d for d, a in q['input']['answers'].items() if a]\n"
            "    said = {'answer': 0} if not there else {'skipped': 'not yet'}\n"
            "    say(q['id'], **said)"
        )
        report = held(code, "totals")
        assert counts(report) == (1, 24, 113, 0)
        assert report.verdict is Verdict.NOT_MET

    def test_a_program_that_does_nothing_is_not_held(self) -> None:
        code = "for q in questions(): say(q['id'], skipped='nothing')"
        report = held(code, "refusals")
        assert counts(report) == (0, 0, 86, 0)
        assert report.verdict is Verdict.UNDETERMINED

    def test_some_skipped_is_whole(self) -> None:
        code = (
            "for q in questions():\n"
            "    said = {'answer': 'refused'} if q['ask'] == 'total' else {'skipped': ''}\n"
            "    say(q['id'], **said)"
        )
        assert held(code, "refusals").verdict is Verdict.MET

    def test_lines_as_other_systems_write_them(self) -> None:
        code = (
            "out = sys.stdout.buffer\n"
            "out.write(b'\\xef\\xbb\\xbf')\n"
            "for q in questions():\n"
            "    said = json.dumps({'answer': 'refused', 'id': q['id']})\n"
            "    out.write(said.encode() + b'\\r\\n\\r\\n')"
        )
        assert held(code, "refusals").verdict is Verdict.MET

    def test_a_program_that_hangs(self) -> None:
        code = "import time\nq = next(questions())\nprint(flush=True)\ntime.sleep(600)"
        report = held(code, "refusals", limit=0.5)
        assert report.remarks == ("the command was ended: silent for 0.5 seconds, the limit",)
        assert counts(report) == (0, 0, 0, 86)

    def test_what_it_has_started_is_ended_with_it(self, tmp_path: Path) -> None:
        """A child that keeps the output open holds nothing up, and does not stay."""
        child = "import time; time.sleep(600)"
        code = (
            "import subprocess\n"
            f"started = subprocess.Popen([sys.executable, '-I', '-S', '-c', {child!r}])\n"
            f"open({str(tmp_path / 'pid')!r}, 'w').write(str(started.pid))"
        )
        report = held(code, "refusals", limit=1)
        assert report.remarks == ("the command was ended: silent for 1 seconds, the limit",)
        pid = int((tmp_path / "pid").read_text(encoding="utf-8"))
        for _ in range(1000):  # a signal is sent, and takes effect a moment later
            if has_ended(pid):
                return
            sleep(0.01)
        raise AssertionError("it goes on")

    def test_output_closed_by_a_program_that_goes_on(self) -> None:
        code = "import os, time\nsys.stdout.flush(); os.close(1); time.sleep(600)"
        report = held(code, "refusals", limit=0.5)
        assert report.remarks == ("the command was ended: silent for 0.5 seconds, the limit",)

    def test_a_program_that_fails_says_so(self) -> None:
        code = "q = next(questions()); say(q['id'], answer='refused'); sys.exit(7)"
        report = held(code, "refusals")
        assert report.remarks == ("the command ended with exit code 7",)
        assert counts(report) == (1, 0, 0, 85)

    @pytest.mark.parametrize(
        ("printed", "found"),
        [
            ("hello", "found 'hello'"),
            ("3", "found '3'"),
            ('{"id": "a"', 'found \'{"id": "a"\''),
            ('{"id": "a"}', 'found \'{"id": "a"}\''),
            ('{"answer": 1}', "found '{\"answer\": 1}'"),
            ('{"id": "ID", "answer": 1, "skipped": ""}', 'and with "answer" or "skipped"'),
            ('{"id": "totals-00000000", "answer": 1}', "found id 'totals-00000000'; accepted: the"),
            ('{"id": 3, "answer": 1}', "found id 3; accepted: the id of a question"),
            ('{"id": "a", "answer": NaN}', "found NaN is not JSON"),
            ('{"id": "a", "id": "b", "answer": 1}', "found 'id' stands twice"),
            ("\x1b[31m\u202e", "found '\\x1b[31m\\u202e'"),
            ("[" * 100_000, "found '[[["),
            ("9" * 5_000, "found '999"),
        ],
    )
    def test_a_line_that_is_no_answer(self, printed: str, found: str) -> None:
        code = f"sys.stdout.reconfigure(encoding='utf-8')\nprint(); print({printed!r})"
        with pytest.raises(InvalidInputError) as error:
            held(code, "refusals")
        said = str(error.value)
        assert said.startswith("line 2 of what the command printed: found ")
        assert found in said

    def test_bytes_that_are_no_text(self) -> None:
        with pytest.raises(InvalidInputError, match=r"line 1 of what the command printed: found "):
            held("sys.stdout.buffer.write(b'\\xff\\xfe\\n')", "refusals")

    def test_an_answer_given_twice(self) -> None:
        code = "q = next(questions()); say(q['id'], answer=1); say(q['id'], answer=1)"
        with pytest.raises(InvalidInputError, match=r"line 2 .* again; accepted: each id once"):
            held(code, "refusals")

    def test_a_line_without_end(self) -> None:
        code = "while True: sys.stdout.write('x' * 65536)"
        with pytest.raises(InvalidInputError, match=f"found more than {LONGEST_LINE:,} bytes"):
            held(code, "refusals")

    @pytest.mark.parametrize(
        ("command", "said"),
        [
            (["/no/such/program"], "'/no/such/program' cannot be started: No such file"),
            ([str(TESTS)], "cannot be started: Permission denied"),
            (["a\0b"], "command: found ['a\\x00b']; accepted: a program and its arguments"),
            ([3], "command: found [3]; accepted"),
            ([], "command: found []; accepted"),
            ("true", "command: found "),
        ],
    )
    def test_a_command_that_cannot_be_started(self, command: Any, said: str) -> None:
        with pytest.raises(InvalidInputError) as error:
            hold(command, classes=["refusals"])
        assert said in str(error.value)

    @pytest.mark.parametrize("limit", [0, -1, float("nan"), float("inf"), "60", None, True])
    def test_a_limit_that_is_none(self, limit: Any) -> None:
        with pytest.raises(InvalidInputError, match=r"limit_seconds: found .*; accepted: s"):
            hold(["true"], limit_seconds=limit)
