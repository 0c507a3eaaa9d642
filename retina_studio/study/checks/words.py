"""What the rows of a study are called, in a person's words."""

from typing import Any

from retina_studio.study.checks.grading_work import PLACE
from retina_studio.study.checks.ledger import Ledger


class Words:
    """Names from the ledger: those that the audit trail tells, whatever is stored by now."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def image(self, key: Any) -> str:
        """An image by its name."""
        return self._name("image", key)

    def grader(self, key: Any) -> str:
        """A person by their name."""
        return self._name("grader", key)

    def grading(self, key: Any) -> str:
        """A grading, as "Ada's grading of p1_OD (version 1)"."""
        row = self._ledger.get("grading", key)
        if row is None:
            return f"grading {key}"
        image, grader, repeat = (row[name] for name in PLACE)
        again = f", round {repeat}" if repeat else ""
        return f"{self.grader(grader)}'s grading of {self.image(image)} (version {row['version']}{again})"

    def _name(self, table: str, key: Any) -> str:
        row = self._ledger.get(table, key) if isinstance(key, int | str) else None
        return str(row["name"]) if row is not None and "name" in row else f"{table} {key}"
