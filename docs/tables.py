"""The tables of the reference, written from the code as Markdown."""

import inspect
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from footnotes import Cited, cite, entries, look_up, table
from typer.main import get_command
from typer.testing import CliRunner

from sledai import (
    Assessment,
    Descriptor,
    Verdict,
    audit,
    cdisc,
    clinical_score,
    fhir,
    frame,
    indices,
    sources,
    total_score,
)
from sledai.cdisc.terms import (
    CODES_ARE,
    DERIVATION_TYPES,
    ITEMS,
    NOT_DONE,
    NOT_DONE_CITATION,
    SCORES,
    parameters,
)
from sledai.cli.app import app
from sledai.codebook import Codebook
from sledai.codebook.fields import FIELDS
from sledai.codebook.names import ALIASES
from sledai.codebook.words import ANSWER_WORDS
from sledai.definitions import Edition
from sledai.definitions.editions import DEFINITIONS, wordings
from sledai.fhir.phenotypes import PHENOTYPES
from sledai.files import FORMATS, OUTPUT_FORMATS
from sledai.files.limits import LIMITS
from sledai.files.source import PACKINGS
from sledai.findings import Findings
from sledai.findings.observations import OBSERVED
from sledai.indices import (
    bicla,
    change_grade,
    loss_of_improvement,
    sfi,
    sri,
    steroid_sparing,
)
from sledai.indices.missing_visits import WAYS
from sledai.indices.states import DEFAULT, STATES, Readings
from sledai.quantities import PLAUSIBLE, UNITS
from sledai.quantities.glucocorticoids import GLUCOCORTICOIDS, PREDNISONE_MG
from sledai.scoring import variants
from sledai.scoring.variants import EXCLUSIONS
from sledai.sources import Source
from sledai.trials.catalog import CATALOG
from sledai.trials.nct05765006 import ACTIVITY_RULE
from sledai.trials.nct05765006.candidate import explained
from sledai.trials.nct05765006.screening import CRITERIA, FACTS, Candidate
from sledai.visits import History, Visit
from sledai.visits.change import CLASS_CITATION, PERSISTENT_WITHIN, ChangeClass

WORDS = ", ".join(Verdict)


def descriptors() -> str:
    return table(
        ["#", "descriptor", "label", "weight", "organ system"],
        [
            (d.number, f"`{d}`", d.label, Cited(d.weight, d.citation), d.system.label)
            for d in Descriptor
        ],
    )


def definitions() -> str:
    return entries(
        {
            f"{d.number}. {d.label}": [
                (
                    Cited(f"**{', '.join(editions)}.** {wording.text}", wording.citation),
                    {
                        "rule": wording.rule,
                        "reading": wording.reading,
                        "in doubt": wording.unverified,
                    },
                )
                for wording, editions in wordings(d).items()
            ]
            for d in Descriptor
        }
    )


def units() -> str:
    return table(
        ["analyte", "units", "accepted values"],
        [
            (
                f"`{analyte}`",
                ", ".join(f"`{unit}`" for unit in accepted),
                "{:,} to {:,} {}".format(*PLAUSIBLE[analyte], next(iter(accepted)))
                if analyte in PLAUSIBLE
                else "",
            )
            for analyte, accepted in UNITS.items()
        ],
    )


def findings() -> str:
    kinds = {"bool": "yes or no", "int": "count", "LabResult": "value, limits, flag", "": "amount"}

    def holds(name: str) -> str:
        field = str(Findings.model_fields[name].annotation)
        return next(said for kind, said in kinds.items() if kind in field)

    def asked_by(name: str) -> list[Descriptor]:
        return [d for d in Descriptor if any(name in by[d].findings for by in DEFINITIONS.values())]

    return table(
        ["finding", "holds", "used for"],
        [
            (
                f"`{name}`",
                holds(name),
                ", ".join(f"`{d}`" for d in asked_by(name)) or "`proteinuria`, with `ratio_limit`",
            )
            for name in OBSERVED
        ],
    )


def exclusions() -> str:
    return table(
        ["score", "left out"],
        [
            (
                Cited(e.name, e.citation),
                ", ".join(f"`{d}`" for d in Descriptor if d in e.excluded),
            )
            for e in EXCLUSIONS
        ],
    )


def numbers() -> str:
    """Show one visit by each meaning of a score; at this one no two sets give the same number."""
    present = "lupus_headache arthritis rash alopecia proteinuria low_complement fever leukopenia"
    visit = Assessment.of(present=present.split())
    sets = [
        name
        for name, value in vars(variants).items()
        if isinstance(value, frozenset) and name in variants.__all__
    ]
    calls = {
        "total": ("total_score(visit)", total_score(visit)),
        EXCLUSIONS[0].name: ("clinical_score(visit)", clinical_score(visit)),
    }
    for exclusion in EXCLUSIONS[1:]:
        named = next(name for name in sets if getattr(variants, name) == exclusion.excluded)
        number = clinical_score(visit, excluding=exclusion.excluded)
        calls[exclusion.name] = f"clinical_score(visit, excluding={named})", number
    shown = ", ".join(d.label.lower() for d in Descriptor if d in visit.present)
    rows = [(name, number, f"`{call}`") for name, (call, number) in calls.items()]
    return f"Present at the visit, and all else absent: {shown}.\n\n" + table(
        ["score", "of this visit", "computed by"], rows
    )


def rules() -> str:
    return entries(
        {
            f"{trial.registry_id}: {trial.name}": [
                (
                    trial.rule,
                    {
                        "clinical": trial.clinical,
                        "beside it": trial.note,
                        "column": f"`{frame.verdict_column(trial.rule)}`",
                        "source": trial.rule.citation and cite(trial.rule.citation),
                        "read on": trial.read_on,
                    },
                )
            ]
            for trial in CATALOG
        }
    )


def formats() -> str:
    kinds = dict.fromkeys(FORMATS.values())
    return table(
        ["format", "suffixes", "read", "written", "packed", "from `-`", "extra"],
        [
            (
                kind.name,
                ", ".join(f"`{suffix}`" for suffix in kind.suffixes),
                "yes",
                "yes" if kind in OUTPUT_FORMATS.values() else "no",
                " ".join(f"`{packing}`" for packing in PACKINGS) if kind.is_text else "",
                "yes" if kind.is_piped else "",
                f"`{kind.reads_with.name}`" if kind.reads_with else "",
            )
            for kind in kinds
        ],
    )


def file_limits() -> str:
    return table(
        ["at most", "of what", "in", "why"],
        [(f"{limit.most:,}", limit.unit, limit.files, limit.why) for limit in LIMITS],
    )


def engines() -> str:
    ways = {"eager": "before scoring", "lazy": "counted in `sledai_invalid`"}
    return table(
        ["engine", "frame", "cells are checked", "stays lazy"],
        [
            (engine.name, f"`{called}`", checked, "yes" if way == "lazy" else "")
            for engine in frame.ENGINES.values()
            for way, checked in ways.items()
            if (called := getattr(engine, way))
        ],
    )


def codebook_keys() -> str:
    """List the keys of each section; of a model's field without a description nothing is said."""
    shown: list[str] = []
    for name, section in Codebook.model_fields.items():
        model = section.annotation
        said = " ".join((inspect.getdoc(model) or "").split("\n\n")[0].split())
        keys = [
            (f"*{field.title}*" if field.title else f"`{key}`", field.description)
            for key, field in getattr(model, "model_fields", {}).items()
            if field.description
        ]
        shown.append(f"### `[{name}]`\n\n{said}\n\n{table(['key', 'meaning'], keys)}")
    return "\n\n".join(shown)


def aliases() -> str:
    return table(["name", "descriptor"], [(f"`{a}`", f"`{d}`") for a, d in ALIASES.items()])


def words() -> str:
    return table(
        ["cell", "answer"],
        [(w, "present" if a else "absent") for w, a in ANSWER_WORDS.items()],
    )


def columns() -> str:
    added = {
        **{name: column.meaning for name, column in frame.SCORE_COLUMNS.items()},
        frame.MISSING_COLUMN: "where names were asked for: the descriptors not assessed",
        frame.verdict_column(ACTIVITY_RULE): (
            f"verdict on {ACTIVITY_RULE.name}, if asked for: {WORDS}; and so for every other trial"
        ),
        frame.deciding_column(ACTIVITY_RULE): (
            "where names were asked for: the descriptors not assessed that decide on that rule"
        ),
        frame.POLICY_COLUMN: "where a policy other than strict was asked for: its name",
        frame.INVALID_COLUMN: "lazy frames only: number of cells that are no answer",
    }
    return table(["column", "meaning"], [(f"`{name}`", text) for name, text in added.items()])


def lab_limits() -> str:
    return table(
        ["analyte", "descriptor", "limit", "units"],
        [
            (
                f"`{analyte}`",
                f"`{descriptor}`",
                Cited(limit, DEFINITIONS[Edition.SELENA][descriptor].citation),
                ", ".join(f"`{unit}`" for unit in UNITS[analyte]),
            )
            for analyte, (descriptor, limit) in audit.LAB_LIMITS.items()
        ],
    )


def criteria() -> str:
    return table(
        ["criterion", "in our words", "reading taken"],
        [(c.name, Cited(c.statement, c.citation), "; ".join(c.readings)) for c in CRITERIA],
    )


def facts() -> str:
    return table(
        ["fact", "as registered"],
        [
            ("registered as", Cited(FACTS.registry_id, FACTS.citation)),
            ("condition", FACTS.condition),
            ("product", FACTS.product),
            ("phase", FACTS.phase),
            ("design", f"{FACTS.design}; {FACTS.country}"),
            ("sponsor", FACTS.sponsor),
            ("dose levels", f"{', '.join(FACTS.dose_levels)} x {FACTS.dose_unit}"),
        ],
    )


def candidate() -> str:
    return table(["field", "meaning"], [(f"`{f}`", explained(f)) for f in Candidate.model_fields])


def glucocorticoids() -> str:
    return table(
        ["drug", f"mg equivalent to {PREDNISONE_MG} mg of prednisone"],
        [(d.name, Cited(d.equivalent, d.citation)) for d in GLUCOCORTICOIDS.values()],
    )


_EMPTY = Visit(date=date(2024, 1, 1)), Visit(date=date(2024, 1, 2))


def flare_criteria() -> str:
    result = sfi.assess(*_EMPTY)
    return table(
        ["outcome", "criterion", "asked for"],
        [
            (outcome, c.name, Cited(c.statement, c.citation))
            for outcome, components in (
                ("severe", result.severe),
                ("mild/moderate", result.mild_moderate),
            )
            for c in components
        ],
    )


def index_components() -> str:
    states = (state.judge(*_EMPTY, DEFAULT) for state in STATES.values())
    history = History(visits=_EMPTY)
    results = (
        sri.assess(*_EMPTY),
        bicla.assess(*_EMPTY),
        *states,
        steroid_sparing.assess(history),
        loss_of_improvement.assess(history),
    )
    return table(
        ["index", "component", "asked for"],
        [(r.name, c.name, Cited(c.statement, c.citation)) for r in results for c in r.components],
    )


def change_grades() -> str:
    return table(
        ["grade", "asked for"],
        [(c.name, Cited(c.statement, c.citation)) for c in change_grade.assess(*_EMPTY).components],
    )


def index_modules() -> str:
    """List the modules of the indices, which are those with `assess`."""
    found = [
        module.name
        for module in iter_modules(indices.__path__, "sledai.indices.")
        if "assess" in import_module(module.name).__all__
    ]
    lines = "\n".join(f".. automodule:: {name}" for name in found)
    return f"```{{eval-rst}}\n{lines}\n```"


def change_classes() -> str:
    asked = {
        ChangeClass.FLARE: f"a rise of the total by more than {PERSISTENT_WITHIN}",
        ChangeClass.IMPROVEMENT: f"a fall by more than {PERSISTENT_WITHIN}",
        ChangeClass.PERSISTENT: f"a change by {PERSISTENT_WITHIN} at most",
        ChangeClass.REMISSION: "a total of 0",
    }
    return table(["class", "asked for"], [(c, Cited(t, CLASS_CITATION)) for c, t in asked.items()])


def missing_ways() -> str:
    return table(
        ["way", "a missing answer"],
        [
            (
                f"`{way.name}`",
                Cited(way.meaning, way.citation)
                if way.citation
                else f"{way.meaning} (no source read)",
            )
            for way in WAYS.values()
        ],
    )


def visit_fields() -> str:
    return table(
        ["field", "meaning"],
        [(f"`{name}`", Visit.model_fields[name].description) for name in FIELDS],
    )


def result_columns(columns: Mapping[str, frame.ResultColumn]) -> str:
    return table(["column", "meaning"], [(f"`{n}`", c.meaning) for n, c in columns.items()])


def visit_columns() -> str:
    return result_columns(frame.VISIT_COLUMNS)


def baseline_columns() -> str:
    return result_columns(frame.BASELINE_COLUMNS)


def patient_columns() -> str:
    return result_columns(frame.PATIENT_COLUMNS)


def fhir_resources() -> str:
    published = (
        *(fhir.questionnaire(edition) for edition in Edition),
        fhir.screening_questionnaire(),
        *fhir.code_systems(),
        *fhir.result_code_systems(),
        *fhir.value_sets(),
        *fhir.concept_maps(),
    )
    return table(
        ["resource", "what it is", "canonical URL"],
        [(one["resourceType"], one["title"], f"`{one['url']}`") for one in published],
    )


def fhir_codes() -> str:
    _, *systems = (*fhir.code_systems(), *fhir.result_code_systems())
    return table(
        ["system", "code", "meaning"],
        [
            (system["title"], f"`{code['code']}`", code["definition"])
            for system in systems
            for code in system["concept"]
        ],
    )


def laboratory_codes() -> str:
    rows = fhir.LABORATORY_CODES.values()
    return table(
        ["LOINC", "finding", "what is measured", "specimen", "method", "in doubt"],
        [
            (
                Cited(row.code, replace(row.citation, locator="the code")),
                f"`{row.finding}`",
                row.name,
                row.specimen,
                row.method or "any",
                row.unverified,
            )
            for row in rows
        ],
    )


def phenotypes() -> str:
    return table(
        ["descriptor", "term of HPO", "how near", "where they differ"],
        [
            (f"`{p.descriptor}`", f"{p.code} {p.label}", p.nearness, p.difference)
            for p in PHENOTYPES
        ],
    )


def cdisc_variables() -> str:
    shown: list[str] = []
    for dataset in cdisc.DATASETS.values():
        said = f"{dataset.label}: {dataset.structure}; keys {', '.join(dataset.keys)}."
        rows = [
            (
                f"`{v.name}`",
                f"{v.label}{'' if v.standard else ' (own)'}",
                f"{v.type}, at most {v.length}" if v.type == "text" else v.type,
                v.origin,
                v.source,
            )
            for v in dataset.variables
        ]
        header = ["variable", "label", "type", "origin", "how it is made"]
        shown.append(
            f"### {dataset.name}\n\n{said} Source: {dataset.citation}.\n\n{table(header, rows)}"
        )
    return "\n\n".join(shown)


def cdisc_tests() -> str:
    tests = (*ITEMS.values(), *SCORES.values())
    shown = table(
        ["code", "name", "subcategory"],
        [(f"`{t.code}`", t.name, t.subcategory or "") for t in tests],
    )
    return (
        f"The codes are {CODES_ARE}. An item without data is {NOT_DONE}, and a derived score that "
        f"is not there is no row: {NOT_DONE_CITATION}.\n\n{shown}"
    )


def cdisc_parameters() -> str:
    found = parameters(Readings(states=tuple(STATES)), Edition.SELENA, baseline=True)
    return table(
        ["code", "name", "rows"],
        [
            (f"`{p.code}`", p.name, "after the baseline" if p.is_since else "all visits")
            for p in found
        ],
    )


def cdisc_derivation_types() -> str:
    return table(
        ["DTYPE", "way"],
        [
            (
                Cited(f"`{kind.code}`", kind.citation) if kind.citation else f"`{kind.code}` (own)",
                f"`{way}`",
            )
            for way, kind in DERIVATION_TYPES.items()
        ],
    )


def cited_sources() -> str:
    found = {value for value in vars(sources).values() if isinstance(value, Source)}
    found |= {trial.rule.citation.source for trial in CATALOG if trial.rule.citation}
    return table(
        ["name", "reference", "look up"],
        [(s.name, s.reference, look_up(s)) for s in sorted(found, key=lambda s: s.name)],
    )


def command_line() -> str:
    """Show the help of every command, each before those under it."""

    def commands(of: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
        yield path
        for name, command in getattr(of, "commands", {}).items():
            yield from commands(command, (*path, name))

    shown = []
    for command in commands(get_command(app)):
        text = CliRunner().invoke(app, [*command, "--help"], prog_name="sledai").output
        name = " ".join(["sledai", *command])
        shown.append(f"### {name}\n\n```text\n$ {name} --help\n{text.strip()}\n```")
    return "\n\n".join(shown)


def json_schema() -> str:
    return f"```json\n{json.dumps(Assessment.model_json_schema(), indent=1)}\n```"


def write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for make in (
        descriptors,
        definitions,
        findings,
        units,
        exclusions,
        numbers,
        rules,
        formats,
        file_limits,
        engines,
        codebook_keys,
        aliases,
        words,
        columns,
        lab_limits,
        facts,
        criteria,
        candidate,
        glucocorticoids,
        flare_criteria,
        index_components,
        index_modules,
        change_classes,
        missing_ways,
        change_grades,
        visit_fields,
        visit_columns,
        baseline_columns,
        patient_columns,
        fhir_resources,
        fhir_codes,
        laboratory_codes,
        phenotypes,
        cdisc_variables,
        cdisc_tests,
        cdisc_parameters,
        cdisc_derivation_types,
        cited_sources,
        command_line,
        json_schema,
    ):
        # A page may include several, whose footnotes are then not to be confused.
        text = make().replace("[^", f"[^{make.__name__}-")
        page = folder / f"{make.__name__}.md"
        # What is as it was keeps its date, so that its pages are not read again.
        if not page.exists() or page.read_text(encoding="utf-8") != text + "\n":
            page.write_text(text + "\n", encoding="utf-8")
