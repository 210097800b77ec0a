"""`sledai descriptors`, `explain`, `editions`, `trials`: what is scored and asked for."""

from typing import Annotated

import typer

from sledai.cli.printing import plain_table, print_table, printable, wrapped
from sledai.codebook.names import descriptor_named
from sledai.definitions import OBSERVATION_WINDOW, Edition
from sledai.definitions.editions import DEFINITIONS, differing, edition_named, wordings
from sledai.descriptors import SEROLOGIC, Descriptor, listed
from sledai.scoring import MAX_TOTAL
from sledai.sources import BOMBARDIER_1992, EMBRACE, GLADMAN_2002, PETRI_2005
from sledai.trials.catalog import CATALOG

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
    for one in wanted:
        definition = DEFINITIONS[one][d]
        first = next(edition for edition in wanted if DEFINITIONS[edition][d] == definition)
        if one is not first:
            _print_row(one.value, f"as in {first}")
            continue
        _print_row(one.value, f"{definition.text} {definition.citation}")
        _print_row("  rule", str(definition.rule))
        for name, said in (("reading", definition.reading), ("unverified", definition.unverified)):
            if said:
                _print_row(f"  {name}", f"{said}.")


def _print_row(name: str, text: str) -> None:
    print(wrapped(f"{name + ':':{_INDENT}}{text}", indent=_INDENT))


_INDENT = 2 + max(len(edition) for edition in Edition)
_LONGEST_WORD = max(len(word) for d in Descriptor for word in d.value.split("_"))


def editions() -> None:
    """Print where the editions define a descriptor differently."""
    table = plain_table()
    table.add_column("descriptor", max_width=_LONGEST_WORD)
    table.add_column("edition", no_wrap=True)
    table.add_column("definition")
    for d in differing():
        name = d.value.replace("_", " ")
        for definition, same in wordings(d).items():
            said = f"{definition.text} {definition.citation.mark}"
            said += f" [unverified: {definition.unverified}]" if definition.unverified else ""
            table.add_row(name, "\n".join(same), printable(said))
            name = ""
        table.add_row()
    print_table(table)
    print(wrapped("All other descriptors are defined alike, and all weights are the same."))
    for source in (BOMBARDIER_1992, PETRI_2005, EMBRACE, GLADMAN_2002):
        print(wrapped(f"{source.reference} {source.identifier}"))


def trials() -> None:
    """Print the trials whose activity rules `score --trial` judges."""
    for trial in CATALOG:
        read = f", read {trial.read_on}" if trial.read_on else ""
        print(f"{trial.registry_id}  {trial.name}")
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
