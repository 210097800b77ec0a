"""A visit as Observations: what a server stores, and what it says of answers that are missing."""

from datetime import date
from typing import Any

import pytest
import strategies
from fhir_models import validated
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from examples import examples
from sledai import Assessment, Descriptor, InvalidInputError
from sledai.definitions import Edition
from sledai.fhir import Result, Score, observations, result_code_systems
from sledai.rules import ActivityRule
from sledai.trials.catalog import CATALOG
from sledai.trials.nct05765006 import ACTIVITY_RULE
from sledai.verdict import Verdict
from sledai.visits import Visit

Json = dict[str, Any]
UNSHRUNK = [Phase.explicit, Phase.reuse, Phase.generate]
IDENTIFIERS = "https://sledai.invalid/fhir/NamingSystem/sledai-observations"
BASE = "https://sledai.invalid/fhir/CodeSystem"
UNKNOWN = {
    "coding": [
        {
            "system": "http://terminology.hl7.org/CodeSystem/data-absent-reason",
            "code": "unknown",
        }
    ]
}


def visit(**answers: Any) -> Visit:
    return Visit(date=date(2024, 1, 16), assessment=Assessment.of(**answers))


def written(of: Visit, edition: str = "SELENA", **more: Any) -> list[Json]:
    return [entry["resource"] for entry in observations(of, edition, **more)["entry"]]


def code_of(resource: Json) -> str:
    (coding,) = resource["code"]["coding"]
    return str(coding["code"])


def points(value: int) -> Json:
    return {
        "value": value,
        "unit": "points",
        "system": "http://unitsofmeasure.org",
        "code": "{score}",
    }


class TestAVisit:
    """Each result is derived from the panel; what is open has a reason, and its bounds."""

    def test_complete(self) -> None:
        panel, total, clinical, verdict = written(visit(present={"arthritis", "low_complement"}))
        assert [code_of(one) for one in (panel, total, clinical, verdict)] == [
            "descriptors",
            "total_score",
            "clinical_score",
            "activity_criterion",
        ]
        assert total["valueQuantity"] == points(6)
        assert clinical["valueQuantity"] == points(4)
        assert "dataAbsentReason" not in total
        assert verdict["valueCodeableConcept"]["coding"] == [
            {"system": f"{BASE}/sledai-verdicts", "code": "not_met", "display": "Not met"}
        ]
        assert verdict["code"]["text"] == f"NCT05765006: {ACTIVITY_RULE}"
        assert verdict["component"][0]["valueString"] == "NCT05765006"

    def test_open(self) -> None:
        _, total, clinical, verdict = written(
            visit(present={"arthritis", "rash"}, not_assessed={"low_complement", "pyuria"})
        )
        for score, low, high in ((total, 6, 12), (clinical, 6, 10)):
            assert "valueQuantity" not in score
            assert score["dataAbsentReason"] == UNKNOWN
            assert [part["valueQuantity"] for part in score["component"]] == [
                points(low),
                points(high),
            ]
        assert [code_of(part) for part in total["component"]] == ["lowest_total", "highest_total"]
        assert [code_of(part) for part in clinical["component"]] == [
            "lowest_clinical",
            "highest_clinical",
        ]
        assert verdict["valueCodeableConcept"]["coding"][0]["code"] == "undetermined"
        deciding = [
            part["valueCodeableConcept"]["coding"][0]["code"] for part in verdict["component"][1:]
        ]
        assert deciding == ["pyuria", "low_complement"]
        assert verdict["note"][0]["text"].startswith("total 6 to 12, clinical 6 to 10; ")

    def test_the_clinical_score_may_be_known_where_the_total_is_not(self) -> None:
        _, total, clinical, _ = written(visit(not_assessed={"low_complement"}))
        assert "valueQuantity" not in total
        assert clinical["valueQuantity"] == points(0)

    def test_each_answer(self) -> None:
        panel, *_ = written(visit(present={"rash"}, not_assessed={"fever"}))
        parts = {code_of(part): part for part in panel["component"]}
        assert list(parts) == [d.value for d in Descriptor]
        answers = f"{BASE}/sledai-answers"
        assert parts["rash"]["valueCodeableConcept"]["coding"] == [
            {"system": answers, "code": "present", "display": "Present"}
        ]
        assert parts["seizure"]["valueCodeableConcept"]["coding"][0]["code"] == "absent"
        assert parts["fever"]["dataAbsentReason"] == UNKNOWN
        assert "valueCodeableConcept" not in parts["fever"]

    def test_where_nobody_rated_anything(self) -> None:
        panel, total, *_ = written(Visit(date=date(2024, 1, 16)))
        assert all("dataAbsentReason" in part for part in panel["component"])
        assert [part["valueQuantity"]["value"] for part in total["component"]] == [0, 105]

    def test_window_edition_and_who(self) -> None:
        given: dict[str, Any] = {
            "subject": "Patient/7",
            "performer": {"reference": "Practitioner/3"},
            "response": {"reference": "QuestionnaireResponse/9"},
        }
        bundle = observations(visit(), Edition.SLEDAI_2K, rules="NCT05899907", **given)
        panel = bundle["entry"][0]
        assert len(bundle["entry"]) == 4
        for entry in bundle["entry"]:
            one = entry["resource"]
            assert one["effectivePeriod"] == {"start": "2024-01-06", "end": "2024-01-16"}
            assert one["method"] == {"text": "SLEDAI-2K"}
            assert one["subject"] == {"reference": "Patient/7"}
            assert one["performer"] == [{"reference": "Practitioner/3"}]
            assert one["status"] == "final"
            expected = given["response"] if entry is panel else {"reference": panel["fullUrl"]}
            assert one["derivedFrom"] == [expected]

    def test_a_form_that_is_not_complete(self) -> None:
        for one in written(visit(), status="preliminary"):
            assert one["status"] == "preliminary"

    def test_without_them(self) -> None:
        panel, *others = written(visit())
        assert not {"subject", "performer", "derivedFrom"} & panel.keys()
        assert not {"subject", "performer"} & others[0].keys()

    def test_the_rules_that_are_asked_for(self) -> None:
        rule = ActivityRule(name="ours", edition=Edition.SELENA, least_total=4)
        verdicts = written(visit(present={"arthritis"}), rules=[rule, ACTIVITY_RULE])[3:]
        assert [one["component"][0]["valueString"] for one in verdicts] == ["ours", "NCT05765006"]
        assert [one["valueCodeableConcept"]["coding"][0]["code"] for one in verdicts] == [
            "met",
            "not_met",
        ]
        assert len(written(visit(), rules=())) == 3

    @pytest.mark.parametrize("edition", ["SLEDAI_1992", "HYBRID", "SLEDAI_2K"])
    def test_no_verdict_is_given_on_another_edition(self, edition: str) -> None:
        """By default there is none; a rule that is asked for is refused."""
        codes = [code_of(one) for one in written(visit(present={"arthritis"}), edition)]
        assert codes == ["descriptors", "total_score", "clinical_score"]
        for rules in (ACTIVITY_RULE, "NCT05765006", ["NCT05765006"]):
            with pytest.raises(InvalidInputError) as error:
                observations(visit(), edition, rules=rules)
            assert str(error.value) == (
                f"NCT05765006: found answers by {Edition[edition]}; "
                "accepted: answers by SELENA-SLEDAI"
            )

    def test_a_transaction(self) -> None:
        of: dict[str, Any] = {"subject": "Patient/7"}
        plain = observations(visit(), "SELENA", **of)
        asked = observations(visit(), "SELENA", transaction=True, **of)
        assert (plain["type"], asked["type"]) == ("collection", "transaction")
        for entry in asked["entry"]:
            (identifier,) = entry["resource"]["identifier"]
            search = f"Observation?identifier={IDENTIFIERS}|{identifier['value']}"
            assert entry["request"] == {"method": "PUT", "url": search}
        assert [entry["fullUrl"] for entry in asked["entry"]] == [
            entry["fullUrl"] for entry in plain["entry"]
        ]

    def test_the_same_visit_has_the_same_names_and_another_one_others(self) -> None:
        def names(**answers: Any) -> list[str]:
            return [one["fullUrl"] for one in observations(visit(**answers), "SELENA")["entry"]]

        assert names() == names()
        assert not set(names()) & set(names(present={"rash"}))
        assert len(set(names())) == 4

    def test_a_server_knows_again_what_it_has_of_a_visit(self) -> None:
        def known(
            of: Visit | None = None,
            edition: str = "SELENA",
            subject: Any = "Patient/7",
            **more: Any,
        ) -> list[str]:
            found = written(of or visit(), edition, subject=subject, **more)
            return [one["identifier"][0]["value"] for one in found]

        first = known()
        assert len(set(first)) == 4
        assert known(visit(present={"rash"}), status="amended", performer="Patient/7") == first
        assert known(subject={"reference": "Patient/7", "display": "J."}) == first
        for other in (
            known(Visit(date=date(2024, 1, 17))),
            known(edition="SLEDAI_2K"),
            known(subject="Patient/8"),
            known(subject={"identifier": {"system": "urn:a", "value": "7"}}),
            known(subject={"identifier": {"system": "urn:b", "value": "7"}}),
        ):
            assert not set(other) & set(first)
        rule = ActivityRule(name="ours", edition=Edition.SELENA, least_total=4)
        assert known(rules=[rule])[:3] == first[:3]
        assert known(rules=[rule])[3] != first[3]

    def test_of_nobody_it_has_no_identifier(self) -> None:
        for subject in (None, {"display": "J."}):
            assert all("identifier" not in one for one in written(visit(), subject=subject))

    def test_from_the_first_day_that_has_a_window(self) -> None:
        panel, *_ = written(Visit(date=date(1, 1, 11)))
        assert panel["effectivePeriod"] == {"start": "0001-01-01", "end": "0001-01-11"}

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"visit": {}}, "visit: found dict"),
            ({"visit": Visit(date=date(2024, 1, 16), total_score=8)}, "visit: found one with rec"),
            ({"edition": "SLEDAI 3000"}, "edition"),
            ({"performer": {}}, "performer: found one that names nobody"),
            ({"performer": "Device/3"}, "performer: found 'Device'; accepted: CareTeam, Organ"),
            (
                {"visit": Visit(date=date(1, 1, 5))},
                "visit.date: found '0001-01-05'; accepted: 0001-",
            ),
            ({"transaction": True}, "subject: found none; accepted: a subject with an address"),
            (
                {"transaction": True, "subject": {"display": "J."}},
                "subject: found none; accepted: a subject with an address",
            ),
            ({"status": "draft"}, "status: found 'draft'; accepted: final, amended, preliminary"),
        ],
    )
    def test_what_is_refused(self, change: dict[str, Any], said: str) -> None:
        asked: dict[str, Any] = {"visit": visit(), "edition": "SELENA"} | change
        with pytest.raises(InvalidInputError, match=said):
            observations(**asked)


class TestExactness:
    """A score has a number, and a verdict says met or not, where every completion says so."""

    @settings(max_examples=examples(100), phases=UNSHRUNK)
    @given(
        strategies.nearly_complete_assessments(most_unknown=4),
        st.sampled_from([trial.rule for trial in CATALOG]),
    )
    def test_against_every_completion(self, seen: Assessment, rule: ActivityRule) -> None:
        unknown = sorted(seen.not_assessed)
        completions = [
            Assessment.of(
                present={*seen.present, *(d for n, d in enumerate(unknown) if m >> n & 1)}
            )
            for m in range(1 << len(unknown))
        ]
        of = Visit(date=date(2024, 1, 16), assessment=seen)
        _, total, clinical, verdict = written(of, rule.edition, rules=[rule])
        for score, left_out in (
            (total, set[Descriptor]()),
            (clinical, {Descriptor.LOW_COMPLEMENT, Descriptor.INCREASED_DNA_BINDING}),
        ):
            totals = {sum(d.weight for d in one.present - left_out) for one in completions}
            found = score.get("valueQuantity", {}).get("value")
            assert found == (totals.pop() if len(totals) == 1 else None)
        verdicts = {rule.judge(one).verdict for one in completions}
        expected = verdicts.pop() if len(verdicts) == 1 else Verdict.UNDETERMINED
        assert verdict["valueCodeableConcept"]["coding"][0]["code"] == expected.value


class TestResources:
    """FHIR R4 and R5: each resource is one, by models that others wrote."""

    @settings(max_examples=examples(20), phases=UNSHRUNK)
    @given(
        strategies.assessments(),
        st.sampled_from(Edition),
        st.sampled_from(["R4", "R5"]),
        st.booleans(),
    )
    def test_bundles(
        self, seen: Assessment, edition: Edition, release: str, transaction: bool
    ) -> None:
        of = Visit(date=date(2024, 1, 16), assessment=seen)
        bundle = observations(
            of,
            edition,
            transaction=transaction,
            subject={"reference": "Patient/7"},
            performer={"reference": "Practitioner/3"},
        )
        verdicts = 1 if edition is Edition.SELENA else 0
        assert len(validated(bundle, release).entry) == 3 + verdicts

    @pytest.mark.parametrize("release", ["R4", "R5"])
    def test_code_systems(self, release: Any) -> None:
        results, verdicts = result_code_systems(release=release)
        for system in (results, verdicts):
            validated(system, release)
            assert system["count"] == len(system["concept"])
            assert all(one["definition"].endswith(".") for one in system["concept"])
        assert [one["code"] for one in results["concept"]] == [one.value for one in Result]
        assert [one["code"] for one in verdicts["concept"]] == [
            "met",
            "not_met",
            "undetermined",
        ]

    def test_a_code_is_in_its_system(self) -> None:
        of = visit(present={"rash"}, not_assessed={"fever", "seizure"})
        systems = {one["url"]: one for one in result_code_systems()}
        for observation in written(of):
            for part in (observation, *observation["component"]):
                (coding,) = part["code"]["coding"]
                if coding["system"] in systems:
                    codes = [one["code"] for one in systems[coding["system"]]["concept"]]
                    assert coding["code"] in codes
                else:
                    assert coding["code"] in {*Score, *Descriptor}

    def test_another_release_is_refused(self) -> None:
        with pytest.raises(InvalidInputError, match="release: found 'R3'"):
            result_code_systems(release="R3")  # type: ignore[arg-type]
