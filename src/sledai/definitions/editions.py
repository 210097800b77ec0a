"""The definitions of all editions side by side."""

from collections.abc import Mapping

from sledai.definitions import Definition, Edition
from sledai.definitions.selena import SELENA_DEFINITIONS
from sledai.definitions.sledai_2k import SLEDAI_2K_DEFINITIONS
from sledai.definitions.sledai_1992 import SLEDAI_1992_DEFINITIONS
from sledai.descriptors import Descriptor
from sledai.errors import InvalidInputError, shorten

__all__ = ["DEFINITIONS", "differing", "edition_named"]

DEFINITIONS: Mapping[Edition, Mapping[Descriptor, Definition]] = {
    Edition.SLEDAI_1992: SLEDAI_1992_DEFINITIONS,
    Edition.SELENA: SELENA_DEFINITIONS,
    Edition.SLEDAI_2K: SLEDAI_2K_DEFINITIONS,
}
"""Each edition's definition of each descriptor. Where one kept that of 1992, it is the same."""


def edition_named(name: str) -> Edition:
    """Find an edition by its name, in any case: SELENA, SLEDAI_1992, SLEDAI-2K.

    Raises `InvalidInputError` for an unknown one.

    >>> edition_named("selena"), edition_named("SLEDAI-2K")
    (<Edition.SELENA: 'SELENA-SLEDAI'>, <Edition.SLEDAI_2K: 'SLEDAI-2K'>)
    """
    wanted = _plain(str(name))
    for edition in Edition:
        if wanted in {_plain(edition.name), _plain(edition.value)}:
            return edition
    raise InvalidInputError(
        f"edition: found {shorten(name)}; accepted: {', '.join(e.name for e in Edition)}"
    )


def _plain(name: str) -> str:
    return name.strip().lower().replace("-", "_").replace(" ", "_")


def differing() -> tuple[Descriptor, ...]:
    """Name the descriptors that not all editions define alike, in form order.

    >>> Descriptor.PERICARDITIS in differing(), Descriptor.FEVER in differing()
    (True, False)
    """
    return tuple(
        d for d in Descriptor if any(table[d] != SLEDAI_1992_DEFINITIONS[d] for table in _OTHERS)
    )


_OTHERS = (SELENA_DEFINITIONS, SLEDAI_2K_DEFINITIONS)
