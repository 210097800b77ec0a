"""Every index, by cases that were typed from its publication: the tables, and a few more here.

Of the visits of a table that part is kept which the index asks for, and what a case changes.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import product
from typing import Any

import spec_tables
from conformance.scores import NOBODY, sums
from conformance.vector import Vector, answers

Fields = dict[str, Any]
FIRST = date(2024, 1, 1)
LATER = {"indices": date(2024, 3, 1), "endpoints": date(2024, 7, 1)}
NAMES = {"sfi": "SFI", "sri": "SRI", "lldas": "LLDAS", "doris": "DORIS"}
AT_ONE_VISIT = {
    "DORIS",
    "cCR",
    "cCR-0",
    "DORIS 2017 on treatment",
    "DORIS 2017 complete",
    "disease control",
}
DRUGS = {f"new_{drug}" for drug in ("nsaid", "hydroxychloroquine", "cyclophosphamide")} | {
    f"new_{drug}" for drug in ("azathioprine", "methotrexate", "mycophenolate")
}
SIGNS = {f"new_or_worse_{sign}" for sign in ("rash", "nasopharyngeal_ulcers", "pleuritis")} | {
    f"new_or_worse_{sign}"
    for sign in ("pericarditis", "arthritis", "fever", "cns_lupus", "vasculitis")
}
SIGNS |= {"new_or_worse_nephritis", "new_or_worse_myositis"}
DOSE, GLOBAL = "prednisone_mg_day", "physician_global"
ASKED = {
    "SFI": (
        {"assessment", GLOBAL, DOSE, "hemoglobin"},
        {"assessment", GLOBAL, DOSE, "hemoglobin", "weight_kg", "platelets", "hemolytic_anemia"}
        | {"hospitalized_for_lupus", *DRUGS, *SIGNS},
    ),
    "SRI": ({"assessment", GLOBAL}, {"assessment", GLOBAL}),
    "LLDAS": (
        {"assessment"},
        {"assessment", GLOBAL, DOSE, "hemolytic_anemia", "gastrointestinal_activity"}
        | {"new_lupus_activity", "maintenance_doses"},
    ),
    "DORIS": (set[str](), {"assessment", GLOBAL, DOSE, "stable_treatment"}),
}
SOURCES = {
    "SFI": ("Petri 1999, PMID 10568907", "flare index"),
    "SRI": ("Furie 2009, PMC2748175", "definition of the responder index"),
    "LLDAS": ("Franklyn 2016, Ann Rheum Dis 2016;75:1615-21", "Table 1"),
    "DORIS": ("van Vollenhoven 2021, PMID 34819388", "abstract; Table 2"),
    "cLLDAS": ("definition of cLLDAS, PMID 36934849", "abstract"),
    "cCR": ("Clin Immunol 2024;263:110214", "abstract"),
    "cCR-0": ("Clin Immunol 2024;263:110214", "abstract"),
    "DORIS 2017 on treatment": ("DORIS 2017, as PMC7719036 has it", "table 1"),
    "DORIS 2017 complete": ("DORIS 2017, as PMC7719036 has it", "table 1"),
    "disease control": ("NCT03312907", "disease control among the outcomes"),
    "BICLA": ("BICLA at ePROVIDE", "definition of a responder"),
    "grade of change": ("PMC8766607", "table 3"),
    "loss of improvement": ("analysis plan of XmAb5871-04", "loss of improvement"),
    "steroid sparing": ("tabalumab phase 3, outcomes", "footnote c"),
    "adjusted mean": ("Ibanez 2003, J Rheumatol 2003;30:1977-82", "abstract, methods"),
}


def asked(
    index: str, parameters: Fields, visits: Iterable[Fields], expect: Any, note: str
) -> Vector:
    publication, locator = SOURCES[index]
    return Vector(
        kind="indices",
        ask="index",
        input={"index": index, "parameters": parameters, "visits": [*visits]},
        expect=expect,
        note=f"{index}: {note}",
        publication=publication,
        locator=locator,
    )


def visit_of(fields: Fields, when: date) -> Fields:
    """A visit of a question: `others` says that yes or no is no where it is not named."""
    fields = dict(fields)
    visit: Fields = {"date": when.isoformat()}
    if False in fields.values():
        visit["others"] = False
    if "assessment" in fields:
        given = fields.pop("assessment")
        visit["answers"] = (
            None if given is None else answers(given["present"], given["not_assessed"])
        )
    return visit | {name: value for name, value in fields.items() if value is not False}


def tables() -> Iterator[Vector]:
    for table, key in (("indices", "index"), ("endpoints", "endpoint")):
        bases = json.loads((spec_tables.SPEC / f"{table}_base.json").read_text(encoding="utf-8"))
        for row in spec_tables.rows(f"{table}.csv"):
            index = NAMES.get(row[key], row[key])
            visits: list[Fields] = []
            for place, which in enumerate(("earlier", "later")):
                base, changed = bases[row[key]].get(which, {}), json.loads(row[which])
                if index in ASKED and table == "indices":
                    base = {n: v for n, v in base.items() if n in ASKED[index][place]}
                when = FIRST if which == "earlier" else LATER[table]
                visits.append(visit_of({**base, **changed}, when))
            parameters = json.loads(row["parameters"])
            if index == "SRI" and table == "indices":
                parameters = {"new_bilag_a": 0, "new_bilag_b": 0, **parameters}
            if index in AT_ONE_VISIT:
                visits = visits[1:]
            outcome = row["outcome"]
            expect = outcome.split("|") if index == "SFI" else outcome.replace("_", " ")
            yield asked(index, parameters, visits, expect, row["note"])


def of_totals(course: Iterable[tuple[int, int]]) -> list[Fields]:
    """Visits by days from the first, of which the recorded total is known and nothing else."""
    return [
        {"date": (FIRST + timedelta(day)).isoformat(), "total_score": total}
        for day, total in course
    ]


def of_answers(course: Iterable[tuple[int, str, str]]) -> list[Fields]:
    return [
        {
            "date": (FIRST + timedelta(day)).isoformat(),
            "answers": answers(present.split(), open_.split()),
        }
        for day, present, open_ in course
    ]


def grades() -> Iterator[Vector]:
    """+8 or more, +4 to +7, within 3, -4 or less."""
    for before, now, grade in (
        (0, 105, "much worse"),
        (0, 8, "much worse"),
        (0, 7, "mildly or moderately worse"),
        (10, 14, "mildly or moderately worse"),
        (10, 13, "stable"),
        (10, 10, "stable"),
        (10, 7, "stable"),
        (10, 6, "improved"),
        (100, 3, "improved"),
    ):
        visits = of_totals([(0, before), (60, now)])
        yield asked("grade of change", {}, visits, [grade], f"total {before}, then {now}")
    for earlier, later, expect, note in (
        (("rash", ""), ("rash", "fever"), "stable", "0 or 1 more"),
        (("", ""), ("rash fever", "leukopenia"), "mildly or moderately worse|stable", "3 or 4"),
        (("", ""), ("arthritis", "myositis"), "much worse|mildly or moderately worse", "4 or 8"),
        (("arthritis", ""), ("", "arthritis"), "stable|improved", "0 or 4 less"),
        (
            ("arthritis", "seizure"),
            ("arthritis", "vasculitis"),
            "much worse|stable|improved",
            "8 less, the same or 8 more",
        ),
    ):
        visits = of_answers([(0, *earlier), (60, *later)])
        yield asked("grade of change", {}, visits, expect.split("|"), note)


def losses() -> Iterator[Vector]:
    """A rise of 4 or more from the best before, and therapy would be increased."""
    for totals, more, expect in (
        ([12, 4, 8], True, "met"),
        ([12, 4, 7], True, "not met"),
        ([12, 4, 8], False, "not met"),
        ([12, 4, 8], None, "undetermined"),
        ([12, 2, 6, 4], True, "not met"),
        ([12, 2, 4, 6], True, "met"),
        ([2, 12, 6], True, "met"),
        ([4, 8], True, "met"),
        ([8, 100], True, "met"),
    ):
        visits = of_totals((30 * n, total) for n, total in enumerate(totals))
        visits[-1]["would_increase_therapy"] = more
        note = f"totals {', '.join(map(str, totals))}; therapy would be increased: {more}"
        yield asked("loss of improvement", {}, visits, expect, note)


Dose = tuple[int, float | None, bool | None]


def sparings() -> Iterator[Vector]:
    """Above 7.5 mg, lowered by 25 % to 7.5 for 3 months of weeks 24 to 52, no increase."""
    courses: tuple[tuple[list[Dose], str, str], ...] = (
        ([(0, 10, None), (168, 7.5, False), (260, 7.5, False)], "met", "17 June to 17 September"),
        ([(0, 10, None), (168, 7.5, False), (259, 7.5, False)], "undetermined", "a day short"),
        ([(0, 10, None), (168, 7.5, False), (370, 7.5, False)], "not met", "beyond week 52"),
        ([(0, 10, None), (273, 5, False), (364, 5, False)], "met", "30 September to 30 December"),
        ([(0, 10, None), (274, 5, False), (364, 5, False)], "not met", "a day too late"),
        ([(0, 9, None), (168, 6.75, False), (260, 6.75, False)], "met", "lowered by a quarter"),
        ([(0, 9, None), (168, 6.76, False), (364, 6.76, False)], "not met", "by less"),
        ([(0, 7.5, None), (168, 0, False), (364, 0, False)], "not met", "baseline on the limit"),
        ([(0, 7.51, None), (168, 0, False), (364, 0, False)], "met", "baseline above it"),
        (
            [(0, 10, None), (200, 5, False), (250, 8, False), (364, 5, False)],
            "not met",
            "a higher dose between",
        ),
        (
            [(0, 10, None), (200, 5, False), (250, None, False), (364, 5, False)],
            "undetermined",
            "a dose between not known",
        ),
        (
            [(0, 10, None), (100, 5, True), (200, 5, False), (364, 5, False)],
            "not met",
            "an increase of other drugs before",
        ),
        (
            [(0, 10, None), (200, 5, False), (300, 5, False), (340, 5, True)],
            "met",
            "an increase of other drugs after",
        ),
        ([(0, None, None), (200, 5, False), (364, 5, False)], "undetermined", "baseline not known"),
        ([(0, None, None), (200, 8, False), (364, 8, False)], "not met", "not low in any case"),
        ([(0, 10, None)], "undetermined", "baseline alone, visits may follow"),
        ([(0, 10, None), (273, 20, False)], "not met", "no three months are left"),
        ([(0, 10, None), (272, 20, False)], "undetermined", "three months are left"),
    )
    for course, expect, note in courses:
        visits: list[Fields] = [
            {
                "date": (FIRST + timedelta(day)).isoformat(),
                "prednisone_mg_day": dose,
                "increased_background": increased,
            }
            for day, dose, increased in course
        ]
        yield asked("steroid sparing", {}, visits, expect, note)


def means() -> Iterator[Vector]:
    """Trapezoids between visits by their days, over the time from the first to the last."""
    for course, mean in (
        ([(0, 8), (60, 0)], 4),
        ([(0, 8), (30, 4), (60, 0)], 4),
        ([(0, 16), (10, 0), (100, 0)], 0.8),
        ([(0, 4), (1, 4)], 4),
        ([(0, 0), (90, 0)], 0),
        ([(0, 10), (20, 20), (80, 4)], 12.75),
        ([(0, 105), (365, 105)], 105),
    ):
        note = ", ".join(f"total {total} on day {day}" for day, total in course)
        expect = {"low": mean, "high": mean}
        yield asked("adjusted mean", {}, of_totals(course), expect, note)
    two = of_answers([(0, "", ""), (10, "rash", "arthritis")])
    yield asked("adjusted mean", {}, two, {"low": 1, "high": 3}, "0, then 2 or 6")
    three = of_answers([(0, "rash", "fever"), (30, "rash", "seizure"), (60, "rash", "pyuria")])
    rash = frozenset({"rash"})
    ends = [sums(rash, frozenset({d}), NOBODY) for d in ("fever", "seizure", "pyuria")]
    found = [(a + 2 * b + c) / 4 for a, b, c in product(*ends)]  # two intervals of the same length
    expect = {"low": min(found), "high": max(found)}
    yield asked("adjusted mean", {}, three, expect, "one answer open at each of three visits")


def indices() -> Iterator[Vector]:
    for part in (tables, grades, losses, sparings, means):
        yield from part()
