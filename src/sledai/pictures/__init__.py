"""Pictures of the score: a patient's course, a cohort, and an audit of recorded scores.

Each is one description in Vega-Lite with the values that it draws, which are all asked of the
library, and becomes SVG, PNG or a page of HTML that asks for nothing over a network. Needs the
extra `pictures`.
"""

from sledai.errors import extra_advice

try:
    from sledai.pictures.audit import audit
    from sledai.pictures.cohort import CohortKind, cohort
    from sledai.pictures.course import course
    from sledai.pictures.picture import PICTURE_FORMATS, Picture
except ModuleNotFoundError as error:
    error.msg = extra_advice("sledai.pictures", error.name, "pictures")
    raise

__all__ = ["PICTURE_FORMATS", "CohortKind", "Picture", "audit", "cohort", "course"]


def __dir__() -> list[str]:
    return __all__
