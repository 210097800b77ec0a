"""A program of few lines that takes part in the conformance vectors: it knows totals alone."""

import json
import sys

POINTS = {
    8: "seizure psychosis organic_brain_syndrome visual_disturbance cranial_nerve_disorder "
    "lupus_headache cerebrovascular_accident vasculitis",
    4: "arthritis myositis urinary_casts hematuria proteinuria pyuria",
    2: "rash alopecia mucosal_ulcers pleurisy pericarditis low_complement increased_dna_binding",
    1: "fever thrombocytopenia leukopenia",
}
WEIGHTS = {name: points for points, names in POINTS.items() for name in names.split()}

for line in sys.stdin:
    question = json.loads(line)
    given = question["input"].get("answers", {})
    others = given.pop("others", "no answer")  # what stands for each descriptor that is not named
    answers = dict.fromkeys(WEIGHTS, others) | given
    if question["ask"] != "total":
        reply = {"skipped": "totals alone"}
    elif answers.keys() != WEIGHTS.keys():
        reply = {"answer": "refused"}  # a name that is no descriptor
    elif not all(isinstance(answer, bool | None) for answer in answers.values()):
        reply = {"answer": "refused"}
    elif None in answers.values():
        reply = {"answer": None}
    else:
        reply = {"answer": sum(WEIGHTS[name] for name, there in answers.items() if there)}
    print(json.dumps({"id": question["id"], **reply}))
