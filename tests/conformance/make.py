"""Make the conformance vectors: `make vectors`.

What must come out is typed in `tests/spec`, or found by trying every completion with the weights
and limits that stand there. Nothing here imports the library, which is held against the result.
"""

import json
import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

from conformance.definitions import clauses, limits
from conformance.indices import indices
from conformance.refusals import refusals
from conformance.scores import bounds, clinical, totals, verdicts
from conformance.trials import catalog
from conformance.vector import VERSION, Vector

FOLDER = Path(__file__).parents[2] / "src/sledai/conformance/data"
CLASSES: dict[str, Callable[[], Iterator[Vector]]] = {
    "totals": totals,
    "clinical": clinical,
    "bounds": bounds,
    "verdicts": verdicts,
    "trials": catalog,
    "limits": limits,
    "definitions": clauses,
    "indices": indices,
    "refusals": refusals,
}


def lines_of(kind: str) -> list[str]:
    """A class of vectors, each question once; that it has one answer is seen to."""
    found: dict[str, Vector] = {}
    for vector in CLASSES[kind]():
        if vector.kind != kind:
            raise AssertionError(vector)
        first = found.setdefault(vector.asked, vector)
        if first.expect != vector.expect:
            raise AssertionError((first, vector))
    if len({vector.id for vector in found.values()}) < len(found):
        raise AssertionError(kind)
    return [vector.line for vector in found.values()]


def main(folder: Path = FOLDER) -> None:
    files: dict[str, dict[str, object]] = {}
    for kind in CLASSES:
        lines = lines_of(kind)
        text = "".join(f"{line}\n" for line in lines).encode()
        (folder / f"{kind}.jsonl").write_bytes(text)
        files[f"{kind}.jsonl"] = {"vectors": len(lines), "sha256": sha256(text).hexdigest()}
    schema = (FOLDER / "schema.json").read_bytes()
    files["schema.json"] = {"sha256": sha256(schema).hexdigest()}
    manifest = json.dumps({"version": VERSION, "files": files}, indent=2)
    (folder / "manifest.json").write_text(f"{manifest}\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
