"""Visits written in any combination of layouts, words and names come back with the same scores.

Each way to write a table is a choice of a writer below, with the lines of the codebook that say so;
what must come out is summed from the published weights.
"""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from commands import run
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from spec_tables import NAMES, WEIGHTS

from examples import examples
from sledai import frame
from sledai.codebook import Codebook

Answer = bool | None


@dataclass(frozen=True)
class Visits:
    """Some visits: an answer for each descriptor, and of some what the form itself says."""

    answers: list[dict[str, Answer]]
    none: list[bool] = field(default_factory=list)  # "none of these": what is open is absent
    undone: list[bool] = field(default_factory=list)  # the form is not complete: nothing counts

    def bounds(self) -> list[tuple[int, int]]:
        found = []
        for answers, none, undone in zip(self.answers, self.none, self.undone, strict=True):
            said: dict[str, Answer] = dict.fromkeys(NAMES) if undone else dict(answers)
            if none and not undone:
                said = {name: bool(answer) for name, answer in said.items()}
            low = sum(WEIGHTS[name] for name, answer in said.items() if answer)
            open_ = sum(WEIGHTS[name] for name, answer in said.items() if answer is None)
            found.append((low, low + open_))
        return found


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How the table is written."""

    names: str
    words: tuple[str, str] | None  # or points
    missing: str
    own_words: bool  # one column in its own words
    form: bool  # columns that say something of the whole row
    others: int  # rows of another instrument
    long: bool
    titles: int
    separator: str
    encoding: str


NAMED: dict[str, tuple[Callable[[int, str], str], Callable[[], dict[str, Any]]]] = {
    "canonical": (lambda _, name: name, dict),
    "spaced": (lambda _, name: f" {name.replace('_', ' ').title()}?", dict),
    "camel": (lambda _, name: "".join(w.title() for w in name.split("_")), dict),
    "joined": (lambda _, name: name.replace("_", ""), dict),
    "weighed": (lambda n, name: f"{n}. {name} ({WEIGHTS[name]})", dict),
    "prefix": (lambda _, name: f"SLE.{name.upper()}", lambda: {"prefix": "sle."}),
    "suffix": (lambda _, name: f"{name}^v", lambda: {"suffix": "^v"}),
    "numbered": (lambda n, _: f"q[{n}]", lambda: {"numbered": "q[{}]"}),
    "others": (
        lambda n, _: f"Größe {n}",
        lambda: {n: f"Größe {i}" for i, n in enumerate(NAMES, 1)},
    ),
}
layouts = st.builds(
    Layout,
    names=st.sampled_from([*NAMED]),
    words=st.sampled_from(
        [("1", "0"), ("yes", "No"), ("ja", "nein"), ("2", "1"), ("+", "-"), None]
    ),
    missing=st.sampled_from(["", "NA", "-9", " "]),
    own_words=st.booleans(),
    form=st.booleans(),
    others=st.integers(0, 2),
    long=st.booleans(),
    titles=st.integers(0, 2),
    separator=st.sampled_from([",", ";", "\t"]),
    encoding=st.sampled_from(["utf-8", "cp1252"]),
)


@st.composite
def visits(draw: st.DrawFn) -> Visits:
    answer = st.sampled_from([True, False, False, None])
    n = draw(st.integers(1, 4))
    flags = st.lists(st.booleans(), min_size=n, max_size=n)
    rows = [{name: draw(answer) for name in NAMES} for _ in range(n)]
    return Visits(rows, draw(flags), draw(flags))


def written(made: Visits, layout: Layout) -> tuple[list[list[str]], dict[str, dict[str, Any]]]:
    """Give the rows of a table, the names first, and the lines that say how it is written."""
    called, lines_of = NAMED[layout.names]
    columns = {name: called(n, name) for n, name in enumerate(NAMES, 1)}
    lines: dict[str, dict[str, Any]] = {"descriptors": lines_of(), "answers": {}, "file": {}}
    if layout.words is None:
        lines["answers"]["points"] = True
    else:
        lines["answers"] = {"present": [layout.words[0]], "absent": [layout.words[1]]}
    if layout.missing.strip():
        lines["file"]["missing"] = [layout.missing]
    own = {"arthritis": ("oui", "non")} if layout.own_words else {}
    for name, (yes, no) in own.items():
        lines["descriptors"][name] = {"column": columns[name], "present": [yes], "absent": [no]}

    def cell(name: str, answer: Answer) -> str:
        if answer is None:
            return layout.missing
        yes, no = own.get(name, layout.words or (str(WEIGHTS[name]), "0"))
        return yes if answer else no

    header = ["id", *columns.values()]
    rows = [
        [f"V{n}", *(cell(name, answers[name]) for name in NAMES)]
        for n, answers in enumerate(made.answers)
    ]
    if layout.form:
        header += ["sledai_none", "sledai_complete"]
        rows = [
            [*row, "1" if none else "", "0" if undone else "2"]
            for row, none, undone in zip(rows, made.none, made.undone, strict=True)
        ]
        lines["rows"] = {
            "none_present_where": {"sledai_none": ["1"]},
            "not_assessed_where": {"sledai_complete": ["0"]},
        }
    if layout.others:
        width = len(header)
        header.append("redcap_repeat_instrument")
        rows = [[*row, "SLEDAI"] for row in rows]
        rows += [["V0", *[""] * (width - 1), "Drugs"]] * layout.others
        lines.setdefault("rows", {})["only_where"] = {"redcap_repeat_instrument": ["sledai"]}
    return [header, *rows], lines


def molten(
    table: list[list[str]], lines: dict[str, dict[str, Any]]
) -> tuple[list[list[str]], dict[str, dict[str, Any]]]:
    """Write one row an item, in turn through the visits; what is said of a row stays with it."""
    header, *rows = table
    of_visit = [0, *range(1 + len(NAMES), len(header))]
    long = [
        [*(row[n] for n in of_visit), header[n], row[n]]
        for n in range(1, 1 + len(NAMES))
        for row in rows
    ]
    names = [header[n] for n in of_visit]
    # Empty cells tell no visits apart.
    long = [[*(cell or "-" for cell in row[: len(names)]), *row[len(names) :]] for row in long]
    for said in lines["descriptors"].values():  # items are trimmed, as cells are
        if isinstance(said, dict):
            said["column"] = said["column"].strip()
    lines = {**lines, "long": {"visit": names, "item": "the test", "answer": "the result"}}
    return [[*names, "the test", "the result"], *long], lines


def text_of(table: list[list[str]], layout: Layout) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=layout.separator, lineterminator="\n")
    writer.writerows([["Export of visits"]] * layout.titles)
    writer.writerows(table)
    return out.getvalue()


# To shrink a table takes minutes, and its layout says enough.
@settings(max_examples=examples(40), phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(visits(), layouts)
def test_written_and_read_back(made: Visits, layout: Layout) -> None:
    if not layout.form:
        made = Visits(made.answers, [False] * len(made.answers), [False] * len(made.answers))
    table, lines = written(made, layout)
    if layout.long:
        table, lines = molten(table, lines)
    if layout.titles:
        lines["file"]["header_row"] = layout.titles + 1
    lines["file"] |= {"separator": layout.separator, "encoding": layout.encoding}
    with TemporaryDirectory() as folder:
        file, book, out = (Path(folder) / name for name in ("in.csv", "book.toml", "out.csv"))
        file.write_text(text_of(table, layout), encoding=layout.encoding)
        Codebook(**lines).dump(book)
        code, _, err = run("score", file, "--codebook", book, "-o", out)
        assert (code, err) == (0, "")
        scored = pl.read_csv(out).sort("id")
        assert scored.select("sledai_low", "sledai_high").rows() == made.bounds()
        _proposal_is_right_or_open(file, made)
    if not layout.long:
        cells = dict(zip(table[0], zip(*table[1:], strict=True), strict=True))
        df = pl.DataFrame(cells).with_columns(pl.all().replace("", None))
        found = frame.score(df, Codebook(**lines)).select("sledai_low", "sledai_high")
        assert found.rows() == made.bounds()


def _proposal_is_right_or_open(file: Path, made: Visits) -> None:
    """Whoever takes a proposal as it is gets the scores, or is asked, or refused."""
    proposed = Codebook.propose(file)
    if proposed.questions:
        return
    book, out = file.with_name("proposed.toml"), file.with_name("proposed.csv")
    proposed.dump(book)
    code, _, _ = run("score", file, "--codebook", book, "-o", out)
    if code:
        assert code == 2
        return
    scored = pl.read_csv(out).sort("id")
    assert scored.select("sledai_low", "sledai_high").rows() == made.bounds()
