"""One vector: what is asked, of what, what must come out, and where that stands."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

VERSION = "1.0"
THEMSELVES = "the vectors themselves"
INSTRUMENT = "Bombardier 1992, PMID 1599520"


@dataclass(frozen=True, kw_only=True)
class Vector:
    kind: str
    ask: str
    input: Mapping[str, Any]
    expect: Any
    note: str
    publication: str
    locator: str

    @property
    def asked(self) -> str:
        return written([self.ask, self.input])

    @property
    def id(self) -> str:
        """The same for as long as the same is asked, whatever comes before or after it."""
        return f"{self.kind}-{sha256(self.asked.encode()).hexdigest()[:8]}"

    @property
    def line(self) -> str:
        return written(
            {
                "id": self.id,
                "ask": self.ask,
                "input": self.input,
                "expect": self.expect,
                "note": self.note,
                "source": {"publication": self.publication, "locator": self.locator},
            }
        )


def written(value: object) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def answers(present: Iterable[str] = (), not_assessed: Iterable[str] = ()) -> dict[str, Any]:
    """The answers of a visit: what is not named is absent, and `others` says so."""
    there, open_ = dict.fromkeys(sorted(present), True), dict.fromkeys(sorted(not_assessed))
    return {"others": False, **there, **open_}


def chance(seed: str) -> int:
    """Bits that are the same on every machine and in every version of Python."""
    return int(sha256(seed.encode()).hexdigest(), 16)
