"""Published indices on visits, one module a publication: flare, response, low activity, remission.

Each has `assess`, which reports every component with its verdict, reason and source, and the
overall answer, exact over all that is not known. Over a patient's visits `course` holds each
against the one before and `from_baseline` against one baseline; `time_to_event` says when something
happens, and `missing_visits` how an answer that is missing counts.
"""

from sledai.indices.components import Component, IndexResult

__all__ = ["Component", "IndexResult"]


def __dir__() -> list[str]:
    return __all__
