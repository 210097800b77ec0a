"""The activity rules of registered trials: what each asks of the score at entry.

What a trial asks beside the score is named in its `note`, not judged. Where a trial has a meaning
of its own for the score, descriptors are `uncounted`, and where it has one for "clinical", they are
`clinical_excluding` (`sledai.scoring.variants`). Records often do not say what "clinical" leaves
out; `clinical_meaning` keeps apart what is read in them and what is our reading.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any, Literal

from sledai.definitions import Edition
from sledai.descriptors import Descriptor, OrganSystem, listed
from sledai.displays import Displayed
from sledai.errors import InvalidInputError, require, require_several, shorten
from sledai.rules.activity import ActivityRule
from sledai.scoring.variants import LABORATORY, LEUKOPENIA_ONLY, LOTUS, POETYK_ENTRY, TOPAZ
from sledai.sources import Citation, Read, Source, registry_record
from sledai.trials import nct05765006

__all__ = ["CATALOG", "READ_ON", "ClinicalMeaning", "Trial", "find", "rule_of", "rules_of"]

READ_ON = date(2026, 11, 26)
"""When the records were read last, save for the few that were read once."""
_READ_ONCE_ON = date(2026, 11, 23)

ClinicalMeaning = Literal["in the record", "a reading", "no clinical condition"]
"""Where the meaning of "clinical" stands: in the trial's record, or in nothing but our reading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial(Displayed):
    """A trial's rule on the score, under the trial's registry number.

    `name` is how the trial is called or else what it is, and `note` names what it asks for beside
    the score, as far as that is known. `clinical_meaning` says whether the record says what
    "clinical" leaves out. `read_on` is when the record was read, None where there is none to read.

    >>> find("NCT04877691").clinical_meaning
    'a reading'
    """

    registry_id: str
    name: str
    rule: ActivityRule
    clinical_meaning: ClinicalMeaning
    note: str
    read_on: date | None = READ_ON

    def _headline(self) -> str:
        return f"{self.registry_id} ({self.name}): {self.rule}"

    @property
    def clinical(self) -> str:
        """What the trial's clinical score leaves out, and whether its record says so.

        >>> find("NCT02504645").clinical
        'without low_complement, increased_dna_binding (in the record)'
        """
        if self.clinical_meaning == "no clinical condition":
            return self.clinical_meaning
        left_out = listed(self.rule.clinical_excluding | self.rule.uncounted)
        return f"without {left_out} ({self.clinical_meaning})"


def _trial(
    registry_id: str,
    name: str,
    edition: Edition,
    note: str,
    *,
    reading: bool = False,
    read_once: bool = False,
    **rule: Any,
) -> Trial:
    source = registry_record(registry_id, name)
    citation = Citation(source, "eligibility criteria", Read.IN_WORK)
    defined: ClinicalMeaning = "a reading" if reading else "in the record"
    return Trial(
        registry_id=registry_id,
        name=name,
        rule=ActivityRule(name=registry_id, edition=edition, citation=citation, **rule),
        clinical_meaning=defined if "least_clinical" in rule else "no clinical condition",
        note=note,
        read_on=_READ_ONCE_ON if read_once else READ_ON,
    )


_KOREA = Source(
    name="Korean reimbursement of belimumab",
    reference=(
        "Notice of the Korean ministry on the reimbursement of belimumab in lupus, of 18 December "
        "2020, in force 1 February 2021, as two newspapers give it."
    ),
)
_NOT_READ_AGAIN = "the record was not read again; what else it asks is not known"
_NO_MORE_KNOWN = "nothing else on activity is known"
_ANTIBODIES = f"autoantibodies; {_NO_MORE_KNOWN}"


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
        clinical_meaning="in the record",
        note="the other criteria: sledai screen",
    ),
    _trial(
        "NCT00424476",
        "BLISS-52, belimumab",
        Edition.SELENA,
        _NOT_READ_AGAIN,
        read_once=True,
        least_total=6,
    ),
    _trial("NCT00410384", "BLISS-76, belimumab", Edition.SELENA, _ANTIBODIES, least_total=6),
    _trial("NCT01484496", "BLISS-SC, belimumab", Edition.SELENA, _ANTIBODIES, least_total=8),
    *(
        _trial(
            registry_id,
            name,
            Edition.SLEDAI_2K,
            "clinical >= 4 again on day 1; BILAG-2004 and the physician's global assessment",
            least_total=6,
            least_clinical=4,
            clinical_excluding=LABORATORY,
        )
        for registry_id, name in (
            ("NCT02446912", "TULIP-1, anifrolumab"),
            ("NCT02446899", "TULIP-2, anifrolumab"),
        )
    ),
    _trial(
        "NCT04877691",
        "TULIP SC, anifrolumab",
        Edition.SLEDAI_2K,
        "BILAG-2004, the physician's global assessment and autoantibodies; the record does not say "
        "what clinical means, so it is read as in TULIP-1 and TULIP-2 of the same sponsor",
        reading=True,
        least_total=6,
        least_clinical=4,
        clinical_excluding=LABORATORY,
    ),
    *(
        _trial(
            registry_id,
            name,
            Edition.SLEDAI_2K,
            "the total at screening, clinical >= 4 at week 0; BILAG 1 A or 2 B; skin (CLASI) >= 4 "
            "or 4 inflamed joints; autoantibodies",
            least_total=6,
            least_clinical=4,
            clinical_excluding=LOTUS,
        )
        for registry_id, name in (
            ("NCT03517722", "LOTUS, ustekinumab"),
            ("NCT04060888", "ustekinumab in China, withdrawn"),
        )
    ),
    _trial(
        "NCT02504645",
        "IPP-201101 (Lupuzor)",
        Edition.SLEDAI_2K,
        _ANTIBODIES,
        least_clinical=6,
    ),
    _trial(
        "NCT06456567",
        "telitacicept",
        Edition.SELENA,
        "BILAG 1 A or 2 B; clinical >= 4 again on day 0; one positive serology",
        reading=True,
        least_total=6,
        least_clinical=4,
    ),
    *(
        _trial(
            registry_id,
            name,
            Edition.SLEDAI_2K,
            "the record says cutaneous vasculitis, the rule can see vasculitis only; "
            "autoantibodies",
            reading=True,
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
    _trial(
        "NCT04895241",
        "TOPAZ-1, litifilimab",
        Edition.SLEDAI_2K,
        f"{_NOT_READ_AGAIN}; clinical is read as in TOPAZ-2",
        reading=True,
        read_once=True,
        least_total=6,
        least_clinical=4,
        uncounted=TOPAZ,
    ),
    _trial(
        "NCT04961567",
        "TOPAZ-2, litifilimab",
        Edition.SLEDAI_2K,
        "BILAG-2004 1 A or 2 B; clinical >= 4 again at randomization",
        least_total=6,
        least_clinical=4,
        uncounted=TOPAZ,
    ),
    *(
        _trial(
            registry_id,
            name,
            Edition.SLEDAI_2K,
            "BILAG B in 2 organ systems or A in 1; physician's global assessment >= 1.0",
            reading=True,
            least_total=6,
            least_clinical=4,
            uncounted=LEUKOPENIA_ONLY,
            one_of=_MUSCULOSKELETAL_MUCOCUTANEOUS,
        )
        for registry_id, name in (
            ("NCT05648500", "OPUS-1, cenerimod"),
            ("NCT05672576", "OPUS-2, cenerimod"),
        )
    ),
    _trial(
        "NCT07509892",
        "trial in lupus with arthritis, vasculitis or rash",
        Edition.SLEDAI_2K,
        _NOT_READ_AGAIN,
        reading=True,
        read_once=True,
        least_total=8,
        least_clinical=4,
        one_of=_ARTHRITIS_VASCULITIS_RASH,
    ),
    _trial(
        "NCT06265220",
        "AB-101, allogeneic NK cells",
        Edition.SLEDAI_2K,
        "BILAG-2004 1 A or 2 B; the rule is for lupus without nephritis, which has another way in",
        reading=True,
        least_total=8,
        least_clinical=4,
    ),
    _trial(
        "NCT06691152",
        "allogeneic CD19 CAR-T cells",
        Edition.SLEDAI_2K,
        _NO_MORE_KNOWN,
        least_total=8,
    ),
    _trial(
        "NCT05899907",
        "telitacicept in early disease",
        Edition.SLEDAI_2K,
        f"disease of less than 2 years; {_ANTIBODIES}",
        least_total=8,
    ),
    _trial(
        "NCT05687526",
        "telitacicept in childhood",
        Edition.SELENA,
        _ANTIBODIES,
        least_total=8,
    ),
    _trial(
        "NCT06360068",
        "trial in active lupus that is not severe",
        Edition.SLEDAI_2K,
        "two time points: >= 4 at enrollment, not above 12 at screening; proteinuria < 3 g/24 h",
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
            citation=Citation(_KOREA, "criteria", Read.IN_REPRODUCTION, "two newspapers"),
        ),
        clinical_meaning="no clinical condition",
        note=(
            "adults; autoantibodies; standard therapy for 3 months; no severe active nephritis or "
            "central nervous system lupus"
        ),
        read_on=None,
    ),
)
"""The trials, in the order in which they are listed."""

_BY_ID = {trial.registry_id: trial for trial in CATALOG}


def find(registry_id: str) -> Trial:
    """Look a trial up by its registry number, in any case.

    Raises `InvalidInputError` for one that is not in the catalog, with the closest ones.

    >>> print(find("NCT06456567").rule)
    SELENA-SLEDAI total >= 6 and clinical >= 4
    """
    wanted = str(registry_id).strip().upper()
    if wanted in _BY_ID:
        return _BY_ID[wanted]
    close = get_close_matches(wanted, _BY_ID, n=2, cutoff=0.8)
    hint = f"did you mean {' or '.join(close)}?" if close else f"accepted: {', '.join(_BY_ID)}"
    raise InvalidInputError(f"trial: found {shorten(registry_id)}; {hint}")


def rule_of(rule: ActivityRule | str) -> ActivityRule:
    """Give a rule as it is, and a trial's by its registry number.

    Raises `InvalidInputError` for what is neither.

    >>> print(rule_of("NCT05899907"))
    SLEDAI-2K total >= 8
    """
    if isinstance(rule, str):
        return find(rule).rule
    require(rule, ActivityRule, "rule", _RULE_ACCEPTED)
    return rule


def rules_of(rules: ActivityRule | str | Iterable[ActivityRule | str]) -> tuple[ActivityRule, ...]:
    """Give the rules of one or several: each an `ActivityRule` or a registry number.

    Raises `InvalidInputError` for what is neither.

    >>> print(*rules_of(["NCT05899907", nct05765006.ACTIVITY_RULE]), sep="; ")
    SLEDAI-2K total >= 8; SELENA-SLEDAI total >= 8 and clinical >= 6 when serology is scored
    """
    if isinstance(rules, ActivityRule | str):
        return (rule_of(rules),)
    require_several(rules, "rules", f"{_RULE_ACCEPTED}, or several")
    return tuple(map(rule_of, rules))


_RULE_ACCEPTED = "an ActivityRule or the registry number of a trial (sledai trials lists them)"
