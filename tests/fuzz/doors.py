"""The doors of the library, by which somebody else's bytes come in: a table.

A door's reader is a function of `fuzz.readers_of_*` that takes the bytes and an empty folder to
work in, and says by an assertion where two paths that read the same disagree.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

__all__ = ["CORPUS", "DOORS", "Door"]

CORPUS = Path(__file__).parent / "corpus"


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A door: the function that reads, and the modules whose branches are followed meanwhile."""

    name: str
    reader: str
    follows: tuple[str, ...]
    is_json: bool = False

    @property
    def read(self) -> Callable[[bytes, Path], None]:
        """The function that reads, of a module that is imported for it."""
        module, _, function = self.reader.partition(":")
        found: Callable[[bytes, Path], None] = getattr(import_module(f"fuzz.{module}"), function)
        return found

    @property
    def corpus(self) -> list[Path]:
        """Inputs of the repository, from which others are made."""
        return sorted((CORPUS / self.name).iterdir())


_READING = ("sledai.files",)
_CELLS = ("sledai.cells", "sledai.codebook.words")
_FHIR = ("sledai.fhir",)

DOORS = {
    door.name: door
    for door in (
        Door(name="csv", reader="of_files:csv", follows=_READING),
        Door(name="tsv", reader="of_files:tsv", follows=_READING),
        Door(name="jsonl", reader="of_files:jsonl", follows=_READING, is_json=True),
        Door(name="json", reader="of_files:json", follows=_READING, is_json=True),
        Door(name="parquet", reader="of_files:parquet", follows=_READING),
        Door(name="excel", reader="of_files:excel", follows=_READING),
        Door(name="sheet", reader="of_files:sheet", follows=_READING),
        Door(name="packed", reader="of_files:packed", follows=_READING),
        Door(name="score", reader="of_cells:score", follows=("sledai.cli.score_file", *_CELLS)),
        Door(name="codebook", reader="of_cells:codebook", follows=("sledai.codebook",)),
        Door(name="columns", reader="of_cells:columns", follows=("sledai.codebook.names",)),
        Door(name="dates", reader="of_cells:dates", follows=("sledai.codebook.dates",)),
        Door(
            name="amounts",
            reader="of_cells:amounts",
            follows=("sledai.quantities", "sledai.findings", "sledai.frame.lab_columns"),
        ),
        Door(name="response", reader="of_json:response", follows=_FHIR, is_json=True),
        Door(name="bundle", reader="of_json:bundle", follows=_FHIR, is_json=True),
        Door(
            name="candidate",
            reader="of_json:candidate",
            follows=("sledai.trials.nct05765006", "sledai.quantities", "sledai.fhir.screening"),
            is_json=True,
        ),
        Door(name="http", reader="of_http:http", follows=("sledai.http",), is_json=True),
        Door(
            name="shown",
            reader="of_shown:shown",
            follows=("sledai.errors", "sledai.markup", "sledai.displays", "sledai.sheets"),
        ),
    )
}
"""All doors, by name; the corpus of each is a folder of that name."""
