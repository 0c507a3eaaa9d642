"""What was found so far, in one JSON file: section -> its parts, when and on what they were done."""

import json
import os
import platform
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.survival.merging import merged


class Record:
    """The JSON file. Every change is on the disk when the call returns."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read()

    def _read(self) -> None:
        path = self._path
        self.sections: dict[str, dict[str, Any]] = (
            json.loads(path.read_text("utf-8")) if path.is_file() else {}
        )

    def has(self, section: str, part: str) -> bool:
        """Whether this part was done."""
        return part in self.sections.get(section, {}).get("parts", {})

    def keep(self, section: str, part: str, found: dict[str, Any], asked: dict[str, Any]) -> None:
        """Write down what a part found; `asked` is the size of the whole section."""
        self._read()  # another section may be done by another process
        entry = self.sections.setdefault(section, {"parts": {}})
        entry |= {
            "command": f"python -m tests.survival {section}",
            "date": _today(),
            "machine": _machine(),
            "asked": asked,
        }
        entry["parts"][part] = found
        self._write()

    def forget(self, section: str) -> None:
        """Start a section anew."""
        self._read()
        if self.sections.pop(section, None):
            self._write()

    def figures(self, section: str) -> dict[str, Any]:
        """What all parts of a section found."""
        return merged(self.sections.get(section, {}).get("parts", {}).values())

    def faults(self, sections: Iterable[str]) -> list[Any]:
        """What was lost or wrong."""
        return [fault for section in sections for fault in faults_of(self.figures(section))]

    def _write(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        part = self._path.with_suffix(".part")
        part.write_text(json.dumps(self.sections, indent=1) + "\n", "utf-8")
        part.replace(self._path)


def faults_of(figures: dict[str, Any]) -> list[Any]:
    """The faults in figures, however deep."""
    found = list(figures.get("faults", []))
    for value in figures.values():
        if isinstance(value, dict):
            found += faults_of(value)
    return found


def _today() -> str:
    return datetime.fromtimestamp(time.time(), UTC).date().isoformat()


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores, python = os.cpu_count(), platform.python_version()
    return f"{platform.machine()}, {cores} cores, {memory:.0f} GB, {platform.system()}, Python {python}"
