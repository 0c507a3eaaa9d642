"""Read a curated store."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import h5py
import numpy as np
import numpy.typing as npt

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Grading, grading_from_dict
from retina_studio.domain.shapes import Shape, shape_from_dict
from retina_studio.domain.voting.decisions import Decision, decision_from_dict
from retina_studio.domain.voting.outcome import ConsensusShape
from retina_studio.store.entries import Entry, checksums_of, entry_of
from retina_studio.store.layout import (
    LAYOUT_VERSION,
    OLDEST_LAYOUT,
    TEXT_ROWS,
    check_user_block,
    content_hash,
    text_hash,
)


class Snapshot:
    """An open curated store. The index is read once and checked; arrays are read when asked for.

    Any number of processes may open the same file: it never changes, so no lock is taken. An open snapshot must not
    be shared across a fork; let each DataLoader worker open its own.
    """

    layout: int
    content_hash: str
    study_id: str
    software_version: str
    audit_head: str  # hash of the last row of the study's audit trail when it was curated; "" in layout 1
    audit_rows: int  # how many rows the trail had then; 0 in layout 1
    rules: dict[str, Any]
    entries: tuple[Entry, ...]

    def __init__(self, path: Path) -> None:
        """Open a snapshot.

        Raises:
            RetinaError: the file is not there, not a curated store, damaged, or of a newer layout.
        """
        self.path = path
        check_user_block(path)
        with self._damage("its structure"):
            self._file = h5py.File(path, "r", locking=False)
        try:
            self._read_index()
        except BaseException:
            self.close()
            raise

    def _read_index(self) -> None:
        with self._damage("its attributes"):
            attributes = self._file.attrs
            self.layout = int(attributes["layout"])
            self._check_layout()
            self.content_hash = str(attributes["content_hash"])
            self.study_id = str(attributes["study_id"])
            self.software_version = str(attributes["software_version"])
            self.audit_head = str(attributes["audit_head"]) if self.layout > 1 else ""
            self.audit_rows = int(attributes["audit_rows"]) if self.layout > 1 else 0
        with self._damage("its index"):
            self.rules = json.loads(self._text("rules"))
            self._index = self._dataset("index")
            if content_hash(self._records(), self.rules, self.layout) != self.content_hash:
                raise ValueError("it does not match the content hash")
            shared: dict[tuple[str, ...], tuple[str, ...]] = {}
            self.entries = tuple(entry_of(n, text, shared) for n, text in enumerate(self._records()))

    def _check_layout(self) -> None:
        if self.layout > LAYOUT_VERSION:
            raise RetinaError(
                f"{self.path} has layout {self.layout} and this Retina Studio reads layouts up to {LAYOUT_VERSION}: "
                "update the program, or curate the study again with this one."
            )
        if self.layout < OLDEST_LAYOUT:
            raise ValueError(f"there is no layout {self.layout}")

    def _records(self) -> Iterator[bytes]:
        """The records of the index, some at a time."""
        for start in range(0, len(self._index), TEXT_ROWS):
            yield from (bytes(text) for text in self._index[start : start + TEXT_ROWS])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self.entries)

    def close(self) -> None:
        """Close the file; reading fails from here on."""
        self._file.close()

    def pixels(self, index: int) -> npt.NDArray[np.uint8]:
        """The image: (H, W, 3) RGB or (H, W) grey."""
        return self._plane(index, "pixels")

    def mask(self, index: int, label: str) -> npt.NDArray[np.uint8]:
        """The plane (H, W) of a label: 0, 255, and 127 where not compliant.

        Raises:
            RetinaError: the label was not answered for this image, or the plane is damaged.
        """
        if label not in self.entries[index].labels:
            raise RetinaError(f"{self.path}: {self.entries[index].name} has no mask of {label}.")
        return self._plane(index, f"masks/{label}")

    def point(self, index: int, label: str) -> tuple[float, float]:
        """The position (x, y) of a label.

        Raises:
            RetinaError: the image has no such point.
        """
        entry = self.entries[index]
        if label not in entry.points:
            raise RetinaError(f"{self.path}: {entry.name} has no point for {label}.")
        return entry.points[label]

    def shapes(self, index: int) -> tuple[Shape, ...]:
        """The consensus shapes."""
        return tuple(entry.shape for entry in self.consensus(index))

    def consensus(self, index: int) -> tuple[ConsensusShape, ...]:
        """The consensus shapes and what they were made of, by pseudonym; layout 1 did not say that."""
        forms = self._json(index, "shapes")
        with self._damage(f"the shapes of {self.entries[index].name}"):
            if self.layout == 1:
                return tuple(ConsensusShape(shape_from_dict(form), {}, "") for form in forms)
            return tuple(_consensus_shape(form) for form in forms)

    def decisions(self, index: int) -> tuple[Decision, ...]:
        """What the adjudicator decided, by pseudonym; layout 1 did not say that."""
        if self.layout == 1:
            return ()
        forms = self._json(index, "decisions")
        with self._damage(f"the decisions of {self.entries[index].name}"):
            return tuple(decision_from_dict(form) for form in forms)

    def agreement(self, index: int) -> dict[str, Any]:
        """How far each grader agreed with the consensus and with the others, by pseudonym; {} in layout 1."""
        if self.layout == 1:
            return {}
        agreement: dict[str, Any] = self._json(index, "agreement")
        return agreement

    def layers(self, index: int) -> dict[str, Grading]:
        """Each grader's whole grading, by pseudonym."""
        return {grader: grading_from_dict(form) for grader, form in self._json(index, "layers").items()}

    def votes(self, index: int) -> dict[str, Any]:
        """Who said what, by pseudonym."""
        votes: dict[str, Any] = self._json(index, "votes")
        return votes

    def checksums(self, index: int) -> dict[str, str]:
        """Part of the image (`pixels`, `masks/LABEL`, `shapes` ...) -> SHA-256 (hex) as it was written."""
        with self._damage("its index"):
            return checksums_of(bytes(self._index[index]))

    def checksum(self, index: int, part: str) -> str:
        """The SHA-256 (hex) of one part of an image as it is in the file now; `checksums` names the parts.

        Raises:
            RetinaError: the part cannot be read.
        """
        if part == "pixels" or part.startswith("masks/"):
            return hashlib.sha256(self._plane(index, part).data).hexdigest()
        with self._damage(f"the {part} of {self.entries[index].name}"):
            return text_hash(self._text(self._place(index, part)))

    def _place(self, index: int, part: str) -> str:
        return f"images/{self.entries[index].name}/{part}"

    def _plane(self, index: int, part: str) -> npt.NDArray[np.uint8]:
        entry = self.entries[index]
        shape: tuple[int, ...] = (entry.height, entry.width)
        if part == "pixels" and entry.channels == 3:
            shape = (*shape, 3)
        with self._damage(f"the {part} of {entry.name}"):
            dataset = self._dataset(self._place(index, part))
            if dataset.shape != shape or dataset.dtype != np.uint8:
                raise ValueError("it does not have the size that the index gives")
            values: npt.NDArray[np.uint8] = dataset[()]
            return values

    def _json(self, index: int, part: str) -> Any:
        with self._damage(f"the {part} of {self.entries[index].name}"):
            return json.loads(self._text(self._place(index, part)))

    def _text(self, place: str) -> bytes:
        return bytes(self._dataset(place)[0])

    def _dataset(self, place: str) -> h5py.Dataset:
        dataset = self._file[place]
        # A file from elsewhere must not make us read another file through a link or a virtual dataset.
        if dataset.file != self._file or dataset.external or dataset.is_virtual:
            raise ValueError("it lies outside the file")
        return dataset

    @contextmanager
    def _damage(self, what: str) -> Iterator[None]:
        """h5py answers damage with any of these; the person gets one sentence."""
        try:
            yield
        except (
            OSError,
            RuntimeError,
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            IndexError,
            MemoryError,
        ) as error:
            reason = str(error).strip("'\"").rstrip(".")
            raise RetinaError(f"{self.path} is damaged: {what} cannot be read ({reason}).") from error


def _consensus_shape(form: dict[str, Any]) -> ConsensusShape:
    members = {grader: tuple(ids) for grader, ids in form["members"].items()}
    return ConsensusShape(
        shape_from_dict(form["shape"]), members, form["rule"], form["compliant"], form["note"]
    )
