"""The definitions of all editions side by side."""

from collections.abc import Mapping

from sledai.definitions import Definition, Edition
from sledai.definitions.hybrid import HYBRID_DEFINITIONS
from sledai.definitions.selena import SELENA_DEFINITIONS
from sledai.definitions.sledai_2k import SLEDAI_2K_DEFINITIONS
from sledai.definitions.sledai_1992 import SLEDAI_1992_DEFINITIONS
from sledai.descriptors import Descriptor, descriptor_set
from sledai.errors import InvalidInputError

__all__ = ["DEFINITIONS", "differing", "edition_named", "wordings"]

DEFINITIONS: Mapping[Edition, Mapping[Descriptor, Definition]] = {
    Edition.SLEDAI_1992: SLEDAI_1992_DEFINITIONS,
    Edition.SELENA: SELENA_DEFINITIONS,
    Edition.HYBRID: HYBRID_DEFINITIONS,
    Edition.SLEDAI_2K: SLEDAI_2K_DEFINITIONS,
}
"""Each edition's definition of each descriptor. Where one kept that of 1992, it is the same."""


def edition_named(name: str) -> Edition:
    """Find an edition by its name, in any case: SELENA, SLEDAI_1992, HYBRID, SLEDAI-2K.

    Raises `InvalidInputError` for an unknown one.

    >>> edition_named("selena"), edition_named("SLEDAI-2K")
    (<Edition.SELENA: 'SELENA-SLEDAI'>, <Edition.SLEDAI_2K: 'SLEDAI-2K'>)
    """
    if isinstance(name, Edition):
        return name
    wanted = _plain(str(name))
    for edition in Edition:
        if wanted in {_plain(edition.name), _plain(edition.value)}:
            return edition
    raise InvalidInputError.found(name, (edition.name for edition in Edition), "edition")


def _plain(name: str) -> str:
    return name.strip().lower().replace("-", "_").replace(" ", "_")


def differing() -> tuple[Descriptor, ...]:
    """Name the descriptors that not all editions define alike, in form order.

    >>> Descriptor.PERICARDITIS in differing(), Descriptor.FEVER in differing()
    (True, False)
    """
    return tuple(d for d in Descriptor if len(wordings(d)) > 1)


def wordings(descriptor: Descriptor) -> Mapping[Definition, list[Edition]]:
    """Give each definition of a descriptor with the editions that have it.

    Raises `InvalidInputError` for what is no descriptor.

    >>> [[edition.name for edition in editions] for editions in wordings(Descriptor.RASH).values()]
    [['SLEDAI_1992'], ['SELENA', 'HYBRID'], ['SLEDAI_2K']]
    """
    (descriptor,) = descriptor_set([descriptor])
    editions_of: dict[Definition, list[Edition]] = {}
    for edition, definitions in DEFINITIONS.items():
        editions_of.setdefault(definitions[descriptor], []).append(edition)
    return editions_of
