"""Whether a resource is one, by the models of fhir.resources (R4B and R5), and ways to spoil it."""

import json
from importlib import import_module
from typing import Any

from hypothesis import strategies as st

PACKAGES = {"R4": "fhir.resources.R4B", "R5": "fhir.resources"}


def validated(resource: dict[str, Any], release: str) -> Any:
    """Read a resource from its JSON as the model of its type; raises where it is none."""
    name = resource["resourceType"]
    model = getattr(import_module(f"{PACKAGES[release]}.{name.lower()}"), name)
    return model.model_validate_json(json.dumps(resource))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)


def places(part: Any) -> list[tuple[Any, Any]]:
    """Every place in a resource where something stands, as its container and its key."""
    keys = part if isinstance(part, dict) else range(len(part)) if isinstance(part, list) else ()
    return [place for key in keys for place in [(part, key), *places(part[key])]]
