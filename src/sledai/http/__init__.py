"""Score, derive and screen over HTTP: a router for FastAPI, and a server on this machine alone.

`router` is mounted in an application of yours; `sledai serve` runs it by itself, on the loopback
address, and stores and logs nothing. Needs the extra `http`.
"""

from sledai.errors import extra_advice

try:
    from sledai.http.bodies import MAX_BODY
    from sledai.http.loopback import app
    from sledai.http.problems import FieldProblem, Problem
    from sledai.http.results import FormScores, Scores, TrialVerdict
    from sledai.http.routes import router
except ModuleNotFoundError as error:
    error.msg = extra_advice("sledai.http", error.name, "http")
    raise

__all__ = [
    "MAX_BODY",
    "FieldProblem",
    "FormScores",
    "Problem",
    "Scores",
    "TrialVerdict",
    "app",
    "router",
]


def __dir__() -> list[str]:
    return __all__
