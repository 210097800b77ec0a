"""`sledai fhir`: the form and its codes as resources, responses to scores and Observations."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, TypeVar

import polars as pl
import typer

from sledai import fhir, frame
from sledai.cli.fhir_resources import Given, Responses
from sledai.cli.options import EditionOption, refuse_outputs
from sledai.cli.printing import ROWS_SHOWN, first_line, wrapped
from sledai.cli.provenance import Provenance
from sledai.cli.score_file import Trials
from sledai.cli.score_table import ScoreCounts, print_scores
from sledai.codebook import Codebook
from sledai.definitions.editions import edition_named
from sledai.descriptors import Descriptor
from sledai.errors import InvalidInputError, file_name
from sledai.fhir import Release
from sledai.fhir.canonical import Resource
from sledai.fhir.elements import Element
from sledai.fhir.observations import PERFORMERS, Status
from sledai.fhir.references import kind_named, named_by
from sledai.files import OUTPUT_FORMATS, Output, open_text, together, write_provenance
from sledai.rules import ActivityRule
from sledai.trials.catalog import find
from sledai.trials.nct05765006 import ACTIVITY_RULE

__all__ = ["app"]

_Command = TypeVar("_Command", bound=Callable[..., None])

app = typer.Typer(
    name="fhir",
    no_args_is_help=True,
    rich_markup_mode=None,
    help=(_HELP := "Resources of FHIR: the form, its codes, scores of responses, Observations."),
    short_help=_HELP,
)


def command(function: _Command) -> _Command:
    """Make a function a command, of which the list says the whole first line."""
    return app.command(short_help=first_line(function))(function)


_BATCH = 10_000

ReleaseOption = Annotated[
    Release, typer.Option("--release", help="The release of FHIR that is written.")
]
Source = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        help="A QuestionnaireResponse or a Bundle as JSON, or one resource a line (NDJSON), also "
        "packed (.gz, .zst); - is standard input.",
    ),
]


@command
def questionnaire(edition: EditionOption, release: ReleaseOption = "R4") -> None:
    """Print the form of an edition as a Questionnaire."""
    _print(fhir.questionnaire(edition_named(edition), release=release))


@command
def codesystem(release: ReleaseOption = "R4") -> None:
    """Print the CodeSystems, ValueSets and ConceptMaps as a Bundle."""
    published = (
        *fhir.code_systems(release=release),
        *fhir.result_code_systems(release=release),
        *fhir.value_sets(release=release),
        *fhir.concept_maps(release=release),
    )
    entries = [{"fullUrl": one["url"], "resource": one} for one in published]
    _print({"resourceType": "Bundle", "type": "collection", "entry": entries})


ScoresOption = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        help=f"Write the answers and scores to this file: {', '.join(OUTPUT_FORMATS)}.",
    ),
]


@command
def score(source: Source, output: ScoresOption = None, trial: Trials = []) -> None:
    """Score responses to the form.

    One row is a response: its id, subject, date and edition, the 24 answers, and the scores.
    Without --output they are printed as a table. A trial's rule is about one edition: a response
    to the form of another one is refused.
    """
    rules = list(dict.fromkeys(find(name).rule for name in trial))
    refuse_outputs(source, output)
    made = Provenance(Codebook(), rules={rule.name: str(rule) for rule in rules})
    responses, counts = Responses(source, rules), ScoreCounts(rules)
    first: list[dict[str, Any]] = []
    with ExitStack() as files:
        scores = files.enter_context(Output(output, made.facts)) if output else None
        given = iter(responses)
        while some := [*islice(given, _BATCH)]:
            rows = pl.DataFrame(list(map(_row, some)), schema=_SCHEMA)
            scored = frame.score(rows, rules=rules, missing_names=True)
            if responses.sound:  # else read on to find the others; nothing will be written
                first += scored.head(ROWS_SHOWN - len(first)).rows(named=True)
                counts.add(scored)
                if scores is not None:
                    scores.write(scored)
    if output is None:
        _print_table(first, counts)
    for line in (counts.totals_said("responses"), *counts.verdicts_said(), *responses.said()):
        print(wrapped(line))
    if output is not None:
        print(wrapped(f"{responses.count} rows written to {file_name(output)}"))
    print(made)


ObservationsOption = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        help="Write to this file: one Bundle (.json), or one Observation a line (.ndjson).",
    ),
]
TransactionOption = Annotated[
    bool,
    typer.Option("--transaction", help="Write a Bundle that asks a server to store what is in it."),
]
_WRITTEN = {".json": "a Bundle", ".ndjson": "one Observation a line"}


@command
def observations(
    source: Source,
    output: ObservationsOption = None,
    trial: Trials = [],
    *,
    transaction: TransactionOption = False,
) -> None:
    """Write the answers, scores and verdicts of responses as Observations.

    Without --output they are printed as one Bundle. Without --trial the verdict is that of
    NCT05765006, on responses to the form of SELENA alone.
    """
    asked = list(dict.fromkeys(find(name).rule for name in trial))
    rules = asked or [ACTIVITY_RULE]
    refuse_outputs(source, output, formats=_WRITTEN)
    lines = output is not None and output.suffix.lower() == ".ndjson"
    if lines and transaction:
        raise InvalidInputError("--transaction: a Bundle alone asks for it; accepted: .json")
    made = Provenance(Codebook(), rules={rule.name: str(rule) for rule in rules})
    responses = Responses(source, asked)
    bundles = (
        _bundle(given, asked or None, source, transaction=transaction) for given in responses
    )
    if output is None:
        _print(_joined(bundles))
        return
    with together():
        with open_text(output) as file:
            if lines:
                file.writelines(f"{_line(resource)}\n" for resource in _stored(bundles))
            else:
                file.write(f"{_text(_joined(bundles))}\n")
        write_provenance(made.facts, output)
    for line in responses.said():
        print(wrapped(line))
    print(wrapped(f"{responses.count} responses written to {file_name(output)}"))
    print(made)


def _print(resource: Resource) -> None:
    print(_text(resource))


def _text(resource: Resource) -> str:
    return json.dumps(resource, ensure_ascii=False, indent=2)


def _line(resource: Resource) -> str:
    return json.dumps(resource, ensure_ascii=False)


_SCHEMA: dict[str, Any] = {
    "response": pl.String,
    "subject": pl.String,
    "date": pl.Date,
    "edition": pl.String,
    "status": pl.String,
    **dict.fromkeys((d.value for d in Descriptor), pl.Boolean),
}


def _row(given: Given) -> dict[str, Any]:
    response = given.response
    return {
        "response": given.id,
        "subject": _named(response.subject),
        "date": response.visit.date,
        "edition": response.edition.value,
        "status": response.status,
        **response.visit.answers.model_dump(),
    }


def _named(reference: Mapping[str, Any] | None) -> str | None:
    """Give what a Reference names its subject by."""
    if reference is None:
        return None
    display = reference.get("display")
    return named_by(Element(reference, "subject")) or (
        display if isinstance(display, str) else None
    )


def _print_table(rows: list[dict[str, Any]], counts: ScoreCounts) -> None:
    # A rule names its edition, of which all responses are then.
    names = ("response", "subject", "date", *(() if counts.rules else ("edition",)))
    known_by = {name: [row[name] for row in rows] for name in names}
    left = counts.rows - len(rows)
    more = f"{left:,} more responses" if left else ""
    print_scores(known_by, rows, counts.rules, widest=20, more=more)


_STATUS: dict[str, Status] = {"amended": "amended", "in-progress": "preliminary"}


def _bundle(
    given: Given, rules: list[ActivityRule] | None, path: Path, *, transaction: bool
) -> Resource:
    response = given.response
    try:
        return fhir.observations(
            response.visit,
            response.edition,
            subject=response.subject,
            performer=_performer(response.author),
            response=f"QuestionnaireResponse/{given.id}" if given.id else None,
            rules=rules,
            status=_STATUS.get(response.status, "final"),
            transaction=transaction,
        )
    except InvalidInputError as error:
        place = ": ".join(str(part) for part in (path, given.place) if part)
        raise InvalidInputError(f"{place}: {error}") from None


def _performer(author: Resource | None) -> Resource | None:
    """Give who filled in a form where that can be who made an Observation: no device can."""
    if author is None:
        return None
    named = Element(author, "author")
    contained = (named.text("reference") or "").startswith("#")  # it does not come along
    return author if kind_named(named) in {None, *PERFORMERS} and not contained else None


def _joined(bundles: Iterator[Resource]) -> Resource:
    """Put all into one Bundle; what is the same in two stands there once."""
    whole, entries, stored = Resource(), dict[str, Any](), dict[str, str]()
    for bundle in bundles:
        for entry in bundle["entry"]:
            entries[entry["fullUrl"]] = entry
            place = entry.get("request", {}).get("url", entry["fullUrl"])
            if stored.setdefault(place, entry["fullUrl"]) != entry["fullUrl"]:
                visit = entry["resource"]["effectivePeriod"]["end"]
                raise InvalidInputError.in_words(
                    f"two responses of one subject, of {visit}, that differ",
                    "one of each visit, since a server stores one",
                    "--transaction",
                )
        whole = bundle
    return {**whole, "entry": list(entries.values())}


def _stored(bundles: Iterator[Resource]) -> Iterator[Resource]:
    """Give the Observations as a server has them, each once: with an id, and references to it."""
    written = set[str]()
    for bundle in bundles:
        ids = {entry["fullUrl"]: entry["fullUrl"].rpartition(":")[2] for entry in bundle["entry"]}
        for entry in bundle["entry"]:
            if entry["fullUrl"] in written:
                continue
            written.add(entry["fullUrl"])
            resource = {"id": ids[entry["fullUrl"]], **entry["resource"]}
            if "derivedFrom" in resource:
                resource["derivedFrom"] = [
                    {"reference": f"Observation/{ids[one['reference']]}"}
                    if one["reference"] in ids
                    else one
                    for one in resource["derivedFrom"]
                ]
            yield resource
