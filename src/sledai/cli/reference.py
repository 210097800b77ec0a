"""`sledai descriptors` and `sledai explain`: what the score is made of, with sources."""

from typing import Annotated

import typer

from sledai.answers import descriptor_named
from sledai.cli.printing import plain_table, print_table, wrapped
from sledai.definitions import OBSERVATION_WINDOW, Edition
from sledai.definitions.selena import SELENA_DEFINITIONS
from sledai.descriptors import SEROLOGIC, Descriptor, listed
from sledai.scoring import MAX_TOTAL
from sledai.sources import BOMBARDIER_1992

__all__ = ["descriptors", "explain"]


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


def explain(
    descriptor: Annotated[str, typer.Argument(metavar="DESCRIPTOR", help="Name or alias.")],
) -> None:
    """Print one descriptor with its sources."""
    d = descriptor_named(descriptor)
    definition = SELENA_DEFINITIONS[d]
    weight = "1 point" if d.weight == 1 else f"{d.weight} points"
    print(f"{d.label} ({d.value}), descriptor {d.number} of {len(Descriptor)}")
    rows = {
        "weight": f"{weight}; {d.citation}",
        "counts when": f"{OBSERVATION_WINDOW}; {OBSERVATION_WINDOW.citation}",
        "organ system": f"{d.system.label}; {d.system.citation}",
        Edition.SELENA.value: f"{definition.text} {definition.citation}",
    }
    if definition.unverified:
        rows["unverified"] = f"{definition.unverified}."
    for name, text in rows.items():
        print(wrapped(f"{name + ':':15}{text}", indent=15))
