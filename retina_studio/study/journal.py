"""Edits that could not be sent to the study's server: on this computer's disk until they are there, each once.

One file per grading and outage, in a folder per study: first a line about the grading, then one line per
operation, each on the disk before the edit counts as made. The program that writes it holds a lock on it, which the
system takes away when the program dies: what a crash left is found by `Journals.leftovers` and sent by the next one.
"""

import json
import os
import re
import secrets
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from retina_studio.domain.edits import Edit, edit_from_dict
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.files import sync_folder
from retina_studio.paths import user_data

What = Literal["apply", "undo", "redo"]
_SET_ASIDE = "set-aside"
_LOCK_AT = 1 << 40  # the byte that is locked on Windows: far behind all content, which others may read


@dataclass(frozen=True)
class Operation:
    """An edit that was made, taken back or made again; `token` is its own id wherever it is written."""

    what: What
    edit: Edit
    token: str = field(default_factory=lambda: secrets.token_hex(16))


@dataclass(frozen=True)
class Subject:
    """Which grading, and its assignment's revision when the first operation was made."""

    study: str
    image: int
    image_name: str
    grader: int
    grader_name: str
    assignment: int | None
    revision: int


class Journal:
    """The unsent operations of one grading, in order. Safe in any thread: edits come in while others are sent."""

    def __init__(self, path: Path, handle: int, subject: Subject, operations: list[Operation]) -> None:
        """Take a file that is open and locked."""
        self.path = path
        self.subject = subject
        self.sending = threading.Lock()  # held by the one who sends
        self.operations: list[Operation] = []
        self._handle = handle
        self._sent = 0
        self._lock = threading.RLock()
        self._is_closed = False
        self._applied: list[Edit] = []
        self._undone: list[Edit] = []
        for operation in operations:
            self._note(operation)

    @property
    def unsent(self) -> int:
        """How many operations wait."""
        return 0 if self._is_closed else len(self.operations) - self._sent

    def append(self, operation: Operation, kept: Callable[[], None]) -> bool:
        """Put an operation on the disk and call `kept`; False where all was sent meanwhile and nothing waits any more.

        Raises:
            RetinaError: this computer's disk refused; the operation is not kept.
        """
        with self._lock:
            if self._is_closed:
                return False
            _append(self.path, self._handle, _line(_operation_form(operation)))
            self._note(operation)
            kept()
            return True

    def in_turn(self, what: Literal["undo", "redo"]) -> Edit | None:
        """The edit that an undo or redo is about, of those made since the connection was lost."""
        with self._lock:
            edits = self._applied if what == "undo" else self._undone
            return edits[-1] if edits else None

    def oldest(self) -> tuple[int, Operation] | None:
        """The first operation that was not sent, and its number from 0."""
        with self._lock:
            return (self._sent, self.operations[self._sent]) if self.unsent else None

    def count_sent(self) -> None:
        """Say that the oldest operation is in the study."""
        with self._lock:
            self._sent += 1

    def finish(self, settle: Callable[[], None]) -> bool:
        """Remove the file of which all was sent, and call `settle` before an edit can come; False where one came."""
        with self._lock:
            if self._is_closed or self.unsent:
                return self._is_closed
            settle()
            self.close()
            self.path.unlink(missing_ok=True)
            return True

    def set_aside(self, settle: Callable[[], None]) -> Path:
        """Keep the file where nobody sends it, and call `settle` before another edit can come; returns its place."""
        with self._lock:
            settle()
            return _moved_aside(self.path, self.close)

    def close(self) -> None:
        """Let the file be; what waits in it is sent another time."""
        with self._lock:
            if not self._is_closed:
                self._is_closed = True
                os.close(self._handle)

    def _note(self, operation: Operation) -> None:
        self.operations.append(operation)
        if operation.what == "undo":
            if self._applied:
                self._applied.pop()
            self._undone.append(operation.edit)
            return
        if operation.what == "apply":
            self._undone.clear()
        elif self._undone:
            self._undone.pop()
        self._applied.append(operation.edit)


class Journals:
    """The journals of one study on this computer."""

    def __init__(self, study_id: str) -> None:
        self.study_id = study_id
        self._live: list[tuple[Journal, Callable[[], int]]] = []

    @property
    def folder(self) -> Path:
        """Where they lie."""
        return user_data() / "journal" / re.sub(r"[^A-Za-z0-9]", "", self.study_id)

    def start(self, subject: Subject, first: Operation, send: Callable[[], int]) -> Journal:
        """A new journal with its first operation on the disk; `send` is what sends it as long as this program runs.

        Raises:
            RetinaError: this computer's disk refused.
        """
        path = self.folder / f"{subject.image}-{subject.grader}-{secrets.token_hex(6)}.jsonl"
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        except OSError as error:
            raise _refused(path, error) from error
        try:
            _take_lock(handle)
            about = _line({"format": 1, **asdict(subject)})
            _append(path, handle, about + _line(_operation_form(first)))
            sync_folder(path.parent)
        except BaseException as error:
            os.close(handle)
            path.unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise _refused(path, error) from error
            raise
        journal = Journal(path, handle, subject, [first])
        self._live = [entry for entry in self._live if entry[0].unsent] + [(journal, send)]
        return journal

    def live(self) -> list[tuple[Journal, Callable[[], int]]]:
        """The journals of this program in which something waits, and what sends each."""
        return [entry for entry in self._live if entry[0].unsent]

    def leftovers(self) -> tuple[list[Journal], list[str]]:
        """What programs that are gone have left, locked now, and a sentence for each file that cannot be read."""
        journals, problems = [], []
        for path in sorted(self.folder.glob("*.jsonl")) if self.folder.is_dir() else []:
            with suppress(OSError):  # taken by another program, or just sent by it
                found = _taken(path)
                if isinstance(found, Journal):
                    journals.append(found)
                elif found:
                    problems.append(found)
        return journals, problems

    def close(self) -> None:
        """Let all files be."""
        for journal, _ in self._live:
            journal.close()


def _taken(path: Path) -> Journal | str:
    """A file of a program that is gone; a sentence where it is damaged, "" where nothing was kept in it."""
    handle = os.open(path, os.O_RDWR | os.O_APPEND)
    try:
        _take_lock(handle)
        lines = path.read_bytes().split(b"\n")[:-1]  # a last line without its end was never said to be kept
        if len(lines) < 2:
            os.close(handle)
            path.unlink(missing_ok=True)
            return ""
    except OSError:
        os.close(handle)
        raise
    try:
        about: dict[str, Any] = json.loads(lines[0])
        if about.pop("format") != 1:
            raise ValueError("made by a newer program")
        subject = Subject(**about)
        operations = [_operation(json.loads(line)) for line in lines[1:]]
    except (ValueError, TypeError, KeyError, RetinaError) as error:
        moved = _moved_aside(path, lambda: os.close(handle))
        return f"Edits that waited for the server cannot be read ({error}): they are kept in {moved}."
    return Journal(path, handle, subject, operations)


def _moved_aside(path: Path, close: Callable[[], None]) -> Path:
    target = path.parent / _SET_ASIDE / path.name
    target.parent.mkdir(exist_ok=True, mode=0o700)
    close()  # Windows moves no file that is open
    path.replace(target)
    sync_folder(target.parent)
    return target


def _operation_form(operation: Operation) -> dict[str, Any]:
    return {"token": operation.token, "what": operation.what, "edit": operation.edit.to_dict()}


def _operation(form: dict[str, Any]) -> Operation:
    if form["what"] not in {"apply", "undo", "redo"}:
        raise ValueError(f"unknown operation {form['what']!r}")
    return Operation(form["what"], edit_from_dict(form["edit"]), str(form["token"]))


def _line(form: dict[str, Any]) -> bytes:
    return json.dumps(form).encode() + b"\n"


def _append(path: Path, handle: int, content: bytes) -> None:
    """Write and fsync; a part that was written when the disk refused is taken away again."""
    size = os.fstat(handle).st_size
    try:
        written = os.write(handle, content)
        if written < len(content):
            os.write(handle, content[written:])
        os.fsync(handle)
    except OSError as error:
        with suppress(OSError):
            os.ftruncate(handle, size)
        raise _refused(path, error) from error


def _refused(path: Path, error: OSError) -> RetinaError:
    return RetinaError(
        f"The server cannot be reached and {path.parent} cannot be written ({error.strerror}): this was not saved."
    )


def _take_lock(handle: int) -> None:
    """Lock a file until it is closed or the program ends.

    Raises:
        OSError: another program, or another part of this one, has it.
    """
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415

        os.lseek(handle, _LOCK_AT, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl  # noqa: PLC0415

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
