"""The wording of the hybrid SELENA-SLEDAI: that of SELENA, with the proteinuria of SLEDAI-2K.

In use in EMBRACE, whose response by it is called SRI-S2K.
"""

from dataclasses import replace

from sledai.definitions import Definition
from sledai.definitions.selena import SELENA_DEFINITIONS
from sledai.definitions.sledai_2k import SLEDAI_2K_DEFINITIONS
from sledai.descriptors import Descriptor
from sledai.sources import EMBRACE, Citation, Read

__all__ = ["HYBRID_DEFINITIONS"]


HYBRID_DEFINITIONS: dict[Descriptor, Definition] = SELENA_DEFINITIONS | {
    Descriptor.PROTEINURIA: replace(
        SLEDAI_2K_DEFINITIONS[Descriptor.PROTEINURIA],
        citation=Citation(EMBRACE, "abstract, methods", Read.IN_ABSTRACT),
    ),
}
