"""Short ways to write lines of a codebook in tests."""

from collections.abc import Iterable
from typing import Any

from sledai.codebook import Lab


def labs_of(labs: Iterable[Lab]) -> dict[str, dict[str, Any]]:
    """Write columns of laboratory values as [findings] has them."""
    keys = ("column", "unit", "lower", "upper", "bound")
    return {
        lab.analyte: {key: said for key in keys if (said := getattr(lab, key)) is not None}
        for lab in labs
    }
