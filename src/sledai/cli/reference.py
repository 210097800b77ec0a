"""`sledai descriptors`, `explain`, `editions`, `trials`: what is scored and asked for."""

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from sledai.cli.completion import names_of
from sledai.cli.printing import Column, Table, wrapped
from sledai.codebook.names import descriptor_named
from sledai.definitions import OBSERVATION_WINDOW, Edition
from sledai.definitions.editions import DEFINITIONS, differing, edition_named, wordings
from sledai.descriptors import SEROLOGIC, Descriptor, listed
from sledai.scoring import MAX_TOTAL
from sledai.sources import BOMBARDIER_1992, EMBRACE, GLADMAN_2002, PETRI_2005
from sledai.trials.catalog import CATALOG

__all__ = ["definition_said", "descriptors", "editions", "explain", "points", "trials"]


def descriptors() -> None:
    """Print the 24 descriptors."""
    table = Table(
        [
            Column("#", right=True),
            Column("descriptor"),
            Column("weight", right=True),
            Column("organ system"),
        ]
    )
    for d in Descriptor:
        table.add(str(d.number), d.value, str(d.weight), d.system.label)
    table.print()
    print()
    serologic = "serologic (left out of the clinical score): " + listed(SEROLOGIC)
    print(wrapped(f"total 0 to {MAX_TOTAL}; {serologic}"))
    print(wrapped(f"weights: {BOMBARDIER_1992.reference} {BOMBARDIER_1992.identifier}"))


EditionOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help=f"Print this edition alone: {', '.join(e.name for e in Edition)}.",
        autocompletion=names_of(e.name for e in Edition),
    ),
]


def explain(
    descriptor: Annotated[
        str,
        typer.Argument(
            metavar="DESCRIPTOR", help="Name or alias.", autocompletion=names_of(Descriptor)
        ),
    ],
    edition: EditionOption = None,
) -> None:
    """Print one descriptor: its definition by each edition, with sources."""
    wanted = list(Edition) if edition is None else [edition_named(edition)]
    for line, indent in definition_said(descriptor_named(descriptor), wanted):
        print(wrapped(line, indent=indent))


def points(d: Descriptor) -> str:
    """Say what a descriptor scores."""
    return "1 point" if d.weight == 1 else f"{d.weight} points"


def definition_said(d: Descriptor, wanted: Sequence[Edition]) -> Iterator[tuple[str, int]]:
    """Explain a descriptor by editions: paragraphs, and how far their later lines are indented."""
    yield f"{d.label} ({d.value}), descriptor {d.number} of {len(Descriptor)}", 2
    yield _row("weight", f"{points(d)}; {d.citation}")
    yield _row("counts when", f"{OBSERVATION_WINDOW}; {OBSERVATION_WINDOW.citation}")
    yield _row("organ system", f"{d.system.label}; {d.system.citation}")
    for one in wanted:
        definition = DEFINITIONS[one][d]
        first = next(edition for edition in wanted if DEFINITIONS[edition][d] == definition)
        if one is not first:
            yield _row(one.value, f"as in {first}")
            continue
        yield _row(one.value, f"{definition.text} {definition.citation}")
        yield _row("  rule", str(definition.rule))
        for name, said in (("reading", definition.reading), ("unverified", definition.unverified)):
            if said:
                yield _row(f"  {name}", f"{said}.")


def _row(name: str, text: str) -> tuple[str, int]:
    return f"{name + ':':{_INDENT}}{text}", _INDENT


def _print_row(name: str, text: str) -> None:
    line, indent = _row(name, text)
    print(wrapped(line, indent=indent))


_LONGEST_WORD = max(len(word) for d in Descriptor for word in d.value.split("_"))
_INDENT = 2 + max(len(edition) for edition in Edition)


def editions() -> None:
    """Print where the editions define a descriptor differently."""
    table = Table(
        [Column("descriptor", most=_LONGEST_WORD), Column("edition"), Column("definition")]
    )
    for d in differing():
        name = d.value.replace("_", " ")
        for definition, same in wordings(d).items():
            said = f"{definition.text} {definition.citation.mark}"
            said += f" [unverified: {definition.unverified}]" if definition.unverified else ""
            table.add(name, "\n".join(same), said)
            name = ""
        table.line()
    table.print()
    print(wrapped("All other descriptors are defined alike, and all weights are the same."))
    for source in (BOMBARDIER_1992, PETRI_2005, EMBRACE, GLADMAN_2002):
        print(wrapped(f"{source.reference} {source.identifier}"))


def trials() -> None:
    """Print the trials whose activity rules `score --trial` judges."""
    for trial in CATALOG:
        read = f", read {trial.read_on}" if trial.read_on else ""
        print(wrapped(f"{trial.registry_id}  {trial.name}"))
        _print_row("  rule", str(trial.rule))
        _print_row("  clinical", trial.clinical)
        _print_row("  beside it", trial.note)
        _print_row("  source", f"{trial.rule.citation}{read}")
        print()
    print(
        wrapped(
            'What stands "beside it" is not judged. A meaning of "clinical" that is "a reading" '
            "is ours: the record does not say."
        )
    )
