"""The published works that the rules cite, each written once.

A rule carries a `Citation`: one of the sources below, the place in it, and how it was read.
"""

from dataclasses import dataclass
from enum import StrEnum

from sledai.displays import Displayed
from sledai.errors import InvalidInputError, require, shorten

__all__ = ["Citation", "Read", "Source", "registry_record"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source(Displayed):
    """A publication or a registry record.

    `name` is the short form used in tables, `reference` the full one. Of the identifiers those
    are given that were seen in print beside the work.

    >>> BOMBARDIER_1992.name, BOMBARDIER_1992.pmid
    ('Bombardier 1992', '1599520')
    """

    name: str
    reference: str
    pmid: str | None = None
    pmcid: str | None = None
    doi: str | None = None
    registry_id: str | None = None
    url: str | None = None

    @property
    def identifier(self) -> str:
        """The identifier to look the source up by, empty where none is known."""
        if self.registry_id:
            return self.registry_id
        if self.pmid:
            return f"PMID {self.pmid}"
        if self.pmcid:
            return self.pmcid
        return f"doi {self.doi}" if self.doi else self.url or ""

    def __str__(self) -> str:
        alone = self.identifier in {"", self.name}
        return self.name if alone else f"{self.name} ({self.identifier})"


class Read(StrEnum):
    """How the cited place was read."""

    IN_WORK = "in the work itself"
    IN_ABSTRACT = "in its abstract"
    IN_REPRODUCTION = "in a reproduction"
    NOT_READ = "not at all"


@dataclass(frozen=True, slots=True)
class Citation(Displayed):
    """A source, the place in it, and how that place was read.

    `reproduction` names where it was read in place of the work, where it was read so.

    Raises `InvalidInputError` for a reproduction without a name, and for a name without one.

    >>> print(Citation(GLADMAN_2000, "abstract, conclusion", Read.IN_ABSTRACT))
    Gladman 2000 (PMID 10685800), abstract, conclusion [abstract read]
    >>> print(Citation(PETRI_2005, "form", Read.IN_REPRODUCTION, "hokuto.app"))
    Petri 2005 (PMID 16354891), form [as reproduced in hokuto.app]
    """

    source: Source
    locator: str
    read: Read
    reproduction: str = ""

    def __post_init__(self) -> None:
        if bool(self.reproduction) is not (self.read is Read.IN_REPRODUCTION):
            accepted = "no name" if self.reproduction else "its name"
            found = f"{shorten(self.reproduction)} for a place read {self.read}"
            raise InvalidInputError.in_words(found, accepted, "reproduction")

    @property
    def mark(self) -> str:
        """What is said of a place that was not read in the work itself: empty where it was."""
        marks = {
            Read.IN_WORK: "",
            Read.IN_ABSTRACT: "[abstract read]",
            Read.IN_REPRODUCTION: f"[as reproduced in {self.reproduction}]",
            Read.NOT_READ: "[not read]",
        }
        return marks[self.read]

    def __str__(self) -> str:
        return f"{self.source}, {self.locator} {self.mark}".rstrip()


BOMBARDIER_1992 = Source(
    name="Bombardier 1992",
    reference=(
        "Bombardier C, Gladman DD, Urowitz MB, Caron D, Chang CH; Committee on Prognosis Studies "
        "in SLE. Derivation of the SLEDAI: a disease activity index for lupus patients. "
        "Arthritis Rheum 1992;35:630-40."
    ),
    pmid="1599520",
    doi="10.1002/art.1780350606",
)
PETRI_2005 = Source(
    name="Petri 2005",
    reference=(
        "Petri M, Kim MY, Kalunian KC, et al. Combined oral contraceptives in women with "
        "systemic lupus erythematosus. N Engl J Med 2005;353:2550-8."
    ),
    pmid="16354891",
    doi="10.1056/NEJMoa051135",
)
CIPRIANO_2015 = Source(
    name="Cipriano 2015",
    reference=(
        "Cipriano E, Ceccarelli F, Massaro L, et al. Joint involvement in patients affected by "
        "systemic lupus erythematosus: application of the swollen to tender joint count ratio. "
        "Reumatismo 2015."
    ),
    pmid="26492964",
    doi="10.4081/reumatismo.2015.828",
)
GLADMAN_2002 = Source(
    name="Gladman 2002",
    reference=(
        "Gladman DD, Ibanez D, Urowitz MB. Systemic lupus erythematosus disease activity index "
        "2000. J Rheumatol 2002;29:288-91."
    ),
    pmid="11838846",
)
EMBRACE = Source(
    name="Ginzler 2022 (EMBRACE)",
    reference=(
        "Ginzler E, Guedes Barbosa LS, D'Cruz D, et al. Phase III/IV, randomized, "
        "fifty-two-week study of the efficacy and safety of belimumab in patients of Black "
        "African ancestry with systemic lupus erythematosus. Arthritis Rheumatol 2022;74:112-23."
    ),
    doi="10.1002/art.41900",
)
TOUMA_2010 = Source(
    name="Touma 2010",
    reference=(
        "Touma Z, Urowitz MB, Gladman DD. SLEDAI-2K for a 30-day window. Lupus 2010;19:49-51."
    ),
    pmid="19910390",
    doi="10.1177/0961203309346505",
)
MANZI_2012 = Source(
    name="Manzi 2012",
    reference=(
        "Manzi S, Sanchez-Guerrero J, Merrill JT, et al. Effects of belimumab, a B lymphocyte "
        "stimulator-specific inhibitor, on disease activity across multiple organ domains in "
        "patients with systemic lupus erythematosus: combined results from two phase III "
        "trials. Ann Rheum Dis 2012;71:1833-8."
    ),
    pmid="22550315",
    pmcid="PMC3465857",
    doi="10.1136/annrheumdis-2011-200831",
)
ANIFROLUMAB_PHASE_2 = Source(
    name="Anifrolumab phase 2 (MUSE)",
    reference="Report of the anifrolumab phase 2b trial in lupus, publisher's article art.39962.",
    registry_id="NCT01438489",
)
NCT05765006 = Source(
    name="NCT05765006",
    reference=(
        "Registry record of relmacabtagene autoleucel in moderate to severe active systemic "
        "lupus erythematosus, version of 26 January 2024."
    ),
    registry_id="NCT05765006",
)


def registry_record(registry_id: str, name: str) -> Source:
    """Make a source of a trial's registry record.

    >>> registry_record("NCT04877691", "TULIP SC, anifrolumab").reference
    'Registry record NCT04877691 (TULIP SC, anifrolumab), systemic lupus erythematosus.'
    """
    for text, what in ((registry_id, "registry_id"), (name, "name")):
        require(text, str, what, "a text")
    return Source(
        name=registry_id,
        reference=f"Registry record {registry_id} ({name}), systemic lupus erythematosus.",
        registry_id=registry_id,
    )


CENERIMOD_PHASE_3 = registry_record("NCT05648500", "OPUS-1, cenerimod")
TULIP_1 = registry_record("NCT02446912", "TULIP-1, anifrolumab")
USTEKINUMAB_PHASE_3 = registry_record("NCT03517722", "LOTUS, ustekinumab")
TOPAZ_1 = registry_record("NCT04895241", "TOPAZ-1, litifilimab")
TOPAZ_2 = registry_record("NCT04961567", "TOPAZ-2, litifilimab")
BLISS_BELIEVE = registry_record("NCT03312907", "BLISS-BELIEVE")
POETYK_SLE_1 = registry_record("NCT05617677", "POETYK SLE-1, deucravacitinib")
DEXAMETHASONE_LABEL = Source(
    name="US label of dexamethasone",
    reference="US prescribing information of dexamethasone tablets.",
    url="dailymed.nlm.nih.gov",
)
GANAPATI_2018 = Source(
    name="Ganapati 2018",
    reference=(
        "Ganapati A, Danda D, et al. Head to head comparison of adverse effects and efficacy "
        "between high dose deflazacort and high dose prednisolone in systemic lupus "
        "erythematosus: a prospective cohort study. Lupus 2018."
    ),
    pmid="29320974",
    doi="10.1177/0961203317751854",
)
GLADMAN_2000 = Source(
    name="Gladman 2000",
    reference=(
        "Gladman DD, Urowitz MB, Kagal A, Hallett D. Accurately describing changes in disease "
        "activity in systemic lupus erythematosus. J Rheumatol 2000;27:377-9."
    ),
    pmid="10685800",
)
PETRI_1999 = Source(
    name="Petri 1999",
    reference=(
        "Petri M, Buyon J, Kim M. Classification and definition of major flares in SLE clinical "
        "trials. Lupus 1999;8:685-91."
    ),
    pmid="10568907",
)
FURIE_2009 = Source(
    name="Furie 2009",
    reference=(
        "Furie RA, Petri MA, Wallace DJ, et al. Novel evidence-based systemic lupus erythematosus "
        "responder index. Arthritis Rheum 2009;61:1143-51."
    ),
    pmcid="PMC2748175",
)
TABALUMAB = Source(
    name="Tabalumab phase 3",
    reference=(
        "Outcomes of two phase III trials of tabalumab in lupus, Annals of the Rheumatic "
        "Diseases, table 1."
    ),
    url="ard.bmj.com/highwire/markup/195476",
)
FRANKLYN_2016 = Source(
    name="Franklyn 2016",
    reference=(
        "Franklyn K, Lau CS, Navarra SV, et al. Definition and initial validation of a Lupus Low "
        "Disease Activity State (LLDAS). Ann Rheum Dis 2016;75:1615-21."
    ),
    url="ard.bmj.com/content/75/9/1615",
)
DORIS_2021 = Source(
    name="van Vollenhoven 2021 (DORIS)",
    reference=(
        "van Vollenhoven RF, Bertsias G, Doria A, et al. 2021 DORIS definition of remission in "
        "SLE: final recommendations from an international task force. Lupus Sci Med 2021;8:e000538."
    ),
    pmid="34819388",
    doi="10.1136/lupus-2021-000538",
)
KIM_2019 = Source(
    name="Kim 2019",
    reference=(
        "Kim M, Merrill JT, Wang C, et al. SLE clinical trials: impact of missing data on "
        "estimating treatment effects. Lupus Sci Med 2019;6:e000348."
    ),
    doi="10.1136/lupus-2019-000348",
)
ADAM_TIME_TO_EVENT = Source(
    name="ADaM time-to-event variables",
    reference=(
        "CDISC Analysis Data Model Implementation Guide, time-to-event variables for the basic "
        "data structure."
    ),
    url="cdisc.org/standards/foundational/adam",
)
SDTMIG = Source(
    name="SDTMIG 3.4",
    reference=(
        "CDISC Study Data Tabulation Model Implementation Guide: Human Clinical Trials, "
        "version 3.4."
    ),
    url="cdisc.org/standards/foundational/sdtmig",
)
ADAMIG = Source(
    name="ADaMIG 1.3",
    reference="CDISC Analysis Data Model Implementation Guide, version 1.3.",
    url="cdisc.org/standards/foundational/adam",
)
QRS_DRAFTS = Source(
    name="CDISC QRS drafts",
    reference=(
        "CDISC supplements for questionnaires, ratings and scales: drafts of CDISC's wiki for the "
        "HAMD 17 and the COMFORT-B scale."
    ),
    url="cdisc.org/standards/foundational/qrs",
)
ADAM_TERMINOLOGY = Source(
    name="ADaM Controlled Terminology",
    reference="NCI EVS, CDISC ADaM Controlled Terminology, 2021-12-17, codelist DTYPE (C81224).",
    url="evs.nci.nih.gov/ftp1/CDISC/ADaM",
)
DATASET_JSON = Source(
    name="Dataset-JSON 1.1",
    reference="CDISC Dataset-JSON Specification, version 1.1, final of 2024-12-05, and its schema.",
    url="github.com/cdisc-org/DataExchange-DatasetJson",
)
DORIS_2017 = Source(
    name="DORIS 2017",
    reference="DORIS definitions of remission of 2017, as table 1 of PMC7719036 prints them.",
    pmcid="PMC7719036",
)
CLLDAS = Source(
    name="cLLDAS",
    reference="Definition of the childhood lupus low disease activity state.",
    pmid="36934849",
)
CHILDHOOD_REMISSION = Source(
    name="cCR",
    reference="Definitions of remission in childhood lupus. Clin Immunol 2024;263:110214.",
    url="Clin Immunol 2024;263:110214",
)
BICLA_FORM = Source(
    name="BICLA",
    reference="BILAG-based combined lupus assessment, description of the measure at ePROVIDE.",
    url="eprovide.mapi-trust.org",
)
CHANGE_TABLE = Source(
    name="PMC8766607",
    reference="Table of the course of lupus by the change of the SLEDAI, in PMC8766607.",
    pmcid="PMC8766607",
)
XMAB5871_04 = Source(
    name="XmAb5871-04",
    reference="Statistical analysis plan of the trial XmAb5871-04 in systemic lupus erythematosus.",
    registry_id="XmAb5871-04",
)
IBANEZ_2003 = Source(
    name="Ibanez 2003",
    reference=(
        "Ibanez D, Urowitz MB, Gladman DD. Summarizing disease features over time: I. Adjusted "
        "mean SLEDAI derivation and application to an index of disease activity in lupus. "
        "J Rheumatol 2003;30:1977-82."
    ),
    url="www.jrheum.org/highwire/citation/8797",
)
FHIR_R4 = Source(
    name="FHIR R4",
    reference="HL7 FHIR, Release 4, version 4.0.1, 2019.",
    url="hl7.org/fhir/R4",
)
LOINC = Source(
    name="LOINC",
    reference=(
        "Logical Observation Identifiers Names and Codes, Regenstrief Institute and the LOINC "
        "Committee."
    ),
    url="loinc.org",
)
HUMAN_PHENOTYPE_ONTOLOGY = Source(
    name="Human Phenotype Ontology",
    reference="Human Phenotype Ontology, its repository as of 14 August 2026.",
    url="github.com/obophenotype/human-phenotype-ontology",
)
HL7_TERMINOLOGY = Source(
    name="HL7 Terminology",
    reference="HL7 Terminology (THO), the code systems and naming systems that FHIR refers to.",
    url="terminology.hl7.org",
)
