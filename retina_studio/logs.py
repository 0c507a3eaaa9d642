"""The log: files that only the person can read, turned over by size, and what stands in them last."""

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from retina_studio import paths
from retina_studio.private_text import without_identity

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_SIZE, _OLDER = 1_000_000, 2  # characters of a file, and files kept beside the newest
_TAIL = 400_000  # bytes that are read of the newest entries
_LINE = re.compile(rf"(\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d),\d+ ({'|'.join(LEVELS)}) (\S+): (.*)", re.DOTALL)


@dataclass(frozen=True)
class Entry:
    """One entry of the log; `text` may have several lines."""

    when: str
    level: str
    source: str
    text: str


def folder() -> Path:
    """The folder of log and crash reports, which only the person can read."""
    made = paths.user_data() / "logs"
    made.mkdir(parents=True, exist_ok=True, mode=0o700)
    return made


def log_file() -> Path:
    """The newest file of the log."""
    return folder() / "retina-studio.log"


@contextmanager
def kept() -> Iterator[None]:
    """Write what the application logs into the file as long as this lasts."""
    logger = logging.getLogger("retina_studio")
    handler = _PrivateFile(log_file(), maxBytes=_SIZE, backupCount=_OLDER, encoding="utf-8")
    handler.setFormatter(_PrivateFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        handler.close()


def newest(least: str = "DEBUG") -> list[Entry]:
    """The last entries of at least this level, the newest last."""
    wanted = LEVELS[LEVELS.index(least) :]
    return [entry for entry in _entries(_tail()) if entry.level in wanted]


class _PrivateFile(RotatingFileHandler):
    def _open(self) -> TextIOWrapper:
        # What was written before may be readable by others.
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.chmod(self.baseFilename, 0o600)  # noqa: PTH101
        return os.fdopen(descriptor, "a", encoding=self.encoding)


class _PrivateFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return without_identity(super().format(record))


def _tail() -> str:
    """The end of the log; of the file before as well where the newest is short."""
    text = ""
    for file in (log_file(), log_file().with_suffix(".log.1")):
        if file.is_file() and len(text) < _TAIL:
            with file.open("rb") as stream:
                stream.seek(-min(_TAIL, file.stat().st_size), os.SEEK_END)
                text = stream.read().decode("utf-8", "replace") + text
    return text


def _entries(text: str) -> list[Entry]:
    found: list[list[str]] = []
    for line in text.splitlines():
        if _LINE.match(line):
            found.append([line])
        elif found:  # a traceback goes on
            found[-1].append(line)
    matched = (_LINE.fullmatch("\n".join(lines)) for lines in found)
    return [Entry(*match.groups()) for match in matched if match]
