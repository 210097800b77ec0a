"""A Bundle of FHIR: whole, each resource in one state, the Observations of one patient, or nothing.

Expected by R4: references (2.3.0), Bundle (2.36), modifierExtension and implicitRules.
"""

from typing import Any

import pytest
from fhir_bundles import VISIT, Json, bundle, lab

from sledai import InvalidInputError
from sledai.fhir import ObservationsRead, read_observations
from sledai.fhir.elements import Element
from sledai.fhir.references import kind_named, named_by


def read(whole: Json) -> ObservationsRead:
    return read_observations(whole, "SELENA", VISIT)


def platelets(subject: Json | None = None, value: float = 80, **more: Any) -> Json:
    of = {} if subject is None else {"subject": subject}
    return lab("777-3", value, "10*9/L", **of, **more)


def ref(text: str) -> Json:
    return {"reference": text}


def numbered(system: str | None, value: str) -> Json:
    return {"identifier": {"system": system, "value": value} if system else {"value": value}}


def entries(*pairs: tuple[str, Json]) -> Json:
    given = [{"fullUrl": url, "resource": resource} for url, resource in pairs]
    return {"resourceType": "Bundle", "type": "searchset", "entry": given}


class TestSubjects:
    """Several Observations are of one patient where their subjects say so, and only there."""

    @pytest.mark.parametrize(
        "subject",
        [
            None,
            ref("Patient/7"),
            ref("urn:uuid:0b3b3c0e-0000-4000-8000-000000000001"),
            numbered("urn:a", "7"),
            numbered(None, "7"),
            ref("#p") | numbered("urn:a", "7"),
        ],
    )
    def test_the_same(self, subject: Json | None) -> None:
        found = read(bundle(platelets(subject), platelets(subject, 150)))
        assert found.derivation.assessment.thrombocytopenia is True

    @pytest.mark.parametrize("subject", [ref("#p"), {"display": "Anna A."}, {"identifier": {}}])
    def test_one_that_is_alone_may_be_anybody(self, subject: Json) -> None:
        assert read(bundle(platelets(subject))).derivation.assessment.thrombocytopenia is True

    @pytest.mark.parametrize(
        ("first", "second", "said"),
        [
            (ref("Patient/1"), ref("Patient/2"), "another subject than"),
            (ref("Patient/1"), numbered("urn:a", "1"), "another subject than"),
            (numbered("urn:a", "7"), numbered("urn:b", "7"), "another subject than"),
            (numbered("urn:a", "7"), numbered(None, "7"), "another subject than"),
            (ref("Patient/7"), ref("https://s.example/fhir/Patient/7"), "another subject than"),
            (ref("#p"), ref("#p"), "perhaps another subject than"),
            ({"display": "A"}, {"display": "A"}, "perhaps another subject than"),
            (ref("Patient/7"), {"display": "A"}, "perhaps another subject than"),
            (ref("Patient/7"), None, "no subject, and one"),
            ({"display": "A"}, None, "no subject, and one"),
            (None, ref("Patient/7"), "a subject, and none"),
        ],
    )
    def test_others(self, first: Json | None, second: Json | None, said: str) -> None:
        with pytest.raises(InvalidInputError) as caught:
            read(bundle(platelets(first), platelets(second)))
        assert str(caught.value) == (
            f"Bundle.entry[1].resource.subject: found {said} in Bundle.entry[0].resource; "
            "accepted: one patient's Observations"
        )

    @pytest.mark.parametrize(
        "subject", [ref("Device/1"), ref("https://s.example/Group/1"), {"type": "Location"}]
    )
    def test_what_is_no_patient(self, subject: Json) -> None:
        with pytest.raises(InvalidInputError, match=r"resource\.subject: found '\w+'; accepted: P"):
            read(bundle(platelets(subject)))

    def test_an_address_is_one_of_the_server_of_the_entry(self) -> None:
        relative, whole = ref("Patient/7"), ref("https://a.example/fhir/Patient/7/_history/2")
        same = entries(
            ("https://a.example/fhir/Observation/1", platelets(relative)),
            ("https://a.example/fhir/Observation/2", platelets(whole)),
        )
        assert len(read(same).left_out) == 1  # another value is used
        other = entries(
            ("https://a.example/fhir/Observation/1", platelets(relative)),
            ("https://b.example/fhir/Observation/1", platelets(relative)),
        )
        with pytest.raises(InvalidInputError, match="another subject than"):
            read(other)

    def test_an_address_that_is_none_of_a_server(self) -> None:
        whom = Element(ref("Patient?identifier=7"), "subject")
        assert named_by(whom, "https://a.example/Observation/1") == "Patient?identifier=7"
        assert kind_named(whom) is None
        assert named_by(Element(ref("Patient/7"), "subject"), "urn:uuid:1") == "Patient/7"


class TestWhole:
    """What may not be all there is, is refused; what stands deeper is read too."""

    def test_a_bundle_in_a_bundle(self) -> None:
        found = read(bundle(platelets(value=150), bundle(platelets())))
        assert found.used[0].path == "Bundle.entry[1].resource.entry[0].resource"
        assert found.derivation.assessment.thrombocytopenia is True
        page = bundle(platelets(), link=[{"relation": "next"}])
        with pytest.raises(InvalidInputError, match=r"Bundle\.entry\[0\]\.resource\.link\[0\]"):
            read(bundle(page))

    @pytest.mark.parametrize("severity", ["error", "fatal"])
    def test_an_error_of_the_server(self, severity: str) -> None:
        outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": severity}]}
        said = f"issue\\[0\\].severity: found '{severity}'; accepted: none, since what is missing"
        with pytest.raises(InvalidInputError, match=said):
            read(bundle(platelets(), outcome))
        with pytest.raises(InvalidInputError, match=r"entry\[0\].response.outcome." + said):
            read(bundle(entry=[{"response": {"status": "404", "outcome": outcome}}]))

    def test_a_warning_of_the_server(self) -> None:
        warning = {"resourceType": "OperationOutcome", "issue": [{"severity": "warning"}]}
        answer = {"response": {"status": "200"}, "resource": platelets()}
        found = read(bundle(entry=[{"resource": warning}, answer]))
        assert found.derivation.assessment.thrombocytopenia is True

    def test_two_kinds_may_have_one_id(self) -> None:
        found = read(bundle({"resourceType": "Patient", "id": "a"}, platelets(id="a")))
        assert found.used[0].path == "Bundle.entry[1].resource"

    @pytest.mark.parametrize(
        ("whole", "place"),
        [
            (bundle(platelets(), implicitRules="x"), "Bundle.implicitRules"),
            (bundle(platelets(implicitRules="x")), "Bundle.entry[0].resource.implicitRules"),
            (
                bundle(entry=[{"modifierExtension": [], "resource": platelets()}]),
                "Bundle.entry[0].modifierExtension",
            ),
        ],
    )
    def test_what_may_mean_something_else(self, whole: Json, place: str) -> None:
        with pytest.raises(InvalidInputError) as caught:
            read(whole)
        assert str(caught.value) == (
            f"{place}: found one; accepted: none, since it may change the meaning"
        )


class TestContained:
    """An Observation in a report is one of its subject, and no more settled than the report."""

    def report(self, contained: Json, **more: Any) -> Json:
        return {
            "resourceType": "DiagnosticReport",
            "status": "final",
            "subject": ref("Patient/7"),
            "contained": [{"resourceType": "Specimen"}, contained],
            **more,
        }

    @pytest.mark.parametrize("status", ["final", "appended"])
    def test_it_is_read(self, status: str) -> None:
        report = self.report(platelets(), status=status)
        found = read(bundle(platelets(ref("Patient/7"), 150), report))
        assert found.derivation.assessment.thrombocytopenia is True
        assert [one.path for one in found.used] == ["Bundle.entry[1].resource.contained[1]"]
        assert not found.derivation.assessment.not_assessed >= {"thrombocytopenia"}

    def test_of_another_patient(self) -> None:
        with pytest.raises(InvalidInputError, match="another subject than"):
            read(bundle(platelets(ref("Patient/1")), self.report(platelets())))

    @pytest.mark.parametrize("change", [{"status": "partial"}, {"modifierExtension": [{}]}])
    def test_in_a_report_that_may_change(self, change: Json) -> None:
        found = read(bundle(platelets(ref("Patient/7"), 150), self.report(platelets(), **change)))
        assert found.derivation.assessment.thrombocytopenia is None
        assert found.left_out[0].path == "Bundle.entry[1].resource.contained[1]"

    def test_in_a_report_that_was_withdrawn(self) -> None:
        report = self.report(platelets(), status="entered-in-error")
        found = read(bundle(platelets(ref("Patient/7"), 150), report))
        assert found.derivation.assessment.thrombocytopenia is False
        assert "entered-in-error" in str(found.left_out[0])

    def test_in_what_has_no_state_of_a_result(self) -> None:
        order = self.report(platelets(), resourceType="ServiceRequest", status="active")
        assert read(bundle(order)).derivation.assessment.thrombocytopenia is True
