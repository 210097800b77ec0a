"""The codebook: a section for each thing that columns hold, and one way to say it everywhere."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import polars as pl
import pytest
import typer
import xlsxwriter
from commands import run
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from spec_tables import NAMES, WEIGHTS
from strategies import assessments

from examples import examples
from sledai import Assessment, Descriptor, InvalidInputError, __version__, frame, score_bounds
from sledai.audit import compare
from sledai.cli import app
from sledai.codebook import Codebook
from sledai.definitions import Edition
from sledai.quantities import Quantity

EXAMPLES = Path(__file__).parents[1] / "examples"
SECTIONS = Codebook.model_fields
OTHERS = set(Descriptor) - {"rash"}
OPEN_RASH = Assessment.of(present=[], not_assessed=["rash"])


def keys_of(section: str) -> set[str]:
    """The keys of a section, as they stand in TOML."""
    model: Any = SECTIONS[section].annotation
    return {*model.model_fields} - {"columns", "words", "labs", "flags", "signs", "asserted"}


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8).filter("?".__ne__)
words = st.lists(texts, max_size=3)


@st.composite
def codebooks(draw: st.DrawFn) -> Codebook:
    """Codebooks with every key, of any texts."""
    count = 0

    def column() -> str:
        nonlocal count
        count += 1
        return f"{draw(texts)}{count}"

    def some(**lines: Callable[[], Any]) -> dict[str, Any]:
        return {name: make() for name, make in lines.items() if draw(st.booleans())}

    def item() -> Any:
        if draw(st.booleans()):
            return column()
        sides = ("present", "absent", "not_assessed")
        return {"column": column(), **some(**{side: lambda: draw(words) for side in sides})}

    sections: dict[str, dict[str, Any]] = {
        "file": some(
            header_row=lambda: draw(st.integers(1)),
            separator=lambda: draw(texts),
            decimal=lambda: draw(st.sampled_from([".", ","])),
            encoding=lambda: draw(texts),
            sheet=lambda: draw(texts),
            missing=lambda: draw(st.lists(texts | st.integers() | st.floats(), max_size=3)),
        ),
        "visit": some(
            subject=column,
            date_format=lambda: draw(texts),
            day_unit=lambda: draw(st.sampled_from(["days", "weeks"])),
            same_day=lambda: draw(st.sampled_from(["refuse", "first", "last"])),
        )
        | {draw(st.sampled_from(["date", "day"])): column()},
        "answers": some(
            present=lambda: draw(words),
            absent=lambda: draw(words),
            not_assessed=lambda: draw(words),
            points=lambda: draw(st.booleans()),
        ),
        "descriptors": some(
            rash=item,
            cva=item,
            absent=lambda: ["fever", "myositis"],
            not_collected=lambda: ["seizure"],
            no_items=lambda: [column(), column()],
        )
        | draw(
            st.sampled_from([{}, {"numbered": "item {}\x7f"}, {"prefix": 'a"', "suffix": "\\"}])
        ),
        "fields": some(
            prednisone_mg_day=column,
            weight_kg=lambda: 61.5,
            physician_global=lambda: {"column": column(), "scale": [0, 10]},
            platelets=lambda: {"column": column(), "unit": "10*9/L"},
            hemolytic_anemia=lambda: draw(st.booleans()),
        ),
        "findings": some(
            platelets=lambda: {"column": column(), "unit": "K/uL", "bound": column()},
            c3=lambda: {"column": column(), "unit": "g/L", "lower": 0.9, "upper": column()},
            white_cells=lambda: {"column": column(), "unit_column": column()},
            c4=lambda: {"flag": column(), "low": ["L"], "normal": ["N", "H"]},
            rash=column,
        ),
        "recorded": some(total=column, clinical=column),
    }
    if draw(st.booleans()):
        sections["long"] = {"visit": [column(), column()], "item": column(), "answer": column()}
    else:
        wheres = ("only_where", "not_assessed_where", "none_present_where")
        sections["rows"] = some(**{where: lambda: {column(): draw(words)} for where in wheres})
    try:
        return Codebook(**sections)
    except InvalidInputError as error:  # one word for two things
        assume("both for" not in str(error) and "cannot take" not in str(error))
        raise


class TestCodebook:
    """Contract, "equal in Python": the file, the object and its lines say the same."""

    @given(codebooks())
    def test_what_is_written_is_read(self, book: Codebook) -> None:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "book.toml"
            path.write_text("[answers]\n", encoding="utf-8")  # is replaced
            book.dump(path)
            assert Codebook.load(path) == book
            assert [*Path(folder).iterdir()] == [path]
            written = path.read_text(encoding="utf-8")
        headers = [line for line in written.split("\n") if line.startswith("[")]
        assert headers == [f"[{name}]" for name in SECTIONS if name in book.lines()]
        assert written.count("\n") == sum(map(len, book.lines().values())) + 2 * len(
            headers
        ) - bool(headers)

    @settings(max_examples=examples(60))
    @given(codebooks())
    def test_its_lines_make_it_again(self, book: Codebook) -> None:
        assert Codebook(**book.lines()) == book
        assert book.stating({}) == book
        assert Codebook().stating(book.lines()) == book
        assert book.stating(book.lines()).stating(book.lines()) == book.stating(book.lines())

    def test_nothing_is_stated_by_an_empty_file(self, tmp_path: Path) -> None:
        (tmp_path / "book.toml").write_bytes(b"\xef\xbb\xbf# nothing\r\n")
        assert Codebook.load(tmp_path / "book.toml") == Codebook()
        Codebook().dump(tmp_path / "book.toml")
        assert (tmp_path / "book.toml").read_bytes() == b""

    def test_a_file_that_cannot_be_written_leaves_no_half_file(self, tmp_path: Path) -> None:
        there = tmp_path / "book.toml"
        there.write_text("before", encoding="utf-8")
        odd = Codebook(visit={"subject": "\ud800"})
        with pytest.raises(
            InvalidInputError, match=r"book.toml: found '\\ud800'; accepted: text in"
        ):
            odd.dump(there)
        folder = tmp_path / "folder"
        folder.mkdir()
        with pytest.raises(OSError, match="folder"):
            Codebook(visit={"subject": "id"}).dump(folder)
        with pytest.raises(OSError, match="nowhere"):
            Codebook().dump(tmp_path / "nowhere" / "book.toml")
        assert there.read_text(encoding="utf-8") == "before"
        assert {*tmp_path.iterdir()} == {there, folder}

    @pytest.mark.parametrize(
        ("written", "said"),
        [
            (b"[answers", r"book.toml: no TOML in UTF-8: "),
            (b"[answers]\npresent = ['\xff']", r"book.toml: no TOML in UTF-8: "),
            (b"[answers]\npoints = 1", r"book.toml: \[answers\] points: "),
            (b"[answer]\n", "book.toml: no section 'answer'; .*closest: answers"),
        ],
    )
    def test_a_file_that_is_none(self, tmp_path: Path, written: bytes, said: str) -> None:
        (tmp_path / "book.toml").write_bytes(written)
        with pytest.raises(InvalidInputError, match=said):
            Codebook.load(tmp_path / "book.toml")

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError):
            Codebook.load(tmp_path / "book.toml")
        code, _, err = run("score", EXAMPLES / "visits.csv", "--codebook", tmp_path / "book.toml")
        assert (code, "book.toml" in err) == (2, True)

    @pytest.mark.parametrize("section", SECTIONS)
    def test_unknown_keys_and_sections(self, section: str) -> None:
        wrong: Any = 5
        name = min(keys_of(section), default="rash")
        with pytest.raises(InvalidInputError) as raised:
            Codebook(**{section: {f"{name}x": ["x"]}})
        said = str(raised.value)
        assert said.startswith(f"[{section}] no key '{name}x'; accepted: ")
        near = "physician_global" if section == "fields" else name
        if section not in {"fields", "findings"}:
            assert f"closest: {near}" in said
        with pytest.raises(
            InvalidInputError, match=f"no section '{section}s'; .*closest: {section}"
        ):
            Codebook(**{f"{section}s": {}})
        with pytest.raises(
            InvalidInputError, match=rf"^\[{section}\] found 5; accepted: a table of"
        ):
            Codebook(**{section: wrong})

    def test_a_codebook_in_place_of_something_else(self) -> None:
        wrong: Any = {"answers": {}}
        several: Any = [wrong]
        with pytest.raises(InvalidInputError, match=r"codebook: found dict; accepted: a Codebook"):
            frame.score(pl.DataFrame({"rash": [1]}), wrong)
        with pytest.raises(InvalidInputError, match=r"lines: found list; accepted: a table of sec"):
            Codebook().stating(several)


WRONG: dict[str, tuple[str, Any, str]] = {
    "file.header_row": ("the number of a row, from 1", 0, "0"),
    "file.separator": ("text", "", "''"),
    "file.decimal": ("a point or a comma, '.' or ','", ";", "';'"),
    "file.encoding": ("text", 8, "8"),
    "file.sheet": ("text", ["Visits"], "['Visits']"),
    "file.missing": ("a list of texts", "NA", "'NA'"),
    "rows.only_where": ("a table of columns and the texts that they hold", ["a"], "['a']"),
    "rows.not_assessed_where": ("a table of columns and the texts that they hold", "a", "'a'"),
    "rows.none_present_where": ("a table of columns and the texts that they hold", 1, "1"),
    "long.visit": ("a list of texts", "id", "'id'"),
    "long.item": ("the name of a column", 3, "3"),
    "long.answer": ("the name of a column", True, "True"),
    "visit.subject": ("the name of a column", 1, "1"),
    "visit.date": ("the name of a column", ["date"], "['date']"),
    "visit.date_format": ("text", 2024, "2024"),
    "visit.day": ("the name of a column", 1.5, "1.5"),
    "visit.day_unit": ("days, weeks", "months", "'months'"),
    "visit.same_day": ("refuse, first, last", "both", "'both'"),
    "answers.present": ("a list of texts", "ja", "'ja'"),
    "answers.absent": ("a list of texts", {"nein": 1}, "{'nein': 1}"),
    "answers.not_assessed": ("text or a number", [True], "True"),
    "descriptors.prefix": ("text", ["a_"], "['a_']"),
    "descriptors.suffix": ("text", 1, "1"),
    "descriptors.numbered": ("a name with one {}", "item", "'item'"),
    "descriptors.absent": ("a list of descriptors", "rash", "'rash'"),
    "descriptors.not_collected": ("a list of descriptors", {"rash": 1}, "{'rash': 1}"),
    "descriptors.no_items": ("a list of texts", 5, "5"),
    "descriptors.rash": ("the name of a column", ["a"], "['a']"),
    "recorded.total": ("the name of a column", 8, "8"),
    "recorded.clinical": ("the name of a column", ["c"], "['c']"),
}


class TestWrongValues:
    """Each key says what it found and what it accepts, with its place."""

    def test_every_key_is_tried(self) -> None:
        every = {f"{section}.{key}" for section in SECTIONS for key in keys_of(section)}
        assert every - WRONG.keys() == {"answers.points"}  # pydantic's own words

    @pytest.mark.parametrize("key", WRONG)
    def test_refused(self, key: str) -> None:
        section, name = key.split(".")
        accepted, value, found = WRONG[key]
        with pytest.raises(InvalidInputError) as raised:
            Codebook(**{section: {name: value}})
        assert str(raised.value) == f"[{section}] {name}: found {found}; accepted: {accepted}"

    @pytest.mark.parametrize(
        ("section", "lines", "said"),
        [
            ("answers", {"points": "yes"}, r"^\[answers\] points: Input should be a valid boolean"),
            (
                "answers",
                {"present": ["x"], "absent": ["X "]},
                "found 'x' both for present and for ab",
            ),
            ("answers", {"present": ["x"], "not_assessed": ["x"]}, "for present and for not asses"),
            ("answers", {"absent": ["x"], "not_assessed": ["x"]}, "for absent and for not assess"),
            (
                "rows",
                {"only_where": {"a": "x"}},
                r"\[rows\] only_where: 'a': found 'x'; accepted: a l",
            ),
            (
                "rows",
                {"only_where": {1: ["x"]}},
                "only_where: found 1; accepted: the name of a col",
            ),
            ("long", {"item": "a"}, r"\[long\] accepted: visit, item and answer together"),
            (
                "long",
                {"visit": ["a"], "item": "a", "answer": "b"},
                r"\[long\] one column named twice",
            ),
            ("visit", {"date": "a", "day": "b"}, r"\[visit\] date and day; accepted: one of them"),
            ("descriptors", {"numbered": "{}", "prefix": "a"}, "numbered beside prefix or suffix"),
            ("descriptors", {"absent": ["knee"]}, r"\[descriptors\] absent: .*'knee'"),
            ("descriptors", {"absent": [3]}, r"\[descriptors\] absent: .*3"),
            (
                "descriptors",
                {"rash": {"unit": "a"}},
                r"rash: no key 'unit'; accepted: column, presen",
            ),
            ("descriptors", {"rash": {"present": ["a"]}}, "rash: no column; accepted: a table of"),
            ("descriptors", {"rash": {"column": 1}}, "rash, column: found 1; accepted: the name"),
            (
                "descriptors",
                {"rash": {"column": "a", "present": "ja"}},
                r"^\[descriptors\] rash, present: found 'ja'; accepted: a list of texts",
            ),
            ("fields", {"weight_kg": ["a"]}, "weight_kg: found .*; accepted: the name of a column"),
            (
                "fields",
                {"weight_kg": -1},
                "weight_kg: found -1; accepted: .*or the name of a column",
            ),
            ("fields", {"weight_kg": float("nan")}, "weight_kg: found nan; accepted: "),
            ("fields", {"platelets": 5}, "platelets: found 5; accepted: the name of a column"),
            (
                "fields",
                {"platelets": {"column": "a", "unit": "mg"}},
                "'platelets mg'; accepted: phys",
            ),
            (
                "fields",
                {"platelets": {"column": "a", "unit": 3}},
                "platelets, unit: found 3; accept",
            ),
            (
                "fields",
                {"physician_global": "pga"},
                "'pga': found 'physician_global'; accepted: phy",
            ),
            (
                "fields",
                {"physician_global": {"column": "a", "scale": [0]}},
                r"physician_global, scale: found \[0\]; accepted: \[0, 3\], \[0, 10\] or ",
            ),
            (
                "findings",
                {"platelets": "a"},
                "platelets: no unit; accepted: a table of column, and",
            ),
            (
                "findings",
                {"platelets": {"column": "a", "unit": "mg"}},
                "unit of platelets: found 'mg'",
            ),
            (
                "findings",
                {"c3": {"column": "a", "unit": "g/L", "lower": [1]}},
                r"c3, lower: found \[1\]; accepted: a column or 0 or 0.01 to 10 g/L",
            ),
            (
                "findings",
                {"c3": {"column": "a", "unit": "g/L", "upper": 10**400}},
                "c3, upper: found 1000",
            ),
            (
                "findings",
                {"c3": {"column": "a", "unit_column": "b", "lower": 1}},
                "c3: unit_column beside a unit or limits",
            ),
            (
                "findings",
                {"c3": {"column": "a", "unit_column": 1}},
                "c3, unit_column: found 1; acc",
            ),
            (
                "findings",
                {"c4": {"flag": "a", "low": ["L"]}},
                "c4: accepted: flag with low and norm",
            ),
            (
                "findings",
                {"anti_dsdna": {"flag": "a", "low": ["L"], "normal": ["N"]}},
                "anti_dsdna: accepted: flag with high and normal",
            ),
            ("findings", {"c4": {"flag": "a", "low": "L"}}, "c4, low: found 'L'; accepted: a list"),
            (
                "findings",
                {"platelets": {"flag": "a", "low": ["L"], "normal": ["N"]}},
                "flag: found 'platelets'; accepted: c3, c4, ch50, anti_dsdna",
            ),
            (
                "findings",
                {"rash": {"column": "a", "unit": "b"}},
                "rash: no key 'unit'; accepted: col",
            ),
        ],
    )
    def test_what_does_not_fit(self, section: str, lines: dict[str, Any], said: str) -> None:
        with pytest.raises(InvalidInputError, match=said):
            Codebook(**{section: lines})

    def test_an_answer_that_stands_for_nothing(self) -> None:
        """A cell would be an answer in one reading and none in the other."""
        own = {"rash": {"column": "a", "present": ["9"], "absent": ["1"]}}
        several: list[dict[str, Any]] = [
            {"answers": {"present": ["9.0"]}},
            {"answers": {"points": True}, "file": {"missing": ["4.0"]}},
            {"descriptors": own},
        ]
        for sections in several:
            with pytest.raises(
                InvalidInputError, match=r"cannot take '[94](.0)?' for a missing answ"
            ):
                Codebook(**{"file": {"missing": ["9"]}, **sections})

    def test_a_layout_and_conditions_that_do_not_meet(self) -> None:
        long = {"visit": ["id", "seen"], "item": "what", "answer": "said"}
        Codebook(long=long, rows={"only_where": {"status": ["done"]}})
        Codebook(long=long, rows={"not_assessed_where": {"seen": ["never"]}})
        with pytest.raises(
            InvalidInputError, match="found 'status'; accepted: 'id', 'seen', the col"
        ):
            Codebook(long=long, rows={"none_present_where": {"status": ["done"]}})


@pytest.mark.parametrize(
    ("sections", "said"),
    [
        ({"visit": {"subject": "a", "date": "a"}}, "the patient and for the date"),
        ({"visit": {"subject": "a", "day": "a"}}, "the patient and for the day"),
        ({"visit": {"date": "a"}, "fields": {"weight_kg": "a"}}, "the date and for weight_kg"),
        ({"visit": {"date": "a"}, "descriptors": {"rash": "a"}}, "the date and for rash"),
        (
            {"visit": {"subject": "a"}, "recorded": {"total": "a"}},
            "the patient and for the recorded",
        ),
        ({"fields": {"weight_kg": "a", "new_nsaid": "a"}}, "weight_kg and for new_nsaid"),
        ({"fields": {"new_nsaid": "a"}, "descriptors": {"rash": "a"}}, "new_nsaid and for rash"),
        (
            {"recorded": {"total": "a", "clinical": "a"}},
            "the recorded total and for the recorded clin",
        ),
        (
            {"recorded": {"total": "a"}, "descriptors": {"rash": "a"}},
            "rash and for the recorded to",
        ),
        (
            {
                "findings": {
                    "c3": {"column": "a", "unit": "g/L"},
                    "c4": {"flag": "a", "low": ["L"], "normal": ["N"]},
                }
            },
            "c3 and for c4",
        ),
        (
            {
                "findings": {"c3": {"column": "a", "unit": "g/L"}},
                "descriptors": {"rash": {"column": "a", "present": ["2"]}},
            },
            "rash and for c3",
        ),
        ({"descriptors": {"rash": "a", "fever": "a"}}, "rash, fever"),
    ],
)
def test_a_column_named_for_two_things(sections: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInputError, match=f"column 'a' is named (both )?(for )?{said}"):
        Codebook(**sections)


class TestStating:
    """ "Flags win over it": a line that is stated takes the place of those that it contradicts."""

    @pytest.mark.parametrize(
        ("before", "stated", "after"),
        [
            ({"points": True}, {"points": False}, {}),
            (
                {"present": ["a"], "absent": ["b"]},
                {"present": ["c"]},
                {"present": ["c"], "absent": ["b"]},
            ),
        ],
    )
    def test_answers(
        self, before: dict[str, Any], stated: dict[str, Any], after: dict[str, Any]
    ) -> None:
        found = Codebook(answers=before).stating({"answers": stated})
        assert found.lines().get("answers", {}) == after

    @pytest.mark.parametrize(
        ("before", "stated", "after"),
        [
            ({"rash": "a"}, {"rash": "b"}, {"rash": "b"}),
            ({"rash": {"column": "a", "present": ["2"]}}, {"rash": "b"}, {"rash": "b"}),
            ({"rash": "a"}, {"new_rash": "b"}, {"rash": "b"}),
            ({"rash": "a"}, {"absent": ["rash"]}, {"absent": ["rash"]}),
            ({"rash": "a"}, {"not_collected": ["rash"]}, {"not_collected": ["rash"]}),
            ({"absent": ["rash", "fever"]}, {"rash": "a"}, {"rash": "a", "absent": ["fever"]}),
            ({"absent": ["rash"]}, {"not_collected": ["rash"]}, {"not_collected": ["rash"]}),
            ({"absent": ["rash"]}, {"absent": ["fever"]}, {"absent": ["rash", "fever"]}),
            ({"no_items": ["a"]}, {"no_items": ["b"]}, {"no_items": ["a", "b"]}),
            ({"no_items": ["a", "b"]}, {"rash": "a"}, {"rash": "a", "no_items": ["b"]}),
            ({"rash": "a", "fever": "b"}, {"no_items": ["a"]}, {"fever": "b", "no_items": ["a"]}),
            (
                {"prefix": "s_", "rash": "a"},
                {"fever": "b"},
                {"prefix": "s_", "rash": "a", "fever": "b"},
            ),
            ({"prefix": "s_"}, {"prefix": "t_"}, {"prefix": "t_"}),
            (
                {},
                {"rash": {"column": "a", "present": ["2"]}},
                {"rash": {"column": "a", "present": ["2"]}},
            ),
        ],
    )
    def test_descriptors(
        self, before: dict[str, Any], stated: dict[str, Any], after: dict[str, Any]
    ) -> None:
        found = Codebook(descriptors=before).stating({"descriptors": stated})
        assert found.lines() == {"descriptors": after}

    def test_a_date_and_a_day(self) -> None:
        book = Codebook(visit={"subject": "id", "day": "week", "day_unit": "weeks"})
        assert book.stating({"visit": {"date": "seen"}}).visit.when == "seen"
        assert book.stating({"visit": {"date": "seen"}}).stating(
            {"visit": {"day": "d"}}
        ).lines() == {"visit": {"subject": "id", "day": "d", "day_unit": "weeks"}}
        assert book.stating({"visit": {}}) == book

    def test_lines_of_other_sections_at_once(self) -> None:
        """0 stands for nothing where 1 says no, which a line alone does not know."""
        book = Codebook(answers={"present": ["2"], "absent": ["1"]})
        assert book.stating({"file": {"missing": ["0"]}}).words.meaning("0") is None
        with pytest.raises(InvalidInputError, match="cannot take '0' for a missing answer"):
            Codebook().stating({"file": {"missing": ["0"]}})

    def test_what_is_no_line(self) -> None:
        with pytest.raises(InvalidInputError, match=r"no section 'answer'; .*closest: answers"):
            Codebook().stating({"answer": {}})
        with pytest.raises(InvalidInputError, match=r"\[descriptors\] absent: .*'knee'"):
            Codebook().stating({"descriptors": {"absent": ["knee"]}})
        with pytest.raises(InvalidInputError, match=r"\[answers\] found 5; accepted: a table"):
            Codebook().stating({"answers": 5})  # type: ignore[dict-item]


def table(**columns: list[Any]) -> str:
    """A file of CSV: the columns of an analysis and the items, each absent unless it is given."""
    height = len(next(iter(columns.values())))
    known = {"id": ["A"] * height, "date": [f"2024-0{n + 1}-01" for n in range(height)]}
    cells = known | {name: ["0"] * height for name in NAMES} | columns
    rows = [[str(column[n]) for column in cells.values()] for n in range(height)]
    return "".join(f"{','.join(row)}\n" for row in ([*cells], *rows))


def merged(*all_sections: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for sections in all_sections:
        for name, lines in sections.items():
            found[name] = {**found.get(name, {}), **lines}
    return found


@dataclass(frozen=True, kw_only=True)
class Flag:
    """Options, the lines that say the same, and lines that say something else of the file."""

    commands: str
    options: list[str]
    lines: dict[str, Any]
    other: dict[str, Any]
    file: str
    encoding: str = "utf-8"
    name: str = "in.csv"


ITEMS = "score audit visits"
BASE: dict[str, dict[str, Any]] = {
    "score": {},
    "audit": {"recorded": {"total": "SLEDAI"}},
    "visits": {"visit": {"subject": "id", "date": "date"}},
    "derive": {"findings": {"rash": "rash", "platelets": {"column": "plt", "unit": "K/uL"}}},
}
PLAIN = table(rash=["1", "0"], SLEDAI=["2", "3"], plt=["90", "120"], pred=["5", "7.5"])
WITHOUT_FEVER = "".join(
    ",".join(cell for n, cell in enumerate(line.split(",")) if n != PLAIN.split(",").index("fever"))
    for line in PLAIN.splitlines(keepends=True)
)
FLAGS = {
    "--missing": Flag(
        commands=f"{ITEMS} derive",
        options=["--missing", "NK", "--missing", "-9"],
        lines={"file": {"missing": ["NK", "-9"]}},
        other={"file": {"missing": ["-8"]}},
        file=table(rash=["NK", "0"], SLEDAI=["2", "-9"], plt=["-9", "120"]),
    ),
    "--present": Flag(
        commands=f"{ITEMS} derive",
        options=["--present", "ja"],
        lines={"answers": {"present": ["ja"]}},
        other={"answers": {"present": ["si"]}},
        file=table(rash=["Ja", "0"], SLEDAI=["2", "0"], plt=["90", "120"]),
    ),
    "--absent-text": Flag(
        commands=f"{ITEMS} derive",
        options=["--absent-text", "nein", "--absent-text", "0"],
        lines={"answers": {"absent": ["nein", "0"]}},
        other={"answers": {"absent": ["no"]}},
        file=table(rash=["1", "Nein"], SLEDAI=["2", "0"], plt=["90", "120"]),
    ),
    "--separator": Flag(
        commands=f"{ITEMS} derive",
        options=["--separator", ";"],
        lines={"file": {"separator": ";"}},
        other={"file": {"separator": "|"}},
        file=PLAIN.replace(",", ";"),
    ),
    "--encoding": Flag(
        commands=f"{ITEMS} derive",
        options=["--encoding", "cp1252"],
        lines={"file": {"encoding": "cp1252"}},
        other={"file": {"encoding": "ascii"}},
        file=PLAIN.replace("A,", "Ä,"),
        encoding="cp1252",
    ),
    "--sheet": Flag(
        commands=f"{ITEMS} derive",
        options=["--sheet", "Visits"],
        lines={"file": {"sheet": "Visits"}},
        other={"file": {"sheet": "Cover"}},
        file=PLAIN,
        name="in.xlsx",
    ),
    "--items": Flag(
        commands=ITEMS,
        options=["--items", "points"],
        lines={"answers": {"points": True}},
        other={"answers": {"points": False}},
        file=table(rash=["2", "0"], SLEDAI=["2", "0"]),
    ),
    "--items binary": Flag(
        commands=ITEMS,
        options=["--items", "binary"],
        lines={"answers": {"points": False}},
        other={"answers": {"points": True}},
        file=table(rash=["1", "0"], SLEDAI=["2", "0"]),
    ),
    "--column": Flag(
        commands=ITEMS,
        options=["--column", "temp_high=fever"],
        lines={"descriptors": {"fever": "temp_high"}},
        other={"descriptors": {"fever": "plt"}},
        file=WITHOUT_FEVER.replace("pred", "temp_high").replace(",5\n", ",1\n").replace("7.5", "0"),
    ),
    "--not-collected": Flag(
        commands=ITEMS,
        options=["--not-collected", "fever"],
        lines={"descriptors": {"not_collected": ["fever"]}},
        other={"descriptors": {"absent": ["fever"]}},
        file=WITHOUT_FEVER,
    ),
    "--absent": Flag(
        commands=ITEMS,
        options=["--absent", "fever"],
        lines={"descriptors": {"absent": ["fever"]}},
        other={"descriptors": {"not_collected": ["fever"]}},
        file=WITHOUT_FEVER,
    ),
    "--no-item": Flag(
        commands=ITEMS,
        options=["--no-item", "history_rash", "--no-item", "history_fever"],
        lines={"descriptors": {"no_items": ["history_rash", "history_fever"]}},
        other={"descriptors": {"rash": "history_rash"}},
        file=table(
            rash=["1", "0"], SLEDAI=["2", "0"], history_rash=["0", "1"], history_fever=["0", "0"]
        ),
    ),
    "--recorded": Flag(
        commands="audit",
        options=["--recorded", "second"],
        lines={"recorded": {"total": "second"}},
        other={},
        file=table(rash=["1", "0"], SLEDAI=["2", "3"], second=["3", "0"]),
    ),
    "--clinical": Flag(
        commands="audit",
        options=["--clinical", "cSLEDAI"],
        lines={"recorded": {"clinical": "cSLEDAI"}},
        other={"recorded": {"clinical": "plt"}},
        file=table(rash=["1", "0"], SLEDAI=["2", "3"], cSLEDAI=["2", "1"], plt=["90", "120"]),
    ),
    "--lab": Flag(
        commands="audit derive",
        options=["--lab", "platelets=plt2 K/uL", "--lab", "white_cells=wbc 10*9/L"],
        lines={
            "findings": {
                "platelets": {"column": "plt2", "unit": "K/uL"},
                "white_cells": {"column": "wbc", "unit": "10*9/L"},
            }
        },
        other={"findings": {"platelets": {"column": "plt", "unit": "/uL"}}},
        file=table(
            rash=["1", "0"],
            SLEDAI=["2", "3"],
            plt=["90000", "50000"],
            plt2=["90", "50"],
            wbc=["2", "5"],
        ),
    ),
    "--sign": Flag(
        commands="derive",
        options=["--sign", "rash=exanthem", "--sign", "alopecia=alopecia"],
        lines={"findings": {"rash": "exanthem", "alopecia": "alopecia"}},
        other={"findings": {"alopecia": "plt"}},
        file=table(rash=["1", "0"], exanthem=["0", "1"], alopecia=["1", "1"], plt=["90", "120"]),
    ),
    "--subject": Flag(
        commands="visits",
        options=["--subject", "patient"],
        lines={"visit": {"subject": "patient"}},
        other={},
        file=table(rash=["1", "0"], patient=["X", "Y"]),
    ),
    "--date": Flag(
        commands="visits",
        options=["--date", "seen"],
        lines={"visit": {"date": "seen"}},
        other={},
        file=table(rash=["1", "0"], seen=["2024-05-01", "2024-04-01"]),
    ),
    "--field": Flag(
        commands="visits",
        options=[
            "--field=pga=physician_global 0-10",
            "--field=pred=prednisone_mg_day",
            "--field=plt=platelets 10*9/L",
        ],
        lines={
            "fields": {
                "physician_global": {"column": "pga", "scale": [0, 10]},
                "prednisone_mg_day": "pred",
                "platelets": {"column": "plt", "unit": "10*9/L"},
            }
        },
        other={
            "fields": {
                "physician_global": {"column": "pga", "scale": [0, 100]},
                "prednisone_mg_day": "plt",
            }
        },
        file=table(rash=["1", "0"], pga=["9", "1"], plt=["90", "120"], pred=["5", "7.5"]),
    ),
}
OF_ANALYSIS = {
    "--codebook",
    "--output",
    "--rejects",
    "--policy",
    "--trial",
    "--edition",
    "--prefix",
    "--patients",
    "--state",
    "--baseline",
    "--baseline-where",
    "--baseline-by",
    "--flare-index",
    "--new-serology",
    "--first-visit",
    "--prednisolone",
    "--carry",
    "--to",
    "--study",
    "--visit",
    "--visit-number",
    "--reference",
    "--reason",
    "--start-is-day",
    "--help",
}
"""Options that say what is done, not how a file is written."""


class TestFlags:
    """ "Command-line flags are short ways to say one line of it, and win over it"."""

    def test_every_flag_is_tried(self) -> None:
        commands = typer.main.get_command(app.app).commands  # type: ignore[attr-defined]
        for name in BASE:
            options = {opt for p in commands[name].params for opt in p.opts if opt[:2] == "--"}
            tried = {
                flag.split()[0] for flag, said in FLAGS.items() if name in said.commands.split()
            }
            assert options - OF_ANALYSIS == tried

    @pytest.mark.parametrize(
        ("command", "flag"),
        [
            pytest.param(command, flag, id=f"{command} {name}")
            for name, flag in FLAGS.items()
            for command in flag.commands.split()
        ],
    )
    def test_a_flag_is_a_line(
        self, command: str, flag: Flag, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        if flag.name.endswith("xlsx"):
            with xlsxwriter.Workbook(flag.name) as workbook:
                workbook.add_worksheet("Cover").write(0, 0, "title")
                sheet = workbook.add_worksheet("Visits")
                for n, line in enumerate(flag.file.splitlines()):
                    sheet.write_row(n, 0, line.split(","))
        else:
            Path(flag.name).write_text(flag.file, encoding=flag.encoding)

        def outcome(options: list[str], *lines: dict[str, Any]) -> tuple[int, str, str, str]:
            Codebook(**merged(BASE[command], *lines)).dump("book.toml")
            said = run(command, flag.name, "--codebook", "book.toml", "-o", "out.csv", *options)
            out = Path("out.csv")
            written = out.read_text(encoding="utf-8") if out.exists() else ""
            out.unlink(missing_ok=True)
            return (*said, written)

        by_flag = outcome(flag.options)
        assert (by_flag[0] in {0, 1}, by_flag[2]) == (True, "")
        assert outcome([], flag.lines) == by_flag
        assert outcome(flag.options, flag.other) == by_flag  # the flag wins
        if flag.options != ["--items", "binary"]:  # which is how files are read anyway
            assert outcome([]) != by_flag
        if flag.other:
            assert outcome([], flag.other) != by_flag


@st.composite
def written_tables(draw: st.DrawFn) -> tuple[list[Assessment], str, dict[str, Any]]:
    """Visits, the text of a file of them, and the codebook that says how it is written."""
    visits = draw(st.lists(assessments(), min_size=1, max_size=4))
    how = draw(st.sampled_from(["plain", "prefix", "suffix", "numbered", "named"]))
    named = {
        "plain": {name: name for name in NAMES},
        "prefix": {name: f"Form_{name}" for name in NAMES},
        "suffix": {name: f"{name}.v2" for name in NAMES},
        "numbered": {name: f"q{n}_" for n, name in enumerate(NAMES, start=1)},
        "named": {name: f"column {n}" for n, name in enumerate(NAMES)},
    }[how]
    descriptors: dict[str, Any] = {
        "plain": {},
        "prefix": {"prefix": "Form_"},
        "suffix": {"suffix": ".v2"},
        "numbered": {"numbered": "q{}_"},
        "named": named,
    }[how]
    separator = draw(st.sampled_from([",", ";", "\t", "|"]))
    yes, no, unknown, answers = draw(
        st.sampled_from(
            [
                ("Ja", "nein", "", {"present": ["ja"], "absent": ["nein"]}),
                ("2", "1", "9", {"present": ["2"], "absent": ["1"], "not_assessed": ["9"]}),
                ("checked", "unchecked", "", {"present": ["Checked"], "absent": ["UNCHECKED"]}),
                ("t", "f", "NK", {"present": ["t"], "absent": ["f"], "not_assessed": ["nk"]}),
                ("points", "0", "", {"points": True}),
            ]
        )
    )
    cells = {
        name: [
            unknown
            if said is None
            else no
            if not said
            else yes.replace("points", str(WEIGHTS[name]))
            for visit in visits
            for said in [getattr(visit, name)]
        ]
        for name in NAMES
    }
    rows = [[str(n), *(cells[name][n] for name in NAMES)] for n in range(len(visits))]
    header = ["row", *(named[name] for name in NAMES)]
    text = "".join(f"{separator.join(row)}\n" for row in (header, *rows))
    return (
        visits,
        text,
        {"file": {"separator": separator}, "answers": answers, "descriptors": descriptors},
    )


class TestSameEverywhere:
    """ "One concept for every door": a file and the frame read from it have the same scores."""

    @settings(max_examples=examples(25))
    @given(written_tables())
    def test_scores_are_those_of_the_visits(
        self, written: tuple[list[Assessment], str, dict[str, Any]]
    ) -> None:
        visits, text, sections = written
        book = Codebook(**sections)
        separator = book.file.separator or ","
        expected = [(bounds.low, bounds.high) for bounds in map(score_bounds, visits)]
        with TemporaryDirectory() as folder:
            source, out, toml = (Path(folder) / name for name in ("in.csv", "out.csv", "b.toml"))
            source.write_text(text, encoding="utf-8")
            book.dump(toml)
            code, _, err = run("score", source, "--codebook", toml, "-o", out)
            assert (code, err) == (0, "")
            found = pl.read_csv(out, separator=",")
            assert found.select("sledai_low", "sledai_high").rows() == expected
            frames: list[Any] = [
                pl.read_csv(source, separator=separator, infer_schema=False),
                pl.read_csv(source, separator=separator),
                pd.read_csv(source, sep=separator),
            ]
        for df in frames:
            scored = pl.DataFrame(frame.score(df, book))
            assert scored.select("sledai_low", "sledai_high").rows() == expected


def polars(**columns: list[Any]) -> Any:
    return pl.DataFrame(columns, strict=False)


def pandas(**columns: list[Any]) -> Any:
    return pd.DataFrame(columns)


@pytest.mark.parametrize("make", [polars, pandas])
@pytest.mark.parametrize("none", [-9, -9.0])
class TestMissingNumbers:
    """[file] missing: "compared as numbers where the column holds numbers"."""

    def test_laboratory_values_and_limits(self, make: Callable[..., Any], none: float) -> None:
        df = make(plt=[90, none, 150], c3=[0.8, 0.8, none], low=[0.9, none, 0.9], rash=[1, none, 0])
        findings = {
            "platelets": {"column": "plt", "unit": "K/uL"},
            "c3": {"column": "c3", "unit": "g/L", "lower": "low"},
            "rash": "rash",
        }
        book = Codebook(file={"missing": ["-9"]}, findings=findings)
        found = pl.DataFrame(frame.derive(df, book, edition=Edition.SELENA))
        assert found["thrombocytopenia"].to_list() == [True, None, False]
        assert found["low_complement"].to_list() == [True, None, None]
        with pytest.raises(InvalidInputError, match=r"found -9.*in row 1"):
            frame.derive(df, Codebook(findings=findings), edition=Edition.SELENA)

    def test_recorded_scores(self, make: Callable[..., Any], none: float) -> None:
        df = make(rash=[1, 1, 0], total=[2, none, 2])
        sections: dict[str, Any] = {
            "descriptors": {"absent": OTHERS},
            "recorded": {"total": "total"},
        }
        found = pl.DataFrame(compare(df, Codebook(file={"missing": ["-9"]}, **sections)))
        said = ["agrees", "not_recorded", "disagrees"]
        assert found["sledai_total_agreement"].to_list() == said
        found = pl.DataFrame(compare(df, Codebook(**sections)))
        assert found["sledai_total_agreement"].to_list() == ["agrees", "disagrees", "disagrees"]

    def test_fields(self, make: Callable[..., Any], none: float) -> None:
        df = make(
            id=["A", "A"],
            date=["2024-01-01", "2024-02-01"],
            rash=[0, none],
            prednisone_mg_day=[none, 5],
            physician_global=[1.5, none],
            plt=[none, 90],
            new_nsaid=[none, 1],
        )
        book = Codebook(
            file={"missing": ["-9"]},
            visit={"subject": "id", "date": "date"},
            descriptors={"absent": OTHERS},
            fields={"platelets": {"column": "plt", "unit": "K/uL"}},
        )
        first, second = frame.histories(df, book)["A"].visits
        assert (first.prednisone_mg_day, first.platelets, first.new_nsaid) == (None, None, None)
        assert (second.physician_global, second.assessment) == (None, OPEN_RASH)
        assert (first.physician_global, second.prednisone_mg_day) == (Decimal("1.5"), 5)
        assert (second.new_nsaid, second.platelets) == (True, Quantity(90, "K/uL"))


class TestAnswers:
    """[answers] present, absent, not_assessed, points."""

    @pytest.mark.parametrize("kind", [str, float])
    def test_points(self, kind: type) -> None:
        df = pl.DataFrame({"rash": [*map(kind, [2, 0, 2])], "arthritis": [*map(kind, [4, 0, 0])]})
        others = OTHERS - {"arthritis"}
        book = Codebook(answers={"points": True}, descriptors={"absent": others})
        assert frame.score(df, book)["sledai_total"].to_list() == [6, 0, 2]
        wrong = df.with_columns(arthritis=pl.lit(kind(1)))
        with pytest.raises(
            InvalidInputError, match=r"'arthritis': found '?1(.0)?'? in row 0, .*accepte"
        ):
            frame.score(wrong, book)

    def test_words_for_not_assessed(self) -> None:
        book = Codebook(answers={"not_assessed": ["NI", 7]}, descriptors={"absent": OTHERS})
        for cells in (["yes", "ni", " NI", "No", "7"], ["1", "7.0", "7", "0", None]):
            scored = frame.score(pl.DataFrame({"rash": cells}), book)
            assert scored.select("sledai_low", "sledai_high").rows() == [
                (2, 2),
                (0, 2),
                (0, 2),
                (0, 0),
                (0, 2),
            ]
        with pytest.raises(InvalidInputError, match="found 'ni' in row 0"):
            frame.score(pl.DataFrame({"rash": ["ni"]}), Codebook(descriptors={"absent": OTHERS}))

    def test_words_of_one_column(self) -> None:
        """A column has words of its own, and nothing of the others but what stands for nothing."""
        book = Codebook(
            file={"missing": ["NA"]},
            answers={"present": ["ja"], "absent": ["nein"]},
            descriptors={
                "rash": {
                    "column": "skin",
                    "present": ["2"],
                    "absent": ["1"],
                    "not_assessed": ["9"],
                },
                "absent": OTHERS - {"fever"},
            },
        )
        df = pl.DataFrame({"skin": ["2", "1", "9", "NA"], "fever": ["ja", "nein", "NA", "nein"]})
        scored = frame.score(df, book)
        assert scored.select("sledai_low", "sledai_high").rows() == [(3, 3), (0, 0), (0, 3), (0, 2)]
        with pytest.raises(InvalidInputError, match=r"'skin': found 'ja' in row 0"):
            frame.score(pl.DataFrame({"skin": ["ja"], "fever": ["ja"]}), book)


class TestFields:
    """[fields]: a column, with its unit or scale, or a value for every visit."""

    def test_a_comma_before_decimals_in_text(self) -> None:
        """A point stands between thousands then: 12.500 are twelve thousand and five hundred."""
        df = pl.DataFrame(
            {
                "id": ["A", "A"],
                "date": ["01.02.2024", "05.02.2024"],
                "rash": ["1", "0"],
                "pred": ["7,5", "5"],
                "plt": ["12.500", "90.000"],
            }
        )
        sections: dict[str, Any] = {
            "visit": {"subject": "id", "date": "date", "date_format": "%d.%m.%Y"},
            "descriptors": {"absent": OTHERS},
            "fields": {
                "prednisone_mg_day": "pred",
                "platelets": {"column": "plt", "unit": "/uL"},
            },
        }
        book = Codebook(file={"decimal": ","}, **sections)
        first, second = frame.histories(df, book)["A"].visits
        assert (first.prednisone_mg_day, second.prednisone_mg_day) == (Decimal("7.5"), 5)
        assert (str(first.platelets), str(second.platelets)) == ("12500 /uL", "90000 /uL")
        with pytest.raises(InvalidInputError, match=r"row 0, .*column 'pred': .*found '\? 7.5'"):
            frame.histories(df.with_columns(pred=pl.lit("7.5")), book)
        with pytest.raises(InvalidInputError, match=r"row 0, .*column 'pred': .*found '7,5'"):
            frame.histories(df, Codebook(**sections))


class TestExample:
    """examples/visits.toml, and the snippet that the codebook was asked for with."""

    def test_the_example_needs_no_line_for_its_scores(self) -> None:
        plain = run("score", EXAMPLES / "visits.csv")
        assert plain[0] == 0
        book = EXAMPLES / "visits.toml"
        described = run("score", EXAMPLES / "visits.csv", "--codebook", book)
        ends = [out.rpartition(f"sledai {__version__}")[0] for _, out, _ in (plain, described)]
        assert ends[0] == ends[1] != ""
        assert described[::2] == plain[::2]

    def test_the_example_in_the_other_commands(self) -> None:
        options = (EXAMPLES / "visits.csv", "--codebook", EXAMPLES / "visits.toml")
        code, out, _ = run("visits", *options)
        assert (code, "40 visits of 9 patients" in out) == (0, True)
        code, out, _ = run("derive", *options)
        assert (code, "thrombocytopenia 2 35 3 leukopenia 6 31 3" in out) == (0, True)
        code, _, err = run("audit", *options)
        assert (code, "no recorded total; accepted: --recorded COLUMN, or total in" in err) == (
            2,
            True,
        )

    def test_each_line_behind_a_comment_sign_is_one(self, tmp_path: Path) -> None:
        text = (EXAMPLES / "visits.toml").read_text(encoding="utf-8")
        said = re.sub(r"(?m)^# (?=\[?[a-z_]+\]? *(=|#|$))", "", text)
        for name in ("rash", "cerebrovascular_accident", "low_complement"):
            assert f"\n{name} = " in said
        (tmp_path / "book.toml").write_text(said, encoding="utf-8")
        assert Codebook.load(tmp_path / "book.toml").recorded.clinical == "cSLEDAI"

    def test_the_snippet(self) -> None:
        df = pl.DataFrame({"joint": [True, None], "rash": [True, False]})
        absent = set(Descriptor) - {"arthritis", "rash"}
        book = Codebook(descriptors={"arthritis": "joint", "absent": absent})
        assert frame.score(df, book)["sledai_low"].to_list() == [6, 0]
