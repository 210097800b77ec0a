"""How many random examples a property is tried with: as many as stand there, or a share of them.

FEWER=10 tries a tenth: where all were tried on one Python, another tries what may differ there.
"""

import os

__all__ = ["examples"]

_FEWER = int(os.environ.get("FEWER", "1"))


def examples(most: int) -> int:
    """Say how many of so many examples are tried."""
    return max(1, most // _FEWER)
