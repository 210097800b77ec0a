"""Totals, clinical scores, bounds, and the verdict of NCT05765006: sums over all completions."""

from collections.abc import Callable, Iterable, Iterator
from itertools import product

import spec_tables
from conformance.vector import INSTRUMENT, Vector, answers, chance
from spec_tables import NAMES, SEROLOGIC, WEIGHTS

TRIAL = "NCT05765006"
Names = frozenset[str]
ALL = frozenset(NAMES)
NOBODY: Names = frozenset()


def some_visit(seed: str) -> tuple[Names, Names]:
    """A visit of chance: about one descriptor in four present and one in eight not assessed."""
    bits = chance(seed)
    eighths = {name: bits >> 3 * place & 7 for place, name in enumerate(NAMES)}
    present = frozenset(name for name, n in eighths.items() if n < 2)
    return present, frozenset(name for name, n in eighths.items() if n == 2)


def completions(present: Iterable[str], open_: Iterable[str]) -> Iterator[set[str]]:
    unknown = sorted(open_)
    for filled in product((False, True), repeat=len(unknown)):
        yield {*present, *(name for name, yes in zip(unknown, filled, strict=True) if yes)}


def sums(present: Names, open_: Names, without: Names) -> set[int]:
    """Every score that some completion has: each answer that is open doubles the visits."""
    found = {spec_tables.total_of(set(present - without))}
    for name in open_ - without:
        found |= {score + WEIGHTS[name] for score in found}
    return found


def totals() -> Iterator[Vector]:
    def total(
        present: Names, note: str, source: str, locator: str, open_: Names = NOBODY
    ) -> Vector:
        return Vector(
            kind="totals",
            ask="total",
            input={"answers": answers(present, open_)},
            expect=None if open_ else spec_tables.total_of(set(present)),
            note=note,
            publication=source,
            locator=locator,
        )

    weights = "weights of the 24 descriptors"
    yield total(NOBODY, "none present", INSTRUMENT, weights)
    yield total(ALL, "all present", INSTRUMENT, weights)
    for row in spec_tables.DESCRIPTORS:
        one = frozenset({row["descriptor"]})
        yield total(one, f"{row['descriptor']} alone", row["source"], row["locator"])
    for row in spec_tables.DESCRIPTORS:
        one = frozenset({row["descriptor"]})
        yield total(ALL - one, f"all but {row['descriptor']}", row["source"], row["locator"])
        note = f"{row['descriptor']} not assessed"
        yield total(NOBODY, note, row["source"], "a total counts all 24", one)
    for row in spec_tables.rows("worked_examples.csv"):
        present = frozenset(row["present"].split())
        if spec_tables.total_of(set(present)) != int(row["stated_score"]):
            raise AssertionError(row)
        yield total(present, row["id"].replace("_", " "), row["source"], row["locator"])
    for n in range(60):
        present, _ = some_visit(f"total {n}")
        yield total(present, "of chance", INSTRUMENT, weights)


def clinical() -> Iterator[Vector]:
    meanings: dict[str, list[dict[str, str]]] = {}
    for row in spec_tables.rows("exclusions.csv"):
        meanings.setdefault(row["name"], []).append(row)
    for meaning, rows in meanings.items():
        without = frozenset(row["descriptor"] for row in rows)
        said = meaning.replace("_", " ")

        def score(
            present: Names,
            note: str,
            open_: Names = NOBODY,
            *,
            without: Names = without,
            said: str = said,
            row: dict[str, str] = rows[0],
        ) -> Vector:
            counted = open_ - without
            return Vector(
                kind="clinical",
                ask="clinical",
                input={
                    "answers": answers(present, open_),
                    "excluding": [name for name in NAMES if name in without],
                },
                expect=None if counted else spec_tables.total_of(set(present - without)),
                note=f"{said}: {note}",
                publication=row["source"],
                locator=row["locator"],
            )

        yield score(NOBODY, "none present")
        yield score(ALL, "all present")
        yield score(ALL - without, "what is left out not assessed, all others present", without)
        for name in NAMES:
            one = frozenset({name})
            yield score(one, f"{name} alone")
            if name not in without:
                yield score(NOBODY, f"{name} not assessed", one)
        for n in range(6):
            present, open_ = some_visit(f"{meaning} {n}")
            yield score(present, "of chance", open_ & without)


def bounds() -> Iterator[Vector]:
    def range_of(present: Names, open_: Names, note: str, without: Names = NOBODY) -> Vector:
        possible = sums(present, open_, without)
        return Vector(
            kind="bounds",
            ask="bounds",
            input={
                "answers": answers(present, open_),
                "excluding": [name for name in NAMES if name in without],
            },
            expect={"low": min(possible), "high": max(possible)},
            note=note,
            publication=INSTRUMENT,
            locator="weights of the 24 descriptors, over all completions",
        )

    for without, said in ((NOBODY, "total"), (frozenset(SEROLOGIC), "clinical")):
        yield range_of(NOBODY, ALL, f"{said}: nothing assessed", without)
        yield range_of(NOBODY, NOBODY, f"{said}: none present", without)
        yield range_of(ALL, NOBODY, f"{said}: all present", without)
        for name in NAMES:
            yield range_of(NOBODY, frozenset({name}), f"{said}: {name} alone open", without)
        for n in range(40):
            present, open_ = some_visit(f"{said} {n}")
            yield range_of(present, open_, f"{said}: of chance", without)


def verdicts() -> Iterator[Vector]:
    source = {"publication": TRIAL, "locator": "inclusion criterion 6"}
    for row in spec_tables.rows("trial_nct05765006.csv"):
        scores = {"total": int(row["total"]), "clinical": int(row["clinical"])}
        yield Vector(
            kind="verdicts",
            ask="verdict",
            input={"trial": TRIAL, "scores": scores},
            expect="met" if row["meets"] == "yes" else "not met",
            note=row["clause"],
            **source,
        )
    clinical_parts = {
        0: "",
        4: "arthritis",
        5: "arthritis fever",
        6: "arthritis rash",
        7: "arthritis rash fever",
        8: "arthritis myositis",
    }
    open_parts = ("", "leukopenia", "alopecia", "pyuria leukopenia")
    for points, there in clinical_parts.items():
        for pending in open_parts:
            for serology in product((False, True, None), repeat=2):
                pair = dict(zip(sorted(SEROLOGIC), serology, strict=True))
                present = {*there.split(), *(d for d, answer in pair.items() if answer)}
                unknown = {*pending.split(), *(d for d, answer in pair.items() if answer is None)}
                note = f"clinical {points}, open: {', '.join(sorted(unknown)) or 'nothing'}"
                yield from judged(
                    "verdicts", TRIAL, present, unknown, note, meets_nct05765006, source
                )


def meets_nct05765006(present: set[str]) -> bool:
    return spec_tables.meets_nct05765006(
        spec_tables.total_of(present), spec_tables.clinical_of(present)
    )


def judged(
    kind: str,
    trial: str,
    present: Iterable[str],
    open_: Iterable[str],
    note: str,
    meets: Callable[[set[str]], bool],
    source: dict[str, str],
) -> Iterator[Vector]:
    """The verdict over all completions; where they differ, also which answers make a difference."""
    outcomes = {frozenset(whole): meets(whole) for whole in completions(present, open_)}
    found = set(outcomes.values())
    verdict = "undetermined" if len(found) > 1 else "met" if True in found else "not met"
    asked = {"trial": trial, "answers": answers(present, open_)}
    yield Vector(kind=kind, ask="verdict", input=asked, expect=verdict, note=note, **source)
    if verdict == "undetermined":
        deciding = [
            name
            for name in NAMES
            if name in set(open_)
            and any(met is not outcomes[whole ^ {name}] for whole, met in outcomes.items())
        ]
        yield Vector(kind=kind, ask="deciding", input=asked, expect=deciding, note=note, **source)
