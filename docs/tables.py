"""The tables of the reference, written from the code as Markdown."""

import inspect
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from typer.testing import CliRunner

from sledai import Assessment, Descriptor, Verdict, audit, frame, indices, sources
from sledai.cli.app import app
from sledai.codebook import Codebook
from sledai.codebook.fields import FIELDS
from sledai.codebook.names import ALIASES
from sledai.codebook.words import ANSWER_WORDS
from sledai.definitions import Edition
from sledai.definitions.editions import DEFINITIONS, wordings
from sledai.files import FORMATS, OUTPUT_FORMATS
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
from sledai.indices.states import DEFAULT, STATES
from sledai.quantities import PLAUSIBLE, UNITS
from sledai.quantities.glucocorticoids import GLUCOCORTICOIDS, PREDNISONE_MG
from sledai.scoring.variants import EXCLUSIONS
from sledai.sources import Source
from sledai.trials.catalog import CATALOG
from sledai.trials.nct05765006 import ACTIVITY_RULE
from sledai.trials.nct05765006.candidate import explained
from sledai.trials.nct05765006.screening import CRITERIA, FACTS, Candidate
from sledai.visits import History, Visit
from sledai.visits.change import CLASS_CITATION, PERSISTENT_WITHIN, ChangeClass

WORDS = ", ".join(Verdict)


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(
        "| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines
    )


def descriptors() -> str:
    return table(
        ["#", "descriptor", "label", "weight", "organ system", "source"],
        [(d.number, f"`{d}`", d.label, d.weight, d.system.label, d.citation) for d in Descriptor],
    )


def definitions() -> str:
    return table(
        ["#", "descriptor", "edition", "definition", "rule", "reading", "source", "unverified"],
        [
            (d.number, d.label, ", ".join(e), x.text, x.rule, x.reading, x.citation, x.unverified)
            for d in Descriptor
            for x, e in wordings(d).items()
        ],
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
        ["score", "left out", "source"],
        [
            (e.name, ", ".join(f"`{d}`" for d in Descriptor if d in e.excluded), e.citation)
            for e in EXCLUSIONS
        ],
    )


def rules() -> str:
    return table(
        ["id", "trial", "rule", "clinical", "beside it", "column", "source", "read"],
        [
            (
                trial.registry_id,
                trial.name,
                trial.rule,
                trial.clinical,
                trial.note,
                f"`{frame.verdict_column(trial.rule)}`",
                trial.rule.citation,
                trial.read_on or "",
            )
            for trial in CATALOG
        ],
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
        ["analyte", "descriptor", "limit", "units", "source"],
        [
            (
                f"`{analyte}`",
                f"`{descriptor}`",
                limit,
                ", ".join(f"`{unit}`" for unit in UNITS[analyte]),
                DEFINITIONS[Edition.SELENA][descriptor].citation,
            )
            for analyte, (descriptor, limit) in audit.LAB_LIMITS.items()
        ],
    )


def criteria() -> str:
    return table(
        ["criterion", "in our words", "reading taken", "source"],
        [(c.name, c.statement, "; ".join(c.readings), c.citation) for c in CRITERIA],
    )


def facts() -> str:
    return table(
        ["", ""],
        [
            ("registered as", FACTS.registry_id),
            ("condition", FACTS.condition),
            ("product", FACTS.product),
            ("phase", FACTS.phase),
            ("design", f"{FACTS.design}; {FACTS.country}"),
            ("sponsor", FACTS.sponsor),
            ("dose levels", f"{', '.join(FACTS.dose_levels)} x {FACTS.dose_unit}"),
            ("source", FACTS.citation),
        ],
    )


def candidate() -> str:
    return table(["field", "meaning"], [(f"`{f}`", explained(f)) for f in Candidate.model_fields])


def glucocorticoids() -> str:
    return table(
        ["drug", f"mg equivalent to {PREDNISONE_MG} mg of prednisone", "source"],
        [(d.name, d.equivalent, d.citation) for d in GLUCOCORTICOIDS.values()],
    )


_EMPTY = Visit(date=date(2024, 1, 1)), Visit(date=date(2024, 1, 2))


def flare_criteria() -> str:
    result = sfi.assess(*_EMPTY)
    return table(
        ["outcome", "criterion", "asked for", "source"],
        [
            (outcome, c.name, c.statement, c.citation)
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
        ["index", "component", "asked for", "source"],
        [(r.name, c.name, c.statement, c.citation) for r in results for c in r.components],
    )


def change_grades() -> str:
    return table(
        ["grade", "asked for", "source"],
        [(c.name, c.statement, c.citation) for c in change_grade.assess(*_EMPTY).components],
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
    return table(
        ["class", "asked for", "source"], [(c, t, CLASS_CITATION) for c, t in asked.items()]
    )


def missing_ways() -> str:
    return table(
        ["way", "a missing answer", "source"],
        [(f"`{w.name}`", w.meaning, w.citation or "none read") for w in WAYS.values()],
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


def cited_sources() -> str:
    found = {value for value in vars(sources).values() if isinstance(value, Source)}
    found |= {trial.rule.citation.source for trial in CATALOG if trial.rule.citation}
    return table(
        ["name", "reference", "look up"],
        [(s.name, s.reference, s.identifier) for s in sorted(found, key=lambda s: s.name)],
    )


def command_line() -> str:
    shown = []
    for command in (
        [],
        ["score"],
        ["audit"],
        ["derive"],
        ["screen"],
        ["visits"],
        ["descriptors"],
        ["explain"],
        ["editions"],
        ["trials"],
    ):
        text = CliRunner().invoke(app, [*command, "--help"], prog_name="sledai").output
        shown.append(f"```text\n$ sledai {' '.join([*command, '--help'])}\n{text.strip()}\n```")
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
        rules,
        formats,
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
        cited_sources,
        command_line,
        json_schema,
    ):
        (folder / f"{make.__name__}.md").write_text(make() + "\n", encoding="utf-8")
