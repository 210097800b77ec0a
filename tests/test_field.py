"""Data as people have it: each kind of file, with its codebook, gives the scores that it means."""

import csv
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest
from commands import run
from spec_tables import NAMES

from sledai import InvalidInputError, frame
from sledai.codebook import Codebook
from sledai.definitions import Edition

FIELD = Path(__file__).parents[2] / "shared" / "field"

LEFT_OUT = {
    "study-day": "expects 2 for proteinuria alone, whose published weight is 4",
    "spanish-camel": "expects 4 to 6 where fever alone is not known, whose published weight is 1",
    "redcap-repeat": "expects one of the two visits that are of the instrument that is asked for",
}


def named(name: str) -> list[dict[str, str]]:
    path = FIELD / name
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def table(path: str) -> list[dict[str, str]]:
    return pl.read_csv(path, infer_schema=False).fill_null("").to_dicts()


@pytest.mark.skipif(not FIELD.exists(), reason="the files of the field are not at hand")
@pytest.mark.parametrize("case", named("cases.csv"), ids=lambda case: case["name"])
def test_files_of_the_field(
    case: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = case["name"]
    if name in LEFT_OUT:
        pytest.skip(LEFT_OUT[name])
    monkeypatch.chdir(tmp_path)
    book = FIELD / f"{name}.toml"
    code, _, err = run(case["command"], FIELD / case["input"], "--codebook", book, "-o", "out.csv")
    assert (code, err) == (0, "")
    expected = named(f"{name}.expected.csv")
    found = table("out.csv")
    assert [{key: row[key] for key in expected[0]} for row in found] == expected


SHORT = {  # as forms of REDCap abbreviate them
    "visual_disturbance": "vd",
    "cranial_nerve_disorder": "cnd",
    "lupus_headache": "lh",
    "urinary_casts": "uc",
    "mucosal_ulcers": "mu",
    "low_complement": "lc",
    "increased_dna_binding": "idb",
    "thrombocytopenia": "throm",
    "leukopenia": "leu",
    "organic_brain_syndrome": "obs",
    "cerebrovascular_accident": "cva",
}
SHORT_LINES = "\n".join(
    f'{name} = "sledai_{short}"' for name, short in SHORT.items() if short not in {"obs", "cva"}
)
REDCAP = [f"sledai_{SHORT.get(name, name)}" for name in NAMES]
FOR_DORIS = (
    "hemolytic_anemia",
    "gastrointestinal_activity",
    "maintenance_doses",
    "stable_treatment",
)
GERMAN = {
    "seizure": "Krampfanfall",
    "psychosis": "Psychose",
    "organic_brain_syndrome": "Hirnorganisches_Syndrom",
    "visual_disturbance": "Sehstörung",
    "cranial_nerve_disorder": "Hirnnervenstörung",
    "lupus_headache": "Kopfschmerz",
    "cerebrovascular_accident": "Apoplex",
    "vasculitis": "Vaskulitis",
    "arthritis": "Arthritis",
    "myositis": "Myositis",
    "urinary_casts": "Zylindrurie",
    "hematuria": "Hämaturie",
    "proteinuria": "Proteinurie",
    "pyuria": "Pyurie",
    "rash": "Exanthem",
    "alopecia": "Alopezie",
    "mucosal_ulcers": "Ulzera",
    "pleurisy": "Pleuritis",
    "pericarditis": "Perikarditis",
    "low_complement": "Komplement",
    "increased_dna_binding": "Anti-dsDNS",
    "fever": "Fieber",
    "thrombocytopenia": "Thrombozytopenie",
    "leukopenia": "Leukopenie",
}


def camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def cells(
    present: str = "",
    *,
    yes: str = "1",
    no: str = "0",
    open_: str = "",
    unknown: str = "",
    without: str = "",
) -> list[str]:
    """The cells of a visit, in the order of the form."""
    assert {*present.split(), *open_.split(), *without.split()} <= {*NAMES}
    said = dict.fromkeys(present.split(), yes) | dict.fromkeys(open_.split(), unknown)
    return [said.get(name, no) for name in NAMES if name != without]


def lines(header: Iterable[str], *rows: Iterable[str], separator: str = ",") -> str:
    return "".join(f"{separator.join(row)}\n" for row in (header, *rows))


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A file and its codebook, and the columns that must come out, row by row."""

    file: str
    book: str = ""
    command: str = "score"
    expected: list[dict[str, str]]
    said: str = ""
    encoding: str = "utf-8"
    refused_text: str = ""  # what is said of a frame of text alone


DOORS: dict[str, Callable[[Any, Codebook], Any]] = {
    "score": frame.score,
    "visits": frame.by_visit,
    "derive": partial(frame.derive, edition=Edition.SELENA),
}


def bounds(*scores: tuple[str, str], **others: list[str]) -> list[dict[str, str]]:
    """The columns of others, and the bounds of each total, typed from the published weights."""
    return [
        {name: column[n] for name, column in others.items()}
        | {"sledai_low": low, "sledai_high": high}
        for n, (low, high) in enumerate(scores)
    ]


KINDS = {
    "capital letters behind a prefix, a blank for not assessed": Kind(
        file=lines(
            ["Patient", "slicc_factor", *(f"SLEDAI_{n}".upper() for n in NAMES)],
            ["X1", "1", *cells("arthritis rash")],
            ["X2", "2", *cells("low_complement", open_="fever", unknown=" ")],
        ),
        book='[descriptors]\nprefix = "SLEDAI_"\n',
        expected=bounds(("6", "6"), ("2", "3"), Patient=["X1", "X2"]),
    ),
    "a box for none of them, and a form that is not complete": Kind(
        file=lines(
            ["record_id", *REDCAP, "sledai_none", "sledai_2k_complete"],
            ["1", *cells("arthritis"), "0", "2"],
            ["2", *cells(no=""), "1", "2"],
            ["3", *cells("rash", no=""), "1", "2"],
            ["4", *cells("rash"), "0", "0"],
            ["5", *cells(no=""), "", "2"],
        ),
        book="[rows]\n"
        'not_assessed_where = { sledai_2k_complete = ["0", "1"] }\n'
        'none_present_where = { sledai_none = ["1"] }\n'
        f'[descriptors]\nprefix = "sledai_"\n{SHORT_LINES}\n',
        expected=bounds(("4", "4"), ("0", "0"), ("2", "2"), ("0", "105"), ("0", "105")),
        said="nothing assessed (not_assessed_where): 1 rows "
        "nothing else present (none_present_where): 2 rows",
    ),
    "labels of boxes": Kind(
        file=lines(
            ["record_id", *REDCAP, "sledai_2k_complete"],
            ["1", *cells("arthritis", yes="Checked", no="Unchecked"), "Complete"],
        ),
        book='[answers]\npresent = ["Checked"]\nabsent = ["Unchecked"]\n'
        f'[descriptors]\nprefix = "sledai_"\n{SHORT_LINES}\n',
        expected=bounds(("4", "4")),
    ),
    "1 for no, 2 for yes": Kind(
        file=lines(
            ["id", *NAMES], ["A", *cells(no="1")], ["B", *cells("arthritis", yes="2", no="1")]
        ),
        book='[answers]\npresent = ["2"]\nabsent = ["1"]\n',
        expected=bounds(("0", "0"), ("4", "4")),
    ),
    "t and f, names run together, a total that was written down": Kind(
        file=lines(
            [
                "visitingid",
                *(
                    {"cerebrovascular_accident": "cva", "urinary_casts": "casts"}.get(
                        n, n.replace("_", "")
                    )
                    for n in NAMES
                ),
                "sledai_total",
            ],
            ["1", *cells("arthritis rash", yes="t", no="f"), "7"],
        ),
        book='[answers]\npresent = ["t"]\nabsent = ["f"]\n'
        '[descriptors]\nurinary_casts = "casts"\n[recorded]\ntotal = "sledai_total"\n',
        expected=[{"sledai_low": "6", "sledai_total": "7", "sledai_total_computed": "6"}],
    ),
    "camelCase, words of another language, a comma before decimals": Kind(
        file=lines(
            ["ID", *(f"sledai{camel(n)}" for n in NAMES), "Proteinuria", "Dosis"],
            ["P1", *cells("arthritis rash", yes="SI", no="NO"), '"0,3"', "5"],
            [
                "P1",
                *cells("arthritis", yes="SI", no="NO", open_="fever", unknown="NA"),
                "1",
                '"7,5"',
            ],
        ),
        book='[file]\ndecimal = ","\nmissing = ["NA"]\n[answers]\npresent = ["SI"]\n'
        'absent = ["NO"]\n[descriptors]\nprefix = "sledai"\n',
        expected=bounds(("6", "6"), ("4", "5"), Dosis=["5", "7,5"]),
    ),
    "a laboratory value called as an item is": Kind(
        file=lines(
            ["id", "dsdna", *(n for n in NAMES if n != "increased_dna_binding")],
            ["1", "35.2", *cells("rash", without="increased_dna_binding")],
            ["2", "1", *cells("rash", without="increased_dna_binding")],
        ),
        book='[descriptors]\nnot_collected = ["increased_dna_binding"]\nno_items = ["dsdna"]\n',
        expected=bounds(("2", "4"), ("2", "4")),
        said="no items: dsdna not collected: increased_dna_binding",
    ),
    "the same names once with a prefix and once without": Kind(
        file=lines(
            ["id", "arthritis", "cva", *(f"sledai_{n}" for n in NAMES)],
            ["P1", "1", "1", *cells()],
            ["P2", "0", "0", *cells("arthritis proteinuria")],
        ),
        book='[descriptors]\nprefix = "sledai_"\nno_items = ["arthritis", "cva"]\n',
        expected=bounds(("0", "0"), ("8", "8")),
    ),
    "rows of other instruments": Kind(
        file=lines(
            ["record_id", "redcap_repeat_instrument", *NAMES],
            ["1", "", *cells(no="")],
            ["1", "sledai", *cells("arthritis")],
            ["1", "medication", *cells(no="")],
            ["1", "sledai", *cells("rash")],
        ),
        book='[rows]\nonly_where = { redcap_repeat_instrument = ["sledai"] }\n',
        expected=bounds(("4", "4"), ("2", "2")),
        said="left out, as no visits (only_where): 2 rows",
    ),
    "names by the number on the form": Kind(
        file=lines(
            ["record_id", *(f"items___{n}" for n in range(1, 25))], ["1", *cells("arthritis")]
        ),
        book='[descriptors]\nnumbered = "items___{}"\n',
        expected=bounds(("4", "4")),
    ),
    "a row for each item": Kind(
        file=lines(
            ["USUBJID", "QSTEST", "QSORRES", "VISIT", "QSCAT"],
            *(
                [subject, name.replace("_", " ").title(), said, visit, "SLEDAI"]
                for subject, visit, present in (("S1", "W0", "arthritis rash"), ("S2", "W0", ""))
                for name, said in zip(
                    NAMES, cells(present, yes="PRESENT", no="ABSENT"), strict=True
                )
            ),
        ),
        book='[long]\nvisit = ["USUBJID", "VISIT"]\nitem = "QSTEST"\nanswer = "QSORRES"\n',
        expected=bounds(("6", "6"), ("0", "0"), USUBJID=["S1", "S2"], VISIT=["W0", "W0"]),
    ),
    "a global assessment from 0 to 10": Kind(  # of which DORIS takes less than 0.5 of 3
        file=lines(
            ["id", "date", "Actividad", "Dosis", *FOR_DORIS, *NAMES],
            ["A", "2025-01-10", "2", "5", "no", "no", "yes", "yes", *cells("low_complement")],
            ["A", "2025-07-10", "1", "5", "no", "no", "yes", "yes", *cells("low_complement")],
        ),
        book='[visit]\nsubject = "id"\ndate = "date"\n[fields]\n'
        'physician_global = { column = "Actividad", scale = [0, 10] }\n'
        'prednisone_mg_day = "Dosis"\n',
        command="visits",
        expected=[{"sledai_low": "2", "sledai_doris": said} for said in ("not_met", "met")],
        said="Actividad as physician_global 0-10, Dosis as prednisone_mg_day",
    ),
    "what holds at every visit": Kind(
        file=lines(
            ["id", "date", "physician_global", "prednisone_mg_day", *NAMES],
            ["A", "2024-01-10", "0.5", "5", *cells("rash")],
            ["A", "2024-07-10", "0.2", "0", *cells("low_complement")],
        ),
        book='[visit]\nsubject = "id"\ndate = "date"\n[fields]\nhemolytic_anemia = false\n'
        "gastrointestinal_activity = false\nmaintenance_doses = true\nstable_treatment = true\n",
        command="visits",
        expected=[{"sledai_low": "2", "sledai_doris": said} for said in ("not_met", "met")],
        said="asserted at every visit: hemolytic_anemia no, gastrointestinal_activity no, "
        "maintenance_doses yes, stable_treatment yes",
    ),
    "days of a study": Kind(
        file=lines(
            ["ID", "day", "uPCR", *NAMES],
            ["X", "28", "0.6", *cells()],
            ["X", "-14", "1.5", *cells("proteinuria")],
        ),
        book='[visit]\nsubject = "ID"\nday = "day"\n',
        command="visits",
        expected=[  # the change is that from the day before, wherever it stands
            {"day": "28", "sledai_low": "0", "sledai_change_low": "-4"},
            {"day": "-14", "sledai_low": "4", "sledai_change_low": ""},
        ],
    ),
    "units in a column": Kind(
        file=lines(
            ["id", "plt", "plt_units"],
            ["A", "92", "10*9/L"],
            ["B", "88000", "/uL"],
            ["C", "92000", "/uL"],
            ["D", "120", "10*9/L"],
            ["E", "", ""],
        ),
        book='[findings]\nplatelets = { column = "plt", unit_column = "plt_units" }\n',
        command="derive",
        refused_text="column 'plt' holds no numbers",
        expected=[{"thrombocytopenia": said} for said in ("true", "true", "true", "false", "")],
    ),
    "another separator, encoding and language": Kind(
        file=lines(
            ["ID", *GERMAN.values()],
            ["A", *cells("arthritis rash", yes="ja", no="nein")],
            separator=";",
        ),
        book='[file]\nseparator = ";"\nencoding = "cp1252"\n[answers]\npresent = ["ja"]\n'
        'absent = ["nein"]\n[descriptors]\n'
        + "".join(f'{name} = "{theirs}"\n' for name, theirs in GERMAN.items()),
        encoding="cp1252",
        expected=bounds(("6", "6")),
    ),
    "totals that were recorded, and no items": Kind(
        file=lines(
            ["ptno", "assdt", "sledai2", "PGA"],
            ["1", "1999-02-01", "8", "1.5"],
            ["1", "1999-05-03", "2", "0.5"],
            ["1", "1999-09-01", "0", "0.2"],
            ["2", "1999-09-01", "", "0.2"],
        ),
        book='[visit]\nsubject = "ptno"\ndate = "assdt"\n[recorded]\ntotal = "sledai2"\n'
        '[fields]\nphysician_global = { column = "PGA", scale = [0, 3] }\n',
        command="visits",
        expected=[
            {"sledai_low": "8", "sledai_high": "8", "sledai_change_low": "", "sledai_class": ""},
            {
                "sledai_low": "2",
                "sledai_high": "2",
                "sledai_change_low": "-6",
                "sledai_class": "improvement",
            },
            {
                "sledai_low": "0",
                "sledai_high": "0",
                "sledai_change_low": "-2",
                "sledai_class": "remission",
            },
            {"sledai_low": "0", "sledai_high": "105", "sledai_change_low": "", "sledai_class": ""},
        ],
        said="recorded scores read: sledai2 as total",
    ),
    "columns without a name at the end": Kind(
        file=lines(["id", *NAMES, "", ""], ["A", *cells("rash"), "", ""]),
        expected=bounds(("2", "2")),
    ),
}


@pytest.fixture(params=[*KINDS.values()], ids=[*KINDS])
def kind(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kind:
    monkeypatch.chdir(tmp_path)
    kind: Kind = request.param
    Path("in.csv").write_text(kind.file, encoding=kind.encoding)
    Path("book.toml").write_text(kind.book, encoding="utf-8")
    return kind


class TestKinds:
    """What was met in data that are public: REDCap, PostgreSQL, SDTM, tables of clinics."""

    def test_a_file(self, kind: Kind) -> None:
        code, out, err = run(kind.command, "in.csv", "--codebook", "book.toml", "-o", "out.csv")
        assert (code, err) == (0, "")
        assert [{key: row[key] for key in kind.expected[0]} for row in table("out.csv")] == (
            kind.expected
        )
        assert kind.said in out

    @pytest.mark.parametrize("types", ["text", "inferred", "pandas"])
    def test_the_frame_that_is_read_from_it(self, kind: Kind, types: str) -> None:
        book = Codebook.load("book.toml")
        options: Any = {"separator": book.file.separator or ",", "encoding": book.file.encoding}
        df: Any
        if types == "pandas":
            df = pd.read_csv("in.csv", sep=options["separator"], encoding=options["encoding"])
        else:
            df = pl.read_csv("in.csv", infer_schema=types == "inferred", **options)
        refused = kind.refused_text if types == "text" else ""
        if refused:
            with pytest.raises(InvalidInputError, match=re.escape(refused)):
                DOORS[kind.command](df, book)
            return
        pl.DataFrame(DOORS[kind.command](df, book)).write_csv("out.csv")
        mine = [name for name in kind.expected[0] if name not in df.columns]
        assert [{name: row[name] for name in mine} for row in table("out.csv")] == [
            {name: row[name] for name in mine} for row in kind.expected
        ]
