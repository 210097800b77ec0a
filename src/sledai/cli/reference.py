"""`sledai descriptors`, `explain`, `editions`, `trials`: what is scored and asked for."""

from typing import Annotated

import typer
from rich.text import Text

from sledai.answers import descriptor_named
from sledai.cli.printing import plain_table, print_table, printable, wrapped
from sledai.definitions import OBSERVATION_WINDOW, Edition
from sledai.definitions.editions import DEFINITIONS, differing, edition_named
from sledai.descriptors import SEROLOGIC, Descriptor, listed
from sledai.scoring import MAX_TOTAL
from sledai.sources import BOMBARDIER_1992, GLADMAN_2002, PETRI_2005
from sledai.trials.catalog import CATALOG, READ_ON

__all__ = ["descriptors", "editions", "explain", "trials"]


def descriptors() -> None:
    """Print the 24 descriptors."""
    table = plain_table()
    table.add_column("#", justify="right")
    for name in ("descriptor", "weight", "organ system"):
        table.add_column(name, justify="right" if name == "weight" else "left")
    for d in Descriptor:
        table.add_row(str(d.number), d.value, str(d.weight), d.system.label)
    print_table(table)
    serologic = "serologic (left out of the clinical score): " + listed(SEROLOGIC)
    print(wrapped(f"total 0 to {MAX_TOTAL}; {serologic}"))
    print(wrapped(f"weights: {BOMBARDIER_1992.reference} {BOMBARDIER_1992.identifier}"))


EditionOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help=f"Print this edition alone: {', '.join(e.name for e in Edition)}.",
    ),
]


def explain(
    descriptor: Annotated[str, typer.Argument(metavar="DESCRIPTOR", help="Name or alias.")],
    edition: EditionOption = None,
) -> None:
    """Print one descriptor: its definition by each edition, with sources."""
    d = descriptor_named(descriptor)
    wanted = list(Edition) if edition is None else [edition_named(edition)]
    weight = "1 point" if d.weight == 1 else f"{d.weight} points"
    print(f"{d.label} ({d.value}), descriptor {d.number} of {len(Descriptor)}")
    _print_row("weight", f"{weight}; {d.citation}")
    _print_row("counts when", f"{OBSERVATION_WINDOW}; {OBSERVATION_WINDOW.citation}")
    _print_row("organ system", f"{d.system.label}; {d.system.citation}")
    first = DEFINITIONS[wanted[0]][d]
    for one in wanted:
        definition = DEFINITIONS[one][d]
        if one is not wanted[0] and definition == first:
            _print_row(one.value, f"as in {wanted[0]}")
            continue
        _print_row(one.value, f"{definition.text} {definition.citation}")
        _print_row("  rule", str(definition.rule))
        if definition.unverified:
            _print_row("  unverified", f"{definition.unverified}.")


def _print_row(name: str, text: str) -> None:
    print(wrapped(f"{name + ':':15}{text}", indent=15))


def editions() -> None:
    """Print where the editions define a descriptor differently."""
    table = plain_table()
    for name in ("descriptor", *Edition):
        table.add_column(name)
    for d in differing():
        table.add_row(d.value.replace("_", " "), *(_in_edition(d, e) for e in Edition))
        table.add_row()
    print_table(table)
    print(wrapped("All other descriptors are defined alike, and all weights are the same."))
    for source in (BOMBARDIER_1992, PETRI_2005, GLADMAN_2002):
        print(wrapped(f"{source.reference} {source.identifier}"))


def _in_edition(descriptor: Descriptor, edition: Edition) -> Text:
    definition = DEFINITIONS[edition][descriptor]
    first = Edition.SLEDAI_1992
    if edition is not first and definition == DEFINITIONS[first][descriptor]:
        return printable("as in 1992")
    unverified = f" [unverified: {definition.unverified}]" if definition.unverified else ""
    return printable(definition.text + unverified)


def trials() -> None:
    """Print the trials whose activity rules `score --trial` judges."""
    table = plain_table()
    for name in ("id", "trial", "rule"):
        table.add_column(name)
    for trial in CATALOG:
        note = f"; {trial.note}" if trial.note else ""
        unread = "" if trial.read_on else " [unverified]"
        table.add_row(trial.registry_id, trial.name, printable(f"{trial.rule}{note}{unread}"))
        table.add_row()
    print_table(table)
    print(wrapped(f"registry records as read on {READ_ON}; criteria beside the score not judged"))
