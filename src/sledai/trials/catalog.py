"""The activity rules of registered trials: what each asks of the score at entry.

What a trial asks beside the score is named in its `note`, not judged. Where a trial has a meaning
of its own for the score, descriptors are `uncounted` (`sledai.exclusions`).
"""

from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any

from sledai.definitions import Edition
from sledai.descriptors import Descriptor, OrganSystem
from sledai.entry_rules import ActivityRule
from sledai.errors import InvalidInputError, shorten
from sledai.exclusions import LEUKOPENIA_ONLY, POETYK_ENTRY, TOPAZ
from sledai.sources import Citation, Source, registry_record
from sledai.trials import nct05765006

__all__ = ["CATALOG", "READ_ON", "Trial", "find"]

READ_ON = date(2026, 11, 23)
"""When the records were read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A trial's rule on the score, under the trial's registry number.

    `name` is how the trial is called, and `note` names what it asks for beside the score. `read_on`
    is when its registry record was read.
    """

    registry_id: str
    name: str
    rule: ActivityRule
    read_on: date | None = READ_ON
    note: str = ""


def _trial(registry_id: str, name: str, edition: Edition, *, note: str = "", **rule: Any) -> Trial:
    citation = Citation(registry_record(registry_id, name), "eligibility criteria")
    return Trial(
        registry_id=registry_id,
        name=name,
        rule=ActivityRule(name=registry_id, edition=edition, citation=citation, **rule),
        note=note,
    )


_UNNAMED = "trial in lupus"
_KOREA = Source(
    name="Korean reimbursement of belimumab",
    reference="Criteria of the Korean health insurance for belimumab in lupus.",
)


_ARTHRITIS_VASCULITIS_RASH = frozenset(
    {Descriptor.ARTHRITIS, Descriptor.VASCULITIS, Descriptor.RASH}
)
# Each of them scores 2 points at least: "2 points from these" is one of them present.
_MUSCULOSKELETAL_MUCOCUTANEOUS = frozenset(
    d for d in Descriptor if d.system in {OrganSystem.MUSCULOSKELETAL, OrganSystem.MUCOCUTANEOUS}
)


CATALOG: tuple[Trial, ...] = (
    Trial(
        registry_id="NCT05765006",
        name="relmacabtagene autoleucel",
        rule=nct05765006.ACTIVITY_RULE,
        note="all its criteria: sledai screen",
    ),
    _trial("NCT00424476", "BLISS-52, belimumab", Edition.SELENA, least_total=6),
    _trial("NCT00410384", "BLISS-76, belimumab", Edition.SELENA, least_total=6),
    _trial("NCT01484496", "BLISS-SC, belimumab", Edition.SELENA, least_total=8),
    _trial(
        "NCT04877691",
        "TULIP SC, anifrolumab",
        Edition.SLEDAI_2K,
        least_total=6,
        least_clinical=4,
        note="also BILAG-2004 and the physician's global assessment",
    ),
    _trial("NCT06456567", "telitacicept", Edition.SELENA, least_total=6, least_clinical=4),
    *(
        _trial(
            registry_id,
            name,
            Edition.SLEDAI_2K,
            least_total=6,
            least_clinical=4,
            uncounted=POETYK_ENTRY,
            one_of=_ARTHRITIS_VASCULITIS_RASH,
        )
        for registry_id, name in (
            ("NCT05617677", "POETYK SLE-1, deucravacitinib"),
            ("NCT05620407", "POETYK SLE-2, deucravacitinib"),
        )
    ),
    *(
        _trial(
            registry_id,
            name,
            Edition.SLEDAI_2K,
            least_total=6,
            least_clinical=4,
            uncounted=TOPAZ,
        )
        for registry_id, name in (
            ("NCT04895241", "TOPAZ-1, litifilimab"),
            ("NCT04961567", "TOPAZ-2, litifilimab"),
        )
    ),
    _trial(
        "NCT05648500",
        "OPUS-1, cenerimod",
        Edition.SLEDAI_2K,
        least_total=6,
        least_clinical=4,
        uncounted=LEUKOPENIA_ONLY,
        one_of=_MUSCULOSKELETAL_MUCOCUTANEOUS,
    ),
    _trial(
        "NCT07509892",
        _UNNAMED,
        Edition.SLEDAI_2K,
        least_total=8,
        least_clinical=4,
        one_of=_ARTHRITIS_VASCULITIS_RASH,
    ),
    _trial("NCT06691152", _UNNAMED, Edition.SLEDAI_2K, least_total=8),
    _trial("NCT05899907", "telitacicept in early disease", Edition.SLEDAI_2K, least_total=8),
    _trial(
        "NCT06360068",
        _UNNAMED,
        Edition.SLEDAI_2K,
        least_total=4,
        most_total=12,
    ),
    Trial(
        registry_id="KR-BELIMUMAB",
        name="Korean reimbursement of belimumab",
        rule=ActivityRule(
            name="KR-BELIMUMAB",
            edition=Edition.SELENA,
            least_total=10,
            least_serologic=4,
            citation=Citation(_KOREA, "criteria", verified=False),
        ),
        read_on=None,
    ),
)
"""The trials, in the order in which they are listed."""

_BY_ID = {trial.registry_id: trial for trial in CATALOG}


def find(registry_id: str) -> Trial:
    """Look a trial up by its registry number, in any case.

    Raises `InvalidInputError` for one that is not in the catalog, with the closest ones.

    >>> print(find("NCT04877691").rule)
    SLEDAI-2K total >= 6 and clinical >= 4
    """
    wanted = str(registry_id).strip().upper()
    if wanted in _BY_ID:
        return _BY_ID[wanted]
    close = get_close_matches(wanted, _BY_ID, n=2, cutoff=0.8)
    hint = f"did you mean {' or '.join(close)}?" if close else f"accepted: {', '.join(_BY_ID)}"
    raise InvalidInputError(f"trial: found {shorten(registry_id)}; {hint}")
