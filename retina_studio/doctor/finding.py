"""One line of what `doctor` says."""

from dataclasses import dataclass
from typing import Literal

State = Literal[
    "ok", "attention", "missing"
]  # missing: something without which the application does not work


@dataclass(frozen=True)
class Finding:
    """What was looked at, what is there, and what to do where it is not as it should be."""

    what: str
    value: str
    state: State = "ok"
    advice: str = ""
