"""Published indices on visits, one module a publication: flare, response, low activity, remission.

Each has `assess`, which reports every component with its verdict, reason and source, and the
overall answer, exact over all that is not known.
"""

from sledai.indices.components import Component, IndexResult

__all__ = ["Component", "IndexResult"]


def __dir__() -> list[str]:
    return __all__
