"""The catalog of trials: each rule is the published one, found by its number, and a sentence."""

import pytest
import spec_tables

from sledai import Descriptor, InvalidInputError, sources
from sledai.scoring import MAX_TOTAL
from sledai.sources import Source
from sledai.trials import nct05765006
from sledai.trials.catalog import CATALOG, READ_ON, Trial, find

ROWS = {row["registry_id"]: row for row in spec_tables.rows("trials.csv")}


def names(cell: str) -> set[str]:
    return {name for name in cell.split(";") if name}


@pytest.mark.parametrize("trial", CATALOG, ids=lambda trial: trial.registry_id)
class TestEachTrial:
    def test_its_rule_is_the_published_one(self, trial: Trial) -> None:
        row, rule = ROWS[trial.registry_id], trial.rule
        assert rule.edition == row["instrument"]
        assert rule.least_total == int(row["least_total"] or 0)
        assert rule.most_total == int(row["most_total"] or MAX_TOTAL)
        assert rule.least_clinical == int(row["least_clinical"] or 0)
        assert rule.clinical_applies == (row["clinical_applies"] or "always")
        assert rule.least_serologic == int(row["least_serologic"] or 0)
        assert rule.uncounted == names(row["uncounted"])
        assert rule.one_of == names(row["one_of"])

    def test_it_has_a_source_and_is_found(self, trial: Trial) -> None:
        assert trial.rule.name == trial.registry_id
        assert trial.rule.citation is not None
        assert trial.rule.citation.source.reference.endswith(".")
        if trial.registry_id.startswith("NCT"):
            assert trial.rule.citation.source.registry_id == trial.registry_id
        assert trial.rule.citation.verified is trial.registry_id.startswith("NCT")
        assert trial.read_on == (READ_ON if trial.rule.citation.verified else None)
        assert find(f" {trial.registry_id.lower()}") is trial


def test_every_published_row_is_in_the_catalog_once() -> None:
    assert [trial.registry_id for trial in CATALOG] == list(ROWS)


def test_a_record_that_is_cited_elsewhere_too_is_the_same_source() -> None:
    cited = {s.registry_id: s for s in vars(sources).values() if isinstance(s, Source)}
    both = [t for t in CATALOG if t.registry_id in cited]
    assert len(both) == 4
    for trial in both:
        assert trial.rule.citation is not None
        assert trial.rule.citation.source == cited[trial.registry_id]


def test_the_project_s_own_rule() -> None:
    assert find("NCT05765006").rule is nct05765006.ACTIVITY_RULE


def test_what_beside_the_score_is_asked_for_is_named() -> None:
    assert "BILAG" in find("NCT04877691").note


def test_two_points_of_the_skin_or_the_joints_are_one_descriptor_of_them() -> None:
    """Cenerimod phase 3 asks for 2 points; each descriptor of these systems scores 2 at least."""
    rule = find("NCT05648500").rule
    assert min(spec_tables.WEIGHTS[name] for name in rule.one_of) == 2
    assert not rule.one_of & rule.uncounted


@pytest.mark.parametrize(
    ("registry_id", "message"),
    [
        ("NCT04877692", "trial: found 'NCT04877692'; did you mean NCT04877691?"),
        ("belimumab", "trial: found 'belimumab'; did you mean KR-BELIMUMAB?"),
        ("BLISS-52", "trial: found 'BLISS-52'; accepted: NCT05765006, NCT00424476, "),
        ("", "trial: found ''; accepted: NCT05765006"),
    ],
)
def test_an_unknown_one_is_refused(registry_id: str, message: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        find(registry_id)
    assert str(caught.value).startswith(message)


def test_the_sentence_of_a_rule() -> None:
    assert str(find("NCT05617677").rule) == (
        "SLEDAI-2K total >= 6 and clinical >= 4 and one of vasculitis, arthritis, rash present, "
        "organic_brain_syndrome, lupus_headache, alopecia, mucosal_ulcers not counted"
    )
    assert set(Descriptor) > find("NCT05617677").rule.uncounted
